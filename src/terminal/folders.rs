//! `ashore get -r`: which files a folder holds, before they are ordered.

use super::flags::Get;
use super::progress::Board;
use super::{Exit, plan, sentences};
use crate::ftp::{Limits, Stop};
use crate::transfer::{self, Commons, Destination, Failure, Line, Request, Tree};
use crate::words;

/// What there is to fetch, once every folder is looked into.
pub(super) struct Cargo {
    pub(super) requests: Vec<Request>,
    /// How the folders themselves ended that could not be looked into.
    pub(super) ends: Vec<Exit>,
}

/// Puts the files that they hold in the place of the folders among `requests`.
pub(super) fn unfold(
    flags: &Get,
    requests: Vec<Request>,
    commons: &Commons,
    board: &Board,
    stop: &Stop,
) -> Cargo {
    let mut cargo = Cargo { requests: Vec::new(), ends: Vec::new() };
    for request in requests {
        match &request.destination {
            Destination::Folder(into) if plan::is_folder(flags, &request) => {
                let limits = Limits { patience: request.patience, stop: stop.clone() };
                let log = |line: Line| board.line(&sentences::name(&request.address), &line);
                match transfer::scan(request.access(commons), into, &limits, &log) {
                    Ok(tree) => cargo.take(&request, tree, board),
                    Err(failure) => cargo.fail(&sentences::name(&request.address), failure, board),
                }
            }
            Destination::File(_) | Destination::Folder(_) => cargo.requests.push(request),
        }
    }
    cargo
}

impl Cargo {
    fn take(&mut self, folder: &Request, tree: Tree, board: &Board) {
        let bytes = tree.files.iter().filter_map(|file| file.size).sum();
        let unchanged = match tree.unchanged {
            0 => String::new(),
            count => format!(", {} more are here already", words::count(count)),
        };
        board.note(&format!(
            "{}: {} files, {}{unchanged}",
            sentences::name(&folder.address),
            words::count(u64::try_from(tree.files.len()).unwrap_or(u64::MAX)),
            words::bytes(bytes),
        ));
        tree.notices.iter().for_each(|notice| board.note(&words::shown(notice)));
        for (address, failure) in tree.failures {
            self.fail(&sentences::name(&address), failure, board);
        }
        self.requests.extend(tree.files.into_iter().map(|file| Request {
            address: file.address,
            destination: Destination::File(file.destination),
            ..folder.clone()
        }));
    }

    fn fail(&mut self, name: &str, failure: Failure, board: &Board) {
        board.failed_before(&sentences::failed(name, &failure));
        self.ends.push(Exit::of(&Err(failure)));
    }
}
