//! One server, and all connections to it: how many there are, and which rest.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::growth::{Growth, Yield};
use super::throttle::Throttle;
use crate::ftp::{Host, Learnt, Limits, Login, Parked, Proxy, Security, Stop, Trust, Way};

/// Who we are to a server, and how we come: two conversations of one kind can stand in for each other.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) login: Login,
    pub(super) security: Security,
    pub(super) trust: Trust,
    pub(super) way: Way,
    pub(super) proxy: Option<Proxy>,
}

/// One server, and all connections to it.
#[derive(Debug)]
pub(super) struct Pier {
    pub(super) host: Host,
    pub(super) port: u16,
    pub(super) berths: Mutex<Berths>,
    /// What came over all of them.
    pub(super) so_far: Mutex<Yield>,
    /// How many downloads wait for a lane.
    pub(super) waiting: AtomicU32,
    /// How fast everything together may arrive.
    pub(super) throttle: Throttle,
}

#[derive(Debug)]
pub(super) struct Berths {
    pub(super) taken: usize,
    /// How many of those help to bring a file that somebody else brings.
    pub(super) helping: usize,
    /// How many of those that are taken have been let in by the server.
    pub(super) connected: usize,
    pub(super) resting: Vec<Resting>,
    /// What the last conversation that rested had learnt.
    pub(super) learnt: Option<(Arc<Kind>, Learnt)>,
    pub(super) growth: Growth,
    /// The server has refused one more than so many. Whether it lets in all of those is not known yet.
    pub(super) refused: Option<usize>,
}

#[derive(Debug)]
pub(super) struct Resting {
    pub(super) kind: Arc<Kind>,
    /// Whether the lane that it belongs to is taken. If so, nobody else goes on with it: who did would
    /// leave that lane with one connection more to make.
    pub(super) owner: Arc<AtomicBool>,
    pub(super) parked: Parked,
    pub(super) since: Instant,
}

impl Pier {
    /// How many connections the server has from us, or is to have.
    pub(super) fn taken(&self) -> usize {
        lock(&self.berths).taken
    }
}

impl Berths {
    /// How many connections there are, or are to be.
    pub(super) fn open(&self) -> usize {
        self.taken + self.resting.iter().filter(|resting| resting.is_free()).count()
    }

    /// How many connections the server allows, once: as soon as it has let in all but the one that it
    /// refused. Before, those that still wait to be let in may be refused as well.
    pub(super) fn limit_shown(&mut self) -> Option<usize> {
        let waiting = self.taken.saturating_sub(self.connected);
        let let_in = self.open().saturating_sub(waiting);
        self.refused.take_if(|limit| *limit <= let_in)
    }

    /// Who rests counts as a connection too: takes those out that are more than `most`, beside the ones
    /// that are taken. The newest of these is about to take up one of its `kind`, if one rests.
    pub(super) fn make_room(&mut self, kind: Option<&Kind>, most: usize) -> Vec<Resting> {
        let of_kind = |resting: &Resting| kind.is_some_and(|kind| *resting.kind == *kind);
        let is_one = |resting: &Resting| resting.is_free() && of_kind(resting);
        let is_other = |resting: &Resting| resting.is_free() && !of_kind(resting);
        let taken_up = usize::from(self.resting.iter().any(is_one));
        let most = self.growth.at_most(most);
        let mut leaving = Vec::new();
        while self.open() - taken_up > most {
            // Those of another kind first, and those that have rested longest.
            let ones = self.resting.iter().filter(|resting| is_one(resting)).count();
            let other = self.resting.iter().position(is_other);
            let one = || self.resting.iter().position(is_one).filter(|_| ones > taken_up);
            let Some(at) = other.or_else(one) else { break };
            leaving.push(self.resting.remove(at));
        }
        leaving
    }

    /// Whether more are taken than are of use. Those that help with one file are counted there.
    pub(super) fn are_too_many(&self) -> bool {
        self.taken - self.helping.min(self.taken) > self.growth.wanted()
    }
}

impl Resting {
    /// Whether it is for whoever comes first.
    pub(super) fn is_free(&self) -> bool {
        !self.owner.load(Ordering::Acquire)
    }

    pub(super) fn end(self) {
        let limits = Limits { patience: Duration::ZERO, stop: Stop::default() };
        if let Some(session) = self.parked.take_up(&limits, &|_| ()) {
            session.quit();
        }
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing that is done under these locks can stop half-way.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
