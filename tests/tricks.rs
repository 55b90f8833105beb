//! What a server, or another program on this computer, may try: none of it ends in a wrong file
//! under a final name, and none of it costs a file of the person's.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on stops"
)]

mod support;

use std::fs;
use std::path::Path;

use ashore::disk::{self, Company, Partial, Room};
use ashore::transfer::{Class, End, Request};
use support::{Server, ending, names, request, run};

const SOURCE: &str = "ftp://example.org/x.bin";

/// How every conversation begins, with no facts about the file.
const HELLO: &str = "
    S: 220 Harbour ready
    C: USER anonymous
    S: 230 Welcome
    C: PASS anonymous@
    S: 230 You are in already
    C: FEAT
    S: 502 What?
    C: TYPE I
    S: 200 Binary it is
    C: SIZE hello.txt
    S: 502 What?
    C: MDTM hello.txt
    S: 502 What?
    C: EPSV
    S: 229 Here (|||{port}|)";

fn patient(server: &Server, folder: &Path) -> Request {
    Request { retries: 1, ..request(server, folder) }
}

/// Puts `bytes` at the end of the file.
fn append(file: &mut Partial, bytes: &[u8]) {
    let added = file.append(false, |room| -> Result<usize, disk::Error> {
        let Room::Block(block) = room else { panic!("{room:?}") };
        block[..bytes.len()].copy_from_slice(bytes);
        Ok(bytes.len())
    });
    assert_eq!(added.unwrap(), bytes.len());
}

fn claim(path: &Path) -> Partial {
    Partial::claim(path, SOURCE, true, Company::None).unwrap().0
}

#[test]
fn a_size_that_only_the_150_told_still_counts_at_the_second_attempt() {
    let server = Server::play(&format!(
        "{HELLO}
        C: RETR hello.txt
        S: 150 Here it comes (400000 bytes)
        D# 200000
        S: 226 That was all
        C: SIZE hello.txt
        S: 502 What?
        C: MDTM hello.txt
        S: 502 What?
        ==
        {HELLO}
        C: REST 134464
        S: 350 From there
        C: RETR hello.txt
        S: 150 Here it comes
        D# 134464..200000
        S: 226 That was all
        C: SIZE hello.txt
        S: 502 What?
        C: MDTM hello.txt
        S: 502 What?"
    ));
    let folder = tempfile::tempdir().unwrap();
    let (outcome, _) = run(&patient(&server, folder.path()));
    assert_eq!(ending(&outcome).end, End::NeedsALook);
    assert!(!names(folder.path()).contains(&"hello.txt".to_owned()));
    server.finish();
}

#[test]
fn a_server_that_says_not_now_to_tls_is_not_spoken_to_in_the_open() {
    let server = Server::play(
        "S: 220 Ready
        C: AUTH TLS
        S: 431 Not now
        ==
        S: 220 Ready
        C: AUTH TLS
        S: 431 Not now",
    );
    let folder = tempfile::tempdir().unwrap();
    let mut request = patient(&server, folder.path());
    request.address.login.user = Some(b"bob".to_vec());
    request.address.login.password = Some(ashore::ftp::Secret::new("swordfish"));
    let (outcome, _) = run(&request);
    // “Not now” is not “never”: nothing was sent in the clear.
    assert_eq!(outcome.unwrap_err().class(), Class::Server);
    server.finish();
}

#[test]
fn a_password_that_is_refused_is_not_tried_again() {
    let server = Server::play(
        "S: 220 Ready
        C: AUTH TLS
        S: 502 What?
        C: USER bob
        S: 331 Password
        C: PASS swordfish
        S: 430 Invalid username or password",
    );
    let folder = tempfile::tempdir().unwrap();
    let mut request = patient(&server, folder.path());
    request.address.login.user = Some(b"bob".to_vec());
    request.address.login.password = Some(ashore::ftp::Secret::new("swordfish"));
    let (outcome, _) = run(&request);
    assert_eq!(outcome.unwrap_err().class(), Class::Login);
    server.finish();
}

#[test]
fn a_record_that_somebody_forged_cannot_have_a_file_removed() {
    let folder = tempfile::tempdir().unwrap();
    let (target, precious) = (folder.path().join("x.bin"), folder.path().join("thesis.doc"));
    fs::write(&precious, "years of work").unwrap();
    fs::write(folder.path().join("x.bin.part"), "x").unwrap();
    let record = format!(
        r#"{{"version":1,"source":"{SOURCE}","size":null,"modified":null,"ranges":[[0,1]],
            "sha256_state":null,"written":99999999999999,"set_aside":["thesis.doc","x.bin.part"]}}"#
    );
    fs::write(folder.path().join("x.bin.part.ashore"), record).unwrap();
    let mut file = claim(&target);
    file.begin(None, None).unwrap();
    append(&mut file, b"y");
    file.finish(&target, None, false).unwrap();
    assert_eq!(fs::read_to_string(&target).unwrap(), "xy");
    assert_eq!(fs::read_to_string(&precious).unwrap(), "years of work");
}

#[test]
fn a_file_that_another_program_put_in_the_place_of_the_part_gets_no_name_and_is_not_removed() {
    for is_finished in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let (target, part) = (folder.path().join("x.bin"), folder.path().join("x.bin.part"));
        let mut file = claim(&target);
        file.begin(None, None).unwrap();
        if is_finished {
            append(&mut file, b"ours");
        }
        fs::remove_file(&part).unwrap();
        fs::write(&part, "somebody else's").unwrap();
        if is_finished {
            file.finish(&target, None, false).unwrap_err();
        }
        drop(file);
        assert!(!target.exists());
        assert_eq!(fs::read_to_string(&part).unwrap(), "somebody else's");
    }
}

#[test]
fn looking_at_a_part_without_adding_to_it_leaves_it_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let (target, part) = (folder.path().join("x.bin"), folder.path().join("x.bin.part"));
    let mut file = claim(&target);
    file.begin(None, None).unwrap();
    append(&mut file, b"some bytes");
    drop(file);
    let before = fs::metadata(&part).unwrap().modified().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(20));
    drop(claim(&target)); // The server was away: nothing was done.
    assert_eq!(fs::metadata(&part).unwrap().modified().unwrap(), before);
    let (file, notices) = Partial::claim(&target, SOURCE, true, Company::None).unwrap();
    assert_eq!((file.length(), notices), (10, Vec::new()));
}

#[test]
fn a_fact_that_the_server_does_not_tell_this_time_is_no_change() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("x.bin");
    let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    let mut file = claim(&target);
    file.begin(Some(100), Some(time)).unwrap();
    append(&mut file, b"some bytes");
    assert!(file.is_of(Some(100), None) && file.is_of(None, Some(time)) && file.is_of(None, None));
    assert!(!file.is_of(Some(101), Some(time)));
    // Untold facts are not forgotten either.
    file.begin(None, None).unwrap();
    assert!(!file.is_of(Some(101), None));
}
