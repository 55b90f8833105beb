//! What becomes of a connection that the server does not let in.

use std::sync::atomic::Ordering;
use std::time::Instant;

use super::super::pier::{Pier, lock};
use super::Lane;
use crate::ftp::Error;

/// What a refusal means that says that there are too many connections.
#[derive(Debug, PartialEq, Eq)]
pub(in super::super) enum Crowd {
    /// This is our only one: the server is full with others.
    Others,
    /// We have more, and there will be no more than those. This lane was given back. The sentence,
    /// if there is one, is for the person.
    Ours(Option<String>),
}

impl Lane {
    /// The server refused this connection because there are too many.
    pub(in super::super) fn refused(&self) -> Crowd {
        if !self.is_taken.load(Ordering::Acquire) {
            return Crowd::Others;
        }
        let mut berths = lock(&self.pier.berths);
        let others = berths.open().saturating_sub(1);
        if others == 0 {
            return Crowd::Others;
        }
        berths.growth.limit(others);
        berths.is_untold = true;
        drop(berths);
        self.leave();
        let Pier { host, port, .. } = self.pier.as_ref();
        let others = u32::try_from(others).ok();
        // What cannot be written down is learnt again the next time.
        self.servers.learn(host, *port, |known| known.most_connections = others).ok();
        Crowd::Ours(self.pier.limit_in_words(&mut lock(&self.pier.berths)))
    }

    /// The server did not let this connection in, for a reason that may mean anything. Where it has let
    /// in others of ours, it has had enough of them, for a while at least; with the codes that turn
    /// guests away, whatever the words are, it says so.
    pub(in super::super) fn shut_out(&self, error: &Error) -> Crowd {
        let mut berths = lock(&self.pier.berths);
        if berths.connected == 0 && berths.resting.is_empty() {
            return Crowd::Others;
        }
        if matches!(error, Error::Refused { reply, .. } if matches!(reply.code, 421 | 530)) {
            drop(berths);
            return self.refused();
        }
        let others = berths.open().saturating_sub(1);
        berths.growth.fall_back(others, Instant::now());
        self.leave_berth(&mut berths);
        Crowd::Ours(None)
    }
}
