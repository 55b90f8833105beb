//! The lines that nearly all servers print, read in one go.

use jiff::civil::DateTime;

use super::date::{Day, clock, year};
use super::line::{number, small};
use super::months::month;
use super::unix::named;
use super::{Entry, Kind, Modified};

/// Reads lines such as `-rw-r--r-- 1 root wheel 531 Jan 29 03:26 name`, of a file or a folder.
///
/// It saves [`unix::entry`](super::unix::entry) the search for the words, and most of the time of a long
/// listing. Whatever it reads, is read there just the same; it gives `None` for all that could mean
/// something else there, such as an owner who is called 2003.
///
/// In most folders a line begins as the one before, and many have the same date: these are looked at once.
#[derive(Debug)]
pub(super) struct Usual {
    now: DateTime,
    /// From the permissions to the group, and what that means.
    head: Vec<u8>,
    kind: Kind,
    /// From the month to the time of day, and what that means. None with a year: a time may follow it.
    date: Vec<u8>,
    modified: Option<Modified>,
}

impl Usual {
    /// `now` is what dates without a year are taken to be close to.
    pub(super) fn new(now: DateTime) -> Self {
        Self { now, head: Vec::new(), kind: Kind::File, date: Vec::new(), modified: None }
    }

    pub(super) fn entry(&mut self, line: &[u8]) -> Option<Entry> {
        let rest = match after(line, &self.head) {
            Some(rest) => rest,
            None => self.learn_head(line)?,
        };
        let (size, rest) = word(rest)?;
        let is_size = size.iter().all(u8::is_ascii_digit) && year(size).is_none();
        let size = number(size).filter(|_| is_size)?;
        let (modified, rest) = match after(rest, &self.date) {
            Some(rest) => (self.modified, rest),
            None => self.learn_date(rest)?,
        };
        let name = rest.get(1..).filter(|name| !name.is_empty())?;
        let mut entry = named(name, self.kind, Some(size));
        entry.modified = modified;
        Some(entry)
    }

    /// What stands behind the permissions, the links, the owner and the group.
    fn learn_head<'l>(&mut self, line: &'l [u8]) -> Option<&'l [u8]> {
        let (permissions, rest) = line.split_at_checked(10)?;
        let (letter, bits) = permissions.split_first()?;
        let kind = match letter {
            b'-' => Kind::File,
            b'd' => Kind::Dir,
            _ => return None,
        };
        if !bits.iter().all(|bit| matches!(bit, b'-' | b'r' | b'w' | b'x')) {
            return None;
        }
        let (links, rest) = word(rest)?;
        let (owner, rest) = word(rest)?;
        let (group, rest) = word(rest)?;
        number(links)?;
        let is_plain =
            |name: &[u8]| name.iter().all(u8::is_ascii_alphanumeric) && year(name).is_none();
        if !is_plain(owner) || !is_plain(group) {
            return None;
        }
        self.kind = kind;
        remember(&mut self.head, line, rest);
        Some(rest)
    }

    /// The date, and what stands behind it.
    fn learn_date<'l>(&mut self, line: &'l [u8]) -> Option<(Option<Modified>, &'l [u8])> {
        let (name_of_month, rest) = word(line)?;
        let (day, rest) = word(rest)?;
        let (last, rest) = word(rest)?;
        if !name_of_month.iter().all(u8::is_ascii_alphabetic) {
            return None;
        }
        let day = |year| Day::new(year, month(name_of_month)?, small(day, 2)?);
        let Some(clock) = clock(last) else {
            let is_time_next = rest.trim_ascii_start().first().is_some_and(u8::is_ascii_digit);
            let year = year(last).filter(|_| !is_time_next)?;
            return Some((day(Some(year))?.at(None, self.now), rest));
        };
        if clock.has_seconds() {
            return None;
        }
        self.modified = day(None)?.at(Some(clock), self.now);
        remember(&mut self.date, line, rest);
        Some((self.modified, rest))
    }
}

/// What stands behind a beginning that is known, where its last word ends there too.
fn after<'l>(line: &'l [u8], beginning: &[u8]) -> Option<&'l [u8]> {
    line.strip_prefix(beginning).filter(|rest| !beginning.is_empty() && rest.first() == Some(&b' '))
}

/// Remembers the line up to what is left of it.
fn remember(beginning: &mut Vec<u8>, line: &[u8], rest: &[u8]) {
    beginning.clear();
    beginning.extend_from_slice(line.strip_suffix(rest).unwrap_or_default());
}

/// The word that follows after one space or several, and what stands behind it.
fn word(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let is_space = |byte: &u8| *byte == b' ';
    let start = bytes.iter().position(|byte| !is_space(byte)).filter(|&start| start > 0)?;
    let bytes = bytes.get(start..)?;
    bytes.split_at_checked(bytes.iter().position(is_space)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::line::Line;
    use super::super::tests::now;
    use super::super::{date, unix};
    use super::*;

    /// The lines, as they are read here one after the other and where all is read.
    fn both(lines: &[String]) -> Vec<(Option<Entry>, Option<Entry>)> {
        let now = date::civil(now());
        let (mut usual, mut room) = (Usual::new(now), Vec::new());
        let read = |line: &String| {
            let line = Line::new(line.as_bytes(), &mut room);
            (usual.entry(line.bytes()), unix::entry(&line, now))
        };
        lines.iter().map(read).collect()
    }

    #[test]
    fn what_servers_print_is_read_here() {
        let lines = [
            "-rw-r--r--    1 0        0               0 Nov 23 16:09 entry with a name 1.dat",
            "-rw-r--r--    1 0        0              12 Nov 23 16:09 2",
            "-rw-r--r--    1 0        0              12 Nov 23 16:091 3",
            "-rw-r--r--    1 0        01             12 Nov 23 16:09 4",
            "-rwxr-xr-x   1 ftp      ftp       1048576 Jan  1  2019 ubuntu.iso",
            "drwxr-xr-x   3 owner    group        4096 Feb 30 24:00  folder/",
            "-rw------- 1 a b 9223372036854775807 Okt 8 9:47 a",
        ]
        .map(str::to_owned);
        for (line, (here, there)) in lines.iter().zip(both(&lines)) {
            assert_eq!(here.is_some(), !line.ends_with('3'), "{line}");
            assert!(here.is_none() || here == there, "{line} {here:?} {there:?}");
        }
    }

    /// Words that could stand in several places.
    fn any_word() -> impl Strategy<Value = String> {
        let words = "0 1 7 12 31 32 531 1999 2003 19103 20031012 9223372036854775808 root www-data \
            may Mar Nov Sep09 Th1 Mon Sat, 3. 8, 16:09 9:47 03:26:12 09.47 24:00 2003-10-08 08.10.2003 \
            10/08 1.5k 1,234 + ? 10月 янв name name/ <DIR> AM PM Z +0200";
        let words: Vec<_> = words.split_whitespace().map(str::to_owned).collect();
        prop_oneof![3 => prop::sample::select(words), 1 => "[0-9]{1,5}", 1 => "[a-zA-Z0-9]{1,4}"]
    }

    /// A line whose words are mostly where they belong, and the space that stands before one of them.
    fn any_line() -> impl Strategy<Value = (Vec<String>, &'static str, usize)> {
        let mostly =
            |usual: &'static str| prop_oneof![3 => usual.prop_map(|it| it), 1 => any_word()];
        let words = (
            mostly("[-d][-rwx]{9}"),
            mostly("[0-9]{1,2}"),
            mostly("(root|[0-9]{1,4})"),
            mostly("(ftp|[0-9]{1,4})"),
            mostly("[0-9]{1,5}"),
            mostly("(Jan|Feb|Mar|Nov|okt|Mai)"),
            mostly("[0-9]{1,2}"),
            mostly("([0-9]{1,2}:[0-9]{2}|[12][09][0-9]{2})"),
            prop::collection::vec(any_word(), 0..4),
            prop::sample::select(vec![" ", "  ", "\t", " \t"]),
            0..12_usize,
        );
        words.prop_map(|(a, b, c, d, e, f, g, h, name, space, at)| {
            ([a, b, c, d, e, f, g, h].into_iter().chain(name).collect(), space, at)
        })
    }

    /// A line, and those that have some of their words from the one before.
    fn any_lines() -> impl Strategy<Value = Vec<String>> {
        prop::collection::vec((any_line(), any::<u16>()), 1..4).prop_map(|lines| {
            let mut before: Vec<String> = Vec::new();
            let line = |((mut words, space, at), kept): ((Vec<String>, _, _), u16)| {
                for (index, (word, old)) in words.iter_mut().zip(&before).enumerate() {
                    if kept >> (index % 16) & 1 == 1 {
                        word.clone_from(old);
                    }
                }
                before.clone_from(&words);
                let mut line = String::new();
                for (index, word) in words.iter().enumerate() {
                    line.push_str(match index {
                        0 => "",
                        index if index == at => space,
                        _ => " ",
                    });
                    line.push_str(word);
                }
                line
            };
            lines.into_iter().map(line).collect()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn what_is_read_here_is_read_the_same_where_all_is_read(lines in any_lines()) {
            for (here, there) in both(&lines) {
                prop_assert!(here.is_none() || here == there, "{here:?} {there:?}");
            }
        }
    }
}
