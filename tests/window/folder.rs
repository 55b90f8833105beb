//! A folder is one row, which opens.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use ashore::transfer::{
    Destination, End, Ending, Entry, Event, Failure, FileEnd, FileEnding, Files, News, Part,
    Passage, Phase, Preflight, Progress, Request, State, Summary, TransferId, Verdict,
};
use ashore::window::screen::Wish;
use egui_kittest::kittest::Queryable as _;

use crate::person::{Window, refused};

const FOLDER: TransferId = TransferId(1);

fn hear(window: &mut Window, news: News) {
    window.screen().hear(Event { id: FOLDER, news });
}

fn over(window: &mut Window, name: &str, is_well: bool) {
    let address = format!("ftp://ftp.example.org/pub/data/{name}").parse().unwrap();
    let summary = Summary {
        path: window.file(name),
        length: 4_100_000,
        modified: None,
        sha256: None,
        took: std::time::Duration::ZERO,
        verdict: Verdict::Complete,
    };
    let outcome = if is_well { Ok(summary) } else { Err(Failure::NotAFile) };
    hear(window, News::File(Box::new(FileEnd { name: name.to_owned(), address, outcome })));
}

fn folder() -> Window {
    let mut window = Window::sized(1000.0, 900.0);
    let address = "ftp://ftp.example.org/pub/data/".parse().unwrap();
    let request = Request::new(address, Destination::File(window.file("data")));
    window.screen().model.add(FOLDER, request);
    let mut preflight = Preflight::default();
    (preflight.files, preflight.is_all, preflight.by_size) = (40, true, 3);
    hear(&mut window, News::Preflight(Box::new(preflight)));
    hear(&mut window, News::Phase(Phase::Receiving));
    let progress = Progress {
        received: 250_000,
        expected: Some(1_000_000),
        speed: 5e6,
        remaining: None,
        brake: None,
        connections: 2,
    };
    let part = Part { name: "chr/7.fa".to_owned(), progress };
    hear(&mut window, News::Progress(progress));
    hear(&mut window, News::Part(Box::new(part)));
    over(&mut window, "chr/1.fa", true);
    over(&mut window, "chr/2.fa", false);
    window.harness.run();
    window
}

#[test]
fn a_folder_is_one_row_that_shows_its_files_when_it_is_opened() {
    let mut window = folder();
    assert!(window.shows("2 of 40 files, 1 not complete"));
    assert!(window.shows("ftp.example.org · 2 connections"));
    assert!(window.shows("3 files pass for unchanged by the size alone"), "that may surprise");
    assert!(!window.shows("40 files in 0 folders"), "it is told already");
    assert!(!window.shows("chr/1.fa"), "it is one row");
    window.click("Show the files of data");
    assert!(window.shows("40 files in 0 folders"));
    for words in ["chr/7.fa", "0.3 of 1.0 MB", "chr/1.fa", "4.1 MB", "chr/2.fa", "folder"] {
        assert!(window.shows(words), "{words}");
    }
    let top = |name: &str| window.harness.get_by_label(name).rect().top();
    assert!(top("chr/7.fa") < top("chr/2.fa") && top("chr/2.fa") < top("chr/1.fa"));
    window.click("Hide the files of data");
    assert!(!window.shows("chr/1.fa"));
    window.click("Pause data");
    assert!(matches!(window.wishes().as_slice(), [Wish::Pause(FOLDER)]));
}

#[test]
fn of_a_folder_with_many_files_only_those_that_are_seen_are_drawn() {
    let mut window = folder();
    for n in 0..50_000 {
        over(&mut window, &format!("many/{n}"), true);
    }
    window.click("Show the files of data");
    let drawn = window.harness.query_all_by_label_contains("many/").count();
    assert!((5..80).contains(&drawn), "{drawn}");
    hear(&mut window, News::Paused);
    window.harness.run();
    assert!(window.shows("many/49999"), "it stays open in another group");
}

/// A folder as an earlier run has left it.
fn restored(state: impl FnOnce(&Window) -> State) -> Window {
    let mut window = Window::sized(1000.0, 900.0);
    let address = "ftp://ftp.example.org/pub/data/".parse().unwrap();
    let request = Request::new(address, Destination::File(window.file("data")));
    let state = state(&window);
    let entry = Entry { id: FOLDER, request, state, received: 250_000, expected: None };
    window.screen().model.restore([entry]);
    window.harness.run();
    window
}

fn ended(window: &Window, files: Option<Files>) -> State {
    let path = window.file("data");
    let (length, modified, verdict) = (4_100_000, None, Verdict::Complete);
    let took = std::time::Duration::ZERO;
    let outcome = Ok(Summary { path, length, modified, sha256: None, took, verdict });
    let mut passage = Passage::default();
    passage.files = files;
    State::Ended(Box::new(Ending { passage, ..Ending::of(&outcome) }))
}

fn file(name: &str, end: End, sentence: &str, length: Option<u64>) -> FileEnding {
    FileEnding { name: name.into(), end, sentence: sentence.into(), length }
}

#[test]
fn a_folder_of_an_earlier_run_still_opens_and_shows_how_its_files_ended() {
    let files = Files { over: 3, bad: 1, all: Some(3) };
    let mut window = restored(|window| ended(window, Some(files)));
    assert!(window.shows("3 files, 1 not complete"));
    window.click("Show the files of data");
    let wishes = window.wishes();
    assert!(matches!(wishes.as_slice(), [Wish::Files(FOLDER)]), "{wishes:?}");
    assert!(!window.shows("Nothing in it"));
    let files = vec![
        file("chr/1.fa", End::Verified, "Verified by MD5SUMS", Some(4_100_000)),
        file("chr/2.fa", End::Failed, "Not there", None),
        file("chr/3.fa", End::Complete, "Complete", Some(500)),
    ];
    hear(&mut window, News::Files(files));
    window.harness.run();
    let facts = ["chr/1.fa, Verified by MD5SUMS · 4.1 MB", "chr/2.fa, Not there", "chr/3.fa, 500"];
    for words in facts {
        assert!(window.shows(words), "{words}");
    }
    window.click("Hide the files of data");
    window.click("Show the files of data");
    assert!(window.shows("chr/1.fa"));
    assert!(window.wishes().is_empty(), "it was asked twice");
}

#[test]
fn what_came_of_a_folder_before_a_restart_stays_when_it_goes_on() {
    let mut window = restored(|_| State::Paused);
    window.click("Show the files of data");
    assert!(matches!(window.wishes().as_slice(), [Wish::Files(FOLDER)]));
    hear(&mut window, News::Files(vec![file("chr/1.fa", End::Complete, "Complete", Some(500))]));
    hear(&mut window, News::Queued);
    over(&mut window, "chr/2.fa", true);
    window.harness.run();
    assert!(window.shows("chr/1.fa, 500 bytes") && window.shows("chr/2.fa, 4.1 MB"));
}

#[test]
fn a_folder_of_which_nothing_was_written_down_never_says_that_nothing_came() {
    let window = restored(|window| ended(window, None));
    assert!(!window.shows("Show the files of data"), "there is nothing to be shown");
    let files = Files { over: 3, bad: 0, all: Some(3) };
    let mut window = restored(|window| ended(window, Some(files)));
    window.click("Show the files of data");
    hear(&mut window, News::Files(Vec::new()));
    window.harness.run();
    assert!(window.shows("Which files came is not written down any more"));
}

#[test]
fn of_two_rows_for_one_folder_the_one_that_is_signed_in_to_goes_on_itself() {
    let mut window = folder();
    let second = TransferId(2);
    let address = "ftp://ftp.example.org/pub/data/".parse().unwrap();
    let request = Request::new(address, Destination::File(window.file("data (2)")));
    window.screen().model.add(second, request);
    for id in [FOLDER, second] {
        let news = News::Ended(Err(refused(530, "Login incorrect.")));
        window.screen().hear(Event { id, news });
    }
    window.harness.run();
    window.click("Sign in… data (2)");
    assert!(window.harness.query_by_label("Sign in for data").is_none());
    window.write("User", "ann");
    window.click("Sign in for data (2)");
    let wishes = window.wishes();
    let [Wish::FindKeychain, Wish::Replace(id, request)] = wishes.as_slice() else {
        panic!("{wishes:?}")
    };
    assert_eq!((*id, window.screen().model.rows().len()), (second, 2));
    assert_eq!(request.address.login.user.as_deref(), Some(&b"ann"[..]));
    assert_eq!(request.destination, Destination::File(window.file("data (2)")));
    assert_eq!(window.value("Address"), "", "the form is not touched");
}

#[test]
fn the_lines_of_one_transfer_are_one_click_away() {
    let mut window = folder();
    window.click("More about data");
    window.click("Its lines in the log");
    assert_eq!(window.screen().log.filter().only, Some(FOLDER.into()));
}

#[test]
fn what_came_of_a_folder_that_is_not_whole_can_be_opened() {
    let mut window = folder();
    let failure = refused(550, "Failed to open file");
    hear(&mut window, News::Ended(Err(failure)));
    window.harness.run();
    window.click("Open data");
    let wishes = window.wishes();
    let [Wish::Open(FOLDER, path)] = wishes.as_slice() else { panic!("{wishes:?}") };
    assert_eq!(path, &window.file("data"));
}

#[test]
fn of_a_folder_only_what_is_wanted_can_be_ordered() {
    let mut window = Window::with("ftp://ftp.example.org/pub/data/");
    assert!(window.harness.query_by_label("Only").is_none(), "it is folded away");
    window.click("More about the server");
    window.write("Only", "*.fa.gz  2024/");
    window.write("Leave out", "[old");
    window.press(eframe::egui::Key::Enter);
    assert!(window.wishes().is_empty());
    assert!(window.shows("'[old' is not a pattern"));
    window.write("Leave out", "old/");
    window.press(eframe::egui::Key::Enter);
    let selection = window.ordered().selection;
    assert_eq!(selection.include, ["*.fa.gz", "2024/"]);
    assert_eq!(selection.exclude, ["old/"]);
    // What was chosen in one folder says nothing about another.
    window.write("Address", "ftp://ftp.example.org/pub/other/");
    window.press(eframe::egui::Key::Enter);
    assert_eq!(window.ordered().selection, Default::default());
}

#[test]
fn a_folder_that_was_here_already_says_so() {
    let mut window = folder();
    hear(&mut window, News::Queued);
    let mut preflight = Preflight::default();
    (preflight.unchanged, preflight.is_all) = (42, true);
    hear(&mut window, News::Preflight(Box::new(preflight)));
    let (path, took) = (window.file("data"), std::time::Duration::ZERO);
    let (modified, sha256, verdict) = (None, None, Verdict::Complete);
    let summary = Summary { path, length: 0, modified, sha256, took, verdict };
    hear(&mut window, News::Ended(Ok(summary)));
    window.harness.run();
    assert!(window.shows("Nothing new · "));
    assert!(window.shows("42 files here already"));
}
