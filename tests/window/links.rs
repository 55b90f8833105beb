//! Links from elsewhere: clicked, pasted, dropped. Nothing starts without the person.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use std::fs;
use std::time::{Duration, Instant, SystemTime};

use ashore::ftp::Facts;
use ashore::transfer::{Destination, Failure, Glance, TransferId};
use ashore::window::Prefill;
use ashore::window::screen::Wish;
use eframe::egui::{Event, Key, Role};
use egui_kittest::kittest::Queryable as _;

use crate::person::{LINK, Window, refused};

/// A window that was started with a link, or that a link was handed over to.
fn given(link: &str) -> Window {
    let mut window = Window::open();
    window.screen().take_link(link);
    window.harness.run();
    window
}

fn answered(mut window: Window, answer: Result<Glance, Failure>) -> Window {
    window.screen().glanced(&LINK.parse().unwrap(), answer);
    window.harness.run();
    window
}

fn known(size: u64) -> Result<Glance, Failure> {
    let modified = Some(SystemTime::UNIX_EPOCH + Duration::from_hours(24 * 365));
    Ok(Glance { facts: Facts { size: Some(size), modified }, is_secure: false })
}

#[test]
fn a_clicked_link_says_what_it_is_and_enter_downloads_it() {
    let mut window = given(LINK);
    assert!(window.shows("Asking ftp.example.org for size and date…"));
    let wishes = window.wishes();
    let [Wish::Glance(Some(asked))] = wishes.as_slice() else { panic!("only asked: {wishes:?}") };
    assert_eq!(asked.address.to_string(), LINK);
    let mut window = answered(window, known(4_194_304));
    assert!(window.shows("4.2 MB (4,194,304 bytes), changed 1 Jan 1971"));
    assert!(window.shows("ftp.example.org · as a guest, not encrypted"));
    assert_eq!(window.value("Save to"), window.file("debian.iso").to_string_lossy());
    window.press(Key::Enter);
    let wishes = window.wishes();
    let [Wish::Download(request), Wish::Glance(None)] = wishes.as_slice() else {
        panic!("{wishes:?}")
    };
    assert_eq!(request.destination, Destination::File(window.file("debian.iso")));
    assert_eq!(window.value("Address"), "", "the form is as it was");
}

#[test]
fn a_link_can_be_left_and_what_was_being_typed_is_still_there() {
    let mut window = Window::with("ftp://ftp.example.net/mine");
    window.screen().take_link(LINK);
    window.harness.run();
    assert!(window.harness.query_by_label("Host").is_none(), "the sheet stands in its place");
    window.press(Key::Escape);
    assert_eq!(window.value("Address"), "ftp://ftp.example.net/mine");
    assert!(!window.wishes().iter().any(|wish| matches!(wish, Wish::Download(_))));
}

#[test]
fn a_server_that_cannot_be_asked_is_said_calmly_and_download_is_still_there() {
    let mut window = answered(given(LINK), Err(refused(550, "No such file")));
    assert!(window.shows("The server has no file"));
    assert!(window.shows("Check the path"));
    window.click("Edit address of this link");
    assert_eq!(window.value("Address"), LINK);
}

#[test]
fn a_file_that_does_not_fit_is_said_before_it_is_fetched() {
    let window = answered(given(LINK), known(1 << 60));
    assert!(window.shows("more than is free."));
}

#[test]
fn a_clicked_link_onto_a_file_that_is_there_asks_what_to_do_with_it() {
    let mut window = Window::open();
    fs::write(window.file("debian.iso"), "mine").unwrap();
    window.screen().take_link(LINK);
    window.harness.run();
    assert!(window.shows("debian.iso is there already"));
    window.click("Skip");
    window.click("Download");
    let skips = |wish: &Wish| {
        matches!(wish, Wish::Download(request)
            if request.if_exists == ashore::transfer::IfExists::Skip)
    };
    assert!(window.wishes().iter().any(skips));
}

#[test]
fn links_that_come_together_are_shown_one_after_the_other() {
    let mut window = given(LINK);
    window.screen().take_link("ftp://ftp.example.org/pub/second.iso");
    window.harness.run();
    assert!(window.shows("1 more after this"));
    window.press(Key::Enter);
    assert!(window.shows("second.iso"));
    window.press(Key::Enter);
    let orders =
        window.wishes().into_iter().filter(|wish| matches!(wish, Wish::Download(_))).count();
    assert_eq!(orders, 2);
}

#[test]
fn a_link_by_name_asks_for_the_password_before_anybody_is_asked() {
    let mut window = given("ftp://ann@ftp.example.org/x.bin");
    assert!(!window.wishes().iter().any(|wish| matches!(wish, Wish::Glance(_))));
    window.harness.get_by_role_and_label(Role::PasswordInput, "Password").focus();
    window.harness.run();
    window.harness.get_by_role_and_label(Role::PasswordInput, "Password").type_text("secret");
    window.harness.run();
    window.press(Key::Enter);
    let wishes = window.wishes();
    let [Wish::Download(request), ..] = wishes.as_slice() else { panic!("{wishes:?}") };
    assert_eq!(request.address.login.password.as_ref().unwrap().reveal(), b"secret");
}

#[test]
fn what_is_no_link_to_a_file_goes_into_the_form() {
    for text in ["gopher://old", "ftp://ftp.example.org/pub/", "\u{1}\u{202e}", "ftp.example.org"] {
        let mut window = Window::open();
        let prefill = Prefill { address: Some(text.to_owned()), ..Prefill::default() };
        window.screen().take(&prefill);
        window.harness.run();
        assert!(window.harness.query_by_label("Host").is_some(), "{text:?}");
        assert!(window.wishes().is_empty());
    }
}

#[test]
fn dropped_files_are_looked_into_and_their_links_wait_for_a_word() {
    let mut window = Window::open();
    window.screen().take_dropped("# mine\nftp://a.example/x.bin\nftp://b.example/y.bin\n");
    window.harness.run();
    assert!(window.shows("2 addresses were dropped"));
    window.click("Download 2 files that were dropped");
    assert!(matches!(window.wishes().as_slice(), [Wish::DownloadAll(_)]));
    window.screen().take_dropped("[InternetShortcut]\r\nURL=ftp://a.example/z.bin\r\n");
    window.harness.run();
    assert_eq!(window.value("Address"), "ftp://a.example/z.bin");
    window.screen().take_dropped("dear diary");
    window.harness.run();
    assert!(window.shows("No FTP address was found in what was dropped"));
}

#[test]
fn a_long_paste_of_nonsense_does_not_fill_a_field() {
    let mut window = Window::open();
    window.focus("Save to");
    window.harness.event(Event::Paste("first\n".to_owned() + &"nonsense\n".repeat(10_000)));
    window.harness.run();
    assert!(window.value("Save to").ends_with("first"), "{:.80}", window.value("Save to"));
}

#[test]
fn ten_thousand_pasted_lines_are_one_sentence_and_one_order() {
    let mut window = Window::open();
    let text: String =
        (0..10_000).map(|n| format!("ftp://ftp.example.org/pub/{n}.bin\n")).collect();
    let began = Instant::now();
    window.harness.event(Event::Paste(text));
    window.harness.run();
    println!("taking in 10,000 lines: {:?}", began.elapsed());
    assert!(window.shows("10,000 addresses were pasted"));
    let began = Instant::now();
    window.click("Download 10,000 files that were pasted");
    println!("ordering them: {:?}", began.elapsed());
    let wishes = window.wishes();
    let [Wish::DownloadAll(requests)] = wishes.as_slice() else { panic!("{wishes:?}") };
    assert_eq!(requests.len(), 10_000);
    for (request, id) in requests.iter().zip(1..) {
        window.screen().model.add(TransferId(id), request.clone());
    }
    let began = Instant::now();
    window.harness.run_steps(100);
    println!("one picture with 10,000 rows: {:?}", began.elapsed() / 100);
}
