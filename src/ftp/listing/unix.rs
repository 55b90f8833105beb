//! `ls -l` in all its variants, and those who imitate it: NetWare, NetPresenz, Connect:Enterprise.

use jiff::civil::DateTime;

use super::line::{Line, number, size};
use super::stamp::{Stamp, in_words, stamp, unknown};
use super::{Entry, Kind};

/// Reads a line such as `-rw-r--r-- 1 root wheel 531 Jan 29 03:26 name`.
///
/// Between the permissions and the size stands what each server likes: links, owner, group, all of
/// them in any number of words or none. The size is the number before the first date; the name
/// begins exactly one space after it.
pub(super) fn entry(line: &Line<'_>, now: DateTime) -> Option<Entry> {
    // `ls -is` puts two numbers before everything else, `ls -sh` one with a unit.
    let first = (0..3).find(|&index| size(line.word(index)).is_none())?;
    let (kind, facts) = permissions(line, first)?;
    let is_netware = line.word(facts - 1).ends_with(b"]");
    let sized = |at: usize| size(line.word(at - 1)).is_some();
    let dated = |at: usize| Some((at, stamp(line, at, now)?));
    // Owner 2003, group 10, size 12 are no date where one in words follows.
    let is_of_numbers = |at: usize, stamp: &Stamp| {
        at <= facts + 1 && number(line.word(at)).is_some() && in_words(line, stamp.next)
    };
    let found = (facts + 1..line.len())
        .filter(|&at| sized(at))
        .filter_map(dated)
        .find(|(at, stamp)| !is_of_numbers(*at, stamp))
        .or_else(|| (facts..line.len()).find_map(dated))
        .or_else(|| {
            let sized = (facts + 1..line.len()).filter(|&at| sized(at));
            sized.filter_map(|at| Some((at, unknown(line, at)?))).next()
        });
    let Some((at, stamp)) = found else {
        return dateless(line, facts, kind);
    };
    let name = match is_netware || stamp.is_padded {
        true => line.rest_at_word(stamp.next),
        false => line.after_one_space(stamp.next - 1),
    };
    let bytes = size(line.word(at - 1)).or_else(|| glued(line.word(at - 1))).filter(|_| at > facts);
    let mut entry = named(name, kind, bytes);
    entry.modified = stamp.modified;
    Some(entry)
}

/// Whether a line breaks off within its permissions, or right behind them. Later on, what has come may pass
/// for a name.
pub(super) fn is_begun(line: &[u8]) -> bool {
    let is_right = |byte: &u8| matches!(byte, b'-' | b'r' | b'w' | b'x' | b's' | b't');
    let Some((letter, rights)) = line.split_first() else { return false };
    matches!(letter, b'-' | b'd' | b'l')
        && rights.len() <= 10
        && rights.contains(&b'r')
        && rights.trim_ascii_end().iter().all(is_right)
}

/// The size at the end of a long group's name, where no space was left between them.
fn glued(word: &[u8]) -> Option<u64> {
    let last = word.iter().rposition(|byte| !byte.is_ascii_digit())?;
    // `-1` is no size.
    let is_apart = word.get(last) != Some(&b'-');
    number(word.get(last + 1..)?).filter(|_| is_apart)
}

/// The kind, and where the words after the permissions begin.
fn permissions(line: &Line<'_>, at: usize) -> Option<(Kind, usize)> {
    let word = line.word(at);
    let (&letter, rest) = word.split_first()?;
    let kind = match letter {
        b'-' | b'f' | b'C' | b'M' => Kind::File,
        b'd' => Kind::Dir,
        b'l' => Kind::Link,
        b'b' | b'c' | b'p' | b's' | b'D' | b'P' | b'w' | b'n' | b'?' => Kind::Other,
        _ => return None,
    };
    // NetWare: `d [R----F--]`, `-[RWCEAFMS]`.
    let rights = if rest.is_empty() { line.word(at + 1) } else { rest };
    if let Some(rights) = rights.strip_prefix(b"[").and_then(|word| word.strip_suffix(b"]")) {
        let is_rights = rights.iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'-');
        return is_rights.then_some((kind, at + if rest.is_empty() { 2 } else { 1 }));
    }
    // Nine they are, but one of them may have been forgotten.
    let bits = rest.get(..9).or(Some(rest).filter(|rest| rest.len() == 8))?;
    let is_bit = |byte: &u8| {
        matches!(byte, b'-' | b'r' | b'w' | b'x' | b's' | b'S' | b't' | b'T' | b'l' | b'L' | b'X')
            || matches!(byte, b'a' | b'A' | b'?')
    };
    // Connect:Enterprise: `-C--E-----FTP`.
    let is_letters = || {
        bits.iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'-')
            && bits.iter().filter(|&&byte| byte == b'-').count() >= 3
            && matches!(letter, b'-' | b'd')
    };
    (bits.iter().all(is_bit) || is_letters()).then_some((kind, at + 1))
}

/// A line without a date: `drwxr-xr-x 3 owner group 512 name`, or the question marks that `ls` prints
/// when it may not look.
fn dateless(line: &Line<'_>, facts: usize, kind: Kind) -> Option<Entry> {
    let is_unknown = |index: usize| line.word(index) == b"?";
    if is_unknown(facts) && is_unknown(facts + 3) {
        let name = (facts..line.len()).find(|&index| !is_unknown(index))?;
        return Some(named(line.rest_at_word(name), kind, None));
    }
    let bytes = number(line.word(facts + 3))?;
    number(line.word(facts))?;
    (line.len() > facts + 4).then(|| named(line.after_one_space(facts + 3), kind, Some(bytes)))
}

pub(super) fn named(name: &[u8], kind: Kind, bytes: Option<u64>) -> Entry {
    let mut entry = Entry::new(name, kind);
    match kind {
        Kind::File => entry.size = bytes,
        // `ls -F` marks folders; no name holds a slash.
        Kind::Dir => entry.name = name.strip_suffix(b"/").unwrap_or(name).to_vec(),
        Kind::Link => {
            if let Some((name, target)) = link(name, bytes) {
                (entry.name, entry.target) = (name.to_vec(), Some(target.to_vec()));
            }
        }
        Kind::Other => {}
    }
    entry
}

/// The two halves of `name -> target`. Either may hold an arrow too; the size of a link is the
/// length of its target, and tells which arrow is the one.
fn link(text: &[u8], bytes: Option<u64>) -> Option<(&[u8], &[u8])> {
    const ARROW: &[u8] = b" -> ";
    let split = |at: usize| Some((text.get(..at)?, text.get(at + ARROW.len()..)?));
    let by_size = bytes.and_then(|bytes| {
        let at = text.len().checked_sub(usize::try_from(bytes).ok()?)?.checked_sub(ARROW.len())?;
        let (name, target) = split(at)?;
        (!name.is_empty() && text.get(at..)?.starts_with(ARROW) && !target.is_empty())
            .then_some((name, target))
    });
    let first = || split(text.windows(ARROW.len()).position(|window| window == ARROW)?);
    by_size.or_else(first)
}
