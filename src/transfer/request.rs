//! What is asked of a download.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::commons::Commons;
use super::selection::Selection;
use crate::disk::Checksum;
use crate::ftp::{Address, Scheme, Security, Server, Trust, Way};

/// One file, or a whole folder, to be brought ashore: from where, to where, and how patiently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The file on the server. One that ends in `/` is a folder.
    pub address: Address,
    /// Where it goes.
    pub destination: Destination,
    /// What to do if something is there already.
    pub if_exists: IfExists,
    /// The longest silence: while connecting, waiting for a reply, or in the middle of the data.
    pub patience: Duration,
    /// How many attempts in a row may bring no new byte before it is given up. 0: one try, no more.
    pub retries: u32,
    /// Whether and how the conversation is secured, where the link leaves that open.
    pub security: Security,
    /// Whose certificates are believed.
    pub trust: Trust,
    /// By which kind of address the server is reached, and who makes the data connections.
    #[serde(default)]
    pub way: Way,
    /// How it is proven right.
    pub checks: Checks,
    /// Whether a full disk is waited for, or is a failure.
    pub waits_for_room: bool,
    /// Of a folder: which of its files.
    #[serde(default)]
    pub selection: Selection,
    /// Over how many connections a large file comes. `None`: over as many as are of use, at most 4.
    #[serde(default)]
    pub segments: Option<usize>,
}

impl Request {
    /// With the defaults of `ashore get`: refuse what exists, 30 s of patience, 5 retries, all checks.
    #[must_use]
    pub fn new(address: Address, destination: Destination) -> Self {
        Self {
            address,
            destination,
            if_exists: IfExists::default(),
            patience: Duration::from_secs(30),
            retries: 5,
            security: Security::Auto,
            trust: Trust::default(),
            way: Way::default(),
            checks: Checks::default(),
            waits_for_room: false,
            selection: Selection::default(),
            segments: None,
        }
    }
}

/// What it takes to talk to a server: where it is, and how the conversation is secured.
#[derive(Debug, Clone, Copy)]
pub struct Access<'a> {
    /// The server, and who we are to it.
    pub address: &'a Address,
    /// Whether and how the conversation is secured, where the address leaves that open.
    pub security: Security,
    /// Whose certificates are believed.
    pub trust: &'a Trust,
    /// By which kind of address the server is reached, and who makes the data connections.
    pub way: Way,
    /// What is shared with all other conversations.
    pub commons: &'a Commons,
}

impl<'a> Access<'a> {
    /// The server to connect to. An address that says how it is to be secured has the last word; a
    /// guest, who has nothing to hide, needs nothing.
    pub(super) fn server(self) -> Server<'a> {
        let Address { scheme, host, port, .. } = self.address;
        let security = match (scheme, self.security) {
            (Scheme::Ftpes, _) => Security::Explicit,
            (Scheme::Ftps, _) => Security::Implicit,
            (Scheme::Ftp, Security::Auto) if self.login().is_guest() => Security::Off,
            (Scheme::Ftp, security) => security,
        };
        let known = self.commons.servers.known(host, *port);
        let mut trust = self.trust.clone();
        if *self.trust == Trust::default() {
            trust.pin = known.pin; // Whatever the person says of trust today goes before it.
        }
        let (way, proxy) = (self.usual_way(), self.proxy());
        Server { host, port: *port, security, trust, way, proxy, known }
    }
}

impl Request {
    /// Whether it is for a folder and all that is in it.
    #[must_use]
    pub fn is_folder(&self) -> bool {
        self.address.path.is_folder()
    }

    /// What it takes to talk to its server.
    #[must_use]
    pub fn access<'a>(&'a self, commons: &'a Commons) -> Access<'a> {
        let Self { address, security, trust, way, .. } = self;
        Access { address, security: *security, trust, way: *way, commons }
    }
}

/// Where a file goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Destination {
    /// Exactly this file.
    File(PathBuf),
    /// Into this folder, under the server's name made safe for this computer.
    Folder(PathBuf),
}

/// What to do if something stands under the destination's name already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum IfExists {
    /// Do not even connect.
    #[default]
    Refuse,
    /// Keep both: the new one becomes `name (2).ext`.
    Rename,
    /// Replace it, once the new one is complete.
    Replace,
    /// Leave it, and call that a success.
    Skip,
}

/// How a file is proven right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Checks {
    /// Compute SHA-256 of what arrives.
    pub hash: bool,
    /// Ask the server, and look for a checksum file beside the file, unless `expected` is known.
    pub verify: bool,
    /// The checksum that the file must have, as the person knows it.
    pub expected: Option<Checksum>,
    /// The checksum files that lie beside the file, where its folder was listed: no others are
    /// looked for.
    pub beside: Option<Vec<Vec<u8>>>,
}

impl Default for Checks {
    fn default() -> Self {
        Self { hash: true, verify: true, expected: None, beside: None }
    }
}
