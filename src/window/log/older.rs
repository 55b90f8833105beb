//! The lines that are not in memory any more: looked for in the file, and saved with the others.

use std::time::{Duration, Instant};

use super::{Filter, Log, Talk, render};
use crate::transfer::Line;
use crate::window::mask::Mask;

/// What is to be looked for in the file: the lines of this session that are not in memory any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunt {
    /// Handed back with what was found.
    pub number: u64,
    /// Which lines.
    pub filter: Filter,
    /// How many of the newest lines in the file are in memory as well.
    pub in_memory: u64,
    /// How many lines before those are of this session.
    pub older: u64,
}

/// The log as it is to be saved.
#[derive(Debug)]
pub struct Dump {
    /// Its lines in memory, as text.
    pub text: String,
    /// The lines before them, which are in the file.
    pub older: Option<Hunt>,
    mask: Option<Mask>,
}

impl Dump {
    /// One of the older lines, as text.
    #[must_use]
    pub fn render(&self, line: &Line) -> String {
        render(line, self.mask.as_ref())
    }
}

/// How far the search for older lines is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Seeking {
    /// There is nothing to be looked for.
    #[default]
    Rests,
    /// It begins at this moment, unless more is typed.
    Due(Instant),
    /// Somebody looks.
    Runs,
    /// These older lines were found; whether there are more than can be shown.
    Done {
        /// Only the newest of them are shown.
        is_cut: bool,
    },
    /// The file could not be read.
    Failed,
}

/// How long it is waited for another letter before older lines are looked for.
pub(super) const PAUSE: Duration = Duration::from_millis(300);

impl Log {
    /// What is to be looked for in the file now, if anything is. Say [`Log::found`] when it was.
    pub fn hunt(&mut self, now: Instant) -> Option<Hunt> {
        let Seeking::Due(when) = self.seeking else { return None };
        if now < when {
            return None;
        }
        self.seeking = Seeking::Runs;
        Some(self.hunt_of(self.filter.clone()))
    }

    fn hunt_of(&self, filter: Filter) -> Hunt {
        let in_memory = self.entries.len() as u64;
        Hunt { number: self.number, filter, in_memory, older: self.dropped }
    }

    /// How far the search for older lines is.
    #[must_use]
    pub fn seeking(&self) -> Seeking {
        self.seeking
    }

    /// The search for older lines is given up.
    pub fn give_up(&mut self) {
        self.number += 1;
        self.seeking = Seeking::Rests;
    }

    /// What was found in the file; or nothing, if it cannot be read.
    pub fn found(&mut self, number: u64, lines: Option<(Vec<(Talk, Line)>, bool)>) {
        if number != self.number || self.seeking != Seeking::Runs {
            return;
        }
        let Some((lines, is_cut)) = lines else {
            self.seeking = Seeking::Failed;
            return;
        };
        self.slid += i64::try_from(lines.len()).unwrap_or(0);
        for entry in lines.into_iter().rev() {
            self.found.push_front(entry);
        }
        self.seeking = Seeking::Done { is_cut };
    }

    /// All lines of this session that the filter lets through, to be saved; those that are not in
    /// memory are to be taken from the file.
    #[must_use]
    pub fn dump(&self) -> Dump {
        let mask = self.hides().cloned();
        let is_in_file = self.has_file && self.dropped > 0;
        if !is_in_file {
            return Dump { text: self.text(), older: None, mask };
        }
        let shown = (self.found.len()..self.len()).filter_map(|at| self.line(at));
        let text = shown.map(|line| render(line, self.hides())).collect();
        Dump { text, older: Some(self.hunt_of(self.filter.clone())), mask }
    }
}

#[cfg(test)]
mod tests {
    use super::super::MOST_LINES;
    use super::*;
    use crate::transfer::{TransferId, Voice};
    use std::time::SystemTime;

    const A: TransferId = TransferId(1);

    fn line(text: &str) -> Line {
        Line { at: SystemTime::UNIX_EPOCH, voice: Voice::Sent, text: text.to_owned() }
    }

    #[test]
    fn older_lines_are_looked_for_once_and_stand_above_the_others() {
        let mut log = Log { has_file: true, ..Log::new() };
        for n in 0..MOST_LINES + 5 {
            log.push(A, line(&format!("line {n}.")));
        }
        let later = Instant::now() + Duration::from_secs(9);
        assert_eq!(log.hunt(later), None, "all of it is shown");
        let search = |search: &str| Filter { search: search.to_owned(), ..Filter::default() };
        log.set_filter(search("line 5."));
        assert_eq!(log.hunt(Instant::now()), None, "perhaps more is typed");
        let hunt = log.hunt(later).unwrap();
        assert_eq!((hunt.in_memory, hunt.older), (MOST_LINES as u64, 5));
        assert_eq!(log.hunt(later), None);
        log.set_filter(search("line 4"));
        let newer = log.hunt(later).unwrap();
        log.found(hunt.number, Some((vec![(A.into(), line("line 5."))], false)));
        assert_eq!(log.seeking(), Seeking::Runs, "nobody waits for that any more");
        log.found(newer.number, Some((vec![(A.into(), line("line 4."))], false)));
        assert_eq!(log.line(0).unwrap().text, "line 4.");
        assert_eq!(log.take_slid(), 1);
        assert_eq!(log.line(1).unwrap().text, "line 40.");
        // What is dropped now is not lost to those who look at it.
        for n in 0..50 {
            log.push(A, line(&n.to_string()));
        }
        assert_eq!(log.line(1).unwrap().text, "line 40.");
        assert_eq!(log.dump().older.unwrap().older, 55);
    }
}
