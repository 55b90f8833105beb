//! What the person wishes that the screen cannot do by itself.

use std::path::PathBuf;

use super::browser::Want;
use super::log::{Dump, Hunt};
use crate::ftp::{Address, Encoding, Fingerprint, Host};
use crate::settings::{Setting, Source};
use crate::transfer::{Request, TransferId};

/// What the person wishes that the screen cannot do by itself.
#[derive(Debug)]
pub enum Wish {
    /// Bring this file here.
    Download(Box<Request>),
    /// Bring these files here, in this order.
    DownloadAll(Vec<Request>),
    /// Stop this transfer.
    Cancel(TransferId),
    /// Let this transfer rest.
    Pause(TransferId),
    /// Let all rest that waits or runs.
    PauseAll,
    /// Go on with all that is paused.
    ResumeAll,
    /// Let these waiting transfers change places: this is their order now.
    Reorder(Vec<TransferId>),
    /// Go on with this transfer, or try it again: exactly the same order.
    Resume(TransferId),
    /// Try this transfer again, with another order.
    Replace(TransferId, Box<Request>),
    /// Know a server by this certificate from now on, and try these transfers again.
    Trust {
        /// The server's name.
        host: Host,
        /// Its port.
        port: u16,
        /// The certificate.
        pin: Fingerprint,
        /// What waited for it, as it is ordered now.
        orders: Vec<(TransferId, Request)>,
    },
    /// Forget these transfers; until [`Wish::Unclear`], if it comes.
    Clear(Vec<TransferId>),
    /// Remember these transfers again.
    Unclear(Vec<TransferId>),
    /// End the pause before this transfer's next attempt.
    TryNow(TransferId),
    /// Find out what became of the files of this folder in an earlier run.
    Files(TransferId),
    /// Ask the server about this file, and nobody about another one; or about none any more.
    Glance(Option<Box<Request>>),
    /// Look for links in these files.
    Read(Vec<PathBuf>),
    /// Ask in a dialog of the system where the file goes.
    Choose {
        /// The folder that the dialog begins in.
        folder: PathBuf,
        /// The name that it proposes.
        name: String,
    },
    /// Save the log in a file.
    SaveLog(Box<Dump>),
    /// Look for lines in the file that the log is written to; or look for none any more.
    Seek(Option<Hunt>),
    /// Have the browser's errands run.
    Browse(Vec<Want>),
    /// Ask in a dialog of the system which folder files go to; it begins in this one.
    ChooseFolder(PathBuf),
    /// Open a file with the program that belongs to it.
    Open(TransferId, PathBuf),
    /// Show a file in the system's file manager.
    ShowInFolder(TransferId, PathBuf),
    /// Remember what the person chose.
    Set(Setting),
    /// Read a server's names that are not UTF-8 in this encoding from now on.
    Encode {
        /// The server's name.
        host: Host,
        /// Its port.
        port: u16,
        /// The encoding. `None`: none is known.
        encoding: Option<Encoding>,
    },
    /// Find out whether passwords can be kept here.
    FindKeychain,
    /// Keep the password of this address in the keychain, once its server has accepted it.
    Keep(Box<Address>),
    /// Take in the servers that another program knows.
    Import(Source),
    /// Forget what was learnt about this server, which is named as in [`Servers`](crate::transfer::Servers).
    Forget(String),
}
