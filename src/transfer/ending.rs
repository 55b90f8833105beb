//! How a transfer ended, in a form that outlives the program.

use std::path::PathBuf;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::failure::{Class, Failure, Kept, NextStep};
use super::news::{FileEnd, Outcome, Verdict};
use super::passage::Passage;

/// How a transfer ended: all that a row shows of it, and all that is kept of it between two runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// Which of the ends.
    pub end: End,
    /// What happened, in a sentence without a full stop.
    pub sentence: String,
    /// What to do next, in a sentence. Empty: nothing.
    pub advice: String,
    /// The button that goes with it.
    pub next_step: Option<NextStep>,
    /// The file under its name, if it is complete.
    pub path: Option<PathBuf>,
    /// Bytes that have arrived and are kept although the file is not complete.
    pub kept: Option<Kept>,
    /// The length of the complete file, in bytes.
    pub length: Option<u64>,
    /// SHA-256 of what arrived, in hexadecimal.
    pub sha256: Option<String>,
    /// When it ended, in seconds since 1970.
    pub at: u64,
    /// How it came. Of an end that an earlier Ashore wrote down, nothing is known.
    #[serde(default)]
    pub passage: Passage,
}

/// The ends that a transfer can come to (product contract §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum End {
    /// The file is complete, and a checksum agrees.
    Verified,
    /// The file is complete.
    Complete,
    /// It was there already, and was left alone.
    Skipped,
    /// The bytes are kept, but two facts disagree.
    NeedsALook,
    /// It could not be done.
    Failed,
    /// The person stopped it.
    Stopped,
}

impl End {
    /// Whether the file is here.
    #[must_use]
    pub fn is_good(self) -> bool {
        matches!(self, Self::Verified | Self::Complete | Self::Skipped)
    }
}

/// How one file of a folder ended: all that is shown of it under the folder's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEnding {
    /// Its path from the folder on, as it may be shown.
    pub name: Box<str>,
    /// Which of the ends.
    pub end: End,
    /// What there is to say about it, in a sentence without a full stop.
    pub sentence: Box<str>,
    /// Its length in bytes, if it is here.
    pub length: Option<u64>,
}

impl FileEnding {
    /// What is to be kept of `file`.
    #[must_use]
    pub fn of(file: &FileEnd) -> Self {
        let Ending { end, sentence, length, .. } = Ending::of(&file.outcome);
        Self { name: file.name.as_str().into(), end, sentence: sentence.into(), length }
    }
}

impl Ending {
    /// What is to be kept of `outcome`.
    #[must_use]
    pub fn of(outcome: &Outcome) -> Self {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        match outcome {
            Ok(summary) => Self {
                end: match summary.verdict {
                    Verdict::Verified { .. } => End::Verified,
                    Verdict::Complete => End::Complete,
                    Verdict::Skipped => End::Skipped,
                },
                sentence: match &summary.verdict {
                    Verdict::Verified { by, .. } => format!("Verified by {by}"),
                    Verdict::Complete => "Complete".to_owned(),
                    Verdict::Skipped => "Was there already, left as it is".to_owned(),
                },
                advice: match &summary.verdict {
                    Verdict::Verified { with, .. } => with
                        .caveat()
                        .map(|caveat| format!("{} {caveat}.", with.name()))
                        .unwrap_or_default(),
                    Verdict::Complete | Verdict::Skipped => String::new(),
                },
                next_step: None,
                path: Some(summary.path.clone()),
                kept: None,
                length: Some(summary.length),
                sha256: summary.sha256.map(|hash| crate::words::hex(&hash)),
                at: since.as_secs(),
                passage: Passage::default(),
            },
            Err(failure) => Self::of_failure(failure, since.as_secs()),
        }
    }

    fn of_failure(failure: &Failure, at: u64) -> Self {
        Self {
            end: match failure.class() {
                Class::Doubt | Class::Checksum => End::NeedsALook,
                Class::Stopped => End::Stopped,
                Class::Usage
                | Class::Server
                | Class::Exists
                | Class::Login
                | Class::Missing
                | Class::Tls
                | Class::Disk => End::Failed,
            },
            sentence: failure.to_string(),
            advice: failure.advice().to_owned(),
            next_step: Some(failure.next_step()),
            path: None,
            kept: failure.kept().cloned(),
            length: None,
            sha256: None,
            at,
            passage: Passage::default(),
        }
    }
}
