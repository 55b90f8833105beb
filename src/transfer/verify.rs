//! Is the file right, bit for bit? Whoever knows its checksum is asked, and believed.

use std::sync::Arc;
use std::time::Instant;

use super::doubt::{Disagreement, Doubt, Witness};
use super::download::Job;
use super::lists::{self, Known, Text};
use super::news::{News, Phase, Verdict, Voice};
use super::request::Request;
use super::trouble::Trouble;
use crate::disk::{self, Checksum, Partial};
use crate::ftp::{self, RemoteFile, Session};

/// What the checksum of the file should be.
struct Testimony {
    by: Witness,
    expected: Checksum,
    /// It was read for another file of the folder, a while ago.
    is_remembered: bool,
}

impl Testimony {
    fn new(by: Witness, expected: Checksum) -> Self {
        Self { by, expected, is_remembered: false }
    }
}

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
            Some(expected) => Some(Testimony::new(Witness::Person, expected.clone())),
            None => self.testimony(session, remote, file)?,
        };
        let Some(Testimony { by, expected, is_remembered }) = testimony else {
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
        if actual != expected && is_remembered {
            // It may have been published anew together with the file.
            self.handle.commons.known_lists.forget(&self.request.address);
            return self.verify(session, remote, file);
        }
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
    ) -> Result<Option<Testimony>, Trouble> {
        let said =
            self.ask_server(session, remote, file.length()).and_then(|server| match server {
                // What only detects damage does not spare the look for something better.
                Some(weak) if weak.expected.algorithm().caveat().is_some() => {
                    Ok(self.look_beside(session, remote, file)?.or(Some(weak)))
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
    ) -> Result<Option<Testimony>, ftp::Error> {
        let Some(sum) = session.server_checksum(remote, length)? else { return Ok(None) };
        let checksum = format!("{}:{}", sum.algorithm, sum.digits).parse::<Checksum>().ok();
        let by =
            |checksum: Checksum| Testimony::new(Witness::Server(checksum.algorithm()), checksum);
        Ok(checksum.map(by))
    }

    /// The names of the checksum files that are worth a question, best first.
    pub(super) fn lists(&self, file: &Partial) -> Vec<Vec<u8>> {
        let lists = self.lists_that_may_tell(file).into_iter();
        lists.filter_map(|(list, text)| text.is_none().then_some(list)).collect()
    }

    /// The names of the checksum files that may tell something, best first, and what they hold if
    /// that was asked a while ago.
    fn lists_that_may_tell(&self, file: &Partial) -> Vec<(Vec<u8>, Option<Text>)> {
        let Request { address, checks, .. } = self.request;
        if checks.expected.is_some() || !checks.verify {
            return Vec::new();
        }
        let lists = address.path.name().map(lists::beside).unwrap_or_default().into_iter();
        let known = &self.handle.commons.known_lists;
        // Where something is wrong, nothing is taken for granted.
        let is_doubted = self.is_doubted.get() || file.is_disproven();
        let now = Instant::now();
        lists
            .filter(|list| checks.beside.as_ref().is_none_or(|beside| beside.contains(list)))
            .filter_map(|list| match known.get(address, &list, now).filter(|_| !is_doubted) {
                Some(Known::Missing) if checks.beside.is_none() => None,
                Some(Known::Holds(text)) => Some((list, Some(text))),
                Some(Known::Missing) | None => Some((list, None)),
            })
            .collect()
    }

    /// Remembers which of the checksum files `lists` are missing, as this conversation has heard
    /// already: another one will ask for them.
    pub(super) fn note_missing(
        &self,
        session: &Session<'_>,
        remote: &RemoteFile,
        lists: Vec<Vec<u8>>,
    ) {
        let address = &self.request.address;
        for list in lists {
            if session.lacks(&remote.beside(&list)) {
                let known = &self.handle.commons.known_lists;
                known.note(address, &list, Known::Missing, Instant::now());
            }
        }
    }

    fn look_beside(
        &self,
        session: &mut Session<'_>,
        remote: &RemoteFile,
        file: &Partial,
    ) -> Result<Option<Testimony>, ftp::Error> {
        let address = &self.request.address;
        let lists = self.lists_that_may_tell(file);
        let unknown = lists.iter().filter(|(_, text)| text.is_none());
        let files: Vec<_> = unknown.map(|(list, _)| remote.beside(list)).collect();
        session.look_for(&files)?;
        for (list, text) in lists {
            let is_remembered = text.is_some();
            let Some(text) = text
                .map_or_else(|| self.fetch_list(session, remote, &list), |text| Ok(Some(text)))?
            else {
                continue;
            };
            let shown = String::from_utf8_lossy(&list).into_owned();
            match disk::find_checksum(&text, &list, &address.path.to_wire()) {
                Some(checksum) => {
                    let said = Testimony::new(Witness::List(shown), checksum);
                    return Ok(Some(Testimony { is_remembered, ..said }));
                }
                None => self.story(format!("{shown} says nothing about this file")),
            }
        }
        // Of the files of a folder it would be said a thousand times.
        let is_alone = self.request.checks.beside.is_none();
        if is_alone && !address.path.name().is_none_or(|name| lists::beside(name).is_empty()) {
            self.story("The server has no checksum of this file".to_owned());
        }
        Ok(None)
    }

    /// What the checksum file `list` beside the file holds, if it is there.
    fn fetch_list(
        &self,
        session: &mut Session<'_>,
        remote: &RemoteFile,
        list: &[u8],
    ) -> Result<Option<Text>, ftp::Error> {
        let text = session.fetch_small(&remote.beside(list), disk::MAX_CHECKSUM_LIST)?;
        let text = text.map(Arc::new);
        let known = text.clone().map_or(Known::Missing, Known::Holds);
        self.handle.commons.known_lists.note(&self.request.address, list, known, Instant::now());
        Ok(text)
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
