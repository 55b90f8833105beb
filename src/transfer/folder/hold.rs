//! Small files: fetched in series, weighed in memory, and brought to the disk together.

use std::collections::VecDeque;
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender};
use sha2::{Digest as _, Sha256};

use super::super::brake::Brake;
use super::super::failure::Failure;
use super::super::news::{FileEnd, Summary, Verdict};
use super::GATHER;
use super::batch::Found;
use super::hand::{Hand, Met, Watch, Word};
use super::work::Work;
use crate::disk::{self, Unnamed};
use crate::ftp::listing::Precision;
use crate::ftp::{self, Basket, Wanted, Whole};

/// Files up to this length are fetched in series, in bytes. Of longer ones a part is worth keeping.
const SMALL: u64 = 128 * 1024;

/// How many small files may wait for their names at once.
pub(super) const MOST_WEIGHED: usize = 128;

/// A small file that came whole and is written, but has no name yet.
pub(super) struct Weighed {
    file: Unnamed,
    end: FileEnd,
    found: Found,
}

/// What became of small files.
pub(super) enum Load {
    /// This hand is one too many: another one takes it.
    NotOurs(Found),
    /// Those that need a closer look. All others are on their way to the disk.
    Rest(Vec<Found>),
}

impl Hand<'_> {
    /// Whether `found` is fetched in series: it is small, and nothing about it needs a closer look.
    fn is_small(&self, found: &Found) -> bool {
        let checks = &self.request.checks;
        found.size.is_some_and(|size| size <= SMALL)
            && !found.is_there
            && checks.expected.is_none()
            && !(checks.verify && found.folder.has_sums)
    }

    /// Fetches `found` and those after it that are small. Hands back those that need a closer look.
    pub(super) fn fetch_small(&self, found: Found) -> Load {
        if !self.is_small(&found) || !Unnamed::are_known(&found.folder.local) {
            return Load::Rest(vec![found]);
        }
        let log = |line: ftp::Line| self.tell(Word::Line(line.into()));
        let mut session = match self.meet(&log) {
            Ok(Met::Session(session)) => *session,
            Ok(Met::OneTooMany) => return Load::NotOurs(found),
            Err(_) => return Load::Rest(vec![found]), // It will tell why.
        };
        if !session.has_series() || (self.request.checks.verify && session.has_checksums()) {
            self.lane.park(session);
            return Load::Rest(vec![found]);
        }
        let known = self
            .handle
            .commons
            .servers
            .known(&self.request.address.host, self.request.address.port);
        let mut load = Series {
            hand: self,
            begun: Instant::now(),
            since: Instant::now(),
            first: Some(found),
            under_way: VecDeque::new(),
        };
        // Whatever went wrong, those that did not come are looked at more closely.
        session.fetch_series(known.is_step_by_step, &mut load).ok();
        self.lane.park(session);
        Load::Rest(load.first.into_iter().chain(load.under_way).collect())
    }
}

/// The small files that one hand has under way.
struct Series<'l, 'h> {
    hand: &'l Hand<'h>,
    begun: Instant,
    /// When it was last written down what the time was spent on.
    since: Instant,
    first: Option<Found>,
    under_way: VecDeque<Found>,
}

impl Basket for Series<'_, '_> {
    fn next(&mut self) -> Option<Wanted> {
        let hand = self.hand;
        let is_next = |found: &Found| hand.is_small(found) && !hand.lane.is_wanted();
        let found = self.first.take().or_else(|| hand.work.another(is_next))?;
        let path = found.folder.path.child(&found.name);
        let (size, asks_time) = (found.size.unwrap_or(0), !is_exact(&found));
        self.under_way.push_back(found);
        Some(Wanted { path: path.ok()?, size, asks_time })
    }

    fn came(&mut self, bytes: usize, held_back: Duration) {
        self.hand.lane.moved(bytes);
        self.since = self.hand.handle.waits.add(Brake::Server, self.since + held_back);
    }

    fn take(&mut self, whole: Whole) {
        let Some(found) = self.under_way.pop_front() else { return };
        let took = self.begun.elapsed();
        self.begun = Instant::now();
        self.hand.lane.is_done(took);
        let listed = found.modified.filter(|_| is_exact(&found)).map(|listed| listed.time);
        // A time that is no more than about right is better than none: the next run knows it again.
        let about = found.modified.map(|listed| listed.time);
        let modified = listed.or(whole.modified).or(about);
        let length = u64::try_from(whole.bytes.len()).unwrap_or(0);
        self.hand.work.came(0, length);
        let path = found.folder.local.join(&*found.local);
        let Some(address) = self.hand.address_of(&found) else { return };
        let name = found.name();
        let hashes = self.hand.request.checks.hash;
        let since = self.hand.handle.waits.add(Brake::Server, self.since);
        if let Some(receipt) = &self.hand.handle.commons().receipt {
            receipt.awaits(&path);
        }
        let written = Unnamed::write(&path, &whole.bytes, modified);
        self.since = self.hand.handle.waits.add(Brake::Disk, since);
        let outcome = match written {
            Ok(Some(file)) => {
                let sha256 = hashes.then(|| Sha256::digest(&whole.bytes).into());
                let verdict = Verdict::Complete;
                let summary = Summary { path, length, modified, sha256, took, verdict };
                let end = FileEnd { name, address, outcome: Ok(summary) };
                self.hand.work.weighed();
                self.hand.weighed.send(Weighed { file, end, found }).ok();
                return;
            }
            // It knew them a moment ago.
            Ok(None) => Err(Failure::Bug { what: "the disk has changed its mind".to_owned() }),
            Err(error) => Err(Failure::Disk { error, kept: None }),
        };
        self.hand.tell(Word::File(Box::new(FileEnd { name, address, outcome })));
    }
}

/// Whether the listing tells the file's time exactly, so that it need not be asked for.
fn is_exact(found: &Found) -> bool {
    found.modified.is_some_and(|time| time.is_utc && time.precision == Precision::Second)
}

/// Gives small files their names, as many together as have come meanwhile, until nobody sends more.
pub(super) fn name_them(weighed: &Receiver<Weighed>, work: &Work, words: &Sender<Word>) {
    let _watch = Watch(work);
    while let Ok(first) = weighed.recv() {
        thread::sleep(GATHER);
        let together = std::iter::once(first).chain(weighed.try_iter().take(MOST_WEIGHED));
        let (files, ends): (Vec<_>, Vec<_>) =
            together.map(|Weighed { file, end, found }| (file, (end, found))).unzip();
        for (named, (mut end, found)) in Unnamed::name_all(files).into_iter().zip(ends) {
            match named {
                Ok(()) => {}
                Err(disk::Error::Exists { .. }) => {
                    work.came(end.outcome.map_or(0, |summary| summary.length), 0);
                    work.named(Some(found));
                    continue;
                }
                Err(error) => end.outcome = Err(Failure::Disk { error, kept: None }),
            }
            words.send(Word::File(Box::new(end))).ok();
            work.named(None);
        }
    }
}
