//! What becomes of a connection that the server does not let in.

use std::sync::atomic::Ordering;
use std::time::Instant;

use super::super::pier::{Pier, lock};
use super::Lane;
use crate::ftp::Error;
use crate::words;

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
        berths.refused = Some(others);
        self.leave_berth(&mut berths);
        let limit = berths.limit_shown();
        drop(berths);
        Crowd::Ours(limit.map(|limit| self.learn_limit(limit)))
    }

    /// Remembers how many connections the server allows, and says it.
    pub(super) fn learn_limit(&self, limit: usize) -> String {
        let Pier { host, port, .. } = self.pier.as_ref();
        let allowed = u32::try_from(limit).ok();
        // What cannot be written down is learnt again the next time.
        self.servers.learn(host, *port, |known| known.most_connections = allowed).ok();
        let many = u64::try_from(limit).unwrap_or(u64::MAX);
        let connections = words::counted(many, "connection", "connections");
        format!("{host} allows {connections} at a time; using {limit}")
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

#[cfg(test)]
mod tests {
    use super::super::super::commons::Commons;
    use super::super::super::request::{Destination, Request};
    use super::*;

    /// One more connection to a server.
    fn another(commons: &Commons) -> Lane {
        let address = "ftp://h/a".parse().unwrap();
        let request = Request::new(address, Destination::Folder("d".into()));
        commons.lanes.try_take(request.access(commons)).unwrap()
    }

    /// Three connections to a server that has let the first one in, and refused a fourth.
    fn three(commons: &Commons) -> [Lane; 3] {
        commons.lanes.choose(Some(4));
        let [first, second, third, fourth] = [(); 4].map(|()| another(commons));
        assert_eq!(first.connected(), None);
        assert_eq!(fourth.refused(), Crowd::Ours(None), "the others may be refused as well");
        [first, second, third]
    }

    fn known(commons: &Commons) -> Option<u32> {
        commons.servers.known(&"h".parse().unwrap(), 21).most_connections
    }

    #[test]
    fn a_server_is_remembered_by_what_it_let_in_and_not_by_what_still_knocked() {
        let two = || Some("h allows 2 connections at a time; using 2".to_owned());
        let commons = Commons::default();
        let [_first, second, third] = three(&commons);
        assert_eq!(known(&commons), None);
        assert_eq!(third.refused(), Crowd::Ours(None));
        assert_eq!((second.connected(), known(&commons)), (two(), Some(2)));

        let commons = Commons::default();
        let [_first, second, third] = three(&commons);
        assert_eq!(second.connected(), None);
        assert_eq!((third.refused(), known(&commons)), (Crowd::Ours(two()), Some(2)));
    }

    #[test]
    fn who_leaves_before_it_was_let_in_has_shown_nothing() {
        let commons = Commons::default();
        drop(three(&commons));
        assert_eq!((another(&commons).connected(), known(&commons)), (None, None));
    }
}
