//! Who has fallen silent: another connection comes to the help of that one, or in its place.

use std::time::{Duration, Instant};

use super::board::{Board, Share};

/// A connection that is silent for as long, at least and at most, has stalled.
const SHORTEST_STALL: Duration = Duration::from_secs(1);
const LONGEST_STALL: Duration = Duration::from_secs(3);

/// How long a connection may be silent that was silent for `longest` at most so far.
pub(super) fn stall(longest: Duration) -> Duration {
    (longest * 6).clamp(SHORTEST_STALL, LONGEST_STALL).max(longest * 2)
}

impl Board<'_> {
    /// How long a share may be silent. What it has shown so far says what is normal for it.
    fn is_silent(share: &Share, now: Instant) -> bool {
        let patience = match share.brought {
            0 => LONGEST_STALL,
            _ => stall(share.longest),
        };
        now.duration_since(share.heard) >= patience
    }

    /// Whether some connection has fallen silent, and nobody has come to its help yet.
    pub(super) fn has_silent_share(&self, now: Instant) -> bool {
        self.silent_share(now).is_some()
    }

    pub(super) fn silent_share(&self, now: Instant) -> Option<(u64, u64)> {
        let is_helped = |share: &Share| {
            self.shares.values().any(|it| it.at == share.at && !Self::is_silent(it, now))
        };
        let silent = self.shares.values().find(|it| Self::is_silent(it, now) && !is_helped(it));
        silent.map(|share| (share.at, share.end))
    }

    /// Ends the connection that has been silent for longest, and frees its share.
    pub(super) fn dismiss_silent(&mut self, now: Instant) {
        let silent = self.shares.iter().filter(|(_, share)| Self::is_silent(share, now));
        if let Some(id) = silent.min_by_key(|(_, share)| share.heard).map(|(&id, _)| id) {
            self.revoke(id);
        }
    }
}
