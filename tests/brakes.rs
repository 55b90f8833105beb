//! What holds a download back is measured, and told while it lasts.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod support;

use std::cell::RefCell;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;

use ashore::transfer::{self, Brake, Handle, News, Request};
use support::calm_request;
use support::program::ashore;
use support::quay::{Manners, Quay};

/// Downloads until something is told to hold it back, and tells what.
fn brake_of(request: &Request, limit: Option<u64>) -> Option<Brake> {
    let handle = Handle::default();
    handle.commons().throttle.set(limit);
    let told = RefCell::new(None);
    let outcome = transfer::download(request, &handle, &|news| {
        if let News::Progress(progress) = news
            && let Some(brake) = progress.brake
        {
            told.borrow_mut().get_or_insert(brake);
            handle.stop.give();
        }
    });
    assert_eq!(outcome.is_err(), told.borrow().is_some(), "it was stopped as soon as it was told");
    told.into_inner()
}

#[test]
fn a_rate_limit_that_is_reached_is_what_holds_a_download_back() {
    let quay = Quay::open(Manners::good(60_000_000));
    let folder = tempfile::tempdir().unwrap();
    for segments in [Some(1), Some(3)] {
        let request = calm_request(&quay.link("big.bin"), folder.path());
        let request = Request { segments, ..request };
        assert_eq!(brake_of(&request, Some(2_000_000)), Some(Brake::Limit), "{segments:?}");
    }
}

#[test]
fn a_server_that_sends_slowly_is_what_holds_a_download_back() {
    let quay = Quay::open(Manners { pace: Some(1_000_000), ..Manners::good(30_000_000) });
    let folder = tempfile::tempdir().unwrap();
    for (segments, limit) in [(Some(1), None), (Some(2), None), (Some(1), Some(500_000_000))] {
        let request = calm_request(&quay.link("big.bin"), folder.path());
        let request = Request { segments, ..request };
        assert_eq!(brake_of(&request, limit), Some(Brake::Server), "{segments:?}");
    }
}

/// What the terminal says on stderr until stdout tells what holds the download back, and a little
/// longer.
fn said_at_the_terminal(flags: &[&str]) -> String {
    let quay = Quay::open(Manners::good(60_000_000));
    let folder = tempfile::tempdir().unwrap();
    let mut get = ashore()
        .args(["get", "--json", "--limit-rate", "2M"])
        .args(flags)
        .arg("-d")
        .arg(folder.path())
        .arg(quay.link("big.bin"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let told = BufReader::new(get.stdout.take().unwrap()).lines();
    let limited = told.map(Result::unwrap).filter(|line| line.contains(r#""limited_by":"limit""#));
    assert_eq!(limited.take(3).count(), 3, "it was never told");
    get.kill().unwrap();
    get.wait().unwrap();
    let mut said = String::new();
    get.stderr.unwrap().read_to_string(&mut said).unwrap();
    said
}

#[test]
fn the_terminal_says_once_what_holds_a_download_back_if_it_is_to_say_more() {
    let said = said_at_the_terminal(&["-v"]);
    assert_eq!(said.matches("  Limited by your limit\n").count(), 1, "{said}");
    let said = said_at_the_terminal(&[]);
    assert!(!said.contains("imited by"), "{said}");
}
