//! The way through the folders: on, back, up, and again.

use std::sync::Arc;

use super::errands::{Kind, Place};
use super::spot::{Spot, Weighing};
use super::{Browser, MOST_KEPT, Want};
use crate::ftp::{Address, Fingerprint, Login, RemotePath, Secret, Security};
use crate::transfer::{Failure, NextStep};

/// Which way through the folders that were visited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Turn {
    /// To where one was before; 0 is the last place.
    Back(usize),
    /// To where one came back from; 0 is the last place.
    Ahead(usize),
}

impl Browser {
    /// Goes to another folder.
    pub fn visit(&mut self, path: &RemotePath) {
        let path = path.as_folder();
        if path == self.spot.path {
            return;
        }
        let mut spot = Spot::new(path, self.spot.folder.sorting());
        if let Some(name) = step_towards(&spot.path, &self.spot.path) {
            // Nobody likes to search for the folder that they have just come out of.
            spot.want(&name);
        }
        self.leave_spot();
        self.back.push(std::mem::replace(&mut self.spot, spot));
        self.ahead.clear();
        self.forget_the_oldest();
        self.list();
    }

    /// Goes up by one.
    pub fn up(&mut self) {
        if let Some(parent) = self.spot.path.parent() {
            self.visit(&parent);
        }
    }

    /// Whether there is a way up from here.
    #[must_use]
    pub fn can_go_up(&self) -> bool {
        self.spot.path.parent().is_some()
    }

    /// Goes through the folders that were visited. A folder that was seen to its end is there at once,
    /// as it was.
    pub fn turn(&mut self, turn: Turn) {
        let (from, to, steps) = match turn {
            Turn::Back(steps) => (&mut self.back, &mut self.ahead, steps),
            Turn::Ahead(steps) => (&mut self.ahead, &mut self.back, steps),
        };
        if steps >= from.len() {
            return;
        }
        for _ in 0..=steps {
            if let Some(spot) = from.pop() {
                to.push(std::mem::replace(&mut self.spot, spot));
            }
        }
        self.leave_spot();
        self.spot.is_moved = true;
        if !self.spot.is_whole() {
            self.list();
        }
    }

    /// The folders that a turn would lead to, the nearest first.
    pub fn places(&self, is_back: bool) -> impl ExactSizeIterator<Item = &RemotePath> {
        let spots = if is_back { &self.back } else { &self.ahead };
        spots.iter().rev().map(|spot| &spot.path)
    }

    /// Lists the folder again.
    pub fn refresh(&mut self) {
        self.list();
        self.look_again();
    }

    /// Enough of this listing. What has come stays.
    pub fn stop_listing(&mut self) {
        self.stop(Kind::List);
        self.spot.end(Err(Failure::Stopped { kept: None }));
    }

    /// Signs in as somebody else, and tries again.
    pub fn sign_in(&mut self) {
        let user = self.user.trim().as_bytes().to_vec();
        let password = std::mem::take(&mut self.password);
        let user = Some(user).filter(|user| !user.is_empty());
        let password = (!password.is_empty()).then(|| Secret::new(password));
        let login = Login { user, password, account: None };
        if std::mem::take(&mut self.keeps) {
            self.wants.push(Want::Keep(Address { login: login.clone(), ..self.address().clone() }));
        }
        self.change(|place| place.address.login = login);
    }

    /// Believes a certificate, from now on or just now, and tries again.
    pub fn trust(&mut self, pin: Fingerprint, is_lasting: bool) {
        if is_lasting {
            self.wants.push(Want::Trust(pin));
        }
        self.change(|place| place.trust.pin = (!is_lasting).then_some(pin));
    }

    /// Does what a failure proposes, if that is another way to the server, and tries again.
    pub fn try_another_way(&mut self, step: NextStep) {
        self.change(|place| match step {
            NextStep::GoUnprotected => place.security = Security::Off,
            NextStep::TryActive => place.way.is_active = true,
            NextStep::TryPassive => place.way.is_active = false,
            _ => {}
        });
    }

    fn change(&mut self, change: impl FnOnce(&mut Place)) {
        change(Arc::make_mut(&mut self.place));
        self.list();
    }

    /// Nobody waits any more for what was asked about the folder that is left.
    pub(super) fn leave_spot(&mut self) {
        for spot in [Some(&mut self.spot), self.back.last_mut(), self.ahead.last_mut()] {
            let Some(spot) = spot else { continue };
            spot.weights.retain(|_, weighing| !matches!(weighing, Weighing::Running(_)));
        }
        self.stop(Kind::Weigh);
        if self.peek.take().is_some() {
            self.stop(Kind::Peek);
        }
        self.note = None;
        self.wants_rows = true;
    }

    /// Of the folders that were left, only so many entries are kept.
    fn forget_the_oldest(&mut self) {
        let mut kept = 0;
        for spot in self.back.iter_mut().rev() {
            kept += spot.folder.len();
            if kept > MOST_KEPT {
                spot.forget();
            }
        }
    }
}

/// The name in `above` of the folder that leads down to `below`.
fn step_towards(above: &RemotePath, below: &RemotePath) -> Option<Vec<u8>> {
    let mut step = below.clone();
    while let Some(parent) = step.parent() {
        if parent == *above {
            return step.name().map(<[u8]>::to_vec);
        }
        step = parent;
    }
    None
}
