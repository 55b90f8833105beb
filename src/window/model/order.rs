//! The order of the rows that wait.

use super::{Model, Way};
use crate::transfer::TransferId;
use crate::window::row::Group;

impl Model {
    /// Lets a waiting row change places with its neighbour. The two, in their new order.
    pub fn shift(&mut self, id: TransferId, way: Way) -> Option<[TransferId; 2]> {
        let waiting = self.places_of(Group::Waiting);
        let place = *self.places.get(&id)?;
        let at = waiting.iter().position(|&other| other == place)?;
        let other = match way {
            Way::Up => at.checked_sub(1)?,
            Way::Down => at + 1,
        };
        let other = *waiting.get(other)?;
        let [one, two] = self.rows.get_disjoint_mut([place, other]).ok()?;
        std::mem::swap(&mut one.turn, &mut two.turn);
        let (one, two) = (one.id, two.id);
        self.groups.take();
        Some(match way {
            Way::Up => [one, two],
            Way::Down => [two, one],
        })
    }
}
