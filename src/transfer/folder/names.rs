//! Names here for names there, apart from one another, and what is here already under them.

use std::fs;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::path::{Path, PathBuf};

use super::super::sameness::is_same as is_same_file;
use crate::disk;
use crate::ftp::listing::Modified;

/// The names in one folder.
#[derive(Debug)]
pub(super) struct Names {
    /// `README` and `Readme` are one file here.
    is_case_blind: bool,
    taken: Seen,
    /// The last number that was given beyond [`FEW`].
    number: u32,
}

/// So many names that are one here get the next free number. If there are more, each gets one that no
/// other in the folder has: to count them apart would take time without end.
const FEW: u32 = 9;

/// A name here.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Local {
    pub(super) name: PathBuf,
    /// The server's name cannot be stored as it is.
    pub(super) is_mapped: bool,
    /// Another one had the name already.
    pub(super) is_numbered: bool,
}

impl Names {
    /// Of a folder with `count` of them.
    pub(super) fn new(is_case_blind: bool, count: usize) -> Self {
        Self { is_case_blind, taken: Seen::with_room_for(count), number: FEW }
    }

    /// The local name for a server's name, apart from all others in the same folder.
    pub(super) fn own(&mut self, name: &[u8]) -> Local {
        let local = disk::local_name(name);
        let is_mapped = local.as_bytes() != name;
        if self.take(Path::new(&local)) {
            return Local { name: local.into(), is_mapped, is_numbered: false };
        }
        let mut number = 1;
        loop {
            number = if number < FEW { number + 1 } else { self.next_number() };
            let name = disk::numbered(Path::new(&local), number);
            if self.take(&name) {
                return Local { name, is_mapped, is_numbered: true };
            }
        }
    }

    /// Takes the name, if it is free.
    fn take(&mut self, name: &Path) -> bool {
        match self.is_case_blind {
            true => self.taken.insert(name.to_string_lossy().to_lowercase().as_bytes()),
            false => self.taken.insert(name.as_os_str().as_encoded_bytes()),
        }
    }

    fn next_number(&mut self) -> u32 {
        self.number += 1;
        self.number
    }
}

/// Things that were seen: of each, 64 bits of a hash whose key nobody knows, so that a million take ten
/// mebibytes, and that two of a million are taken for one happens once in thirty million folders.
#[derive(Debug)]
pub(super) struct Seen {
    key: RandomState,
    /// Each is at the place that it shares out to it, or at the next that is free. 0: free.
    slots: Vec<u64>,
}

impl Seen {
    /// For `count` things and no more.
    pub(super) fn with_room_for(count: usize) -> Self {
        Self { key: RandomState::new(), slots: vec![0; count + count / 4 + 1] }
    }

    /// Whether `thing` is seen for the first time.
    pub(super) fn insert(&mut self, thing: impl Hash) -> bool {
        let hash = self.key.hash_one(thing).max(1);
        // The hash as a part of the whole range, of the slots.
        let at = (u128::from(hash) * self.slots.len() as u128) >> 64;
        let (before, from) = self.slots.split_at_mut(usize::try_from(at).unwrap_or(0));
        for slot in from.iter_mut().chain(before) {
            if *slot == hash {
                return false;
            }
            if *slot == 0 {
                *slot = hash;
                return true;
            }
        }
        true
    }
}

/// What is here already under the name of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum There {
    /// Nothing.
    Nothing,
    /// The same file: the same size, and the same time as far as the listing knows it.
    Same,
    /// Something of the same size, and of the server's file no time is known: it passes for the same.
    SameSize,
    /// Something else.
    Other,
}

/// What is at `here`, compared with what the listing says.
pub(super) fn there(here: &Path, size: Option<u64>, modified: Option<Modified>) -> There {
    let Ok(there) = fs::symlink_metadata(here) else { return There::Nothing };
    let is_same = |time| is_same_file(there.len(), time, size, modified);
    match modified {
        _ if !there.is_file() => There::Other,
        None if size == Some(there.len()) => There::SameSize,
        _ if there.modified().is_ok_and(is_same) => There::Same,
        _ => There::Other,
    }
}

impl There {
    /// Whether the file need not be fetched.
    pub(super) fn is_same(self) -> bool {
        matches!(self, Self::Same | Self::SameSize)
    }
}

/// Whether one of the copies that stand beside `here`, as `a (2)` does beside `a`, is the one that the
/// listing speaks of.
pub(super) fn has_copy(here: &Path, size: Option<u64>, modified: Option<Modified>) -> bool {
    let copies = (2..).map(|number| there(&disk::numbered(here, number), size, modified));
    copies.take_while(|there| *there != There::Nothing).any(There::is_same)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::ftp::listing::Precision;

    #[test]
    fn names_that_are_one_here_are_numbered_and_those_that_are_not_stay() {
        let mut blind = Names::new(true, 4);
        let mut seeing = Names::new(false, 4);
        let own = |names: &mut Names, name: &str| {
            let Local { name, is_mapped, is_numbered } = names.own(name.as_bytes());
            (name.display().to_string(), is_mapped, is_numbered)
        };
        assert_eq!(own(&mut blind, "README"), ("README".to_owned(), false, false));
        assert_eq!(own(&mut blind, "Readme"), ("Readme (2)".to_owned(), false, true));
        assert_eq!(own(&mut seeing, "README"), ("README".to_owned(), false, false));
        assert_eq!(own(&mut seeing, "Readme"), ("Readme".to_owned(), false, false));
        assert_eq!(own(&mut seeing, "a:b"), ("a%3Ab".to_owned(), true, false));
        assert_eq!(own(&mut seeing, "a%3Ab"), ("a%3Ab (2)".to_owned(), false, true));
        // A name that another one got as its number is taken, too.
        assert_eq!(own(&mut blind, "readme (2)"), ("readme (2) (2)".to_owned(), false, true));
    }

    #[test]
    fn however_many_names_are_one_here_they_stay_apart_and_take_no_time() {
        const COUNT: usize = 1 << 14;
        let mut names = Names::new(true, COUNT);
        let mut own = HashSet::new();
        for number in 0..COUNT {
            let letter = |bit: usize| if (number >> bit) & 1 == 1 { 'A' } else { 'a' };
            let name: String = (0..14).map(letter).collect();
            assert!(own.insert(names.own(name.as_bytes()).name), "{name}");
        }
        assert!(own.contains(Path::new("Aaaaaaaaaaaaaa (2)")));
    }

    #[test]
    fn what_was_seen_is_known_and_nothing_else() {
        let mut seen = Seen::with_room_for(2000);
        assert!((0..2000).all(|number| seen.insert(number)));
        assert!(!(0..2000).any(|number| seen.insert(number)));
        assert!(!Seen::with_room_for(0).slots.is_empty());
    }

    #[test]
    fn only_the_same_size_and_time_make_a_file_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("File");
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_020);
        let listed = |precision, seconds| {
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            Some(Modified { time, precision, is_utc: true })
        };
        let exact = listed(Precision::Second, 1_000_000_020);
        assert_eq!(there(&file, Some(4), exact), There::Nothing);
        fs::write(&file, "four").unwrap();
        fs::File::options().write(true).open(&file).unwrap().set_modified(time).unwrap();
        assert_eq!(there(&file, Some(4), exact), There::Same);
        assert_eq!(there(&file, Some(4), listed(Precision::Minute, 1_000_000_000)), There::Same);
        assert_eq!(there(&file, Some(4), listed(Precision::Second, 1_000_000_000)), There::Other);
        assert_eq!(there(&file, Some(5), exact), There::Other);
        assert_eq!(there(&file, Some(4), None), There::SameSize);
        assert_eq!(there(&file, Some(5), None), There::Other);
        assert_eq!(there(&file, None, None), There::Other);
        assert_eq!(there(&file, None, exact), There::Other);
    }
}
