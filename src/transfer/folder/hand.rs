//! One hand of the crew: it has one connection, looks into folders and fetches files.

use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use crossbeam_channel::Sender;

use super::super::download::download;
use super::super::failure::Failure;
use super::super::handle::Handle;
use super::super::lanes::{Crowd, Lane};
use super::super::news::{Line, News, Part, Verdict, Voice};
use super::super::request::{Access, Checks, Destination, Request};
use super::super::retry::Retry;
use super::super::selection::Sieve;
use super::super::trouble::Trouble;
use super::batch::Found;
use super::hold::{Load, Weighed};
use super::work::{Task, Work};
use crate::disk;
use crate::ftp::{self, Address, Limits, RemotePath, Session};

/// So many links that are not followed are named; the others are counted.
const MOST_NAMED: usize = 20;

/// What hands tell the one who reports.
#[derive(Debug)]
pub(super) enum Word {
    /// A line for the log.
    Line(Line),
    /// A file is on its way.
    Part(Box<Part>),
    /// A file has come to its end.
    File(Box<super::FileEnd>),
    /// A folder whose list is taken for whole, and this is what it is if that was wrong.
    Believed(Box<super::FileEnd>),
    /// The folder that was asked for could not be looked into, or not to its end.
    Top(Box<Failure>),
    /// A folder that is to have this time once everything is in it.
    Time(std::path::PathBuf, std::time::SystemTime),
    /// Something that may be worth a look: all is looked into, a hand has left.
    Nudge,
}

/// One hand of the crew.
pub(super) struct Hand<'a> {
    pub(super) request: &'a Request,
    pub(super) handle: &'a Handle,
    pub(super) work: &'a Work,
    pub(super) sieve: &'a Sieve,
    pub(super) lane: Arc<Lane>,
    pub(super) words: Sender<Word>,
    /// Small files go here to be named.
    pub(super) weighed: Sender<Weighed>,
    /// How long its conversations wait.
    pub(super) limits: Limits,
    /// Commands that travelled together have made the server stumble.
    pub(super) is_step_by_step: Cell<bool>,
}

/// What came of a conversation that this hand wanted.
pub(super) enum Met<'l> {
    Session(Box<Session<'l>>),
    /// The server has too many of us: this hand is not needed.
    OneTooMany,
}

impl Hand<'_> {
    /// Works until there is nothing more to do.
    pub(super) fn run(self) {
        let _watch = Watch(self.work);
        let is_first = self.handle.lane().is_some_and(|first| Arc::ptr_eq(first, &self.lane));
        // The others sign in before they have a task: the first one is still looking for it.
        if !is_first && !self.gets_in() {
            self.work.leave();
            return self.tell(Word::Nudge);
        }
        loop {
            match self.work.next(|| self.lane.gives_way()) {
                Task::Leave => break,
                Task::Look(ahead) => {
                    let begun = Instant::now();
                    if let Some(ahead) = self.look_patiently(ahead) {
                        self.work.hand_back(Task::Look(ahead));
                        break;
                    }
                    self.work.looked();
                    self.lane.is_done(begun.elapsed());
                    self.tell(Word::Nudge);
                }
                Task::Fetch(found) => {
                    if let Some(found) = self.fetch(found) {
                        self.work.hand_back(Task::Fetch(found));
                        break;
                    }
                    self.work.fetched();
                }
                Task::Mourn(folder, error) => self.mourn(&folder.inside, &folder.path, error),
                Task::LeaveOut(texts) => self.leave_out(&texts),
            }
            if !self.lane.try_take() {
                // A download that rested has lost its turn to somebody else.
                self.handle.of_part(Arc::clone(&self.lane)).rest(Duration::ZERO).ok();
            }
        }
        self.lane.leave();
        self.tell(Word::Nudge);
    }

    pub(super) fn tell(&self, word: Word) {
        self.words.send(word).ok(); // Nobody listens: the end is near.
    }

    pub(super) fn say(&self, voice: Voice, text: &str) {
        self.tell(Word::Line(Line::now(voice, text)));
    }

    /// Signs in, and has the conversation wait for a task. `false` if there will be none for this hand:
    /// the server has let others in, and not this one, or everything is done meanwhile.
    fn gets_in(&self) -> bool {
        let log = |line: ftp::Line| self.tell(Word::Line(line.into()));
        let limits = Limits { stop: self.work.is_done.clone(), ..self.limits.clone() };
        let error = match self.meet_within(&limits, &log) {
            Ok(Met::Session(session)) => {
                self.lane.park(*session);
                return true;
            }
            Ok(Met::OneTooMany) | Err(ftp::Error::Stopped) => return false,
            Err(error) => error,
        };
        match self.lane.shut_out(&error) {
            Crowd::Others => true, // Who has a task tells why, and tries again.
            Crowd::Ours(sentence) => {
                let why = Failure::of_server(self.access(), error, None);
                self.say(Voice::Story, &format!("One more connection was not let in: {why}"));
                sentence.into_iter().for_each(|it| self.say(Voice::Story, &it));
                false
            }
        }
    }

    /// Asks something in a conversation, again after a pause while that can help.
    pub(super) fn ask_patiently<T>(
        &self,
        what: &str,
        ask: impl Fn(&mut Session<'_>) -> Result<T, ftp::Error>,
    ) -> Result<T, Failure> {
        let mut retry = Retry::new(self.request.retries);
        let log = |line: ftp::Line| self.tell(Word::Line(line.into()));
        loop {
            let error = match self.meet(&log) {
                Ok(Met::OneTooMany) => {
                    self.rest(Duration::ZERO)?; // The answer is a part of the task at hand.
                    continue;
                }
                Ok(Met::Session(mut session)) => match ask(&mut session) {
                    Ok(answer) => {
                        self.lane.park(*session);
                        return Ok(answer);
                    }
                    Err(error) => error,
                },
                Err(error) => error,
            };
            self.rest_after(error.into(), &mut retry, what)?;
        }
    }

    /// Rests after `trouble` with `what`, if it may have passed then.
    pub(super) fn rest_after(
        &self,
        trouble: Trouble,
        retry: &mut Retry,
        what: &str,
    ) -> Result<(), Failure> {
        if let Trouble::Server(error) = &trouble
            && self.access().learn_no_data(error)
        {
            return Ok(()); // In passive mode, at once.
        }
        let is_stumble = matches!(trouble, Trouble::Server(ftp::Error::Stumbled { .. }));
        if is_stumble && !self.is_step_by_step.replace(true) {
            return Ok(()); // Step by step, at once.
        }
        let pause = retry.after(&trouble, 0, Instant::now());
        let failure = match trouble {
            Trouble::Disk(error) => Failure::Disk { error, kept: None },
            Trouble::Server(error) | Trouble::Unfinished(error) => {
                Failure::of_server(self.access(), error, None)
            }
            Trouble::Doubt(doubt) | Trouble::DoubtAgain(doubt) => {
                Failure::Doubtful { doubt, kept: None }
            }
        };
        let Some(pause) = pause else { return Err(failure) };
        self.say(Voice::Warning, &format!("{what}: {failure}. Trying again"));
        self.rest(pause)
    }

    /// Rests in the middle of a task, and waits for the lane where somebody else has it then.
    fn rest(&self, pause: Duration) -> Result<(), Failure> {
        let handle = self.handle.of_part(Arc::clone(&self.lane));
        let rested = self.work.await_lane(|| handle.rest(pause));
        rested.map_err(|_| Failure::Stopped { kept: None })
    }

    /// What was found in the folder at `inside` is lost.
    pub(super) fn mourn(&self, inside: &str, path: &RemotePath, error: disk::Error) {
        self.lose_folder(inside, path, Failure::Disk { error, kept: None });
    }

    /// The folder at `inside` cannot be looked into, or not to its end.
    pub(super) fn lose_folder(&self, inside: &str, path: &RemotePath, failure: Failure) {
        if inside.is_empty() {
            return self.tell(Word::Top(Box::new(failure)));
        }
        self.say(Voice::Story, &format!("{inside}/: {failure}"));
        self.lose(format!("{inside}/"), path.clone(), failure);
    }

    /// What is called `name`, at `path`, is not to be had.
    pub(super) fn lose(&self, name: String, path: RemotePath, failure: Failure) {
        let address = Address { path, ..self.request.address.clone() };
        let (name, outcome) = (crate::words::shown(&name), Err(failure));
        self.tell(Word::File(Box::new(super::FileEnd { name, address, outcome })));
    }

    /// These links are not followed.
    fn leave_out(&self, texts: &[String]) {
        for text in texts.iter().take(MOST_NAMED) {
            self.say(Voice::Warning, text);
        }
        if let Some(more @ 1..) = texts.len().checked_sub(MOST_NAMED) {
            let (one, many) = ("more link is not followed", "more links are not followed");
            self.say(Voice::Warning, &crate::words::counted(more as u64, one, many));
        }
    }

    /// A conversation, signed in: one that rests, or a new one.
    pub(super) fn meet<'l>(&self, log: &'l dyn Fn(ftp::Line)) -> Result<Met<'l>, ftp::Error> {
        self.meet_within(&self.limits, log)
    }

    fn meet_within<'l>(
        &self,
        limits: &Limits,
        log: &'l dyn Fn(ftp::Line),
    ) -> Result<Met<'l>, ftp::Error> {
        let slowed = |mut session: Session<'l>| {
            if self.is_step_by_step.get() {
                session.slow_down();
            }
            let throttle = &self.handle.commons.throttle;
            throttle.hold_back(&mut session, Some(&self.lane), 1, &self.handle.waits);
            Met::Session(Box::new(session))
        };
        if let Some(session) = self.lane.take_up(limits, log) {
            return Ok(slowed(session));
        }
        match self.access().meet(limits, log) {
            Ok(mut session) => {
                self.lane.teach(&mut session);
                if let Some(sentence) = self.lane.connected() {
                    self.say(Voice::Story, &sentence);
                }
                Ok(slowed(session))
            }
            Err(ftp::Error::Refused { command, reply }) if reply.says_too_many() => {
                match self.lane.refused() {
                    Crowd::Others => Err(ftp::Error::Refused { command, reply }),
                    Crowd::Ours(sentence) => {
                        sentence.into_iter().for_each(|it| self.say(Voice::Story, &it));
                        Ok(Met::OneTooMany)
                    }
                }
            }
            Err(error) => Err(error),
        }
    }

    /// Fetches a file, and the small ones after it. `Some` if somebody else must.
    fn fetch(&self, found: Found) -> Option<Found> {
        match self.fetch_small(found) {
            Load::NotOurs(found) => return Some(found),
            Load::Rest(rest) => rest.iter().for_each(|found| self.fetch_whole_story(found)),
        }
        None
    }

    /// Fetches one file as if it were the only one.
    pub(super) fn fetch_whole_story(&self, found: &Found) {
        let Some(address) = self.address_of(found) else { return };
        let destination = found.folder.local.join(&*found.local);
        let request = Request {
            address: address.clone(),
            destination: Destination::File(destination),
            // Where the listing shows no checksum file, none is looked for.
            checks: Checks {
                beside: (!found.folder.has_sums).then(Vec::new),
                ..self.request.checks.clone()
            },
            ..self.request.clone()
        };
        let handle = self.handle.of_part(Arc::clone(&self.lane));
        let received = Cell::new(0);
        let report = |news| match news {
            News::Line(line) => self.tell(Word::Line(line)),
            News::Progress(progress) => {
                self.work.came(received.replace(progress.received), progress.received);
                self.tell(Word::Part(Box::new(Part { name: found.name(), progress })));
            }
            _ => {}
        };
        let mut outcome = download(&request, &handle, &report);
        if let Ok(summary) = &mut outcome {
            if let (None, Verdict::Complete | Verdict::Verified { .. }, Some(listed)) =
                (summary.modified, &summary.verdict, found.modified)
            {
                summary.modified = set_time(&summary.path, listed.time);
            }
            self.work.came(received.replace(summary.length), summary.length);
        }
        self.end(found, address, outcome);
    }

    pub(super) fn end(&self, found: &Found, address: Address, outcome: super::Outcome) {
        let name = found.name();
        self.tell(Word::File(Box::new(super::FileEnd { name, address, outcome })));
    }

    pub(super) fn address_of(&self, found: &Found) -> Option<Address> {
        // Names that cannot be asked for were left out when they were found.
        let path = found.folder.path.child(&found.name).ok()?;
        Some(Address { path, ..self.request.address.clone() })
    }

    pub(super) fn access(&self) -> Access<'_> {
        self.request.access(&self.handle.commons)
    }
}

impl Found {
    /// Its path from the folder that was asked for, as it may be shown.
    pub(super) fn name(&self) -> String {
        let name = ftp::in_utf_8(&self.name, self.folder.encoding);
        let name = String::from_utf8_lossy(&name);
        crate::words::shown(&super::inside(&self.folder.inside, &name))
    }
}

/// Gives the file the time that the listing tells, since the server tells no other: by it, the next run
/// knows the file again. A disk that will not keep it keeps the file all the same.
fn set_time(file: &Path, time: SystemTime) -> Option<SystemTime> {
    let set =
        std::fs::File::options().write(true).open(file).and_then(|file| file.set_modified(time));
    set.ok().map(|()| time)
}

/// A mistake of ours must not make the others wait for ever.
pub(super) struct Watch<'a>(pub(super) &'a Work);

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.abandon();
        }
    }
}
