//! Where a file may go: what is there already, and giving a file its name without replacing another.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::Error;
use super::names::{MAX_NAME, shorten};

/// The folder that `path` is in; the current one for a bare name.
#[must_use]
pub fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Whether a new file could be made at `path`. A folder that is missing will be made when needed.
///
/// # Errors
///
/// * [`Error::Exists`] if something is there, be it a link that leads nowhere.
/// * [`Error::IsFolder`] if it is a folder.
/// * [`Error::NoFolder`] if what should be its folder is something else.
/// * [`Error::Io`] if this user may not write there.
pub fn check_new_file(path: &Path) -> Result<(), Error> {
    if path.file_name().is_none() {
        return Err(Error::IsFolder { path: path.to_owned() });
    }
    if let Ok(there) = fs::symlink_metadata(path) {
        let path = path.to_owned();
        return Err(if there.is_dir() { Error::IsFolder { path } } else { Error::Exists { path } });
    }
    let folder = nearest_folder(folder_of(path))?;
    #[cfg(unix)]
    rustix::fs::access(folder, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK)
        .map_err(|error| Error::new(folder, "written to", error.into()))?;
    Ok(())
}

/// The folder itself, or the nearest one above it that exists.
///
/// # Errors
///
/// [`Error::NoFolder`] if something else stands in the way.
pub fn nearest_folder(folder: &Path) -> Result<&Path, Error> {
    for folder in folder.ancestors() {
        let shown = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        match fs::metadata(shown) {
            Ok(there) if there.is_dir() => return Ok(shown),
            Ok(_) => return Err(Error::NoFolder { path: shown.to_owned() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {}
            Err(source) => return Err(Error::new(shown, "opened", source)),
        }
    }
    Ok(Path::new("."))
}

/// `path`, or the first of `name (2).ext`, `name (3).ext` … under which nothing is.
#[must_use]
pub fn free_name(path: &Path) -> PathBuf {
    free_name_but(path, &|_| false)
}

/// The same, and none of those that are taken although nothing is there yet.
#[must_use]
pub fn free_name_but(path: &Path, is_taken: &dyn Fn(&Path) -> bool) -> PathBuf {
    let mut n = 1;
    loop {
        let candidate = numbered(path, n);
        if fs::symlink_metadata(&candidate).is_err() && !is_taken(&candidate) {
            return candidate;
        }
        n += 1;
    }
}

/// `a.tar.gz` → `a (2).tar.gz`; number 1 is the name itself. One for which there is no room is
/// shortened.
#[must_use]
pub fn numbered(path: &Path, number: u32) -> PathBuf {
    if number == 1 {
        return path.to_owned();
    }
    let mark = format!(" ({number})");
    let mut name = path.file_name().unwrap_or_default().to_string_lossy();
    if name.len() + mark.len() > MAX_NAME {
        name = shorten(&name, MAX_NAME - mark.len()).into();
    }
    // `.tar.gz` stays together, `v1.2 notes.txt` does not become `v1 (2).2 notes.txt`.
    let double = name.rfind(".tar.").filter(|at| name.len() - at <= 9 && *at > 0);
    let at = double.or_else(|| name.rfind('.').filter(|&at| at > 0)).unwrap_or(name.len());
    let (stem, ending) = name.split_at(at);
    path.with_file_name(format!("{stem}{mark}{ending}"))
}

/// `path` with `ending` added to its name, which is shortened where the system takes no more.
pub(super) fn with_ending(path: &Path, ending: &str) -> PathBuf {
    /// Room for ` (99)`, `.part`, `.ashore` and `~`.
    const MOST: usize = 255 - 24;
    let name = path.file_name().unwrap_or_default();
    let mut name = match name.to_str() {
        Some(text) if text.len() > MOST => OsString::from(shorten(text, MOST)),
        _ => name.to_owned(),
    };
    name.push(ending);
    path.with_file_name(name)
}

/// Whether something stands where the `.part` of `destination` would.
#[must_use]
pub fn has_part(destination: &Path) -> bool {
    fs::symlink_metadata(with_ending(destination, ".part")).is_ok()
}

/// Makes a folder, and those above it that are missing, or finds it there. A link is not taken for
/// it: one that anybody has put there would lead a server's files out of the folder that they are
/// meant for. Whoever comes down a tree step by step has every step checked so.
///
/// # Errors
///
/// [`Error::NoFolder`] if something else stands there, be it a link.
pub fn make_folder_without_links(folder: &Path) -> Result<(), Error> {
    match fs::symlink_metadata(folder) {
        Ok(there) if there.is_dir() => Ok(()),
        Ok(_) => Err(Error::NoFolder { path: folder.to_owned() }),
        Err(_) => fs::create_dir_all(folder).map_err(|error| Error::new(folder, "made", error)),
    }
}

/// Gives `from` the name `to`, unless something has that name.
///
/// # Errors
///
/// [`io::ErrorKind::AlreadyExists`] if there is something; whatever else the system says.
pub(super) fn rename_to_free_name(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use rustix::io::Errno;
        match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            // The file system or the kernel does not know the flag: the other way, below.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
            done => return Ok(done?),
        }
    }
    // A hard link never replaces anything, on any system.
    match fs::hard_link(from, to) {
        Ok(()) => return fs::remove_file(from),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
        // FAT and its like know no hard links.
        Err(_) => {}
    }
    // The name is taken by an empty file of our own, which then gives way.
    drop(fs::File::create_new(to)?);
    fs::rename(from, to).inspect_err(|_| drop(fs::remove_file(to)))
}

/// Whether two paths lead to one file or folder that is there.
pub(super) fn is_same_file(one: &Path, other: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let place = |path: &Path| fs::metadata(path).map(|it| (it.dev(), it.ino())).ok();
        let one = place(one);
        one.is_some() && one == place(other)
    }
    #[cfg(not(unix))]
    {
        let one = fs::canonicalize(one).ok();
        one.is_some() && one == fs::canonicalize(other).ok()
    }
}

/// Makes sure that the names in `folder` survive a power cut.
pub(super) fn sync_folder(folder: &Path) {
    // Windows cannot open folders, some network disks cannot sync them: the name is there anyway.
    #[cfg(unix)]
    fs::File::open(folder).and_then(|folder| folder.sync_all()).ok();
    #[cfg(not(unix))]
    let _ = folder;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeping_both_counts_up_before_the_ending() {
        for (name, second) in [
            ("a.txt", "a (2).txt"),
            ("a.tar.gz", "a (2).tar.gz"),
            ("v1.2 notes.txt", "v1.2 notes (2).txt"),
            (".hidden", ".hidden (2)"),
            ("README", "README (2)"),
        ] {
            assert_eq!(numbered(Path::new(name), 2), Path::new(second));
        }
        let long = |middle: &str| PathBuf::from(format!("{middle}{}.gz", "é".repeat(125)));
        let names = [numbered(&long("a"), 2), numbered(&long("a"), 10), numbered(&long("b"), 2)];
        for (name, ending) in names.iter().zip([" (2).gz", " (10).gz", " (2).gz"]) {
            let name = name.to_str().unwrap();
            assert!(name.len() <= MAX_NAME && name.ends_with(ending), "{name}");
        }
        assert!(names.iter().collect::<std::collections::HashSet<_>>().len() == 3, "{names:?}");
    }

    #[test]
    fn a_name_is_never_taken_from_what_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::write(&from, "new").unwrap();
        fs::write(&to, "old").unwrap();
        let error = rename_to_free_name(&from, &to).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&to).unwrap(), "old");
        fs::remove_file(&to).unwrap();
        rename_to_free_name(&from, &to).unwrap();
        assert_eq!(fs::read_to_string(&to).unwrap(), "new");
    }
}
