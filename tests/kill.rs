//! Ashore is killed, in the middle of anything, two hundred times: nothing wrong ever stands under the
//! file's name, the next run goes on, and it fetches at most a second's bytes again.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use support::names;
use support::program::ashore;
use support::quay::{Manners, Quay, sha256_of_cargo};

/// How often Ashore is killed, in all.
const KILLS: usize = 200;

/// How many are killed side by side. They mostly wait for their servers.
const LANES: usize = 8;

/// The length of each file, in bytes.
const LENGTH: u64 = 3 * 1024 * 1024;

/// Bytes per second: a file takes a second and a half, and a kill may come at any time of it.
const PACE: u64 = 2 * 1024 * 1024;

/// A kill comes at most so long after the start. Some runs finish before.
const LONGEST_LIFE: Duration = Duration::from_millis(1900);

/// How many bytes of one run may have to be fetched again: those of a second, the overlap, and one
/// block of the server's; and half a second's more, because a machine that is busy with something else
/// writes late.
const MOST_AGAIN: u64 = PACE + PACE / 2 + 64 * 1024 + 16 * 1024;

#[test]
fn killed_at_two_hundred_random_instants_the_file_is_right_and_a_second_at_most_is_lost() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    let seed = match std::env::var("ASHORE_SEED") {
        Ok(seed) => seed.parse().unwrap(),
        Err(_) => u64::try_from(now).unwrap(),
    };
    println!("the same again: ASHORE_SEED={seed}");
    let sha256 = sha256_of_cargo(LENGTH);
    let kills = AtomicUsize::new(0);
    let lanes: Vec<Lane> = thread::scope(|scope| {
        let run = |number| {
            let (kills, seed) = (&kills, seed.wrapping_add(number));
            scope.spawn(move || Lane::run(seed, kills, sha256))
        };
        let lanes: Vec<_> = (0..LANES).map(|number| run(number as u64)).collect();
        lanes.into_iter().map(|lane| lane.join().unwrap_or_else(|_| panic!("see above"))).collect()
    });
    let sum = |count: fn(&Lane) -> usize| lanes.iter().map(count).sum::<usize>();
    let again = lanes.iter().map(|lane| lane.most_again).max().unwrap();
    println!(
        "{} kills, {} continuations, {} files; at most {again} bytes of one run were fetched again",
        kills.load(Ordering::Relaxed),
        sum(|lane| lane.continuations),
        sum(|lane| lane.files),
    );
    assert!(sum(|lane| lane.continuations) > 0, "no kill left anything to continue");
    assert!(again <= MOST_AGAIN, "{again} bytes are more than a second's");
}

#[test]
fn killed_while_several_connections_bring_it_the_file_is_right_and_little_is_lost() {
    /// How often it is killed at least, and what each connection brings in a second.
    const KILLS: u64 = 30;
    const SLOW: u64 = 512 * 1024;
    /// What a kill may cost: a second's bytes of four connections, and what each compares at the two
    /// ends of its share, or throws away because it is too little to be compared.
    const COST: u64 = 4 * (SLOW + 4 * 64 * 1024);
    let mut dice = fastrand::Rng::new();
    let mut kills = 0;
    while kills < KILLS {
        let quay = Quay::open(Manners::for_segments(LENGTH, SLOW));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file.bin");
        let mut runs = 0;
        while !file.exists() {
            let segments = dice.choice(["1", "2", "4", "auto"]).unwrap();
            let mut child = get(&quay, folder.path(), &["--segments", segments]);
            let life = LONGEST_LIFE.mul_f64(dice.f64());
            kills += u64::from(kill_after(&mut child, life, || quay.sent()).is_some());
            runs += 1;
            is_true(folder.path());
        }
        assert_eq!(support::sha256(&file), sha256_of_cargo(LENGTH), "a wrong file has its name");
        let again = quay.sent() - LENGTH;
        assert!(again <= runs * COST, "{again} bytes were fetched again in {runs} runs");
    }
}

/// One file after the other, each killed until it is whole.
#[derive(Default)]
struct Lane {
    files: usize,
    continuations: usize,
    most_again: u64,
}

impl Lane {
    fn run(seed: u64, kills: &AtomicUsize, sha256: [u8; 32]) -> Self {
        let mut dice = fastrand::Rng::with_seed(seed);
        let mut lane = Self::default();
        while kills.load(Ordering::Relaxed) < KILLS {
            lane.fetch(&mut dice, kills, sha256);
        }
        lane
    }

    /// Fetches one file, killed as often as the dice say.
    fn fetch(&mut self, dice: &mut fastrand::Rng, kills: &AtomicUsize, sha256: [u8; 32]) {
        let quay = Quay::open(Manners::paced(LENGTH, PACE));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file.bin");
        let mut reached: u64 = 0; // By the run before, in bytes.
        loop {
            let before = quay.books.asked.lock().unwrap().len();
            let sent_before = quay.sent();
            let life = LONGEST_LIFE.mul_f64(dice.f64());
            let mut child = get(&quay, folder.path(), &[]);
            let was_killed = kill_after(&mut child, life, || quay.sent()).map(|sent| {
                kills.fetch_add(1, Ordering::Relaxed);
                sent - sent_before
            });
            let asked = quay.books.asked.lock().unwrap().get(before).map(|(_, from)| *from);
            if let Some(from) = asked {
                self.continuations += usize::from(from > 0);
                self.most_again = self.most_again.max(reached.saturating_sub(from));
            }
            if file.exists() {
                // Whatever the instant: under this name stands the right file, or nothing.
                assert_eq!(support::sha256(&file), sha256, "a wrong file has the final name");
                break;
            }
            let Some(got) = was_killed else { panic!("it ended without the file") };
            if let Some(from) = asked {
                reached = from + got;
            }
            is_true(folder.path());
        }
        assert!(
            names(folder.path()).iter().all(|name| name == "file.bin" || name.ends_with(".ashore")),
            "{:?}",
            names(folder.path())
        );
        self.files += 1;
    }
}

/// The record, if there is one, speaks of no more bytes than there are, whenever it is read.
fn is_true(folder: &Path) {
    let Ok(record) = fs::read(folder.join("file.bin.part.ashore")) else { return };
    let record: serde_json::Value = serde_json::from_slice(&record).expect("half a record");
    let ranges = record.get("ranges").and_then(serde_json::Value::as_array).expect("no ranges");
    let known = ranges.last().and_then(|range| range.get(1)?.as_u64()).unwrap_or(0);
    let length = fs::metadata(folder.join("file.bin.part")).unwrap().len();
    assert!(known <= length, "{known} bytes are promised, {length} are there");
}

fn get(quay: &Quay, folder: &Path, more: &[&str]) -> Child {
    ashore()
        .args(["get", "-q", "--timeout", "20", "--no-verify"])
        .args(more)
        .arg("-d")
        .arg(folder)
        .arg(quay.link("file.bin"))
        .stdin(Stdio::null())
        .spawn()
        .unwrap()
}

/// Kills `child` after `life`. What `sent` said just before, or `None` if it had ended by itself.
fn kill_after(child: &mut Child, life: Duration, sent: impl Fn() -> u64) -> Option<u64> {
    let end = Instant::now() + life;
    while Instant::now() < end {
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success(), "it failed by itself: {status}");
            return None;
        }
        thread::sleep(Duration::from_millis(2));
    }
    let sent = sent();
    child.kill().unwrap(); // SIGKILL.
    child.wait().unwrap();
    Some(sent)
}
