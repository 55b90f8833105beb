//! The bytes of a file, on their way.

use std::io;
use std::thread;
use std::time::Duration;

use super::error::{Awaiting, Error};
use super::sluice::Hold;
use super::stream::{Limits, Stream, Wait};

/// What is no file has to come at least this fast, in bytes per second: about a line of a listing. The
/// slowest honest line is ten times as fast, also where it takes hours for a million entries.
const LEAST_SPEED: u64 = 64;

/// That speed is an average over so many times [`Limits::patience`].
const STRETCH: u32 = 4;

/// The end of a small file may wait, at the server, for the acknowledgement of its beginning. Once so
/// much has come that this no longer matters, the kernel knows best.
const EAGER_READS: u8 = 16;

/// In the stream of a large file over TLS, whoever has read less than so many bytes at once rests for
/// a moment, so that more is there the next time. Being woken for every record costs both sides more
/// than the record does. Measured on the loopback: a fifth less time; without TLS it would be more.
const LITTLE: usize = 128 * 1024;
const REST: Duration = Duration::from_micros(200);

/// The bytes of a file, on their way.
#[derive(Debug)]
pub struct Data {
    stream: Stream,
    silence: Option<Wait>,
    /// If it has to come at a certain speed.
    stretch: Option<Stretch>,
    /// How many reads are still to be acknowledged at once.
    eager: u8,
    /// The last read brought less than [`LITTLE`], over TLS.
    was_little: bool,
    /// If somebody holds it back, and for how long what was read last was.
    hold: Option<Hold>,
    held_back: Duration,
    /// Over TLS, the end came without a word: it may have been forged (RFC 8446 §6.1). Only a
    /// number of bytes that agrees with the announced one makes it believable.
    pub is_end_doubtful: bool,
    /// Which byte of the file is the first to come.
    pub offset: u64,
    /// The size that the server mentioned when it began to send, in bytes. Whether it means the
    /// whole file or what is still to come depends on the server; for offset 0 it is the same.
    pub announced: Option<u64>,
}

impl Data {
    pub(super) fn new(stream: Stream, announced: Option<u64>, hold: Option<Hold>) -> Self {
        Self {
            stream,
            silence: None,
            stretch: None,
            eager: EAGER_READS,
            was_little: false,
            hold,
            held_back: Duration::ZERO,
            is_end_doubtful: false,
            offset: 0,
            announced,
        }
    }

    /// The same, if its first byte is the one at `offset`.
    pub(super) fn from(self, offset: u64) -> Self {
        Self { offset, ..self }
    }

    /// The same, if it is to be given up when it comes in drops: nobody waits days for a listing.
    pub(super) fn at_speed(self) -> Self {
        let stretch = Some(Stretch::new(self.stream.limits()));
        Self { stretch, ..self }
    }

    /// Reads what has come, or waits for it a twentieth of a second: `None` if nothing came, so that
    /// a stalled transfer can say so. `Some(0)` is the end of the data.
    ///
    /// # Errors
    ///
    /// [`Error::Silent`] when patience is over, [`Error::TooSlow`], [`Error::Cut`], [`Error::Stopped`].
    pub fn poll(&mut self, block: &mut [u8]) -> Result<Option<usize>, Error> {
        let portion = self.portion(block.len());
        let block = block.get_mut(..portion).unwrap_or_default();
        self.poll_by(|stream| stream.poll(block))
    }

    /// Like [`Data::poll`], but what has come goes into a pipe, at most `most` bytes of it. Only of data
    /// that [can be poured](Data::can_pour).
    #[cfg(target_os = "linux")]
    pub fn pour(
        &mut self,
        pipe: std::os::fd::BorrowedFd<'_>,
        most: usize,
    ) -> Result<Option<usize>, Error> {
        let portion = self.portion(most);
        self.poll_by(|stream| stream.pour(pipe, portion))
    }

    /// How many bytes to read at once, at most `most`.
    fn portion(&self, most: usize) -> usize {
        self.hold.as_ref().map_or(most, |hold| hold.portion(most))
    }

    /// Whether the bytes come as they are, and the system takes them into a pipe.
    #[must_use]
    pub fn can_pour(&self) -> bool {
        self.stream.can_pour()
    }

    fn poll_by(
        &mut self,
        read: impl FnOnce(&mut Stream) -> Result<Option<usize>, Error>,
    ) -> Result<Option<usize>, Error> {
        if self.stream.limits().stop.is_given() {
            return Err(Error::Stopped);
        }
        match self.eager.checked_sub(1) {
            Some(eager) => {
                self.eager = eager;
                self.stream.acknowledge_at_once();
            }
            None if self.was_little => thread::sleep(REST),
            None => {}
        }
        let mut hold = self.hold.as_mut().filter(|hold| hold.holds());
        if let Some(hold) = &mut hold {
            hold.looks(self.stream.unread());
        }
        let count = read(&mut self.stream);
        if let Some(hold) = hold {
            hold.looked();
        }
        let count = match count {
            Err(Error::HungUp) if self.stream.is_secure() => {
                self.is_end_doubtful = true;
                Some(0)
            }
            count => count?,
        };
        self.was_little = self.stream.is_secure() && count.is_some_and(|count| count < LITTLE);
        match (&mut self.silence, count) {
            (_, Some(_)) => self.silence = None,
            (Some(silence), None) => silence.go_on()?,
            (None, None) => self.silence = Some(Wait::new(self.stream.limits(), Awaiting::Data)),
        }
        self.held_back = match (count, &mut self.hold) {
            (Some(count), Some(hold)) => {
                let unread = if hold.holds() { self.stream.unread() } else { 0 };
                hold.came(count, unread, &self.stream.limits().stop)
            }
            _ => Duration::ZERO,
        };
        if let Some(stretch) = &mut self.stretch {
            stretch.came(count.unwrap_or(0), self.stream.limits())?;
        }
        Ok(count)
    }

    /// For how long what was read last was held back.
    #[must_use]
    pub fn held_back(&self) -> Duration {
        self.held_back
    }

    /// So many more bytes are to come. It may be wrong.
    pub(super) fn expect(&mut self, bytes: usize) {
        self.hold.iter_mut().for_each(|hold| hold.expect(bytes));
    }

    /// Nothing comes after what was read: the server stops here by itself.
    pub fn end(mut self) {
        if let Some(hold) = &mut self.hold {
            hold.came(0, 0, &self.stream.limits().stop);
        }
    }

    /// Whether it was made to come slowly, and may come at twice that speed now: only over another data
    /// connection it can.
    #[must_use]
    pub fn is_narrow(&self) -> bool {
        self.hold.as_ref().is_some_and(Hold::is_narrow)
    }

    /// Reads exactly as many bytes as `block` holds.
    ///
    /// # Errors
    ///
    /// Those of [`Data::poll`], and [`Error::Cut`] if the data ends before.
    pub fn read_exact(&mut self, block: &mut [u8]) -> Result<(), Error> {
        self.read_all(block, || ())
    }

    /// The same. `came` hears of it each time that some of them have come.
    ///
    /// # Errors
    ///
    /// Those of [`Data::read_exact`].
    pub fn read_all(&mut self, block: &mut [u8], mut came: impl FnMut()) -> Result<(), Error> {
        let mut filled = 0;
        while let Some(rest @ [_, ..]) = block.get_mut(filled..) {
            match self.poll(rest)? {
                Some(0) => return Err(Error::Cut(io::ErrorKind::UnexpectedEof.into())),
                Some(count) => {
                    filled += count;
                    came();
                }
                None => {}
            }
        }
        Ok(())
    }
}

/// A stretch of time in which so much has to come.
#[derive(Debug)]
struct Stretch {
    wait: Wait,
    bytes: u64,
}

impl Stretch {
    fn new(limits: &Limits) -> Self {
        let patience = limits.patience.saturating_mul(STRETCH);
        let wait = Wait::new(&Limits { patience, stop: limits.stop.clone() }, Awaiting::Data);
        Self { wait, bytes: 0 }
    }

    /// Asked at every tick.
    fn came(&mut self, count: usize, limits: &Limits) -> Result<(), Error> {
        self.bytes += u64::try_from(count).unwrap_or(0);
        match self.wait.go_on() {
            Err(Error::Silent { waited, .. }) if self.bytes < LEAST_SPEED * waited.as_secs() => {
                Err(Error::TooSlow { bytes: self.bytes, waited })
            }
            Err(Error::Silent { .. }) => {
                *self = Self::new(limits);
                Ok(())
            }
            going_on => going_on,
        }
    }
}
