//! What becomes of each thing in a folder.

use std::sync::Arc;

use super::super::failure::Failure;
use super::super::news::Voice;
use super::MOST_LEVELS;
use super::batch::{Ahead, Looked};
use super::hand::{Hand, Word};
use super::look::{Leads, Listed};
use super::names::{self, Local, Names, Seen, There};
use super::preflight::Preflight;
use super::thing::Thing;
use crate::disk::{self, Pile};
use crate::ftp::listing::{Entry, Kind};
use crate::ftp::{self, RemotePath, in_utf_8};
use crate::words;

/// How many links are followed on one way down.
const MOST_LINKS: usize = 8;

/// So many things are left out of one folder by name; the others are counted.
const MOST_NOTES: u64 = 20;

/// Takes the entries of one folder apart.
pub(super) struct Sorter<'s, 'h> {
    hand: &'s Hand<'h>,
    ahead: &'s Ahead,
    folder: &'s Arc<Looked>,
    names: Names,
    seen: Seen,
    notes: u64,
    /// Folders for which there is no room.
    left_out: u64,
    sorted: Sorted,
}

/// What a folder holds, sorted.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    pub(super) folders: Pile,
    pub(super) files: Pile,
    /// What there is to tell of it.
    pub(super) told: Preflight,
}

impl<'s, 'h> Sorter<'s, 'h> {
    /// Of `count` entries.
    pub(super) fn new(
        hand: &'s Hand<'h>,
        ahead: &'s Ahead,
        folder: &'s Arc<Looked>,
        count: usize,
    ) -> Self {
        let names = Names::new(count > 1 && disk::is_case_blind(&ahead.local), count);
        let (seen, sorted) = (Seen::with_room_for(count), Sorted::default());
        Self { hand, ahead, folder, names, seen, notes: 0, left_out: 0, sorted }
    }

    pub(super) fn sort_all(mut self, mut listed: Listed) -> Result<Sorted, disk::Error> {
        while let Some(piece) = listed.things.pop()? {
            let Some(Thing { mut entry, .. }) = Thing::unpack(&piece) else { continue };
            if let Some(zone) = listed.zone {
                entry.modified = entry.modified.map(|time| time.corrected(zone));
            }
            if self.seen.insert((entry.name.as_slice(), entry.kind)) {
                self.sort(entry)?;
            }
        }
        if let Some(more @ 1..) = self.notes.checked_sub(MOST_NOTES) {
            let folder = match self.ahead.inside.as_str() {
                "" => "the folder",
                inside => inside,
            };
            let text = format!("{} more things in {folder} are left out", words::count(more));
            self.hand.say(Voice::Warning, &text);
        }
        if self.left_out > 0 {
            let what = "more than 100,000 folders are in it; the rest of them were left out";
            self.fail(self.ahead.inside.clone(), ftp::Error::TooLong { what });
        }
        Ok(self.sorted)
    }

    fn sort(&mut self, entry: Entry) -> Result<(), disk::Error> {
        let readable = in_utf_8(&entry.name, self.folder.encoding);
        let name = String::from_utf8_lossy(&readable);
        let inside = super::inside(&self.ahead.inside, &name);
        let Ok(child) = self.ahead.path.child(&entry.name) else {
            self.note(&format!("{inside} has a name that cannot be asked for"));
            return Ok(());
        };
        let sieve = self.hand.sieve;
        match entry.kind {
            Kind::File if sieve.takes_file(&inside) => return self.file(entry),
            Kind::Dir if sieve.takes_folder(&inside) => return self.down(entry, &inside),
            Kind::Link if sieve.takes_folder(&inside) => return self.link(entry, &child, inside),
            Kind::Other => self.note(&format!("{inside} is neither a file nor a folder")),
            Kind::File | Kind::Dir | Kind::Link => {}
        }
        Ok(())
    }

    fn link(
        &mut self,
        mut entry: Entry,
        child: &RemotePath,
        inside: String,
    ) -> Result<(), disk::Error> {
        match self.hand.follow(self.ahead, child, &entry) {
            Ok(Leads::ToFile) if self.hand.sieve.takes_file(&inside) => {
                // A link's size and time are its own, not those of what it leads to.
                (entry.size, entry.modified) = (None, None);
                return self.file(entry);
            }
            Ok(Leads::ToFile) => {}
            Ok(Leads::ToFolder { place, top }) => {
                if self.ahead.way.links >= MOST_LINKS || self.ahead.way.leads_over(&place, &top) {
                    self.note(&format!("{inside} leads back to where it is: not followed"));
                } else {
                    entry.target = Some(place);
                    return self.down(entry, &inside);
                }
            }
            Ok(Leads::Nowhere) => self.note(&format!("{inside} is a link that leads nowhere")),
            Err(error) => self.fail(inside, error),
        }
        Ok(())
    }

    fn down(&mut self, entry: Entry, inside: &str) -> Result<(), disk::Error> {
        if self.ahead.level >= MOST_LEVELS {
            self.note(&format!("{inside} is too deep: not looked into"));
            return Ok(());
        }
        if !self.hand.work.has_room() {
            self.left_out += 1;
            return Ok(());
        }
        let local = self.own_name(&entry.name).to_string_lossy().into_owned();
        self.sorted.folders.push(&Thing { entry, local, is_there: false }.pack())
    }

    fn file(&mut self, entry: Entry) -> Result<(), disk::Error> {
        let local = self.own_name(&entry.name);
        let here = self.folder.local.join(&local);
        let there = match self.folder.is_new {
            true => There::Nothing,
            false => names::there(&here, entry.size, entry.modified),
        };
        let told = &mut self.sorted.told;
        if there == There::Same {
            told.unchanged += 1;
            if let Some(receipt) = &self.hand.handle.commons().receipt {
                receipt.is_here(&here);
            }
            return Ok(());
        }
        told.files += 1;
        told.bytes = told.bytes.saturating_add(entry.size.unwrap_or(0));
        let is_there = there == There::Other || (!self.folder.is_new && disk::has_part(&here));
        let local = local.to_string_lossy().into_owned();
        self.sorted.files.push(&Thing { entry, local, is_there }.pack())
    }

    fn own_name(&mut self, name: &[u8]) -> std::path::PathBuf {
        let readable = in_utf_8(name, self.folder.encoding);
        let Local { name: local, is_mapped, is_numbered } = self.names.own(&readable);
        if is_numbered {
            self.sorted.told.number(name, &local.display().to_string());
        } else if is_mapped {
            self.sorted.told.map(name, &local.display().to_string());
        }
        local
    }

    /// Something is left out, and this is why.
    fn note(&mut self, text: &str) {
        self.notes += 1;
        if self.notes <= MOST_NOTES {
            self.hand.say(Voice::Warning, text);
        }
    }

    fn fail(&self, inside: String, error: ftp::Error) {
        let failure = Failure::of_server(self.hand.access(), error, None);
        self.hand.tell(Word::Folder(inside, Box::new(failure)));
    }
}
