//! Where a file is to be saved: what was typed, turned into a path, and what stands there now.

use std::path::{Path, PathBuf};

use crate::disk;

/// What stands where the file would go.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Occupied {
    /// A file.
    ByFile {
        /// The name that the new file gets if both are kept.
        other: PathBuf,
    },
    /// Another transfer is on its way there.
    ByTransfer {
        /// What it fetches, as a link.
        source: String,
        /// The name that the new file gets beside it.
        other: PathBuf,
    },
}

impl Occupied {
    /// The name that the new file gets if both are kept.
    pub(super) fn other(&self) -> &Path {
        match self {
            Self::ByFile { other } | Self::ByTransfer { other, .. } => other,
        }
    }
}

/// What a transfer fetches that is on its way to a file, if there is one.
pub type Coming<'a> = &'a dyn Fn(&Path) -> Option<String>;

/// What was found on the disk for one text of *Save to*.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The file to be made. `None` if nothing names one yet.
    pub target: Option<PathBuf>,
    /// What stands there.
    pub occupied: Option<Occupied>,
    /// The folder that it should go to, if that is not there.
    pub missing: Option<PathBuf>,
    /// Bytes that are free there.
    pub free: Option<u64>,
}

impl Facts {
    /// Looks at `path`, or at `usual` while nothing is said. If it is a folder, the file goes into it as
    /// `name`. With `is_folder` it is a folder that is to come: one that is there under its name is
    /// brought up to date.
    pub(super) fn of(
        path: Option<PathBuf>,
        usual: &Path,
        name: Option<&str>,
        is_folder: bool,
        coming: Coming<'_>,
    ) -> Self {
        let is_itself = |path: &Path| is_folder && path.file_name() == name.map(AsRef::as_ref);
        let target = match path {
            Some(folder) if is_itself(&folder) => Ok(folder),
            Some(folder) if folder.is_dir() => name.map(|name| folder.join(name)).ok_or(folder),
            Some(file) => Ok(file),
            None => Err(usual.to_owned()),
        };
        let folder = match &target {
            Ok(file) => file.parent().unwrap_or(file).to_owned(),
            Err(folder) => folder.clone(),
        };
        let target = target.ok();
        let occupied = target.as_deref().and_then(|target| {
            let by_transfer = coming(target).map(|source| {
                let other = disk::free_name_but(target, &|path| coming(path).is_some());
                Occupied::ByTransfer { source, other }
            });
            let is_there = || match target.symlink_metadata() {
                Ok(there) => !(is_folder && there.is_dir()),
                Err(_) => false,
            };
            let by_file = || Occupied::ByFile { other: disk::free_name(target) };
            by_transfer.or_else(|| is_there().then(by_file))
        });
        let free = disk::available(&folder).ok();
        let missing = (target.is_some() && !folder.is_dir()).then_some(folder);
        Self { target, occupied, missing, free }
    }

    /// What is wrong with it, in a sentence. Nothing is said about a gap until `is_asked`.
    pub(super) fn problem(&self, is_asked: bool) -> Option<String> {
        if let Some(folder) = &self.missing {
            let folder = crate::words::shown(&folder.to_string_lossy());
            return Some(format!("There is no folder {folder}. Make it, or choose another one"));
        }
        let is_gap = self.target.is_none() && is_asked;
        is_gap.then(|| "Say where the file is to be saved".to_owned())
    }
}

/// What a person means by `text`: `~` is the home folder, and what does not begin at a root goes
/// into `folder`. `None` of nothing.
pub(super) fn typed(text: &str, folder: &Path) -> Option<PathBuf> {
    let text = text.trim();
    (!text.is_empty()).then(|| absolute(Path::new(text), folder))
}

/// The same of a path.
pub(super) fn absolute(path: &Path, folder: &Path) -> PathBuf {
    match path.strip_prefix("~") {
        Ok(rest) => {
            let home = directories::BaseDirs::new();
            home.map_or_else(|| folder.to_owned(), |home| home.home_dir().to_owned()).join(rest)
        }
        Err(_) => folder.join(path),
    }
}
