//! What one connection does: takes a share, fetches it, compares where it meets others, takes the next.

use std::time::{Duration, Instant};

use super::board::{Id, Next, Setback};
use super::crew::Crew;
use crate::ftp::{Data, Error, RemoteFile, Session, Stop};
use crate::transfer::brake::Brake;
use crate::transfer::handle::Handle;
use crate::transfer::resume::OVERLAP;
use crate::transfer::trouble::Trouble;

/// How often a connection without work looks whether there is some.
const IDLE: Duration = Duration::from_millis(20);

/// The size of a block where few connections are at work, and where many are, in bytes.
const BLOCK: usize = 1024 * 1024;
const SMALL_BLOCK: usize = 256 * 1024;

/// Above so many connections blocks are small: together they stay under 10 MiB.
const FEW: usize = 4;

/// What a connection brings: bytes of the file from `at` on.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) data: Data,
    pub(super) at: u64,
    /// The server stops by itself here.
    pub(super) end: Option<u64>,
}

/// How a stream came to its end.
#[derive(Debug)]
enum End {
    /// Its share is whole, or the rest of it comes sooner over another data connection.
    Done,
    /// The server sends no more.
    OfData,
}

/// One connection of a crew.
pub(super) struct Worker<'w, 'c, 'f> {
    pub(super) crew: &'w Crew<'c, 'f>,
    pub(super) id: Id,
    pub(super) stop: Stop,
    /// Called at least twenty times a second.
    pub(super) tick: &'w dyn Fn(),
}

impl Worker<'_, '_, '_> {
    /// Fetches one share after the other until nothing is left for anybody; `stream` is the first.
    ///
    /// # Errors
    ///
    /// What this connection has ended with. What it has brought is there.
    pub(super) fn fetch(
        &self,
        session: &mut Session<'_>,
        remote: &RemoteFile,
        stream: Option<Stream>,
    ) -> Result<(), Setback> {
        let size = if self.crew.most() > FEW { SMALL_BLOCK } else { BLOCK };
        let mut block = vec![0; size];
        let mut next = stream;
        while !self.crew.is_over() {
            let Some(stream) = next.take() else {
                next = self.begin(session, remote, &mut block)?;
                if next.is_none() {
                    (self.tick)();
                    self.crew.idle(IDLE);
                }
                continue;
            };
            let Stream { mut data, mut at, end } = stream;
            let brought = self.take_in(&mut data, &mut at, &mut block);
            match brought {
                Ok(End::Done) if end == Some(at) => {
                    self.crew.board().release(self.id);
                    data.end(); // The server is at its end as well.
                    self.crew.end(|| session.finish()).transpose()?;
                }
                Ok(End::Done) => {
                    self.crew.board().release(self.id);
                    // What the server says of a transfer that was broken off proves nothing.
                    self.crew.end(|| session.break_off(data)).transpose()?;
                }
                Ok(End::OfData) => {
                    let is_doubtful = data.is_end_doubtful && at != self.crew.size();
                    drop(data); // Some servers send their last word only once we have closed our end.
                    session.finish().map_err(Trouble::Unfinished)?;
                    if end.is_some_and(|end| end == at) {
                        self.crew.board().release(self.id);
                    } else if is_doubtful {
                        return Err(cut().into());
                    } else {
                        self.crew.board().end_of_data(self.id)?;
                    }
                }
                Err(Setback::Trouble(Trouble::Server(error))) if !self.stop.is_given() => {
                    // The rest is for whoever comes first; it may be this one.
                    let has_brought = self.crew.board().release(self.id) > 0;
                    let in_step = session.break_off_broken(data);
                    if !has_brought || in_step.is_err() {
                        return Err(Trouble::Server(error).into());
                    }
                }
                Err(setback) => return Err(setback),
            }
        }
        Ok(())
    }

    /// Takes a share and has it sent. `None`: there is nothing to do just now.
    fn begin(
        &self,
        session: &mut Session<'_>,
        remote: &RemoteFile,
        block: &mut [u8],
    ) -> Result<Option<Stream>, Setback> {
        if self.crew.is_denied() {
            return Ok(None);
        }
        // Who has nothing to do under a limit that is used up leaves all of their shares to the others.
        let company = self.crew.has_room().then(|| self.crew.wanted());
        let task = self.crew.board().claim(self.id, company, &self.stop, Instant::now())?;
        let Some(task) = task else {
            return Ok(None);
        };
        let (data, end) = if task.to == u64::MAX {
            (session.retrieve(remote, task.from)?, None)
        } else {
            let part = session.retrieve_part(remote, task.from, task.to)?;
            (part.data, part.ends_by_itself.then_some(task.to))
        };
        self.crew.board().sends(self.id, end.is_some());
        let mut stream = Stream { data, at: task.from, end };
        if task.is_in_void {
            let size = usize::try_from(OVERLAP).unwrap_or(usize::MAX).min(block.len());
            let (head, _) = block.split_at_mut(size);
            stream.data.read_all(head, || {
                self.crew.board().hear(self.id, Instant::now());
                (self.tick)();
            })?;
            if !self.has_head() {
                self.crew.board().release(self.id);
                session.break_off(stream.data)?;
                return Ok(None);
            }
            let mut board = self.crew.board();
            if board.is_head(head)? {
                return Err(Setback::Differs);
            }
            match board.deliver(self.id, stream.at, head, Instant::now())? {
                Next::More => stream.at += OVERLAP,
                Next::Done | Next::Lost => return Err(Trouble::from(Error::Stopped).into()),
            }
        }
        Ok(Some(stream))
    }

    /// Waits for the beginning of the file as long as somebody fetches it. Whether it is here.
    fn has_head(&self) -> bool {
        loop {
            let (is_here, is_awaited) = {
                let mut board = self.crew.board();
                board.hear(self.id, Instant::now()); // It is we who do not read on.
                (board.has_head(), board.awaits_head())
            };
            if is_here || !is_awaited || self.crew.is_over() || self.stop.is_given() {
                return is_here;
            }
            (self.tick)();
            self.crew.wait(IDLE);
        }
    }

    /// Reads a stream to the end of the share, or to its own.
    fn take_in(&self, data: &mut Data, at: &mut u64, block: &mut [u8]) -> Result<End, Setback> {
        let Handle { waits, commons, .. } = self.crew.handle();
        let throttle = &commons.throttle;
        loop {
            let since = Instant::now();
            let is_narrow = data.is_narrow() && !throttle.is_used_up(since);
            if is_narrow && self.crew.board().is_long(self.id) {
                return Ok(End::Done);
            }
            let count = data.poll(block)?;
            waits.add(Brake::Server, since + data.held_back());
            self.crew.handle().came(count.unwrap_or(0));
            (self.tick)();
            let bytes = match count {
                None => continue,
                Some(0) => return Ok(End::OfData),
                Some(count) => block.get(..count).unwrap_or_default(),
            };
            let since = Instant::now();
            let next = self.crew.board().deliver(self.id, *at, bytes, since)?;
            waits.add(Brake::Disk, since);
            *at += u64::try_from(bytes.len()).unwrap_or(0);
            match next {
                Next::More => {}
                Next::Done => return Ok(End::Done),
                Next::Lost => return Err(Trouble::from(Error::Stopped).into()),
            }
        }
    }
}

fn cut() -> Trouble {
    Error::Cut(std::io::ErrorKind::UnexpectedEof.into()).into()
}
