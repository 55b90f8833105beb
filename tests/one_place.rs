//! Downloads of one Ashore that lead to one place, however it is spelt: no two write to one file.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use ashore::transfer::{
    Class, Commons, Destination, Engine, Handle, IfExists, News, Outcome, Request, download,
};
use support::quay::{Manners, Quay, Quirk, sha256_of_cargo};
use support::{calm_request, names, run, sha256};

/// The same folder, in words that are not the same.
fn spellings(folder: &Path) -> Vec<PathBuf> {
    fs::create_dir_all(folder.join("a/b")).unwrap();
    let mut spellings = vec![folder.join("a/b"), folder.join("a/./b"), folder.join("a/../a/b")];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("a/b", folder.join("link")).unwrap();
        spellings.push(folder.join("link"));
    }
    spellings
}

fn to(quay: &Quay, folder: &Path, if_exists: IfExists) -> Request {
    Request { if_exists, ..calm_request(&quay.link("file.bin"), folder) }
}

/// Runs all of them at once.
fn all_at_once(requests: Vec<Request>) -> Vec<Outcome> {
    let count = requests.len();
    let (mut engine, events) = Engine::start(Commons::default(), || ()).unwrap();
    engine.download_all(requests);
    let ends = events.iter().filter_map(|event| match event.news {
        News::Ended(outcome) => Some(outcome),
        _ => None,
    });
    ends.take(count).collect()
}

#[test]
fn where_both_are_kept_each_comes_whole_and_has_its_own_name() {
    let folder = tempfile::tempdir().unwrap();
    let quays: Vec<_> = (1..=4).map(|n| Quay::open(Manners::good(n * 300_000))).collect();
    let spelt = spellings(folder.path());
    let one_each = || {
        let pairs = quays.iter().zip(spelt.iter().cycle());
        pairs.map(|(quay, folder)| to(quay, folder, IfExists::Rename)).collect()
    };
    let came = |expected: &[u64]| {
        let files = fs::read_dir(folder.path().join("a/b")).unwrap();
        let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
        files.sort_by_key(|file| fs::metadata(file).unwrap().len());
        assert_eq!(files.len(), expected.len(), "{files:?}");
        for (file, length) in files.iter().zip(expected) {
            assert_eq!(sha256(file), sha256_of_cargo(*length), "{file:?}");
        }
    };
    for outcome in all_at_once(one_each()) {
        outcome.unwrap();
    }
    came(&[300_000, 600_000, 900_000, 1_200_000]);
    let expected = ["file (2).bin", "file (3).bin", "file (4).bin", "file.bin"];
    assert_eq!(names(&folder.path().join("a/b")), expected);
    for outcome in all_at_once(one_each()) {
        outcome.unwrap();
    }
    came(&[300_000, 300_000, 600_000, 600_000, 900_000, 900_000, 1_200_000, 1_200_000]);
}

#[test]
fn while_one_is_under_way_no_other_writes_to_its_file() {
    // It never ends.
    let quirks = Arc::new(|_, _| Quirk::Silent(100_000));
    let slow = Quay::open(Manners { quirks, ..Manners::good(1_000_000) });
    let fast = Quay::open(Manners::good(200_000));
    let folder = tempfile::tempdir().unwrap();
    let spelt = spellings(folder.path());
    let patience = Duration::from_secs(300);
    let first = Request { patience, ..to(&slow, spelt.first().unwrap(), IfExists::Refuse) };
    let handle = Handle::default();
    thread::scope(|scope| {
        let first = scope.spawn(|| download(&first, &handle, &|_| ()));
        while slow.sent() == 0 || names(&folder.path().join("a/b")).is_empty() {
            thread::sleep(Duration::from_millis(2));
        }
        for folder in &spelt {
            for if_exists in [IfExists::Refuse, IfExists::Replace, IfExists::Skip] {
                let (outcome, _) = run(&to(&fast, folder, if_exists));
                let failure = outcome.unwrap_err();
                assert_eq!(failure.class(), Class::Exists, "{folder:?} {if_exists:?} {failure}");
            }
            // What is fetched already is not fetched again beside it.
            let (outcome, _) = run(&to(&slow, folder, IfExists::Rename));
            assert_eq!(outcome.unwrap_err().class(), Class::Exists, "{folder:?}");
        }
        assert_eq!(fast.sent(), 0);
        let beside = run(&to(&fast, spelt.last().unwrap(), IfExists::Rename)).0.unwrap();
        assert_eq!(sha256(&beside.path), sha256_of_cargo(200_000));
        handle.stop.give();
        let kept = first.join().unwrap().unwrap_err();
        assert_eq!(kept.kept().unwrap().length, 100_000);
    });
}

#[test]
fn what_was_stopped_beside_another_goes_on_where_it_was() {
    let quirks = Arc::new(|count, _| if count == 0 { Quirk::Silent(600_000) } else { Quirk::None });
    let quay = Quay::open(Manners { quirks, offers_rest: true, ..Manners::good(900_000) });
    let folder = tempfile::tempdir().unwrap();
    let request = to(&quay, folder.path(), IfExists::Rename);
    let request = Request { segments: Some(1), ..request };
    let handle = Handle::default();
    let stopped = download(&request, &handle, &|news| {
        if matches!(news, News::Progress(progress) if progress.received == 600_000) {
            handle.stop.give();
        }
    });
    assert_eq!(stopped.unwrap_err().kept().unwrap().length, 600_000);
    // Somebody else has taken the name meanwhile.
    fs::write(folder.path().join("file.bin"), "mine").unwrap();
    let summary = run(&request).0.unwrap();
    assert_eq!(summary.path, folder.path().join("file (2).bin"));
    assert_eq!(sha256(&summary.path), sha256_of_cargo(900_000));
    assert_eq!(names(folder.path()), ["file (2).bin", "file.bin"]);
    assert!(quay.sent() < 1_200_000, "{} bytes were sent", quay.sent());
    assert_eq!(request.destination, Destination::Folder(folder.path().to_owned()));
}
