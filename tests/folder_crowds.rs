//! Whole folders from servers that let fewer in than come.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod support;

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use ashore::transfer::{Commons, Request};
use support::folders::{all, all_sixty_come, fetch, file, folder_request, tree};
use support::wharf::{Crowd, Node, Rules, Wharf};

/// A server with 60 files that lets two in.
fn narrow(crowd: Crowd) -> Wharf {
    let names: Vec<_> = (0..60).map(|n| format!("f{n:02}")).collect();
    let nodes: Vec<_> = names.iter().map(|name| file(name)).collect();
    let rules = Rules { most_guests: 2, crowd, awaits_crowd: true, ..Rules::modern() };
    Wharf::open(tree(&nodes), rules)
}

#[test]
fn who_is_not_let_in_leaves_the_work_to_those_who_are_whatever_the_server_says() {
    for crowd in [
        Crowd::ToldAtLogin("530 Login incorrect."),
        Crowd::ToldAtLogin("530 Access denied"),
        Crowd::Told("421 Service not available, closing."),
        Crowd::Told("500 Go away"),
        Crowd::Told("550 No"),
        Crowd::Reset,
    ] {
        let wharf = narrow(crowd);
        let told = all_sixty_come(&wharf, &Commons::default());
        let refused = wharf.books.refused.load(Ordering::SeqCst);
        assert!((1..=12).contains(&refused), "it was asked {refused} times");
        assert!(told.says("One more connection was not let in"), "{:?}", told.lines);
    }
}

#[test]
fn who_has_a_task_and_no_connection_gets_that_of_somebody_who_has_none() {
    let nodes = [("l", Node::Link("sub")), ("sub", Node::Folder), file("sub/x")];
    let rules = Rules { drops_at: ("SIZE pub/l", 1), narrows: true, ..Rules::modern() };
    let wharf = Wharf::open(tree(&nodes), rules);
    let folder = tempfile::tempdir().unwrap();
    let commons = Commons::default();
    commons.lanes.choose(Some(2));
    let told = fetch(&commons, folder_request(&wharf, folder.path()));
    told.outcome.as_ref().unwrap();
    assert_eq!(all(&folder.path().join("pub")), ["l/", "l/x", "sub/", "sub/x"]);
}

#[test]
fn nobody_waits_for_a_greeting_once_everything_is_here() {
    let wharf = narrow(Crowd::Silence);
    let folder = tempfile::tempdir().unwrap();
    let commons = Commons::default();
    commons.lanes.choose(Some(6));
    let patience = Duration::from_secs(25);
    let request = Request { patience, ..folder_request(&wharf, folder.path()) };
    let began = Instant::now();
    fetch(&commons, request).outcome.unwrap();
    assert_eq!(all(&folder.path().join("pub")).len(), 60);
    assert!(began.elapsed() < patience, "it took {:?}", began.elapsed());
}
