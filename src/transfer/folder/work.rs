//! What there is to do in a folder, shared by all hands.

use std::collections::{HashSet, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use super::MOST_FOLDERS;
use super::batch::{Ahead, Batch, Found, Linked, Looked, Lost};
use super::ends::Ends;
use super::preflight::Preflight;
use super::sort::Sorted;
use super::standing::Standing;
use crate::disk;
use crate::ftp::Stop;

/// While so many files wait, no more folders are looked into: memory has an end.
const MOST_FILES: usize = 20_000;

/// How often somebody who waits looks up.
const TICK: Duration = Duration::from_millis(50);

/// What a hand is to do.
#[derive(Debug)]
pub(super) enum Task {
    Look(Ahead),
    Fetch(Found),
    /// Nothing more: what was found in this folder is lost.
    Mourn(Arc<Looked>, disk::Error),
    /// Only to tell that these links are not followed.
    LeaveOut(Vec<String>),
    /// Everything is done, or somebody else needs the connection.
    Leave,
}

/// What there is to do, and who does it.
#[derive(Debug)]
pub(super) struct Work {
    state: Mutex<State>,
    bell: Condvar,
    /// Held by whoever sorts a large folder.
    for_much: Mutex<()>,
    stop: Stop,
    /// Where the folder is that was asked for.
    pub(super) top: OnceLock<Vec<u8>>,
    /// Given when nothing is left to be done, for those who still sign in.
    pub(super) is_done: Stop,
    /// Bytes that have come.
    pub(super) received: AtomicU64,
    /// How its lists end.
    pub(super) ends: Ends,
    /// Things in the lists that have come.
    pub(super) found: AtomicU64,
    /// Folders that turned out to be one above them.
    known_again: AtomicU64,
}

#[derive(Debug)]
struct State {
    /// Folders that were taken up and handed back.
    returned_folders: Vec<Ahead>,
    /// The last ones come first: what was begun is looked into to its bottom.
    folders: Vec<Batch>,
    folders_in_all: u64,
    /// Folders that links lead to. They are looked into when no others are left, in the order of
    /// their names, so that of several links to one place it is always the same one that is followed.
    links: Vec<Linked>,
    /// Where those lead that were followed.
    places: HashSet<Vec<u8>>,
    /// Files that were taken out of a batch, and are first.
    first_files: VecDeque<Found>,
    files: VecDeque<Batch>,
    /// Hands that look into a folder now.
    looking: usize,
    /// Hands that fetch a file now.
    fetching: usize,
    hands: usize,
    /// Hands that have a task and wait for a connection.
    waiting: usize,
    /// Small files that are written and have no name yet: one whose name is taken is fetched again.
    unnamed: usize,
    /// No file is begun yet: what there is to come has not been told.
    is_held: bool,
    preflight: Preflight,
}

impl Work {
    pub(super) fn new(top: Ahead, stop: Stop) -> Self {
        let state = State {
            returned_folders: vec![top],
            folders: Vec::new(),
            folders_in_all: 1,
            links: Vec::new(),
            places: HashSet::new(),
            first_files: VecDeque::new(),
            files: VecDeque::new(),
            looking: 0,
            fetching: 0,
            hands: 0,
            waiting: 0,
            unnamed: 0,
            is_held: true,
            preflight: Preflight::default(),
        };
        Self {
            state: Mutex::new(state),
            bell: Condvar::new(),
            for_much: Mutex::default(),
            top: OnceLock::new(),
            is_done: stop.branch(),
            stop,
            received: AtomicU64::new(0),
            ends: Ends::default(),
            found: AtomicU64::new(0),
            known_again: AtomicU64::new(0),
        }
    }

    /// The next thing to do; waits for it. `gives_way` says whether somebody else needs the
    /// connection more, which the last hand does not heed. Say [`Work::done`] after each task.
    pub(super) fn next(&self, gives_way: impl Fn() -> bool) -> Task {
        let mut state = self.lock();
        loop {
            if let Some(left_out) = state.follow_links() {
                return Task::LeaveOut(left_out);
            }
            let is_over = state.is_looked_into() && !state.has_files();
            let may_bring_more = state.looking > 0;
            if self.stop.is_given()
                || (is_over && !may_bring_more)
                || (state.hands > 1 && gives_way())
            {
                state.hands -= 1;
                self.bell.notify_all();
                return Task::Leave;
            }
            let has_few = state.count_files() < MOST_FILES || state.is_held;
            if has_few && let Some(next) = state.next_folder() {
                let look = |ahead| {
                    state.looking += 1;
                    Task::Look(ahead)
                };
                return next.map_or_else(mourn, look);
            }
            if !state.is_held
                && let Some(next) = state.next_file()
            {
                let fetch = |found| {
                    state.fetching += 1;
                    Task::Fetch(found)
                };
                return next.map_or_else(mourn, fetch);
            }
            if state.waiting > 0 {
                state.hands -= 1; // Somebody else has a task, and no connection.
                return Task::Leave;
            }
            state = self.wait(state);
        }
    }

    /// One more file of the kind that `is_wanted`, without waiting: it belongs to the task at hand.
    pub(super) fn another(&self, is_wanted: impl Fn(&Found) -> bool) -> Option<Found> {
        let mut state = self.lock();
        if !state.is_looked_into() || self.stop.is_given() {
            return None;
        }
        let found = state.next_file()?.ok()?;
        match is_wanted(&found) {
            true => Some(found),
            false => {
                state.first_files.push_front(found);
                None
            }
        }
    }

    /// A folder was looked into, or could not be.
    pub(super) fn looked(&self) {
        self.lock().looking -= 1;
        self.bell.notify_all();
    }

    /// A file was fetched, or could not be.
    pub(super) fn fetched(&self) {
        self.lock().fetching -= 1;
        self.bell.notify_all();
    }

    /// A small file is written, and its name is to follow.
    pub(super) fn weighed(&self) {
        self.lock().unnamed += 1;
    }

    /// It has its name, or never will. One is `returned` whose name something else has by now: what
    /// becomes of it is decided as for any file that is there already.
    pub(super) fn named(&self, returned: Option<Found>) {
        let mut state = self.lock();
        state.unnamed -= 1;
        state.first_files.extend(returned.map(|found| Found { is_there: true, ..found }));
        self.bell.notify_all();
    }

    /// A hand that has a task waits for a connection, or has one again.
    pub(super) fn await_lane<T>(&self, wait: impl FnOnce() -> T) -> T {
        self.lock().waiting += 1;
        self.bell.notify_all();
        let waited = wait();
        self.lock().waiting -= 1;
        waited
    }

    /// A hand leaves that has no task.
    pub(super) fn leave(&self) {
        self.lock().hands -= 1;
        self.bell.notify_all();
    }

    /// The task is for somebody else, and this hand leaves.
    pub(super) fn hand_back(&self, task: Task) {
        let mut state = self.lock();
        match task {
            Task::Look(ahead) => {
                state.returned_folders.push(ahead);
                state.looking -= 1;
            }
            Task::Fetch(found) => {
                state.first_files.push_front(found);
                state.fetching -= 1;
            }
            Task::Mourn(..) | Task::LeaveOut(_) | Task::Leave => {}
        }
        state.hands -= 1;
        self.bell.notify_all();
    }

    /// A hand leaves because of a mistake of ours: nobody waits for it.
    pub(super) fn abandon(&self) {
        self.stop.give();
        self.bell.notify_all();
    }

    /// A hand comes.
    pub(super) fn join(&self) {
        self.lock().hands += 1;
    }

    /// Whether one more folder may be looked into. Each one that may counts.
    pub(super) fn has_room(&self) -> bool {
        let mut state = self.lock();
        let has_room = state.folders_in_all < MOST_FOLDERS;
        state.folders_in_all += u64::from(has_room);
        has_room
    }

    /// What was found in `folder`.
    pub(super) fn add(&self, folder: &Arc<Looked>, found: Sorted) {
        let mut state = self.lock();
        state.preflight.add(found.told);
        let batch = |things| Batch { folder: Arc::clone(folder), things };
        if !found.folders.is_empty() {
            state.folders.push(batch(found.folders));
        }
        if !found.files.is_empty() {
            state.files.push_back(batch(found.files));
        }
        state.links.extend(found.links);
        self.bell.notify_all();
    }

    /// A folder is left out that was looked into already, as one above it. Tells how many such there were.
    pub(super) fn leave_out(&self) -> u64 {
        self.lock().preflight.leave_out();
        self.known_again.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Waits for the turn to use much memory.
    pub(super) fn turn_for_much(&self) -> MutexGuard<'_, ()> {
        self.for_much.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Files may be begun now.
    pub(super) fn release(&self) {
        self.lock().is_held = false;
        self.bell.notify_all();
    }

    /// How things stand.
    pub(super) fn standing(&self) -> Standing {
        let state = self.lock();
        let is_looked_into = state.is_looked_into() && state.looking == 0;
        Standing {
            hands: state.hands,
            idle: state.hands.saturating_sub(state.looking + state.fetching),
            folders: state.count_folders(),
            files: state.count_files(),
            is_early: state.preflight.looked_into == 0 && state.waiting == 0,
            is_looked_into,
            is_over: is_looked_into && !state.has_files() && state.unnamed == 0,
        }
    }

    /// What was found so far.
    pub(super) fn preflight(&self) -> Preflight {
        let state = self.lock();
        let mut preflight = state.preflight.clone();
        preflight.is_all = state.is_looked_into() && state.looking == 0;
        preflight
    }

    /// So many more bytes have come; fewer, if some were given up.
    pub(super) fn came(&self, before: u64, now: u64) {
        self.received.fetch_add(now.wrapping_sub(before), Ordering::Relaxed);
    }

    fn wait<'s>(&self, state: MutexGuard<'s, State>) -> MutexGuard<'s, State> {
        let waited = self.bell.wait_timeout(state, TICK);
        waited.map_or_else(|poison| poison.into_inner().0, |(state, _)| state)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that is done under this lock can stop half-way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What becomes of a batch that is lost.
fn mourn((folder, error): Lost) -> Task {
    Task::Mourn(folder, error)
}

impl State {
    fn is_looked_into(&self) -> bool {
        self.returned_folders.is_empty() && self.folders.is_empty() && self.links.is_empty()
    }

    /// Once no other folder is left, those are looked into that links lead to, each place once. Tells
    /// why the others are not.
    fn follow_links(&mut self) -> Option<Vec<String>> {
        let is_busy = self.count_folders() > 0 || self.looking > 0;
        if is_busy || self.links.is_empty() {
            return None;
        }
        let mut links = std::mem::take(&mut self.links);
        links.sort_by(|one, other| one.ahead.inside.cmp(&other.ahead.inside));
        let mut left_out = Vec::new();
        for Linked { ahead, place } in links {
            let name = String::from_utf8_lossy(&place).into_owned();
            if self.places.insert(place) {
                self.returned_folders.push(ahead);
            } else {
                let inside = ahead.inside;
                left_out
                    .push(format!("{inside} leads to {name}, as another link does: not followed"));
            }
        }
        self.returned_folders.reverse(); // The last one comes first.
        self.preflight.left_out += u64::try_from(left_out.len()).unwrap_or(0);
        Some(left_out).filter(|left_out| !left_out.is_empty())
    }

    fn has_files(&self) -> bool {
        !self.first_files.is_empty() || !self.files.is_empty()
    }

    fn count_folders(&self) -> usize {
        let waiting: usize = self.folders.iter().map(|batch| batch.things.len()).sum();
        self.returned_folders.len() + waiting
    }

    fn count_files(&self) -> usize {
        let waiting: usize = self.files.iter().map(|batch| batch.things.len()).sum();
        self.first_files.len() + waiting
    }

    fn next_folder(&mut self) -> Option<Result<Ahead, Lost>> {
        if let Some(ahead) = self.returned_folders.pop() {
            return Some(Ok(ahead));
        }
        let mut batch = self.folders.pop()?;
        let next = batch.take(Looked::ahead);
        if next.is_ok() && !batch.things.is_empty() {
            self.folders.push(batch);
        }
        Some(next)
    }

    fn next_file(&mut self) -> Option<Result<Found, Lost>> {
        if let Some(found) = self.first_files.pop_front() {
            return Some(Ok(found));
        }
        let mut batch = self.files.pop_front()?;
        let next = batch.take(Looked::found);
        if next.is_ok() && !batch.things.is_empty() {
            self.files.push_front(batch);
        }
        Some(next)
    }
}
