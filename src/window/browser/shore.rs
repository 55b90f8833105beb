//! What stands in the folder that downloads go to, to be compared with what the server has. Knows no
//! egui.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::item::Item;
use crate::transfer;

/// The most files that are looked at. Of a folder with more, the rest is not marked.
const MOST: usize = 200_000;

/// The files in one folder here, as they were at one moment.
#[derive(Debug, Default)]
pub struct Shore {
    /// Which folder.
    pub folder: PathBuf,
    /// Each with its length in bytes, and when it was last changed.
    files: HashMap<String, (u64, SystemTime)>,
}

/// What is here of a file on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mark {
    /// The same file.
    Here,
    /// A file of this name, but another one: of another size, or another time.
    Differs,
    /// A part of it, which can be continued.
    Partly,
    /// It was ordered, and nothing of it has come yet.
    Ordered,
}

impl Shore {
    /// Looks at the files in `folder`. Not to be done by a thread that draws.
    #[must_use]
    pub fn look(folder: &Path) -> Self {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let facts = |entry: fs::DirEntry| {
            let there = entry.metadata().ok().filter(fs::Metadata::is_file)?;
            Some((entry.file_name().into_string().ok()?, (there.len(), there.modified().ok()?)))
        };
        Self { folder: folder.to_owned(), files: entries.filter_map(facts).take(MOST).collect() }
    }

    /// What is here of `item`.
    #[must_use]
    pub fn mark(&self, item: &Item) -> Option<Mark> {
        if self.files.is_empty() {
            return None;
        }
        let mut name = item.local_name();
        if let Some(&(length, time)) = self.files.get(&name) {
            let is_same = transfer::is_same(length, time, item.size, item.modified);
            return Some(if is_same { Mark::Here } else { Mark::Differs });
        }
        name.push_str(".part");
        self.files.contains_key(&name).then_some(Mark::Partly)
    }
}
