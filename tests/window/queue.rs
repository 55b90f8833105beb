//! The list over restarts: what an earlier run has left, all of it at once, and the person's answers.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::path::Path;
use std::time::SystemTime;

use ashore::transfer::{
    Destination, End, Ending, Entry, Event, Kept, News, NextStep, Passage, Request, State,
    TransferId,
};
use ashore::window::row::Group;
use ashore::window::screen::Wish;
use eframe::egui::{Key, Modifiers, OutputCommand};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::person::{ID, Window};

const HASH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

fn request(name: &str) -> Request {
    let address = format!("ftp://ftp.example.org/pub/{name}").parse().unwrap();
    Request::new(address, Destination::File(Path::new("/tmp").join(name)))
}

fn entry(id: u64, name: &str, state: State) -> Entry {
    Entry { id: TransferId(id), request: request(name), state, received: 0, expected: None }
}

fn ending(end: End, sentence: &str) -> Ending {
    let is_here = matches!(end, End::Verified | End::Complete);
    Ending {
        end,
        sentence: sentence.to_owned(),
        advice: "Do this.".to_owned(),
        next_step: (!is_here).then_some(NextStep::TryAgain),
        path: is_here.then(|| "/tmp/debian.iso".into()),
        kept: None,
        length: is_here.then_some(4_100_000),
        sha256: is_here.then(|| HASH.to_owned()),
        at: 1_000_000_000,
        passage: Passage::default(),
    }
}

fn ended(ending: Ending) -> State {
    State::Ended(Box::new(ending))
}

fn restored(entries: impl IntoIterator<Item = Entry>) -> Window {
    let mut window = Window::sized(1000.0, 1200.0);
    window.screen().model.restore(entries);
    window.harness.run();
    window
}

#[test]
fn a_transfer_of_an_earlier_run_rests_where_it_was_until_it_is_resumed() {
    let entry = entry(1, "debian.iso", State::Waiting);
    let mut window = restored([Entry { received: 250, expected: Some(1000), ..entry }]);
    assert!(window.shows("Paused · 0.3 of 1.0 KB"));
    let bar = window.harness.get_by_label("Progress of debian.iso");
    assert_eq!(bar.accesskit_node().numeric_value(), Some(25.0));
    window.click("Resume debian.iso");
    assert!(matches!(window.wishes().as_slice(), [Wish::Resume(ID)]));
}

#[test]
fn the_ends_of_an_earlier_run_are_shown_like_those_of_this_one() {
    let doubt = Ending {
        kept: Some(Kept { path: "/tmp/d.part".into(), length: 2_100_000 }),
        next_step: Some(NextStep::ShowKept),
        ..ending(End::NeedsALook, "The server announced more")
    };
    let mut window = restored([
        entry(1, "a", ended(ending(End::Verified, "Verified by MD5SUMS"))),
        entry(2, "b", ended(ending(End::Complete, "Complete"))),
        entry(3, "c", ended(ending(End::Failed, "No answer"))),
        entry(4, "d", ended(doubt)),
        entry(5, "e", ended(ending(End::Stopped, "Stopped"))),
    ]);
    for words in [
        "Verified by MD5SUMS · 4.1 MB",
        "Complete · 4.1 MB",
        "No answer.",
        "The server announced more.",
        "The 2.1 MB that arrived are kept in d.part. Do this.",
        "Failed",
        "Needs a look",
        "Done",
    ] {
        assert!(window.shows(words), "{words}");
    }
    window.click("Try again c");
    window.click("Show in folder d");
    let wishes = window.wishes();
    let [Wish::Resume(TransferId(3)), Wish::ShowInFolder(TransferId(4), path)] = wishes.as_slice()
    else {
        panic!("{wishes:?}")
    };
    assert_eq!(path, Path::new("/tmp/d.part"));
}

#[test]
fn a_checksum_is_shown_short_and_copied_whole() {
    let done = ended(ending(End::Verified, "Verified by MD5SUMS"));
    let window = &mut restored([entry(1, "debian.iso", done)]);
    assert!(window.shows("SHA-256 9f86d081…0a08"));
    window.harness.get_by_label("Copy SHA-256 of debian.iso").click();
    window.harness.step();
    let commands = &window.harness.output().platform_output.commands;
    let is_hash = |command: &OutputCommand| *command == OutputCommand::CopyText(HASH.to_owned());
    assert!(commands.iter().any(is_hash), "{commands:?}");
}

#[test]
fn everything_rests_and_goes_on_with_one_button() {
    let mut window = restored([entry(1, "a", State::Waiting)]);
    window.screen().model.add(TransferId(2), request("b"));
    window.harness.run();
    window.click("Pause all transfers");
    window.screen().hear(Event { id: TransferId(2), news: News::Paused });
    window.harness.run();
    assert!(window.shows("2 paused"));
    window.click("Resume all transfers");
    assert!(matches!(window.wishes().as_slice(), [Wish::PauseAll, Wish::ResumeAll]));
}

#[test]
fn a_waiting_row_changes_places_by_menu_and_by_keyboard() {
    let mut window = Window::open();
    for (id, name) in [(1, "a"), (2, "b"), (3, "c")] {
        window.screen().model.add(TransferId(id), request(name));
    }
    window.harness.run();
    let order = |window: &mut Window| {
        let rows = window.screen().model.group(Group::Waiting);
        rows.flatten().map(|row| row.id.0).collect::<Vec<_>>()
    };
    window.harness.get_by_label_contains("c, Waiting").click_secondary();
    window.harness.run();
    window.click("Move up");
    assert_eq!(order(&mut window), [1, 3, 2]);
    window.harness.get_by_label_contains("a, Waiting").focus();
    window.harness.run();
    window.harness.key_press_modifiers(Modifiers::ALT, Key::ArrowDown);
    window.harness.run();
    assert_eq!(order(&mut window), [3, 1, 2]);
    let wishes = window.wishes();
    let [Wish::Reorder(first), Wish::Reorder(second)] = wishes.as_slice() else {
        panic!("{wishes:?}")
    };
    assert_eq!(first.as_slice(), [TransferId(3), TransferId(2)]);
    assert_eq!(second.as_slice(), [TransferId(3), TransferId(1)]);
}

#[test]
fn a_question_of_an_earlier_run_is_asked_again() {
    let end = Ending { next_step: Some(NextStep::Trust), ..ending(End::Failed, "Not trusted") };
    let mut window = restored([entry(1, "debian.iso", ended(end))]);
    window.click("Try again debian.iso");
    assert!(matches!(window.wishes().as_slice(), [Wish::Resume(ID)]));
}

#[test]
fn of_a_hundred_thousand_rows_only_those_that_are_seen_are_drawn() {
    let mut window = Window::open();
    let one = entry(1, "debian.iso", State::Paused);
    let all = (1..=100_000).map(|id| Entry { id: TransferId(id), ..one.clone() });
    window.screen().model.restore(all);
    window.harness.run();
    assert!(window.shows("Paused · 100,000"));
    let drawn = window.harness.query_all_by_label("Resume debian.iso").count();
    assert!((1..30).contains(&drawn), "{drawn}");
    let began = SystemTime::now();
    window.harness.run_steps(10);
    let took = began.elapsed().unwrap();
    println!("one picture of 100,000 rows: {:?}", took / 10);
    assert!(took.as_secs() < 5, "ten pictures took {took:?}");
    let first = window.harness.query_all_by_label("Resume debian.iso").next();
    first.unwrap().focus();
    window.harness.run();
    let began = SystemTime::now();
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.harness.step();
    println!("the picture in which all are chosen: {:?}", began.elapsed().unwrap());
    window.harness.run();
    assert!(window.shows("100,000 chosen"));
    let began = SystemTime::now();
    window.harness.run_steps(10);
    println!("one picture of 100,000 chosen rows: {:?}", began.elapsed().unwrap() / 10);
    let is_enabled = |name: &str| {
        !window
            .harness
            .get_by_label(&format!("{name} what is chosen"))
            .accesskit_node()
            .is_disabled()
    };
    assert!(is_enabled("Resume") && !is_enabled("Pause"));
    window.screen().hear(Event { id: TransferId(7), news: News::Queued });
    window.harness.run();
    let pause = window.harness.get_by_label("Pause what is chosen");
    assert!(!pause.accesskit_node().is_disabled(), "what can be done has changed");
}
