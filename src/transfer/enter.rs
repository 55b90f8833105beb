//! Into a server: connected, signed in, and spoken to as it can take it.

use super::request::Access;
use crate::ftp::{Error, Limits, Line, Session};

/// Connects and signs in. A server that stumbles over commands that travel together is entered once
/// more, step by step, and remembered.
///
/// # Errors
///
/// Those of [`Session::connect`] and [`Session::sign_in`].
pub(super) fn enter<'a>(
    access: Access<'_>,
    limits: &Limits,
    log: &'a dyn Fn(Line),
) -> Result<Session<'a>, Error> {
    let mut server = access.server();
    loop {
        let mut session = Session::connect(server, limits, log)?;
        match session.sign_in(&access.login()) {
            Err(Error::Stumbled { .. }) if !server.is_step_by_step => {
                server.is_step_by_step = true;
            }
            Err(error) => return Err(error),
            Ok(()) => {
                if server.is_step_by_step {
                    access.learn_step_by_step();
                }
                return Ok(session);
            }
        }
    }
}

impl Access<'_> {
    /// Commands that travel together have made this server stumble, and step by step it works.
    pub(super) fn learn_step_by_step(self) {
        let (host, port) = (&self.address.host, self.address.port);
        // What cannot be written down holds until the program ends.
        self.commons.servers.learn(host, port, |known| known.is_step_by_step = true).ok();
    }
}
