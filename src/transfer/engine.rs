//! Orders down, events up, threads.

use crossbeam_channel::{Receiver, Sender};
use std::io;

use super::news::Event;
use super::request::Request;

/// The name of one transfer, unique in this run of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TransferId(pub u64);

/// Runs downloads in the background: orders go down, [`Event`]s come up.
///
/// Dropping the engine stops what runs. What has arrived stays on disk.
#[derive(Debug)]
pub struct Engine {
    orders: Sender<Order>,
    last_id: u64,
}

#[derive(Debug)]
enum Order {
    Download(TransferId, Box<Request>),
    Cancel(TransferId),
}

impl Engine {
    /// Starts the engine's thread.
    ///
    /// `wake` is called after each event that was sent, from any thread; it must be quick. The
    /// channel is bounded: a listener who stops listening makes the downloads wait.
    ///
    /// # Errors
    ///
    /// If the operating system cannot start a thread.
    pub fn start(_wake: impl Fn() + Send + Sync + 'static) -> io::Result<(Self, Receiver<Event>)> {
        todo!()
    }

    /// Orders a download. It waits for its turn if all slots are taken.
    pub fn download(&mut self, request: Request) -> TransferId {
        self.last_id += 1;
        let id = TransferId(self.last_id);
        self.orders.send(Order::Download(id, Box::new(request))).ok();
        id
    }

    /// Stops a download, waiting or running. Its [`News::Ended`] still comes.
    pub fn cancel(&self, id: TransferId) {
        self.orders.send(Order::Cancel(id)).ok();
    }
}
