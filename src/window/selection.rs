//! Which rows are chosen, by mouse or keyboard. Knows no egui.

use std::collections::BTreeSet;

use super::model::Model;
use super::row::Group;
use crate::transfer::TransferId;

/// How a row is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Choice {
    /// It alone.
    Alone,
    /// It as well, or not any more.
    Too,
    /// All from the one that was chosen last.
    Through,
}

/// Which rows are chosen.
#[derive(Debug, Default)]
pub struct Selection {
    chosen: BTreeSet<TransferId>,
    /// Where a range begins.
    anchor: Option<TransferId>,
    /// Another number each time that others are chosen.
    version: u64,
    /// The rows that are there were compared at this [version](Model::version) of them.
    kept: u64,
}

impl Selection {
    /// How many are chosen.
    #[must_use]
    pub fn len(&self) -> usize {
        self.chosen.len()
    }

    /// Whether none is chosen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.chosen.is_empty()
    }

    /// Whether this one is chosen.
    #[must_use]
    pub fn has(&self, id: TransferId) -> bool {
        self.chosen.contains(&id)
    }

    /// The chosen one, if it is the only one.
    #[must_use]
    pub fn only(&self) -> Option<TransferId> {
        self.chosen.first().copied().filter(|_| self.chosen.len() == 1)
    }

    /// All that are chosen, in the order in which they were ordered.
    pub fn ids(&self) -> impl Iterator<Item = TransferId> + '_ {
        self.chosen.iter().copied()
    }

    /// Another number each time that others are chosen.
    pub(super) fn version(&self) -> u64 {
        self.version
    }

    /// Chooses a row.
    pub fn choose(&mut self, id: TransferId, choice: Choice, model: &Model) {
        self.version += 1;
        match (choice, self.anchor) {
            (Choice::Too, _) => {
                if !self.chosen.remove(&id) {
                    self.chosen.insert(id);
                }
                self.anchor = Some(id);
            }
            (Choice::Through, Some(anchor)) if anchor != id => {
                let is_end = |other: TransferId| other == anchor || other == id;
                let all: Vec<_> = shown(model).collect();
                let first = all.iter().position(|other| is_end(*other));
                let last = all.iter().rposition(|other| is_end(*other));
                let range = first.zip(last).and_then(|(first, last)| all.get(first..=last));
                self.chosen = range.unwrap_or(&[id]).iter().copied().collect();
            }
            _ => {
                self.chosen = [id].into();
                self.anchor = Some(id);
            }
        }
    }

    /// Chooses the row that stands `places` below `from`, or above if that is negative; with all up to
    /// it, if it `extends`. Which one that is.
    pub fn step(
        &mut self,
        from: TransferId,
        places: isize,
        extends: bool,
        model: &Model,
    ) -> Option<TransferId> {
        let all: Vec<_> = shown(model).collect();
        let at = all.iter().position(|&id| id == from)?;
        let to = *all.get(at.checked_add_signed(places)?)?;
        if extends && self.anchor.is_none() {
            self.choose(from, Choice::Alone, model);
        }
        self.choose(to, if extends { Choice::Through } else { Choice::Alone }, model);
        Some(to)
    }

    /// Chooses all rows.
    pub fn all(&mut self, model: &Model) {
        self.version += 1;
        // In the order of the set, which is made of them faster then.
        self.chosen = model.rows().iter().map(|row| row.id).collect();
    }

    /// Chooses none.
    pub fn clear(&mut self) {
        *self = Self { version: self.version + 1, ..Self::default() };
    }

    /// Forgets rows that are not there any more.
    pub fn keep(&mut self, model: &Model) {
        if self.kept != model.version() {
            self.kept = model.version();
            self.chosen.retain(|id| model.row(*id).is_some());
        }
    }
}

/// All rows as they are shown, from the top.
fn shown(model: &Model) -> impl Iterator<Item = TransferId> + '_ {
    Group::ALL.into_iter().flat_map(|group| model.group(group).flatten().map(|row| row.id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::{Destination, Request};

    fn model() -> Model {
        let mut model = Model::new();
        for id in 1..=5 {
            let address = format!("ftp://h.example/{id}").parse().unwrap();
            model.add(TransferId(id), Request::new(address, Destination::Folder("/tmp".into())));
        }
        model
    }

    #[test]
    fn rows_are_chosen_alone_one_by_one_and_through() {
        let model = model();
        let mut selection = Selection::default();
        let mut after = |id, choice| {
            selection.choose(TransferId(id), choice, &model);
            selection.ids().map(|id| id.0).collect::<Vec<_>>()
        };
        assert_eq!(after(2, Choice::Through), [2]);
        assert_eq!(after(4, Choice::Through), [2, 3, 4]);
        assert_eq!(after(1, Choice::Through), [1, 2]);
        assert_eq!(after(5, Choice::Too), [1, 2, 5]);
        assert_eq!(after(1, Choice::Too), [2, 5]);
        assert_eq!(after(3, Choice::Alone), [3]);
        assert_eq!(selection.only(), Some(TransferId(3)));
        let mut step = |from, places, extends| {
            let to = selection.step(TransferId(from), places, extends, &model)?;
            Some((to.0, selection.ids().map(|id| id.0).collect::<Vec<_>>()))
        };
        assert_eq!(step(3, 1, true), Some((4, vec![3, 4])));
        assert_eq!(step(4, 1, true), Some((5, vec![3, 4, 5])));
        assert_eq!(step(5, 1, true), None, "there is an end");
        assert_eq!(step(5, -1, false), Some((4, vec![4])));
    }
}
