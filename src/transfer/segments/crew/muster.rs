//! How many connections are of use: who is called, who is sent home, and when it is done.

use std::thread::{self, Scope};
use std::time::{Duration, Instant};

use super::super::board::{Id, Setback};
use super::super::worker::Worker;
use super::{Crew, MOST_FAILURES, Roll};
use crate::ftp::{self, Facts, Limits, Session, Stop};
use crate::transfer::growth::{Advice, Standing, Yield};
use crate::transfer::handle::Handle;
use crate::transfer::lanes::Lane;
use crate::transfer::news::{News, Voice};

/// How often it is looked at who is needed.
const TICK: Duration = Duration::from_millis(20);

impl<'c, 'f> Crew<'c, 'f> {
    /// Sees to it that there are as many connections as are of use, until the file is whole or nobody
    /// is left.
    pub(in super::super) fn tend<'s>(&'s self, scope: &'s Scope<'s, '_>) {
        let _ending = Ending(self);
        let mut roll = self.roll();
        loop {
            let is_denied = roll.denial.is_some();
            let is_hopeless = roll.goes_alone
                || is_denied
                || roll.failures >= MOST_FAILURES
                || self.errand.stop.is_given();
            // One conversation has to go on.
            let is_rested = roll.idle > 0 || roll.ending == 0;
            roll.is_over |= self.board().is_whole() && is_rested;
            roll.is_over |= roll.members.is_empty() && is_hopeless;
            roll.is_over |= is_denied && !self.board().is_sent();
            if roll.is_over {
                return;
            }
            self.reckon(&mut roll);
            if !is_hopeless {
                self.call_who_is_missing(scope, &mut roll);
            }
            roll = self.wait_with(roll, TICK);
        }
    }

    fn call_who_is_missing<'s>(&'s self, scope: &'s Scope<'s, '_>, roll: &mut Roll) {
        let now = Instant::now();
        let (has_work, is_silent) = {
            let board = self.board();
            (board.has_work(now), board.has_silent_share(now))
        };
        let missing = roll.growth.wanted().saturating_sub(roll.members.len());
        // Where the limit is what holds, more of them would bring nothing.
        let is_useful = has_work && (roll.members.is_empty() || self.has_room());
        if missing > 0 && is_useful && self.call(scope, roll).is_some() {
            (1..missing).map_while(|_| self.call(scope, roll)).count();
            return;
        }
        let is_full = roll.members.len() >= roll.most;
        // Who is held back has nothing to say.
        let is_silent = is_silent && !self.handle().commons.throttle.held_back_lately(now);
        if !is_silent || (roll.rescuer.is_some() && !is_full) {
            return;
        }
        let rescuer = if is_full { None } else { self.call(scope, roll) };
        if rescuer.is_some() {
            let text = "Nothing comes any more. Another connection is opened beside this one";
            self.tell(Voice::Story, text);
            roll.rescuer = rescuer;
        } else if roll.members.len() > 1 {
            // There may be no more of them: one has to make room, unless it is the only one.
            self.board().dismiss_silent(now);
        }
    }

    /// Does one more bring more?
    fn reckon(&self, roll: &mut Roll) {
        let mut board = self.board();
        if roll.rescuer.is_some_and(|rescuer| board.has_brought(rescuer)) {
            roll.rescuer = None;
        }
        if board.has_differed {
            roll.goes_alone = true;
        }
        let bytes = board.received();
        let standing = Standing {
            busy: board.busy(),
            so_far: Yield { bytes, ..Yield::default() },
            left: Some(self.errand.size.saturating_sub(bytes)),
            setup: board.setup(),
            has_room: self.has_room(),
        };
        match roll.growth.look(Instant::now(), &standing) {
            Advice::Stay => {}
            Advice::Add => {
                let count = roll.growth.wanted();
                self.tell(Voice::Story, &format!("That is faster. Trying {count} connections"));
            }
            Advice::Drop => {
                let count = roll.growth.wanted();
                self.tell(Voice::Story, &format!("No faster. Going on with {count}"));
                for (&newest, stop) in roll.members.iter().skip(count) {
                    stop.give();
                    board.release(newest);
                }
            }
        }
    }

    /// Has one more come. `None`: the server has as many connections from us as it may.
    fn call<'s>(&'s self, scope: &'s Scope<'s, '_>, roll: &mut Roll) -> Option<Id> {
        let lane = match self.errand.handle.lane() {
            Some(lane) if roll.heir.is_some() => Some(lane.another_within(roll.most)?),
            _ => None,
        };
        let (id, stop) = (roll.next, self.errand.stop.branch());
        roll.next += 1;
        roll.heir.get_or_insert(id);
        roll.members.insert(id, stop.clone());
        let work = move || {
            let own = self.errand.handle.lane().map(AsRef::as_ref);
            let end = self.come(id, &stop, lane.as_ref().or(own));
            self.roll().lanes.extend(lane.filter(|_| end.is_ok()));
            self.leave(id, &stop, end);
        };
        let name = format!("ashore segment {id}");
        if thread::Builder::new().name(name).spawn_scoped(scope, work).is_err() {
            roll.members.remove(&id);
            roll.heir = roll.heir.filter(|&heir| heir != id);
            roll.goes_alone = true;
        }
        Some(id)
    }

    /// One more connection, from the greeting on.
    fn come(&self, id: Id, stop: &Stop, lane: Option<&Lane>) -> Result<(), Setback> {
        let limits = Limits { patience: self.errand.patience, stop: stop.clone() };
        let log = |line: ftp::Line| drop(self.news.send(News::Line(line.into())));
        let mut session = match lane.and_then(|lane| lane.take_up(&limits, &log)) {
            Some(session) => session,
            None => {
                let session = self.errand.open(&limits, &log)?;
                lane.and_then(Lane::connected)
                    .into_iter()
                    .for_each(|it| self.tell(Voice::Story, &it));
                session
            }
        };
        let Handle { commons, waits, .. } = self.errand.handle;
        commons.throttle.hold_back(&mut session, lane, 2, waits);
        let end = self.work(id, stop, &mut session);
        self.part(session, &end);
        end
    }

    fn work(&self, id: Id, stop: &Stop, session: &mut Session<'_>) -> Result<(), Setback> {
        let remote = self.errand.remote;
        let facts = self.errand.look(session)?;
        if facts != remote.facts {
            if facts == Facts::default() {
                session.retrieve(remote, 0)?; // If it is gone, this says so.
            }
            return Err(Setback::Differs);
        }
        Worker { crew: self, id, stop: stop.clone(), tick: &|| () }.fetch(session, remote, None)
    }
}

/// When nobody tends the crew any more, whatever the reason, all go home.
struct Ending<'e, 'c, 'f>(&'e Crew<'c, 'f>);

impl Drop for Ending<'_, '_, '_> {
    fn drop(&mut self) {
        let mut roll = self.0.roll();
        roll.is_over = true;
        roll.members.values().for_each(Stop::give);
        self.0.has_changed.notify_all();
    }
}
