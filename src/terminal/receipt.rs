//! `--receipt`: the SHA-256 of everything that was fetched, as `sha256sum -c` reads it.

use std::path::Path;

use super::flags::Get;
use super::plan::Refusal;
use super::{Exit, sentences};
use crate::disk::{self, Receipt, Receipted};
use crate::transfer::{Destination, Failure, FileEnd, Outcome, Request, Verdict};
use crate::words;

/// The name of a receipt that was given none.
const USUAL_NAME: &str = "SHA256SUMS";

/// Where the sums of what is fetched are to be written, if anywhere.
pub(super) fn open(flags: &Get, requests: &[Request]) -> Result<Option<Receipt>, Refusal> {
    let Some(file) = &flags.receipt else { return Ok(None) };
    let path = file.clone().unwrap_or_else(|| flags.dir.join(USUAL_NAME));
    if requests.iter().any(|request| goes_to(request, &path)) {
        let shown = shown(&path);
        return Err(Refusal::usage(&format!(
            "{shown} is to be fetched, and cannot be the receipt as well. Give it another name: --receipt=FILE"
        )));
    }
    Receipt::open(&path).map(Some).map_err(|error| refused(&path, error))
}

fn refused(path: &Path, error: disk::Error) -> Refusal {
    let sentence = match &error {
        disk::Error::Exists { .. } => {
            "is there already, and is no receipt that Ashore has written. It is left as it is. Give another name: --receipt=FILE".to_owned()
        }
        disk::Error::InUse { .. } => "is being written by another Ashore".to_owned(),
        disk::Error::Io { source, .. } => format!("cannot be the receipt: {}", words::io_error(source)),
        error => format!("cannot be the receipt: {error}"),
    };
    let exit = Exit::of(&Err(Failure::Disk { error, kept: None }));
    Refusal { exit, sentences: vec![format!("{} {sentence}", shown(path))] }
}

/// Whether the file of `request` would be saved under `path`.
fn goes_to(request: &Request, path: &Path) -> bool {
    match (&request.destination, request.address.path.name()) {
        _ if request.is_folder() => false,
        (Destination::File(file), _) => file == path,
        (Destination::Folder(folder), Some(name)) => folder.join(disk::local_name(name)) == path,
        (Destination::Folder(_), None) => false,
    }
}

/// One more file has come to its end.
pub(super) fn take(receipt: &Receipt, outcome: &Outcome) {
    match outcome {
        Ok(summary) if summary.verdict == Verdict::Skipped => receipt.skips(&summary.path),
        Ok(summary) => match &summary.sha256 {
            Some(sum) => receipt.take(&summary.path, sum),
            None => receipt.is_here(&summary.path),
        },
        Err(_) => {}
    }
}

/// What is to be said where a file of a folder would have taken the receipt's place.
pub(super) fn in_the_way(receipt: &Receipt, end: &FileEnd) -> Option<String> {
    match &end.outcome {
        Err(Failure::Disk { error: disk::Error::Exists { path }, .. }) if receipt.is_at(path) => {
            let name = words::shown(&end.name);
            Some(format!("{name}: the receipt has this name. Give it another one: --receipt=FILE"))
        }
        _ => None,
    }
}

/// Writes it to its end. The sentence says what it holds; `None` if there is nothing to be written.
pub(super) fn end(receipt: &Receipt, stop: &dyn Fn() -> bool) -> Result<Option<String>, String> {
    let shown = shown(&receipt.path());
    match receipt.end(stop) {
        Ok(None) => Ok(None),
        Ok(Some(Receipted { files, missing })) => {
            let files = words::counted(files, "file", "files");
            let holds = format!("{shown} holds the SHA-256 of {files}");
            Ok(Some(match missing {
                0 => format!("{holds}."),
                1 => format!("{holds}. 1 more that is here is not in it."),
                more => {
                    format!("{holds}. {} more that are here are not in it.", words::count(more))
                }
            }))
        }
        Err(error) => {
            let failure = Failure::Disk { error, kept: None };
            Err(sentences::failed(&shown, &failure))
        }
    }
}

fn shown(path: &Path) -> String {
    words::shown(&path.display().to_string())
}
