//! A limit to how fast everything together may arrive.
//!
//! What counts is what the servers send, and not what was read: what the system receives ahead of that
//! is paid for with the first bytes of a data connection, and refunded with its last. So no more has
//! come at any time than the limit lets through and what comes in [`STEP`] or, after a silence, in
//! [`BURST`]; and what a round trip brings before the first byte is read. That is less than three in a
//! hundred over five seconds.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::brake::{Brake, Waits};
use super::growth::many;
use super::lanes::Lane;
use super::meter::{lossy, whole};
use super::pier::Pier;
use crate::ftp::{Session, Sluice, Stop};

/// So much may come at once after a time of silence, or to make up for having looked late. Short, so
/// that the limit holds at every moment.
const BURST: Duration = Duration::from_millis(50);

/// So much is asked for at once.
const STEP: Duration = Duration::from_millis(20);

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

/// So many of all connections to a server must be enough for the limit: between two files, one brings
/// nothing for some round trips.
const AT_WORK: f64 = 3.0;

/// It is looked back over one to two times of this length at how the limit was used.
const PERIOD: Duration = Duration::from_millis(300);

/// Where more than this of it was not used, there is room for more.
const ROOM_FOR_MORE: f64 = 0.13;

/// A limit to how fast all downloads together may receive; clones share it. The default has none,
/// and costs one look at a number for each block.
///
/// A bucket of tokens, one for each byte. Whoever receives bytes takes theirs out, and waits until none
/// are missing.
#[derive(Debug, Clone, Default)]
pub struct Throttle(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    /// In bytes per second. 0: there is no limit.
    limit: AtomicU64,
    bucket: Mutex<Bucket>,
}

/// What may come at once, and how the limit was used lately.
#[derive(Debug, Default)]
struct Bucket {
    /// So many bytes may come at once. Less than 0: so many have come too soon.
    left: f64,
    /// When the limit was set.
    set: Option<Instant>,
    /// Up to when that was reckoned. `None`: nothing has come under this limit.
    reckoned: Option<Instant>,
    this_period: Period,
    last_period: Period,
}

/// How the limit was used for a while.
#[derive(Debug, Clone, Copy, Default)]
struct Period {
    lasted: Duration,
    /// For so long, in seconds, all that it lets through might have come more than did.
    unused: f64,
}

impl Throttle {
    /// Sets the limit, in bytes per second, also for what is running. `None`: as fast as it goes.
    pub fn set(&self, limit: Option<u64>) {
        self.0.limit.store(limit.unwrap_or(0), Ordering::Relaxed);
        *self.lock() = Bucket { set: Some(Instant::now()), ..Bucket::default() };
    }

    /// The limit in bytes per second, if there is one.
    #[must_use]
    pub fn limit(&self) -> Option<u64> {
        Some(self.0.limit.load(Ordering::Relaxed)).filter(|&limit| limit > 0)
    }

    /// How many bytes to receive at once, at most `most`: what the limit lets through in a short time.
    pub(super) fn portion(&self, most: usize) -> usize {
        let Some(limit) = self.limit() else { return most };
        let portion = (lossy(limit) * STEP.as_secs_f64()).max(lossy(LEAST));
        in_memory(portion).min(most)
    }

    /// Whether more could come than does: there is no limit, or it was not used up lately. If it was, it
    /// is what holds everything back, and one more connection could bring nothing.
    pub(super) fn has_room(&self, now: Instant) -> bool {
        let Some(limit) = self.limit() else { return true };
        let mut bucket = self.lock();
        bucket.reckon(limit, now);
        bucket.has_room()
    }

    /// The same for somebody who began at `begun`, and needs to know how it was since, under this limit.
    pub(super) fn has_room_since(&self, begun: Instant, now: Instant) -> bool {
        if self.limit().is_none() {
            return true;
        }
        let begun = self.lock().set.map_or(begun, |set| set.max(begun));
        now.saturating_duration_since(begun) >= PERIOD * 2 && self.has_room(now)
    }

    /// Whether the limit is known to be what holds everything back. It is not, for a while after it was
    /// set.
    pub(super) fn is_used_up(&self, now: Instant) -> bool {
        let Some(limit) = self.limit() else { return false };
        let mut bucket = self.lock();
        bucket.reckon(limit, now);
        bucket.lasted() >= PERIOD && !bucket.has_room()
    }

    /// Holds back what comes over `session`, which has `lane`, or else is one of so many connections.
    pub(super) fn hold_back(
        &self,
        session: &mut Session<'_>,
        lane: Option<&Lane>,
        connections: usize,
        waits: &Waits,
    ) {
        let (throttle, waits) = (self.clone(), waits.clone());
        let pier = lane.map(Lane::pier);
        session.hold_back(Arc::new(Weir { throttle, pier, connections, waits }));
    }

    /// So many bytes more are on the line: waits until they may be, or until `stop` is given.
    fn pay(&self, bytes: usize, stop: &Stop) {
        let Some(limit) = self.limit().filter(|_| bytes > 0) else { return };
        let until = self.charge(bytes, limit, Instant::now());
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || self.limit() != Some(limit) || stop.is_given() {
                return;
            }
            thread::sleep(left.min(TICK));
        }
    }

    /// When `bytes` more may have come. What was asked for under a higher limit, or none, costs no more
    /// than a second: nobody stands still for minutes because the limit was set a moment ago.
    fn charge(&self, bytes: usize, limit: u64, now: Instant) -> Instant {
        let bytes = many(bytes).min(lossy(limit.max(LEAST)));
        let mut bucket = self.lock();
        bucket.reckon(limit, now);
        bucket.left -= bytes;
        now + Duration::from_secs_f64((-bucket.left / lossy(limit)).max(0.0))
    }

    /// `bytes` fewer are on the line than were paid for.
    fn refund(&self, bytes: usize, limit: u64, now: Instant) {
        let mut bucket = self.lock();
        bucket.reckon(limit, now);
        bucket.left += many(bytes);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Bucket> {
        // Nothing that is done with it can stop half-way.
        self.0.bucket.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Bucket {
    /// Lets in what may come up to `now`.
    fn reckon(&mut self, limit: u64, now: Instant) {
        let since = *self.reckoned.get_or_insert(now);
        let passed = now.saturating_duration_since(since);
        self.reckoned = Some(since + passed);
        let (limit, seconds) = (lossy(limit), passed.as_secs_f64());
        let most = limit * BURST.as_secs_f64();
        let unused = (self.left + limit * seconds - most).clamp(0.0, limit * seconds);
        // More than that are there only where some were taken back, and not for long.
        self.left = if self.left > most {
            (self.left - limit * seconds).max(most)
        } else {
            self.left + limit * seconds - unused
        };
        let period = &mut self.this_period;
        period.lasted += passed.min(PERIOD);
        period.unused += (unused / limit).min(PERIOD.as_secs_f64());
        if period.lasted >= PERIOD {
            self.last_period = std::mem::take(period);
        }
    }

    /// How long it is looked back.
    fn lasted(&self) -> Duration {
        self.this_period.lasted + self.last_period.lasted
    }

    /// Whether lately more could have come than did, or nothing did.
    fn has_room(&self) -> bool {
        let lasted = self.lasted().as_secs_f64();
        let unused = self.this_period.unused + self.last_period.unused;
        lasted <= 0.0 || unused > ROOM_FOR_MORE * lasted
    }
}

/// Holds back what comes over one conversation.
#[derive(Debug)]
struct Weir {
    throttle: Throttle,
    /// Where the connections to its server are counted, if they are.
    pier: Option<Arc<Pier>>,
    /// So many are there where they are not.
    connections: usize,
    waits: Waits,
}

impl Sluice for Weir {
    /// What comes in a way there and back must be enough, for all connections together. Some of those
    /// are waiting for their next file.
    fn ahead(&self, round_trip: Duration) -> Option<usize> {
        let limit = self.throttle.limit()?;
        let counted = self.pier.as_ref().map(|pier| pier.taken());
        let share = (AT_WORK / many(counted.unwrap_or(self.connections).max(1))).min(1.0);
        let seconds = round_trip.as_secs_f64() * ROOM + LATE.as_secs_f64();
        let bytes = lossy(limit) * share * seconds;
        Some(in_memory(bytes.clamp(LEAST_AHEAD, MOST_AHEAD)))
    }

    fn came(&self, bytes: usize, stop: &Stop) -> Duration {
        let began = Instant::now();
        self.throttle.pay(bytes, stop);
        self.waits.add(Brake::Limit, began).duration_since(began)
    }

    fn take_back(&self, bytes: usize) {
        if let Some(limit) = self.throttle.limit() {
            self.throttle.refund(bytes, limit, Instant::now());
        }
    }
}

fn in_memory(bytes: f64) -> usize {
    usize::try_from(whole(bytes)).unwrap_or(usize::MAX)
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
        assert!((took - fair).abs() < 0.001, "{took} s, fair is {fair} s");
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
    fn what_was_paid_and_did_not_come_may_come_now_and_is_not_saved_up() {
        const LIMIT: u64 = 1_000_000;
        let throttle = Throttle::default();
        let now = Instant::now();
        let after = |seconds| now + Duration::from_secs(seconds);
        let wait = |at| throttle.charge(0, LIMIT, at) - at;
        throttle.charge(80_000, LIMIT, now);
        throttle.refund(40_000, LIMIT, now);
        assert_eq!(wait(now), Duration::from_millis(40));
        throttle.refund(840_000, LIMIT, after(1));
        assert_eq!(throttle.lock().left.round(), 890_000.0, "now they may come");
        assert_eq!(wait(after(3)), Duration::ZERO);
        assert_eq!(throttle.lock().left.round(), 50_000.0, "and later no more");
    }

    #[test]
    fn all_connections_together_receive_ahead_what_comes_in_a_round_trip() {
        let throttle = Throttle::default();
        let ahead = |connections, ms| {
            let (throttle, waits) = (throttle.clone(), Waits::default());
            let weir = Weir { throttle, pier: None, connections, waits };
            weir.ahead(Duration::from_millis(ms))
        };
        assert_eq!(ahead(1, 40), None);
        throttle.set(Some(1_000_000));
        assert_eq!([ahead(1, 40), ahead(3, 40), ahead(6, 40)], [60_000, 60_000, 30_000].map(Some));
        assert_eq!(ahead(32, 0), Some(4096));
    }

    #[test]
    fn there_is_room_where_less_came_than_might_have_and_where_nothing_did() {
        let throttle = Throttle::default();
        let start = Instant::now();
        assert!(throttle.has_room(start), "there is no limit");
        throttle.set(Some(1_000_000));
        assert!(throttle.has_room(start), "nothing has come");
        let tick = Duration::from_millis(20);
        let mut now = start;
        let mut come = |bytes: usize, times: u32| {
            for _ in 0..times {
                throttle.charge(bytes, 1_000_000, now);
                now += tick;
            }
            throttle.has_room(now)
        };
        assert!(!come(20_000, 5), "nobody knows yet");
        assert!(!throttle.is_used_up(start), "nobody knows yet");
        assert!(!come(20_000, 50), "all that may came");
        assert!(come(16_000, 50), "four fifths came");
        assert!(!come(19_000, 50), "one more would not be worth it");
        assert!(come(0, 50), "a silence");
        assert!(!come(20_000, 50), "what was long ago counts no more");
        let now = start + tick * 250;
        assert!(!throttle.has_room_since(now, now), "nobody knows yet");
        throttle.set(None);
        assert!(throttle.has_room_since(now, now));
    }

    #[test]
    fn a_large_block_that_a_low_limit_overtook_is_paid_for_in_a_second() {
        let throttle = Throttle::default();
        let now = Instant::now();
        assert!(throttle.charge(1 << 20, 1000, now) <= now + Duration::from_secs(1));
    }

    #[test]
    fn without_a_limit_nobody_waits_and_a_block_is_a_block() {
        let throttle = Throttle::default();
        assert_eq!(throttle.portion(1 << 20), 1 << 20);
        throttle.pay(usize::MAX, &Stop::default());
        throttle.set(Some(2_000_000));
        assert_eq!(throttle.portion(1 << 20), 40_000);
        throttle.set(Some(1));
        assert_eq!(throttle.portion(1 << 20), 512);
    }
}
