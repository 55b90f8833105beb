//! Why a download did not finish, and what can be done about it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::doubt::Doubt;
use super::folder::Tally;
use super::request::Access;
use crate::ftp::{Fingerprint, ProxyTrouble};
use crate::{disk, ftp};

/// Why a download did not finish.
///
/// A failure answers these questions, and nothing else in Ashore answers them again:
///
/// * What happened? `Display`: one sentence for people, without a full stop.
/// * What did Ashore do about it? [`Failure::kept`]: what has arrived and stays.
/// * What can I do? [`Failure::next_step`] is the button, [`Failure::advice`] the sentence.
/// * What kind of trouble is it? [`Failure::class`]: the terminal's exit code follows from it.
/// * What exactly went wrong? [`source`](std::error::Error::source): for the log.
#[derive(Debug)]
pub enum Failure {
    /// The address names a folder, or nothing.
    NotAFile,
    /// A link in a folder that leads to no file and no folder, or to none that the server shows.
    DeadLink,
    /// A name in a folder that no FTP command can carry.
    Unaskable(ftp::BadArgument),
    /// Our side: the file could not be made, written or given its name.
    Disk {
        /// What happened.
        error: disk::Error,
        /// The bytes that have arrived and stay.
        kept: Option<Kept>,
    },
    /// The server's side: the conversation went wrong.
    Server {
        /// The server, as `host` or `host port 2121`.
        server: String,
        /// Whether somebody signed in by name, not as a guest.
        is_guest: bool,
        /// What happened.
        error: ftp::Error,
        /// The bytes that have arrived and stay.
        kept: Option<Kept>,
    },
    /// It ended, but two facts disagree: the file may or may not be whole.
    Doubtful {
        /// Which facts.
        doubt: Doubt,
        /// The bytes that have arrived and stay.
        kept: Option<Kept>,
    },
    /// The person stopped it.
    Stopped {
        /// The bytes that have arrived and stay.
        kept: Option<Kept>,
    },
    /// Of a folder: not all of its files are complete.
    Folder(Box<Tally>),
    /// Of a folder: its list broke off. What was listed until then is fetched all the same.
    Torn {
        /// How many entries were listed.
        listed: u64,
        /// Why there were no more.
        why: Box<Self>,
    },
    /// A mistake in Ashore itself.
    Bug {
        /// What the code that gave up said.
        what: String,
    },
}

/// Bytes that have arrived and are kept although the file is not complete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The `.part` file.
    pub path: PathBuf,
    /// Its length in bytes.
    pub length: u64,
}

/// What kind of trouble a [`Failure`] is. One class, one exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// The address cannot be downloaded.
    Usage,
    /// Network or server.
    Server,
    /// The destination exists, or is being written by another Ashore.
    Exists,
    /// The server did not accept the name and password.
    Login,
    /// The file is not on the server, or may not be read.
    Missing,
    /// No secure connection, or the certificate is not trusted.
    Tls,
    /// The disk of this computer.
    Disk,
    /// It ended, but a checksum is not that of what arrived.
    Checksum,
    /// It ended, but the evidence disagrees.
    Doubt,
    /// The person stopped it.
    Stopped,
}

/// What the person can do about a [`Failure`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum NextStep {
    /// The same thing again: it may well work.
    TryAgain,
    /// Look at the server's name, the port and the path.
    CheckAddress,
    /// Give another user name and password.
    SignIn,
    /// Save under another name or in another folder.
    SaveElsewhere,
    /// Believe the certificate that the server showed.
    Trust,
    /// Do without the secure connection that the server no longer offers.
    GoUnprotected,
    /// Look at the bytes that were kept.
    ShowKept,
    /// Let the server make the data connection.
    TryActive,
    /// Make the data connection from here.
    TryPassive,
}

impl NextStep {
    /// The words on the button.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::TryAgain => "Try again",
            Self::CheckAddress => "Check address",
            Self::SignIn => "Sign in…",
            Self::SaveElsewhere => "Save elsewhere…",
            Self::Trust => "Trust this server",
            Self::GoUnprotected => "Connect unprotected",
            Self::ShowKept => "Show in folder",
            Self::TryActive => "Try active mode",
            Self::TryPassive => "Try passive mode",
        }
    }
}

impl Failure {
    /// That of a conversation with the server of `access`.
    pub(super) fn of_server(access: Access<'_>, error: ftp::Error, kept: Option<Kept>) -> Self {
        if matches!(error, ftp::Error::Stopped) {
            return Self::Stopped { kept };
        }
        let server = match access.address.port {
            21 => access.address.host.to_string(),
            port => format!("{} port {port}", access.address.host),
        };
        Self::Server { server, is_guest: access.login().is_guest(), error, kept }
    }

    /// That of a folder of which `listed` entries are known all the same.
    pub(super) fn of_part(self, listed: u64) -> Self {
        match self {
            Self::Stopped { .. } => self,
            _ if listed == 0 => self,
            _ => Self::Torn { listed, why: Box::new(self) },
        }
    }

    /// The bytes that have arrived and stay on disk.
    #[must_use]
    pub fn kept(&self) -> Option<&Kept> {
        match self {
            Self::NotAFile
            | Self::DeadLink
            | Self::Unaskable(_)
            | Self::Folder(_)
            | Self::Torn { .. }
            | Self::Bug { .. } => None,
            Self::Disk { kept, .. }
            | Self::Server { kept, .. }
            | Self::Doubtful { kept, .. }
            | Self::Stopped { kept } => kept.as_ref(),
        }
    }

    /// What kind of trouble it is.
    #[must_use]
    pub fn class(&self) -> Class {
        use ftp::Error;
        match self {
            Self::NotAFile => Class::Usage,
            Self::DeadLink | Self::Unaskable(_) => Class::Missing,
            Self::Disk {
                error: disk::Error::Exists { .. } | disk::Error::InUse { .. }, ..
            } => Class::Exists,
            Self::Disk { .. } => Class::Disk,
            Self::Server { error: Error::Refused { reply, .. }, .. } => match reply.code {
                _ if reply.says_too_many() => Class::Server,
                430 | 530..=532 => Class::Login,
                // A folder that could not be read may be called done all the same.
                226 | 550..=553 => Class::Missing,
                _ => Class::Server,
            },
            Self::Server {
                error:
                    Error::Argument(_)
                    | Error::WrongFamily { .. }
                    | Error::Proxy { trouble: ProxyTrouble::ActiveMode, .. },
                ..
            } => Class::Usage,
            Self::Server {
                error:
                    Error::Untrusted { .. }
                    | Error::CertificateChanged { .. }
                    | Error::Tls { .. }
                    | Error::NoTls { .. },
                ..
            } => Class::Tls,
            Self::Server { .. } | Self::Bug { .. } => Class::Server,
            Self::Doubtful { doubt: Doubt::Checksum(_), .. } => Class::Checksum,
            Self::Doubtful { .. } => Class::Doubt,
            Self::Stopped { .. } => Class::Stopped,
            Self::Folder(tally) => tally.worst.unwrap_or(Class::Server),
            Self::Torn { why, .. } => why.class(),
        }
    }

    /// The certificate that was not believed: its SHA-256, for [`Trust::pin`](ftp::Trust::pin).
    #[must_use]
    pub fn fingerprint(&self) -> Option<Fingerprint> {
        use ftp::Error::{CertificateChanged, Untrusted};
        match self {
            Self::Server {
                error: Untrusted { certificate, .. } | CertificateChanged { certificate, .. },
                ..
            } => Some(certificate.fingerprint),
            _ => None,
        }
    }

    /// Whether it can go on as soon as somebody makes room on the disk.
    #[must_use]
    pub fn is_without_room(&self) -> bool {
        matches!(self, Self::Disk { error: disk::Error::Full { .. }, .. })
    }

    /// What the person can do about it.
    #[must_use]
    pub fn next_step(&self) -> NextStep {
        use ftp::Error;
        match self {
            Self::NotAFile | Self::DeadLink | Self::Unaskable(_) => NextStep::CheckAddress,
            Self::Disk { .. } => NextStep::SaveElsewhere,
            Self::Server { error, .. } => match error {
                Error::Refused { .. } => match self.class() {
                    Class::Login => NextStep::SignIn,
                    Class::Missing => NextStep::CheckAddress,
                    _ => NextStep::TryAgain,
                },
                Error::NoDataConnection { is_active: false, .. } => NextStep::TryActive,
                Error::NoDataConnection { is_active: true, .. }
                | Error::Proxy { trouble: ProxyTrouble::ActiveMode, .. } => NextStep::TryPassive,
                Error::Unknown { .. }
                | Error::WrongFamily { .. }
                | Error::Garbled { .. }
                | Error::Argument(_)
                | Error::Overlong { .. }
                | Error::TooLong { .. } => NextStep::CheckAddress,
                Error::Untrusted { .. } => NextStep::Trust,
                Error::NoTls { did_before: true, .. } => NextStep::GoUnprotected,
                Error::Unreachable { .. }
                | Error::Proxy { .. }
                | Error::Silent { .. }
                | Error::Tls { .. }
                | Error::NoTls { .. }
                | Error::CertificateChanged { .. }
                | Error::TooSlow { .. }
                | Error::HungUp
                | Error::Cut(_)
                | Error::Mistaken { .. }
                | Error::Stumbled { .. }
                | Error::Stopped => NextStep::TryAgain,
            },
            Self::Doubtful { .. } => NextStep::ShowKept,
            Self::Torn { why, .. } => why.next_step(),
            Self::Stopped { .. } | Self::Folder(_) | Self::Bug { .. } => NextStep::TryAgain,
        }
    }
}
