//! Looking around a server: one conversation for many questions, and nothing is saved.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod support;

use std::cell::RefCell;
use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::ops::ControlFlow;
use std::time::Duration;

use ashore::ftp::{self, Limits, RemotePath, Security, Stop, Trust, Way};
use ashore::transfer::{Access, Commons, Failure, Visit, weigh};
use support::embedded::Embedded;
use support::pattern;

/// Lets `look` visit a server with a few files, and hands back how often anybody signed in.
fn visit(look: impl FnOnce(&mut Visit<'_>)) -> usize {
    let served = tempfile::tempdir().unwrap();
    fs::create_dir_all(served.path().join("deep/er")).unwrap();
    fs::write(served.path().join("deep/one.bin"), pattern(1000)).unwrap();
    fs::write(served.path().join("deep/er/two.bin"), pattern(200_000)).unwrap();
    fs::write(served.path().join("README"), "Read this\n").unwrap();
    let ip = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let server = Embedded::serve(ip, served.path(), None).unwrap();
    let address = format!("ftp://{}/", server.at()).parse().unwrap();
    let limits = Limits { patience: Duration::from_secs(10), stop: Stop::default() };
    let (trust, commons) = (Trust::default(), Commons::default());
    let access = Access {
        address: &address,
        security: Security::Auto,
        trust: &trust,
        way: Way::default(),
        commons: &commons,
    };
    let sent = RefCell::new(Vec::new());
    let log = |line| {
        if let ftp::Line::Sent(command) = line {
            sent.borrow_mut().push(command);
        }
    };
    let mut visit = Visit::new(access, &limits, &log);
    look(&mut visit);
    visit.leave();
    sent.borrow().iter().filter(|command| command.starts_with("USER")).count()
}

fn path(text: &str) -> RemotePath {
    RemotePath::from_typed(text).unwrap()
}

fn names(visit: &mut Visit<'_>, folder: &str) -> Vec<String> {
    let mut names = Vec::new();
    let listed = visit.list(&path(folder), &mut |entry| {
        names.push(String::from_utf8(entry.name).unwrap());
        ControlFlow::Continue(())
    });
    listed.unwrap();
    names.sort();
    names
}

#[test]
fn many_folders_are_listed_in_one_conversation() {
    let logins = visit(|visit| {
        assert_eq!(names(visit, "/"), ["README", "deep"]);
        assert_eq!(names(visit, "/deep/"), ["er", "one.bin"]);
        assert_eq!(names(visit, "/deep/er/"), ["two.bin"]);
    });
    assert_eq!(logins, 1);
}

#[test]
fn a_file_is_read_to_where_it_is_enough_and_the_visit_goes_on() {
    visit(|visit| {
        let short = visit.peek(&path("/README"), 65_536).unwrap();
        assert_eq!((short.bytes.as_slice(), short.is_whole), (&b"Read this\n"[..], true));
        let long = visit.peek(&path("/deep/er/two.bin"), 65_536).unwrap();
        assert_eq!(long.bytes, pattern(200_000)[..65_536]);
        assert!(!long.is_whole);
        assert!(visit.peek(&path("/nothing"), 65_536).is_err());
        assert_eq!(names(visit, "/deep/er/"), ["two.bin"]);
    });
}

#[test]
fn a_folder_is_added_up_all_the_way_down_and_that_can_be_stopped() {
    visit(|visit| {
        let weight = weigh(visit, &path("/"), &mut |_| ControlFlow::Continue(())).unwrap();
        let sum = (weight.bytes, weight.files, weight.folders, weight.unseen);
        assert_eq!(sum, (201_010, 3, 3, 0));
        let stopped = weigh(visit, &path("/"), &mut |_| ControlFlow::Break(()));
        assert!(matches!(stopped, Err(Failure::Stopped { .. })));
    });
}
