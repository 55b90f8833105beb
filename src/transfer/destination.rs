//! Where a file goes, settled before anybody is connected to.

use std::iter;
use std::path::PathBuf;

use super::request::{Access, Destination, IfExists, Request};
use crate::disk;
use crate::ftp::in_utf_8;

/// Where a file goes, once it is known what is there already.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Settled {
    /// Here, and nothing may be replaced.
    Free(PathBuf),
    /// Here, in the place of the file that is there now.
    Replace(PathBuf),
    /// Nowhere: what is here is to be left alone.
    Leave(PathBuf),
}

/// Settles where the file goes. `None` if the address names a folder.
pub(super) fn settle(
    access: Access<'_>,
    request: &Request,
) -> Result<Option<Settled>, disk::Error> {
    let encoding = access.encoding(iter::empty());
    let receipt = access.commons.receipt.as_ref();
    let path = &request.address.path;
    let Some(name) = path.name().filter(|_| !path.is_folder()) else { return Ok(None) };
    let wanted = match &request.destination {
        Destination::File(file) => file.clone(),
        Destination::Folder(folder) => {
            let as_bytes = folder.join(disk::local_name(name));
            // What was begun before the encoding was known goes on where it is.
            match disk::has_part(&as_bytes) {
                true => as_bytes,
                false => folder.join(disk::local_name(&in_utf_8(name, encoding))),
            }
        }
    };
    match disk::check_new_file(&wanted) {
        Ok(()) => Ok(Some(Settled::Free(wanted))),
        Err(disk::Error::Exists { path }) => match request.if_exists {
            IfExists::Refuse => Err(disk::Error::Exists { path }),
            IfExists::Rename => Ok(Some(Settled::Free(disk::free_name(&path)))),
            IfExists::Replace if receipt.is_some_and(|receipt| receipt.is_at(&path)) => {
                Err(disk::Error::Exists { path })
            }
            IfExists::Replace => Ok(Some(Settled::Replace(path))),
            IfExists::Skip => Ok(Some(Settled::Leave(path))),
        },
        Err(error) => Err(error),
    }
}
