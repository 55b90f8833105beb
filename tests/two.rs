//! Two Ashores at once: neither spoils anything of the other's.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use ashore::transfer::{Class, Commons, Engine, NextStep};
use support::program::ashore;
use support::quay::{Manners, Quay, sha256_of_cargo};
use support::{calm_request, names, run};

const LENGTH: u64 = 2 * 1024 * 1024;

fn get(quay: &Quay, folder: &Path) -> Command {
    let mut command = ashore();
    command.args(["get", "-d"]).arg(folder).arg(quay.link("file.bin"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(10);
    while !is_so() {
        assert!(Instant::now() < end, "{what} did not happen");
        thread::sleep(Duration::from_millis(5));
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_second_on_one_destination_says_so_and_the_first_goes_on_unharmed() {
    let quay = Quay::open(Manners::paced(LENGTH, LENGTH));
    let folder = tempfile::tempdir().unwrap();
    let first = get(&quay, folder.path()).spawn().unwrap();
    wait_until("the first byte", || folder.path().join("file.bin.part").exists());

    let second = get(&quay, folder.path()).output().unwrap();
    assert_eq!(second.status.code(), Some(3), "{}", said(&second));
    assert!(said(&second).contains("another Ashore") || said(&second).contains("Another Ashore"));
    let (third, _) = run(&calm_request(&quay.link("file.bin"), folder.path()));
    let failure = third.unwrap_err();
    assert_eq!((failure.class(), failure.next_step()), (Class::Exists, NextStep::SaveElsewhere));

    let first = first.wait_with_output().unwrap();
    assert_eq!(first.status.code(), Some(0), "{}", said(&first));
    assert_eq!(names(folder.path()), ["file.bin"]);
    assert_eq!(support::sha256(&folder.path().join("file.bin")), sha256_of_cargo(LENGTH));
    assert_eq!(quay.sent(), LENGTH, "the second one fetched something");
}

#[test]
fn of_many_that_begin_at_the_same_instant_one_wins_and_the_file_is_right() {
    for _ in 0..5 {
        let quay = Quay::open(Manners::paced(LENGTH / 4, LENGTH));
        let folder = tempfile::tempdir().unwrap();
        let all: Vec<_> = (0..4).map(|_| get(&quay, folder.path()).spawn().unwrap()).collect();
        let ends: Vec<_> = all.into_iter().map(|one| one.wait_with_output().unwrap()).collect();
        let codes: Vec<_> = ends.iter().map(|end| end.status.code().unwrap()).collect();
        assert_eq!(codes.iter().filter(|&&code| code == 0).count(), 1, "{codes:?}");
        assert_eq!(codes.iter().filter(|&&code| code == 3).count(), 3, "{codes:?}");
        assert_eq!(names(folder.path()), ["file.bin"]);
        assert_eq!(support::sha256(&folder.path().join("file.bin")), sha256_of_cargo(LENGTH / 4));
    }
}

#[test]
fn two_with_one_list_of_transfers_do_not_write_over_each_other() {
    let quay = Quay::open(Manners::paced(LENGTH, LENGTH / 4));
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("queue.db");
    let (mut first, _events, _) = Engine::open(&list, Commons::default(), || ()).unwrap();
    let ids = first.download_all(
        ["a.bin", "b.bin", "c.bin"].map(|name| calm_request(&quay.link(name), folder.path())),
    );
    wait_until("the first byte", || quay.sent() > 0);

    let (mut second, events, found) = Engine::open(&list, Commons::default(), || ()).unwrap();
    let notice = found.notice.expect("the second one says nothing");
    assert!(notice.contains("nother Ashore"), "{notice}");
    assert!(found.entries.is_empty(), "the second one shows what is the first one's");
    let id = second.download(calm_request(&quay.link("no such file"), folder.path()));
    second.cancel(ids[2]);
    let is_over = |id| {
        events.iter().any(|event| {
            event.id == id && matches!(event.news, ashore::transfer::News::Ended(Err(_)))
        })
    };
    assert!(is_over(id));
    drop(second);
    drop(first);

    let (_third, _, found) = Engine::open(&list, Commons::default(), || ()).unwrap();
    assert_eq!(found.notice, None);
    assert_eq!(found.entries.iter().map(|entry| entry.id).collect::<Vec<_>>(), ids);
    assert!(found.entries.iter().all(ashore::transfer::Entry::is_unfinished), "{found:?}");
    assert!(!fs::read_dir(folder.path()).unwrap().any(|file| {
        file.unwrap().path().extension().is_some_and(|ending| ending == "damaged")
    }));
}
