//! Who gets the entries of a listing, and what became of them.

use std::ops::ControlFlow;

use super::fetch::MAX_ENTRIES;
use super::{Entry, Kind, ListingEnd, Modified, Precision, Zone};
use crate::ftp::command::Command;
use crate::ftp::error::Error;

/// Who gets the entries, and what became of them.
pub(super) struct Catch<'h> {
    handed: &'h mut dyn FnMut(Entry) -> ControlFlow<()>,
    pub(super) entries: u64,
    is_enough: bool,
    pub(super) zone: Option<Zone>,
    /// The newest file whose time may tell the zone. The newest, because where summer time counts,
    /// it is the time of year that people look at.
    pub(super) sample: Option<(Vec<u8>, Modified)>,
    /// The way back, for a server that may hear of it before its last word.
    pub(super) back: Option<Command>,
    /// The last line has no end.
    pub(super) is_open: bool,
    /// It was cut off before its name.
    pub(super) is_torn: bool,
    /// By what the folder is known again.
    pub(super) mark: Option<u64>,
    /// The first line that could not be read.
    pub(super) unread: Option<Vec<u8>>,
    /// The name of a folder that could not be entered, and what was listed under it: alone, that is
    /// the folder itself, and not what is in it.
    pub(super) itself: Option<(Vec<u8>, Option<Entry>)>,
}

impl<'h> Catch<'h> {
    pub(super) fn new(
        handed: &'h mut dyn FnMut(Entry) -> ControlFlow<()>,
        zone: Option<Zone>,
    ) -> Self {
        Self {
            handed,
            entries: 0,
            is_enough: false,
            zone,
            sample: None,
            back: None,
            is_open: false,
            is_torn: false,
            mark: None,
            unread: None,
            itself: None,
        }
    }

    pub(super) fn take(&mut self, entry: Entry) {
        if let Some((name, itself)) = &mut self.itself {
            if itself.is_none() && *name == entry.name {
                *itself = Some(entry);
                return;
            }
            let first = self.itself.take().and_then(|(_, itself)| itself);
            first.into_iter().for_each(|entry| self.hand_on(entry));
        }
        self.hand_on(entry);
    }

    fn hand_on(&mut self, mut entry: Entry) {
        if self.is_enough || self.entries == MAX_ENTRIES {
            self.is_enough = true;
            return;
        }
        if let Some(modified) = entry.modified.filter(|modified| !modified.is_utc) {
            let is_newer = self.sample.as_ref().is_none_or(|(_, old)| old.time < modified.time);
            if entry.kind == Kind::File && modified.precision != Precision::Day && is_newer {
                self.sample = Some((entry.name.clone(), modified));
            }
            entry.modified = Some(self.zone.map_or(modified, |zone| modified.corrected(zone)));
        }
        self.entries += 1;
        self.is_enough = (self.handed)(entry).is_break();
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        match self.is_enough {
            false => Ok(()),
            true if self.entries == MAX_ENTRIES => {
                Err(Error::TooLong { what: "the folder has more than 1,000,000 entries" })
            }
            true => Err(Error::Stopped),
        }
    }

    pub(super) fn end(&self, zone: Option<Zone>) -> ListingEnd {
        let Self { entries, is_open, is_torn, mark, .. } = *self;
        ListingEnd { entries, zone, is_open, is_torn, mark }
    }
}
