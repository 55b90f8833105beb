//! Whole folders from a [`Wharf`]: short words for fetching one, and for what came.

use std::fs;
use std::path::Path;
use std::time::Duration;

use ashore::transfer::{
    Checks, Commons, Engine, Failure, FileEnd, News, Outcome, Preflight, Request, Voice,
};

use super::calm_request;
use super::wharf::{Node, Tree, Wharf};

/// What was told of one folder.
pub(crate) struct Told {
    pub(crate) outcome: Outcome,
    pub(crate) files: Vec<FileEnd>,
    pub(crate) preflight: Preflight,
    pub(crate) lines: Vec<(Voice, String)>,
}

impl Told {
    pub(crate) fn says(&self, text: &str) -> bool {
        self.lines.iter().any(|(_, line)| line.contains(text))
    }

    pub(crate) fn tally(&self) -> String {
        match &self.outcome {
            Err(Failure::Folder(tally)) => tally.to_string(),
            other => panic!("{other:?}"),
        }
    }
}

pub(crate) fn fetch(commons: &Commons, request: Request) -> Told {
    let (mut engine, events) = Engine::start(commons.clone(), || ()).unwrap();
    engine.download(request);
    let (mut files, mut lines, mut preflight) = (Vec::new(), Vec::new(), Preflight::default());
    loop {
        match events.recv_timeout(Duration::from_secs(30)).expect("it does not end").news {
            News::File(end) => files.push(*end),
            News::Line(line) => lines.push((line.voice, line.text)),
            News::Preflight(told) => preflight = *told,
            News::Ended(outcome) => return Told { outcome, files, preflight, lines },
            _ => {}
        }
    }
}

/// Fetches a folder with 60 files over up to six connections, with no second try: all of them come.
pub(crate) fn all_sixty_come(wharf: &Wharf, commons: &Commons) -> Told {
    let folder = tempfile::tempdir().unwrap();
    commons.lanes.choose(Some(6));
    let request = Request { retries: 0, ..folder_request(wharf, folder.path()) };
    let told = fetch(commons, request);
    told.outcome.as_ref().unwrap();
    assert_eq!(all(&folder.path().join("pub")).len(), 60);
    told
}

pub(crate) fn folder_request(wharf: &Wharf, into: &Path) -> Request {
    let request = calm_request(&wharf.link("pub/"), into);
    Request { retries: 2, checks: Checks::default(), ..request }
}

pub(crate) fn tree(nodes: &[(&str, Node)]) -> Tree {
    let root = [("pub".to_owned(), Node::Folder)];
    let nodes = nodes.iter().map(|(path, node)| (format!("pub/{path}"), node.clone()));
    root.into_iter().chain(nodes).collect()
}

/// A file that holds its own name.
pub(crate) fn file(name: &str) -> (&str, Node) {
    (name, Node::File(name.as_bytes().to_vec()))
}

/// Every file under `folder`, by its path in it.
pub(crate) fn all(folder: &Path) -> Vec<String> {
    let (mut found, mut ahead) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(here) = ahead.pop() {
        for entry in fs::read_dir(here).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            if path.is_dir() {
                found.push(format!("{name}/"));
                ahead.push(path);
            } else {
                found.push(name);
            }
        }
    }
    found.sort();
    found
}
