//! Whether a folder takes names that differ only in their capitals for one.

use std::fs::{self, File};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use super::place::is_same_file;

/// So many names in a folder are looked at before a file of our own is made there.
const FEW: usize = 16;

/// Whether `folder`, which is there, takes `README` and `Readme` for one name. Each folder may have its own
/// mind: another disk may begin there.
///
/// A name that is there tells it; where none has letters, a file of our own, which is gone again.
#[must_use]
pub fn is_case_blind(folder: &Path) -> bool {
    let names = fs::read_dir(folder).into_iter().flatten().flatten().take(FEW);
    let mut told = names.filter_map(|entry| by_name(folder, entry.file_name().to_str()?));
    // Where no file can be made, it does not matter much.
    let usual = cfg!(any(windows, target_vendor = "apple"));
    told.next().or_else(|| by_probe(folder)).unwrap_or(usual)
}

/// What `name`, which is in `folder`, tells. `None` if it has no letters; or if there may be two files,
/// or two numbers for one file, as some network disks have them.
fn by_name(folder: &Path, name: &str) -> Option<bool> {
    let other = folder.join(swapped(name));
    let path = folder.join(name);
    match fs::symlink_metadata(&other) {
        _ if other == path => None,
        Ok(_) => is_same_file(&path, &other).then_some(true),
        Err(_) => Some(false),
    }
}

/// Small letters for large ones, and the other way round.
fn swapped(name: &str) -> String {
    let swap = |c: char| match c.is_ascii_lowercase() {
        true => c.to_ascii_uppercase(),
        false => c.to_ascii_lowercase(),
    };
    name.chars().map(swap).collect()
}

fn by_probe(folder: &Path) -> Option<bool> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    // A name that no server's file can have here: see `names`.
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("probe-{}-{number}.ashore", std::process::id());
    let path = folder.join(&name);
    File::create_new(&path).ok()?;
    let is_blind = fs::symlink_metadata(folder.join(swapped(&name))).is_ok();
    fs::remove_file(&path).ok();
    Some(is_blind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_tells_it_whatever_its_own_name_is_and_is_left_as_it_was() {
        let blind = cfg!(any(windows, target_vendor = "apple"));
        let top = tempfile::tempdir().unwrap();
        for (folder, names) in [("2024", &[][..]), ("2025", &["1", "2"]), ("Pub", &["1", "a"])] {
            let folder = top.path().join(folder);
            fs::create_dir(&folder).unwrap();
            names.iter().for_each(|name| drop(File::create(folder.join(name)).unwrap()));
            let mtime = || fs::metadata(&folder).unwrap().modified().unwrap();
            let before = mtime();
            assert_eq!(is_case_blind(&folder), blind, "{}", folder.display());
            assert_eq!(fs::read_dir(&folder).unwrap().count(), names.len());
            assert!(mtime() == before || !names.contains(&"a"), "it was written to in vain");
        }
        // As a disk that is blind would show it: two names, one file.
        let (one, other) = (top.path().join("2025/Abc"), top.path().join("2025/aBC"));
        fs::write(&one, "").unwrap();
        if !blind {
            fs::hard_link(&one, other).unwrap();
        }
        let told = by_name(&top.path().join("2025"), "Abc");
        assert_eq!((told, is_case_blind(&top.path().join("2025"))), (Some(true), true));
        assert_eq!(by_name(top.path(), "2024"), None);
    }
}
