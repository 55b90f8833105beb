//! Having the file sent: by whichever name the server knows it, from the byte on that is missing here.

use super::doubt::Doubt;
use super::download::Job;
use super::news::Voice;
use super::resume;
use super::retry::MOST_CHANGES;
use super::trouble::Trouble;
use crate::disk::{self, Partial};
use crate::ftp::{self, Data, Facts, RemoteFile, Session};

/// Whether the server was told to send a file (`RETR`, RFC 959 §4.1.3).
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one of it in a conversation")]
pub(super) enum Retr {
    /// It was, and this is what it sends.
    Sent(Data),
    /// It will be while others are on their way to it: several connections begin together.
    Due,
}

impl Retr {
    /// The size of the file in bytes, if the server mentioned it when it began to send all of it.
    pub(super) fn announced(&self) -> Option<u64> {
        match self {
            Self::Sent(data) => data.announced.filter(|_| data.offset == 0),
            Self::Due => None,
        }
    }
}

impl Job<'_> {
    /// Finds the file on the server and has it sent, from the byte on that is missing here; or not yet,
    /// where several connections [can begin together](Self::begins_together).
    pub(super) fn ask_for_it(
        &self,
        session: &mut Session<'_>,
        file: &mut Partial,
    ) -> Result<(RemoteFile, Retr), Trouble> {
        let path = &self.request.address.path;
        if self.begins_at_once(session, file) {
            match session.retrieve_at_once(path) {
                Ok((remote, data)) => {
                    self.compare_facts(&remote, file)?;
                    return Ok((remote, Retr::Sent(data)));
                }
                // What it is about is asked step by step.
                Err(ftp::Error::Refused { reply, .. }) if reply.code != 421 => {}
                Err(error) => return Err(error.into()),
            }
        }
        let other = self.access().other_spelling();
        let mut remote = session.locate(path)?;
        if remote.facts == Facts::default()
            && let Some(other) = &other
        {
            let found = session.locate(other)?;
            if found.facts != Facts::default() {
                self.story("The server spells the name in another encoding".to_owned());
                remote = found;
            }
        }
        // A server that takes no paths knows nothing of this one; what it said last time, it said
        // about the name alone.
        if remote.facts == Facts::default() && file.length() > 0 && path.folders().next().is_some()
        {
            remote = session.locate_by_folders(path)?;
        }
        self.compare_facts(&remote, file)?;
        if self.begins_together(session, &remote, file) {
            return Ok((remote, Retr::Due));
        }
        let offset = self.offset(file)?;
        match session.retrieve(&remote, offset) {
            Ok(data) => {
                if data.offset < offset {
                    self.tell_from_start();
                }
                Ok((remote, Retr::Sent(data)))
            }
            Err(error) if offset > 0 && self.cannot_continue(&error) => {
                self.tell_from_start();
                let data = session.retrieve(&remote, 0)?;
                Ok((remote, Retr::Sent(data)))
            }
            Err(error) if is_no_such_path(&error) => {
                if let Some(other) = other
                    && let Ok(remote) = session.locate(&other)
                    && let Ok(data) = session.retrieve(&remote, offset)
                {
                    return Ok((remote, Retr::Sent(data)));
                }
                if path.folders().next().is_none() {
                    return Err(error.into());
                }
                // The first answer is the one to be told, if this leads nowhere as well.
                let Ok(remote) = session.locate_by_folders(path) else { return Err(error.into()) };
                self.compare_facts(&remote, file)?;
                let offset = self.offset(file)?;
                let data = session.retrieve(&remote, offset).map_err(|_| error)?;
                Ok((remote, Retr::Sent(data)))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the server has a port ready for a file of which nothing is here yet, and nothing must be
    /// known before it is asked for.
    pub(super) fn begins_at_once(&self, session: &Session<'_>, file: &Partial) -> bool {
        let is_plain = self.request.address.path.to_wire().is_ascii();
        session.is_ready() && file.received() == 0 && is_plain
    }

    fn tell_from_start(&self) {
        self.story("The server cannot continue a file. It sends it from the start, and what is here is compared".to_owned());
    }

    /// From where to ask the server to send.
    fn offset(&self, file: &Partial) -> Result<u64, disk::Error> {
        if self.starts_over.get() { Ok(0) } else { resume::offset(file) }
    }

    /// Whether the server has said that it sends a file only from its start: to `REST`, or only to
    /// the `RETR` after it. A 451 may be a passing trouble, and beginning anew is dear: it must come
    /// twice.
    fn cannot_continue(&self, error: &ftp::Error) -> bool {
        let ftp::Error::Refused { command, reply } = error else { return false };
        match reply.code {
            _ if command.starts_with("REST") => true,
            500..=504 | 554 => command.starts_with("RETR"),
            451 => self.vague_refusals.replace(self.vague_refusals.get() + 1) > 0,
            _ => false,
        }
    }

    /// Are the bytes that are here still those of the file on the server? And is there room?
    fn compare_facts(&self, remote: &RemoteFile, file: &mut Partial) -> Result<(), Trouble> {
        let Facts { size, modified } = remote.facts;
        if file.received() > 0 && !file.is_of(size, modified) {
            self.tell(
                Voice::Warning,
                "The file on the server has changed since the first part of it was fetched. Beginning anew".to_owned(),
            );
            file.restart()?;
            self.changes.set(self.changes.get() + 1);
            if self.changes.get() > MOST_CHANGES {
                return Err(Trouble::Doubt(Doubt::Changed));
            }
        }
        match size.map_or(0, |size| file.missing_room(size)) {
            0 => Ok(()),
            _ => {
                let needed = size.map(|size| size.saturating_sub(file.received()));
                let free = disk::available(disk::folder_of(file.path())).ok();
                Err(disk::Error::Full { path: file.path().to_owned(), needed, free }.into())
            }
        }
    }
}

/// Whether a server that takes no paths would answer like this.
fn is_no_such_path(error: &ftp::Error) -> bool {
    match error {
        ftp::Error::Refused { command, reply } => {
            command.starts_with("RETR") && matches!(reply.code, 500..=504 | 550..=553)
        }
        _ => false,
    }
}
