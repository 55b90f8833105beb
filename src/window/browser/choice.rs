//! What is chosen of the rows, by mouse or keyboard, as in every list of files. Knows no egui.

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

/// Some items of a folder. A hundred thousand are as quickly chosen as one.
#[derive(Debug, Default)]
struct Set {
    /// One bit for each item.
    bits: Vec<u64>,
    len: usize,
}

/// The word of an item's bit, and the bit in it.
fn bit(id: ItemId) -> (usize, u64) {
    (usize::try_from(id / 64).unwrap_or(usize::MAX), 1 << (id % 64))
}

impl Set {
    fn of(ids: &[ItemId]) -> Self {
        let words = ids.iter().max().map_or(0, |&last| bit(last).0.saturating_add(1));
        let mut set = Self { bits: vec![0; words], len: ids.len() };
        for &id in ids {
            let (word, bit) = bit(id);
            if let Some(word) = set.bits.get_mut(word) {
                *word |= bit;
            }
        }
        set
    }

    fn has(&self, id: ItemId) -> bool {
        let (word, bit) = bit(id);
        self.bits.get(word).is_some_and(|word| word & bit != 0)
    }

    fn toggle(&mut self, id: ItemId) {
        let (word, bit) = bit(id);
        if self.bits.len() <= word {
            self.bits.resize(word + 1, 0);
        }
        if let Some(word) = self.bits.get_mut(word) {
            *word ^= bit;
            self.len = if *word & bit == 0 { self.len - 1 } else { self.len + 1 };
        }
    }

    fn keep_only(&mut self, other: &Self) {
        self.bits.truncate(other.bits.len());
        self.bits.iter_mut().zip(&other.bits).for_each(|(word, other)| *word &= other);
        self.len = self.bits.iter().map(|word| word.count_ones() as usize).sum();
    }

    /// From the first of the folder to its last.
    fn iter(&self) -> impl Iterator<Item = ItemId> {
        let words = (0..).step_by(64).zip(self.bits.iter().copied());
        words.filter(|(_, word)| *word != 0).flat_map(|(first, word): (ItemId, u64)| {
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| first + bit)
        })
    }
}

/// What is chosen, and where the keyboard is.
#[derive(Debug, Default)]
pub struct Choice {
    chosen: Set,
    /// Where the keyboard is.
    cursor: Option<ItemId>,
    /// Where a range begins.
    anchor: Option<ItemId>,
    /// Another one whenever something else is chosen.
    edition: u64,
}

impl Choice {
    /// Goes to the row `at` of `rows`, and chooses as `mode` says.
    pub fn go(&mut self, rows: &[ItemId], at: usize, mode: Mode) {
        let Some(&id) = rows.get(at) else { return };
        self.edition += 1;
        match mode {
            Mode::Only => self.chosen = Set::of(&[id]),
            Mode::Toggle => self.chosen.toggle(id),
            Mode::Range => {
                let anchor = self.anchor.and_then(|anchor| rows.iter().position(|&x| x == anchor));
                let anchor = anchor.unwrap_or(at);
                let range = rows.get(anchor.min(at)..=anchor.max(at)).unwrap_or_default();
                self.chosen = Set::of(range);
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
        self.edition += 1;
        self.chosen = Set::of(rows);
        self.cursor = self.cursor.or(rows.first().copied());
    }

    /// Chooses nothing.
    pub fn clear(&mut self) {
        self.edition += 1;
        self.chosen = Set::default();
    }

    /// Lets go of all that is not among `rows`.
    pub(super) fn keep_only(&mut self, rows: &[ItemId]) {
        self.edition += 1;
        let left = Set::of(rows);
        let is_left = |id: &ItemId| left.has(*id);
        self.chosen.keep_only(&left);
        self.cursor = self.cursor.filter(is_left);
        self.anchor = self.anchor.filter(is_left);
    }

    /// Which choice this is; another one has another number.
    pub(super) fn edition(&self) -> u64 {
        self.edition
    }

    /// Whether an item is chosen.
    #[must_use]
    pub fn has(&self, id: ItemId) -> bool {
        self.chosen.has(id)
    }

    /// How many are chosen.
    #[must_use]
    pub fn len(&self) -> usize {
        self.chosen.len
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.chosen.len == 0
    }

    /// Where the keyboard is.
    #[must_use]
    pub fn cursor(&self) -> Option<ItemId> {
        self.cursor
    }

    /// The chosen ones, as they came.
    pub(super) fn ids(&self) -> impl Iterator<Item = ItemId> {
        self.chosen.iter()
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
