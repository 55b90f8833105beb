//! How many transfers may be busy at once. One that only waits for its next attempt is not busy.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// A number of places, shared by threads.
#[derive(Debug, Clone)]
pub(super) struct Slots(Arc<AtomicUsize>);

impl Slots {
    pub(super) fn new(free: usize) -> Self {
        Self(Arc::new(AtomicUsize::new(free)))
    }

    /// Takes a place, if there is one.
    pub(super) fn try_take(&self) -> bool {
        self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, |free| free.checked_sub(1)).is_ok()
    }

    /// Gives a place back.
    pub(super) fn give_back(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }
}

/// The place of one download: given back while it rests, and at the end, whatever happens.
#[derive(Debug)]
pub(super) struct Seat {
    slots: Slots,
    is_taken: AtomicBool,
}

impl Seat {
    /// A place that was taken.
    pub(super) fn taken(slots: Slots) -> Self {
        Self { slots, is_taken: AtomicBool::new(true) }
    }

    /// Gives the place back, if it is taken.
    pub(super) fn leave(&self) {
        if self.is_taken.swap(false, Ordering::AcqRel) {
            self.slots.give_back();
        }
    }

    /// Takes a place again. `false`: there is none.
    pub(super) fn try_take(&self) -> bool {
        if self.is_taken.load(Ordering::Acquire) {
            return true;
        }
        let is_taken = self.slots.try_take();
        self.is_taken.store(is_taken, Ordering::Release);
        is_taken
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.leave();
    }
}
