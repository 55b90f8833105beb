//! A disk that cannot be written to, or is gone: each is a sentence that names what is wrong, and no
//! wrong file has a final name. `small_disk.rs` tells of a disk that is full.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use ashore::transfer::{self, Class, Destination, Failure, Handle, News, Phase, Request};
use support::program::ashore_by;
use support::quay::{Manners, Quay};
use support::{calm_request, names, run};
use tempfile::TempDir;

const KIB: u64 = 1024;

#[test]
fn a_folder_that_this_user_may_not_write_to_is_said_before_anybody_is_connected_to() {
    let folder = tempfile::tempdir().unwrap();
    let mut rights = fs::metadata(folder.path()).unwrap().permissions();
    rights.set_readonly(true);
    fs::set_permissions(folder.path(), rights).unwrap();
    if fs::write(folder.path().join("root may do anything"), "").is_ok() {
        return; // As root this is the story of the read-only disk.
    }
    let (outcome, news) = run(&calm_request("ftp://127.0.0.1:9/file.bin", folder.path()));
    assert_eq!(outcome.unwrap_err().class(), Class::Disk);
    assert!(news.is_empty(), "{news:?}");
}

#[test]
fn what_stands_where_the_folder_should_be_is_named_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("no folder");
    fs::write(&file, "mine").unwrap();
    let (outcome, _) = run(&calm_request("ftp://127.0.0.1:9/file.bin", &file));
    let failure = outcome.unwrap_err();
    assert_eq!(failure.class(), Class::Disk);
    let sentence = failure.to_string();
    assert_eq!(sentence, format!("{} is a file or a link, not a folder", file.display()));
    assert_eq!(fs::read(&file).unwrap(), b"mine");
}

#[test]
fn a_destination_that_is_a_folder_is_said_to_be_one() {
    let folder = tempfile::tempdir().unwrap();
    let destination = Destination::File(folder.path().to_owned());
    let request = calm_request("ftp://127.0.0.1:9/file.bin", folder.path());
    let (outcome, _) = run(&Request { destination, ..request });
    let failure = outcome.unwrap_err();
    assert_eq!(failure.class(), Class::Disk);
    assert!(failure.to_string().ends_with("is a folder, not a file"), "{failure}");
    assert_eq!(failure.advice(), "Add a file name after the folder.");
}

/// A download into `into`, in the folder that is given back, to which `spoil` happens when the first
/// byte comes.
fn spoilt(spoil: impl Fn(&Path)) -> (Failure, TempDir) {
    let quay = Quay::open(Manners::good(600 * KIB));
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("into");
    fs::create_dir(&into).unwrap();
    let request = calm_request(&quay.link("file.bin"), &into);
    let outcome = transfer::download(&request, &Handle::default(), &|news| {
        if let News::Phase(Phase::Receiving) = news {
            spoil(&into);
        }
    });
    (outcome.unwrap_err(), folder)
}

#[test]
fn a_folder_or_a_part_that_disappears_meanwhile_ends_in_a_sentence() {
    let (failure, folder) = spoilt(|into| fs::remove_dir_all(into).unwrap());
    assert_eq!(failure.class(), Class::Disk);
    assert!(failure.to_string().contains("file.bin could not be"), "{failure}");
    assert!(names(folder.path()).is_empty());

    let (failure, folder) = spoilt(|into| fs::remove_file(into.join("file.bin.part")).unwrap());
    assert_eq!(failure.class(), Class::Disk);
    assert!(failure.to_string().contains("file.bin could not be"), "{failure}");
    assert!(!folder.path().join("into/file.bin").exists());
}

#[test]
#[cfg(unix)]
fn a_disk_that_takes_no_large_files_says_so_and_keeps_what_fits() {
    let quay = Quay::open(Manners::good(600 * KIB));
    let folder = tempfile::tempdir().unwrap();
    // The shell's limit for files, 200 KiB here, is what FAT's 4 GiB are: the system says EFBIG.
    let script = r#"trap "" XFSZ; ulimit -f 200; exec "$0" get --retries 0 -d "$1" "$2""#;
    let mut shell = Command::new("bash");
    shell.args(["-c", script]);
    let mut get = ashore_by(shell);
    let output = get.arg(folder.path()).arg(quay.link("file.bin")).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(7), "{said}");
    assert!(said.contains("takes no file as large as this one"), "{said}");
    assert!(said.contains("One with FAT ends at 4 GiB"), "{said}");
    assert!(!folder.path().join("file.bin").exists());
}
