//! What is remembered beside a `.part` file, so that it can be proven and resumed.
//!
//! The record is true at every instant: it is replaced as a whole, and only after the bytes that it
//! speaks of are on disk. A `.part` may be ahead of its record, never behind.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

/// The format that this program writes. A record of a later one is left alone.
const VERSION: u32 = 1;

/// The longest record that is read, in bytes. Real ones are under 2 KiB.
const MAX_RECORD: u64 = 64 * 1024;

/// No file has as many bytes.
const LONGEST_FILE: u64 = i64::MAX.unsigned_abs();

/// What is remembered about a `.part` file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    version: u32,
    /// Where the bytes come from, as a link without password.
    pub(super) source: String,
    /// The file's size in bytes, as the server said it when the first byte came.
    pub(super) size: Option<u64>,
    /// Its size as the server mentioned it when it began to send from the start. Counts where the
    /// server tells no other.
    #[serde(default)]
    pub(super) announced: Option<u64>,
    /// The time of its last change, in seconds since 1970.
    pub(super) modified: Option<u64>,
    /// The bytes that are in the `.part` for certain: `[from, to)` in bytes, in order. Two that touch
    /// were not yet shown to belong together.
    pub(super) ranges: Vec<(u64, u64)>,
    /// How far SHA-256 was computed. Never farther than the first range.
    #[serde(default)]
    pub(super) hashed: Option<Hashed>,
    /// When the `.part` was last written to, in milliseconds since 1970.
    pub(super) written: u64,
    /// Older `.part` files that are kept until this one is complete.
    pub(super) set_aside: Vec<String>,
    /// A checksum has contradicted the bytes. This is their SHA-256, empty if it was not computed.
    #[serde(default)]
    pub(super) disproven: Option<String>,
    /// The same of the `.part` that was set aside last.
    #[serde(default)]
    pub(super) disproven_before: Option<String>,
}

/// SHA-256 of a file's beginning, to be continued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Hashed {
    /// How many bytes it has taken in.
    pub(super) bytes: u64,
    /// Its state after them, in hexadecimal.
    pub(super) state: String,
}

/// Why a record cannot be used.
#[derive(Debug)]
pub(super) enum Unusable {
    /// There is none.
    Missing,
    /// It is no record, or a truncated one.
    Garbage,
    /// A later Ashore wrote it.
    Newer,
    /// It could not be read.
    Unreadable,
}

impl Record {
    pub(super) fn new(source: &str) -> Self {
        Self {
            version: VERSION,
            source: source.to_owned(),
            size: None,
            announced: None,
            modified: None,
            ranges: Vec::new(),
            hashed: None,
            written: 0,
            set_aside: Vec::new(),
            disproven: None,
            disproven_before: None,
        }
    }

    pub(super) fn read(path: &Path) -> Result<Self, Unusable> {
        #[derive(Deserialize)]
        struct Head {
            version: u32,
        }
        let mut text = Vec::new();
        match File::open(path) {
            Ok(file) => {
                file.take(MAX_RECORD).read_to_end(&mut text).map_err(|_| Unusable::Unreadable)?
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Unusable::Missing),
            Err(_) => return Err(Unusable::Unreadable),
        };
        let head: Head = serde_json::from_slice(&text).map_err(|_| Unusable::Garbage)?;
        if head.version > VERSION {
            return Err(Unusable::Newer);
        }
        let record: Self = serde_json::from_slice(&text).map_err(|_| Unusable::Garbage)?;
        let ends = record.ranges.iter().flat_map(|&(from, to)| [from, to]);
        let is_sound = ends.is_sorted() && record.ranges.iter().all(|range| range.1 < LONGEST_FILE);
        if is_sound { Ok(record) } else { Err(Unusable::Garbage) }
    }

    /// Writes the record to `path`, by way of a file beside it that takes its place at once. It
    /// outlives this program; whether it outlives a power cut is up to the system.
    pub(super) fn note(&self, path: &Path) -> io::Result<()> {
        self.put(path, |_draft| Ok(()))
    }

    /// The same, and it outlives a power cut.
    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        self.put(path, File::sync_data)
    }

    fn put(&self, path: &Path, settle: impl Fn(&File) -> io::Result<()>) -> io::Result<()> {
        let mut draft = path.as_os_str().to_owned();
        draft.push("~");
        let draft = Path::new(&draft);
        let text = serde_json::to_vec_pretty(self)?;
        // A draft that a killed run left behind is ours to replace; a link there is not followed.
        fs::remove_file(draft).ok();
        let mut file = File::create_new(draft)?;
        let put = file.write_all(&text).and_then(|()| settle(&file));
        put.and_then(|()| fs::rename(draft, path)).inspect_err(|_| {
            fs::remove_file(draft).ok(); // The disk is full: not even an empty one stays.
        })
    }
}

/// Seconds since 1970, for times that a record or a server tells.
pub(super) fn seconds(time: SystemTime) -> Option<u64> {
    time.duration_since(SystemTime::UNIX_EPOCH).ok().map(|since| since.as_secs())
}

/// Milliseconds since 1970, now.
pub(super) fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_that_is_cut_short_at_any_byte_is_garbage_and_never_believed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("record");
        let mut record = Record::new("ftp://example.org/a");
        record.ranges = vec![(0, 4_000)];
        record.write(&path).unwrap();
        assert_eq!(Record::read(&path).unwrap(), record);

        let text = fs::read(&path).unwrap();
        for length in 0..text.len() {
            fs::write(&path, &text[..length]).unwrap();
            assert!(matches!(Record::read(&path), Err(Unusable::Garbage)), "at {length}");
        }
    }

    #[test]
    fn ranges_that_overlap_or_come_in_disorder_are_no_record_of_ours() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("record");
        for (ranges, is_sound) in [
            (vec![(0, 4), (4, 6), (9, 12)], true),
            (vec![(0, 4), (3, 6)], false),
            (vec![(4, 6), (0, 4)], false),
            (vec![(4, 3)], false),
            (vec![(0, u64::MAX)], false),
        ] {
            let mut record = Record::new("ftp://example.org/a");
            record.ranges = ranges;
            record.note(&path).unwrap();
            assert_eq!(Record::read(&path).is_ok(), is_sound, "{:?}", record.ranges);
        }
    }

    #[test]
    fn a_record_of_a_later_ashore_is_recognised_whatever_else_it_holds() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("record");
        fs::write(&path, r#"{"version": 2, "something": "new"}"#).unwrap();
        assert!(matches!(Record::read(&path), Err(Unusable::Newer)));
        assert!(matches!(Record::read(&folder.path().join("none")), Err(Unusable::Missing)));
    }
}
