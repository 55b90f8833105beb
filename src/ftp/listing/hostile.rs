//! Listings that no server should send: whatever comes, it is read, and in bounds.

use std::time::Duration;

use super::tests::{now, read_as};
use super::{Form, Parser};

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
