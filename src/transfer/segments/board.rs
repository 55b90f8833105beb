//! Who fetches what: the gaps of a file, shared out among connections, and closed where they meet.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use crate::disk::{self, Partial};
use crate::ftp::Stop;
use crate::transfer::doubt::Doubt;
use crate::transfer::meter::lossy;
use crate::transfer::resume::{OVERLAP, proof_before};
use crate::transfer::trouble::Trouble;

/// The least that is worth a request of its own, in bytes.
pub(super) const LEAST: u64 = 2 * OVERLAP;

/// How far beyond its announced size a file is followed, at least, in bytes.
const MOST_BEYOND: u64 = 16 * 1024 * 1024;

/// One of the connections.
pub(super) type Id = usize;

/// What one connection fetches: from where it is, up to where somebody else's bytes begin. The last
/// share of a file has no end: only the server can tell where that is.
#[derive(Debug)]
pub(super) struct Share {
    pub(super) at: u64,
    pub(super) end: u64,
    /// When it was taken, when its first bytes came, and when bytes last came.
    pub(super) taken: Instant,
    begun: Option<Instant>,
    pub(super) heard: Instant,
    pub(super) brought: u64,
    /// The server has begun to send it.
    is_sent: bool,
    /// The server stops by itself soon after its end.
    pub(super) is_bounded: bool,
    /// How often those before it were taken for silent too soon, as it seems.
    pub(super) generation: u32,
    stop: Stop,
}

impl Share {
    /// How many bytes are missing of it, in a file of `size` bytes.
    pub(super) fn left(&self, size: u64) -> u64 {
        self.end.min(size).saturating_sub(self.at)
    }

    /// Bytes per second since the first ones came.
    pub(super) fn speed(&self, now: Instant) -> Option<f64> {
        let took = now.duration_since(self.begun?).as_secs_f64();
        Some(lossy(self.brought) / took.max(0.001)).filter(|_| self.brought >= OVERLAP)
    }
}

/// What a connection is to ask for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Task {
    /// From which byte on: some that are here come again, and are compared.
    pub(super) from: u64,
    /// Up to where, with what is compared at the far end. `u64::MAX`: to the end of the data.
    pub(super) to: u64,
    /// Nothing before it is here to be compared with.
    pub(super) is_in_void: bool,
}

/// What becomes of a connection after the bytes that it has brought.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// It goes on.
    More,
    /// It has met what was there: its share is whole.
    Done,
    /// Another one was faster.
    Lost,
}

/// The bytes of two connections contradict each other.
#[derive(Debug)]
pub(super) enum Setback {
    /// What came again is not what is here.
    Differs,
    /// Our side, or a doubt about the file.
    Trouble(Trouble),
}

impl<T: Into<Trouble>> From<T> for Setback {
    fn from(trouble: T) -> Self {
        Self::Trouble(trouble.into())
    }
}

pub(super) fn len(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

pub(super) fn up_to(bytes: &[u8], count: u64) -> &[u8] {
    bytes.get(..usize::try_from(count).unwrap_or(usize::MAX)).unwrap_or(bytes)
}

/// The file, and who is at work on it.
#[derive(Debug)]
pub(super) struct Board<'a> {
    pub(super) file: &'a mut Partial,
    pub(super) size: u64,
    pub(super) shares: BTreeMap<Id, Share>,
    /// The server has ended the data where the file ends, and called it complete.
    pub(super) is_end_proven: bool,
    /// Those who have brought anything new.
    bringers: BTreeSet<Id>,
    /// How many bytes a second each has brought of its last share.
    pub(super) speeds: BTreeMap<Id, f64>,
    /// What the last request took until its first byte.
    pub(super) setup: Duration,
    /// Bytes that contradicted others were thrown out.
    pub(super) has_differed: bool,
    /// The longest time that bytes were waited for which came in the end, over any connection.
    pub(super) longest: Duration,
    /// How often one generation of connections after the other was taken for silent too soon, as it seems.
    pub(super) generation: u32,
}

impl<'a> Board<'a> {
    pub(super) fn new(file: &'a mut Partial, size: u64) -> Self {
        Self {
            file,
            size,
            shares: BTreeMap::new(),
            is_end_proven: false,
            bringers: BTreeSet::new(),
            speeds: BTreeMap::new(),
            setup: Duration::ZERO,
            has_differed: false,
            longest: Duration::ZERO,
            generation: 0,
        }
    }

    pub(super) fn received(&self) -> u64 {
        self.file.received()
    }

    pub(super) fn setup(&self) -> Duration {
        self.setup
    }

    /// Everything is here, joined, and the server has said that this is the end.
    pub(super) fn is_whole(&self) -> bool {
        self.is_end_proven && !self.file.has_gaps()
    }

    /// The first connection takes the first gap. Something came over it at `heard`.
    pub(super) fn settle(&mut self, me: Id, stop: &Stop, heard: Instant, now: Instant) {
        let (at, end) = self.file.gaps().first().copied().unwrap_or((0, u64::MAX));
        self.take(me, at, end, stop, now);
        self.shares.values_mut().for_each(|share| share.heard = heard);
    }

    fn take(&mut self, me: Id, at: u64, end: u64, stop: &Stop, now: Instant) {
        let share = Share {
            at,
            end,
            taken: now,
            begun: None,
            heard: now,
            brought: 0,
            is_sent: false,
            is_bounded: false,
            generation: self.generation,
            stop: stop.clone(),
        };
        self.shares.insert(me, share);
    }

    /// The server has begun to send a share. `is_bounded`: it stops by itself soon after its end.
    pub(super) fn sends(&mut self, me: Id, is_bounded: bool) {
        if let Some(share) = self.shares.get_mut(&me) {
            (share.is_sent, share.is_bounded) = (true, is_bounded);
        }
    }

    /// Whether the server sends anything.
    pub(super) fn is_sent(&self) -> bool {
        self.shares.values().any(|share| share.is_sent)
    }

    /// Work for a connection that has none: the share of one that has fallen silent; or the first gap
    /// that nobody is at work on; or a part of somebody's share. `company`: so many connections there
    /// are to be; `None`: no share is to be parted. `None`: there is nothing to do just now.
    ///
    /// # Errors
    ///
    /// What is here cannot be read.
    pub(super) fn claim(
        &mut self,
        me: Id,
        company: Option<usize>,
        stop: &Stop,
        now: Instant,
    ) -> Result<Option<Task>, disk::Error> {
        if self.is_whole() {
            return Ok(None);
        }
        let silent = self.silent_share(now);
        let of_silent = silent.and_then(|id| self.shares.get(&id)).map(|it| (it.at, it.end));
        let mut free = of_silent.into_iter().chain(self.free_gaps());
        let free = match self.has_head() {
            true => free.next(),
            false => free.min(),
        };
        if let Some(silent) = silent.filter(|_| free == of_silent) {
            self.replace(silent, now);
        }
        let part = |board: &mut Self| board.part(me, company?, now);
        let Some((at, end)) = free.or_else(|| part(self)) else { return Ok(None) };
        let (left, _) = self.file.around(at);
        let is_long_enough = left == 0 || at - left >= OVERLAP;
        let proof = is_long_enough.then(|| proof_before(self.file, left, at)).transpose()?;
        let (at, from, is_in_void) = if let Some(from) = proof.flatten() {
            (at, from, false)
        } else {
            if left < at {
                // Nothing of this proves anything: it comes once more.
                self.file.forget(left, left);
                self.revoke_at(at);
            }
            (left, left, true)
        };
        self.take(me, at, end, stop, now);
        let to = if end == u64::MAX { end } else { (end + OVERLAP).min(self.size) };
        Ok(Some(Task { from, to, is_in_void }))
    }

    /// Whether the beginning is here. Without it nobody can tell whether a server listens to `REST`.
    pub(super) fn has_head(&self) -> bool {
        self.file.length() >= OVERLAP
    }

    /// Whether somebody fetches the beginning.
    pub(super) fn awaits_head(&self) -> bool {
        self.shares.values().any(|share| share.at == self.file.length())
    }

    fn free_gaps(&self) -> Vec<(u64, u64)> {
        let mut free = Vec::new();
        for (from, to) in self.file.gaps() {
            let mut at = from;
            let is_end = to == u64::MAX;
            let mut is_taken = is_end && self.is_end_proven;
            let mut shares: Vec<_> = self.shares.values().map(|it| (it.at, it.end)).collect();
            shares.sort_unstable();
            for (begin, end) in shares {
                let is_here = begin >= from && begin <= to && end <= to;
                is_taken |= end == to && (is_here || from == to);
                if is_here {
                    if begin > at {
                        free.push((at, begin));
                    }
                    at = at.max(end);
                }
            }
            if !is_taken {
                free.push((at, to));
            }
        }
        free
    }

    /// Whether there is enough to do for one more.
    pub(super) fn has_work(&self, now: Instant) -> bool {
        let is_free = !self.free_gaps().is_empty() || self.has_silent_share(now);
        is_free || self.has_long_share(now)
    }

    /// Whether the share of a connection is worth another request.
    pub(super) fn is_long(&self, id: Id) -> bool {
        self.shares.get(&id).is_some_and(|share| share.left(self.size) >= 2 * LEAST)
    }

    /// Whether a connection has brought anything new.
    pub(super) fn has_brought(&self, id: Id) -> bool {
        self.bringers.contains(&id)
    }

    /// A connection is over. Whether it has brought anything new.
    pub(super) fn leave(&mut self, id: Id) -> bool {
        self.release(id);
        self.bringers.remove(&id)
    }

    /// How many connections have brought bytes of their share.
    pub(super) fn busy(&self) -> usize {
        self.shares.values().filter(|share| share.brought > 0).count()
    }

    /// A connection gives its share back, whole or not. Tells how many bytes it has brought of it.
    pub(super) fn release(&mut self, me: Id) -> u64 {
        let Some(share) = self.shares.remove(&me) else { return 0 };
        if let Some(speed) = share.speed(share.heard) {
            self.speeds.insert(me, speed);
        }
        share.brought
    }

    /// The share of another connection is over: it is to end.
    pub(super) fn revoke(&mut self, other: Id) {
        if let Some(share) = self.shares.remove(&other) {
            share.stop.give();
        }
    }

    /// Takes in what a connection has brought: `bytes` of the file from `at` on. What is here already
    /// is compared.
    pub(super) fn deliver(
        &mut self,
        me: Id,
        mut at: u64,
        mut bytes: &[u8],
        now: Instant,
    ) -> Result<Next, Setback> {
        self.hear(me, now);
        while let [_, ..] = bytes {
            let Some(share) = self.shares.get(&me) else { return Ok(Next::Lost) };
            let (from, end) = (share.at, share.end);
            let count = if at < from {
                let count = up_to(bytes, from - at);
                if !self.is_equal(at, count)? {
                    return Err(Setback::Differs);
                }
                count
            } else if at < end {
                let count = up_to(bytes, end - at);
                self.put(me, at, count, now)?;
                count
            } else {
                match self.meet(me, end, at, bytes)? {
                    Some(count) => count,
                    None => return Ok(Next::Done),
                }
            };
            at += len(count);
            bytes = bytes.get(count.len()..).unwrap_or_default();
        }
        Ok(Next::More)
    }

    fn put(&mut self, me: Id, at: u64, bytes: &[u8], now: Instant) -> Result<(), Setback> {
        let rival = |(&id, share): (&Id, &Share)| (id != me && share.at == at).then_some(id);
        if let Some(rival) = self.shares.iter().find_map(rival) {
            self.revoke(rival);
        }
        self.file.put(at, bytes)?;
        let Some(share) = self.shares.get_mut(&me) else { return Ok(()) };
        if share.begun.is_none() {
            share.begun = Some(now);
            self.setup = now.duration_since(share.taken);
        }
        share.at += len(bytes);
        share.brought += len(bytes);
        self.bringers.insert(me);
        let (announced, received) = (self.size, share.at);
        if received > announced.saturating_add((announced / 4).max(MOST_BEYOND)) {
            let doubt = Doubt::Long { announced, received, is_endless: true };
            return Err(Setback::Trouble(Trouble::Doubt(doubt)));
        }
        Ok(())
    }

    /// The data has ended where this connection was, and the server has called it complete.
    pub(super) fn end_of_data(&mut self, me: Id) -> Result<(), Trouble> {
        let Some(share) = self.shares.remove(&me) else { return Ok(()) };
        if share.end == u64::MAX && share.at >= self.size {
            self.is_end_proven = true;
            return Ok(());
        }
        let (announced, received) = (self.size, share.at);
        Err(Trouble::Doubt(Doubt::Short { announced, received }))
    }
}
