//! Where a file goes, settled before anybody is connected to.

use std::iter;
use std::path::PathBuf;

use super::request::{Access, Destination, IfExists, Request};
use crate::disk;
use crate::ftp::in_utf_8;

/// Where a file goes, once it is known what is there already.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Settled {
    /// Here.
    Here(Place),
    /// Nowhere: what is here is to be left alone.
    Leave(PathBuf),
}

/// Where a file goes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) path: PathBuf,
    /// In the place of the file that is there now; else nothing may be replaced.
    pub(super) replaces: bool,
    /// The name that it would have if nothing had that.
    wanted: PathBuf,
}

impl Place {
    fn free(path: PathBuf) -> Settled {
        Settled::Here(Self { wanted: path.clone(), path, replaces: false })
    }

    /// Takes the place, and finds what an earlier run has left there, with sentences for the log. Where
    /// both are to be kept, that is looked for under the name that was wanted, whatever has it by now.
    pub(super) fn claim(
        &self,
        request: &Request,
    ) -> Result<(disk::Partial, Vec<String>), disk::Error> {
        let company = match request.if_exists {
            IfExists::Rename => disk::Company::Welcome,
            IfExists::Refuse | IfExists::Replace | IfExists::Skip => disk::Company::None,
        };
        let source = request.address.to_string();
        disk::Partial::claim(&self.wanted, &source, request.checks.hash, company)
    }
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
        Ok(()) => Ok(Some(Place::free(wanted))),
        Err(disk::Error::Exists { path }) => match request.if_exists {
            IfExists::Refuse => Err(disk::Error::Exists { path }),
            IfExists::Rename => {
                let path = disk::free_name(&wanted);
                Ok(Some(Settled::Here(Place { path, replaces: false, wanted })))
            }
            IfExists::Replace if receipt.is_some_and(|receipt| receipt.is_at(&path)) => {
                Err(disk::Error::Exists { path })
            }
            IfExists::Replace => Ok(Some(Settled::Here(Place { path, replaces: true, wanted }))),
            IfExists::Skip => Ok(Some(Settled::Leave(path))),
        },
        Err(error) => Err(error),
    }
}
