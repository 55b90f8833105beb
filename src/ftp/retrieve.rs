//! Having a file sent: `REST`, `RETR`, the data connection, and the server's last word.

use std::time::Duration;

use super::active::Channel;
use super::command::Command;
use super::data::Data;
use super::error::{Awaiting, Error};
use super::facts;
use super::path::RemotePath;
use super::remote_file::RemoteFile;
use super::reply::{Kind, Reply};
use super::session::{Session, done};
use super::sluice::Leave;
use super::stream::Stream;
use super::together::{Pace, stumbled};

/// The longest wait for the server's last word once all data is here (product contract §2). A
/// server that has something to say says it at once; a lost word is found out by asking again.
pub(super) const FINAL_PATIENCE: Duration = Duration::from_secs(15);

/// The longest wait for a word about why the data broke off, or never came.
const REASON_PATIENCE: Duration = Duration::from_secs(2);

impl Session<'_> {
    /// Starts sending `file`, from byte `offset` on (`REST`, RFC 3659 §5, and `RETR`). A server that
    /// cannot resume may send it from its start instead: see [`Data::offset`].
    ///
    /// Read the returned [`Data`] to its end, drop it, then call [`Session::finish`].
    ///
    /// # Errors
    ///
    /// * [`Error::Refused`] with code 550 if there is no such file, or we may not read it.
    /// * [`Error::Refused`] for `REST` if `offset` is not 0 and the server cannot resume.
    /// * [`Error::NoDataConnection`] if the data connection could not be made.
    /// * [`Error::Stumbled`] if it must be spoken to step by step.
    pub fn retrieve(&mut self, file: &RemoteFile, offset: u64) -> Result<Data, Error> {
        self.early_final = None;
        let retr = Command::with("RETR", &file.argument)?;
        let rest = self.rest(offset)?;
        let leave = self.take_leave(file.facts.size.map(|size| size.saturating_sub(offset)));
        if self.pace == Pace::StepByStep || self.is_active {
            let channel = self.open_data()?;
            if let Some(rest) = rest {
                let reply = self.ask(&rest)?;
                self.take_offset(offset, reply)?;
            }
            return self.begin(leave, channel, &retr).map(|data| data.from(offset));
        }
        let commands: Vec<Command> = rest.iter().chain([&retr]).cloned().collect();
        let stream = self.open_at_once(&commands)?;
        if rest.is_none() {
            let reply = self.read_reply()?;
            return self.begun(leave, stream, &retr, reply);
        }
        self.catch_up()?;
        let reply = self.next_of_many(true)?;
        let resumed = self.take_offset(offset, reply);
        let reply = self.next_of_many(true)?;
        match (resumed, self.begun(leave, stream, &retr, reply)) {
            (Ok(()), data) => data.map(|data| data.from(offset)),
            (Err(_), Ok(from_start)) => Ok(from_start),
            (Err(refused), Err(_)) => Err(refused),
        }
    }

    /// What must be said before the next `RETR` for it to begin at byte `offset`. A `REST` is for one
    /// transfer (RFC 959 §4.1.3), but to libunftp it lasts when that was broken off or refused: then
    /// a file's start must be asked for in words as well. Listings need none of this: what a `REST`
    /// before one means is nowhere said.
    pub(super) fn rest(&mut self, offset: u64) -> Result<Option<Command>, Error> {
        self.has_offset |= offset > 0;
        let offset = offset.to_string();
        let rest = self.has_offset.then(|| Command::with("REST", offset.as_bytes()));
        Ok(rest.transpose()?)
    }

    /// Takes in the answer to a `REST` that named byte `offset`. To refuse to begin at the start is no
    /// refusal: who does not know `REST` begins there anyway.
    pub(super) fn take_offset(&mut self, offset: u64, reply: Reply) -> Result<(), Error> {
        let is_yes = matches!(reply.kind(), Kind::NeedsMore | Kind::Done);
        self.has_offset = offset > 0 && is_yes;
        match is_yes || offset == 0 {
            true => Ok(()),
            false => Err(Error::Refused { command: format!("REST {offset}"), reply }),
        }
    }

    /// Has the file at `path` sent from its start, and asks about it on the same way: of a conversation
    /// that [is ready](Session::is_ready) the first byte comes after two round trips.
    ///
    /// # Errors
    ///
    /// Those of [`Session::retrieve`].
    pub fn retrieve_at_once(&mut self, path: &RemotePath) -> Result<(RemoteFile, Data), Error> {
        let file = RemoteFile::at(path);
        let size = Command::with("SIZE", &file.argument)?;
        let questions = vec![size, Command::with("MDTM", &file.argument)?];
        self.ahead.retain(|(command, _)| !questions.contains(command));
        self.catch_up()?;
        self.say_all(&questions)?;
        self.awaited = questions.into();
        let data = self.retrieve(&file, 0)?;
        Ok((self.locate(path)?, data))
    }

    /// Starts the transfer that `command` asks for. What [`Session::retrieve`] says about [`Data`]
    /// holds here too, but the last word is [`Session::last_word`].
    pub(super) fn open(&mut self, command: &Command) -> Result<Data, Error> {
        self.early_final = None;
        let leave = self.take_leave(None);
        if self.pace != Pace::InOrder || self.is_active {
            let channel = self.open_data()?;
            return self.begin(leave, channel, command);
        }
        let stream = self.open_at_once(std::slice::from_ref(command))?;
        let reply = self.read_reply()?;
        self.begun(leave, stream, command, reply)
    }

    /// Makes a data connection in passive mode, with `commands` on their way beside it.
    fn open_at_once(&mut self, commands: &[Command]) -> Result<Stream, Error> {
        match self.connect_passively(commands) {
            Err(error @ Error::NoDataConnection { .. }) if self.is_transferring => {
                let reason = self.reason_for_no_data(commands.len());
                Err(reason.unwrap_or_else(|| stumbled(error)))
            }
            made => self.secured(made?),
        }
    }

    pub(super) fn begin(
        &mut self,
        leave: Option<Leave>,
        channel: Channel,
        command: &Command,
    ) -> Result<Data, Error> {
        self.say(command)?;
        self.is_transferring = true;
        let (stream, reply) = match channel {
            // Not before the command: no server answers this handshake until it has something to send.
            Channel::Made(stream) => (self.secured(stream)?, self.read_reply()?),
            Channel::Awaited(listener) => self.meet(&listener, command)?,
        };
        self.begun(leave, stream, command, reply)
    }

    /// A data connection, as secret as this conversation.
    pub(super) fn secured(&self, stream: Stream) -> Result<Stream, Error> {
        match &self.tls {
            Some(tls) => {
                // The handshake ends with three short words: none is to wait for the others' arrival.
                stream.socket().set_nodelay(true).map_err(Error::Cut)?;
                stream.begin_tls(tls)
            }
            None => Ok(stream),
        }
    }

    /// What the first answer to `command` means for the data.
    fn begun(
        &mut self,
        leave: Option<Leave>,
        stream: Stream,
        command: &Command,
        reply: Reply,
    ) -> Result<Data, Error> {
        let announced = facts::size_in_preliminary(&reply.text());
        match reply.kind() {
            Kind::Begun => {}
            Kind::Done => self.early_final = Some(reply),
            Kind::NeedsMore | Kind::TryLater | Kind::Refused => {
                self.is_transferring = false;
                return Err(Error::Refused { command: command.to_string(), reply });
            }
        }
        let hold = self.hold_on(leave, &stream, announced);
        Ok(Data::new(stream, announced, hold))
    }

    /// Whether the last word on the transfer came before its data.
    pub(super) fn has_final(&self) -> bool {
        self.early_final.is_some()
    }

    /// Waits for the server's last word on the transfer (`226` or `250`).
    ///
    /// This reply alone decides whether the file is whole (RFC 959 §5.4): a connection that was
    /// cut looks just like one that ended, so a file without this reply is not to be trusted.
    ///
    /// # Errors
    ///
    /// * [`Error::Refused`] with code 426 or 451 if the server gave up half-way.
    /// * [`Error::Silent`] if it says nothing for 15 s.
    pub fn finish(&mut self) -> Result<(), Error> {
        self.last_word("RETR", FINAL_PATIENCE)
    }

    /// The data broke off after so many new bytes: does the server say why? Not waited for long, since it
    /// may be gone too; and where all went well until then, it most likely is.
    pub fn reason(&mut self, brought: u64) -> Option<Error> {
        let most = match brought {
            0 => REASON_PATIENCE,
            _ => self.patience_after_a_cut(REASON_PATIENCE),
        };
        self.last_word("RETR", most).err().filter(Error::is_refusal)
    }

    /// The data connection could not be made, and so many commands await their answers. Does one of
    /// them say why? That the server cannot make it either is no reason.
    fn reason_for_no_data(&mut self, commands: usize) -> Option<Error> {
        let patience = self.limits.patience.min(REASON_PATIENCE);
        self.control.get_mut().expect(Awaiting::Reply, patience);
        let replies = (0..commands).map_while(|_| self.read_reply().ok()).collect::<Vec<_>>();
        let reply = replies.into_iter().next_back()?;
        let is_no = matches!(reply.kind(), Kind::TryLater | Kind::Refused);
        let is_reason = is_no && !matches!(reply.code, 425 | 426);
        is_reason.then(|| Error::Refused { command: "RETR".to_owned(), reply })
    }

    /// Sends `next`, the answers to which are asked for later, and waits for the server's last word on the
    /// transfer that `verb` began.
    pub(super) fn last_word_before(&mut self, next: Vec<Command>, verb: &str) -> Result<(), Error> {
        if self.has_final() {
            return self.last_word(verb, FINAL_PATIENCE);
        }
        self.say_all(&next)?;
        let ended = self.last_word(verb, FINAL_PATIENCE);
        self.awaited.extend(next);
        ended
    }

    /// Waits for the server's last word on the transfer that `verb` began, `most` at the longest.
    pub(super) fn last_word(&mut self, verb: &str, most: Duration) -> Result<(), Error> {
        let reply = match self.early_final.take() {
            Some(reply) => reply,
            None => {
                let patience = self.limits.patience.min(most);
                self.control.get_mut().expect(Awaiting::FinalReply, patience);
                let reply = self.read_past_preliminaries()?;
                self.control.get_mut().expect(Awaiting::Reply, self.limits.patience);
                reply
            }
        };
        let reply = done(verb, reply)?;
        self.is_transferring = false;
        match says_unopened(&reply) {
            true => Err(Error::Refused { command: verb.to_owned(), reply }),
            false => Ok(()),
        }
    }
}

/// Whether it is a no in spite of its code: what vsftpd calls done when it could not read a folder.
pub(super) fn says_unopened(reply: &Reply) -> bool {
    reply.kind() == Kind::Done && reply.text().contains("(but failed to open directory)")
}
