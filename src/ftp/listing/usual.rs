//! The lines that nearly all servers print, read in one go.

use jiff::civil::DateTime;

use super::date::{Day, clock, year};
use super::line::{number, small};
use super::months::month;
use super::unix::named;
use super::{Entry, Kind};

/// Reads a line such as `-rw-r--r-- 1 root wheel 531 Jan 29 03:26 name`, of a file or a folder.
///
/// It saves [`unix::entry`](super::unix::entry) the search for the words, and half of the
/// time of a long listing. Whatever it reads, is read there just the same; it gives `None` for all that
/// could mean something else there, such as an owner who is called 2003.
pub(super) fn entry(bytes: &[u8], now: DateTime) -> Option<Entry> {
    let (permissions, rest) = bytes.split_at_checked(10)?;
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
    let (size, rest) = word(rest)?;
    let (name_of_month, rest) = word(rest)?;
    let (day, rest) = word(rest)?;
    let (last, rest) = word(rest)?;
    let name = rest.get(1..).filter(|name| !name.is_empty())?;

    number(links)?;
    let bytes = number(size)?;
    let is_plain = |word: &[u8]| word.iter().all(u8::is_ascii_alphanumeric) && year(word).is_none();
    let is_certain = is_plain(owner) && is_plain(group) && is_plain(size);
    if !is_certain || !name_of_month.iter().all(u8::is_ascii_alphabetic) {
        return None;
    }
    let (year, clock) = match clock(last) {
        Some(clock) if clock.has_seconds() => return None,
        Some(clock) => (None, Some(clock)),
        // A time may follow.
        None if name.trim_ascii_start().first().is_some_and(u8::is_ascii_digit) => return None,
        None => (Some(year(last)?), None),
    };
    let day = Day::new(year, month(name_of_month)?, small(day, 2)?)?;
    let mut entry = named(name, kind, Some(bytes));
    entry.modified = day.at(clock, now);
    Some(entry)
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

    fn both(line: &str) -> (Option<Entry>, Option<Entry>) {
        let now = date::civil(now());
        let mut room = Vec::new();
        let line = Line::new(line.as_bytes(), &mut room);
        (entry(line.bytes(), now), unix::entry(&line, now))
    }

    #[test]
    fn what_servers_print_is_read_here() {
        for line in [
            "-rw-r--r--    1 0        0               0 Nov 23 16:09 entry with a name 1.dat",
            "-rwxr-xr-x   1 ftp      ftp       1048576 Jan  1  2019 ubuntu.iso",
            "drwxr-xr-x   3 owner    group        4096 Feb 30 24:00  folder/",
            "-rw------- 1 a b 9223372036854775807 Okt 8 9:47 a",
        ] {
            let (here, there) = both(line);
            assert!(here.is_some(), "{line}");
            assert_eq!(here, there, "{line}");
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

    /// A line whose words are mostly where they belong.
    fn any_line() -> impl Strategy<Value = String> {
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
            let mut line = String::new();
            let words = [a, b, c, d, e, f, g, h].into_iter().chain(name).enumerate();
            for (index, word) in words {
                line.push_str(match index {
                    0 => "",
                    index if index == at => space,
                    _ => " ",
                });
                line.push_str(&word);
            }
            line
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn what_is_read_here_is_read_the_same_where_all_is_read(line in any_line()) {
            let (here, there) = both(&line);
            prop_assert!(here.is_none() || here == there, "{here:?} {there:?}");
        }
    }
}
