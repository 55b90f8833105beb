//! Servers that other programs know.

use std::io;

use super::favourites::{Favourite, MOST};
use crate::ftp::{Address, Known};
use crate::transfer::{Netrc, Servers};

/// A program that knows servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// Its file `sitemanager.xml`.
    FileZilla,
    /// The file `.netrc`, which ftp, curl and wget read.
    Netrc,
}

/// A server that another program knows. Its password stays there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Where it is, and what the person calls it.
    pub favourite: Favourite,
    /// How it is to be spoken to, as far as that program was told.
    pub lessons: Known,
}

impl Site {
    /// Adds to what is known of the server. What Ashore has learnt itself stays.
    ///
    /// # Errors
    ///
    /// If it cannot be written down; it holds until the program ends all the same.
    pub fn teach(&self, servers: &Servers) -> io::Result<()> {
        let address = &self.favourite.address;
        servers.learn(&address.host, address.port, |known| {
            known.encoding = known.encoding.or(self.lessons.encoding);
            known.most_connections = known.most_connections.or(self.lessons.most_connections);
            known.wants_active |= self.lessons.wants_active;
        })
    }
}

/// The servers in `.netrc`, without their passwords.
#[must_use]
pub fn of_netrc(netrc: &Netrc) -> Vec<Site> {
    let site = |address: Address| {
        let name = address.host.to_string();
        Site { favourite: Favourite { name, address }, lessons: Known::default() }
    };
    netrc.machines().into_iter().take(MOST).map(site).collect()
}
