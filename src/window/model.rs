//! What the window knows: one row for each transfer. Knows no egui.
//!
//! Each row keeps its [`Request`], so that "Try again" orders exactly the same thing once more.

mod order;

use std::cell::{Cell, OnceCell};
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::path::Path;

pub use order::Move;

use super::contents::Contents;
use super::row::{Certificate, Group, Row, Stage};
use crate::transfer::{Entry, Event, Line, News, Phase, Request, TransferId};

/// A sum over all transfers.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Totals {
    /// How many are at work.
    pub active: usize,
    /// How many wait for their turn.
    pub waiting: usize,
    /// How many are paused.
    pub paused: usize,
    /// How many are in doubt, or without room.
    pub needs_a_look: usize,
    /// How many could not be done.
    pub failed: usize,
    /// Bytes per second of all together.
    pub speed: f64,
}

/// All that the window knows about transfers.
///
/// A hundred thousand rows cost nothing while nothing happens to them: a row is found by its name,
/// and which rows a group has is counted once after a change, not once for each picture.
#[derive(Debug, Default)]
pub struct Model {
    /// In the order in which they were ordered.
    rows: Vec<Row>,
    /// Where in `rows` each one is.
    places: HashMap<TransferId, usize>,
    /// Where in `rows` the rows of each group are, as they are shown. Made anew after a change.
    groups: OnceCell<[Vec<usize>; Group::ALL.len()]>,
    /// How often that was done.
    made: Cell<u64>,
    /// The turn of the row that was queued last.
    last_turn: u64,
}

impl Model {
    /// Knows of nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in the transfers of an earlier run, in their order, as they were.
    pub fn restore(&mut self, entries: impl IntoIterator<Item = Entry>) {
        for entry in entries {
            self.push(Row::restored(entry));
        }
    }

    /// Takes in a transfer that was just ordered.
    pub fn add(&mut self, id: TransferId, request: Request) {
        self.push(Row::new(id, request));
    }

    fn push(&mut self, mut row: Row) {
        self.last_turn += 1;
        row.turn = self.last_turn;
        self.places.insert(row.id, self.rows.len());
        self.rows.push(row);
        self.groups.take();
    }

    /// Takes in a piece of news. A line for the log is handed back, with the transfer that it is
    /// about.
    pub fn apply(&mut self, event: Event) -> Option<(TransferId, Line)> {
        let Event { id, news } = event;
        let next_turn = self.last_turn + 1;
        match news {
            News::Line(line) => {
                if let Some(row) = self.row_mut(id) {
                    row.passage.hear_line(&line);
                }
                return Some((id, line));
            }
            news => {
                let is_queued = matches!(news, News::Queued);
                let row = self.row_mut(id)?;
                let before = row.group();
                row.hear(news);
                let after = row.group();
                if before == after && !row.is_over() {
                    return None;
                }
                if is_queued {
                    row.turn = next_turn;
                    self.last_turn = next_turn;
                }
                self.groups.take();
            }
        }
        None
    }

    /// All rows, in the order in which they were ordered.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// How many rows a group has.
    #[must_use]
    pub fn count(&self, group: Group) -> usize {
        self.places_of(group).len()
    }

    /// The rows of one group as they are shown: what is still to come in the order in which it
    /// comes, what is over with the newest first.
    pub fn group(&self, group: Group) -> impl ExactSizeIterator<Item = Option<&Row>> {
        self.places_of(group).iter().map(|&at| self.rows.get(at))
    }

    /// One of the rows of a group, counted from the top.
    #[must_use]
    pub fn nth(&self, group: Group, n: usize) -> Option<&Row> {
        self.rows.get(*self.places_of(group).get(n)?)
    }

    fn places_of(&self, group: Group) -> &[usize] {
        let groups = self.groups.get_or_init(|| {
            self.made.set(self.made.get() + 1);
            sorted(&self.rows)
        });
        let at = Group::ALL.iter().position(|&one| one == group);
        at.and_then(|at| groups.get(at)).map_or(&[], Vec::as_slice)
    }

    /// One row.
    #[must_use]
    pub fn row(&self, id: TransferId) -> Option<&Row> {
        self.rows.get(*self.places.get(&id)?)
    }

    fn row_mut(&mut self, id: TransferId) -> Option<&mut Row> {
        self.rows.get_mut(*self.places.get(&id)?)
    }

    /// After rows have come or gone.
    fn find_again(&mut self) {
        self.places = self.rows.iter().zip(0..).map(|(row, at)| (row.id, at)).collect();
        self.groups.take();
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

    /// Another order stands behind a row from now on.
    pub fn order(&mut self, id: TransferId, request: Request) {
        if let Some(row) = self.row_mut(id) {
            row.request = request;
        }
    }

    /// The person does not believe a certificate: what is left is a failure. Hands the question back.
    pub fn distrust(&mut self, id: TransferId) -> Option<Box<Certificate>> {
        self.groups.take();
        self.row_mut(id)?.distrust()
    }

    /// All transfers that wait for the same answer as this one: the same server has shown them the
    /// same certificate.
    #[must_use]
    pub fn asked_alike(&self, id: TransferId) -> Vec<TransferId> {
        let Some(one) = self.row(id).and_then(Row::question) else { return Vec::new() };
        let alike = self.rows.iter().filter(|row| row.question() == Some(one));
        alike.map(|row| row.id).collect()
    }

    /// A folder of an earlier run is opened: whether somebody has to ask what was in it.
    pub fn asks_for_files(&mut self, id: TransferId) -> bool {
        self.row_mut(id).and_then(|row| row.contents.as_mut()).is_some_and(Contents::asks)
    }

    /// This computer has something to say about a row.
    pub fn note(&mut self, id: TransferId, note: String) {
        if let Some(row) = self.row_mut(id) {
            row.note = Some(note);
        }
    }

    /// Takes a row that is over off the list. The file stays.
    pub fn remove(&mut self, id: TransferId) -> Option<Row> {
        self.remove_all(&[id]).pop()
    }

    /// Takes these rows off the list, those that are over. The files stay.
    pub fn remove_all(&mut self, ids: &[TransferId]) -> Vec<Row> {
        let ids: HashSet<_> = ids.iter().copied().collect();
        self.take_off(|row| ids.contains(&row.id))
    }

    /// Takes all rows of a group off the list, those that are over. The files stay.
    pub fn clear(&mut self, group: Group) -> Vec<Row> {
        self.take_off(|row| row.group() == group)
    }

    fn take_off(&mut self, is_meant: impl Fn(&Row) -> bool) -> Vec<Row> {
        let off = self.rows.extract_if(.., |row| row.is_over() && is_meant(row)).collect();
        self.find_again();
        off
    }

    /// Puts rows back that were taken off the list, each where it was.
    pub fn put_back(&mut self, rows: Vec<Row>) {
        self.rows.extend(rows);
        self.rows.sort_by_key(|row| row.id);
        self.find_again();
    }

    /// What a transfer fetches that is on its way to this file, however its place is spelt.
    #[must_use]
    pub fn coming(&self, path: &Path) -> Option<String> {
        let row = self.rows.iter().find(|row| row.is_going_to(path))?;
        Some(row.request.address.to_string())
    }

    /// How much is going on.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let speed = |row: &Row| match &row.stage {
            Stage::Running { phase: Phase::Receiving, .. } => row.progress.map(|p| p.speed),
            _ => None,
        };
        Totals {
            active: self.count(Group::Active),
            waiting: self.count(Group::Waiting),
            paused: self.count(Group::Paused),
            needs_a_look: self.count(Group::NeedsALook),
            failed: self.count(Group::Failed),
            speed: self.group(Group::Active).flatten().filter_map(speed).sum(),
        }
    }
}

/// Where in `rows` the rows of each group are, as they are shown.
fn sorted(rows: &[Row]) -> [Vec<usize>; Group::ALL.len()] {
    let mut groups: [Vec<usize>; Group::ALL.len()] = Default::default();
    for (row, at) in rows.iter().zip(0..) {
        let group = row.group();
        let all = Group::ALL.into_iter().zip(&mut groups);
        if let Some((_, places)) = all.into_iter().find(|(one, _)| *one == group) {
            places.push(at);
        }
    }
    for (group, places) in Group::ALL.into_iter().zip(&mut groups) {
        let row = |at: &usize| rows.get(*at);
        if matches!(group, Group::Active | Group::Waiting | Group::Paused) {
            places.sort_by_key(|at| row(at).map(|row| row.turn));
        } else {
            places.reverse();
            places.sort_by_key(|at| Reverse(row(at).and_then(Row::ending).map(|end| end.at)));
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::SystemTime;

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
            model.apply(Event { id: ID, news });
        }
        model
    }

    fn moving(speed: f64) -> News {
        News::Progress(Progress {
            received: 5,
            expected: Some(10),
            speed,
            remaining: None,
            brake: None,
            connections: 1,
        })
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
        assert_eq!(group(&after([News::Ended(Err(Failure::NotAFile))])), Group::Failed);
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
        model.apply(Event { id: ID, news: News::Phase(Phase::Connecting) });
        let Stage::Running { is_stopping, .. } = model.row(ID).unwrap().stage else {
            panic!("it runs")
        };
        assert!(is_stopping);
    }

    #[test]
    fn a_paused_transfer_remembers_how_far_it_was_when_it_goes_on() {
        let mut model = after([News::Phase(Phase::Receiving), moving(50.0), News::Paused]);
        assert_eq!(group(&model), Group::Paused);
        assert_eq!(model.totals(), Totals { paused: 1, ..Totals::default() });
        model.apply(Event { id: ID, news: News::Queued });
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
