//! One thing in a folder on the server, made ready to be shown, sorted and found. Knows no egui.

use std::cmp::Ordering;

use crate::disk;
use crate::ftp::listing::{Entry, Kind, Modified};
use crate::ftp::{Encoding, in_utf_8};
use crate::words;

/// One thing in a folder. What it takes to sort and to find it is made once, by the thread that lists,
/// so that a hundred thousand of them cost a picture nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its name, as it may be shown.
    pub shown: Box<str>,
    /// The bytes that the server knows it by, where they are others.
    raw: Option<Box<[u8]>>,
    /// What the name is written in if it is not UTF-8.
    encoding: Option<Encoding>,
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
    /// The same in the server's bytes, where they are others.
    raw_target: Option<Box<[u8]>>,
}

impl From<Entry> for Item {
    fn from(entry: Entry) -> Self {
        Self::new(entry, None)
    }
}

/// `name` for people to read, where names that are not UTF-8 are in `encoding`.
pub(super) fn readable(name: &[u8], encoding: Option<Encoding>) -> String {
    words::shown(&String::from_utf8_lossy(&in_utf_8(name, encoding)))
}

impl Item {
    /// Of a server whose names are in `encoding` where they are not UTF-8.
    #[must_use]
    pub fn new(entry: Entry, encoding: Option<Encoding>) -> Self {
        let readable = |bytes: &[u8]| readable(bytes, encoding);
        let shown = readable(&entry.name).into_boxed_str();
        let folded = shown.to_lowercase();
        let target = entry.target.map(|raw| (readable(&raw).into_boxed_str(), raw));
        let is_raw = |(shown, raw): &&(Box<str>, Vec<u8>)| shown.as_bytes() != raw;
        Self {
            key: key(folded.as_bytes()),
            folded: (*folded != *shown).then(|| folded.into_boxed_str()),
            raw: (shown.as_bytes() != entry.name).then(|| entry.name.into_boxed_slice()),
            shown,
            encoding,
            kind: entry.kind,
            size: entry.size,
            modified: entry.modified,
            raw_target: target.as_ref().filter(is_raw).map(|(_, raw)| raw.as_slice().into()),
            target: target.map(|(shown, _)| shown),
        }
    }

    /// The same, with names that are not UTF-8 in another encoding.
    pub(super) fn recoded(&self, encoding: Option<Encoding>) -> Self {
        if !self.is_encoded() {
            return self.clone();
        }
        let shown = self.target.as_deref().map(str::as_bytes);
        let target = self.raw_target.as_deref().or(shown).map(<[u8]>::to_vec);
        let Self { kind, size, modified, .. } = *self;
        Self::new(Entry { name: self.name().to_vec(), kind, size, modified, target }, encoding)
    }

    /// Whether something that is shown of it is not UTF-8 on the server.
    pub(super) fn is_encoded(&self) -> bool {
        let raws = [self.raw.as_deref(), self.raw_target.as_deref()];
        raws.into_iter().flatten().any(|raw| std::str::from_utf8(raw).is_err())
    }

    /// The bytes that the server knows it by.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        self.raw.as_deref().unwrap_or(self.shown.as_bytes())
    }

    /// The name that it gets on this computer.
    #[must_use]
    pub fn local_name(&self) -> String {
        disk::local_name(&in_utf_8(self.name(), self.encoding))
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
    fn a_name_in_an_old_encoding_can_be_read_and_stored() {
        let (name, encoding) = (b"caf\xe9.txt".to_vec(), "windows-1252".parse().ok());
        let entry = Entry { name, kind: Kind::File, size: None, modified: None, target: None };
        let item = Item::new(entry, encoding);
        assert_eq!((&*item.shown, item.local_name().as_str()), ("café.txt", "café.txt"));
        assert_eq!(item.name(), b"caf\xe9.txt");
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
