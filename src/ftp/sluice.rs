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
/// read it. So it counts from the moment when it is asked for, until no more comes ahead. Where a
/// connection is broken off, what nobody has read has come all the same.
pub trait Sluice: fmt::Debug + Send + Sync {
    /// Whether anything is held back now.
    fn holds(&self) -> bool;

    /// About so many bytes may come over a new data connection before they are read, where a way there
    /// and back takes `round_trip`. `None`: as many as the system likes, which are some megabytes.
    fn ahead(&self, round_trip: Duration) -> Option<usize>;

    /// How many bytes to read at once, at most `most`.
    fn portion(&self, most: usize) -> usize;

    /// So many bytes will be asked for, and count from now on. Waits until it is their turn, or until
    /// `stop` is given.
    fn let_in(&self, bytes: usize, stop: &Stop);

    /// Somebody looks for bytes. `is_dry`: none are there yet, and they wait for the line until
    /// [`Sluice::looked`].
    fn looks(&self, is_dry: bool);

    /// Somebody who waited for the line waits no more.
    fn looked(&self);

    /// So many bytes more are on the line. Waits until they may be, or until `stop` is given, and tells
    /// for how long.
    fn came(&self, bytes: usize, stop: &Stop) -> Duration;

    /// So many bytes that counted are not on the line any more.
    fn take_back(&self, bytes: usize);
}

/// What is to come over a data connection that is still to be made. It counts already.
#[derive(Debug)]
pub(super) struct Leave {
    sluice: Arc<dyn Sluice>,
    bytes: usize,
}

impl Leave {
    /// Waits until the next transfer may begin, where a way there and back takes `round_trip`. It will
    /// be of so many bytes as are `expected`, where that is known.
    pub(super) fn take(
        sluice: Arc<dyn Sluice>,
        round_trip: Duration,
        expected: Option<u64>,
        stop: &Stop,
    ) -> Self {
        let ahead = sluice.ahead(round_trip).map_or(0, generous);
        let bytes = ahead.min(expected.map_or(usize::MAX, in_memory));
        if bytes > 0 {
            sluice.let_in(bytes, stop);
        }
        Self { sluice, bytes }
    }
}

impl Drop for Leave {
    /// It was not used.
    fn drop(&mut self) {
        if self.bytes > 0 {
            self.sluice.take_back(self.bytes);
        }
    }
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
    /// So many that come ahead count. `None`: nothing has counted.
    counted: Option<usize>,
    has_looked: bool,
    is_waiting: bool,
}

impl Hold {
    /// A connection over which `ahead` bytes may come before they are read. The server says that it
    /// sends so many as are `announced`.
    pub(super) fn new(
        mut leave: Leave,
        ahead: Option<usize>,
        round_trip: Duration,
        announced: Option<u64>,
    ) -> Self {
        let (sluice, bytes) = (Arc::clone(&leave.sluice), std::mem::take(&mut leave.bytes));
        let counted = ahead.map(|_| bytes);
        let left = announced.map(in_memory);
        Self { sluice, ahead, round_trip, left, counted, has_looked: false, is_waiting: false }
    }

    /// So many bytes are to come.
    pub(super) fn expect(&mut self, bytes: usize) {
        self.left = Some(bytes);
    }

    /// Somebody looks for bytes, of which so many are here.
    pub(super) fn looks(&mut self, unread: usize) {
        // Before, they waited for the server.
        let is_dry = unread == 0 || !std::mem::replace(&mut self.has_looked, true);
        self.sluice.looks(is_dry);
        self.is_waiting = is_dry;
    }

    pub(super) fn looked(&mut self) {
        if std::mem::take(&mut self.is_waiting) {
            self.sluice.looked();
        }
    }

    pub(super) fn holds(&self) -> bool {
        self.sluice.holds()
    }

    /// How many bytes to read at once, at most `most`.
    pub(super) fn portion(&self, most: usize) -> usize {
        self.sluice.portion(most)
    }

    /// So many bytes were read, 0 at the end, and so many more are here. Waits until what takes their
    /// place may come. Tells for how long.
    pub(super) fn came(&mut self, bytes: usize, unread: usize, stop: &Stop) -> Duration {
        self.left = self.left.map(|left| left.saturating_sub(bytes)).filter(|_| bytes > 0);
        let left = if bytes > 0 { self.left.unwrap_or(usize::MAX) } else { 0 };
        if self.ahead.is_none() && !self.sluice.holds() {
            self.counted = None;
            return Duration::ZERO;
        }
        let Some(before) = self.counted else {
            // It was made to be fast. What is here has come before it had to be slow.
            self.counted = Some(unread.min(left));
            return Duration::ZERO;
        };
        // What comes over such a one, until the system takes no more, shows as it comes.
        let counted = self.ahead.map_or(unread.max(before), generous).min(left);
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

/// How much of what it was told to receive ahead the system may receive.
fn generous(ahead: usize) -> usize {
    let (times, of) = GENEROUS;
    ahead.saturating_mul(times) / of
}

fn in_memory(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    /// Lets 800 bytes come ahead, and writes down how many more are on the line, and who waits for it.
    #[derive(Debug, Default)]
    struct Books {
        bytes: Mutex<isize>,
        looks: Mutex<Vec<bool>>,
        is_open: AtomicBool,
    }

    impl Books {
        fn add(&self, bytes: isize) {
            *self.bytes.lock().unwrap() += bytes;
        }

        fn bytes(&self) -> isize {
            *self.bytes.lock().unwrap()
        }
    }

    impl Sluice for Books {
        fn holds(&self) -> bool {
            !self.is_open.load(Ordering::Relaxed)
        }

        fn ahead(&self, _: Duration) -> Option<usize> {
            self.holds().then_some(800)
        }

        fn portion(&self, most: usize) -> usize {
            most.min(500)
        }

        fn let_in(&self, bytes: usize, _: &Stop) {
            self.add(isize::try_from(bytes).unwrap());
        }

        fn looks(&self, is_dry: bool) {
            self.looks.lock().unwrap().push(is_dry);
        }

        fn looked(&self) {
            assert_eq!(self.looks.lock().unwrap().last(), Some(&true));
        }

        fn came(&self, bytes: usize, _: &Stop) -> Duration {
            self.add(isize::try_from(bytes).unwrap());
            Duration::ZERO
        }

        fn take_back(&self, bytes: usize) {
            self.add(-isize::try_from(bytes).unwrap());
        }
    }

    fn leave(books: &Arc<Books>, expected: Option<u64>) -> Leave {
        Leave::take(books.clone(), Duration::from_millis(50), expected, &Stop::default())
    }

    fn hold(books: &Arc<Books>, ahead: Option<usize>, announced: Option<u64>, ms: u64) -> Hold {
        Hold::new(leave(books, announced), ahead, Duration::from_millis(ms), announced)
    }

    /// What is written down before the first of these reads, and after each.
    fn after(announced: Option<u64>, reads: &[usize]) -> Vec<isize> {
        let books = Arc::new(Books::default());
        let mut hold = hold(&books, Some(800), announced, 50);
        let mut all = vec![books.bytes()];
        all.extend(reads.iter().map(|&bytes| {
            hold.came(bytes, 0, &Stop::default());
            books.bytes()
        }));
        all
    }

    #[test]
    fn what_comes_ahead_counts_before_the_first_byte_until_no_more_comes() {
        // 1000 bytes ahead in truth.
        assert_eq!(after(None, &[500, 500, 2000]), [1000, 1500, 2000, 4000]);
        assert_eq!(after(None, &[500, 500, 2000, 0]), [1000, 1500, 2000, 4000, 3000]);
        let all = [1000, 1500, 3000, 3000, 3000, 3000];
        assert_eq!(after(Some(3000), &[500, 2000, 400, 100, 0]), all);
        assert_eq!(after(Some(300), &[100, 200, 0]), [300; 4]);
        // The server sends more than it has announced.
        assert_eq!(after(Some(300), &[100, 500, 0]), [300, 300, 600, 600]);
    }

    #[test]
    fn what_was_let_in_and_is_not_asked_for_is_taken_back() {
        let books = Arc::new(Books::default());
        let leave = leave(&books, None);
        assert_eq!(books.bytes(), 1000);
        drop(leave);
        assert_eq!(books.bytes(), 0);
    }

    #[test]
    fn what_comes_over_a_connection_that_was_made_to_be_fast_counts_as_it_comes() {
        let books = Arc::new(Books::default());
        books.is_open.store(true, Ordering::Relaxed);
        let mut hold = hold(&books, None, Some(100_000), 50);
        let mut read = |bytes, unread| {
            hold.came(bytes, unread, &Stop::default());
            books.bytes()
        };
        assert_eq!([read(30_000, 0), read(2_000, 900)], [0, 0], "nobody holds it back");
        books.is_open.store(false, Ordering::Relaxed);
        assert_eq!(read(4_000, 500), 0, "all that came before");
        assert_eq!(read(100, 700), 300, "100 more, and 200 that nobody has read");
        assert_eq!(read(100, 9_600), 9_300, "the system takes much");
        assert_eq!(read(100, 9_500), 9_400, "it takes no more than in place of what is read");
        assert_eq!(read(100, 9_600), 9_500);
        assert_eq!(read(60_000, 0), 63_500, "3600 are left: no more than that can be here");
        assert_eq!(read(3_600, 0), 63_500);
        assert_eq!(read(0, 0), 63_500);
    }

    #[test]
    fn who_looks_for_the_first_time_or_finds_nothing_waits_for_the_line() {
        let books = Arc::new(Books::default());
        let mut hold = hold(&books, Some(800), None, 50);
        for unread in [300, 0, 300] {
            hold.looks(unread);
            hold.looked();
        }
        assert_eq!(*books.looks.lock().unwrap(), [true, true, false]);
    }

    #[test]
    fn it_is_narrow_where_twice_as_much_may_come_and_the_line_is_long() {
        let is_narrow = |ahead, ms| hold(&Arc::new(Books::default()), ahead, None, ms).is_narrow();
        assert!(is_narrow(Some(400), 50));
        assert!(!is_narrow(Some(401), 50));
        assert!(!is_narrow(Some(400), 0), "it is fast as it is");
        assert!(!is_narrow(None, 50));
    }
}
