//! What is chosen of the rows, by mouse or keyboard, as in every list of files. Knows no egui.

use std::collections::HashSet;

use super::folder::ItemId;

/// How a click or a key changes what is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// This one, and nothing else.
    Only,
    /// This one too, or not any more (Ctrl).
    Toggle,
    /// All from the anchor to this one (Shift).
    Range,
    /// Only go there (Ctrl and an arrow).
    Move,
}

/// What is chosen, and where the keyboard is.
#[derive(Debug, Default)]
pub struct Choice {
    chosen: HashSet<ItemId>,
    /// Where the keyboard is.
    cursor: Option<ItemId>,
    /// Where a range begins.
    anchor: Option<ItemId>,
}

impl Choice {
    /// Goes to the row `at` of `rows`, and chooses as `mode` says.
    pub fn go(&mut self, rows: &[ItemId], at: usize, mode: Mode) {
        let Some(&id) = rows.get(at) else { return };
        match mode {
            Mode::Only => {
                self.chosen.clear();
                self.chosen.insert(id);
            }
            Mode::Toggle => {
                if !self.chosen.remove(&id) {
                    self.chosen.insert(id);
                }
            }
            Mode::Range => {
                let anchor = self.anchor.and_then(|anchor| rows.iter().position(|&x| x == anchor));
                let anchor = anchor.unwrap_or(at);
                let range = rows.get(anchor.min(at)..=anchor.max(at)).unwrap_or_default();
                self.chosen = range.iter().copied().collect();
                self.anchor = rows.get(anchor).copied();
            }
            Mode::Move => {}
        }
        self.cursor = Some(id);
        if matches!(mode, Mode::Only | Mode::Toggle) {
            self.anchor = Some(id);
        }
    }

    /// Chooses all of `rows`.
    pub fn all(&mut self, rows: &[ItemId]) {
        self.chosen = rows.iter().copied().collect();
        self.cursor = self.cursor.or(rows.first().copied());
    }

    /// Chooses nothing.
    pub fn clear(&mut self) {
        self.chosen.clear();
    }

    /// Lets go of all that is not among `rows`.
    pub(super) fn keep_only(&mut self, rows: &[ItemId]) {
        let is_left = |id: &ItemId| rows.contains(id);
        if !self.chosen.is_empty() {
            let rows: HashSet<_> = rows.iter().copied().collect();
            self.chosen.retain(|id| rows.contains(id));
        }
        self.cursor = self.cursor.filter(is_left);
        self.anchor = self.anchor.filter(is_left);
    }

    /// Whether an item is chosen.
    #[must_use]
    pub fn has(&self, id: ItemId) -> bool {
        self.chosen.contains(&id)
    }

    /// How many are chosen.
    #[must_use]
    pub fn len(&self) -> usize {
        self.chosen.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.chosen.is_empty()
    }

    /// Where the keyboard is.
    #[must_use]
    pub fn cursor(&self) -> Option<ItemId> {
        self.cursor
    }

    /// The chosen ones, in no order.
    pub(super) fn ids(&self) -> impl Iterator<Item = ItemId> {
        self.chosen.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(choice: &Choice) -> Vec<ItemId> {
        let mut ids: Vec<_> = choice.ids().collect();
        ids.sort_unstable();
        ids
    }

    #[test]
    fn clicks_choose_as_they_do_in_every_list_of_files() {
        let rows = [10, 11, 12, 13, 14];
        let mut choice = Choice::default();
        choice.go(&rows, 1, Mode::Only);
        choice.go(&rows, 3, Mode::Range);
        assert_eq!(chosen(&choice), [11, 12, 13]);
        choice.go(&rows, 0, Mode::Range);
        assert_eq!(chosen(&choice), [10, 11], "a range turns around its anchor");
        choice.go(&rows, 4, Mode::Toggle);
        choice.go(&rows, 0, Mode::Toggle);
        assert_eq!(chosen(&choice), [11, 14]);
        choice.go(&rows, 2, Mode::Move);
        assert_eq!((chosen(&choice), choice.cursor()), (vec![11, 14], Some(12)));
        choice.keep_only(&[14]);
        assert_eq!((chosen(&choice), choice.cursor()), (vec![14], None));
        choice.go(&rows, 2, Mode::Only);
        assert_eq!(chosen(&choice), [12]);
    }
}
