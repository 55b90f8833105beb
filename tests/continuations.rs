//! What was begun is continued only where the bytes prove that it may be.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod support;

use std::fs;

use ashore::transfer::{Class, Request, Voice};
use support::{Server, names, pattern, request, run, said};

/// The length of the file, in bytes, and what comes of it before the line breaks.
const LENGTH: u64 = 300_000;

/// A conversation up to `RETR`, about a file that was last changed at `time`; `rest` is said before.
fn asked(time: &str, rest: &str) -> String {
    format!(
        "S: 220 Harbour ready
        C: USER anonymous
        S: 230 Welcome
        C: PASS anonymous@
        S: 230 You are in already
        C: FEAT
        S: 502 What?
        C: TYPE I
        S: 200 Binary it is
        C: SIZE hello.txt
        S: 213 {LENGTH}
        C: MDTM hello.txt
        S: 213 {time}
        C: EPSV
        S: 229 Ok (|||{{port}}|)
        {rest}
        C: RETR hello.txt"
    )
}

const MONDAY: &str = "20240101000000";
const TUESDAY: &str = "20240102000000";

/// Two thirds of the file come, then the line breaks.
fn broken() -> String {
    format!("{}\nS: 150 Go\nD# 200000\n!!\n==\n", asked(MONDAY, ""))
}

/// The download ends well in spite of everything: what its story says.
fn story_of(script: &str, bytes: &[u8]) -> Vec<String> {
    let server = Server::play(script);
    let folder = tempfile::tempdir().unwrap();
    let request = Request { retries: 1, ..request(&server, folder.path()) };
    let (outcome, news) = run(&request);
    let complaint = outcome.err().map(|failure| format!("{failure} {failure:?}"));
    server.finish();
    assert_eq!(complaint, None, "in {script}");
    assert_eq!(names(folder.path()), ["hello.txt"]);
    assert!(fs::read(folder.path().join("hello.txt")).unwrap() == bytes, "other bytes");
    let lines = [said(&news, Voice::Story), said(&news, Voice::Warning)].concat();
    lines.into_iter().map(str::to_owned).collect()
}

fn tells(story: &[String], words: &str) {
    assert!(story.iter().any(|line| line.contains(words)), "no {words:?} in {story:?}");
}

#[test]
fn a_broken_download_goes_on_where_it_was_and_checks_the_joint() {
    let end = asked(MONDAY, "C: REST 134464\nS: 350 From there");
    let story = story_of(
        &format!("{}{end}\nS: 150 Go\nD# 134464..300000\nS: 226 Done\nC: QUIT", broken()),
        &pattern(LENGTH),
    );
    tells(&story, "Joined at 200.0 KB, checked");
}

#[test]
fn a_server_that_ignores_rest_is_seen_through() {
    let end = asked(MONDAY, "C: REST 134464\nS: 350 As if");
    let story = story_of(
        &format!("{}{end}\nS: 150 Go\nD# 300000\nS: 226 Done\nC: QUIT", broken()),
        &pattern(LENGTH),
    );
    tells(&story, "came again and are equal");
}

#[test]
fn a_server_that_cannot_continue_sends_it_again_and_nothing_is_lost() {
    let end = asked(MONDAY, "C: REST 134464\nS: 502 Cannot");
    let story = story_of(
        &format!("{}{end}\nS: 150 Go\nD# 300000\nS: 226 Done\nC: QUIT", broken()),
        &pattern(LENGTH),
    );
    tells(&story, "cannot continue");
}

#[test]
fn a_file_that_was_changed_meanwhile_is_begun_anew() {
    let end = asked(TUESDAY, "");
    let story = story_of(
        &format!("{}{end}\nS: 150 Go\nD# 5000..305000\nS: 226 Done\nC: QUIT", broken()),
        &pattern(305_000)[5000..],
    );
    tells(&story, "has changed");
}

#[test]
fn two_files_with_the_same_size_and_time_are_not_spliced() {
    let joint = asked(MONDAY, "C: REST 134464\nS: 350 From there");
    let anew = asked(MONDAY, "");
    story_of(
        &format!(
            "{}{joint}\nS: 150 Go\nD? 139464..305000\n==\n{anew}
            S: 150 Go\nD# 5000..305000\nS: 226 Done\nC: QUIT",
            broken()
        ),
        &pattern(305_000)[5000..],
    );
}

#[test]
fn a_last_word_that_was_lost_is_asked_for_again_without_fetching_the_file_twice() {
    let all = format!("{}\nS: 150 Go\nD# 300000\n--\n==\n", asked(MONDAY, ""));
    let end = asked(MONDAY, "C: REST 234464\nS: 350 From there");
    let story = story_of(
        &format!("{all}{end}\nS: 150 Go\nD# 234464..300000\nS: 226 Done\nC: QUIT"),
        &pattern(LENGTH),
    );
    tells(&story, "checked");
}

#[test]
fn bytes_of_somebody_else_are_never_continued() {
    let server =
        Server::play(&format!("{}\nS: 150 Go\nD# 300000\nS: 226 Done\nC: QUIT", asked(MONDAY, "")));
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("hello.txt.part"), "not ours").unwrap();
    let (outcome, _) = run(&request(&server, folder.path()));
    let path = outcome.map(|summary| summary.path).map_err(|failure| failure.class());
    server.finish();
    assert_eq!(path, Ok(folder.path().join("hello.txt")));
    assert!(fs::read(folder.path().join("hello.txt")).unwrap() == pattern(LENGTH));
    let others = names(folder.path()).into_iter().filter(|name| name != "hello.txt");
    let others: Vec<_> = others.map(|name| fs::read(folder.path().join(name)).unwrap()).collect();
    assert_eq!(others, [b"not ours"], "it should still be there");
}

#[test]
fn a_server_that_gives_up_half_way_is_asked_again_only_while_that_brings_bytes() {
    let gives_up = |from: u64, to: u64, rest: &str| {
        let asked = asked(MONDAY, rest);
        format!("{asked}\nS: 150 Go\nD# {from}..{to}\nS: 426 Disk trouble here")
    };
    let first = gives_up(0, 200_000, "");
    let second = gives_up(134_464, 250_000, "C: REST 134464\nS: 350 Ok");
    let third = gives_up(184_464, 250_000, "C: REST 184464\nS: 350 Ok");
    let server = Server::play(&[first, second, third].join("\n==\n"));
    let folder = tempfile::tempdir().unwrap();
    let (outcome, _) = run(&request(&server, folder.path()));
    let failure = outcome.unwrap_err();
    server.finish();
    assert_eq!(failure.class(), Class::Server);
    assert!(fs::read(&failure.kept().unwrap().path).unwrap() == pattern(250_000));
}
