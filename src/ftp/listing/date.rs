//! Dates and times of day, in every order and with every mark that listings write them with.

use std::time::SystemTime;

use jiff::civil;

use super::line::{Line, number, small};
use super::months::month;
use super::{Modified, Precision};
use crate::ftp::facts;

/// A day as it is written. Without a year it is the latest such day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) year: Option<i16>,
    pub(super) month: i8,
    pub(super) day: i8,
}

/// A time of day. 24:00 is the end of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    hour: i8,
    minute: i8,
    second: Option<i8>,
}

impl Day {
    pub(super) fn new(year: Option<i16>, month: i8, day: i8) -> Option<Self> {
        let is_day = (1..=12).contains(&month) && (1..=31).contains(&day);
        is_day.then_some(Self { year, month, day })
    }

    /// The moment that is meant. `None` if there is no such day.
    pub(super) fn at(self, clock: Option<Clock>, now: civil::DateTime) -> Option<Modified> {
        let date = match self.year {
            Some(year) => civil::Date::new(year, self.month, self.day).ok()?,
            None => self.latest(now.date())?,
        };
        let precision = match clock {
            None => Precision::Day,
            Some(Clock { second: None, .. }) => Precision::Minute,
            Some(_) => Precision::Second,
        };
        let Clock { hour, minute, second } =
            clock.unwrap_or(Clock { hour: 0, minute: 0, second: None });
        let (date, hour) = if hour == 24 { (date.tomorrow().ok()?, 0) } else { (date, hour) };
        let time = facts::utc(date.at(hour, minute, second.unwrap_or(0), 0))?;
        Some(Modified { time, precision, is_utc: false })
    }

    /// The most recent such day that is not more than one day in the future: clocks and zones
    /// differ. Nine years back there was a 29 February for certain.
    fn latest(self, today: civil::Date) -> Option<civil::Date> {
        let limit = today.tomorrow().ok()?;
        (0..=9).find_map(|ago| {
            let year = limit.year().checked_sub(ago)?;
            civil::Date::new(year, self.month, self.day).ok().filter(|&date| date <= limit)
        })
    }
}

impl Clock {
    pub(super) fn has_seconds(self) -> bool {
        self.second.is_some()
    }
}

/// `now` as the date and time that it is in UTC.
pub(super) fn civil(now: SystemTime) -> civil::DateTime {
    jiff::Timestamp::try_from(now)
        .map_or(civil::DateTime::MAX, |now| now.to_zoned(jiff::tz::TimeZone::UTC).datetime())
}

/// `9:47`, `09:47:12`, `09:47:12.345`, `09:47PM`, `9:47p`.
pub(super) fn clock(word: &[u8]) -> Option<Clock> {
    let last = word.iter().rposition(u8::is_ascii_digit)?;
    let (digits, half) = word.split_at_checked(last + 1)?;
    let mut parts = digits.split(|&byte| byte == b':');
    let hour = small(parts.next()?, 2)?;
    let minute = parts.next().filter(|minute| minute.len() == 2)?;
    let second = match parts.next() {
        None => None,
        Some(second) => {
            let whole = second.split(|&byte| byte == b'.').next().unwrap_or_default();
            // A leap second is written 60; no clock here knows it.
            Some(small(whole, 2).filter(|&second| second <= 60)?.min(59))
        }
    };
    let minute = small(minute, 2).filter(|&minute| minute < 60)?;
    let is_over = parts.next().is_some();
    let hour = with_half(hour, half)?;
    let is_end_of_day = hour == 24 && minute == 0 && second.unwrap_or(0) == 0;
    (!is_over && (hour < 24 || is_end_of_day)).then_some(Clock { hour, minute, second })
}

/// The hour of a day that is counted in two halves.
fn with_half(hour: i8, half: &[u8]) -> Option<i8> {
    let half = half_of_day(half);
    match half.as_slice() {
        b"" => Some(hour),
        b"a" | b"am" if hour == 12 => Some(0),
        b"p" | b"pm" if hour < 12 => Some(hour + 12),
        b"a" | b"am" | b"p" | b"pm" => Some(hour),
        _ => None,
    }
}

/// `PM`, `p.m.` and the like, in small letters without dots.
fn half_of_day(word: &[u8]) -> Vec<u8> {
    let letters = word.iter().filter(|&&byte| byte != b'.').take(3);
    letters.map(u8::to_ascii_lowercase).collect()
}

/// The time of day at word `at`, which may have its `AM` in a word of its own, and the word after it.
pub(super) fn clock_at(line: &Line<'_>, at: usize) -> Option<(Clock, usize)> {
    let time = clock(line.word(at))?;
    let half = half_of_day(line.word(at + 1));
    if time.hour <= 12 && matches!(half.as_slice(), b"am" | b"pm") {
        let hour = with_half(time.hour, &half)?;
        return Some((Clock { hour, ..time }, at + 2));
    }
    Some((time, at + 1))
}

/// Four digits that can be a year now or then, and the five of servers that write 2001 as 19101.
pub(super) fn year(word: &[u8]) -> Option<i16> {
    let word = word.strip_suffix(b",").unwrap_or(word);
    // Most words are none, and are done with here.
    let (least, years) = match word.len() {
        4 => (0, 1900..2200),
        5 => (17_100, 2000..2099),
        _ => return None,
    };
    let year = i16::try_from(number(word)?).ok()? - least;
    years.contains(&year).then_some(year)
}

/// Two digits mean the years from 1970 to 2069. Three are what OS/2 makes of the years since 2000: 103
/// for 2003.
pub(super) fn full_year(word: &[u8]) -> Option<i16> {
    match (word.len(), small(word, 2)) {
        (2, Some(short @ 70..)) => Some(1900 + i16::from(short)),
        (2, Some(short)) => Some(2000 + i16::from(short)),
        _ => match small(word, 3) {
            Some(since_1900 @ 100..) if word.len() == 3 => Some(1900 + i16::from(since_1900)),
            _ => year(word),
        },
    }
}

/// The parts of one word between `-`, `/` or `.`, and the mark.
fn parts(word: &[u8]) -> Option<(u8, [&[u8]; 3])> {
    let mark = *word.iter().find(|byte| matches!(byte, b'-' | b'/' | b'.'))?;
    let mut all = word.splitn(3, |&byte| byte == mark);
    Some((mark, [all.next()?, all.next()?, all.next().unwrap_or_default()]))
}

/// A whole date in one word: `2002-09-02`, `04-27-00`, `29.06.2013`, `7-JAN-2000`, `Feb-28-1998`.
///
/// With dots the day comes first, otherwise the month (as Windows and OS/400 write it in America),
/// unless it cannot be one.
pub(super) fn date(word: &[u8]) -> Option<Day> {
    let (mark, [first, second, third]) = parts(word)?;
    if let Some(month) = month(second) {
        return match full_year(third) {
            Some(year) => Day::new(Some(year), month, small(first, 2)?),
            None => Day::new(Some(year(first)?), month, small(third, 2)?),
        };
    }
    if let Some(month) = month(first) {
        return Day::new(Some(full_year(third)?), month, small(second, 2)?);
    }
    let middle = small(second, 2)?;
    let day = match small(first, 2) {
        Some(day) if day <= 31 => day,
        _ => return Day::new(Some(full_year(first)?), middle, small(third, 2)?),
    };
    let is_day_first = middle <= 12 && (mark == b'.' || day > 12);
    let (month, day) = if is_day_first { (middle, day) } else { (day, middle) };
    Day::new(Some(full_year(third)?), month, day)
}

/// `2011-01-30T11:42:13`, and the zone that may follow: what stands behind the seconds.
pub(super) fn iso(word: &[u8]) -> Option<(Day, Clock, &[u8])> {
    let (day, time) = word.split_at_checked(10)?;
    let time = time.strip_prefix(b"T")?;
    let end = time.iter().position(|byte| matches!(byte, b'Z' | b'+' | b'-')).unwrap_or(time.len());
    let (time, zone) = time.split_at_checked(end)?;
    Some((date(day)?, clock(time)?, zone))
}

/// `92/11/10`, `2004/06/23`: the year comes first, whatever the numbers.
pub(super) fn year_first(word: &[u8]) -> Option<Day> {
    let (_, [year, month, day]) = parts(word)?;
    Day::new(Some(full_year(year)?), small(month, 2)?, small(day, 2)?)
}
