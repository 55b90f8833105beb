//! What can go wrong with a file on this machine.

use std::io;
use std::path::{Path, PathBuf};

/// What can go wrong with a file on this machine.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Something stands under the name already. It was not touched.
    #[error("{} is there already", path.display())]
    Exists {
        /// The name.
        path: PathBuf,
    },
    /// The name belongs to a folder.
    #[error("{} is a folder, not a file", path.display())]
    IsFolder {
        /// The folder.
        path: PathBuf,
    },
    /// Something else stands where a folder must be.
    #[error("{} is a file or a link, not a folder", path.display())]
    NoFolder {
        /// Where it must be.
        path: PathBuf,
    },
    /// Another download is at work on the same file.
    #[error("another download to {} is under way, here or in another Ashore", path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// There is not enough room.
    #[error("the disk of {} is full", path.display())]
    Full {
        /// The file.
        path: PathBuf,
        /// Bytes that are still to come, as far as the size is known.
        needed: Option<u64>,
        /// Bytes that are free.
        free: Option<u64>,
    },
    /// The disk takes no file as large as this one: FAT ends at 4 GiB.
    #[error("the disk of {} takes no file as large as this one", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// The operating system refused.
    #[error("{} could not be {doing}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was being done, as a participle: `made`, `written`, `renamed`.
        doing: &'static str,
        /// What the operating system said.
        source: io::Error,
    },
}

impl Error {
    /// What went wrong while `path` was being `doing` ("made", "written").
    pub(super) fn new(path: &Path, doing: &'static str, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                let free = path.parent().and_then(|folder| super::space::available(folder).ok());
                Self::Full { path, needed: None, free }
            }
            io::ErrorKind::FileTooLarge => Self::TooLarge { path },
            _ => Self::Io { path, doing, source },
        }
    }
}
