//! Whatever comes, every parser keeps what it promises. The promises are in `support/invariants.rs`,
//! where the fuzzer finds them too; here they are put to input that chance makes of known pieces, the
//! same at every run of `tests/run`, and to all that the fuzzer has ever found.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on stops")]

#[path = "support/invariants.rs"]
mod invariants;

use std::fs;
use std::path::Path;

use proptest::prelude::*;

/// Each parser, by the name that the fuzzer knows it by.
const PARSERS: [(&str, fn(&[u8])); 6] = [
    ("reply", invariants::reply),
    ("listing", invariants::listing),
    ("address", invariants::address),
    ("name", invariants::name),
    ("checksums", invariants::checksums),
    ("record", invariants::record),
];

/// The pieces of a parser's input: what stands between quotes in `parsers/NAME.dict`.
fn pieces(parser: &str) -> Vec<Vec<u8>> {
    let text = fs::read_to_string(format!("tests/parsers/{parser}.dict")).unwrap();
    let quoted = text.lines().filter_map(|line| line.strip_prefix('"')?.strip_suffix('"'));
    quoted.map(unescaped).collect()
}

/// `\xE9`, `\"` and `\\` of libFuzzer's dictionaries.
fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match (byte, (byte == b'\\').then(|| rest.next()).flatten()) {
            (_, Some(b'x')) => {
                let digits: String = rest.by_ref().take(2).map(char::from).collect();
                u8::from_str_radix(&digits, 16).unwrap()
            }
            (_, Some(byte)) | (byte, None) => byte,
        });
    }
    bytes
}

/// Invents `count` inputs: pieces in any order, with noise between them.
fn invent(count: u32, parser: &str) {
    let (_, holds) = PARSERS.iter().find(|(name, _)| *name == parser).unwrap();
    let piece = prop_oneof![
        6 => prop::sample::select(pieces(parser)),
        1 => prop::collection::vec(any::<u8>(), 0..8),
    ];
    let input = prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat());
    let config =
        ProptestConfig { cases: count, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(bytes in input)| holds(&bytes));
}

#[test]
fn replies() {
    invent(2000, "reply");
}

#[test]
fn listings() {
    invent(4000, "listing");
}

#[test]
fn addresses() {
    invent(4000, "address");
}

#[test]
fn names() {
    invent(4000, "name");
}

#[test]
fn checksum_files() {
    invent(2000, "checksums");
}

#[test]
fn records() {
    invent(200, "record");
}

#[test]
fn what_the_fuzzer_found_stays_found() {
    for (parser, holds) in PARSERS {
        let folder = Path::new("tests/parsers/found").join(parser);
        let Ok(files) = fs::read_dir(&folder) else { continue };
        for file in files {
            holds(&fs::read(file.unwrap().path()).unwrap());
        }
    }
}
