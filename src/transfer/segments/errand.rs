//! What the connections of a crew have in common, from the greeting up to the last look at the file.

use std::time::Duration;

use crate::ftp::{self, Error, Facts, Limits, Parked, RemoteFile, Session, Stop};
use crate::transfer::handle::Handle;
use crate::transfer::request::Access;
use crate::transfer::trouble::Trouble;

/// How long a conversation that has rested may take to answer. Some have died without a word.
const REST_PATIENCE: Duration = Duration::from_secs(2);

/// What every connection of a crew is there for.
#[derive(Debug, Clone)]
pub(super) struct Errand<'c> {
    pub(super) access: Access<'c>,
    pub(super) handle: &'c Handle,
    /// The longest silence.
    pub(super) patience: Duration,
    pub(super) remote: &'c RemoteFile,
    pub(super) size: u64,
    /// So many connections at most, with the one that comes to the help of a silent one.
    pub(super) most: usize,
    /// Ends all of them.
    pub(super) stop: Stop,
}

impl Errand<'_> {
    /// Connects and signs in.
    pub(super) fn open<'l>(
        &self,
        limits: &Limits,
        log: &'l dyn Fn(ftp::Line),
    ) -> Result<Session<'l>, Error> {
        self.access.meet_for(limits, log, Some(self.questions()))
    }

    /// Asks what must be known before the file can be sent: whether it is the same, first of all.
    pub(super) fn look(&self, session: &mut Session<'_>) -> Result<Facts, Error> {
        session.look_ahead(self.questions())?;
        session.look(self.remote)
    }

    fn questions(&self) -> ftp::Errand<'_> {
        ftp::Errand { path: &self.access.address.path, beside: &[] }
    }

    /// Nobody goes on with these conversations.
    pub(super) fn end(rested: Vec<Parked>, limits: &Limits, log: &dyn Fn(ftp::Line)) {
        rested.into_iter().filter_map(|it| it.take_up(limits, log)).for_each(Session::quit);
    }

    /// Several connections may have seen several files: size and time are asked for once more. Goes on
    /// with the conversation that was needed last, or with a new one.
    pub(super) fn look_again<'l>(
        &self,
        mut rested: Vec<Parked>,
        limits: &Limits,
        log: &'l dyn Fn(ftp::Line),
    ) -> Result<(Session<'l>, Facts), Trouble> {
        rested.sort_by_key(Parked::heard);
        let last = rested.pop();
        let brief = Limits { patience: limits.patience.min(REST_PATIENCE), ..limits.clone() };
        Self::end(rested, &brief, log);
        if let Some(mut session) = last.and_then(|it| it.take_up(&brief, log))
            && let Ok(facts) = session.look_again(self.remote)
            && let Some(session) = session.park().and_then(|it| it.take_up(limits, log))
        {
            return Ok((session, facts));
        }
        let mut session = self.open(limits, log).map_err(Trouble::Unfinished)?;
        let facts = self.look(&mut session).map_err(Trouble::Unfinished)?;
        Ok((session, facts))
    }
}
