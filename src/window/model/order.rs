//! The order of the rows that wait.

use super::Model;
use crate::transfer::TransferId;
use crate::window::row::Group;

impl Model {
    /// Moves a waiting row so many places down, or up if that is negative; at most to the end. All
    /// that change places, in their new order.
    pub fn move_by(&mut self, id: TransferId, places: isize) -> Option<Vec<TransferId>> {
        let waiting = self.places_of(Group::Waiting);
        let place = *self.places.get(&id)?;
        let at = waiting.iter().position(|&other| other == place)?;
        let to = at.saturating_add_signed(places).min(waiting.len() - 1);
        let mut moved = waiting.get(at.min(to)..=at.max(to))?.to_vec();
        let turn = |at: &usize| self.rows.get(*at).map(|row| row.turn);
        let turns: Vec<_> = moved.iter().filter_map(turn).collect();
        match to.cmp(&at) {
            std::cmp::Ordering::Less => moved.rotate_right(1),
            std::cmp::Ordering::Greater => moved.rotate_left(1),
            std::cmp::Ordering::Equal => return None,
        }
        let mut ids = Vec::new();
        for (at, turn) in moved.into_iter().zip(turns) {
            let row = self.rows.get_mut(at)?;
            row.turn = turn;
            ids.push(row.id);
        }
        self.groups.take();
        Some(ids)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::{Destination, Request};

    #[test]
    fn a_row_moves_over_many_others_and_never_past_the_end() {
        let mut model = Model::new();
        for id in 1..=5 {
            let address = format!("ftp://h.example/{id}").parse().unwrap();
            model.add(TransferId(id), Request::new(address, Destination::Folder("/tmp".into())));
        }
        let order = |model: &Model| -> Vec<u64> {
            model.group(Group::Waiting).flatten().map(|row| row.id.0).collect()
        };
        for (id, places, moved, all) in [
            (1, 2, vec![2, 3, 1], [2, 3, 1, 4, 5]),
            (5, -2, vec![5, 1, 4], [2, 3, 5, 1, 4]),
            (2, 99, vec![3, 5, 1, 4, 2], [3, 5, 1, 4, 2]),
            (2, -99, vec![2, 3, 5, 1, 4], [2, 3, 5, 1, 4]),
        ] {
            let ids = model.move_by(TransferId(id), places).unwrap();
            assert_eq!(ids.into_iter().map(|id| id.0).collect::<Vec<_>>(), moved);
            assert_eq!(order(&model), all);
        }
        assert_eq!(model.move_by(TransferId(2), -1), None);
        assert_eq!(model.move_by(TransferId(2), 0), None);
        assert_eq!(model.move_by(TransferId(9), 1), None);
    }
}
