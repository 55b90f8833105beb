//! Holding data back: how much of it may come before somebody reads it, and who pays for that.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::stream::Stop;

/// Where a window is full so often, a connection is as fast as anybody could wish, in bytes per second.
const FAST: f64 = 100e6;

/// The system receives about so many times as much ahead as it is told to (Linux, measured: 0.6 to 1.3).
const GENEROUS: (usize, usize) = (5, 4);

/// Who holds the data of a conversation back, so that it comes no faster than it may.
///
/// What counts is what is on the line, and what the system receives ahead is there before anybody has
/// read it. So it counts from the first byte that is read, until no more comes ahead. Where a connection
/// is broken off, what nobody has read has come all the same.
pub trait Sluice: fmt::Debug + Send + Sync {
    /// About so many bytes may come over a new data connection before they are read, where a way there
    /// and back takes `round_trip`. `None`: as many as the system likes, which are some megabytes.
    fn ahead(&self, round_trip: Duration) -> Option<usize>;

    /// So many bytes more are on the line. Waits until they may be, or until `stop` is given, and tells
    /// for how long.
    fn came(&self, bytes: usize, stop: &Stop) -> Duration;

    /// So many bytes that counted are not on the line any more.
    fn take_back(&self, bytes: usize);
}

/// How one data connection is held back.
#[derive(Debug)]
pub(super) struct Hold {
    sluice: Arc<dyn Sluice>,
    /// About so many bytes may come over it before they are read, where it was made to be slow.
    ahead: Option<usize>,
    round_trip: Duration,
    /// So many bytes are to come, where that is known.
    left: Option<usize>,
    /// So many that come ahead count. `None`: nothing was read.
    counted: Option<usize>,
}

impl Hold {
    /// A connection over which `ahead` bytes may come before they are read. The server says that it
    /// sends so many as are `announced`.
    pub(super) fn new(
        sluice: Arc<dyn Sluice>,
        ahead: Option<usize>,
        round_trip: Duration,
        announced: Option<u64>,
    ) -> Self {
        let left = announced.map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
        Self { sluice, ahead, round_trip, left, counted: None }
    }

    /// So many bytes are to come.
    pub(super) fn expect(&mut self, bytes: usize) {
        self.left = Some(bytes);
    }

    /// So many bytes were read; 0 at the end. Waits until what takes their place may come. Tells for how
    /// long.
    pub(super) fn came(&mut self, bytes: usize, stop: &Stop) -> Duration {
        self.left = self.left.map(|left| left.saturating_sub(bytes)).filter(|_| bytes > 0);
        let left = if bytes > 0 { self.left.unwrap_or(usize::MAX) } else { 0 };
        let before = self.counted.unwrap_or(0);
        let (times, of) = GENEROUS;
        let ahead = || self.ahead.map_or(0, |ahead| ahead.saturating_mul(times) / of);
        let counted = self.counted.unwrap_or_else(ahead).min(left);
        self.counted = Some(counted);
        let more = bytes.saturating_add(counted);
        if let Some(fewer @ 1..) = before.checked_sub(more) {
            self.sluice.take_back(fewer);
            return Duration::ZERO;
        }
        self.sluice.came(more - before, stop)
    }

    /// Whether it was made for half the speed at most that it may have now.
    pub(super) fn is_narrow(&self) -> bool {
        let Some(ahead) = self.ahead else { return false };
        let bytes = u32::try_from(ahead).map_or(f64::INFINITY, f64::from);
        let is_fast = bytes >= FAST * self.round_trip.as_secs_f64();
        !is_fast && self.sluice.ahead(self.round_trip).is_none_or(|may| may / 2 >= ahead)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Lets 800 bytes come ahead, and writes down how many more are on the line.
    #[derive(Debug, Default)]
    struct Books(Mutex<isize>);

    impl Books {
        fn add(&self, bytes: isize) {
            *self.0.lock().unwrap() += bytes;
        }
    }

    impl Sluice for Books {
        fn ahead(&self, _: Duration) -> Option<usize> {
            Some(800)
        }

        fn came(&self, bytes: usize, _: &Stop) -> Duration {
            self.add(isize::try_from(bytes).unwrap());
            Duration::ZERO
        }

        fn take_back(&self, bytes: usize) {
            self.add(-isize::try_from(bytes).unwrap());
        }
    }

    /// What is written down after each of these reads.
    fn after(announced: Option<u64>, reads: &[usize]) -> Vec<isize> {
        let books = Arc::new(Books::default());
        let mut hold = Hold::new(books.clone(), Some(800), Duration::from_millis(50), announced);
        let mut read = |&bytes| {
            hold.came(bytes, &Stop::default());
            *books.0.lock().unwrap()
        };
        reads.iter().map(&mut read).collect()
    }

    #[test]
    fn what_comes_ahead_counts_from_the_first_byte_until_no_more_comes() {
        // 1000 bytes ahead in truth.
        assert_eq!(after(None, &[500, 500, 2000]), [1500, 2000, 4000]);
        assert_eq!(after(None, &[500, 500, 2000, 0]), [1500, 2000, 4000, 3000]);
        assert_eq!(after(Some(3000), &[500, 2000, 400, 100, 0]), [1500, 3000, 3000, 3000, 3000]);
        assert_eq!(after(Some(300), &[100, 200, 0]), [300, 300, 300]);
        // The server sends more than it has announced.
        assert_eq!(after(Some(300), &[100, 500, 0]), [300, 600, 600]);
    }

    #[test]
    fn it_is_narrow_where_twice_as_much_may_come_and_the_line_is_long() {
        let hold = |ahead, ms| {
            let books = Arc::new(Books::default());
            Hold::new(books, ahead, Duration::from_millis(ms), None).is_narrow()
        };
        assert!(hold(Some(400), 50));
        assert!(!hold(Some(401), 50));
        assert!(!hold(Some(400), 0), "it is fast as it is");
        assert!(!hold(None, 50));
    }
}
