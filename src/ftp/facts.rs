//! What a server says about a file before it sends it (RFC 3659 §3, §4, §7). All of it optional.

use std::time::{Duration, SystemTime};

use jiff::civil;
use jiff::tz::Offset;

/// What a server says about a file. Each fact may be missing, and none is a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Facts {
    /// Its length in bytes (`SIZE`, or `size=` of `MLST`).
    pub size: Option<u64>,
    /// The time of its last change (`MDTM`, or `modify=` of `MLST`; both are UTC).
    pub modified: Option<SystemTime>,
}

impl Facts {
    /// Takes from `other` what is missing here.
    pub(super) fn fill_from(&mut self, other: Self) {
        self.size = self.size.or(other.size);
        self.modified = self.modified.or(other.modified);
    }

    /// Reads the line of an `MLST` reply: ` type=file;size=12;modify=20240102030405; /name`.
    pub(super) fn from_mlst(lines: &[String]) -> Self {
        let mut facts = Self::default();
        let Some(line) = lines.iter().map(|line| line.trim_start()).find(|line| line.contains('='))
        else {
            return facts;
        };
        // RFC 3659 §7.2: the facts end at the first space, the name follows.
        let all = line.split_once(' ').map_or(line, |(facts, _name)| facts);
        for fact in all.split(';') {
            match fact.split_once('=') {
                Some((key, value)) if key.eq_ignore_ascii_case("size") => facts.size = size(value),
                Some((key, value)) if key.eq_ignore_ascii_case("modify") => {
                    facts.modified = time(value);
                }
                _ => {}
            }
        }
        facts
    }
}

/// A size that a file can have: digits alone, below 2^63.
pub(super) fn size(text: &str) -> Option<u64> {
    let text = text.trim();
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let size = text.parse().ok().filter(|_| is_number)?;
    (size <= i64::MAX.unsigned_abs()).then_some(size)
}

/// The size that some servers add to `150`: `Opening BINARY mode data connection (1234 bytes)`.
///
/// A last resort. ProFTPD means the bytes still to come, vsftpd the whole file, Pure-FTPd writes
/// kilobytes; only the form with whole bytes in parentheses is taken.
pub(super) fn size_in_preliminary(text: &str) -> Option<u64> {
    let before = text.rsplit_once(" bytes)")?.0;
    size(before.rsplit_once('(')?.1)
}

/// `YYYYMMDDHHMMSS[.sss]` in UTC (RFC 3659 §2.3).
///
/// Some servers of before 2000 write the year 2002 as 19102.
pub(super) fn time(text: &str) -> Option<SystemTime> {
    let text = text.trim();
    let digits = text.split('.').next().filter(|d| d.bytes().all(|b| b.is_ascii_digit()))?;
    let (year, rest) = match digits.len() {
        14 => (digits.get(..4)?.parse().ok()?, digits.get(4..)?),
        15 if digits.starts_with("19") => {
            (1900 + digits.get(2..5)?.parse::<i16>().ok()?, digits.get(5..)?)
        }
        _ => return None,
    };
    let field = |at: usize| rest.get(at..at + 2).and_then(|two| two.parse::<i8>().ok());
    // A leap second is written 60; no clock here knows it.
    let second = field(8)?.min(59);
    let time = civil::DateTime::new(year, field(0)?, field(2)?, field(4)?, field(6)?, second, 0);
    utc(time.ok()?)
}

/// The moment at which a clock in UTC shows `time`.
pub(super) fn utc(time: civil::DateTime) -> Option<SystemTime> {
    since_epoch(Offset::UTC.to_timestamp(time).ok()?.as_second())
}

/// The moment so many seconds after the beginning of 1970.
pub(super) fn since_epoch(seconds: i64) -> Option<SystemTime> {
    let since = Duration::from_secs(seconds.unsigned_abs());
    let epoch = SystemTime::UNIX_EPOCH;
    if seconds < 0 { epoch.checked_sub(since) } else { epoch.checked_add(since) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_that_no_file_can_have_counts_as_unknown() {
        for (text, expected) in [
            ("0", Some(0)),
            (" 1234 ", Some(1234)),
            ("8796093022208", Some(8_796_093_022_208)),
            ("-1", None),
            ("+5", None),
            ("", None),
            ("12 34", None),
            ("99999999999999999999999", None),
            ("18446744073709551615", None),
        ] {
            assert_eq!(size(text), expected, "in {text:?}");
        }
    }

    #[test]
    fn only_whole_bytes_in_parentheses_count_as_a_size_in_the_150_reply() {
        for (text, expected) in [
            ("Opening BINARY mode data connection for big (1234 bytes).", Some(1234)),
            ("Opening connection for x (12 bytes) (1234 bytes).", Some(1234)),
            ("976.6 kbytes to download", None),
            ("Opening (-1 bytes)", None),
            ("go", None),
        ] {
            assert_eq!(size_in_preliminary(text), expected, "in {text:?}");
        }
    }

    #[test]
    fn times_are_utc_and_what_is_no_time_is_none() {
        let at = |seconds| Some(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
        for (text, expected) in [
            ("20240229123456", at(1_709_210_096)),
            ("20240229123456.789", at(1_709_210_096)),
            ("191020101000000", at(1_009_843_200)),
            ("20240230000000", None),
            ("2024", None),
            ("yesterday", None),
            ("٢٠٢٤٠٢٢٩١٢٣٤٥٦", None),
        ] {
            assert_eq!(time(text), expected, "in {text:?}");
        }
    }

    #[test]
    fn the_facts_of_mlst_are_read_whatever_their_order_and_case() {
        let lines = ["Listing", " Type=file;MODIFY=20240229123456;Size=7; a;size=9 b", "End"];
        let facts = Facts::from_mlst(&lines.map(str::to_owned));
        assert_eq!((facts.size, facts.modified), (Some(7), time("20240229123456")));
    }
}
