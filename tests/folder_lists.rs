//! Lists of folders that end too soon, whatever the server calls them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod support;

use std::process::Stdio;

use ashore::transfer::{Class, Commons, Failure, Request};
use support::folders::{all, fetch, file, folder_request, tree};
use support::program::ashore;
use support::wharf::{Node, Rules, Wharf};

#[test]
fn of_lists_that_broke_off_the_longest_is_used_and_what_is_known_is_told() {
    let nodes = [("d", Node::Dwindling), file("d/a"), file("d/b"), file("c")];
    let wharf = Wharf::open(tree(&nodes), Rules::modern());
    let folder = tempfile::tempdir().unwrap();
    let request = Request { retries: 1, ..folder_request(&wharf, folder.path()) };
    let told = fetch(&Commons::default(), request);
    assert_eq!(all(&folder.path().join("pub")), ["c", "d/", "d/a", "d/b"]);
    assert_eq!(told.tally(), "3 complete, 1 failed");
    let failed = told.files.iter().find_map(|end| end.outcome.as_ref().err()).unwrap();
    assert!(matches!(failed, Failure::Torn { listed: 2, .. }), "{failed:?}");
    let sentence = failed.to_string();
    assert!(sentence.starts_with("Only the first 2 entries of its list are known. "), "{sentence}");
    assert_eq!(told.outcome.unwrap_err().class(), Class::Server);
}

#[test]
fn a_list_that_ends_in_the_middle_of_a_line_is_asked_for_again() {
    for rules in [Rules::modern(), Rules::old()] {
        let nodes = [("d", Node::Frayed(1, 3)), file("d/aa"), file("d/bb")];
        let wharf = Wharf::open(tree(&nodes), rules);
        let folder = tempfile::tempdir().unwrap();
        let request = Request { retries: 0, ..folder_request(&wharf, folder.path()) };
        fetch(&Commons::default(), request).outcome.unwrap();
        assert_eq!(all(&folder.path().join("pub")), ["d/", "d/aa", "d/bb"]);
    }
}

#[test]
fn who_ends_other_lists_with_a_line_has_cut_off_the_one_that_does_not() {
    for rules in [Rules::modern(), Rules::old()] {
        let nodes = [("d", Node::Frayed(usize::MAX, 2)), file("d/a"), file("d/b"), file("e")];
        let wharf = Wharf::open(tree(&nodes), rules);
        let folder = tempfile::tempdir().unwrap();
        let request = Request { retries: 0, ..folder_request(&wharf, folder.path()) };
        let told = fetch(&Commons::default(), request);
        assert_eq!(all(&folder.path().join("pub")), ["d/", "d/a", "d/b", "e"]);
        assert_eq!(told.tally(), "3 complete, 1 failed");
        assert_eq!(told.outcome.unwrap_err().class(), Class::Server);
    }
}

#[test]
fn who_ends_lists_only_later_is_not_believed_any_more() {
    let nodes = [("pub", Node::Frayed(2, 2)), ("pub/d", Node::Folder), ("pub/d/a", file("a").1)];
    let nodes = nodes.into_iter().map(|(path, node)| (path.to_owned(), node));
    let wharf = Wharf::open(nodes.collect(), Rules::modern());
    let folder = tempfile::tempdir().unwrap();
    let request = Request { retries: 0, ..folder_request(&wharf, folder.path()) };
    let told = fetch(&Commons::default(), request);
    assert_eq!(all(&folder.path().join("pub")), ["d/", "d/a"]);
    assert_eq!(told.tally(), "1 complete, 1 failed");
    let failed = told.files.iter().find(|end| end.outcome.is_err()).unwrap();
    assert_eq!(failed.name, "pub/");
}

#[test]
fn who_never_ends_the_last_line_is_believed() {
    for rules in [Rules::modern(), Rules::old()] {
        let nodes = [("pub", Node::Frayed(usize::MAX, 2)), ("pub/a", file("a").1)];
        let nodes = nodes.into_iter().map(|(path, node)| (path.to_owned(), node));
        let wharf = Wharf::open(nodes.collect(), rules);
        let folder = tempfile::tempdir().unwrap();
        let request = Request { retries: 0, ..folder_request(&wharf, folder.path()) };
        let told = fetch(&Commons::default(), request);
        told.outcome.as_ref().unwrap();
        assert!(told.says("the last line of its list has no end"), "{:?}", told.lines);
        assert_eq!(all(&folder.path().join("pub")), ["a"]);
    }
}

#[test]
fn a_line_that_ends_before_its_name_was_cut_off_whatever_the_server_does_elsewhere() {
    for (rules, bytes) in [(Rules::modern(), 8), (Rules::old(), 27)] {
        let nodes = [("pub", Node::Frayed(usize::MAX, bytes)), ("pub/a", file("a").1)];
        let nodes = nodes.into_iter().chain([("pub/b", file("b").1)]);
        let nodes = nodes.map(|(path, node)| (path.to_owned(), node));
        let wharf = Wharf::open(nodes.collect(), rules);
        let folder = tempfile::tempdir().unwrap();
        let request = Request { retries: 1, ..folder_request(&wharf, folder.path()) };
        let told = fetch(&Commons::default(), request);
        assert_eq!(all(&folder.path().join("pub")), ["a"]);
        assert_eq!(told.tally(), "1 complete, 1 failed");
        assert_eq!(told.outcome.unwrap_err().class(), Class::Server);
        let ls = ashore().arg("ls").arg(wharf.link("pub/")).stdin(Stdio::null()).output().unwrap();
        let said = String::from_utf8_lossy(&ls.stderr);
        assert_eq!(ls.status.code(), Some(1), "{said}");
        assert!(said.contains("Only the first entry of its list is known. "), "{said}");
    }
}

#[test]
fn what_is_shown_of_a_list_that_was_cut_off_is_not_called_all() {
    // Where it is the same again, only the end of the line was missing.
    for (times, bytes, exit) in [(0, 0, 0), (1, 2, 0), (usize::MAX, 2, 0), (1, 3, 1)] {
        let nodes = [("d", Node::Frayed(times, bytes)), file("d/aa"), file("d/bb")];
        let wharf = Wharf::open(tree(&nodes), Rules::modern());
        let mut ls = ashore();
        let ls = ls.arg("ls").arg(wharf.link("pub/d/")).stdin(Stdio::null()).output().unwrap();
        let said = String::from_utf8_lossy(&ls.stderr);
        assert_eq!(ls.status.code(), Some(exit), "{times} {bytes} {said}");
        assert_eq!(said.contains("in the middle of a line"), exit == 1, "{times} {bytes} {said}");
        let is_believed = times > 0 && exit == 0;
        assert_eq!(said.contains("taken for whole"), is_believed, "{times} {bytes} {said}");
        assert_eq!(String::from_utf8_lossy(&ls.stdout).lines().count(), 2);
    }
}
