//! What is promised of whole folders.

use ashore::transfer::{Commons, Request, Selection};

use crate::harbours::Harbour;
use crate::promises::patient;
use crate::support::folders::{all, fetch};

pub(crate) fn patterns_choose_what_of_a_folder_comes(harbour: &Harbour) {
    let folder = tempfile::tempdir().unwrap();
    let request = patient(&format!("ftp://{}/", harbour.ipv4), folder.path());
    for (include, exclude, expected, unseen) in [
        (
            &["deep/a/", "/lines.*"][..],
            &["c"][..],
            &["deep/", "deep/a/", "deep/a/b/", "lines.txt"][..],
            &["odd", "many"][..],
        ),
        (
            &["d.txt"],
            &[],
            &["deep/", "deep/a/", "deep/a/b/", "deep/a/b/c/", "deep/a/b/c/d.txt", "lines.txt"],
            &[],
        ),
    ] {
        let list = |patterns: &[&str]| patterns.iter().map(|&text| text.to_owned()).collect();
        let selection = Selection {
            include: list(include),
            exclude: [list(exclude), list(&["private"])].concat(),
        };
        let told = fetch(&Commons::default(), Request { selection, ..request.clone() });
        assert!(told.outcome.is_ok(), "{:?} {:#?}", told.outcome, told.lines);
        assert_eq!(all(folder.path()), expected);
        let asked: Vec<_> = unseen.iter().filter(|place| told.says(&format!(" {place}"))).collect();
        assert!(asked.is_empty(), "{asked:?} {:#?}", told.lines);
    }
}
