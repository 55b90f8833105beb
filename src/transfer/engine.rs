//! Orders down, events up, threads.

use std::any::Any;
use std::collections::{HashMap, VecDeque};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::{io, thread};

use crossbeam_channel::{Receiver, Sender, bounded, select, unbounded};

use super::download::{Handle, download};
use super::failure::Failure;
use super::news::{Event, News};
use super::request::Request;

/// How many downloads run at once. More share the same line, and make servers refuse us.
const SLOTS: usize = 2;

/// How many events may wait for their listener. A listener who stops listening makes the downloads
/// wait; it cannot make the memory grow.
const WAITING_EVENTS: usize = 4096;

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
    TryNow(TransferId),
}

impl Engine {
    /// Starts the engine's thread.
    ///
    /// `wake` is called after each event that was sent, from any thread; it must be quick.
    ///
    /// # Errors
    ///
    /// If the operating system cannot start a thread.
    pub fn start(wake: impl Fn() + Send + Sync + 'static) -> io::Result<(Self, Receiver<Event>)> {
        let (orders, inbox) = unbounded();
        let (events, news) = bounded(WAITING_EVENTS);
        let (finished, ends) = unbounded();
        let desk = Desk {
            waiting: VecDeque::new(),
            running: HashMap::new(),
            finished,
            events,
            wake: Arc::new(wake),
        };
        thread::Builder::new()
            .name("ashore engine".to_owned())
            .spawn(move || desk.run(&inbox, &ends))?;
        Ok((Self { orders, last_id: 0 }, news))
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

    /// Ends a pause between two attempts.
    pub fn try_now(&self, id: TransferId) {
        self.orders.send(Order::TryNow(id)).ok();
    }
}

/// Where orders meet news. Everything here belongs to one thread, so nothing is locked.
struct Desk {
    waiting: VecDeque<(TransferId, Box<Request>)>,
    running: HashMap<TransferId, Handle>,
    finished: Sender<TransferId>,
    events: Sender<Event>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl Desk {
    fn run(mut self, orders: &Receiver<Order>, finished: &Receiver<TransferId>) {
        loop {
            select! {
                recv(orders) -> order => match order {
                    Ok(Order::Download(id, request)) => self.waiting.push_back((id, request)),
                    Ok(Order::Cancel(id)) => self.cancel(id),
                    Ok(Order::TryNow(id)) => {
                        if let Some(handle) = self.running.get(&id) {
                            handle.try_now();
                        }
                    }
                    Err(_engine_was_dropped) => break,
                },
                recv(finished) -> id => {
                    if let Ok(id) = id {
                        self.running.remove(&id);
                    }
                }
            }
            self.fill_slots();
        }
        for handle in self.running.values() {
            handle.stop.give();
        }
    }

    fn cancel(&mut self, id: TransferId) {
        if let Some(handle) = self.running.get(&id) {
            handle.stop.give();
        } else if let Some(at) = self.waiting.iter().position(|(waiting, _)| *waiting == id) {
            self.waiting.remove(at);
            self.report(id, News::Ended(Err(Failure::Stopped { kept: None })));
        }
    }

    fn fill_slots(&mut self) {
        while self.running.len() < SLOTS
            && let Some((id, request)) = self.waiting.pop_front()
        {
            let handle = Handle::default();
            match self.launch(id, request, handle.clone()) {
                Ok(()) => drop(self.running.insert(id, handle)),
                Err(error) => {
                    let what = format!("no thread could be started: {error}");
                    self.report(id, News::Ended(Err(Failure::Bug { what })));
                }
            }
        }
    }

    fn launch(&self, id: TransferId, request: Box<Request>, handle: Handle) -> io::Result<()> {
        let (events, wake) = (self.events.clone(), Arc::clone(&self.wake));
        let finished = self.finished.clone();
        thread::Builder::new().name(format!("ashore transfer {}", id.0)).spawn(move || {
            let report = |news| {
                if events.send(Event { id, news }).is_err() {
                    handle.stop.give(); // Nobody listens any more.
                }
                wake();
            };
            // A mistake of ours must not leave a row that runs for ever.
            let outcome =
                panic::catch_unwind(AssertUnwindSafe(|| download(&request, &handle, &report)));
            report(News::Ended(outcome.unwrap_or_else(|panic| Err(bug(panic.as_ref())))));
            finished.send(id).ok();
        })?;
        Ok(())
    }

    fn report(&self, id: TransferId, news: News) {
        self.events.send(Event { id, news }).ok();
        (self.wake)();
    }
}

fn bug(panic: &(dyn Any + Send)) -> Failure {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Failure::Bug { what: text.unwrap_or("a worker gave up").to_owned() }
}
