//! What the window knows: one row for each transfer. Knows no egui.
//!
//! Each row keeps its [`Request`], so that "Try again" orders exactly the same thing once more.

use std::path::Path;
use std::time::SystemTime;

use super::row::{Group, Row, Stage};
use crate::transfer::{Event, Line, News, Phase, Request, TransferId};

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
    pub fn clear(&mut self, group: Group) -> Vec<Row> {
        let is_cleared = |row: &mut Row| row.is_over() && row.group() == group;
        self.rows.extract_if(.., is_cleared).collect()
    }

    /// Puts rows back that were taken off the list, each where it was.
    pub fn put_back(&mut self, rows: Vec<Row>) {
        self.rows.extend(rows);
        self.rows.sort_by_key(|row| row.id);
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
                (Group::Active, Stage::Running { phase, .. }) => {
                    totals.active += 1;
                    if *phase == Phase::Receiving {
                        totals.speed += row.progress.map_or(0.0, |progress| progress.speed);
                    }
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
    use crate::transfer::{Destination, Failure, Kept, Progress};

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
        let why = "it is full".to_owned();
        let pause = News::Phase(Phase::Waiting { why, until: SystemTime::UNIX_EPOCH });
        let model = after([News::Phase(Phase::Receiving), moving(50.0), pause]);
        assert_eq!(model.totals(), Totals { active: 1, ..Totals::default() });
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
    fn a_paused_transfer_remembers_how_far_it_was_when_it_goes_on() {
        let mut model = after([News::Phase(Phase::Receiving), moving(50.0), News::Paused]);
        assert_eq!(group(&model), Group::Paused);
        assert_eq!(model.totals(), Totals::default());
        model.apply(Event { id: ID, news: News::Queued }, SystemTime::now());
        assert_eq!(group(&model), Group::Waiting);
        assert!(model.row(ID).unwrap().progress.is_some());
    }

    #[test]
    fn what_was_cleared_can_be_put_back_where_it_was() {
        let mut model = after([News::Ended(Err(Failure::Stopped { kept: None }))]);
        let address = "ftp://h.example/b".parse().unwrap();
        model.add(TransferId(2), Request::new(address, Destination::File("/tmp/b".into())));
        let cleared = model.clear(Group::Stopped);
        assert_eq!(model.rows().len(), 1);
        model.put_back(cleared);
        assert_eq!(model.rows().iter().map(|row| row.id.0).collect::<Vec<_>>(), [1, 2]);
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
