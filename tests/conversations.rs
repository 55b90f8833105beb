//! Whole conversations with servers of every temper: what is said, what is on disk afterwards, and
//! what the person is told.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::net::{Ipv6Addr, TcpListener};
use std::thread;
use std::time::{Duration, Instant};

use ashore::transfer::{
    self, Class, Doubt, Failure, Handle, IfExists, News, NextStep, Request, Voice,
};
use support::{Server, names, pattern, request, request_for, run, said};

/// How most scripts begin.
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

/// What most go on with: the file has five bytes.
const ASK: &str = "
    C: SIZE hello.txt
    S: 213 5
    C: MDTM hello.txt
    S: 213 20240229123456
    C: EPSV
    S: 229 Entering Extended Passive Mode (|||{port}|)
    C: RETR hello.txt";

/// The download of `hello.txt` from a server that plays `script` ends well, with these bytes.
fn brings(script: &str, bytes: &[u8]) -> Vec<News> {
    let server = Server::play(script);
    let folder = tempfile::tempdir().unwrap();
    let (outcome, news) = run(&request(&server, folder.path()));
    let complaint = outcome.err().map(|failure| format!("{failure} {failure:?}"));
    server.finish();
    assert_eq!(complaint, None, "in {script}");
    assert_eq!(names(folder.path()), ["hello.txt"]);
    assert_eq!(fs::read(folder.path().join("hello.txt")).unwrap(), bytes);
    news
}

/// What is in the folder of a file that was begun: its bytes, and Ashore's record of them.
const KEPT: [&str; 2] = ["hello.txt.part", "hello.txt.part.ashore"];

/// It fails, and these names are in the folder.
fn fails(script: &str, left: &[&str]) -> Failure {
    let server = Server::play(script);
    let folder = tempfile::tempdir().unwrap();
    let (outcome, _) = run(&request(&server, folder.path()));
    let failure = outcome.expect_err("it should not succeed");
    server.finish();
    assert_eq!(names(folder.path()), left, "{failure}");
    failure
}

#[test]
fn a_file_comes_ashore_and_the_log_tells_how() {
    let news = brings(
        &format!("{HELLO}{ASK}\nS: 150 Here it comes\nD= hello\nS: 226 Done\nC: QUIT"),
        b"hello",
    );
    assert_eq!(said(&news, Voice::Sent)[..3], ["USER anonymous", "PASS ****", "FEAT"]);
    assert!(said(&news, Voice::Received).contains(&"226 Done"));
}

#[test]
fn servers_that_greet_at_length_and_let_guests_in_at_once_are_understood() {
    brings(
        &format!(
            "S: 120 In a moment
            ~ 200ms
            S: 220-Welcome
            S: 220 is not the end yet, it is only indented
            C: USER anonymous
            S: 230 No password needed
            C: PASS anonymous@
            S: 230 You are in already
            C: FEAT
            S: 502 What?
            C: TYPE I
            S: 200 Yes
            {ASK}
            S: 150-Two lines
            S: 150 of this
            D: hello
            S: 226-And
            S:  226 more
            S: 226 of that
            C: QUIT"
        ),
        b"hello",
    );
}

#[test]
fn a_server_that_knows_nothing_about_a_file_still_sends_it() {
    brings(
        &format!(
            "{HELLO}
            C: SIZE hello.txt
            S: 550 Not in this mode
            C: MDTM hello.txt
            S: 500 Unknown
            C: EPSV
            S: 229 Ok (|||{{port}}|)
            C: RETR hello.txt
            S: 125 Go
            D: hello
            S: 250 Done
            C: QUIT"
        ),
        b"hello",
    );
}

#[test]
fn without_epsv_the_data_comes_by_pasv_from_the_server_itself_whatever_address_it_names() {
    for refusal in ["500 What?", "501 EPSV: Operation not permitted", "550 Permission denied."] {
        brings(
            &format!(
                "{HELLO}
                C: SIZE hello.txt
                S: 213 5
                C: MDTM hello.txt
                S: 500 no
                C: EPSV
                S: {refusal}
                C: PASV
                S: 227 Entering Passive Mode (10,99,99,99,{{p1}},{{p2}}).
                C: RETR hello.txt
                S: 150 Go
                D: hello
                S: 226 Done
                C: QUIT"
            ),
            b"hello",
        );
    }
}

#[test]
fn an_epsv_port_that_leads_nowhere_is_not_the_end() {
    let asked = "
            C: SIZE hello.txt
            S: 213 5
            C: MDTM hello.txt
            S: 500 no
            C: EPSV
            S: 229 Ok (|||{dead}|)";
    // The server waits for us at the first place, so the second is asked for in a new conversation.
    brings(
        &format!(
            "{HELLO}{asked}
            C: RETR hello.txt
            ==
            {HELLO}{asked}
            C: PASV
            S: 227 =127,0,0,1,{{p1}},{{p2}}
            C: RETR hello.txt
            S: 150 Go
            D: hello
            S: 226 Done
            C: QUIT"
        ),
        b"hello",
    );
}

#[test]
fn it_is_the_same_by_ipv6() {
    let script = format!("{HELLO}{ASK}\nS: 150 Go\nD: hello\nS: 226 Done\nC: QUIT");
    let server = Server::play_on(Ipv6Addr::LOCALHOST.into(), &script);
    let folder = tempfile::tempdir().unwrap();
    let (outcome, _) = run(&request(&server, folder.path()));
    assert_eq!(outcome.unwrap().length, 5);
    server.finish();
}

#[test]
fn a_last_word_that_comes_before_the_data_is_kept_in_mind() {
    brings(&format!("{HELLO}{ASK}\nS: 150 Go\nS: 226 Done\n~ 100ms\nD: hello\nC: QUIT"), b"hello");
}

#[test]
fn a_file_that_is_missing_leaves_nothing_behind() {
    let failure = fails(&format!("{HELLO}{ASK}\nS: 550 hello.txt: No such file"), &[]);
    assert_eq!((failure.class(), failure.next_step()), (Class::Missing, NextStep::CheckAddress));
    // Some servers find out only after they have begun.
    let late = format!("{HELLO}{ASK}\nS: 150 Go\nD: \nS: 550 No such file");
    assert_eq!(fails(&late, &[]).class(), Class::Missing);
}

#[test]
fn a_server_that_repeats_the_name_is_not_taken_to_be_full() {
    for text in ["busybox.tar: No such file", "no-limit.mp3: Permission denied"] {
        let failure = fails(&format!("{HELLO}{ASK}\nS: 550 {text}"), &[]);
        assert_eq!(failure.class(), Class::Missing, "{failure}");
    }
}

#[test]
fn a_file_that_stays_short_never_gets_its_name() {
    let short = format!(
        "{HELLO}{ASK}
        S: 150 Go
        D: hel
        S: 226 Complete, says the server
        C: SIZE hello.txt
        S: 213 5
        C: MDTM hello.txt
        S: 213 20240229123456"
    );
    let failure = fails(&format!("{short}\n==\n{short}"), &KEPT);
    assert_eq!(failure.class(), Class::Doubt);
    let Failure::Doubtful { doubt: Doubt::Short { announced: 5, received: 3 }, .. } = failure
    else {
        panic!("{failure:?}");
    };
}

#[test]
fn a_file_that_became_smaller_or_grew_meanwhile_is_complete() {
    for (sent, size) in [("hel", 3), ("hello, hello", 12)] {
        let script = format!(
            "{HELLO}{ASK}
            S: 150 Go
            D: {sent}
            S: 226 Done
            C: SIZE hello.txt
            S: 213 {size}
            C: MDTM hello.txt
            S: 213 20240229123457
            C: QUIT"
        );
        brings(&script, sent.as_bytes());
    }
}

#[test]
fn a_file_without_end_does_not_fill_the_disk() {
    let script = format!("{HELLO}{ASK}\nS: 150 Go\nD? 40000000");
    let failure = fails(&script, &KEPT);
    assert_eq!(failure.class(), Class::Doubt);
    assert!(failure.kept().unwrap().length < 19_000_000);
}

#[test]
fn a_destination_that_exists_is_refused_before_anybody_is_connected_to() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let link = format!("ftp://{}/hello.txt", listener.local_addr().unwrap());
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("hello.txt"), "mine").unwrap();

    let (outcome, _) = run(&request_for(&link, folder.path()));
    assert_eq!(outcome.unwrap_err().class(), Class::Exists);
    let skip = Request { if_exists: IfExists::Skip, ..request_for(&link, folder.path()) };
    run(&skip).0.unwrap();

    assert!(listener.accept().is_err(), "somebody connected");
    assert_eq!(fs::read(folder.path().join("hello.txt")).unwrap(), b"mine");
    assert_eq!(names(folder.path()), ["hello.txt"]);
}

#[test]
fn what_is_not_ftp_is_said_not_to_be() {
    for (greeting, next) in [
        ("S: SSH-2.0-OpenSSH_9.2p1", NextStep::CheckAddress),
        ("S: HTTP/1.1 400 Bad Request\nS: Server: x\n--", NextStep::CheckAddress),
        ("S# 70000", NextStep::CheckAddress),
        ("--", NextStep::TryAgain),
        ("!!", NextStep::TryAgain),
        ("~ 10ms", NextStep::TryAgain),
    ] {
        let failure = fails(greeting, &[]);
        assert_eq!(failure.next_step(), next, "{greeting}: {failure}");
        assert_eq!(failure.class(), Class::Server, "{greeting}: {failure}");
    }
}

#[test]
fn what_a_server_says_cannot_play_tricks_in_the_log() {
    let hello = HELLO.replace("220 Harbour ready", "220 \\x1B[2J\\x1B]0;owned\\x07 caf\\xE9");
    let news = brings(
        &format!("{hello}{ASK}\nS: 150 Go\nD: hello\nS: 226 \\x08\\x08 Done\nC: QUIT"),
        b"hello",
    );
    for line in said(&news, Voice::Received) {
        assert!(!line.contains(char::is_control), "{line:?}");
    }
}

#[test]
fn a_silent_transfer_ends_by_itself_and_leaves_nothing_behind() {
    let failure = fails(&format!("{HELLO}{ASK}\nS: 150 Go\nH# 0"), &[]);
    assert_eq!(failure.next_step(), NextStep::TryAgain);
    assert!(failure.to_string().contains("sent nothing for"), "{failure}");
}

#[test]
fn a_download_stops_at_once_and_keeps_what_came() {
    let server = Server::play(&format!("{HELLO}{ASK}\nS: 150 Go\nH# 4"));
    let folder = tempfile::tempdir().unwrap();
    let request = Request { patience: Duration::from_secs(60), ..request(&server, folder.path()) };
    let handle = Handle::default();
    let took = thread::scope(|scope| {
        let ashore = scope.spawn(|| {
            let failure = transfer::download(&request, &handle, &|_| ()).unwrap_err();
            assert_eq!(failure.class(), Class::Stopped);
        });
        server.wait_for("H# 4");
        thread::sleep(Duration::from_millis(100)); // The four bytes are on their way.
        let stopped = Instant::now();
        handle.stop.give();
        ashore.join().unwrap();
        stopped.elapsed()
    });
    assert!(took < Duration::from_millis(500), "it took {took:?}");
    assert_eq!(fs::read(folder.path().join("hello.txt.part")).unwrap(), pattern(4));
    server.finish();
}
