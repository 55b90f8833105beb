//! A limit to how fast everything together may arrive.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::growth::many;
use super::meter::lossy;
use crate::ftp::{self, Session, Stop};

/// So much may come at once after a time of silence. Short, so that the limit holds at every moment.
const BURST: Duration = Duration::from_millis(50);

/// How often a wait looks up to see whether it should end.
const TICK: Duration = Duration::from_millis(50);

/// The fewest bytes that are asked for at once, however low the limit is.
const LEAST: u64 = 512;

/// How much more than comes in one round trip may be received ahead, and by how much later a busy
/// computer may look.
const ROOM: f64 = 1.25;
const LATE: Duration = Duration::from_millis(10);

/// The least and the most that is received ahead, in bytes.
const LEAST_AHEAD: f64 = 4096.0;
const MOST_AHEAD: f64 = 4_194_304.0;

/// A limit to how fast all downloads together may receive; clones share it. The default has none,
/// and costs one look at a number for each block.
///
/// A bucket of tokens, kept as the time at which it is full again: whoever receives bytes moves that
/// time on by what they cost, and waits until then.
#[derive(Debug, Clone, Default)]
pub struct Throttle(Arc<Bucket>);

#[derive(Debug, Default)]
struct Bucket {
    /// In bytes per second. 0: there is no limit.
    limit: AtomicU64,
    /// When all that came is paid for.
    paid_at: Mutex<Option<Instant>>,
}

impl Throttle {
    /// Sets the limit, in bytes per second, also for what is running. `None`: as fast as it goes.
    pub fn set(&self, limit: Option<u64>) {
        self.0.limit.store(limit.unwrap_or(0), Ordering::Relaxed);
        *self.lock() = None;
    }

    /// The limit in bytes per second, if there is one.
    #[must_use]
    pub fn limit(&self) -> Option<u64> {
        Some(self.0.limit.load(Ordering::Relaxed)).filter(|&limit| limit > 0)
    }

    /// How many bytes to receive at once, at most `most`: what the limit lets through in a short time.
    pub(super) fn portion(&self, most: usize) -> usize {
        let Some(limit) = self.limit() else { return most };
        let portion = (limit / 20).max(LEAST);
        usize::try_from(portion).map_or(most, |portion| portion.min(most))
    }

    /// Keeps the system from receiving much that nobody may read yet, over one of so many
    /// `connections`: what comes in a way there and back must be enough.
    pub(super) fn hold_back(&self, session: &mut Session<'_>, connections: usize) {
        let buffer = self.limit().map(|limit| {
            let share = lossy(limit) / many(connections.max(1));
            let bytes = share * (session.round_trip().as_secs_f64() * ROOM + LATE.as_secs_f64());
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
            let bytes = bytes.clamp(LEAST_AHEAD, MOST_AHEAD) as usize;
            bytes
        });
        session.hold_back(buffer);
    }

    /// So many bytes came: waits until they are paid for.
    ///
    /// # Errors
    ///
    /// [`ftp::Error::Stopped`].
    pub(super) fn pay(&self, bytes: usize, stop: &Stop) -> Result<(), ftp::Error> {
        let Some(limit) = self.limit().filter(|_| bytes > 0) else { return Ok(()) };
        let until = self.charge(bytes, limit, Instant::now());
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || self.limit() != Some(limit) {
                return Ok(());
            }
            if stop.is_given() {
                return Err(ftp::Error::Stopped);
            }
            thread::sleep(left.min(TICK));
        }
    }

    /// When `bytes` more are paid for.
    fn charge(&self, bytes: usize, limit: u64, now: Instant) -> Instant {
        let mut paid_at = self.lock();
        let earliest = now.checked_sub(BURST).unwrap_or(now);
        let from = paid_at.map_or(earliest, |at| at.max(earliest));
        let nanos = u128::try_from(bytes).unwrap_or(u128::MAX).saturating_mul(1_000_000_000);
        let cost = u64::try_from(nanos / u128::from(limit)).unwrap_or(u64::MAX);
        let until = from + Duration::from_nanos(cost);
        *paid_at = Some(until);
        until
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        // Whoever panicked with this lock left a whole time behind.
        self.0.paid_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_the_blocks_are_the_limit_is_kept_to_the_millisecond() {
        let throttle = Throttle::default();
        throttle.set(Some(2_000_000));
        let start = Instant::now();
        let mut now = start;
        let mut bytes = 0_u32;
        for block in [1, 100_000, 33, 7_000, 64_000].into_iter().cycle().take(500) {
            now = throttle.charge(block, 2_000_000, now).max(now);
            bytes += u32::try_from(block).unwrap();
        }
        let fair = f64::from(bytes) / 2_000_000.0;
        let took = (now - start).as_secs_f64();
        assert!((took + BURST.as_secs_f64() - fair).abs() < 0.001, "{took} s, fair is {fair} s");
    }

    #[test]
    fn a_silence_saves_up_no_more_than_a_moment() {
        let throttle = Throttle::default();
        let start = Instant::now();
        let first = throttle.charge(1000, 1000, start);
        let later = first + Duration::from_secs(60);
        assert_eq!(throttle.charge(1000, 1000, later) - later, Duration::from_secs(1) - BURST);
    }

    #[test]
    fn without_a_limit_nobody_waits_and_a_block_is_a_block() {
        let throttle = Throttle::default();
        assert_eq!(throttle.portion(1 << 20), 1 << 20);
        throttle.pay(usize::MAX, &Stop::default()).unwrap();
        throttle.set(Some(2_000_000));
        assert_eq!(throttle.portion(1 << 20), 100_000);
        throttle.set(Some(1));
        assert_eq!(throttle.portion(1 << 20), 512);
    }
}
