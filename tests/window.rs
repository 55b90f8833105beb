//! The window, used like a person uses it: by the names of things, without a screen.
//!
//! Here: the form. What becomes of a transfer is in `window/rows.rs`.
#![cfg(feature = "window")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

#[path = "window/browser.rs"]
mod browser;
#[path = "window/browser_fetch.rs"]
mod browser_fetch;
#[path = "window/browser_many.rs"]
mod browser_many;
#[path = "window/browser_names.rs"]
mod browser_names;
#[path = "window/choose.rs"]
mod choose;
#[path = "window/drag.rs"]
mod drag;
#[path = "window/folder.rs"]
mod folder;
#[path = "window/keep.rs"]
mod keep;
#[path = "window/links.rs"]
mod links;
#[path = "window/log.rs"]
mod log;
#[path = "window/person.rs"]
mod person;
#[path = "window/queue.rs"]
mod queue;
#[path = "window/rows.rs"]
mod rows;
#[path = "window/settings.rs"]
mod settings;
#[path = "window/taken.rs"]
mod taken;
#[path = "window/trust.rs"]
mod trust;

use std::fs;

use ashore::settings::{Setting, Theme};
use ashore::transfer::{Destination, IfExists, News, Phase};
use ashore::window::Prefill;
use ashore::window::screen::Wish;
use eframe::egui::{Event, Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use person::{LINK, Window};

#[test]
fn an_address_fills_in_host_path_and_where_to_save() {
    let window = Window::with("ftp://ftp.example.org/pub/a%20b.iso");
    assert_eq!(window.value("Host"), "ftp.example.org");
    assert_eq!(window.value("Path"), "/pub/a b.iso");
    assert_eq!(window.value("Save to"), window.file("a b.iso").to_string_lossy());
}

#[test]
fn editing_host_or_path_changes_the_address() {
    let mut window = Window::with(LINK);
    window.write("Host", "mirror.example.net");
    assert_eq!(window.value("Address"), "ftp://mirror.example.net/pub/debian.iso");
    window.write("Path", "/pub/50% off.iso");
    assert_eq!(window.value("Address"), "ftp://mirror.example.net/pub/50%25%20off.iso");
    assert_eq!(window.value("Save to"), window.file("50% off.iso").to_string_lossy());
}

#[test]
fn user_password_and_port_are_one_click_away_and_the_password_leaves_the_address() {
    let mut window = Window::with("ftp://ann:secret@ftp.example.org:2121/x.bin");
    window.click("More about the server");
    assert_eq!(window.value("User"), "ann");
    assert_eq!(window.value("Port"), "2121");
    window.focus("Host");
    assert_eq!(window.value("Address"), "ftp://ann@ftp.example.org:2121/x.bin");
    window.click("Download");
    let request = window.ordered();
    assert_eq!(request.address.login.password.unwrap().reveal(), b"secret");
    assert_eq!(request.address.port, 2121);
}

#[test]
fn a_path_that_nobody_can_type_is_kept_byte_for_byte() {
    let mut window = Window::with("ftp://ftp.example.org/pub/caf%E9.txt");
    window.write("Host", "mirror.example.net");
    window.click("Download");
    assert_eq!(window.ordered().address.path.to_wire(), b"pub/caf\xe9.txt");
}

#[test]
fn a_bad_address_says_what_is_wrong_under_the_field_and_starts_nothing() {
    let mut window = Window::with("http://example.org/x.zip");
    assert!(window.shows("http:// is not an FTP address"));
    window.click("Download");
    assert!(window.wishes().is_empty());
    assert!(window.has_focus("Address"));
}

#[test]
fn a_bad_host_says_so_under_its_field_and_mending_it_is_enough() {
    let mut window = Window::with(LINK);
    window.write("Host", "not a host");
    assert!(window.shows("“not a host” cannot be the name of a server"));
    window.press(Key::Enter);
    assert!(window.wishes().is_empty());
    window.write("Host", "ftp.example.net");
    window.press(Key::Enter);
    assert_eq!(window.ordered().address.to_string(), "ftp://ftp.example.net/pub/debian.iso");
}

#[test]
fn an_address_from_outside_that_is_none_is_shown_with_what_is_wrong() {
    let mut window = Window::open();
    let prefill = Prefill { address: Some("gopher://old".to_owned()), ..Prefill::default() };
    window.screen().take(&prefill);
    window.harness.run();
    assert_eq!(window.value("Address"), "gopher://old");
    assert!(window.shows("gopher:// is not an FTP address"));
}

#[test]
fn a_place_from_outside_is_filled_in_too() {
    let mut window = Window::open();
    let place = window.file("mine.iso");
    let prefill = Prefill {
        address: Some(LINK.to_owned()),
        save_to: Some(place.clone()),
        ..Prefill::default()
    };
    window.screen().take(&prefill);
    window.harness.run();
    window.press(Key::Enter);
    let wishes = window.wishes();
    let ordered = wishes.iter().find_map(|wish| match wish {
        Wish::Download(request) => Some(&request.destination),
        _ => None,
    });
    assert_eq!(ordered, Some(&Destination::File(place)));
}

#[test]
fn pressing_download_too_early_says_what_is_missing() {
    let mut window = Window::open();
    window.click("Download");
    assert!(window.shows("There is no address yet"));
    window.write("Address", "ftp://ftp.example.org/");
    window.click("Download");
    assert!(window.shows("This names the whole server"));
    assert!(window.wishes().is_empty());
}

#[test]
fn a_folder_is_ordered_like_a_file_and_goes_where_it_went_before() {
    let mut window = Window::with("ftp://ftp.example.org/pub/data/");
    let place = window.file("data");
    std::fs::create_dir(&place).unwrap();
    window.write("Save to", &place.to_string_lossy());
    window.click("Download");
    let wishes = window.wishes();
    let ordered = wishes.iter().find_map(|wish| match wish {
        Wish::Download(request) => Some((request.is_folder(), &request.destination)),
        _ => None,
    });
    assert_eq!(ordered, Some((true, &Destination::File(place))));
}

#[test]
fn a_folder_that_is_not_there_is_said_before_anything_is_sent() {
    let mut window = Window::with(LINK);
    let nowhere = window.file("nowhere").join("x.iso");
    window.write("Save to", &nowhere.to_string_lossy());
    assert!(window.shows("There is no folder"));
    window.click("Download");
    assert!(window.wishes().is_empty());
}

#[test]
fn a_folder_to_save_to_gets_the_file_under_its_own_name() {
    let mut window = Window::with(LINK);
    fs::create_dir(window.file("isos")).unwrap();
    window.write("Save to", "isos");
    window.press(Key::Enter);
    let expected = window.file("isos").join("debian.iso");
    assert_eq!(window.ordered().destination, Destination::File(expected));
}

#[test]
fn enter_downloads_from_any_field_and_keeps_the_keyboard_there() {
    for field in ["Address", "Host", "Path", "Save to"] {
        let mut window = Window::with(LINK);
        window.focus(field);
        window.press(Key::Enter);
        let request = window.ordered();
        assert_eq!(request.address.to_string(), LINK);
        assert_eq!(request.destination, Destination::File(window.file("debian.iso")));
        assert!(window.has_focus(field), "{field}");
    }
}

#[test]
fn a_name_chosen_for_one_file_is_not_used_for_the_next() {
    let mut window = Window::with(LINK);
    window.write("Save to", "mine.iso");
    window.press(Key::Enter);
    assert_eq!(window.ordered().destination, Destination::File(window.file("mine.iso")));
    window.write("Address", "ftp://ftp.example.org/pub/other.zip");
    assert_eq!(window.value("Save to"), window.file("other.zip").to_string_lossy());
}

#[test]
fn a_link_pasted_anywhere_lands_in_the_address() {
    let mut window = Window::after([News::Phase(Phase::Connecting)]);
    window.harness.get_by_label("Cancel debian.iso").focus();
    window.harness.run();
    window.harness.event(Event::Paste(LINK.to_owned()));
    window.harness.run();
    assert_eq!(window.value("Address"), LINK);
    assert!(window.wishes().is_empty());
}

#[test]
fn an_empty_window_invites_and_a_click_on_an_example_only_fills_in_the_address() {
    let mut window = Window::open();
    assert!(window.shows("Paste an ftp:// address, or open a server."));
    window.click("Open ftp://ftp.gnu.org/gnu/hello/hello-2.10.tar.gz");
    assert_eq!(window.value("Host"), "ftp.gnu.org");
    assert!(window.wishes().is_empty());
}

#[test]
fn choosing_a_place_begins_at_the_place_that_stands_there() {
    let mut window = Window::with(LINK);
    window.click("Choose…");
    let wishes = window.wishes();
    let [Wish::Choose { folder, name }] = wishes.as_slice() else { panic!("{wishes:?}") };
    assert_eq!((folder.as_path(), name.as_str()), (window.folder.path(), "debian.iso"));
}

#[test]
fn many_addresses_pasted_at_once_are_counted_and_ordered_with_one_click() {
    let mut window = Window::open();
    window.focus("Address");
    let text = "ftp://a.example/x.bin\nhello there\nftp://b.example/y.bin\n";
    window.harness.event(Event::Paste(text.to_owned()));
    window.harness.run();
    assert!(window.shows("2 addresses were pasted"));
    assert!(window.shows("1 line names no file and is left out."));
    assert_eq!(window.value("Address"), "");
    assert!(window.wishes().is_empty(), "nothing starts by itself");
    window.click("Download 2 files that were pasted");
    let wishes = window.wishes();
    let [Wish::DownloadAll(requests)] = wishes.as_slice() else { panic!("{wishes:?}") };
    let places: Vec<_> = requests.iter().map(|request| request.destination.clone()).collect();
    assert_eq!(places, ["x.bin", "y.bin"].map(|name| Destination::File(window.file(name))));
    assert!(!window.shows("addresses were pasted"));
}

#[test]
fn what_is_to_be_said_of_no_transfer_is_said_once_and_can_be_put_away() {
    let mut window = Window::open();
    for _ in 0..2 {
        window.screen().say("Another Ashore is running".to_owned());
    }
    window.harness.run();
    window.click("Put the notice away");
    assert!(!window.shows("Another Ashore is running"));
}

#[test]
fn settings_that_last_are_wished_for_and_hold_at_once() {
    let mut window = Window::sized(1000.0, 2000.0);
    window.click("Dark theme");
    window.click("Settings");
    window.click("Continue unfinished transfers when Ashore starts");
    window.click("Skip");
    window.click("High contrast");
    let wishes = window.wishes();
    let [
        Wish::Set(Setting::Theme(Theme::Dark)),
        Wish::Set(Setting::ContinueAtStart(true)),
        Wish::Set(Setting::IfExists(IfExists::Skip)),
        Wish::Set(Setting::HighContrast(true)),
    ] = wishes.as_slice()
    else {
        panic!("{wishes:?}")
    };
    fs::create_dir(window.file("isos")).unwrap();
    let isos = window.file("isos").to_string_lossy().into_owned();
    window.write("Folder", &isos);
    assert!(window.wishes().iter().any(|wish| matches!(wish, Wish::Set(Setting::Folder(_)))));
    window.press(Key::Escape);
    fs::write(window.file("isos").join("debian.iso"), "mine").unwrap();
    window.write("Address", LINK);
    window.click("Download");
    let request = window.ordered();
    assert_eq!(request.if_exists, IfExists::Skip);
    assert_eq!(request.destination, Destination::File(window.file("isos").join("debian.iso")));
}

#[test]
fn what_was_learnt_about_a_server_is_shown_and_can_be_forgotten() {
    let mut window = Window::sized(1000.0, 2000.0);
    let host = "ftp.example.org".parse().unwrap();
    window.screen().servers.learn(&host, 21, |known| known.has_tls = true).unwrap();
    window.click("Settings");
    assert!(window.shows("Speaks TLS"));
    window.click("Forget ftp.example.org:21");
    let wishes = window.wishes();
    let [Wish::Forget(name)] = wishes.as_slice() else { panic!("{wishes:?}") };
    assert_eq!(name, "ftp.example.org:21");
}

#[test]
fn favourites_are_kept_opened_and_removed() {
    let mut window = Window::sized(1000.0, 2000.0);
    window.write("Address", LINK);
    window.click("Settings");
    window.click("Add what stands in the form to the favourites");
    window.click("Open ftp.example.org");
    assert_eq!(window.value("Address"), LINK);
    window.click("Settings");
    window.click("Remove ftp.example.org");
    assert!(!window.shows("Remove ftp.example.org"));
    let wishes = window.wishes();
    let [Wish::Set(Setting::Favourites(one)), Wish::Set(Setting::Favourites(none))] =
        wishes.as_slice()
    else {
        panic!("{wishes:?}")
    };
    assert_eq!((one.len(), none.len()), (1, 0));
}

#[test]
fn the_keys_are_on_one_page_and_lead_where_they_say() {
    let mut window = Window::open();
    window.press(Key::F1);
    assert!(window.shows("Every fact about the chosen row"));
    window.press(Key::Escape);
    assert!(!window.shows("Every fact about the chosen row"));
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::Comma);
    window.harness.run();
    assert!(window.shows("What was learnt about servers"));
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::Comma);
    window.harness.run();
    window.focus("Host");
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::L);
    window.harness.run();
    assert!(window.has_focus("Address"));
}
