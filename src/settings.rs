//! What is remembered between runs, and where things go by default.

use std::fs;
use std::io;
use std::path::PathBuf;

use toml::{Table, Value};

use crate::transfer::{BadVariable, Proxies};
use crate::{disk, words};

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

/// The file that holds the [`Settings`]. `None`: this person has no home.
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

/// Which theme the window wears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    const ALL: [(Self, &str); 3] =
        [(Self::System, "system"), (Self::Light, "light"), (Self::Dark, "dark")];
}

const THEME: &str = "theme";
const CONTINUES: &str = "continue_at_start";

/// What the person chose: one readable file of `key = value`.
///
/// What this Ashore does not know in it stays as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
    table: Table,
    file: Option<PathBuf>,
}

impl Settings {
    /// The settings in `file`; the usual ones where there is none. One that cannot be understood is
    /// set aside, and the sentence says so.
    #[must_use]
    pub fn open(file: Option<PathBuf>) -> (Self, Option<String>) {
        let Some(path) = &file else { return (Self::default(), None) };
        let read = match fs::read(path) {
            Ok(bytes) => parsed(&bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return (Self { file, ..Self::default() }, None);
            }
            Err(error) => {
                // It may be readable again tomorrow: nothing is written over it today.
                let why = words::io_error(&error);
                let notice = format!("The settings in {} could not be read: {why}", path.display());
                return (Self::default(), Some(notice));
            }
        };
        match read {
            Some(table) => (Self { table, file }, None),
            None => {
                let aside = disk::free_name(&path.with_extension("toml.bad"));
                let notice = match fs::rename(path, &aside) {
                    Ok(()) => format!(
                        "The settings could not be understood. They are kept as {}, and the usual ones are used",
                        aside.display()
                    ),
                    Err(_) => {
                        return (
                            Self::default(),
                            Some(
                                "The settings could not be understood, and are left alone"
                                    .to_owned(),
                            ),
                        );
                    }
                };
                (Self { file, ..Self::default() }, Some(notice))
            }
        }
    }

    /// Which theme the window wears.
    #[must_use]
    pub fn theme(&self) -> Theme {
        let word = self.table.get(THEME).and_then(Value::as_str);
        let known = Theme::ALL.into_iter().find(|(_, known)| word == Some(*known));
        known.map(|(theme, _)| theme).unwrap_or_default()
    }

    /// Whether unfinished transfers of an earlier run go on by themselves.
    #[must_use]
    pub fn continues_at_start(&self) -> bool {
        self.table.get(CONTINUES).and_then(Value::as_bool).unwrap_or(false)
    }

    /// Chooses a theme.
    ///
    /// # Errors
    ///
    /// If it cannot be written down; it holds until the program ends all the same.
    pub fn set_theme(&mut self, theme: Theme) -> io::Result<()> {
        let known = Theme::ALL.into_iter().find(|(known, _)| *known == theme);
        self.set(THEME, known.map_or("system", |(_, word)| word).into())
    }

    /// Chooses whether unfinished transfers go on by themselves.
    ///
    /// # Errors
    ///
    /// If it cannot be written down; it holds until the program ends all the same.
    pub fn set_continues_at_start(&mut self, continues: bool) -> io::Result<()> {
        self.set(CONTINUES, continues.into())
    }

    /// Changes one value, and leaves alone what another window may have written meanwhile.
    fn set(&mut self, key: &str, value: Value) -> io::Result<()> {
        self.table.insert(key.to_owned(), value.clone());
        let Some(file) = &self.file else { return Ok(()) };
        if let Some(mut newest) = fs::read(file).ok().and_then(|bytes| parsed(&bytes)) {
            newest.insert(key.to_owned(), value);
            self.table = newest;
        }
        let text = toml::to_string(&self.table).map_err(io::Error::other)?;
        disk::replace_whole(file, text.as_bytes())
    }
}

fn parsed(bytes: &[u8]) -> Option<Table> {
    std::str::from_utf8(bytes).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(text: &str) -> (tempfile::TempDir, PathBuf, Settings, Option<String>) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("settings.toml");
        fs::write(&file, text).unwrap();
        let (settings, notice) = Settings::open(Some(file.clone()));
        (folder, file, settings, notice)
    }

    #[test]
    fn what_was_chosen_is_there_at_the_next_start() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new").join("settings.toml");
        let (mut settings, notice) = Settings::open(Some(file.clone()));
        assert_eq!((settings.theme(), settings.continues_at_start()), (Theme::System, false));
        assert_eq!(notice, None);
        settings.set_theme(Theme::Dark).unwrap();
        settings.set_continues_at_start(true).unwrap();
        let (again, notice) = Settings::open(Some(file.clone()));
        assert_eq!((again.theme(), again.continues_at_start()), (Theme::Dark, true));
        assert_eq!(notice, None);
        assert_eq!(
            fs::read_dir(file.parent().unwrap()).unwrap().count(),
            1,
            "nothing is left over"
        );
    }

    #[test]
    fn what_a_later_ashore_wrote_is_kept() {
        let (_folder, file, mut settings, notice) =
            opened("theme = \"purple\"\nlanes = 4\n[servers]\n\"ftp.example.org\" = 2\n");
        assert_eq!((settings.theme(), notice), (Theme::System, None));
        settings.set_continues_at_start(true).unwrap();
        let text = fs::read_to_string(file).unwrap();
        for kept in ["lanes = 4", "theme = \"purple\"", "[servers]", "continue_at_start = true"] {
            assert!(text.contains(kept), "{text}");
        }
    }

    #[test]
    fn two_windows_do_not_undo_what_the_other_one_chose() {
        let (_folder, file, mut one, _) = opened("");
        let (mut other, _) = Settings::open(Some(file.clone()));
        one.set_theme(Theme::Light).unwrap();
        other.set_continues_at_start(true).unwrap();
        let (both, _) = Settings::open(Some(file));
        assert_eq!((both.theme(), both.continues_at_start()), (Theme::Light, true));
    }

    #[test]
    fn settings_that_are_garbage_are_set_aside_and_that_is_said() {
        for garbage in ["theme = ", "\u{0}\u{1}", "[[["] {
            let (folder, file, mut settings, notice) = opened(garbage);
            assert!(notice.unwrap().contains("settings.toml.bad"));
            assert_eq!(
                fs::read_to_string(folder.path().join("settings.toml.bad")).unwrap(),
                garbage
            );
            settings.set_theme(Theme::Dark).unwrap();
            assert_eq!(Settings::open(Some(file)).0.theme(), Theme::Dark);
        }
    }

    #[test]
    fn settings_that_cannot_be_read_or_written_never_stop_anything() {
        let folder = tempfile::tempdir().unwrap();
        let (mut settings, notice) = Settings::open(Some(folder.path().to_owned()));
        assert!(notice.is_some(), "it is a folder");
        settings.set_theme(Theme::Dark).unwrap();
        assert_eq!(settings.theme(), Theme::Dark);
        fs::write(folder.path().join("file"), "").unwrap();
        let (mut settings, _) = Settings::open(Some(folder.path().join("file").join("s.toml")));
        assert!(settings.set_theme(Theme::Dark).is_err() || settings.theme() == Theme::Dark);
    }
}
