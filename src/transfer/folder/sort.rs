//! What becomes of each thing in a folder.

use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use super::super::failure::Failure;
use super::super::news::Voice;
use super::super::request::IfExists;
use super::super::selection::What;
use super::MOST_LEVELS;
use super::batch::{Ahead, Linked, Looked};
use super::hand::Hand;
use super::listed::Listed;
use super::look::{self, Leads};
use super::names::{self, Local, Names, Seen, There};
use super::preflight::Preflight;
use super::thing::Thing;
use crate::disk::{self, Pile};
use crate::ftp::listing::{Entry, Kind, Modified, Precision};
use crate::ftp::{self, BadArgument, RemotePath, in_utf_8};
use crate::words;

/// How many links are followed on one way down.
const MOST_LINKS: usize = 8;

/// So many things are left out of one folder by name; the others are counted.
pub(super) const MOST_NOTES: u64 = 20;

/// Takes the entries of one folder apart.
pub(super) struct Sorter<'s, 'h> {
    hand: &'s Hand<'h>,
    ahead: &'s Ahead,
    folder: &'s Arc<Looked>,
    names: Names,
    seen: Seen,
    /// Folders for which there is no room.
    left_behind: u64,
    sorted: Sorted,
}

/// What a folder holds, sorted.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    pub(super) folders: Pile,
    pub(super) files: Pile,
    /// Folders that links lead to.
    pub(super) links: Vec<Linked>,
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
        let is_case_blind = || disk::nearest_folder(&ahead.local).is_ok_and(disk::is_case_blind);
        let names = Names::new(count > 1 && is_case_blind(), count);
        let (seen, sorted) = (Seen::with_room_for(count), Sorted::default());
        Self { hand, ahead, folder, names, seen, left_behind: 0, sorted }
    }

    pub(super) fn sort_all(mut self, mut listed: Listed) -> Result<Sorted, disk::Error> {
        while let Some(piece) = listed.things.pop()? {
            if self.hand.handle.stop.is_given() {
                break; // Nothing of it will be fetched.
            }
            let Some(Thing { mut entry, .. }) = Thing::unpack(&piece) else { continue };
            if let Some(zone) = listed.zone {
                entry.modified = entry.modified.map(|time| time.corrected(zone));
            }
            if self.seen.insert((entry.name.as_slice(), entry.kind)) {
                self.sort(entry)?;
            }
        }
        if let Some(more @ 1..) = self.sorted.told.left_out.checked_sub(MOST_NOTES) {
            let folder = match self.ahead.inside.as_str() {
                "" => "the folder",
                inside => inside,
            };
            let (one, many) = (
                format!("more thing in {folder} is left out"),
                format!("more things in {folder} are left out"),
            );
            self.hand.say(Voice::Warning, &words::counted(more, &one, &many));
        }
        if self.left_behind > 0 {
            let what = "more than 100,000 folders are in it; the rest of them were left out";
            let inside = format!("{}/", self.ahead.inside);
            self.lose(&inside, &self.ahead.path, ftp::Error::TooLong { what });
        }
        Ok(self.sorted)
    }

    fn sort(&mut self, entry: Entry) -> Result<(), disk::Error> {
        let readable = in_utf_8(&entry.name, self.folder.encoding);
        let name = String::from_utf8_lossy(&readable);
        let inside = super::inside(&self.ahead.inside, &name);
        let is_wanted = match entry.kind {
            Kind::File | Kind::Other => self.takes_file(&inside),
            Kind::Dir => self.takes_folder(&inside),
            Kind::Link => self.takes_file(&inside) || self.takes_folder(&inside),
        };
        if !is_wanted {
            return Ok(());
        }
        let Ok(child) = self.ahead.path.child(&entry.name) else {
            let byte = entry.name.iter().copied().find(|byte| b"\r\n\0".contains(byte));
            let failure = Failure::Unaskable(BadArgument { byte: byte.unwrap_or_default() });
            self.hand.lose(inside, self.ahead.path.clone(), failure);
            return Ok(());
        };
        match entry.kind {
            Kind::File => self.file(entry, &child),
            Kind::Dir => self.down(entry, &child, &inside),
            Kind::Link => self.link(entry, &child, &inside),
            Kind::Other => {
                self.leave_out(&format!("{inside} is neither a file nor a folder"));
                Ok(())
            }
        }
    }

    /// Whether the file at `inside` is wanted.
    fn takes_file(&self, inside: &str) -> bool {
        let sieve = self.hand.sieve;
        (self.folder.is_chosen || sieve.chooses(inside, What::File))
            && !sieve.leaves_out(inside, What::File)
    }

    /// Whether what is at `inside` is wanted, be it a file or a folder.
    fn names(&self, inside: &str) -> bool {
        let sieve = self.hand.sieve;
        self.takes_file(inside)
            || (sieve.chooses(inside, What::Folder) && !sieve.leaves_out(inside, What::Folder))
    }

    /// Whether the folder at `inside` is looked into.
    fn takes_folder(&self, inside: &str) -> bool {
        let sieve = self.hand.sieve;
        (self.folder.is_chosen || sieve.may_choose_in(inside))
            && !sieve.leaves_out(inside, What::Folder)
    }

    fn link(
        &mut self,
        mut entry: Entry,
        child: &RemotePath,
        inside: &str,
    ) -> Result<(), disk::Error> {
        match self.hand.follow(self.ahead, child, &entry) {
            Ok(Leads::ToFile(facts)) if self.takes_file(inside) => {
                // A link's size and time are its own, not those of what it leads to.
                (entry.size, entry.modified) = (facts.size, facts.modified.map(exactly));
                return self.file(entry, child);
            }
            Ok(Leads::ToFolder { place, top }) if self.takes_folder(inside) => {
                let way = &self.ahead.way;
                if way.links >= MOST_LINKS || way.leads_over(&place, &top) {
                    self.leave_out(&format!("{inside} leads back to where it is: not followed"));
                } else if look::is_above(&place, &top) {
                    let what = "leads above the folder that was asked for";
                    self.leave_out(&format!("{inside} {what}: not followed"));
                } else {
                    entry.target = Some(place);
                    return self.down(entry, child, inside);
                }
            }
            Ok(Leads::Nowhere) if self.names(inside) => {
                self.hand.lose(inside.to_owned(), child.clone(), Failure::DeadLink);
            }
            Ok(Leads::ToFile(_) | Leads::ToFolder { .. } | Leads::Nowhere) => {}
            Err(failure) => self.hand.lose(inside.to_owned(), child.clone(), failure),
        }
        Ok(())
    }

    fn down(&mut self, entry: Entry, child: &RemotePath, inside: &str) -> Result<(), disk::Error> {
        if self.ahead.level >= MOST_LEVELS {
            let what = "it is more than 256 levels deep";
            self.lose(&format!("{inside}/"), &child.as_folder(), ftp::Error::TooLong { what });
            return Ok(());
        }
        if !self.hand.work.has_room() {
            self.left_behind += 1;
            return Ok(());
        }
        let local = self.own_name(&entry.name).to_string_lossy().into_owned();
        let place = entry.target.clone().filter(|_| entry.kind == Kind::Link);
        let thing = Thing { entry, local, is_there: false };
        match place {
            Some(place) => {
                let linked = self.folder.ahead(thing).map(|ahead| Linked { ahead, place });
                self.sorted.links.extend(linked);
                Ok(())
            }
            None => self.sorted.folders.push(&thing.pack()),
        }
    }

    fn file(&mut self, mut entry: Entry, child: &RemotePath) -> Result<(), disk::Error> {
        let local = self.own_name(&entry.name);
        let here = self.folder.local.join(&local);
        let there = match self.folder.is_new {
            true => There::Nothing,
            false => self.there(&here, &mut entry, child),
        };
        let told = &mut self.sorted.told;
        if there.is_same() {
            told.unchanged += 1;
            told.by_size += u64::from(there == There::SameSize);
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

    /// What is at `here`. Where the listing does not tell enough to decide that, the server is asked.
    fn there(&self, here: &Path, entry: &mut Entry, child: &RemotePath) -> There {
        let is_thin = entry.size.is_none() || entry.modified.is_none();
        if is_thin
            && entry.kind == Kind::File
            && std::fs::symlink_metadata(here).is_ok()
            && let Ok(file) =
                self.hand.ask_patiently(&child.to_string(), |session| session.look_at(child))
        {
            entry.size = entry.size.or(file.facts.size);
            entry.modified = entry.modified.or(file.facts.modified.map(exactly));
        }
        let keeps_both = self.hand.request.if_exists == IfExists::Rename;
        match names::there(here, entry.size, entry.modified) {
            // Each run would make one copy more. Where the server has such names, too, they are not ours.
            There::Other
                if keeps_both
                    && !self.folder.has_numbered
                    && names::has_copy(here, entry.size, entry.modified) =>
            {
                There::Same
            }
            there => there,
        }
    }

    fn own_name(&mut self, name: &[u8]) -> std::path::PathBuf {
        let readable = in_utf_8(name, self.folder.encoding);
        let Local { name: local, is_mapped, is_numbered } = self.names.own(&readable);
        if is_numbered {
            self.sorted.told.number(&readable, &local.display().to_string());
        } else if is_mapped {
            self.sorted.told.map(&readable, &local.display().to_string());
        }
        local
    }

    /// Something is left out for a good reason, and this is it.
    fn leave_out(&mut self, text: &str) {
        self.sorted.told.left_out += 1;
        if self.sorted.told.left_out <= MOST_NOTES {
            self.hand.say(Voice::Warning, text);
        }
    }

    /// What is called `inside`, at `path`, is not to be had.
    fn lose(&self, inside: &str, path: &RemotePath, error: ftp::Error) {
        let failure = Failure::of_server(self.hand.access(), error, None);
        self.hand.lose(inside.to_owned(), path.clone(), failure);
    }
}

/// A time as `MDTM` tells it.
fn exactly(time: SystemTime) -> Modified {
    Modified { time, precision: Precision::Second, is_utc: true }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::thread;

    use crossbeam_channel::bounded;

    use super::super::super::handle::Handle;
    use super::super::super::request::{Destination, Request};
    use super::super::batch::{Step, Way};
    use super::super::hand::Word;
    use super::super::work::Work;
    use super::*;
    use crate::ftp::Limits;

    #[test]
    fn who_stops_while_a_folder_is_sorted_does_not_wait_for_its_end() {
        const THINGS: usize = 5_000;
        const WAITING: usize = 10;
        let folder = tempfile::tempdir().unwrap();
        let address = "ftp://h/pub/".parse().unwrap();
        let request = Request::new(address, Destination::Folder(folder.path().into()));
        let handle = Handle::default();
        let ahead = Ahead {
            path: request.address.path.clone(),
            local: folder.path().join("pub"),
            inside: String::new(),
            level: 0,
            way: Arc::new(Way::new(Step::Top, None)),
            modified: None,
            is_chosen: true,
        };
        let work = Work::new(ahead.clone(), handle.stop.clone());
        let sieve = request.selection.sieve().unwrap();
        let mut listed = Listed::default();
        for number in 0..THINGS {
            // Each of them is told, and so many words may wait to be heard.
            let name = format!("{number}\r").into_bytes();
            let entry = Entry { name, kind: Kind::File, size: None, modified: None, target: None };
            listed.things.push(&Thing::listed(entry).pack()).unwrap();
        }
        let (words, heard) = bounded(WAITING);
        let hand = Hand {
            request: &request,
            handle: &handle,
            work: &work,
            sieve: &sieve,
            lane: Arc::new(
                handle.commons().lanes.try_take(request.access(handle.commons())).unwrap(),
            ),
            words,
            weighed: bounded(1).0,
            limits: Limits { patience: request.patience, stop: handle.stop.clone() },
            is_step_by_step: Cell::new(false),
        };
        let told = thread::scope(|scope| {
            scope.spawn(move || hand.sort_out(&ahead, listed).unwrap());
            let first = heard.recv().unwrap();
            assert!(matches!(first, Word::File(_)), "{first:?}");
            handle.stop.give();
            1 + heard.iter().count()
        });
        // One was heard, some waited, one was on its way to wait, and one was begun.
        assert!(told <= WAITING + 3, "{told} of {THINGS} were sorted");
    }
}
