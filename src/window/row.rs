//! One transfer, as it stands on the screen. Knows no egui.

use std::path::{Path, PathBuf};

use super::contents::Contents;
use super::history::History;
use crate::disk;
use crate::ftp::{self, Address, Fingerprint, Host};
use crate::transfer::{
    Destination, End, Ending, Entry, Failure, News, Outcome, Passage, Phase, Progress, Request,
    State, TransferId,
};
use crate::words;

/// One transfer, as it stands on the screen.
#[derive(Debug)]
pub struct Row {
    /// Which transfer.
    pub id: TransferId,
    /// The file's name, fit to be shown.
    pub name: String,
    /// What was ordered.
    pub request: Request,
    /// Where the file will stand, as far as it is known.
    pub destination: PathBuf,
    /// What becomes of it.
    pub stage: Stage,
    /// How far it is, as it was last heard. `None` before the first byte.
    pub progress: Option<Progress>,
    /// How fast it was in the last minute.
    pub history: History,
    /// How it came, as far as it has.
    pub passage: Passage,
    /// The files in it, if it is a folder.
    pub contents: Option<Contents>,
    /// A word from this computer about the row, such as "There is no program that opens it".
    pub note: Option<String>,
    /// Its turn in the queue: lower ones go first.
    pub(super) turn: u64,
}

/// What becomes of a transfer.
#[derive(Debug)]
pub enum Stage {
    /// Ordered, and nothing heard yet: other transfers go first.
    Waiting {
        /// Whether the person has asked to stop it.
        is_stopping: bool,
    },
    /// At work.
    Running {
        /// What it is doing.
        phase: Phase,
        /// Whether the person has asked to stop it.
        is_stopping: bool,
    },
    /// The person paused it, or it is from an earlier run.
    Paused,
    /// The disk is full, and why. It goes on by itself when there is room.
    NoRoom {
        /// In a sentence without a full stop.
        why: String,
    },
    /// It is over: now, or in an earlier run.
    Over {
        /// How it ended.
        ending: Box<Ending>,
        /// The certificate that the person is asked about, if that is why.
        certificate: Option<Box<Certificate>>,
    },
}

/// A certificate that is not believed, and about which only the person can decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The server that showed it.
    pub server: String,
    /// What it says of itself.
    pub shown: ftp::Certificate,
    /// Why it is not believed by itself. `None`: it would be.
    pub reason: Option<String>,
    /// The certificate that was trusted here until now, if there is one.
    pub trusted: Option<Fingerprint>,
}

impl Certificate {
    pub(super) fn of(failure: &Failure) -> Option<Self> {
        use ftp::Error::{CertificateChanged, Untrusted};
        let Failure::Server { server, error, .. } = failure else { return None };
        let (shown, reason, trusted) = match error {
            Untrusted { certificate, reason } => (certificate, Some(reason), None),
            CertificateChanged { certificate, trusted, doubt } => {
                (certificate, doubt.as_ref(), Some(*trusted))
            }
            _ => return None,
        };
        let reason = reason.map(|reason| words::shown(reason));
        Some(Self { server: words::shown(server), shown: shown.as_ref().clone(), reason, trusted })
    }

    /// What is the matter with it, without what it says of itself.
    pub(super) fn in_short(&self) -> String {
        let Self { server, reason, trusted, .. } = self;
        match (trusted, reason) {
            (Some(_), _) => format!("{server} shows another certificate than the one you trust"),
            (None, Some(reason)) => format!("The certificate of {server} is not trusted: {reason}"),
            (None, None) => format!("The certificate of {server} is not trusted"),
        }
    }
}

/// Where a row stands in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// At work.
    Active,
    /// It needs the person: in doubt, asked about, or without room.
    NeedsALook,
    /// It could not be done.
    Failed,
    /// Ordered, not begun.
    Waiting,
    /// Paused by the person.
    Paused,
    /// Stopped by the person.
    Stopped,
    /// The file is there.
    Done,
}

impl Group {
    /// All of them, from the top of the list down.
    pub const ALL: [Self; 7] = [
        Self::Active,
        Self::NeedsALook,
        Self::Failed,
        Self::Waiting,
        Self::Paused,
        Self::Stopped,
        Self::Done,
    ];

    /// The heading over the rows.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::NeedsALook => "Needs a look",
            Self::Failed => "Failed",
            Self::Waiting => "Waiting",
            Self::Paused => "Paused",
            Self::Stopped => "Stopped",
            Self::Done => "Done",
        }
    }

    /// Whether its rows are over, and can be taken off the list together.
    #[must_use]
    pub fn is_clearable(self) -> bool {
        matches!(self, Self::Failed | Self::Stopped | Self::Done)
    }
}

impl Row {
    pub(super) fn new(id: TransferId, request: Request) -> Self {
        let destination = destination(&request);
        let name = name(&destination);
        let stage = Stage::Waiting { is_stopping: false };
        let contents = request.is_folder().then(Contents::default);
        Self {
            id,
            name,
            request,
            passage: Passage::default(),
            contents,
            destination,
            stage,
            progress: None,
            note: None,
            history: History::default(),
            turn: id.0,
        }
    }

    /// One of an earlier run, as it was.
    pub(super) fn restored(entry: Entry) -> Self {
        let Entry { id, request, state, received, expected } = entry;
        let mut row = Self::new(id, request);
        row.contents = row.contents.map(|_| Contents::restored());
        if received > 0 {
            row.progress = Some(Progress {
                received,
                expected,
                speed: 0.0,
                remaining: None,
                brake: None,
                connections: 1,
            });
        }
        row.stage = match state {
            State::Waiting | State::Paused => Stage::Paused,
            State::Ended(ending) => {
                if let Some(path) = &ending.path {
                    row.name = name(path);
                    row.destination.clone_from(path);
                }
                row.passage.clone_from(&ending.passage);
                Stage::Over { ending, certificate: None }
            }
        };
        row
    }

    /// The server, fit to be shown.
    #[must_use]
    pub fn host(&self) -> String {
        words::shown(self.request.address.host.as_str())
    }

    /// Where the row stands in the list.
    #[must_use]
    pub fn group(&self) -> Group {
        match &self.stage {
            Stage::Waiting { .. } => Group::Waiting,
            Stage::Running { .. } => Group::Active,
            Stage::Paused => Group::Paused,
            Stage::NoRoom { .. } | Stage::Over { certificate: Some(_), .. } => Group::NeedsALook,
            Stage::Over { ending, .. } => match ending.end {
                End::Verified | End::Complete | End::Skipped => Group::Done,
                End::NeedsALook => Group::NeedsALook,
                End::Failed => Group::Failed,
                End::Stopped => Group::Stopped,
            },
        }
    }

    /// Whether nothing more will happen to it.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.ending().is_some()
    }

    /// Whether it is on its way to this file, however its place is spelt.
    pub(super) fn is_going_to(&self, path: &Path) -> bool {
        !self.is_over() && disk::is_one_place(&self.destination, path)
    }

    /// How it ended, if it has.
    #[must_use]
    pub fn ending(&self) -> Option<&Ending> {
        match &self.stage {
            Stage::Over { ending, .. } => Some(ending),
            _ => None,
        }
    }

    /// The certificate that the person is asked about.
    #[must_use]
    pub fn certificate(&self) -> Option<&Certificate> {
        match &self.stage {
            Stage::Over { certificate, .. } => certificate.as_deref(),
            _ => None,
        }
    }

    /// The person does not believe its certificate: what it says of itself need not be read again.
    pub(super) fn distrust(&mut self) -> Option<Box<Certificate>> {
        let Stage::Over { ending, certificate } = &mut self.stage else { return None };
        let asked = certificate.take()?;
        ending.sentence = asked.in_short();
        Some(asked)
    }

    /// What the person is asked about, if it is a certificate: whose, and which.
    pub(super) fn question(&self) -> Option<(&Host, u16, Fingerprint)> {
        let Address { host, port, .. } = &self.request.address;
        Some((host, *port, self.certificate()?.shown.fingerprint))
    }

    /// The file, or the bytes that were kept of it; a folder also where not all of it came.
    #[must_use]
    pub fn on_disk(&self) -> Option<&Path> {
        let ending = self.ending()?;
        let kept = ending.kept.as_ref().map(|kept| &kept.path);
        let folder = self.contents.is_some().then_some(&self.destination);
        ending.path.as_ref().or(kept).or(folder).map(PathBuf::as_path)
    }

    /// Whether it is a folder of which some file is over.
    pub(super) fn has_files(&self) -> bool {
        let was_told = self.passage.files.is_some_and(|files| files.over > 0);
        self.contents.as_ref().is_some_and(|contents| was_told || !contents.is_empty())
    }

    /// SHA-256 of what arrived, in hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> Option<&str> {
        self.ending()?.sha256.as_deref()
    }

    /// Takes in what happened to it.
    pub(super) fn hear(&mut self, news: News) {
        self.passage.hear(&news);
        if let Some(contents) = &mut self.contents {
            contents.hear(&news);
        }
        match news {
            News::Queued => {
                self.note = None;
                self.stage = Stage::Waiting { is_stopping: false };
            }
            News::Phase(phase) => {
                let is_stopping = self.is_stopping();
                self.stage = Stage::Running { phase, is_stopping };
            }
            News::Destination(path) => {
                self.name = name(&path);
                self.destination = path;
            }
            News::Progress(heard) => {
                self.history.push(heard.speed);
                self.progress = Some(heard);
            }
            News::Line(_)
            | News::Facts { .. }
            | News::Joined(_)
            | News::Preflight(_)
            | News::Part(_)
            | News::File(_)
            | News::Files(_) => {}
            News::Ended(outcome) => self.end(&outcome),
            News::Paused => self.stage = Stage::Paused,
            News::NoRoom(why) => self.stage = Stage::NoRoom { why },
        }
    }

    /// Whether the person has asked to stop it, and it has not ended yet.
    fn is_stopping(&self) -> bool {
        match self.stage {
            Stage::Waiting { is_stopping } | Stage::Running { is_stopping, .. } => is_stopping,
            _ => false,
        }
    }

    fn end(&mut self, outcome: &Outcome) {
        if let Ok(summary) = outcome {
            self.name = name(&summary.path);
            self.destination.clone_from(&summary.path);
        }
        let certificate = outcome.as_ref().err().and_then(Certificate::of).map(Box::new);
        self.stage = Stage::Over { ending: Box::new(Ending::of(outcome)), certificate };
    }
}

/// Where the file of a request will go, as far as the request says it.
fn destination(request: &Request) -> PathBuf {
    match &request.destination {
        Destination::File(path) => path.clone(),
        Destination::Folder(folder) => {
            folder.join(disk::local_name(request.address.path.name().unwrap_or_default()))
        }
    }
}

fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    words::shown(&name.to_string_lossy())
}
