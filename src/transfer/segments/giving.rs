//! Who gives a part of its share to a connection that has none: first so that the file becomes whole
//! from its beginning on, and in the end so that all are done at the same time.

use std::time::Instant;

use super::board::{Board, Id, LEAST, Share};
use crate::transfer::growth::many;
use crate::transfer::meter::{lossy, whole};
use crate::transfer::resume::OVERLAP;

/// How much sooner a share must be whole if a part of it is given away, in times of what the last
/// request took.
const WORTHWHILE: f64 = 0.5;

/// Nobody keeps less of a share than is brought in so many times of what the last request took, as long
/// as that is not the end of the file: to begin another one takes that time.
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
        let (size, setup, usual) = (self.size, self.setup.as_secs_f64(), self.usual_speed(now));
        let kept = |share: &Share| {
            let speed = share.speed(now).unwrap_or(usual);
            let each = missing / company;
            let next = (each / ROUNDS).max(each.min(PIECE));
            next.max(whole(speed * setup * KEPT)).max(LEAST)
        };
        let can_give = |share: &&mut Share| share.left(size) / 2 >= kept(share);
        let giver = self.shares.values_mut().filter(can_give).min_by_key(|share| share.at)?;
        let middle = giver.at + kept(giver);
        Some((middle, std::mem::replace(&mut giver.end, middle)))
    }

    /// Takes so much away from whoever would be done last that both are done at the same time, if that
    /// is worth a request.
    fn part_of_latest(&mut self, me: Id, now: Instant) -> Option<(u64, u64)> {
        let (size, setup, usual) = (self.size, self.setup.as_secs_f64(), self.usual_speed(now));
        let lasts =
            |share: &Share| lossy(share.left(size)) / share.speed(now).unwrap_or(usual).max(1.0);
        let can_give = |share: &&mut Share| share.left(size) >= 2 * LEAST;
        let latest = self.shares.values_mut().filter(can_give);
        let latest = latest.max_by(|one, other| lasts(one).total_cmp(&lasts(other)))?;
        let (left, theirs) = (latest.left(size), latest.speed(now).unwrap_or(usual));
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

    /// How many bytes a second one of those at work brings. 0.0: nobody knows.
    fn usual_speed(&self, now: Instant) -> f64 {
        let known: Vec<_> = self.shares.values().filter_map(|share| share.speed(now)).collect();
        known.iter().sum::<f64>() / many(known.len()).max(1.0)
    }
}

/// `of_all` of `bytes`, to a thousandth.
fn portion(bytes: u64, of_all: f64) -> u64 {
    bytes / 1000 * whole(of_all.clamp(0.0, 1.0) * 1000.0)
}
