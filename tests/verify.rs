//! What is verified, by whom, and what happens to a file that fails its check.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::path::Path;

use ashore::disk::Algorithm;
use ashore::transfer::{
    self, Checks, Class, Commons, Doubt, Failure, Handle, News, Outcome, Request, Verdict, Voice,
    Witness,
};
use sha2::{Digest as _, Sha256};
use support::{Server, names, pattern, request_for, run, said};

const MD5: &str = "5d41402abc4b2a76b9719d911017c592";
const SHA1: &str = "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d";
const SHA256: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
const SHA512: &str = "9b71d224bd62f3785d96d46ad3ea3d73319bfbc2890caadae2dff72519673ca72323c3d99ba5c11d7c7acc6e14b8c5da0c4663475c2e5c3adef46f73bcdec043";
/// That of another file.
const WRONG: &str = "3733cd977ff8eb18b987357e22ced99f46097f31ecb239e878ae63760e83e4d5";

/// Where a checksum file is looked for, in this order.
const LISTS: [&str; 10] = [
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

/// Signs in, on a server whose `FEAT` tells these.
fn hello(features: &[&str]) -> String {
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
        S: 200 Binary it is\n"
    )
}

/// Fetches `path`, which holds `text` of 5 bytes.
fn sends(path: &str, text: &str) -> String {
    format!(
        "C: SIZE {path}
        S: 213 5
        C: MDTM {path}
        S: 213 20240229123456\n{}",
        gives(path, text)
    )
}

fn gives(path: &str, text: &str) -> String {
    format!(
        "C: EPSV
        S: 229 Passive (|||{{port}}|)
        C: RETR {path}
        S: 150 Here it comes
        D: {text}
        S: 226 Done\n"
    )
}

/// Is asked for the lists, and has none of those before `list`, which holds `text`.
fn has_list(list: &str, text: &str) -> String {
    let length = text.replace('\\', "").len();
    format!(
        "{}C: SIZE {list}
        S: 213 {length}\n{}",
        lacks(LISTS.iter().take_while(|&&one| one != list)),
        gives(list, text)
    )
}

fn lacks<'a>(lists: impl IntoIterator<Item = &'a &'a str>) -> String {
    let lists = lists.into_iter();
    lists.map(|list| format!("C: SIZE {list}\nS: 550 No such file\n")).collect()
}

/// An order for `path`, with all checks.
fn order(server: &Server, path: &str, folder: &Path) -> Request {
    Request { checks: Checks::default(), ..request_for(&server.link(path), folder) }
}

/// Downloads `path` from a server that plays `script`, with all checks, into a new folder.
fn fetch(script: &str, path: &str) -> (tempfile::TempDir, Outcome, Vec<News>) {
    let server = Server::play(script);
    let folder = tempfile::tempdir().unwrap();
    let (outcome, news) = run(&order(&server, path, folder.path()));
    server.finish();
    (folder, outcome, news)
}

fn verdict(outcome: Outcome) -> Verdict {
    outcome.unwrap_or_else(|failure| panic!("{failure} ({failure:?})")).verdict
}

fn verified_by(list: &str, with: Algorithm) -> Verdict {
    Verdict::Verified { by: Witness::List(list.to_owned()), with }
}

/// The file failed its check: it is there as `.part` alone, and its end says why.
fn is_kept_without_a_name(outcome: Outcome, folder: &Path, bytes: &str) -> Failure {
    let failure = outcome.expect_err("a file that failed its check was called complete");
    assert_eq!(failure.class(), Class::Checksum, "{failure}");
    assert_eq!(names(folder), ["hello.txt.part", "hello.txt.part.ashore"]);
    assert_eq!(fs::read_to_string(folder.join("hello.txt.part")).unwrap(), bytes);
    assert_eq!(failure.kept().unwrap().length, 5);
    failure
}

#[test]
fn every_checksum_file_that_lies_beside_a_file_is_found_and_used() {
    use Algorithm::{BsdSum, Md5, Sha1, Sha256, Sha512};
    for (list, text, with) in [
        ("hello.txt.sha256", format!("{SHA256}  hello.txt\\n"), Sha256),
        ("hello.txt.sha512", SHA512.to_owned(), Sha512),
        ("SHA256SUMS", format!("{WRONG}  other\\n{SHA256} *hello.txt\\n"), Sha256),
        ("SHA512SUMS", format!("SHA512 (hello.txt) = {SHA512}\\n"), Sha512),
        ("hello.txt.sha1", format!("{SHA1}\\r\\n"), Sha1),
        ("hello.txt.md5", format!("{MD5}  /home/us/out/hello.txt\\r\\n"), Md5),
        ("MD5SUMS", format!("# made by hand\\r\\n\\r\\n{MD5}  ./hello.txt\\r\\n"), Md5),
        ("md5checksums.txt", format!("{MD5}  ./hello.txt\\n"), Md5),
        ("md5sum.txt", format!("MD5 (hello.txt) = {MD5}\\r\\n"), Md5),
        ("CHECKSUMS", "12345 678 other\\n08403     1 hello.txt\\n".to_owned(), BsdSum),
    ] {
        let script =
            [hello(&[]), sends("hello.txt", "hello"), has_list(list, &text), "C: QUIT".to_owned()];
        let (folder, outcome, news) = fetch(&script.concat(), "hello.txt");

        assert_eq!(verdict(outcome), verified_by(list, with));
        assert_eq!(names(folder.path()), ["hello.txt"]);
        let story = said(&news, Voice::Story).join("\n");
        assert!(story.contains(&format!("Verified: {list} agrees")), "{story}");
        let has_caveat = story.contains("detects damage, not tampering");
        assert_eq!(has_caveat, with.caveat().is_some(), "{story}");
    }
}

#[test]
fn a_list_lies_in_the_folder_of_its_file() {
    let script = [
        hello(&[]),
        sends("pub/a b/hello.txt", "hello"),
        "C: SIZE pub/a b/hello.txt.sha256\nS: 213 150\n".to_owned(),
        gives(
            "pub/a b/hello.txt.sha256",
            &format!("{WRONG}  old/hello.txt\\n{SHA256}  a b/hello.txt\\n"),
        ),
        "C: QUIT".to_owned(),
    ];
    let (_folder, outcome, _) = fetch(&script.concat(), "pub/a%20b/hello.txt");
    assert_eq!(verdict(outcome), verified_by("hello.txt.sha256", Algorithm::Sha256));
}

#[test]
fn a_list_is_asked_for_from_its_start_where_its_file_was_asked_for_from_the_middle() {
    let bytes = pattern(200_000);
    let sum: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let list = format!("{sum}  hello.txt\\n");
    let sends = |rest: &str, data: &str| {
        let whole = sends("hello.txt", "").replace("213 5", "213 200000");
        whole.replace("C: RETR", &format!("{rest}\nC: RETR")).replace("D: ", data)
    };
    let cut = sends("", "D# 150000").replace("226 Done", "426 Cut");
    let end = sends("C: REST 84464\nS: 350 From there", "D# 84464..200000");
    // To some servers an offset lasts until another is named.
    let rest = "C: REST 0\nS: 350 From the start\nC: RETR SHA256SUMS";
    let listed = has_list("SHA256SUMS", &list).replace("C: RETR SHA256SUMS", rest);
    let script =
        [hello(&[]), cut, "==\n".to_owned(), hello(&[]), end, listed, "C: QUIT".to_owned()];
    let server = Server::play(&script.concat());
    let folder = tempfile::tempdir().unwrap();
    let (outcome, _) = run(&Request { retries: 1, ..order(&server, "hello.txt", folder.path()) });
    server.finish();
    assert_eq!(verdict(outcome), verified_by("SHA256SUMS", Algorithm::Sha256));
}

#[test]
fn a_file_that_fails_its_check_is_kept_but_never_gets_its_name() {
    let list = format!("{SHA256}  hello.txt\\n");
    let script = [hello(&[]), sends("hello.txt", "HELLO"), has_list("SHA256SUMS", &list)];
    let (folder, outcome, _) = fetch(&script.concat(), "hello.txt");

    let failure = is_kept_without_a_name(outcome, folder.path(), "HELLO");
    assert_eq!(
        failure.to_string(),
        format!(
            "The SHA-256 of what arrived is {WRONG}, but SHA256SUMS says {SHA256}. \
             So it is kept as .part and not given its name"
        )
    );
    assert!(matches!(failure, Failure::Doubtful { doubt: Doubt::Checksum(_), .. }));
}

#[test]
fn what_failed_its_check_twice_is_set_aside_and_fetched_anew() {
    let list = has_list("hello.txt.md5", &format!("{MD5}  hello.txt\\n"));
    let script = [
        [hello(&[]), sends("hello.txt", "HELLO"), list.clone()].concat(),
        [hello(&[]), sends("hello.txt", "HELLO"), list.clone()].concat(),
        [hello(&[]), sends("hello.txt", "hello"), list, "C: QUIT".to_owned()].concat(),
    ];
    let server = Server::play(&script.join("==\n"));
    let folder = tempfile::tempdir().unwrap();
    let order = order(&server, "hello.txt", folder.path());

    let (outcome, _) = run(&order);
    is_kept_without_a_name(outcome, folder.path(), "HELLO");

    let (outcome, news) = run(&order);
    assert_eq!(verdict(outcome), verified_by("hello.txt.md5", Algorithm::Md5));
    assert_eq!(names(folder.path()), ["hello.txt"]);
    assert_eq!(fs::read_to_string(folder.path().join("hello.txt")).unwrap(), "hello");
    let warnings = said(&news, Voice::Warning).join("\n");
    assert!(warnings.contains("set aside, and the file is fetched anew"), "{warnings}");
    server.finish();
}

#[test]
fn a_wrong_list_does_not_fill_the_disk_with_copies_of_one_file() {
    let list = has_list("hello.txt.md5", &format!("{}  hello.txt\\n", &WRONG[..32]));
    let once = [hello(&[]), sends("hello.txt", "HELLO"), list].concat();
    let server = Server::play(&[once.as_str(); 5].join("==\n"));
    let folder = tempfile::tempdir().unwrap();
    let order = order(&server, "hello.txt", folder.path());
    for _ in 0..3 {
        let (outcome, _) = run(&order);
        is_kept_without_a_name(outcome, folder.path(), "HELLO");
    }
    server.finish();
}

#[test]
fn a_corrected_list_or_no_check_at_all_is_believed_without_a_second_download() {
    let list = |digits| has_list("hello.txt.md5", &format!("{digits}  hello.txt\\n"));
    for is_corrected in [true, false] {
        let again = if is_corrected { list(MD5) } else { String::new() };
        let script = [
            [hello(&[]), sends("hello.txt", "hello"), list(&WRONG[..32])].concat(),
            [hello(&[]), sends("hello.txt", "hello"), again, "C: QUIT".to_owned()].concat(),
        ];
        let server = Server::play(&script.join("==\n"));
        let folder = tempfile::tempdir().unwrap();
        let mut order = order(&server, "hello.txt", folder.path());

        is_kept_without_a_name(run(&order).0, folder.path(), "hello");
        order.checks.verify = is_corrected;
        let expected = if is_corrected {
            verified_by("hello.txt.md5", Algorithm::Md5)
        } else {
            Verdict::Complete
        };
        assert_eq!(verdict(run(&order).0), expected);
        assert_eq!(names(folder.path()), ["hello.txt"]);
        server.finish();
    }
}

#[test]
fn a_list_that_speaks_of_other_files_proves_nothing_and_spoils_nothing() {
    let script = [
        hello(&[]),
        sends("hello.txt", "hello"),
        has_list("hello.txt.md5", &format!("{}  other.txt\\n", &WRONG[..32])),
        lacks(&LISTS[6..]),
        "C: QUIT".to_owned(),
    ];
    let (folder, outcome, news) = fetch(&script.concat(), "hello.txt");
    assert_eq!(verdict(outcome), Verdict::Complete);
    assert_eq!(names(folder.path()), ["hello.txt"]);
    assert!(said(&news, Voice::Story).contains(&"hello.txt.md5 says nothing about this file"));
}

#[test]
fn a_list_is_fetched_where_size_is_not_known_and_not_where_it_is_too_long() {
    let script = [
        hello(&[]),
        sends("hello.txt", "hello"),
        "C: SIZE hello.txt.sha256
         S: 500 What?
         C: EPSV
         S: 229 Passive (|||{port}|)
         C: RETR hello.txt.sha256
         D:
         S: 550 No such file
         C: SIZE hello.txt.sha512
         S: 213 16777217
         C: SIZE SHA256SUMS
         S: 502 What?\n"
            .to_owned(),
        gives("SHA256SUMS", &format!("{SHA256}  hello.txt\\n")),
        "C: QUIT".to_owned(),
    ];
    let (_folder, outcome, _) = fetch(&script.concat(), "hello.txt");
    assert_eq!(verdict(outcome), verified_by("SHA256SUMS", Algorithm::Sha256));
}

#[test]
fn a_list_that_the_server_gave_up_on_is_no_list() {
    let script = [
        hello(&[]),
        sends("hello.txt", "hello"),
        "C: SIZE hello.txt.sha256
         S: 213 76\n"
            .to_owned(),
        gives("hello.txt.sha256", WRONG).replace("226 Done", "426 Disk trouble"),
        lacks(&LISTS[1..]),
        "C: QUIT".to_owned(),
    ];
    let (_folder, outcome, _) = fetch(&script.concat(), "hello.txt");
    assert_eq!(verdict(outcome), Verdict::Complete);
}

#[test]
fn a_checksum_file_is_not_checked_against_other_checksum_files() {
    let script = [hello(&[]), sends("MD5SUMS", "hello"), "C: QUIT".to_owned()];
    let (_folder, outcome, _) = fetch(&script.concat(), "MD5SUMS");
    assert_eq!(verdict(outcome), Verdict::Complete);
}

#[test]
fn a_list_that_was_read_for_another_file_is_read_again_before_it_is_held_against_one() {
    let old = format!("{SHA256}  hello.txt\\n{WRONG}  b.txt\\n");
    let new = format!("{SHA256}  b.txt\\n");
    let asked = lacks(&["b.txt.sha256", "b.txt.sha512"]);
    let script = format!(
        "{}{}{}C: QUIT\n==\n{}{}{asked}{asked}C: SIZE SHA256SUMS\nS: 213 {}\n{}C: QUIT",
        hello(&["SIZE"]),
        sends("hello.txt", "hello"),
        has_list("SHA256SUMS", &old),
        hello(&["SIZE"]),
        sends("b.txt", "hello"),
        new.len() - 1,
        gives("SHA256SUMS", &new),
    );
    let server = Server::play(&script);
    let folder = tempfile::tempdir().unwrap();
    let commons = Commons::default();
    for path in ["hello.txt", "b.txt"] {
        let handle = Handle::with(commons.clone());
        let outcome = transfer::download(&order(&server, path, folder.path()), &handle, &|_| ());
        assert_eq!(verdict(outcome), verified_by("SHA256SUMS", Algorithm::Sha256), "{path}");
    }
    server.finish();
}
