//! Who gives a part of its share to a connection that has none: first so that the file becomes whole
//! from its beginning on, and in the end so that all are done at the same time.

use std::collections::BTreeMap;
use std::time::Instant;

use super::board::{Board, Id, LEAST, Share};
use crate::transfer::growth::many;
use crate::transfer::meter::{lossy, whole};
use crate::transfer::resume::OVERLAP;

/// How much sooner a share must be whole if a part of it is given away, in times of what the last
/// request took.
const WORTHWHILE: f64 = 1.0;

/// What one more connection takes until its first byte, in times of what a request takes.
const NEWCOMER: f64 = 2.0;

/// A connection is slow at first: for so many times of what the last request took, its speed is taken
/// to be that of before, or of the others.
const SLOW_START: u32 = 4;

/// Nobody keeps less of a share than is brought in so many times of what the last request took, unless
/// that is more than falls to each: to begin another one takes that time.
const KEPT: f64 = 48.0;

/// As long as so many times of what each connection is to bring next are missing, there is more to come
/// after that.
const ROUNDS: u64 = 2;

/// What each connection could bring to the end is not brought in several rounds if it is no more than
/// this, in bytes: a checksum has caught up with that in no time, and each request costs some.
const PIECE: u64 = 16 * 1024 * 1024;

impl Board<'_> {
    /// A part of somebody's share, up to where that share ended.
    pub(super) fn part(&mut self, me: Id, company: usize, now: Instant) -> Option<(u64, u64)> {
        self.part_behind(company, now).or_else(|| self.part_of_latest(me, now))
    }

    /// Takes away what nobody will come to for a long time. Whoever works in front keeps enough, and
    /// what is in front is whole first: a checksum is computed in the order of the bytes, and would
    /// have most of its work to do after the last of them if all parts became whole at the same time.
    fn part_behind(&mut self, company: usize, now: Instant) -> Option<(u64, u64)> {
        let company = u64::try_from(company.max(self.shares.len() + 1)).unwrap_or(u64::MAX);
        let missing = self.size.saturating_sub(self.received());
        let (size, setup, speeds) = (self.size, self.setup.as_secs_f64(), self.speeds_now(now));
        let each = missing / company;
        let next = (each / ROUNDS).max(each.min(PIECE));
        let kept = |id| {
            let speed = speeds.get(id).copied().unwrap_or_default();
            next.max(whole(speed * setup * KEPT).min(each)).max(LEAST)
        };
        let givers = self.shares.iter_mut().map(|(id, share)| (kept(id), share));
        let givers = givers.filter(|(kept, share)| share.left(size) / 2 >= *kept);
        let (kept, giver) = givers.min_by_key(|(_, share)| share.at)?;
        let middle = giver.at + kept;
        Some((middle, std::mem::replace(&mut giver.end, middle)))
    }

    /// Takes so much away from whoever would be done last that both are done at the same time, if that
    /// is worth a request.
    fn part_of_latest(&mut self, me: Id, now: Instant) -> Option<(u64, u64)> {
        let (size, setup, speeds) = (self.size, self.setup.as_secs_f64(), self.speeds_now(now));
        let givers = self.shares.iter_mut().filter(|(_, share)| share.left(size) >= 2 * LEAST);
        let with_speed = |(id, share)| (speeds.get(id).copied().unwrap_or_default(), share);
        let lasts = |speed: f64, share: &Share| lossy(share.left(size)) / speed.max(1.0);
        let (theirs, latest) = givers
            .map(with_speed)
            .max_by(|one, other| lasts(one.0, one.1).total_cmp(&lasts(other.0, other.1)))?;
        let left = latest.left(size);
        // Of a new one nobody knows better than that it will be as fast.
        let mine = self.speeds.get(&me).copied().unwrap_or(theirs);
        let mut kept = left / 2;
        if theirs > 0.0 && mine > 0.0 {
            // While this one's request is under way, the other one goes on.
            let both = (lossy(left + OVERLAP) + mine * setup) / (theirs + mine);
            let gain = lossy(left) / theirs - both;
            if gain < setup * WORTHWHILE {
                return None;
            }
            kept = portion(left, theirs * both / lossy(left));
        }
        let middle = latest.at + kept.clamp(LEAST, left - LEAST);
        Some((middle, std::mem::replace(&mut latest.end, middle)))
    }

    /// Whether a share lasts so long that somebody who is not here yet could take a part of it.
    pub(super) fn has_long_share(&self, now: Instant) -> bool {
        let (setup, speeds) = (self.setup.as_secs_f64(), self.speeds_now(now));
        self.shares.iter().any(|(id, share)| {
            let meanwhile = speeds.get(id).copied().unwrap_or_default() * setup * NEWCOMER;
            share.left(self.size) >= (2 * LEAST).max(whole(meanwhile))
        })
    }

    /// How many bytes a second each of those at work brings, as far as can be told. 0.0: nobody knows.
    fn speeds_now(&self, now: Instant) -> BTreeMap<Id, f64> {
        let is_new = |share: &Share| now < share.taken + self.setup * SLOW_START;
        let usual = |counts: &dyn Fn(&Share) -> bool| {
            let counted = self.shares.values().filter(|share| counts(share));
            let known: Vec<_> = counted.filter_map(|share| share.speed(now)).collect();
            (!known.is_empty()).then(|| known.iter().sum::<f64>() / many(known.len()))
        };
        let usual = usual(&|share| !is_new(share)).or_else(|| usual(&|_| true)).unwrap_or(0.0);
        let speed = |(&id, share): (&Id, &Share)| {
            let shown = share.speed(now).unwrap_or(usual);
            let before = self.speeds.get(&id).copied().unwrap_or(usual);
            (id, if is_new(share) { shown.max(before) } else { shown })
        };
        self.shares.iter().map(speed).collect()
    }
}

/// `of_all` of `bytes`, to a thousandth.
fn portion(bytes: u64, of_all: f64) -> u64 {
    bytes / 1000 * whole(of_all.clamp(0.0, 1.0) * 1000.0)
}
