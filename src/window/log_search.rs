//! Lines of the log that are not in memory any more, found again in its files.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _};

use super::log::{Filter, Hunt, MOST_FOUND, Talk, sign};
use crate::ftp::Stop;
use crate::transfer::{Line, TransferId, Voice};
use crate::words;

/// How often it is looked whether anybody still waits for what is found, in lines.
const LOOK_UP: u64 = 4096;

/// A line as it stands in the file, with its end.
pub(super) fn written(talk: &Talk, line: &Line) -> String {
    let (at, sign, text) = (words::stamp(line.at), sign(line.voice), words::shown(&line.text));
    match talk {
        Talk::Transfer(id) => format!("{at} #{} {sign} {text}\n", id.0),
        Talk::Visit(host) => format!("{at} @{host} {sign} {text}\n"),
    }
}

/// What stands in the file, read again. `None`: it is no such line.
fn read(text: &str) -> Option<(Talk, Line)> {
    let (at, rest) = text.split_at_checked(19)?;
    let (about, rest) = rest.strip_prefix(' ')?.split_once(' ')?;
    let talk = match about.split_at_checked(1)? {
        ("#", id) => Talk::Transfer(TransferId(id.parse().ok()?)),
        ("@", host) => Talk::Visit(host.into()),
        _ => return None,
    };
    let (who, text) = rest.split_once(' ').unwrap_or((rest, ""));
    let voices = [Voice::Sent, Voice::Received, Voice::Story, Voice::Warning];
    let voice = voices.into_iter().find(|voice| who.chars().eq([sign(*voice)]))?;
    Some((talk, Line { at: words::from_stamp(at)?, voice, text: text.to_owned() }))
}

/// Files of the log, the oldest first, each with how much of it there was.
pub(super) type Files = Vec<(File, u64)>;

/// Finds the lines that `hunt` is about, in their order: the newest of them, if they are many; then
/// `true`.
///
/// # Errors
///
/// If a file cannot be read, or `stop` is given.
pub(super) fn find(
    files: &Files,
    hunt: &Hunt,
    stop: &Stop,
) -> io::Result<(Vec<(Talk, Line)>, bool)> {
    let mut found = std::collections::VecDeque::new();
    let mut is_cut = false;
    each(files, hunt, stop, &mut |talk, line| {
        if found.len() >= MOST_FOUND {
            found.pop_front();
            is_cut = true;
        }
        found.push_back((talk, line));
        Ok(())
    })?;
    Ok((found.into(), is_cut))
}

/// Hands on every line that `hunt` is about.
///
/// # Errors
///
/// Those of [`find`], and what `take` says.
pub(super) fn each(
    files: &Files,
    hunt: &Hunt,
    stop: &Stop,
    take: &mut dyn FnMut(Talk, Line) -> io::Result<()>,
) -> io::Result<()> {
    let mut all = 0;
    scan(files, stop, &mut |_| {
        all += 1;
        Ok(())
    })?;
    let end = all - hunt.in_memory.min(all);
    let begin = end - hunt.older.min(end);
    let Hunt { filter, .. } = hunt;
    let search = filter.search();
    let mut at = 0;
    scan(files, stop, &mut |text| {
        let is_ours = (begin..end).contains(&at);
        at += 1;
        if !is_ours {
            return Ok(());
        }
        match read(&String::from_utf8_lossy(text)) {
            Some((talk, line)) if Filter::shows(filter, &talk, &line, &search) => take(talk, line),
            _ => Ok(()),
        }
    })
}

/// Hands on every line, without its end.
fn scan(
    files: &Files,
    stop: &Stop,
    take: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut text = Vec::new();
    let mut lines = 0;
    for (file, length) in files {
        let mut file = file;
        io::Seek::rewind(&mut file)?;
        let mut reader = BufReader::with_capacity(1 << 18, file.take(*length));
        loop {
            text.clear();
            if reader.read_until(b'\n', &mut text)? == 0 {
                break;
            }
            lines += 1;
            if lines % LOOK_UP == 0 && stop.is_given() {
                return Err(io::ErrorKind::Interrupted.into());
            }
            take(text.strip_suffix(b"\n").unwrap_or(&text))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, SystemTime};

    #[test]
    fn what_was_written_is_read_again() {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        for talk in [TransferId(7).into(), Talk::Visit("ftp.example.org".into())] {
            for (voice, text) in [
                (Voice::Sent, "RETR a b"),
                (Voice::Received, "226 Done"),
                (Voice::Story, "Späße"),
                (Voice::Warning, ""),
            ] {
                let line = Line { at, voice, text: text.to_owned() };
                let text = written(&talk, &line);
                assert_eq!(read(text.trim_end_matches('\n')), Some((talk.clone(), line)), "{text}");
            }
        }
        for text in ["", "… 7 lines are lost", "2026-11-22 14:02:11 #x → a", "ü"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
