//! Who has fallen silent: another connection comes to the help of that one, or in its place.

use std::time::{Duration, Instant};

use super::board::{Board, Id, Share};

/// A connection that is silent for as long, at least and at most, has stalled.
const SHORTEST_STALL: Duration = Duration::from_secs(1);
const LONGEST_STALL: Duration = Duration::from_secs(3);

/// Whoever comes in the place of others that were given up too soon is waited for twice as long each
/// time; it is doubled so often at most.
const MOST_GENERATIONS: u32 = 5;

/// How long a connection may be silent where nobody was for longer than `longest` so far.
pub(super) fn stall(longest: Duration) -> Duration {
    (longest * 6).clamp(SHORTEST_STALL, LONGEST_STALL).max(longest * 2)
}

impl Board<'_> {
    /// A connection is not silent, also while nobody can tell whether what it brings belongs there. How
    /// long the others may be, it has shown: some servers send in bursts to keep to a limit of theirs.
    pub(super) fn hear(&mut self, me: Id, now: Instant) {
        let Some(share) = self.shares.get_mut(&me) else { return };
        let pause = now.duration_since(share.heard);
        let is_first = share.heard == share.taken; // That takes as long as a request does.
        share.heard = now;
        if !is_first && pause > self.longest {
            self.longest = pause;
            if pause >= LONGEST_STALL {
                self.generation = 0; // This says more.
            }
        }
    }

    /// How long a share may be silent. What has come so far says what is normal here.
    fn is_silent(&self, share: &Share, now: Instant) -> bool {
        let least = if share.brought == 0 { LONGEST_STALL } else { SHORTEST_STALL };
        let doubled = share.generation.min(self.generation).min(MOST_GENERATIONS);
        let patience = stall(self.longest).max(least) * (1 << doubled);
        now.duration_since(share.heard) >= patience
    }

    /// Whether some connection has fallen silent, and nobody has come to its help yet.
    pub(super) fn has_silent_share(&self, now: Instant) -> bool {
        self.silent_share(now).is_some()
    }

    pub(super) fn silent_share(&self, now: Instant) -> Option<Id> {
        let is_helped = |share: &Share| {
            self.shares.values().any(|it| it.at == share.at && !self.is_silent(it, now))
        };
        let is_left_alone = |share: &Share| self.is_silent(share, now) && !is_helped(share);
        self.shares.iter().find(|(_, share)| is_left_alone(share)).map(|(&id, _)| id)
    }

    /// Another connection comes in the place of a silent one. If that was silent for longer than it was
    /// at work, the server may only pause: then whoever comes in its place is given more time.
    pub(super) fn replace(&mut self, silent: Id, now: Instant) {
        let Some(share) = self.shares.get(&silent) else { return };
        let worked = share.heard.duration_since(share.taken);
        if now.duration_since(share.heard) < worked {
            self.generation = 0;
        } else if share.generation == self.generation {
            self.generation += 1;
        }
    }

    /// Ends the connection that has been silent for longest, and frees its share.
    pub(super) fn dismiss_silent(&mut self, now: Instant) {
        let silent = self.shares.iter().filter(|(_, share)| self.is_silent(share, now));
        if let Some(id) = silent.min_by_key(|(_, share)| share.heard).map(|(&id, _)| id) {
            self.replace(id, now);
            self.revoke(id);
        }
    }
}
