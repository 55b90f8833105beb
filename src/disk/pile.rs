//! More pieces than should be in memory: what waits in the middle is on the disk.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};

use super::error::Error;

/// So much is in memory at either end, in bytes.
const BLOCK: usize = 512 * 1024;

/// Pieces of bytes that are taken out in the order in which they were put in.
///
/// However many they are, about a mebibyte is in memory. The rest is in a file without a name among the
/// system's temporary ones, which is gone when the program is, whatever it died of.
#[derive(Debug, Default)]
pub struct Pile {
    count: usize,
    /// The block that is taken from, and how far that has come.
    first: Vec<u8>,
    taken: usize,
    /// The blocks on the disk, by their lengths.
    blocks: VecDeque<usize>,
    file: Option<File>,
    read: u64,
    written: u64,
    /// The block that is put into.
    last: Vec<u8>,
}

impl Pile {
    /// How many pieces there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Puts `piece` behind all others.
    ///
    /// # Errors
    ///
    /// If there is no room for it on the disk.
    pub fn push(&mut self, piece: &[u8]) -> Result<(), Error> {
        if !self.last.is_empty() && self.last.len() + piece.len() > BLOCK {
            self.put_down().map_err(|error| failed("written", error))?;
        }
        self.last.extend_from_slice(&piece.len().to_le_bytes());
        self.last.extend_from_slice(piece);
        self.count += 1;
        Ok(())
    }

    /// Takes the first piece out.
    ///
    /// # Errors
    ///
    /// If the disk does not give it back.
    pub fn pop(&mut self) -> Result<Option<Vec<u8>>, Error> {
        if self.taken >= self.first.len() {
            self.first = self.take_up().map_err(|error| failed("read", error))?;
            self.taken = 0;
        }
        let rest = self.first.get(self.taken..).unwrap_or_default();
        let Some((length, rest)) = rest.split_first_chunk() else { return Ok(None) };
        let length = usize::from_le_bytes(*length);
        let piece = rest.get(..length).unwrap_or_default().to_vec();
        self.taken += size_of::<usize>() + length;
        self.count -= 1;
        Ok(Some(piece))
    }

    /// The block that is full goes to the disk.
    fn put_down(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile()?),
        };
        file.seek(SeekFrom::Start(self.written))?;
        file.write_all(&self.last)?;
        self.written += self.last.len() as u64;
        self.blocks.push_back(self.last.len());
        self.last.clear();
        Ok(())
    }

    /// The next block, from the disk or from the end.
    fn take_up(&mut self) -> io::Result<Vec<u8>> {
        let (Some(length), Some(file)) = (self.blocks.pop_front(), &mut self.file) else {
            self.file = None;
            (self.read, self.written) = (0, 0);
            return Ok(std::mem::take(&mut self.last));
        };
        let mut block = std::mem::take(&mut self.first);
        block.resize(length, 0);
        file.seek(SeekFrom::Start(self.read))?;
        file.read_exact(&mut block)?;
        self.read += length as u64;
        Ok(block)
    }
}

fn failed(doing: &'static str, error: io::Error) -> Error {
    // It has no name of its own; and the free room is told of the folder that it is in.
    Error::new(&std::env::temp_dir().join("a temporary file"), doing, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(number: usize) -> Vec<u8> {
        let mut piece = number.to_string().into_bytes();
        piece.resize(number % 700, b'.');
        piece
    }

    #[test]
    fn what_was_put_in_comes_out_in_order_and_little_of_it_is_in_memory() {
        let mut pile = Pile::default();
        let (mut next, mut out) = (0, 0);
        for _ in 0..6 {
            for number in next..next + 9_000 {
                pile.push(&piece(number)).unwrap();
                assert!(pile.first.capacity() + pile.last.capacity() <= 4 * BLOCK);
            }
            next += 9_000;
            for _ in 0..5_000 {
                assert_eq!(pile.pop().unwrap(), Some(piece(out)));
                out += 1;
            }
            assert_eq!(pile.len(), next - out);
            assert!(pile.file.is_some(), "it was never too much");
        }
        while let Some(found) = pile.pop().unwrap() {
            assert_eq!(found, piece(out));
            out += 1;
        }
        assert_eq!((out, pile.is_empty()), (next, true));
        pile.push(b"again").unwrap();
        assert_eq!(pile.pop().unwrap().as_deref(), Some(&b"again"[..]));
    }

    #[test]
    fn a_piece_may_be_empty_or_longer_than_a_block() {
        let mut pile = Pile::default();
        let pieces = [vec![], vec![1; 3 * BLOCK], vec![], vec![2; BLOCK], vec![3]];
        for piece in &pieces {
            pile.push(piece).unwrap();
        }
        for piece in pieces {
            assert_eq!(pile.pop().unwrap(), Some(piece));
        }
        assert_eq!(pile.pop().unwrap(), None);
    }
}
