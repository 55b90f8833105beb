//! Whom to trust: what the person is shown of a server that may be another, and each answer.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::time::{Duration, SystemTime};

use ashore::ftp::{self, Fingerprint};
use ashore::transfer::{Destination, Event, Failure, News, Request, TransferId};
use ashore::window::browser::errands::{Errand, Sight};
use ashore::window::screen::Wish;
use eframe::egui::Key;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::person::{ID, Window};

fn refused(error: ftp::Error) -> Failure {
    Failure::Server { server: "ftp.example.org".to_owned(), is_guest: true, error, kept: None }
}

fn certificate() -> Box<ftp::Certificate> {
    let day = |n: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(86_400 * n);
    Box::new(ftp::Certificate {
        fingerprint: Fingerprint([0xAB; 32]),
        names: vec!["ftp.example.org".to_owned(), "ex\u{202e}ample".to_owned()],
        issuer: Some("Harbour Office".to_owned()),
        validity: Some((day(1), day(366))),
    })
}

/// As a screen reader clicks: also what would have to be scrolled to first.
fn choose(window: &mut Window, label: &str) {
    window.harness.get_by_label(label).click_accesskit();
    window.harness.run();
}

fn untrusted() -> Failure {
    let reason = "it has expired".to_owned();
    refused(ftp::Error::Untrusted { certificate: certificate(), reason })
}

fn changed() -> Failure {
    let (trusted, doubt) = (Fingerprint([0xCD; 32]), Some("it has expired".to_owned()));
    refused(ftp::Error::CertificateChanged { certificate: certificate(), trusted, doubt })
}

#[test]
fn an_unknown_certificate_is_a_question_with_three_answers() {
    let mut window = Window::failed(untrusted());
    for words in [
        "Is this really ftp.example.org?",
        "it has expired",
        "ftp.example.org, ex\\u{202e}ample",
        "Harbour Office",
        "from 1970-01-02 until 1971-01-02",
        "AB:AB:AB:AB  AB:AB:AB:AB",
    ] {
        assert!(window.shows(words), "{words}");
    }
    window.click("Just now debian.iso");
    let wishes = window.wishes();
    let [Wish::Replace(ID, request)] = wishes.as_slice() else { panic!("{wishes:?}") };
    assert_eq!(request.trust.pin, Some(Fingerprint([0xAB; 32])));
    assert!(!request.trust.is_lasting);

    let mut window = Window::failed(untrusted());
    window.click("Don't connect debian.iso");
    assert!(!window.shows("Is this really"));
    assert!(window.wishes().is_empty());
    window.click("Try again debian.iso");
    assert!(matches!(window.wishes().as_slice(), [Wish::Resume(ID)]));
}

#[test]
fn in_a_low_window_the_answers_are_to_be_seen_without_scrolling() {
    for failure in [untrusted(), changed()] {
        let mut window = Window::sized(700.0, 500.0);
        let address = "ftp://ftp.example.org/pub/debian.iso".parse().unwrap();
        let request = Request::new(address, Destination::File(window.file("debian.iso")));
        window.screen().model.add(ID, request);
        window.screen().hear(Event { id: ID, news: News::Ended(Err(failure)) });
        window.harness.run();
        let rect = |label: &str| window.harness.get_by_label(label).rect();
        assert!(rect("Don't connect debian.iso").bottom() < rect("Show the log").top());
    }
}

#[test]
fn a_server_that_is_trusted_is_trusted_for_all_that_waited_for_it() {
    let mut window = Window::failed(untrusted());
    let address = "ftp://ftp.example.org/pub/other.iso".parse().unwrap();
    let mut other = Request::new(address, Destination::File("/tmp/other.iso".into()));
    other.trust.pin = Some(Fingerprint([1; 32]));
    window.screen().model.add(TransferId(2), other);
    let news = News::Ended(Err(untrusted()));
    window.screen().hear(Event { id: TransferId(2), news });
    window.harness.run();

    choose(&mut window, "Trust this server debian.iso");

    let wishes = window.wishes();
    let [Wish::Trust { host, port: 21, pin, orders }] = wishes.as_slice() else {
        panic!("{wishes:?}")
    };
    assert_eq!((host.as_str(), *pin), ("ftp.example.org", Fingerprint([0xAB; 32])));
    let ids: Vec<_> = orders.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, [ID, TransferId(2)]);
    assert!(orders.iter().all(|(_, request)| request.trust.pin.is_none()));
}

#[test]
fn a_changed_certificate_is_trusted_only_after_a_second_thought() {
    let mut window = Window::failed(changed());
    for words in
        ["ftp.example.org shows another certificate", "CD:CD:CD:CD  CD:CD", "AB:AB:AB:AB  AB:AB"]
    {
        assert!(window.shows(words), "{words}");
    }
    assert!(!window.shows("Just now"));
    assert!(
        window.harness.get_by_label("Trust the new one debian.iso").accesskit_node().is_disabled()
    );
    choose(&mut window, "Its administrator confirmed the new SHA-256 fingerprint");
    choose(&mut window, "Trust the new one debian.iso");
    let wishes = window.wishes();
    let [Wish::Trust { pin, .. }] = wishes.as_slice() else { panic!("{wishes:?}") };
    assert_eq!(*pin, Fingerprint([0xAB; 32]));
}

#[test]
fn a_server_that_no_longer_offers_tls_is_spoken_to_without_it_only_if_the_person_says_so() {
    let reply = ftp::Reply { code: 500, lines: vec!["AUTH not understood".to_owned()] };
    let command = "AUTH TLS".to_owned();
    let mut window =
        Window::failed(refused(ftp::Error::NoTls { command, reply, did_before: true }));
    assert!(window.shows("has offered a secure connection before"));
    window.click("Connect unprotected debian.iso");
    let wishes = window.wishes();
    let [Wish::Replace(ID, request)] = wishes.as_slice() else { panic!("{wishes:?}") };
    assert_eq!(request.security, ftp::Security::Off);
}

#[test]
fn the_browser_asks_whom_to_trust_and_a_changed_certificate_hides_what_was_seen() {
    let mut window = Window::with("ftpes://ftp.example.org/pub/");
    window.click("Browse server…");
    let (number, _) = window.listing();
    window.see(Sight::Listed(number, Err(untrusted())));
    for words in ["Is this really ftp.example.org?", "AB:AB:AB:AB  AB:AB:AB:AB", "Just now"] {
        assert!(window.shows(words), "{words}");
    }
    choose(&mut window, "Trust this server ftp.example.org");
    let wished = window.wished();
    let [Wish::Trust { host, port: 21, pin, .. }] = wished.others.as_slice() else {
        panic!("{:?}", wished.others)
    };
    assert_eq!((host.as_str(), *pin), ("ftp.example.org", Fingerprint([0xAB; 32])));
    let [(place, Errand::List(number, _))] = wished.errands.as_slice() else { panic!() };
    assert_eq!(place.trust.pin, None, "it is known from now on, and not only here");
    window.hear_all(*number, vec![crate::browser::file("seen", 1)]);
    assert_eq!(window.rows(), ["seen"]);

    window.press(Key::F5);
    let (number, _) = window.listing();
    let trusted = Fingerprint([0xCD; 32]);
    let changed =
        ftp::Error::CertificateChanged { certificate: certificate(), trusted, doubt: None };
    window.see(Sight::Listed(number, Err(refused(changed))));
    for words in ["ftp.example.org shows another certificate", "CD:CD:CD:CD", "AB:AB:AB:AB"] {
        assert!(window.shows(words), "{words}");
    }
    assert!(window.rows().is_empty(), "nobody takes the one for the other");
    assert!(!window.shows("The connection is encrypted"));
}
