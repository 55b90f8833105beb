//! What a folder on a server holds.

use std::ops::ControlFlow;

use super::failure::Failure;
use super::news::Line;
use super::request::Access;
use crate::ftp::listing::{Entry, ListingEnd};
use crate::ftp::{self, Limits, Session};

/// Lists the folder at the address of `access`. Blocks until the server called the listing complete.
///
/// `handed` gets each entry as soon as it has arrived, and may break off; `log` hears every line of
/// the conversation. See [`Session::list`] for what the end says about the times of the entries.
///
/// # Errors
///
/// [`Failure::Server`] and [`Failure::Stopped`]. What was handed on until then is not all.
pub fn list(
    access: Access<'_>,
    limits: &Limits,
    log: &dyn Fn(Line),
    handed: &mut dyn FnMut(Entry) -> ControlFlow<()>,
) -> Result<ListingEnd, Failure> {
    let tell = |line: ftp::Line| log(line.into());
    let mut talk = || {
        let way = access.usual_way();
        let mut session = Session::connect(access.server(), limits, &tell)?;
        session.sign_in(&access.login())?;
        let end = session.list(&access.address.path, handed)?;
        access.learn_data_came(way.is_active);
        session.quit();
        Ok(end)
    };
    let mut ended = talk();
    if ended.as_ref().is_err_and(|error| access.learn_no_data(error)) {
        ended = talk();
    }
    ended.map_err(|error| Failure::of_server(access, error, None))
}
