//! When something was changed, as people here write it. Knows no egui.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::ftp::listing::{Modified, Precision};
use crate::words::locale;

/// A text as wide as any that [`written`] gives: an evening of four wide figures.
pub(super) fn widest() -> String {
    const EVENING: i64 = 1_851_020_880;
    let time = Timestamp::from_second(EVENING).unwrap_or_default();
    locale::here().day_and_time(&time.to_zoned(TimeZone::UTC))
}

/// `2026-11-21 14:02` or as it is written here; a day alone where the server says no more.
pub(super) fn written(modified: Modified) -> String {
    in_zone(modified, TimeZone::system())
}

fn in_zone(modified: Modified, zone: TimeZone) -> String {
    // A day is a day everywhere; and what the server's clock showed is not for us to shift.
    let is_ours = modified.is_utc && modified.precision != Precision::Day;
    let zone = if is_ours { zone } else { TimeZone::UTC };
    let Ok(time) = Timestamp::try_from(modified.time) else { return String::new() };
    let time = time.to_zoned(zone);
    match modified.precision {
        Precision::Day => locale::here().day(&time),
        Precision::Minute | Precision::Second => locale::here().day_and_time(&time),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, SystemTime};

    #[test]
    fn no_more_is_shown_than_the_server_said() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_709_164_800);
        let zone = TimeZone::fixed(jiff::tz::offset(-5));
        let day = Modified { time, precision: Precision::Day, is_utc: false };
        assert_eq!(in_zone(day, zone.clone()), "2024-02-29");
        let clock = Modified { time, precision: Precision::Minute, is_utc: false };
        assert_eq!(in_zone(clock, zone.clone()), "2024-02-29 00:00");
        let utc = Modified { is_utc: true, ..clock };
        assert_eq!(in_zone(utc, zone), "2024-02-28 19:00");
    }
}
