//! Reading and writing at a place of a file, whoever else reads or writes at another.

use std::fs::File;
use std::io::{self, Read};

/// Fills `block` with the bytes from `at` on.
///
/// # Errors
///
/// [`io::ErrorKind::UnexpectedEof`] if there are not as many.
#[cfg(unix)]
pub(super) fn read_exact_at(file: &File, block: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, block, at)
}

/// Writes all of `bytes` from `at` on.
///
/// # Errors
///
/// What the system says. Some of the bytes may have been written then.
#[cfg(unix)]
pub(super) fn write_all_at(file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, at)
}

/// Fills `block` with the bytes from `at` on.
///
/// # Errors
///
/// [`io::ErrorKind::UnexpectedEof`] if there are not as many.
#[cfg(windows)]
pub(super) fn read_exact_at(file: &File, block: &mut [u8], at: u64) -> io::Result<()> {
    let (mut block, mut at) = (block, at);
    while !block.is_empty() {
        let count = std::os::windows::fs::FileExt::seek_read(file, block, at)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        block = block.split_at_mut(count).1;
        at += count as u64;
    }
    Ok(())
}

/// Writes all of `bytes` from `at` on.
///
/// # Errors
///
/// What the system says. Some of the bytes may have been written then.
#[cfg(windows)]
pub(super) fn write_all_at(file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    let (mut bytes, mut at) = (bytes, at);
    while !bytes.is_empty() {
        let count = std::os::windows::fs::FileExt::seek_write(file, bytes, at)?;
        if count == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        bytes = bytes.split_at(count).1;
        at += count as u64;
    }
    Ok(())
}

/// The bytes of a file from its start, up to a place.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    file: &'a File,
    at: u64,
    end: u64,
}

impl<'a> Reader<'a> {
    pub(super) fn new(file: &'a File, end: u64) -> Self {
        Self { file, at: 0, end }
    }
}

impl Read for Reader<'_> {
    fn read(&mut self, block: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
        let count = left.min(block.len());
        read_exact_at(self.file, block.get_mut(..count).unwrap_or_default(), self.at)?;
        self.at += u64::try_from(count).unwrap_or(0);
        Ok(count)
    }
}
