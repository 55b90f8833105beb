//! The list of transfers: on disk before the first byte moves, and the same after anything.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use ashore::transfer::{
    Announcer, Commons, End, Engine, Entry, Event, Found, News, Request, State, TransferId,
};
use crossbeam_channel::Receiver;
use support::calm_request;
use support::quay::{Cut, Manners, Quay, cargo};
use tempfile::TempDir;

const KIB: u64 = 1024;

/// An engine on a list in a folder of its own.
struct Harbour {
    engine: Engine,
    events: Receiver<Event>,
    found: Found,
    folder: TempDir,
}

impl Harbour {
    fn open() -> Self {
        Self::open_in(tempfile::tempdir().unwrap())
    }

    fn open_in(folder: TempDir) -> Self {
        let (engine, events, found) =
            Engine::open(&list(folder.path()), Commons::default(), || ()).unwrap();
        Self { engine, events, found, folder }
    }

    /// Ends the engine, and starts another one on the same list.
    fn again(self) -> Self {
        drop(self.engine);
        Self::open_in(self.folder)
    }

    fn request(&self, quay: &Quay, name: &str) -> Request {
        calm_request(&quay.link(name), self.folder.path())
    }

    fn order(&mut self, quay: &Quay, names: &[&str]) -> Vec<TransferId> {
        let requests: Vec<_> = names.iter().map(|name| self.request(quay, name)).collect();
        self.engine.download_all(requests)
    }

    /// Waits for this news of `id`, ten seconds at most.
    fn wait(&self, id: TransferId, is_it: impl Fn(&News) -> bool) -> News {
        let end = Instant::now() + Duration::from_secs(10);
        while let Ok(event) = self.events.recv_deadline(end) {
            if event.id == id && is_it(&event.news) {
                return event.news;
            }
        }
        panic!("the news did not come")
    }

    /// Waits until all of `ids` have ended.
    fn ends(&self, ids: &[TransferId]) -> Vec<(TransferId, End)> {
        let end = Instant::now() + Duration::from_secs(20);
        let mut ends = Vec::new();
        while ends.len() < ids.len() {
            let event = self.events.recv_deadline(end).expect("not all of them ended");
            if let News::Ended(outcome) = event.news {
                ends.push((event.id, ashore::transfer::Ending::of(&outcome).end));
            }
        }
        ends
    }

    fn all_complete(&self, ids: &[TransferId]) {
        let ends = self.ends(ids);
        assert!(ends.iter().all(|(_, end)| *end == End::Complete), "{ends:?}");
    }
}

fn list(folder: &Path) -> PathBuf {
    folder.join("queue.db")
}

fn is_arriving(news: &News) -> bool {
    matches!(news, News::Progress(progress) if progress.received > 0)
}

fn ids(entries: &[Entry]) -> Vec<TransferId> {
    entries.iter().map(|entry| entry.id).collect()
}

#[test]
fn everything_that_is_ordered_is_on_disk_before_the_first_byte() {
    let folder = tempfile::tempdir().unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let cut: Cut = {
        let (list, seen) = (list(folder.path()), Arc::clone(&seen));
        Arc::new(move |_, _| {
            // The server looks at the list before it sends anything.
            let list = rusqlite::Connection::open(&list).unwrap();
            let count = "SELECT count(*) FROM transfer";
            let count: i64 = list.query_row(count, [], |row| row.get(0)).unwrap();
            seen.lock().unwrap().push(count);
            None
        })
    };
    let quay = Quay::open(Manners { cut, ..Manners::good(1000) });
    let mut harbour = Harbour::open_in(folder);
    let ids = harbour.order(&quay, &["a.bin", "b.bin", "c.bin"]);
    harbour.all_complete(&ids);
    assert_eq!(*seen.lock().unwrap(), [3, 3, 3]);
}

/// Not a test: the program that the next test kills.
#[test]
#[ignore = "the next test runs it in a process of its own"]
fn an_ashore_to_be_killed() {
    let Ok(address) = std::env::var("ASHORE_TEST_QUAY") else { return };
    let folder = PathBuf::from(std::env::var_os("ASHORE_TEST_FOLDER").unwrap());
    let (mut engine, events, _) = Engine::open(&list(&folder), Commons::default(), || ()).unwrap();
    let request = |name| calm_request(&format!("ftp://{address}/{name}"), &folder);
    let names = ["missing", "a.bin", "b.bin", "c.bin", "d.bin", "e.bin"];
    let ids = engine.download_all(names.map(request));
    engine.pause(ids[3]);
    engine.reorder(vec![ids[5], ids[4]]);
    let mut arriving = std::collections::HashSet::new();
    // Not for ever, should the other one fail.
    while let Ok(event) = events.recv_timeout(Duration::from_secs(20)) {
        if is_arriving(&event.news) && arriving.insert(event.id) && arriving.len() == 2 {
            println!("two are arriving");
        }
    }
}

#[test]
fn after_a_kill_the_list_is_as_it_was_and_goes_on() {
    let quay = Quay::open(Manners::paced(400 * KIB, 400 * KIB));
    let folder = tempfile::tempdir().unwrap();
    let mut killed = Command::new(std::env::current_exe().unwrap())
        .args(["an_ashore_to_be_killed", "--exact", "--ignored", "--nocapture"])
        .env("ASHORE_TEST_QUAY", quay.at().to_string())
        .env("ASHORE_TEST_FOLDER", folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(killed.stdout.take().unwrap()).lines();
    assert!(said.any(|line| line.unwrap().contains("two are arriving")));
    thread::sleep(Duration::from_millis(100));
    killed.kill().unwrap();
    killed.wait().unwrap();

    let harbour = Harbour::open_in(folder);
    assert_eq!(harbour.found.notice, None);
    let entries = &harbour.found.entries;
    assert_eq!(ids(entries), [1, 2, 3, 4, 6, 5].map(TransferId));
    let State::Ended(ending) = &entries[0].state else { panic!("{:?}", entries[0]) };
    assert_eq!(ending.end, End::Failed);
    assert!(ending.sentence.contains("no file with this name"), "{ending:?}");
    assert_eq!(entries[3].state, State::Paused);
    for waits in [1, 2, 4, 5] {
        assert_eq!(entries[waits].state, State::Waiting, "{waits}");
    }
    // Nothing moves before somebody says so.
    assert!(harbour.events.recv_timeout(Duration::from_millis(300)).is_err());
    harbour.engine.resume_all();
    harbour.all_complete(&ids(&entries[1..]));
    for name in ["a.bin", "b.bin", "c.bin", "d.bin", "e.bin"] {
        let file = fs::read(harbour.folder.path().join(name)).unwrap();
        assert_eq!(file, cargo(400 * KIB), "{name}");
    }
}

#[test]
fn pause_resume_cancel_and_try_again_do_what_they_say_and_no_byte_is_lost() {
    let quay = Quay::open(Manners::paced(600 * KIB, 600 * KIB));
    let mut harbour = Harbour::open();
    let id = harbour.order(&quay, &["a.bin"])[0];
    let has_enough = |news: &News| matches!(news, News::Progress(it) if it.received > 150 * KIB);
    harbour.wait(id, has_enough);
    harbour.engine.pause(id);
    harbour.wait(id, |news| matches!(news, News::Paused));
    // Also over a restart of the program.
    let harbour = harbour.again();
    assert_eq!(harbour.found.entries[0].state, State::Paused);
    assert!((150 * KIB..=600 * KIB).contains(&harbour.found.entries[0].received));
    harbour.engine.resume(id);
    harbour.wait(id, |news| matches!(news, News::Progress(it) if it.received > 300 * KIB));
    harbour.engine.cancel(id);
    assert_eq!(harbour.ends(&[id]), [(id, End::Stopped)]);
    let harbour = harbour.again();
    let State::Ended(ending) = &harbour.found.entries[0].state else { panic!("it runs") };
    assert!(ending.kept.as_ref().unwrap().length > 300 * KIB);
    harbour.engine.resume(id);
    harbour.all_complete(&[id]);
    assert_eq!(fs::read(harbour.folder.path().join("a.bin")).unwrap(), cargo(600 * KIB));
    let asked: Vec<u64> = quay.books.asked.lock().unwrap().iter().map(|(_, from)| *from).collect();
    assert!(asked[0] == 0 && asked[1] > 64 * KIB && asked[2] > 200 * KIB, "{asked:?}");
    assert_eq!(asked.len(), 3);
    // How it came is known as well.
    let harbour = harbour.again();
    let State::Ended(ending) = &harbour.found.entries[0].state else { panic!("it runs") };
    let passage = &ending.passage;
    assert_eq!(passage.size, Some((600 * KIB, Announcer::Size)));
    assert!(passage.joints.iter().any(|&at| at > 200 * KIB), "{passage:?}");
    assert!(passage.final_reply.as_ref().unwrap().starts_with("226"), "{passage:?}");
    assert_eq!((passage.beginnings, passage.connections), (1, 1));
    assert!(passage.modified().is_some() && passage.took.is_some());
}

#[test]
fn what_failed_can_be_tried_again_when_the_reason_is_gone() {
    let quay = Quay::open(Manners::good(1000));
    let mut harbour = Harbour::open();
    let in_the_way = harbour.folder.path().join("a.bin");
    fs::write(&in_the_way, "mine").unwrap();
    let id = harbour.order(&quay, &["a.bin"])[0];
    assert_eq!(harbour.ends(&[id]), [(id, End::Failed)]);
    fs::remove_file(&in_the_way).unwrap();
    harbour.engine.resume(id);
    harbour.all_complete(&[id]);
    assert_eq!(fs::read(&in_the_way).unwrap(), cargo(1000));
}

#[test]
fn two_at_most_are_busy_and_the_order_is_the_persons() {
    let quay = Quay::open(Manners::paced(64 * KIB, 320 * KIB));
    let mut harbour = Harbour::open();
    let ids = harbour.order(&quay, &["1.bin", "2.bin", "3.bin", "4.bin", "5.bin", "6.bin"]);
    harbour.engine.reorder(vec![ids[5], ids[4], ids[2], ids[3]]);
    harbour.all_complete(&ids);
    let mut paths = quay.books.paths();
    paths.chunks_mut(2).for_each(<[String]>::sort); // Two begin nearly at once.
    assert_eq!(paths, ["1.bin", "2.bin", "5.bin", "6.bin", "3.bin", "4.bin"]);
    assert_eq!(quay.books.most_busy.load(std::sync::atomic::Ordering::Relaxed), 2);
}

#[test]
fn two_that_change_places_leave_the_others_where_they_are_also_over_a_restart() {
    let names = ["1.bin", "2.bin", "3.bin", "4.bin", "5.bin", "6.bin"];
    for restarts in [false, true] {
        let quay = Quay::open(Manners::paced(64 * KIB, 320 * KIB));
        let mut harbour = Harbour::open();
        let all = harbour.order(&quay, &names);
        harbour.engine.reorder(vec![all[5], all[2]]);
        if restarts {
            harbour = harbour.again();
            assert_eq!(ids(&harbour.found.entries), [0, 1, 5, 3, 4, 2].map(|n| all[n]));
            harbour.engine.resume_all();
        }
        harbour.all_complete(&all);
        let mut paths = quay.books.paths();
        paths.reverse(); // Of those that were begun before the restart, only the last time counts.
        let mut last: Vec<String> = Vec::new();
        paths.into_iter().for_each(|path| {
            if !last.contains(&path) {
                last.insert(0, path);
            }
        });
        last.chunks_mut(2).for_each(<[String]>::sort); // Two begin nearly at once.
        assert_eq!(last, ["1.bin", "2.bin", "4.bin", "6.bin", "3.bin", "5.bin"]);
    }
}

#[test]
fn what_is_tried_again_goes_to_the_end_of_the_list_and_stays_there() {
    let quay = Quay::open(Manners::paced(64 * KIB, 320 * KIB));
    let mut harbour = Harbour::open();
    let all = harbour.order(&quay, &["1.bin", "2.bin", "3.bin"]);
    harbour.all_complete(&all);
    fs::remove_file(harbour.folder.path().join("1.bin")).unwrap();
    harbour.engine.resume(all[0]);
    harbour.all_complete(&all[..1]);
    let harbour = harbour.again();
    assert_eq!(ids(&harbour.found.entries), [all[1], all[2], all[0]]);
}

#[test]
fn pause_all_stops_everything_and_resume_all_brings_everything() {
    let quay = Quay::open(Manners::paced(100 * KIB, 400 * KIB));
    let mut harbour = Harbour::open();
    let ids = harbour.order(&quay, &["1.bin", "2.bin", "3.bin", "4.bin"]);
    harbour.wait(ids[0], is_arriving);
    harbour.engine.pause_all();
    let mut paused = 0;
    while paused < ids.len() {
        let event = harbour.events.recv_timeout(Duration::from_secs(5)).unwrap();
        assert!(!matches!(event.news, News::Ended(_)), "{event:?}");
        paused += usize::from(matches!(event.news, News::Paused));
    }
    thread::sleep(Duration::from_millis(200)); // For the server to notice.
    let sent = quay.sent();
    thread::sleep(Duration::from_millis(200));
    assert_eq!(quay.sent(), sent, "something still moves");
    harbour.engine.resume_all();
    harbour.all_complete(&ids);
}

#[test]
fn a_download_that_rests_lets_others_go_on() {
    let full = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = full.local_addr().unwrap();
    thread::spawn(move || {
        for mut guest in full.incoming().map(Result::unwrap) {
            guest.write_all(b"421 Too many connections\r\n").unwrap();
        }
    });
    let quay = Quay::open(Manners::good(1000));
    let mut harbour = Harbour::open();
    let rests = ["never.bin", "nor.bin"].map(|name| {
        let request = calm_request(&format!("ftp://{at}/{name}"), harbour.folder.path());
        Request { retries: 9, ..request }
    });
    let resting = harbour.engine.download_all(rests);
    let id = harbour.order(&quay, &["a.bin"])[0];
    assert_eq!(harbour.ends(&[id]), [(id, End::Complete)]);
    harbour.engine.cancel(resting[0]);
    harbour.engine.cancel(resting[1]);
    assert_eq!(harbour.ends(&resting).len(), 2);
}

#[test]
fn what_is_cleared_is_gone_at_the_next_start_and_undo_brings_it_back() {
    let quay = Quay::open(Manners::good(1000));
    let mut harbour = Harbour::open();
    let ids = harbour.order(&quay, &["1.bin", "2.bin", "3.bin"]);
    harbour.all_complete(&ids);
    harbour.engine.clear(ids.clone());
    harbour.engine.unclear(vec![ids[1]]);
    let harbour = harbour.again();
    assert_eq!(self::ids(&harbour.found.entries), [ids[1]]);
    let State::Ended(ending) = &harbour.found.entries[0].state else { panic!("it waits") };
    assert_eq!((ending.end, ending.length), (End::Complete, Some(1000)));
    assert_eq!(harbour.again().found.entries.len(), 1);
}
