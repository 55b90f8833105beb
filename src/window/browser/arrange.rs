//! Putting what stands in a folder in order. A hundred thousand entries take longer than a picture may,
//! so it can be done by another thread. Knows no egui.

use std::cmp::Ordering;
use std::sync::Arc;

use super::filter::Filter;
use super::folder::{Column, ItemId, Sorting};
use super::item::Item;
use crate::ftp::Encoding;

/// Items in the order in which they came. Clones share them and cost next to nothing.
#[derive(Debug, Clone, Default)]
pub(super) struct Items {
    batches: Vec<Arc<Vec<Item>>>,
    /// How many stand before each batch.
    before: Vec<usize>,
    len: usize,
}

impl Items {
    pub(super) fn push(&mut self, batch: Vec<Item>) {
        if !batch.is_empty() {
            self.before.push(self.len);
            self.len += batch.len();
            self.batches.push(Arc::new(batch));
        }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn get(&self, id: ItemId) -> Option<&Item> {
        let at = usize::try_from(id).ok()?;
        let batch = self.before.partition_point(|&before| before <= at).checked_sub(1)?;
        self.batches.get(batch)?.get(at - self.before.get(batch)?)
    }

    /// Those of `ids`, which go up: quicker than asking for each.
    pub(super) fn walk(&self, ids: impl Iterator<Item = ItemId>) -> impl Iterator<Item = &Item> {
        let mut batches = self.batches.iter();
        let (mut batch, mut before) = ([].as_slice(), 0);
        ids.filter_map(move |id| {
            let at = usize::try_from(id).ok()?;
            while at - before >= batch.len() {
                before += batch.len();
                batch = batches.next()?.as_slice();
            }
            batch.get(at - before)
        })
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Item> + Clone {
        self.batches.iter().flat_map(|batch| batch.iter())
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Item> {
        self.batches.iter_mut().flat_map(|batch| Arc::make_mut(batch).iter_mut())
    }

    /// The first of these are others now: as many as there are of those.
    pub(super) fn replace_first(&mut self, others: Self) {
        for (batch, other) in self.batches.iter_mut().zip(others.batches) {
            *batch = other;
        }
    }

    /// The same, with names read in another encoding. Batches where that changes nothing are shared.
    fn recoded(&self, encoding: Option<Encoding>) -> Self {
        let batches = self.batches.iter().map(|batch| {
            if !batch.iter().any(Item::is_encoded) {
                return Arc::clone(batch);
            }
            Arc::new(batch.iter().map(|item| item.recoded(encoding)).collect())
        });
        Self { batches: batches.collect(), before: self.before.clone(), len: self.len }
    }
}

/// How the items are to stand.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plan {
    pub(super) sorting: Sorting,
    pub(super) filter: Arc<Filter>,
    /// Which edition of the items this is for: names and times may be read in another way later.
    pub(super) edition: u32,
}

/// How the items stand.
#[derive(Debug)]
pub(super) struct Arranged {
    pub(super) plan: Plan,
    /// How many items there were: the first so many.
    pub(super) count: usize,
    /// All of them, sorted.
    pub(super) sorted: Vec<ItemId>,
    /// Those that the filter lets through, sorted. `None`: there is no filter.
    pub(super) filtered: Option<Vec<ItemId>>,
}

/// Everything that it takes to arrange items.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) items: Items,
    pub(super) before: Arc<Arranged>,
    pub(super) plan: Plan,
    /// Names are to be read in this encoding first.
    pub(super) recode: Option<Option<Encoding>>,
}

impl Job {
    /// Does it. With the items as they are read now, where that has changed.
    pub(super) fn done(self) -> (Arranged, Option<Items>) {
        let Self { mut items, before, plan, recode } = self;
        if let Some(encoding) = recode {
            items = items.recoded(encoding);
        }
        let all: Vec<&Item> = items.iter().collect();
        let is_sorted_so = before.plan.sorting == plan.sorting
            && before.plan.edition == plan.edition
            && before.count == all.len();
        let mut sorted = before.sorted.clone();
        if !is_sorted_so {
            sorted.extend((before.count..all.len()).filter_map(|at| ItemId::try_from(at).ok()));
            // What stood in order before still does, mostly: this sort is quick with that.
            sorted.sort_by(|&a, &b| compare(&all, plan.sorting, a, b));
        }
        let passes = |id: &ItemId| get(&all, *id).is_some_and(|item| plan.filter.passes(item));
        let narrower = before
            .filtered
            .as_ref()
            .filter(|_| is_sorted_so && plan.filter.is_narrower_than(&before.plan.filter));
        let filtered = (!plan.filter.is_empty()).then(|| {
            narrower.unwrap_or(&sorted).iter().copied().filter(passes).collect::<Vec<_>>()
        });
        let arranged = Arranged { count: all.len(), plan: plan.clone(), sorted, filtered };
        (arranged, recode.map(|_| items))
    }
}

fn get<'i>(all: &[&'i Item], id: ItemId) -> Option<&'i Item> {
    all.get(usize::try_from(id).ok()?).copied()
}

fn compare(all: &[&Item], sorting: Sorting, a: ItemId, b: ItemId) -> Ordering {
    let (Some(x), Some(y)) = (get(all, a), get(all, b)) else { return a.cmp(&b) };
    let time = |item: &Item| item.modified.map(|modified| modified.time);
    let by_column = match sorting.column {
        Column::Name => x.by_name(y),
        Column::Size => x.size.cmp(&y.size),
        Column::Modified => time(x).cmp(&time(y)),
    };
    let by_column = if sorting.is_descending { by_column.reverse() } else { by_column };
    x.by_rank(y).then(by_column).then_with(|| x.by_name(y)).then(a.cmp(&b))
}
