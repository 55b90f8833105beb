//! What a folder holds, read from `MLSD` (RFC 3659 §7) or from whatever `LIST` prints.
//!
//! RFC 959 left the form of `LIST` open, so every system prints its own. [`Parser`] is fed the bytes
//! as they arrive and hands on each entry when its line is complete. It looks at each line by itself,
//! and guesses nothing: a line that no dialect claims gives no entry.

mod bare;
mod catch;
mod date;
mod dos;
mod fetch;
#[cfg(test)]
mod hostile;
mod line;
mod mark;
mod mlsd;
mod months;
mod mvs;
mod others;
mod parser;
mod place;
mod stamp;
#[cfg(test)]
mod tests;
mod unix;
mod usual;
mod vms;

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

pub use fetch::{ListingEnd, MAX_BYTES, MAX_ENTRIES};
pub use parser::{Form, Parser};
pub use place::Goal;
pub(super) use place::Known;
use serde::{Serialize, Serializer};

/// One thing in a folder on the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name, in the bytes that the server knows it by. It may hold anything but a line break.
    pub name: Vec<u8>,
    /// What it is.
    pub kind: Kind,
    /// Its length in bytes; only files have one.
    pub size: Option<u64>,
    /// When it was last changed.
    pub modified: Option<Modified>,
    /// Where a link leads.
    pub target: Option<Vec<u8>>,
}

impl Entry {
    /// An entry of which nothing else is known.
    pub(super) fn new(name: &[u8], kind: Kind) -> Self {
        Self { name: name.to_vec(), kind, size: None, modified: None, target: None }
    }
}

/// What an [`Entry`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Something to download. Also what is meant where a server does not say.
    File,
    /// Something to enter.
    Dir,
    /// A link. Only the server knows whether to a file or to a folder.
    Link,
    /// A device, a socket, a pipe.
    Other,
}

/// When something was last changed, as well as a listing can say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Modified {
    /// The time. Of what is finer than the precision, zero.
    pub time: SystemTime,
    /// How finely the server writes it.
    pub precision: Precision,
    /// Whether `time` is right everywhere. If not, it is what the server's clock shows, read as if
    /// the server stood in Greenwich; see [`Modified::corrected`].
    pub is_utc: bool,
}

impl Modified {
    /// The same where the line itself says how many seconds its clock is ahead of UTC.
    fn in_zone(self, seconds: i32) -> Option<Self> {
        let ahead = Duration::from_secs(seconds.unsigned_abs().into());
        let time = match seconds {
            0.. => self.time.checked_sub(ahead)?,
            _ => self.time.checked_add(ahead)?,
        };
        Some(Self { time, is_utc: true, ..self })
    }

    /// The same with the server's time zone taken out. `zone` as in [`ListingEnd::zone`].
    #[must_use]
    pub fn corrected(self, zone: Zone) -> Self {
        if self.is_utc || self.precision == Precision::Day {
            return self;
        }
        self.in_zone(zone.seconds).unwrap_or(self)
    }
}

/// How finely a time is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Precision {
    /// `Oct 8 2002`: the time of day is not known.
    Day,
    /// `Oct 8 09:47`.
    Minute,
    /// `2002-10-08 09:47:12`.
    Second,
}

/// How far the clock that a server writes into its listings is ahead of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone {
    seconds: i32,
}

impl Zone {
    /// A quarter of an hour: all zones of the world differ from UTC by a multiple of it.
    const STEP: i32 = 15 * 60;

    /// From one file's time in a listing and the same in UTC (`MDTM`). `None` if they cannot be the
    /// same moment: no zone is off by 10 minutes, or by two days.
    #[must_use]
    pub fn between(listed: Modified, utc: SystemTime) -> Option<Self> {
        let slack = match listed.precision {
            Precision::Day => return None,
            Precision::Minute => 60,
            Precision::Second => 2,
        };
        let seconds = match listed.time.duration_since(utc) {
            Ok(ahead) => i32::try_from(ahead.as_secs()).ok()?,
            Err(behind) => -i32::try_from(behind.duration().as_secs()).ok()?,
        };
        let zone = (seconds + Self::STEP / 2).div_euclid(Self::STEP) * Self::STEP;
        let is_zone = zone.abs() <= 14 * 3600 && (seconds - zone).abs() <= slack;
        (!listed.is_utc && is_zone).then_some(Self { seconds: zone })
    }

    /// In seconds. East of Greenwich it is positive.
    #[must_use]
    pub fn seconds(self) -> i32 {
        self.seconds
    }
}

impl fmt::Display for Zone {
    /// `+02:00`, as in RFC 3339.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.seconds < 0 { '-' } else { '+' };
        let minutes = self.seconds.unsigned_abs() / 60;
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

/// A text that is no time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is how far a clock is ahead of UTC, such as +02:00 or -03:30")]
pub struct BadZone;

impl FromStr for Zone {
    type Err = BadZone;

    fn from_str(text: &str) -> Result<Self, BadZone> {
        let (sign, clock) = match text.strip_prefix('-') {
            Some(clock) => (-1, clock),
            None => (1, text.strip_prefix('+').ok_or(BadZone)?),
        };
        let (hours, minutes) = clock.split_once(':').ok_or(BadZone)?;
        let number = |text: &str| text.parse::<u8>().map(i32::from).map_err(|_| BadZone);
        let seconds = sign * (number(hours)? * 3600 + number(minutes)? * 60);
        let is_zone = seconds.abs() <= 14 * 3600 && seconds % Self::STEP == 0;
        is_zone.then_some(Self { seconds }).ok_or(BadZone)
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
