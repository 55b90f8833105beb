//! A file on the server: naming it, asking about it, and fetching small ones beside it in one go.

use super::command::Command;
use super::error::Error;
use super::facts::{self, Facts};
use super::path::RemotePath;
use super::session::{Session, done};
use super::together::Pace;

/// A file on the server: how to name it in this session, and what is known of it.
#[derive(Debug, Clone)]
pub struct RemoteFile {
    pub(super) argument: Vec<u8>,
    /// What the server says about it.
    pub facts: Facts,
}

impl RemoteFile {
    /// The file at `path`. Nothing is known of it yet.
    #[must_use]
    pub fn at(path: &RemotePath) -> Self {
        Self { argument: path.to_wire(), facts: Facts::default() }
    }

    /// The file called `name` in the same folder. Nothing is known of it yet.
    #[must_use]
    pub fn beside(&self, name: &[u8]) -> Self {
        let folder = self.argument.iter().rposition(|&byte| byte == b'/').map_or(0, |at| at + 1);
        let argument = self.argument.iter().take(folder).chain(name).copied().collect();
        Self { argument, facts: Facts::default() }
    }
}

impl Session<'_> {
    /// Asks about the file at `path`: `SIZE` and `MDTM`, and `MLST` for what they leave open
    /// (RFC 3659). A server that knows none of them has said nothing about whether the file exists.
    ///
    /// # Errors
    ///
    /// Only those of a broken conversation; a refusal is an answer like any other.
    pub fn locate(&mut self, path: &RemotePath) -> Result<RemoteFile, Error> {
        let argument = path.to_wire();
        Ok(RemoteFile { facts: self.facts(&argument)?, argument })
    }

    /// Like [`Session::locate`], with both questions in one go where the server takes that.
    ///
    /// # Errors
    ///
    /// Those of [`Session::locate`], and [`Error::Stumbled`] if it must be spoken to step by step.
    pub fn look_at(&mut self, path: &RemotePath) -> Result<RemoteFile, Error> {
        let file = RemoteFile::at(path);
        Ok(RemoteFile { facts: self.look_again(&file)?, ..file })
    }

    /// Like [`Session::locate`], by entering one folder after the other (`CWD`) and then naming the
    /// file alone: for servers whose `RETR` takes no paths (VMS, MVS).
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] if a folder cannot be entered.
    pub fn locate_by_folders(&mut self, path: &RemotePath) -> Result<RemoteFile, Error> {
        self.is_astray = true;
        for folder in path.folders() {
            let enter = Command::with("CWD", folder)?;
            let reply = self.ask(&enter)?;
            done(&enter.to_string(), reply)?;
        }
        let argument = path.name().unwrap_or_default().to_vec();
        Ok(RemoteFile { facts: self.facts(&argument)?, argument })
    }

    /// Like [`Session::locate`], of a file whose name here is known from another conversation.
    ///
    /// # Errors
    ///
    /// Those of [`Session::locate`].
    pub fn look(&mut self, file: &RemoteFile) -> Result<Facts, Error> {
        self.facts(&file.argument)
    }

    /// Asks about `file` once more: what has changed since [`Session::locate`]?
    ///
    /// # Errors
    ///
    /// Those of [`Session::locate`].
    pub fn look_again(&mut self, file: &RemoteFile) -> Result<Facts, Error> {
        let size = Command::with("SIZE", &file.argument)?;
        let questions = vec![size, Command::with("MDTM", &file.argument)?];
        self.ahead.retain(|(command, _)| !questions.contains(command));
        self.ask_ahead(questions, None)?;
        self.facts(&file.argument)
    }

    /// Whether the server has said already, while it was asked ahead, that there is no such file.
    #[must_use]
    pub fn lacks(&self, file: &RemoteFile) -> bool {
        let Ok(size) = Command::with("SIZE", &file.argument) else { return false };
        self.ahead.iter().any(|(command, reply)| *command == size && reply.code == 550)
    }

    /// Asks the server to write its names in UTF-8, if it says that it can: some do it only when
    /// asked (IIS), and of the others none is harmed. Once, and only before names that are not ASCII,
    /// or may be: to ask takes a round trip.
    pub(super) fn ask_for_utf_8(&mut self) -> Result<(), Error> {
        if self.features.remove("UTF8").is_some() {
            self.ask_optional(&Command::with("OPTS", b"UTF8 ON")?)?.ok();
        }
        Ok(())
    }

    fn facts(&mut self, argument: &[u8]) -> Result<Facts, Error> {
        if !argument.is_ascii() {
            self.ask_for_utf_8()?;
        }
        let mut facts = Facts::default();
        if let Ok(reply) = self.ask_optional(&Command::with("SIZE", argument)?)? {
            facts.size = reply.lines.first().and_then(|text| facts::size(text));
        }
        if let Ok(reply) = self.ask_optional(&Command::with("MDTM", argument)?)? {
            facts.modified = reply.lines.first().and_then(|text| facts::time(text));
        }
        let is_open = facts.size.is_none() || facts.modified.is_none();
        if is_open {
            self.catch_up()?; // It may be about to say what it can do.
        }
        if is_open
            && !self.is_transferring
            && self.offers("MLST")
            && let Ok(reply) = self.ask_optional(&Command::with("MLST", argument)?)?
        {
            facts.fill_from(Facts::from_mlst(&reply.lines));
        }
        Ok(facts)
    }

    /// Asks which of `files` are there, in one go where the server answers in order: only order tells
    /// these answers apart. [`Session::fetch_small`] then knows it.
    ///
    /// # Errors
    ///
    /// [`Error::Stumbled`] if it must be spoken to step by step.
    pub fn look_for(&mut self, files: &[RemoteFile]) -> Result<(), Error> {
        if self.pace != Pace::InOrder {
            return Ok(());
        }
        let size = |file: &RemoteFile| Command::with("SIZE", &file.argument);
        let questions = files.iter().map(size).collect::<Result<_, _>>()?;
        self.ask_ahead(questions, None)
    }

    /// Fetches a small file whole, if it is there. `None`: it is not, it is empty or longer than
    /// `limit` bytes, or the server would not send it to its end.
    ///
    /// `SIZE` is asked first (RFC 3659 §4): one answer is cheaper than a data connection. A server
    /// that does not know it is asked for the file itself.
    ///
    /// # Errors
    ///
    /// Those of a broken conversation, and [`Error::NoDataConnection`]; a refusal is an answer.
    pub fn fetch_small(
        &mut self,
        file: &RemoteFile,
        limit: usize,
    ) -> Result<Option<Vec<u8>>, Error> {
        match self.ask_optional(&Command::with("SIZE", &file.argument)?)? {
            Ok(reply) => {
                let size = reply.lines.first().and_then(|text| facts::size(text));
                let size = size.map(|size| usize::try_from(size).unwrap_or(usize::MAX));
                if size.is_some_and(|size| size == 0 || size > limit) {
                    return Ok(None);
                }
            }
            Err(reply) if matches!(reply.code, 500..=504) => {}
            Err(_) => return Ok(None),
        }
        let mut data = match self.retrieve(file, 0) {
            Ok(data) => data.at_speed(),
            Err(Error::Refused { reply, .. }) if reply.code != 421 => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut text = Vec::new();
        let mut block = vec![0; 16 * 1024];
        while text.len() <= limit {
            match data.poll(&mut block)? {
                Some(0) => break,
                Some(count) => text.extend(block.iter().take(count)),
                None => {}
            }
        }
        drop(data);
        match self.finish() {
            Ok(()) => Ok(Some(text).filter(|text| text.len() <= limit)),
            Err(Error::Refused { reply, .. }) if reply.code != 421 => Ok(None),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_beside_a_file_is_in_its_folder() {
        for (argument, beside) in [
            (&b"hello.txt"[..], &b"MD5SUMS"[..]),
            (b"/hello.txt", b"/MD5SUMS"),
            (b"/pub/a b/caf\xe9", b"/pub/a b/MD5SUMS"),
        ] {
            let file = RemoteFile { argument: argument.to_vec(), facts: Facts::default() };
            assert_eq!(file.beside(b"MD5SUMS").argument, beside);
        }
    }
}
