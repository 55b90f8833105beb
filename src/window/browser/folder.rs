//! What stands in one folder, sorted and filtered. Knows no egui.
//!
//! A hundred thousand entries cost a picture nothing: which of them are shown, and in which order, is
//! worked out when something changes. What arrives is put where it belongs, and nothing is sorted anew.

use std::cmp::Ordering;

use super::choice::{Choice, Mode};
use super::filter::Filter;
use super::item::Item;
use crate::ftp::listing::{Kind, Zone};

/// What the rows are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    /// By name, as people count.
    Name,
    /// By length.
    Size,
    /// By the time of the last change.
    Modified,
}

/// How the rows are sorted. Folders stand before all else either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sorting {
    /// By which column.
    pub column: Column,
    /// Whether the last comes first.
    pub is_descending: bool,
}

/// Where an item stands among all of its folder, counted as they came. It never changes.
pub type ItemId = u32;

/// What stands in one folder.
#[derive(Debug)]
pub struct Folder {
    items: Vec<Item>,
    sorting: Sorting,
    /// All of them, sorted.
    sorted: Vec<ItemId>,
    filter: Filter,
    /// Those that the filter lets through, sorted. `None`: there is no filter.
    filtered: Option<Vec<ItemId>>,
    /// What the person has chosen.
    pub choice: Choice,
}

/// A sum over some items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum {
    /// How many are no folders.
    pub files: u64,
    /// How many are folders.
    pub folders: u64,
    /// The lengths of the files together, in bytes.
    pub bytes: u64,
}

impl Folder {
    /// An empty one.
    #[must_use]
    pub fn new(sorting: Sorting) -> Self {
        Self {
            items: Vec::new(),
            sorting,
            sorted: Vec::new(),
            filter: Filter::default(),
            filtered: None,
            choice: Choice::default(),
        }
    }

    /// Takes in items that have arrived, each at its place.
    pub fn take(&mut self, items: Vec<Item>) {
        let before = self.items.len();
        self.items.extend(items);
        let ids = |range: std::ops::Range<usize>| range.filter_map(|at| ItemId::try_from(at).ok());
        let mut new: Vec<ItemId> = ids(before..self.items.len()).collect();
        new.sort_unstable_by(|&a, &b| self.compare(a, b));
        let passing = self.filtered.as_ref().map(|_| self.passing(&new));
        self.sorted = self.merged(&self.sorted, &new);
        if let (Some(filtered), Some(passing)) = (&self.filtered, passing) {
            self.filtered = Some(self.merged(filtered, &passing));
        }
    }

    /// `old` and `new`, both sorted, together.
    fn merged(&self, old: &[ItemId], new: &[ItemId]) -> Vec<ItemId> {
        let mut all = Vec::with_capacity(old.len() + new.len());
        let mut rest = old;
        for &id in new {
            let at = rest.partition_point(|&other| self.compare(other, id) == Ordering::Less);
            let (before, after) = rest.split_at(at);
            all.extend_from_slice(before);
            all.push(id);
            rest = after;
        }
        all.extend_from_slice(rest);
        all
    }

    fn passing(&self, ids: &[ItemId]) -> Vec<ItemId> {
        let passes = |&id: &ItemId| self.item(id).is_some_and(|item| self.filter.passes(item));
        ids.iter().copied().filter(passes).collect()
    }

    fn compare(&self, a: ItemId, b: ItemId) -> Ordering {
        let (Some(x), Some(y)) = (self.item(a), self.item(b)) else { return a.cmp(&b) };
        let time = |item: &Item| item.modified.map(|modified| modified.time);
        let by_column = match self.sorting.column {
            Column::Name => x.by_name(y),
            Column::Size => x.size.cmp(&y.size),
            Column::Modified => time(x).cmp(&time(y)),
        };
        let by_column = if self.sorting.is_descending { by_column.reverse() } else { by_column };
        x.by_rank(y).then(by_column).then_with(|| x.by_name(y)).then(a.cmp(&b))
    }

    /// How the rows are sorted.
    #[must_use]
    pub fn sorting(&self) -> Sorting {
        self.sorting
    }

    /// Sorts the rows in another way.
    pub fn sort(&mut self, sorting: Sorting) {
        if self.sorting != sorting {
            self.sorting = sorting;
            self.sort_again();
        }
    }

    fn sort_again(&mut self) {
        let mut sorted = std::mem::take(&mut self.sorted);
        sorted.sort_unstable_by(|&a, &b| self.compare(a, b));
        self.sorted = sorted;
        self.filter_again();
    }

    /// Shows only what `text` finds; see `Filter`. What is not seen any more is not chosen either.
    pub fn set_filter(&mut self, text: &str) {
        let filter = Filter::new(text);
        if filter == self.filter {
            return;
        }
        let narrower = self.filtered.take().filter(|_| filter.is_narrower_than(&self.filter));
        self.filter = filter;
        self.filtered = match narrower {
            Some(filtered) => Some(self.passing(&filtered)),
            None => (!self.filter.is_empty()).then(|| self.passing(&self.sorted)),
        };
        if let Some(filtered) = &self.filtered {
            self.choice.keep_only(filtered);
        }
    }

    fn filter_again(&mut self) {
        self.filtered = (!self.filter.is_empty()).then(|| self.passing(&self.sorted));
    }

    /// Takes the server's time zone out of all times.
    pub fn correct(&mut self, zone: Zone) {
        for modified in self.items.iter_mut().filter_map(|item| item.modified.as_mut()) {
            *modified = modified.corrected(zone);
        }
        if self.sorting.column == Column::Modified {
            self.sort_again();
        }
    }

    /// One item.
    #[must_use]
    pub fn item(&self, id: ItemId) -> Option<&Item> {
        self.items.get(usize::try_from(id).ok()?)
    }

    /// How many there are, seen or not.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Those that are shown, from top to bottom.
    #[must_use]
    pub fn rows(&self) -> &[ItemId] {
        self.filtered.as_ref().unwrap_or(&self.sorted)
    }

    /// In which row an item stands, if it is shown.
    #[must_use]
    pub fn row_of(&self, id: ItemId) -> Option<usize> {
        self.rows().iter().position(|&other| other == id)
    }

    /// Goes to a row, and chooses as `mode` says.
    pub fn go(&mut self, row: usize, mode: Mode) {
        let rows = self.filtered.as_ref().unwrap_or(&self.sorted);
        self.choice.go(rows, row, mode);
    }

    /// Chooses all rows.
    pub fn choose_all(&mut self) {
        self.choice.all(self.filtered.as_ref().unwrap_or(&self.sorted));
    }

    /// What is chosen, from top to bottom.
    pub fn chosen(&self) -> impl Iterator<Item = (ItemId, &Item)> {
        let is_chosen = |id: &ItemId| self.choice.has(*id);
        let rows = self.rows().iter().copied().filter(is_chosen);
        rows.filter_map(|id| Some((id, self.item(id)?)))
    }

    /// Whether something is chosen that can be brought here.
    #[must_use]
    pub fn chosen_is_fetchable(&self) -> bool {
        self.choice.ids().filter_map(|id| self.item(id)).any(Item::can_be_fetched)
    }

    /// A sum over what is chosen.
    #[must_use]
    pub fn chosen_sum(&self) -> Sum {
        let items = self.choice.ids().filter_map(|id| self.item(id));
        items.fold(Sum::default(), Sum::with)
    }
}

impl Sum {
    fn with(mut self, item: &Item) -> Self {
        match item.kind {
            Kind::Dir => self.folders += 1,
            Kind::File | Kind::Link | Kind::Other => self.files += 1,
        }
        self.bytes = self.bytes.saturating_add(item.size.unwrap_or(0));
        self
    }
}
