//! What is remembered between runs, and where things go by default.

mod favourites;

use std::fs;
use std::io;
use std::path::PathBuf;

pub use favourites::{Favourite, filezilla_file, of_filezilla};
use toml::{Table, Value};

use crate::transfer::IfExists;
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
const CONTRAST: &str = "high_contrast";
const CONTINUES: &str = "continue_at_start";
const FOLDER: &str = "download_folder";
const IF_EXISTS: &str = "if_exists";
const ZOOM: &str = "zoom";
const WINDOW: &str = "window_size";

/// What can be done with a file that is there already, in the words of the file.
const CHOICES: [(IfExists, &str); 3] =
    [(IfExists::Rename, "keep-both"), (IfExists::Replace, "replace"), (IfExists::Skip, "skip")];

/// One thing that the person can choose.
#[derive(Debug, Clone, PartialEq)]
pub enum Setting {
    /// Which theme the window wears.
    Theme(Theme),
    /// Whether colours are as far apart as they can be.
    HighContrast(bool),
    /// Whether unfinished transfers go on by themselves at the next start.
    ContinueAtStart(bool),
    /// The folder that downloads go to.
    Folder(PathBuf),
    /// What is done with a file that is there already.
    IfExists(IfExists),
    /// How large everything is drawn.
    Zoom(f32),
    /// The window's size, in points.
    WindowSize([f32; 2]),
    /// The servers that are to be found again: these, and no others.
    Favourites(Vec<Favourite>),
}

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

    /// The same, for somebody who only looks: what is chosen in it is written nowhere.
    #[must_use]
    pub fn unwritten(&self) -> Self {
        Self { table: self.table.clone(), file: None }
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

    /// Whether colours are to be as far apart as they can be; `usually`, unless the person says so.
    #[must_use]
    pub fn has_high_contrast(&self, usually: bool) -> bool {
        self.table.get(CONTRAST).and_then(Value::as_bool).unwrap_or(usually)
    }

    /// The folder that downloads go to, if the person has chosen one that is there.
    #[must_use]
    pub fn folder(&self) -> Option<PathBuf> {
        let folder = PathBuf::from(self.table.get(FOLDER)?.as_str()?);
        folder.is_dir().then_some(folder)
    }

    /// What is done with a file that is there already, unless the person says otherwise.
    #[must_use]
    pub fn if_exists(&self) -> IfExists {
        let word = self.table.get(IF_EXISTS).and_then(Value::as_str);
        let known = CHOICES.into_iter().find(|(_, known)| word == Some(*known));
        known.map_or(IfExists::Rename, |(choice, _)| choice)
    }

    /// How large everything is drawn: 1.0 is the usual size.
    #[must_use]
    pub fn zoom(&self) -> f32 {
        #[expect(clippy::cast_possible_truncation, reason = "a small number")]
        let zoom = self.table.get(ZOOM).and_then(Value::as_float).unwrap_or(1.0) as f32;
        if zoom.is_finite() { zoom.clamp(0.5, 4.0) } else { 1.0 }
    }

    /// The window's size when it was last closed, in points.
    #[must_use]
    pub fn window_size(&self) -> Option<[f32; 2]> {
        let sides = self.table.get(WINDOW)?.as_array()?;
        let side = |at: usize| sides.get(at).and_then(Value::as_integer).filter(|s| *s > 0);
        let side = |at| side(at).and_then(|side| u16::try_from(side).ok()).map(f32::from);
        Some([side(0)?, side(1)?])
    }

    /// Takes in what the person chose.
    ///
    /// # Errors
    ///
    /// If it cannot be written down; it holds until the program ends all the same.
    pub fn choose(&mut self, choice: &Setting) -> io::Result<()> {
        match choice {
            Setting::Theme(theme) => {
                let known = Theme::ALL.into_iter().find(|(known, _)| known == theme);
                self.set(THEME, known.map_or("system", |(_, word)| word).into())
            }
            Setting::HighContrast(is_high) => self.set(CONTRAST, (*is_high).into()),
            Setting::ContinueAtStart(continues) => self.set(CONTINUES, (*continues).into()),
            Setting::Folder(folder) => self.set(FOLDER, folder.to_string_lossy().as_ref().into()),
            Setting::IfExists(choice) => {
                let known = CHOICES.into_iter().find(|(known, _)| known == choice);
                self.set(IF_EXISTS, known.map_or("keep-both", |(_, word)| word).into())
            }
            Setting::Zoom(zoom) => {
                // To two places: 1.1 is not to be written as 1.100000023841858.
                self.set(ZOOM, ((f64::from(*zoom) * 100.0).round() / 100.0).into())
            }
            Setting::Favourites(favourites) => {
                let (key, value) = Self::favourites_value(favourites);
                self.set(key, value)
            }
            Setting::WindowSize([width, height]) => {
                #[expect(clippy::cast_possible_truncation, reason = "windows are small")]
                let sides = [*width, *height].map(|side| Value::Integer(side.round() as i64));
                self.set(WINDOW, Value::Array(sides.to_vec()))
            }
        }
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
        settings.choose(&Setting::Theme(Theme::Dark)).unwrap();
        settings.choose(&Setting::ContinueAtStart(true)).unwrap();
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
    fn everything_that_can_be_chosen_is_read_back_and_nonsense_is_the_usual() {
        let (folder, file, mut settings, _) = opened(
            "zoom = 99.0\nwindow_size = [-1, 9]\nif_exists = 7\ndownload_folder = \"/no/such\"\n",
        );
        assert!((settings.zoom() - 4.0).abs() < 0.01);
        assert_eq!((settings.window_size(), settings.folder()), (None, None));
        assert_eq!(settings.if_exists(), IfExists::Rename);
        for choice in [
            Setting::Zoom(1.1),
            Setting::WindowSize([800.4, 600.0]),
            Setting::IfExists(IfExists::Skip),
            Setting::Folder(folder.path().to_owned()),
            Setting::HighContrast(true),
        ] {
            settings.choose(&choice).unwrap();
        }
        assert!(fs::read_to_string(&file).unwrap().contains("zoom = 1.1\n"));
        let (again, _) = Settings::open(Some(file));
        assert!((again.zoom() - 1.1).abs() < 0.01);
        assert_eq!(again.window_size(), Some([800.0, 600.0]));
        assert_eq!(again.if_exists(), IfExists::Skip);
        assert_eq!(again.folder().as_deref(), Some(folder.path()));
        assert!(again.has_high_contrast(false));
    }

    #[test]
    fn what_a_later_ashore_wrote_is_kept() {
        let (_folder, file, mut settings, notice) =
            opened("theme = \"purple\"\nlanes = 4\n[servers]\n\"ftp.example.org\" = 2\n");
        assert_eq!((settings.theme(), notice), (Theme::System, None));
        settings.choose(&Setting::ContinueAtStart(true)).unwrap();
        let text = fs::read_to_string(file).unwrap();
        for kept in ["lanes = 4", "theme = \"purple\"", "[servers]", "continue_at_start = true"] {
            assert!(text.contains(kept), "{text}");
        }
    }

    #[test]
    fn two_windows_do_not_undo_what_the_other_one_chose() {
        let (_folder, file, mut one, _) = opened("");
        let (mut other, _) = Settings::open(Some(file.clone()));
        one.choose(&Setting::Theme(Theme::Light)).unwrap();
        other.choose(&Setting::ContinueAtStart(true)).unwrap();
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
            settings.choose(&Setting::Theme(Theme::Dark)).unwrap();
            assert_eq!(Settings::open(Some(file)).0.theme(), Theme::Dark);
        }
    }

    #[test]
    fn settings_that_cannot_be_read_or_written_never_stop_anything() {
        let folder = tempfile::tempdir().unwrap();
        let (mut settings, notice) = Settings::open(Some(folder.path().to_owned()));
        assert!(notice.is_some(), "it is a folder");
        settings.choose(&Setting::Theme(Theme::Dark)).unwrap();
        assert_eq!(settings.theme(), Theme::Dark);
        fs::write(folder.path().join("file"), "").unwrap();
        let (mut settings, _) = Settings::open(Some(folder.path().join("file").join("s.toml")));
        assert!(
            settings.choose(&Setting::Theme(Theme::Dark)).is_err()
                || settings.theme() == Theme::Dark
        );
    }
}
