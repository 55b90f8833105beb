//! What stands in one folder, sorted and filtered. Knows no egui.
//!
//! A hundred thousand entries cost a picture nothing: which of them are shown, and in which order, is
//! worked out when something changes, and where there are many by another thread (`arrange`). Until
//! it is done the rows stay as they are.

use std::cell::Cell;
use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Receiver, TryRecvError, bounded};

use super::arrange::{Arranged, Items, Job, Plan};
use super::choice::{Choice, Mode};
use super::filter::Filter;
use super::item::Item;
use crate::ftp::Encoding;
use crate::ftp::listing::{Kind, Zone};

/// So many items are arranged at once: that takes less than the picture itself.
const AT_ONCE: usize = 500;

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
    items: Items,
    plan: Plan,
    arranged: Arc<Arranged>,
    /// Where another thread hands over its work.
    at_work: Option<Receiver<Done>>,
    is_encoded: bool,
    /// The names are to be read in this encoding.
    recode: Option<Option<Encoding>>,
    /// What the person has chosen.
    pub choice: Choice,
    /// The sum over what is chosen, and of which choice.
    sum: Cell<Option<(u64, usize, Sum)>>,
}

type Done = (Arranged, Option<Items>);

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
        let plan = Plan { sorting, filter: Arc::default(), edition: 0 };
        let nothing = Arranged { plan: plan.clone(), count: 0, sorted: Vec::new(), filtered: None };
        Self {
            items: Items::default(),
            plan,
            arranged: Arc::new(nothing),
            at_work: None,
            is_encoded: false,
            recode: None,
            choice: Choice::default(),
            sum: Cell::default(),
        }
    }

    /// Takes in items that have arrived.
    pub fn take(&mut self, items: Vec<Item>) {
        self.is_encoded |= items.iter().any(Item::is_encoded);
        self.items.push(items);
        self.arrange();
    }

    /// Puts everything where it belongs now; at once, or by another thread.
    fn arrange(&mut self) {
        if self.at_work.is_some() {
            return; // When that is done, it is seen that it is not enough.
        }
        let job = Job {
            items: self.items.clone(),
            before: Arc::clone(&self.arranged),
            plan: self.plan.clone(),
            recode: self.recode.take(),
        };
        if self.items.len() <= AT_ONCE {
            self.adopt(job.done());
            return;
        }
        let (sender, receiver) = bounded(1);
        let thread = thread::Builder::new().name("ashore sorting".to_owned());
        // Whoever has left the folder meanwhile does not want it any more.
        let work = move || drop(sender.send(job.done()));
        // Without a thread the rows stay as they are, and the next change tries again.
        self.at_work = thread.spawn(work).ok().map(|_| receiver);
    }

    /// Takes over what another thread has done. Whether there is still something to wait for.
    pub fn settle(&mut self) -> bool {
        match self.at_work.as_ref().map(Receiver::try_recv) {
            Some(Ok(done)) => {
                self.at_work = None;
                self.adopt(done);
                let Arranged { plan, count, .. } = &*self.arranged;
                if *plan != self.plan || *count != self.items.len() {
                    self.arrange();
                }
            }
            Some(Err(TryRecvError::Disconnected)) => self.at_work = None,
            Some(Err(TryRecvError::Empty)) | None => {}
        }
        self.is_arranging()
    }

    fn adopt(&mut self, (arranged, items): Done) {
        if let Some(items) = items {
            self.items.replace_first(items);
        }
        self.arranged = Arc::new(arranged);
        // What is not seen any more is not chosen either.
        if let Some(filtered) = &self.arranged.filtered
            && self.arranged.plan.filter == self.plan.filter
        {
            self.choice.keep_only(filtered);
        }
    }

    /// Whether the rows will soon stand in another way.
    #[must_use]
    pub fn is_arranging(&self) -> bool {
        self.at_work.is_some()
    }

    /// How the rows are sorted, or will soon be.
    #[must_use]
    pub fn sorting(&self) -> Sorting {
        self.plan.sorting
    }

    /// Sorts the rows in another way.
    pub fn sort(&mut self, sorting: Sorting) {
        if self.plan.sorting != sorting {
            self.plan.sorting = sorting;
            self.arrange();
        }
    }

    /// Shows only what `text` finds; see `Filter`. What is not seen any more is not chosen either.
    pub fn set_filter(&mut self, text: &str) {
        let filter = Filter::new(text);
        if filter != *self.plan.filter {
            self.plan.filter = Arc::new(filter);
            self.arrange();
        }
    }

    /// Takes the server's time zone out of all times.
    pub fn correct(&mut self, zone: Zone) {
        for modified in self.items.iter_mut().filter_map(|item| item.modified.as_mut()) {
            *modified = modified.corrected(zone);
        }
        self.plan.edition += 1;
        self.arrange();
    }

    /// Reads all names that are not UTF-8 in another encoding.
    pub fn recode(&mut self, encoding: Option<Encoding>) {
        if !self.is_encoded {
            return;
        }
        self.recode = Some(encoding);
        self.plan.edition += 1;
        self.arrange();
    }

    /// Whether names in it are not UTF-8.
    #[must_use]
    pub fn is_encoded(&self) -> bool {
        self.is_encoded
    }

    /// One item.
    #[must_use]
    pub fn item(&self, id: ItemId) -> Option<&Item> {
        self.items.get(id)
    }

    /// The names of all, as the server knows them.
    pub fn names(&self) -> impl Iterator<Item = &[u8]> + Clone {
        self.items.iter().map(Item::name)
    }

    /// How many there are, seen or not.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.len() == 0
    }

    /// Those that are shown, from top to bottom.
    #[must_use]
    pub fn rows(&self) -> &[ItemId] {
        self.arranged.filtered.as_ref().unwrap_or(&self.arranged.sorted)
    }

    /// In which row an item stands, if it is shown.
    #[must_use]
    pub fn row_of(&self, id: ItemId) -> Option<usize> {
        self.rows().iter().position(|&other| other == id)
    }

    /// Goes to a row, and chooses as `mode` says.
    pub fn go(&mut self, row: usize, mode: Mode) {
        let arranged = &*self.arranged;
        let rows = arranged.filtered.as_ref().unwrap_or(&arranged.sorted);
        self.choice.go(rows, row, mode);
    }

    /// Chooses all rows.
    pub fn choose_all(&mut self) {
        let arranged = &*self.arranged;
        self.choice.all(arranged.filtered.as_ref().unwrap_or(&arranged.sorted));
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
        let now = (self.choice.edition(), self.items.len());
        if let Some((_, _, sum)) = self.sum.get().filter(|sum| (sum.0, sum.1) == now) {
            return sum;
        }
        let sum = self.items.walk(self.choice.ids()).fold(Sum::default(), Sum::with);
        self.sum.set(Some((now.0, now.1, sum)));
        sum
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
