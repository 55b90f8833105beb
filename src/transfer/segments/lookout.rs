//! Is it time to call for help? Watches the only connection of a download.

use std::time::{Duration, Instant};

use super::board::stall;
use crate::disk::Partial;
use crate::ftp::{RemoteFile, Session};
use crate::transfer::download::Job;
use crate::transfer::growth::MOST_POLITE;
use crate::transfer::meter::lossy;

/// How many connections one file gets unless the person says otherwise.
pub(super) const MOST_BY_ITSELF: usize = 4;

/// Less than this is not shared out, in bytes: asked for by the person, and by itself.
const LEAST_GIVEN: u64 = 1024 * 1024;
const LEAST_BY_ITSELF: u64 = 4 * 1024 * 1024;

/// When the speed of one connection is first looked at, and when it is judged by: the first moments
/// say nothing.
const WARM_UP: Duration = Duration::from_millis(200);
const TRIAL: Duration = Duration::from_millis(400);

/// What one connection brings within this time is left to it, in seconds.
const SHORT: f64 = 2.0;

/// Why help is called for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::transfer) enum Call {
    /// The file has gaps, or several connections were asked for: there is work for more than one.
    Gaps,
    /// Nothing comes any more.
    Silence,
    /// It will take a while at so many bytes per second.
    Speed(f64),
}

/// Watches the only connection of a download.
#[derive(Debug)]
pub(in crate::transfer) struct Lookout {
    /// Nobody may come: the facts or the means are missing.
    is_blind: bool,
    wants_many: bool,
    grows: bool,
    size: u64,
    began: Instant,
    heard: Instant,
    longest: Duration,
    received: u64,
    warm: Option<(Instant, u64)>,
}

impl Job<'_> {
    /// How many connections to this server there may be for this file.
    pub(super) fn most_connections(&self) -> usize {
        let address = &self.request.address;
        let known = self.handle.commons.servers.known(&address.host, address.port);
        let allowed = known.most_connections.and_then(|it| usize::try_from(it).ok());
        self.request.segments.unwrap_or(0).max(MOST_POLITE).min(allowed.unwrap_or(usize::MAX))
    }

    /// Whoever looks out for help, from the moment when the data begins to come. `continues`: the
    /// server has shown, or was not asked to, that it can send a file from its middle.
    pub(in crate::transfer) fn lookout(
        &self,
        session: &Session<'_>,
        remote: &RemoteFile,
        file: &mut Partial,
        continues: bool,
    ) -> Lookout {
        let is_known = remote.facts.size.is_some() && remote.facts.modified.is_some();
        let is_able = continues && session.can_continue() && !self.goes_alone.get();
        let is_blind = !is_known || !is_able || self.most_connections() < 2;
        let has_gaps = file.has_gaps();
        if has_gaps && !(is_known && is_able) {
            // Only from one end to the other, then: what comes behind the gaps comes again.
            file.forget_all_but_first();
        }
        let size = remote.facts.size.unwrap_or(0);
        let is_long = size.saturating_sub(file.received()) >= LEAST_GIVEN;
        let wanted = self.request.segments.unwrap_or(self.crew.get());
        let now = Instant::now();
        Lookout {
            is_blind: is_blind && !file.has_gaps(),
            wants_many: file.has_gaps() || (wanted > 1 && is_long),
            grows: self.request.segments.is_none(),
            size,
            began: now,
            heard: now,
            longest: Duration::ZERO,
            received: file.received(),
            warm: None,
        }
    }
}

impl Lookout {
    /// So many bytes are here now. `Some` if more connections should come.
    pub(in crate::transfer) fn look(&mut self, received: u64, now: Instant) -> Option<Call> {
        if self.is_blind {
            return None;
        }
        if self.wants_many {
            return Some(Call::Gaps);
        }
        let silence = now.duration_since(self.heard);
        if received == self.received {
            let has_begun = self.warm.is_some();
            return (has_begun && silence >= stall(self.longest)).then_some(Call::Silence);
        }
        self.longest = self.longest.max(silence);
        (self.heard, self.received) = (now, received);
        let took = now.duration_since(self.began);
        match self.warm {
            None if took >= WARM_UP => self.warm = Some((now, received)),
            Some((since, before)) if self.grows && took >= TRIAL => {
                let seconds = now.duration_since(since).as_secs_f64();
                let speed = lossy(received.saturating_sub(before)) / seconds.max(0.001);
                let left = self.size.saturating_sub(received);
                self.grows = false;
                let is_long = left >= LEAST_BY_ITSELF && lossy(left) > speed * SHORT;
                return is_long.then_some(Call::Speed(speed));
            }
            _ => {}
        }
        None
    }
}
