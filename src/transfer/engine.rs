//! Orders down, events up.

use std::io;
use std::path::Path;
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use serde::{Deserialize, Serialize};

use super::commons::Commons;
use super::desk::Desk;
use super::journal::{Entry, Journal};
use super::news::Event;
use super::request::Request;
use super::teller::Teller;

/// How many events may wait for their listener. A listener who stops listening makes the downloads
/// wait; it cannot make the memory grow.
const WAITING_EVENTS: usize = 4096;

/// The name of one transfer. It stays the same as long as the transfer is on the list, also over
/// restarts of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TransferId(pub u64);

/// Runs downloads in the background: orders go down, [`Event`]s come up.
///
/// Dropping the engine stops what runs. What has arrived stays on disk, and so does the queue.
#[derive(Debug)]
pub struct Engine {
    /// `None` only while it is being dropped.
    orders: Option<Sender<Order>>,
    desk: Option<JoinHandle<()>>,
    teller: Teller,
    last_id: u64,
}

/// What was found when the engine started.
#[derive(Debug)]
pub struct Found {
    /// The transfers of an earlier run, in their order. Those that had not ended are paused.
    pub entries: Vec<Entry>,
    /// What the person should know about the list itself, in a sentence.
    pub notice: Option<String>,
}

/// What the engine is told.
#[derive(Debug)]
pub(super) enum Order {
    Download(Vec<(TransferId, Request)>),
    Cancel(TransferId),
    Pause(TransferId),
    PauseAll,
    Resume(TransferId),
    ResumeAll,
    Replace(TransferId, Box<Request>),
    TryNow(TransferId),
    Files(TransferId),
    Reorder(Vec<TransferId>),
    Clear(Vec<TransferId>),
    Unclear(Vec<TransferId>),
}

impl Engine {
    /// Starts an engine whose queue ends with the program.
    ///
    /// `wake` is called after each event that was sent, from any thread; it must be quick.
    ///
    /// # Errors
    ///
    /// If the operating system cannot start a thread.
    pub fn start(
        commons: Commons,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> io::Result<(Self, Receiver<Event>)> {
        let journal = Journal::in_memory().map_err(io::Error::other)?;
        Self::run(journal, Vec::new(), commons, wake)
    }

    /// Starts an engine whose queue is kept in the file at `path`.
    ///
    /// # Errors
    ///
    /// If the file cannot be opened or a thread cannot be started. A file that is damaged is set
    /// aside, and no error.
    pub fn open(
        path: &Path,
        commons: Commons,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> io::Result<(Self, Receiver<Event>, Found)> {
        let (journal, entries, notice) = Journal::open(path).map_err(io::Error::other)?;
        let unfinished = entries.iter().filter(|entry| entry.is_unfinished());
        let (engine, events) =
            Self::run(journal, unfinished.map(|entry| entry.id).collect(), commons, wake)?;
        Ok((engine, events, Found { entries, notice }))
    }

    fn run(
        journal: Journal,
        paused: Vec<TransferId>,
        commons: Commons,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> io::Result<(Self, Receiver<Event>)> {
        let (orders, inbox) = unbounded();
        let (events, news) = bounded(WAITING_EVENTS);
        let last_id = journal.last_id().map_err(io::Error::other)?;
        let teller = Teller::new(events, wake);
        let desk = Desk::new(journal, paused, teller.clone(), commons);
        let desk = thread::Builder::new()
            .name("ashore engine".to_owned())
            .spawn(move || desk.run(&inbox))?;
        Ok((Self { orders: Some(orders), desk: Some(desk), teller, last_id }, news))
    }

    /// Orders a download. It waits for its turn if all slots are taken.
    pub fn download(&mut self, request: Request) -> TransferId {
        self.download_all([request]).first().copied().unwrap_or(TransferId(self.last_id))
    }

    /// Orders many downloads, in this order.
    pub fn download_all(&mut self, requests: impl IntoIterator<Item = Request>) -> Vec<TransferId> {
        let mut all = Vec::new();
        for request in requests {
            self.last_id += 1;
            all.push((TransferId(self.last_id), request));
        }
        let ids = all.iter().map(|(id, _)| *id).collect();
        self.order(Order::Download(all));
        ids
    }

    /// Stops a download for good, waiting or running. Its [`News::Ended`](super::News::Ended) comes.
    pub fn cancel(&self, id: TransferId) {
        self.order(Order::Cancel(id));
    }

    /// Stops a download until [`Engine::resume`].
    pub fn pause(&self, id: TransferId) {
        self.order(Order::Pause(id));
    }

    /// Pauses everything that waits or runs.
    pub fn pause_all(&self) {
        self.order(Order::PauseAll);
    }

    /// Queues a download again that was paused, was stopped or has failed.
    pub fn resume(&self, id: TransferId) {
        self.order(Order::Resume(id));
    }

    /// Queues everything that is paused.
    pub fn resume_all(&self) {
        self.order(Order::ResumeAll);
    }

    /// Queues a download again, with another request: another password, another place.
    pub fn replace(&self, id: TransferId, request: Request) {
        self.order(Order::Replace(id, Box::new(request)));
    }

    /// Ends a pause between two attempts.
    pub fn try_now(&self, id: TransferId) {
        self.order(Order::TryNow(id));
    }

    /// Has it told what became of the files of a folder, as far as it is written down:
    /// [`News::Files`](super::News::Files) comes.
    pub fn files(&self, id: TransferId) {
        self.order(Order::Files(id));
    }

    /// Gives the queue this order. Transfers that are not named keep their places.
    pub fn reorder(&self, ids: Vec<TransferId>) {
        self.order(Order::Reorder(ids));
    }

    /// Takes transfers that are over off the list. [`Engine::unclear`] puts them back, until the
    /// program ends.
    pub fn clear(&self, ids: Vec<TransferId>) {
        self.order(Order::Clear(ids));
    }

    /// Puts transfers back on the list.
    pub fn unclear(&self, ids: Vec<TransferId>) {
        self.order(Order::Unclear(ids));
    }

    fn order(&self, order: Order) {
        if let Some(orders) = &self.orders {
            orders.send(order).ok();
        }
    }
}

impl Drop for Engine {
    /// Waits until the downloads have let go of their files, two seconds at most.
    fn drop(&mut self) {
        self.teller.end();
        self.orders = None;
        if let Some(desk) = self.desk.take() {
            desk.join().ok();
        }
    }
}
