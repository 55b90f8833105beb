//! One folder that is or was looked at, as it stands on the screen. Knows no egui.

use std::collections::HashMap;

use super::choice::Mode;
use super::folder::{Column, Folder, ItemId, Sorting};
use super::item::Item;
use crate::ftp::RemotePath;
use crate::ftp::listing::ListingEnd;
use crate::transfer::{Failure, NextStep, Weight};
use crate::window::row::Certificate;

/// How far the listing of a folder is.
#[derive(Debug)]
pub enum Stage {
    /// Nothing has come yet: the server is being called.
    Connecting,
    /// The server lets us in; entries come.
    Reading,
    /// All of it is here.
    Whole,
    /// It could not be listed, or not to its end.
    Broken(Box<Failure>),
}

/// How much a folder holds, as far as that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weighing {
    /// It is being added up.
    Running(Weight),
    /// This much, or more if something could not be seen.
    Done(Weight),
    /// It could not be looked into.
    Failed,
}

/// One folder that is or was looked at.
#[derive(Debug)]
pub struct Spot {
    /// Where it is.
    pub path: RemotePath,
    /// What stands in it.
    pub folder: Folder,
    /// What stands in the filter's field.
    pub filter: String,
    /// How far the listing is.
    pub stage: Stage,
    /// The number of the listing.
    pub(super) number: u64,
    /// Whether what stands in it is from an earlier listing.
    is_stale: bool,
    /// The name of what the keyboard is to go to once it has come.
    wanted: Option<Vec<u8>>,
    /// It has come, but stands in no row yet.
    found: Option<ItemId>,
    /// Whether a link led here, which may as well lead to a file.
    pub(super) is_by_link: bool,
    /// How much the folders in it hold, where that was asked.
    pub(super) weights: HashMap<ItemId, Weighing>,
    /// How far it is scrolled down, in points.
    pub(super) scroll: f32,
    /// Whether the rows are to be scrolled to there, having been somewhere else.
    pub(super) is_moved: bool,
    /// Whether the keyboard's row is to be brought into sight.
    pub(super) shows_cursor: bool,
    /// The same, once the rows stand as they are to.
    pub(super) follows: bool,
}

impl Spot {
    /// A folder that nothing is known of yet.
    pub(super) fn new(path: RemotePath, sorting: Sorting) -> Self {
        Self {
            path: path.as_folder(),
            folder: Folder::new(sorting),
            filter: String::new(),
            stage: Stage::Connecting,
            number: 0,
            is_stale: false,
            wanted: None,
            found: None,
            is_by_link: false,
            weights: HashMap::new(),
            scroll: 0.0,
            is_moved: false,
            shows_cursor: false,
            follows: false,
        }
    }

    /// Names first to last.
    pub(super) const SORTING: Sorting = Sorting { column: Column::Name, is_descending: false };

    /// It is to be listed, again or for the first time. What stands there stays until the new comes.
    pub(super) fn begin(&mut self, number: u64) {
        self.number = number;
        self.stage = Stage::Connecting;
        self.is_stale = true;
        let cursor = self.folder.choice.cursor().and_then(|id| self.folder.item(id));
        self.wanted = cursor.map(|item| item.name().to_vec()).or(self.wanted.take());
    }

    /// The keyboard is to go to this name.
    pub(super) fn want(&mut self, name: &[u8]) {
        self.wanted = Some(name.to_vec());
    }

    /// Whether all of it is here.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        matches!(self.stage, Stage::Whole)
    }

    /// Whether nothing more comes before the person has answered: whom to trust, or who they are. What
    /// stands here from before gives way to that.
    #[must_use]
    pub fn asks(&self) -> bool {
        let Stage::Broken(failure) = &self.stage else { return false };
        failure.next_step() == NextStep::SignIn || Certificate::of(failure).is_some()
    }

    /// Whether more may come.
    #[must_use]
    pub fn is_loading(&self) -> bool {
        matches!(self.stage, Stage::Connecting | Stage::Reading)
    }

    pub(super) fn arrived(&mut self) {
        if matches!(self.stage, Stage::Connecting) {
            self.stage = Stage::Reading;
        }
    }

    pub(super) fn take(&mut self, items: Vec<Item>) {
        self.make_way();
        self.arrived();
        let first = self.folder.len();
        let wanted = self.wanted.as_deref();
        let found = wanted.and_then(|name| items.iter().position(|item| item.name() == name));
        self.folder.take(items);
        if let Some(id) = found.and_then(|at| ItemId::try_from(first + at).ok()) {
            self.found = Some(id);
        }
        self.settle();
    }

    /// Takes over what was done for it elsewhere. Whether there is still something to wait for.
    pub(super) fn settle(&mut self) -> bool {
        let is_arranging = self.folder.settle();
        if let Some(row) = self.found.and_then(|id| self.folder.row_of(id)) {
            self.go(row, Mode::Only);
            self.wanted = None;
            self.found = None;
        }
        if !is_arranging {
            self.shows_cursor |= std::mem::take(&mut self.follows);
        }
        is_arranging
    }

    /// What is from an earlier listing goes.
    fn make_way(&mut self) {
        if std::mem::take(&mut self.is_stale) {
            self.folder = Folder::new(self.folder.sorting());
            self.folder.set_filter(&self.filter);
            self.weights.clear();
            self.found = None;
        }
    }

    /// The listing is over.
    pub(super) fn end(&mut self, ended: Result<ListingEnd, Failure>) {
        match ended {
            Ok(end) => {
                self.make_way();
                if let Some(zone) = end.zone {
                    self.folder.correct(zone);
                }
                self.stage = Stage::Whole;
            }
            Err(failure) => self.stage = Stage::Broken(Box::new(failure)),
        }
    }

    /// Puts the keyboard into a row, and brings it into sight.
    pub(super) fn go(&mut self, row: usize, mode: Mode) {
        self.folder.go(row, mode);
        self.shows_cursor = true;
    }

    /// Lets go of what stands in it. It is listed again when somebody comes back.
    pub(super) fn forget(&mut self) {
        self.folder = Folder::new(self.folder.sorting());
        self.weights.clear();
        self.stage = Stage::Connecting;
    }
}
