//! `--receipt`: it speaks of every file that is here, and takes nobody else's place.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use support::names;
use support::program::ashore_of;
use support::wharf::{Node, Rules, Tree, Wharf};

/// What the server says of its own files.
const PUBLISHED: &[u8] = b"0123 somebody else's\n";

fn get(home: &Path, arguments: &[&str]) -> Command {
    let mut command = ashore_of(home);
    command.args(["get", "--receipt", "--retries", "0", "-d"]).arg(home.join("here"));
    command.args(arguments).stdin(Stdio::null());
    command
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// So many files of 50 kB in `pub`, and the server's own list beside it.
fn tree(count: usize) -> Tree {
    let files = (0..count).map(|n| (format!("pub/f{n:02}"), Node::File(vec![b'x'; 50_000 + n])));
    let list = Node::File(PUBLISHED.to_vec());
    let around = [("pub".to_owned(), Node::Folder), ("SHA256SUMS".to_owned(), list)];
    files.chain(around).collect()
}

/// How many files the receipt in `folder` speaks of, all of which must be as it says.
fn checked(folder: &Path) -> usize {
    let mut check = Command::new("sha256sum");
    let check = check.args(["-c", "--strict", "SHA256SUMS"]).current_dir(folder).output().unwrap();
    let told = String::from_utf8_lossy(&check.stdout).into_owned();
    assert!(check.status.success(), "{told}{}", String::from_utf8_lossy(&check.stderr));
    told.lines().count()
}

#[test]
fn a_list_that_is_not_ours_is_left_alone_and_nothing_begins() {
    let wharf = Wharf::open(tree(1), Rules::modern());
    let home = tempfile::tempdir().unwrap();
    let here = home.path().join("here");
    fs::create_dir(&here).unwrap();
    let list = format!("{}  f00\n", "7".repeat(64));
    fs::write(here.join("SHA256SUMS"), &list).unwrap();
    let output = get(home.path(), &[&wharf.link("pub/f00")]).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    assert_eq!(fs::read_to_string(here.join("SHA256SUMS")).unwrap(), list);
    assert_eq!((names(&here).len(), wharf.sent().len()), (1, 0));
    assert!(said(&output).contains("no receipt that Ashore has written"), "{}", said(&output));
}

#[test]
fn what_is_fetched_under_the_receipts_name_is_never_mixed_with_it() {
    let wharf = Wharf::open(tree(2), Rules::modern());
    let list = wharf.link("SHA256SUMS");
    let home = tempfile::tempdir().unwrap();
    let here = home.path().join("here");
    let output = get(home.path(), &[&wharf.link("pub/f00"), &list]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("--receipt=FILE") && !here.exists(), "{}", said(&output));

    // Of a folder nobody knows before what it holds.
    for way in ["refuse", "replace"] {
        let again = ["-r", "--if-exists", way, &wharf.link("")];
        let output = get(home.path(), &again).output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{way}: {}", said(&output));
        assert!(said(&output).contains("SHA256SUMS: the receipt has this name"), "{way}");
        assert_eq!(checked(&here), 2, "{way}");
    }
    let output = get(home.path(), &["-r", "--if-exists", "rename", &wharf.link("")]);
    let output = { output }.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(fs::read(here.join("SHA256SUMS (2)")).unwrap(), PUBLISHED);
    assert_eq!(checked(&here), 3);
}

#[test]
fn a_kill_takes_nothing_out_of_it() {
    const FILES: usize = 40;
    let wharf = Wharf::open(tree(FILES), Rules::modern());
    let (home, folder) = (tempfile::tempdir().unwrap(), wharf.link("pub/"));
    let here = home.path().join("here");
    let mut slow = get(home.path(), &["-q", "-r", "--limit-rate", "500K", &folder]);
    let mut slow = slow.spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(30);
    let lines = || fs::read_to_string(here.join("SHA256SUMS")).map_or(0, |it| it.lines().count());
    while lines() < 5 {
        assert!(Instant::now() < deadline, "it does not grow");
        thread::sleep(Duration::from_millis(5));
    }
    slow.kill().unwrap();
    slow.wait().unwrap();
    assert!(names(&here.join("pub")).len() < FILES, "it was over before it was killed");
    let output = get(home.path(), &["-r", &folder]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(checked(&here), FILES, "{}", said(&output));
}

#[test]
fn what_a_pattern_leaves_out_is_said_and_advice_fits_files_of_a_folder() {
    let wharf = Wharf::open(tree(2), Rules::modern());
    let home = tempfile::tempdir().unwrap();
    let folder = wharf.link("pub/");
    let output = get(home.path(), &["-r", "--include", "f00/x", &folder]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(said(&output).contains("Nothing matches --include"), "{}", said(&output));
    let here = home.path().join("here/pub");
    fs::create_dir_all(&here).unwrap();
    fs::write(here.join("f00"), "mine").unwrap();
    fs::create_dir(here.join("f01")).unwrap();
    let output = get(home.path(), &["-r", &folder]).output().unwrap();
    assert_eq!(output.status.code(), Some(7), "{}", said(&output));
    let told = said(&output);
    assert!(told.contains("Move the folder away") && told.contains("--if-exists rename"), "{told}");
    assert!(!told.contains(" -o"), "{told}");
}

#[test]
fn what_was_fetched_without_a_receipt_comes_into_the_next_one() {
    let wharf = Wharf::open(tree(3), Rules::modern());
    let home = tempfile::tempdir().unwrap();
    let here = home.path().join("here");
    let mut without = ashore_of(home.path());
    without.args(["get", "-q", "-r", "-d"]).arg(&here).arg(wharf.link("pub/"));
    assert!(without.status().unwrap().success());
    let output = get(home.path(), &["-r", &wharf.link("pub/")]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(said(&output).contains("holds the SHA-256 of 3 files."), "{}", said(&output));
    assert_eq!(checked(&here), 3);
    // One that would be empty is not made.
    let nowhere = tempfile::tempdir().unwrap();
    let output = get(nowhere.path(), &[&wharf.link("pub/missing")]).output().unwrap();
    assert_eq!(output.status.code(), Some(5), "{}", said(&output));
    assert!(!nowhere.path().join("here").exists());
}
