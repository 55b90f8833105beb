//! `ashore ls`: what a folder on a server holds, a line for each entry.

use std::borrow::Cow;
use std::io::{self, BufWriter, StdoutLock, Write};
use std::iter;
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime};

use serde::Serialize;

use super::flags::Ls;
use super::{Exit, interrupt, json, plan, say, sentences};
use crate::ftp::listing::{Entry, Kind, ListingEnd, Modified, Precision};
use crate::ftp::{Encoding, Limits, in_utf_8};
use crate::transfer::{self, Access, Failure};
use crate::words;

/// How long an entry may wait in the buffer for the next one. Short enough to watch a listing grow.
const MOST_DELAY: Duration = Duration::from_millis(100);

/// Lists the folder that the command line names, on stdout.
///
/// The first Ctrl-C ends it. `end_at_once` is called from another thread at the second one; it should
/// end the process.
#[must_use]
pub fn ls(flags: &Ls, end_at_once: fn()) -> ExitCode {
    // First of all: Ctrl-C while a password is typed must leave the terminal as it was.
    let (stop, _) = interrupt::first_stop(end_at_once);
    let planned = plan::commons(&flags.connection, false)
        .and_then(|commons| Ok((plan::folder(flags, &commons)?, commons)));
    let ((address, trust), commons) = match planned {
        Ok(planned) => planned,
        Err(refusal) => {
            for sentence in refusal.sentences {
                say(&format!("ashore: {sentence}."));
            }
            return refusal.exit.into();
        }
    };
    let limits = Limits { patience: flags.connection.timeout, stop };
    let log = |line| {
        if flags.verbose {
            say(&sentences::log_line(&line));
        }
    };
    let security = flags.connection.tls.into();
    let way = flags.connection.way();
    let access = Access { address: &address, security, trust: &trust, way, commons: &commons };
    let mut page = Page::new(flags.json, access);
    let ended = transfer::list(access, &limits, &log, &mut |entry| page.take(entry));
    page.end(ended.as_ref().ok());
    match ended {
        Ok(_) => Exit::Complete,
        // Whoever reads us has read enough.
        Err(_) if page.is_unread => Exit::Complete,
        Err(Failure::Stopped { .. }) => Exit::Interrupted,
        Err(failure) => {
            say(&sentences::failed(&sentences::name(&address), &failure));
            Exit::of(&Err(failure))
        }
    }
    .into()
}

/// So many bytes are written at once, unless they come slowly.
const AT_ONCE: usize = 64 * 1024;

/// The widths of the columns.
const SIZE_WIDTH: usize = 17;
const DATE_WIDTH: usize = 16;

/// What is printed.
struct Page<'a> {
    is_json: bool,
    access: Access<'a>,
    /// What names are written in that are not UTF-8.
    encoding: Option<Encoding>,
    out: BufWriter<StdoutLock<'static>>,
    /// Room for one line.
    line: String,
    flushed: Instant,
    /// Entries wait, and all after them, whose time is in the server's zone until that is known, or
    /// whose name is in an encoding that is still to be guessed.
    waiting: Vec<Entry>,
    /// One of them at least has a name that is not UTF-8.
    is_to_guess: bool,
    /// The time that was written last: in most folders many files have the same.
    dated: Option<(Modified, String)>,
    /// Nobody reads stdout any more.
    is_unread: bool,
}

impl<'a> Page<'a> {
    fn new(is_json: bool, access: Access<'a>) -> Self {
        Self {
            is_json,
            access,
            encoding: access.encoding(iter::empty()),
            out: BufWriter::with_capacity(AT_ONCE, io::stdout().lock()),
            line: String::new(),
            flushed: Instant::now(),
            waiting: Vec::new(),
            is_to_guess: false,
            dated: None,
            is_unread: false,
        }
    }

    fn take(&mut self, entry: Entry) -> ControlFlow<()> {
        let is_certain =
            entry.modified.is_none_or(|time| time.is_utc || time.precision == Precision::Day);
        let is_legible = self.encoding.is_some() || std::str::from_utf8(&entry.name).is_ok();
        if !self.waiting.is_empty() || !is_certain || !is_legible {
            self.is_to_guess |= !is_legible;
            self.waiting.push(entry);
            return ControlFlow::Continue(());
        }
        self.print(&entry);
        if self.flushed.elapsed() > MOST_DELAY {
            self.is_unread |= self.out.flush().is_err();
            self.flushed = Instant::now();
        }
        if self.is_unread { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Prints what has waited, in UTC if the end says how.
    fn end(&mut self, end: Option<&ListingEnd>) {
        let zone = end.and_then(|end| end.zone);
        if self.is_to_guess {
            let names = self.waiting.iter().map(|entry| entry.name.as_slice());
            self.encoding = self.access.encoding(names);
        }
        for mut entry in std::mem::take(&mut self.waiting) {
            if let (Some(zone), Some(modified)) = (zone, &mut entry.modified) {
                *modified = modified.corrected(zone);
            }
            self.print(&entry);
        }
        self.is_unread |= self.out.flush().is_err();
    }

    fn print(&mut self, entry: &Entry) {
        if self.is_unread {
            return;
        }
        self.line.clear();
        match self.is_json {
            true => self.line.push_str(&json(entry, self.encoding)),
            false => {
                let date = dated(&mut self.dated, entry.modified);
                columns(entry, date, self.encoding, &mut self.line);
            }
        }
        self.line.push('\n');
        self.is_unread |= self.out.write_all(self.line.as_bytes()).is_err();
    }
}

/// The text for a time. `last`: the one before, with its text.
fn dated(last: &mut Option<(Modified, String)>, modified: Option<Modified>) -> &str {
    let Some(modified) = modified else { return "-" };
    if last.as_ref().is_none_or(|(last, _)| *last != modified) {
        *last = None;
    }
    &last.get_or_insert_with(|| (modified, date(modified))).1
}

/// Size, time in UTC, name. A folder ends in `/`, a link names its target.
///
/// Put together by hand: the formatting of `std` would take longer than the reading did.
fn columns(entry: &Entry, date: &str, encoding: Option<Encoding>, line: &mut String) {
    let size = entry.size.map_or_else(|| "-".to_owned(), words::count);
    line.push_str(space(SIZE_WIDTH.saturating_sub(size.chars().count())));
    line.push_str(&size);
    line.push_str("  ");
    line.push_str(date);
    line.push_str(space(DATE_WIDTH.saturating_sub(date.len()) + 2));
    words::show(&legible(&entry.name, encoding), line);
    match (&entry.kind, &entry.target) {
        (Kind::Dir, _) => line.push('/'),
        (_, Some(target)) => {
            line.push_str(" -> ");
            words::show(&legible(target, encoding), line);
        }
        (Kind::File | Kind::Link | Kind::Other, None) => {}
    }
}

/// So many spaces, at most as many as a column is wide.
fn space(width: usize) -> &'static str {
    "                    ".get(..width).unwrap_or_default()
}

fn date(modified: Modified) -> String {
    let Ok(time) = jiff::Timestamp::try_from(modified.time) else { return "-".to_owned() };
    let time = jiff::tz::Offset::UTC.to_datetime(time);
    let mut text = String::with_capacity(DATE_WIDTH);
    let mut two = |mark: &str, number: u16| {
        let digit = |digit: u16| char::from_digit((digit % 10).into(), 10).unwrap_or('?');
        text.push_str(mark);
        text.extend([digit(number / 10), digit(number)]);
    };
    let [month, day, hour, minute] = [time.month(), time.day(), time.hour(), time.minute()]
        .map(|number| number.unsigned_abs().into());
    let year = time.year().unsigned_abs();
    two("", year / 100);
    two("", year);
    two("-", month);
    two("-", day);
    if modified.precision != Precision::Day {
        two(" ", hour);
        two(":", minute);
    }
    text
}

#[derive(Serialize)]
struct Told<'a> {
    name: &'a str,
    kind: &'static str,
    size: Option<u64>,
    modified: Option<String>,
    target: Option<&'a str>,
    /// The name in base64, if it is not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    name_bytes: Option<String>,
}

/// A name for people; what cannot be read is shown as `�`.
fn legible(name: &[u8], encoding: Option<Encoding>) -> Cow<'_, str> {
    match std::str::from_utf8(name) {
        Ok(name) => Cow::Borrowed(name),
        Err(_) => String::from_utf8_lossy(&in_utf_8(name, encoding)).into_owned().into(),
    }
}

fn json(entry: &Entry, encoding: Option<Encoding>) -> String {
    let name = legible(&entry.name, encoding);
    let target = entry.target.as_deref().map(|target| legible(target, encoding));
    let is_utf_8 = std::str::from_utf8(&entry.name).is_ok();
    let told = Told {
        name: &name,
        kind: match entry.kind {
            Kind::File => "file",
            Kind::Dir => "dir",
            Kind::Link => "link",
            Kind::Other => "other",
        },
        size: entry.size,
        modified: entry.modified.and_then(|modified| utc(modified.time)),
        target: target.as_deref(),
        name_bytes: (!is_utf_8).then(|| words::base64(&entry.name)),
    };
    // Nothing in it can fail to be written.
    json::line(&told)
}

fn utc(time: SystemTime) -> Option<String> {
    jiff::Timestamp::try_from(time).ok().map(|time| time.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_not_utf_8_is_told_in_base64_too() {
        let entry = |name: &[u8]| Entry {
            name: name.to_vec(),
            kind: Kind::Link,
            size: None,
            modified: None,
            target: Some(b"x".to_vec()),
        };
        assert_eq!(
            json(&entry("späße".as_bytes()), None),
            r#"{"name":"späße","kind":"link","size":null,"modified":null,"target":"x"}"#
        );
        assert_eq!(
            json(&entry(b"caf\xe9"), None),
            r#"{"name":"caf�","kind":"link","size":null,"modified":null,"target":"x","name_bytes":"Y2Fm6Q=="}"#
        );
    }

    #[test]
    fn the_columns_stand_in_line_and_no_name_can_paint_over_them() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(86_400);
        let modified = |precision| Some(Modified { time, precision, is_utc: true });
        let file = Entry {
            name: b"a\x1b[2Jb".to_vec(),
            kind: Kind::File,
            size: Some(1_234_567),
            modified: modified(Precision::Second),
            target: None,
        };
        let line = |entry: &Entry| {
            let mut line = String::new();
            columns(entry, &date(entry.modified.unwrap()), None, &mut line);
            line
        };
        assert_eq!(line(&file), "        1,234,567  1970-01-02 00:00  a\\u{1b}[2Jb");
        let dir = Entry {
            name: b"pub".to_vec(),
            kind: Kind::Dir,
            size: None,
            modified: modified(Precision::Day),
            target: None,
        };
        assert_eq!(line(&dir), "                -  1970-01-02        pub/");
    }
}
