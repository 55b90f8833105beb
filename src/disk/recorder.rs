//! The thread beside a download: it computes SHA-256 and keeps the record true, while the bytes of
//! the next block already arrive.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, bounded};
use sha2::digest::common::hazmat::{SerializableState, SerializedState};
use sha2::{Digest, Sha256};

use super::record::{self, Record};

/// The size of one block, in bytes. Measured: larger reads need fewer system calls up to here.
pub(super) const BLOCK: usize = 1024 * 1024;

/// How many blocks may be on their way to the hash. More would only hide a slow processor.
const BLOCKS: usize = 4;

/// One block of a file: a buffer of [`BLOCK`] bytes, filled from its start.
pub(super) type Block = Vec<u8>;

enum Order {
    /// Take these bytes in. The length of what is filled comes with it.
    Hash(Block, usize),
    /// The bytes before `length` are written: sync them and write it down.
    WriteDown(Box<Record>, u64),
    /// What is the hash of all that came?
    Finish(Sender<Option<[u8; 32]>>),
}

/// The thread beside a download.
#[derive(Debug)]
pub(super) struct Recorder {
    orders: Option<Sender<Order>>,
    blocks: Receiver<Block>,
    thread: Option<JoinHandle<()>>,
    hashes: bool,
}

impl Recorder {
    /// Starts the thread. `file` is the `.part`, to be synced; `path` is where its record goes;
    /// `state` is the hash so far, or `None` to compute none.
    pub(super) fn start(file: File, path: PathBuf, state: Option<Sha256>) -> io::Result<Self> {
        let (orders, inbox) = bounded(2 * BLOCKS);
        let (give_back, blocks) = bounded(BLOCKS);
        let hashes = state.is_some();
        for _ in 0..(if hashes { BLOCKS } else { 1 }) {
            give_back.send(vec![0; BLOCK]).map_err(io::Error::other)?;
        }
        let thread =
            thread::Builder::new().name("ashore recorder".to_owned()).spawn(move || {
                let mut hash = state;
                while let Ok(order) = inbox.recv() {
                    match order {
                        Order::Hash(block, length) => {
                            if let (Some(hash), Some(bytes)) = (&mut hash, block.get(..length)) {
                                hash.update(bytes);
                            }
                            give_back.send(block).ok();
                        }
                        Order::WriteDown(mut record, length) => {
                            record.ranges = vec![(0, length)];
                            record.sha256_state = hash.as_ref().map(state_to_text);
                            // A record that cannot be written costs a longer way at the next start, and
                            // no byte: the download goes on. A full disk shows itself in the data.
                            if file.sync_data().is_ok() {
                                record.written = record::now();
                                record.write(&path).ok();
                            }
                        }
                        Order::Finish(answer) => {
                            let digest = hash.as_ref().map(|hash| hash.clone().finalize().into());
                            answer.send(digest).ok();
                        }
                    }
                }
            })?;
        Ok(Self { orders: Some(orders), blocks, thread: Some(thread), hashes })
    }

    /// An empty block to read into. Waits if the hash is behind.
    pub(super) fn block(&self) -> Block {
        // The thread ends only after `orders` is dropped; a new block is right in any case.
        self.blocks.recv().unwrap_or_else(|_| vec![0; BLOCK])
    }

    /// Takes in the first `length` bytes of `block`. `Some(block)` if nobody needs it any more.
    pub(super) fn hash(&self, block: Block, length: usize) -> Option<Block> {
        if !self.hashes {
            return Some(block);
        }
        self.order(Order::Hash(block, length));
        None
    }

    /// Writes down that all bytes before `length` are there.
    pub(super) fn write_down(&self, record: &Record, length: u64) {
        self.order(Order::WriteDown(Box::new(record.clone()), length));
    }

    /// SHA-256 of all that came, if it was asked for. Waits until everything is taken in.
    pub(super) fn digest(&self) -> Option<[u8; 32]> {
        let (answer, digest) = bounded(1);
        self.order(Order::Finish(answer));
        digest.recv().ok().flatten()
    }

    fn order(&self, order: Order) {
        if let Some(orders) = &self.orders {
            orders.send(order).ok();
        }
    }
}

impl Drop for Recorder {
    /// Waits until everything that was ordered is done: the record on disk is the last one.
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

fn state_to_text(hash: &Sha256) -> String {
    hash.serialize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A hash to be continued. `None` if the text is not the state of one.
pub(super) fn state_from_text(text: &str) -> Option<Sha256> {
    let mut state = SerializedState::<Sha256>::default();
    if !text.is_ascii() || text.len() != 2 * state.len() {
        return None;
    }
    for (n, byte) in state.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * n..2 * n + 2)?, 16).ok()?;
    }
    Sha256::deserialize(&state).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_continued_from_its_record_is_the_hash_of_the_whole() {
        let bytes: Vec<u8> = (0..100_000_u32).map(|n| n.to_le_bytes()[1]).collect();
        for cut in [0, 1, 63, 64, 65, 70_001] {
            let (head, tail) = bytes.split_at(cut);
            let mut hash = Sha256::new();
            hash.update(head);
            let mut hash = state_from_text(&state_to_text(&hash)).unwrap();
            hash.update(tail);
            assert_eq!(hash.finalize(), Sha256::digest(&bytes), "cut at {cut}");
        }
        assert!(state_from_text("no state").is_none());
        assert!(state_from_text(&"zz".repeat(200)).is_none());
    }
}
