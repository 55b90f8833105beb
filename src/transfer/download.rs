//! One file, as a straight story. Read this first.

use std::cell::Cell;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

use super::ask::Retr;
use super::brake::Brake;
use super::destination::{Place, Settled, settle};
use super::doubt::Doubt;
use super::failure::{Failure, Kept};
use super::handle::Handle;
use super::meter::Meter;
use super::news::{Line, News, Outcome, Phase, Summary, Verdict, Voice};
use super::request::{Access, Request};
use super::resume::{self, Joint};
use super::retry::Retry;
use super::segments::{Begun, Call, Lookout};
use super::trouble::Trouble;
use crate::disk::{self, Partial, Room};
use crate::ftp::{self, Data, Errand, Facts, Limits, RemoteFile, Session};
use crate::words;

/// Downloads one file. Blocks until it is on disk under its name, or has failed for good.
///
/// `report` hears about every phase, every line of the conversation and, about ten times a second,
/// how far it is. It should return fast: the download waits for it.
///
/// # Errors
///
/// Every [`Failure`]. What has arrived stays on disk, as `NAME.part`, unless nothing has; the same
/// request continues from there.
pub fn download(request: &Request, handle: &Handle, report: &dyn Fn(News)) -> Outcome {
    let started = Instant::now();
    let job = Job::new(request, handle, report);
    let no_file = |error| Failure::Disk { error, kept: None };
    let place = match settle(job.access(), request).map_err(no_file)? {
        None => return Err(Failure::NotAFile),
        Some(Settled::Leave(path)) => return Ok(job.skip(path, started)),
        Some(Settled::Here(place)) => place,
    };
    report(News::Destination(place.path.clone()));
    let (mut file, notices) = place.claim(request).map_err(no_file)?;
    notices.into_iter().for_each(|notice| job.tell(Voice::Warning, notice));

    let mut retry = Retry::new(request.retries);
    let mut unconfirmed = None;
    loop {
        let before = file.received();
        let attempt = job.attempt_by_known_way(&mut file, &mut retry);
        if attempt.is_ok() && unconfirmed == Some(file.length()) {
            job.story("That it is whole was confirmed on second asking".to_owned());
        }
        unconfirmed = matches!(attempt, Err(Trouble::Unfinished(_))).then_some(file.length());
        let trouble = match attempt {
            Ok(proof) => match job.name(&mut file, &place, proof, started) {
                Ok(summary) => return Ok(summary),
                Err(trouble) => trouble,
            },
            Err(trouble) => trouble,
        };
        if job.steps_back(&trouble) {
            continue;
        }
        let brought = file.received().saturating_sub(before);
        let pause = retry.after(&trouble, brought, Instant::now());
        let failure = job.failure(trouble, &file);
        match pause {
            Some(pause) => job.pause(&failure, pause, &file)?,
            None => return Err(failure),
        }
    }
}

/// What every step of one download needs.
pub(super) struct Job<'a> {
    pub(super) request: &'a Request,
    pub(super) handle: &'a Handle,
    pub(super) report: &'a dyn Fn(News),
    /// How often the server has refused to go on from the middle, in words that may mean anything.
    pub(super) vague_refusals: Cell<u32>,
    /// The server took `REST`, and then sent nothing but a refusal.
    pub(super) starts_over: Cell<bool>,
    /// This conversation has rested before, and nothing has come of it yet.
    pub(super) has_rested: Cell<bool>,
    /// How often it made room because the server has too many connections.
    pub(super) steps_back: Cell<u32>,
    /// The server is spoken to step by step.
    pub(super) is_step_by_step: Cell<bool>,
    /// That is because it stumbled.
    pub(super) has_stumbled: Cell<bool>,
    /// A checksum has disagreed.
    pub(super) is_doubted: Cell<bool>,
    /// How often the file on the server was found to be another one.
    pub(super) changes: Cell<u32>,
    /// Over how many connections the last attempt came.
    pub(super) crew: Cell<usize>,
    /// What several connections brought did not fit together: one is to bring it all.
    pub(super) goes_alone: Cell<bool>,
    /// The server has not sent it to one of several: whether it sends it to one alone is to be seen.
    pub(super) asks_alone: Cell<bool>,
}

/// The evidence that a file is whole.
struct Proof {
    facts: Facts,
    verdict: Verdict,
}

impl<'a> Job<'a> {
    fn new(request: &'a Request, handle: &'a Handle, report: &'a dyn Fn(News)) -> Self {
        Self {
            request,
            handle,
            report,
            vague_refusals: Cell::new(0),
            starts_over: Cell::new(false),
            has_rested: Cell::new(false),
            steps_back: Cell::new(0),
            is_step_by_step: Cell::new(false),
            has_stumbled: Cell::new(false),
            is_doubted: Cell::new(false),
            changes: Cell::new(0),
            crew: Cell::new(1),
            goes_alone: Cell::new(false),
            asks_alone: Cell::new(false),
        }
    }

    /// One attempt; and a second one at once, in passive mode, if what was learnt about the server
    /// has led astray.
    fn attempt_by_known_way(
        &self,
        file: &mut Partial,
        retry: &mut Retry,
    ) -> Result<Proof, Trouble> {
        match self.attempt(file, retry) {
            Err(Trouble::Server(error)) if self.access().learn_no_data(&error) => {
                self.story("Active mode leads nowhere any more: passive mode again".to_owned());
                self.attempt(file, retry)
            }
            ended => ended,
        }
    }

    pub(super) fn access(&self) -> Access<'_> {
        self.request.access(&self.handle.commons)
    }

    /// One attempt by the known way. When it ends well, the file is whole, and this is the proof.
    fn attempt(&self, file: &mut Partial, retry: &mut Retry) -> Result<Proof, Trouble> {
        loop {
            match self.talk(file, retry) {
                Err(trouble) if self.is_of_no_account(&trouble)? => {}
                ended => return ended,
            }
        }
    }

    /// One conversation with the server, from its beginning to its last word about the file.
    fn talk(&self, file: &mut Partial, retry: &mut Retry) -> Result<Proof, Trouble> {
        let limits = Limits { patience: self.request.patience, stop: self.handle.stop.branch() };
        let log = |line: ftp::Line| (self.report)(News::Line(line.into()));
        let lists = self.lists(file);
        let errand = Errand { path: &self.request.address.path, beside: &lists };
        let mut session = self.converse(&limits, &log, errand, retry)?;
        if !self.begins_at_once(&session, file) {
            session.look_ahead(errand)?;
        }
        let (remote, retr) = self.ask_for_it(&mut session, file)?;
        let announced = file.announced(retr.announced());
        let expected = remote.facts.size.or(announced);
        file.begin(remote.facts.size, remote.facts.modified)?;
        (self.report)(News::Facts { facts: remote.facts, estimate: announced });

        (self.report)(News::Phase(Phase::Receiving));
        let begun =
            |session, retr| Begun { session, retr, remote: &remote, limits: &limits, log: &log };
        let Retr::Sent(mut data) = retr else {
            let session = self.together(begun(session, Retr::Due), file, Call::Gaps)?;
            return self.conclude(session, &remote, expected, file);
        };
        retry.met_data();
        self.learn_data_came(&session);
        let (before, offset) = (file.received(), data.offset);
        let received = resume::join(&mut data, file, offset).and_then(|joint| {
            self.tell_joint(&joint, file);
            let is_short = file.length() < 2 * resume::OVERLAP;
            let continues = joint != Joint::FromStart || is_short;
            let lookout = self.lookout(&session, &remote, file, continues);
            self.receive(&mut data, file, expected, lookout)
        });
        if let Ok(Some(call)) = received {
            let session = self.together(begun(session, Retr::Sent(data)), file, call)?;
            return self.conclude(session, &remote, expected, file);
        }
        let is_end_doubtful = data.is_end_doubtful && Some(file.length()) != expected;
        drop(data); // Some servers send their last word only once we have closed our end.

        if let Err(Trouble::Server(error @ (ftp::Error::Tls { .. } | ftp::Error::Cut(_)))) =
            received
        {
            let brought = file.received().saturating_sub(before);
            return Err(self.why_it_broke(session, error, offset, brought));
        }
        received?;

        (self.report)(News::Phase(Phase::Finishing));
        session.finish().map_err(|error| match error {
            ftp::Error::Refused { .. } if file.length() == 0 => Trouble::Server(error),
            ftp::Error::Stopped => Trouble::Server(error),
            _ => Trouble::Unfinished(error),
        })?;
        if is_end_doubtful {
            return Err(ftp::Error::Cut(std::io::ErrorKind::UnexpectedEof.into()).into());
        }
        self.conclude(session, &remote, expected, file)
    }

    /// The server has called it complete. Is it, and is it right?
    fn conclude(
        &self,
        mut session: Session<'_>,
        remote: &RemoteFile,
        expected: Option<u64>,
        file: &mut Partial,
    ) -> Result<Proof, Trouble> {
        let facts = self.judge(&mut session, remote, expected, file.length())?;
        let verdict = self.verify(&mut session, remote, file)?;
        self.leave(session);
        Ok(Proof { facts, verdict })
    }

    /// Reads the data to its end; or until help is called for.
    fn receive(
        &self,
        data: &mut Data,
        file: &mut Partial,
        expected: Option<u64>,
        mut lookout: Lookout,
    ) -> Result<Option<Call>, Trouble> {
        let waits = &self.handle.waits;
        let most = expected.map(|size| size + (size / 4).max(16 * 1024 * 1024));
        let mut meter = Meter::new(file.received(), expected, waits, Instant::now());
        (self.report)(News::Progress(meter.progress(Instant::now())));
        let mut is_open = true;
        while is_open {
            if let Some(call) = lookout.look(file.received(), data, Instant::now()) {
                return Ok(Some(call));
            }
            let mut since = Instant::now();
            let count = file.append(data.can_pour(), |room| -> Result<usize, Trouble> {
                since = waits.add(Brake::Checksum, since); // For room, it waits for nothing else.
                let count = match room {
                    Room::Block(block) => data.poll(block),
                    #[cfg(target_os = "linux")]
                    Room::Pipe(pipe, most) => data.pour(pipe, most),
                }?;
                since = waits.add(Brake::Server, since + data.held_back());
                is_open = count != Some(0);
                Ok(count.unwrap_or(0))
            })?;
            waits.add(Brake::Disk, since);
            self.handle.came(count);
            if let Some(progress) = meter.reach(file.received(), Instant::now()) {
                (self.report)(News::Progress(progress));
            }
            if let (Some(announced), Some(most)) = (expected, most)
                && file.length() > most
            {
                let received = file.length();
                return Err(Trouble::Doubt(Doubt::Long { announced, received, is_endless: true }));
            }
        }
        (self.report)(News::Progress(meter.progress(Instant::now())));
        Ok(None)
    }

    /// The server has called it complete. Do the numbers agree? (product contract §2)
    fn judge(
        &self,
        session: &mut Session<'_>,
        remote: &RemoteFile,
        expected: Option<u64>,
        received: u64,
    ) -> Result<Facts, Trouble> {
        let Some(announced) = expected.filter(|&size| size != received) else {
            return Ok(remote.facts);
        };
        let now = session.look_again(remote).unwrap_or_default();
        if now.size == Some(received) {
            let how = if received < announced { "became smaller" } else { "grew" };
            self.story(format!("The file {how} on the server while it was being fetched"));
            return Ok(now);
        }
        Err(Trouble::Doubt(match received < announced {
            true => Doubt::Short { announced, received },
            false => Doubt::Long { announced, received, is_endless: false },
        }))
    }

    /// Everything agrees: the file gets its name.
    fn name(
        &self,
        file: &mut Partial,
        place: &Place,
        proof: Proof,
        started: Instant,
    ) -> Result<Summary, Trouble> {
        let Proof { facts, verdict } = proof;
        let sha256 = file.sha256();
        let mut path = place.path.clone();
        self.handle.commons.receipt.iter().for_each(|receipt| receipt.awaits(&path));
        while let Err(error) = file.finish(&path, facts.modified, place.replaces) {
            let keeps_both = self.request.if_exists == super::request::IfExists::Rename;
            match error {
                // Somebody has taken the name meanwhile.
                disk::Error::Exists { .. } if keeps_both => {
                    path = disk::free_name(file.destination());
                }
                error => return Err(error.into()),
            }
        }
        let length = file.length();
        self.story(format!(
            "Complete: {}, saved as {}",
            words::counted(length, "byte", "bytes"),
            path.display()
        ));
        let took = started.elapsed();
        if let Some(lane) = self.handle.lane() {
            lane.is_done(took);
        }
        Ok(Summary { path, length, modified: facts.modified, sha256, took, verdict })
    }

    fn skip(&self, path: PathBuf, started: Instant) -> Summary {
        self.story(format!("{} is there already and is left as it is", path.display()));
        let there = std::fs::metadata(&path).ok();
        Summary {
            length: there.as_ref().map_or(0, std::fs::Metadata::len),
            modified: there.and_then(|there| there.modified().ok()),
            path,
            sha256: None,
            took: started.elapsed(),
            verdict: Verdict::Skipped,
        }
    }

    fn failure(&self, trouble: Trouble, file: &Partial) -> Failure {
        let kept = (file.received() > 0 && file.is_in_its_place())
            .then(|| Kept { path: file.path().to_owned(), length: file.received() });
        match trouble {
            Trouble::Disk(error) => Failure::Disk { error, kept },
            Trouble::Doubt(doubt) | Trouble::DoubtAgain(doubt) => Failure::Doubtful { doubt, kept },
            Trouble::Server(error) | Trouble::Unfinished(error) => {
                Failure::of_server(self.access(), error, kept)
            }
        }
    }

    /// Waits before the next attempt, and says why and until when.
    fn pause(&self, failure: &Failure, pause: Duration, file: &Partial) -> Result<(), Failure> {
        let why = failure.to_string();
        let again = match pause {
            short if short < Duration::from_secs(1) => "Trying again".to_owned(),
            pause => format!("Trying again in {}", words::duration(pause)),
        };
        self.tell(Voice::Warning, format!("{} {again}", words::closed(&why)));
        (self.report)(News::Phase(Phase::Waiting { why, until: SystemTime::now() + pause }));
        self.handle.rest(pause).map_err(|stopped| self.failure(stopped.into(), file))
    }

    fn tell_joint(&self, joint: &Joint, file: &Partial) {
        let length = words::bytes(file.length());
        if *joint != Joint::None {
            (self.report)(News::Joined(file.length()));
        }
        match joint {
            Joint::None => {}
            Joint::Checked => self.story(format!("Joined at {length}, checked")),
            Joint::FromStart => self.story(format!("The first {length} came again and are equal")),
        }
    }

    pub(super) fn story(&self, text: String) {
        self.tell(Voice::Story, text);
    }

    pub(super) fn tell(&self, voice: Voice, text: String) {
        (self.report)(News::Line(Line::now(voice, &text)));
    }
}
