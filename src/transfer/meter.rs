//! How far, how fast, how long: from bytes and a given now.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::brake::{self, Brake, Waits};
use super::news::Progress;

/// Turns "so many bytes, now" into [`Progress`], at most ten times a second.
///
/// A meter has no clock. Whoever calls it says what time it is, so its tests take no time and never
/// flicker.
#[derive(Debug)]
pub(super) struct Meter {
    started: Instant,
    received: u64,
    expected: Option<u64>,
    /// `(when, received, waited)`, oldest first, never older than [`WINDOW`].
    marks: VecDeque<(Instant, u64, [u64; 4])>,
    waits: Waits,
    /// What was last said to hold it back, and when.
    brake: (Option<Brake>, Instant),
}

/// Speed is measured over this time: long enough to be calm, short enough to be true.
const WINDOW: Duration = Duration::from_secs(5);

/// The least time between two reports.
const PAUSE: Duration = Duration::from_millis(100);

/// How often it is told anew what holds it back: a word is read more slowly than a number.
const WORD: Duration = Duration::from_secs(1);

/// A forecast from less than this is a guess, and is not told.
const SETTLING: Duration = Duration::from_secs(3);

impl Meter {
    /// Starts measuring. `received` bytes are on disk already, from an earlier try; `waits` tells what
    /// the time is spent on.
    pub(super) fn new(received: u64, expected: Option<u64>, waits: &Waits, now: Instant) -> Self {
        let marks = VecDeque::from([(now, received, waits.so_far())]);
        let waits = waits.clone();
        Self { started: now, received, expected, marks, waits, brake: (None, now) }
    }

    /// The whole is known to be so many bytes.
    pub(super) fn expect(&mut self, expected: Option<u64>) {
        self.expected = expected;
    }

    /// So many bytes there are now, in all. `Some` if it is time for a report.
    pub(super) fn reach(&mut self, received: u64, now: Instant) -> Option<Progress> {
        self.received = received;
        let &(last, ..) = self.marks.back()?;
        if now.duration_since(last) < PAUSE {
            return None;
        }
        self.marks.push_back((now, received, self.waits.so_far()));
        while self.marks.len() > 2 && self.marks.front()?.0 + WINDOW < now {
            self.marks.pop_front();
        }
        self.feel_the_brake(now);
        Some(self.progress(now))
    }

    fn feel_the_brake(&mut self, now: Instant) {
        let (told, when) = self.brake;
        if let (Some(&(.., before)), Some(&(.., after))) = (self.marks.front(), self.marks.back())
            && now.duration_since(when) >= WORD
        {
            self.brake = (brake::heaviest(before, after, told), now);
        }
    }

    /// How far it is at this moment.
    pub(super) fn progress(&self, now: Instant) -> Progress {
        let (since, before) =
            self.marks.front().map_or((now, self.received), |&(since, before, _)| (since, before));
        let speed = per_second(self.received.saturating_sub(before), now.duration_since(since));
        let left = self.expected.and_then(|expected| expected.checked_sub(self.received));
        let is_settled = now.duration_since(self.started) >= SETTLING;
        let remaining = left
            .filter(|_| speed > 0.0 && is_settled)
            .and_then(|left| Duration::try_from_secs_f64(lossy(left) / speed).ok());
        let (brake, _) = self.brake;
        Progress {
            received: self.received,
            expected: self.expected,
            speed,
            remaining,
            brake,
            connections: 1,
        }
    }
}

fn per_second(bytes: u64, time: Duration) -> f64 {
    if time.is_zero() { 0.0 } else { lossy(bytes) / time.as_secs_f64() }
}

#[expect(clippy::cast_precision_loss, reason = "a speed needs no 53 bits")]
pub(super) fn lossy(bytes: u64) -> f64 {
    bytes as f64
}

/// `number` without what stands behind its point, and none below 0.
pub(super) fn whole(number: f64) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates")]
    let whole = number as u64;
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn meter(received: u64, expected: Option<u64>, start: Instant) -> Meter {
        Meter::new(received, expected, &Waits::default(), start)
    }

    #[test]
    fn half_a_file_in_four_seconds_leaves_four_seconds() {
        let start = Instant::now();
        let mut meter = meter(0, Some(800), start);
        meter.reach(200, start + 2 * SECOND);
        let progress = meter.reach(400, start + 4 * SECOND).unwrap();
        assert!((progress.speed - 100.0).abs() < 1e-9);
        assert_eq!(progress.remaining, Some(4 * SECOND));
    }

    #[test]
    fn nobody_is_told_a_guess_in_the_first_three_seconds() {
        let start = Instant::now();
        let mut meter = meter(0, Some(800), start);
        assert_eq!(meter.reach(200, start + 2 * SECOND).unwrap().remaining, None);
    }

    #[test]
    fn a_file_longer_than_the_server_said_has_no_end_in_sight() {
        let start = Instant::now();
        let mut meter = meter(0, Some(10), start);
        let progress = meter.reach(11, start + 4 * SECOND).unwrap();
        assert_eq!((progress.received, progress.remaining), (11, None));
    }

    #[test]
    fn bytes_of_an_earlier_try_count_as_received_but_not_as_speed() {
        let start = Instant::now();
        let mut meter = meter(1_000_000, None, start);
        let progress = meter.reach(1_000_050, start + SECOND).unwrap();
        assert_eq!(progress.received, 1_000_050);
        assert!((progress.speed - 50.0).abs() < 1e-9);
    }

    #[test]
    fn a_transfer_that_stands_still_is_told_to_be_slow() {
        let start = Instant::now();
        let mut meter = meter(0, Some(1000), start);
        meter.reach(500, start + SECOND);
        let first = meter.reach(500, start + 2 * SECOND).unwrap().speed;
        let later = meter.reach(500, start + 7 * SECOND).unwrap().speed;
        assert!(later < first && later < 1e-9, "{first} then {later}");
    }

    #[test]
    fn a_thousand_blocks_in_a_second_make_ten_reports() {
        let start = Instant::now();
        let mut meter = meter(0, None, start);
        let reports =
            (1..=1000).filter_map(|ms| meter.reach(ms, start + Duration::from_millis(ms))).count();
        assert_eq!(reports, 10);
    }

    #[test]
    fn what_holds_it_back_is_told_once_a_second_and_not_before() {
        let start = Instant::now();
        let waits = Waits::default();
        let mut meter = Meter::new(0, None, &waits, start);
        waits.add(Brake::Server, start.checked_sub(SECOND).unwrap());
        assert_eq!(meter.reach(1, start + SECOND / 2).unwrap().brake, None);
        assert_eq!(meter.reach(2, start + SECOND).unwrap().brake, Some(Brake::Server));
        waits.add(Brake::Disk, start.checked_sub(60 * SECOND).unwrap());
        let soon = start + SECOND + SECOND / 2;
        assert_eq!(meter.reach(3, soon).unwrap().brake, Some(Brake::Server));
        assert_eq!(meter.reach(4, start + 2 * SECOND).unwrap().brake, Some(Brake::Disk));
    }
}
