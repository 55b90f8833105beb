//! Whole folders of which not everything is wanted: what comes, which folders are made for it, and
//! where nobody looks.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::path::Path;

use ashore::transfer::{Class, Commons, IfExists, Request, Selection};
use support::folders::{Told, all, fetch, file, folder_request, tree};
use support::wharf::{Node, Rules, Wharf};

fn wharf(rules: Rules) -> Wharf {
    let nodes = [
        file("a.gz"),
        file("a.txt"),
        ("data", Node::Folder),
        ("data/1", Node::Folder),
        file("data/1/x.txt"),
        ("data/1/empty", Node::Folder),
        ("data/2", Node::Folder),
        file("data/2/y.gz"),
        file("data/old"),
        ("linked", Node::Link("data/2")),
        ("none", Node::Folder),
        ("old", Node::Folder),
        file("old/c.gz"),
        ("old/d", Node::Folder),
        file("old/d/e.gz"),
        ("shut", Node::Folder),
        file("shut/f"),
    ];
    Wharf::open(tree(&nodes), rules)
}

fn fetch_chosen(wharf: &Wharf, into: &Path, include: &[&str], exclude: &[&str]) -> Told {
    let list = |patterns: &[&str]| patterns.iter().map(|&text| text.to_owned()).collect();
    let selection = Selection { include: list(include), exclude: list(exclude) };
    fetch(&Commons::default(), Request { selection, ..folder_request(wharf, into) })
}

/// Patterns to include, patterns to exclude, what comes, and folders that are not looked into.
type Case = (
    &'static [&'static str],
    &'static [&'static str],
    &'static [&'static str],
    &'static [&'static str],
);

const CASES: [Case; 9] = [
    // By name: wherever it is, and no folder for its own sake.
    (
        &["*.gz"],
        &["old"],
        &["a.gz", "data/", "data/2/", "data/2/y.gz", "linked/", "linked/y.gz"],
        &["old"],
    ),
    // A folder with all that is in it, also what is empty; and no other one is looked into.
    (
        &["data/1"],
        &[],
        &["data/", "data/1/", "data/1/empty/", "data/1/x.txt"],
        &["data/2", "none", "old", "shut", "linked"],
    ),
    (&["data/1/"], &["*.txt"], &["data/", "data/1/", "data/1/empty/"], &["data/2", "none"]),
    (&["data/1/**"], &["empty"], &["data/", "data/1/", "data/1/x.txt"], &["data/1/empty"]),
    // Folders alone, and not the file of that name.
    (&["old/"], &["d/"], &["old/", "old/c.gz"], &["old/d"]),
    (&["none"], &[], &["none/"], &[]),
    (&["/a.*"], &[], &["a.gz", "a.txt"], &["data", "none", "old", "shut", "linked"]),
    (&["linked", "*.nothing"], &[], &["linked/", "linked/y.gz"], &[]),
    (
        &[],
        &["old/**", "shut/", "linked", "data/1", "none"],
        &["a.gz", "a.txt", "data/", "data/2/", "data/2/y.gz", "data/old"],
        &["old", "shut", "data/1", "none", "linked"],
    ),
];

#[test]
fn patterns_say_what_is_wanted_and_where_nobody_looks() {
    for is_modern in [true, false] {
        for (include, exclude, expected, unseen) in CASES {
            let wharf = wharf(if is_modern { Rules::modern() } else { Rules::old() });
            let folder = tempfile::tempdir().unwrap();
            let told = fetch_chosen(&wharf, folder.path(), include, exclude);
            told.outcome.as_ref().unwrap();
            let what = format!("{include:?} {exclude:?}");
            assert_eq!(all(&folder.path().join("pub")), expected, "{what}");
            // Not those that were only looked into.
            let made = expected.iter().filter(|path| path.ends_with('/')).count() + 1;
            assert_eq!(told.preflight.folders, made as u64, "{what}");
            for place in unseen {
                assert!(!told.says(&format!("pub/{place}")), "{what} {place} {:?}", told.lines);
            }
            let again = fetch_chosen(&wharf, folder.path(), include, exclude);
            again.outcome.as_ref().unwrap();
            assert!(again.files.is_empty(), "{what} {:?}", again.files);
            assert_eq!(all(&folder.path().join("pub")), expected, "{what}");
        }
    }
}

#[test]
fn where_nothing_is_wanted_nothing_is_made_and_what_was_there_stays() {
    let wharf = wharf(Rules::modern());
    let folder = tempfile::tempdir().unwrap();
    fetch_chosen(&wharf, folder.path(), &["*.nothing"], &[]).outcome.unwrap();
    assert!(all(folder.path()).is_empty());
    fs::create_dir_all(folder.path().join("pub/none")).unwrap();
    fetch_chosen(&wharf, folder.path(), &["*.nothing"], &[]).outcome.unwrap();
    assert_eq!(all(folder.path()), ["pub/", "pub/none/"]);
}

#[test]
fn a_dead_link_and_a_closed_folder_that_no_pattern_asks_for_are_no_trouble() {
    let nodes = [file("a.gz"), ("dead", Node::Link("missing")), ("d", Node::Closed)];
    let wharf = Wharf::open(tree(&nodes), Rules::modern());
    let folder = tempfile::tempdir().unwrap();
    fetch_chosen(&wharf, folder.path(), &["/*.gz"], &[]).outcome.unwrap();
    fetch_chosen(&wharf, folder.path(), &[], &["d", "dead"]).outcome.unwrap();
    // There may be such files in it.
    let told = fetch_chosen(&wharf, folder.path(), &["*.gz"], &[]);
    assert_eq!(told.tally(), "1 here already, 1 failed");
    let told = fetch_chosen(&wharf, folder.path(), &["/dead/"], &[]);
    assert_eq!(told.tally(), "1 failed");
}

#[cfg(unix)]
#[test]
fn no_link_here_leads_what_is_wanted_out_of_its_folder() {
    let wharf = wharf(Rules::modern());
    let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::create_dir(folder.path().join("pub")).unwrap();
    fs::create_dir(outside.path().join("1")).unwrap();
    std::os::unix::fs::symlink(outside.path(), folder.path().join("pub/data")).unwrap();
    for include in ["data/1", "x.txt", "y.gz"] {
        let told = fetch_chosen(&wharf, folder.path(), &[include], &["linked"]);
        assert_eq!(told.outcome.unwrap_err().class(), Class::Disk, "{include}");
        assert_eq!(all(outside.path()), ["1/"], "{include}");
    }
}

#[test]
fn a_folder_in_the_way_of_which_nothing_is_wanted_is_not_in_the_way() {
    let wharf = wharf(Rules::modern());
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("pub")).unwrap();
    fs::write(folder.path().join("pub/data"), "mine").unwrap();
    let told = fetch_chosen(&wharf, folder.path(), &["c.gz"], &[]);
    told.outcome.unwrap();
    assert_eq!(all(&folder.path().join("pub")), ["data", "old/", "old/c.gz"]);
    let selection = Selection { include: vec!["data/".to_owned()], ..Selection::default() };
    let if_exists = IfExists::Replace;
    let request = Request { selection, if_exists, ..folder_request(&wharf, folder.path()) };
    assert_eq!(fetch(&Commons::default(), request).outcome.unwrap_err().class(), Class::Disk);
    assert_eq!(fs::read_to_string(folder.path().join("pub/data")).unwrap(), "mine");
}
