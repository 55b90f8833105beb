//! A line that breaks all the time brings the file all the same, and hardly a byte of it twice.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod support;

use std::sync::Arc;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ashore::transfer::{Checks, News, Phase, Request};
use support::quay::{Cut, Manners, Quay, sha256_of_cargo};
use support::{arrived, calm_request, names, run, run_in_a_hurry};

const MIB: u64 = 1024 * 1024;

/// Fetches `length` bytes over a line that is cut so many times, at random places.
fn come_through(length: u64, cuts: usize, hash: bool) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    let seed = match std::env::var("ASHORE_SEED") {
        Ok(seed) => seed.parse().unwrap(),
        Err(_) => u64::try_from(now).unwrap(),
    };
    println!("the same again: ASHORE_SEED={seed}");
    let mut dice = fastrand::Rng::with_seed(seed);
    let mut places: Vec<u64> = (0..cuts).map(|_| dice.u64(MIB..length - MIB)).collect();
    places.sort_unstable();
    let cut: Cut = Arc::new(move |number, _| places.get(number).copied());
    let quay = Quay::open(Manners { cut, ..Manners::good(length) });
    let folder = tempfile::tempdir().unwrap();
    // Not one try may be without progress.
    let request = calm_request(&quay.link("big.bin"), folder.path());
    let checks = Checks { hash, ..request.checks.clone() };

    let (outcome, _, whys) = run_in_a_hurry(&Request { checks, ..request });

    let summary = arrived(outcome);
    let told = hash.then(|| sha256_of_cargo(length));
    assert_eq!((summary.length, summary.sha256), (length, told));
    assert_eq!(support::sha256(&summary.path), sha256_of_cargo(length));
    assert_eq!(names(folder.path()), ["big.bin"]);
    assert_eq!(whys.len(), cuts);
    let twice = quay.sent() - length;
    println!("{twice} of {length} bytes were sent twice");
    assert!(twice * 100 < length * 2, "{twice} bytes were sent twice");
}

#[test]
fn fifty_cuts_cost_less_than_two_percent_and_no_byte_is_wrong() {
    come_through(256 * MIB, 50, true);
}

#[test]
fn without_a_checksum_the_bytes_go_another_way_and_none_is_wrong_either() {
    come_through(64 * MIB, 12, false);
}

#[test]
fn a_network_that_is_gone_for_a_while_is_waited_for_without_using_up_tries() {
    const LENGTH: u64 = 4 * MIB;
    let cut: Cut = Arc::new(|number, _| (number == 0).then_some(3 * MIB));
    let quay = Quay::open(Manners { cut, ..Manners::good(LENGTH) });
    let at = quay.at();
    let folder = tempfile::tempdir().unwrap();
    let request = calm_request(&quay.link("big.bin"), folder.path());
    let back = thread::spawn(move || {
        while quay.sent() < 3 * MIB {
            thread::sleep(Duration::from_millis(5));
        }
        drop(quay); // Nobody answers there now.
        thread::sleep(Duration::from_secs(3));
        Quay::open_at(at, Manners::good(LENGTH))
    });

    let (outcome, news) = run(&request);

    let summary = arrived(outcome);
    assert_eq!((summary.length, summary.sha256), (LENGTH, Some(sha256_of_cargo(LENGTH))));
    let unreachable = news.iter().filter(|news| match news {
        News::Phase(Phase::Waiting { why, .. }) => why.contains("cannot be reached"),
        _ => false,
    });
    assert!(unreachable.count() > 0, "the network was never gone");
    assert_eq!(back.join().unwrap().sent(), MIB + 64 * 1024);
}
