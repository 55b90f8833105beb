//! How many connections? One more as long as each brings more.

use std::time::{Duration, Instant};

use crate::transfer::meter::lossy;

/// What is transferred faster with one more is faster by this factor at least.
const GAIN: f64 = 1.15;

/// Where newcomers have brought this much of what the others bring each, the line is held up not by
/// its width but by something that each connection has to itself: then as many more come at once.
const FULL_SHARE: f64 = 0.75;

/// The shortest and the longest time over which speed is measured before and after.
const SHORTEST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(2);

/// What would end sooner than this by itself is left alone.
const WORTHWHILE: f64 = 1.5;

/// How long nobody more is tried after those that have brought nothing, the first time; twice as long
/// every time after. A line that loses packets looks fast at first.
const REST: Duration = Duration::from_secs(5);

/// What to do about the number of connections.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Advice {
    /// Leave it.
    Stay,
    /// Some more.
    Add,
    /// The last that came have brought nothing.
    Drop,
}

/// Since when all that are wanted have been bringing bytes, and how many there were then.
#[derive(Debug)]
struct Mark {
    since: Instant,
    received: u64,
    /// The newest has had its round trips to get up to its speed.
    is_up_to_speed: bool,
}

/// Decides how many connections there are. It has no clock: whoever asks says what time it is.
#[derive(Debug)]
pub(super) struct Growth {
    most: usize,
    wanted: usize,
    /// How many there were, and how many bytes per second they brought, before the last ones came.
    /// `None`: nobody is on trial.
    before: Option<(usize, f64)>,
    mark: Option<Mark>,
    /// Since when newcomers are awaited, and how many bytes were here then.
    waiting: Option<(Instant, u64)>,
    /// Until when nobody more is tried, and how long the next such rest will be.
    rests_until: Option<Instant>,
    rest: Duration,
    is_settled: bool,
}

impl Growth {
    /// From `wanted` connections at once to at most `most`.
    pub(super) fn new(wanted: usize, most: usize) -> Self {
        let wanted = wanted.clamp(1, most.max(1));
        Self {
            most,
            wanted,
            before: None,
            mark: None,
            waiting: None,
            rests_until: None,
            rest: REST,
            is_settled: wanted >= most,
        }
    }

    /// One more than the one that has brought `speed` bytes per second.
    pub(super) fn on_trial(speed: f64, most: usize) -> Self {
        let before = Some((1, speed)).filter(|_| most > 1);
        Self { before, is_settled: most <= 1, ..Self::new(2, most) }
    }

    pub(super) fn wanted(&self) -> usize {
        self.wanted
    }

    /// No more than so many are allowed.
    pub(super) fn limit(&mut self, most: usize) {
        self.most = most.max(1);
        self.wanted = self.wanted.min(self.most);
        self.is_settled = true;
    }

    /// `busy` connections bring bytes; `received` are here, `left` are missing. `setup` is how long the
    /// last request took until its first byte: some four round trips.
    pub(super) fn look(
        &mut self,
        now: Instant,
        busy: usize,
        received: u64,
        left: u64,
        setup: Duration,
    ) -> Advice {
        if self.is_settled || self.rests_until.is_some_and(|until| now < until) {
            return Advice::Stay;
        }
        self.rests_until = None;
        if busy < self.wanted {
            self.mark = None;
            self.waiting.get_or_insert((now, received));
            return Advice::Stay;
        }
        if let Some((since, had)) = self.waiting.take()
            && let Some((_, before)) = &mut self.before
        {
            // The others have got up to their speed while the newcomers were awaited.
            let took = now.duration_since(since).max(SHORTEST).as_secs_f64();
            *before = before.max(lossy(received.saturating_sub(had)) / took);
        }
        let is_up_to_speed = self.before.is_none();
        let mark = self.mark.get_or_insert(Mark { since: now, received, is_up_to_speed });
        let took = now.duration_since(mark.since);
        if !mark.is_up_to_speed && took >= setup / 2 {
            *mark = Mark { since: now, received, is_up_to_speed: true };
            return Advice::Stay;
        }
        if !mark.is_up_to_speed || took < setup.mul_f64(1.25).clamp(SHORTEST, LONGEST) {
            return Advice::Stay;
        }
        let speed = lossy(received.saturating_sub(mark.received)) / took.as_secs_f64();
        self.mark = None;
        let mut step = 1;
        if let Some((count, before)) = self.before.replace((self.wanted, speed)) {
            if speed < before * GAIN {
                self.wanted = count;
                self.before = None;
                self.rests_until = Some(now + self.rest);
                self.rest *= 2;
                return Advice::Drop;
            }
            let (came, share) = (self.wanted - count, before / many(count));
            if speed - before >= share * many(came) * FULL_SHARE {
                step = self.wanted;
            }
        }
        let ends_soon = lossy(left) < speed * WORTHWHILE;
        if self.wanted >= self.most || ends_soon {
            self.is_settled = true;
            return Advice::Stay;
        }
        self.wanted = (self.wanted + step).min(self.most);
        Advice::Add
    }
}

fn many(count: usize) -> f64 {
    lossy(u64::try_from(count).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETUP: Duration = Duration::from_millis(200);

    /// How many connections there are in the end, where so many bring so many bytes a second in all.
    fn settled(most: usize, speed: fn(usize) -> u64) -> usize {
        let start = Instant::now();
        let mut growth = Growth::new(1, most);
        let mut received = 0;
        for tick in 0..250 {
            let now = start + Duration::from_millis(20) * tick;
            received += speed(growth.wanted()) / 50;
            growth.look(now, growth.wanted(), received, 1 << 40, SETUP);
        }
        growth.wanted()
    }

    #[test]
    fn connections_are_added_while_each_brings_more_and_never_more_than_are_allowed() {
        const SLOW: u64 = 2_000_000;
        const LINE: u64 = 10_000_000;
        assert_eq!(settled(8, |count| SLOW * count as u64), 8);
        assert_eq!(settled(4, |count| SLOW * count as u64), 4);
        assert_eq!(settled(4, |count| LINE.min(SLOW * 2 * count as u64)), 4);
        assert_eq!(settled(8, |count| LINE.min(SLOW * 2 * count as u64)), 4);
        assert_eq!(settled(8, |_| LINE), 1);
    }

    #[test]
    fn after_a_rest_one_more_is_tried_again() {
        let start = Instant::now();
        let mut growth = Growth::on_trial(1_000_000.0, 4);
        let mut looks = |seconds: f64, received| {
            let busy = growth.wanted();
            growth.look(start + Duration::from_secs_f64(seconds), busy, received, 1 << 40, SETUP)
        };
        looks(0.0, 0);
        looks(0.2, 200_000);
        assert_eq!(looks(1.2, 1_200_000), Advice::Drop);
        assert_eq!(looks(6.0, 2_000_000), Advice::Stay, "it rests");
        looks(6.3, 2_100_000);
        assert_eq!(looks(7.3, 2_600_000), Advice::Add);
    }

    #[test]
    fn what_ends_soon_is_left_alone() {
        let start = Instant::now();
        let mut growth = Growth::new(1, 4);
        growth.look(start, 1, 0, 1_000_000, SETUP);
        let later = start + Duration::from_secs(1);
        assert_eq!(growth.look(later, 1, 1_000_000, 1_000_000, SETUP), Advice::Stay);
        assert_eq!(growth.wanted(), 1);
    }
}
