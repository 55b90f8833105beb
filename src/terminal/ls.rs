//! `ashore ls`: what a folder on a server holds, a line for each entry.

use std::borrow::Cow;
use std::io::{self, Write};
use std::panic::resume_unwind;
use std::process::ExitCode;
use std::time::SystemTime;
use std::{iter, mem, thread};

use crossbeam_channel::{Receiver, bounded};
use serde::Serialize;

use super::flags::Ls;
use super::rows::{Bundle, Row, Rows, is_certain};
use super::{Exit, interrupt, json, plan, say, sentences};
use crate::ftp::listing::{Kind, Modified, Precision, Zone};
use crate::ftp::{Encoding, Limits, in_utf_8};
use crate::transfer::{self, Access, Failure};
use crate::words;

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
    let page = Page::new(flags.json, access.encoding(iter::empty()), io::stdout());
    let (ended, mut page) = thread::scope(|scope| {
        let (to, batches) = bounded(MOST_AHEAD);
        // Putting the lines together takes nearly as long as reading them did.
        let printer = scope.spawn(|| page.fill(batches));
        let mut bundle = Bundle::new(to);
        let ended = transfer::list(access, &limits, &log, &mut |entry| bundle.take(&entry));
        bundle.end();
        (ended, printer.join().unwrap_or_else(|panic| resume_unwind(panic)))
    });
    if page.is_to_guess {
        page.encoding = access.encoding(page.waiting.iter().map(|row| row.name));
    }
    page.end(ended.as_ref().ok().and_then(|end| end.zone));
    match ended {
        Ok(end) => {
            if end.is_open {
                let name = sentences::name(&address);
                let what = "the last line of its list has no end";
                say(&format!("{name}: {what}, but it was the same again: taken for whole."));
            }
            Exit::Complete
        }
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

/// So many times as many may be read before they are printed.
const MOST_AHEAD: usize = 16;

/// So many bytes of what has waited are written at once.
const MOST_TEXT: usize = 64 * 1024;

/// The widths of the columns.
const SIZE_WIDTH: usize = 17;
const DATE_WIDTH: usize = 16;

/// What is printed.
struct Page<W> {
    is_json: bool,
    /// What names are written in that are not UTF-8.
    encoding: Option<Encoding>,
    out: W,
    /// Lines that are not written yet. They wait once there is one of `dates`.
    text: String,
    /// Where in the text the dates stand that are in the server's zone until that is known.
    dates: Vec<(usize, Modified)>,
    /// Entries wait, and all after them, whose name is in an encoding that is still to be guessed. As
    /// JSON also those whose time is in the server's zone.
    waiting: Rows,
    /// One of them at least has a name that is not UTF-8.
    is_to_guess: bool,
    /// The time that was written last: in most folders many files have the same.
    dated: Option<(Modified, String)>,
    /// Nobody reads stdout any more.
    is_unread: bool,
}

impl<W: Write> Page<W> {
    fn new(is_json: bool, encoding: Option<Encoding>, out: W) -> Self {
        Self {
            is_json,
            encoding,
            out,
            text: String::new(),
            dates: Vec::new(),
            waiting: Rows::default(),
            is_to_guess: false,
            dated: None,
            is_unread: false,
        }
    }

    /// Prints what comes until no more comes, or nobody reads it.
    fn fill(mut self, batches: Receiver<Rows>) -> Self {
        for rows in batches {
            rows.iter().for_each(|row| self.take(row));
            if self.dates.is_empty() {
                self.write();
            }
            if self.is_unread {
                break;
            }
        }
        self
    }

    fn take(&mut self, row: Row<'_>) {
        let is_legible = self.encoding.is_some() || std::str::from_utf8(row.name).is_ok();
        let may_be_dated = !self.is_json || is_certain(row.modified);
        if self.waiting.len() == 0 && may_be_dated && is_legible {
            return self.print(row);
        }
        self.is_to_guess |= !is_legible;
        self.waiting.push(row);
    }

    /// Prints what has waited, in UTC if the zone is known.
    fn end(&mut self, zone: Option<Zone>) {
        if self.is_unread {
            return;
        }
        if let Some(zone) = zone.filter(|zone| zone.seconds() != 0) {
            // From the end on: whatever became longer would not move what is still to be corrected.
            for (at, modified) in mem::take(&mut self.dates).into_iter().rev() {
                let old = date(modified).len();
                self.text.replace_range(at..at + old, &date(modified.corrected(zone)));
            }
        }
        for mut row in mem::take(&mut self.waiting).iter() {
            if let (Some(zone), Some(modified)) = (zone, &mut row.modified) {
                *modified = modified.corrected(zone);
            }
            self.print(row);
            if self.text.len() > MOST_TEXT {
                self.write();
            }
        }
        self.write();
    }

    fn print(&mut self, row: Row<'_>) {
        if self.is_json {
            self.text.push_str(&json(row, self.encoding));
        } else {
            let date = dated(&mut self.dated, row.modified);
            let at = columns(row, date, self.encoding, &mut self.text);
            if let Some(modified) = row.modified.filter(|&time| !is_certain(Some(time))) {
                self.dates.push((at, modified));
            }
        }
        self.text.push('\n');
    }

    fn write(&mut self) {
        self.is_unread |=
            self.out.write_all(self.text.as_bytes()).and_then(|()| self.out.flush()).is_err();
        self.text.clear();
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

/// Size, time in UTC, name. A folder ends in `/`, a link names its target. Says where the date begins.
///
/// Put together by hand: the formatting of `std` would take longer than the reading did.
fn columns(row: Row<'_>, date: &str, encoding: Option<Encoding>, line: &mut String) -> usize {
    let size = row.size.map_or_else(|| "-".to_owned(), words::count);
    line.push_str(space(SIZE_WIDTH.saturating_sub(size.chars().count())));
    line.push_str(&size);
    line.push_str("  ");
    let at = line.len();
    line.push_str(date);
    line.push_str(space(DATE_WIDTH.saturating_sub(date.len()) + 2));
    words::show(&legible(row.name, encoding), line);
    match (row.kind, row.target) {
        (Kind::Dir, _) => line.push('/'),
        (_, Some(target)) => {
            line.push_str(" -> ");
            words::show(&legible(target, encoding), line);
        }
        (Kind::File | Kind::Link | Kind::Other, None) => {}
    }
    at
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

fn json(row: Row<'_>, encoding: Option<Encoding>) -> String {
    let name = legible(row.name, encoding);
    let target = row.target.map(|target| legible(target, encoding));
    let is_utf_8 = std::str::from_utf8(row.name).is_ok();
    let told = Told {
        name: &name,
        kind: match row.kind {
            Kind::File => "file",
            Kind::Dir => "dir",
            Kind::Link => "link",
            Kind::Other => "other",
        },
        size: row.size,
        modified: row.modified.and_then(|modified| utc(modified.time)),
        target: target.as_deref(),
        name_bytes: (!is_utf_8).then(|| words::base64(row.name)),
    };
    // Nothing in it can fail to be written.
    json::line(&told)
}

fn utc(time: SystemTime) -> Option<String> {
    jiff::Timestamp::try_from(time).ok().map(|time| time.to_string())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::ftp::listing::Entry;

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
            json((&entry("späße".as_bytes())).into(), None),
            r#"{"name":"späße","kind":"link","size":null,"modified":null,"target":"x"}"#
        );
        assert_eq!(
            json((&entry(b"caf\xe9")).into(), None),
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
            columns(entry.into(), &date(entry.modified.unwrap()), None, &mut line);
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

    #[test]
    fn dates_are_corrected_in_place_once_the_zone_is_known() {
        let modified = |seconds, precision, is_utc| {
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            Some(Modified { time, precision, is_utc })
        };
        let mut rows = Rows::default();
        for (name, modified) in [
            ("certain", modified(0, Precision::Minute, true)),
            ("a", modified(3600, Precision::Minute, false)),
            ("1970-01-01 01:00", modified(3600, Precision::Second, false)),
            ("day", modified(86_400, Precision::Day, false)),
            ("none", None),
            ("z", modified(90_000, Precision::Minute, false)),
        ] {
            let (name, kind) = (name.as_bytes(), Kind::File);
            rows.push(Row { name, kind, size: None, modified, target: None });
        }
        let mut page = Page::new(false, None, Vec::new());
        rows.iter().for_each(|row| page.take(row));
        page.end("+02:00".parse().ok());

        let text = String::from_utf8(page.out).unwrap();
        let lines: Vec<_> = text.lines().map(|line| line.trim_start_matches([' ', '-'])).collect();
        assert_eq!(
            lines,
            [
                "1970-01-01 00:00  certain",
                "1969-12-31 23:00  a",
                "1969-12-31 23:00  1970-01-01 01:00",
                "1970-01-02        day",
                "none",
                "1970-01-01 23:00  z",
            ]
        );
    }
}
