//! A name that is taken: by a file that is there, or by one that is on its way.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::fs;

use ashore::transfer::{Destination, IfExists, TransferId};
use eframe::egui::Key;

use crate::person::{ID, LINK, Window};

#[test]
fn a_file_that_is_there_already_is_kept_unless_the_person_says_otherwise() {
    for (choice, expected) in [
        (None, IfExists::Rename),
        (Some("Keep both, this one as debian (2).iso"), IfExists::Rename),
        (Some("Replace when complete"), IfExists::Replace),
        (Some("Skip"), IfExists::Skip),
    ] {
        let mut window = Window::open();
        fs::write(window.file("debian.iso"), "mine").unwrap();
        window.write("Address", LINK);
        assert!(window.shows("debian.iso is there already"));
        if let Some(choice) = choice {
            window.click(choice);
        }
        window.click("Download");
        assert_eq!(window.ordered().if_exists, expected);
    }
}

#[test]
fn a_file_that_appeared_meanwhile_is_asked_about_before_anything_is_sent() {
    let mut window = Window::with(LINK);
    fs::write(window.file("debian.iso"), "mine").unwrap();
    window.press(Key::Enter);
    assert!(window.wishes().is_empty());
    assert!(window.shows("debian.iso is there already"));
}

#[test]
fn a_second_enter_does_not_download_the_same_file_twice() {
    let mut window = Window::with(LINK);
    window.press(Key::Enter);
    let request = window.ordered();
    window.screen().model.add(ID, request);
    window.harness.run();
    assert!(!window.shows("It is on its way there already"));
    window.press(Key::Enter);
    window.press(Key::Enter);
    assert!(window.wishes().is_empty());
    assert!(window.shows("It is on its way there already"));
    // Nor when the same place is spelt otherwise.
    fs::create_dir(window.file("sub")).unwrap();
    window.write("Save to", "sub/../debian.iso");
    assert!(window.shows("It is on its way there already"));
    let second = window.file("second.iso");
    window.write("Save to", &second.to_string_lossy());
    window.press(Key::Enter);
    assert_eq!(window.ordered().destination, Destination::File(second));
}

#[test]
fn another_file_of_the_same_name_gets_a_number_while_the_first_is_on_its_way() {
    let mut window = Window::with(LINK);
    window.press(Key::Enter);
    let request = window.ordered();
    window.screen().model.add(ID, request);
    for (number, server) in [(2, "ftp.example.net"), (3, "ftp.example.com")] {
        window.write("Address", &format!("ftp://{server}/debian.iso"));
        let name = format!("debian ({number}).iso");
        assert!(window.shows(&format!("This one is saved as {name}")));
        window.click("Download");
        let request = window.ordered();
        assert_eq!(request.destination, Destination::File(window.file(&name)));
        assert_eq!(request.if_exists, IfExists::Rename);
        window.screen().model.add(TransferId(number), request);
    }
}
