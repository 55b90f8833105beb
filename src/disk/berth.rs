//! What this program is at work on, so that no two downloads of it write to one place, however it is
//! spelt.
//!
//! The lock on a `.part` keeps other programs off, and begins with its first byte. This begins before,
//! and holds on disks that know no locks.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::case::is_case_blind;
use super::place::{folder_of, nearest_folder};

/// All places that are taken.
static TAKEN: Mutex<Vec<Place>> = Mutex::new(Vec::new());

/// A `.part` file that is this download's alone until it is dropped.
#[derive(Debug)]
pub(super) struct Berth(PathBuf);

#[derive(Debug)]
struct Place {
    path: PathBuf,
    /// Where its bytes come from.
    source: String,
}

/// Who is at work on a `.part` file already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rival {
    /// Who fetches the same.
    Same,
    /// Who fetches something else.
    Other,
}

impl Berth {
    /// Takes the place of `part`, which need not be there, for the bytes from `source`.
    pub(super) fn take(part: &Path, source: &str) -> Result<Self, Rival> {
        let path = really(part);
        let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = taken.iter().find(|place| is_one(&place.path, &path)) {
            return Err(if place.source == source { Rival::Same } else { Rival::Other });
        }
        taken.push(Place { path: path.clone(), source: source.to_owned() });
        Ok(Self(path))
    }
}

impl Drop for Berth {
    fn drop(&mut self) {
        let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
        taken.retain(|place| place.path != self.0);
    }
}

/// Whether downloads to `one` and to `other` would write to one place, however those are spelt. Only
/// where the names are alike are the folders looked up.
#[must_use]
pub fn is_one_place(one: &Path, other: &Path) -> bool {
    let (Some(name), Some(of_other)) = (one.file_name(), other.file_name()) else { return false };
    let is_alike = name.eq_ignore_ascii_case(of_other)
        || (!name.is_ascii() && folded(name.as_ref()) == folded(of_other.as_ref()));
    is_alike && is_one(&really(one), &really(other))
}

/// The path without links and detours, as far as it is there.
fn really(path: &Path) -> PathBuf {
    let folder = folder_of(path);
    let Ok(near) = nearest_folder(folder) else { return path.to_owned() };
    let Ok(real) = near.canonicalize() else { return path.to_owned() };
    let missing = folder.strip_prefix(near).unwrap_or(folder);
    real.join(missing).join(path.file_name().unwrap_or_default())
}

/// Whether two such paths are one here.
fn is_one(one: &Path, other: &Path) -> bool {
    let is_blind = || nearest_folder(folder_of(one)).is_ok_and(is_case_blind);
    one == other || (folded(one) == folded(other) && is_blind())
}

fn folded(path: &Path) -> String {
    path.to_string_lossy().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_taken_once_however_it_is_spelt_and_free_again_when_it_is_let_go() {
        let folder = tempfile::tempdir().unwrap();
        let at = |path: &str| folder.path().join(path);
        std::fs::create_dir_all(at("a/b")).unwrap();
        let first = Berth::take(&at("a/new/x.part"), "one").unwrap();
        for path in ["a/new/x.part", "a/./new/x.part", "a/b/../new/x.part"] {
            assert_eq!(Berth::take(&at(path), "one").unwrap_err(), Rival::Same, "{path}");
            assert_eq!(Berth::take(&at(path), "two").unwrap_err(), Rival::Other, "{path}");
            assert!(is_one_place(&at("a/new/x.part"), &at(path)), "{path}");
        }
        assert!(!is_one_place(&at("a/new/x.part"), &at("a/b/x.part")));
        let is_blind = is_case_blind(&at("a"));
        assert_eq!(Berth::take(&at("a/new/X.part"), "one").is_err(), is_blind);
        Berth::take(&at("a/b/x.part"), "one").unwrap();
        drop(first);
        Berth::take(&at("a/new/x.part"), "two").unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_folder_leads_to_the_same_place() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("a")).unwrap();
        std::os::unix::fs::symlink("a", folder.path().join("link")).unwrap();
        let _first = Berth::take(&folder.path().join("a/x.part"), "one").unwrap();
        let linked = Berth::take(&folder.path().join("link/x.part"), "one");
        assert_eq!(linked.unwrap_err(), Rival::Same);
        assert!(is_one_place(&folder.path().join("a/x"), &folder.path().join("link/x")));
    }
}
