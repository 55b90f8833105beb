//! What is remembered between runs, and where things go by default.

mod chosen;
mod favourites;
mod filezilla;
mod import;
mod keys;
mod places;
mod rate;
mod recent;
mod setting;
#[cfg(test)]
mod tests;

use std::fs;
use std::io;
use std::path::PathBuf;

pub use favourites::Favourite;
pub use filezilla::{filezilla_file, of_filezilla};
pub use import::{Site, Source, of_netrc};
pub use places::{
    data_folder, download_folder, log_folder, netrc_file, proxies, queue_file, servers_file,
    settings_file,
};
pub use rate::{BadRate, RateLimit, read_rate};
pub use setting::{Setting, Theme};
use toml::{Table, Value};

use crate::{disk, words};

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
    /// set aside, a value that makes no sense is left where it is, and the sentence says so.
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
            Some(table) => {
                let notice = misfits(&keys::broken(&table));
                (Self { table, file }, notice)
            }
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

    /// Takes in what the person chose.
    ///
    /// # Errors
    ///
    /// If it cannot be written down; it holds until the program ends all the same.
    pub fn choose(&mut self, choice: &Setting) -> io::Result<()> {
        let entries = choice.entries();
        put(&mut self.table, &entries);
        let Some(file) = &self.file else { return Ok(()) };
        // What another window may have written meanwhile is left alone.
        if let Some(mut newest) = fs::read(file).ok().and_then(|bytes| parsed(&bytes)) {
            put(&mut newest, &entries);
            self.table = newest;
        }
        let text = toml::to_string(&self.table).map_err(io::Error::other)?;
        disk::replace_whole(file, text.as_bytes())
    }

    fn value<T>(&self, key: &str, read: fn(&Value) -> Option<T>) -> Option<T> {
        self.table.get(key).and_then(read)
    }

    fn is_true(&self, key: &str) -> bool {
        self.value(key, Value::as_bool) == Some(true)
    }
}

fn put(table: &mut Table, entries: &[(&str, Option<Value>)]) {
    for (key, value) in entries {
        match value {
            Some(value) => drop(table.insert((*key).to_owned(), value.clone())),
            None => drop(table.remove(*key)),
        }
    }
}

/// What is wrong with the values of these keys, in a sentence. Repeats none of them: one may hold a
/// password.
fn misfits(keys: &[&str]) -> Option<String> {
    let (last, others) = keys.split_last()?;
    Some(match others {
        [] => format!("In the settings, the value of {last} makes no sense. The usual one is used"),
        others => format!(
            "In the settings, the values of {} and {last} make no sense. The usual ones are used",
            others.join(", ")
        ),
    })
}

fn parsed(bytes: &[u8]) -> Option<Table> {
    std::str::from_utf8(bytes).ok()?.parse().ok()
}
