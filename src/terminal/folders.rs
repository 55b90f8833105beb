//! What `ashore get` says of the files of a folder: a line each, and how many of each kind at the end.

use super::{json, sentences};
use crate::transfer::{FileEnd, Outcome, Preflight, Tally};
use crate::words;

/// What became of all files of one run, of folders and others.
#[derive(Debug, Default)]
pub(super) struct Sum {
    tally: Tally,
    count: u64,
}

impl Sum {
    /// One more file has come to its end.
    pub(super) fn count(&mut self, name: &str, outcome: &Outcome) {
        self.count += 1;
        self.tally.count(name, outcome);
    }

    /// What there is in a folder, once all of it was looked into.
    pub(super) fn take_in(&mut self, preflight: &Preflight) {
        if preflight.is_all {
            self.count += preflight.unchanged + preflight.left_out;
            self.tally.unchanged += preflight.unchanged;
            self.tally.left_out += preflight.left_out;
        }
    }

    /// Whether nothing was found at all.
    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// How many files of each kind there were. `None` if there was only one.
    pub(super) fn sentence(&self) -> Option<String> {
        (self.count > 1).then(|| format!("{}.", self.tally))
    }
}

/// So many lines fit on most screens, and so many of those that tell of failures are said again.
const SCREEN: usize = 20;

/// What went wrong with files of folders, to be said once more where it has left the screen meanwhile.
#[derive(Debug, Default)]
pub(super) struct Missed {
    lines: Vec<String>,
    count: usize,
    /// How many lines were said after the first of them.
    since: usize,
}

impl Missed {
    /// This was said of a file of a folder.
    pub(super) fn hear(&mut self, said: &Result<String, String>) {
        self.since += usize::from(self.count > 0);
        let Err(line) = said else { return };
        self.count += 1;
        if self.lines.len() < SCREEN {
            self.lines.push(line.clone());
        }
    }

    /// What is to be said again.
    pub(super) fn again(&self) -> Option<String> {
        if self.since < SCREEN {
            return None;
        }
        let mut text = format!("Once more, what went wrong:\n{}", self.lines.join("\n"));
        if let Some(more @ 1..) = self.count.checked_sub(self.lines.len()) {
            text.push_str(&format!("\n… and {} more", words::count(more as u64)));
        }
        Some(text)
    }
}

/// Tells a program how a file of a folder ended; it has the next number after `number`.
pub(super) fn tell_json(number: usize, end: &FileEnd) {
    json::tell_end(number, &end.address.to_string(), &end.outcome);
}

/// What is said of a file of a folder.
pub(super) fn said(end: &FileEnd) -> Result<String, String> {
    match &end.outcome {
        Ok(summary) => {
            let length = words::counted(summary.length, "byte", "bytes");
            let verdict = sentences::verdict(&summary.verdict);
            Ok(format!("{}: {length}, {verdict}", end.name))
        }
        Err(failure) => Err(sentences::failed_in_folder(&end.name, failure)),
    }
}
