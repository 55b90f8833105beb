//! The two threads beside a download: one computes SHA-256, the other brings the bytes to the disk
//! and keeps the record true, while the next block already arrives.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
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

/// How many bytes may wait in memory for the disk before it is asked to take them. With the next
/// bytes still arriving that costs no time; all at once at the end it would.
const SYNC_STEP: u64 = 32 * 1024 * 1024;

/// What the hash is told.
enum Order {
    /// Take these bytes in. The length of what is filled comes with it.
    Hash(Block, usize),
    /// All bytes before this are written: have them synced, and written down.
    WriteDown(Box<Record>, u64, Urgency),
    /// What is the hash of all that came?
    Finish(Sender<Option<[u8; 32]>>),
}

/// Whether a record may be left out if the disk is still busy with the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Urgency {
    /// There will be a next one.
    Passing,
    /// It is the last one, or the first.
    Lasting,
}

/// The threads beside a download.
#[derive(Debug)]
pub(super) struct Recorder {
    orders: Option<Sender<Order>>,
    syncs: Option<Sender<Option<Box<Record>>>>,
    blocks: Receiver<Block>,
    threads: Vec<JoinHandle<()>>,
    hashes: bool,
    unsynced: u64,
    trouble: Arc<Trouble>,
}

/// What the second thread has to say, and is told, beside its orders.
#[derive(Debug, Default)]
struct Trouble {
    /// The first error of the disk. The kernel tells it once; forgetting it would be a lie.
    error: Mutex<Option<io::Error>>,
    has_error: AtomicBool,
    /// Only what lasts still matters.
    is_ending: AtomicBool,
}

impl Recorder {
    /// Starts the threads. `file` is the `.part`, to be synced; `path` is where its record goes;
    /// `state` is the hash so far, or `None` to compute none.
    pub(super) fn start(file: File, path: PathBuf, state: Option<Sha256>) -> io::Result<Self> {
        let (orders, inbox) = bounded(2 * BLOCKS);
        let (give_back, blocks) = bounded(BLOCKS);
        let (syncs, syncs_inbox) = bounded::<Option<Box<Record>>>(1);
        let hashes = state.is_some();
        for _ in 0..(if hashes { BLOCKS } else { 1 }) {
            give_back.send(vec![0; BLOCK]).map_err(io::Error::other)?;
        }
        let records = syncs.clone();
        let trouble = Arc::new(Trouble::default());
        let told = Arc::clone(&trouble);
        let hash = thread::Builder::new()
            .name("ashore sha256".to_owned())
            .spawn(move || hash(&inbox, &give_back, &records, state))?;
        let sync = thread::Builder::new().name("ashore sync".to_owned()).spawn(move || {
            while let Ok(record) = syncs_inbox.recv() {
                if record.is_none() && told.is_ending.load(Ordering::Relaxed) {
                    continue;
                }
                match file.sync_data() {
                    // What could not be synced may be lost: no record may speak for it, now or later.
                    Err(error) => told.note(error),
                    Ok(()) if told.has_error.load(Ordering::Acquire) => {}
                    Ok(()) => {
                        if let Some(mut record) = record {
                            record.written = record::now();
                            // One that cannot be written costs a longer way at the next start, and no
                            // byte: the download goes on.
                            record.write(&path).ok();
                        }
                    }
                }
            }
        })?;
        let (orders, syncs) = (Some(orders), Some(syncs));
        Ok(Self { orders, syncs, blocks, threads: vec![hash, sync], hashes, unsynced: 0, trouble })
    }

    /// An empty block to read into. Waits if the hash is behind.
    pub(super) fn block(&self) -> Block {
        // The thread ends only after `orders` is dropped; a new block is right in any case.
        self.blocks.recv().unwrap_or_else(|_| vec![0; BLOCK])
    }

    /// Takes in the first `length` bytes of `block`, which are written. `Some(block)` if nobody needs
    /// it any more.
    pub(super) fn take_in(&mut self, block: Block, length: usize) -> Option<Block> {
        self.unsynced += u64::try_from(length).unwrap_or(0);
        if self.unsynced >= SYNC_STEP
            && self.syncs.as_ref().is_some_and(|syncs| syncs.try_send(None).is_ok())
        {
            self.unsynced = 0;
        }
        if !self.hashes {
            return Some(block);
        }
        self.order(Order::Hash(block, length));
        None
    }

    /// Writes down that all bytes before `length` are there.
    pub(super) fn write_down(&self, record: &Record, length: u64, urgency: Urgency) {
        self.order(Order::WriteDown(Box::new(record.clone()), length, urgency));
    }

    /// SHA-256 of all that came, if it was asked for. Waits until everything is taken in.
    pub(super) fn digest(&self) -> Option<[u8; 32]> {
        let (answer, digest) = bounded(1);
        self.order(Order::Finish(answer));
        digest.recv().ok().flatten()
    }

    /// The first error of the disk while bytes were synced, told once.
    pub(super) fn take_error(&self) -> Option<io::Error> {
        self.trouble.has_error.load(Ordering::Acquire).then(|| self.trouble.take()).flatten()
    }

    /// Waits until everything is done. An error of the disk that was not told yet is told now.
    pub(super) fn end(mut self) -> Option<io::Error> {
        self.join();
        self.trouble.take()
    }

    fn join(&mut self) {
        self.trouble.is_ending.store(true, Ordering::Relaxed);
        self.orders = None;
        self.syncs = None;
        for thread in self.threads.drain(..) {
            thread.join().ok();
        }
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
        self.join();
    }
}

impl Trouble {
    fn note(&self, error: io::Error) {
        self.error.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        self.has_error.store(true, Ordering::Release);
    }

    fn take(&self) -> Option<io::Error> {
        self.error.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// The work of the first thread.
fn hash(
    orders: &Receiver<Order>,
    give_back: &Sender<Block>,
    records: &Sender<Option<Box<Record>>>,
    mut state: Option<Sha256>,
) {
    while let Ok(order) = orders.recv() {
        match order {
            Order::Hash(block, length) => {
                if let (Some(state), Some(bytes)) = (&mut state, block.get(..length)) {
                    state.update(bytes);
                }
                give_back.send(block).ok();
            }
            Order::WriteDown(mut record, length, urgency) => {
                record.ranges = vec![(0, length)];
                record.sha256_state = state.as_ref().map(state_to_text);
                match urgency {
                    Urgency::Passing => drop(records.try_send(Some(record))),
                    Urgency::Lasting => drop(records.send(Some(record))),
                }
            }
            Order::Finish(answer) => {
                answer.send(state.as_ref().map(|state| state.clone().finalize().into())).ok();
            }
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
