//! Many entries of a listing, close together.

use std::mem;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use crossbeam_channel::Sender;

use crate::ftp::listing::{Entry, Kind, Modified, Precision};

/// How long an entry may wait in the buffer for the next one. Short enough to watch a listing grow.
const MOST_DELAY: Duration = Duration::from_millis(100);

/// So many entries are printed at once, unless they come slowly.
const AT_ONCE: usize = 2048;

/// Entries that one thread reads and another prints.
///
/// They stand in two pieces of memory. If each name had its own, one thread would give back what the
/// other asks for, and both would wait for each other for as long as printing takes.
#[derive(Debug, Default)]
pub(super) struct Rows {
    names: Vec<u8>,
    facts: Vec<Facts>,
}

/// An [`Entry`], with the lengths of its names.
#[derive(Debug)]
struct Facts {
    name: usize,
    kind: Kind,
    size: Option<u64>,
    modified: Option<Modified>,
    target: Option<usize>,
}

/// An [`Entry`] that stands elsewhere.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'r> {
    pub(super) name: &'r [u8],
    pub(super) kind: Kind,
    pub(super) size: Option<u64>,
    pub(super) modified: Option<Modified>,
    pub(super) target: Option<&'r [u8]>,
}

impl<'e> From<&'e Entry> for Row<'e> {
    fn from(entry: &'e Entry) -> Self {
        let Entry { ref name, kind, size, modified, ref target } = *entry;
        Self { name, kind, size, modified, target: target.as_deref() }
    }
}

impl Rows {
    pub(super) fn len(&self) -> usize {
        self.facts.len()
    }

    pub(super) fn push(&mut self, row: Row<'_>) {
        let Row { name, kind, size, modified, target } = row;
        self.names.extend_from_slice(name);
        self.names.extend_from_slice(target.unwrap_or_default());
        let (name, target) = (name.len(), target.map(<[u8]>::len));
        self.facts.push(Facts { name, kind, size, modified, target });
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Row<'_>> + Clone {
        let mut names = self.names.as_slice();
        self.facts.iter().map(move |facts| {
            let mut next = |length| {
                let (next, rest) = names.split_at_checked(length).unwrap_or_default();
                names = rest;
                next
            };
            let Facts { name, kind, size, modified, target } = *facts;
            Row { name: next(name), kind, size, modified, target: target.map(next) }
        })
    }
}

/// The entries that have been read, on their way to be printed.
#[derive(Debug)]
pub(super) struct Bundle {
    to: Sender<Rows>,
    rows: Rows,
    sent: Instant,
    /// All that comes will wait for the end anyway.
    is_held: bool,
}

impl Bundle {
    pub(super) fn new(to: Sender<Rows>) -> Self {
        Self { to, rows: Rows::default(), sent: Instant::now(), is_held: false }
    }

    pub(super) fn take(&mut self, entry: &Entry) -> ControlFlow<()> {
        self.is_held |= !is_certain(entry.modified);
        self.rows.push(entry.into());
        let is_due = !self.is_held && self.sent.elapsed() > MOST_DELAY;
        if self.rows.len() < AT_ONCE && !is_due {
            return ControlFlow::Continue(());
        }
        self.sent = Instant::now();
        // Nobody takes them once nobody reads what is printed.
        match self.to.send(mem::take(&mut self.rows)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }

    pub(super) fn end(self) {
        self.to.send(self.rows).ok();
    }
}

/// Whether a time, if there is one, is right wherever the server stands.
pub(super) fn is_certain(modified: Option<Modified>) -> bool {
    modified.is_none_or(|time| time.is_utc || time.precision == Precision::Day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_comes_out_as_it_went_in() {
        let mut rows = Rows::default();
        let names: [(&[u8], Option<&[u8]>); 4] =
            [(b"a", None), (b"link", Some(b"to")), (b"empty", Some(b"")), (b"\xff\x00", None)];
        for (name, target) in names {
            rows.push(Row { name, kind: Kind::Link, size: None, modified: None, target });
        }
        assert!(rows.iter().map(|row| (row.name, row.target)).eq(names));
        assert_eq!(rows.len(), names.len());
    }
}
