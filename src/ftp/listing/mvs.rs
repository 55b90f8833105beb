//! IBM's mainframes under z/OS (MVS): data sets, members of partitioned data sets, jobs.

use jiff::civil::DateTime;

use super::date::{Day, clock, year_first};
use super::line::{Line, number};
use super::{Entry, Kind};

/// How a data set is said to be elsewhere than on a disk, and what it is then.
const ELSEWHERE: [(&[&str], Kind); 11] = [
    (&["Migrated"], Kind::File),
    (&["Pseudo", "Directory"], Kind::Dir),
    (&["GDG"], Kind::Dir),
    (&["VSAM"], Kind::File),
    (&["ALIAS"], Kind::Other),
    (&["PATH"], Kind::Other),
    (&["ARCIVE", "Not", "Direct", "Access", "Device"], Kind::File),
    (&["MIGRAT", "Not", "Direct", "Access", "Device"], Kind::File),
    (&["Error", "determining", "attributes"], Kind::File),
    (&["User", "catalog", "connector"], Kind::Other),
    (&["Not", "Direct", "Access", "Device"], Kind::File),
];

/// The same where the volume's name stands before.
const ON_VOLUME: [&[&str]; 4] = [
    &["Tape"],
    &["Not", "Mounted"],
    &["Not", "Direct", "Access", "Device"],
    &["Error", "determining", "attributes"],
];

/// Reads a line about a data set: `WPTA01 3290 2004/03/04 1 3 FB 80 3125 PO NAME`. It is a folder if
/// it is partitioned (`PO`). What stands there says nothing about bytes.
pub(super) fn data_set(line: &Line<'_>, now: DateTime) -> Option<Entry> {
    let organization = line.len().checked_sub(2).map(|index| line.word(index))?;
    // A volume that is not at hand has no unit.
    let referred = if line.word(1).contains(&b'/') { line.word(1) } else { line.word(2) };
    let is_never = referred == b"**NONE**";
    let day = year_first(referred).filter(|_| referred.len() == 10);
    let is_volume = line.word(0).len() <= 6 && (is_never || day.is_some());
    if !is_volume || !(6..=10).contains(&line.len()) || !is_organization(organization) {
        return None;
    }
    let kind = if organization.starts_with(b"PO") { Kind::Dir } else { Kind::File };
    let mut entry = Entry::new(line.last(), kind);
    entry.modified = day.and_then(|day| day.at(None, now));
    Some(entry)
}

/// `PS`, `PO-E`, `VSAM`.
fn is_organization(word: &[u8]) -> bool {
    let word = word.split(|&byte| byte == b'-').next().unwrap_or_default();
    matches!(
        word,
        b"PS" | b"PO" | b"DA" | b"IS" | b"VS" | b"VSAM" | b"PSU" | b"POU" | b"DAU" | b"U"
    )
}

/// Reads a line about a data set that is not at hand: `Migrated NAME`, `V43525 Tape NAME`.
pub(super) fn elsewhere(line: &Line<'_>) -> Option<Entry> {
    let names_one = |at: usize| line.len() == at + 1 && is_name(line.last());
    let plain = ELSEWHERE
        .iter()
        .find(|(words, _)| line.begins_with(words) && names_one(words.len()))
        .map(|&(_, kind)| kind);
    let on_volume = || {
        let is_volume = line.word(0).len() <= 6;
        // `TSO004 3390 VSAM NAME`
        if is_volume && number(line.word(1)).is_some() && line.has_at(2, &["VSAM"]) {
            return names_one(3).then_some(Kind::File);
        }
        ON_VOLUME
            .iter()
            .find(|words| is_volume && line.has_at(1, words) && names_one(words.len() + 1))
            .map(|_| Kind::File)
    };
    Some(Entry::new(line.last(), plain.or_else(on_volume)?))
}

/// Letters, digits, national characters and dots.
fn is_name(word: &[u8]) -> bool {
    word.iter().all(|byte| byte.is_ascii_alphanumeric() || b".$#@-_+".contains(byte))
}

/// Reads a line about a member: `NAME 01.03 2002/09/12 2002/10/11 09:37 11 11 0 USER`. The numbers
/// are lines, not bytes.
pub(super) fn member(line: &Line<'_>, now: DateTime) -> Option<Entry> {
    let (version, modification) = split_once(line.word(1), b'.')?;
    let [_, _] = [number(version)?, number(modification)?];
    let [_, changed]: [Day; 2] = [year_first(line.word(2))?, year_first(line.word(3))?];
    let mut entry = Entry::new(line.word(0), Kind::File);
    entry.modified = changed.at(Some(clock(line.word(4))?), now);
    Some(entry)
}

/// Reads a line about a program: `EAGKCPT 000058 000009 00 FO RN RU 31 ANY`.
pub(super) fn program(line: &Line<'_>) -> Option<Entry> {
    let is_hex = |word: &[u8]| word.len() == 6 && word.iter().all(u8::is_ascii_hexdigit);
    let is_program = is_name(line.word(0))
        && is_hex(line.word(1))
        && is_hex(line.word(2))
        && line.len() >= 5
        && matches!(line.last(), b"ANY" | b"24" | b"31" | b"64" | b"TBL");
    is_program.then(|| Entry::new(line.word(0), Kind::File))
}

/// Reads a line about a job: `IBMUSER1 JOB01906 IBMUSER OUTPUT A RC=0000 3 spool files`. A job is
/// fetched by its number.
pub(super) fn job(line: &Line<'_>) -> Option<Entry> {
    let number_of = |word: &[u8]| {
        let digits = [&b"JOB"[..], b"TSU", b"STC", b"J", b"T", b"S"]
            .iter()
            .find_map(|prefix| word.strip_prefix(*prefix))?;
        number(digits).filter(|_| digits.len() >= 4)
    };
    number_of(line.word(1))?;
    let states: [&[u8]; 5] = [b"INPUT", b"HELD", b"ACTIVE", b"OUTPUT", b"HOLD"];
    let is_job = (2..4).any(|index| states.contains(&line.word(index)));
    is_job.then(|| Entry::new(line.word(1), Kind::File))
}

/// Reads a line that is nothing but a name, in a listing that is known to be one of members.
pub(super) fn bare(line: &Line<'_>) -> Option<Entry> {
    let is_one = line.len() == 1 && is_name(line.word(0));
    is_one.then(|| Entry::new(line.word(0), Kind::File))
}

fn split_once(word: &[u8], mark: u8) -> Option<(&[u8], &[u8])> {
    let at = word.iter().position(|&byte| byte == mark)?;
    Some((word.get(..at)?, word.get(at + 1..)?))
}
