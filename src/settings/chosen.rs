//! What was chosen, or is usual.

use std::path::PathBuf;
use std::time::Duration;

use super::keys;
use super::rate::RateLimit;
use super::{Settings, Theme};
use crate::transfer::{IfExists, ProxyChoice, Request};

impl Settings {
    /// Which theme the window wears.
    #[must_use]
    pub fn theme(&self) -> Theme {
        self.value(keys::THEME, keys::theme).unwrap_or_default()
    }

    /// Whether unfinished transfers of an earlier run go on by themselves.
    #[must_use]
    pub fn continues_at_start(&self) -> bool {
        self.is_true(keys::CONTINUES)
    }

    /// Whether colours are to be as far apart as they can be; `usually`, unless the person says so.
    #[must_use]
    pub fn has_high_contrast(&self, usually: bool) -> bool {
        self.value(keys::CONTRAST, toml::Value::as_bool).unwrap_or(usually)
    }

    /// Whether the log shows the whole conversation, and not its story alone.
    #[must_use]
    pub fn has_whole_log(&self) -> bool {
        self.is_true(keys::WHOLE_LOG)
    }

    /// The folder that downloads go to, if the person has chosen one that is there.
    #[must_use]
    pub fn folder(&self) -> Option<PathBuf> {
        self.value(keys::FOLDER, keys::folder).filter(|folder| folder.is_dir())
    }

    /// What is done with a file that is there already, unless the person says otherwise.
    #[must_use]
    pub fn if_exists(&self) -> IfExists {
        self.value(keys::IF_EXISTS, keys::if_exists).unwrap_or(IfExists::Rename)
    }

    /// How fast everything together may come.
    #[must_use]
    pub fn rate_limit(&self) -> RateLimit {
        RateLimit { last: self.value(keys::RATE, keys::rate), is_on: self.is_true(keys::RATE_ON) }
    }

    /// How many connections each server gets. `None`: as many as are of use.
    #[must_use]
    pub fn connections(&self) -> Option<u32> {
        self.value(keys::CONNECTIONS, keys::connections)
    }

    /// Over how many connections one large file comes. `None`: as many as are of use.
    #[must_use]
    pub fn segments(&self) -> Option<u32> {
        self.value(keys::SEGMENTS, keys::connections)
    }

    /// The longest silence of a server, if the person has chosen one.
    #[must_use]
    pub fn patience(&self) -> Option<Duration> {
        self.value(keys::PATIENCE, keys::patience)
    }

    /// How many attempts in a row may bring no new byte, if the person has chosen.
    #[must_use]
    pub fn retries(&self) -> Option<u32> {
        self.value(keys::RETRIES, keys::retries)
    }

    /// Through whom servers are reached.
    #[must_use]
    pub fn proxy(&self) -> ProxyChoice {
        self.value(keys::PROXY, keys::proxy).unwrap_or_default()
    }

    /// An order in the way that was chosen for all orders.
    #[must_use]
    pub fn order(&self, request: Request) -> Request {
        Request {
            patience: self.patience().unwrap_or(request.patience),
            retries: self.retries().unwrap_or(request.retries),
            segments: self.segments().and_then(|it| usize::try_from(it).ok()).or(request.segments),
            ..request
        }
    }

    /// How large everything is drawn: 1.0 is the usual size.
    #[must_use]
    pub fn zoom(&self) -> f32 {
        self.value(keys::ZOOM, keys::zoom).unwrap_or(1.0)
    }

    /// The window's size when it was last closed, in points.
    #[must_use]
    pub fn window_size(&self) -> Option<[f32; 2]> {
        self.value(keys::SIZE, keys::size)
    }

    /// The window's corner when it was last closed, in physical pixels.
    #[must_use]
    pub fn window_place(&self) -> Option<[i32; 2]> {
        self.value(keys::PLACE, keys::place)
    }

    /// Whether the window filled its screen when it was last closed.
    #[must_use]
    pub fn was_maximized(&self) -> bool {
        self.is_true(keys::MAXIMIZED)
    }
}
