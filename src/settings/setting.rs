//! One thing that the person can choose, and how it is written down.

use std::path::PathBuf;
use std::time::Duration;

use toml::Value;

use super::favourites::Favourite;
use super::keys;
use super::rate::RateLimit;
use crate::ftp::Address;
use crate::transfer::{IfExists, ProxyChoice};

/// Which theme the window wears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    pub(super) const ALL: [(Self, &str); 3] =
        [(Self::System, "system"), (Self::Light, "light"), (Self::Dark, "dark")];
}

/// One thing that the person can choose.
#[derive(Debug, Clone, PartialEq)]
pub enum Setting {
    /// Which theme the window wears.
    Theme(Theme),
    /// Whether colours are as far apart as they can be.
    HighContrast(bool),
    /// Whether the log shows the whole conversation, and not its story alone.
    WholeLog(bool),
    /// Whether unfinished transfers go on by themselves at the next start.
    ContinueAtStart(bool),
    /// The folder that downloads go to.
    Folder(PathBuf),
    /// What is done with a file that is there already.
    IfExists(IfExists),
    /// How fast everything together may come.
    RateLimit(RateLimit),
    /// How many connections each server gets. `None`: as many as are of use.
    Connections(Option<u32>),
    /// Over how many connections one large file comes. `None`: as many as are of use.
    Segments(Option<u32>),
    /// The longest silence.
    Patience(Duration),
    /// How many attempts in a row may bring no new byte.
    Retries(u32),
    /// Through whom servers are reached. One with a name and a password is written down without
    /// them.
    Proxy(ProxyChoice),
    /// How large everything is drawn.
    Zoom(f32),
    /// The window's size, in points.
    WindowSize([f32; 2]),
    /// The window's corner on the screens, in their own small points (physical pixels).
    WindowPlace([i32; 2]),
    /// Whether the window fills its screen.
    Maximized(bool),
    /// The servers that are to be found again: these, and no others.
    Favourites(Vec<Favourite>),
    /// The servers that were visited last: these, and no others.
    Recent(Vec<Address>),
}

impl Setting {
    /// The keys in the file that say it, and their values. `None`: this key is not needed.
    pub(super) fn entries(&self) -> Vec<(&'static str, Option<Value>)> {
        let one = |key, value: Value| vec![(key, Some(value))];
        match self {
            Self::Theme(theme) => {
                let known = Theme::ALL.into_iter().find(|(known, _)| known == theme);
                one(keys::THEME, known.map_or("system", |(_, word)| word).into())
            }
            Self::HighContrast(is_high) => one(keys::CONTRAST, (*is_high).into()),
            Self::WholeLog(is_whole) => one(keys::WHOLE_LOG, (*is_whole).into()),
            Self::ContinueAtStart(continues) => one(keys::CONTINUES, (*continues).into()),
            Self::Folder(folder) => one(keys::FOLDER, folder.to_string_lossy().as_ref().into()),
            Self::IfExists(choice) => {
                let known = keys::CHOICES.into_iter().find(|(known, _)| known == choice);
                one(keys::IF_EXISTS, known.map_or("keep-both", |(_, word)| word).into())
            }
            Self::RateLimit(RateLimit { last, is_on }) => vec![
                (keys::RATE, last.and_then(|bytes| i64::try_from(bytes).ok()).map(Value::Integer)),
                (keys::RATE_ON, Some((*is_on).into())),
            ],
            Self::Connections(number) => vec![(keys::CONNECTIONS, number.map(Value::from))],
            Self::Segments(number) => vec![(keys::SEGMENTS, number.map(Value::from))],
            Self::Patience(patience) => one(keys::PATIENCE, rounded(patience.as_secs_f64())),
            Self::Retries(retries) => one(keys::RETRIES, (*retries).into()),
            Self::Proxy(ProxyChoice::Environment) => vec![(keys::PROXY, None)],
            Self::Proxy(choice) => one(keys::PROXY, choice.to_string().into()),
            // To two places: 1.1 is not to be written as 1.100000023841858.
            Self::Zoom(zoom) => one(keys::ZOOM, rounded(f64::from(*zoom))),
            Self::WindowSize([width, height]) => {
                #[expect(clippy::cast_possible_truncation, reason = "windows are small")]
                let sides = [*width, *height].map(|side| Value::Integer(side.round() as i64));
                one(keys::SIZE, Value::Array(sides.to_vec()))
            }
            Self::WindowPlace(corner) => {
                let corner = corner.map(|side| Value::Integer(side.into()));
                one(keys::PLACE, Value::Array(corner.to_vec()))
            }
            Self::Maximized(is_whole) => one(keys::MAXIMIZED, (*is_whole).into()),
            Self::Favourites(all) => one(keys::FAVOURITES, Favourite::written(all)),
            Self::Recent(all) => {
                let links = all.iter().map(|address| Value::String(address.to_string()));
                one(keys::RECENT, Value::Array(links.collect()))
            }
        }
    }
}

/// To two places, and whole numbers without any.
fn rounded(number: f64) -> Value {
    let rounded = (number * 100.0).round() / 100.0;
    #[expect(clippy::cast_possible_truncation, reason = "a whole small number")]
    if rounded.fract() == 0.0 { Value::Integer(rounded as i64) } else { Value::Float(rounded) }
}
