//! Listings of the DOS family: IIS, OS/2, VShell, VxWorks, and Unix modes written as numbers.

use jiff::civil::DateTime;

use super::date::{clock_at, date, iso};
use super::line::{Line, number, size};
use super::stamp::stamp;
use super::{Entry, Kind, Modified, Precision};
use crate::ftp::facts;

/// The column at which IIS begins names, where the year has two digits.
const IIS_COLUMN: usize = 39;

/// Reads a line of IIS: `04-27-00  12:09PM       <DIR>          name`, `2002-09-02  18:48  9,730 name`.
pub(super) fn iis(line: &Line<'_>, now: DateTime) -> Option<Entry> {
    let (day, (clock, at)) = match iso(line.word(0)) {
        Some((day, clock, _zone)) => (day, (clock, 1)),
        None => (date(line.word(0))?, clock_at(line, 1)?),
    };
    let bytes = size(line.word(at));
    let kind = match line.word(at).to_ascii_uppercase().as_slice() {
        b"<DIR>" => Kind::Dir,
        b"<JUNCTION>" | b"<SYMLINKD>" | b"<SYMLINK>" => Kind::Link,
        _ => bytes.map(|_| Kind::File)?,
    };
    let column = IIS_COLUMN + line.end(0).saturating_sub(8).min(2);
    // A name that begins with a space is only told from mere distance where the columns are kept.
    let is_in_columns = line
        .bytes()
        .get(line.end(at)..column)
        .is_some_and(|between| !between.is_empty() && between.iter().all(|&byte| byte == b' '));
    let name = if is_in_columns { line.from(column) } else { line.rest_at_word(at + 1) };
    let mut entry = Entry::new(name, kind);
    entry.size = bytes.filter(|_| kind == Kind::File);
    entry.modified = day.at(Some(clock), now);
    if kind == Kind::Link
        && let Some(inside) = name.strip_suffix(b"]")
        && let Some(at) = inside.windows(2).rposition(|pair| pair == b" [")
    {
        entry.name = inside.get(..at)?.to_vec();
        entry.target = Some(inside.get(at + 2..)?.to_vec());
    }
    Some(entry)
}

/// Reads a line that begins with the size:
///
/// * OS/2: `587823    RSA    DIR   01-08-97   13:58  OS2KRNL`
/// * VxWorks: `2048    Feb-28-1998  05:23:30   name           <DIR>`
/// * VShell: `0  Dec 12, 2002 02:13 name/`
pub(super) fn size_first(line: &Line<'_>, now: DateTime) -> Option<Entry> {
    let bytes = number(line.word(0))?;
    let is_flags = |index: usize| {
        let word = line.word(index);
        word.len() <= 6 && word.iter().all(u8::is_ascii_uppercase)
    };
    let at = (1..4).find(|&index| date(line.word(index)).is_some());
    let (modified, next) = match at.filter(|&at| (1..at).all(is_flags)) {
        Some(at) => {
            let (clock, next) = clock_at(line, at + 1)?;
            (date(line.word(at))?.at(Some(clock), now), next)
        }
        None => {
            let stamp = stamp(line, 1, now)?;
            (stamp.modified, stamp.next)
        }
    };
    let name = line.rest_at_word(next);
    let without_mark = name.strip_suffix(b"<DIR>").map(<[u8]>::trim_ascii_end);
    let bare = without_mark.or_else(|| name.strip_suffix(b"/"));
    let is_dir =
        bare.is_some() || at.is_some_and(|at| (1..at).any(|index| line.word(index) == b"DIR"));
    let mut entry = Entry::new(bare.unwrap_or(name), if is_dir { Kind::Dir } else { Kind::File });
    entry.size = Some(bytes).filter(|_| !is_dir);
    entry.modified = modified;
    Some(entry)
}

/// Reads a line of numbers: `0100644   500  101   12345    123456789   name`, that is mode, user,
/// group, size, and seconds since 1970.
pub(super) fn numeric(line: &Line<'_>) -> Option<Entry> {
    let mode = std::str::from_utf8(line.word(0)).ok().filter(|word| word.len() >= 3)?;
    let kind = match u32::from_str_radix(mode, 8).ok()? & 0o170_000 {
        0o100_000 => Kind::File,
        0o040_000 => Kind::Dir,
        0o120_000 => Kind::Link,
        // The permissions alone.
        0 if line.word(4).len() >= 8 => Kind::File,
        0 => return None,
        _ => Kind::Other,
    };
    let [_, _, bytes, seconds] = [
        number(line.word(1))?,
        number(line.word(2))?,
        number(line.word(3))?,
        number(line.word(4))?,
    ];
    let mut entry = Entry::new(line.after_one_space(4).trim_ascii_start(), kind);
    entry.size = Some(bytes).filter(|_| kind == Kind::File);
    entry.modified = epoch(seconds);
    Some(entry)
}

/// Seconds since 1970 in UTC.
pub(super) fn epoch(seconds: u64) -> Option<Modified> {
    let time = facts::since_epoch(i64::try_from(seconds).ok()?)?;
    Some(Modified { time, precision: Precision::Second, is_utc: true })
}
