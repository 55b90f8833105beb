//! What the browser says, in words. Knows no egui.

use std::path::Path;

use super::Browser;
use super::dates::written;
use super::folder::Sum;
use super::item::{Item, readable};
use super::shore::Mark;
use super::spot::{Spot, Stage, Weighing};
use crate::ftp::listing::Kind;
use crate::ftp::{Encoding, RemotePath};
use crate::words::{bytes, count, counted};

/// The name of a folder, as it may be shown; `None` for the one that the login opens.
pub(super) fn name(path: &RemotePath, encoding: Option<Encoding>) -> Option<String> {
    let name = path.name().map(|name| readable(name, encoding));
    name.or_else(|| path.is_absolute().then(|| "/".to_owned()))
}

/// A folder for a menu: its whole path.
pub(super) fn place(path: &RemotePath, browser: &Browser) -> String {
    let host = &browser.place.address.host;
    match readable(&path.to_wire(), browser.encoding) {
        wire if wire.is_empty() => host.to_string(),
        wire => wire,
    }
}

/// A folder here, as it is typed: `~` is the home folder.
pub(super) fn typed(folder: &Path) -> String {
    let home = directories::BaseDirs::new();
    let inside = home.as_ref().and_then(|home| folder.strip_prefix(home.home_dir()).ok());
    let short = inside.map(|inside| Path::new("~").join(inside));
    short.as_deref().unwrap_or(folder).to_string_lossy().into_owned()
}

/// `12 files, 1.2 GB`, `1 folder`, `2 folders and 3 files, 4.1 KB`.
pub(super) fn sum(sum: Sum) -> String {
    let folders = counted(sum.folders, "folder", "folders");
    let files = counted(sum.files, "file", "files");
    match (sum.folders, sum.files) {
        (_, 0) => folders,
        (0, _) => format!("{files}, {}", bytes(sum.bytes)),
        _ => format!("{folders} and {files}, {}", bytes(sum.bytes)),
    }
}

/// What stands at the left of the lowest line: what is chosen, or what there is.
pub(super) fn summary(browser: &Browser) -> String {
    let Spot { folder, stage, .. } = &browser.spot;
    if let Some(note) = &browser.note {
        return note.clone();
    }
    let chosen = folder.choice.len();
    let all = folder.len() as u64;
    if chosen > 1 || (chosen == 1 && !matches!(stage, Stage::Reading)) {
        return format!("{} chosen", sum(folder.chosen_sum()));
    }
    let rows = folder.rows().len() as u64;
    let entries = match (rows, stage) {
        (rows, _) if rows < all && !browser.spot.filter.trim().is_empty() => {
            format!("{} of {}", count(rows), count(all))
        }
        _ => counted(all, "entry", "entries"),
    };
    match stage {
        Stage::Connecting | Stage::Broken(_) if all == 0 => String::new(),
        Stage::Connecting | Stage::Reading => format!("{entries} so far…"),
        Stage::Whole => entries,
        Stage::Broken(_) => format!("{entries}; there may be more"),
    }
}

/// What stands in the column of sizes.
pub(super) fn size(item: &Item, weighing: Option<&Weighing>) -> String {
    match (weighing, item.size, item.kind) {
        (Some(Weighing::Running(weight)), ..) => format!("{}…", bytes(weight.bytes)),
        (Some(Weighing::Done(weight)), ..) if weight.unseen > 0 => {
            format!("{} or more", bytes(weight.bytes))
        }
        (Some(Weighing::Done(weight)), ..) => bytes(weight.bytes),
        (Some(Weighing::Failed), ..) => "unknown".to_owned(),
        (None, Some(size), Kind::File | Kind::Link) => bytes(size),
        (None, ..) => String::new(),
    }
}

/// What stands in the column of times.
pub(super) fn time(item: &Item) -> String {
    item.modified.map(written).unwrap_or_default()
}

/// What an item is, in a word.
pub(super) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::File => "file",
        Kind::Dir => "folder",
        Kind::Link => "link",
        Kind::Other => "neither file nor folder",
    }
}

/// What is here of an item, in words.
pub(super) fn mark(mark: Mark) -> &'static str {
    match mark {
        Mark::Here => "Downloaded, unchanged since",
        Mark::Differs => "Another file of this name is here",
        Mark::Partly => "Partly downloaded",
        Mark::Ordered => "On the way",
    }
}

/// A whole row, as a screen reader says it.
pub(super) fn row(item: &Item, weighing: Option<&Weighing>, here: Option<Mark>) -> String {
    let mut said = format!("{}, {}", item.shown, kind(item.kind));
    let facts = [size(item, weighing), time(item), here.map(mark).unwrap_or_default().to_owned()];
    for fact in facts.iter().filter(|fact| !fact.is_empty()) {
        said.push_str(", ");
        said.push_str(fact);
    }
    said
}

/// All that is known of an item, for the pointer that rests on it.
pub(super) fn facts(item: &Item, weighing: Option<&Weighing>) -> String {
    let mut lines = vec![item.shown.to_string()];
    if let Some(target) = &item.target {
        lines.push(format!("leads to {target}"));
    }
    if let Some(size) = item.size {
        lines.push(counted(size, "byte", "bytes"));
    }
    if let Some(Weighing::Running(weight) | Weighing::Done(weight)) = weighing {
        lines.push(format!(
            "{} in {}",
            counted(weight.bytes, "byte", "bytes"),
            counted(weight.files, "file", "files")
        ));
    }
    match item.modified {
        Some(modified) if modified.is_utc => lines.push(format!("changed {}", written(modified))),
        Some(modified) => lines.push(format!("changed {} (server time)", written(modified))),
        None => {}
    }
    lines.join("\n")
}
