//! Whole folders: what arrives, how many connections it takes, and what is told of it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::process::{Command, Stdio};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant, SystemTime};

use ashore::ftp::Host;
use ashore::transfer::{Class, Commons, Engine, Failure, FileEnd, IfExists, News, Request};
use support::calm_request;
use support::folders::{all, all_sixty_come, fetch, file, folder_request, tree};
use support::program::ashore;
use support::quay::{Manners, Quay};
use support::wharf::{Node, Rules, TIME, Tree, Wharf};

#[test]
fn everything_in_a_folder_comes_with_its_time_over_few_connections() {
    for rules in [Rules::modern(), Rules::old()] {
        let is_modern = rules.is_modern;
        let names: Vec<_> = (0..200).map(|n| format!("d{}/f{n:03}", n % 7)).collect();
        let mut nodes: Vec<_> = names.iter().map(|name| file(name)).collect();
        let folders: Vec<_> = (0..7).map(|n| format!("d{n}")).collect();
        nodes.extend(folders.iter().map(|name| (name.as_str(), Node::Folder)));
        nodes.push(("empty", Node::Folder));
        nodes.push(("large", Node::File(vec![7; 300_000])));
        nodes.push(("nothing", Node::File(Vec::new())));
        let wharf = Wharf::open(tree(&nodes), rules);
        let folder = tempfile::tempdir().unwrap();
        let told = fetch(&Commons::default(), folder_request(&wharf, folder.path()));
        let summary = told.outcome.as_ref().unwrap();
        assert_eq!(summary.path, folder.path().join("pub"));
        for name in &names {
            let path = folder.path().join("pub").join(name);
            assert_eq!(fs::read_to_string(&path).unwrap(), *name);
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(TIME.1);
            assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), time, "{name}");
        }
        let empty = fs::metadata(folder.path().join("pub/empty")).unwrap();
        let day = TIME.1 - TIME.1 % 86_400;
        let seconds = if is_modern { TIME.1 } else { day };
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        assert!(empty.is_dir() && empty.modified().unwrap() == time, "{empty:?}");
        assert_eq!(fs::read(folder.path().join("pub/large")).unwrap(), vec![7; 300_000]);
        assert_eq!(fs::read(folder.path().join("pub/nothing")).unwrap(), b"");
        assert_eq!(all(&folder.path().join("pub")).len(), 200 + 7 + 3);
        assert_eq!(told.files.len(), 202);
        assert!(told.files.iter().all(|end| end.outcome.is_ok()), "{:?}", told.files);
        assert_eq!((told.preflight.files, told.preflight.folders), (202, 9));
        let logins = wharf.books.logins.load(Ordering::SeqCst);
        assert!(logins <= 8, "{logins} connections were made");
    }
}

#[test]
fn a_second_run_fetches_only_what_is_new_or_changed() {
    for rules in [Rules::modern(), Rules::old()] {
        let is_modern = rules.is_modern;
        let wharf =
            Wharf::open(tree(&[file("a"), file("d/b"), file("c"), ("d", Node::Folder)]), rules);
        let folder = tempfile::tempdir().unwrap();
        let request = folder_request(&wharf, folder.path());
        fetch(&Commons::default(), request.clone()).outcome.unwrap();
        assert_eq!(wharf.sent(), ["pub/a", "pub/c", "pub/d/b"]);
        fs::remove_file(folder.path().join("pub/d/b")).unwrap();
        fs::write(folder.path().join("pub/c"), "mine").unwrap();

        let told = fetch(&Commons::default(), request.clone());
        assert_eq!(told.tally(), "1 complete, 1 here already, 1 failed", "{is_modern}");
        assert_eq!(told.outcome.unwrap_err().class(), Class::Exists);
        assert_eq!(fs::read_to_string(folder.path().join("pub/c")).unwrap(), "mine");
        let told = fetch(&Commons::default(), Request { if_exists: IfExists::Replace, ..request });
        told.outcome.unwrap();
        assert_eq!(wharf.sent(), ["pub/a", "pub/c", "pub/c", "pub/d/b", "pub/d/b"]);
        assert_eq!(fs::read_to_string(folder.path().join("pub/c")).unwrap(), "c");
    }
}

#[test]
fn what_cannot_be_had_never_stops_the_rest_and_is_told_exactly() {
    let nodes =
        [file("a"), ("locked", Node::Locked), ("torn", Node::Torn), file("torn/rest"), file("z")];
    let wharf = Wharf::open(tree(&nodes), Rules::modern());
    let folder = tempfile::tempdir().unwrap();
    let request = Request { retries: 0, ..folder_request(&wharf, folder.path()) };
    let told = fetch(&Commons::default(), request);
    assert_eq!(all(&folder.path().join("pub")), ["a", "torn/", "torn/rest", "z"]);
    assert_eq!(told.tally(), "3 complete, 2 failed");
    assert!(told.says("torn/: "), "{:?}", told.lines);
    let failed = told.files.iter().filter(|end| end.outcome.is_err());
    let mut failed: Vec<_> = failed.map(|end| end.name.as_str()).collect();
    failed.sort_unstable();
    assert_eq!(failed, ["locked", "torn/"]);
    assert_eq!(told.outcome.unwrap_err().class(), Class::Missing);
}

#[test]
fn a_folder_that_is_not_there_is_the_failure_itself() {
    let wharf = Wharf::open(Tree::new(), Rules::modern());
    let folder = tempfile::tempdir().unwrap();
    let told = fetch(&Commons::default(), folder_request(&wharf, folder.path()));
    assert!(matches!(told.outcome, Err(Failure::Server { .. })), "{:?}", told.outcome);
    assert!(all(folder.path()).is_empty());
}

#[test]
fn a_server_that_takes_two_guests_gets_two_and_that_is_remembered() {
    let names: Vec<_> = (0..60).map(|n| format!("f{n:02}")).collect();
    let nodes: Vec<_> = names.iter().map(|name| file(name)).collect();
    let wharf = Wharf::open(tree(&nodes), Rules { most_guests: 2, ..Rules::modern() });
    let commons = Commons::default();
    let told = all_sixty_come(&wharf, &commons);
    assert!(wharf.books.refused.load(Ordering::SeqCst) > 0, "it was never asked for a third");
    assert!(told.says("127.0.0.1 allows 2 connections at a time; using 2"), "{:?}", told.lines);
    let host: Host = "127.0.0.1".parse().unwrap();
    let port = wharf.link("").parse::<ashore::ftp::Address>().unwrap().port;
    assert_eq!(commons.servers.known(&host, port).most_connections, Some(2));
}

#[test]
fn a_server_that_ends_every_conversation_after_a_file_is_no_trouble() {
    let names: Vec<_> = (0..30).map(|n| format!("f{n:02}")).collect();
    let nodes: Vec<_> = names.iter().map(|name| file(name)).collect();
    let wharf = Wharf::open(tree(&nodes), Rules { is_curt: true, ..Rules::modern() });
    let folder = tempfile::tempdir().unwrap();
    let request = Request { retries: 0, ..folder_request(&wharf, folder.path()) };
    fetch(&Commons::default(), request).outcome.unwrap();
    assert_eq!(all(&folder.path().join("pub")).len(), 30);
}

#[test]
fn links_are_followed_and_lead_round_no_circle() {
    for rules in [Rules::modern(), Rules::old()] {
        let nodes = [
            file("a/x"),
            ("a", Node::Folder),
            ("a/up", Node::Link("..")),
            ("a/self", Node::Link(".")),
            ("a/beside", Node::Link("../b")),
            ("b", Node::Folder),
            ("b/back", Node::Link("../a")),
            file("b/y"),
            ("b/file", Node::Link("../a/x")),
            ("nowhere", Node::Link("missing")),
        ];
        let wharf = Wharf::open(tree(&nodes), rules);
        let folder = tempfile::tempdir().unwrap();
        let told = fetch(&Commons::default(), folder_request(&wharf, folder.path()));
        assert_eq!(told.tally(), "6 complete, 6 left out, 1 failed");
        let expected = [
            "a/",
            "a/beside/",
            "a/beside/file",
            "a/beside/y",
            "a/x",
            "b/",
            "b/back/",
            "b/back/x",
            "b/file",
            "b/y",
        ];
        assert_eq!(all(&folder.path().join("pub")), expected);
        assert!(told.says("a/up leads back to where it is"), "{:?}", told.lines);
        let failed: Vec<_> = told.files.iter().filter(|end| end.outcome.is_err()).collect();
        assert!(matches!(failed[..], [FileEnd { outcome: Err(Failure::DeadLink), .. }]));
    }
}

#[test]
fn deep_trees_long_names_and_names_that_are_none_here_all_arrive() {
    let deep: Vec<_> = (1..=200).map(|depth| vec!["d"; depth].join("/")).collect();
    let bottom = format!("{}/f", deep.last().unwrap());
    let long = "n".repeat(255);
    let mut nodes: Vec<_> = deep.iter().map(|path| (path.as_str(), Node::Folder)).collect();
    nodes.extend([file(&bottom), file(&long), file("a:b"), file("CON")]);
    let wharf = Wharf::open(tree(&nodes), Rules::modern());
    let folder = tempfile::tempdir().unwrap();
    let told = fetch(&Commons::default(), folder_request(&wharf, folder.path()));
    told.outcome.as_ref().unwrap();
    for name in [&bottom, &long, "a%3Ab", "%43ON"] {
        assert!(folder.path().join("pub").join(name).is_file(), "{name:.40}");
    }
    assert!(told.says("2 names cannot be stored here as they are"), "{:?}", told.lines);
}

#[test]
fn a_list_of_checksums_is_read_once_for_a_whole_folder() {
    // The SHA-256 of the two names, which are what the files hold.
    let sums = b"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb  a\n\
                 3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d  b\n";
    let nodes = [file("a"), file("b"), ("SHA256SUMS", Node::File(sums.to_vec()))];
    let wharf = Wharf::open(tree(&nodes), Rules::modern());
    let folder = tempfile::tempdir().unwrap();
    let commons = Commons::default();
    commons.lanes.choose(Some(1));
    let told = fetch(&commons, folder_request(&wharf, folder.path()));
    told.outcome.as_ref().unwrap();
    assert!(told.says("2 verified, 1 complete"), "{:?}", told.lines);
    // For itself, and for the two others.
    assert_eq!(wharf.sent(), ["pub/SHA256SUMS", "pub/SHA256SUMS", "pub/a", "pub/b"]);
}

#[test]
fn a_slow_server_does_not_hold_up_the_files_of_another() {
    let slow = Quay::open(Manners::paced(1 << 20, 1 << 18));
    let fast = Quay::open(Manners::good(1000));
    let folder = tempfile::tempdir().unwrap();
    let (mut engine, events) = Engine::start(Commons::default(), || ()).unwrap();
    let names = ["a.bin", "b.bin", "c.bin", "d.bin"];
    let mut ids = engine.download_all(names.map(|it| calm_request(&slow.link(it), folder.path())));
    ids.push(engine.download(calm_request(&fast.link("e.bin"), folder.path())));
    let first = loop {
        let event = events.recv_timeout(Duration::from_secs(30)).unwrap();
        if matches!(event.news, News::Ended(_)) {
            break event.id;
        }
    };
    assert_eq!(Some(&first), ids.last());
}

#[test]
fn nothing_comes_faster_than_the_limit_that_all_share() {
    let quay = Quay::open(Manners::good(500_000));
    let folder = tempfile::tempdir().unwrap();
    let commons = Commons::default();
    commons.throttle.set(Some(1_000_000));
    let (mut engine, events) = Engine::start(commons, || ()).unwrap();
    let began = Instant::now();
    let names = ["a.bin", "b.bin", "c.bin"];
    engine.download_all(names.map(|name| calm_request(&quay.link(name), folder.path())));
    let ended = events.iter().filter(|event| matches!(event.news, News::Ended(_))).take(3).count();
    assert_eq!(ended, 3);
    let took = began.elapsed();
    assert!(took > Duration::from_millis(1400), "1.5 MB came in {took:?} at 1 MB/s");
}

#[test]
fn the_terminal_counts_the_files_and_writes_a_receipt() {
    let nodes = [file("a"), ("d", Node::Folder), file("d/b"), ("locked", Node::Locked)];
    let wharf = Wharf::open(tree(&nodes), Rules::modern());
    let folder = tempfile::tempdir().unwrap();
    let get = || {
        let mut command = ashore();
        command.args(["get", "-r", "--json", "--receipt", "--retries", "0", "--connections", "3"]);
        command.arg("-d").arg(folder.path()).arg(wharf.link("pub"));
        command.stdin(Stdio::null()).output().unwrap()
    };
    let output = get();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(5), "{said}");
    assert!(said.contains("pub: 3 files in 2 folders, "), "{said}");
    assert!(said.contains("\nd/b: 3 bytes, complete\n"), "{said}");
    assert!(said.ends_with("\n2 complete, 1 failed.\n"), "{said}");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let ended = told.lines().filter(|line| line.contains(r#""event":"ended""#)).count();
    assert_eq!(ended, 4, "{told}");
    assert!(told.contains(r#""event":"preflight","files":3,"folders":2"#), "{told}");

    let receipt = folder.path().join("SHA256SUMS");
    let sums = fs::read_to_string(&receipt).unwrap();
    let mut checked = Command::new("sha256sum");
    let checked = checked.args(["-c", "SHA256SUMS"]).current_dir(folder.path()).output().unwrap();
    assert!(checked.status.success() && sums.lines().count() == 3, "{sums}");
    let again = String::from_utf8_lossy(&get().stderr).into_owned();
    assert!(again.ends_with("\n2 here already, 1 failed.\n"), "{again}");
    assert_eq!(fs::read_to_string(&receipt).unwrap(), sums);
}
