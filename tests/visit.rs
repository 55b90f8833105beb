//! Looking around a server: one conversation for many questions, and nothing is saved.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod support;

use std::cell::RefCell;
use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::ops::ControlFlow;
use std::time::Duration;

use ashore::ftp::{self, Limits, RemotePath, Security, Stop, Trust, Way};
use ashore::transfer::{Access, Commons, Engine, Failure, News, Visit, weigh};
use support::embedded::Embedded;
use support::{Server, calm_request, pattern};

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

/// Looks at the top folder, and then downloads what the address names, as the browser does.
fn look_and_fetch(server: &Server) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let request = calm_request(&server.link("hello.txt"), folder.path());
    let commons = Commons::default();
    let limits = Limits { patience: request.patience, stop: Stop::default() };
    let access = Access {
        address: &request.address,
        security: request.security,
        trust: &request.trust,
        way: request.way,
        commons: &commons,
    };
    let mut visit = Visit::new(access, &limits, &|_| ());
    assert_eq!(names(&mut visit, "/"), ["hello.txt"]);
    visit.stand_by();
    let (mut engine, events) = Engine::start(commons.clone(), || ()).unwrap();
    engine.download(request.clone());
    let news = events.iter().find_map(|event| match event.news {
        News::Ended(outcome) => Some(outcome),
        _ => None,
    });
    fs::read(news.unwrap().unwrap().path).unwrap()
}

const HELLO_AND_LIST: &str = "
    S: 220 (vsFTPd 3.0.3)
    C: USER anonymous
    C: PASS anonymous@
    C: FEAT
    C: TYPE I
    S: 331 Any password will do
    S: 230 Welcome
    S: 211-Features
    S:  MLST type*;size*;
    S: 211 End
    S: 200 Binary it is
    C: EPSV
    S: 229 Entering Extended Passive Mode (|||{port}|)
    C: MLSD
    S: 150 Here it comes
    D: type=file;size=5; hello.txt\\r\\n
    S: 226 Done
    C: EPSV";

#[test]
fn from_the_click_to_the_first_byte_no_answer_is_waited_for() {
    let server = Server::play(&format!(
        "{HELLO_AND_LIST}
        S: 229 Entering Extended Passive Mode (|||{{port}}|)
        C: SIZE hello.txt
        C: MDTM hello.txt
        C: RETR hello.txt
        S: 213 5
        S: 213 20240229123456
        S: 150 Here it comes
        D: hello
        S: 226 Done
        C: QUIT"
    ));
    assert_eq!(look_and_fetch(&server), b"hello");
    server.finish();
}

#[test]
fn a_port_that_is_gone_when_somebody_clicks_is_no_trouble() {
    let server = Server::play(&format!(
        "{HELLO_AND_LIST}
        S: 229 Entering Extended Passive Mode (|||{{dead}}|)
        C: SIZE hello.txt
        C: MDTM hello.txt
        C: RETR hello.txt
        S: 213 5
        S: 213 20240229123456
        S: 425 No connection
        ==
        C: USER anonymous
        C: PASS anonymous@
        C: TYPE I
        C: SIZE hello.txt
        C: MDTM hello.txt
        C: EPSV
        C: FEAT
        S: 220 (vsFTPd 3.0.3)
        S: 331 Any password will do
        S: 230 Welcome
        S: 200 Binary it is
        S: 213 5
        S: 213 20240229123456
        S: 229 Entering Extended Passive Mode (|||{{port}}|)
        S: 211 None
        C: RETR hello.txt
        S: 150 Here it comes
        D: hello
        S: 226 Done
        C: QUIT"
    ));
    assert_eq!(look_and_fetch(&server), b"hello");
    server.finish();
}
