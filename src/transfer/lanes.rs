//! Connections to each server: how many there may be, and which ones rest until the next file.
//!
//! A [`Lane`] is the right to one connection. Whoever has one takes up a conversation that rests, or
//! begins a new one, and lets it rest again for the next file.

mod crowd;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

pub(super) use crowd::Crowd;

use super::growth::{self, Growth, Standing};
use super::pier::{Berths, Kind, Pier, Resting, lock};
use super::request::Access;
use super::servers::Servers;
use crate::ftp::{Host, Limits, Session};

/// A conversation that nobody needed for so long is ended.
const LONGEST_REST: Duration = Duration::from_secs(20);

/// What a request takes until its first byte is not measured here: more than it does on most lines.
const SETUP: Duration = Duration::from_millis(800);

/// The connections to all servers. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Lanes(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    /// How many connections the person chose for each server. 0: as many as prove useful.
    choice: AtomicU32,
    piers: Mutex<HashMap<(String, u16), Arc<Pier>>>,
}

/// The right to one connection to one server, until it is dropped or left.
#[derive(Debug)]
pub struct Lane {
    pier: Arc<Pier>,
    kind: Arc<Kind>,
    servers: Servers,
    is_helper: bool,
    is_taken: Arc<AtomicBool>,
    is_connected: AtomicBool,
}

impl Lanes {
    /// Sets how many connections each server gets, also those that something is fetched from: what
    /// has begun there is not broken off. `None`: two, and more while more bring more.
    pub fn choose(&self, connections: Option<u32>) {
        self.0.choice.store(connections.unwrap_or(0), Ordering::Relaxed);
        for pier in lock(&self.0.piers).values() {
            let mut berths = lock(&pier.berths);
            berths.growth.choose(connections);
            let leaving = berths.make_room(None, usize::MAX);
            drop(berths);
            leaving.into_iter().for_each(Resting::end);
        }
    }

    /// How many connections each server gets at most for one file, where `most` would be of use.
    pub(super) fn at_most(&self, most: usize) -> usize {
        match usize::try_from(self.0.choice.load(Ordering::Relaxed)) {
            Ok(0) | Err(_) => most,
            Ok(chosen) => most.min(chosen),
        }
    }

    /// Takes a lane to the server, if it may have one more connection.
    #[must_use]
    pub fn try_take(&self, access: Access<'_>) -> Option<Lane> {
        let lane = self.lane(access);
        lane.try_take().then_some(lane)
    }

    /// Lets a conversation stand by that nobody counts, for whoever comes first.
    pub(super) fn offer(&self, access: Access<'_>, session: Session<'_>) {
        let lane = self.lane(access);
        let is_one_there =
            lock(&lane.pier.berths).resting.iter().any(|resting| resting.kind == lane.kind);
        if is_one_there { session.quit() } else { lane.park(session) }
    }

    /// Goes on with a conversation that stands by, if there is one.
    pub(super) fn take_up<'a>(
        &self,
        access: Access<'_>,
        limits: &Limits,
        log: &'a dyn Fn(crate::ftp::Line),
    ) -> Option<Session<'a>> {
        self.lane(access).wake(limits, log)
    }

    fn lane(&self, access: Access<'_>) -> Lane {
        let server = access.server();
        let kind = Kind {
            login: access.login_outside_the_keychain().into_owned(),
            security: server.security,
            trust: server.trust.clone(),
            way: server.way,
            proxy: server.proxy.clone(),
        };
        Lane {
            pier: self.pier(access),
            kind: Arc::new(kind),
            servers: access.commons.servers.clone(),
            is_helper: false,
            is_taken: Arc::default(),
            is_connected: AtomicBool::new(false),
        }
    }

    /// So many downloads wait for a lane to the server: whoever has several gives one up to them.
    pub(super) fn wait(&self, host: &Host, port: u16, waiting: usize) {
        if let Some(pier) = lock(&self.0.piers).get(&(host.to_string(), port)) {
            pier.waiting.store(u32::try_from(waiting).unwrap_or(u32::MAX), Ordering::Relaxed);
        }
    }

    /// How many connections the server gets now.
    pub(super) fn allowed(&self, host: &Host, port: u16) -> usize {
        let piers = lock(&self.0.piers);
        let pier = piers.get(&(host.to_string(), port));
        pier.map_or(growth::FIRST, |pier| lock(&pier.berths).growth.wanted())
    }

    fn pier(&self, access: Access<'_>) -> Arc<Pier> {
        let (host, port) = (&access.address.host, access.address.port);
        let mut piers = lock(&self.0.piers);
        let pier = piers.entry((host.to_string(), port)).or_insert_with(|| {
            let choice = Some(self.0.choice.load(Ordering::Relaxed)).filter(|&choice| choice > 0);
            let known = access.commons.servers.known(host, port).most_connections;
            let growth = Growth::to_server(choice, known);
            let berths = Berths {
                taken: 0,
                helping: 0,
                connected: 0,
                resting: Vec::new(),
                learnt: None,
                growth,
                refused: None,
            };
            Arc::new(Pier {
                host: host.clone(),
                port,
                berths: Mutex::new(berths),
                so_far: Mutex::default(),
                waiting: AtomicU32::new(0),
                throttle: access.commons.throttle.clone(),
            })
        });
        Arc::clone(pier)
    }

    /// Ends conversations that nobody has needed for a while. Tells whether any still rest.
    pub(super) fn tidy(&self, now: Instant) -> bool {
        let is_old = |resting: &Resting| now.duration_since(resting.since) >= LONGEST_REST;
        let piers: Vec<_> = lock(&self.0.piers).values().cloned().collect();
        let mut any_rest = false;
        for pier in piers {
            let mut berths = lock(&pier.berths);
            let old: Vec<_> = berths.resting.extract_if(.., |resting| is_old(resting)).collect();
            any_rest |= !berths.resting.is_empty();
            drop(berths);
            old.into_iter().for_each(Resting::end);
        }
        any_rest
    }

    /// Says goodbye to every server: the program ends.
    pub(super) fn end(&self) {
        for pier in lock(&self.0.piers).values() {
            let resting = std::mem::take(&mut lock(&pier.berths).resting);
            resting.into_iter().for_each(Resting::end);
        }
    }
}

impl Lane {
    /// Another lane of the same kind, if the server may have one more connection.
    pub(super) fn another(&self) -> Option<Self> {
        let lane = self.of_same_kind();
        lane.try_take().then_some(lane)
    }

    /// One for another connection that brings the same file, if the server has fewer than `most`
    /// connections from us. Whether it makes that faster is not asked here.
    pub(super) fn another_within(&self, most: usize) -> Option<Self> {
        let mut berths = lock(&self.pier.berths);
        if berths.taken >= berths.growth.at_most(most) {
            return None;
        }
        berths.taken += 1;
        berths.helping += 1;
        let leaving = berths.make_room(Some(&self.kind), most);
        drop(berths);
        leaving.into_iter().for_each(Resting::end);
        let mut lane = self.of_same_kind();
        (lane.is_helper, lane.is_taken) = (true, Arc::new(AtomicBool::new(true)));
        Some(lane)
    }

    fn of_same_kind(&self) -> Self {
        Self {
            pier: Arc::clone(&self.pier),
            kind: Arc::clone(&self.kind),
            servers: self.servers.clone(),
            is_helper: false,
            is_taken: Arc::default(),
            is_connected: AtomicBool::new(false),
        }
    }

    /// Gives the right back, if it is held.
    pub(super) fn leave(&self) {
        self.leave_berth(&mut lock(&self.pier.berths));
    }

    fn leave_berth(&self, berths: &mut Berths) {
        if self.is_taken.swap(false, Ordering::AcqRel) {
            berths.taken = berths.taken.saturating_sub(1);
            berths.helping = berths.helping.saturating_sub(usize::from(self.is_helper));
            if self.is_connected.swap(false, Ordering::AcqRel) {
                berths.connected = berths.connected.saturating_sub(1);
            }
        }
    }

    /// Takes the right again, if there is one. Tells whether it is held now.
    pub(super) fn try_take(&self) -> bool {
        if self.is_taken.load(Ordering::Acquire) {
            return true;
        }
        let mut berths = lock(&self.pier.berths);
        if berths.taken >= berths.growth.wanted() {
            let (busy, so_far) = (berths.connected, *lock(&self.pier.so_far));
            let has_room = self.pier.throttle.has_room(Instant::now());
            let standing = Standing { busy, so_far, left: None, setup: SETUP, has_room };
            berths.growth.look(Instant::now(), &standing);
        }
        if berths.taken >= berths.growth.wanted() {
            return false;
        }
        berths.taken += 1;
        self.is_taken.store(true, Ordering::Release);
        let wanted = berths.growth.wanted();
        let leaving = berths.make_room(Some(&self.kind), wanted);
        drop(berths);
        leaving.into_iter().for_each(Resting::end);
        true
    }

    /// Goes on with a conversation that rests, if there is one.
    pub(super) fn take_up<'a>(
        &self,
        limits: &Limits,
        log: &'a dyn Fn(crate::ftp::Line),
    ) -> Option<Session<'a>> {
        let session = self.wake(limits, log)?;
        self.connected();
        Some(session)
    }

    fn wake<'a>(&self, limits: &Limits, log: &'a dyn Fn(crate::ftp::Line)) -> Option<Session<'a>> {
        loop {
            let mut berths = lock(&self.pier.berths);
            let is_own = |it: &Resting| Arc::ptr_eq(&it.owner, &self.is_taken);
            let is_ours = |it: &Resting| it.is_free() && it.kind == self.kind;
            let resting = &berths.resting;
            let at = resting.iter().rposition(is_own).or(resting.iter().rposition(is_ours))?;
            let resting = berths.resting.swap_remove(at);
            drop(berths);
            if let Some(session) = resting.parked.take_up(limits, log) {
                return Some(session);
            }
        }
    }

    /// Lets a conversation rest, for whoever comes next.
    pub(super) fn park(&self, session: Session<'_>) {
        let Some(parked) = session.park() else { return };
        let learnt = parked.learnt();
        let (kind, owner) = (Arc::clone(&self.kind), Arc::clone(&self.is_taken));
        let resting = Resting { kind, owner, parked, since: Instant::now() };
        let mut berths = lock(&self.pier.berths);
        berths.learnt = Some((Arc::clone(&self.kind), learnt));
        berths.resting.push(resting);
    }

    /// Tells a new conversation what others of its kind have learnt.
    pub(super) fn teach(&self, session: &mut Session<'_>) {
        let learnt = lock(&self.pier.berths).learnt.clone();
        if let Some((_, learnt)) = learnt.filter(|(kind, _)| *kind == self.kind) {
            session.take_over(learnt);
        }
    }

    /// Where the connections to its server are counted.
    pub(super) fn pier(&self) -> Arc<Pier> {
        Arc::clone(&self.pier)
    }

    /// So many bytes of a file came.
    pub(super) fn moved(&self, bytes: usize) {
        lock(&self.pier.so_far).bytes += u64::try_from(bytes).unwrap_or(0);
    }

    /// A file, or a folder's list, is done, and took so long.
    pub(super) fn is_done(&self, took: Duration) {
        let begun = Instant::now().checked_sub(took);
        if begun.is_some_and(|begun| lock(&self.pier.berths).growth.counts(begun)) {
            let mut so_far = lock(&self.pier.so_far);
            so_far.files += 1;
            so_far.took += took;
        }
    }

    /// Whether the server has let us in.
    pub(super) fn is_connected(&self) -> bool {
        self.is_connected.load(Ordering::Acquire)
    }

    /// Whether a download of its own waits for a lane to this server, or there are more of them than
    /// are of use.
    pub(super) fn is_wanted(&self) -> bool {
        self.pier.waiting.load(Ordering::Relaxed) > 0 || lock(&self.pier.berths).are_too_many()
    }

    /// Gives the lane back if it [is wanted](Self::is_wanted). Tells whether it is.
    pub(super) fn gives_way(&self) -> bool {
        let is_waited_for = self.pier.waiting.load(Ordering::Relaxed) > 0;
        let mut berths = lock(&self.pier.berths);
        let is_one_too_many = berths.are_too_many();
        if is_one_too_many {
            self.leave_berth(&mut berths);
        }
        is_waited_for || is_one_too_many
    }

    /// The server has let us in. The sentence, if there is one, is for the person.
    pub(super) fn connected(&self) -> Option<String> {
        let mut berths = lock(&self.pier.berths);
        if !self.is_connected.swap(true, Ordering::AcqRel) {
            berths.connected += 1;
        }
        let (open, limit) = (berths.connected, berths.limit_shown());
        drop(berths);
        let Pier { host, port, .. } = self.pier.as_ref();
        let known = self.servers.known(host, *port).most_connections;
        let open = u32::try_from(open).unwrap_or(u32::MAX);
        if known.is_some_and(|known| known < open) {
            self.servers.learn(host, *port, |known| known.most_connections = Some(open)).ok();
        }
        limit.map(|limit| self.learn_limit(limit))
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.leave();
    }
}
