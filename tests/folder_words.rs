//! What the terminal says of folders of which not all could be had.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod support;

use std::path::Path;
use std::process::Stdio;

use support::folders::{all, file, tree};
use support::program::ashore;
use support::wharf::{Node, Rules, Wharf};

/// The exit code of `ashore get -r` for `path`, and what it said.
fn get(wharf: &Wharf, path: &str, into: &Path, more: &[&str]) -> (Option<i32>, String) {
    let mut command = ashore();
    command.args(["get", "-r", "--retries", "0"]).args(more);
    command.arg("-d").arg(into).arg(wharf.link(path));
    let output = command.stdin(Stdio::null()).output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn folders_that_could_not_be_read_are_told_and_counted_even_quietly() {
    let nodes = [file("a"), file("b"), ("d", Node::Closed), ("e", Node::Torn), file("e/c")];
    let wharf = Wharf::open(tree(&nodes), Rules::modern());
    let folder = tempfile::tempdir().unwrap();
    let (exit, said) = get(&wharf, "pub", folder.path(), &[]);
    assert_eq!(exit, Some(5), "{said}");
    assert!(said.contains("ashore: d/: The server has no file"), "{said}");
    assert!(said.contains("ashore: e/: Only the first entry of its list is known. "), "{said}");
    assert!(said.ends_with("\n3 complete, 2 failed.\n"), "{said}");
    assert_eq!(all(&folder.path().join("pub")), ["a", "b", "e/", "e/c"]);

    let (exit, said) = get(&wharf, "pub", folder.path(), &["-q"]);
    assert_eq!(exit, Some(5), "{said}");
    assert_eq!(said.lines().count(), 2, "{said}");
    assert!(said.lines().all(|line| line.starts_with("ashore: ")), "{said}");
    let (_, said) = get(&wharf, "pub", folder.path(), &[]);
    assert!(said.ends_with("\n3 here already, 2 failed.\n"), "{said}");
}

#[test]
fn a_listing_that_broke_off_at_the_top_is_one_of_the_failures() {
    let nodes = [("pub".to_owned(), Node::Torn), ("pub/a".to_owned(), Node::File(vec![7]))];
    let wharf = Wharf::open(nodes.into_iter().collect(), Rules::modern());
    let folder = tempfile::tempdir().unwrap();
    for sum in ["1 complete, 1 failed.", "1 here already, 1 failed."] {
        let (exit, said) = get(&wharf, "pub", folder.path(), &[]);
        assert_eq!(exit, Some(1), "{said}");
        let what = "ashore: pub/: Only the first entry of its list is known. 127.0.0.1 port ";
        assert!(said.contains(what), "{said}");
        assert!(said.ends_with(&format!("\n{sum}\n")), "{said}");
    }
}

#[test]
fn what_went_wrong_long_ago_is_said_once_more_at_the_end() {
    let names: Vec<_> = (0..40).map(|number| format!("f{number}")).collect();
    for (count, times) in [(3, 1), (40, 2)] {
        // What is in the folder comes after it.
        let mut nodes = vec![("d", Node::Closed), ("a", Node::Locked)];
        nodes.extend(names.iter().take(count).map(|name| file(name)));
        let wharf = Wharf::open(tree(&nodes), Rules::modern());
        let folder = tempfile::tempdir().unwrap();
        let (_, said) = get(&wharf, "pub", folder.path(), &["--connections", "1"]);
        for name in ["d/: ", "a: "] {
            assert_eq!(said.matches(&format!("{name}The server has no")).count(), times, "{said}");
        }
        assert!(said.ends_with(&format!("\n{count} complete, 2 failed.\n")), "{said}");
        let quiet = get(&wharf, "pub", folder.path(), &["-q"]).1;
        assert_eq!(quiet.lines().count(), 2, "{quiet}");
    }
}

#[test]
fn what_may_be_lost_is_a_failure_and_what_is_left_out_is_counted() {
    let deep: Vec<_> = (1..=258).map(|depth| vec!["d"; depth].join("/")).collect();
    let mut nodes: Vec<_> = deep.iter().map(|path| (path.as_str(), Node::Folder)).collect();
    let links = [("dead", Node::Link("missing")), ("up", Node::Link(".."))];
    nodes.extend([file("a"), file("c\rr")].into_iter().chain(links));
    let wharf = Wharf::open(tree(&nodes), Rules::modern());
    let folder = tempfile::tempdir().unwrap();
    let (exit, said) = get(&wharf, "pub", folder.path(), &[]);
    assert_eq!(exit, Some(5), "{said}");
    assert!(said.contains("ashore: dead: It is a link that leads nowhere, or "), "{said}");
    assert!(said.contains("ashore: c\\rr: Its name cannot be sent in an FTP command"), "{said}");
    assert!(said.contains("d/: It is more than 256 levels deep."), "{said}");
    assert!(said.contains("; 1 left out; "), "{said}");
    assert!(said.ends_with("\n1 complete, 1 left out, 3 failed.\n"), "{said}");
}

#[test]
fn a_name_that_cannot_be_asked_for_is_told_as_such() {
    let wharf = Wharf::open(tree(&[file("a"), file("car\rriage")]), Rules::modern());
    let folder = tempfile::tempdir().unwrap();
    let (exit, said) = get(&wharf, "pub", folder.path(), &[]);
    assert_eq!(exit, Some(5), "the command line was right: {said}");
    assert_eq!(all(&folder.path().join("pub")), ["a"]);
    let told = "ashore: car\\rriage: Its name cannot be sent in an FTP command: it holds the byte 0x0d. \
                No FTP client can ask for it: it has to be renamed on the server.";
    assert!(said.contains(told), "{said}");
}

#[test]
fn a_path_that_is_too_long_for_the_server_is_given_up_soon_and_told_as_such() {
    let deep = vec!["twenty-bytes-of-name"; 80].join("/");
    let wharf = Wharf::open(tree(&[file("a")]), Rules { most_line: 1500, ..Rules::modern() });
    let folder = tempfile::tempdir().unwrap();
    for path in [format!("pub/{deep}/f"), format!("pub/{deep}/")] {
        let mut command = ashore();
        command.args(["get", "--retries", "3", "-d"]).arg(folder.path()).arg(wharf.link(&path));
        let output = command.stdin(Stdio::null()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        let told = " hangs up on a command of 1,6";
        assert_eq!(said.matches(told).count(), 2, "once may be chance: {said}");
        assert!(said.ends_with("Check the path. This server takes only shorter ones.\n"), "{said}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_path_that_is_too_long_here_is_told_and_the_rest_comes_and_stays() {
    let name = "level-with-a-name-of-thirty-bytes";
    let deep: Vec<_> = (1..=130).map(|depth| vec![name; depth].join("/")).collect();
    let files: Vec<_> = deep.iter().map(|path| format!("{path}/f")).collect();
    let mut nodes: Vec<_> = deep.iter().map(|path| (path.as_str(), Node::Folder)).collect();
    nodes.extend(files.iter().map(|path| (path.as_str(), Node::File(vec![7]))));
    let wharf = Wharf::open(tree(&nodes), Rules::modern());
    let folder = tempfile::tempdir().unwrap();
    let (exit, said) = get(&wharf, "pub", folder.path(), &[]);
    assert_eq!(exit, Some(7), "{said}");
    let told = said.lines().find(|line| line.starts_with("ashore: ")).unwrap();
    let place = folder.path().join("pub").join(name);
    assert!(told.starts_with(&format!("ashore: {}", place.display())), "{told}");
    let end = " could not be made: file name too long. Save in a folder with a shorter path.";
    assert!(told.ends_with(end), "{told}");
    let came = all(&folder.path().join("pub")).iter().filter(|path| path.ends_with("/f")).count();
    assert!(came > 100 && said.ends_with(&format!("\n{came} complete, 1 failed.\n")), "{said}");
    let (exit, said) = get(&wharf, "pub", folder.path(), &[]);
    assert_eq!(exit, Some(7), "{said}");
    assert!(said.ends_with(&format!("\n{came} here already, 1 failed.\n")), "{said}");
}

#[test]
fn a_folder_that_may_not_be_opened_is_neither_empty_nor_in_itself() {
    let nodes = [file("a"), ("sealed", Node::Sealed), ("unread", Node::Unread)];
    let wharf = Wharf::open(tree(&nodes), Rules::old());
    let folder = tempfile::tempdir().unwrap();
    let (exit, said) = get(&wharf, "pub", folder.path(), &[]);
    assert_eq!(exit, Some(5), "{said}");
    assert!(said.contains("ashore: sealed/: The server has no file"), "{said}");
    assert!(said.contains("it said “226 Transfer done (but failed"), "{said}");
    assert!(said.ends_with("\n1 complete, 2 failed.\n"), "{said}");
    assert_eq!(all(&folder.path().join("pub")), ["a"]);
}

#[test]
fn what_is_no_folder_leaves_none_behind() {
    let wharf = Wharf::open(tree(&[file("a")]), Rules::modern());
    let folder = tempfile::tempdir().unwrap();
    for path in ["pub/a", "missing"] {
        let (exit, said) = get(&wharf, path, folder.path(), &[]);
        assert_eq!(exit, Some(5), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(!folder.path().join("a").exists() && !folder.path().join("missing").exists());
    }
}
