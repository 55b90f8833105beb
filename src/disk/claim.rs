//! Which `.part` file a download may use: its own from an earlier run, or a new one. Never another's.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::berth::{Berth, Rival};
use super::error::Error;
use super::place::{free_name, numbered, rename_to_free_name, with_ending};
use super::record::{Record, Unusable};

/// What the record's name has more than the `.part`'s.
pub(super) const RECORD_ENDING: &str = ".ashore";

/// How much later than its record a `.part` may have been written to by us. The record is renewed
/// every second; a slow disk may take its time to sync.
const LEAD: Duration = Duration::from_secs(15);

/// How many foreign files of the same name are stepped over.
const MOST_FOREIGN: u32 = 100;

/// The `.part` file that a download may use.
#[derive(Debug)]
pub(super) struct Claim {
    pub(super) part: PathBuf,
    /// What an earlier run left: the file, locked, and its record.
    pub(super) found: Option<(File, Record)>,
    /// What was found and not used, in sentences.
    pub(super) notices: Vec<String>,
    /// It is nobody else's in this program.
    pub(super) berth: Berth,
}

/// Whether others that fetch something else may be under way to the same destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Company {
    /// Nobody: it is one's own.
    None,
    /// Others may: each has a `.part` of its own, and who comes late finds the name taken.
    Welcome,
}

pub(super) fn claim(destination: &Path, source: &str, company: Company) -> Result<Claim, Error> {
    let mut notices = Vec::new();
    for number in 1..=MOST_FOREIGN {
        let part = with_ending(&numbered(destination, number), ".part");
        let (berth, found) = match Berth::take(&part, source) {
            Ok(berth) => (berth, look(&part, source)?),
            Err(rival) if rival.is_borne(company) => continue,
            Err(_) => return Err(Error::InUse { path: destination.to_owned() }),
        };
        match found {
            Found::Nothing => return Ok(Claim { part, found: None, notices, berth }),
            Found::Ours(file, record) => {
                return Ok(Claim { part, found: Some((file, *record)), notices, berth });
            }
            Found::InUse(rival) if rival.is_borne(company) => {}
            Found::InUse(_) => return Err(Error::InUse { path: destination.to_owned() }),
            Found::Spoilt(why) => {
                let aside = set_aside(&part)?;
                notices.push(format!(
                    "{} {why}. It is kept as {}",
                    part.display(),
                    aside.display()
                ));
                return Ok(Claim { part, found: None, notices, berth });
            }
            Found::Foreign(why) => {
                notices.push(format!("{} {why}. It is left as it is", part.display()));
            }
        }
    }
    Err(Error::Exists { path: with_ending(destination, ".part") })
}

impl Rival {
    /// Whether one goes beside it.
    fn is_borne(self, company: Company) -> bool {
        (self, company) == (Self::Other, Company::Welcome)
    }
}

enum Found {
    Nothing,
    /// Another Ashore is at work on it.
    InUse(Rival),
    Ours(File, Box<Record>),
    /// Ours, but not to be continued.
    Spoilt(&'static str),
    Foreign(&'static str),
}

fn look(part: &Path, source: &str) -> Result<Found, Error> {
    let record_path = with_ending(part, RECORD_ENDING);
    let there = match fs::symlink_metadata(part) {
        Ok(there) => there,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // The run that wrote this record was killed between naming the file and tidying up.
            if Record::read(&record_path).is_ok_and(|record| record.source == source) {
                fs::remove_file(&record_path).ok();
            }
            return Ok(Found::Nothing);
        }
        Err(error) => return Err(Error::new(part, "examined", error)),
    };
    if !there.is_file() {
        return Ok(Found::Foreign("is not a file"));
    }
    let Ok(file) = open_no_link(part) else {
        return Ok(Found::Foreign("cannot be opened"));
    };
    if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
        let is_other = Record::read(&record_path).is_ok_and(|record| record.source != source);
        return Ok(Found::InUse(if is_other { Rival::Other } else { Rival::Same }));
    }
    let record = match Record::read(&record_path) {
        Ok(record) => record,
        Err(Unusable::Missing) if there.len() == 0 => {
            // Nothing is in it, and nobody is at work on it: it is as good as a new one.
            return Ok(Found::Ours(file, Box::new(Record::new(source))));
        }
        Err(Unusable::Missing) => return Ok(Found::Foreign("is not from this download")),
        Err(Unusable::Garbage) => return Ok(Found::Spoilt("has a damaged record")),
        Err(Unusable::Newer) => return Ok(Found::Spoilt("was begun by a newer Ashore")),
        Err(Unusable::Unreadable) => return Ok(Found::Foreign("has a record that cannot be read")),
    };
    if record.source != source {
        return Ok(Found::Foreign("comes from another address"));
    }
    let since = Duration::from_millis(record.written).saturating_add(LEAD);
    let latest = SystemTime::UNIX_EPOCH.checked_add(since);
    let is_touched =
        there.modified().is_ok_and(|modified| latest.is_some_and(|latest| modified > latest));
    let end = record.ranges.last().map_or(0, |range| range.1);
    if there.len() < end || (is_touched && record.written > 0) {
        return Ok(Found::Spoilt("was changed by another program"));
    }
    Ok(Found::Ours(file, Box::new(record)))
}

/// Opens a file for reading and writing, but not what a link leads to.
fn open_no_link(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        let flags = rustix::fs::OFlags::NOFOLLOW.bits();
        options.custom_flags(i32::try_from(flags).unwrap_or(0));
    }
    options.open(path)
}

/// Gives a `.part` and its record names under which nobody looks for them.
fn set_aside(part: &Path) -> Result<PathBuf, Error> {
    let aside = free_name(&with_ending(part, ".kept"));
    rename_to_free_name(part, &aside).map_err(|error| Error::new(part, "renamed", error))?;
    let record = with_ending(part, RECORD_ENDING);
    rename_to_free_name(&record, &with_ending(&aside, RECORD_ENDING)).ok();
    Ok(aside)
}
