//! What the person chooses for everything: the rate limit, the page of settings, the servers.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use std::time::Duration;

use ashore::ftp::Known;
use ashore::settings::{Favourite, RateLimit, Setting, Site, Source};
use ashore::transfer::ProxyChoice;
use ashore::window::screen::Wish;
use eframe::egui::accesskit::Toggled;
use eframe::egui::{Key, Modifiers, Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::person::{LINK, Window};

/// All that was chosen since the last time.
fn chosen(window: &mut Window) -> Vec<Setting> {
    let setting = |wish| match wish {
        Wish::Set(setting) => setting,
        wish => panic!("{wish:?}"),
    };
    window.wishes().into_iter().map(setting).collect()
}

fn command(window: &mut Window, key: Key) {
    window.harness.key_press_modifiers(Modifiers::COMMAND, key);
    window.harness.run();
}

/// Chooses from the menu of `name`.
fn pick(window: &mut Window, name: &str, words: &str) {
    window.harness.get_by_role_and_label(Role::ComboBox, name).click();
    window.harness.run();
    window.harness.get_by_role_and_label(Role::RadioButton, words).click();
    window.harness.run();
}

fn settings_page() -> Window {
    let mut window = Window::sized(1000.0, 2000.0);
    command(&mut window, Key::Comma);
    window
}

#[test]
fn the_rate_limit_is_one_click_or_one_key_away() {
    let mut window = Window::open();
    assert!(window.shows("Rate limit"));
    // Nothing was ever chosen: there is nothing to turn on yet.
    window.click("Rate limit");
    window.click("2 MB/s");
    window.click("Rate limit of 2 MB/s");
    command(&mut window, Key::T);
    let on = RateLimit::of(2_000_000);
    let off = RateLimit { is_on: false, ..on };
    let expected = [on, off, on].map(Setting::RateLimit);
    assert_eq!(chosen(&mut window), expected);
    let switch = window.harness.get_by_label("Rate limit of 2 MB/s");
    assert_eq!(switch.accesskit_node().toggled(), Some(Toggled::True));
}

#[test]
fn any_limit_can_be_typed_and_nonsense_says_so() {
    let mut window = Window::open();
    command(&mut window, Key::T);
    window.write("Other", "fast");
    window.press(Key::Enter);
    assert!(window.shows("It is a number of bytes a second"));
    window.write("Other", "1,5 mb/s");
    window.press(Key::Enter);
    assert!(!window.shows("Everything together, at most:"), "the menu closes");
    assert_eq!(chosen(&mut window), [Setting::RateLimit(RateLimit::of(1_500_000))]);
    window.click("Choose a rate limit");
    window.click("No limit");
    let off = RateLimit { last: Some(1_500_000), is_on: false };
    assert_eq!(chosen(&mut window), [Setting::RateLimit(off)]);
}

#[test]
fn what_is_chosen_for_all_downloads_holds_for_the_next_one() {
    let mut window = settings_page();
    pick(&mut window, "Connections to one server", "3");
    pick(&mut window, "Connections for one file", "2");
    pick(&mut window, "Longest silence", "2 min");
    pick(&mut window, "Try again", "Never");
    pick(&mut window, "Rate limit for everything together", "5 MB/s");
    let expected = [
        Setting::Connections(Some(3)),
        Setting::Segments(Some(2)),
        Setting::Patience(Duration::from_mins(2)),
        Setting::Retries(0),
        Setting::RateLimit(RateLimit::of(5_000_000)),
    ];
    assert_eq!(chosen(&mut window), expected);
    pick(&mut window, "Connections to one server", "Automatic");
    assert_eq!(chosen(&mut window), [Setting::Connections(None)]);
    window.press(Key::Escape);
    window.write("Address", LINK);
    window.click("Download");
    let request = window.ordered();
    assert_eq!(request.segments, Some(2));
    assert_eq!((request.patience, request.retries), (Duration::from_mins(2), 0));
}

#[test]
fn a_proxy_counts_once_its_field_is_left_and_never_with_a_password() {
    let mut window = settings_page();
    window.write("Proxy", "proxy.example.org:3128");
    assert!(window.wishes().is_empty(), "who types is not disturbed");
    window.press(Key::Enter);
    let proxy: ProxyChoice = "http://proxy.example.org:3128".parse().unwrap();
    assert_eq!(chosen(&mut window), [Setting::Proxy(proxy)]);
    assert_eq!(window.value("Proxy"), "http://proxy.example.org:3128");
    for (text, said) in [
        ("gopher://h", "gopher:// is no kind of proxy"),
        ("http://bob:swordfish@h:1", "A name and a password for a proxy are not kept here"),
    ] {
        window.write("Proxy", text);
        window.press(Key::Enter);
        assert!(window.shows(said), "{text}");
        assert!(window.wishes().is_empty(), "{text}");
    }
    assert_eq!(window.value("Proxy"), "http://h:1", "the password is gone from the screen");
    window.write("Proxy", "none");
    window.press(Key::Tab);
    assert_eq!(chosen(&mut window), [Setting::Proxy(ProxyChoice::Straight)]);
}

#[test]
fn servers_that_were_visited_are_found_again_and_can_be_forgotten() {
    let mut window = Window::open();
    let visits =
        ["ftp://a.example/pub/one.iso", "ftp://ann:pw@b.example/home/", "ftp://c.example/x/"];
    for link in visits {
        window.screen().visited(&link.parse().unwrap()).unwrap();
    }
    assert_eq!(window.screen().visited(&visits[2].parse().unwrap()), None, "it is known already");
    window.harness.run();
    assert!(window.shows("Open ftp://ann@b.example/home/"), "the empty list names them");
    window.click("Forget ftp://c.example/x/");
    assert_eq!(chosen(&mut window).len(), 1);
    window.click("Favourites and recent servers");
    window.click("Open a.example: ftp://a.example/pub/");
    let wishes = window.wishes();
    assert!(matches!(wishes.as_slice(), [Wish::Browse(_)]), "{wishes:?}");
    window.click("Close the browser");
    assert_eq!(window.value("Address"), "ftp://a.example/pub/");
    window.click("Favourites and recent servers");
    window.click("Forget all recent servers");
    let wishes = window.wishes();
    let forgotten = wishes.iter().find_map(|wish| match wish {
        Wish::Set(Setting::Recent(left)) => Some(left.len()),
        _ => None,
    });
    assert_eq!(forgotten, Some(0), "{wishes:?}");
}

#[test]
fn recent_servers_are_on_the_page_one_by_one_and_all() {
    let mut window = settings_page();
    for link in ["ftp://a.example/", "ftp://b.example/", "ftp://c.example/"] {
        window.screen().visited(&link.parse().unwrap());
    }
    window.harness.run();
    window.click("Forget b.example");
    window.click("Forget all recent servers");
    let left: Vec<_> = chosen(&mut window)
        .into_iter()
        .map(|setting| match setting {
            Setting::Recent(left) => left.len(),
            setting => panic!("{setting:?}"),
        })
        .collect();
    assert_eq!(left, [2, 0]);
}

#[test]
fn what_stands_in_the_form_becomes_a_favourite_from_its_menu() {
    let mut window = Window::with(LINK);
    window.click("Favourites and recent servers");
    window.click("Add what stands in the form to the favourites");
    let setting = chosen(&mut window).pop().unwrap();
    let Setting::Favourites(all) = setting else { panic!("{setting:?}") };
    assert_eq!(all.len(), 1);
    window.click("Favourites and recent servers");
    assert!(window.shows(&format!("Open ftp.example.org: {LINK}")));
}

#[test]
fn servers_of_other_programs_are_taken_in_and_where_passwords_stay_is_said() {
    for (button, source, said) in [
        ("Import from FileZilla without passwords", Source::FileZilla, "passwords were not"),
        ("Import from .netrc without passwords", Source::Netrc, "passwords stay there"),
    ] {
        let mut window = settings_page();
        window.click(button);
        let wishes = window.wishes();
        assert!(matches!(wishes.as_slice(), [Wish::Import(asked)] if *asked == source));
        let site = |link: &str| Site {
            favourite: Favourite { name: "Box".to_owned(), address: link.parse().unwrap() },
            lessons: Known::default(),
        };
        let sites = vec![site("ftp://ann@a.example/"), site("ftp://b.example/")];
        assert!(window.screen().take_sites(source, sites.clone()).is_some());
        window.harness.run();
        assert!(window.shows(said), "{said}");
        assert!(window.shows("ftp://ann@a.example/"));
        assert_eq!(window.screen().take_sites(source, sites), None, "nothing is there twice");
    }
}

#[test]
fn several_notices_stand_close_below_each_other() {
    let mut window = Window::sized(1280.0, 800.0);
    command(&mut window, Key::Comma);
    for words in ["The first was said", "The second was said"] {
        window.screen().say(words.to_owned());
        // Nothing grows from one picture to the next.
        window.harness.run_steps(10);
    }
    let top = |words: &str| window.harness.get_by_label_contains(words).rect().top();
    let apart = top("The second was said") - top("The first was said");
    let page = window.harness.get_by_label("Close this page").rect().top();
    assert!((20.0..60.0).contains(&apart), "{apart}");
    assert!(page - top("The second was said") < 60.0, "the page follows at once");
}

#[test]
fn every_page_opens_at_its_top() {
    let mut window = Window::sized(700.0, 500.0);
    window.click("Settings");
    let last = "Import from .netrc without passwords";
    window.harness.get_by_label(last).focus();
    window.harness.run();
    assert!(window.harness.get_by_label(last).rect().bottom() < 500.0, "it was scrolled to");
    for (modifiers, key, first) in [
        (Modifiers::NONE, Key::F1, "To bring files"),
        (Modifiers::COMMAND, Key::Comma, "Downloads"),
    ] {
        window.harness.key_press_modifiers(modifiers, key);
        window.harness.run();
        let top = window.harness.get_by_label(first).rect().top();
        assert!((40.0..100.0).contains(&top), "{first}: {top}");
    }
}

#[test]
fn a_limit_is_chosen_by_keyboard_alone() {
    let mut window = Window::open();
    command(&mut window, Key::T);
    assert!(window.harness.get_by_label("No limit").is_focused());
    window.press(Key::ArrowDown);
    window.press(Key::ArrowDown);
    window.press(Key::Space);
    assert_eq!(chosen(&mut window), [Setting::RateLimit(RateLimit::of(500_000))]);
    command(&mut window, Key::T);
    let off = RateLimit { last: Some(500_000), is_on: false };
    assert_eq!(chosen(&mut window), [Setting::RateLimit(off)]);
    // Esc leaves a menu, and not the page behind it.
    command(&mut window, Key::Comma);
    window.click("Choose a rate limit");
    window.press(Key::Escape);
    assert!(!window.shows("Everything together, at most:"));
    assert!(window.shows("Speed and network"));
}
