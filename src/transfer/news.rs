//! What a transfer tells about itself while it runs.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use super::brake::Brake;
use super::doubt::Witness;
use super::ending::FileEnding;
use super::engine::TransferId;
use super::failure::Failure;
use super::folder::Preflight;
use crate::disk::Algorithm;
use crate::ftp::{Address, Facts};
use crate::{ftp, words};

/// One piece of news about one transfer.
///
/// For one transfer, events arrive in the order in which things happened. Each run ends in exactly
/// one [`News::Ended`], [`News::Paused`] or [`News::NoRoom`]; nothing follows unless it is ordered
/// again, which [`News::Queued`] tells. Between transfers there is no order.
#[derive(Debug)]
pub struct Event {
    /// Which transfer.
    pub id: TransferId,
    /// What happened to it.
    pub news: News,
}

/// What happened to a transfer.
#[derive(Debug)]
pub enum News {
    /// It waits for its turn.
    Queued,
    /// A new phase began.
    Phase(Phase),
    /// The destination is settled: the file will stand here once it is complete.
    Destination(PathBuf),
    /// What the server says about the file before it sends it.
    Facts {
        /// Its answers.
        facts: Facts,
        /// Its length in bytes, as the server guesses it when it begins to send.
        estimate: Option<u64>,
    },
    /// What came before and what comes now were compared where they meet: so many bytes from the
    /// start.
    Joined(u64),
    /// More bytes are on disk. At most ten a second.
    Progress(Progress),
    /// A line for the log.
    Line(Line),
    /// Of a folder: what there is to fetch. Told before the first byte of a large one, and once more
    /// when all of it was looked into.
    Preflight(Box<Preflight>),
    /// Of a folder: one of its files is on its way.
    Part(Box<Part>),
    /// Of a folder: one of its files is over.
    File(Box<FileEnd>),
    /// Of a folder: what is written down of its files, since somebody has [asked](super::Engine::files).
    Files(Vec<FileEnding>),
    /// It is over.
    Ended(Outcome),
    /// The person paused it. What has arrived stays.
    Paused,
    /// The disk is full, as the sentence says. It goes on by itself when there is room.
    NoRoom(String),
}

/// How far one file of a folder is.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Its path from the folder on, as it may be shown.
    pub name: String,
    /// How far.
    pub progress: Progress,
}

/// How one file of a folder ended.
#[derive(Debug)]
pub struct FileEnd {
    /// Its path from the folder on, as it may be shown.
    pub name: String,
    /// Its address.
    pub address: Address,
    /// How it ended.
    pub outcome: Outcome,
}

/// How a transfer ended.
pub type Outcome = Result<Summary, Failure>;

/// What a running transfer is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// Finding the server and waiting for its greeting.
    Connecting,
    /// Telling the server who we are, and asking about the file.
    SigningIn,
    /// Of a folder: reading what it holds, and no file is begun yet. Told again as more is found.
    Looking {
        /// Files, folders and links in the lists so far.
        found: u64,
    },
    /// Reading the file's bytes.
    Receiving,
    /// All bytes are here; waiting for the server's last word and for the disk.
    Finishing,
    /// The server has called it complete; a checksum is being asked for, or computed.
    Checking,
    /// Waiting before the next attempt, because of what happened in the last one.
    Waiting {
        /// What happened, in a sentence without a full stop.
        why: String,
        /// When it goes on by itself.
        until: SystemTime,
    },
}

/// How far a transfer is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// Bytes on disk, with those of an earlier try.
    pub received: u64,
    /// The whole file in bytes, as the server estimated it. `received` may pass it.
    pub expected: Option<u64>,
    /// Bytes per second over the last few seconds. 0.0 while it stands still.
    pub speed: f64,
    /// Time left at this speed. `None` in the first 3 s, and if nobody can know.
    pub remaining: Option<Duration>,
    /// What it would be faster without, in the last few seconds. `None` in the first one.
    pub brake: Option<Brake>,
    /// Over how many connections it comes now.
    pub connections: usize,
}

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// When it was said.
    pub at: SystemTime,
    /// Who says it.
    pub voice: Voice,
    /// What is said, as it may be shown: passwords masked, control characters escaped.
    pub text: String,
}

impl Line {
    /// What is said now, fit to be shown.
    pub(super) fn now(voice: Voice, text: &str) -> Self {
        Self { at: SystemTime::now(), voice, text: words::shown(text) }
    }
}

impl From<ftp::Line> for Line {
    fn from(line: ftp::Line) -> Self {
        match line {
            ftp::Line::Sent(text) => Self::now(Voice::Sent, &text),
            ftp::Line::Received(text) => Self::now(Voice::Received, &text),
            ftp::Line::Warning(text) => Self::now(Voice::Warning, &text),
        }
    }
}

/// Who says a line of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Voice {
    /// Ashore to the server: a command.
    Sent,
    /// The server to Ashore: a reply.
    Received,
    /// Ashore to the person: a plain sentence.
    Story,
    /// Ashore to the person, about something that may need attention.
    Warning,
}

/// What is known of a file that arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Where it is now.
    pub path: PathBuf,
    /// Its length in bytes.
    pub length: u64,
    /// The time of its last change, as the server told it.
    pub modified: Option<SystemTime>,
    /// SHA-256 of what arrived, if it was asked for.
    pub sha256: Option<[u8; 32]>,
    /// How long it took, from the first connection to the name.
    pub took: Duration,
    /// What makes us say that it is complete.
    pub verdict: Verdict,
}

/// Why a file counts as complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// A checksum agrees, and everything that makes it [`Verdict::Complete`].
    Verified {
        /// Whose.
        by: Witness,
        /// Which. Show its [`caveat`](Algorithm::caveat), if it has one.
        with: Algorithm,
    },
    /// The server said so, and its length is the one that was announced, if one was.
    Complete,
    /// It was there already, and was to be left alone.
    Skipped,
}
