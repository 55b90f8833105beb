//! Bytes, speeds and times in plain words, the same in the window and in the terminal.

pub mod locale;

use std::io;
use std::time::{Duration, SystemTime};

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// Units of 1000, as disks and networks are sold.
const UNITS: [&str; 6] = ["bytes", "KB", "MB", "GB", "TB", "PB"];

/// `1_234_567` → `1,234,567`, or as it is written [here](locale::here).
#[must_use]
pub fn count(number: u64) -> String {
    locale::here().count(number)
}

/// `1 file`, `1,234 files`.
#[must_use]
pub fn counted(number: u64, one: &str, many: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        number => format!("{} {many}", count(number)),
    }
}

/// `1_234_567` → `1.2 MB`; below 1000: `12 bytes`.
#[must_use]
pub fn bytes(number: u64) -> String {
    let power = power(number);
    format!("{} {}", scaled(number, power), unit(number, power))
}

/// `1.2 of 4.1 GB`: both in the unit of the second, unless that is too large for the first to be
/// seen: `12.0 MB of 4.1 GB`.
#[must_use]
pub fn bytes_of(received: u64, expected: u64) -> String {
    let power = power(expected.max(received));
    let (first, second) = (scaled(received, power), scaled(expected, power));
    let unit = unit(expected, power);
    match first.as_str() {
        "0.0" if received > 0 => format!("{} of {second} {unit}", bytes(received)),
        _ => format!("{first} of {second} {unit}"),
    }
}

/// `11.4 MB/s`.
#[must_use]
pub fn speed(bytes_per_second: f64) -> String {
    // Speeds are far below 2^53, and a negative one would be a mistake worth showing as 0.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let whole = bytes_per_second.max(0.0) as u64;
    format!("{}/s", bytes(whole))
}

fn power(number: u64) -> usize {
    let mut power = 0;
    // 999,950 would be written "1000.0 KB": it is 1.0 MB.
    let mut rest = number;
    while power + 1 < UNITS.len()
        && (rest >= 1000 || (power > 0 && rest == 999 && number > 999_949))
    {
        rest /= 1000;
        power += 1;
    }
    power
}

fn unit(number: u64, power: usize) -> &'static str {
    if number == 1 && power == 0 { "byte" } else { UNITS.get(power).copied().unwrap_or("bytes") }
}

fn scaled(number: u64, power: usize) -> String {
    if power == 0 {
        return number.to_string();
    }
    let tenth = 1000_u128.pow(u32::try_from(power).unwrap_or(0)) / 10;
    let tenths = (u128::from(number) + tenth / 2) / tenth;
    locale::here().tenths(tenths / 10, tenths % 10)
}

/// `4 min`, `1 h 20 min`, `15 s`, `0.5 s`. Never more than two units.
#[must_use]
pub fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match (seconds / 3600, seconds % 3600 / 60, seconds % 60) {
        (0, 0, 0) if duration.is_zero() => "0 s".to_owned(),
        (0, 0, s) if s < 10 && duration.subsec_millis() >= 50 => {
            let tenths = (duration.as_millis() + 50) / 100;
            format!("{} s", locale::here().tenths(tenths / 10, tenths % 10))
        }
        (0, 0, s) => format!("{s} s"),
        (0, 1, s) if s > 0 => format!("1 min {s} s"),
        (0, m, _) => format!("{m} min"),
        (h, 0, _) if h < 48 => format!("{h} h"),
        (h, m, _) if h < 48 => format!("{h} h {m} min"),
        (h, ..) => format!("{} days", h / 24),
    }
}

/// The share of `whole` that `part` is, in percent. `None` of nothing, and beyond the whole.
#[must_use]
pub fn percent(part: u64, whole: u64) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "a percentage needs no 53 bits")]
    (whole > 0 && part <= whole).then(|| part as f64 * 100.0 / whole as f64)
}

/// Bytes in hexadecimal, as checksums are written.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A day in UTC, `2026-11-22`, or as it is written [here](locale::here).
#[must_use]
pub fn day(time: SystemTime) -> String {
    let time = Timestamp::try_from(time).map(|time| time.to_zoned(TimeZone::UTC));
    time.map_or_else(|_| "-".to_owned(), |time| locale::here().day(&time))
}

/// The time of day here, `14:02:11`.
#[must_use]
pub fn time_of_day(time: SystemTime) -> String {
    zoned(time).map_or_else(|| "--:--:--".to_owned(), |time| locale::here().clock(&time))
}

/// A moment here, in a form that sorts: `2026-11-22 14:02:11`.
#[must_use]
pub fn stamp(time: SystemTime) -> String {
    zoned(time).map_or_else(|| "----------".to_owned(), |time| time.strftime("%F %T").to_string())
}

/// The moment that [`stamp`] wrote.
#[must_use]
pub fn from_stamp(text: &str) -> Option<SystemTime> {
    let time = jiff::civil::DateTime::strptime("%F %T", text).ok()?;
    Some(time.to_zoned(jiff::tz::TimeZone::system()).ok()?.into())
}

/// When something was, as seen from `now`: `14:02`, another day `21 Nov 14:02`, another year
/// `21 Nov 2025`.
#[must_use]
pub fn moment(time: SystemTime, now: SystemTime) -> String {
    match zoned(time).zip(zoned(now)) {
        Some((time, now)) => locale::here().moment(&time, &now),
        None => "--:--".to_owned(),
    }
}

/// A day and a time here, `22 Nov 2026, 14:02`.
#[must_use]
pub fn date(time: SystemTime) -> String {
    zoned(time).map_or_else(|| "at an unknown time".to_owned(), |time| locale::here().date(&time))
}

fn zoned(time: SystemTime) -> Option<Zoned> {
    Some(Timestamp::try_from(time).ok()?.to_zoned(TimeZone::system()))
}

/// The first letter large, as a sentence begins.
#[must_use]
pub fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// With a full stop, unless it has one.
#[must_use]
pub fn closed(sentence: &str) -> String {
    let stop = if sentence.ends_with(['.', '”']) { "" } else { "." };
    format!("{sentence}{stop}")
}

/// What the operating system said, without its "(os error 13)".
#[must_use]
pub fn io_error(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// Text from a server, fit to be shown: control characters and those that turn the direction of
/// writing are escaped, so that no name and no reply can forge what stands around it.
#[must_use]
pub fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    show(text, &mut shown);
    shown
}

/// Writes text from a server as [`shown`] does.
pub fn show(text: &str, to: &mut String) {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return to.push_str(text); // As nearly all names are.
    }
    for c in text.chars() {
        match c {
            c if c.is_control() => to.extend(c.escape_default()),
            c if is_deceptive(c) => to.extend(c.escape_unicode()),
            c => to.push(c),
        }
    }
}

/// Whether a character acts on what stands around it, or is not seen at all.
#[must_use]
pub fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Any bytes, as letters and digits (RFC 4648 §4).
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4_usize {
            let six = usize::try_from(bits >> (18 - 6 * at) & 63).unwrap_or(0);
            let digit = DIGITS.get(six).filter(|_| at <= three.len());
            text.push(digit.map_or('=', |&digit| char::from(digit)));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_short_and_never_round_up_to_a_thousand() {
        for (number, text) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1000, "1.0 KB"),
            (12_400, "12.4 KB"),
            (999_949, "999.9 KB"),
            (999_950, "1.0 MB"),
            (4_100_000_000, "4.1 GB"),
            (u64::MAX, "18446.7 PB"),
        ] {
            assert_eq!(bytes(number), text);
        }
        assert_eq!(bytes_of(1_200_000_000, 4_100_000_000), "1.2 of 4.1 GB");
        assert_eq!(bytes_of(12_000_000, 4_100_000_000), "12.0 MB of 4.1 GB");
        assert_eq!(bytes_of(0, 4_100_000_000), "0.0 of 4.1 GB");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(count(12), "12");
    }

    #[test]
    fn times_have_at_most_two_units() {
        for (ms, text) in [
            (0, "0 s"),
            (500, "0.5 s"),
            (15_000, "15 s"),
            (61_000, "1 min 1 s"),
            (240_000, "4 min"),
            (4_800_000, "1 h 20 min"),
            (400_000_000, "4 days"),
        ] {
            assert_eq!(duration(Duration::from_millis(ms)), text);
        }
    }

    #[test]
    fn another_day_is_named_with_its_date() {
        let day = Duration::from_secs(24 * 3600);
        let now = SystemTime::UNIX_EPOCH + 400 * day;
        assert_eq!(moment(now, now).len(), "14:02".len());
        assert_eq!(moment(now - 3 * day, now).split(' ').count(), 3);
        assert!(moment(now - 3 * day, now).contains(':'));
        assert!(moment(now - 300 * day, now).ends_with(" 1970"));
    }

    #[test]
    fn text_from_a_server_cannot_paint_over_what_stands_around_it() {
        assert_eq!(shown("a\u{1b}[2Jb"), "a\\u{1b}[2Jb");
        assert_eq!(shown("rtl\u{202e}gpj.exe"), "rtl\\u{202e}gpj.exe");
        assert_eq!(shown("späße 日本\t"), "späße 日本\\t");
    }

    #[test]
    fn bytes_are_written_as_letters_and_digits_with_their_padding() {
        for (bytes, text) in [
            (&b""[..], ""),
            (b"f", "Zg=="),
            (b"fo", "Zm8="),
            (b"foo", "Zm9v"),
            (b"\xff\xfe\xfd\xfc", "//79/A=="),
        ] {
            assert_eq!(base64(bytes), text);
        }
    }
}
