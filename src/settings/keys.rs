//! What the file is made of: its keys, and how the value behind each is read.
//!
//! A reader takes any value that a hand may have written, and knows which of them make no sense.

use std::path::PathBuf;
use std::time::Duration;

use toml::{Table, Value};

use super::rate::read_rate;
use super::setting::Theme;
use crate::transfer::{IfExists, MOST_BY_CHOICE, ProxyChoice};

pub(super) const THEME: &str = "theme";
pub(super) const CONTRAST: &str = "high_contrast";
pub(super) const ZOOM: &str = "zoom";
pub(super) const SIZE: &str = "window_size";
pub(super) const PLACE: &str = "window_place";
pub(super) const MAXIMIZED: &str = "window_maximized";
pub(super) const WHOLE_LOG: &str = "whole_log";
pub(super) const CONTINUES: &str = "continue_at_start";
pub(super) const FOLDER: &str = "download_folder";
pub(super) const IF_EXISTS: &str = "if_exists";
pub(super) const RATE: &str = "rate_limit";
pub(super) const RATE_ON: &str = "rate_limit_on";
pub(super) const CONNECTIONS: &str = "connections";
pub(super) const SEGMENTS: &str = "segments";
pub(super) const PATIENCE: &str = "timeout_seconds";
pub(super) const RETRIES: &str = "retries";
pub(super) const PROXY: &str = "proxy";
pub(super) const FAVOURITES: &str = "favourites";
pub(super) const RECENT: &str = "recent";

/// What can be done with a file that is there already, in the words of the file.
pub(super) const CHOICES: [(IfExists, &str); 3] =
    [(IfExists::Rename, "keep-both"), (IfExists::Replace, "replace"), (IfExists::Skip, "skip")];

/// The longest patience that can be chosen, in seconds: a day, as for `ashore get --timeout`.
const LONGEST: f64 = 86_400.0;

/// Whether a value makes sense.
type Sense = fn(&Value) -> bool;

/// The keys whose values make no sense.
pub(super) fn broken(table: &Table) -> Vec<&'static str> {
    let senses: [(&str, Sense); 19] = [
        (THEME, |value| theme(value).is_some()),
        (CONTRAST, Value::is_bool),
        (ZOOM, |value| zoom(value).is_some()),
        (SIZE, |value| size(value).is_some()),
        (PLACE, |value| place(value).is_some()),
        (MAXIMIZED, Value::is_bool),
        (WHOLE_LOG, Value::is_bool),
        (CONTINUES, Value::is_bool),
        (FOLDER, Value::is_str),
        (IF_EXISTS, |value| if_exists(value).is_some()),
        (RATE, |value| rate(value).is_some()),
        (RATE_ON, Value::is_bool),
        (CONNECTIONS, |value| connections(value).is_some()),
        (SEGMENTS, |value| connections(value).is_some()),
        (PATIENCE, |value| patience(value).is_some()),
        (RETRIES, |value| retries(value).is_some()),
        (PROXY, |value| proxy(value).is_some()),
        (FAVOURITES, Value::is_array),
        (RECENT, Value::is_array),
    ];
    let is_broken = |(key, makes_sense): &(&str, Sense)| {
        table.get(*key).is_some_and(|value| !makes_sense(value))
    };
    senses.into_iter().filter(is_broken).map(|(key, _)| key).collect()
}

pub(super) fn theme(value: &Value) -> Option<Theme> {
    let word = value.as_str()?;
    Theme::ALL.into_iter().find(|(_, known)| *known == word).map(|(theme, _)| theme)
}

pub(super) fn zoom(value: &Value) -> Option<f32> {
    let zoom = number(value)?;
    #[expect(clippy::cast_possible_truncation, reason = "a small number")]
    (zoom.is_finite() && zoom > 0.0).then_some((zoom as f32).clamp(0.5, 4.0))
}

pub(super) fn size(value: &Value) -> Option<[f32; 2]> {
    let side = |side: i64| u16::try_from(side).ok().filter(|&side| side > 0).map(f32::from);
    let [width, height] = pair(value)?;
    Some([side(width)?, side(height)?])
}

/// Left of and above the first screen there may be others: a place can be less than nothing.
pub(super) fn place(value: &Value) -> Option<[i32; 2]> {
    let [x, y] = pair(value)?;
    Some([i32::try_from(x).ok()?, i32::try_from(y).ok()?])
}

pub(super) fn folder(value: &Value) -> Option<PathBuf> {
    value.as_str().map(PathBuf::from)
}

pub(super) fn if_exists(value: &Value) -> Option<IfExists> {
    let word = value.as_str()?;
    CHOICES.into_iter().find(|(_, known)| *known == word).map(|(choice, _)| choice)
}

/// In bytes per second: `2000000`, or `"2M"`.
pub(super) fn rate(value: &Value) -> Option<u64> {
    match value {
        Value::Integer(bytes) => u64::try_from(*bytes).ok().filter(|&bytes| bytes > 0),
        Value::String(text) => read_rate(text).ok(),
        _ => None,
    }
}

pub(super) fn connections(value: &Value) -> Option<u32> {
    let number = u32::try_from(value.as_integer()?).ok()?;
    (1..=MOST_BY_CHOICE).contains(&number).then_some(number)
}

pub(super) fn patience(value: &Value) -> Option<Duration> {
    let seconds = number(value).filter(|&seconds| seconds > 0.0 && seconds <= LONGEST)?;
    Some(Duration::from_secs_f64(seconds).max(Duration::from_millis(1)))
}

pub(super) fn retries(value: &Value) -> Option<u32> {
    u32::try_from(value.as_integer()?).ok()
}

/// A password for a proxy has no place in a file that everybody may read: with one, it is none.
pub(super) fn proxy(value: &Value) -> Option<ProxyChoice> {
    value.as_str()?.parse().ok().filter(|choice: &ProxyChoice| !choice.has_login())
}

fn number(value: &Value) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "numbers of a person are small")]
    value.as_float().or_else(|| value.as_integer().map(|number| number as f64))
}

fn pair(value: &Value) -> Option<[i64; 2]> {
    let numbers: Vec<_> = value.as_array()?.iter().map_while(Value::as_integer).collect();
    numbers.try_into().ok()
}
