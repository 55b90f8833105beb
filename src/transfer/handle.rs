//! What others may do to a running download.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::commons::Commons;
use super::slots::Seat;
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
    seat: Option<Arc<Seat>>,
    pub(super) commons: Commons,
}

impl Handle {
    /// Of a download that shares with others what `commons` has. The default shares nothing.
    #[must_use]
    pub fn with(commons: Commons) -> Self {
        Self { commons, ..Self::default() }
    }

    /// Of a download that gives its seat back while it rests between two attempts.
    pub(super) fn in_seat(seat: Seat, commons: Commons) -> Self {
        Self { seat: Some(Arc::new(seat)), ..Self::with(commons) }
    }

    /// Of a download that shares `commons` with others.
    #[must_use]
    pub fn sharing(commons: Commons) -> Self {
        Self { commons, ..Self::default() }
    }

    /// What it shares with all other downloads.
    #[must_use]
    pub fn commons(&self) -> &Commons {
        &self.commons
    }

    pub(super) fn leave_seat(&self) {
        if let Some(seat) = &self.seat {
            seat.leave();
        }
    }

    /// Ends a pause between two attempts.
    pub fn try_now(&self) {
        self.hurry.store(true, Ordering::Relaxed);
    }

    /// Waits for `pause`, and then for a seat. A long wait lets another download have this one's.
    pub(super) fn rest(&self, pause: Duration) -> Result<(), ftp::Error> {
        self.hurry.store(false, Ordering::Relaxed);
        if pause >= LONG_REST {
            self.leave_seat();
        }
        let end = Instant::now() + pause;
        loop {
            if self.stop.is_given() {
                return Err(ftp::Error::Stopped);
            }
            let is_over = Instant::now() >= end || self.hurry.load(Ordering::Relaxed);
            if is_over && self.seat.as_ref().is_none_or(|seat| seat.try_take()) {
                return Ok(());
            }
            thread::sleep(TICK);
        }
    }
}
