//! Two folders of one Ashore that lead into one here.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod support;

use std::collections::BTreeSet;
use std::fs;

use ashore::transfer::{Commons, Engine, IfExists, News, Request};
use support::folders::{all, folder_request, tree};
use support::wharf::{Node, Rules, Wharf};

#[test]
fn where_both_are_kept_what_two_folders_have_in_common_comes_twice() {
    const COUNT: usize = 60;
    let names: Vec<_> = (0..COUNT).map(|n| format!("f{n:02}")).collect();
    let wharves = [1, 2].map(|length| {
        let nodes: Vec<_> =
            names.iter().map(|name| (name.as_str(), Node::File(vec![7; length]))).collect();
        Wharf::open(tree(&nodes), Rules::modern())
    });
    let folder = tempfile::tempdir().unwrap();
    let (mut engine, events) = Engine::start(Commons::default(), || ()).unwrap();
    let requests = wharves.each_ref().map(|wharf| Request {
        if_exists: IfExists::Rename,
        ..folder_request(wharf, folder.path())
    });
    engine.download_all(requests);
    let ends = events.iter().filter_map(|event| match event.news {
        News::Ended(outcome) => Some(outcome),
        _ => None,
    });
    for outcome in ends.take(2) {
        outcome.unwrap();
    }
    let came = all(&folder.path().join("pub"));
    assert_eq!(came.len(), 2 * COUNT, "{came:?}");
    for name in &names {
        let length = |name: &str| fs::metadata(folder.path().join("pub").join(name)).unwrap().len();
        let lengths = BTreeSet::from([length(name), length(&format!("{name} (2)"))]);
        assert_eq!(lengths, BTreeSet::from([1, 2]), "{name}");
    }
}
