//! A bucket of tokens, one for each byte: what may come at once, and whether more could come than does.
//! It has no clock: whoever asks says what time it is.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::meter::lossy;

/// So much may come at once after a time of silence, or to make up for having looked late. Short, so
/// that the limit holds at every moment.
pub(super) const BURST: Duration = Duration::from_millis(50);

/// Nobody stands still for longer than this because too much has come: what a line brings that was
/// fast a moment ago, when the limit was set, is made up for, unless that would take minutes.
const MOST_DEBT: Duration = Duration::from_secs(5);

/// The least that counts in any case, in bytes.
pub(super) const LEAST: u64 = 512;

/// It is looked back over so many times of this length at how the limit was used.
const PERIOD: Duration = Duration::from_millis(150);
const PERIODS: usize = 4;

/// There is room for more where it was not used up in so many of them, by more than this part: a line
/// that stands still for a moment fills two of them at most.
const MOST_USED: usize = 2;
const ROOM_FOR_MORE: f64 = 0.13;

/// What may come at once, and how the limit was used lately.
#[derive(Debug, Default)]
pub(super) struct Bucket {
    /// So many bytes may come at once. Less than 0: so many have come too soon.
    left: f64,
    /// When the limit was set.
    set: Option<Instant>,
    /// Up to when that was reckoned. `None`: nothing has come under this limit.
    reckoned: Option<Instant>,
    /// The newest is last, and not over.
    periods: VecDeque<Period>,
    /// So many wait for the line, and not for the limit.
    dry: usize,
    /// When all that was asked for may have come.
    until: Option<Instant>,
}

/// How the limit was used for a while.
#[derive(Debug, Clone, Copy, Default)]
struct Period {
    lasted: Duration,
    /// For so long, in seconds, all that it lets through might have come more than did.
    unused: f64,
    /// The same, but it is not known whether it was the line that brought too little. It may be that
    /// this computer was busy: then something was there and nobody had read it.
    doubtful: f64,
}

impl Bucket {
    /// The limit was set. Who waits for the line waits still.
    pub(super) fn set(&mut self, now: Instant) {
        *self = Self { set: Some(now), dry: self.dry, ..Self::default() };
    }

    /// The later of `begun` and the moment when the limit was set.
    pub(super) fn since(&self, begun: Instant) -> Instant {
        self.set.map_or(begun, |set| set.max(begun))
    }

    /// When `bytes` more may have come. `is_ahead`: they come later.
    pub(super) fn charge(
        &mut self,
        bytes: f64,
        is_ahead: bool,
        limit: u64,
        now: Instant,
    ) -> Instant {
        if !is_ahead {
            self.reckoned.get_or_insert(now);
        }
        self.reckon(limit, now);
        let most = (lossy(limit) * MOST_DEBT.as_secs_f64()).max(lossy(LEAST));
        self.left = (self.left - bytes).max(-most);
        let until = now + Duration::from_secs_f64((-self.left / lossy(limit)).max(0.0));
        self.until = Some(until).filter(|until| *until > now).or(self.until);
        until
    }

    /// Whether more has come than may have, or had less than `recent` ago.
    pub(super) fn was_in_debt(&self, recent: Duration, now: Instant) -> bool {
        self.until.is_some_and(|until| now < until + recent)
    }

    /// `bytes` fewer are on the line than were paid for.
    pub(super) fn refund(&mut self, bytes: f64, limit: u64, now: Instant) {
        self.reckon(limit, now);
        self.left += bytes;
    }

    /// Somebody looks for bytes. `is_dry`: none are there, and they wait for the line from now on.
    pub(super) fn looks(&mut self, is_dry: bool, limit: Option<u64>, now: Instant) {
        if let Some(limit) = limit {
            self.reckon(limit, now);
            self.judge(is_dry || self.dry > 0);
        }
        self.dry += usize::from(is_dry);
    }

    /// Somebody waits for the line no more.
    pub(super) fn looked(&mut self, limit: Option<u64>, now: Instant) {
        if let Some(limit) = limit {
            self.reckon(limit, now);
            self.judge(true);
        }
        self.dry = self.dry.saturating_sub(1);
    }

    /// Whether lately more could have come than did, or nothing did.
    pub(super) fn has_room(&mut self, limit: u64, now: Instant) -> bool {
        self.reckon(limit, now);
        let is_roomy = |period: &&Period| {
            period.unused > ROOM_FOR_MORE * period.lasted.as_secs_f64().max(f64::EPSILON)
        };
        let over = self.over();
        let roomy = self.periods.iter().take(over).filter(is_roomy).count();
        self.lasted().is_zero() || roomy > MOST_USED.min(over / 2)
    }

    /// How long it is looked back.
    pub(super) fn lasted(&self) -> Duration {
        self.periods.iter().map(|period| period.lasted).sum()
    }

    /// How many periods are over.
    fn over(&self) -> usize {
        self.periods.len().saturating_sub(1)
    }

    /// It was the line that brought too little, or was not.
    fn judge(&mut self, is_line: bool) {
        for period in &mut self.periods {
            let doubtful = std::mem::take(&mut period.doubtful);
            period.unused += if is_line { doubtful } else { 0.0 };
        }
    }

    /// Lets in what may come up to `now`.
    fn reckon(&mut self, limit: u64, now: Instant) {
        let Some(since) = self.reckoned else { return };
        let mut passed = now.saturating_duration_since(since);
        self.reckoned = Some(since + passed);
        let limit = lossy(limit);
        let most = limit * BURST.as_secs_f64();
        while !passed.is_zero() {
            let lasted = self.periods.back().map_or(PERIOD, |period| period.lasted);
            if lasted >= PERIOD {
                self.periods.push_back(Period::default());
                let old = self.periods.len().saturating_sub(PERIODS + 1);
                self.periods.drain(..old);
                continue;
            }
            let step = passed.min(PERIOD - lasted);
            let seconds = step.as_secs_f64();
            let unused = (self.left + limit * seconds - most).clamp(0.0, limit * seconds);
            // More than that are there only where some were taken back, and not for long.
            self.left = if self.left > most {
                (self.left - limit * seconds).max(most)
            } else {
                self.left + limit * seconds - unused
            };
            if let Some(period) = self.periods.back_mut() {
                period.lasted += step;
                period.doubtful += unused / limit;
            }
            passed -= step;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: u64 = 1_000_000;
    const TICK: Duration = Duration::from_millis(20);

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn whatever_the_blocks_are_the_limit_is_kept_to_the_millisecond() {
        let mut bucket = Bucket::default();
        let start = Instant::now();
        let mut now = start;
        let mut bytes = 0.0;
        for block in [1.0, 100_000.0, 33.0, 7_000.0, 64_000.0].into_iter().cycle().take(500) {
            now = bucket.charge(block, false, LIMIT, now).max(now);
            bytes += block;
        }
        let fair = bytes / lossy(LIMIT);
        let took = (now - start).as_secs_f64();
        assert!((took - fair).abs() < 0.001, "{took} s, fair is {fair} s");
    }

    #[test]
    fn a_silence_saves_up_no_more_than_a_moment() {
        let mut bucket = Bucket::default();
        let start = Instant::now();
        let first = bucket.charge(1000.0, false, 1000, start);
        let later = first + ms(60_000);
        assert_eq!(bucket.charge(1000.0, false, 1000, later) - later, ms(1000) - BURST);
    }

    #[test]
    fn what_was_paid_and_did_not_come_may_come_now_and_is_not_saved_up() {
        let mut bucket = Bucket::default();
        let now = Instant::now();
        bucket.charge(80_000.0, false, LIMIT, now);
        bucket.refund(40_000.0, LIMIT, now);
        assert_eq!(bucket.charge(0.0, false, LIMIT, now) - now, ms(40));
        bucket.refund(840_000.0, LIMIT, now + ms(1000));
        assert_eq!(bucket.left.round(), 890_000.0, "now they may come");
        bucket.charge(0.0, false, LIMIT, now + ms(3000));
        assert_eq!(bucket.left.round(), 50_000.0, "and later no more");
    }

    #[test]
    fn nothing_is_saved_up_before_the_first_byte_comes() {
        let mut bucket = Bucket::default();
        let now = Instant::now();
        assert_eq!(bucket.charge(90_000.0, true, LIMIT, now), now + ms(90));
        let later = now + ms(500);
        assert_eq!(bucket.charge(0.0, false, LIMIT, later), later + ms(90));
    }

    #[test]
    fn nobody_stands_still_for_minutes_because_of_what_a_fast_line_brought() {
        let mut bucket = Bucket::default();
        let now = Instant::now();
        assert_eq!(bucket.charge(3e6, false, LIMIT, now), now + ms(3000));
        assert_eq!(bucket.charge(300e6, false, LIMIT, now), now + MOST_DEBT);
    }

    #[test]
    fn who_was_held_back_a_moment_ago_is_not_silent() {
        let mut bucket = Bucket::default();
        let now = Instant::now();
        assert!(!bucket.was_in_debt(ms(1000), now));
        bucket.charge(3e6, false, LIMIT, now);
        assert!(bucket.was_in_debt(ms(1000), now + ms(3900)));
        assert!(!bucket.was_in_debt(ms(1000), now + ms(4100)));
    }

    /// How a bucket is used.
    struct Story {
        bucket: Bucket,
        now: Instant,
    }

    impl Story {
        fn new() -> Self {
            Self { bucket: Bucket::default(), now: Instant::now() }
        }

        /// So many times, `bytes` are read; whoever looks for the next ones finds them in time, or
        /// `later` than they may come. `is_dry`: they wait for the line so long.
        fn comes(&mut self, bytes: f64, later: Duration, is_dry: bool, times: u32) -> bool {
            for _ in 0..times {
                let until = self.bucket.charge(bytes, false, LIMIT, self.now);
                self.now = until.max(self.now);
                if is_dry {
                    self.bucket.looks(true, Some(LIMIT), self.now);
                    self.now += later;
                    self.bucket.looked(Some(LIMIT), self.now);
                } else {
                    self.now += later;
                    self.bucket.looks(false, Some(LIMIT), self.now);
                }
            }
            self.bucket.has_room(LIMIT, self.now)
        }
    }

    #[test]
    fn there_is_room_where_less_came_than_might_have_and_where_nothing_did() {
        let mut story = Story::new();
        assert!(story.bucket.has_room(LIMIT, story.now), "nothing has come");
        assert!(!story.comes(20_000.0, Duration::ZERO, false, 5), "nobody knows yet");
        assert!(!story.comes(20_000.0, Duration::ZERO, false, 50), "all that may came");
        assert!(story.comes(16_000.0, TICK, true, 50), "four fifths came");
        assert!(!story.comes(19_500.0, TICK, true, 50), "one more would not be worth it");
        assert!(story.comes(0.0, TICK, true, 50), "a silence");
        assert!(
            !story.comes(20_000.0, Duration::ZERO, false, 50),
            "what was long ago counts no more"
        );
    }

    #[test]
    fn there_is_none_where_it_is_this_computer_that_is_late() {
        let mut story = Story::new();
        assert!(!story.comes(20_000.0, ms(200), false, 50), "something was there every time");
        assert!(story.comes(20_000.0, ms(200), true, 50), "nothing was there");
    }

    #[test]
    fn there_is_none_because_the_line_stood_still_for_a_moment() {
        let mut story = Story::new();
        story.comes(20_000.0, Duration::ZERO, false, 50);
        assert!(!story.comes(20_000.0, ms(220), true, 1));
        assert!(story.comes(20_000.0, ms(220), true, 3), "it does so all the time");
    }

    #[test]
    fn who_finds_something_does_not_speak_for_those_who_wait_for_the_line() {
        let mut story = Story::new();
        story.bucket.looks(true, Some(LIMIT), story.now);
        assert!(story.comes(2_000.0, TICK, false, 50));
        story.bucket.looked(None, story.now);
        assert!(!story.comes(2_000.0, TICK, false, 50));
    }
}
