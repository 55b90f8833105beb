//! What became of the files of a folder.

use std::fmt;

use super::super::ending::{End, Ending};
use super::super::failure::{Class, Failure};
use super::super::news::Outcome;
use crate::words;

/// What became of the files of a folder. `Display`: `4,998 complete, 1 needs a look, 1 failed`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Complete, and a checksum agrees.
    pub verified: u64,
    /// Complete.
    pub complete: u64,
    /// Here already, with the same size and time: not fetched again.
    pub unchanged: u64,
    /// Here already, and to be left alone.
    pub skipped: u64,
    /// Left out for a good reason, as [`Preflight::left_out`](super::Preflight::left_out) says.
    pub left_out: u64,
    /// The bytes are kept, but two facts disagree.
    pub needs_a_look: u64,
    /// Could not be fetched; folders that could not be looked into count here too.
    pub failed: u64,
    /// Bytes of the files that were fetched.
    pub bytes: u64,
    /// The worst that happened.
    pub(in super::super) worst: Option<Class>,
    /// What went wrong first, in a sentence without a full stop.
    pub(in super::super) first: Option<String>,
}

impl Tally {
    /// One more file, called `name`, has come to its end.
    pub fn count(&mut self, name: &str, outcome: &Outcome) {
        match Ending::of(outcome).end {
            End::Verified => self.verified += 1,
            End::Complete => self.complete += 1,
            End::Skipped => self.skipped += 1,
            End::NeedsALook => self.needs_a_look += 1,
            End::Failed => self.failed += 1,
            End::Stopped => {}
        }
        match outcome {
            Ok(summary) => self.bytes += summary.length,
            Err(Failure::Stopped { .. }) => {}
            Err(failure) => self.note(name, failure),
        }
    }

    fn note(&mut self, name: &str, failure: &Failure) {
        self.worst = self.worst.max(Some(failure.class()));
        self.first.get_or_insert_with(|| format!("{name}: {failure}"));
    }

    /// Whether every file is complete.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.needs_a_look + self.failed == 0
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let needs = if self.needs_a_look == 1 { "needs a look" } else { "need a look" };
        let left = if self.skipped == 1 { "left as it is" } else { "left as they are" };
        let parts = [
            (self.verified, "verified"),
            (self.complete, "complete"),
            (self.unchanged, "here already"),
            (self.skipped, left),
            (self.left_out, "left out"),
            (self.needs_a_look, needs),
            (self.failed, "failed"),
        ];
        let told: Vec<_> = parts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, words)| format!("{} {words}", words::count(*count)))
            .collect();
        f.write_str(if told.is_empty() { "no files" } else { "" })?;
        f.write_str(&told.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_says_how_many_of_each() {
        let mut tally = Tally { complete: 4_998, ..Tally::default() };
        assert!(tally.is_whole());
        tally.count("x", &Err(Failure::NotAFile));
        (tally.needs_a_look, tally.skipped) = (1, 1);
        let told = "4,998 complete, 1 left as it is, 1 needs a look, 1 failed";
        assert_eq!(tally.to_string(), told);
        assert_eq!((tally.is_whole(), tally.worst), (false, Some(Class::Usage)));
        assert_eq!(Tally::default().to_string(), "no files");
    }
}
