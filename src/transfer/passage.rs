//! How a file came: what is heard on the way, and is still worth knowing when it is here.

use std::fmt;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::ending::{End, Ending};
use super::news::{Line, News, Outcome, Phase};

/// The most joints that are remembered. Who has more of them has a bad line, and knows it.
const MOST_JOINTS: usize = 100;

/// The most answers that are remembered until it is known what they were about.
const MOST_ANSWERS: usize = 16;

/// How a file came: gathered from the [`News`] of its transfer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Passage {
    /// The size that was announced, in bytes, and by what.
    pub size: Option<(u64, Announcer)>,
    /// The time of its last change, as the server tells it, in seconds since 1970.
    pub modified: Option<u64>,
    /// How often its bytes began to come: more than once, if the line broke.
    pub beginnings: u32,
    /// Where pieces were joined and compared, in bytes from the start.
    pub joints: Vec<u64>,
    /// Over how many connections it came at most, at one time.
    pub connections: usize,
    /// The server's last word on its bytes.
    pub final_reply: Option<String>,
    /// Of a folder: how many of its files are over.
    pub files: Option<Files>,
    /// How long it took, from the first connection to the name, in milliseconds.
    pub took: Option<u64>,
    /// The numbers that were answered with 213: a size, perhaps a time as well.
    #[serde(skip)]
    answered: Vec<u64>,
    /// The server has begun to send, and has not said the last word.
    #[serde(skip)]
    is_sending: bool,
}

/// How many files of a folder are over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Files {
    /// So many.
    pub over: u64,
    /// So many of them did not end well.
    pub bad: u64,
    /// So many there are to fetch. `None` as long as not everything was looked into.
    pub all: Option<u64>,
}

/// What a size was announced by (RFC 3659 §4 and §7, RFC 959 §4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Announcer {
    /// The answer to `SIZE`.
    Size,
    /// The answer to `MLST`.
    Mlst,
    /// The reply with which the server begins to send. Only an estimate.
    Opening,
}

impl fmt::Display for Announcer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Size => "the server, asked with SIZE",
            Self::Mlst => "the server, asked with MLST",
            Self::Opening => "the server, as it began to send: an estimate",
        })
    }
}

impl Passage {
    /// Takes in what happened.
    pub fn hear(&mut self, news: &News) {
        match news {
            News::Queued => *self = Self::default(),
            News::Line(line) => self.hear_line(line),
            News::Phase(Phase::Receiving) => self.beginnings += 1,
            News::Facts { facts, estimate } => {
                let asked = |size| match self.answered.contains(&size) {
                    true => (size, Announcer::Size),
                    false => (size, Announcer::Mlst),
                };
                let size = facts.size.map(asked);
                self.size = size.or(estimate.map(|size| (size, Announcer::Opening)));
                self.modified = facts.modified.and_then(seconds);
                self.answered.clear();
            }
            News::Joined(at) if self.joints.len() < MOST_JOINTS => self.joints.push(*at),
            News::Progress(progress) => {
                self.connections = self.connections.max(progress.connections);
            }
            News::Preflight(preflight) => {
                let files = self.files.get_or_insert_default();
                files.all = preflight.is_all.then_some(preflight.files);
            }
            News::File(file) => {
                let files = self.files.get_or_insert_default();
                files.over += 1;
                let end = Ending::of(&file.outcome).end;
                files.bad += u64::from(matches!(end, End::NeedsALook | End::Failed));
            }
            News::Ended(outcome) => self.end(outcome),
            News::Phase(_)
            | News::Joined(_)
            | News::Destination(_)
            | News::Part(_)
            | News::Files(_)
            | News::Paused
            | News::NoRoom(_) => {}
        }
    }

    /// It is over.
    pub(super) fn end(&mut self, outcome: &Outcome) {
        if let Ok(summary) = outcome {
            self.modified = summary.modified.and_then(seconds).or(self.modified);
            self.took = u64::try_from(summary.took.as_millis()).ok();
        }
    }

    /// Takes in a line of the log.
    pub fn hear_line(&mut self, line: &Line) {
        let Some(code) = line.code() else { return };
        let rest = line.text.get(4..).unwrap_or_default();
        match code {
            125 | 150 => self.is_sending = true,
            213 if self.answered.len() < MOST_ANSWERS => {
                self.answered.extend(rest.trim().parse::<u64>())
            }
            200.. if self.is_sending => {
                self.final_reply = Some(line.text.clone());
                self.is_sending = false;
            }
            _ => {}
        }
    }

    /// The time of its last change.
    #[must_use]
    pub fn modified(&self) -> Option<SystemTime> {
        SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(self.modified?))
    }
}

fn seconds(time: SystemTime) -> Option<u64> {
    Some(time.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs())
}

#[cfg(test)]
mod tests {
    use super::super::news::Voice;
    use super::*;
    use crate::ftp::Facts;

    fn heard(text: &str) -> News {
        News::Line(Line::now(Voice::Received, text))
    }

    fn facts(size: Option<u64>, estimate: Option<u64>) -> News {
        News::Facts { facts: Facts { size, modified: None }, estimate }
    }

    #[test]
    fn it_is_known_by_what_a_size_was_announced() {
        for (replies, told, announcer) in [
            (&["213 500", "213 20240102030405"][..], facts(Some(500), None), Announcer::Size),
            (&["213 20240102030405", "213 500"][..], facts(Some(500), None), Announcer::Size),
            (&["500 What?"][..], facts(Some(500), Some(7)), Announcer::Mlst),
            (&["500 What?"][..], facts(None, Some(500)), Announcer::Opening),
        ] {
            let mut passage = Passage::default();
            replies.iter().for_each(|reply| passage.hear(&heard(reply)));
            passage.hear(&told);
            assert_eq!(passage.size, Some((500, announcer)), "{replies:?}");
        }
    }

    #[test]
    fn the_last_word_is_the_one_that_follows_the_bytes() {
        let mut passage = Passage::default();
        for reply in ["229 Here (|||7|)", "150 Now", "226 Done", "221 Bye"] {
            passage.hear(&heard(reply));
        }
        assert_eq!(passage.final_reply.as_deref(), Some("226 Done"));
        passage.hear(&News::Queued);
        assert_eq!(passage, Passage::default());
    }
}
