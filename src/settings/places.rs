//! Where things are, and go by default.

use std::path::PathBuf;

use crate::transfer::{BadVariable, Proxies};

/// The folder that downloads go to unless the person says otherwise: the system's download folder,
/// or the home folder, or the current one.
#[must_use]
pub fn download_folder() -> PathBuf {
    directories::UserDirs::new().map_or_else(
        || PathBuf::from("."),
        |user| user.download_dir().unwrap_or_else(|| user.home_dir()).to_owned(),
    )
}

/// The folder that holds what Ashore keeps for itself. `None`: this person has no home.
#[must_use]
pub fn data_folder() -> Option<PathBuf> {
    ours().map(|ours| ours.data_local_dir().to_owned())
}

/// The folder that holds the whole log. `None`: this person has no home.
#[must_use]
pub fn log_folder() -> Option<PathBuf> {
    data_folder().map(|folder| folder.join("log"))
}

/// The file that holds the list of transfers. `None`: this person has no home.
#[must_use]
pub fn queue_file() -> Option<PathBuf> {
    data_folder().map(|folder| folder.join("queue.db"))
}

/// The file that holds what was learnt about servers. `None`: this person has no home.
#[must_use]
pub fn servers_file() -> Option<PathBuf> {
    ours().map(|ours| ours.config_dir().join("servers.toml"))
}

/// The file that holds the [`Settings`](super::Settings). `None`: this person has no home.
#[must_use]
pub fn settings_file() -> Option<PathBuf> {
    ours().map(|ours| ours.config_dir().join("settings.toml"))
}

/// The file that holds names and passwords for servers: `$NETRC`, or `.netrc` in the home folder
/// (`_netrc` on Windows). `None`: this person has no home.
#[must_use]
pub fn netrc_file() -> Option<PathBuf> {
    let named = std::env::var_os("NETRC").filter(|path| !path.is_empty());
    let name = if cfg!(windows) { "_netrc" } else { ".netrc" };
    let usual = || Some(directories::UserDirs::new()?.home_dir().join(name));
    named.map(PathBuf::from).or_else(usual)
}

/// Which proxy leads to which server, as the environment says.
///
/// # Errors
///
/// [`BadVariable`] if it names a proxy that is none.
pub fn proxies() -> Result<Proxies, BadVariable> {
    Proxies::from_environment(&|name| std::env::var(name).ok())
}

fn ours() -> Option<directories::ProjectDirs> {
    directories::ProjectDirs::from("org", "ashore", "Ashore")
}
