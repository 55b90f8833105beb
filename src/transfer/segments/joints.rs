//! Where the bytes of two connections meet: they are compared, and whoever is faster goes on.

use super::board::{Board, Id, Setback, Share, len, up_to};
use crate::disk;
use crate::transfer::meter::lossy;
use crate::transfer::resume::OVERLAP;

impl Board<'_> {
    /// Whether `bytes` are the file's beginning: then whoever sends them has not listened to `REST`, or
    /// nobody can tell.
    pub(super) fn is_head(&self, bytes: &[u8]) -> Result<bool, disk::Error> {
        let mut head = vec![0; bytes.len()];
        self.file.read_at(0, &mut head)?;
        Ok(head == bytes)
    }

    /// A share has reached its end, and its connection brings what stands behind: `bytes` from `at` on.
    /// Tells how many of them were looked at; `None`: enough of them were.
    pub(super) fn meet<'b>(
        &mut self,
        me: Id,
        joint: u64,
        at: u64,
        bytes: &'b [u8],
    ) -> Result<Option<&'b [u8]>, Setback> {
        let (_, right) = self.file.around(joint);
        let is_passed = self.passes(me, joint, right - joint);
        let enough = if is_passed { right } else { right.min(joint + OVERLAP) };
        let count = up_to(bytes, enough.saturating_sub(at));
        if !self.is_equal(at, count)? {
            // Somebody has brought bytes of another file there, or from another place of it.
            let common = self.common(at, count)?;
            self.file.forget(joint, at + common);
            self.revoke_at(right);
            self.has_differed = true;
            self.is_end_proven = false;
            self.go_on(me, joint, at + common);
            return Ok(Some(up_to(bytes, common)));
        }
        if at + len(count) < enough {
            return Ok(Some(count));
        }
        if right - joint >= OVERLAP && !is_passed {
            self.file.join(joint);
            return Ok(None);
        }
        // So little is there that to go on takes less time than to ask anew.
        if right == self.size && self.is_end_proven {
            self.file.join(joint);
            return Ok(None);
        }
        self.go_on(me, joint, right);
        Ok(Some(count))
    }

    /// Whether a connection is sooner at the end of the next `count` bytes than another request would
    /// be: then it stays, and compares all of them.
    fn passes(&self, me: Id, joint: u64, count: u64) -> bool {
        let Some(share) = self.shares.get(&me) else { return false };
        let took = share.heard.duration_since(share.taken).as_secs_f64();
        let is_soon = lossy(count) * took < lossy(share.brought) * self.setup.as_secs_f64();
        let is_somebody_there = self.shares.values().any(|it| it.at == joint + count);
        count < OVERLAP || (is_soon && !share.is_bounded && !is_somebody_there)
    }

    /// A connection goes on beyond its share, from `at`, up to where other bytes begin.
    fn go_on(&mut self, me: Id, joint: u64, at: u64) {
        self.file.join(joint);
        self.revoke_at(at);
        let gaps = self.file.gaps();
        let gap = gaps.iter().find(|gap| gap.0 == at).map_or(u64::MAX, |gap| gap.1);
        let others = self.shares.iter().filter(|(id, _)| **id != me).map(|(_, share)| share.at);
        let end = others.filter(|&other| other > at).fold(gap, u64::min);
        if let Some(share) = self.shares.get_mut(&me) {
            (share.at, share.end) = (at, end);
        }
    }

    pub(super) fn revoke_at(&mut self, at: u64) {
        let there = |(&id, share): (&Id, &Share)| (share.at == at && share.end > at).then_some(id);
        if let Some(other) = self.shares.iter().find_map(there) {
            self.revoke(other);
        }
    }

    pub(super) fn is_equal(&self, at: u64, bytes: &[u8]) -> Result<bool, disk::Error> {
        Ok(self.common(at, bytes)? == len(bytes))
    }

    /// How many of `bytes` are as those that are here from `at` on, before the first that is not.
    fn common(&self, at: u64, bytes: &[u8]) -> Result<u64, disk::Error> {
        let mut ours = vec![0; bytes.len()];
        self.file.read_at(at, &mut ours)?;
        let equal = ours.iter().zip(bytes).take_while(|(ours, theirs)| ours == theirs).count();
        Ok(u64::try_from(equal).unwrap_or(0))
    }
}
