//! A folder is one row, which opens.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use ashore::transfer::{
    Destination, Event, Failure, FileEnd, News, Part, Phase, Preflight, Progress, Request, Summary,
    TransferId, Verdict,
};
use ashore::window::screen::Wish;
use egui_kittest::kittest::Queryable as _;

use crate::person::Window;

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
    (preflight.files, preflight.is_all) = (40, true);
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
    assert!(!window.shows("chr/1.fa"), "it is one row");
    window.click("Show the files of data");
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

#[test]
fn the_lines_of_one_transfer_are_one_click_away() {
    let mut window = folder();
    window.click("More about data");
    window.click("Its lines in the log");
    assert_eq!(window.screen().log.filter().only, Some(FOLDER.into()));
}
