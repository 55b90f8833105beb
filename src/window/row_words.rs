//! What a row says of its transfer. Knows no egui.

use std::time::{Duration, SystemTime};

use super::row::{Row, Stage};
use crate::transfer::{Brake, End, Ending, Files, Phase, Progress};
use crate::words::{self, closed};

/// How far it is at `now`, in words: what the second line says, and what a screen reader hears of
/// the row.
#[must_use]
pub fn state(row: &Row, now: SystemTime) -> String {
    let so_far = |words: &str| match row.progress {
        Some(progress) => format!("{words} · {}", amount(progress)),
        None => words.to_owned(),
    };
    match &row.stage {
        Stage::Waiting { is_stopping: true } | Stage::Running { is_stopping: true, .. } => {
            "Stopping…".to_owned()
        }
        Stage::Waiting { .. } => so_far("Waiting for its turn"),
        Stage::Paused => so_far("Paused"),
        Stage::NoRoom { why } => {
            format!("{} It goes on by itself when there is room", closed(&words::shown(why)))
        }
        Stage::Running { phase, .. } => match (phase, row.progress) {
            (Phase::Connecting, _) => "Connecting…".to_owned(),
            (Phase::SigningIn, _) => "Signing in…".to_owned(),
            (Phase::Looking { found: 0 }, _) => "Looking into the folder…".to_owned(),
            (Phase::Looking { found }, _) => {
                format!("Looking into the folder… {} found", words::count(*found))
            }
            (Phase::Receiving, None) => "Waiting for the first byte…".to_owned(),
            (Phase::Receiving, Some(progress)) => moving(progress),
            (Phase::Finishing, _) => "Finishing…".to_owned(),
            (Phase::Checking, _) => "Checking the checksum…".to_owned(),
            (Phase::Waiting { why, until }, _) => {
                format!("{} Trying again {}", closed(&words::shown(why)), countdown(*until, now))
            }
        },
        Stage::Over { ending, .. } => ended(ending, brought_nothing(row), now),
    }
}

/// Whether it is a folder in which all was here already.
fn brought_nothing(row: &Row) -> bool {
    let is_empty = matches!(row.passage.files, Some(Files { all: Some(0), .. }));
    is_empty && here_already(row).is_none_or(|count| count > 0)
}

/// How many files of a folder were here before, if that is known.
fn here_already(row: &Row) -> Option<u64> {
    Some(row.contents.as_ref()?.preflight.as_ref()?.unchanged)
}

fn ended(ending: &Ending, brought_nothing: bool, now: SystemTime) -> String {
    let sentence = words::shown(&ending.sentence);
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(ending.at.min(1 << 38));
    let at = words::moment(at, now);
    match (ending.end, ending.length, &ending.kept) {
        (End::Complete, ..) if brought_nothing => format!("Nothing new · {at}"),
        (End::Verified | End::Complete, Some(length), _) => {
            format!("{sentence} · {} · {at}", words::bytes(length))
        }
        (End::Verified | End::Complete | End::Skipped, ..) => format!("{sentence} · {at}"),
        (End::Stopped, _, Some(kept)) => {
            format!("{sentence} · {} kept", words::bytes(kept.length))
        }
        _ => sentence,
    }
}

/// `in 12 s`. It is never said to have been in the past.
fn countdown(until: SystemTime, now: SystemTime) -> String {
    match until.duration_since(now) {
        Ok(left) if left > Duration::ZERO => {
            let seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
            format!("in {}", words::duration(Duration::from_secs(seconds)))
        }
        _ => "now".to_owned(),
    }
}

/// When the words of a countdown to `until` change next. `None`: never again.
pub(super) fn next_tick(until: SystemTime, now: SystemTime) -> Option<Duration> {
    let left = until.duration_since(now).ok().filter(|left| !left.is_zero())?;
    let part = Duration::from_nanos(left.subsec_nanos().into());
    Some(if part.is_zero() { Duration::from_secs(1) } else { part } + Duration::from_millis(5))
}

/// `1.2 of 4.1 GB`, or `1.2 GB` of nobody knows how much.
fn amount(Progress { received, expected, .. }: Progress) -> String {
    match expected.filter(|&expected| expected >= received) {
        Some(expected) => words::bytes_of(received, expected),
        None => words::bytes(received),
    }
}

/// `1.2 of 4.1 GB — 11.4 MB/s — 4 min left`.
fn moving(progress: Progress) -> String {
    let amount = amount(progress);
    match pace_of(progress) {
        None => format!("{amount} — waiting for the server"),
        Some((speed, None)) => format!("{amount} — {speed}"),
        Some((speed, Some(left))) => format!("{amount} — {speed} — {left}"),
    }
}

/// `11.4 MB/s`, and `4 min left` if that can be told. `None`: nothing comes.
fn pace_of(Progress { speed, remaining, .. }: Progress) -> Option<(String, Option<String>)> {
    if speed < 1.0 {
        return None;
    }
    // Tenths of a second would only flicker.
    let whole = |time: Duration| Duration::from_secs(time.as_secs().max(1));
    let left = remaining.map(|time| format!("{} left", words::duration(whole(time))));
    Some((words::speed(speed), left))
}

/// What is said apart, where there is room, of one that is on its way: how much is here; how fast it
/// comes; how long it will take.
pub(super) fn moving_apart(row: &Row) -> Option<(String, String, Option<String>)> {
    let is_moving =
        matches!(row.stage, Stage::Running { phase: Phase::Receiving, is_stopping: false, .. });
    let progress = row.progress.filter(|_| is_moving)?;
    let (speed, left) = pace_of(progress)?;
    Some((amount(progress), speed, left))
}

/// `12 of 40 files`, of a folder, and how many of them did not end well.
pub(super) fn files(row: &Row) -> Option<String> {
    let Files { over, bad, all } = row.passage.files?;
    let all = all?.max(over);
    let here = here_already(row).filter(|&count| count > 0);
    let files = |count| if count == 1 { "file" } else { "files" };
    if all == 0 && row.is_over() {
        return here.map(|here| format!("{} {} here already", words::count(here), files(here)));
    }
    let files = files(all);
    let mut text = match over {
        over if over == all => format!("{} {files}", words::count(all)),
        over => format!("{} of {} {files}", words::count(over), words::count(all)),
    };
    if bad > 0 {
        text.push_str(&format!(", {} not complete", words::count(bad)));
    }
    if let Some(here) = here {
        text.push_str(&format!(", {} here already", words::count(here)));
    }
    Some(text)
}

/// What holds back one that is on its way, once that is measured.
pub(super) fn brake(row: &Row) -> Option<Brake> {
    let is_moving = matches!(row.stage, Stage::Running { phase: Phase::Receiving, .. });
    let progress = row.progress.filter(|progress| is_moving && progress.speed >= 1.0)?;
    progress.brake
}

/// `4 connections`, of one that comes over several.
pub(super) fn connections(row: &Row) -> Option<String> {
    let is_moving = matches!(row.stage, Stage::Running { phase: Phase::Receiving, .. });
    let number = row.progress.filter(|_| is_moving)?.connections;
    (number > 1).then(|| format!("{} connections", words::count(number as u64)))
}

/// The share that has arrived, if anybody can know it, and the bytes.
pub(super) fn share(row: &Row) -> (Option<f32>, u64) {
    match (&row.stage, row.progress) {
        (Stage::Running { phase: Phase::Finishing | Phase::Checking, .. }, _) => (Some(1.0), 0),
        (_, None) => (None, 0),
        (_, Some(Progress { received, expected, .. })) => {
            let percent = expected.and_then(|expected| words::percent(received, expected));
            #[expect(clippy::cast_possible_truncation, reason = "0 to 100")]
            (percent.map(|percent| percent as f32 / 100.0), received)
        }
    }
}

/// What Ashore did, and what the person can do.
pub(super) fn what_then(ending: &Ending) -> String {
    let advice = words::shown(&ending.advice);
    match &ending.kept {
        Some(kept) => {
            let name = kept.path.file_name().unwrap_or_default().to_string_lossy();
            let name = words::shown(&name);
            format!("The {} that arrived are kept in {name}. {advice}", words::bytes(kept.length))
        }
        None => advice,
    }
}

/// What is known of a file that is here, for those who want to know more.
pub(super) fn details(ending: &Ending) -> String {
    let mut lines = Vec::new();
    if let Some(path) = &ending.path {
        lines.push(words::shown(&path.to_string_lossy()));
    }
    if let Some(length) = ending.length {
        lines.push(words::counted(length, "byte", "bytes"));
    }
    if let Some(hash) = &ending.sha256 {
        lines.push(format!("SHA-256 {hash}"));
    }
    if !ending.advice.is_empty() {
        lines.push(words::shown(&ending.advice));
    }
    lines.join("\n")
}

/// The beginning and the end of a checksum: enough to compare by eye.
pub(super) fn short_hash(hash: &str) -> String {
    match (hash.get(..8), hash.get(hash.len().saturating_sub(4)..)) {
        (Some(head), Some(tail)) if hash.len() > 16 => format!("{head}…{tail}"),
        _ => hash.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_countdown_ends_and_changes_once_a_second() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(100);
        let after = |ms| now + Duration::from_millis(ms);
        assert_eq!(countdown(after(12_000), now), "in 12 s");
        assert_eq!(countdown(after(11_200), now), "in 12 s");
        assert_eq!(countdown(now, now), "now");
        assert_eq!(countdown(SystemTime::UNIX_EPOCH, now), "now");
        assert_eq!(next_tick(after(11_200), now), Some(Duration::from_millis(205)));
        assert_eq!(next_tick(after(11_000), now), Some(Duration::from_millis(1005)));
        assert_eq!(next_tick(now, now), None);
        assert_eq!(next_tick(SystemTime::UNIX_EPOCH, now), None);
    }
}
