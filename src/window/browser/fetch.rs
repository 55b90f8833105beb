//! What is chosen becomes orders: files at once, folders when they have been looked into.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::errands::{Errand, Kind};
use super::folder::ItemId;
use super::item::Item;
use super::peek::Peeked;
use super::shore::Mark;
use super::spot::Weighing;
use super::{Browser, Want};
use crate::disk;
use crate::ftp::listing::Kind as Sort;
use crate::ftp::{Address, RemotePath};
use crate::transfer::{Destination, Failure, IfExists, Request, Tree, Weight};
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
                Sort::Dir => self.scan(path.as_folder()),
                Sort::File | Sort::Link => {
                    let file = names.free(&self.into.join(item.local_name()));
                    requests.push(self.request(path, file));
                }
                Sort::Other => {}
            }
        }
        self.note = note(requests.len(), left_out);
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
            self.note = note(1, 0);
        }
    }

    /// Looks into a folder, to fetch all that it holds.
    fn scan(&mut self, path: RemotePath) {
        if !self.scans.contains(&path) {
            self.scans.push(path.clone());
            self.send(Errand::Scan(path, self.into.clone()));
        }
    }

    pub(super) fn scanned(&mut self, path: &RemotePath, tree: Result<Tree, Failure>) {
        self.scans.retain(|scanned| scanned != path);
        let name = self.name_of(path);
        let tree = match tree {
            Ok(tree) => tree,
            Err(Failure::Stopped { .. }) => return,
            Err(failure) => return self.say(format!("{name} is not fetched: {failure}")),
        };
        let files = words::count(tree.files.len() as u64);
        let unchanged = match tree.unchanged {
            0 => String::new(),
            count => format!("; {} more are here already", words::count(count)),
        };
        self.note = Some(format!("{files} files of {name} are on their way{unchanged}"));
        for notice in tree.notices {
            self.say(notice);
        }
        for (address, failure) in tree.failures {
            self.say(format!("{} is left out: {failure}", self.name_of(&address.path)));
        }
        let requests = tree.files.into_iter();
        let requests = requests.map(|file| self.request(file.address.path, file.destination));
        let requests = requests.collect();
        self.order(requests);
    }

    /// Stops looking into folders that are to be fetched.
    pub fn stop_scans(&mut self) {
        self.scans.clear();
        self.stop(Kind::Scan);
    }

    /// Asks where this one file is to go, and by which name.
    pub fn ask_for_place(&mut self, id: ItemId) {
        let Some(item) = self.spot.folder.item(id).filter(|item| item.kind != Sort::Dir) else {
            return;
        };
        let name = item.local_name();
        if let Some((path, _)) = self.path_of(id) {
            self.asked_for = Some(path);
            self.wants.push(Want::ChooseFile(name));
        }
    }

    /// The dialog was answered: a place for the file that it was about.
    pub fn take_place(&mut self, file: &Path) {
        if let Some(path) = self.asked_for.take() {
            self.order(vec![self.request(path, file.to_owned())]);
            self.note = note(1, 0);
        }
    }

    /// The dialog was answered with nothing.
    pub fn take_no_place(&mut self) {
        self.asked_for = None;
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
                self.send(Errand::Weigh(self.spot.number, id, path));
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

    fn name_of(&self, path: &RemotePath) -> String {
        let name = path.name().map(|name| words::shown(&String::from_utf8_lossy(name)));
        name.unwrap_or_else(|| self.place.address.host.to_string())
    }

    pub(super) fn stop(&mut self, kind: Kind) {
        self.wants.push(Want::Stop(kind));
    }

    pub(super) fn say(&mut self, sentence: String) {
        self.wants.push(Want::Say(sentence));
    }
}

/// What was done, in a sentence without a full stop. `None` of nothing.
fn note(ordered: usize, here: usize) -> Option<String> {
    let files = |count: usize| match count {
        1 => "1 file is".to_owned(),
        many => format!("{} files are", words::count(many as u64)),
    };
    match (ordered, here) {
        (0, 0) => None,
        (ordered, 0) => Some(format!("{} on the way", files(ordered))),
        (0, here) => Some(format!("{} here already, unchanged", files(here))),
        (ordered, here) => {
            let here = words::count(here as u64);
            Some(format!("{} on the way; {here} here already, unchanged", files(ordered)))
        }
    }
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
