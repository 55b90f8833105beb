//! How much room there is, and keeping it.

use std::fs::File;
use std::io;
use std::path::Path;

/// Bytes that this user may still write to the disk that `folder` is on.
///
/// # Errors
///
/// Whatever the operating system says, for example if there is no such folder.
pub fn available(folder: &Path) -> io::Result<u64> {
    fs4::available_space(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })
}

/// Room that should be left on a disk before a download of unknown size goes on, in bytes.
pub const LEAST_ROOM: u64 = 16 * 1024 * 1024;

/// Asks the file system to set aside the bytes `from..from + length` of `file`, where it can.
///
/// The length of the file stays as it is: for a `.part` file it says how many bytes arrived. It is
/// only a kindness to the disk (fewer fragments, less work for each write), so failing is no error.
pub(super) fn reserve(file: &File, from: u64, length: u64) {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    rustix::fs::fallocate(file, rustix::fs::FallocateFlags::KEEP_SIZE, from, length).ok();
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let _ = (file, from, length);
}
