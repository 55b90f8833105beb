//! The date and time that `ls` prints before a name: several words, in the order of the country.

use jiff::civil::DateTime;

use super::Modified;
use super::date::{Clock, Day, clock, clock_at, date, iso, year};
use super::line::{Line, number, small};
use super::months::month;

/// A date, what it means, and where the next word is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stamp {
    /// `None` for a day that no calendar has.
    pub(super) modified: Option<Modified>,
    /// The word after it.
    pub(super) next: usize,
    /// It may be narrower than its column: what follows begins at that word, and not one space after.
    pub(super) is_padded: bool,
}

/// Reads the date that begins with the word `at`.
pub(super) fn stamp(line: &Line<'_>, at: usize, now: DateTime) -> Option<Stamp> {
    // Nearly all dates are the first form, and are not handed through the others.
    let stamp = named(line, at, now);
    if stamp.is_some() { stamp } else { rare(line, at, now) }
}

/// Whether a date such as `Oct 8 09:47` begins with the word `at`, its month in letters.
pub(super) fn in_words(line: &Line<'_>, at: usize) -> bool {
    let word = line.word(at);
    let is_day = || day_number(line.word(at + 1)).is_some();
    let is_time = |word| clock(word).is_some() || year(word).is_some();
    word.iter().all(u8::is_ascii_alphabetic)
        && month(word).is_some()
        && is_day()
        && is_time(line.word(at + 2))
}

fn rare(line: &Line<'_>, at: usize, now: DateTime) -> Option<Stamp> {
    year_month_day(line, at, now)
        .or_else(|| marked(line, at, now))
        .or_else(|| whole(line, at, now))
        .or_else(|| split(line, at, now))
}

/// `Oct 8 09:47`, `Oct 8 2002`, `8. Okt 2002`, `Oct 08, 2002 09:47`, `Oct 8 09:47:12 2002`.
fn named(line: &Line<'_>, at: usize, now: DateTime) -> Option<Stamp> {
    let at = at + usize::from(is_weekday(line.word(at)));
    let (month, day) = match month(line.word(at)) {
        Some(month) => (month, day_number(line.word(at + 1))?),
        None => (month(line.word(at + 1))?, day_number(line.word(at))?),
    };
    with_rest(line, at + 2, month, day, now)
}

/// `Sun Jan 30 11:42:13 2011`, as `ctime` writes it.
fn is_weekday(word: &[u8]) -> bool {
    const DAYS: [&[u8]; 7] = [b"mon", b"tue", b"wed", b"thu", b"fri", b"sat", b"sun"];
    if !word.first().is_some_and(u8::is_ascii_alphabetic) {
        return false;
    }
    let word = word.strip_suffix(b",").unwrap_or(word);
    DAYS.iter().any(|day| day.eq_ignore_ascii_case(word))
}

/// `2005 3 13`: no time follows.
fn year_month_day(line: &Line<'_>, at: usize, now: DateTime) -> Option<Stamp> {
    let (year, month) = (year(line.word(at))?, small(line.word(at + 1), 2)?);
    let day = small(line.word(at + 2), 2)?;
    let is_day = (1..=12).contains(&month) && (1..=31).contains(&day);
    is_day.then(|| made(Day { year: Some(year), month, day }, None, now, at + 3))
}

/// A date in a language that is not known here, or one that no calendar has: a word, a day, and a
/// time or a year. It tells where the name begins.
pub(super) fn unknown(line: &Line<'_>, at: usize) -> Option<Stamp> {
    let is_day = |word| day_number(word).is_some();
    let is_word = |word: &[u8]| word.iter().any(|b| !b.is_ascii_digit()) && word.len() <= 24;
    let (first, second) = (line.word(at), line.word(at + 1));
    let rest = line.word(at + 2);
    let is_time = rest.contains(&b':') && rest.iter().all(|b| b.is_ascii_digit() || *b == b':');
    let is_date = (is_word(first) && is_day(second)) || (is_day(first) && is_word(second));
    (is_date && (is_time || year(rest).is_some())).then_some(Stamp {
        modified: None,
        next: at + 3,
        is_padded: false,
    })
}

/// `3 29 03:26`, `09-26 13:45`, `09-26 2000`: the month first if it can be one.
fn split(line: &Line<'_>, at: usize, now: DateTime) -> Option<Stamp> {
    let word = line.word(at);
    let (first, second, next) = match word.iter().position(|byte| matches!(byte, b'-' | b'/')) {
        Some(mark) => {
            let (first, second) = word.split_at_checked(mark)?;
            (small(first, 2)?, small(second.get(1..)?, 2)?, at + 1)
        }
        None => (small(word, 2)?, day_number(line.word(at + 1))?, at + 2),
    };
    let (month, day) = if first > 12 { (second, first) } else { (first, second) };
    with_rest(line, next, month, day, now)
}

/// The year, the time, or both, of a day whose month is known.
fn with_rest(line: &Line<'_>, at: usize, month: i8, day: i8, now: DateTime) -> Option<Stamp> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let word = line.word(at);
    // In the place of a time, Finns and others write it with a dot.
    let loose = || {
        word.contains(&b'.').then_some(())?;
        clock(&word.iter().map(|&b| if b == b'.' { b':' } else { b }).collect::<Vec<_>>())
    };
    let (year, clock, next) = match (year(word), clock(word).or_else(loose)) {
        (Some(year), _) => match clock(line.word(at + 1)) {
            // The last word is the name, even if it looks like a time.
            Some(clock) if line.len() > at + 2 => (Some(year), Some(clock), at + 2),
            _ => (Some(year), None, at + 1),
        },
        // Only with seconds does `ls` add the year; a name may begin with one.
        (None, Some(clock)) if clock.has_seconds() => match year(line.word(at + 1)) {
            Some(year) => (Some(year), Some(clock), at + 2),
            None => (None, Some(clock), at + 1),
        },
        (None, Some(clock)) => (None, Some(clock), at + 1),
        (None, None) => return None,
    };
    Some(made(Day { year, month, day }, clock, now, next))
}

fn made(day: Day, clock: Option<Clock>, now: DateTime, next: usize) -> Stamp {
    Stamp { modified: day.at(clock, now), next, is_padded: false }
}

/// `2003-03-29 12:30:15.000 +0200`, `29.03.2003`, and all else that [`date`] knows.
fn whole(line: &Line<'_>, at: usize, now: DateTime) -> Option<Stamp> {
    if let Some((day, clock, zone_of)) = iso(line.word(at)) {
        let mut stamp = made(day, Some(clock), now, at + 1);
        if let Some(zone) = zone(zone_of) {
            stamp.modified = stamp.modified.and_then(|modified| modified.in_zone(zone));
        }
        return Some(stamp);
    }
    let day = date(line.word(at))?;
    let Some((clock, next)) = clock_at(line, at + 1) else {
        // `ls` fills up what is shorter than a date with a time.
        return Some(Stamp { is_padded: true, ..made(day, None, now, at + 1) });
    };
    let mut stamp = made(day, Some(clock), now, next);
    if let Some(zone) = zone(line.word(next)).filter(|_| clock.has_seconds()) {
        stamp.next += 1;
        stamp.modified = stamp.modified.and_then(|modified| modified.in_zone(zone));
    }
    Some(stamp)
}

/// `+0200`, `+02:00` or `Z`, in seconds.
fn zone(word: &[u8]) -> Option<i32> {
    let (sign, digits) = word.split_first()?;
    if word == b"Z" {
        return Some(0);
    }
    let digits: Vec<u8> = digits.iter().copied().filter(|&byte| byte != b':').take(5).collect();
    let number = i32::try_from(number(&digits).filter(|_| digits.len() == 4)?).ok()?;
    let seconds = number / 100 * 3600 + number % 100 * 60;
    match sign {
        b'+' => Some(seconds),
        b'-' => Some(-seconds),
        _ => None,
    }
}

/// The number of a day, with the mark that some countries put behind it.
fn day_number(word: &[u8]) -> Option<i8> {
    small(bare(word), 2)
}

/// A word without the dot and the comma behind it.
fn bare(word: &[u8]) -> &[u8] {
    let word = word.strip_suffix(b",").unwrap_or(word);
    word.strip_suffix(b".").unwrap_or(word)
}

/// What a number counts in East Asia.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Year,
    Month,
    Day,
}

/// The signs for year, month and day in Chinese, Japanese and Korean, in UTF-8, Shift-JIS, EUC-JP,
/// GBK, Big5 and EUC-KR.
const MARKS: [(&[u8], Unit); 21] = [
    ("年".as_bytes(), Unit::Year),
    ("月".as_bytes(), Unit::Month),
    ("日".as_bytes(), Unit::Day),
    ("년".as_bytes(), Unit::Year),
    ("월".as_bytes(), Unit::Month),
    ("일".as_bytes(), Unit::Day),
    (b"\x94\x4e", Unit::Year),
    (b"\x8c\x8e", Unit::Month),
    (b"\x93\xfa", Unit::Day),
    (b"\xc7\xaf", Unit::Year),
    (b"\xb7\xee", Unit::Month),
    (b"\xc6\xfc", Unit::Day),
    (b"\xc4\xea", Unit::Year),
    (b"\xd4\xc2", Unit::Month),
    (b"\xc8\xd5", Unit::Day),
    (b"\xa6\x7e", Unit::Year),
    (b"\xa4\xeb", Unit::Month),
    (b"\xa4\xe9", Unit::Day),
    (b"\xb3\xe2", Unit::Year),
    (b"\xbf\xf9", Unit::Month),
    (b"\xc0\xcf", Unit::Day),
];

/// The longest mark, in bytes.
const LONGEST_MARK: usize = 3;

/// A date whose numbers say what they count: `2005年 1月 6日`, `3月 2 15:13`, `6月 3日 2003年`.
#[derive(Debug, Clone, Copy, Default)]
struct Marked {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    /// A number whose mark has not come yet.
    open: Option<u64>,
}

fn marked(line: &Line<'_>, at: usize, now: DateTime) -> Option<Stamp> {
    let has_mark = |word: &[u8]| !word.is_ascii();
    if !line.word(at).first().is_some_and(u8::is_ascii_digit)
        || !(has_mark(line.word(at)) || has_mark(line.word(at + 1)))
    {
        return None;
    }
    let mut date = Marked::default();
    let mut next = at;
    while next < at + 6
        && !date.is_whole()
        && let Some(more) = date.with(line.word(next))
    {
        (date, next) = (more, next + 1);
    }
    let (month, day) = (date.month?, date.day?);
    if date.open.is_some() {
        return None;
    }
    if date.year.is_none() {
        return with_rest(line, next, month, day, now);
    }
    let clock = clock(line.word(next));
    let next = next + usize::from(clock.is_some());
    Some(made(Day { year: date.year, month, day }, clock, now, next))
}

impl Marked {
    fn is_whole(&self) -> bool {
        self.year.is_some() && self.month.is_some() && self.day.is_some()
    }

    /// The same with one more word. `None` if the word does not belong to the date.
    fn with(mut self, word: &[u8]) -> Option<Self> {
        let mut rest = word;
        while let Some(first) = rest.first() {
            let without_mark = self.open.take();
            if let (Some(number), Some((unit, after))) = (without_mark, mark(rest)) {
                self.set(unit, number)?;
                rest = after;
            } else if let (Some(number), None) = (without_mark, self.month)
                && !first.is_ascii()
                && rest.len() <= LONGEST_MARK
            {
                // In an encoding that is not known here: the month comes before the day everywhere.
                self.set(Unit::Month, number)?;
                rest = &[];
            } else if first.is_ascii_digit() {
                // `2003 3月 20`: the year goes without its mark.
                if let Some(year) = without_mark
                    && self.year.is_none()
                {
                    self.set(Unit::Year, year)?;
                }
                let end = rest.iter().position(|byte| !byte.is_ascii_digit());
                let (digits, after) = rest.split_at_checked(end.unwrap_or(rest.len()))?;
                // After month and day come the time or a year without a mark, and not this.
                if after.is_empty() && self.month.is_some() && self.day.is_some() {
                    return None;
                }
                self.open = number(digits);
                rest = after;
            } else {
                return None;
            }
        }
        // `3月 2`: the day goes without its mark.
        if self.month.is_some()
            && self.day.is_none()
            && let Some(number) = self.open.take()
        {
            self.set(Unit::Day, number)?;
        }
        Some(self)
    }

    fn set(&mut self, unit: Unit, number: u64) -> Option<()> {
        match unit {
            Unit::Year => {
                let year = i16::try_from(number).ok();
                self.year = Some(year.filter(|year| (1900..2200).contains(year))?);
            }
            Unit::Month => self.month = Some(up_to(12, number)?),
            Unit::Day => self.day = Some(up_to(31, number)?),
        }
        Some(())
    }
}

fn up_to(most: i8, number: u64) -> Option<i8> {
    i8::try_from(number).ok().filter(|number| (1..=most).contains(number))
}

fn mark(bytes: &[u8]) -> Option<(Unit, &[u8])> {
    MARKS.iter().find_map(|&(mark, unit)| Some((unit, bytes.strip_prefix(mark)?)))
}
