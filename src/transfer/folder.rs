//! A folder on the server, all the way down: which files it holds, and where each of them goes.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::news::Line;
use super::request::Access;
use super::sameness::is_same;
use crate::disk;
use crate::ftp::listing::{Entry, Kind, Modified};
use crate::ftp::{self, Address, Limits, RemotePath, Session};

/// How many levels deep is followed. Real trees are far below; a server can make up endless ones.
pub(super) const MOST_LEVELS: usize = 256;

/// How many folders are looked into.
pub(super) const MOST_FOLDERS: u64 = 100_000;

/// How often a folder is asked for again whose listing broke off.
const MOST_TRIES: u32 = 3;

/// One file that a folder holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFile {
    /// Where it is.
    pub address: Address,
    /// Where it goes.
    pub destination: PathBuf,
    /// Its length in bytes, as the listing says it.
    pub size: Option<u64>,
}

/// What a folder holds, all the way down.
#[derive(Debug, Default)]
pub struct Tree {
    /// The files that are to be fetched, in the order in which they were found.
    pub files: Vec<FoundFile>,
    /// Files that are here already, with the same size and time.
    pub unchanged: u64,
    /// What was not followed, in sentences.
    pub notices: Vec<String>,
    /// Folders that could not be listed, or not to their end: the address, and why.
    pub failures: Vec<(Address, Failure)>,
}

/// Looks into the folder at the address of `access`, and into all folders in it. What it holds goes
/// into a folder of the same name in `into`; folders are made as they are found, also empty ones.
///
/// Links to folders are not followed, so that a link to a folder above does not lead round for ever.
///
/// # Errors
///
/// Only if nothing at all could be listed, or the person stopped it; what went wrong further down
/// is in [`Tree::failures`].
pub fn scan(
    access: Access<'_>,
    into: &Path,
    limits: &Limits,
    log: &dyn Fn(Line),
) -> Result<Tree, Failure> {
    let told = |line: ftp::Line| log(line.into());
    let mut scan = Scan { access, limits, log: &told, session: None, tree: Tree::default() };
    let top = access.address.path.as_folder();
    let local = match top.name() {
        Some(name) => into.join(disk::local_name(name)),
        None => into.to_owned(),
    };
    let mut ahead = vec![(top, local, 0)];
    let mut folders = 0;
    while let Some((path, local, level)) = ahead.pop() {
        folders += 1;
        if level > MOST_LEVELS || folders > MOST_FOLDERS {
            scan.tree.notices.push(format!("{path} is too deep, or one too many: not looked into"));
            continue;
        }
        match scan.list(&path) {
            Ok(entries) => ahead.extend(scan.sort_out(&path, &local, entries, level + 1)),
            Err(failure @ Failure::Stopped { .. }) => return Err(failure),
            Err(failure) if level == 0 => return Err(failure),
            Err(failure) => {
                let address = Address { path, ..access.address.clone() };
                scan.tree.failures.push((address, failure));
            }
        }
    }
    if let Some(session) = scan.session {
        session.quit();
    }
    Ok(scan.tree)
}

struct Scan<'a> {
    access: Access<'a>,
    limits: &'a Limits,
    log: &'a dyn Fn(ftp::Line),
    session: Option<Session<'a>>,
    tree: Tree,
}

/// A folder that is still to be looked into: there, here, and how deep it is.
type Ahead = (RemotePath, PathBuf, usize);

impl<'a> Scan<'a> {
    /// Everything in one folder; again on a new connection if the listing breaks off.
    fn list(&mut self, path: &RemotePath) -> Result<Vec<Entry>, Failure> {
        let mut tries = 0;
        loop {
            tries += 1;
            let error = match self.list_once(path) {
                Ok(entries) => return Ok(entries),
                Err(error) => error,
            };
            let may_pass = match &error {
                error if self.access.learn_no_data(error) => true,
                ftp::Error::HungUp | ftp::Error::Cut(_) | ftp::Error::Silent { .. } => true,
                ftp::Error::Refused { reply, .. } => reply.kind() == ftp::Kind::TryLater,
                _ => false,
            };
            if !matches!(error, ftp::Error::Refused { .. }) || may_pass {
                self.session = None;
            }
            if !may_pass || tries >= MOST_TRIES {
                return Err(Failure::of_server(self.access, error, None));
            }
        }
    }

    fn list_once(&mut self, path: &RemotePath) -> Result<Vec<Entry>, ftp::Error> {
        let session = self.session()?;
        let mut entries = Vec::new();
        let end = session.list(path, &mut |entry| {
            entries.push(entry);
            ControlFlow::Continue(())
        })?;
        if let Some(zone) = end.zone {
            for time in entries.iter_mut().filter_map(|entry| entry.modified.as_mut()) {
                *time = time.corrected(zone);
            }
        }
        Ok(entries)
    }

    fn session(&mut self) -> Result<&mut Session<'a>, ftp::Error> {
        let session = match self.session.take() {
            Some(session) => session,
            None => {
                let mut session = self.access.connect(self.limits, self.log)?;
                session.sign_in(&self.access.login())?;
                session
            }
        };
        Ok(self.session.insert(session))
    }

    /// Decides what becomes of the entries of one folder: files are noted, folders handed back.
    fn sort_out(
        &mut self,
        path: &RemotePath,
        local: &Path,
        entries: Vec<Entry>,
        level: usize,
    ) -> Vec<Ahead> {
        if let Err(error) = disk::make_folder_without_links(local) {
            let kept = None;
            let address = Address { path: path.clone(), ..self.access.address.clone() };
            self.tree.failures.push((address, Failure::Disk { error, kept }));
            return Vec::new();
        }
        let mut ahead = Vec::new();
        let mut seen = HashSet::new();
        let mut names: HashMap<String, u32> = HashMap::new();
        for entry in entries {
            if !seen.insert((entry.name.clone(), entry.kind)) {
                continue;
            }
            let Ok(child) = path.child(&entry.name) else {
                let name = String::from_utf8_lossy(&entry.name);
                self.tree
                    .notices
                    .push(format!("{name} in {path} has a name that cannot be asked for"));
                continue;
            };
            let kind = match entry.kind {
                Kind::Link => self.kind_of_link(&child),
                kind => kind,
            };
            match kind {
                Kind::Dir => {
                    let local = local.join(own_name(&entry.name, &mut names));
                    ahead.push((child.as_folder(), local, level));
                }
                Kind::File => {
                    let destination = local.join(own_name(&entry.name, &mut names));
                    self.note_file(child, destination, &entry);
                }
                Kind::Link => {
                    self.tree.notices.push(format!("{child} is a link to a folder: not followed"))
                }
                Kind::Other => {
                    self.tree.notices.push(format!("{child} is neither a file nor a folder"))
                }
            }
        }
        ahead
    }

    fn note_file(&mut self, path: RemotePath, destination: PathBuf, entry: &Entry) {
        if is_unchanged(&destination, entry.size, entry.modified) {
            self.tree.unchanged += 1;
            return;
        }
        let address = Address { path, ..self.access.address.clone() };
        self.tree.files.push(FoundFile { address, destination, size: entry.size });
    }

    /// What has a size is a file; of what has none nobody can say where it leads.
    fn kind_of_link(&mut self, path: &RemotePath) -> Kind {
        let facts = self.session().and_then(|session| session.locate(path));
        match facts {
            Ok(file) if file.facts.size.is_some() => Kind::File,
            Ok(_) => Kind::Link,
            Err(_) => {
                self.session = None;
                Kind::Link
            }
        }
    }
}

/// The local name for a server's name, apart from all others in the same folder.
fn own_name(name: &[u8], names: &mut HashMap<String, u32>) -> PathBuf {
    let local = disk::local_name(name);
    // Where the system does not tell them apart, `README` and `Readme` are one file.
    let folded = if cfg!(any(windows, target_vendor = "apple")) {
        local.to_lowercase()
    } else {
        local.clone()
    };
    let count = names.entry(folded).or_insert(0);
    *count += 1;
    disk::numbered(Path::new(&local), *count)
}

/// Whether the file is here already, as the listing speaks of it.
fn is_unchanged(here: &Path, size: Option<u64>, modified: Option<Modified>) -> bool {
    let Ok(there) = fs::symlink_metadata(here) else { return false };
    there.is_file() && there.modified().is_ok_and(|time| is_same(there.len(), time, size, modified))
}
