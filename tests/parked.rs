//! Conversations that rest between two files: taken up again while they can be, never when what comes
//! next could be taken for the answer to something else, and without what a server has kept of the
//! first file spoiling the second.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod support;

use std::time::{Duration, Instant};

use ashore::ftp::{
    Address, Basket, Data, Error, Known, Limits, Parked, RemotePath, Security, Session, Stop,
    Trust, Wanted, Way, Whole,
};
use support::Server;

const HELLO: &str = "
    S: 220 Harbour ready
    C: USER anonymous
    S: 331 Any password will do
    C: PASS anonymous@
    S: 230 Welcome
    C: FEAT
    S: 211-Features
    S:  SIZE
    S:  MDTM
    S: 211 End
    C: TYPE I
    S: 200 Binary it is";

/// One file, as the server gives it.
fn file(name: &str) -> String {
    format!(
        "
    C: SIZE {name}
    S: 213 5
    C: MDTM {name}
    S: 213 20240229123456
    C: EPSV
    S: 229 Entering Extended Passive Mode (|||{{port}}|)
    C: RETR {name}
    S: 150 Here it comes
    D: hello
    S: 226 Done"
    )
}

fn limits() -> Limits {
    Limits { patience: Duration::from_secs(5), stop: Stop::default() }
}

fn sign_in(server: &Server) -> Session<'static> {
    let address: Address = server.link("").parse().unwrap();
    let (host, port) = (&address.host, address.port);
    let trust = Trust::default();
    let (way, proxy) = (Way::default(), None);
    let (security, known) = (Security::Off, Known::default());
    let door = ashore::ftp::Server { host, port, security, trust, way, proxy, known };
    let mut session = Session::connect(door, &limits(), &|_| ()).unwrap();
    session.sign_in(&address.login).unwrap();
    session
}

fn begin(session: &mut Session<'_>, name: &str) -> Result<Data, Error> {
    begin_at(session, name, 0)
}

fn begin_at(session: &mut Session<'_>, name: &str, offset: u64) -> Result<Data, Error> {
    let file = session.locate(&RemotePath::from_typed(name).unwrap())?;
    session.retrieve(&file, offset)
}

fn fetch(session: &mut Session<'_>, name: &str) {
    let data = begin(session, name).unwrap();
    finish(session, data);
}

fn finish(session: &mut Session<'_>, mut data: Data) {
    let mut block = [0; 64];
    while data.poll(&mut block).unwrap() != Some(0) {}
    drop(data);
    session.finish().unwrap();
}

/// Tries for a while: what the server did has to arrive first.
fn comes_back(parked: Parked) -> bool {
    let mut parked = Some(parked);
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(3) {
        let resting = parked.take().and_then(|parked| parked.take_up(&limits(), &|_| ()));
        let Some(session) = resting else { return false };
        parked = session.park();
        std::thread::sleep(Duration::from_millis(5));
    }
    true
}

#[test]
fn a_second_file_needs_no_second_greeting() {
    let (one, two) = (file("one.txt"), file("two.txt"));
    let server = Server::play(&format!("{HELLO}{one}{two}\nC: QUIT"));
    let mut session = sign_in(&server);
    fetch(&mut session, "one.txt");
    let parked = session.park().unwrap();
    // Another thread may go on with it.
    std::thread::spawn(move || {
        let mut session = parked.take_up(&limits(), &|_| ()).unwrap();
        fetch(&mut session, "two.txt");
        session.quit();
    });
    server.finish();
}

#[test]
fn a_server_that_says_goodbye_meanwhile_is_not_gone_on_with() {
    for goodbye in ["S: 421 Timeout.", "--", "!!", "S: 226 Once more"] {
        let server = Server::play(&format!("{HELLO}{}\n{goodbye}", file("one.txt")));
        let mut session = sign_in(&server);
        fetch(&mut session, "one.txt");
        // It may be heard before there is any rest.
        assert!(!session.park().is_some_and(comes_back), "after {goodbye}");
    }
}

#[test]
fn what_is_left_in_the_middle_does_not_rest() {
    // In the middle of a transfer.
    let server = Server::play(&format!("{HELLO}{}\nC: QUIT", file("one.txt")));
    let mut session = sign_in(&server);
    begin(&mut session, "one.txt").unwrap();
    server.wait_for("S: 226 Done");
    assert!(session.park().is_none());
    server.finish();

    // In another folder.
    let server = Server::play(&format!(
        "{HELLO}
        C: CWD pub
        S: 250 In
        C: SIZE one.txt
        S: 213 5
        C: MDTM one.txt
        S: 213 20240229123456
        C: QUIT"
    ));
    let mut session = sign_in(&server);
    session.locate_by_folders(&RemotePath::from_typed("pub/one.txt").unwrap()).unwrap();
    assert!(session.park().is_none());
    server.finish();
}

#[test]
fn a_refusal_is_no_reason_to_begin_anew() {
    let server = Server::play(&format!(
        "{HELLO}
        C: SIZE gone.txt
        S: 550 No
        C: MDTM gone.txt
        S: 550 No
        C: EPSV
        S: 229 Entering Extended Passive Mode (|||{{port}}|)
        C: RETR gone.txt
        S: 550 No{}
        C: QUIT",
        file("two.txt")
    ));
    let mut session = sign_in(&server);
    assert!(begin(&mut session, "gone.txt").is_err());
    let mut session = session.park().unwrap().take_up(&limits(), &|_| ()).unwrap();
    fetch(&mut session, "two.txt");
    session.quit();
    server.finish();
}

/// How a server takes the end of a file, its start thereafter, and whether that is asked for in words.
const OFFSETS: [(&str, &str, &str); 5] = [
    // Some keep an offset, whatever became of it.
    (
        "S: 350 From there\nC: RETR one.txt\nS: 150 Here\nD: lo\nS: 226 Done",
        "C: REST 0",
        "S: 350 Ok",
    ),
    ("S: 350 From there\nC: RETR one.txt\nS: 550 Not that far", "C: REST 0", "S: 350 Ok"),
    // Some say in other words that they begin there.
    ("S: 350 From there\nC: RETR one.txt\nS: 550 Not that far", "C: REST 0", "S: 200 Of course"),
    // To refuse to begin at the start is no refusal.
    ("S: 350 From there\nC: RETR one.txt\nS: 550 Not that far", "C: REST 0", "S: 501 Why?"),
    // This one has kept nothing.
    ("S: 502 What?", "", ""),
];

#[test]
fn an_offset_that_outlasts_its_file_does_not_begin_the_next_one() {
    for (end, rest, answer) in OFFSETS {
        let one = file("one.txt");
        let (asked, _) = one.split_once("C: RETR").unwrap();
        let begun = format!("{rest}\n{answer}\n    C: RETR");
        let (two, three) = (file("two.txt").replace("C: RETR", &begun), file("three.txt"));
        let script = format!("{HELLO}{asked}C: REST 3\n{end}{two}{three}\nC: QUIT");
        let server = Server::play(&script);
        let mut session = sign_in(&server);
        if let Ok(data) = begin_at(&mut session, "one.txt", 3) {
            finish(&mut session, data);
        }
        let mut session = session.park().unwrap().take_up(&limits(), &|_| ()).unwrap();
        fetch(&mut session, "two.txt");
        fetch(&mut session, "three.txt");
        session.quit();
        server.finish();
    }
}

/// Wants small files, and counts those that came.
struct Small(Vec<&'static str>, usize);

impl Basket for Small {
    fn next(&mut self) -> Option<Wanted> {
        let path = RemotePath::from_typed(self.0.pop()?).unwrap();
        Some(Wanted { path, size: 5, asks_time: true })
    }

    fn came(&mut self, _: usize, _: Duration) {}

    fn take(&mut self, whole: Whole) {
        assert_eq!((whole.bytes.as_slice(), whole.modified.is_some()), (&b"hello"[..], true));
        self.1 += 1;
    }
}

#[test]
fn an_offset_that_outlasts_its_file_does_not_begin_a_series_of_small_ones() {
    for (end, rest, answer) in OFFSETS {
        let one = file("one.txt");
        let (asked, _) = one.split_once("C: RETR").unwrap();
        let told = "S: 213 20240229123456\nS: 229 Passive (|||{port}|)";
        let script = format!(
            "{HELLO}{asked}C: REST 3
            {end}
            {rest}
            C: MDTM two.txt
            C: EPSV
            {answer}
            {told}
            C: RETR two.txt
            S: 150 Here
            D: hello
            C: MDTM three.txt
            C: EPSV
            S: 226 Done
            {told}
            C: RETR three.txt
            S: 150 Here
            D: hello
            S: 226 Done
            C: QUIT"
        );
        let server = Server::play(&script);
        let mut session = sign_in(&server);
        if let Ok(data) = begin_at(&mut session, "one.txt", 3) {
            finish(&mut session, data);
        }
        let mut basket = Small(vec!["three.txt", "two.txt"], 0);
        session.fetch_series(false, &mut basket).unwrap();
        assert_eq!(basket.1, 2);
        session.quit();
        server.finish();
    }
}
