//! How many connections to one server are worth having: more, while more bring more.

use std::time::{Duration, Instant};

/// How many connections there are at first, where nobody has chosen a number.
pub(super) const FIRST: u32 = 2;

/// How many there are at most, where nobody has chosen a number: a polite guest.
const MOST: u32 = 8;

/// The most that can be chosen.
pub const MOST_BY_CHOICE: u32 = 32;

/// A number of connections has proven itself after this time, or after [`FILES_EACH`].
const TRIAL: Duration = Duration::from_secs(1);

/// So many files on each connection tell as much as the time does.
const FILES_EACH: u64 = 4;

/// More connections must bring at least so much more, or they are given up again.
const WORTH: f64 = 1.15;

/// After a number was found to bring nothing, it is not tried again for so long.
const CALM: Duration = Duration::from_secs(30);

/// All that has come from one server so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Yield {
    /// Bytes of files.
    pub(super) bytes: u64,
    /// Whole files.
    pub(super) files: u64,
}

/// Decides how many connections one server gets. It has no clock: whoever asks says what time it is.
#[derive(Debug)]
pub(super) struct Growth {
    allowed: u32,
    most: u32,
    /// What the server has shown to allow.
    known: Option<u32>,
    since: Instant,
    begun_with: Yield,
    /// The number before, and what came with it: bytes and files per second.
    before: Option<(u32, f64, f64)>,
}

impl Growth {
    /// `choice` is the person's, if they made one; `known` is what the server has shown to allow.
    pub(super) fn new(choice: Option<u32>, known: Option<u32>, now: Instant) -> Self {
        let most = choice.unwrap_or(MOST).clamp(1, MOST_BY_CHOICE);
        let known = known.map(|known| known.max(1));
        let allowed = if choice.is_some() { most } else { FIRST.min(most) };
        let allowed = known.map_or(allowed, |known| allowed.min(known));
        // A server may allow more today: one more than it is known for is tried, if that is worth it.
        let most = known.map_or(most, |known| most.min(known + 1));
        Self { allowed, most, known, since: now, begun_with: Yield::default(), before: None }
    }

    /// The person has changed their mind. What the server refused, it refuses still.
    pub(super) fn choose(&mut self, choice: Option<u32>, so_far: Yield, now: Instant) {
        *self = Self { begun_with: so_far, ..Self::new(choice, self.known, now) };
    }

    /// How many connections there may be.
    pub(super) fn allowed(&self) -> u32 {
        self.allowed
    }

    /// All connections are busy and there is more to do: may there be more of them?
    pub(super) fn look(&mut self, so_far: Yield, now: Instant) {
        let time = now.saturating_duration_since(self.since);
        let bytes = so_far.bytes.saturating_sub(self.begun_with.bytes);
        let files = so_far.files.saturating_sub(self.begun_with.files);
        let is_proven = time >= TRIAL || files >= FILES_EACH * u64::from(self.allowed);
        if self.allowed >= self.most || now < self.since || !is_proven || bytes + files == 0 {
            return;
        }
        let bytes_a_second = per_second(bytes, time);
        let files_a_second = per_second(files, time);
        let is_worth = self.before.is_none_or(|(_, bytes_before, files_before)| {
            bytes_a_second > bytes_before * WORTH || files_a_second > files_before * WORTH
        });
        if is_worth {
            self.before = Some((self.allowed, bytes_a_second, files_a_second));
            // Small files end by the dozen and show fast what a connection is worth; a large one
            // keeps its connection for long.
            let are_small = files >= FILES_EACH * u64::from(self.allowed);
            let step = if are_small { self.allowed } else { 1 };
            self.allowed = (self.allowed + step).min(self.most);
            self.since = now;
        } else {
            self.allowed = self.before.take().map_or(self.allowed, |(allowed, ..)| allowed);
            self.since = now + CALM;
        }
        self.begun_with = so_far;
    }

    /// The server refused one more than the `open` ones.
    pub(super) fn refused(&mut self, open: u32) {
        self.most = open.max(1);
        self.known = Some(self.most);
        self.allowed = self.allowed.min(self.most);
        self.before = None;
    }
}

fn per_second(count: u64, time: Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a rate needs no 53 bits")]
    let count = count as f64;
    count / time.as_secs_f64().max(1e-3)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn bytes(bytes: u64) -> Yield {
        Yield { bytes, files: 0 }
    }

    #[test]
    fn there_are_more_connections_while_more_bring_more_and_never_more_than_eight() {
        let mut now = Instant::now();
        let mut growth = Growth::new(None, None, now);
        let mut so_far = 0;
        let mut seen = vec![growth.allowed()];
        for _ in 0..12 {
            so_far += u64::from(growth.allowed()) * 1_000_000;
            now += SECOND;
            growth.look(bytes(so_far), now);
            seen.push(growth.allowed());
        }
        assert_eq!(seen, [2, 3, 4, 5, 6, 7, 8, 8, 8, 8, 8, 8, 8]);
    }

    #[test]
    fn a_connection_that_brings_nothing_is_given_up_and_not_tried_again_at_once() {
        let now = Instant::now();
        let mut growth = Growth::new(None, None, now);
        growth.look(bytes(2_000_000), now + SECOND);
        assert_eq!(growth.allowed(), 3);
        growth.look(bytes(4_000_000), now + 2 * SECOND);
        assert_eq!(growth.allowed(), 2);
        growth.look(bytes(20_000_000), now + 10 * SECOND);
        assert_eq!(growth.allowed(), 2);
        growth.look(bytes(80_000_000), now + 40 * SECOND);
        assert_eq!(growth.allowed(), 3);
    }

    #[test]
    fn many_small_files_show_it_sooner_than_the_clock() {
        let now = Instant::now();
        let mut growth = Growth::new(None, None, now);
        growth.look(Yield { bytes: 0, files: 8 }, now + SECOND / 4);
        growth.look(Yield { bytes: 0, files: 24 }, now + SECOND / 2);
        assert_eq!(growth.allowed(), 8);
    }

    #[test]
    fn while_nothing_comes_nothing_is_known() {
        let now = Instant::now();
        let mut growth = Growth::new(None, None, now);
        growth.look(Yield::default(), now + 60 * SECOND);
        assert_eq!(growth.allowed(), 2);
    }

    #[test]
    fn what_the_server_refuses_and_what_the_person_chooses_is_kept_to() {
        let now = Instant::now();
        assert_eq!(Growth::new(Some(32), None, now).allowed(), 32);
        assert_eq!(Growth::new(Some(100), None, now).allowed(), 32);
        assert_eq!(Growth::new(Some(32), Some(4), now).allowed(), 4);
        assert_eq!(Growth::new(None, Some(1), now).allowed(), 1);
        let mut known = Growth::new(Some(32), Some(4), now);
        known.look(bytes(1_000_000), now + SECOND);
        known.look(bytes(9_000_000), now + 2 * SECOND);
        assert_eq!(known.allowed(), 5);
        let mut growth = Growth::new(Some(8), None, now);
        growth.refused(5);
        assert_eq!(growth.allowed(), 5);
        growth.look(bytes(9_000_000_000), now + 60 * SECOND);
        assert_eq!(growth.allowed(), 5);
        growth.refused(0);
        assert_eq!(growth.allowed(), 1);
        growth.choose(Some(8), bytes(9), now);
        assert_eq!(growth.allowed(), 1, "what was refused is refused");
        let mut free = Growth::new(None, None, now);
        for (choice, allowed) in [(Some(5), 5), (Some(1), 1), (None, 2)] {
            free.choose(choice, bytes(9), now);
            assert_eq!(free.allowed(), allowed);
        }
    }
}
