//! What a receipt holds, whatever happens on the way.

use sha2::{Digest as _, Sha256};

use super::*;

fn open(path: &Path) -> Receipt {
    Receipt::open(path).unwrap()
}

fn end(receipt: &Receipt) -> Option<(u64, u64)> {
    let receipted = receipt.end(&|| false).unwrap();
    receipted.map(|Receipted { files, missing }| (files, missing))
}

/// What the receipt says, without its first line.
fn said(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    text.strip_prefix(&format!("{MARK}\n")).unwrap().to_owned()
}

fn digits(byte: u8) -> String {
    crate::words::hex(&[byte; 32])
}

#[test]
fn a_receipt_names_files_from_its_own_folder_and_keeps_what_it_said_before() {
    let folder = tempfile::tempdir().unwrap();
    let (data, path) = (folder.path().join("data"), folder.path().join("data/SHA256SUMS"));
    let receipt = open(&path);
    receipt.take(&data.join("b/x y"), &[1; 32]);
    receipt.take(&data.join("a"), &[2; 32]);
    assert_eq!(end(&receipt), Some((2, 0)));
    drop(receipt);
    let again = open(&path);
    again.take(&data.join("a"), &[3; 32]);
    assert_eq!(end(&again), Some((2, 0)));
    assert_eq!(said(&path), format!("{}  a\n{}  b/x y\n", digits(3), digits(1)));
}

#[test]
fn what_was_fetched_before_a_crash_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("SHA256SUMS");
    let first = open(&path);
    first.take(&folder.path().join("a"), &[1; 32]);
    first.take(&folder.path().join("b"), &[1; 32]);
    drop(first); // It died, in the middle of a line.
    let mut torn = File::options().append(true).open(&path).unwrap();
    torn.write_all(digits(9).as_bytes()).unwrap();
    torn.write_all(b"  torn-na").unwrap();
    drop(torn);
    let second = open(&path);
    second.take(&folder.path().join("b"), &[2; 32]);
    assert_eq!(end(&second), Some((2, 0)));
    assert_eq!(said(&path), format!("{}  a\n{}  b\n", digits(1), digits(2)));
}

#[test]
fn a_file_that_was_replaced_just_before_a_crash_is_looked_at_again() {
    let folder = tempfile::tempdir().unwrap();
    let (path, file) = (folder.path().join("SHA256SUMS"), folder.path().join("a"));
    let first = open(&path);
    first.awaits(&file);
    first.take(&file, &[1; 32]);
    end(&first);
    drop(first);
    let second = open(&path);
    second.awaits(&file);
    fs::write(&file, "new").unwrap();
    drop(second); // It died before it could say what came.
    let third = open(&path);
    third.is_here(&file);
    assert_eq!(end(&third), Some((1, 0)));
    let sum: [u8; 32] = Sha256::digest("new").into();
    assert_eq!(said(&path), format!("{}  a\n", crate::words::hex(&sum)));
}

#[test]
fn what_is_here_already_is_read_once_and_what_cannot_be_known_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("SHA256SUMS");
    for name in ["here", "known", "skipped"] {
        fs::write(folder.path().join(name), name).unwrap();
    }
    let first = open(&path);
    first.take(&folder.path().join("known"), &[1; 32]);
    end(&first);
    drop(first);
    let second = open(&path);
    for name in ["here", "known", "gone"] {
        second.is_here(&folder.path().join(name));
    }
    second.skips(&folder.path().join("skipped"));
    second.is_here(&path);
    assert_eq!(end(&second), Some((2, 2)));
    let here = crate::words::hex(&Sha256::digest("here"));
    // What was fetched is said, and not what somebody may have made of it.
    assert_eq!(said(&path), format!("{here}  here\n{}  known\n", digits(1)));
    drop(second);
    let third = open(&path);
    fs::write(folder.path().join("late"), "").unwrap();
    third.is_here(&folder.path().join("late"));
    let receipted = third.end(&|| true).unwrap().unwrap();
    assert_eq!(receipted, Receipted { files: 2, missing: 1 }, "there was no time");
}

#[test]
fn a_list_of_somebody_else_is_never_touched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("SHA256SUMS");
    let list = format!("{}  x.iso\n", digits(7));
    for foreign in [
        list.clone(),
        String::new(),
        "0123  a\n".to_owned(),
        MARK.to_owned(),
        format!("{list}{MARK}\n"),
        format!("{MARK}\n{list}# checked on Monday\n"),
        format!("{MARK}\n{}", "x".repeat(20_000)),
    ] {
        fs::write(&path, &foreign).unwrap();
        assert!(matches!(Receipt::open(&path), Err(Error::Exists { .. })), "{foreign:.80}");
        assert_eq!(fs::read_to_string(&path).unwrap(), foreign);
    }
    assert!(matches!(Receipt::open(folder.path()), Err(Error::Exists { .. })));
}

#[test]
fn two_never_write_one_receipt_and_one_that_would_be_empty_is_not_left_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/er/SHA256SUMS");
    let receipt = open(&path);
    assert!(matches!(Receipt::open(&path), Err(Error::InUse { .. })));
    assert!(receipt.is_at(&path) && !receipt.is_at(&folder.path().join("SHA256SUMS")));
    assert_eq!(end(&receipt), None);
    assert!(!folder.path().join("new").exists());
    fs::write(folder.path().join("x"), "").unwrap();
    assert!(folder.path().exists());
}
