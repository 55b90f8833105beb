//! Looking into one folder: what it holds, and what becomes of each thing.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::super::failure::Failure;
use super::super::lists;
use super::super::news::Voice;
use super::MOST_LEVELS;
use super::hand::{Hand, Met, Word};
use super::names::{self, Local, Names, There};
use super::work::{Ahead, Found, Looked, Step, Way};
use crate::disk;
use crate::ftp::listing::{Entry, Kind, Precision};
use crate::ftp::{self, Encoding, RemotePath, Session, in_utf_8};

/// How many links are followed on one way down.
const MOST_LINKS: usize = 8;

impl Hand<'_> {
    /// Everything in one folder. What came before an error is in `entries`.
    pub(super) fn list(
        &self,
        mut session: Session<'_>,
        ahead: &Ahead,
        entries: &mut Vec<Entry>,
    ) -> Result<(), ftp::Error> {
        let ended = session.list(&ahead.path, &mut |entry| {
            entries.push(entry);
            ControlFlow::Continue(())
        });
        let is_talking = ended.is_ok()
            || ended.as_ref().is_err_and(
                |error| matches!(error, ftp::Error::Refused { reply, .. } if reply.code != 421),
            );
        if is_talking {
            self.lane.park(session);
        }
        let end = ended?;
        self.access().learn_time_offset(&end);
        if let Some(zone) = end.zone {
            for time in entries.iter_mut().filter_map(|entry| entry.modified.as_mut()) {
                *time = time.corrected(zone);
            }
        }
        Ok(())
    }

    /// Decides what becomes of the entries of one folder.
    pub(super) fn sort_out(&self, ahead: &Ahead, entries: Vec<Entry>) {
        let is_new = std::fs::symlink_metadata(&ahead.local).is_err();
        let makes = self.sieve.takes_empty_folders() || ahead.level == 0 || !entries.is_empty();
        if makes && let Err(error) = disk::make_folder_without_links(&ahead.local) {
            let failure = Box::new(Failure::Disk { error, kept: None });
            self.tell(Word::Folder(ahead.inside.clone(), failure));
            return;
        }
        if let Some(modified) = ahead.modified {
            self.tell(Word::Time(ahead.local.clone(), modified.time));
        }
        let has_sums = entries.iter().any(|entry| lists::is_checksum_file(&entry.name));
        let folder = Arc::new(Looked {
            path: ahead.path.clone(),
            local: ahead.local.clone(),
            inside: ahead.inside.clone(),
            has_sums,
            is_new,
        });
        let names = entries.iter().map(|entry| entry.name.as_slice());
        let encoding = self.access().encoding(names);
        let mut sorter = Sorter {
            hand: self,
            encoding,
            ahead,
            folder,
            names: Names::new(names::is_case_blind(&ahead.local)),
            folders: Vec::new(),
            files: Vec::new(),
            unchanged: 0,
            mapped: Vec::new(),
            numbered: Vec::new(),
        };
        let mut seen = HashSet::new();
        for entry in &entries {
            if seen.insert((entry.name.as_slice(), entry.kind)) {
                sorter.sort(entry);
            }
        }
        let Sorter { folders, files, unchanged, mapped, numbered, .. } = sorter;
        let left_out = self.work.add(folders, files, |preflight| {
            preflight.unchanged += unchanged;
            mapped.iter().for_each(|(name, local)| preflight.map(name, local));
            numbered.iter().for_each(|(name, local)| preflight.number(name, local));
        });
        for ahead in left_out {
            let what = format!("it is one of more than {} folders", super::MOST_FOLDERS);
            self.tell(Word::Folder(ahead.inside, Box::new(Failure::Bug { what })));
        }
    }

    /// Where a link leads: to a file, to a folder, or nowhere.
    fn follow(&self, ahead: &Ahead, path: &RemotePath, entry: &Entry) -> Result<Leads, ftp::Error> {
        let log = |line: ftp::Line| self.tell(Word::Line(line.into()));
        let Met::Session(mut session) = self.meet(&log)? else { return Ok(Leads::Nowhere) };
        let leads = if session.locate(path)?.facts.size.is_some() {
            Leads::ToFile
        } else {
            match session.whereabouts(path)? {
                None => Leads::Nowhere,
                Some(place) => {
                    let top = session.whereabouts(&self.request.address.path.as_folder())?;
                    let top = top.unwrap_or_default();
                    Leads::ToFolder { place: really(place, &top, ahead, entry), top }
                }
            }
        };
        self.lane.park(*session);
        Ok(leads)
    }
}

/// Where a link leads.
enum Leads {
    ToFile,
    /// Where the folder is, and where the one is that was asked for.
    ToFolder {
        place: Vec<u8>,
        top: Vec<u8>,
    },
    Nowhere,
}

/// Takes the entries of one folder apart.
struct Sorter<'s, 'h> {
    hand: &'s Hand<'h>,
    /// That of the names which are not UTF-8.
    encoding: Option<Encoding>,
    ahead: &'s Ahead,
    folder: Arc<Looked>,
    names: Names,
    folders: Vec<Ahead>,
    files: Vec<Found>,
    unchanged: u64,
    mapped: Vec<(Vec<u8>, String)>,
    numbered: Vec<(Vec<u8>, String)>,
}

impl Sorter<'_, '_> {
    fn sort(&mut self, entry: &Entry) {
        let readable = in_utf_8(&entry.name, self.encoding);
        let name = String::from_utf8_lossy(&readable);
        let inside = super::inside(&self.ahead.inside, &name);
        let Ok(child) = self.ahead.path.child(&entry.name) else {
            return self.note(&format!("{inside} has a name that cannot be asked for"));
        };
        let sieve = self.hand.sieve;
        match entry.kind {
            Kind::File if sieve.takes_file(&inside) => self.file(entry),
            Kind::Dir if sieve.takes_folder(&inside) => {
                self.down(entry, child, inside, Step::Down(entry.name.clone()), 0);
            }
            Kind::Link if sieve.takes_folder(&inside) => self.link(entry, child, inside),
            Kind::Other => self.note(&format!("{inside} is neither a file nor a folder")),
            Kind::File | Kind::Dir | Kind::Link => {}
        }
    }

    fn link(&mut self, entry: &Entry, child: RemotePath, inside: String) {
        match self.hand.follow(self.ahead, &child, entry) {
            Ok(Leads::ToFile) if self.hand.sieve.takes_file(&inside) => self.file(entry),
            Ok(Leads::ToFile) => {}
            Ok(Leads::ToFolder { place, top }) => {
                if self.ahead.way.links >= MOST_LINKS || self.ahead.way.leads_over(&place, &top) {
                    self.note(&format!("{inside} leads back to where it is: not followed"));
                } else {
                    self.down(entry, child, inside, Step::Link(place), 1);
                }
            }
            Ok(Leads::Nowhere) => self.note(&format!("{inside} is a link that leads nowhere")),
            Err(error) => {
                let failure = Failure::of_server(self.hand.access(), error, None);
                self.hand.tell(Word::Folder(inside, Box::new(failure)));
            }
        }
    }

    fn down(&mut self, entry: &Entry, path: RemotePath, inside: String, step: Step, links: usize) {
        let level = self.ahead.level + 1;
        if level > MOST_LEVELS {
            return self.note(&format!("{inside} is too deep: not looked into"));
        }
        let above = Arc::clone(&self.ahead.way);
        let links = above.links + links;
        let own = self.own_name(&entry.name);
        let local = self.folder.local.join(own);
        self.folders.push(Ahead {
            path: path.as_folder(),
            local,
            inside,
            level,
            way: Arc::new(Way { step, above: Some(above), links }),
            modified: entry
                .modified
                .filter(|time| time.is_utc && time.precision == Precision::Second),
        });
    }

    fn file(&mut self, entry: &Entry) {
        let local = self.own_name(&entry.name);
        let here = self.folder.local.join(&local);
        // A link's size and time are its own, not those of what it leads to.
        let is_told = entry.kind == Kind::File;
        let size = entry.size.filter(|_| is_told);
        let modified = entry.modified.filter(|_| is_told);
        let there = match self.folder.is_new {
            true => There::Nothing,
            false => names::there(&here, size, modified),
        };
        if there == There::Same {
            self.unchanged += 1;
            return;
        }
        self.files.push(Found {
            folder: Arc::clone(&self.folder),
            name: entry.name.clone().into(),
            local: local.to_string_lossy().into(),
            size,
            modified,
            is_there: there == There::Other || (!self.folder.is_new && disk::has_part(&here)),
        });
    }

    fn own_name(&mut self, name: &[u8]) -> std::path::PathBuf {
        let Local { name: local, is_mapped, is_numbered } =
            self.names.own(&in_utf_8(name, self.encoding));
        let shown = || local.display().to_string();
        if is_numbered {
            self.numbered.push((name.to_vec(), shown()));
        } else if is_mapped {
            self.mapped.push((name.to_vec(), shown()));
        }
        local
    }

    fn note(&self, text: &str) {
        self.hand.say(Voice::Warning, text);
    }
}

impl Way {
    /// Whether the way down to here has come by `place` already. `top` is where it began.
    fn leads_over(&self, place: &[u8], top: &[u8]) -> bool {
        let mut way = Some(self);
        while let Some(here) = way {
            if here.place(top) == place {
                return true;
            }
            way = here.above.as_deref();
        }
        false
    }

    /// Where it leads to.
    fn place(&self, top: &[u8]) -> Vec<u8> {
        match (&self.step, &self.above) {
            (Step::Link(place), _) => place.clone(),
            (Step::Down(name), Some(above)) => joined(&above.place(top), name),
            (Step::Top | Step::Down(_), _) => top.to_vec(),
        }
    }
}

/// Where a link to a folder really leads. A server that only repeats the link's own path when asked
/// where we are is not believed; then what the listing says counts.
fn really(place: Vec<u8>, top: &[u8], ahead: &Ahead, entry: &Entry) -> Vec<u8> {
    let here = ahead.way.place(top);
    if place != joined(&here, &entry.name) {
        return place;
    }
    match entry.target.as_deref() {
        Some(target) if target.starts_with(b"/") => straightened(target),
        Some(target) => straightened(&joined(&here, target)),
        None => place,
    }
}

fn joined(folder: &[u8], name: &[u8]) -> Vec<u8> {
    [folder.strip_suffix(b"/").unwrap_or(folder), b"/", name].concat()
}

/// `/a/./b/../c` → `/a/c`.
fn straightened(path: &[u8]) -> Vec<u8> {
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|&byte| byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    [b"/".to_vec(), parts.join(&b'/')].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(steps: Vec<Step>) -> Arc<Way> {
        let mut above = None;
        for step in steps {
            above = Some(Arc::new(Way { step, above: above.take(), links: 0 }));
        }
        above.unwrap()
    }

    #[test]
    fn a_link_that_leads_over_the_way_is_known_wherever_it_points() {
        let down = |name: &str| Step::Down(name.as_bytes().to_vec());
        let way = way(vec![Step::Top, down("a"), Step::Link(b"/else".to_vec()), down("b")]);
        for (place, is_on_the_way) in [
            ("/pub", true),
            ("/pub/a", true),
            ("/else", true),
            ("/else/b", true),
            ("/pub/b", false),
            ("/", false),
        ] {
            assert_eq!(way.leads_over(place.as_bytes(), b"/pub"), is_on_the_way, "{place}");
        }
    }

    #[test]
    fn the_place_of_a_link_is_found_by_its_target_where_the_server_hides_it() {
        let ahead = Ahead {
            path: RemotePath::from_typed("pub/a/").unwrap(),
            local: "x".into(),
            inside: "a".to_owned(),
            level: 1,
            way: way(vec![Step::Top, Step::Down(b"a".to_vec())]),
            modified: None,
        };
        let link = |target: &str| Entry {
            name: b"l".to_vec(),
            kind: Kind::Link,
            size: None,
            modified: None,
            target: Some(target.as_bytes().to_vec()),
        };
        for (said, target, place) in [
            ("/pub/a/l", "..", "/pub"),
            ("/pub/a/l", ".", "/pub/a"),
            ("/pub/a/l", "../b/./c", "/pub/b/c"),
            ("/pub/a/l", "/pub/a", "/pub/a"),
            ("/real", "..", "/real"),
        ] {
            let found = really(said.as_bytes().to_vec(), b"/pub", &ahead, &link(target));
            assert_eq!(found, place.as_bytes(), "{said} {target}");
        }
    }
}
