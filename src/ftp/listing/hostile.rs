//! Listings that no server should send: whatever comes, it is read, and in bounds.

use std::time::Duration;

use proptest::prelude::*;

use super::tests::{now, read_as};
use super::{Form, Parser};

/// Pieces of which listings are made, so that chance comes far into each dialect.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let known: Vec<&[u8]> = vec![
        b"-rw-r--r-- ",
        b"d",
        b"1 ",
        b"root ",
        b"531 ",
        b"Jan ",
        b"29 ",
        b"03:26 ",
        b"2001 ",
        b"name",
        b"\r\n",
        b"\n",
        b" ",
        b"\t",
        b"  ",
        b"04-27-00 ",
        b"12:09PM ",
        b"<DIR> ",
        b";1 ",
        b"2/8 ",
        b"7-JAN-2000 ",
        b"*FILE ",
        b"PO ",
        b"+",
        b"type=",
        b"OS.unix=slink:",
        b";",
        b"size=",
        b"3\xe6\x9c\x88 ",
        b"2\xe6\x97\xa5 ",
        b"99999999999999999999",
        b"-> ",
        b"[R----F--] ",
        b"0.0 ",
        b"32-01-01 ",
        b"^",
        b".DIR",
    ];
    let piece = prop_oneof![
        4 => proptest::sample::select(known).prop_map(<[u8]>::to_vec),
        1 => proptest::collection::vec(any::<u8>(), 0..8),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn however_it_is_cut_the_listing_is_the_same(bytes in pieces(), form in 0..3_usize) {
        let form = [Form::List, Form::Mlsd, Form::Mvs][form];
        let whole = read_as(form, &bytes);
        let mut entries = Vec::new();
        let mut parser = Parser::new(form, now());
        for byte in &bytes {
            parser.feed(&[*byte], &mut |entry| entries.push(entry));
        }
        parser.end(&mut |entry| entries.push(entry));
        prop_assert_eq!(&whole, &entries);
        for entry in whole {
            prop_assert!(!matches!(entry.name.as_slice(), b"" | b"." | b".."));
            prop_assert!(!entry.name.contains(&b'\n'));
        }
    }
}

#[test]
fn an_endless_line_costs_no_memory_and_loses_no_other() {
    let mut listing = b"-rw-r--r-- 1 a b 7 Jan 29 2001 first\n".to_vec();
    listing.resize(listing.len() + (1 << 20), b'x');
    listing.extend_from_slice(b"\n-rw-r--r-- 1 a b 7 Jan 29 2001 last\n");
    let mut parser = Parser::new(Form::List, now());
    let mut names = Vec::new();
    for piece in listing.chunks(1000) {
        parser.feed(piece, &mut |entry| names.push(entry.name));
        assert!(parser.line.capacity() <= 2 * 65_536);
    }
    assert_eq!(names, [b"first".to_vec(), b"last".to_vec()]);
}

#[test]
fn reading_takes_time_in_proportion() {
    let started = std::time::Instant::now();
    let rows: String =
        (0..200_000).map(|n| format!("-rw-r--r-- 1 a b {n} Jan 29 2001 file-{n}\r\n")).collect();
    assert_eq!(read_as(Form::List, rows.as_bytes()).len(), 200_000);
    for hostile in ["1 ", "a->", "; ", "Jan 1 ", "[", "月 ", "type=", "-> "] {
        let mut parser = Parser::new(Form::List, now());
        for _ in 0..16 {
            let line = format!("-rw-r--r-- {}\n", hostile.repeat(60_000 / hostile.len()));
            parser.feed(line.as_bytes(), &mut |_| ());
        }
    }
    // Quadratic reading would take minutes; the limit is wide for a busy machine.
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}
