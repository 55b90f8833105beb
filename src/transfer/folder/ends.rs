//! How a server ends its lists.

use std::sync::atomic::{AtomicBool, Ordering};

/// How a server ends its lists.
#[derive(Debug, Default)]
pub(super) struct Ends {
    has_ended_a_line: AtomicBool,
    is_believed: AtomicBool,
}

impl Ends {
    /// The server has ended the last line of a list, so that one without an end was cut off.
    pub(super) fn saw_one(&self) {
        self.has_ended_a_line.store(true, Ordering::Relaxed);
    }

    /// Whether it was ever seen to end the last line of a list.
    pub(super) fn have_been_seen(&self) -> bool {
        self.has_ended_a_line.load(Ordering::Relaxed)
    }

    /// A list is taken for whole although its last line has no end. Whether it is the first one.
    pub(super) fn believe(&self) -> bool {
        !self.is_believed.swap(true, Ordering::Relaxed)
    }
}
