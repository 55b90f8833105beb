//! A visit to a server: what somebody looks at there, asked for in one conversation.

use std::ops::ControlFlow;

use super::failure::Failure;
use super::request::Access;
use crate::ftp::listing::{Entry, ListingEnd};
use crate::ftp::{self, Encoding, Limits, RemotePath, Session};

/// A visit to a server. Its conversation is kept from one question to the next, and begun anew when
/// the server has grown tired of waiting.
pub struct Visit<'a> {
    access: Access<'a>,
    limits: &'a Limits,
    log: &'a dyn Fn(ftp::Line),
    session: Option<Session<'a>>,
    /// The conversation has answered other questions before.
    has_rested: bool,
    /// It may stand by where downloads find it.
    stands_by: bool,
    /// Commands that travelled together have made the server stumble.
    is_step_by_step: bool,
}

/// The beginning of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peek {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Whether that is all of it.
    pub is_whole: bool,
}

impl std::fmt::Debug for Visit<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Visit").field("session", &self.session).finish_non_exhaustive()
    }
}

impl<'a> Visit<'a> {
    /// Asks nothing yet. Of the address in `access` only the server and the login count; `log` hears
    /// every line of the conversation.
    #[must_use]
    pub fn new(access: Access<'a>, limits: &'a Limits, log: &'a dyn Fn(ftp::Line)) -> Self {
        let (has_rested, stands_by, is_step_by_step) = (false, false, false);
        Self { access, limits, log, session: None, has_rested, stands_by, is_step_by_step }
    }

    /// Connects and signs in, if that has not been done. Whether the conversation is secret.
    ///
    /// # Errors
    ///
    /// [`Failure::Server`] and [`Failure::Stopped`].
    pub fn arrive(&mut self) -> Result<bool, Failure> {
        let arrived = self.session().map(|session| session.is_secure());
        arrived.map_err(|error| self.failure(error))
    }

    /// What the server's names are written in where they are not UTF-8; see [`Access::encoding`].
    pub fn encoding<'n>(&self, names: impl Iterator<Item = &'n [u8]> + Clone) -> Option<Encoding> {
        self.access.encoding(names)
    }

    /// Whether there is a conversation that a question would go on with.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.session.is_some()
    }

    /// Nothing is asked for now. The conversation stands by, with a data port asked for already, for
    /// whoever comes first: the next question, or a download.
    pub fn stand_by(&mut self) {
        let Some(mut session) = self.session.take() else { return };
        if session.get_ready().is_ok() {
            self.access.commons.lanes.offer(self.access, session);
            self.stands_by = true;
        }
    }

    /// Lists the folder at `path`. Blocks until the server called the listing complete.
    ///
    /// `handed` gets each entry as soon as it has arrived, and may break off. See [`Session::list`]
    /// for what the end says about the times of the entries.
    ///
    /// # Errors
    ///
    /// [`Failure::Server`] and [`Failure::Stopped`]. What was handed on until then is not all.
    pub fn list(
        &mut self,
        path: &RemotePath,
        handed: &mut dyn FnMut(Entry) -> ControlFlow<()>,
    ) -> Result<ListingEnd, Failure> {
        let (mut count, mut last) = (0, Vec::new());
        let mut noticed = |entry: Entry| {
            count += 1;
            last.clone_from(&entry.name);
            handed(entry)
        };
        let mut ended = self.ask(|session| session.list(path, &mut noticed));
        if let Err(error) = &ended
            && count == 0
            && self.is_worth_another(error)
        {
            ended = self.ask(|session| {
                session.list(path, &mut |entry| {
                    count += 1;
                    last.clone_from(&entry.name);
                    handed(entry)
                })
            });
        }
        if let Ok(end) = &ended {
            self.access.learn_time_offset(end);
            if end.is_open && (end.is_torn || !self.ends_so_again(path, end, &last)) {
                ended = Err(end.cut());
            }
        }
        ended.map_err(|error| self.failure(error).of_part(count))
    }

    /// Whether the list of the folder at `path`, asked for once more, ends with `last`, too: some servers
    /// never end the last line.
    fn ends_so_again(&mut self, path: &RemotePath, end: &ListingEnd, last: &[u8]) -> bool {
        let mut name = Vec::new();
        let again = self.ask(|session| {
            session.list(path, &mut |entry| {
                name = entry.name;
                ControlFlow::Continue(())
            })
        });
        again.is_ok_and(|again| again.entries == end.entries && name == last)
    }

    /// Fetches the first `most` bytes of the file at `path`, or all if it is shorter.
    ///
    /// Servers have many answers to a data connection that is closed early, and some have none
    /// (Pure-FTPd says `150`): the conversation ends with it.
    ///
    /// # Errors
    ///
    /// [`Failure::Server`] and [`Failure::Stopped`].
    pub fn peek(&mut self, path: &RemotePath, most: usize) -> Result<Peek, Failure> {
        let mut peeked = self.ask(|session| beginning(session, path, most));
        if let Err(error) = &peeked
            && self.is_worth_another(error)
        {
            peeked = self.ask(|session| beginning(session, path, most));
        }
        if peeked.as_ref().is_ok_and(|peek| !peek.is_whole) {
            self.leave();
        }
        peeked.map_err(|error| self.failure(error))
    }

    /// Says goodbye. The next question begins a new conversation.
    pub fn leave(&mut self) {
        if let Some(session) = self.session.take().or_else(|| self.resting()) {
            session.quit();
        }
    }

    /// Asks, and lets go of a conversation that is of no more use.
    fn ask<R>(
        &mut self,
        question: impl FnOnce(&mut Session<'a>) -> Result<R, ftp::Error>,
    ) -> Result<R, ftp::Error> {
        let way = self.access.usual_way();
        let answer = self.session().and_then(question);
        match &answer {
            Ok(_) => self.access.learn_data_came(way.is_active),
            Err(ftp::Error::Refused { reply, .. }) if reply.code != 421 => {}
            Err(_) => self.session = None,
        }
        answer
    }

    /// Whether the same question is worth asking again at once: the server was tired of an old
    /// conversation, or what was learnt about it has led astray.
    fn is_worth_another(&mut self, error: &ftp::Error) -> bool {
        let is_tired = self.has_rested && !self.is_there();
        let has_stumbled = matches!(error, ftp::Error::Stumbled { .. })
            && !std::mem::replace(&mut self.is_step_by_step, true);
        let is_worth = self.access.learn_no_data(error) || is_tired || has_stumbled;
        is_worth && !self.limits.stop.is_given()
    }

    /// The conversation that stands by, if nobody has needed it meanwhile.
    fn resting(&mut self) -> Option<Session<'a>> {
        if !std::mem::take(&mut self.stands_by) {
            return None;
        }
        self.access.commons.lanes.take_up(self.access, self.limits, self.log)
    }

    fn session(&mut self) -> Result<&mut Session<'a>, ftp::Error> {
        let known = self.session.take().or_else(|| self.resting());
        self.has_rested = known.is_some();
        let mut session = match known {
            Some(session) => session,
            None => self.access.meet(self.limits, self.log)?,
        };
        if self.is_step_by_step {
            session.slow_down();
        }
        Ok(self.session.insert(session))
    }

    fn failure(&self, error: ftp::Error) -> Failure {
        Failure::of_server(self.access, error, None)
    }
}

fn beginning(
    session: &mut Session<'_>,
    path: &RemotePath,
    most: usize,
) -> Result<Peek, ftp::Error> {
    let file = session.locate(path)?;
    let mut data = session.retrieve(&file, 0)?;
    let mut bytes = Vec::new();
    let mut block = vec![0; 16 * 1024];
    while bytes.len() <= most {
        match data.poll(&mut block)? {
            Some(0) => {
                drop(data);
                session.finish()?;
                return Ok(Peek { bytes, is_whole: true });
            }
            Some(count) => bytes.extend(block.iter().take(count)),
            None => {}
        }
    }
    bytes.truncate(most);
    Ok(Peek { bytes, is_whole: false })
}
