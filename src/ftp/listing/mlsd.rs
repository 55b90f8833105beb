//! A line of `MLSD`: facts, one space, the name (RFC 3659 §7).

use super::mark::Mark;
use super::{Entry, Kind, Modified, Precision};
use crate::ftp::facts;

/// The facts that servers are known to send. They tell a line of `MLSD` from all else in a `LIST`.
const KEYS: [&[u8]; 13] = [
    b"type",
    b"size",
    b"sizd",
    b"modify",
    b"create",
    b"perm",
    b"unique",
    b"lang",
    b"media-type",
    b"charset",
    b"unix",
    b"win32",
    b"x",
];

/// Reads a line that `MLSD` sent. `None` for the folder itself and the one above it.
///
/// Servers differ in case, leave out what they do not know, forget the last semicolon or write a tab
/// for the space. None of this is a reason to lose a file. What `mark` needs is told to it.
pub(super) fn entry(line: &[u8], mark: &mut Mark) -> Option<Entry> {
    let end = end_of_facts(line)?;
    let (facts, name) = (line.get(..end)?, line.get(end + 1..)?);
    let mut entry = Entry::new(name, Kind::File);
    let mut unique = None;
    for fact in facts.split(|&byte| byte == b';') {
        let Some(equals) = fact.iter().position(|&byte| byte == b'=') else { continue };
        let (key, value) = (fact.get(..equals)?, fact.get(equals + 1..)?);
        let text = || std::str::from_utf8(value).unwrap_or_default();
        let is = |name: &[u8]| key.eq_ignore_ascii_case(name);
        if is(b"type") {
            (entry.kind, entry.target) = kind(value)?;
        } else if is(b"size") {
            entry.size = facts::size(text());
        } else if is(b"unique") {
            unique = Some(value);
        } else if is(b"modify") {
            let precision = Precision::Second;
            entry.modified =
                facts::time(text()).map(|time| Modified { time, precision, is_utc: true });
        }
    }
    if entry.kind != Kind::File {
        entry.size = None;
    }
    mark.add(line, unique);
    Some(entry)
}

/// Whether there is a name behind the facts.
pub(super) fn has_name(line: &[u8]) -> bool {
    end_of_facts(line).is_some_and(|end| end + 1 < line.len())
}

/// Whether a line of a `LIST` is one of `MLSD`: some servers answer so, and some clients' users set
/// them up to.
pub(super) fn is_likely(line: &[u8]) -> bool {
    let line = match line.strip_prefix(b" ") {
        // No facts at all: the name alone, which is a path or begins like facts.
        Some([b'/', rest @ ..]) => return !rest.contains(&b' '),
        Some(rest)
            if end_of_facts(rest)
                .is_some_and(|end| rest.get(..end).is_some_and(|facts| facts.ends_with(b";"))) =>
        {
            rest
        }
        _ => line,
    };
    if !line.first().is_some_and(u8::is_ascii_alphabetic) {
        return false; // As nearly all lines of `ls -l` are no such facts.
    }
    let Some(equals) = line.iter().take(32).position(|&byte| byte == b'=') else { return false };
    let key = line.get(..equals).unwrap_or_default().to_ascii_lowercase();
    let family = key.split(|&byte| byte == b'.').next().unwrap_or_default();
    KEYS.contains(&family) && end_of_facts(line).is_some()
}

/// The facts end at the first space. But a link's target, which is a fact, may hold spaces too.
fn end_of_facts(line: &[u8]) -> Option<usize> {
    let is_end = |byte: &u8| matches!(byte, b' ' | b'\t');
    let first = line.iter().position(is_end)?;
    let facts = line.get(..first)?;
    let last = facts.rsplit(|&byte| byte == b';').next().unwrap_or_default();
    if !is_link(last) {
        return Some(first);
    }
    let rest = line.get(first..)?;
    let further = rest.windows(2).position(|pair| pair == b"; ");
    Some(further.map_or(first, |at| first + at + 1))
}

fn is_link(fact: &[u8]) -> bool {
    fact.get(..19).is_some_and(|start| start.eq_ignore_ascii_case(b"type=os.unix=slink:"))
}

/// What `type=` says. `None` for the listed folder itself and its parent.
fn kind(value: &[u8]) -> Option<(Kind, Option<Vec<u8>>)> {
    let plain = |kind| Some((kind, None));
    if value.eq_ignore_ascii_case(b"file") {
        return plain(Kind::File); // As nearly all are.
    }
    let lower = value.to_ascii_lowercase();
    let unix = lower.strip_prefix(b"os.unix=".as_slice());
    match (lower.as_slice(), unix) {
        (b"cdir" | b"pdir", _) => None,
        (b"dir", _) => plain(Kind::Dir),
        (b"link" | b"slink" | b"symlink", _) => plain(Kind::Link),
        (_, Some(unix)) if unix.starts_with(b"slink") || unix.starts_with(b"symlink") => {
            let colon = value.iter().position(|&byte| byte == b':');
            let target = colon.and_then(|at| value.get(at + 1..)).filter(|to| !to.is_empty());
            Some((Kind::Link, target.map(<[u8]>::to_vec)))
        }
        (_, Some(_)) => plain(Kind::Other),
        _ if lower.starts_with(b"os.") && lower.contains(&b'=') => plain(Kind::Other),
        // `file`, nothing, or a word of the server's own: what can be tried can be downloaded.
        _ => plain(Kind::File),
    }
}
