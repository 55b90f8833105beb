//! More than fits into memory, put in order.

use crate::disk::error::Error;
use crate::disk::pile::Pile;

/// So much is put in order in memory, in bytes.
const RUN: usize = 2 * 1024 * 1024;

/// What a piece takes beside its bytes, about.
const BESIDE: usize = 48;

/// Puts pieces in the order of their keys. Those of one key stay in the order in which they came.
///
/// A few mebibytes are in memory, however many pieces there are.
pub(super) struct Sorter {
    key: fn(&[u8]) -> &[u8],
    run: Vec<Vec<u8>>,
    bytes: usize,
    /// What is in order, oldest first. Each came together of twice as many runs as the next, or more.
    piles: Vec<(u32, Pile)>,
}

impl Sorter {
    pub(super) fn by(key: fn(&[u8]) -> &[u8]) -> Self {
        Self { key, run: Vec::new(), bytes: 0, piles: Vec::new() }
    }

    /// # Errors
    ///
    /// If there is no room for it on the disk.
    pub(super) fn push(&mut self, piece: Vec<u8>) -> Result<(), Error> {
        self.bytes += piece.len() + BESIDE;
        self.run.push(piece);
        if self.bytes >= RUN { self.end_run() } else { Ok(()) }
    }

    /// All of them, in order.
    ///
    /// # Errors
    ///
    /// If the disk has no room, or does not give back what it took.
    pub(super) fn sorted(mut self) -> Result<Pile, Error> {
        self.end_run()?;
        let mut all = self.piles.pop().map(|(_, pile)| pile).unwrap_or_default();
        while let Some((_, older)) = self.piles.pop() {
            all = self.merged(older, all)?;
        }
        Ok(all)
    }

    fn end_run(&mut self) -> Result<(), Error> {
        let key = self.key;
        self.run.sort_by(|one, other| key(one).cmp(key(other)));
        let mut pile = Pile::default();
        for piece in self.run.drain(..) {
            pile.push(&piece)?;
        }
        self.bytes = 0;
        let mut doublings = 0;
        while let Some((_, older)) = self.piles.pop_if(|(of_older, _)| *of_older == doublings) {
            pile = self.merged(older, pile)?;
            doublings += 1;
        }
        self.piles.push((doublings, pile));
        Ok(())
    }

    fn merged(&self, mut older: Pile, mut newer: Pile) -> Result<Pile, Error> {
        let key = self.key;
        let mut all = Pile::default();
        let (mut old, mut new) = (older.pop()?, newer.pop()?);
        loop {
            let is_old_first = match (&old, &new) {
                (Some(old), Some(new)) => key(old) <= key(new),
                (old, _) => old.is_some(),
            };
            let (next, pile) =
                if is_old_first { (&mut old, &mut older) } else { (&mut new, &mut newer) };
            let Some(piece) = next.take() else { return Ok(all) };
            all.push(&piece)?;
            *next = pile.pop()?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_many_there_are_they_come_in_order_and_equal_ones_as_they_were() {
        for count in [0_u32, 1, 50, 200_000] {
            let mut sorter = Sorter::by(|piece| piece.get(4..).unwrap_or_default());
            for number in 0..count {
                let name = number.wrapping_mul(0x9E37_79B9) >> 12;
                let piece = [&number.to_be_bytes()[..], name.to_string().as_bytes()].concat();
                sorter.push(piece).unwrap();
            }
            let mut sorted = sorter.sorted().unwrap();
            assert_eq!(sorted.len(), usize::try_from(count).unwrap());
            let mut last: Option<(Vec<u8>, Vec<u8>)> = None;
            while let Some(piece) = sorted.pop().unwrap() {
                let (number, name) = piece.split_at(4);
                let this = (name.to_vec(), number.to_vec());
                assert!(last.is_none_or(|last| last < this), "{this:?}");
                last = Some(this);
            }
        }
    }
}
