//! The scripted server itself: it must be stricter than any test that trusts it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod support;

use std::io::{Read, Write};
use std::net::{Ipv6Addr, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use support::script::read_all;
use support::{Server, pattern};

/// What the test of a client that does `client` would fail with.
fn complaint(script: &str, client: impl FnOnce(&mut TcpStream)) -> String {
    let server = Server::play(script);
    let mut stream = TcpStream::connect(server.at()).unwrap();
    client(&mut stream);
    drop(stream);
    let panic = catch_unwind(AssertUnwindSafe(|| server.finish())).expect_err("no complaint");
    *panic.downcast::<String>().expect("a message")
}

/// Reads one line that the server says.
fn hear(stream: &mut TcpStream) -> String {
    let mut line = String::new();
    while !line.ends_with('\n') {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        line.push(char::from(byte[0]));
    }
    line.trim_end().to_owned()
}

#[test]
fn a_client_that_strays_fails_the_test_with_the_line_where_it_strayed() {
    let words = complaint("S: 220 Hello\nC: USER anonymous", |stream| {
        stream.write_all(b"USER root\r\n").unwrap();
    });
    assert!(words.contains("line 2 of the script: C: USER anonymous"), "{words}");
    assert!(words.contains("the client said: USER root\\r\\n"), "{words}");
}

#[test]
fn a_command_too_many_or_too_few_or_without_its_cr_fails_the_test() {
    for (script, said, what) in [
        ("C: NOOP\nC: QUIT", &b"NOOP\r\n"[..], "the client hung up"),
        ("C: NOOP", b"NOOP\n", "the client said: NOOP\\n"),
        ("C: RETR caf\\xe9", "RETR café\r\n".as_bytes(), "caf\\xc3\\xa9"),
    ] {
        let words = complaint(script, |stream| stream.write_all(said).unwrap());
        assert!(words.contains(what), "{words}");
    }
    let words = complaint("C: NOOP\nS: 200 Yes", |stream| {
        stream.write_all(b"NOOP\r\n").unwrap();
        hear(stream);
        stream.write_all(b"QUIT\r\n").unwrap();
    });
    assert!(words.contains("more to say"), "{words}");
}

#[test]
fn a_client_that_comes_back_unasked_fails_the_test() {
    let mut second = None;
    let server = Server::play("S: 220 Hello\n--");
    drop(TcpStream::connect(server.at()).unwrap());
    second.replace(TcpStream::connect(server.at()).unwrap());
    assert!(catch_unwind(AssertUnwindSafe(|| server.finish())).is_err());
}

#[test]
fn each_way_to_end_a_data_connection_looks_as_it_does_in_life() {
    let server = Server::play_on(
        Ipv6Addr::LOCALHOST.into(),
        "S: {port}
        D# 3000
        D# 1000..3000
        R# 500
        H# 7
        ~ 10ms
        !!",
    );
    let mut control = TcpStream::connect(server.at()).unwrap();
    let port = hear(&mut control).parse().unwrap();
    let data = || TcpStream::connect((Ipv6Addr::LOCALHOST, port)).unwrap();

    assert_eq!(read_all(&mut data()).unwrap(), pattern(3000));
    assert_eq!(read_all(&mut data()).unwrap(), pattern(3000)[1000..]);

    let mut reset = data();
    let mut bytes = [0; 500];
    reset.read_exact(&mut bytes).unwrap();
    assert_eq!(bytes[..], pattern(500));
    assert_eq!(reset.read(&mut bytes).unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);

    let mut held = data();
    held.read_exact(&mut bytes[..7]).unwrap();
    held.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    server.wait_for("!!");
    let end = read_all(&mut control).unwrap_err().kind();
    assert_eq!(end, std::io::ErrorKind::ConnectionReset);
    server.finish();
}

#[test]
fn the_second_part_of_a_script_is_for_the_second_connection() {
    let server = Server::play("S: 1\n==\nS: 2 {p1},{p2} {dead}\nC: QUIT\n--");
    let mut first = TcpStream::connect(server.at()).unwrap();
    let mut second = TcpStream::connect(server.at()).unwrap();
    assert_eq!(hear(&mut first), "1");
    assert!(hear(&mut second).starts_with("2 "));
    second.write_all(b"QUIT\r\n").unwrap();
    drop(first);
    server.finish();
}
