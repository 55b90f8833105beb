//! Conversations that rest between two files: taken up again while they can be, and never when what
//! comes next could be taken for the answer to something else.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod support;

use std::time::{Duration, Instant};

use ashore::ftp::{
    Address, Data, Error, Known, Limits, Parked, RemotePath, Security, Session, Stop, Trust, Way,
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
    let file = session.locate(&RemotePath::from_typed(name).unwrap())?;
    session.retrieve(&file, 0)
}

fn fetch(session: &mut Session<'_>, name: &str) {
    let mut data = begin(session, name).unwrap();
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
    let server = Server::play(&format!("{HELLO}{}", file("one.txt")));
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
        S: 213 20240229123456"
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
