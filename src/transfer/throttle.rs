//! A limit to how fast everything together may arrive.
//!
//! What counts is what the servers send, and not what was read: what the system receives ahead of that
//! is paid for before a data connection is made, and refunded with its last bytes. So no more has come
//! at any time than the limit lets through and what comes in [`STEP`] or, after a silence, in a
//! [`BURST`]; and what one connection brings before its first byte is read. That is less than three in
//! a hundred over five seconds.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::brake::{Brake, Waits};
use super::bucket::{Bucket, LEAST};
use super::growth::many;
use super::lanes::Lane;
use super::meter::{lossy, whole};
use super::pier::Pier;
use crate::ftp::{Session, Sluice, Stop};

/// So much is asked for at once.
const STEP: Duration = Duration::from_millis(20);

/// How often a wait looks up to see whether it should end.
const TICK: Duration = Duration::from_millis(50);

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

/// Every second conversation reads so much less at once, and so comes less often to its turn. Files of
/// one length that came equally fast would end together, and leave the line empty until the next ones
/// are up to their speed.
const SMALLER: f64 = 0.5;

/// So long must be looked at how the limit is used, to call it used up; twice as long, to say that more
/// connections are of use.
const LONG_ENOUGH: Duration = Duration::from_millis(300);

/// Whoever was held back until less than this ago is not silent.
const RECENT: Duration = Duration::from_secs(1);

/// A limit to how fast all downloads together may receive; clones share it. The default has none,
/// and costs one look at a number for each block.
///
/// A bucket of tokens, one for each byte. Whoever receives bytes takes theirs out, and waits
/// until none are missing.
#[derive(Debug, Clone, Default)]
pub struct Throttle(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    /// In bytes per second. 0: there is no limit.
    limit: AtomicU64,
    /// How many conversations were held back so far.
    held_back: AtomicUsize,
    bucket: Mutex<Bucket>,
}

impl Throttle {
    /// Sets the limit, in bytes per second, also for what is running. `None`: as fast as it goes.
    pub fn set(&self, limit: Option<u64>) {
        self.0.limit.store(limit.unwrap_or(0), Ordering::Relaxed);
        self.lock().set(Instant::now());
    }

    /// The limit in bytes per second, if there is one.
    #[must_use]
    pub fn limit(&self) -> Option<u64> {
        Some(self.0.limit.load(Ordering::Relaxed)).filter(|&limit| limit > 0)
    }

    /// How many bytes to receive at once, at most `most`: what the limit lets through in a short time.
    fn portion(&self, part: f64, most: usize) -> usize {
        let Some(limit) = self.limit() else { return most };
        let portion = (lossy(limit) * part * STEP.as_secs_f64()).max(lossy(LEAST));
        in_memory(portion).min(most)
    }

    /// Whether more could come than does: there is no limit, or it was not used up lately. If it was, it
    /// is what holds everything back, and one more connection could bring nothing.
    pub(super) fn has_room(&self, now: Instant) -> bool {
        let Some(limit) = self.limit() else { return true };
        self.lock().has_room(limit, now)
    }

    /// The same for somebody who began at `begun`, and needs to know how it was since, under this limit.
    pub(super) fn has_room_since(&self, begun: Instant, now: Instant) -> bool {
        if self.limit().is_none() {
            return true;
        }
        let begun = self.lock().since(begun);
        now.saturating_duration_since(begun) >= LONG_ENOUGH * 2 && self.has_room(now)
    }

    /// Whether the limit is known to be what holds everything back. It is not, for a while after it was
    /// set.
    pub(super) fn is_used_up(&self, now: Instant) -> bool {
        let Some(limit) = self.limit() else { return false };
        let mut bucket = self.lock();
        !bucket.has_room(limit, now) && bucket.lasted() >= LONG_ENOUGH
    }

    /// Whether lately somebody was held back, so that nothing came because nothing may have.
    pub(super) fn held_back_lately(&self, now: Instant) -> bool {
        self.limit().is_some() && self.lock().was_in_debt(RECENT, now)
    }

    /// Holds back what comes over `session`, which has `lane`, or else is one of so many connections.
    pub(super) fn hold_back(
        &self,
        session: &mut Session<'_>,
        lane: Option<&Lane>,
        connections: usize,
        waits: &Waits,
    ) {
        session.hold_back(Arc::new(self.weir(lane.map(Lane::pier), connections, waits)));
    }

    fn weir(&self, pier: Option<Arc<Pier>>, connections: usize, waits: &Waits) -> Weir {
        let (throttle, waits) = (self.clone(), waits.clone());
        let number = self.0.held_back.fetch_add(1, Ordering::Relaxed);
        let part = if number.is_multiple_of(2) { 1.0 } else { SMALLER };
        Weir { throttle, pier, connections, part, waits }
    }

    /// So many bytes more are on the line, or `is_ahead` and will be: waits until they may be, or until
    /// what came before may, or until `stop` is given.
    fn pay(&self, bytes: usize, is_ahead: bool, stop: &Stop) {
        let Some(limit) = self.limit().filter(|_| bytes > 0) else { return };
        let now = Instant::now();
        let until = self.lock().charge(many(bytes), is_ahead, limit, now);
        let own = Duration::from_secs_f64(if is_ahead { many(bytes) / lossy(limit) } else { 0.0 });
        let until = until.checked_sub(own).unwrap_or(now);
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || self.limit() != Some(limit) || stop.is_given() {
                return;
            }
            thread::sleep(left.min(TICK));
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Bucket> {
        // Nothing that is done with it can stop half-way.
        self.0.bucket.lock().unwrap_or_else(PoisonError::into_inner)
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
    /// How much it reads at once, as a part of what others do.
    part: f64,
    waits: Waits,
}

impl Sluice for Weir {
    fn holds(&self) -> bool {
        self.throttle.limit().is_some()
    }

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

    fn portion(&self, most: usize) -> usize {
        self.throttle.portion(self.part, most)
    }

    fn let_in(&self, bytes: usize, stop: &Stop) {
        let began = Instant::now();
        self.throttle.pay(bytes, true, stop);
        self.waits.add(Brake::Limit, began);
    }

    fn looks(&self, is_dry: bool) {
        self.throttle.lock().looks(is_dry, self.throttle.limit(), Instant::now());
    }

    fn looked(&self) {
        self.throttle.lock().looked(self.throttle.limit(), Instant::now());
    }

    fn came(&self, bytes: usize, stop: &Stop) -> Duration {
        let began = Instant::now();
        self.throttle.pay(bytes, false, stop);
        self.waits.add(Brake::Limit, began).duration_since(began)
    }

    fn take_back(&self, bytes: usize) {
        if let Some(limit) = self.throttle.limit() {
            self.throttle.lock().refund(many(bytes), limit, Instant::now());
        }
    }
}

fn in_memory(bytes: f64) -> usize {
    usize::try_from(whole(bytes)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What holds back one of so many connections.
    fn weir(throttle: &Throttle, connections: usize) -> Weir {
        throttle.weir(None, connections, &Waits::default())
    }

    #[test]
    fn all_connections_together_receive_ahead_what_comes_in_a_round_trip() {
        let throttle = Throttle::default();
        let ahead = |connections, ms| weir(&throttle, connections).ahead(Duration::from_millis(ms));
        assert_eq!(ahead(1, 40), None);
        throttle.set(Some(1_000_000));
        assert_eq!([ahead(1, 40), ahead(3, 40), ahead(6, 40)], [60_000, 60_000, 30_000].map(Some));
        assert_eq!(ahead(32, 0), Some(4096));
    }

    #[test]
    fn no_two_connections_that_began_together_are_equally_fast() {
        let throttle = Throttle::default();
        throttle.set(Some(2_000_000));
        let portions = [(); 4].map(|()| weir(&throttle, 4).portion(1 << 20));
        assert_eq!(portions, [40_000, 20_000, 40_000, 20_000]);
    }

    #[test]
    fn who_asks_ahead_waits_for_the_others_and_not_for_itself() {
        let throttle = Throttle::default();
        throttle.set(Some(1000));
        let stop = Stop::default();
        let began = Instant::now();
        weir(&throttle, 1).let_in(3_600_000, &stop);
        assert!(began.elapsed() < Duration::from_secs(4), "it waited for itself");
        // The next one waits for it, and would for seconds.
        stop.give();
        let began = throttle.lock().charge(0.0, true, 1000, Instant::now());
        assert!(began > Instant::now() + Duration::from_secs(3), "it did not count");
        weir(&throttle, 1).let_in(1, &stop);
    }

    #[test]
    fn nobody_knows_yet_whether_there_is_room_when_they_have_only_begun() {
        let throttle = Throttle::default();
        let now = Instant::now();
        assert!(throttle.has_room_since(now, now), "there is no limit");
        throttle.set(Some(1_000_000));
        assert!(throttle.has_room(now), "nothing has come");
        assert!(!throttle.has_room_since(now, now));
        assert!(!throttle.is_used_up(now));
    }

    #[test]
    fn without_a_limit_nobody_waits_and_a_block_is_a_block() {
        let throttle = Throttle::default();
        assert_eq!(throttle.portion(1.0, 1 << 20), 1 << 20);
        throttle.pay(usize::MAX, false, &Stop::default());
        throttle.set(Some(2_000_000));
        assert_eq!(throttle.portion(1.0, 1 << 20), 40_000);
        assert_eq!(throttle.portion(SMALLER, 1 << 20), 20_000);
        throttle.set(Some(1));
        assert_eq!(throttle.portion(1.0, 1 << 20), 512);
    }
}
