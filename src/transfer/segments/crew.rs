//! The connections that bring one file together: who is there, how each of them ended, and what came
//! of it.

mod muster;

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crossbeam_channel::Sender;

use super::board::{Board, Id, Setback};
use super::errand::Errand;
use crate::ftp::{self, Address, Error, Parked, Session, Stop};
use crate::transfer::doubt::Doubt;
use crate::transfer::growth::Growth;
use crate::transfer::handle::Handle;
use crate::transfer::lanes::Lane;
use crate::transfer::news::{Line, News, Voice};
use crate::transfer::trouble::Trouble;

/// How many connections in a row may come for nothing before no more are tried.
const MOST_FAILURES: u32 = 2;

/// The connections that bring one file together.
#[derive(Debug)]
pub(super) struct Crew<'c, 'f> {
    errand: Errand<'c>,
    begun: Instant,
    roll: Mutex<Roll>,
    /// Somebody has left or is about to end a transfer, or it is over.
    has_changed: Condvar,
    board: Mutex<Board<'f>>,
    news: Sender<News>,
}

/// Who is there, and how it stands.
#[derive(Debug)]
struct Roll {
    growth: Growth,
    /// Those who are at work, or on their way to it.
    members: BTreeMap<Id, Stop>,
    next: Id,
    /// Who is on the way to help a silent one.
    rescuer: Option<Id>,
    /// Who has the lane of the download itself.
    heir: Option<Id>,
    /// So many may be there at once.
    most: usize,
    /// How many in a row have come for nothing.
    failures: u32,
    /// The server has refused one more when there were so many.
    allowed: Option<usize>,
    /// What the connections bring does not fit together: no more of them.
    goes_alone: bool,
    trouble: Option<Trouble>,
    /// The server does not send the file any more. Whoever has it sent already goes on; nobody else asks.
    denial: Option<Trouble>,
    /// How many have nothing to do: their conversations can go on.
    idle: usize,
    /// How many hear the server's last word on a transfer: then theirs can go on.
    ending: usize,
    /// Conversations that can go on.
    rested: Vec<Parked>,
    /// The rights to those: they count until somebody has ended them.
    lanes: Vec<Lane>,
    is_over: bool,
}

/// What came of a crew.
#[derive(Debug)]
pub(super) struct Harvest {
    /// Why the file is not whole, if it is not.
    pub(super) trouble: Option<Trouble>,
    /// Conversations that can go on.
    pub(super) rested: Vec<Parked>,
    /// The rights to all of them but one.
    pub(super) lanes: Vec<Lane>,
    /// How many connections there were in the end.
    pub(super) wanted: usize,
    pub(super) goes_alone: bool,
    /// The server did not send the file to one of them.
    pub(super) is_denied: bool,
}

impl<'c, 'f> Crew<'c, 'f> {
    pub(super) fn new(
        errand: Errand<'c>,
        board: Board<'f>,
        growth: Growth,
        news: Sender<News>,
    ) -> Self {
        let roll = Roll {
            growth,
            members: BTreeMap::new(),
            next: 0,
            rescuer: None,
            heir: None,
            most: errand.most,
            failures: 0,
            allowed: None,
            goes_alone: false,
            trouble: None,
            denial: None,
            idle: 0,
            ending: 0,
            rested: Vec::new(),
            lanes: Vec::new(),
            is_over: false,
        };
        Self {
            errand,
            begun: Instant::now(),
            roll: Mutex::new(roll),
            has_changed: Condvar::new(),
            board: Mutex::new(board),
            news,
        }
    }

    pub(super) fn board(&self) -> MutexGuard<'_, Board<'f>> {
        // A thread that panicked ends the whole download.
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn roll(&self) -> MutexGuard<'_, Roll> {
        self.roll.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn size(&self) -> u64 {
        self.errand.size
    }

    pub(super) fn handle(&self) -> &Handle {
        self.errand.handle
    }

    pub(super) fn most(&self) -> usize {
        self.errand.most
    }

    /// Whether the rate limit, if there is one, leaves room for more than what comes.
    pub(super) fn has_room(&self) -> bool {
        self.errand.handle.commons.throttle.has_room_since(self.begun, Instant::now())
    }

    /// Whether the server does not send the file any more.
    pub(super) fn is_denied(&self) -> bool {
        self.roll().denial.is_some()
    }

    /// How many connections there are to be.
    pub(super) fn wanted(&self) -> usize {
        self.roll().growth.wanted()
    }

    pub(super) fn is_over(&self) -> bool {
        self.roll().is_over
    }

    /// Waits until somebody has left or it is over, `most` at the longest.
    pub(super) fn wait(&self, most: Duration) {
        drop(self.wait_with(self.roll(), most));
    }

    fn wait_with<'r>(&self, roll: MutexGuard<'r, Roll>, most: Duration) -> MutexGuard<'r, Roll> {
        if roll.is_over {
            return roll;
        }
        let woken = self.has_changed.wait_timeout(roll, most);
        woken.unwrap_or_else(PoisonError::into_inner).0
    }

    /// The same for a member that has nothing to do.
    pub(super) fn idle(&self, most: Duration) {
        let mut roll = self.roll();
        roll.idle += 1;
        self.wait_with(roll, most).idle -= 1;
    }

    /// The share of a member is whole: `hear` hears the server's last word on its transfer, so that the
    /// conversation can go on. `None`: there is no need to, since the file is whole, and somebody else
    /// can go on already. It is over then.
    pub(super) fn end<T>(&self, hear: impl FnOnce() -> T) -> Option<T> {
        let is_whole = self.board().is_whole();
        let mut roll = self.roll();
        let is_needed = !is_whole || roll.idle == 0;
        roll.is_over |= !is_needed;
        roll.ending += usize::from(is_needed);
        self.has_changed.notify_all();
        drop(roll);
        is_needed.then(|| {
            let heard = hear();
            self.roll().ending -= 1;
            heard
        })
    }

    /// A connection that is there already becomes a member.
    pub(super) fn enrol(&self, stop: Stop) -> Id {
        let mut roll = self.roll();
        let id = roll.next;
        roll.next += 1;
        roll.heir = Some(id);
        roll.members.insert(id, stop);
        id
    }

    /// A member has ended like this. Its conversation rests if it can go on, and says goodbye if not.
    pub(super) fn part(&self, session: Session<'_>, end: &Result<(), Setback>) {
        match end {
            Ok(()) => self.roll().rested.extend(session.park()),
            Err(_) => session.quit(),
        }
    }

    /// A member has ended.
    pub(super) fn leave(&self, id: Id, stop: &Stop, end: Result<(), Setback>) {
        let has_brought = self.board().leave(id);
        let mut roll = self.roll();
        roll.members.remove(&id);
        self.has_changed.notify_all();
        roll.rescuer = roll.rescuer.filter(|&rescuer| rescuer != id);
        roll.heir = roll.heir.filter(|&heir| heir != id);
        let is_dismissed = stop.is_given() && !self.errand.stop.is_given();
        let others = roll.members.len().max(1);
        match end {
            Ok(()) => {}
            Err(_) if is_dismissed => {}
            Err(Setback::Differs) => {
                if !std::mem::replace(&mut roll.goes_alone, true) {
                    self.tell(
                        Voice::Warning,
                        "What another connection brings does not fit, or cannot be told from the file's beginning. Going on without it",
                    );
                }
                roll.trouble = Some(Trouble::Doubt(Doubt::Changed));
            }
            Err(Setback::Trouble(trouble)) if is_denial(&trouble) => {
                if roll.denial.is_none() && self.board().is_sent() {
                    self.tell(
                        Voice::Warning,
                        "The server does not send the file to one more connection. Going on with those that have it",
                    );
                }
                roll.denial.get_or_insert(trouble);
            }
            Err(Setback::Trouble(trouble)) => {
                if is_objection(&trouble) {
                    // Those who still knock are counted, too: each will be let in, or be refused as well.
                    roll.growth.limit(others);
                    roll.most = others;
                    if says_too_many(&trouble) {
                        roll.allowed = Some(others);
                    }
                    if roll.members.is_empty() {
                        roll.failures = MOST_FAILURES; // To press on would only keep others out.
                    }
                    self.tell(Voice::Story, "The server allows no more connections than these");
                } else if has_brought {
                    roll.failures = 0;
                } else {
                    roll.failures += 1;
                }
                if roll.failures >= MOST_FAILURES {
                    roll.growth.limit(others);
                }
                // The disk, or a file without end, is everybody's trouble.
                roll.is_over |= matches!(
                    trouble,
                    Trouble::Disk(_) | Trouble::Doubt(Doubt::Long { is_endless: true, .. })
                );
                roll.trouble = Some(trouble);
            }
        }
    }

    fn tell(&self, voice: Voice, text: &str) {
        self.news.send(News::Line(Line::now(voice, text))).ok();
    }

    /// What came of it. Remembers how many connections the server allows.
    pub(super) fn harvest(self) -> Harvest {
        let is_whole = self.board().is_whole();
        let roll = self.roll.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(allowed) = roll.allowed {
            let Address { host, port, .. } = &self.errand.access.address;
            let allowed = u32::try_from(allowed).ok();
            // What cannot be written down is learnt again the next time.
            let learn = |known: &mut ftp::Known| known.most_connections = allowed;
            self.errand.access.commons.servers.learn(host, *port, learn).ok();
        }
        let silence = || Trouble::Server(Error::HungUp);
        Harvest {
            is_denied: roll.denial.is_some(),
            trouble: (!is_whole).then(|| roll.denial.or(roll.trouble).unwrap_or_else(silence)),
            rested: roll.rested,
            lanes: roll.lanes,
            wanted: roll.growth.wanted(),
            goes_alone: roll.goes_alone,
        }
    }
}

/// Whether the server has nothing against the file, but against one more connection.
fn is_objection(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Server(Error::Refused { reply, .. }) => {
            matches!(reply.code, 421 | 425 | 530) || reply.says_too_many()
        }
        _ => false,
    }
}

/// Whether the server does not send this file, to whomever.
fn is_denial(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Server(Error::Refused { command, reply }) => {
            command.starts_with("RETR ") && reply.code == 550 && !reply.says_too_many()
        }
        _ => false,
    }
}

fn says_too_many(trouble: &Trouble) -> bool {
    matches!(trouble, Trouble::Server(Error::Refused { reply, .. }) if reply.says_too_many())
}
