//! Is the file right, bit for bit? Whoever knows its checksum is asked, and believed.

use std::time::Instant;

use super::doubt::{Disagreement, Doubt, Witness};
use super::download::Job;
use super::lists;
use super::news::{News, Phase, Verdict, Voice};
use super::request::Request;
use super::trouble::Trouble;
use crate::disk::{self, Checksum, Partial};
use crate::ftp::{self, RemoteFile, Session};

impl Job<'_> {
    /// All other evidence agrees. Does a checksum, if anybody knows one?
    ///
    /// # Errors
    ///
    /// [`Doubt::Checksum`] if it does not. A conversation that breaks here is no error: the file is
    /// as complete as it was before.
    pub(super) fn verify(
        &self,
        session: &mut Session<'_>,
        remote: &RemoteFile,
        file: &mut Partial,
    ) -> Result<Verdict, Trouble> {
        let checks = &self.request.checks;
        if checks.expected.is_none() && !checks.verify {
            return Ok(Verdict::Complete);
        }
        (self.report)(News::Phase(Phase::Checking));
        let testimony = match &checks.expected {
            Some(expected) => Some((Witness::Person, expected.clone())),
            None => self.testimony(session, remote, file)?,
        };
        let Some((by, expected)) = testimony else {
            if file.is_disproven() {
                // What has once failed its check is not right because nobody checks it any more.
                self.set_aside_disproven(file)?;
                return Err(Trouble::Doubt(Doubt::Changed));
            }
            return Ok(Verdict::Complete);
        };

        let with = expected.algorithm();
        let stop = || self.handle.stop.is_given();
        let actual = file.checksum(with, &stop)?.ok_or(Trouble::Server(ftp::Error::Stopped))?;
        if actual != expected {
            let disagreement = Box::new(Disagreement { by, expected, actual });
            return Err(self.contradict(Doubt::Checksum(disagreement), file));
        }
        self.story(by.agrees(with));
        Ok(Verdict::Verified { by, with })
    }

    /// What the server, or a checksum file on it, says that the checksum is.
    fn testimony(
        &self,
        session: &mut Session<'_>,
        remote: &RemoteFile,
        file: &Partial,
    ) -> Result<Option<(Witness, Checksum)>, Trouble> {
        let said =
            self.ask_server(session, remote, file.length()).and_then(|server| match server {
                // What only detects damage does not spare the look for something better.
                Some((by, sum)) if sum.algorithm().caveat().is_some() => {
                    Ok(self.look_beside(session, remote, file)?.or(Some((by, sum))))
                }
                None => self.look_beside(session, remote, file),
                strong => Ok(strong),
            });
        match said {
            Ok(said) => Ok(said),
            // Step by step it will be found out.
            Err(error @ (ftp::Error::Stopped | ftp::Error::Stumbled { .. })) => {
                Err(Trouble::Server(error))
            }
            Err(error) => {
                self.tell(
                    Voice::Warning,
                    format!("The file is complete, but could not be verified: {error}"),
                );
                Ok(None)
            }
        }
    }

    fn ask_server(
        &self,
        session: &mut Session<'_>,
        remote: &RemoteFile,
        length: u64,
    ) -> Result<Option<(Witness, Checksum)>, ftp::Error> {
        let Some(sum) = session.server_checksum(remote, length)? else { return Ok(None) };
        let checksum = format!("{}:{}", sum.algorithm, sum.digits).parse::<Checksum>().ok();
        Ok(checksum.map(|checksum| (Witness::Server(checksum.algorithm()), checksum)))
    }

    /// The names of the checksum files that are worth a question, best first.
    pub(super) fn lists(&self, file: &Partial) -> Vec<Vec<u8>> {
        let Request { address, checks, .. } = self.request;
        if checks.expected.is_some() || !checks.verify {
            return Vec::new();
        }
        let mut lists = address.path.name().map(lists::beside).unwrap_or_default();
        let missing = &self.handle.commons.missing_lists;
        let is_doubted = self.is_doubted.get() || file.is_disproven();
        lists.retain(|list| match &checks.beside {
            Some(beside) => beside.contains(list),
            // Where something is wrong, nothing is taken for granted.
            None => is_doubted || !missing.has(address, list, Instant::now()),
        });
        lists
    }

    /// Remembers which checksum files are missing, as this conversation has heard already: another one
    /// will ask for them.
    pub(super) fn note_missing(&self, session: &Session<'_>, remote: &RemoteFile, file: &Partial) {
        let address = &self.request.address;
        for list in self.lists(file) {
            if session.lacks(&remote.beside(&list)) {
                self.handle.commons.missing_lists.note(address, &list, Instant::now());
            }
        }
    }

    fn look_beside(
        &self,
        session: &mut Session<'_>,
        remote: &RemoteFile,
        file: &Partial,
    ) -> Result<Option<(Witness, Checksum)>, ftp::Error> {
        let address = &self.request.address;
        let lists = self.lists(file);
        let files: Vec<_> = lists.iter().map(|list| remote.beside(list)).collect();
        session.look_for(&files)?;
        for (list, beside) in lists.iter().zip(&files) {
            let Some(text) = session.fetch_small(beside, disk::MAX_CHECKSUM_LIST)? else {
                self.handle.commons.missing_lists.note(address, list, Instant::now());
                continue;
            };
            let shown = String::from_utf8_lossy(list).into_owned();
            match disk::find_checksum(&text, list, &address.path.to_wire()) {
                Some(checksum) => return Ok(Some((Witness::List(shown), checksum))),
                None => self.story(format!("{shown} says nothing about this file")),
            }
        }
        if !address.path.name().is_none_or(|name| lists::beside(name).is_empty()) {
            self.story("The server has no checksum of this file".to_owned());
        }
        Ok(None)
    }

    /// A checksum says that the bytes are wrong. They are kept; but a second time they are not
    /// believed to be the beginning of anything.
    fn contradict(&self, doubt: Doubt, file: &mut Partial) -> Trouble {
        self.is_doubted.set(true);
        if !file.is_disproven() {
            file.disprove();
            return Trouble::Doubt(doubt);
        }
        match self.set_aside_disproven(file) {
            Ok(()) => Trouble::DoubtAgain(doubt),
            Err(trouble) => trouble,
        }
    }

    fn set_aside_disproven(&self, file: &mut Partial) -> Result<(), Trouble> {
        self.tell(
            Voice::Warning,
            "These bytes failed their check in an earlier run already. They are set aside, and the file is fetched anew".to_owned(),
        );
        Ok(file.restart()?)
    }
}
