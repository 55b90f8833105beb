//! What is told of a folder as a whole.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use super::super::brake::Waits;
use super::super::failure::Failure;
use super::super::meter::Meter;
use super::super::news::{FileEnd, Line, News, Phase, Progress, Voice};
use super::hand::Word;
use super::{Preflight, Tally};
use crate::disk;

/// The least time between two words about how much was found.
const LOOK: Duration = Duration::from_millis(500);

/// What is told of the folder as a whole.
pub(super) struct Log<'a> {
    report: &'a dyn Fn(News),
    local: &'a Path,
    pub(super) tally: Tally,
    meter: Meter,
    /// Nothing was told of what there is.
    pub(super) is_held: bool,
    /// All was told of what there is.
    pub(super) is_all_told: bool,
    /// What was told last to be found, and when.
    looked: Option<(u64, Instant)>,
    pub(super) top_failure: Option<Box<Failure>>,
    /// What becomes of folders whose lists were taken for whole, if they were not.
    pub(super) believed: Vec<FileEnd>,
    /// The times that folders get once everything is in them, outermost first.
    times: Vec<(PathBuf, SystemTime)>,
}

impl<'a> Log<'a> {
    pub(super) fn new(report: &'a dyn Fn(News), local: &'a Path, waits: &Waits) -> Self {
        Self {
            report,
            local,
            tally: Tally::default(),
            meter: Meter::new(0, None, waits, Instant::now()),
            is_held: true,
            is_all_told: false,
            looked: None,
            top_failure: None,
            believed: Vec::new(),
            times: Vec::new(),
        }
    }

    pub(super) fn hear(&mut self, word: Word) {
        match word {
            Word::Line(line) => (self.report)(News::Line(line)),
            Word::Part(part) => (self.report)(News::Part(part)),
            Word::File(end) => {
                self.tally.count(&end.name, &end.outcome);
                (self.report)(News::File(end));
            }
            Word::Top(failure) => self.top_failure = Some(failure),
            Word::Believed(end) => self.believed.push(*end),
            Word::Time(folder, time) => self.times.push((folder, time)),
            Word::Nudge => {}
        }
    }

    /// Tells what there is, at first and once more when it is known to be all.
    pub(super) fn tell_preflight(&mut self, mut preflight: Preflight) {
        if self.is_all_told || preflight.looked_into == 0 {
            self.is_held = false;
            return;
        }
        preflight.free = disk::available(self.local).ok();
        (self.tally.unchanged, self.tally.left_out) = (preflight.unchanged, preflight.left_out);
        let voices = std::iter::once((Voice::Story, preflight.sentence()));
        let warnings = preflight.warnings();
        for (voice, text) in voices.chain(warnings.into_iter().map(|it| (Voice::Warning, it))) {
            (self.report)(News::Line(Line::now(voice, &text)));
        }
        (self.is_held, self.is_all_told) = (false, preflight.is_all);
        if preflight.is_all {
            self.meter.expect(Some(preflight.bytes));
        }
        (self.report)(News::Preflight(Box::new(preflight)));
        (self.report)(News::Phase(Phase::Receiving));
    }

    /// Tells how much was found, as long as nothing else is to be told.
    pub(super) fn tell_looking(&mut self, found: u64, now: Instant) {
        let is_due = self.looked.is_none_or(|(before, at)| found != before && now >= at + LOOK);
        if self.is_held && is_due {
            self.looked = Some((found, now));
            (self.report)(News::Phase(Phase::Looking { found }));
        }
    }

    /// Whether nothing of the folder is here.
    pub(super) fn has_nothing(&self) -> bool {
        self.tally == Tally::default()
    }

    pub(super) fn tell_progress(&mut self, received: u64, connections: usize) {
        if !self.is_held
            && let Some(progress) = self.meter.reach(received, Instant::now())
        {
            (self.report)(News::Progress(Progress { connections, ..progress }));
        }
    }

    /// Gives the folders their times: the innermost first, since each changes the one it is in.
    pub(super) fn set_times(&self) {
        for (folder, time) in self.times.iter().rev() {
            // A disk that will not keep them keeps the files all the same.
            std::fs::File::open(folder).and_then(|folder| folder.set_modified(*time)).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[test]
    fn who_waits_for_a_long_list_hears_how_much_of_it_has_come() {
        let heard = RefCell::new(Vec::new());
        let report = |news| match news {
            News::Phase(Phase::Looking { found }) => heard.borrow_mut().push(found),
            news => panic!("{news:?}"),
        };
        let waits = Waits::default();
        let mut log = Log::new(&report, Path::new("x"), &waits);
        let start = Instant::now();
        for (ms, found) in [(0, 0), (600, 0), (620, 7), (700, 9), (1100, 9), (1220, 12), (1800, 12)]
        {
            log.tell_looking(found, start + Duration::from_millis(ms));
        }
        assert_eq!(*heard.borrow(), [0, 7, 12]);
        log.is_held = false; // Files come.
        log.tell_looking(20, start + Duration::from_secs(9));
        assert_eq!(heard.borrow().len(), 3);
    }
}
