//! What a folder holds, as it waits for its turn.

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use super::thing::Thing;
use crate::disk::{self, Pile};
use crate::ftp::listing::{Kind, Modified, Precision};
use crate::ftp::{Encoding, RemotePath, in_utf_8};

/// A folder that is still to be looked into.
#[derive(Debug, Clone)]
pub(super) struct Ahead {
    pub(super) path: RemotePath,
    pub(super) local: PathBuf,
    /// Its path from the folder that was asked for, as patterns see it. Empty: that folder itself.
    pub(super) inside: String,
    /// How deep it is.
    pub(super) level: usize,
    /// The way to it.
    pub(super) way: Arc<Way>,
    /// Its time, as well as the listing tells it.
    pub(super) modified: Option<Modified>,
    /// The folder above is wanted with all that is in it.
    pub(super) is_chosen: bool,
}

/// A folder that a link leads to.
#[derive(Debug)]
pub(super) struct Linked {
    pub(super) ahead: Ahead,
    /// Where it really is.
    pub(super) place: Vec<u8>,
}

/// The way to a folder: where it really is, and where the one above it is.
#[derive(Debug)]
pub(super) struct Way {
    /// What leads to it from the folder above.
    pub(super) step: Step,
    pub(super) above: Option<Arc<Way>>,
    /// How many links were followed.
    pub(super) links: usize,
    /// Whether it is among those that are told to be made.
    is_counted: AtomicBool,
    /// By what the folder is known again, once it was looked into, if the server tells that.
    pub(super) mark: OnceLock<u64>,
}

impl Way {
    /// One step further than `above`.
    pub(super) fn new(step: Step, above: Option<Arc<Self>>) -> Self {
        let links = above.as_ref().map_or(0, |above| above.links);
        let links = links + usize::from(matches!(step, Step::Link(_)));
        Self { step, above, links, is_counted: AtomicBool::new(false), mark: OnceLock::new() }
    }

    /// Counts the folder, and those above it, that were not counted before.
    pub(super) fn count(&self) -> u64 {
        let (mut way, mut new) = (Some(self), 0);
        while let Some(here) = way
            && !here.is_counted.swap(true, Ordering::Relaxed)
        {
            new += 1;
            way = here.above.as_deref();
        }
        new
    }
}

/// What leads from one folder to the next.
#[derive(Debug)]
pub(super) enum Step {
    /// This is where it all begins.
    Top,
    /// A folder of this name.
    Down(Vec<u8>),
    /// A link to this place.
    Link(Vec<u8>),
}

/// A folder that was looked into.
#[derive(Debug)]
pub(super) struct Looked {
    pub(super) path: RemotePath,
    pub(super) local: PathBuf,
    pub(super) inside: String,
    /// How deep it is.
    pub(super) level: usize,
    /// The way to it.
    pub(super) way: Arc<Way>,
    /// That of the names in it which are not UTF-8.
    pub(super) encoding: Option<Encoding>,
    /// Checksum files lie in it.
    pub(super) has_sums: bool,
    /// It was made for this, or was empty: nothing can be in it that is not from us.
    pub(super) is_new: bool,
    /// Names like `a (2)` are among those in it.
    pub(super) has_numbered: bool,
    /// It is wanted with all that is in it.
    pub(super) is_chosen: bool,
}

/// A file that is to be fetched.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) folder: Arc<Looked>,
    pub(super) name: Box<[u8]>,
    pub(super) local: Box<str>,
    pub(super) size: Option<u64>,
    pub(super) modified: Option<Modified>,
    /// Something is here already under its name, or a part of it is.
    pub(super) is_there: bool,
}

/// What waits of one folder: there may be more of it than fits into memory.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) folder: Arc<Looked>,
    pub(super) things: Pile,
}

/// A batch that is lost.
pub(super) type Lost = (Arc<Looked>, disk::Error);

impl Batch {
    /// The next thing, as what it is to be.
    pub(super) fn take<T>(
        &mut self,
        made: fn(&Arc<Looked>, Thing) -> Option<T>,
    ) -> Result<T, Lost> {
        let lost = |error| (Arc::clone(&self.folder), error);
        let piece = self.things.pop().map_err(lost)?;
        let thing = piece.and_then(|piece| Thing::unpack(&piece));
        let garbled = || {
            let (path, source) = (std::env::temp_dir(), io::ErrorKind::InvalidData.into());
            lost(disk::Error::Io { path, doing: "read", source })
        };
        thing.and_then(|thing| made(&self.folder, thing)).ok_or_else(garbled)
    }
}

impl Looked {
    /// A folder in this one.
    pub(super) fn ahead(self: &Arc<Self>, thing: Thing) -> Option<Ahead> {
        let Thing { entry, local, .. } = thing;
        let readable = in_utf_8(&entry.name, self.encoding);
        let step = match (entry.kind, entry.target) {
            (Kind::Link, Some(place)) => Step::Link(place),
            _ => Step::Down(entry.name.clone()),
        };
        let above = Arc::clone(&self.way);
        Some(Ahead {
            path: self.path.child(&entry.name).ok()?.as_folder(),
            local: self.local.join(local),
            inside: super::inside(&self.inside, &String::from_utf8_lossy(&readable)),
            level: self.level + 1,
            way: Arc::new(Way::new(step, Some(above))),
            // A day is a day; of an hour in an unknown zone, nothing is known.
            modified: entry.modified.filter(|time| time.is_utc || time.precision == Precision::Day),
            is_chosen: self.is_chosen,
        })
    }

    /// A file in this one.
    pub(super) fn found(self: &Arc<Self>, thing: Thing) -> Option<Found> {
        let Thing { entry, local, is_there } = thing;
        Some(Found {
            folder: Arc::clone(self),
            name: entry.name.into(),
            local: local.into(),
            size: entry.size,
            modified: entry.modified,
            is_there,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ftp::listing::Entry;

    #[test]
    fn a_file_is_called_what_it_is_called_here() {
        let folder = Looked {
            path: RemotePath::from_typed("pub/").unwrap(),
            local: "pub".into(),
            inside: "été".to_owned(),
            level: 1,
            way: Arc::new(Way::new(Step::Top, None)),
            encoding: "windows-1252".parse().ok(),
            has_sums: false,
            is_new: true,
            has_numbered: false,
            is_chosen: true,
        };
        let name = b"caf\xe9".to_vec();
        let entry = Entry { name, kind: Kind::File, size: None, modified: None, target: None };
        let found = Arc::new(folder).found(Thing::listed(entry)).unwrap();
        assert_eq!(found.name(), "été/café");
    }
}
