//! What the window knows: one row for each transfer. Knows no egui.
//!
//! Each row keeps its [`Request`], so that "Try again" orders exactly the same thing once more.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::disk;
use crate::transfer::{
    Destination, Event, Failure, Line, News, Outcome, Phase, Progress, Request, Summary, TransferId,
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
    /// How far it is.
    pub stage: Stage,
    /// A word from this computer about the row, such as "There is no program that opens it".
    pub note: Option<String>,
}

/// How far a transfer is.
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
        /// How far it is. `None` before the first byte.
        progress: Option<Progress>,
        /// Whether the person has asked to stop it.
        is_stopping: bool,
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
    /// Stopped by the person.
    Stopped,
    /// The file is there.
    Done,
}

impl Group {
    /// All of them, from the top of the list down.
    pub const ALL: [Self; 5] =
        [Self::Active, Self::NeedsALook, Self::Waiting, Self::Stopped, Self::Done];

    /// The heading over the rows.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::NeedsALook => "Needs a look",
            Self::Waiting => "Waiting",
            Self::Stopped => "Stopped",
            Self::Done => "Done",
        }
    }
}

impl Row {
    fn new(id: TransferId, request: Request) -> Self {
        let destination = destination(&request);
        let name = name(&destination);
        let host = words::shown(request.address.host.as_str());
        let stage = Stage::Waiting { is_stopping: false };
        Self { id, name, host, request, destination, stage, note: None }
    }

    /// Where the row stands in the list.
    #[must_use]
    pub fn group(&self) -> Group {
        match &self.stage {
            Stage::Waiting { .. } => Group::Waiting,
            Stage::Running { .. } => Group::Active,
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
            Stage::Waiting { .. } | Stage::Running { .. } => None,
        }
    }

    fn hear(&mut self, news: News, now: SystemTime) {
        match news {
            News::Phase(heard) => match &mut self.stage {
                Stage::Running { phase, .. } => *phase = heard,
                Stage::Waiting { is_stopping } => {
                    let is_stopping = *is_stopping;
                    self.stage = Stage::Running { phase: heard, progress: None, is_stopping };
                }
                Stage::Done { .. } | Stage::Failed { .. } => {}
            },
            News::Destination(path) => {
                self.name = name(&path);
                self.destination = path;
            }
            News::Progress(heard) => {
                if let Stage::Running { progress, .. } = &mut self.stage {
                    *progress = Some(heard);
                }
            }
            News::Line(_) => {}
            News::Ended(outcome) => self.end(outcome, now),
            News::Queued => self.stage = Stage::Waiting { is_stopping: false },
            News::Paused => self.end(Err(Failure::Stopped { kept: None }), now),
            News::NoRoom(why) => {
                let phase = Phase::Waiting { why, until: now };
                self.stage = Stage::Running { phase, progress: None, is_stopping: false };
            }
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

/// A sum over all transfers.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Totals {
    /// How many are at work.
    pub active: usize,
    /// How many wait for their turn.
    pub waiting: usize,
    /// How many need the person.
    pub needs_a_look: usize,
    /// Bytes per second of all together.
    pub speed: f64,
}

/// All that the window knows about transfers, in the order in which they were ordered.
#[derive(Debug, Default)]
pub struct Model {
    rows: Vec<Row>,
}

impl Model {
    /// Knows of nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in a transfer that was just ordered.
    pub fn add(&mut self, id: TransferId, request: Request) {
        self.rows.push(Row::new(id, request));
    }

    /// Takes in a piece of news that came at `now`. A line for the log is handed back, with the
    /// name of the file that it is about.
    pub fn apply(&mut self, event: Event, now: SystemTime) -> Option<(TransferId, Line)> {
        let Event { id, news } = event;
        match news {
            News::Line(line) => Some((id, line)),
            news => {
                if let Some(row) = self.row_mut(id) {
                    row.hear(news, now);
                }
                None
            }
        }
    }

    /// All rows, the oldest first.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The rows of one group, the newest first.
    pub fn group(&self, group: Group) -> impl Iterator<Item = &Row> {
        self.rows.iter().rev().filter(move |row| row.group() == group)
    }

    /// One row.
    #[must_use]
    pub fn row(&self, id: TransferId) -> Option<&Row> {
        self.rows.iter().find(|row| row.id == id)
    }

    fn row_mut(&mut self, id: TransferId) -> Option<&mut Row> {
        self.rows.iter_mut().find(|row| row.id == id)
    }

    /// The person has asked to stop a transfer; its end is still to come.
    pub fn stopping(&mut self, id: TransferId) {
        if let Some(Row {
            stage: Stage::Waiting { is_stopping } | Stage::Running { is_stopping, .. },
            ..
        }) = self.row_mut(id)
        {
            *is_stopping = true;
        }
    }

    /// This computer has something to say about a row.
    pub fn note(&mut self, id: TransferId, note: String) {
        if let Some(row) = self.row_mut(id) {
            row.note = Some(note);
        }
    }

    /// Takes a row that is over off the list. The file stays.
    pub fn remove(&mut self, id: TransferId) -> Option<Row> {
        let at = self.rows.iter().position(|row| row.id == id && row.is_over())?;
        Some(self.rows.remove(at))
    }

    /// Takes all rows of a group off the list, those that are over. The files stay.
    pub fn clear(&mut self, group: Group) {
        self.rows.retain(|row| !(row.is_over() && row.group() == group));
    }

    /// Whether a transfer is on its way to exactly this file.
    #[must_use]
    pub fn is_going_to(&self, path: &Path) -> bool {
        self.rows.iter().any(|row| !row.is_over() && row.destination == path)
    }

    /// How much is going on.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for row in &self.rows {
            match (row.group(), &row.stage) {
                (Group::Active, Stage::Running { progress, .. }) => {
                    totals.active += 1;
                    totals.speed += progress.map_or(0.0, |progress| progress.speed);
                }
                (Group::Waiting, _) => totals.waiting += 1,
                (Group::NeedsALook, _) => totals.needs_a_look += 1,
                _ => {}
            }
        }
        totals
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::Kept;

    const ID: TransferId = TransferId(1);

    fn model() -> Model {
        let address = "ftp://h.example/pub/a.iso".parse().unwrap();
        let mut model = Model::new();
        model.add(ID, Request::new(address, Destination::File("/tmp/a.iso".into())));
        model
    }

    fn after(news: impl IntoIterator<Item = News>) -> Model {
        let mut model = model();
        for news in news {
            model.apply(Event { id: ID, news }, SystemTime::UNIX_EPOCH);
        }
        model
    }

    fn moving(speed: f64) -> News {
        News::Progress(Progress { received: 5, expected: Some(10), speed, remaining: None })
    }

    fn group(model: &Model) -> Group {
        model.row(ID).unwrap().group()
    }

    #[test]
    fn a_transfer_waits_runs_and_ends_in_the_group_that_says_so() {
        assert_eq!(group(&model()), Group::Waiting);
        assert_eq!(group(&after([News::Phase(Phase::Connecting)])), Group::Active);
        let stopped = Failure::Stopped { kept: None };
        assert_eq!(group(&after([News::Ended(Err(stopped))])), Group::Stopped);
        assert_eq!(group(&after([News::Ended(Err(Failure::NotAFile))])), Group::NeedsALook);
    }

    #[test]
    fn totals_add_up_only_what_moves() {
        let model = after([News::Phase(Phase::Receiving), moving(50.0)]);
        assert_eq!(model.totals(), Totals { active: 1, speed: 50.0, ..Totals::default() });
        assert_eq!(after([]).totals(), Totals { waiting: 1, ..Totals::default() });
    }

    #[test]
    fn a_running_transfer_cannot_be_taken_off_the_list() {
        let mut model = after([News::Phase(Phase::Receiving)]);
        assert!(model.remove(ID).is_none());
        model.clear(Group::Active);
        assert_eq!(model.rows().len(), 1);
    }

    #[test]
    fn stopping_before_its_turn_is_not_forgotten_when_the_turn_comes() {
        let mut model = model();
        model.stopping(ID);
        model.apply(Event { id: ID, news: News::Phase(Phase::Connecting) }, SystemTime::now());
        let Stage::Running { is_stopping, .. } = model.row(ID).unwrap().stage else {
            panic!("it runs")
        };
        assert!(is_stopping);
    }

    #[test]
    fn the_name_follows_where_the_file_really_goes() {
        let model = after([News::Destination("/tmp/a (2).iso".into())]);
        assert_eq!(model.row(ID).unwrap().name, "a (2).iso");
    }

    #[test]
    fn a_name_that_turns_the_direction_of_writing_is_shown_escaped() {
        let model = after([News::Destination("/tmp/x\u{202e}gpj.exe".into())]);
        assert_eq!(model.row(ID).unwrap().name, "x\\u{202e}gpj.exe");
    }

    #[test]
    fn what_was_kept_of_a_failed_file_can_be_shown() {
        let kept = Some(Kept { path: "/tmp/a.iso.part".into(), length: 5 });
        let model = after([News::Ended(Err(Failure::Stopped { kept }))]);
        assert_eq!(model.row(ID).unwrap().on_disk(), Some(Path::new("/tmp/a.iso.part")));
    }
}
