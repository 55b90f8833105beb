//! Small files of our own that are replaced as a whole.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use super::place::folder_of;

/// Writes the small file `file` so that after a crash either the old one is there or the new one.
///
/// # Errors
///
/// If the system refuses any step; then the old one is as it was.
pub fn replace_whole(file: &Path, bytes: &[u8]) -> io::Result<()> {
    replace_with(file, |to| to.write_all(bytes))
}

/// The same with what `write` writes.
///
/// # Errors
///
/// If `write` fails, too.
pub(super) fn replace_with(
    file: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> io::Result<()> {
    // A file that is a link to another place stays one.
    let file = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let folder = folder_of(&file);
    fs::create_dir_all(folder)?;
    let new = file.with_extension(format!("new.{}", std::process::id()));
    let replace = || {
        let mut to = BufWriter::new(File::create(&new)?);
        write(&mut to)?;
        to.into_inner()?.sync_all()?;
        fs::rename(&new, &file)
    };
    replace().inspect_err(|_| drop(fs::remove_file(&new)))?;
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}
