//! OpenVMS: names with versions, sizes in blocks, and lines that are broken after a long name.

use jiff::civil::DateTime;

use super::date::{clock, date};
use super::line::{Line, number, size};
use super::{Entry, Kind};

/// A block, in bytes.
const BLOCK: u64 = 512;

/// What a line of VMS is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A name and its facts.
    Entry(Entry),
    /// A name alone; its facts are in the next line.
    Name,
    /// Neither.
    Nothing,
}

/// Reads `NAME.EXT;1  2/15  7-JUL-1997 16:37:45  [GROUP,OWNER]  (RWE,RWE,RWE,RE)`.
pub(super) fn read(line: &Line<'_>, now: DateTime) -> Found {
    let name = line.word(0);
    let found = match line.len() {
        1 if version(name).is_some() => return Found::Name,
        _ if version(name).is_some() => with_facts(name, line, 1, now),
        // Without a version only the form of the date shows what it is.
        _ if line.word(2).len() >= 10 && clock(line.word(3)).is_some() => {
            let is_vms = line.word(2).iter().any(u8::is_ascii_alphabetic);
            if is_vms { with_facts(name, line, 1, now) } else { None }
        }
        _ => None,
    };
    found.map_or(Found::Nothing, Found::Entry)
}

/// Reads the line after one that held only `name`.
pub(super) fn continued(name: &[u8], line: &Line<'_>, now: DateTime) -> Option<Entry> {
    version(name)?;
    with_facts(name, line, 0, now)
}

fn with_facts(name: &[u8], line: &Line<'_>, at: usize, now: DateTime) -> Option<Entry> {
    let mut entry = entry(name);
    // `%RMS-E-PRV, insufficient privilege or object protection violation`: it is there all the same.
    let is_closed =
        line.has_at(at, &["insufficient", "privilege"]) || line.has_at(at, &["no", "privilege"]);
    if line.word(at).starts_with(b"%") || is_closed {
        return Some(entry);
    }
    // The owner may stand before everything else.
    let at = at + usize::from(line.word(at).starts_with(b"["));
    let (index, day) = (at..at + 3).find_map(|index| Some((index, date(line.word(index))?)))?;
    let time = clock(line.word(index + 1));
    entry.modified = day.at(time, now);
    if entry.kind == Kind::File {
        let after = index + 1 + usize::from(time.is_some());
        entry.size = blocks(line.word(if index > at { at } else { after }));
    }
    Some(entry)
}

/// `used/allocated` or `used` in blocks, or bytes with a unit; asterisks where the number is too long
/// for its column.
fn blocks(word: &[u8]) -> Option<u64> {
    let used = word.split(|&byte| byte == b'/').next().unwrap_or_default();
    match number(used) {
        Some(blocks) => blocks.checked_mul(BLOCK),
        None => size(used),
    }
}

/// A folder's name without the `.DIR;1`: that is how it is entered.
fn entry(name: &[u8]) -> Entry {
    let bare = unescaped(version(name).unwrap_or(name));
    let end = bare.len().saturating_sub(4);
    match bare.split_at_checked(end) {
        Some((folder, dir)) if dir.eq_ignore_ascii_case(b".DIR") => Entry::new(folder, Kind::Dir),
        _ => Entry::new(&bare, Kind::File),
    }
}

/// `a^.b` stands for `a.b`, which is also what the server takes; `^_` for a space.
fn unescaped(name: &[u8]) -> Vec<u8> {
    let mut bytes = name.iter().copied();
    let mut plain = Vec::with_capacity(name.len());
    while let Some(byte) = bytes.next() {
        plain.extend(match byte {
            b'^' => bytes.next().map(|escaped| if escaped == b'_' { b' ' } else { escaped }),
            byte => Some(byte),
        });
    }
    plain
}

/// The name before `;1`. `None` if there is no version.
pub(super) fn version(name: &[u8]) -> Option<&[u8]> {
    let at = name.iter().rposition(|&byte| byte == b';')?;
    let (bare, version) = name.split_at_checked(at)?;
    number(version.get(1..)?)?;
    (!bare.is_empty()).then_some(bare)
}
