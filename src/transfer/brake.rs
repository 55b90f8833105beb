//! What holds a transfer back: not guessed, but measured by what its time is spent on.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::meter::lossy;

/// What a transfer would be faster without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Brake {
    /// Bytes are waited for: the server sends no more, or the line carries no more.
    Server,
    /// The rate limit that the person has set.
    Limit,
    /// The disk takes no more.
    Disk,
    /// The checksum is computed no faster.
    Checksum,
}

impl Brake {
    const ALL: [Self; 4] = [Self::Server, Self::Limit, Self::Disk, Self::Checksum];
}

impl fmt::Display for Brake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Server => "the server or the line",
            Self::Limit => "your limit",
            Self::Disk => "the disk",
            Self::Checksum => "computing the checksum",
        })
    }
}

/// How long a transfer has waited for what, over all its connections. Twins share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Waits(Arc<[AtomicU64; 4]>);

impl Waits {
    /// That is what the time since `since` was spent on. What time it is now.
    pub(super) fn add(&self, brake: Brake, since: Instant) -> Instant {
        let now = Instant::now();
        self.add_time(brake, now.duration_since(since));
        now
    }

    fn add_time(&self, brake: Brake, time: Duration) {
        let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        if let Some((_, spent)) = Brake::ALL.iter().zip(&*self.0).find(|(one, _)| **one == brake) {
            spent.fetch_add(nanos, Ordering::Relaxed);
        }
    }

    /// In nanoseconds, in the order of [`Brake::ALL`].
    pub(super) fn so_far(&self) -> [u64; 4] {
        self.0.each_ref().map(|spent| spent.load(Ordering::Relaxed))
    }
}

/// The share of the time from which on the limit counts as what holds back: nobody waits for a limit
/// that is not reached, and whoever reaches it would go no faster than that without the line.
const LIMIT: f64 = 0.2;

/// Another brake is told only if it takes so many times as long: words that flicker say nothing.
const CLEARLY: f64 = 1.5;

/// What most of the time was spent on between `before` and `now`. `told` is what was said last.
pub(super) fn heaviest(before: [u64; 4], now: [u64; 4], told: Option<Brake>) -> Option<Brake> {
    let mut all = Vec::new();
    for ((brake, before), now) in Brake::ALL.into_iter().zip(before).zip(now) {
        all.push((brake, lossy(now.saturating_sub(before))));
    }
    let of = |brake| all.iter().find(|(one, _)| *one == brake).map_or(0.0, |(_, spent)| *spent);
    let whole: f64 = all.iter().map(|(_, spent)| spent).sum();
    if whole <= 0.0 {
        return None;
    }
    if of(Brake::Limit) >= LIMIT * whole {
        return Some(Brake::Limit);
    }
    let (most, spent) = all.iter().max_by(|a, b| a.1.total_cmp(&b.1)).copied()?;
    let told = told.filter(|&told| told != Brake::Limit && of(told) * CLEARLY > spent);
    told.or(Some(most))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: [u64; 4] = [0; 4];

    #[test]
    fn what_takes_most_of_the_time_is_the_brake_and_a_limit_that_is_reached() {
        assert_eq!(heaviest(NONE, [90, 0, 10, 0], None), Some(Brake::Server));
        assert_eq!(heaviest(NONE, [10, 0, 90, 5], None), Some(Brake::Disk));
        assert_eq!(heaviest(NONE, [10, 0, 5, 90], None), Some(Brake::Checksum));
        assert_eq!(heaviest(NONE, [70, 25, 5, 0], None), Some(Brake::Limit));
        assert_eq!(heaviest(NONE, [90, 5, 5, 0], None), Some(Brake::Server));
        assert_eq!(heaviest([100, 0, 0, 0], [100, 0, 1, 0], None), Some(Brake::Disk));
        assert_eq!(heaviest([5, 5, 5, 5], [5, 5, 5, 5], Some(Brake::Disk)), None);
    }

    #[test]
    fn two_that_weigh_the_same_do_not_take_turns() {
        let told = heaviest(NONE, [52, 0, 48, 0], None);
        assert_eq!(told, Some(Brake::Server));
        assert_eq!(heaviest(NONE, [48, 0, 52, 0], told), told);
        assert_eq!(heaviest(NONE, [30, 0, 70, 0], told), Some(Brake::Disk));
        assert_eq!(heaviest(NONE, [60, 0, 40, 0], Some(Brake::Limit)), Some(Brake::Server));
    }

    #[test]
    fn twins_add_up_what_their_connections_wait() {
        let waits = Waits::default();
        waits.add_time(Brake::Server, Duration::from_nanos(3));
        waits.clone().add_time(Brake::Server, Duration::from_nanos(4));
        waits.add_time(Brake::Disk, Duration::from_nanos(5));
        assert_eq!(waits.so_far(), [7, 0, 5, 0]);
    }
}
