//! The engine: orders down, events up, and an end to everything.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on stops"
)]

mod support;

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use ashore::transfer::{Commons, Engine, Event, Failure, News, TransferId};
use crossbeam_channel::Receiver;
use support::request_for;

/// The longest that anything here may take.
const LONG: Duration = Duration::from_secs(20);

/// How the transfer ends, whatever else is told before.
fn end(events: &Receiver<Event>, wanted: TransferId) -> ashore::transfer::Outcome {
    loop {
        let Event { id, news } = events.recv_timeout(LONG).unwrap();
        if let (true, News::Ended(outcome)) = (id == wanted, news) {
            return outcome;
        }
    }
}

#[test]
fn a_mistake_of_ashores_own_ends_its_transfer_with_a_sentence_and_no_other() {
    let has_failed = AtomicBool::new(false);
    // The bell that wakes the window breaks once, in the middle of a download.
    let bell = move || {
        let is_worker = thread::current().name().is_some_and(|name| name.contains("transfer"));
        if is_worker && !has_failed.swap(true, Ordering::SeqCst) {
            panic!("the bell broke");
        }
    };
    let (mut engine, events) = Engine::start(Commons::default(), bell).unwrap();
    let folder = tempfile::tempdir().unwrap();
    // Nobody listens there: it ends by itself, and fast.
    let request = request_for("ftp://127.0.0.1:1/a", folder.path());

    let first = engine.download(request.clone());
    let failure = end(&events, first).unwrap_err();
    assert!(
        matches!(&failure, Failure::Bug { what } if what.contains("the bell broke")),
        "{failure}"
    );

    let second = engine.download(request);
    let failure = end(&events, second).unwrap_err();
    assert!(matches!(failure, Failure::Server { .. }), "{failure}");
}

#[test]
fn a_transfer_that_waits_for_its_turn_can_be_cancelled_and_says_so() {
    let (mut engine, events) = Engine::start(Commons::default(), || ()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    // Three servers that greet nobody: two transfers are busy with them, the third waits.
    let silent: Vec<_> =
        (0..3).map(|_| std::net::TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    let ids: Vec<_> = silent
        .iter()
        .zip(["a", "b", "c"])
        .map(|(server, name)| {
            let link = format!("ftp://{}/{name}", server.local_addr().unwrap());
            let mut request = request_for(&link, folder.path());
            request.patience = LONG;
            engine.download(request)
        })
        .collect();
    engine.cancel(ids[2]);
    assert!(matches!(end(&events, ids[2]), Err(Failure::Stopped { kept: None })));
    engine.cancel(ids[0]);
    assert!(matches!(end(&events, ids[0]), Err(Failure::Stopped { kept: None })));
}
