//! What five cuts cost: a download of 1 GiB that is cut five times, beside one that is not.
//!
//! ```text
//! cargo bench --bench cut -- [--reps N (5)] [--mib N (1024)] [--pace BYTES_PER_SECOND]
//! ```
//!
//! Both come from the same server on the loopback and take turns, so that what else the machine does
//! hits both alike; the ratio is the median of the ratios within each turn. Promised: the wall time
//! without the pauses that Ashore makes on purpose is at most 1.1 of the uncut one. Prints a Markdown
//! table; ends with 1 if the promise is not kept, or a file is not right.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a measurement that cannot go on stops")]

#[path = "../tests/support/quay.rs"]
#[allow(dead_code, clippy::indexing_slicing, reason = "a measurement uses a part of it")]
mod quay;

use std::cell::Cell;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ashore::transfer::{self, Destination, Handle, News, Phase, Request};
use quay::{Cut, Manners, Quay, sha256_of_cargo};

const CUTS: usize = 5;

/// The most that the cut download may take, in wall times of the uncut one.
const MOST: f64 = 1.1;

struct Run {
    wall: Duration,
    /// Between two attempts, on purpose.
    pauses: Duration,
    twice: u64,
}

impl Run {
    fn work(&self) -> f64 {
        (self.wall - self.pauses).as_secs_f64()
    }
}

fn run(length: u64, pace: Option<u64>, cuts: &[u64], sha256: [u8; 32]) -> Run {
    let places = cuts.to_vec();
    let cut: Cut = Arc::new(move |number, _| places.get(number).copied());
    let quay = Quay::open(Manners { cut, pace, ..Manners::good(length) });
    let folder = tempfile::tempdir().unwrap();
    let address = quay.link("file.bin").parse().unwrap();
    let mut request = Request::new(address, Destination::Folder(folder.path().to_owned()));
    request.checks.verify = false; // This server knows no checksums.
    let (pauses, waits_since) = (Cell::new(Duration::ZERO), Cell::new(None::<Instant>));
    let began = Instant::now();
    let outcome = transfer::download(&request, &Handle::default(), &|news| match news {
        News::Phase(Phase::Waiting { .. }) => waits_since.set(Some(Instant::now())),
        News::Phase(_) => {
            let pause = waits_since.take().map_or(Duration::ZERO, |since| since.elapsed());
            pauses.set(pauses.get() + pause);
        }
        _ => {}
    });
    let wall = began.elapsed();
    let summary = outcome.unwrap_or_else(|failure| panic!("it failed: {failure}"));
    assert_eq!((summary.length, summary.sha256), (length, Some(sha256)), "the file is wrong");
    Run { wall, pauses: pauses.get(), twice: quay.sent() - length }
}

/// The number after `name` on the command line.
fn option(name: &str) -> Option<u64> {
    let mut words = std::env::args().skip_while(|word| word != name);
    words.nth(1).map(|number| number.parse().unwrap_or_else(|_| panic!("{name} takes a number")))
}

fn main() -> ExitCode {
    let reps = option("--reps").unwrap_or(5).max(1);
    let length = option("--mib").unwrap_or(1024).max(16) * 1024 * 1024;
    let pace = option("--pace");
    let sha256 = sha256_of_cargo(length);
    let mut dice = fastrand::Rng::with_seed(1);
    let mut ratios = Vec::new();
    println!(
        "| turn | uncut s | cut {CUTS} times s | of it pauses s | ratio without pauses | bytes sent twice |"
    );
    println!("|---:|---:|---:|---:|---:|---:|");
    for turn in 1..=reps {
        let mut cuts: Vec<u64> = (0..CUTS).map(|_| dice.u64(1 << 20..length - (1 << 20))).collect();
        cuts.sort_unstable();
        let whole = run(length, pace, &[], sha256);
        let cut = run(length, pace, &cuts, sha256);
        let ratio = cut.work() / whole.work();
        println!(
            "| {turn} | {:.2} | {:.2} | {:.2} | {ratio:.3} | {} |",
            whole.wall.as_secs_f64(),
            cut.wall.as_secs_f64(),
            cut.pauses.as_secs_f64(),
            cut.twice
        );
        ratios.push(ratio);
    }
    ratios.sort_by(f64::total_cmp);
    let median = ratios.get(ratios.len() / 2).copied().unwrap_or(f64::NAN);
    println!("\nMedian ratio {median:.3}; promised: at most {MOST}.");
    ExitCode::from(u8::from(median > MOST))
}
