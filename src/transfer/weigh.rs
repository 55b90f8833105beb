//! How much a folder holds, all the way down.

use std::ops::ControlFlow;

use super::failure::Failure;
use super::folder::{MOST_FOLDERS, MOST_LEVELS};
use super::visit::Visit;
use crate::ftp::RemotePath;
use crate::ftp::listing::Kind;

/// How much a folder holds, as far as it was looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Weight {
    /// The sum of the lengths of its files, in bytes.
    pub bytes: u64,
    /// How many files.
    pub files: u64,
    /// How many folders, itself included.
    pub folders: u64,
    /// How many of these could not be looked into, or not to their end.
    pub unseen: u64,
}

/// Adds up what the folder at `path` holds, and all folders in it. Links are not followed.
///
/// `told` hears the sum so far after each folder, and may break off.
///
/// # Errors
///
/// Only if nothing at all could be listed, or it was stopped.
pub fn weigh(
    visit: &mut Visit<'_>,
    path: &RemotePath,
    told: &mut dyn FnMut(Weight) -> ControlFlow<()>,
) -> Result<Weight, Failure> {
    let mut weight = Weight::default();
    let mut ahead = vec![(path.as_folder(), 0)];
    let mut beyond = 0;
    while let Some((path, level)) = ahead.pop() {
        weight.folders += 1;
        if level > MOST_LEVELS {
            weight.unseen += 1;
            continue;
        }
        let mut below = Vec::new();
        let ended = visit.list(&path, &mut |entry| {
            match entry.kind {
                // A server can make up a million of them: those that are too many are only counted.
                Kind::Dir if weight.folders + count(&ahead) + count(&below) >= MOST_FOLDERS => {
                    beyond += u64::from(path.child(&entry.name).is_ok());
                }
                Kind::Dir => below.extend(path.child(&entry.name)),
                Kind::File => {
                    weight.files += 1;
                    weight.bytes = weight.bytes.saturating_add(entry.size.unwrap_or(0));
                }
                Kind::Link | Kind::Other => {}
            }
            ControlFlow::Continue(())
        });
        ahead.extend(below.into_iter().map(|path| (path.as_folder(), level + 1)));
        match ended {
            Ok(_) => {}
            Err(failure @ Failure::Stopped { .. }) => return Err(failure),
            Err(failure) if level == 0 => return Err(failure),
            Err(_) => weight.unseen += 1,
        }
        if told(weight).is_break() {
            return Err(Failure::Stopped { kept: None });
        }
    }
    weight.folders += beyond;
    weight.unseen += beyond;
    Ok(weight)
}

fn count<T>(things: &[T]) -> u64 {
    u64::try_from(things.len()).unwrap_or(u64::MAX)
}
