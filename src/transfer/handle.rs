//! What others may do to a running download.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::brake::Waits;
use super::commons::Commons;
use super::lanes::Lane;
use crate::ftp::{self, Stop};

/// A pause of this length lets another download have its turn.
const LONG_REST: Duration = Duration::from_secs(2);

/// How often a pause looks up to see whether it should end.
const TICK: Duration = Duration::from_millis(50);

/// What others may do to a running download.
#[derive(Debug, Clone, Default)]
pub struct Handle {
    /// Ends it. What has arrived stays on disk.
    pub stop: Stop,
    hurry: Arc<AtomicBool>,
    lane: Option<Arc<Lane>>,
    /// What its time is spent on.
    pub(super) waits: Waits,
    pub(super) commons: Commons,
}

impl Handle {
    /// Of a download that shares with others what `commons` has. The default shares nothing.
    #[must_use]
    pub fn with(commons: Commons) -> Self {
        Self { commons, ..Self::default() }
    }

    /// Of a download that gives its lane back while it rests between two attempts.
    pub(super) fn in_lane(lane: Lane, commons: Commons) -> Self {
        Self { lane: Some(Arc::new(lane)), ..Self::with(commons) }
    }

    /// Of one that is a part of this one, and has a lane of its own.
    pub(super) fn of_part(&self, lane: Arc<Lane>) -> Self {
        Self { lane: Some(lane), ..self.clone() }
    }

    /// Its right to a connection, if somebody counts them.
    pub(super) fn lane(&self) -> Option<&Arc<Lane>> {
        self.lane.as_ref()
    }

    /// What it shares with all other downloads.
    #[must_use]
    pub fn commons(&self) -> &Commons {
        &self.commons
    }

    pub(super) fn leave_lane(&self) {
        if let Some(lane) = &self.lane {
            lane.leave();
        }
    }

    /// So many bytes of a file came.
    pub(super) fn came(&self, bytes: usize) {
        if let Some(lane) = &self.lane {
            lane.moved(bytes);
        }
    }

    /// Ends a pause between two attempts.
    pub fn try_now(&self) {
        self.hurry.store(true, Ordering::Relaxed);
    }

    /// Waits for `pause`, and then for a lane. A long wait lets another download have this one's.
    pub(super) fn rest(&self, pause: Duration) -> Result<(), ftp::Error> {
        self.hurry.store(false, Ordering::Relaxed);
        if pause >= LONG_REST {
            self.leave_lane();
        }
        let end = Instant::now() + pause;
        loop {
            if self.stop.is_given() {
                return Err(ftp::Error::Stopped);
            }
            let is_over = Instant::now() >= end || self.hurry.load(Ordering::Relaxed);
            if is_over && self.lane.as_ref().is_none_or(|lane| lane.try_take()) {
                return Ok(());
            }
            thread::sleep(TICK);
        }
    }
}
