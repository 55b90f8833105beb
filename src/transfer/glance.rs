//! What a server says about a file, without fetching it.

use super::failure::Failure;
use super::news::Line;
use super::request::Access;
use crate::ftp::{self, Facts, Limits};

/// What a server says about a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glance {
    /// Its size and its date, as far as the server tells them.
    pub facts: Facts,
    /// Whether the conversation was secret.
    pub is_secure: bool,
}

/// Asks about the file at the address of `access`. Blocks until the server has answered; nothing is
/// fetched and nothing is written.
///
/// # Errors
///
/// [`Failure::Server`] and [`Failure::Stopped`].
pub fn glance(access: Access<'_>, limits: &Limits, log: &dyn Fn(Line)) -> Result<Glance, Failure> {
    let tell = |line: ftp::Line| log(line.into());
    let talk = || {
        let mut session = access.meet(limits, &tell)?;
        let facts = session.locate(&access.address.path)?.facts;
        let is_secure = session.is_secure();
        session.quit();
        Ok(Glance { facts, is_secure })
    };
    talk().map_err(|error| Failure::of_server(access, error, None))
}
