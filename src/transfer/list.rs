//! What a folder on a server holds.

use std::ops::ControlFlow;

use super::failure::Failure;
use super::news::Line;
use super::request::Access;
use super::visit::Visit;
use crate::ftp::listing::{Entry, ListingEnd};
use crate::ftp::{self, Limits};

/// Lists the folder at the address of `access`. Blocks until the server called the listing complete.
///
/// `handed` gets each entry as soon as it has arrived, and may break off; `log` hears every line of
/// the conversation. See [`Visit::list`] for what the end says about the times of the entries.
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
    let mut visit = Visit::new(access, limits, &tell);
    let end = visit.list(&access.address.path, handed)?;
    visit.leave();
    Ok(end)
}
