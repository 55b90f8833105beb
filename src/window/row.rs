//! One transfer, as it stands on the screen. Knows no egui.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::disk;
use crate::transfer::{
    Destination, Failure, News, Outcome, Phase, Progress, Request, Summary, TransferId,
};
use crate::words;

/// One transfer, as it stands on the screen.
#[derive(Debug)]
pub struct Row {
    /// Which transfer.
    pub id: TransferId,
    /// The file's name, fit to be shown.
    pub name: String,
    /// The server, fit to be shown.
    pub host: String,
    /// What was ordered.
    pub request: Request,
    /// Where the file will stand, as far as it is known.
    pub destination: PathBuf,
    /// What becomes of it.
    pub stage: Stage,
    /// How far it is, as it was last heard. `None` before the first byte.
    pub progress: Option<Progress>,
    /// A word from this computer about the row, such as "There is no program that opens it".
    pub note: Option<String>,
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
    /// The person paused it.
    Paused,
    /// The disk is full, and why. It goes on by itself when there is room.
    NoRoom {
        /// In a sentence without a full stop.
        why: String,
    },
    /// The file is there.
    Done {
        /// What is known of it.
        summary: Summary,
        /// When it was over.
        at: SystemTime,
    },
    /// It is not there, and why.
    Failed {
        /// Why.
        failure: Failure,
        /// When it was over.
        at: SystemTime,
    },
}

/// Where a row stands in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// At work.
    Active,
    /// It needs the person: failed, or in doubt.
    NeedsALook,
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
    pub const ALL: [Self; 6] =
        [Self::Active, Self::NeedsALook, Self::Waiting, Self::Paused, Self::Stopped, Self::Done];

    /// The heading over the rows.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::NeedsALook => "Needs a look",
            Self::Waiting => "Waiting",
            Self::Paused => "Paused",
            Self::Stopped => "Stopped",
            Self::Done => "Done",
        }
    }
}

impl Row {
    pub(super) fn new(id: TransferId, request: Request) -> Self {
        let destination = destination(&request);
        let name = name(&destination);
        let host = words::shown(request.address.host.as_str());
        let stage = Stage::Waiting { is_stopping: false };
        Self { id, name, host, request, destination, stage, progress: None, note: None }
    }

    /// Where the row stands in the list.
    #[must_use]
    pub fn group(&self) -> Group {
        match &self.stage {
            Stage::Waiting { .. } => Group::Waiting,
            Stage::Running { .. } => Group::Active,
            Stage::Paused => Group::Paused,
            Stage::NoRoom { .. } => Group::NeedsALook,
            Stage::Done { .. } => Group::Done,
            Stage::Failed { failure: Failure::Stopped { .. }, .. } => Group::Stopped,
            Stage::Failed { .. } => Group::NeedsALook,
        }
    }

    /// Whether nothing more will happen to it.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Done { .. } | Stage::Failed { .. })
    }

    /// The file, or the bytes that were kept of it.
    #[must_use]
    pub fn on_disk(&self) -> Option<&Path> {
        match &self.stage {
            Stage::Done { summary, .. } => Some(&summary.path),
            Stage::Failed { failure, .. } => failure.kept().map(|kept| kept.path.as_path()),
            Stage::Waiting { .. }
            | Stage::Running { .. }
            | Stage::Paused
            | Stage::NoRoom { .. } => None,
        }
    }

    /// Takes in what happened to it at `now`.
    pub(super) fn hear(&mut self, news: News, now: SystemTime) {
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
            News::Progress(heard) => self.progress = Some(heard),
            News::Line(_) => {}
            News::Ended(outcome) => self.end(outcome, now),
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

    fn end(&mut self, outcome: Outcome, at: SystemTime) {
        self.stage = match outcome {
            Ok(summary) => {
                self.name = name(&summary.path);
                self.destination.clone_from(&summary.path);
                Stage::Done { summary, at }
            }
            Err(failure) => Stage::Failed { failure, at },
        };
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
