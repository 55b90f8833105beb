//! What waits for its turn, server by server: a slow one holds up only those that wait for it.

use std::collections::{HashMap, HashSet, VecDeque};

use super::engine::TransferId;
use crate::ftp::{Address, Host};

/// What waits for its turn.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// One line for each server, the oldest first. None is empty.
    lines: Vec<Line>,
    /// Who waits, and where.
    places: HashMap<TransferId, (Host, u16)>,
}

#[derive(Debug)]
struct Line {
    server: (Host, u16),
    ids: VecDeque<TransferId>,
}

impl Waiting {
    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    pub(super) fn contains(&self, id: TransferId) -> bool {
        self.places.contains_key(&id)
    }

    /// All that wait; those of one server in their order.
    pub(super) fn all(&self) -> impl Iterator<Item = TransferId> {
        self.lines.iter().flat_map(|line| &line.ids).copied()
    }

    /// The servers that somebody waits for.
    pub(super) fn servers(&self) -> Vec<(Host, u16)> {
        self.lines.iter().map(|line| line.server.clone()).collect()
    }

    /// Who is next for one server.
    pub(super) fn first(&self, host: &Host, port: u16) -> Option<TransferId> {
        self.line(host, port)?.ids.front().copied()
    }

    /// How many wait for one server.
    pub(super) fn count(&self, host: &Host, port: u16) -> usize {
        self.line(host, port).map_or(0, |line| line.ids.len())
    }

    /// Puts a transfer behind all others that wait for the server at `address`.
    pub(super) fn push(&mut self, id: TransferId, address: &Address) {
        let server = (address.host.clone(), address.port);
        self.places.insert(id, server.clone());
        match self.lines.iter_mut().find(|line| line.server == server) {
            Some(line) => line.ids.push_back(id),
            None => self.lines.push(Line { server, ids: VecDeque::from([id]) }),
        }
    }

    /// Takes a transfer out. Tells whether it was there.
    pub(super) fn remove(&mut self, id: TransferId) -> bool {
        let Some(server) = self.places.remove(&id) else { return false };
        if let Some(at) = self.lines.iter().position(|line| line.server == server)
            && let Some(line) = self.lines.get_mut(at)
        {
            if line.ids.front() == Some(&id) {
                line.ids.pop_front(); // As a rule; the search below is for the others.
            } else {
                line.ids.retain(|&waiting| waiting != id);
            }
            if line.ids.is_empty() {
                self.lines.remove(at);
            }
        }
        true
    }

    /// The transfers in `ids` change places among themselves, in each line; the others stay where
    /// they are.
    pub(super) fn reorder(&mut self, ids: &[TransferId]) {
        let named: HashSet<_> = ids.iter().copied().collect();
        for line in &mut self.lines {
            let here: HashSet<_> = line.ids.iter().copied().collect();
            let mut next = ids.iter().copied().filter(|id| here.contains(id));
            for place in line.ids.iter_mut().filter(|id| named.contains(id)) {
                *place = next.next().unwrap_or(*place);
            }
        }
    }

    fn line(&self, host: &Host, port: u16) -> Option<&Line> {
        self.lines.iter().find(|line| line.server.0 == *host && line.server.1 == port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(ids: &[(u64, &str)]) -> Waiting {
        let mut waiting = Waiting::default();
        for (id, host) in ids {
            waiting.push(TransferId(*id), &format!("ftp://{host}/x").parse().unwrap());
        }
        waiting
    }

    fn all(waiting: &Waiting) -> Vec<u64> {
        waiting.all().map(|id| id.0).collect()
    }

    #[test]
    fn each_server_has_its_own_line() {
        let mut waiting = waiting(&[(1, "a"), (2, "a"), (3, "b"), (4, "a")]);
        let servers = waiting.servers();
        let firsts: Vec<_> =
            servers.iter().filter_map(|(host, port)| waiting.first(host, *port)).collect();
        assert_eq!(firsts, [TransferId(1), TransferId(3)]);
        assert!(waiting.remove(TransferId(2)) && !waiting.remove(TransferId(2)));
        assert!(waiting.remove(TransferId(3)));
        assert_eq!((all(&waiting), waiting.servers().len()), (vec![1, 4], 1));
    }

    #[test]
    fn who_is_not_named_keeps_the_place() {
        let mut waiting = waiting(&[(1, "a"), (2, "a"), (3, "a"), (9, "b"), (4, "a")]);
        waiting.reorder(&[TransferId(4), TransferId(9), TransferId(1)]);
        assert_eq!(all(&waiting), [4, 2, 3, 1, 9]);
    }
}
