//! How a file begins, made readable. Knows no egui.

use encoding_rs::Encoding;

use super::folder::ItemId;
use crate::transfer::{Failure, Peek};
use crate::words;

/// So many bytes are looked at to tell text from other files.
const LOOKED_AT: usize = 8192;

/// The most letters of a line that are shown.
const MOST_LETTERS: usize = 2000;

/// A file that is peeked at.
#[derive(Debug)]
pub struct Peeked {
    /// The number of the errand.
    pub(super) number: u64,
    /// Which file.
    pub id: ItemId,
    /// Its name, as it may be shown.
    pub name: String,
    /// Its length in bytes, as the listing says it.
    pub size: Option<u64>,
    /// What was found.
    pub found: Found,
}

/// What a look into a file found.
#[derive(Debug)]
pub enum Found {
    /// Nothing yet.
    Waiting,
    /// Text.
    Text {
        /// Line by line, as it may be shown.
        lines: Vec<String>,
        /// Whether that is all of it.
        is_whole: bool,
    },
    /// No text, and what it seems to be.
    NoText(&'static str),
    /// It could not be read.
    Failed(Box<Failure>),
}

impl Peeked {
    pub(super) fn new(number: u64, id: ItemId, name: String, size: Option<u64>) -> Self {
        Self { number, id, name, size, found: Found::Waiting }
    }

    pub(super) fn take(&mut self, peeked: Result<Peek, Failure>) {
        self.found = match peeked {
            Ok(Peek { bytes, .. }) if !is_text(&bytes) => Found::NoText(seems(&bytes)),
            Ok(Peek { bytes, is_whole }) => Found::Text { lines: lines(&bytes), is_whole },
            Err(failure) => Found::Failed(Box::new(failure)),
        };
    }
}

/// Whether somebody wrote this to be read.
fn is_text(bytes: &[u8]) -> bool {
    let start = bytes.get(..LOOKED_AT).unwrap_or(bytes);
    let is_odd = |byte: &&u8| matches!(byte, 0..=8 | 14..=26 | 28..=31 | 127);
    Encoding::for_bom(start).is_some() || start.iter().filter(is_odd).count() * 100 <= start.len()
}

/// What a file that is no text seems to be, by its first bytes.
fn seems(bytes: &[u8]) -> &'static str {
    const SIGNS: [(&[u8], &str); 14] = [
        (b"\x1f\x8b", "compressed data (gzip)"),
        (b"BZh", "compressed data (bzip2)"),
        (b"\xfd7zXZ", "compressed data (xz)"),
        (b"\x28\xb5\x2f\xfd", "compressed data (Zstandard)"),
        (b"PK\x03\x04", "a ZIP archive, or a document made of one"),
        (b"7z\xbc\xaf", "a 7-Zip archive"),
        (b"Rar!", "a RAR archive"),
        (b"%PDF", "a PDF document"),
        (b"\x89PNG", "a PNG picture"),
        (b"\xff\xd8\xff", "a JPEG picture"),
        (b"GIF8", "a GIF picture"),
        (b"\x7fELF", "a program for Linux"),
        (b"MZ", "a program for Windows"),
        (b"\x89HDF", "scientific data (HDF5)"),
    ];
    let sign = SIGNS.iter().find(|(sign, _)| bytes.starts_with(sign));
    sign.map_or("no text", |(_, words)| words)
}

fn lines(bytes: &[u8]) -> Vec<String> {
    let text = match (Encoding::for_bom(bytes), std::str::from_utf8(bytes)) {
        (Some((encoding, _)), _) => encoding.decode(bytes).0,
        (None, Ok(text)) => text.into(),
        // Cut in the middle of a letter, and UTF-8 all the same.
        (None, Err(error)) if error.valid_up_to() + 4 > bytes.len() => {
            String::from_utf8_lossy(bytes.get(..error.valid_up_to()).unwrap_or_default())
        }
        (None, Err(_)) => {
            let mut detector =
                chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Allow);
            detector.feed(bytes, true);
            detector.guess(None, chardetng::Utf8Detection::Deny).decode(bytes).0
        }
    };
    let line = |line: &str| {
        let line: String = line.chars().take(MOST_LETTERS).collect();
        words::shown(&line.replace('\t', "    "))
    };
    text.lines().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(bytes: &[u8]) -> Found {
        let mut peeked = Peeked::new(1, 0, String::new(), None);
        peeked.take(Ok(Peek { bytes: bytes.to_vec(), is_whole: true }));
        peeked.found
    }

    fn text(bytes: &[u8]) -> String {
        let Found::Text { lines, .. } = found(bytes) else { panic!("this is text") };
        lines.join("|")
    }

    #[test]
    fn text_is_read_in_whatever_it_was_written() {
        for (bytes, expected) in [
            (&b"one\r\ntwo\n"[..], "one|two"),
            ("späße 日本".as_bytes(), "späße 日本"),
            ("späß".as_bytes().get(..4).unwrap(), "spä"),
            (b"un caf\xe9 tr\xe8s cher, d\xe9j\xe0 vu", "un café très cher, déjà vu"),
            (b"\xff\xfeh\0i\0", "hi"),
            (b"a\tb", "a    b"),
            (b"evil\x1b[2J", "evil\\u{1b}[2J"),
            (b"", ""),
        ] {
            assert_eq!(text(bytes), expected);
        }
    }

    #[test]
    fn what_is_no_text_is_called_by_its_name() {
        for (bytes, words) in [
            (&b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"[..], "compressed data (gzip)"),
            (b"\x89PNG\r\n\x1a\n\0\0\0\r", "a PNG picture"),
            (b"\x01\x02\x03\x04\x05", "no text"),
        ] {
            assert!(matches!(found(bytes), Found::NoText(found) if found == words), "{words}");
        }
    }
}
