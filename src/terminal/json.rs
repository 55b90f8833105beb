//! `--json`: what happens, one JSON object a line on stdout, for programs.
//!
//! The names of the fields are a promise: new ones may come, none goes away or changes its meaning.
//! Every object has `event`, `file` (1 for the first address of the command line) and `url` (without
//! a password). Bytes are whole numbers, times are RFC 3339 in UTC, what is unknown is `null`.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::SystemTime;

use serde::Serialize;

use super::{Exit, sentences};
use crate::transfer::{Brake, Line, News, Outcome, Phase, Progress, Verdict, Voice};
use crate::words;

/// Tells it on stdout. A reader who went away stops no download.
pub(super) fn tell(file: usize, url: &str, news: &News) {
    if let Some(what) = what(news) {
        print(&Told { what, file, url });
    }
}

/// Tells how a file of a folder ended.
pub(super) fn tell_end(file: usize, url: &str, outcome: &Outcome) {
    print(&Told { what: What::Ended(Box::new(ended(outcome))), file, url });
}

fn print(told: &Told<'_>) {
    let text = line(told);
    std::io::stdout().write_all(format!("{text}\n").as_bytes()).ok();
}

/// `told` in one line that a terminal can show: what JSON itself leaves as it is, though it turns the
/// direction of writing or is not seen, becomes `\u202e` and the like, which means the same.
pub(super) fn line(told: &impl Serialize) -> String {
    let json = serde_json::to_string(told).unwrap_or_default();
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            c if words::is_deceptive(c) => {
                write!(text, "\\u{:04x}", u32::from(c)).ok();
            }
            c => text.push(c),
        }
    }
    text
}

#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    what: What,
    file: usize,
    url: &'a str,
}

#[derive(Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum What {
    Phase {
        /// `queued`, `connecting`, `signing-in`, `looking`, `receiving`, `finishing`, `checking`,
        /// `waiting` or `paused`.
        phase: &'static str,
        /// Why it waits.
        #[serde(skip_serializing_if = "Option::is_none")]
        why: Option<String>,
        /// When it goes on by itself, if that is known.
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<String>,
        /// How much was found in a folder that is being looked into.
        #[serde(skip_serializing_if = "Option::is_none")]
        found: Option<u64>,
    },
    /// Where the file will stand once it is complete.
    Destination { path: String },
    Progress {
        received: u64,
        /// The size that the server announced.
        expected: Option<u64>,
        bytes_per_second: f64,
        seconds_left: Option<f64>,
        /// What it would be faster without: `server`, `limit`, `disk` or `checksum`.
        #[serde(skip_serializing_if = "Option::is_none")]
        limited_by: Option<&'static str>,
    },
    /// A line of the log.
    Line {
        at: Option<String>,
        /// `sent`, `received`, `story` or `warning`.
        voice: &'static str,
        text: String,
    },
    /// Of a folder: what there is to fetch, as far as it was looked into.
    Preflight {
        files: u64,
        folders: u64,
        bytes: u64,
        /// Files that are here already.
        unchanged: u64,
        /// Bytes that are free on the disk.
        free: Option<u64>,
        /// Whether everything was looked into.
        is_all: bool,
    },
    /// The last event of each file. Files of a folder are numbered on as they end.
    Ended(Box<Ended>),
}

#[derive(Serialize)]
struct Ended {
    /// `complete`, `skipped`, `needs-a-look`, `failed` or `stopped`.
    verdict: &'static str,
    /// The finished file.
    path: Option<String>,
    /// Its length.
    bytes: Option<u64>,
    /// In small hexadecimal digits.
    sha256: Option<String>,
    /// When it was last changed, as the server says.
    modified: Option<String>,
    seconds: Option<f64>,
    /// The exit code, were this the only file.
    exit_code: u8,
    /// What went wrong.
    message: Option<String>,
    /// What to do next.
    advice: Option<Cow<'static, str>>,
    /// What is kept of a file that is not complete.
    kept: Option<Kept>,
}

#[derive(Serialize)]
struct Kept {
    path: String,
    bytes: u64,
}

/// `None`: of a file in a folder, which is told by itself, and of what the log says in words.
fn what(news: &News) -> Option<What> {
    Some(match news {
        News::Queued => named_phase("queued"),
        News::Phase(Phase::Connecting) => named_phase("connecting"),
        News::Phase(Phase::SigningIn) => named_phase("signing-in"),
        News::Phase(Phase::Looking { found }) => {
            What::Phase { phase: "looking", why: None, until: None, found: Some(*found) }
        }
        News::Phase(Phase::Receiving) => named_phase("receiving"),
        News::Phase(Phase::Finishing) => named_phase("finishing"),
        News::Phase(Phase::Checking) => named_phase("checking"),
        News::Phase(Phase::Waiting { why, until }) => What::Phase {
            phase: "waiting",
            why: Some(words::shown(why)),
            until: utc(*until),
            found: None,
        },
        News::NoRoom(why) => {
            What::Phase { phase: "waiting", why: Some(words::shown(why)), until: None, found: None }
        }
        News::Paused => named_phase("paused"),
        News::Destination(path) => What::Destination { path: path.display().to_string() },
        News::Progress(Progress { received, expected, speed, remaining, brake, .. }) => {
            What::Progress {
                received: *received,
                expected: *expected,
                bytes_per_second: speed.round(),
                seconds_left: remaining.map(|left| left.as_secs_f64()),
                limited_by: brake.map(|brake| match brake {
                    Brake::Server => "server",
                    Brake::Limit => "limit",
                    Brake::Disk => "disk",
                    Brake::Checksum => "checksum",
                }),
            }
        }
        News::Line(Line { at, voice, text }) => What::Line {
            at: utc(*at),
            voice: match voice {
                Voice::Sent => "sent",
                Voice::Received => "received",
                Voice::Story => "story",
                Voice::Warning => "warning",
            },
            text: words::shown(text),
        },
        News::Preflight(preflight) => What::Preflight {
            files: preflight.files,
            folders: preflight.folders,
            bytes: preflight.bytes,
            unchanged: preflight.unchanged,
            free: preflight.free,
            is_all: preflight.is_all,
        },
        News::Facts { .. } | News::Joined(_) | News::Part(_) | News::File(_) | News::Files(_) => {
            return None;
        }
        News::Ended(outcome) => What::Ended(Box::new(ended(outcome))),
    })
}

fn named_phase(phase: &'static str) -> What {
    What::Phase { phase, why: None, until: None, found: None }
}

fn ended(outcome: &Outcome) -> Ended {
    let exit = Exit::of(outcome);
    match outcome {
        Ok(summary) => Ended {
            verdict: match summary.verdict {
                Verdict::Verified { .. } => "verified",
                Verdict::Complete => "complete",
                Verdict::Skipped => "skipped",
            },
            path: Some(summary.path.display().to_string()),
            bytes: Some(summary.length),
            sha256: summary.sha256.map(|sum| words::hex(&sum)),
            modified: summary.modified.and_then(utc),
            seconds: Some(summary.took.as_secs_f64()),
            exit_code: exit.code(),
            message: None,
            advice: None,
            kept: None,
        },
        Err(failure) => Ended {
            verdict: match exit {
                Exit::NeedsALook | Exit::Checksum => "needs-a-look",
                Exit::Interrupted => "stopped",
                _ => "failed",
            },
            path: None,
            bytes: None,
            sha256: None,
            modified: None,
            seconds: None,
            exit_code: exit.code(),
            message: Some(words::shown(&failure.to_string())),
            advice: Some(sentences::advice(failure)),
            kept: failure
                .kept()
                .map(|kept| Kept { path: kept.path.display().to_string(), bytes: kept.length }),
        },
    }
}

/// `2026-11-22T20:31:05Z`. `None` before the year −9999 and after 9999.
fn utc(time: SystemTime) -> Option<String> {
    jiff::Timestamp::try_from(time).ok().map(|time| time.to_string())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::transfer::{Failure, Summary};

    fn json(news: &News) -> String {
        let told = Told { what: what(news).unwrap(), file: 1, url: "ftp://h/a" };
        serde_json::to_string(&told).unwrap()
    }

    #[test]
    fn the_names_of_the_fields_stay_as_they_are() {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(5);
        let summary = Summary {
            path: "a".into(),
            length: 5,
            modified: Some(at),
            sha256: Some([0xab; 32]),
            took: Duration::from_millis(500),
            verdict: Verdict::Complete,
        };
        let line = Line { at, voice: Voice::Sent, text: "PASS ****\u{9b}2J".to_owned() };
        let progress = Progress {
            received: 1,
            expected: Some(5),
            speed: 1.4,
            remaining: None,
            brake: Some(Brake::Limit),
            connections: 1,
        };
        let kept = crate::transfer::Kept { path: "a.part".into(), length: 3 };
        for (news, text) in [
            (News::Phase(Phase::SigningIn), r#""event":"phase","phase":"signing-in""#.to_owned()),
            (
                News::Phase(Phase::Looking { found: 7 }),
                r#""event":"phase","phase":"looking","found":7"#.to_owned(),
            ),
            (
                News::Phase(Phase::Waiting { why: "It was cut".to_owned(), until: at }),
                r#""event":"phase","phase":"waiting","why":"It was cut","until":"1970-01-01T00:00:05Z""#
                    .to_owned(),
            ),
            (News::Destination("a".into()), r#""event":"destination","path":"a""#.to_owned()),
            (
                News::Progress(progress),
                r#""event":"progress","received":1,"expected":5,"bytes_per_second":1.0,"seconds_left":null,"limited_by":"limit""#
                    .to_owned(),
            ),
            (
                News::Line(line),
                r#""event":"line","at":"1970-01-01T00:00:05Z","voice":"sent","text":"PASS ****\\u{9b}2J""#
                    .to_owned(),
            ),
            (
                News::Ended(Ok(summary)),
                format!(
                    r#""event":"ended","verdict":"complete","path":"a","bytes":5,"sha256":"{}","modified":"1970-01-01T00:00:05Z","seconds":0.5,"exit_code":0,"message":null,"advice":null,"kept":null"#,
                    "ab".repeat(32)
                ),
            ),
            (
                News::Ended(Err(Failure::Stopped { kept: Some(kept) })),
                format!(
                    r#""event":"ended","verdict":"stopped","path":null,"bytes":null,"sha256":null,"modified":null,"seconds":null,"exit_code":130,"message":"Stopped","advice":"{}","kept":{{"path":"a.part","bytes":3}}"#,
                    Failure::Stopped { kept: None }.advice()
                ),
            ),
        ] {
            assert_eq!(json(&news), format!(r#"{{{text},"file":1,"url":"ftp://h/a"}}"#));
        }
    }
}
