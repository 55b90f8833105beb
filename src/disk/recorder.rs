//! The two threads beside a download: one computes SHA-256, the other brings the bytes to the disk
//! and keeps the record true, while the next block already arrives.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use super::hashing::{BLOCK, Block, Hash, Hashing, Order};
use super::record::{self, Record};
use crossbeam_channel::{Receiver, Sender, bounded};

/// How many blocks may be on their way to the hash. More would only hide a slow processor.
const BLOCKS: usize = 4;

/// How many bytes may wait in memory for the disk before it is asked to take them. With the next
/// bytes still arriving that costs no time; all at once at the end it would.
const SYNC_STEP: u64 = 32 * 1024 * 1024;

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
    hash: Option<Arc<Hashing>>,
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
    /// `hash` is the hash so far, or `None` to compute none.
    pub(super) fn start(file: File, path: PathBuf, hash: Option<Hash>) -> io::Result<Self> {
        let (orders, inbox) = bounded(2 * BLOCKS);
        let (give_back, blocks) = bounded(BLOCKS);
        let (syncs, syncs_inbox) = bounded::<Option<Box<Record>>>(1);
        for _ in 0..(if hash.is_some() { BLOCKS } else { 1 }) {
            give_back.send(vec![0; BLOCK]).map_err(io::Error::other)?;
        }
        let trouble = Arc::new(Trouble::default());
        let told = Arc::clone(&trouble);
        let mut threads = Vec::new();
        let hash = hash.map(|hash| Arc::new(Hashing::new(hash)));
        if let Some(hash) = &hash {
            let (hash, twin, told) = (Arc::clone(hash), file.try_clone()?, Arc::clone(&trouble));
            let work = move || {
                let is_ending = || told.is_ending.load(Ordering::Relaxed);
                if let Err(error) = hash.work(&inbox, &give_back, &twin, &is_ending) {
                    told.note(error); // What cannot be read back is not on the disk.
                    drop(give_back);
                    // Nobody is to wait for an answer that does not come.
                    inbox.iter().for_each(drop);
                }
            };
            threads.push(thread::Builder::new().name("ashore sha256".to_owned()).spawn(work)?);
        }
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
        threads.push(sync);
        let (orders, syncs) = (Some(orders), Some(syncs));
        Ok(Self { orders, syncs, blocks, threads, hash, unsynced: 0, trouble })
    }

    /// An empty block to read into. Waits if the hash is behind.
    pub(super) fn block(&self) -> Block {
        // The thread ends only after `orders` is dropped; a new block is right in any case.
        self.blocks.recv().unwrap_or_else(|_| vec![0; BLOCK])
    }

    /// Takes in the first `length` bytes of `block`, which are written from byte `at` on, after all
    /// that came before. `Some(block)` if nobody needs it any more.
    pub(super) fn take_in(&mut self, block: Block, at: u64, length: usize) -> Option<Block> {
        self.bring_to_disk(u64::try_from(length).unwrap_or(0));
        match (&self.hash, &self.orders) {
            (Some(_), Some(orders)) => {
                orders.send(Order::Hash(block, at, length)).ok();
                None
            }
            _ => Some(block),
        }
    }

    /// So many bytes more were written; all of the file's are there up to `length`.
    pub(super) fn take_note(&mut self, count: u64, length: u64) {
        self.bring_to_disk(count);
        if let (Some(hash), Some(orders)) = (&self.hash, &self.orders)
            && hash.bytes() < length
        {
            orders.try_send(Order::CatchUp(length)).ok(); // If it is busy, a later order says more.
        }
    }

    /// All bytes up to `length` are in the file, and are to be hashed. Waits if the hash is behind.
    pub(super) fn hash_up_to(&self, length: u64) {
        if let (Some(hash), Some(orders)) = (&self.hash, &self.orders)
            && hash.bytes() < length
        {
            orders.send(Order::CatchUp(length)).ok();
        }
    }

    /// So many bytes more were written. From time to time the disk is asked to take them.
    pub(super) fn bring_to_disk(&mut self, count: u64) {
        self.unsynced += count;
        if self.unsynced >= SYNC_STEP
            && self.syncs.as_ref().is_some_and(|syncs| syncs.try_send(None).is_ok())
        {
            self.unsynced = 0;
        }
    }

    /// Has what `record` says written down, as soon as the bytes that it speaks of are synced.
    pub(super) fn write_down(&self, mut record: Record, urgency: Urgency) {
        let Some(syncs) = &self.syncs else { return };
        if urgency == Urgency::Passing && syncs.is_full() {
            return;
        }
        record.hashed = self.hash.as_ref().map(|hash| hash.state());
        let record = Some(Box::new(record));
        match urgency {
            Urgency::Passing => drop(syncs.try_send(record)),
            Urgency::Lasting => drop(syncs.send(record)),
        }
    }

    /// SHA-256 of all `length` bytes, if it was asked for. Waits until they are all taken in.
    pub(super) fn digest(&self, length: u64) -> Option<[u8; 32]> {
        let (answer, digest) = bounded(1);
        self.hash.as_ref()?;
        self.orders.as_ref()?.send(Order::Finish(length, answer)).ok()?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_back_is_an_error_and_nobody_waits_for_its_hash() {
        const LENGTH: u64 = 16 * 1024 * 1024;
        let folder = tempfile::tempdir().unwrap();
        let file = tempfile::tempfile().unwrap();
        file.set_len(LENGTH).unwrap();
        let path = folder.path().join("record");
        let recorder = Recorder::start(file, path, Some(Hash::default())).unwrap();
        recorder.hash_up_to(LENGTH + 1);
        assert_eq!(recorder.digest(LENGTH + 1), None, "it is asked for before the error comes");
        assert_eq!(recorder.block().len(), BLOCK);
        assert_eq!(recorder.end().unwrap().kind(), io::ErrorKind::UnexpectedEof);
    }
}
