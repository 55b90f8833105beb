//! What went wrong in one attempt.

use super::doubt::Doubt;
use crate::{disk, ftp};

/// What went wrong in one attempt, before anybody has decided whether it is the end.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Our side.
    Disk(disk::Error),
    /// The server's side.
    Server(ftp::Error),
    /// All bytes, or some, came; but the server's last word was no, or was never said.
    Unfinished(ftp::Error),
    /// Two facts disagree.
    Doubt(Doubt),
    /// They disagreed in an earlier run already, about bytes that have now been set aside.
    DoubtAgain(Doubt),
}

impl From<disk::Error> for Trouble {
    fn from(error: disk::Error) -> Self {
        Self::Disk(error)
    }
}

impl From<ftp::Error> for Trouble {
    fn from(error: ftp::Error) -> Self {
        Self::Server(error)
    }
}
