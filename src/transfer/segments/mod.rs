//! One file over several connections: where that is faster, or where the only one has fallen silent.
//!
//! It begins with one. Others come when [`Lookout`] calls for them; then the file has gaps, and
//! [`board`] shares them out. Wherever the bytes of two connections meet, 64 KiB are compared, as when
//! a download is continued. Whatever goes wrong with one connection, the others go on.

mod board;
mod crew;
mod errand;
mod giving;
mod joints;
mod lookout;
mod silence;
#[cfg(test)]
mod tests;
mod worker;

use std::cell::RefCell;
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, unbounded};

use self::board::Board;
use self::crew::{Crew, Harvest};
use self::errand::Errand;
pub(super) use self::lookout::{Call, Lookout};
use self::worker::{Stream, Worker};
use super::ask::Retr;
use super::doubt::Doubt;
use super::download::Job;
use super::growth::Growth;
use super::meter::Meter;
use super::news::{News, Progress};
use super::trouble::Trouble;
use crate::disk::Partial;
use crate::ftp::{self, Limits, RemoteFile, Session};

/// How often it is told how far the file is, while the first connection has nothing to do.
const TICK: Duration = Duration::from_millis(50);

/// What the first connection has brought about so far.
pub(super) struct Begun<'a> {
    pub(super) session: Session<'a>,
    /// The next byte of what it sends is the first that is missing.
    pub(super) retr: Retr,
    pub(super) remote: &'a RemoteFile,
    pub(super) limits: &'a Limits,
    pub(super) log: &'a dyn Fn(ftp::Line),
}

impl Job<'_> {
    /// Brings the rest of the file, over as many connections as are of use.
    ///
    /// When it comes back, every byte is here, all joints were compared, one connection has read to
    /// the end of the data and heard that it was complete, and size and time on the server are what
    /// they were. The session is one that can go on.
    pub(super) fn together<'a>(
        &self,
        begun: Begun<'a>,
        file: &mut Partial,
        call: Call,
    ) -> Result<Session<'a>, Trouble> {
        let Begun { mut session, retr, remote, limits, log } = begun;
        let lists = self.lists(file);
        let size = remote.facts.size.unwrap_or(0);
        let (growth, most) = self.growth(call);
        let errand = Errand {
            access: self.access(),
            handle: self.handle,
            patience: self.request.patience,
            remote,
            size,
            most,
            stop: self.handle.stop.clone(),
        };
        let at = file.length();
        let meter = RefCell::new(Meter::new(
            file.received(),
            Some(size),
            &self.handle.waits,
            Instant::now(),
        ));
        let (news, told) = unbounded();
        let mut board = Board::new(file, size);
        let now = Instant::now();
        board.settle(
            0,
            &limits.stop,
            if let Call::Silence(heard) = call { heard } else { now },
            now,
        );
        let crew = Crew::new(errand.clone(), board, growth, news);
        let id = crew.enrol(limits.stop.clone());
        let tick = || self.tell_all(&told, &crew, &meter);
        thread::scope(|scope| {
            scope.spawn(|| crew.tend(scope));
            let worker = Worker { crew: &crew, id, stop: limits.stop.clone(), tick: &tick };
            let data = match retr {
                Retr::Sent(data) => Ok(data),
                Retr::Due => session.retrieve(remote, 0),
            };
            self.note_missing(&session, remote, lists);
            let end = match data {
                Ok(data) => {
                    self.learn_data_came(&session);
                    crew.board().sends(id, false);
                    worker.fetch(&mut session, remote, Some(Stream { data, at, end: None }))
                }
                Err(error) => Err(error.into()),
            };
            crew.part(session, &end);
            crew.leave(id, &limits.stop, end);
            while !crew.is_over() {
                tick();
                crew.wait(TICK);
            }
        });
        tick();
        let Harvest { trouble, rested, lanes, wanted, goes_alone, is_denied } = crew.harvest();
        self.crew.set(wanted);
        self.goes_alone.set(self.goes_alone.get() || goes_alone);
        let limits = Limits { stop: self.handle.stop.clone(), ..limits.clone() };
        if let Some(trouble) = trouble {
            self.asks_alone.set(is_denied);
            Errand::end(rested, &limits, log);
            return Err(trouble);
        }
        let (session, now) = errand.look_again(rested, &limits, log)?;
        drop(lanes);
        let has_grown = Some(file.length()) != remote.facts.size;
        // Whether it may have grown is judged like that of any other file.
        if now == remote.facts || has_grown {
            Ok(session)
        } else {
            Err(Trouble::Doubt(Doubt::Changed))
        }
    }

    /// How many connections to begin with, and how many there may be.
    fn growth(&self, call: Call) -> (Growth, usize) {
        let most = self.most_connections();
        let growth = match (call, self.request.segments) {
            (_, Some(given)) => Growth::new(given.min(most), given.min(most)),
            (Call::Silence(_), None) => Growth::new(1, 1),
            (Call::Gaps | Call::Narrow, None) => {
                Growth::new(self.crew.get(), most.min(lookout::MOST_BY_ITSELF))
            }
            (Call::Speed(speed), None) => {
                Growth::on_trial(speed, most.min(lookout::MOST_BY_ITSELF))
            }
        };
        (growth, most)
    }

    fn tell_all(&self, told: &Receiver<News>, crew: &Crew<'_, '_>, meter: &RefCell<Meter>) {
        told.try_iter().for_each(self.report);
        let (received, connections) = {
            let board = crew.board();
            (board.received(), board.busy().max(1))
        };
        if let Some(progress) = meter.borrow_mut().reach(received, Instant::now()) {
            (self.report)(News::Progress(Progress { connections, ..progress }));
        }
    }
}
