//! Is it time to call for help? Watches the only connection of a download.

use std::time::{Duration, Instant};

use super::silence::stall;
use crate::disk::Partial;
use crate::ftp::{Data, RemoteFile, Session};
use crate::transfer::download::Job;
use crate::transfer::growth::MOST_POLITE;
use crate::transfer::meter::lossy;
use crate::transfer::processors::Processors;
use crate::transfer::throttle::Throttle;

/// How many connections one file gets unless the person says otherwise.
pub(super) const MOST_BY_ITSELF: usize = 4;

/// Less than this is not shared out, in bytes: asked for by the person, and by itself.
const LEAST_GIVEN: u64 = 1024 * 1024;
const LEAST_BY_ITSELF: u64 = 4 * 1024 * 1024;

/// The speed of one connection is looked at from moment to moment, each of so many round trips and at
/// least so long.
const ROUND_TRIPS: f64 = 1.5;
const MOMENT: Duration = Duration::from_millis(75);

/// A connection that is slower than this, in bytes per second, does not wait for a processor of ours.
const FAST: f64 = 16_777_216.0;

/// As long as this computer has no time for more, it is looked at more and more seldom.
const LONGEST_MOMENT: Duration = Duration::from_secs(2);

/// It has got up to its speed where a moment has not brought this much more than the one before. On
/// some lines that never comes: after so many moments it is judged all the same.
const STILL_GROWS: f64 = 1.15;
const MOST_MOMENTS: u32 = 10;

/// What one connection brings within this time is left to it, in seconds.
const SHORT: f64 = 2.0;

/// Why help is called for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::transfer) enum Call {
    /// The file has gaps, or several connections were asked for: there is work for more than one.
    Gaps,
    /// It may come faster now than this data connection was made for.
    Narrow,
    /// Nothing has come any more since then.
    Silence(Instant),
    /// It will take a while at so many bytes per second.
    Speed(f64),
}

/// Watches the only connection of a download.
#[derive(Debug)]
pub(in crate::transfer) struct Lookout {
    /// Nothing can be done: the facts or the means are missing.
    is_blind: bool,
    /// Nobody else may come.
    is_alone: bool,
    wants_many: bool,
    grows: bool,
    size: u64,
    heard: Instant,
    longest: Duration,
    received: u64,
    moment: Duration,
    /// When this moment began, and how many bytes were here then.
    since: (Instant, u64),
    moments: u32,
    /// After so many it is judged.
    most_moments: u32,
    /// How many bytes a second the last moment brought.
    speed: f64,
    throttle: Throttle,
    /// What the processors had done when they were last looked at, where that is of any use.
    processors: Option<Processors>,
}

impl Job<'_> {
    /// How many connections to this server there may be for this file.
    pub(super) fn most_connections(&self) -> usize {
        let address = &self.request.address;
        let known = self.handle.commons.servers.known(&address.host, address.port);
        let allowed = known.most_connections.and_then(|it| usize::try_from(it).ok());
        let most = self.request.segments.unwrap_or(0).max(MOST_POLITE);
        self.handle.commons.lanes.at_most(most).min(allowed.unwrap_or(usize::MAX))
    }

    /// Whether several connections, asked for by the person, can come while the first one has the file
    /// sent: this spares two round trips. Only to software that is known to continue files, and for a
    /// file of which nothing is here.
    pub(in crate::transfer) fn begins_together(
        &self,
        session: &Session<'_>,
        remote: &RemoteFile,
        file: &Partial,
    ) -> bool {
        let is_known = remote.facts.modified.is_some() && session.is_of_known_software();
        let is_long = remote.facts.size.is_some_and(|size| size >= LEAST_GIVEN);
        let is_usual = !session.is_active() && !self.goes_alone.get() && !self.starts_over.get();
        let is_free = self.handle.commons.throttle.limit().is_none();
        let wants_many = self.request.segments.is_some_and(|it| it > 1);
        let begins = file.received() == 0 && wants_many && is_known && is_long;
        begins && is_usual && is_free && self.most_connections() > 1
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
        let is_blind = !is_known || !is_able;
        if file.has_gaps() && is_blind {
            // Only from one end to the other, then: what comes behind the gaps comes again.
            file.forget_all_but_first();
        }
        let size = remote.facts.size.unwrap_or(0);
        let is_long = size.saturating_sub(file.received()) >= LEAST_GIVEN;
        let wanted = self.request.segments.unwrap_or(self.crew.get());
        let now = Instant::now();
        let grows = self.request.segments.is_none();
        let may_grow = grows && size.saturating_sub(file.received()) >= LEAST_BY_ITSELF;
        Lookout {
            is_blind: is_blind && !file.has_gaps(),
            is_alone: self.most_connections() < 2 && !file.has_gaps(),
            wants_many: file.has_gaps() || (wanted > 1 && is_long),
            grows,
            size,
            heard: now,
            longest: Duration::ZERO,
            received: file.received(),
            moment: session.round_trip().mul_f64(ROUND_TRIPS).max(MOMENT),
            since: (now, file.received()),
            moments: 0,
            most_moments: MOST_MOMENTS,
            speed: 0.0,
            throttle: self.handle.commons.throttle.clone(),
            processors: may_grow.then(Processors::now).flatten(),
        }
    }
}

impl Lookout {
    /// So many bytes are here now. `Some` if more connections should come.
    pub(in crate::transfer) fn look(
        &mut self,
        received: u64,
        data: &Data,
        now: Instant,
    ) -> Option<Call> {
        let left = self.size.saturating_sub(received);
        let is_worthwhile = !self.is_blind && left >= LEAST_GIVEN;
        if is_worthwhile && data.is_narrow() && !self.throttle.is_used_up(now) {
            return Some(Call::Narrow);
        }
        if self.is_blind || self.is_alone {
            return None;
        }
        if self.wants_many {
            return Some(Call::Gaps);
        }
        let silence = now.duration_since(self.heard).saturating_sub(data.held_back());
        if received == self.received {
            let has_begun = self.moments > 0;
            return (has_begun && silence >= stall(self.longest))
                .then_some(Call::Silence(self.heard));
        }
        self.longest = self.longest.max(silence);
        (self.heard, self.received) = (now, received);
        let (since, before) = self.since;
        let took = now.duration_since(since);
        if took < self.moment {
            return None;
        }
        let speed = lossy(received.saturating_sub(before)) / took.as_secs_f64();
        let still_grows = speed > std::mem::replace(&mut self.speed, speed) * STILL_GROWS;
        self.since = (now, received);
        self.moments = self.moments.saturating_add(1);
        if !self.grows || (still_grows && self.moments < self.most_moments) {
            return None;
        }
        if !self.throttle.has_room(now) {
            // It was the limit that was looked at.
            self.most_moments = self.moments.saturating_add(MOST_MOMENTS);
            return None;
        }
        if speed >= FAST && self.has_spent_processors() {
            self.moment = (self.moment * 2).min(LONGEST_MOMENT);
            return None;
        }
        self.grows = false;
        let is_long = left >= LEAST_BY_ITSELF && lossy(left) > speed * SHORT;
        is_long.then_some(Call::Speed(speed))
    }

    /// Whether this computer has had no time for another connection since the last look.
    fn has_spent_processors(&mut self) -> bool {
        let Some(before) = self.processors else { return false };
        self.processors = Processors::now();
        self.processors.is_some_and(|now| now.were_spent_since(before))
    }
}
