//! Is the file right, bit for bit? Whoever knows its checksum is asked, and believed.

use super::doubt::{Disagreement, Doubt, Witness};
use super::download::Job;
use super::news::{News, Phase, Verdict, Voice};
use super::trouble::Trouble;
use crate::disk::{self, Checksum, Partial};
use crate::ftp::{self, RemoteFile, Session};

/// The checksum files that may lie beside a file, best first: an ending for its own name, or a name
/// for all in the folder.
const LISTS: [List; 10] = [
    List::Own(".sha256"),
    List::Own(".sha512"),
    List::Common("SHA256SUMS"),
    List::Common("SHA512SUMS"),
    List::Own(".sha1"),
    List::Own(".md5"),
    List::Common("MD5SUMS"),
    List::Common("md5checksums.txt"), // NCBI
    List::Common("md5sum.txt"),
    List::Common("CHECKSUMS"), // Ensembl
];

#[derive(Debug, Clone, Copy)]
enum List {
    Own(&'static str),
    Common(&'static str),
}

impl List {
    /// Its name beside a file called `name`.
    fn name(self, name: &[u8]) -> Vec<u8> {
        match self {
            Self::Own(ending) => [name, ending.as_bytes()].concat(),
            Self::Common(list) => list.as_bytes().to_vec(),
        }
    }

    /// Whether a file called `name` is one itself.
    fn is(self, name: &[u8]) -> bool {
        let name = name.to_ascii_lowercase();
        match self {
            Self::Own(ending) => name.ends_with(ending.as_bytes()),
            Self::Common(list) => name == list.to_ascii_lowercase().as_bytes(),
        }
    }
}

/// Whether a file called `name` holds checksums of others.
pub(super) fn is_checksum_file(name: &[u8]) -> bool {
    LISTS.iter().any(|list| list.is(name))
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
            Some(expected) => Some((Witness::Person, expected.clone())),
            None => self.testimony(session, remote, file.length())?,
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
        length: u64,
    ) -> Result<Option<(Witness, Checksum)>, Trouble> {
        let said = self.ask_server(session, remote, length).and_then(|server| match server {
            // What only detects damage does not spare the look for something better.
            Some((by, sum)) if sum.algorithm().caveat().is_some() => {
                Ok(self.look_beside(session, remote)?.or(Some((by, sum))))
            }
            None => self.look_beside(session, remote),
            strong => Ok(strong),
        });
        match said {
            Ok(said) => Ok(said),
            Err(ftp::Error::Stopped) => Err(Trouble::Server(ftp::Error::Stopped)),
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

    fn look_beside(
        &self,
        session: &mut Session<'_>,
        remote: &RemoteFile,
    ) -> Result<Option<(Witness, Checksum)>, ftp::Error> {
        let path = &self.request.address.path;
        let Some(name) = path.name() else { return Ok(None) };
        if is_checksum_file(name) {
            return Ok(None);
        }
        for list in LISTS.map(|list| list.name(name)) {
            let beside = remote.beside(&list);
            let Some(text) = session.fetch_small(&beside, disk::MAX_CHECKSUM_LIST)? else {
                continue;
            };
            let shown = String::from_utf8_lossy(&list).into_owned();
            match disk::find_checksum(&text, &list, &path.to_wire()) {
                Some(checksum) => return Ok(Some((Witness::List(shown), checksum))),
                None => self.story(format!("{shown} says nothing about this file")),
            }
        }
        self.story("The server has no checksum of this file".to_owned());
        Ok(None)
    }

    /// A checksum says that the bytes are wrong. They are kept; but a second time they are not
    /// believed to be the beginning of anything.
    fn contradict(&self, doubt: Doubt, file: &mut Partial) -> Trouble {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_checksum_is_looked_for_of_a_checksum_file() {
        let is_one = is_checksum_file;
        for name in ["MD5SUMS", "sha256sums", "CHECKSUMS", "a.iso.SHA256", "x.md5", "md5sum.txt"] {
            assert!(is_one(name.as_bytes()), "{name}");
        }
        for name in ["a.iso", "md5", "MD5SUMS.txt", "CHECKSUMS.gz", "a.sha256.zip"] {
            assert!(!is_one(name.as_bytes()), "{name}");
        }
    }
}
