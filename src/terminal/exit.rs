//! How a run ends, as a number for scripts.

use std::process::ExitCode;

use crate::transfer::{Class, Failure, Outcome};

/// How a run ends. Of several files, the end with the highest number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Exit {
    /// Every file is complete.
    Complete = 0,
    /// The network or the server.
    Server = 1,
    /// The command line or an address.
    Usage = 2,
    /// Something stands under the destination's name.
    Exists = 3,
    /// The login.
    Login = 4,
    /// The file is not on the server, or not for us.
    Missing = 5,
    /// TLS or a certificate.
    Tls = 6,
    /// This computer's disk.
    Disk = 7,
    /// A checksum.
    Checksum = 8,
    /// Two facts disagree.
    NeedsALook = 9,
    /// The person said stop.
    Interrupted = 130,
}

impl Exit {
    /// Every one of them, lowest first.
    pub const ALL: [Self; 11] = [
        Self::Complete,
        Self::Server,
        Self::Usage,
        Self::Exists,
        Self::Login,
        Self::Missing,
        Self::Tls,
        Self::Disk,
        Self::Checksum,
        Self::NeedsALook,
        Self::Interrupted,
    ];

    /// How one transfer ended.
    #[must_use]
    pub fn of(outcome: &Outcome) -> Self {
        outcome.as_ref().map_or_else(Self::of_failure, |_| Self::Complete)
    }

    fn of_failure(failure: &Failure) -> Self {
        match failure.class() {
            Class::Usage => Self::Usage,
            Class::Server => Self::Server,
            Class::Exists => Self::Exists,
            Class::Login => Self::Login,
            Class::Missing => Self::Missing,
            Class::Tls => Self::Tls,
            Class::Disk => Self::Disk,
            Class::Checksum => Self::Checksum,
            Class::Doubt => Self::NeedsALook,
            Class::Stopped => Self::Interrupted,
        }
    }

    /// The number that the shell sees in `$?`.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }

    /// What it means, as the help says it.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Complete => "every file is complete",
            Self::Server => "network or server failure, after the retries",
            Self::Usage => "wrong usage, or an address that cannot be one",
            Self::Exists => "the destination exists already; nothing was touched",
            Self::Login => "the server refused the login",
            Self::Missing => "not on the server, or not permitted",
            Self::Tls => "TLS or certificate",
            Self::Disk => "disk of this computer: full, read-only, no such folder",
            Self::Checksum => "a checksum disagrees",
            Self::NeedsALook => "needs a look: bytes are kept in .part, but the evidence disagrees",
            Self::Interrupted => "interrupted; what has arrived stays in .part",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::Doubt;
    use crate::{disk, ftp};

    #[test]
    fn every_kind_of_trouble_has_the_exit_code_that_the_help_promises() {
        let refused = |code: u16| Failure::Server {
            server: "ftp.example.org".to_owned(),
            is_guest: true,
            error: ftp::Error::Refused {
                command: "RETR a".to_owned(),
                reply: ftp::Reply { code, lines: vec!["So it is".to_owned()] },
            },
            kept: None,
        };
        let path = || "a.bin".into();
        let disk = |error| Failure::Disk { error, kept: None };
        let doubt = Doubt::Short { announced: 2, received: 1 };
        for (failure, code) in [
            (refused(421), 1),
            (refused(451), 1),
            (Failure::NotAFile, 2),
            (Failure::DeadLink, 5),
            (Failure::Unaskable(ftp::BadArgument { byte: b'\r' }), 5),
            (disk(disk::Error::Exists { path: path() }), 3),
            (disk(disk::Error::InUse { path: path() }), 3),
            (refused(530), 4),
            (refused(550), 5),
            (disk(disk::Error::NoFolder { path: path() }), 7),
            (disk(disk::Error::Full { path: path(), needed: None, free: None }), 7),
            (Failure::Doubtful { doubt, kept: None }, 9),
            (Failure::Stopped { kept: None }, 130),
            (Failure::Bug { what: "an index".to_owned() }, 1),
        ] {
            let what = failure.to_string();
            assert_eq!(Exit::of(&Err(failure)).code(), code, "{what}");
        }
    }

    #[test]
    fn of_several_ends_the_highest_number_counts_and_an_interruption_always() {
        assert!(Exit::ALL.is_sorted_by_key(|exit| exit.code()));
        assert!(Exit::ALL.is_sorted());
        assert_eq!(Exit::ALL.into_iter().max(), Some(Exit::Interrupted));
    }
}
