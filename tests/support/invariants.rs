//! What must hold whatever a server, a person or a disk gives us: one function a parser, for any bytes.
//!
//! The ordinary tests run them on invented input that is the same every time (`tests/parsers.rs`), the
//! fuzzer on input that it grows for hours (`fuzz/`). A failure is a panic.

#![allow(dead_code, reason = "each target of the fuzzer uses one of them")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "to fail is what it is for"
)]

use std::collections::HashSet;
use std::fs;
use std::io::BufReader;
use std::path::{Component, Path};
use std::time::{Duration, SystemTime};

use ashore::disk::{self, Company, Partial, Room, find_checksum, local_name};
use ashore::ftp::listing::{Entry, Form, Kind, Parser, Zone};
use ashore::ftp::{Address, MAX_LINE, MAX_REPLY, RemotePath, Reply};
use ashore::words::shown;

/// Whether a text could move the cursor, ring, or turn the direction of writing.
fn is_harmless(text: &str) -> bool {
    let is_bidi = |c| matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !text.chars().any(|c| c.is_control() || is_bidi(c))
}

/// One reply of a server, in one piece and byte by byte.
pub(crate) fn reply(bytes: &[u8]) {
    let mut heard = Vec::new();
    let whole = Reply::read(&mut &*bytes, &mut |line| heard.push(line.to_owned()));
    let mut slowly = BufReader::with_capacity(1, bytes);
    match (&whole, &Reply::read(&mut slowly, &mut |_| ())) {
        (Ok(one), Ok(other)) => assert_eq!(one, other),
        (Err(one), Err(other)) => assert_eq!(one.kind(), other.kind()),
        (one, other) => panic!("in one piece {one:?}, byte by byte {other:?}"),
    }
    // A byte that is not UTF-8 becomes three.
    assert!(heard.iter().map(String::len).sum::<usize>() <= 3 * (MAX_REPLY + MAX_LINE));
    assert!(heard.iter().all(|line| !line.contains('\n') && is_harmless(&shown(line))));
    match whole {
        Ok(reply) => {
            assert!((100..600).contains(&reply.code) && reply.lines.len() == heard.len());
            let _ = (reply.kind(), reply.says_too_many());
        }
        Err(error) => assert!(is_harmless(&error.to_string()), "{error}"),
    }
}

/// A listing: the first byte chooses its form, the second the pieces in which it comes.
pub(crate) fn listing(bytes: &[u8]) {
    let [form, piece, bytes @ ..] = bytes else { return };
    let form = [Form::List, Form::Mlsd, Form::Mvs][usize::from(form % 3)];
    let whole = entries(form, [bytes]);
    assert_eq!(whole, entries(form, bytes.chunks(usize::from(*piece) % 64 + 1)));

    let lines = bytes.iter().filter(|&&byte| byte == b'\n').count() + 1;
    assert!(whole.len() <= lines, "{} entries of {lines} lines", whole.len());
    let length = |entry: &Entry| entry.name.len() + entry.target.as_ref().map_or(0, Vec::len);
    assert!(whole.iter().map(length).sum::<usize>() <= bytes.len());
    for entry in whole {
        assert!(!matches!(entry.name.as_slice(), b"" | b"." | b".."), "{entry:?}");
        assert!(!entry.name.contains(&b'\n') && entry.name.len() <= MAX_LINE);
        assert!(entry.kind == Kind::File || entry.size.is_none(), "{entry:?}");
        assert!(entry.kind == Kind::Link || entry.target.is_none(), "{entry:?}");
        assert!(entry.size.is_none_or(|size| size <= i64::MAX.unsigned_abs()), "{entry:?}");
        if let Some(modified) = entry.modified {
            let zone = Zone::between(modified, now());
            let _ = zone.map(|zone| modified.corrected(zone));
        }
        name(&entry.name);
    }
}

fn entries<'b>(form: Form, pieces: impl IntoIterator<Item = &'b [u8]>) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut parser = Parser::new(form, now());
    for piece in pieces {
        parser.feed(piece, &mut |entry| entries.push(entry));
    }
    parser.end(&mut |entry| entries.push(entry));
    entries
}

/// 2024-03-10 12:00:00 UTC.
fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_710_072_000)
}

/// What somebody clicks on or types.
pub(crate) fn address(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match text.parse::<Address>() {
        Ok(address) => {
            let link = address.to_string();
            assert!(is_harmless(&link), "{link}");
            let again: Address = link.parse().unwrap_or_else(|error| panic!("{link}: {error}"));
            assert_eq!((again.to_string(), &again.path), (link, &address.path));
            assert_eq!((again.host, again.port), (address.host, address.port));
            assert_eq!(again.login.user, address.login.user);
            assert!(again.login.password.is_none());
            path(&address.path);
        }
        Err(error) => assert!(is_harmless(&shown(&error.to_string()))),
    }
    if let Ok(typed) = RemotePath::from_typed(&text) {
        path(&typed);
        if let Some(again) = typed.to_typed() {
            assert_eq!(RemotePath::from_typed(&again).as_ref(), Ok(&typed), "{again}");
        }
    }
}

/// No path ends a command, and each survives being written as a link.
fn path(path: &RemotePath) {
    let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n' | 0);
    assert!(!path.to_wire().iter().any(is_end), "{path:?}");
    let link = path.to_string();
    let again = RemotePath::from_link(link.strip_prefix('/').unwrap());
    assert_eq!(again.as_ref(), Ok(path), "{link}");
}

/// A server's name for a file: on this computer it is one part of a path, and safe on every system.
pub(crate) fn name(bytes: &[u8]) {
    let local = local_name(bytes);
    let mut parts = Path::new(&local).components();
    assert!(matches!(parts.next(), Some(Component::Normal(part)) if part == local.as_str()));
    assert!(parts.next().is_none() && local.len() <= 255, "{local}");
    assert!(is_harmless(&local) && !local.contains(['\\', ':', '*', '?', '"', '<', '>', '|']));
    assert!(!local.ends_with(['.', ' ']), "{local}");
    let stem = local.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    assert!(!["CON", "PRN", "AUX", "NUL", "COM1", "LPT9"].contains(&stem.as_str()), "{local}");
    let ours = [".part", ".part.kept", ".ashore", ".ashore~"];
    assert!(!ours.iter().any(|ours| local.to_ascii_lowercase().ends_with(ours)), "{local}");
    assert_eq!(local_name(local.as_bytes()), local);

    let last = bytes.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    let is_cut = last.is_empty() || local.len() > 240;
    if !is_cut && local.as_bytes() != last {
        assert_eq!(unescaped(&local), last, "{local}");
    }
}

/// The name that an escaped one was made of.
fn unescaped(local: &str) -> Vec<u8> {
    let mut name = Vec::new();
    let mut bytes = local.bytes();
    while let Some(byte) = bytes.next() {
        name.push(match byte {
            b'%' => {
                let digits: String = bytes.by_ref().take(2).map(char::from).collect();
                u8::from_str_radix(&digits, 16).unwrap()
            }
            byte => byte,
        });
    }
    name
}

/// A checksum file: what it says about a file stands in it. The first line is the file's path.
pub(crate) fn checksums(bytes: &[u8]) {
    let end = bytes.iter().position(|&byte| byte == b'\n').unwrap_or(bytes.len());
    let (path, list) = (&bytes[..end], bytes.get(end + 1..).unwrap_or_default());
    for list_name in [&b"SHA256SUMS"[..], &[path, b".md5"].concat()] {
        let Some(checksum) = find_checksum(list, list_name, path) else { continue };
        let digits = checksum.digits();
        let first = digits.split(' ').next().unwrap_or_default().as_bytes();
        let stands_there =
            list.windows(first.len()).any(|window| window.eq_ignore_ascii_case(first));
        assert!(stands_there && is_harmless(&checksum.to_string()), "{checksum}");
        // The ends of lines do not matter.
        let lines: Vec<_> = list.split(|&byte| byte == b'\n').collect();
        if lines.iter().all(|line| line.len() < 1000) {
            assert_eq!(find_checksum(&lines.join(&b"\r\n"[..]), list_name, path), Some(checksum));
        }
    }
}

/// A record beside a `.part` of ten bytes: whatever it says, no other file is touched, and not more
/// is believed to be there than is.
pub(crate) fn record(bytes: &[u8]) {
    const PART: &[u8] = b"0123456789";
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for name in ["precious", "x.bin.part.kept"] {
        fs::write(at(name), name).unwrap();
    }
    fs::write(at("x.bin.part"), PART).unwrap();
    fs::write(at("x.bin.part.ashore"), bytes).unwrap();
    let (mut file, notices) =
        Partial::claim(&at("x.bin"), "ftp://h/x.bin", true, Company::None).unwrap();
    let length = usize::try_from(file.length()).unwrap();
    assert!(length <= PART.len());
    assert!(notices.iter().all(|notice| is_harmless(notice)));
    let _ = (file.is_of(Some(10), Some(now())), file.missing_room(u64::MAX), file.sha256());
    file.begin(Some(11), Some(now())).unwrap();
    let kept = usize::try_from(file.length()).unwrap();
    file.append(false, |room| -> Result<usize, disk::Error> {
        let Room::Block(block) = room else { panic!("{room:?}") };
        block[..1].copy_from_slice(b"!");
        Ok(1)
    })
    .unwrap();
    file.finish(&at("x.bin"), None, false).unwrap();
    assert_eq!(fs::read(at("x.bin")).unwrap(), [&PART[..kept], b"!"].concat());
    assert_eq!(fs::read(at("precious")).unwrap(), b"precious");
    let known: HashSet<&str> = ["precious", "x.bin", "x.bin.part.kept", "x.bin.part.ashore"].into();
    for entry in fs::read_dir(folder.path()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(known.contains(name.as_str()) || name.starts_with("x.bin"), "{name}");
    }
}
