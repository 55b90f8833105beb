//! What comes of looking around: files that are ordered, read or added up, and what can go wrong.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use std::fs;
use std::time::Duration;

use ashore::ftp::listing::Kind;
use ashore::ftp::{self, Secret};
use ashore::transfer::{Destination, Failure, Peek, Weight};
use ashore::window::browser::errands::{self, Errand, Sight};
use ashore::window::browser::shore::Shore;
use ashore::window::screen::Wish;
use eframe::egui::{Event, Key, Modifiers, Role};
use egui_kittest::kittest::Queryable as _;

use crate::browser::{dir, entry, file, noon};
use crate::person::{Window, refused as failed};

#[test]
fn what_is_chosen_by_mouse_comes_with_one_click() {
    let names = ["a.gz", "b.gz", "c.gz", "d.gz"];
    let mut window = Window::browsing(names.map(|name| file(name, 1000)).to_vec());
    let row = |name: &str| format!("{name}, file, 1.0 KB");
    window.harness.get_by_label_contains(&row("a.gz")).click();
    window.harness.run();
    window.harness.get_by_label_contains(&row("c.gz")).click_modifiers(Modifiers::SHIFT);
    window.harness.run();
    window.harness.get_by_label_contains(&row("b.gz")).click_modifiers(Modifiers::COMMAND);
    window.harness.run();
    assert_eq!(window.chosen(), ["a.gz", "c.gz"]);
    window.click("Download");
    let requests = window.fetched();
    let links: Vec<_> = requests.iter().map(|request| request.address.to_string()).collect();
    assert_eq!(links, ["ftp://ftp.example.org/pub/a.gz", "ftp://ftp.example.org/pub/c.gz"]);
    let expected = Destination::File(window.file("a.gz"));
    assert_eq!(requests.first().unwrap().destination, expected);
    assert!(window.shows("2 files are on the way"));
    assert!(window.shows("a.gz, file, 1.0 KB, 2024-02-29"));
}

#[test]
fn two_names_there_that_are_one_name_here_do_not_meet() {
    let mut window = Window::browsing(vec![file("a:b", 1), file("a%3Ab", 1)]);
    window.keys(Modifiers::COMMAND, Key::A);
    window.click("Download");
    let requests = window.fetched();
    let places: Vec<_> = requests.iter().map(|request| request.destination.clone()).collect();
    assert_eq!(places.len(), 2);
    assert_ne!(places[0], places[1]);
}

#[test]
fn what_is_here_already_is_marked_and_left_out() {
    let mut window = Window::browsing(vec![file("new", 3), file("other", 3), file("same", 3)]);
    for name in ["same", "other"] {
        fs::write(window.file(name), "abc").unwrap();
        let here = fs::File::options().append(true).open(window.file(name)).unwrap();
        let late = Duration::from_secs(if name == "same" { 0 } else { 3600 });
        here.set_modified(noon() + late).unwrap();
    }
    let shore = Shore::look(window.folder.path());
    window.see(Sight::Shore(shore));
    assert!(window.shows("Downloaded, unchanged since"));
    assert!(window.shows("Another file of this name is here"));
    window.keys(Modifiers::COMMAND, Key::A);
    window.click("Download");
    let requests = window.fetched();
    assert_eq!(requests.len(), 2);
    assert!(window.shows("2 files are on the way; 1 here already, unchanged"));
}

#[test]
fn a_folder_is_ordered_as_one() {
    let mut window = Window::browsing(vec![dir("deep")]);
    window.press(Key::ArrowDown);
    window.click("Download");
    let requests = window.fetched();
    let [request] = requests.as_slice() else { panic!("{requests:?}") };
    assert_eq!(request.address.path.to_string(), "/pub/deep/");
    assert!(request.address.path.is_folder());
}

#[test]
fn a_server_that_wants_a_name_asks_for_it_in_its_place() {
    let mut window = Window::with("ftp.example.org/pub/");
    window.click("Browse server…");
    let (number, _) = window.listing();
    window.see(Sight::Listed(number, Err(failed(530, "Please log in."))));
    assert!(window.shows("does not take guests") || window.shows("did not accept"));
    window.write("User", "ann");
    window.harness.get_by_role_and_label(Role::PasswordInput, "Password").focus();
    window.harness.run();
    window.harness.event(Event::Text("secret".to_owned()));
    window.harness.run();
    window.click("Sign in to the server");
    let errands = window.wished().errands;
    let (place, _) = errands.first().unwrap();
    assert_eq!(place.address.login.user.as_deref(), Some(&b"ann"[..]));
    assert_eq!(place.address.login.password.as_ref().map(Secret::reveal), Some(&b"secret"[..]));
    assert!(!window.shows("secret"));
}

#[test]
fn a_folder_that_is_not_there_says_so_calmly_and_offers_the_way_up() {
    let mut window = Window::with("ftp.example.org/pub/gone/");
    window.click("Browse server…");
    let (number, _) = window.listing();
    window.see(Sight::Listed(number, Err(failed(550, "No such directory."))));
    assert!(window.shows("The server has no such folder"));
    window.click("Up to the folder above");
    assert_eq!(window.listing().1, "/pub/");
}

#[test]
fn a_link_that_leads_to_no_folder_can_be_fetched_as_a_file() {
    let mut window = Window::browsing(vec![entry("latest.gz", Kind::Link, None)]);
    window.press(Key::ArrowDown);
    window.press(Key::Enter);
    let (number, _) = window.listing();
    window.see(Sight::Listed(number, Err(failed(550, "Not a directory."))));
    assert!(window.shows("This link does not lead to a folder"));
    window.click("Download it as a file ");
    let requests = window.fetched();
    assert_eq!(requests[0].address.to_string(), "ftp://ftp.example.org/pub/latest.gz");
    assert_eq!(window.rows(), ["latest.gz"], "one is where one was");
}

#[test]
fn what_came_before_the_connection_was_lost_stays() {
    let mut window = Window::with("ftp.example.org/pub/");
    window.click("Browse server…");
    let (number, _) = window.listing();
    window.hear(number, vec![file("a", 1), file("b", 1)]);
    let error = ftp::Error::HungUp;
    let server = "ftp.example.org".to_owned();
    let failure = Failure::Server { server, is_guest: true, error, kept: None };
    window.see(Sight::Listed(number, Err(failure)));
    assert_eq!(window.rows(), ["a", "b"]);
    assert!(window.shows("This is not all: ftp.example.org closed the connection."));
    window.click("Try again to list the folder");
    assert_eq!(window.listing().1, "/pub/");
}

#[test]
fn where_no_dialog_can_ask_a_field_asks_where_a_file_goes() {
    let mut window = Window::browsing(vec![file("README", 5)]);
    window.press(Key::ArrowDown);
    window.click("More for what is chosen");
    window.click("Download as…");
    let wished = window.wished().others;
    assert!(matches!(wished.as_slice(), [Wish::Choose { name, .. }] if name == "README"));
    window.screen().take_no_place(Some("No file dialog could be shown here."));
    window.harness.run();
    assert!(window.shows("No file dialog could be shown here."));
    let elsewhere = window.file("nowhere").join("read me");
    window.write("Save as", &elsewhere.to_string_lossy());
    window.press(Key::Enter);
    assert!(window.shows("There is no folder"));
    assert!(window.wished().others.is_empty());
    let place = window.file("read me");
    window.write("Save as", &place.to_string_lossy());
    window.press(Key::Enter);
    let requests = window.fetched();
    assert_eq!(requests[0].destination, Destination::File(place));
    assert!(!window.shows("Save as"), "it is answered");
}

#[test]
fn a_text_can_be_read_without_fetching_it() {
    let mut window = Window::browsing(vec![file("README", 100_000)]);
    window.press(Key::ArrowDown);
    window.press(Key::F3);
    let errands = window.wished().errands;
    let [(_, Errand::Peek(number, path))] = errands.as_slice() else { panic!("{errands:?}") };
    assert_eq!(path.to_string(), "/pub/README");
    let peek = Peek { bytes: b"Read this\nevil\x1b[2J\n".to_vec(), is_whole: false };
    let number = *number;
    window.see(Sight::Peeked(number, Ok(peek)));
    assert!(window.shows("The first 64 KiB of 100.0 KB. Nothing is saved."));
    assert!(window.shows("Read this"));
    assert!(window.shows("evil\\u{1b}[2J"));
    window.press(Key::Escape);
    assert!(!window.shows("Read this"));
    assert!(window.wished().others.is_empty());
}

#[test]
fn folders_are_added_up_on_request_and_that_can_be_stopped() {
    let mut window = Window::browsing(vec![dir("deep"), file("a", 1)]);
    window.press(Key::ArrowDown);
    window.click("More for what is chosen");
    window.click("Add up the size");
    let errands = window.wished().errands;
    let [(_, Errand::Weigh(number, id, path))] = errands.as_slice() else { panic!("{errands:?}") };
    assert_eq!(path.to_string(), "/pub/deep/");
    let (number, id) = (*number, *id);
    let weight = Weight { bytes: 5_000_000, files: 3, folders: 2, unseen: 0 };
    window.see(Sight::Weighed(number, id, Ok(weight), false));
    assert!(window.shows("deep, folder, 5.0 MB…"));
    window.click("Stop adding up");
    assert!(window.wished().stopped.contains(&errands::Kind::Weigh));
    window.see(Sight::Weighed(number, id, Ok(weight), true));
    assert!(!window.shows("5.0 MB"), "nobody waits for it any more");
}
