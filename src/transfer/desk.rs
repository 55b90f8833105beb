//! Where orders meet news: what waits, what runs, what becomes of it.

use std::collections::{HashMap, HashSet};
use std::io;
use std::time::{Duration, Instant, SystemTime};

use crossbeam_channel::{Receiver, Sender, after, never, select, unbounded};

use super::commons::Commons;
use super::ending::Ending;
use super::engine::{Order, TransferId};
use super::errand::{Errand, Report};
use super::failure::Failure;
use super::handle::Handle;
use super::journal::{Journal, State};
use super::news::{Line, News, Outcome, Voice};
use super::passage::Passage;
use super::request::Request;
use super::teller::Teller;
use super::waiting::Waiting;
use crate::disk;
use crate::ftp::Host;

/// How many downloads are under way at once, whatever the number of servers.
const MOST_RUNNING: usize = 64;

/// How many more than a server gets connections may rest between two attempts.
const RESTING: usize = 6;

/// How often it is looked whether a full disk has room again, or a connection is free or too many.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// How long the end of the program waits for downloads to write down how far they are. They are as
/// safe without it, and fetch a second's bytes less again with it.
const FAREWELL: Duration = Duration::from_secs(2);

/// Everything here belongs to one thread, so nothing is locked.
pub(super) struct Desk {
    journal: Journal,
    waiting: Waiting,
    paused: HashSet<TransferId>,
    /// The disk was full. `Failure` tells for which folder and how much is missing.
    without_room: HashMap<TransferId, Failure>,
    running: HashMap<TransferId, Running>,
    /// Requests that are not, or not wholly, in the journal: those with a password.
    private: HashMap<TransferId, Request>,
    reports: (Sender<Report>, Receiver<Report>),
    teller: Teller,
    commons: Commons,
}

struct Running {
    handle: Handle,
    wish: Wish,
    server: (Host, u16),
}

/// What becomes of a download that was told to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    End,
    Pause,
    Requeue,
    /// Nobody wished anything, and nobody listens any more: it stays in the journal as it is.
    Leave,
}

impl Desk {
    pub(super) fn new(
        journal: Journal,
        paused: Vec<TransferId>,
        teller: Teller,
        commons: Commons,
    ) -> Self {
        Self {
            journal,
            waiting: Waiting::default(),
            paused: paused.into_iter().collect(),
            without_room: HashMap::new(),
            running: HashMap::new(),
            private: HashMap::new(),
            reports: unbounded(),
            teller,
            commons,
        }
    }

    /// Serves until the engine is dropped, and then until every download has let go of its file.
    pub(super) fn run(mut self, orders: &Receiver<Order>) {
        let reports = self.reports.1.clone();
        let mut next_look = Instant::now();
        loop {
            // A full disk may have room again; a download that rests has given its lane back.
            let any_rest = self.commons.lanes.tidy(Instant::now());
            let is_restful = self.without_room.is_empty() && self.waiting.is_empty() && !any_rest;
            let look = if is_restful {
                never()
            } else {
                after(next_look.saturating_duration_since(Instant::now()))
            };
            select! {
                recv(orders) -> order => match order {
                    Ok(order) => self.serve(order),
                    Err(_engine_was_dropped) => break,
                },
                recv(reports) -> report => {
                    if let Ok(report) = report {
                        self.hear(report);
                    }
                }
                recv(look) -> _now => {
                    next_look = Instant::now() + LOOK_AGAIN;
                    self.look_for_room();
                }
            }
            self.begin();
        }
        for running in self.running.values_mut() {
            running.handle.stop.give();
        }
        let end = Instant::now() + FAREWELL;
        while !self.running.is_empty()
            && let Ok(report) = reports.recv_deadline(end)
        {
            self.hear(report);
        }
        self.commons.lanes.end();
    }

    fn serve(&mut self, order: Order) {
        match order {
            Order::Download(requests) => self.add(requests),
            Order::Cancel(id) => self.stop(id, Wish::End),
            Order::Pause(id) => self.stop(id, Wish::Pause),
            Order::PauseAll => {
                let all = self.running.keys().chain(self.without_room.keys()).copied();
                let all: Vec<_> = self.waiting.all().chain(all).collect();
                self.journal.together(true);
                all.into_iter().for_each(|id| self.stop(id, Wish::Pause));
                self.journal.together(false);
            }
            Order::Resume(id) => self.queue(id),
            Order::ResumeAll => {
                let all = self.paused_in_order();
                self.journal.together(true);
                all.into_iter().for_each(|id| self.queue(id));
                self.journal.together(false);
            }
            Order::Replace(id, request) => {
                self.keep(id, &request);
                self.queue(id);
            }
            Order::TryNow(id) => {
                if let Some(running) = self.running.get(&id) {
                    running.handle.try_now();
                } else if self.without_room.contains_key(&id) {
                    self.queue(id);
                }
            }
            Order::Files(id) => {
                let files = self.journal.manifest(id).unwrap_or_default();
                self.report(id, News::Files(files));
            }
            Order::Reorder(ids) => self.reorder(&ids),
            Order::Clear(ids) => drop(self.journal.set_cleared(&ids, true)),
            Order::Unclear(ids) => drop(self.journal.set_cleared(&ids, false)),
        }
    }

    /// Writes new downloads down, then queues them: in this order, so that a crash loses none.
    fn add(&mut self, requests: Vec<(TransferId, Request)>) {
        let is_written = self.journal.add(&requests).is_ok();
        for (id, request) in requests {
            self.waiting.push(id, &request.address);
            if !is_written || !request.address.login.is_public() {
                self.private.insert(id, request);
            }
            self.report(id, News::Queued);
            if !is_written {
                let text = "The list of transfers could not be written to disk. This one is forgotten when Ashore ends";
                let line =
                    Line { at: SystemTime::now(), voice: Voice::Warning, text: text.to_owned() };
                self.report(id, News::Line(line));
            }
        }
    }

    fn keep(&mut self, id: TransferId, request: &Request) {
        let is_written = self.journal.set_request(id, request).is_ok();
        if !is_written || !request.address.login.is_public() {
            self.private.insert(id, request.clone());
        } else {
            self.private.remove(&id);
        }
    }

    fn queue(&mut self, id: TransferId) {
        if self.running.contains_key(&id) {
            // It is just letting go of its file: again, as soon as it has.
            if let Some(running) = self.running.get_mut(&id)
                && running.handle.stop.is_given()
            {
                running.wish = Wish::Requeue;
            }
            return;
        }
        if !self.paused.remove(&id) && self.waiting.contains(id) {
            return;
        }
        self.without_room.remove(&id);
        let Some(request) = self.request(id) else { return };
        self.journal.queue(id).ok();
        self.waiting.push(id, &request.address);
        self.report(id, News::Queued);
    }

    /// In the order in which they were queued.
    fn paused_in_order(&self) -> Vec<TransferId> {
        let order = self.journal.order().unwrap_or_default();
        let places: HashMap<_, _> = order.into_iter().zip(0..).collect();
        let mut all: Vec<_> = self.paused.iter().copied().collect();
        all.sort_by_key(|id| (places.get(id).copied().unwrap_or(usize::MAX), *id));
        all
    }

    fn stop(&mut self, id: TransferId, wish: Wish) {
        if let Some(running) = self.running.get_mut(&id) {
            running.wish = wish;
            running.handle.stop.give();
            return;
        }
        let was_waiting = self.waiting.remove(id);
        let was_held = self.without_room.remove(&id).is_some() || self.paused.remove(&id);
        if was_waiting || was_held {
            self.settle(id, wish, Err(Failure::Stopped { kept: None }), Passage::default());
        }
    }

    fn hear(&mut self, report: Report) {
        match report {
            Report::Progress(id, progress) => {
                self.journal.set_progress(id, progress.received, progress.expected).ok();
            }
            Report::Files(id, piece) => drop(self.journal.add_piece(id, &piece)),
            Report::Ended(id, ended) => {
                let (outcome, passage) = *ended;
                let running = self.running.remove(&id);
                let wish = running.as_ref().map_or(Wish::End, |running| running.wish);
                let was_told = running.is_some_and(|running| running.handle.stop.is_given());
                self.settle(
                    id,
                    wish,
                    match outcome {
                        // Whoever was told to stop does not go on by itself when there is room.
                        Err(failure) if was_told && failure.is_without_room() => {
                            Err(Failure::Stopped { kept: failure.kept().cloned() })
                        }
                        outcome => outcome,
                    },
                    passage,
                );
            }
        }
    }

    /// Writes down what became of a download, then tells it.
    fn settle(&mut self, id: TransferId, wish: Wish, outcome: Outcome, mut passage: Passage) {
        match (wish, outcome) {
            (Wish::Pause, Err(Failure::Stopped { .. })) => {
                self.paused.insert(id);
                self.journal.set_state(id, &State::Paused).ok();
                self.report(id, News::Paused);
            }
            (Wish::Requeue, Err(Failure::Stopped { .. })) => self.queue(id),
            (Wish::Leave, Err(Failure::Stopped { .. })) => {}
            (_, Err(failure)) if failure.is_without_room() && self.waits_for_room(id) => {
                self.report(id, News::NoRoom(failure.to_string()));
                self.without_room.insert(id, failure);
            }
            (_, outcome) => {
                passage.end(&outcome);
                let ending = Box::new(Ending { passage, ..Ending::of(&outcome) });
                self.journal.set_state(id, &State::Ended(ending)).ok();
                self.report(id, News::Ended(outcome));
            }
        }
    }

    fn waits_for_room(&self, id: TransferId) -> bool {
        self.request(id).is_some_and(|request| request.waits_for_room)
    }

    fn look_for_room(&mut self) {
        let has_room = |failure: &Failure| match failure {
            Failure::Disk { error: disk::Error::Full { path, needed, .. }, .. } => {
                let free = disk::available(disk::folder_of(path)).unwrap_or(0);
                free >= needed.unwrap_or(disk::LEAST_ROOM)
            }
            _ => true,
        };
        let ready: Vec<_> = self
            .without_room
            .iter()
            .filter_map(|(id, failure)| has_room(failure).then_some(*id))
            .collect();
        ready.into_iter().for_each(|id| self.queue(id));
    }

    /// The transfers in `ids` change places among themselves; the others stay where they are.
    fn reorder(&mut self, ids: &[TransferId]) {
        self.journal.set_order(ids).ok();
        self.waiting.reorder(ids);
    }

    fn request(&self, id: TransferId) -> Option<Request> {
        let private = self.private.get(&id).cloned();
        private.or_else(|| self.journal.request(id).ok().flatten())
    }

    /// Begins what can begin: for each server, as many as it gets connections, in their order.
    fn begin(&mut self) {
        for (host, port) in self.waiting.servers() {
            let lanes = self.commons.lanes.clone();
            while let Some(id) = self.waiting.first(&host, port)
                && self.running.len() < MOST_RUNNING
                && self.running_at(&host, port) < lanes.allowed(&host, port) + RESTING
            {
                let Some(request) = self.request(id) else {
                    self.waiting.remove(id);
                    let what = "the download is not on the list any more".to_owned();
                    self.settle(id, Wish::End, Err(Failure::Bug { what }), Passage::default());
                    continue;
                };
                let Some(lane) = lanes.try_take(request.access(&self.commons)) else { break };
                self.waiting.remove(id);
                let handle = Handle::in_lane(lane, self.commons.clone());
                let server = (host.clone(), port);
                match self.launch(id, request, handle.clone()) {
                    Ok(()) => {
                        self.running.insert(id, Running { handle, wish: Wish::Leave, server });
                    }
                    Err(error) => {
                        handle.leave_lane();
                        let what = format!("the download could not be started: {error}");
                        self.settle(id, Wish::End, Err(Failure::Bug { what }), Passage::default());
                    }
                }
            }
            lanes.wait(&host, port, self.waiting.count(&host, port));
        }
    }

    /// How many downloads from one server are under way, with those that rest.
    fn running_at(&self, host: &Host, port: u16) -> usize {
        let is_there = |running: &&Running| running.server.0 == *host && running.server.1 == port;
        self.running.values().filter(is_there).count()
    }

    fn launch(&self, id: TransferId, request: Request, handle: Handle) -> io::Result<()> {
        let errand = Errand { id, request, handle, teller: self.teller.clone() };
        errand.begin(self.reports.0.clone())
    }

    fn report(&self, id: TransferId, news: News) {
        self.teller.tell(id, news);
    }
}
