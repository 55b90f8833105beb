//! Room for bytes that arrive: a block of memory, or a pipe that leads past it.

#[cfg(target_os = "linux")]
use std::os::fd::{BorrowedFd, OwnedFd};

/// Where the next bytes are to be put.
#[derive(Debug)]
pub enum Room<'a> {
    /// Into memory.
    Block(&'a mut [u8]),
    /// Into a pipe (`splice`), so many at most.
    #[cfg(target_os = "linux")]
    Pipe(BorrowedFd<'a>, usize),
}

/// A pipe through which the kernel passes bytes from a socket to a file: each of them is copied once,
/// not twice. Only Linux has that.
#[derive(Debug)]
pub(super) struct Conduit {
    #[cfg(target_os = "linux")]
    entry: OwnedFd,
    #[cfg(target_os = "linux")]
    exit: OwnedFd,
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs::File;
    use std::io::{self, Read};
    use std::os::fd::AsFd;

    use rustix::io::Errno;
    use rustix::pipe::{PipeFlags, SpliceFlags, fcntl_setpipe_size, pipe_with, splice};

    use super::super::hashing::BLOCK;
    use super::super::positioned::write_all_at;
    use super::{Conduit, Room};

    impl Conduit {
        /// `None` if the system gives us no pipe.
        pub(in super::super) fn new() -> Option<Self> {
            let (exit, entry) = pipe_with(PipeFlags::CLOEXEC).ok()?;
            fcntl_setpipe_size(&entry, BLOCK).ok(); // A smaller one takes more turns.
            Some(Self { entry, exit })
        }

        pub(in super::super) fn room(&self) -> Room<'_> {
            Room::Pipe(self.entry.as_fd(), BLOCK)
        }

        /// Moves the `count` bytes that are in the pipe into `file`, from byte `at` on.
        ///
        /// # Errors
        ///
        /// What the disk says. Some of the bytes may have been written then.
        pub(in super::super) fn empty_into(
            &self,
            file: &File,
            at: u64,
            mut count: usize,
        ) -> io::Result<()> {
            let mut at = at;
            while count > 0 {
                match splice(&self.exit, None, file, Some(&mut at), count, SpliceFlags::MOVE) {
                    Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                    Ok(moved) => count = count.saturating_sub(moved), // The kernel moves `at` on.
                    Err(Errno::INTR) => {}
                    // Some disks cannot be written to in this way; the others say again what is wrong.
                    Err(_) => return self.copy_into(file, at, count),
                }
            }
            Ok(())
        }

        fn copy_into(&self, file: &File, at: u64, count: usize) -> io::Result<()> {
            let mut bytes = vec![0; count];
            File::from(self.exit.try_clone()?).read_exact(&mut bytes)?;
            write_all_at(file, &bytes, at)
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs::File;
    use std::io::Write as _;

    use super::*;

    #[test]
    fn what_is_in_the_pipe_comes_to_its_place_whether_the_disk_can_take_it_so_or_not() {
        let folder = tempfile::tempdir().unwrap();
        let bytes: Vec<u8> = (0..60_000_u32).map(|n| n.to_le_bytes()[0]).collect();
        for (name, appends) in [("taken", false), ("copied", true)] {
            let path = folder.path().join(name);
            // The kernel refuses to splice into a file that is open for appending.
            let file = File::options().create(true).append(appends).write(true).open(&path);
            let file = file.unwrap();
            file.set_len(1000).unwrap();
            let conduit = Conduit::new().unwrap();
            File::from(conduit.entry.try_clone().unwrap()).write_all(&bytes).unwrap();
            conduit.empty_into(&file, 1000, bytes.len()).unwrap();
            let written = std::fs::read(&path).unwrap();
            assert_eq!(
                (&written[..1000], &written[1000..]),
                (&[0; 1000][..], &bytes[..]),
                "{name}"
            );
        }
    }
}

#[cfg(not(target_os = "linux"))]
impl Conduit {
    pub(super) fn new() -> Option<Self> {
        None
    }

    pub(super) fn room(&self) -> Room<'_> {
        Room::Block(&mut [])
    }

    pub(super) fn empty_into(&self, _: &std::fs::File, _: u64, _: usize) -> std::io::Result<()> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
}
