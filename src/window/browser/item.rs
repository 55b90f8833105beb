//! One thing in a folder on the server, made ready to be shown, sorted and found. Knows no egui.

use std::cmp::Ordering;

use crate::disk;
use crate::ftp::listing::{Entry, Kind, Modified};
use crate::words;

/// One thing in a folder. What it takes to sort and to find it is made once, by the thread that lists,
/// so that a hundred thousand of them cost a picture nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its name, as it may be shown.
    pub shown: Box<str>,
    /// The bytes that the server knows it by, where they are others.
    raw: Option<Box<[u8]>>,
    /// The shown name in small letters, where that is another.
    folded: Option<Box<str>>,
    /// Sorts as people count: `chr2` before `chr10`.
    key: Box<[u8]>,
    /// What it is.
    pub kind: Kind,
    /// Its length in bytes.
    pub size: Option<u64>,
    /// When it was last changed.
    pub modified: Option<Modified>,
    /// Where a link leads, as it may be shown.
    pub target: Option<Box<str>>,
}

impl From<Entry> for Item {
    fn from(entry: Entry) -> Self {
        let readable = |bytes: &[u8]| words::shown(&String::from_utf8_lossy(bytes));
        let shown = readable(&entry.name).into_boxed_str();
        let folded = shown.to_lowercase();
        Self {
            key: key(folded.as_bytes()),
            folded: (*folded != *shown).then(|| folded.into_boxed_str()),
            raw: (shown.as_bytes() != entry.name).then(|| entry.name.into_boxed_slice()),
            shown,
            kind: entry.kind,
            size: entry.size,
            modified: entry.modified,
            target: entry.target.map(|target| readable(&target).into_boxed_str()),
        }
    }
}

impl Item {
    /// The bytes that the server knows it by.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        self.raw.as_deref().unwrap_or(self.shown.as_bytes())
    }

    /// The name that it gets on this computer.
    #[must_use]
    pub fn local_name(&self) -> String {
        disk::local_name(self.name())
    }

    /// The shown name in small letters.
    pub(super) fn folded(&self) -> &str {
        self.folded.as_deref().unwrap_or(&self.shown)
    }

    /// Its place among others by name.
    pub(super) fn by_name(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }

    /// Folders stand before all else.
    pub(super) fn by_rank(&self, other: &Self) -> Ordering {
        (self.kind != Kind::Dir).cmp(&(other.kind != Kind::Dir))
    }

    /// Whether it can be brought here: a file, what may be one, or a folder.
    #[must_use]
    pub fn can_be_fetched(&self) -> bool {
        self.kind != Kind::Other
    }
}

/// Bytes whose order is the order in which people count: each number is written with its length
/// first, so that the shorter one comes first.
fn key(folded: &[u8]) -> Box<[u8]> {
    let mut key = Vec::with_capacity(folded.len() + 8);
    let mut rest = folded;
    while let Some((&first, after)) = rest.split_first() {
        if !first.is_ascii_digit() {
            key.push(first);
            rest = after;
            continue;
        }
        let end = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
        let (number, after) = rest.split_at(end);
        let zeros = number.iter().take_while(|&&byte| byte == b'0').count();
        let digits = number.get(zeros..).unwrap_or_default();
        key.extend([b'0', u8::try_from(digits.len()).unwrap_or(u8::MAX)]);
        key.extend(digits);
        rest = after;
    }
    key.into_boxed_slice()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(name: &[u8]) -> Item {
        let name = name.to_vec();
        Item::from(Entry { name, kind: Kind::File, size: None, modified: None, target: None })
    }

    #[test]
    fn names_stand_in_the_order_in_which_people_count() {
        let mut items = ["chr10.fa", "README", "chr2.fa", "Chr1.fa", "chr02.fb", "_x", "a1b", "a"]
            .map(|name| item(name.as_bytes()));
        items.sort_by(Item::by_name);
        let names: Vec<_> = items.iter().map(|item| &*item.shown).collect();
        assert_eq!(
            names,
            ["_x", "a", "a1b", "Chr1.fa", "chr2.fa", "chr02.fb", "chr10.fa", "README"]
        );
    }

    #[test]
    fn a_name_is_shown_safely_and_sent_back_as_it_came() {
        for name in [&b"caf\xe9.txt"[..], b"a\x1b[2J", "rtl\u{202e}gpj.exe".as_bytes(), b"plain"] {
            let item = item(name);
            assert_eq!(item.name(), name);
            assert!(!item.shown.contains(['\u{1b}', '\u{202e}']));
        }
    }
}
