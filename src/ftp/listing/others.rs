//! The rare ones: EPLF, OS/400, z/VM, NonStop, OS-9, Bay Networks, dls.

use jiff::civil::DateTime;

use super::date::{clock, date, year_first};
use super::dos::epoch;
use super::line::{Line, is_space, number};
use super::{Entry, Kind};

/// Easily Parsed LIST Format: `+i8388621.29609,m824255902,/,<tab>name`.
pub(super) fn eplf(line: &[u8]) -> Option<Entry> {
    let rest = line.strip_prefix(b"+")?;
    let tab = rest.iter().position(|&byte| byte == b'\t');
    let end = tab.or_else(|| rest.iter().position(|&byte| byte == b' '))?;
    let (facts, name) = (rest.get(..end)?, rest.get(end + 1..)?);
    let mut entry = Entry::new(name, Kind::Other);
    for fact in facts.split(|&byte| byte == b',') {
        match fact.split_first() {
            Some((b'/', [])) => entry.kind = Kind::Dir,
            Some((b'r', [])) if entry.kind != Kind::Dir => entry.kind = Kind::File,
            Some((b's', digits)) => entry.size = number(digits),
            Some((b'm', digits)) => entry.modified = number(digits).and_then(epoch),
            _ => {}
        }
    }
    if entry.kind != Kind::File {
        entry.size = None;
    }
    Some(entry)
}

/// OS/400 (IBM i): `QPGMR  36864 18.09.06 14:21:26 *FILE  NAME.FILE`. Members come without size and
/// date.
pub(super) fn os_400(line: &Line<'_>, now: DateTime) -> Option<Entry> {
    let at = (1..=4).find(|&index| line.word(index).starts_with(b"*"))?;
    let kind = line.word(at).get(1..).filter(|kind| {
        kind.len() >= 2 && kind.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    })?;
    let is_dir = matches!(kind, b"DIR" | b"DDIR" | b"LIB" | b"FLR");
    let full = line.rest_at_word(at + 1);
    let full = full.strip_suffix(b"/").unwrap_or(full);
    // An absolute path names something in the listed folder all the same.
    let name = match full.first() {
        Some(b'/') => full.rsplit(|&byte| byte == b'/').next()?,
        _ => full,
    };
    let mut entry = Entry::new(name, if is_dir { Kind::Dir } else { Kind::File });
    if at == 4 {
        let bytes = number(line.word(1))?;
        entry.size = Some(bytes).filter(|_| !is_dir);
        entry.modified = date(line.word(2))?.at(Some(clock(line.word(3))?), now);
    }
    Some(entry)
}

/// z/VM: `PROFILE  EXEC     V         65        107          2 2005-10-04 15:28:42 060191`. The size
/// is that of full records.
pub(super) fn z_vm(line: &Line<'_>, now: DateTime) -> Option<Entry> {
    let is_dir = line.word(1) == b"DIR";
    let is_form = matches!(line.word(2), b"F" | b"V" | b"-");
    let day = date(line.word(6))?;
    let clock = clock(line.word(7))?;
    let (records, length) = (number(line.word(4)), number(line.word(3)));
    if !is_form || !(is_dir || (records.is_some() && length.is_some())) {
        return None;
    }
    let name = match is_dir {
        true => line.word(0).to_vec(),
        false => [line.word(0), line.word(1)].join(&b'.'),
    };
    let mut entry = Entry::new(&name, if is_dir { Kind::Dir } else { Kind::File });
    if !is_dir {
        entry.size = length?.checked_mul(records?);
    }
    entry.modified = day.at(Some(clock), now);
    Some(entry)
}

/// HP NonStop (Tandem): `FILE3  101  16354 14-Mar-14 15:09:12 244, 10 "extra3"`. A file that is open
/// has an `O` before or behind its code.
pub(super) fn non_stop(line: &Line<'_>, now: DateTime) -> Option<Entry> {
    let is_open = line.word(1) == b"O" || line.word(2) == b"O";
    let code = line.word(1 + usize::from(line.word(1) == b"O"));
    let at = 3 + usize::from(is_open);
    let has_letter = line.word(at).iter().any(u8::is_ascii_alphabetic);
    if !code.first().is_some_and(u8::is_ascii_digit) || !has_letter {
        return None;
    }
    let mut entry = Entry::new(line.word(0), Kind::File);
    entry.size = Some(number(line.word(at - 1))?);
    entry.modified = date(line.word(at))?.at(Some(clock(line.word(at + 1))?), now);
    Some(entry)
}

/// OS-9: `0.0  92/11/10 1129  ------wr  17  2256 name`. Owner, date, time, permissions, sector, size.
pub(super) fn os_9(line: &Line<'_>, now: DateTime) -> Option<Entry> {
    let rights = line.word(3);
    let is_rights = rights.len() >= 6 && rights.iter().all(|byte| b"-dsewrp".contains(byte));
    let is_owner = line.word(0).iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
    let time = line.word(2);
    if !is_rights || !is_owner || time.len() != 4 {
        return None;
    }
    let (hour, minute) = time.split_at_checked(2)?;
    let clock = clock(&[hour, minute].join(&b':'))?;
    let is_sector = line.word(4).iter().all(u8::is_ascii_hexdigit);
    let bytes = number(line.word(5)).filter(|_| is_sector)?;
    let is_dir = rights.first() == Some(&b'd');
    let mut entry = Entry::new(line.rest_at_word(6), if is_dir { Kind::Dir } else { Kind::File });
    entry.size = Some(bytes).filter(|_| !is_dir);
    entry.modified = year_first(line.word(1))?.at(Some(clock), now);
    Some(entry)
}

/// Bay Networks' WfFTP: `name  1234  12/25/98  Fri.  14:55:05`.
pub(super) fn bay(line: &Line<'_>, now: DateTime) -> Option<Entry> {
    let bytes = number(line.word(1))?;
    let clock = clock(line.word(4)).filter(|_| line.word(3).ends_with(b"."))?;
    let mut entry = Entry::new(line.word(0), Kind::File);
    entry.size = Some(bytes);
    entry.modified = date(line.word(2))?.at(Some(clock), now);
    Some(entry)
}

/// The column in which sizes of `dls` end.
const DLS_COLUMN: usize = 23;

/// dls: `pub/                  =  Public area`. Name, size in one column, a word about it.
pub(super) fn dls(line: &Line<'_>) -> Option<Entry> {
    dls_continued(line.word(0), line, 1)
        .filter(|_| !line.bytes().first().is_some_and(|b| is_space(*b)))
}

/// The same where a long name had a line of its own: the size is the word `at`.
pub(super) fn dls_continued(name: &[u8], line: &Line<'_>, at: usize) -> Option<Entry> {
    let bytes = number(line.word(at));
    let is_size = bytes.is_some() || matches!(line.word(at), b"-" | b"=");
    let about = line.from(DLS_COLUMN);
    let is_apart = about.is_empty() || about.starts_with(b"  ");
    if line.end(at) != DLS_COLUMN || !is_size || !is_apart || name.is_empty() {
        return None;
    }
    if let Some(folder) = name.strip_suffix(b"/") {
        return Some(Entry::new(folder, Kind::Dir));
    }
    let mut entry = Entry::new(name, Kind::File);
    match about.trim_ascii_start().strip_prefix(b"-> ") {
        Some(target) => {
            (entry.kind, entry.target) = (Kind::Link, Some(target.trim_ascii_end().to_vec()));
        }
        None => entry.size = bytes,
    }
    Some(entry)
}
