//! Proxies of every temper: what they say never hangs, bloats or tricks the program, and is told.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on stops"
)]

mod support;

use std::cell::RefCell;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use ashore::ftp::Security;
use ashore::transfer::{self, Class, Commons, Failure, Handle, NextStep, Proxies, Request};
use support::{Server, names, request_for};

/// What a proxy does to a guest.
type Part = Box<dyn Fn(&mut TcpStream) + Send>;

/// A proxy that plays `part` to each guest, at `127.0.0.1:PORT`.
fn proxy(part: Part) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for guest in listener.incoming() {
            let mut guest = guest.unwrap();
            guest.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            part(&mut guest);
        }
    });
    place
}

/// Waits until the guest goes.
fn wait_for_the_end(guest: &mut TcpStream) {
    while guest.read(&mut [0; 1000]).is_ok_and(|count| count > 0) {}
}

/// Reads what it is asked, and says this.
fn says(answer: &'static [u8]) -> Part {
    Box::new(move |guest| {
        assert!(guest.read(&mut [0; 1000]).unwrap() > 0);
        guest.write_all(answer).unwrap();
        wait_for_the_end(guest);
    })
}

/// The same, and hangs up.
fn says_and_leaves(answer: &'static [u8]) -> Part {
    Box::new(move |guest| {
        assert!(guest.read(&mut [0; 1000]).unwrap() > 0);
        guest.write_all(answer).unwrap();
    })
}

/// Lets everybody in, and answers this to what it is asked then.
fn socks_says(answer: &'static [u8]) -> Part {
    Box::new(move |guest| {
        guest.read_exact(&mut [0; 3]).unwrap();
        guest.write_all(&[5, 0]).unwrap();
        assert!(guest.read(&mut [0; 300]).unwrap() > 0);
        guest.write_all(answer).unwrap();
        wait_for_the_end(guest);
    })
}

/// Says the same over and over until nobody listens.
fn goes_on(beginning: &'static [u8], over_and_over: &'static [u8], pause: Duration) -> Part {
    Box::new(move |guest| {
        guest.write_all(beginning).unwrap();
        while guest.write_all(over_and_over).is_ok() {
            thread::sleep(pause);
        }
    })
}

/// A download through a proxy of a server that is not there, as `change` wants it. The password for
/// the proxy is nowhere.
fn fails(url: &str, change: impl FnOnce(&mut Request)) -> Failure {
    let folder = tempfile::tempdir().unwrap();
    let mut request = request_for("ftp://harbour.invalid/hello.txt", folder.path());
    request.patience = Duration::from_secs(20);
    change(&mut request);
    let proxies = Proxies::chosen(url.parse().unwrap());
    let handle = Handle::with(Commons { proxies, ..Commons::default() });
    let said = RefCell::new(String::new());
    let outcome = transfer::download(&request, &handle, &|news| {
        said.borrow_mut().push_str(&format!("{news:?}\n"));
    });
    let failure = outcome.unwrap_err();
    assert_eq!(names(folder.path()), [""; 0], "{failure}");
    let all = format!("{}{failure}{failure:?}", said.into_inner());
    assert!(!all.contains("swordfish") && !all.contains("Ym9iOnN3b3JkZmlzaA"), "{all}");
    failure
}

#[test]
fn every_refusal_of_a_proxy_is_quoted_with_the_next_step() {
    let refused = "HTTP/1.1 403 Filtered\r\nX: y\r\n\r\n<html>no".as_bytes();
    for (scheme, part, sentence, advice) in [
        ("http", says(refused), "refuses: it said “403 Filtered”", "Ask its administrator"),
        (
            "http",
            says(b"HTTP/1.0 407 Who are you?\r\n\r\n"),
            "does not let Ashore in: it said “407 Who are you?”",
            "the password for the proxy",
        ),
        (
            "http",
            says(b"HTTP/1.1 502 Nobody there\n\n"),
            "did not reach the server: it said “502 Nobody there”",
            "or try again later",
        ),
        ("http", says(b"HTTP/1.1 302 \x1b[2JFound\r\n\r\n"), "“302 \\u{1b}[2JFound”", "Ask"),
        ("http", says(b"220 Harbour ready\r\n"), "“220 Harbour ready”", "Check the kind"),
        ("http", says_and_leaves(b""), "closed the connection", "or go without one"),
        ("http", says_and_leaves(b"HTTP/1.1 200 Con"), "closed the connection", "without one"),
        ("http", says_and_leaves(b"HTTP/1.1 200 Ok\r\nX"), "closed the connection", "without"),
        ("socks5h", says(&[5, 255]), "it said “255 no acceptable methods”", "the password"),
        ("socks5h", says(&[5, 2]), "is none of this kind", "Check the kind"),
        ("socks5h", says(&[4, 90]), "is none of this kind", "Check the kind"),
        ("socks5h", says(b"HTTP/1.1 400 What?\r\n\r\n"), "is none of this kind", "Check the kind"),
        ("socks5h", says_and_leaves(&[5]), "closed the connection", "without one"),
        (
            "socks5h",
            socks_says(&[5, 2, 0, 1, 0, 0, 0, 0, 0, 0]),
            "refuses: it said “2 connection not allowed by ruleset”",
            "Ask its administrator",
        ),
        (
            "socks5h",
            socks_says(&[5, 4, 0, 1, 0, 0, 0, 0, 0, 0]),
            "did not reach the server: it said “4 host unreachable”",
            "or try again later",
        ),
        ("socks5h", socks_says(&[5, 77, 0, 1]), "it said “77 unassigned”", "Ask"),
        ("socks5h", socks_says(&[9, 0, 0, 1]), "is none of this kind", "Check the kind"),
        ("socks5h", socks_says(&[5, 0, 0, 9]), "is none of this kind", "Check the kind"),
    ] {
        let failure = fails(&format!("{scheme}://{}", proxy(part)), |_| ());
        let text = format!("{failure}. {}", failure.advice());
        assert!(text.contains(sentence) && text.contains(advice), "{sentence}: {text}");
        assert_eq!(failure.class(), Class::Server, "{text}");
    }
}

#[test]
fn a_proxy_that_is_not_there_is_named() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let failure = fails(&format!("socks5h://bob:swordfish@{gone}"), |_| ());
    let place = format!("The proxy 127.0.0.1 port {} cannot be reached", gone.port());
    assert!(failure.to_string().starts_with(&place), "{failure}");
}

#[test]
fn a_proxy_that_never_comes_to_an_end_is_left() {
    let moment = Duration::from_millis(1);
    for (scheme, part) in [
        ("http", goes_on(b"HTTP/1.1 200 ", b"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", Duration::ZERO)),
        ("http", goes_on(b"HTTP/1.1 200 Ok\r\n", b"X: y\r\n", Duration::ZERO)),
        ("http", goes_on(b"", b"\0\0\0\0", Duration::ZERO)),
        ("socks5h", goes_on(b"", b"xxxxxxxxxxxx", moment)),
    ] {
        let failure = fails(&format!("{scheme}://{}", proxy(part)), |_| ());
        assert!(failure.to_string().contains("is none of this kind"), "{scheme}: {failure}");
    }
}

#[test]
fn a_proxy_that_is_silent_or_drips_is_given_up_when_patience_is_over() {
    for (scheme, part) in [
        ("http", Box::new(wait_for_the_end) as Part),
        ("socks5h", Box::new(wait_for_the_end) as Part),
        ("http", goes_on(b"HTTP/1.1 200 ", b"x", Duration::from_millis(20))),
        ("socks5h", socks_says(&[5, 0, 0, 3, 255, 1, 2])),
    ] {
        let place = proxy(part);
        let failure = fails(&format!("{scheme}://{place}"), |request| {
            request.patience = Duration::from_millis(400);
        });
        assert!(failure.to_string().starts_with("No answer from the proxy"), "{failure}");
    }
}

#[test]
fn waiting_for_a_proxy_can_be_stopped() {
    let proxies = Proxies::chosen(proxy(Box::new(wait_for_the_end)).parse().unwrap());
    let handle = Handle::with(Commons { proxies, ..Commons::default() });
    let folder = tempfile::tempdir().unwrap();
    let mut request = request_for("ftp://harbour.invalid/hello.txt", folder.path());
    request.patience = Duration::from_secs(100);
    let began = Instant::now();
    let failure = thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(Duration::from_millis(100));
            handle.stop.give();
        });
        transfer::download(&request, &handle, &|_| ()).unwrap_err()
    });
    assert_eq!(failure.class(), Class::Stopped);
    assert!(began.elapsed() < Duration::from_secs(50), "{:?}", began.elapsed());
}

#[test]
fn what_a_proxy_repeats_of_its_password_is_not_shown() {
    let echo = Box::new(|guest: &mut TcpStream| {
        let mut lines = BufReader::new(guest.try_clone().unwrap()).lines().map(Result::unwrap);
        let login = lines.find(|line| line.starts_with("Proxy-Authorization")).unwrap();
        write!(guest, "HTTP/1.1 407 {login} swordfish\r\n\r\n").unwrap();
        wait_for_the_end(guest);
    });
    let failure = fails(&format!("http://bob:swordfish@{}", proxy(echo)), |_| ());
    assert!(failure.to_string().contains("Basic **** ****"), "{failure}");
}

#[test]
fn active_mode_through_a_proxy_is_refused_before_anything_connects() {
    let failure = fails("socks5h://proxy.invalid:1", |request| request.way.is_active = true);
    assert!(failure.to_string().starts_with("Active mode does not work through"), "{failure}");
    assert_eq!((failure.class(), failure.next_step()), (Class::Usage, NextStep::TryPassive));
}

#[test]
fn what_the_server_says_in_one_breath_with_the_proxy_is_not_lost() {
    let server = Server::play(
        "S: 220 Harbour ready
        C: USER bob
        S: 530 Not today",
    );
    let at = server.at();
    // It takes the greeting from the server, and hands it on behind its own last word.
    let place = proxy(Box::new(move |guest| {
        let mut lines = BufReader::new(guest.try_clone().unwrap()).lines().map(Result::unwrap);
        assert_eq!(lines.next().unwrap(), "CONNECT harbour.invalid:21 HTTP/1.1");
        lines.find(String::is_empty).unwrap();
        let mut server = TcpStream::connect(at).unwrap();
        let mut greeting = [0; 100];
        let count = server.read(&mut greeting).unwrap();
        let answer = [b"HTTP/1.1 200 Ok\r\n\r\n", &greeting[..count]].concat();
        guest.write_all(&answer).unwrap();
        let mut back = guest.try_clone().unwrap();
        let mut from_server = server.try_clone().unwrap();
        let relay = thread::spawn(move || std::io::copy(&mut from_server, &mut back).ok());
        for line in lines {
            write!(server, "{line}\r\n").unwrap();
        }
        server.shutdown(std::net::Shutdown::Both).unwrap();
        relay.join().unwrap();
    }));
    // A name of its own: behind it no password travels before it is asked for.
    let bob = |request: &mut Request| {
        request.address.login.user = Some(b"bob".to_vec());
        request.security = Security::Off;
    };
    let failure = fails(&format!("http://{place}"), bob);
    assert_eq!(failure.class(), Class::Login, "{failure}");
    server.finish();
}
