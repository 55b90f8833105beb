//! What the browser has done for it, on threads of its own: the window goes on drawing.
//!
//! Each kind of errand has one thread, which keeps its conversation for the next errand of the kind. An
//! errand that nobody waits for any more is stopped together with its thread.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, SendTimeoutError, Sender, bounded, unbounded};

use super::folder::ItemId;
use super::item::Item;
use super::shore::Shore;
use crate::ftp::listing::{Entry, ListingEnd};
use crate::ftp::{self, Address, Encoding, Limits, RemotePath, Security, Stop, Trust, Way};
use crate::transfer::{self, Access, Commons, Failure, Line, Peek, Visit, Weight};

/// The longest silence of a server, unless the person says otherwise.
const PATIENCE: Duration = Duration::from_secs(30);

/// A conversation that is not used for this long is ended: servers have few seats.
const REST: Duration = Duration::from_secs(15);

/// Entries are gathered for this long, and so many at the most, before they are handed on.
const GATHER: Duration = Duration::from_millis(60);
const MOST_GATHERED: usize = 4096;

/// How much of a file is peeked at, in bytes.
pub const PEEK: usize = 64 * 1024;

/// How many sights may wait to be taken in. Who lists faster than the window takes in, waits.
const WAITING: usize = 32;

/// The server, and who we are to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Server and login; the path is where the visit begins.
    pub address: Address,
    /// Whether and how the conversation is secured, where the address leaves that open.
    pub security: Security,
    /// Whose certificates are believed.
    pub trust: Trust,
    /// Who makes the data connections.
    pub way: Way,
}

/// Something to be found out or fetched. The number is handed back with what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Errand {
    /// What does this folder hold?
    List(u64, RemotePath),
    /// How does this file begin?
    Peek(u64, RemotePath),
    /// How much is in this folder? It stands beside the number of its listing.
    Weigh(u64, ItemId, RemotePath),
    /// What is in this folder here?
    Look(PathBuf),
}

/// Kinds of errands; those of one kind are done one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Listing a folder.
    List,
    /// Peeking at a file.
    Peek,
    /// Adding up folders.
    Weigh,
    /// Looking at a folder here.
    Look,
}

/// What was found.
#[derive(Debug)]
pub enum Sight {
    /// The server let us in; whether the conversation is secret.
    Arrived(u64, bool),
    /// More of a folder, and what names are written in there that are not UTF-8.
    Items(u64, Vec<Item>, Option<Encoding>),
    /// That was all of it, or why not.
    Listed(u64, Result<ListingEnd, Failure>),
    /// How a file begins.
    Peeked(u64, Result<Peek, Failure>),
    /// How much a folder holds so far; whether that is the end of it.
    Weighed(u64, ItemId, Result<Weight, Failure>, bool),
    /// What is in a folder here.
    Shore(Shore),
    /// A line of a conversation, for the log.
    Line(Line),
}

impl Errand {
    fn kind(&self) -> Kind {
        match self {
            Self::List(..) => Kind::List,
            Self::Peek(..) => Kind::Peek,
            Self::Weigh(..) => Kind::Weigh,
            Self::Look(..) => Kind::Look,
        }
    }
}

/// Runs errands.
#[derive(Debug)]
pub struct Errands {
    commons: Commons,
    wake: Wake,
    /// The longest silence of a server.
    patience: Duration,
    runners: HashMap<Kind, Runner>,
    sights: (Sender<Sight>, Receiver<Sight>),
}

#[derive(Clone)]
struct Wake(Arc<dyn Fn() + Send + Sync>);

impl std::fmt::Debug for Wake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Wake")
    }
}

/// A thread that runs errands of one kind, at one place.
#[derive(Debug)]
struct Runner {
    place: Arc<Place>,
    errands: Sender<Errand>,
    stop: Stop,
    /// How many errands it has before it.
    load: Arc<AtomicUsize>,
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.stop.give();
    }
}

impl Errands {
    /// Runs nothing yet. `wake` is called from any thread when there is something to be taken in.
    pub fn new(commons: Commons, wake: impl Fn() + Send + Sync + 'static) -> Self {
        let wake = Wake(Arc::new(wake));
        Self {
            commons,
            wake,
            patience: PATIENCE,
            runners: HashMap::new(),
            sights: bounded(WAITING),
        }
    }

    /// From now on this is the longest silence of a server.
    pub fn be_patient(&mut self, patience: Duration) {
        self.patience = patience;
        self.hang_up();
    }

    /// Ends the conversations that rest: the next errand begins a new one.
    pub fn hang_up(&mut self) {
        self.runners.retain(|_, runner| runner.load.load(Ordering::Acquire) > 0);
    }

    /// Whatever was found since the last time.
    pub fn sights(&self) -> impl Iterator<Item = Sight> {
        self.sights.1.try_iter().take(WAITING)
    }

    /// Sends somebody. Whoever lists or peeks still, is called back: one look at a time is enough.
    pub fn send(&mut self, place: &Arc<Place>, errand: Errand) {
        let kind = errand.kind();
        let can_wait = kind == Kind::Weigh;
        let is_fit = |runner: &Runner| {
            runner.place == *place && (can_wait || runner.load.load(Ordering::Acquire) == 0)
        };
        if !self.runners.get(&kind).is_some_and(is_fit) {
            let runner = Runner::start(place, self);
            self.runners.insert(kind, runner);
        }
        if let Some(runner) = self.runners.get(&kind) {
            runner.load.fetch_add(1, Ordering::AcqRel);
            runner.errands.send(errand).ok();
        }
    }

    /// Calls back whoever runs errands of this kind.
    pub fn stop(&mut self, kind: Kind) {
        self.runners.remove(&kind);
    }
}

impl Runner {
    fn start(place: &Arc<Place>, all: &Errands) -> Self {
        let (errands, inbox) = unbounded();
        let stop = Stop::default();
        let load = Arc::<AtomicUsize>::default();
        let desk = Desk {
            place: Arc::clone(place),
            commons: all.commons.clone(),
            sights: all.sights.0.clone(),
            wake: all.wake.clone(),
            limits: Limits { patience: all.patience, stop: stop.clone() },
        };
        let left = Arc::clone(&load);
        let thread = thread::Builder::new().name("ashore browser".to_owned());
        // Without a thread nothing is found: the folder stays empty, and can be asked for again.
        thread.spawn(move || desk.run(&inbox, &left)).ok();
        Self { place: Arc::clone(place), errands, stop, load }
    }
}

/// What a thread has.
struct Desk {
    place: Arc<Place>,
    commons: Commons,
    sights: Sender<Sight>,
    wake: Wake,
    limits: Limits,
}

impl Desk {
    fn run(self, inbox: &Receiver<Errand>, left: &AtomicUsize) {
        let Place { address, security, trust, way } = &*self.place;
        let (security, way) = (*security, *way);
        let access = Access { address, security, trust, way, commons: &self.commons };
        let log = |line: ftp::Line| {
            let _told_or_not = self.tell(Sight::Line(line.into()));
        };
        let mut visit = Visit::new(access, &self.limits, &log);
        loop {
            let errand = match inbox.recv_timeout(REST) {
                Ok(errand) => errand,
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    visit.leave();
                    let Ok(errand) = inbox.recv() else { break };
                    errand
                }
            };
            self.run_one(errand, &mut visit);
            left.fetch_sub(1, Ordering::AcqRel);
            if self.limits.stop.is_given() {
                break;
            }
            visit.stand_by();
        }
        visit.leave();
    }

    fn run_one(&self, errand: Errand, visit: &mut Visit<'_>) {
        let _told_or_not = match errand {
            Errand::List(number, path) => {
                let ended = self.list(number, &path, visit);
                self.tell(Sight::Listed(number, ended))
            }
            Errand::Peek(number, path) => self.tell(Sight::Peeked(number, visit.peek(&path, PEEK))),
            Errand::Weigh(number, id, path) => {
                let mut told = Instant::now();
                let ended = transfer::weigh(visit, &path, &mut |weight| {
                    if told.elapsed() < 2 * GATHER {
                        return ControlFlow::Continue(());
                    }
                    told = Instant::now();
                    self.tell(Sight::Weighed(number, id, Ok(weight), false))
                });
                self.tell(Sight::Weighed(number, id, ended, true))
            }
            Errand::Look(folder) => self.tell(Sight::Shore(Shore::look(&folder))),
        };
    }

    fn list(
        &self,
        number: u64,
        path: &RemotePath,
        visit: &mut Visit<'_>,
    ) -> Result<ListingEnd, Failure> {
        let is_secret = visit.arrive()?;
        let _told_or_not = self.tell(Sight::Arrived(number, is_secret));
        let mut gathered = Vec::new();
        // The first ones are shown at once.
        let mut told = None::<Instant>;
        let ended = visit.list(path, &mut |entry| {
            gathered.push(entry);
            let is_time = told.is_none_or(|told| told.elapsed() >= GATHER);
            if gathered.len() < MOST_GATHERED && !is_time {
                return ControlFlow::Continue(());
            }
            told = Some(Instant::now());
            self.show(number, std::mem::take(&mut gathered))
        });
        if !gathered.is_empty() {
            let _told_or_not = self.show(number, gathered);
        }
        ended
    }

    /// Hands entries on, in letters that people can read.
    fn show(&self, number: u64, entries: Vec<Entry>) -> ControlFlow<()> {
        let Address { host, port, .. } = &self.place.address;
        let names = entries.iter().map(|entry| entry.name.as_slice());
        let encoding = self.commons.servers.encoding(host, *port, names);
        let items = entries.into_iter().map(|entry| Item::new(entry, encoding)).collect();
        self.tell(Sight::Items(number, items, encoding))
    }

    /// Hands something on, and waits if the window has not taken in what came before. Breaks off if
    /// nobody wants it any more.
    fn tell(&self, mut sight: Sight) -> ControlFlow<()> {
        loop {
            if self.limits.stop.is_given() {
                return ControlFlow::Break(());
            }
            match self.sights.send_timeout(sight, GATHER) {
                Ok(()) => {
                    (self.wake.0)();
                    return ControlFlow::Continue(());
                }
                Err(SendTimeoutError::Timeout(again)) => {
                    (self.wake.0)();
                    sight = again;
                }
                Err(SendTimeoutError::Disconnected(_)) => return ControlFlow::Break(()),
            }
        }
    }
}
