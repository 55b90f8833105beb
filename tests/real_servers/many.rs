//! What is promised where one file comes over several connections.

use std::fs;

use ashore::transfer::{Request, Voice};

use crate::harbours::Harbour;
use crate::promises::patient;
use crate::support::{arrived, names, run_slowly_until, said, sha256};

fn is_of_a_part(sent: &str) -> bool {
    sent.starts_with("REST ") || sent.starts_with("RANG ")
}

/// Fetches the largest file over four connections, if it can be. What Ashore sent.
fn fetch(harbour: &Harbour, at: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let request = patient(&format!("ftp://{at}/big.bin"), folder.path());
    let request = Request { segments: Some(4), retries: 5, ..request };
    let (outcome, news) = run_slowly_until(&request, is_of_a_part);
    let summary = arrived(outcome);
    let served = harbour.tree.join("big.bin");
    assert_eq!(summary.length, fs::metadata(&served).unwrap().len());
    assert_eq!(sha256(&summary.path), sha256(&served));
    assert_eq!(summary.sha256, Some(sha256(&served)), "the hash is of other bytes");
    assert_eq!(names(folder.path()), ["big.bin"]);
    said(&news, Voice::Sent).into_iter().map(str::to_owned).collect()
}

pub(crate) fn a_large_file_comes_over_four_connections(harbour: &Harbour) {
    let sent = fetch(harbour, &harbour.ipv4);
    assert!(sent.iter().any(|line| is_of_a_part(line)), "{sent:?}");
}

pub(crate) fn a_server_for_two_guests_sends_over_two_connections(harbour: &Harbour) {
    fetch(harbour, harbour.full());
}
