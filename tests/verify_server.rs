//! The server's own checksum, and that of the person who ordered.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::path::Path;

use ashore::disk::Algorithm;
use ashore::transfer::{
    Checks, Class, Failure, Handle, News, Outcome, Phase, Request, Verdict, Voice, Witness,
    download,
};
use support::{Server, names, request_for, run, said};

const MD5: &str = "5d41402abc4b2a76b9719d911017c592";
const SHA256: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
/// That of another file.
const WRONG: &str = "3733cd977ff8eb18b987357e22ced99f46097f31ecb239e878ae63760e83e4d5";

/// A server whose `FEAT` tells `features` sends `hello.txt`; then `more` is played.
fn script(features: &[&str], more: &str) -> String {
    let features: String = features.iter().map(|one| format!("S:  {one}\n")).collect();
    format!(
        "S: 220 Harbour ready
        C: USER anonymous
        S: 230 Welcome
        C: PASS anonymous@
        S: 230 You are in already
        C: FEAT
        S: 211-Features:
        {features}
        S: 211 End
        C: TYPE I
        S: 200 Binary it is
        C: SIZE hello.txt
        S: 213 5
        C: MDTM hello.txt
        S: 213 20240229123456
        C: EPSV
        S: 229 Passive (|||{{port}}|)
        C: RETR hello.txt
        S: 150 Here it comes
        D: hello
        S: 226 Done
        {more}"
    )
}

/// No list lies beside the file.
fn no_lists() -> String {
    let lists = [
        "hello.txt.sha256",
        "hello.txt.sha512",
        "SHA256SUMS",
        "SHA512SUMS",
        "hello.txt.sha1",
        "hello.txt.md5",
        "MD5SUMS",
        "md5checksums.txt",
        "md5sum.txt",
        "CHECKSUMS",
    ];
    lists.map(|list| format!("C: SIZE {list}\nS: 550 No such file\n")).concat()
}

fn fetch(script: &str, checks: Checks) -> (tempfile::TempDir, Outcome, Vec<News>) {
    let server = Server::play(script);
    let folder = tempfile::tempdir().unwrap();
    let order = Request { checks, ..request_for(&server.link("hello.txt"), folder.path()) };
    let (outcome, news) = run(&order);
    server.finish();
    (folder, outcome, news)
}

fn verdict(outcome: Outcome) -> Verdict {
    outcome.unwrap_or_else(|failure| panic!("{failure} ({failure:?})")).verdict
}

fn verified_by_server(with: Algorithm) -> Verdict {
    Verdict::Verified { by: Witness::Server(with), with }
}

fn is_kept_without_a_name(outcome: Outcome, folder: &Path) -> Failure {
    let failure = outcome.expect_err("a file that failed its check was called complete");
    assert_eq!(failure.class(), Class::Checksum, "{failure}");
    assert_eq!(names(folder), ["hello.txt.part", "hello.txt.part.ashore"]);
    assert_eq!(fs::read_to_string(folder.join("hello.txt.part")).unwrap(), "hello");
    failure
}

#[test]
fn a_server_that_knows_hash_is_asked_for_its_sha_256() {
    let selects = "C: OPTS HASH SHA-256\nS: 200 SHA-256\n";
    for (offer, selects) in [
        ("HASH SHA-1*;SHA-256;SHA-512;MD5;CRC32", selects),
        ("HASH SHA-256*;SHA-1", ""),
        ("hash sha-1;sha-256;", selects),
    ] {
        let more = format!(
            "{selects}
            C: HASH hello.txt
            S: 213-Computing SHA-256 digest
            S: 213 SHA-256 0-5 {SHA256} hello.txt
            C: QUIT"
        );
        let (folder, outcome, news) = fetch(&script(&["SIZE", offer], &more), Checks::default());
        assert_eq!(verdict(outcome), verified_by_server(Algorithm::Sha256), "{offer}");
        assert_eq!(names(folder.path()), ["hello.txt"]);
        let story = said(&news, Voice::Story);
        assert!(story.contains(&"Verified: the server's SHA-256 agrees"), "{story:?}");
        let checks = |item: &News| matches!(item, News::Phase(Phase::Checking));
        assert!(news.iter().any(checks), "the row did not say that it is being checked");
    }
}

#[test]
fn a_server_that_knows_only_the_older_verbs_is_asked_with_them() {
    for (features, verb, answer, with) in [
        (&["XCRC", "XMD5", "XSHA256"][..], "XSHA256", SHA256.to_uppercase(), Algorithm::Sha256),
        (&["XCRC", "XMD5"], "XMD5", MD5.to_owned(), Algorithm::Md5),
        (&["MD5"], "MD5", format!("\"hello.txt\" {MD5}"), Algorithm::Md5),
        (&["XCRC"], "XCRC", "3610A686".to_owned(), Algorithm::Crc32),
    ] {
        // What only detects damage does not spare the look for something better.
        let lists = if with == Algorithm::Sha256 { String::new() } else { no_lists() };
        let more = format!(
            "C: {verb} hello.txt
            S: 250-Computing
            S: 250 {answer}
            {lists}
            C: QUIT"
        );
        let (_folder, outcome, _) = fetch(&script(features, &more), Checks::default());
        assert_eq!(verdict(outcome), verified_by_server(with), "{verb}");
    }
}

#[test]
fn a_server_whose_own_checksum_differs_gets_no_file_named() {
    let more = format!("C: XSHA256 hello.txt\nS: 250 {WRONG}\n");
    let (folder, outcome, _) = fetch(&script(&["XSHA256"], &more), Checks::default());
    let failure = is_kept_without_a_name(outcome, folder.path());
    assert!(failure.to_string().contains(SHA256), "{failure}");
    assert!(
        failure.to_string().contains(&format!("the server's SHA-256 says {WRONG}")),
        "{failure}"
    );
}

#[test]
fn a_refusal_is_no_evidence_and_the_next_witness_is_asked() {
    let more = format!(
        "C: OPTS HASH SHA-256
        S: 501 Not that one
        C: HASH hello.txt
        S: 550 Not for guests
        C: XMD5 hello.txt
        S: 502 Not today
        {}
        C: QUIT",
        no_lists()
    );
    let features = ["HASH SHA-1*;SHA-256", "XMD5"];
    let (folder, outcome, news) = fetch(&script(&features, &more), Checks::default());
    assert_eq!(verdict(outcome), Verdict::Complete);
    assert_eq!(names(folder.path()), ["hello.txt"]);
    let story = said(&news, Voice::Story);
    assert!(story.contains(&"The server has no checksum of this file"), "{story:?}");
}

#[test]
fn a_hash_of_half_the_file_is_no_evidence() {
    let more = format!(
        "C: HASH hello.txt
        S: 213 SHA-256 0-2 {WRONG} hello.txt
        {}
        C: QUIT",
        no_lists()
    );
    let (_folder, outcome, _) = fetch(&script(&["HASH SHA-256*"], &more), Checks::default());
    assert_eq!(verdict(outcome), Verdict::Complete);
}

#[test]
fn a_line_that_breaks_while_a_checksum_is_asked_for_does_not_spoil_the_file() {
    for end in ["--", "!!", "S: 421 Too late", "S: what?"] {
        let more = format!("C: HASH hello.txt\n{end}\n");
        let more = if end.starts_with("S: 4") { format!("{more}C: QUIT") } else { more };
        let more = if end == "S: what?" { format!("{more}C: QUIT") } else { more };
        let (folder, outcome, news) = fetch(&script(&["HASH SHA-256*"], &more), Checks::default());
        assert_eq!(verdict(outcome), Verdict::Complete, "{end}");
        assert_eq!(names(folder.path()), ["hello.txt"]);
        let warnings = said(&news, Voice::Warning).join("\n");
        assert!(warnings.contains("could not be verified"), "{end}: {warnings:?}");
    }
}

#[test]
fn a_server_may_compute_for_longer_than_it_may_otherwise_be_silent() {
    let more = format!(
        "C: HASH hello.txt
        ~ 800ms
        S: 213 SHA-256 0-5 {SHA256} hello.txt
        C: QUIT"
    );
    let (_folder, outcome, _) = fetch(&script(&["HASH SHA-256*"], &more), Checks::default());
    assert_eq!(verdict(outcome), verified_by_server(Algorithm::Sha256));
}

#[test]
fn a_person_need_not_wait_for_the_server_to_compute() {
    let server = Server::play(&script(&["HASH SHA-256*"], "C: HASH hello.txt"));
    let folder = tempfile::tempdir().unwrap();
    let mut order = request_for(&server.link("hello.txt"), folder.path());
    order.checks = Checks::default();
    let handle = Handle::default();
    let outcome = download(&order, &handle, &|news| {
        if matches!(&news, News::Line(line) if line.text == "HASH hello.txt") {
            handle.stop.give();
        }
    });
    let failure = outcome.unwrap_err();
    assert_eq!(failure.class(), Class::Stopped, "{failure}");
    assert_eq!(failure.kept().unwrap().length, 5);
    server.finish();
}

#[test]
fn who_wants_no_check_is_not_made_to_wait_for_one() {
    let features = ["HASH SHA-256*", "XSHA256"];
    let checks = Checks { verify: false, ..Checks::default() };
    let (_folder, outcome, _) = fetch(&script(&features, "C: QUIT"), checks);
    assert_eq!(verdict(outcome), Verdict::Complete);
}

#[test]
fn your_own_checksum_counts_and_nobody_else_is_asked() {
    for text in [format!("sha256:{SHA256}"), format!("md5:{MD5}"), "sum:08403 1".to_owned()] {
        for hash in [true, false] {
            let expected = Some(text.parse().unwrap());
            let checks = Checks { hash, expected, ..Checks::default() };
            let (_folder, outcome, _) = fetch(&script(&["HASH SHA-256*"], "C: QUIT"), checks);
            let Verdict::Verified { by, .. } = verdict(outcome) else { panic!("not verified") };
            assert_eq!(by, Witness::Person);
        }
    }
}

#[test]
fn a_file_that_is_not_the_one_you_expect_never_gets_its_name() {
    let expected = Some(format!("sha256:{WRONG}").parse().unwrap());
    let checks = Checks { expected, ..Checks::default() };
    let (folder, outcome, _) = fetch(&script(&["HASH SHA-256*"], ""), checks);
    let failure = is_kept_without_a_name(outcome, folder.path());
    assert!(failure.to_string().contains(&format!("your checksum says {WRONG}")), "{failure}");
}
