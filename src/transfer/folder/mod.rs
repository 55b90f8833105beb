//! A folder on the server, all the way down: looked into by several hands, while others already fetch.
//!
//! Each hand has one connection ([`Lane`](super::Lane)). The thread that the transfer runs on only
//! counts, reports, and calls for more hands while there is work for them.

mod batch;
mod ends;
mod hand;
mod hold;
mod listed;
mod log;
mod look;
mod names;
mod preflight;
mod sort;
mod standing;
mod tally;
mod thing;
mod work;

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{RecvTimeoutError, Sender, bounded};

pub use preflight::Preflight;
pub use tally::Tally;

use super::failure::Failure;
use super::handle::Handle;
use super::lanes::Lane;
use super::news::{FileEnd, Line, News, Outcome, Phase, Summary, Verdict, Voice};
use super::request::{Destination, Request};
use super::selection::Sieve;
use crate::ftp::{self, Limits};
use crate::{disk, words};
use batch::{Ahead, Step, Way};
use hand::{Hand, Word};
use hold::Weighed;
use log::Log;
use standing::Standing;
use work::Work;

/// How many levels deep is followed. Real trees are far below; a server can make up endless ones.
pub(super) const MOST_LEVELS: usize = 256;

/// How many folders are looked into.
pub(super) const MOST_FOLDERS: u64 = 100_000;

/// Files wait this long for the whole folder to be looked into, so that what there is can be told
/// before the first byte. A large folder takes longer, and is told as far as it is known.
const HOLD: Duration = Duration::from_millis(250);

/// How often it is looked whether more hands are needed.
const TICK: Duration = Duration::from_millis(20);

/// While files come, what there is to hear, and to be named, is gathered for so long. To be woken for
/// each word costs more than to hear it.
const GATHER: Duration = Duration::from_millis(3);

/// So many words of the hands may wait to be told.
const WAITING_WORDS: usize = 1024;

/// So many files are worth another hand.
const ENOUGH: usize = 2;

/// Fetches the folder that `request` names, and all that is in it. What it holds goes into a folder of
/// the same name; folders are made as they are found, also empty ones. Blocks until all is over.
///
/// # Errors
///
/// * [`Failure::Server`] if the folder itself could not be listed.
/// * [`Failure::Folder`] if anything in it is not complete; one file never stops the others.
/// * [`Failure::Stopped`].
pub(super) fn fetch(request: &Request, handle: &Handle, report: &dyn Fn(News)) -> Outcome {
    let started = Instant::now();
    let bad = |bad: super::selection::BadPattern| Failure::Bug { what: bad.to_string() };
    let sieve = request.selection.sieve().map_err(bad)?;
    let top = request.address.path.as_folder();
    let encoding = request.access(&handle.commons).encoding(std::iter::empty());
    let local = match (&request.destination, top.name()) {
        (Destination::File(path), _) => path.clone(),
        (Destination::Folder(into), Some(name)) => {
            into.join(disk::local_name(&ftp::in_utf_8(name, encoding)))
        }
        (Destination::Folder(into), None) => into.clone(),
    };
    report(News::Destination(local.clone()));
    report(News::Phase(Phase::Connecting));
    let is_made = std::fs::symlink_metadata(&local).is_err();
    disk::make_folder_without_links(&local).map_err(|error| Failure::Disk { error, kept: None })?;
    let way = Arc::new(Way::new(Step::Top, None));
    let inside = String::new();
    let is_chosen = sieve.chooses_all();
    let ahead =
        Ahead { path: top, local: local.clone(), inside, level: 0, way, modified: None, is_chosen };
    let work = Work::new(ahead, handle.stop.clone());
    let lane = match handle.lane() {
        Some(lane) => Arc::clone(lane),
        None => own_lane(request, handle)?,
    };
    let crew = Crew { request, handle, work: &work, sieve: &sieve, lane };
    let log = Log::new(report, &local, &handle.waits);
    let tally = crew.work_all_off(log);
    if is_made && (tally.is_err() || !is_chosen) {
        std::fs::remove_dir(&local).ok(); // If anything came, it is not empty, and stays.
    }
    let tally = tally?;
    let took = started.elapsed();
    report(News::Line(Line::now(Voice::Story, &format!("{}: {tally}", local.display()))));
    if handle.stop.is_given() {
        return Err(Failure::Stopped { kept: None });
    }
    if !tally.is_whole() {
        return Err(Failure::Folder(Box::new(tally)));
    }
    let (length, verdict) = (tally.bytes, Verdict::Complete);
    Ok(Summary { path: local, length, modified: None, sha256: None, took, verdict })
}

/// Of a transfer that nobody counts the connections of.
fn own_lane(request: &Request, handle: &Handle) -> Result<Arc<Lane>, Failure> {
    loop {
        if let Some(lane) = handle.commons.lanes.try_take(request.access(&handle.commons)) {
            return Ok(Arc::new(lane));
        }
        if handle.stop.is_given() {
            return Err(Failure::Stopped { kept: None });
        }
        thread::sleep(TICK);
    }
}

/// The path of `name` in the folder at `inside`, from the folder on that was asked for.
fn inside(inside: &str, name: &str) -> String {
    if inside.is_empty() { name.to_owned() } else { format!("{inside}/{name}") }
}

/// All hands, and who calls them.
struct Crew<'a> {
    request: &'a Request,
    handle: &'a Handle,
    work: &'a Work,
    sieve: &'a Sieve,
    lane: Arc<Lane>,
}

/// Where hands send what they have.
#[derive(Clone)]
struct Outlets {
    words: Sender<Word>,
    weighed: Sender<Weighed>,
}

impl Crew<'_> {
    /// Until nothing is left to be done. Tells what became of it.
    fn work_all_off(&self, mut log: Log<'_>) -> Result<Tally, Failure> {
        let (words, heard) = bounded(WAITING_WORDS);
        let (weighed, to_be_named) = bounded(hold::MOST_WEIGHED);
        thread::scope(|scope| {
            let told = words.clone();
            thread::Builder::new()
                .name("ashore names".to_owned())
                .spawn_scoped(scope, move || hold::name_them(&to_be_named, self.work, &told))
                .map_err(no_thread)?;
            let mut outlets = Some(Outlets { words, weighed });
            let mut is_first = true;
            let mut held_since = None;
            loop {
                match heard.recv_timeout(TICK) {
                    Ok(word) => {
                        if !log.is_held {
                            thread::sleep(GATHER);
                        }
                        std::iter::once(word)
                            .chain(heard.try_iter().take(WAITING_WORDS))
                            .for_each(|word| log.hear(word));
                    }
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => break,
                }
                let standing = self.work.standing();
                let is_stopped = self.handle.stop.is_given();
                // Then what there is was perhaps not counted to its end, and is not told.
                if !is_stopped && log.is_held && self.may_begin(&standing, &mut held_since) {
                    log.tell_preflight(self.work.preflight());
                    self.work.release();
                } else if !is_stopped && standing.is_looked_into && !log.is_all_told {
                    log.tell_preflight(self.work.preflight());
                }
                if self.lane.is_connected() {
                    log.tell_looking(self.work.found.load(Ordering::Relaxed), Instant::now());
                }
                log.tell_progress(
                    self.work.received.load(Ordering::Relaxed),
                    standing.hands.max(1),
                );
                if standing.is_over && standing.idle == standing.hands {
                    self.work.is_done.give();
                }
                if standing.hands == 0 && (standing.is_over || is_stopped) {
                    outlets = None; // The last words come, and then no more.
                } else if let Some(outlets) = &outlets
                    && let Some(lane) = self.needed_lane(&standing, is_first)
                {
                    is_first = false;
                    self.work.join();
                    let hand = self.hand(lane, outlets.clone());
                    thread::Builder::new()
                        .name("ashore hand".to_owned())
                        .spawn_scoped(scope, move || hand.run())
                        .map_err(no_thread)?;
                }
            }
            if self.work.ends.have_been_seen() {
                let wrong = std::mem::take(&mut log.believed);
                wrong.into_iter().for_each(|end| log.hear(Word::File(Box::new(end))));
            }
            log.set_times();
            match log.top_failure.take() {
                Some(failure) if log.has_nothing() => Err(*failure),
                Some(failure) => {
                    // It is one of the things that are not whole.
                    let address = self.request.address.clone();
                    let (name, outcome) = (top_name(&address), Err(*failure));
                    log.hear(Word::File(Box::new(FileEnd { name, address, outcome })));
                    Ok(log.tally)
                }
                None => Ok(log.tally),
            }
        })
    }

    /// A connection for one more hand, if there is work for it.
    fn needed_lane(&self, standing: &Standing, is_first: bool) -> Option<Arc<Lane>> {
        if is_first {
            return Some(Arc::clone(&self.lane));
        }
        let is_alone = standing.hands == 0;
        // Those that wait for a task, or still sign in, will take some.
        let waits = standing.folders + standing.files.div_ceil(ENOUGH) > standing.idle;
        // While the first one still looks at the top, the others sign in.
        let is_early = standing.is_early && self.lane.is_connected();
        if !is_alone && (!(waits || is_early) || self.lane.is_wanted()) {
            return None;
        }
        self.lane.another().map(Arc::new)
    }

    /// Whether files may be begun: all is looked into, or it takes too long.
    fn may_begin(&self, standing: &Standing, held_since: &mut Option<Instant>) -> bool {
        if standing.files > 0 && held_since.is_none() {
            *held_since = Some(Instant::now());
        }
        standing.is_looked_into || held_since.is_some_and(|since| since.elapsed() >= HOLD)
    }

    fn hand(&self, lane: Arc<Lane>, outlets: Outlets) -> Hand<'_> {
        let Outlets { words, weighed } = outlets;
        let Self { request, handle, work, sieve, .. } = *self;
        let limits = Limits { patience: request.patience, stop: handle.stop.clone() };
        let is_step_by_step = Cell::new(false);
        Hand { request, handle, work, sieve, lane, words, weighed, limits, is_step_by_step }
    }
}

/// The folder that was asked for, as it may be shown.
fn top_name(address: &ftp::Address) -> String {
    let name = address.path.name().map(String::from_utf8_lossy).unwrap_or_default();
    words::shown(&format!("{name}/"))
}

fn no_thread(error: std::io::Error) -> Failure {
    Failure::Bug { what: format!("no thread could be started: {error}") }
}
