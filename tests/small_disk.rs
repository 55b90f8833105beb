//! A disk that is full: a sentence says what is missing, no byte that has arrived is lost, and the queue
//! goes on by itself when there is room. These stories need root, for a small disk to fill.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod support;

use std::cell::Cell;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use ashore::transfer::{
    self, Checks, Class, Commons, End, Ending, Engine, Event, Handle, News, NextStep, Phase,
    Request,
};
use crossbeam_channel::Receiver;
use support::quay::{Manners, Quay, cargo};
use support::{arrived, calm_request, ending, names, run};
use tempfile::TempDir;

const KIB: u64 = 1024;

/// A small disk of its own.
struct Disk(TempDir);

impl Disk {
    fn of(kib: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let disk = Self(folder);
        disk.mount(&["-t", "tmpfs", "-o", &format!("size={kib}k"), "tmpfs"]);
        disk
    }

    fn mount(&self, args: &[&str]) {
        assert!(Command::new("mount").args(args).arg(self.path()).status().unwrap().success());
    }

    fn becomes(&self, option: &str) {
        self.mount(&["-o", &format!("remount,{option}")]);
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        Command::new("umount").arg("--lazy").arg(self.path()).status().ok();
    }
}

fn waiting_for_room(quay: &Quay, folder: &Path) -> Request {
    Request { waits_for_room: true, ..calm_request(&quay.link("file.bin"), folder) }
}

/// The first of `events` that `pick` wants, ten seconds at most.
fn wait<T>(events: &Receiver<Event>, pick: impl Fn(News) -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(10);
    loop {
        let event = events.recv_deadline(end).expect("the news did not come");
        if let Some(wanted) = pick(event.news) {
            return wanted;
        }
    }
}

fn no_room(news: News) -> Option<String> {
    match news {
        News::NoRoom(sentence) => Some(sentence),
        News::Ended(outcome) => panic!("it ended: {:?}", Ending::of(&outcome)),
        _ => None,
    }
}

fn ended(news: News) -> Option<Ending> {
    match news {
        News::Ended(outcome) => Some(Ending::of(&outcome)),
        _ => None,
    }
}

#[test]
#[ignore = "needs root and a tmpfs: ./tests/run"]
fn a_file_that_does_not_fit_is_not_begun_and_the_numbers_are_said() {
    let quay = Quay::open(Manners::good(1024 * KIB));
    let disk = Disk::of(160);
    let (outcome, _) = run(&calm_request(&quay.link("file.bin"), disk.path()));
    let failure = outcome.unwrap_err();
    assert_eq!((failure.class(), failure.next_step()), (Class::Disk, NextStep::SaveElsewhere));
    let sentence = failure.to_string();
    assert_eq!(sentence, "This disk has 163.8 KB free; the file needs 884.7 KB more");
    assert!(names(disk.path()).is_empty());
    assert!(quay.books.paths().is_empty(), "it was asked for");
}

#[test]
#[ignore = "needs root and a tmpfs: ./tests/run"]
fn a_disk_that_fills_up_keeps_what_has_arrived_and_it_is_continued() {
    [true, false].into_iter().for_each(fills_up);
}

/// `hash`: a checksum is computed. Without one, no byte passes through the memory of the program.
fn fills_up(hash: bool) {
    let quay = Quay::open(Manners { tells_size: false, ..Manners::good(4096 * KIB) });
    let disk = Disk::of(2560);
    let request = calm_request(&quay.link("file.bin"), disk.path());
    let checks = Checks { hash, ..request.checks.clone() };
    let request = Request { checks, ..request };
    let end = ending(&run(&request).0);
    assert_eq!((end.end, end.sentence.as_str()), (End::Failed, "The disk is full"));
    let kept = end.kept.unwrap().length;
    assert!((1024 * KIB..2560 * KIB).contains(&kept), "{kept}");
    assert_eq!(names(disk.path()), ["file.bin.part", "file.bin.part.ashore"]);
    assert_eq!(fs::read(disk.path().join("file.bin.part")).unwrap(), cargo(kept));

    disk.becomes("size=8m");
    let summary = arrived(run(&request).0);
    assert_eq!(fs::read(disk.path().join("file.bin")).unwrap(), cargo(4096 * KIB));
    assert_eq!(summary.sha256, hash.then(|| support::sha256(&summary.path)));
    assert_eq!(names(disk.path()), ["file.bin"]);
    let again = quay.books.asked.lock().unwrap().get(1).map(|asked| asked.1);
    assert_eq!(again, Some(kept - 64 * KIB), "it was begun anew");
}

#[test]
#[ignore = "needs root and a tmpfs: ./tests/run"]
fn in_the_queue_it_waits_for_room_and_goes_on_by_itself() {
    let quay = Quay::open(Manners { tells_size: false, ..Manners::good(2048 * KIB) });
    let disk = Disk::of(1024);
    let (mut engine, events) = Engine::start(Commons::default(), || ()).unwrap();
    engine.download(waiting_for_room(&quay, disk.path()));
    assert_eq!(wait(&events, no_room), "The disk is full");
    disk.becomes("size=64m");
    assert_eq!(wait(&events, ended).end, End::Complete);
    assert_eq!(fs::read(disk.path().join("file.bin")).unwrap(), cargo(2048 * KIB));
}

/// Somebody else takes all the room there is, as soon as `is_time`.
fn filled_up_when(disk: &Disk, quay: &Quay, is_time: fn(&News) -> bool) -> transfer::Outcome {
    let request = calm_request(&quay.link("file.bin"), disk.path());
    let is_done = Cell::new(false);
    transfer::download(&request, &Handle::default(), &|news| {
        if is_time(&news) && !is_done.replace(true) {
            let full = fs::write(disk.path().join("filler"), vec![1; 8192 * 1024]).unwrap_err();
            assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
        }
    })
}

#[test]
#[ignore = "needs root and a tmpfs: ./tests/run"]
fn room_that_was_there_when_the_first_byte_came_stays_the_files() {
    let quay = Quay::open(Manners::paced(2048 * KIB, 4096 * KIB));
    let disk = Disk::of(4096);
    let is_time = |news: &News| matches!(news, News::Progress(it) if it.received > 300 * KIB);
    arrived(filled_up_when(&disk, &quay, is_time));
    assert_eq!(fs::read(disk.path().join("file.bin")).unwrap(), cargo(2048 * KIB));
}

#[test]
#[ignore = "needs root and a tmpfs: ./tests/run"]
fn what_has_arrived_is_continued_even_if_not_one_byte_of_room_was_left() {
    let quay = Quay::open(Manners { tells_size: false, ..Manners::paced(2048 * KIB, 4096 * KIB) });
    let disk = Disk::of(4096);
    let is_time = |news: &News| matches!(news, News::Progress(it) if it.received > 400 * KIB);
    let end = ending(&filled_up_when(&disk, &quay, is_time));
    assert_eq!((end.end, end.sentence.as_str()), (End::Failed, "The disk is full"));
    let kept = end.kept.unwrap().length;
    fs::remove_file(disk.path().join("filler")).unwrap();
    arrived(run(&calm_request(&quay.link("file.bin"), disk.path())).0);
    assert_eq!(fs::read(disk.path().join("file.bin")).unwrap(), cargo(2048 * KIB));
    assert_eq!(quay.books.asked.lock().unwrap()[1].1, kept - 64 * KIB, "it was begun anew");
}

#[test]
#[ignore = "needs root and a tmpfs: ./tests/run"]
fn where_the_size_is_known_the_sentence_says_how_much_room_is_missing() {
    let quay = Quay::open(Manners::good(2048 * KIB));
    let disk = Disk::of(4096);
    let is_time = |news: &News| matches!(news, News::Phase(Phase::Receiving));
    let end = ending(&filled_up_when(&disk, &quay, is_time));
    assert_eq!(end.end, End::Failed);
    assert!(end.sentence.contains("the file needs"), "{}", end.sentence);
    assert_eq!(names(disk.path()), ["filler"]);
    fs::remove_file(disk.path().join("filler")).unwrap();
    arrived(run(&calm_request(&quay.link("file.bin"), disk.path())).0);
}

#[test]
#[ignore = "needs root and a tmpfs: ./tests/run"]
fn a_file_that_does_not_fit_waits_in_the_queue_until_it_does() {
    let quay = Quay::open(Manners::good(2048 * KIB));
    let disk = Disk::of(4096);
    let filler = disk.path().join("somebody else's");
    fs::write(&filler, vec![1; 3 * 1024 * 1024]).unwrap();
    let (mut engine, events) = Engine::start(Commons::default(), || ()).unwrap();
    engine.download(waiting_for_room(&quay, disk.path()));
    let sentence = wait(&events, no_room);
    assert_eq!(sentence, "This disk has 1.0 MB free; the file needs 1.0 MB more");
    assert_eq!(names(disk.path()), ["somebody else's"]);
    fs::remove_file(&filler).unwrap();
    assert_eq!(wait(&events, ended).end, End::Complete);
    assert_eq!(fs::read(disk.path().join("file.bin")).unwrap(), cargo(2048 * KIB));
}

#[test]
#[ignore = "needs root and a tmpfs: ./tests/run"]
fn a_disk_that_is_read_only_is_said_before_anybody_is_connected_to() {
    let quay = Quay::open(Manners::good(1000));
    let disk = Disk::of(160);
    disk.becomes("ro");
    let (outcome, news) = run(&calm_request(&quay.link("file.bin"), disk.path()));
    let failure = outcome.unwrap_err();
    assert_eq!(failure.class(), Class::Disk);
    let sentence = failure.to_string();
    let folder = disk.path().display().to_string();
    assert!(sentence.to_lowercase().contains(&folder.to_lowercase()), "{sentence}");
    assert!(sentence.to_lowercase().contains("read-only"), "{sentence}");
    assert!(news.is_empty(), "{news:?}");
}
