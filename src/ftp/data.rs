//! The bytes of a transfer, as they come.

use std::io;

use super::error::{Awaiting, Error};
use super::stream::{Stream, Wait};

/// The bytes of a file, on their way.
#[derive(Debug)]
pub struct Data {
    pub(super) stream: Stream,
    pub(super) silence: Option<Wait>,
    /// The size that the server mentioned when it began to send, in bytes. Whether it means the
    /// whole file or what is still to come depends on the server; for offset 0 it is the same.
    pub announced: Option<u64>,
}

impl Data {
    /// Reads what has come, or waits for it a twentieth of a second: `None` if nothing came, so that
    /// a stalled transfer can say so. `Some(0)` is the end of the data.
    ///
    /// # Errors
    ///
    /// [`Error::Silent`] when patience is over, [`Error::Cut`], [`Error::Stopped`].
    pub fn poll(&mut self, block: &mut [u8]) -> Result<Option<usize>, Error> {
        if self.stream.limits().stop.is_given() {
            return Err(Error::Stopped);
        }
        let count = self.stream.poll(block)?;
        match (&mut self.silence, count) {
            (_, Some(_)) => self.silence = None,
            (Some(silence), None) => silence.go_on()?,
            (None, None) => self.silence = Some(Wait::new(self.stream.limits(), Awaiting::Data)),
        }
        Ok(count)
    }

    /// Reads exactly as many bytes as `block` holds.
    ///
    /// # Errors
    ///
    /// Those of [`Data::poll`], and [`Error::Cut`] if the data ends before.
    pub fn read_exact(&mut self, block: &mut [u8]) -> Result<(), Error> {
        let mut filled = 0;
        while let Some(rest @ [_, ..]) = block.get_mut(filled..) {
            match self.poll(rest)? {
                Some(0) => return Err(Error::Cut(io::ErrorKind::UnexpectedEof.into())),
                Some(count) => filled += count,
                None => {}
            }
        }
        Ok(())
    }
}
