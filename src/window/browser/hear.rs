//! What the errands bring back.

use super::Browser;
use super::errands::Sight;
use super::peek::Peeked;
use super::spot::{Spot, Weighing};
use crate::transfer::Line;

impl Browser {
    /// Takes in what was found. A line for the log is handed back.
    pub fn hear(&mut self, sight: Sight) -> Option<Line> {
        match sight {
            Sight::Line(line) => return Some(line),
            Sight::Arrived(number, is_secret) => {
                if let Some(spot) = self.listed(number) {
                    spot.arrived();
                    self.is_secret = Some(is_secret);
                }
            }
            Sight::Items(number, mut items, encoding) => {
                // They were on their way when the person chose.
                let chosen = self.encoding.filter(|_| self.is_encoding_chosen);
                if chosen.is_some() && chosen != encoding {
                    items = items.iter().map(|item| item.recoded(chosen)).collect();
                }
                if let Some(spot) = self.listed(number) {
                    spot.take(items);
                    self.encoding = chosen.or(encoding).or(self.encoding);
                }
            }
            Sight::Listed(number, ended) => {
                if let Some(spot) = self.listed(number) {
                    spot.end(ended);
                    let asks = spot.asks();
                    self.is_secret = self.is_secret.filter(|_| !asks);
                    self.wants_fields = asks;
                }
            }
            Sight::Peeked(number, peeked) => {
                if let Some(peek) = self.peek.as_mut().filter(|peek| peek.number == number) {
                    peek.take(peeked);
                }
            }
            Sight::Weighed(number, id, weight, is_end) => {
                let spot = Some(&mut self.spot).filter(|spot| spot.number == number);
                let weighing = spot.and_then(|spot| spot.weights.get_mut(&id));
                if let Some(weighing) = weighing {
                    *weighing = match weight {
                        Ok(weight) if is_end => Weighing::Done(weight),
                        Ok(weight) => Weighing::Running(weight),
                        Err(_) => Weighing::Failed,
                    };
                }
            }
            Sight::Shore(shore) => {
                if shore.folder == self.into {
                    self.shore = shore;
                }
            }
        }
        None
    }

    /// The folder that a listing with this number is about, if somebody still waits for it.
    fn listed(&mut self, number: u64) -> Option<&mut Spot> {
        Some(&mut self.spot).filter(|spot| spot.number == number && spot.is_loading())
    }

    /// What is known of the file that is peeked at.
    #[must_use]
    pub fn peeked(&self) -> Option<&Peeked> {
        self.peek.as_ref()
    }
}
