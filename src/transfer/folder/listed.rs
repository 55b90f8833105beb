//! What one folder holds, as the server lists it: asked for again while that can help.

use std::ops::ControlFlow;
use std::sync::atomic::Ordering;

use super::super::failure::Failure;
use super::super::lists;
use super::super::news::{FileEnd, Voice};
use super::super::retry::Retry;
use super::super::trouble::Trouble;
use super::batch::Ahead;
use super::hand::{Hand, Met, Word};
use super::thing::Thing;
use crate::disk::{self, Pile};
use crate::ftp::listing::{Entry, Zone};
use crate::ftp::{self, Address, Session};
use crate::words;

/// So many bytes of names that are not UTF-8 are enough to guess what they are written in.
const ENOUGH: usize = 64 * 1024;

/// A folder's entries, as they came.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) things: Pile,
    /// Checksum files are among them.
    pub(super) has_sums: bool,
    /// Names like `a (2)` are among them.
    pub(super) has_numbered: bool,
    /// Names that are not UTF-8, as many as are of use.
    pub(super) old_names: Vec<Vec<u8>>,
    old_bytes: usize,
    /// The time zone of the server's clock, if it became known only later.
    pub(super) zone: Option<Zone>,
    /// The name in the last line, and whether that line had no end.
    last: Vec<u8>,
    is_open: bool,
    /// That line was cut off for certain.
    is_torn: bool,
    /// By what the folder is known again.
    pub(super) mark: Option<u64>,
}

impl Listed {
    fn take(&mut self, entry: Entry) -> Result<(), disk::Error> {
        self.has_sums |= lists::is_checksum_file(&entry.name);
        self.has_numbered |= entry.name.windows(2).any(|two| two == b" (");
        if self.old_bytes < ENOUGH && std::str::from_utf8(&entry.name).is_err() {
            self.old_bytes += entry.name.len();
            self.old_names.push(entry.name.clone());
        }
        self.last.clone_from(&entry.name);
        self.things.push(&Thing::listed(entry).pack())
    }

    /// The number and the name of the last line, if that has no end but may be whole.
    fn open_end(&self) -> Option<(usize, Vec<u8>)> {
        (self.is_open && !self.is_torn).then(|| (self.things.len(), self.last.clone()))
    }
}

impl Hand<'_> {
    /// Looks into a folder, again after a pause while that can help. `Some` if somebody else must.
    pub(super) fn look_patiently(&self, ahead: Ahead) -> Option<Ahead> {
        let mut retry = Retry::new(self.request.retries);
        let log = |line: ftp::Line| self.tell(Word::Line(line.into()));
        // Of listings that broke off, the longest; and how one ended that had no end.
        let (mut best, mut open) = (Listed::default(), None);
        loop {
            let mut listed = Listed::default();
            let trouble = match self.meet(&log) {
                Ok(Met::OneTooMany) => return Some(ahead),
                Ok(Met::Session(session)) => match self.list(*session, &ahead, &mut listed) {
                    Ok(()) => {
                        best = listed;
                        break;
                    }
                    Err(trouble) => trouble,
                },
                Err(error) => Trouble::Server(error),
            };
            // Some servers never end the last line. Who sends the same twice, and was never seen to end
            // one, is taken for one of them; to ask that is no try.
            let end = listed.open_end();
            let is_first = end.is_some() && open.is_none();
            let is_habit = end.is_some() && end == open && !self.work.ends.have_been_seen();
            open = end.or(open);
            if listed.things.len() >= best.things.len() {
                best = listed;
            }
            if is_habit {
                let what =
                    "the last line of its list has no end, and had none before: taken for whole";
                let voice = if self.work.ends.believe() { Voice::Warning } else { Voice::Story };
                self.say(voice, &format!("{}: {what}", ahead.path));
                self.doubt(&ahead, trouble, best.things.len() as u64);
                break;
            }
            if is_first {
                continue;
            }
            if let Err(failure) = self.rest_after(trouble, &mut retry, &ahead.path.to_string()) {
                let listed = best.things.len() as u64;
                self.lose_folder(&ahead.inside, &ahead.path, failure.of_part(listed));
                if listed == 0 {
                    return None;
                }
                break; // Of a listing that broke off, too, what came is worth fetching.
            }
        }
        if let Err(error) = self.sort_out(&ahead, best) {
            self.mourn(&ahead.inside, &ahead.path, error);
        }
        None
    }

    /// The list of a folder is taken for whole, unless the server ends others as it did not end this.
    fn doubt(&self, ahead: &Ahead, trouble: Trouble, listed: u64) {
        let Trouble::Server(error) = trouble else { return };
        let address = Address { path: ahead.path.clone(), ..self.request.address.clone() };
        let name = match ahead.inside.as_str() {
            "" => super::top_name(&address),
            inside => words::shown(&format!("{inside}/")),
        };
        let outcome = Err(Failure::of_server(self.access(), error, None).of_part(listed));
        self.tell(Word::Believed(Box::new(FileEnd { name, address, outcome })));
    }

    /// Everything in one folder. What came before an error is in `listed`.
    fn list(
        &self,
        mut session: Session<'_>,
        ahead: &Ahead,
        listed: &mut Listed,
    ) -> Result<(), Trouble> {
        let mut full = None;
        let ended = session.list(&ahead.path, &mut |entry| match listed.take(entry) {
            Ok(()) => {
                self.work.found.fetch_add(1, Ordering::Relaxed);
                ControlFlow::Continue(())
            }
            Err(error) => {
                full = Some(error);
                ControlFlow::Break(())
            }
        });
        let is_talking = ended.is_ok()
            || ended.as_ref().is_err_and(
                |error| matches!(error, ftp::Error::Refused { reply, .. } if reply.code != 421),
            );
        if is_talking {
            self.lane.park(session);
        }
        if !ended.as_ref().is_ok_and(|end| !end.is_open) {
            // It is asked for again, or is all that is known of this folder.
            self.work.found.fetch_sub(listed.things.len() as u64, Ordering::Relaxed);
        }
        if let Some(error) = full {
            return Err(Trouble::Disk(error));
        }
        let end = ended?;
        self.access().learn_time_offset(&end);
        listed.zone = end.zone;
        (listed.is_open, listed.is_torn, listed.mark) = (end.is_open, end.is_torn, end.mark);
        if end.is_open {
            return Err(end.cut().into());
        }
        if end.entries > 0 {
            self.work.ends.saw_one();
        }
        Ok(())
    }
}
