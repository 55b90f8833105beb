//! Tells the news to whoever listens, and notices when nobody does any more.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossbeam_channel::{SendTimeoutError, Sender};

use super::engine::TransferId;
use super::news::{Event, News};

/// How often somebody who waits for a slow listener looks up to see whether the program ends.
const TICK: Duration = Duration::from_millis(50);

/// Tells the news. Its twins share one listener.
#[derive(Clone)]
pub(super) struct Teller {
    events: Sender<Event>,
    wake: Arc<dyn Fn() + Send + Sync>,
    is_over: Arc<AtomicBool>,
}

impl fmt::Debug for Teller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Teller").field("is_over", &self.is_over).finish_non_exhaustive()
    }
}

impl Teller {
    pub(super) fn new(events: Sender<Event>, wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self { events, wake: Arc::new(wake), is_over: Arc::default() }
    }

    /// Tells it, and waits for a listener who is behind. `false`: nobody listens any more.
    pub(super) fn tell(&self, id: TransferId, news: News) -> bool {
        let mut event = Event { id, news };
        loop {
            let is_over = self.is_over.load(Ordering::Relaxed);
            let patience = if is_over { Duration::ZERO } else { TICK };
            match self.events.send_timeout(event, patience) {
                Ok(()) => {
                    (self.wake)();
                    return true;
                }
                Err(SendTimeoutError::Timeout(back)) if !is_over => event = back,
                Err(_) => return false,
            }
        }
    }

    /// The program ends: nobody waits for a listener any more.
    pub(super) fn end(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }
}
