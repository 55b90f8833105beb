//! What is remembered between runs, and where things go by default.

use std::path::PathBuf;

/// The folder that downloads go to unless the person says otherwise: the system's download folder,
/// or the home folder, or the current one.
#[must_use]
pub fn download_folder() -> PathBuf {
    directories::UserDirs::new().map_or_else(
        || PathBuf::from("."),
        |user| user.download_dir().unwrap_or_else(|| user.home_dir()).to_owned(),
    )
}
