//! How many connections are worth having, to one server or for one file: more, while more bring more.

use std::time::{Duration, Instant};

use super::meter::lossy;

/// How many connections a server gets at first, where nobody has chosen a number.
pub(super) const FIRST: usize = 2;

/// How many it gets at most, where nobody has chosen a number: a polite guest.
pub(super) const MOST_POLITE: usize = 8;

/// The most that can be chosen.
pub const MOST_BY_CHOICE: u32 = 32;

/// With newcomers it goes faster by this factor at least, or they are given up again.
const GAIN: f64 = 1.15;

/// Where newcomers have brought this much of what the others bring each, the line is held up not by
/// its width but by something that each connection has to itself: then as many more come at once.
const FULL_SHARE: f64 = 0.75;

/// The shortest and the longest time over which speed is measured before and after.
const SHORTEST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(2);

/// Where files come one after the other, three of each connection are waited for, but not for longer.
const LONGEST_OF_FILES: Duration = Duration::from_secs(5);

/// The shortest time that says anything: newcomers that bring their full share for twice as long have
/// proven themselves.
const GLIMPSE: Duration = Duration::from_millis(60);

/// So many files on each connection tell as much as the time does.
const FILES_EACH: u64 = 4;

/// What would end sooner than this by itself, in seconds, is left alone.
const WORTHWHILE: f64 = 1.5;

/// How long nobody more is tried after those that have brought nothing, the first time; twice as long
/// every time after. A line that loses packets looks fast at first.
const REST: Duration = Duration::from_secs(5);

/// What to do about the number of connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Advice {
    /// Leave it.
    Stay,
    /// Some more.
    Add,
    /// The last that came have brought nothing.
    Drop,
}

/// All that has come so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Yield {
    /// Bytes of files.
    pub(super) bytes: u64,
    /// Whole files that [count](Growth::counts).
    pub(super) files: u64,
    /// What each of the files took, added up.
    pub(super) took: Duration,
}

/// How things stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    /// So many connections are at work.
    pub(super) busy: usize,
    pub(super) so_far: Yield,
    /// How many bytes are missing, where that is known.
    pub(super) left: Option<u64>,
    /// What a request takes until its first byte: some four round trips.
    pub(super) setup: Duration,
    /// Whether the rate limit, if there is one, lets through more than what comes.
    pub(super) has_room: bool,
}

/// How fast it goes.
#[derive(Debug, Clone, Copy)]
struct Speed {
    /// Bytes per second.
    bytes: f64,
    /// Files per second, if it is known what one takes. Not how many came: small files come in waves,
    /// and the first wave would say whatever one likes.
    files: Option<f64>,
    /// What each of these took.
    file: Duration,
}

/// Since when all that are wanted have been at work, and what was here then.
#[derive(Debug)]
struct Mark {
    /// When the last one was let in.
    all_in: Instant,
    since: Instant,
    had: Yield,
    /// The newest has had its round trips to get up to its speed.
    is_up_to_speed: bool,
    /// The last moment that was looked at, what was here then, and whether the newcomers had brought
    /// their full share in the one before.
    glimpse: (Instant, u64, bool),
}

/// Decides how many connections there are. It has no clock: whoever asks says what time it is.
#[derive(Debug)]
pub(super) struct Growth {
    most: usize,
    wanted: usize,
    /// How many there were, and how fast it went, before the last ones came. `None`: nobody is on
    /// trial.
    before: Option<(usize, Speed)>,
    mark: Option<Mark>,
    /// Since when newcomers are awaited, and how many bytes were here then.
    waiting: Option<(Instant, u64)>,
    /// Until when nobody more is tried, and how long the next such rest will be.
    rests_until: Option<Instant>,
    rest: Duration,
    is_settled: bool,
    /// What the server has shown to allow.
    known: Option<usize>,
    /// How many the person chose: no more than that, whatever they are for.
    chosen: Option<usize>,
}

impl Growth {
    /// From `wanted` connections at once to at most `most`.
    pub(super) fn new(wanted: usize, most: usize) -> Self {
        let most = most.max(1);
        Self {
            most,
            wanted: wanted.clamp(1, most),
            before: None,
            mark: None,
            waiting: None,
            rests_until: None,
            rest: REST,
            is_settled: false,
            known: None,
            chosen: None,
        }
    }

    /// Those to one server. `choice` is the person's, if they made one; `known` is what the server has
    /// shown to allow.
    pub(super) fn to_server(choice: Option<u32>, known: Option<u32>) -> Self {
        Self::of_choice(choice, known.map(count))
    }

    fn of_choice(choice: Option<u32>, known: Option<usize>) -> Self {
        let most = choice.map_or(MOST_POLITE, |choice| count(choice.min(MOST_BY_CHOICE)));
        let allowed = known.unwrap_or(usize::MAX);
        let wanted = if choice.is_some() { most } else { FIRST };
        // A server may allow more today: one more than it is known for is tried, if that is worth it.
        let all = Self::new(wanted.min(allowed), most.min(allowed.saturating_add(1)));
        Self { known, chosen: choice.map(|_| most), ..all }
    }

    /// The person has changed their mind. What the server refused, it refuses still.
    pub(super) fn choose(&mut self, choice: Option<u32>) {
        *self = Self::of_choice(choice, self.known);
    }

    /// For one file: one more than the one that has brought `bytes` per second.
    pub(super) fn on_trial(bytes: f64, most: usize) -> Self {
        let before =
            Some((1, Speed { bytes, files: None, file: Duration::ZERO })).filter(|_| most > 1);
        Self { before, ..Self::new(2, most) }
    }

    pub(super) fn wanted(&self) -> usize {
        self.wanted
    }

    /// Whether what a file took, which was asked for at `begun`, tells of the connections that there are
    /// now. One that came half before the newcomers did would speak too well of them.
    pub(super) fn counts(&self, begun: Instant) -> bool {
        self.before.is_none() || self.mark.as_ref().is_none_or(|mark| mark.all_in <= begun)
    }

    /// How many there may be, with those that help to bring one file: `most`, unless the person chose
    /// fewer.
    pub(super) fn at_most(&self, most: usize) -> usize {
        self.chosen.map_or(most, |chosen| most.min(chosen))
    }

    /// No more than so many are allowed.
    pub(super) fn limit(&mut self, most: usize) {
        self.most = most.max(1);
        self.wanted = self.wanted.min(self.most);
        self.known = Some(self.most);
        self.is_settled = true;
    }

    /// The last that came were not let in: for a while, `most` are enough.
    pub(super) fn fall_back(&mut self, most: usize, now: Instant) {
        self.wanted = self.wanted.min(most.max(1));
        (self.before, self.mark, self.waiting) = (None, None, None);
        if self.rests_until.is_none_or(|until| until <= now) {
            self.rests_until = Some(now + self.rest);
            self.rest *= 2;
        }
    }

    /// Is one more worth it? Were the last ones?
    pub(super) fn look(&mut self, now: Instant, standing: &Standing) -> Advice {
        let Standing { busy, so_far, setup, .. } = *standing;
        let may_grow = self.wanted < self.most || self.before.is_some();
        if self.is_settled || !may_grow || self.rests_until.is_some_and(|until| now < until) {
            return Advice::Stay;
        }
        self.rests_until = None;
        if !standing.has_room {
            // It comes as fast as it may. Those on trial have helped with that.
            (self.before, self.mark, self.waiting) = (None, None, None);
            return Advice::Stay;
        }
        if busy < self.wanted {
            self.mark = None;
            self.waiting.get_or_insert((now, so_far.bytes));
            return Advice::Stay;
        }
        if let Some((since, had)) = self.waiting.take()
            && let Some((_, before)) = &mut self.before
        {
            // The others have got up to their speed while the newcomers were awaited.
            let took = now.duration_since(since).max(SHORTEST).as_secs_f64();
            before.bytes = before.bytes.max(lossy(so_far.bytes.saturating_sub(had)) / took);
        }
        let begins = |is_up_to_speed| {
            let glimpse = (now, so_far.bytes, false);
            Mark { all_in: now, since: now, had: so_far, is_up_to_speed, glimpse }
        };
        let is_up_to_speed = self.before.is_none();
        let mark = self.mark.get_or_insert_with(|| begins(is_up_to_speed));
        let took = now.saturating_duration_since(mark.since);
        let new = so_far.since(mark.had);
        let mut speed = new.speed(self.wanted, took);
        let has_each = new.has_files(self.wanted, 1);
        let is_clear = match &self.before {
            // Once somebody has come for nothing, nobody else does on the evidence of one file.
            None => has_each && self.rest == REST,
            Some((count, before)) => {
                let enough = 1.0 + FULL_SHARE * many(self.wanted - count) / many(*count);
                // Between files it comes now in torrents, now not at all: a moment says nothing.
                let is_steady = so_far.files == 0;
                let seen =
                    is_steady.then(|| mark.glimpse(now, so_far, setup, before.bytes * enough));
                let seen = seen.flatten();
                speed.bytes = seen.unwrap_or(speed.bytes);
                seen.is_some() || (has_each && speed.of_files(before) >= enough)
            }
        };
        if is_clear {
            return self.grow(speed, self.wanted, standing);
        }
        if !mark.is_up_to_speed && took >= setup / 2 && !new.has_files(self.wanted, FILES_EACH) {
            let (glimpse, all_in) = (mark.glimpse, mark.all_in);
            *mark = Mark { glimpse, all_in, ..begins(true) };
            return Advice::Stay;
        }
        let time = setup.mul_f64(1.25).clamp(SHORTEST, LONGEST);
        let is_long =
            mark.is_up_to_speed && took >= time.max((speed.file * 3).min(LONGEST_OF_FILES));
        let is_proven = is_long || new.has_files(self.wanted, FILES_EACH);
        if !is_proven || new == Yield::default() {
            return Advice::Stay;
        }
        match &self.before {
            Some((count, before)) if speed.of(before) < GAIN => {
                self.wanted = *count;
                (self.before, self.mark) = (None, None);
                self.rests_until = Some(now + self.rest);
                self.rest *= 2;
                Advice::Drop
            }
            _ => self.grow(speed, 1, standing),
        }
    }

    /// Those that came last are worth it: `step` more.
    fn grow(&mut self, speed: Speed, step: usize, standing: &Standing) -> Advice {
        self.before = None;
        self.mark = None;
        let ends_soon = standing.left.is_some_and(|left| lossy(left) < speed.bytes * WORTHWHILE);
        self.is_settled |= ends_soon;
        if ends_soon || self.wanted >= self.most {
            return Advice::Stay;
        }
        self.before = Some((self.wanted, speed));
        self.wanted = (self.wanted + step).min(self.most);
        Advice::Add
    }
}

impl Yield {
    fn since(self, before: Self) -> Self {
        Self {
            bytes: self.bytes.saturating_sub(before.bytes),
            files: self.files.saturating_sub(before.files),
            took: self.took.saturating_sub(before.took),
        }
    }

    /// Whether so many files came for each of the connections.
    fn has_files(&self, connections: usize, each: u64) -> bool {
        self.files >= each * u64::try_from(connections).unwrap_or(u64::MAX)
    }

    fn speed(&self, connections: usize, took: Duration) -> Speed {
        let file = self.took / u32::try_from(self.files.max(1)).unwrap_or(u32::MAX);
        let each = file.as_secs_f64();
        Speed {
            bytes: lossy(self.bytes) / took.as_secs_f64().max(0.001),
            files: Some(many(connections) / each.max(1e-6)).filter(|_| self.files > 0),
            file,
        }
    }
}

impl Speed {
    /// How many times as fast as it went before, in files.
    fn of_files(&self, before: &Self) -> f64 {
        self.files.zip(before.files).map_or(0.0, |(now, before)| now / before)
    }

    /// The same in whatever shows it better.
    fn of(&self, before: &Self) -> f64 {
        let of_bytes = if before.bytes > 0.0 { self.bytes / before.bytes } else { 0.0 };
        of_bytes.max(self.of_files(before))
    }
}

impl Mark {
    /// How many bytes came a second, once those have been `enough` for two moments in a row.
    fn glimpse(
        &mut self,
        now: Instant,
        so_far: Yield,
        setup: Duration,
        enough: f64,
    ) -> Option<f64> {
        let (since, had, was_enough) = self.glimpse;
        let took = now.saturating_duration_since(since);
        if took < (setup / 4).max(GLIMPSE) {
            return None;
        }
        let speed = lossy(so_far.bytes.saturating_sub(had)) / took.as_secs_f64();
        let is_enough = enough > 0.0 && speed >= enough;
        self.glimpse = (now, so_far.bytes, is_enough);
        (is_enough && was_enough).then_some(speed)
    }
}

fn count(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX).max(1)
}

pub(super) fn many(count: usize) -> f64 {
    lossy(u64::try_from(count).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod fleet;
#[cfg(test)]
mod tests;
