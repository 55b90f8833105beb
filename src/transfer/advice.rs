//! What to do next, in one sentence for people (product contract §8).

use std::io;

use super::doubt::Doubt;
use super::failure::{Class, Failure};
use crate::ftp::{Awaiting, ProxyTrouble};
use crate::{disk, ftp};

impl Failure {
    /// What to do next, in a sentence.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        use ftp::Error;
        match self {
            Self::NotAFile => "Give the path of one file; it does not end in “/”.",
            Self::DeadLink => "Look for it elsewhere on the server, or leave the link out.",
            Self::Unaskable(_) => {
                "No FTP client can ask for it: it has to be renamed on the server."
            }
            Self::Disk { error, .. } => match error {
                disk::Error::Exists { .. } => "Save under another name, or choose to keep both.",
                disk::Error::IsFolder { .. } => "Add a file name after the folder.",
                disk::Error::NoFolder { .. } => "Move it away, or choose another folder.",
                disk::Error::InUse { .. } => {
                    "Let the other one finish, or save under another name."
                }
                disk::Error::Full { .. } => {
                    "Free some space and try again, or save on another disk."
                }
                disk::Error::TooLarge { .. } => {
                    "Save on another disk. One with FAT ends at 4 GiB; exFAT, NTFS and ext4 do not."
                }
                disk::Error::Io { source, .. }
                    if source.kind() == io::ErrorKind::InvalidFilename =>
                {
                    "Save in a folder with a shorter path."
                }
                disk::Error::Io { .. } => {
                    "Check the folder and its permissions, or save elsewhere."
                }
            },
            Self::Server { error, is_guest, .. } => match error {
                Error::Refused { .. } => match self.class() {
                    Class::Login if *is_guest => "Sign in with a user name and a password.",
                    Class::Login => "Check the user name and the password, or connect as a guest.",
                    Class::Missing => "Check the path, or look into the folder on the server.",
                    _ => "Try again in a while.",
                },
                Error::Unknown { .. } => "Check its spelling and your network.",
                Error::Unreachable { .. } => "Check the name and the port, or try again later.",
                Error::WrongFamily { .. } => {
                    "Use whichever of IPv4 and IPv6 the server has, or another address."
                }
                Error::Proxy { trouble, .. } => proxy_advice(trouble),
                Error::NoDataConnection { is_active: false, .. } => {
                    "A firewall is the usual cause. Try active mode: the server makes the connection then."
                }
                Error::NoDataConnection { is_active: true, .. } => {
                    "A firewall or a router here is the usual cause. Passive mode needs no connection to this computer."
                }
                Error::Silent { awaiting: Awaiting::Proxy, .. } => {
                    "Check the address of the proxy, or try again later."
                }
                Error::Silent { .. } => {
                    "The server may be off, or your network blocks FTP. Try again."
                }
                Error::Garbled { .. } => "Check the port: FTP usually answers on port 21.",
                Error::Untrusted { .. } => {
                    "Compare the fingerprint with the one its administrator gives. Trust it only if they are equal."
                }
                Error::CertificateChanged { .. } => {
                    "Ask its administrator whether the new one is right. Until then, nothing is sent to it."
                }
                Error::Tls { .. } => {
                    "The server may be too old, or something stands between. Ask its administrator, or use another server."
                }
                Error::NoTls { did_before: true, .. } => {
                    "Nothing was sent in the clear. Ask its administrator, or connect unprotected all the same."
                }
                Error::NoTls { .. } => {
                    "Ask its administrator for FTPS. Nothing was sent in the clear."
                }
                Error::Argument(_) => "Remove the control characters from the address.",
                Error::TooSlow { .. } => {
                    "Try again when the server or the network has less to do, or name a folder with less in it."
                }
                Error::Overlong { .. } => "Check the path. This server takes only shorter ones.",
                Error::TooLong { .. } => "Name one of the folders in it, or a file.",
                Error::HungUp
                | Error::Cut(_)
                | Error::Mistaken { .. }
                | Error::Stumbled { .. }
                | Error::Stopped => "Try again.",
            },
            Self::Doubtful { doubt: Doubt::Checksum(_), .. } => {
                "Try again: what was kept is set aside, and the file fetched anew if it is still wrong."
            }
            Self::Doubtful { .. } => "Look at the kept file, or try again.",
            Self::Stopped { .. } => "Start it again when you like.",
            Self::Folder(_) => "Try again: what is complete is not fetched again.",
            Self::Torn { why, .. } => why.advice(),
            Self::Bug { .. } => "Please report it with the log. Trying again may help.",
        }
    }
}

fn proxy_advice(trouble: &ProxyTrouble) -> &'static str {
    match trouble {
        ProxyTrouble::Unreachable(_) => "Check the address of the proxy, or go without one.",
        ProxyTrouble::Login { .. } => "Check the name and the password for the proxy.",
        ProxyTrouble::Refused { .. } => {
            "Ask its administrator whether it lets FTP through, or use another one."
        }
        ProxyTrouble::Failed { .. } => "Check the server's name and the port, or try again later.",
        ProxyTrouble::Garbled { .. } => "Check the kind of the proxy and its port.",
        ProxyTrouble::ActiveMode => "Use passive mode, or go without a proxy.",
    }
}
