//! The order of the rows that wait.

use std::collections::HashSet;

use super::Model;
use crate::transfer::TransferId;
use crate::window::row::Group;

/// Where rows go among those that wait. They keep their order among themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Move {
    /// Each before the one above it, unless that goes as well.
    Up,
    /// Each behind the one below it, unless that goes as well.
    Down,
    /// All together before the one that has so many above it; behind all, if there are not as many.
    To(usize),
}

impl Model {
    /// Another number each time that rows have come or gone, or changed their groups or places.
    pub(in crate::window) fn version(&self) -> u64 {
        self.places_of(Group::Active); // Counts it.
        self.made.get()
    }

    /// Moves waiting rows; others among `ids` stay where they are. All that change places, in their new
    /// order. `None`: nothing moves.
    pub fn rearrange(&mut self, ids: &HashSet<TransferId>, way: Move) -> Option<Vec<TransferId>> {
        let before = self.places_of(Group::Waiting);
        let goes = |at: &usize| self.rows.get(*at).is_some_and(|row| ids.contains(&row.id));
        let mut after: Vec<_> = before.iter().map(|at| (*at, goes(at))).collect();
        match way {
            Move::Up => bubble(after.iter_mut()),
            Move::Down => bubble(after.iter_mut().rev()),
            Move::To(place) => {
                let (above, below) = after.split_at(place.min(after.len()));
                let stay =
                    |rows: &[(usize, bool)]| rows.iter().copied().filter(|row| !row.1).collect();
                let (above, below): (Vec<_>, Vec<_>) = (stay(above), stay(below));
                let moved = after.iter().copied().filter(|row| row.1);
                after = above.into_iter().chain(moved).chain(below).collect();
            }
        }
        let is_same = |(before, (after, _)): (&usize, &(usize, bool))| before == after;
        let pairs = || before.iter().zip(&after);
        let first = pairs().position(|pair| !is_same(pair))?;
        let last = pairs().rposition(|pair| !is_same(pair))?;
        let turn = |at: &usize| self.rows.get(*at).map(|row| row.turn);
        let turns: Vec<_> = before.get(first..=last)?.iter().filter_map(turn).collect();
        let mut moved = Vec::with_capacity(turns.len());
        for ((at, _), turn) in after.get(first..=last)?.iter().zip(turns) {
            let row = self.rows.get_mut(*at)?;
            row.turn = turn;
            moved.push(row.id);
        }
        self.groups.take();
        Some(moved)
    }
}

/// Lets each that goes change places with the one before it, unless that goes as well.
fn bubble<'a>(rows: impl Iterator<Item = &'a mut (usize, bool)>) {
    let mut before: Option<&mut (usize, bool)> = None;
    for row in rows {
        if let Some(before) = before.take_if(|before| row.1 && !before.1) {
            std::mem::swap(before, row);
        }
        before = Some(row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::{Destination, Event, News, Request};

    /// Five rows that wait; and between them one that does not.
    fn model() -> Model {
        let mut model = Model::new();
        for id in [1, 2, 9, 3, 4, 5] {
            let address = format!("ftp://h.example/{id}").parse().unwrap();
            model.add(TransferId(id), Request::new(address, Destination::Folder("/tmp".into())));
        }
        model.apply(Event { id: TransferId(9), news: News::Paused });
        model
    }

    /// Which rows are named in the end, and the order of all.
    fn after(ids: &[u64], way: Move) -> (Option<Vec<u64>>, Vec<u64>) {
        let mut model = model();
        let ids = ids.iter().copied().map(TransferId).collect();
        let moved = model.rearrange(&ids, way);
        let moved = moved.map(|ids| ids.into_iter().map(|id| id.0).collect());
        (moved, model.group(Group::Waiting).flatten().map(|row| row.id.0).collect())
    }

    #[test]
    fn rows_move_together_keep_their_order_and_never_pass_an_end() {
        for (ids, way, moved, all) in [
            (&[1][..], Move::To(3), vec![2, 3, 1], [2, 3, 1, 4, 5]),
            (&[5], Move::To(2), vec![5, 3, 4], [1, 2, 5, 3, 4]),
            (&[2], Move::To(99), vec![3, 4, 5, 2], [1, 3, 4, 5, 2]),
            (&[4, 2], Move::To(0), vec![2, 4, 1, 3], [2, 4, 1, 3, 5]),
            (&[5, 1], Move::To(3), vec![2, 3, 1, 5, 4], [2, 3, 1, 5, 4]),
            (&[2, 4], Move::To(3), vec![3, 2], [1, 3, 2, 4, 5]),
            (&[3], Move::Up, vec![3, 2], [1, 3, 2, 4, 5]),
            (&[3], Move::Down, vec![4, 3], [1, 2, 4, 3, 5]),
            (&[2, 3, 5], Move::Up, vec![2, 3, 1, 5, 4], [2, 3, 1, 5, 4]),
            (&[1, 3, 4], Move::Down, vec![2, 1, 5, 3, 4], [2, 1, 5, 3, 4]),
            (&[1, 2, 4], Move::Up, vec![4, 3], [1, 2, 4, 3, 5]),
        ] {
            assert_eq!(after(ids, way), (Some(moved), all.to_vec()), "{ids:?} {way:?}");
        }
    }

    #[test]
    fn what_does_not_wait_or_is_there_already_does_not_move() {
        for (ids, way) in [
            (&[1, 2][..], Move::Up),
            (&[4, 5], Move::Down),
            (&[2], Move::To(1)),
            (&[2], Move::To(2)),
            (&[2, 3], Move::To(2)),
            (&[9], Move::To(0)),
            (&[9], Move::Up),
            (&[], Move::Down),
            (&[1, 2, 3, 4, 5], Move::To(3)),
        ] {
            assert_eq!(after(ids, way), (None, vec![1, 2, 3, 4, 5]), "{ids:?} {way:?}");
        }
    }
}
