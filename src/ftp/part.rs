//! Fetching a part of a file: from here on, and only up to there.

use std::time::Duration;

use super::command::Command;
use super::data::Data;
use super::error::{Awaiting, Error};
use super::remote_file::RemoteFile;
use super::reply::Kind;
use super::session::Session;

/// How long a server may take to notice that its data connection is closed. It takes one round trip,
/// up to seven on a bad line.
const NOTICE: Duration = Duration::from_millis(1500);

/// The shortest wait for the server's word on a data connection that has broken.
const WORD_ON_A_CUT: Duration = Duration::from_millis(100);

/// The longest wait for a conversation to be in step again.
const RESYNC: Duration = Duration::from_secs(3);

/// How many replies may lie between us and the answer to `NOOP`.
const MOST_STRAY: usize = 5;

/// A part of a file, on its way.
#[derive(Debug)]
pub struct Part {
    /// Its bytes, and those behind it unless `ends_by_itself`.
    pub data: Data,
    /// The server knows where it ends (`RANG`), and stops there.
    pub ends_by_itself: bool,
}

impl Session<'_> {
    /// Whether the server says that it can send a file from its middle (`REST STREAM`, RFC 3659 §5), and
    /// another conversation would know the file by the same name: this one has entered no folder.
    #[must_use]
    pub fn can_continue(&self) -> bool {
        self.offers("REST") && !self.is_astray
    }

    /// Starts sending the bytes `from..to` of `file`. Where the server has `RANG`
    /// (draft-bryan-ftp-range), the data ends there; elsewhere the reader must
    /// [break off](Session::break_off).
    ///
    /// # Errors
    ///
    /// Those of [`Session::retrieve`].
    pub fn retrieve_part(&mut self, file: &RemoteFile, from: u64, to: u64) -> Result<Part, Error> {
        if !self.offers("RANG") {
            return Ok(Part { data: self.retrieve(file, from)?, ends_by_itself: false });
        }
        self.early_final = None;
        let leave = self.take_leave(Some(to.saturating_sub(from)));
        let channel = self.open_data()?;
        let last = to.saturating_sub(1);
        let range = Command::with("RANG", format!("{from} {last}").as_bytes())?;
        let reply = self.ask(&range)?;
        if !matches!(reply.kind(), Kind::NeedsMore | Kind::Done) {
            return Err(Error::Refused { command: range.to_string(), reply });
        }
        let data = self.begin(leave, channel, &Command::with("RETR", &file.argument)?)?;
        Ok(Part { data, ends_by_itself: true })
    }

    /// Ends a transfer in its middle by closing the data connection, and waits until the conversation
    /// can go on. `ABOR` (RFC 959 §4.1.3) is of no use: some servers send all of the file first.
    ///
    /// # Errors
    ///
    /// If it cannot go on: whatever comes next might be the answer to something else.
    pub fn break_off(&mut self, data: Data) -> Result<(), Error> {
        drop(data);
        match self.hear_of_the_break(NOTICE.min(self.limits.patience)) {
            Err(Error::Silent { .. }) => {
                self.control.get_mut().expect(Awaiting::Reply, RESYNC.min(self.limits.patience));
                let in_step = self.get_in_step();
                self.control.get_mut().expect(Awaiting::Reply, self.limits.patience);
                in_step?;
                self.is_transferring = false;
                Ok(())
            }
            heard => heard,
        }
    }

    /// Goes on after the data connection has broken, if the server has a word on that.
    ///
    /// # Errors
    ///
    /// If it has none: whatever has cut the one connection has cut the other too.
    pub fn break_off_broken(&mut self, data: Data) -> Result<(), Error> {
        drop(data);
        self.hear_of_the_break(self.patience_after_a_cut(NOTICE))
    }

    /// Hears the server's word on a data connection that is gone before its end, if it comes within
    /// `patience`. Most say 426; Pure-FTPd's only word is a second 150.
    fn hear_of_the_break(&mut self, patience: Duration) -> Result<(), Error> {
        if self.early_final.take().is_none() {
            self.control.get_mut().expect(Awaiting::FinalReply, patience);
            let heard = self.read_reply();
            self.control.get_mut().expect(Awaiting::Reply, self.limits.patience);
            let reply = heard?;
            if reply.code == 421 {
                return Err(Error::Refused { command: "RETR".to_owned(), reply });
            }
        }
        self.is_transferring = false;
        Ok(())
    }

    /// How long the server's word on a data connection that has broken is waited for, `most` at the
    /// longest: it comes with the break, or a few round trips later.
    pub(super) fn patience_after_a_cut(&self, most: Duration) -> Duration {
        (self.round_trip * 4).clamp(WORD_ON_A_CUT, most).min(self.limits.patience)
    }

    /// Sends `NOOP` and reads on until its answer: what comes before belongs to the transfer.
    fn get_in_step(&mut self) -> Result<(), Error> {
        let mut reply = self.ask(&Command::new("NOOP"))?;
        for _ in 0..MOST_STRAY {
            let is_answer = match reply.kind() {
                Kind::Done => !matches!(reply.code, 225 | 226 | 250),
                Kind::Refused => true, // Not even NOOP is known to all.
                Kind::Begun | Kind::NeedsMore | Kind::TryLater => false,
            };
            if is_answer {
                self.is_astray = false;
                return Ok(());
            }
            reply = self.read_reply()?;
        }
        Err(Error::Garbled { said: format!("NOOP was answered {reply}") })
    }
}
