//! The file that the list of transfers is kept in: damaged, of a later Ashore, or very long, it never
//! stops the program, and it holds no password.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use ashore::transfer::{Commons, Engine, News};
use support::quay::{Manners, Quay};
use support::{calm_request, names};

/// A list with this many transfers, all of them waiting, and none of them begun.
fn list_of(count: usize, list: &Path) {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let link = format!("ftp://{}/", nobody.local_addr().unwrap());
    let folder = list.parent().unwrap();
    let (mut engine, events, _) = Engine::open(list, Commons::default(), || ()).unwrap();
    let request = |number| calm_request(&format!("{link}folder/file-{number}.bin"), folder);
    let listener = std::thread::spawn(move || {
        events.iter().filter(|event| matches!(event.news, News::Queued)).take(count).count()
    });
    assert_eq!(engine.download_all((0..count).map(request)).len(), count);
    assert_eq!(listener.join().unwrap(), count);
}

/// A list that `spoil` has spoilt is set aside once, whole, and a new one works.
fn set_aside(spoil: impl FnOnce(&Path)) {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("queue.db");
    list_of(500, &list);
    spoil(&list);
    let spoilt = fs::read(&list).unwrap();

    let (engine, _, found) = Engine::open(&list, Commons::default(), || ()).unwrap();
    let notice = found.notice.expect("nothing was said");
    assert!(notice.contains("could not be read") && notice.contains("queue.damaged"), "{notice}");
    assert!(found.entries.is_empty());
    assert_eq!(fs::read(folder.path().join("queue.damaged")).unwrap(), spoilt, "it was touched");
    drop(engine);

    let quay = Quay::open(Manners::good(1000));
    let (mut engine, events, found) = Engine::open(&list, Commons::default(), || ()).unwrap();
    assert_eq!(found.notice, None, "it was said twice");
    engine.download(calm_request(&quay.link("a.bin"), folder.path()));
    assert!(events.iter().any(|event| matches!(event.news, News::Ended(Ok(_)))));
    drop(engine);
    assert_eq!(Engine::open(&list, Commons::default(), || ()).unwrap().2.entries.len(), 1);
}

#[test]
fn a_list_of_garbage_is_set_aside_and_said_once() {
    set_aside(|list| fs::write(list, "garbage ".repeat(1000)).unwrap());
}

#[test]
fn a_list_that_is_cut_short_is_set_aside_and_said_once() {
    for part in [2, 3, 10] {
        set_aside(|list| {
            let bytes = fs::read(list).unwrap();
            fs::write(list, &bytes[..bytes.len() / part]).unwrap();
        });
    }
}

#[test]
fn a_list_of_a_later_ashore_is_set_aside_and_said_once() {
    set_aside(|list| {
        let list = rusqlite::Connection::open(list).unwrap();
        list.pragma_update(None, "user_version", 99).unwrap();
    });
}

#[test]
fn a_list_with_garbage_in_its_middle_never_stops_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("queue.db");
    list_of(500, &list);
    let whole = fs::read(&list).unwrap();
    for from in (0..whole.len()).step_by(20_000) {
        let mut bytes = whole.clone();
        let to = (from + 3000).min(bytes.len());
        bytes[from..to].fill(0xA5);
        fs::write(&list, &bytes).unwrap();
        let (engine, _, found) = Engine::open(&list, Commons::default(), || ()).unwrap();
        assert!(
            found.notice.is_some() || found.entries.len() == 500,
            "{} of 500 transfers, without a word, with garbage at {from}",
            found.entries.len()
        );
        drop(engine);
    }
}

#[test]
fn no_password_is_ever_in_the_list() {
    let quay = Quay::open(Manners::paced(64 * 1024, 128 * 1024));
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("queue.db");
    let (mut engine, events, _) = Engine::open(&list, Commons::default(), || ()).unwrap();
    let link = |name| quay.link(name).replace("//", "//alice:swordfish@");
    engine.download(calm_request(&link("a.bin"), folder.path()));
    engine.download(calm_request(&link("missing"), folder.path()));
    let look = || {
        for name in names(folder.path()) {
            let bytes = fs::read(folder.path().join(&name)).unwrap_or_default();
            let has = |word: &[u8]| bytes.windows(word.len()).any(|window| window == word);
            assert!(!has(b"swordfish"), "{name} has the password");
            assert!(!name.starts_with("queue.db-wal") || has(b"alice"), "the test is blind");
        }
    };
    let mut ended = 0;
    for event in &events {
        look();
        assert!(!format!("{:?}", event.news).contains("swordfish"));
        ended += usize::from(matches!(event.news, News::Ended(_)));
        if ended == 2 {
            break;
        }
    }
    drop(engine);
    look();
}

#[test]
fn a_hundred_thousand_transfers_are_found_again_paused_and_resumed() {
    const MANY: usize = 100_000;
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("queue.db");
    let since = Instant::now();
    list_of(MANY, &list);
    println!("{MANY} transfers were written down in {:?}", since.elapsed());

    let since = Instant::now();
    let (engine, events, found) = Engine::open(&list, Commons::default(), || ()).unwrap();
    println!("{MANY} transfers were found in {:?}", since.elapsed());
    assert_eq!(found.entries.len(), MANY);

    let count = |wanted: fn(&News) -> bool| {
        events.iter().filter(|event| wanted(&event.news)).take(MANY).count()
    };
    let since = Instant::now();
    engine.resume_all();
    assert_eq!(count(|news| matches!(news, News::Queued)), MANY);
    println!("{MANY} transfers were resumed in {:?}", since.elapsed());
    let since = Instant::now();
    engine.pause_all();
    let still = |news: &News| matches!(news, News::Paused | News::Ended(_));
    assert_eq!(count(still), MANY);
    println!("{MANY} transfers were paused in {:?}", since.elapsed());
}

#[test]
fn the_program_ends_even_when_nobody_listens_to_its_news() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("queue.db");
    let quay = Quay::open(Manners::good(10));
    let (mut engine, events, _) = Engine::open(&list, Commons::default(), || ()).unwrap();
    let request = |number| calm_request(&quay.link(&format!("{number}.bin")), folder.path());
    engine.download_all((0..10_000).map(request)); // More news than may wait.
    std::thread::sleep(Duration::from_millis(500));
    let since = Instant::now();
    drop(engine);
    assert!(
        since.elapsed() < Duration::from_secs(60),
        "whoever waits for a listener waits for ever"
    );
    drop(events);
    assert_eq!(Engine::open(&list, Commons::default(), || ()).unwrap().2.entries.len(), 10_000);
}
