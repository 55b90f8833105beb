//! Small files of our own that are replaced as a whole.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use super::place::folder_of;

/// Writes the small file `file` so that after a crash either the old one is there or the new one.
///
/// # Errors
///
/// If the system refuses any step; then the old one is as it was.
pub fn replace_whole(file: &Path, bytes: &[u8]) -> io::Result<()> {
    // A file that is a link to another place stays one.
    let file = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let folder = folder_of(&file);
    fs::create_dir_all(folder)?;
    let new = file.with_extension(format!("new.{}", std::process::id()));
    let write = || {
        let mut to = File::create(&new)?;
        to.write_all(bytes)?;
        to.sync_all()?;
        fs::rename(&new, &file)
    };
    write().inspect_err(|_| drop(fs::remove_file(&new)))?;
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}
