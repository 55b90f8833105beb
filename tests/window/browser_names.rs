//! Names that are not UTF-8 in the browser: how they are read, and what the person says about it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use ashore::ftp::Encoding;
use ashore::ftp::listing::{Entry, Kind};
use ashore::window::browser::errands::Sight;
use ashore::window::browser::item::Item;
use ashore::window::screen::Wish;
use eframe::egui::Key;

use crate::browser::{dir, file};
use crate::person::Window;

fn encoding(label: &str) -> Option<Encoding> {
    Some(label.parse().unwrap())
}

/// Cyrillic in KOI8-U, as some old server sends it.
const NAMES: [&str; 3] = ["Яблоко.txt", "арбуз.txt", "Каталог"];

fn entries() -> Vec<Entry> {
    let bytes = |name: &str| encoding("koi8-u").unwrap().encode(name).unwrap();
    let old = |name: &str, kind, target: Option<&str>| Entry {
        name: bytes(name),
        kind,
        size: Some(5),
        modified: None,
        target: target.map(bytes),
    };
    let [apple, melon, catalogue] = NAMES;
    vec![
        old(apple, Kind::File, None),
        old(melon, Kind::Link, Some(apple)),
        old(catalogue, Kind::Dir, None),
        file("plain", 1),
    ]
}

/// A window that takes these names for windows-1251, which they are not.
fn misread() -> Window {
    let mut window = Window::with("ftp://ftp.example.org/pub/");
    window.click("Browse server…");
    let (number, _) = window.listing();
    let wrong = encoding("windows-1251");
    window.see(Sight::Arrived(number, false));
    let items = entries().into_iter().map(|entry| Item::new(entry, wrong)).collect();
    window.see(Sight::Items(number, items, wrong));
    window
}

#[test]
fn names_that_look_wrong_are_read_anew_at_once_and_the_server_is_not_asked() {
    let mut window = misread();
    assert!(!window.rows().contains(&"арбуз.txt".to_owned()));
    window.write("Filter", "апельсин");
    assert!(window.rows().is_empty());
    window.press(Key::Escape);
    window.wishes();

    window.click("Names in windows-1251");
    window.click("Cyrillic (KOI8-U)");

    assert_eq!(window.rows(), ["Каталог", "plain", "арбуз.txt", "Яблоко.txt"]);
    let wished = window.wished();
    assert!(wished.errands.is_empty(), "{:?}", wished.errands);
    let [Wish::Encode { host, port: 21, encoding: chosen }] = wished.others.as_slice() else {
        panic!("{:?}", wished.others)
    };
    assert_eq!((host.as_str(), *chosen), ("ftp.example.org", encoding("koi8-u")));
    assert!(window.shows("Names in KOI8-U"));
    // What is sent is what came.
    window.write("Filter", "яблоко");
    assert_eq!(window.rows(), ["Яблоко.txt"]);
    window.press(Key::ArrowDown);
    window.press(Key::Enter);
    let requests = window.fetched();
    let bytes = encoding("koi8-u").unwrap().encode("pub/Яблоко.txt").unwrap();
    assert_eq!(requests[0].address.path.to_wire(), bytes);
    let file = window.file("Яблоко.txt");
    assert_eq!(requests[0].destination, ashore::transfer::Destination::File(file));
}

#[test]
fn what_comes_later_is_read_as_the_person_has_said() {
    let mut window = misread();
    window.click("Names in windows-1251");
    window.click("Cyrillic (KOI8-U)");
    window.press(Key::ArrowDown);
    window.press(Key::Enter);
    let (number, _) = window.listing();
    let wrong = encoding("windows-1251");
    let items = entries().into_iter().map(|entry| Item::new(entry, wrong)).collect();
    window.see(Sight::Items(number, items, wrong));
    assert_eq!(window.rows(), ["Каталог", "plain", "арбуз.txt", "Яблоко.txt"]);
}

#[test]
fn the_guess_is_there_again_for_the_asking_and_names_in_utf_8_ask_nothing() {
    let mut window = misread();
    window.click("Names in windows-1251");
    window.click("Western European (macintosh)");
    assert!(window.shows("Names in macintosh"));
    window.click("Names in macintosh");
    window.click("Guess from the names");
    assert!(window.shows("Names in KOI8-U"));
    assert_eq!(window.rows(), ["Каталог", "plain", "арбуз.txt", "Яблоко.txt"]);

    let window = Window::browsing(vec![file("späße", 1), dir("plain")]);
    assert!(!window.shows("Names in"));
}
