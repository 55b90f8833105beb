//! What holds a download back is measured, and told while it lasts.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod support;

use std::cell::RefCell;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;
use std::time::{Duration, Instant};

use ashore::transfer::{self, Brake, Commons, Engine, Handle, News, Phase, Request};
use support::calm_request;
use support::program::ashore;
use support::quay::{Manners, Quay};
use support::wharf::{Node, Rules, Wharf};

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

/// How long it takes from the first byte to the end, over several connections under this limit.
fn time_of(request: Request, limit: u64) -> Duration {
    let commons = Commons::default();
    commons.throttle.set(Some(limit));
    commons.lanes.choose(Some(4));
    let (mut engine, events) = Engine::start(commons, || ()).unwrap();
    engine.download(request);
    let mut begun = None;
    loop {
        match events.recv_timeout(Duration::from_secs(60)).unwrap().news {
            // The files of a folder wait until this is told.
            News::Preflight(_) | News::Phase(Phase::Receiving) => {
                begun.get_or_insert_with(Instant::now);
            }
            News::Ended(outcome) => {
                outcome.unwrap();
                return begun.unwrap().elapsed();
            }
            _ => {}
        }
    }
}

#[test]
fn the_limit_is_kept_within_three_in_a_hundred_over_any_number_of_connections() {
    const LIMIT: u64 = 1_200_000;
    const LENGTH: u64 = 4_500_000;
    let folder = tempfile::tempdir().unwrap();
    // Of all sizes: some come together, some one by one.
    let sizes = (0..60).map(|n| if n % 3 == 0 { 180_000 } else { 20_000 + 100 * n });
    let files = sizes.map(|size| Node::File(vec![b'x'; size])).enumerate();
    let tree = files.map(|(number, node)| (format!("pub/{number}"), node));
    let tree: std::collections::BTreeMap<_, _> =
        tree.chain([("pub".to_owned(), Node::Folder)]).collect();
    let length = |node: &Node| if let Node::File(bytes) = node { bytes.len() } else { 0 };
    let bytes: usize = tree.values().map(length).sum();
    let wharf = Wharf::open(tree, Rules::modern());
    let quay = Quay::open(Manners { offers_rest: true, ..Manners::good(LENGTH) });
    let request = |link: String| calm_request(&link, folder.path());
    let over_three = Request { segments: Some(3), ..request(quay.link("large.bin")) };
    for (request, bytes) in [(request(wharf.link("pub/")), bytes as u64), (over_three, LENGTH)] {
        let took = time_of(request, LIMIT).as_secs_f64();
        let speed = bytes as f64 / took;
        assert!(took > 3.0, "{took} s tell nothing");
        assert!(speed <= LIMIT as f64 * 1.03, "{speed} bytes a second");
        assert!(speed >= LIMIT as f64 * 0.3, "{speed} bytes a second: somebody stood still");
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
