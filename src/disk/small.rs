//! Small files that came whole, and are brought to the disk together.
//!
//! Waiting for the disk once for each of a thousand small files would take longer than fetching them.
//! So they are written without a name, synced together, and then named: after a power cut each of
//! them is either there as a whole, or not at all.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::error::Error;

/// A small file that is written but has no name yet. Dropped, it was never there.
#[derive(Debug)]
pub struct Unnamed {
    file: File,
    destination: PathBuf,
}

impl Unnamed {
    /// Writes `bytes`, all of a file. `None` if this disk knows no files without a name.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of making and writing a file.
    #[cfg(target_os = "linux")]
    pub fn write(
        destination: &Path,
        bytes: &[u8],
        modified: Option<SystemTime>,
    ) -> Result<Option<Self>, Error> {
        use std::io::Write as _;

        use rustix::fs::{Mode, OFlags};

        let folder = super::place::folder_of(destination);
        let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
        // As for any new file; the person's mask takes away from it.
        let Ok(file) = rustix::fs::open(folder, flags, Mode::from_raw_mode(0o666)) else {
            return Ok(None);
        };
        let mut file = File::from(file);
        let wrong = |error| Error::new(destination, "written", error);
        file.write_all(bytes).map_err(wrong)?;
        if let Some(modified) = modified {
            // Some network disks keep their own times; the bytes are right all the same.
            file.set_modified(modified).ok();
        }
        Ok(Some(Self { file, destination: destination.to_owned() }))
    }

    /// Other systems know no files without a name.
    ///
    /// # Errors
    ///
    /// None.
    #[cfg(not(target_os = "linux"))]
    pub fn write(_: &Path, _: &[u8], _: Option<SystemTime>) -> Result<Option<Self>, Error> {
        Ok(None)
    }

    /// Whether the disk that `folder` is on knows files without a name.
    #[must_use]
    pub fn are_known(folder: &Path) -> bool {
        Self::write(&folder.join("any"), b"", None).is_ok_and(|file| file.is_some())
    }

    /// Syncs all of `files`, and then gives each of them its name, unless something has it already.
    /// The answers are in the order of the files.
    ///
    /// Each answer may be:
    ///
    /// * [`Error::Exists`] if something has that name by now.
    /// * [`Error::Io`], [`Error::Full`] if the disk refuses.
    #[must_use]
    pub fn name_all(files: Vec<Self>) -> Vec<Result<(), Error>> {
        let synced = sync_all(&files);
        let mut folders: Vec<PathBuf> = Vec::new();
        let mut answers = Vec::with_capacity(files.len());
        for (file, synced) in files.iter().zip(synced) {
            answers.push(synced.and_then(|()| file.name()));
            let folder = super::place::folder_of(&file.destination);
            if folders.last().is_none_or(|last| last != folder) {
                folders.push(folder.to_owned());
            }
        }
        folders.sort();
        folders.dedup();
        folders.iter().for_each(|folder| super::place::sync_folder(folder));
        answers
    }

    #[cfg(target_os = "linux")]
    fn name(&self) -> Result<(), Error> {
        use std::os::fd::AsRawFd as _;

        use rustix::fs::{AtFlags, CWD};

        // A link never replaces anything.
        let here = format!("/proc/self/fd/{}", self.file.as_raw_fd());
        rustix::fs::linkat(CWD, here, CWD, &self.destination, AtFlags::SYMLINK_FOLLOW).map_err(
            |error| match error {
                rustix::io::Errno::EXIST => Error::Exists { path: self.destination.clone() },
                error => Error::new(&self.destination, "given its name", error.into()),
            },
        )
    }

    #[cfg(not(target_os = "linux"))]
    fn name(&self) -> Result<(), Error> {
        let why = std::io::ErrorKind::Unsupported.into();
        Err(Error::new(&self.destination, "given its name", why))
    }
}

/// From so many files on, the disk as a whole is synced, which costs as much as a few of them.
const MANY: usize = 4;

fn sync_all(files: &[Unnamed]) -> Vec<Result<(), Error>> {
    #[cfg(target_os = "linux")]
    if files.len() >= MANY
        && let Some(first) = files.first()
        && files.iter().all(|file| is_on_one_disk(first, file))
        && rustix::fs::syncfs(&first.file).is_ok()
    {
        return files.iter().map(|_| Ok(())).collect();
    }
    let one = |file: &Unnamed| {
        file.file.sync_all().map_err(|error| Error::new(&file.destination, "written", error))
    };
    files.iter().map(one).collect()
}

#[cfg(target_os = "linux")]
fn is_on_one_disk(one: &Unnamed, other: &Unnamed) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let disk = |file: &Unnamed| file.file.metadata().map(|it| it.dev()).ok();
    disk(one) == disk(other)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn files_are_not_there_before_they_are_named_and_never_take_anothers_place() {
        let folder = tempfile::tempdir().unwrap();
        let time = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000);
        let write = |name: &str| {
            let written = Unnamed::write(&folder.path().join(name), name.as_bytes(), Some(time));
            written.unwrap()
        };
        let names = ["a", "b", "c", "d", "e"];
        let Some(files) = names.map(write).into_iter().collect::<Option<Vec<_>>>() else { return };
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        fs::write(folder.path().join("c"), "older").unwrap();
        let answers = Unnamed::name_all(files);
        assert!(matches!(answers.get(2), Some(Err(Error::Exists { .. }))), "{answers:?}");
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 4);
        assert_eq!(fs::read_to_string(folder.path().join("c")).unwrap(), "older");
        let e = folder.path().join("e");
        assert_eq!(fs::read_to_string(&e).unwrap(), "e");
        assert_eq!(fs::metadata(&e).unwrap().modified().unwrap(), time);
    }
}
