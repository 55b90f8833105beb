//! What became of the files of a folder is still known after a restart.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod support;

use std::path::Path;
use std::time::Duration;

use ashore::transfer::{
    Commons, End, Engine, Event, FileEnding, Files, News, Request, State, TransferId,
};
use crossbeam_channel::Receiver;
use support::calm_request;
use support::wharf::{Node, Rules, Tree, Wharf};

/// A folder of five files, of which one is locked.
fn wharf() -> Wharf {
    let mut tree = Tree::from([
        ("pub".to_owned(), Node::Folder),
        ("pub/d".to_owned(), Node::Folder),
        ("pub/locked".to_owned(), Node::Locked),
    ]);
    for name in ["pub/a", "pub/b", "pub/d/c", "pub/d/é"] {
        tree.insert(name.to_owned(), Node::File(name.as_bytes().to_vec()));
    }
    Wharf::open(tree, Rules::modern())
}

fn open(list: &Path) -> (Engine, Receiver<Event>, State) {
    let (engine, events, found) = Engine::open(list, Commons::default(), || ()).unwrap();
    let state = found.entries.first().map_or(State::Waiting, |entry| entry.state.clone());
    (engine, events, state)
}

fn wait<T>(events: &Receiver<Event>, wanted: impl Fn(News) -> Option<T>) -> T {
    loop {
        let event = events.recv_timeout(Duration::from_secs(30)).expect("it does not come");
        if let Some(found) = wanted(event.news) {
            return found;
        }
    }
}

fn ended(events: &Receiver<Event>) {
    wait(events, |news| matches!(news, News::Ended(_)).then_some(()));
}

/// What is told of the files, by their names.
fn told(engine: &Engine, events: &Receiver<Event>, id: TransferId) -> Vec<FileEnding> {
    engine.files(id);
    let mut files =
        wait(events, |news| if let News::Files(files) = news { Some(files) } else { None });
    files.sort_by(|one, other| one.name.cmp(&other.name));
    files
}

fn ends(files: &[FileEnding]) -> Vec<(&str, End)> {
    files.iter().map(|file| (&*file.name, file.end)).collect()
}

const ALL: [(&str, End); 5] = [
    ("a", End::Complete),
    ("b", End::Complete),
    ("d/c", End::Complete),
    ("d/é", End::Complete),
    ("locked", End::Failed),
];

#[test]
fn after_a_restart_it_is_known_how_each_file_of_a_folder_ended() {
    let wharf = wharf();
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("queue.db");
    let (mut engine, events, _) = open(&list);
    let request = calm_request(&wharf.link("pub/"), folder.path());
    let id = engine.download(Request { retries: 0, ..request });
    ended(&events);
    drop(engine);

    let (engine, events, state) = open(&list);
    let State::Ended(ending) = state else { panic!("{state:?}") };
    assert_eq!(ending.passage.files, Some(Files { over: 5, bad: 1, all: Some(5) }));
    let files = told(&engine, &events, id);
    assert_eq!(ends(&files), ALL);
    assert_eq!(files.iter().map(|file| file.length).sum::<Option<u64>>(), None);
    assert_eq!(files.first().and_then(|file| file.length), Some(5));
    let locked = files.last().unwrap();
    assert!(locked.sentence.contains("no file with this name"), "{locked:?}");

    // What is here is not told again by the next run, and still known.
    engine.resume(id);
    ended(&events);
    assert_eq!(ends(&told(&engine, &events, id)), ALL);
    drop(engine);
    let (engine, events, _) = open(&list);
    assert_eq!(ends(&told(&engine, &events, id)), ALL);
}

#[test]
fn what_is_taken_off_the_list_takes_its_files_with_it() {
    let wharf = wharf();
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("queue.db");
    let (mut engine, events, _) = open(&list);
    let id = engine.download(calm_request(&wharf.link("pub/d/"), folder.path()));
    ended(&events);
    assert_eq!(told(&engine, &events, id).len(), 2);
    engine.clear(vec![id]);
    drop(engine);
    // The next one may get the same number.
    let (mut engine, events, _) = open(&list);
    let again = engine.download(calm_request(&wharf.link("pub/d/c"), folder.path()));
    ended(&events);
    assert_eq!((again, told(&engine, &events, id)), (id, Vec::new()));
}
