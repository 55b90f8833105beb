//! The socket that waits patiently, can be told to stop, and says which wait ended.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::error::{Awaiting, Error};
use super::tls::{Tls, TlsStream};

/// How often a wait looks up to see whether it should go on. The longest time that a stop takes.
pub(super) const TICK: Duration = Duration::from_millis(50);

/// A sign that many threads can see: once given, every wait of the conversation ends.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    sign: Arc<AtomicBool>,
    above: Option<Arc<Stop>>,
}

impl Stop {
    /// A sign for a part of the work: given with this one, or alone.
    #[must_use]
    pub fn branch(&self) -> Self {
        Self { sign: Arc::default(), above: Some(Arc::new(self.clone())) }
    }

    /// Gives the sign. It cannot be taken back.
    pub fn give(&self) {
        self.sign.store(true, Ordering::Relaxed);
    }

    /// Whether the sign was given.
    #[must_use]
    pub fn is_given(&self) -> bool {
        self.sign.load(Ordering::Relaxed) || self.above.as_ref().is_some_and(|it| it.is_given())
    }
}

/// How long a conversation waits, and who may end it.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The longest silence: while connecting, before a reply, between two bytes of data.
    pub patience: Duration,
    /// Ends every wait within 100 ms.
    pub stop: Stop,
}

/// One wait: how long it has lasted, and whether it should go on.
#[derive(Debug)]
pub(super) struct Wait {
    limits: Limits,
    awaiting: Awaiting,
    waited: Duration,
    seen: Instant,
}

impl Wait {
    pub(super) fn new(limits: &Limits, awaiting: Awaiting) -> Self {
        Self { limits: limits.clone(), awaiting, waited: Duration::ZERO, seen: Instant::now() }
    }

    /// How long to sleep before [`Wait::go_on`] is asked again.
    pub(super) fn tick(&self) -> Duration {
        TICK.min(self.limits.patience)
    }

    /// Asked at every tick.
    ///
    /// A tick counts for at most four, however long it was: after the computer has slept for an
    /// hour, the server has not been silent for an hour (product contract, "sleep").
    ///
    /// # Errors
    ///
    /// [`Error::Stopped`], or [`Error::Silent`] when patience is over.
    pub(super) fn go_on(&mut self) -> Result<(), Error> {
        if self.limits.stop.is_given() {
            return Err(Error::Stopped);
        }
        let now = Instant::now();
        self.waited += now.duration_since(self.seen).min(4 * TICK);
        self.seen = now;
        if self.waited >= self.limits.patience {
            return Err(Error::Silent { waited: self.limits.patience, awaiting: self.awaiting });
        }
        Ok(())
    }
}

/// What the bytes travel on.
#[derive(Debug)]
enum Wire {
    Plain(TcpStream),
    Tls(TlsStream),
}

impl Wire {
    fn socket(&self) -> &TcpStream {
        match self {
            Self::Plain(socket) => socket,
            Self::Tls(stream) => stream.socket(),
        }
    }
}

impl Read for Wire {
    fn read(&mut self, block: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.read(block),
            Self::Tls(stream) => stream.read(block),
        }
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.write(bytes),
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(socket) => socket.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}

/// How many times [`Limits::patience`] one whole reply may take: a server that lets a byte drop now and
/// then is never silent.
const REPLY_PATIENCE: u32 = 4;

/// A connected socket whose reads and writes keep to [`Limits`].
#[derive(Debug)]
pub(super) struct Stream {
    wire: Wire,
    limits: Limits,
    awaiting: Awaiting,
    /// The wait for the whole of one reply.
    reply: Option<Wait>,
    /// So many bytes, about, may wait here to be read. `None`: as many as the system likes.
    pub(super) ahead: Option<usize>,
    /// What comes is encrypted, or the system takes nothing into a pipe from here.
    cannot_pour: bool,
}

impl Stream {
    /// # Errors
    ///
    /// If the operating system refuses to set up the socket.
    pub(super) fn new(
        socket: TcpStream,
        limits: Limits,
        awaiting: Awaiting,
    ) -> Result<Self, Error> {
        socket.set_read_timeout(Some(TICK)).map_err(Error::Cut)?;
        socket.set_write_timeout(Some(TICK)).map_err(Error::Cut)?;
        Ok(Self {
            wire: Wire::Plain(socket),
            limits,
            awaiting,
            reply: None,
            ahead: None,
            cannot_pour: false,
        })
    }

    /// The same, if its socket was made so that no more may wait here to be read.
    pub(super) fn with_ahead(self, ahead: Option<usize>) -> Self {
        Self { ahead, ..self }
    }

    /// What the next reads wait for, and how patiently.
    pub(super) fn expect(&mut self, awaiting: Awaiting, patience: Duration) {
        self.awaiting = awaiting;
        self.limits.patience = patience;
    }

    /// What is read now is one reply: all of it has to come in four times the patience.
    pub(super) fn expect_reply(&mut self) {
        let patience = self.limits.patience.saturating_mul(REPLY_PATIENCE);
        let limits = Limits { patience, stop: self.limits.stop.clone() };
        self.reply = Some(Wait::new(&limits, self.awaiting));
    }

    /// From now on these limits hold.
    pub(super) fn take_limits(&mut self, limits: &Limits) {
        self.limits = limits.clone();
        self.awaiting = Awaiting::Reply;
    }

    /// Whether the other side is still there, and has said nothing that was not read. Does not wait.
    /// If it has, what it said may be lost.
    pub(super) fn is_quiet(&mut self) -> bool {
        // Not by peeking: over TLS, tickets may have come, which are no word to us.
        if self.wire.socket().set_nonblocking(true).is_err() {
            return false;
        }
        let read = self.wire.read(&mut [0]);
        let is_back = self.wire.socket().set_nonblocking(false).is_ok();
        is_back && read.is_err_and(|error| is_pause(&error))
    }

    pub(super) fn socket(&self) -> &TcpStream {
        self.wire.socket()
    }

    /// How many bytes are here that nobody has read.
    pub(super) fn unread(&mut self) -> usize {
        let in_kernel = rustix::io::ioctl_fionread(self.wire.socket()).unwrap_or(0);
        let taken = if let Wire::Tls(stream) = &mut self.wire { stream.unread() } else { 0 };
        usize::try_from(in_kernel).unwrap_or(usize::MAX).saturating_add(taken)
    }

    /// Reads what is there, or waits for one tick. `None`: nothing came.
    pub(super) fn poll(&mut self, block: &mut [u8]) -> Result<Option<usize>, Error> {
        match self.wire.read(block) {
            Err(error) if is_pause(&error) => Ok(None),
            Err(error) => Err(Error::from(error)),
            Ok(count) => Ok(Some(count)),
        }
    }

    /// Like [`Stream::poll`], but the bytes go into `pipe` as they came over the network. Some systems
    /// cannot do that: then nothing comes, and [`Stream::can_pour`] says so.
    #[cfg(target_os = "linux")]
    pub(super) fn pour(
        &mut self,
        pipe: std::os::fd::BorrowedFd<'_>,
        most: usize,
    ) -> Result<Option<usize>, Error> {
        use rustix::io::Errno;
        let how = rustix::pipe::SpliceFlags::MOVE;
        match rustix::pipe::splice(self.wire.socket(), None, pipe, None, most, how) {
            Err(error) if is_pause(&error.into()) => Ok(None),
            Err(Errno::INVAL | Errno::NOSYS | Errno::PERM | Errno::OPNOTSUPP) => {
                self.cannot_pour = true;
                Ok(None)
            }
            Err(error) => Err(Error::from(io::Error::from(error))),
            Ok(count) => Ok(Some(count)),
        }
    }

    /// The limits that hold now.
    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Begins to speak TLS: sends its first words, and does not wait for the answer. The next reads
    /// and writes go on from there.
    ///
    /// Waiting here would be for ever on a data connection: servers answer only after `RETR`.
    pub(super) fn begin_tls(self, tls: &Tls) -> Result<Self, Error> {
        let Self { wire: Wire::Plain(socket), limits, awaiting, ahead, .. } = self else {
            return Ok(self);
        };
        let mut stream = tls.over(socket)?;
        stream.send_pending()?;
        Ok(Self {
            wire: Wire::Tls(stream),
            limits,
            awaiting,
            reply: None,
            ahead,
            cannot_pour: true,
        })
    }

    /// Waits until the two sides have agreed on TLS.
    pub(super) fn finish_tls(&mut self) -> Result<(), Error> {
        let mut wait = Wait::new(&self.limits, Awaiting::Reply);
        while let Wire::Tls(stream) = &mut self.wire
            && stream.is_handshaking()
        {
            match stream.shake_hands() {
                Err(error) if is_pause(&error) => wait.go_on()?,
                done => done?,
            }
        }
        Ok(())
    }

    /// Has the next packets acknowledged without the usual 40 ms of waiting for company. A server
    /// whose next word waits for that (Nagle's algorithm) sends twenty times as many small files. The
    /// kernel forgets it again, so it is said before each read; where it cannot be said, nothing is
    /// lost but time.
    pub(super) fn acknowledge_at_once(&self) {
        #[cfg(target_os = "linux")]
        rustix::net::sockopt::set_tcp_quickack(self.wire.socket(), true).ok();
    }

    /// Whether the bytes are secret on their way.
    /// Whether the bytes come as they are, and the system takes them into a pipe.
    pub(super) fn can_pour(&self) -> bool {
        !self.cannot_pour
    }

    pub(super) fn is_secure(&self) -> bool {
        matches!(self.wire, Wire::Tls(_))
    }

    /// Writes all of `bytes`.
    pub(super) fn send(&mut self, mut bytes: &[u8]) -> Result<(), Error> {
        let mut wait = Wait::new(&self.limits, Awaiting::Reply);
        while !bytes.is_empty() {
            match self.wire.write(bytes) {
                Ok(0) => return Err(Error::HungUp),
                Ok(n) => bytes = bytes.get(n..).unwrap_or_default(),
                Err(error) if is_pause(&error) => wait.go_on()?,
                Err(error) => return Err(Error::from(error)),
            }
        }
        Ok(())
    }
}

impl Read for Stream {
    /// Errors of ours travel inside the `io::Error`; `Error::from` takes them out again.
    fn read(&mut self, block: &mut [u8]) -> io::Result<usize> {
        let mut wait = Wait::new(&self.limits, self.awaiting);
        loop {
            wait.go_on().map_err(io::Error::other)?;
            if let Some(reply) = &mut self.reply {
                reply.go_on().map_err(io::Error::other)?;
            }
            self.acknowledge_at_once();
            match self.wire.read(block) {
                Err(error) if is_pause(&error) => {}
                done => return done,
            }
        }
    }
}

/// Whether nothing happened yet, as opposed to something bad.
fn is_pause(error: &io::Error) -> bool {
    use io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
    // A read timeout is WouldBlock on Unix and TimedOut on Windows; a connection that timed out in
    // the kernel is TimedOut with an error number on Unix, and that is an end.
    matches!(error.kind(), Interrupted | WouldBlock) || (cfg!(windows) && error.kind() == TimedOut)
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.downcast::<Self>() {
            Ok(ours) => ours,
            Err(error) => match error.kind() {
                io::ErrorKind::UnexpectedEof => Self::HungUp,
                io::ErrorKind::InvalidData => Self::Garbled { said: error.to_string() },
                _ => Self::Cut(error),
            },
        }
    }
}
