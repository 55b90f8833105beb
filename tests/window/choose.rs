//! Several rows at once, and every fact about one.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use std::time::SystemTime;

use ashore::ftp::Facts;
use ashore::transfer::{
    Destination, Event, Failure, Line, News, Phase, Progress, Request, TransferId, Voice,
};
use ashore::window::screen::Wish;
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use crate::person::{ID, Window};

/// Five rows that wait, of which the last one has failed.
fn five() -> Window {
    let mut window = Window::sized(1000.0, 900.0);
    for id in 1..=5 {
        let address = format!("ftp://ftp.example.org/pub/{id}.bin").parse().unwrap();
        let file = window.file(&format!("{id}.bin"));
        window.screen().model.add(TransferId(id), Request::new(address, Destination::File(file)));
    }
    window.screen().hear(Event { id: TransferId(5), news: News::Ended(Err(Failure::NotAFile)) });
    window.harness.run();
    window
}

/// Clicks where the name of a row stands.
fn choose(window: &mut Window, id: u64, modifiers: Modifiers) {
    window.harness.get_by_label(&format!("{id}.bin")).click_modifiers(modifiers);
    window.harness.run();
}

#[test]
fn several_rows_are_chosen_with_ctrl_and_shift_and_dealt_with_together() {
    let mut window = five();
    choose(&mut window, 1, Modifiers::NONE);
    assert!(!window.shows("chosen"), "one row has its own buttons");
    choose(&mut window, 3, Modifiers::SHIFT);
    assert!(window.shows("3 chosen"));
    choose(&mut window, 2, Modifiers::COMMAND);
    assert!(window.shows("2 chosen"));
    window.click("Pause what is chosen");
    let wishes = window.wishes();
    let [Wish::Pause(TransferId(1)), Wish::Pause(TransferId(3))] = wishes.as_slice() else {
        panic!("{wishes:?}")
    };
}

#[test]
fn all_rows_are_chosen_with_one_key_and_what_is_over_goes_with_another() {
    let mut window = five();
    choose(&mut window, 1, Modifiers::NONE);
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.harness.run();
    assert!(window.shows("5 chosen"));
    window.press(Key::Delete);
    let wishes = window.wishes();
    let [Wish::Clear(ids)] = wishes.as_slice() else { panic!("{wishes:?}") };
    assert_eq!(ids.as_slice(), [TransferId(5)]);
    window.click("Undo clear of the list");
    assert!(window.shows("5.bin"));
    window.press(Key::Escape);
    assert!(!window.shows("chosen"));
}

#[test]
fn rows_are_chosen_by_keyboard_as_in_every_list() {
    let mut window = five();
    window.harness.get_by_label_contains("1.bin, Waiting").focus();
    window.harness.run();
    window.press(Key::ArrowDown);
    let has_focus = |window: &Window, row: &str| {
        window.harness.get_by_label_contains(&format!("{row}, ")).is_focused()
    };
    assert!(has_focus(&window, "2.bin"));
    assert!(!window.shows("chosen"));
    window.harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowDown);
    window.harness.run();
    window.harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowDown);
    window.harness.run();
    assert!(window.shows("3 chosen"));
    window.click("Pause what is chosen");
    let wishes = window.wishes();
    let paused: Vec<_> = wishes
        .iter()
        .filter_map(|wish| match wish {
            Wish::Pause(id) => Some(id.0),
            _ => None,
        })
        .collect();
    assert_eq!(paused, [2, 3, 4]);
}

#[test]
fn every_fact_about_a_row_stands_beside_the_list() {
    let mut window = Window::after([News::Phase(Phase::Receiving)]);
    let progress = Progress {
        received: 250_000,
        expected: Some(1_000_000),
        speed: 5e6,
        remaining: None,
        brake: None,
        connections: 3,
    };
    let before = Progress { connections: 4, ..progress };
    window.screen().hear(Event { id: ID, news: News::Progress(before) });
    let modified = Some(SystemTime::UNIX_EPOCH);
    let line = |voice, text: &str| {
        News::Line(Line { at: SystemTime::UNIX_EPOCH, voice, text: text.to_owned() })
    };
    for news in [
        line(Voice::Received, "213 1000000"),
        News::Facts { facts: Facts { size: Some(1_000_000), modified }, estimate: None },
        News::Joined(200_000),
        News::Progress(progress),
        line(Voice::Story, "Joined at 200 KB, checked"),
        line(Voice::Received, "150 Here it comes"),
        line(Voice::Received, "226 Transfer complete"),
        line(Voice::Received, "221 Goodbye"),
    ] {
        window.screen().hear(Event { id: ID, news });
    }
    window.harness.run();
    let at = window.harness.get_by_label("debian.iso").rect().center();
    window.harness.hover_at(at);
    window.harness.get_by_label("debian.iso").click_secondary();
    window.harness.run();
    window.click("Details");
    for fact in [
        "1.0 MB (1,000,000 bytes), announced by the server, asked with SIZE",
        "Changed on the server",
        "250.0 KB (250,000 bytes)",
        "226 Transfer complete",
        "at 200.0 KB",
        "Joined at 200 KB, checked",
        "5.0 MB/s",
        "3 now, 4 at most",
    ] {
        assert!(window.shows(fact), "{fact}");
    }
    window.click("Close the details");
    assert!(!window.shows("announced by the server"));
}
