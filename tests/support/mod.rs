//! What the tests share: a scripted server, a real one inside the test, and short words for "download it".

#![allow(dead_code, reason = "each test uses its own part of this")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on stops"
)]

pub(crate) mod embedded;
pub(crate) mod folders;
pub(crate) mod program;
pub(crate) mod proxies;
pub(crate) mod quay;
pub(crate) mod script;
pub(crate) mod secret;
pub(crate) mod wharf;

use std::cell::{Cell, RefCell};
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ashore::transfer::{
    self, Checks, Destination, Ending, Handle, News, Outcome, Phase, Request, Summary, Voice,
};
use sha2::{Digest, Sha256};

#[allow(unused_imports, reason = "each test uses its own part of this")]
pub(crate) use script::{Server, pattern};

/// The download of `hello.txt` from a scripted server into `folder`: half a second of patience, one
/// try.
pub(crate) fn request(server: &Server, folder: &Path) -> Request {
    request_for(&server.link("hello.txt"), folder)
}

/// The download of any link into `folder`: half a second of patience, one try, and nobody is asked
/// for a checksum.
pub(crate) fn request_for(link: &str, folder: &Path) -> Request {
    let address = link.parse().unwrap_or_else(|error| panic!("{link}: {error}"));
    Request {
        patience: Duration::from_millis(500),
        retries: 0,
        checks: Checks { verify: false, ..Checks::default() },
        ..Request::new(address, Destination::Folder(folder.to_owned()))
    }
}

/// The same with ten seconds of patience: for stories that are not about silence, on a machine that
/// has more to do.
pub(crate) fn calm_request(link: &str, folder: &Path) -> Request {
    Request { patience: Duration::from_secs(10), ..request_for(link, folder) }
}

/// Downloads, and gives back how it ended and everything that was reported on the way.
pub(crate) fn run(request: &Request) -> (Outcome, Vec<News>) {
    let news = RefCell::new(Vec::new());
    let outcome = transfer::download(request, &Handle::default(), &|item| {
        news.borrow_mut().push(item);
    });
    (outcome, news.into_inner())
}

/// The same, but slowly until a line is sent that `is_enough`: whatever is to happen meanwhile happens,
/// however fast this machine is.
pub(crate) fn run_slowly_until(
    request: &Request,
    is_enough: impl Fn(&str) -> bool,
) -> (Outcome, Vec<News>) {
    const SLOWLY: Duration = Duration::from_millis(250);
    let has_happened = Cell::new(false);
    let news = RefCell::new(Vec::new());
    let outcome = transfer::download(request, &Handle::default(), &|item| {
        match &item {
            News::Line(line) if line.voice == Voice::Sent && is_enough(&line.text) => {
                has_happened.set(true);
            }
            // The first connection waits for whoever listens.
            News::Progress(_) if !has_happened.get() => std::thread::sleep(SLOWLY),
            _ => {}
        }
        news.borrow_mut().push(item);
    });
    (outcome, news.into_inner())
}

/// The same, but waits at most a moment between two attempts. With the reasons for which it waited.
pub(crate) fn run_in_a_hurry(request: &Request) -> (Outcome, Vec<News>, Vec<String>) {
    let handle = Handle::default();
    let is_over = AtomicBool::new(false);
    let news = RefCell::new(Vec::new());
    let outcome = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(10));
                handle.try_now();
            }
        });
        let outcome = transfer::download(request, &handle, &|item| news.borrow_mut().push(item));
        is_over.store(true, Ordering::Relaxed);
        outcome
    });
    let news = news.into_inner();
    let whys = news.iter().filter_map(|item| match item {
        News::Phase(Phase::Waiting { why, .. }) => Some(why.clone()),
        _ => None,
    });
    let whys = whys.collect();
    (outcome, news, whys)
}

/// What the person reads of how it ended.
pub(crate) fn ending(outcome: &Outcome) -> Ending {
    Ending::of(outcome)
}

/// The summary of a download that must have ended well.
pub(crate) fn arrived(outcome: Outcome) -> Summary {
    outcome.unwrap_or_else(|failure| panic!("it failed: {failure}"))
}

/// The lines of the log that `voice` said.
pub(crate) fn said(news: &[News], voice: Voice) -> Vec<&str> {
    let lines = news.iter().filter_map(|item| match item {
        News::Line(line) if line.voice == voice => Some(line.text.as_str()),
        _ => None,
    });
    lines.collect()
}

/// What is in `folder`, sorted.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// SHA-256 of a file, for comparing two of them.
pub(crate) fn sha256(file: &Path) -> [u8; 32] {
    let mut hash = Sha256::new();
    let mut file =
        fs::File::open(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut buffer = vec![0; 1 << 20];
    loop {
        match std::io::Read::read(&mut file, &mut buffer).unwrap() {
            0 => return hash.finalize().into(),
            length => hash.update(&buffer[..length]),
        }
    }
}
