//! What is chosen becomes orders: files, and whole folders.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::errands::{Errand, Kind};
use super::folder::ItemId;
use super::item::Item;
use super::peek::Peeked;
use super::shore::Mark;
use super::spot::Weighing;
use super::{Browser, SaveAs, Want};
use crate::disk;
use crate::ftp::listing::Kind as Sort;
use crate::ftp::{Address, RemotePath};
use crate::transfer::{Destination, IfExists, Request, Weight};
use crate::window::place;
use crate::words;

impl Browser {
    /// Enters a folder, or fetches a file.
    pub fn open(&mut self, id: ItemId) {
        let Some((path, kind)) = self.path_of(id) else { return };
        match kind {
            Sort::Dir => self.visit(&path),
            Sort::Link => {
                self.visit(&path);
                self.spot.is_by_link = true;
            }
            Sort::File => self.fetch(&[id]),
            Sort::Other => {}
        }
    }

    /// Fetches what is chosen. What is here already, unchanged, is left out, unless that is all.
    pub fn fetch_chosen(&mut self) {
        let chosen: Vec<_> = self.spot.folder.chosen().map(|(id, _)| id).collect();
        self.fetch(&chosen);
    }

    fn fetch(&mut self, ids: &[ItemId]) {
        if !self.has_place() {
            return;
        }
        let items = ids.iter().filter_map(|&id| self.spot.folder.item(id));
        let items: Vec<_> = items.filter(|item| item.can_be_fetched()).cloned().collect();
        let is_here = |item: &Item| self.shore.mark(item) == Some(Mark::Here);
        let (here, mut missing): (Vec<_>, Vec<_>) = items.into_iter().partition(is_here);
        let left_out = if missing.is_empty() { 0 } else { here.len() };
        if missing.is_empty() {
            missing = here;
        }
        let mut requests = Vec::new();
        let mut names = Names::default();
        for item in missing {
            let Ok(path) = self.spot.path.child(item.name()) else { continue };
            match item.kind {
                Sort::Dir => {
                    // One that is here already is brought up to date.
                    let folder = self.into.join(item.local_name());
                    requests.push(self.request(path.as_folder(), folder));
                }
                Sort::File | Sort::Link => {
                    let file = names.free(&self.into.join(item.local_name()));
                    requests.push(self.request(path, file));
                }
                Sort::Other => {}
            }
        }
        let folders = requests.iter().filter(|request| request.is_folder()).count();
        self.note = note(requests.len() - folders, folders, left_out);
        self.order(requests);
    }

    fn order(&mut self, requests: Vec<Request>) {
        if requests.is_empty() {
            return;
        }
        self.ordered.extend(requests.iter().filter_map(|request| match &request.destination {
            Destination::File(file) => Some(file.clone()),
            Destination::Folder(_) => None,
        }));
        self.wants.push(Want::Fetch(requests));
    }

    fn request(&self, path: RemotePath, file: PathBuf) -> Request {
        let address = Address { path, ..self.place.address.clone() };
        let mut request = Request::new(address, Destination::File(file));
        request.security = self.place.security;
        request.trust = self.place.trust.clone();
        request.way = self.place.way;
        request.if_exists = IfExists::Rename;
        request.waits_for_room = true;
        request
    }

    /// Fetches what a link led to that is no folder.
    pub fn fetch_link(&mut self) {
        let path = self.spot.path.clone();
        let Some((name, above)) = path.name().zip(path.parent()) else { return };
        let Ok(file) = above.child(name) else { return };
        if self.has_place() {
            let here = self.into.join(disk::local_name(name));
            self.order(vec![self.request(file, here)]);
            self.turn(super::Turn::Back(0));
            self.note = note(1, 0, 0);
        }
    }

    /// Asks where this one file is to go, and by which name.
    pub fn ask_for_place(&mut self, id: ItemId) {
        let Some(item) = self.spot.folder.item(id).filter(|item| item.kind != Sort::Dir) else {
            return;
        };
        let name = item.local_name();
        if let Some((path, _)) = self.path_of(id) {
            self.asked_for = Some((path, name.clone()));
            self.save_as = None;
            self.wants.push(Want::ChooseFile(name));
        }
    }

    /// The dialog was answered: a place for the file that it was about.
    pub fn take_place(&mut self, file: &Path) {
        if let Some((path, _)) = self.asked_for.take() {
            self.order(vec![self.request(path, file.to_owned())]);
            self.note = note(1, 0, 0);
        }
    }

    /// The dialog was answered with nothing.
    pub fn take_no_place(&mut self) {
        self.asked_for = None;
    }

    /// No dialog can be shown: a field asks instead.
    pub fn ask_in_field(&mut self) {
        let Some((path, name)) = self.asked_for.take() else { return };
        let text = super::words::typed(&self.into.join(name));
        self.save_as = Some(SaveAs { path, text, is_new: true });
    }

    /// The field was answered.
    pub fn save_as(&mut self) {
        let Some(SaveAs { path, text, .. }) = self.save_as.take() else { return };
        let Some(file) = place::typed(&text, &self.into) else { return };
        let folder = file.parent().unwrap_or(&self.into);
        if file.is_dir() || !folder.is_dir() {
            let folder = words::shown(&folder.to_string_lossy());
            self.into_problem = Some(match file.is_dir() {
                true => format!("{} is a folder. Give the file a name", words::shown(&text)),
                false => format!("There is no folder {folder}. Make it, or choose another one"),
            });
            self.save_as = Some(SaveAs { path, text, is_new: true });
            return;
        }
        self.into_problem = None;
        self.order(vec![self.request(path, file)]);
        self.note = note(1, 0, 0);
    }

    /// Nothing is to be saved elsewhere.
    pub fn end_save_as(&mut self) {
        self.save_as = None;
        self.into_problem = None;
    }

    /// Files go into another folder from now on.
    pub fn take_folder(&mut self, folder: &Path) {
        self.into_text = super::words::typed(folder);
        self.into_problem = None;
        if self.into != folder {
            folder.clone_into(&mut self.into);
            self.shore = super::Shore::default();
            self.look_again();
        }
    }

    /// Whether files can go where they are to go; if not, it is said.
    fn has_place(&mut self) -> bool {
        if self.into_problem.is_none() && !self.into.is_dir() {
            let folder = words::shown(&self.into.to_string_lossy());
            self.into_problem =
                Some(format!("There is no folder {folder}. Make it, or choose another one"));
        }
        self.into_problem.is_none()
    }

    /// Reads how a file begins.
    pub fn peek_at(&mut self, id: ItemId) {
        let Some((path, Sort::File | Sort::Link)) = self.path_of(id) else { return };
        self.last_number += 1;
        let number = self.last_number;
        let item = self.spot.folder.item(id);
        self.peek = item.map(|item| Peeked::new(number, id, item.shown.to_string(), item.size));
        self.send(Errand::Peek(number, path));
    }

    /// Puts the look into a file away.
    pub fn end_peek(&mut self) {
        if self.peek.take().is_some() {
            self.stop(Kind::Peek);
        }
    }

    /// Adds up what the chosen folders hold.
    pub fn weigh_chosen(&mut self) {
        let folders = self.spot.folder.chosen().filter(|(_, item)| item.kind == Sort::Dir);
        let folders: Vec<_> = folders.map(|(id, _)| id).collect();
        for id in folders {
            let Some((path, _)) = self.path_of(id) else { continue };
            let weighing = self.spot.weights.get(&id);
            if !matches!(weighing, Some(Weighing::Running(_))) {
                self.spot.weights.insert(id, Weighing::Running(Weight::default()));
                self.send(Errand::Weigh(self.spot.number, id, path.as_folder()));
            }
        }
    }

    /// Enough of adding up.
    pub fn stop_weighing(&mut self) {
        self.spot.weights.retain(|_, weighing| !matches!(weighing, Weighing::Running(_)));
        self.stop(Kind::Weigh);
    }

    /// Whether folders are being added up.
    #[must_use]
    pub fn is_weighing(&self) -> bool {
        self.spot.weights.values().any(|weighing| matches!(weighing, Weighing::Running(_)))
    }

    /// Where an item is, and what.
    fn path_of(&self, id: ItemId) -> Option<(RemotePath, Sort)> {
        let item = self.spot.folder.item(id)?;
        Some((self.spot.path.child(item.name()).ok()?, item.kind))
    }

    /// The address of an item, to be passed on.
    #[must_use]
    pub fn address_of(&self, id: ItemId) -> Option<String> {
        let (path, kind) = self.path_of(id)?;
        let path = if kind == Sort::Dir { path.as_folder() } else { path };
        Some(Address { path, ..self.place.address.clone() }.to_string())
    }

    /// What is here of an item.
    #[must_use]
    pub fn mark(&self, item: &Item) -> Option<Mark> {
        if item.kind == Sort::Dir {
            return None;
        }
        let is_ordered = || self.ordered.contains(&self.into.join(item.local_name()));
        let ordered = (!self.ordered.is_empty() && is_ordered()).then_some(Mark::Ordered);
        ordered.or_else(|| self.shore.mark(item))
    }

    pub(super) fn stop(&mut self, kind: Kind) {
        self.wants.push(Want::Stop(kind));
    }
}

/// What was done, in a sentence without a full stop. `None` of nothing.
fn note(files: usize, folders: usize, here: usize) -> Option<String> {
    let in_files = |count: usize| words::counted(count as u64, "file", "files");
    let in_folders = words::counted(folders as u64, "folder", "folders");
    let is = |count| if count == 1 { "is" } else { "are" };
    let ordered = match (files, folders) {
        (0, 0) if here == 0 => return None,
        (0, 0) => {
            return Some(format!("{} {} here already, unchanged", in_files(here), is(here)));
        }
        (files, 0) => in_files(files),
        (0, _) => in_folders,
        (files, _) => format!("{in_folders} and {}", in_files(files)),
    };
    let ordered = format!("{ordered} {} on the way", is(files + folders));
    Some(match here {
        0 => ordered,
        here => format!("{ordered}; {} here already, unchanged", words::count(here as u64)),
    })
}

/// Places that are taken by files of the same order: two names there may be one name here.
#[derive(Default)]
struct Names {
    taken: HashSet<PathBuf>,
    /// Where to go on counting.
    numbers: HashMap<PathBuf, u32>,
}

impl Names {
    fn free(&mut self, wanted: &Path) -> PathBuf {
        let number = self.numbers.entry(wanted.to_owned()).or_insert(0);
        loop {
            *number += 1;
            let path = disk::numbered(wanted, *number);
            if self.taken.insert(path.clone()) {
                return path;
            }
        }
    }
}
