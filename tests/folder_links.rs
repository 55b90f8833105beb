//! Whole folders with links in them, and what becomes of them in a second run.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod support;

use std::fs;

use ashore::transfer::{Class, Commons, IfExists, Request};
use support::folders::{all, fetch, file, folder_request, tree};
use support::wharf::{Node, Rules, TIME, Wharf};

#[test]
fn a_second_run_knows_what_links_lead_to_and_files_of_which_the_listing_tells_little() {
    for rules in [
        Rules::modern(),
        Rules::old(),
        Rules { hides: &["size"], ..Rules::modern() },
        Rules { hides: &["modify"], ..Rules::modern() },
        Rules { hides: &["size", "modify"], ..Rules::modern() },
    ] {
        let hides = rules.hides;
        let nodes = [file("a"), file("b"), ("link", Node::Link("a"))];
        let wharf = Wharf::open(tree(&nodes), rules);
        let folder = tempfile::tempdir().unwrap();
        let request = folder_request(&wharf, folder.path());
        let told = fetch(&Commons::default(), request.clone());
        told.outcome.as_ref().unwrap();
        assert_eq!(all(&folder.path().join("pub")), ["a", "b", "link"]);
        for if_exists in [IfExists::Refuse, IfExists::Replace] {
            let told = fetch(&Commons::default(), Request { if_exists, ..request.clone() });
            assert!(told.outcome.is_ok(), "{hides:?} {:#?}", told.lines);
            assert!(told.says("pub: 3 here already"), "{hides:?} {:?}", told.lines);
            assert_eq!(wharf.sent(), ["pub/a", "pub/a", "pub/b"], "{hides:?}");
        }
    }
}

#[test]
fn where_the_server_tells_no_time_but_in_its_listings_that_one_is_put_on_the_files() {
    let large = Node::File(vec![7; 300_000]);
    let nodes = [file("a"), ("large", large)];
    let wharf = Wharf::open(tree(&nodes), Rules { lacks: &["MDTM"], ..Rules::old() });
    let folder = tempfile::tempdir().unwrap();
    let request = folder_request(&wharf, folder.path());
    fetch(&Commons::default(), request.clone()).outcome.unwrap();
    for name in ["a", "large"] {
        let time = fs::metadata(folder.path().join("pub").join(name)).unwrap().modified().unwrap();
        let since = time.duration_since(std::time::SystemTime::UNIX_EPOCH).unwrap().as_secs();
        assert_eq!(since, TIME.1 / 86_400 * 86_400, "{name}");
    }
    let told = fetch(&Commons::default(), request);
    told.outcome.as_ref().unwrap();
    assert!(told.says("pub: 2 here already"), "{:?}", told.lines);
}

#[test]
fn a_link_is_taken_for_a_file_where_the_server_cannot_tell() {
    let nodes = [file("a"), ("link", Node::Link("a")), ("dead", Node::Link("missing"))];
    // The modern one promises MLST, and does not have it.
    for rules in [Rules::old(), Rules::modern()] {
        let rules = Rules { lacks: &["SIZE", "MDTM", "MLST"], ..rules };
        let wharf = Wharf::open(tree(&nodes), rules);
        let folder = tempfile::tempdir().unwrap();
        let told = fetch(&Commons::default(), folder_request(&wharf, folder.path()));
        assert_eq!(all(&folder.path().join("pub")), ["a", "link"]);
        assert_eq!(told.tally(), "2 complete, 1 failed");
    }
}

#[test]
fn where_no_time_is_told_the_size_decides_what_is_here_already_and_that_is_said() {
    for (lacks, hides, by_size) in [
        (&["MDTM", "MLST"][..], &[][..], "1 file passes"),
        (&["MDTM", "MLST"], &["modify"], "2 files pass"),
    ] {
        let rules = Rules { is_modern: !hides.is_empty(), lacks, hides, ..Rules::modern() };
        let wharf = Wharf::open(tree(&[file("a"), ("link", Node::Link("a"))]), rules);
        let folder = tempfile::tempdir().unwrap();
        fetch(&Commons::default(), folder_request(&wharf, folder.path())).outcome.unwrap();
        for if_exists in [IfExists::Refuse, IfExists::Rename, IfExists::Replace] {
            let request = Request { if_exists, ..folder_request(&wharf, folder.path()) };
            let told = fetch(&Commons::default(), request);
            told.outcome.as_ref().unwrap();
            assert!(told.says("pub: 2 here already"), "{:?}", told.lines);
            assert!(told.says(by_size) && told.says("by the size alone"), "{:?}", told.lines);
            assert_eq!(wharf.sent(), ["pub/a", "pub/a"]);
        }
        fs::write(folder.path().join("pub/link"), "of another size").unwrap();
        let told = fetch(&Commons::default(), folder_request(&wharf, folder.path()));
        assert_eq!(told.tally(), "1 here already, 1 failed");
    }
}

#[test]
fn of_what_neither_size_nor_time_is_told_nothing_is_called_unchanged() {
    let rules = Rules { lacks: &["SIZE", "MDTM", "MLST"], ..Rules::old() };
    let wharf = Wharf::open(tree(&[file("a"), ("link", Node::Link("a"))]), rules);
    let folder = tempfile::tempdir().unwrap();
    let request = folder_request(&wharf, folder.path());
    fetch(&Commons::default(), request.clone()).outcome.unwrap();
    let told = fetch(&Commons::default(), request.clone());
    assert_eq!(told.tally(), "1 here already, 1 failed");
    assert_eq!(told.outcome.unwrap_err().class(), Class::Exists);
    let told = fetch(&Commons::default(), Request { if_exists: IfExists::Replace, ..request });
    told.outcome.unwrap();
    assert_eq!(wharf.sent(), ["pub/a", "pub/a", "pub/a"]);
}

#[test]
fn a_link_is_looked_at_again_when_the_conversation_breaks_off() {
    for drops_at in [("SIZE pub/l", 2), ("CWD pub/l", 2)] {
        let nodes = [("l", Node::Link("sub")), ("sub", Node::Folder), file("sub/x")];
        let wharf = Wharf::open(tree(&nodes), Rules { drops_at, ..Rules::modern() });
        let folder = tempfile::tempdir().unwrap();
        let told = fetch(&Commons::default(), folder_request(&wharf, folder.path()));
        told.outcome.as_ref().unwrap();
        assert_eq!(all(&folder.path().join("pub")), ["l/", "l/x", "sub/", "sub/x"], "{drops_at:?}");
    }
}

#[test]
fn a_link_that_cannot_be_looked_at_is_called_neither_a_file_nor_a_folder() {
    let nodes = [file("a"), ("l", Node::Link("a"))];
    let wharf = Wharf::open(tree(&nodes), Rules { drops_at: ("SIZE pub/l", 9), ..Rules::modern() });
    let folder = tempfile::tempdir().unwrap();
    let request = Request { retries: 0, ..folder_request(&wharf, folder.path()) };
    let told = fetch(&Commons::default(), request);
    assert_eq!(told.tally(), "1 complete, 1 failed");
    let failed = told.files.iter().find(|end| end.outcome.is_err()).unwrap();
    assert_eq!(failed.name, "l");
}

#[test]
fn a_link_to_a_folder_that_has_a_size_is_a_folder() {
    let nodes = [("l", Node::Link("sub")), ("sub", Node::Folder), file("sub/x")];
    let rules = Rules { has_folder_sizes: true, ..Rules::old() };
    let wharf = Wharf::open(tree(&nodes), rules);
    let folder = tempfile::tempdir().unwrap();
    fetch(&Commons::default(), folder_request(&wharf, folder.path())).outcome.unwrap();
    assert_eq!(all(&folder.path().join("pub")), ["l/", "l/x", "sub/", "sub/x"]);
}

#[test]
fn folders_that_are_linked_with_one_another_do_not_multiply_and_no_link_leads_above_the_top() {
    const TARGETS: [&str; 5] = ["../d0", "../d1", "../d2", "../d3", "../d4"];
    let mut nodes = vec![("up".to_owned(), Node::Link("..")), ("root".to_owned(), Node::Link("/"))];
    for from in 0..TARGETS.len() {
        nodes.push((format!("d{from}"), Node::Folder));
        nodes.push((format!("d{from}/f"), Node::File(b"f".to_vec())));
        let others = TARGETS.iter().enumerate().filter(|(to, _)| *to != from);
        nodes.extend(others.map(|(to, target)| (format!("d{from}/to{to}"), Node::Link(target))));
    }
    let nodes: Vec<_> = nodes.iter().map(|(path, node)| (path.as_str(), node.clone())).collect();
    let wharf = Wharf::open(tree(&nodes), Rules::modern());
    let folder = tempfile::tempdir().unwrap();
    let request = folder_request(&wharf, folder.path());
    let told = fetch(&Commons::default(), request.clone());
    told.outcome.as_ref().unwrap();
    let once = all(&folder.path().join("pub"));
    assert_eq!(wharf.sent().len(), 2 * TARGETS.len(), "{once:?}");
    assert!(told.says("up leads above the folder that was asked for"), "{:?}", told.lines);
    assert!(told.says("root leads above the folder that was asked for"), "{:?}", told.lines);
    assert!(told.says("as another link does: not followed"), "{:?}", told.lines);
    assert!(told.says("pub: 10 complete, "), "{:?}", told.lines);
    assert!(told.says(" left out"), "{:?}", told.lines);

    // The same links are followed the next time.
    fetch(&Commons::default(), request).outcome.unwrap();
    assert_eq!(all(&folder.path().join("pub")), once);
    assert_eq!(wharf.sent().len(), 2 * TARGETS.len());
}

#[test]
fn to_keep_both_makes_no_copy_of_what_the_newest_copy_is() {
    let nodes = [file("a"), file("b")];
    let wharf = Wharf::open(tree(&nodes), Rules::modern());
    let folder = tempfile::tempdir().unwrap();
    let request = folder_request(&wharf, folder.path());
    let request = Request { if_exists: IfExists::Rename, ..request };
    fs::create_dir(folder.path().join("pub")).unwrap();
    fs::write(folder.path().join("pub/a"), "mine").unwrap();
    for _ in 0..3 {
        fetch(&Commons::default(), request.clone()).outcome.unwrap();
        assert_eq!(all(&folder.path().join("pub")), ["a", "a (2)", "b"]);
    }
    fs::write(folder.path().join("pub/a (2)"), "mine, too").unwrap();
    fetch(&Commons::default(), request).outcome.unwrap();
    assert_eq!(all(&folder.path().join("pub")), ["a", "a (2)", "a (3)", "b"]);
}

#[test]
fn links_that_the_server_calls_folders_lead_round_no_circle_either() {
    let links = [("d/self", "."), ("d/up", ".."), ("d/e/top", "/pub"), ("beside", "d/e")];
    let links = links.map(|(name, target)| (name, Node::Link(target)));
    let mut nodes = vec![file("a"), file("d/b"), ("d", Node::Folder), ("d/e", Node::Folder)];
    nodes.extend([file("d/e/c")]);
    nodes.extend(links);
    let wharf = Wharf::open(tree(&nodes), Rules { hides_links: true, ..Rules::modern() });
    let folder = tempfile::tempdir().unwrap();
    let told = fetch(&Commons::default(), folder_request(&wharf, folder.path()));
    let came = all(&folder.path().join("pub"));
    assert_eq!(came, ["a", "beside/", "beside/c", "d/", "d/b", "d/e/", "d/e/c"]);
    assert!(told.says("pub: 4 complete, 4 left out"), "{:?}", told.lines);
    assert!(told.says("d/self leads back to where it is: not followed"), "{:?}", told.lines);
    told.outcome.unwrap();
}
