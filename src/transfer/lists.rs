//! Checksum files: which may lie beside a file, which are known not to, and what the others hold.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::ftp::Address;

/// The checksum files that may lie beside a file, best first: an ending for its own name, or a name
/// for all in the folder.
const LISTS: [List; 10] = [
    List::Own(".sha256"),
    List::Own(".sha512"),
    List::Common("SHA256SUMS"),
    List::Common("SHA512SUMS"),
    List::Own(".sha1"),
    List::Own(".md5"),
    List::Common("MD5SUMS"),
    List::Common("md5checksums.txt"), // NCBI
    List::Common("md5sum.txt"),
    List::Common("CHECKSUMS"), // Ensembl
];

/// How long it is remembered. Whoever publishes a file may publish its checksum a little later.
const MEMORY: Duration = Duration::from_secs(300);

/// Of how many folders, and of how many files alone, it is remembered.
const MOST_FOLDERS: usize = 10_000;
const MOST_FILES: usize = 1000;

/// How many bytes of lists are remembered, of all of them together.
const MOST_BYTES: usize = 16 * 1024 * 1024;

#[derive(Debug, Clone, Copy)]
enum List {
    Own(&'static str),
    Common(&'static str),
}

impl List {
    /// Its name beside a file called `name`.
    fn name(self, name: &[u8]) -> Vec<u8> {
        match self {
            Self::Own(ending) => [name, ending.as_bytes()].concat(),
            Self::Common(list) => list.as_bytes().to_vec(),
        }
    }

    /// Whether a file called `name` is one itself.
    fn is(self, name: &[u8]) -> bool {
        match self {
            Self::Own(ending) => {
                let at = name.len().saturating_sub(ending.len());
                name.get(at..).is_some_and(|end| end.eq_ignore_ascii_case(ending.as_bytes()))
            }
            Self::Common(list) => name.eq_ignore_ascii_case(list.as_bytes()),
        }
    }
}

/// Whether a file called `name` holds checksums of others.
pub(super) fn is_checksum_file(name: &[u8]) -> bool {
    LISTS.iter().any(|list| list.is(name))
}

/// The names of the checksum files that may lie beside a file called `name`, best first. None for a
/// file that is one itself.
pub(super) fn beside(name: &[u8]) -> Vec<Vec<u8>> {
    match is_checksum_file(name) {
        true => Vec::new(),
        false => LISTS.map(|list| list.name(name)).to_vec(),
    }
}

/// Whether a checksum file called `name` tells of a whole folder.
fn is_common(name: &[u8]) -> bool {
    LISTS.iter().any(|list| matches!(list, List::Common(list) if list.as_bytes() == name))
}

/// What is known of checksum files: of those for whole folders, so that a thousand files of one folder do
/// not ask a thousand times, and of those for one file, so that its next conversation does not ask again.
/// Clones share it.
#[derive(Debug, Clone, Default)]
pub struct KnownLists(Arc<Mutex<Table>>);

#[derive(Debug, Default)]
struct Table {
    folders: HashMap<Place, Seen>,
    files: HashMap<Place, Seen>,
}

/// A folder on a server, or a file of which alone a checksum file tells, as somebody sees it.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Place {
    host: String,
    port: u16,
    user: Option<Vec<u8>>,
    path: Vec<u8>,
}

#[derive(Debug)]
struct Seen {
    since: Instant,
    lists: HashMap<Vec<u8>, Known>,
}

/// What a checksum file holds.
pub(super) type Text = Arc<Vec<u8>>;

/// What is known of a checksum file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Known {
    /// It is not there.
    Missing,
    /// It holds this.
    Holds(Text),
}

impl KnownLists {
    /// This is what there is under `name` beside the file at `address`.
    pub(super) fn note(&self, address: &Address, name: &[u8], known: Known, now: Instant) {
        let mut table = self.lock();
        if known.bytes() > 0 && table.bytes() + known.bytes() > MOST_BYTES {
            *table = Table::default();
        }
        let (places, most) = match is_common(name) {
            true => (&mut table.folders, MOST_FOLDERS),
            false => (&mut table.files, MOST_FILES),
        };
        if places.len() >= most {
            places.clear();
        }
        let fresh = || Seen { since: now, lists: HashMap::new() };
        let seen = places.entry(Place::of(address, name)).or_insert_with(fresh);
        if seen.is_old(now) {
            *seen = fresh();
        }
        seen.lists.insert(name.to_owned(), known);
    }

    /// What is known of the file called `name` beside the file at `address`.
    pub(super) fn get(&self, address: &Address, name: &[u8], now: Instant) -> Option<Known> {
        let table = self.lock();
        let places = if is_common(name) { &table.folders } else { &table.files };
        let seen = places.get(&Place::of(address, name)).filter(|seen| !seen.is_old(now))?;
        seen.lists.get(name).cloned()
    }

    /// Nothing is known any more of the checksum files beside the file at `address`.
    pub(super) fn forget(&self, address: &Address) {
        let mut table = self.lock();
        for name in address.path.name().map(beside).unwrap_or_default() {
            let place = Place::of(address, &name);
            table.folders.remove(&place);
            table.files.remove(&place);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        // A thread that panicked while it held this lock left a whole table behind.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// How many bytes all lists have together.
    fn bytes(&self) -> usize {
        self.folders.values().chain(self.files.values()).map(Seen::bytes).sum()
    }
}

impl Known {
    fn bytes(&self) -> usize {
        match self {
            Self::Missing => 0,
            Self::Holds(text) => text.len(),
        }
    }
}

impl Seen {
    fn is_old(&self, now: Instant) -> bool {
        now.duration_since(self.since) > MEMORY
    }

    fn bytes(&self) -> usize {
        self.lists.values().map(Known::bytes).sum()
    }
}

impl Place {
    /// What the checksum file called `name` beside the file at `address` tells of.
    fn of(address: &Address, name: &[u8]) -> Self {
        let mut path = address.path.to_wire();
        if is_common(name) {
            path.truncate(path.iter().rposition(|&byte| byte == b'/').map_or(0, |at| at + 1));
        }
        let Address { host, port, login, .. } = address;
        Self { host: host.as_str().to_owned(), port: *port, user: login.user.clone(), path }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_checksum_is_looked_for_of_a_checksum_file() {
        for name in ["MD5SUMS", "sha256sums", "CHECKSUMS", "a.iso.SHA256", "x.md5", "md5sum.txt"] {
            assert!(beside(name.as_bytes()).is_empty(), "{name}");
        }
        for name in ["a.iso", "md5", "MD5SUMS.txt", "CHECKSUMS.gz", "a.sha256.zip"] {
            assert_eq!(beside(name.as_bytes()).len(), LISTS.len(), "{name}");
        }
    }

    #[test]
    fn what_is_known_is_known_for_a_while_and_for_this_folder_or_this_file_alone() {
        let address = |link: &str| link.parse::<Address>().unwrap();
        let (lists, now) = (KnownLists::default(), Instant::now());
        let one = address("ftp://h.example/pub/one.bin");
        lists.note(&one, b"MD5SUMS", Known::Missing, now);
        lists.note(&one, b"one.bin.md5", Known::Missing, now);
        for (link, name, after, is_known) in [
            ("ftp://h.example/pub/two.bin", "MD5SUMS", 299, true),
            ("ftp://h.example/pub/two.bin", "MD5SUMS", 301, false),
            ("ftp://h.example/pub/two.bin", "SHA256SUMS", 0, false),
            ("ftp://h.example/pub/one.bin", "one.bin.md5", 299, true),
            ("ftp://h.example/pub/one.bin", "one.bin.md5", 301, false),
            ("ftp://h.example/pub/one.bin", "one.bin.sha256", 0, false),
            ("ftp://h.example/old/one.bin", "one.bin.md5", 0, false),
            ("ftp://h.example/two.bin", "MD5SUMS", 0, false),
            ("ftp://bob@h.example/pub/two.bin", "MD5SUMS", 0, false),
            ("ftp://h.example:2121/pub/two.bin", "MD5SUMS", 0, false),
        ] {
            let later = now + Duration::from_secs(after);
            let known = lists.get(&address(link), name.as_bytes(), later);
            assert_eq!(known.is_some(), is_known, "{name} beside {link} after {after} s");
        }
        lists.forget(&one);
        assert_eq!(lists.get(&one, b"MD5SUMS", now), None);
        assert_eq!(lists.get(&one, b"one.bin.md5", now), None);
    }

    #[test]
    fn so_many_bytes_are_kept_and_no_more() {
        let (lists, now) = (KnownLists::default(), Instant::now());
        for folder in 0..40 {
            let address = format!("ftp://h.example/{folder}/x").parse().unwrap();
            let text = Known::Holds(Arc::new(vec![b'x'; 1024 * 1024]));
            lists.note(&address, b"MD5SUMS", text.clone(), now);
            assert_eq!(lists.get(&address, b"MD5SUMS", now), Some(text));
            let bytes = lists.lock().bytes();
            assert!(bytes <= MOST_BYTES, "{bytes}");
        }
    }

    #[test]
    fn many_files_with_lists_of_their_own_are_forgotten_and_their_folder_is_not() {
        let (lists, now) = (KnownLists::default(), Instant::now());
        for number in 0..2 * MOST_FILES {
            let address = format!("ftp://h.example/pub/{number}").parse().unwrap();
            lists.note(&address, b"MD5SUMS", Known::Missing, now);
            let own = format!("{number}.md5");
            lists.note(&address, own.as_bytes(), Known::Missing, now);
            assert_eq!(lists.get(&address, own.as_bytes(), now), Some(Known::Missing));
            assert_eq!(lists.get(&address, b"MD5SUMS", now), Some(Known::Missing));
        }
        assert!(lists.lock().files.len() <= MOST_FILES);
    }
}
