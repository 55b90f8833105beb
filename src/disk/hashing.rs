//! SHA-256 of a file while it arrives: in the order of its bytes, whatever the order of their coming.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crossbeam_channel::{Receiver, Sender};
use sha2::digest::common::hazmat::{SerializableState, SerializedState};
use sha2::{Digest, Sha256};

use super::positioned::read_exact_at;
use super::record::Hashed;

/// The size of one block, in bytes. Measured: larger reads need fewer system calls up to here.
pub(super) const BLOCK: usize = 1024 * 1024;

/// So many bytes are read back at once: what the processor keeps close at hand.
const BACK: usize = 128 * 1024;

/// One block of a file: a buffer of [`BLOCK`] bytes, filled from its start.
pub(super) type Block = Vec<u8>;

/// What the thread that computes the hash is told.
pub(super) enum Order {
    /// These bytes stand from that byte of the file on; so many of them are filled.
    Hash(Block, u64, usize),
    /// All bytes up to here are in the file.
    CatchUp(u64),
    /// All bytes up to here are in the file: what is their hash? `None` if it could not be computed.
    Finish(u64, Sender<Option<[u8; 32]>>),
}

/// SHA-256 of the beginning of a file.
#[derive(Debug, Clone, Default)]
pub(super) struct Hash {
    bytes: u64,
    sha256: Sha256,
}

impl Hash {
    /// As a record tells it. `None` if what it says is not the state of a hash.
    pub(super) fn from_record(hashed: &Hashed) -> Option<Self> {
        let mut state = SerializedState::<Sha256>::default();
        let text = &hashed.state;
        if !text.is_ascii() || text.len() != 2 * state.len() {
            return None;
        }
        for (n, byte) in state.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * n..2 * n + 2)?, 16).ok()?;
        }
        let sha256 = Sha256::deserialize(&state).ok()?;
        Some(Self { bytes: hashed.bytes, sha256 })
    }

    fn to_record(&self) -> Hashed {
        let state = self.sha256.serialize();
        Hashed { bytes: self.bytes, state: crate::words::hex(&state) }
    }

    fn update(&mut self, block: &[u8]) {
        self.sha256.update(block);
        self.bytes += u64::try_from(block.len()).unwrap_or(0);
    }
}

/// The hash that one thread computes, while others ask how far it is.
#[derive(Debug)]
pub(super) struct Hashing {
    hash: Mutex<Hash>,
    /// Of how many bytes it is. Whoever asks for that alone does not wait.
    bytes: AtomicU64,
}

impl Hashing {
    pub(super) fn new(hash: Hash) -> Self {
        Self { bytes: AtomicU64::new(hash.bytes), hash: Mutex::new(hash) }
    }

    fn lock(&self) -> MutexGuard<'_, Hash> {
        self.hash.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Takes in what comes next.
    fn update(&self, block: &[u8]) {
        let mut hash = self.lock();
        hash.update(block);
        self.bytes.store(hash.bytes, Ordering::Relaxed);
    }

    /// How far it is, for the record.
    pub(super) fn state(&self) -> Hashed {
        self.lock().to_record()
    }

    /// The work of the thread. `file` is where bytes are read back from that came while their
    /// predecessors were missing, or past the memory of this program.
    ///
    /// # Errors
    ///
    /// If they cannot be read: then there is no hash.
    pub(super) fn work(
        &self,
        orders: &Receiver<Order>,
        give_back: &Sender<Block>,
        file: &File,
        is_ending: &dyn Fn() -> bool,
    ) -> io::Result<()> {
        let mut back = Vec::new();
        while let Ok(order) = orders.recv() {
            match order {
                Order::Hash(block, at, length) => {
                    self.catch_up(file, at, &mut back, is_ending)?;
                    if let Some(bytes) = block.get(..length).filter(|_| self.bytes() == at) {
                        self.update(bytes);
                    }
                    give_back.send(block).ok();
                }
                Order::CatchUp(length) => self.catch_up(file, length, &mut back, is_ending)?,
                Order::Finish(length, answer) => {
                    self.catch_up(file, length, &mut back, is_ending)?;
                    let hash = self.lock().clone();
                    let is_whole = hash.bytes == length;
                    answer.send(is_whole.then(|| hash.sha256.finalize().into())).ok();
                }
            }
        }
        Ok(())
    }

    /// Reads what is missing up to `length`, unless the program has other things to do.
    fn catch_up(
        &self,
        file: &File,
        length: u64,
        back: &mut Block,
        is_ending: &dyn Fn() -> bool,
    ) -> io::Result<()> {
        loop {
            let at = self.bytes();
            if at >= length || is_ending() {
                return Ok(());
            }
            let count = usize::try_from(length - at).unwrap_or(BACK).min(BACK);
            back.resize(count, 0);
            read_exact_at(file, back, at)?;
            self.update(back);
        }
    }
}

/// The hash of the first `length` bytes of `file`, going on from `known` where that is of any use.
pub(super) fn hash_so_far(file: &File, length: u64, known: Option<Hash>) -> io::Result<Hash> {
    let known = known.filter(|hash| hash.bytes <= length);
    let hashing = Hashing::new(known.unwrap_or_default());
    hashing.catch_up(file, length, &mut Vec::new(), &|| false)?;
    Ok(hashing.lock().clone())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_hash_continued_from_its_record_is_the_hash_of_the_whole() {
        let bytes: Vec<u8> = (0..100_000_u32).map(|n| n.to_le_bytes()[1]).collect();
        for cut in [0, 1, 63, 64, 65, 70_001] {
            let (head, tail) = bytes.split_at(cut);
            let mut hash = Hash::default();
            hash.update(head);
            let mut hash = Hash::from_record(&hash.to_record()).unwrap();
            hash.update(tail);
            assert_eq!(hash.sha256.finalize(), Sha256::digest(&bytes), "cut at {cut}");
        }
        for state in ["no state".to_owned(), "zz".repeat(200)] {
            assert!(Hash::from_record(&Hashed { bytes: 0, state }).is_none());
        }
    }

    #[test]
    fn bytes_that_came_before_their_predecessors_are_taken_in_where_they_belong() {
        let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| n.to_le_bytes()[1]).collect();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        let hashing = Hashing::new(Hash::default());
        let (orders, inbox) = crossbeam_channel::unbounded();
        let (give_back, _blocks) = crossbeam_channel::unbounded();
        let (answer, digest) = crossbeam_channel::unbounded();
        for order in [
            Order::Hash(bytes[..1000].to_vec(), 0, 1000),
            Order::Hash(bytes[2000..3000].to_vec(), 2000, 1000),
            Order::CatchUp(2_500_000),
            Order::Hash(bytes[..1000].to_vec(), 0, 1000), // Known already: no second time.
            Order::Finish(3_000_000, answer.clone()),
            Order::Finish(1000, answer), // Of less than was taken in there is no hash.
        ] {
            orders.send(order).unwrap();
        }
        drop(orders);
        hashing.work(&inbox, &give_back, &file, &|| false).unwrap();
        assert_eq!(digest.recv().unwrap().unwrap(), *Sha256::digest(&bytes));
        assert_eq!(digest.recv().unwrap(), None);
    }
}
