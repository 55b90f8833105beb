//! What was learnt about each server, kept over restarts in one readable file.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::disk;
use crate::ftp::{Encoding, Host, Known};

/// What was learnt about each server. Clones share it.
///
/// The file is TOML, one table for each `HOST:PORT`. Another Ashore may write it at the same time:
/// whoever writes reads it anew first, and changes the one server that it has news of.
#[derive(Debug, Clone, Default)]
pub struct Servers(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    file: Option<PathBuf>,
    table: BTreeMap<String, Known>,
    /// Whether they answer in order, as they have greeted since this program began, every time.
    in_order: BTreeMap<String, bool>,
}

impl Servers {
    /// What the file at `path` holds. One that is missing or cannot be understood holds nothing: all
    /// of it can be learnt again.
    #[must_use]
    pub fn open(path: PathBuf) -> Self {
        let table = read(&path).unwrap_or_default();
        Self(Arc::new(Mutex::new(Kept { file: Some(path), table, ..Kept::default() })))
    }

    /// What is known of one server.
    #[must_use]
    pub fn known(&self, host: &Host, port: u16) -> Known {
        let (kept, name) = (self.lock(), name(host, port));
        let known = kept.table.get(&name).cloned().unwrap_or_default();
        Known { answers_in_order: kept.in_order.get(&name) == Some(&true), ..known }
    }

    /// A server has greeted. Whether it answers in order is known until this program ends: the next one
    /// may meet another software there. Where that has happened, every greeting is waited for.
    pub(super) fn has_greeted(&self, host: &Host, port: u16, answers_in_order: bool) {
        let mut kept = self.lock();
        let known = kept.in_order.entry(name(host, port)).or_insert(answers_in_order);
        *known &= answers_in_order;
    }

    /// Every server of which something is known, as `HOST:PORT`, in order.
    #[must_use]
    pub fn all(&self) -> Vec<(String, Known)> {
        self.lock().table.iter().map(|(name, known)| (name.clone(), known.clone())).collect()
    }

    /// Adds to what is known of one server.
    ///
    /// # Errors
    ///
    /// If it cannot be written down; it holds until the program ends all the same.
    pub fn learn(&self, host: &Host, port: u16, lesson: impl Fn(&mut Known)) -> io::Result<()> {
        self.change(&name(host, port), |known| lesson(known))
    }

    /// The encoding of a server's names where they are not UTF-8. If it is not known yet, it is guessed
    /// from `names` and remembered, so that a file is called the same at the next run. To change it,
    /// [`learn`](Self::learn) another.
    pub fn encoding<'n>(
        &self,
        host: &Host,
        port: u16,
        names: impl Iterator<Item = &'n [u8]> + Clone,
    ) -> Option<Encoding> {
        if let Some(encoding) = self.known(host, port).encoding {
            return Some(encoding);
        }
        let guess = Encoding::guess(names, host)?;
        // What cannot be written down is known until the program ends.
        self.learn(host, port, |known| known.encoding = Some(guess)).ok();
        Some(guess)
    }

    /// Forgets all about one server, named as [`Servers::all`] does.
    ///
    /// # Errors
    ///
    /// If it cannot be written down.
    pub fn forget(&self, name: &str) -> io::Result<()> {
        self.change(name, |known| *known = Known::default())
    }

    fn change(&self, name: &str, change: impl Fn(&mut Known)) -> io::Result<()> {
        let mut kept = self.lock();
        let before = kept.table.get(name).cloned().unwrap_or_default();
        let mut after = before.clone();
        change(&mut after);
        if after == before {
            return Ok(());
        }
        put(&mut kept.table, name, after);
        let Some(file) = &kept.file else { return Ok(()) };
        let mut newest = read(file).unwrap_or_default();
        let mut there = newest.get(name).cloned().unwrap_or_default();
        change(&mut there);
        put(&mut newest, name, there);
        let text = toml::to_string(&newest).map_err(io::Error::other)?;
        disk::replace_whole(file, text.as_bytes())
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        // A thread that panicked while it held this lock left a whole table behind.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Of whom nothing is known nothing is kept.
fn put(table: &mut BTreeMap<String, Known>, name: &str, known: Known) {
    if known == Known::default() {
        table.remove(name);
    } else {
        table.insert(name.to_owned(), known);
    }
}

/// `HOST:PORT`, as its table is called.
pub(super) fn name(host: &Host, port: u16) -> String {
    if host.as_str().contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

fn read(file: &std::path::Path) -> Option<BTreeMap<String, Known>> {
    toml::from_str(&std::fs::read_to_string(file).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_learnt_is_known_at_the_next_start_and_can_be_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new").join("servers.toml");
        let host: Host = "ftp.example.org".parse().unwrap();
        let servers = Servers::open(file.clone());
        servers.learn(&host, 21, |known| known.has_tls = true).unwrap();
        servers.learn(&host, 2121, |known| known.most_connections = Some(2)).unwrap();
        let again = Servers::open(file.clone());
        assert!(again.known(&host, 21).has_tls);
        assert_eq!(again.known(&host, 2121).most_connections, Some(2));
        again.forget("ftp.example.org:21").unwrap();
        let names: Vec<_> = Servers::open(file).all().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["ftp.example.org:2121"]);
    }

    #[test]
    fn two_programs_do_not_undo_what_the_other_one_learnt() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("servers.toml");
        let host: Host = "ftp.example.org".parse().unwrap();
        let (one, other) = (Servers::open(file.clone()), Servers::open(file.clone()));
        one.learn(&host, 21, |known| known.has_tls = true).unwrap();
        other.learn(&host, 21, |known| known.is_step_by_step = true).unwrap();
        let both = Servers::open(file).known(&host, 21);
        assert!(both.has_tls && both.is_step_by_step, "{both:?}");
    }

    #[test]
    fn one_value_that_makes_no_sense_takes_no_other_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("servers.toml");
        let text = "[\"h:21\"]\nhas_tls = true\nencoding = \"klingon\"\npin = \"AB:C\"\n";
        std::fs::write(&file, text).unwrap();
        let known = Servers::open(file).known(&"h".parse().unwrap(), 21);
        assert_eq!(known, Known { has_tls: true, ..Known::default() });
    }

    #[test]
    fn the_first_guess_stays_until_the_person_says_otherwise() {
        let servers = Servers::default();
        let host: Host = "h".parse().unwrap();
        let label = |names: &[&[u8]]| {
            servers.encoding(&host, 21, names.iter().copied()).map(|found| found.to_string())
        };
        assert_eq!(label(&[b"plain"]), None);
        assert_eq!(label(&[b"caf\xe9"]).as_deref(), Some("windows-1252"));
        let cyrillic = [&b"\xce\xf2\xf7\xb8\xf2 \xe7\xe0 \xe3\xee\xe4"[..]];
        assert_eq!(label(&cyrillic).as_deref(), Some("windows-1252"));
        servers.learn(&host, 21, |known| known.encoding = "koi8-r".parse().ok()).unwrap();
        assert_eq!(label(&cyrillic).as_deref(), Some("KOI8-R"));
    }

    #[test]
    fn a_file_that_is_garbage_knows_nothing_and_stops_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("servers.toml");
        std::fs::write(&file, "[[[").unwrap();
        assert!(Servers::open(file).all().is_empty());
    }
}
