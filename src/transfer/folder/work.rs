//! What there is to do in a folder, shared by all hands.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::MOST_FOLDERS;
use super::preflight::Preflight;
use crate::ftp::listing::Modified;
use crate::ftp::{RemotePath, Stop};

/// While so many files wait, no more folders are looked into: memory has an end.
const MOST_FILES: usize = 20_000;

/// How often somebody who waits looks up.
const TICK: Duration = Duration::from_millis(50);

/// A folder that is still to be looked into.
#[derive(Debug, Clone)]
pub(super) struct Ahead {
    pub(super) path: RemotePath,
    pub(super) local: PathBuf,
    /// Its path from the folder that was asked for, as patterns see it. Empty: that folder itself.
    pub(super) inside: String,
    /// How deep it is.
    pub(super) level: usize,
    /// The way to it.
    pub(super) way: Arc<Way>,
    /// Its time, if the listing tells it exactly.
    pub(super) modified: Option<Modified>,
}

/// The way to a folder: where it really is, and where the one above it is.
#[derive(Debug)]
pub(super) struct Way {
    /// What leads to it from the folder above.
    pub(super) step: Step,
    pub(super) above: Option<Arc<Way>>,
    /// How many links were followed.
    pub(super) links: usize,
}

/// What leads from one folder to the next.
#[derive(Debug)]
pub(super) enum Step {
    /// This is where it all begins.
    Top,
    /// A folder of this name.
    Down(Vec<u8>),
    /// A link to this place.
    Link(Vec<u8>),
}

/// A folder that was looked into.
#[derive(Debug)]
pub(super) struct Looked {
    pub(super) path: RemotePath,
    pub(super) local: PathBuf,
    pub(super) inside: String,
    /// Checksum files lie in it.
    pub(super) has_sums: bool,
    /// It was made for this: nothing can be in it that is not from us.
    pub(super) is_new: bool,
}

/// A file that is to be fetched.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) folder: Arc<Looked>,
    pub(super) name: Box<[u8]>,
    pub(super) local: Box<str>,
    pub(super) size: Option<u64>,
    pub(super) modified: Option<Modified>,
    /// Something is here already under its name, or a part of it is.
    pub(super) is_there: bool,
}

/// What a hand is to do.
#[derive(Debug)]
pub(super) enum Task {
    Look(Ahead),
    Fetch(Found),
    /// Everything is done, or somebody else needs the connection.
    Leave,
}

/// What there is to do, and who does it.
#[derive(Debug)]
pub(super) struct Work {
    state: Mutex<State>,
    bell: Condvar,
    stop: Stop,
    /// Bytes that have come.
    pub(super) received: AtomicU64,
}

#[derive(Debug)]
struct State {
    folders: Vec<Ahead>,
    folders_in_all: u64,
    files: VecDeque<Found>,
    /// Hands that look into a folder now.
    looking: usize,
    /// Hands that fetch a file now.
    fetching: usize,
    hands: usize,
    /// No file is begun yet: what there is to come has not been told.
    is_held: bool,
    preflight: Preflight,
}

impl Work {
    pub(super) fn new(top: Ahead, stop: Stop) -> Self {
        let state = State {
            folders: vec![top],
            folders_in_all: 1,
            files: VecDeque::new(),
            looking: 0,
            fetching: 0,
            hands: 0,
            is_held: true,
            preflight: Preflight::default(),
        };
        Self { state: Mutex::new(state), bell: Condvar::new(), stop, received: AtomicU64::new(0) }
    }

    /// The next thing to do; waits for it. `gives_way` says whether somebody else needs the
    /// connection more, which the last hand does not heed. Say [`Work::done`] after each task.
    pub(super) fn next(&self, gives_way: impl Fn() -> bool) -> Task {
        let mut state = self.lock();
        loop {
            let is_over = state.is_looked_into() && state.files.is_empty();
            let may_bring_more = state.looking > 0;
            if self.stop.is_given()
                || (is_over && !may_bring_more)
                || (state.hands > 1 && gives_way())
            {
                state.hands -= 1;
                self.bell.notify_all();
                return Task::Leave;
            }
            if (state.files.len() < MOST_FILES || state.is_held)
                && let Some(ahead) = state.folders.pop()
            {
                state.looking += 1;
                return Task::Look(ahead);
            }
            if !state.is_held
                && let Some(found) = state.files.pop_front()
            {
                state.fetching += 1;
                return Task::Fetch(found);
            }
            state = self.wait(state);
        }
    }

    /// One more file of the kind that `is_wanted`, without waiting: it belongs to the task at hand.
    pub(super) fn another(&self, is_wanted: impl Fn(&Found) -> bool) -> Option<Found> {
        let mut state = self.lock();
        let is_first = state.files.front().is_some_and(is_wanted);
        let is_free = is_first && state.folders.is_empty() && !self.stop.is_given();
        if is_free { state.files.pop_front() } else { None }
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
                state.folders.push(ahead);
                state.looking -= 1;
            }
            Task::Fetch(found) => {
                state.files.push_front(found);
                state.fetching -= 1;
            }
            Task::Leave => {}
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

    /// What was found in a folder. Hands back the folders that are too many.
    pub(super) fn add(
        &self,
        mut folders: Vec<Ahead>,
        files: Vec<Found>,
        note: impl FnOnce(&mut Preflight),
    ) -> Vec<Ahead> {
        let mut state = self.lock();
        let room = usize::try_from(MOST_FOLDERS.saturating_sub(state.folders_in_all)).unwrap_or(0);
        let left_out = folders.split_off(room.min(folders.len()));
        state.folders_in_all += u64::try_from(folders.len()).unwrap_or(0);
        state.preflight.folders += 1;
        for file in &files {
            state.preflight.files += 1;
            state.preflight.bytes += file.size.unwrap_or(0);
        }
        note(&mut state.preflight);
        // The first of them is the first to be looked into.
        state.folders.extend(folders.into_iter().rev());
        state.files.extend(files);
        self.bell.notify_all();
        left_out
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
            folders: state.folders.len(),
            files: state.files.len(),
            is_early: state.preflight.folders == 0,
            is_looked_into,
            is_over: is_looked_into && state.files.is_empty(),
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

impl State {
    fn is_looked_into(&self) -> bool {
        self.folders.is_empty()
    }
}

/// How things stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    pub(super) hands: usize,
    /// Hands that wait for something to do.
    pub(super) idle: usize,
    /// Folders that nobody looks into yet.
    pub(super) folders: usize,
    /// Files that nobody fetches yet.
    pub(super) files: usize,
    /// Nothing was looked into yet.
    pub(super) is_early: bool,
    /// No folder is left.
    pub(super) is_looked_into: bool,
    /// Nothing is left to be begun.
    pub(super) is_over: bool,
}
