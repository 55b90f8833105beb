//! When something was changed, as people here write it. Knows no egui.

use std::sync::OnceLock;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::ftp::listing::{Modified, Precision};

/// How a country writes a day and a time, in numbers of one width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Style {
    day: &'static str,
    time: &'static str,
}

const ISO: Style = Style { day: "%Y-%m-%d", time: "%H:%M" };
const DOTS: Style = Style { day: "%d.%m.%Y", time: "%H:%M" };
const SLASHES: Style = Style { day: "%d/%m/%Y", time: "%H:%M" };
const DASHES: Style = Style { day: "%d-%m-%Y", time: "%H:%M" };
const AMERICAN: Style = Style { day: "%m/%d/%Y", time: "%I:%M %p" };
const EAST: Style = Style { day: "%Y/%m/%d", time: "%H:%M" };

/// How `locale` (`de_AT.UTF-8`) writes it; as ISO 8601 does where that is not known.
fn style(locale: &str) -> Style {
    let locale = locale.split(['.', '@']).next().unwrap_or_default().replace('-', "_");
    let (language, country) = locale.split_once('_').unwrap_or((&locale, ""));
    match (language, country) {
        ("en", "US" | "PH") | ("es", "US" | "PR") => AMERICAN,
        ("en", "GB" | "IE" | "AU" | "NZ" | "IN" | "SG" | "HK") => SLASHES,
        ("fr", "CA") => ISO,
        ("es" | "fr" | "it" | "pt" | "el" | "vi" | "th" | "id" | "ms" | "ca" | "gl", _) => SLASHES,
        ("nl", "BE") => SLASHES,
        ("nl", _) => DASHES,
        (
            "de" | "cs" | "sk" | "pl" | "ru" | "uk" | "be" | "bg" | "fi" | "nb" | "nn" | "no"
            | "da" | "et" | "lv" | "ro" | "sl" | "hr" | "sr" | "tr" | "is" | "mk",
            _,
        ) => DOTS,
        ("ja", _) => EAST,
        _ => ISO,
    }
}

fn here() -> Style {
    static HERE: OnceLock<Style> = OnceLock::new();
    *HERE.get_or_init(|| {
        let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let locale = set("LC_ALL").or_else(|| set("LC_TIME")).or_else(|| set("LANG"));
        style(&locale.unwrap_or_default())
    })
}

/// A text as wide as any that [`written`] gives.
pub(super) fn widest() -> &'static str {
    if here() == AMERICAN { "08/28/2028 08:28 PM" } else { "2028-08-28 08:28" }
}

/// `2026-11-21 14:02` or as it is written here; a day alone where the server says no more.
pub(super) fn written(modified: Modified) -> String {
    in_style(modified, here(), TimeZone::system())
}

fn in_style(modified: Modified, style: Style, zone: TimeZone) -> String {
    // A day is a day everywhere; and what the server's clock showed is not for us to shift.
    let is_ours = modified.is_utc && modified.precision != Precision::Day;
    let zone = if is_ours { zone } else { TimeZone::UTC };
    let Ok(time) = Timestamp::try_from(modified.time) else { return String::new() };
    let time = time.to_zoned(zone);
    let day = time.strftime(style.day).to_string();
    match modified.precision {
        Precision::Day => day,
        Precision::Minute | Precision::Second => format!("{day} {}", time.strftime(style.time)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, SystemTime};

    #[test]
    fn a_date_is_written_as_people_write_it() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_709_210_096);
        let modified = Modified { time, precision: Precision::Second, is_utc: true };
        for (locale, text) in [
            ("", "2024-02-29 12:34"),
            ("C.UTF-8", "2024-02-29 12:34"),
            ("en_US.UTF-8", "02/29/2024 12:34 PM"),
            ("en_GB", "29/02/2024 12:34"),
            ("de_AT.UTF-8@euro", "29.02.2024 12:34"),
            ("pt-BR", "29/02/2024 12:34"),
            ("sv_SE", "2024-02-29 12:34"),
            ("ja_JP.UTF-8", "2024/02/29 12:34"),
        ] {
            assert_eq!(in_style(modified, style(locale), TimeZone::UTC), text, "{locale}");
        }
    }

    #[test]
    fn no_more_is_shown_than_the_server_said() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_709_164_800);
        let zone = TimeZone::fixed(jiff::tz::offset(-5));
        let day = Modified { time, precision: Precision::Day, is_utc: false };
        assert_eq!(in_style(day, ISO, zone.clone()), "2024-02-29");
        let clock = Modified { time, precision: Precision::Minute, is_utc: false };
        assert_eq!(in_style(clock, ISO, zone.clone()), "2024-02-29 00:00");
        let utc = Modified { is_utc: true, ..clock };
        assert_eq!(in_style(utc, ISO, zone), "2024-02-28 19:00");
    }
}
