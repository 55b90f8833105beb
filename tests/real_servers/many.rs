//! What is promised where one file comes over several connections.

use std::fs;

use ashore::transfer::{Request, Voice};

use crate::harbours::Harbour;
use crate::promises::patient;
use crate::support::{arrived, names, run, said, sha256};

/// Fetches the largest file over four connections, if it can be. What Ashore sent.
fn fetch(harbour: &Harbour, at: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let request = patient(&format!("ftp://{at}/big.bin"), folder.path());
    let (outcome, news) = run(&Request { segments: Some(4), retries: 5, ..request });
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
    let parts = sent.iter().filter(|line| line.starts_with("REST ") || line.starts_with("RANG "));
    assert!(parts.count() > 0, "{sent:?}");
}

pub(crate) fn a_server_for_two_guests_sends_over_two_connections(harbour: &Harbour) {
    fetch(harbour, harbour.full());
}
