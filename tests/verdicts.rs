//! How a download ends: four ends, each for what the evidence says, and never a guess (product
//! contract §2). Every row of that table is a test.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ashore::transfer::{Class, End, NextStep, Request, Voice};
use support::quay::{Cut, Manners, Quay, cargo};
use support::{
    Server, arrived, ending, names, pattern, request, request_for, run, run_in_a_hurry, said,
};

/// How every conversation begins.
const HELLO: &str = "
    S: 220 Harbour ready
    C: USER anonymous
    S: 331 Any password will do
    C: PASS anonymous@
    S: 230 Welcome
    C: FEAT
    S: 502 What?
    C: TYPE I
    S: 200 Binary it is";

/// The file's facts, with this size.
fn facts(size: u64) -> String {
    format!(
        "C: SIZE hello.txt
        S: 213 {size}
        C: MDTM hello.txt
        S: 213 20240229123456"
    )
}

/// No facts about the file.
const NO_FACTS: &str = "
    C: SIZE hello.txt
    S: 550 Not in this mode
    C: MDTM hello.txt
    S: 550 Not in this mode";

/// The file is asked for from its start.
const RETR: &str = "
    C: EPSV
    S: 229 Here (|||{port}|)
    C: RETR hello.txt
    S: 150 Here it comes";

/// The file is asked for from byte `offset` on.
fn rest(offset: u64) -> String {
    format!(
        "C: EPSV
        S: 229 Here (|||{{port}}|)
        C: REST {offset}
        S: 350 From there
        C: RETR hello.txt
        S: 150 Here it comes"
    )
}

const DONE: &str = "
    S: 226 That was all
    C: QUIT";

/// More than two overlaps, so that it is continued and not begun anew.
const LENGTH: u64 = 200_000;

/// From where it is continued when all of it is here: 64 KiB before its end.
const ALL_BUT_THE_OVERLAP: u64 = LENGTH - 65_536;

/// A request that may be tried again.
fn patient(server: &Server, folder: &Path) -> Request {
    Request { retries: 2, ..request(server, folder) }
}

fn whole(folder: &Path, length: u64) -> bool {
    names(folder) == ["hello.txt"] && fs::read(folder.join("hello.txt")).unwrap() == pattern(length)
}

#[test]
fn a_yes_and_as_many_bytes_as_announced_is_complete() {
    let size = facts(LENGTH);
    let server = Server::play(&format!("{HELLO}\n{size}\n{RETR}\nD# {LENGTH}\n{DONE}"));
    let folder = tempfile::tempdir().unwrap();
    let (outcome, _) = run(&request(&server, folder.path()));
    assert_eq!(ending(&outcome).end, End::Complete);
    assert!(whole(folder.path(), LENGTH));
    let file = fs::metadata(folder.path().join("hello.txt")).unwrap();
    let leap_day = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_709_210_096);
    assert_eq!(file.modified().unwrap(), leap_day, "the server's time is the file's");
    server.finish();
}

#[test]
fn a_yes_is_enough_where_no_size_was_announced() {
    let server = Server::play(&format!("{HELLO}\n{NO_FACTS}\n{RETR}\nD# 70000\n{DONE}"));
    let folder = tempfile::tempdir().unwrap();
    let (outcome, _) = run(&request(&server, folder.path()));
    assert_eq!(arrived(outcome).length, 70_000);
    assert!(whole(folder.path(), 70_000));
    server.finish();
}

#[test]
fn a_file_of_no_bytes_arrives_with_and_without_a_size() {
    for facts in [facts(0), NO_FACTS.to_owned()] {
        let server = Server::play(&format!("{HELLO}\n{facts}\n{RETR}\nD# 0\n{DONE}"));
        let folder = tempfile::tempdir().unwrap();
        let (outcome, _) = run(&request(&server, folder.path()));
        assert_eq!(arrived(outcome).length, 0);
        assert!(whole(folder.path(), 0));
        server.finish();
    }
}

#[test]
fn called_complete_too_early_is_asked_again_continued_once_and_then_needs_a_look() {
    let (size, half) = (facts(400_000), 200_000);
    let again = rest(half - 65_536);
    let server = Server::play(&format!(
        "{HELLO}\n{size}\n{RETR}
        D# {half}
        S: 226 That was all
        {size}
        ==
        {HELLO}\n{size}\n{again}
        D# {ALL_BUT_THE_OVERLAP}..{half}
        S: 226 That was all
        {size}"
    ));
    let folder = tempfile::tempdir().unwrap();
    let (outcome, _) = run(&request(&server, folder.path()));
    let end = ending(&outcome);
    assert_eq!(end.end, End::NeedsALook);
    assert_eq!(
        end.sentence,
        "The server announced 400,000 bytes, sent 200,000 and called it complete"
    );
    assert_eq!(end.next_step, Some(NextStep::ShowKept));
    assert_eq!(end.kept.unwrap().length, half);
    assert_eq!(names(folder.path()), ["hello.txt.part", "hello.txt.part.ashore"]);
    assert_eq!(fs::read(folder.path().join("hello.txt.part")).unwrap(), pattern(half));
    server.finish();
}

#[test]
fn called_complete_too_early_and_then_continued_is_complete() {
    let size = facts(LENGTH);
    let again = rest(150_000 - 65_536);
    let server = Server::play(&format!(
        "{HELLO}\n{size}\n{RETR}
        D# 150000
        S: 226 That was all
        {size}
        ==
        {HELLO}\n{size}\n{again}
        D# 84464..{LENGTH}
        {DONE}"
    ));
    let folder = tempfile::tempdir().unwrap();
    arrived(run(&request(&server, folder.path())).0);
    assert!(whole(folder.path(), LENGTH));
    server.finish();
}

#[test]
fn a_file_that_became_smaller_or_grew_meanwhile_is_complete_as_it_is_now() {
    for (before, now, how) in [(LENGTH, 150_000, "became smaller"), (LENGTH, LENGTH + 1000, "grew")]
    {
        let (announced, then) = (facts(before), facts(now));
        let server = Server::play(&format!(
            "{HELLO}\n{announced}\n{RETR}\nD# {now}\nS: 226 That was all\n{then}\nC: QUIT"
        ));
        let folder = tempfile::tempdir().unwrap();
        let (outcome, news) = run(&request(&server, folder.path()));
        assert_eq!(arrived(outcome).length, now);
        assert!(whole(folder.path(), now));
        assert!(said(&news, Voice::Story).iter().any(|line| line.contains(how)), "{how}");
        server.finish();
    }
}

#[test]
fn more_bytes_than_announced_are_all_kept_and_need_a_look() {
    let size = facts(LENGTH - 1000);
    let server =
        Server::play(&format!("{HELLO}\n{size}\n{RETR}\nD# {LENGTH}\nS: 226 That was all\n{size}"));
    let folder = tempfile::tempdir().unwrap();
    let (outcome, _) = run(&patient(&server, folder.path()));
    let end = ending(&outcome);
    assert_eq!(end.end, End::NeedsALook);
    assert_eq!(end.sentence, "The server announced 199,000 bytes and sent 200,000");
    assert_eq!(fs::read(folder.path().join("hello.txt.part")).unwrap(), pattern(LENGTH));
    assert!(!folder.path().join("hello.txt").exists());
    server.finish();
}

#[test]
fn no_server_may_fill_the_disk() {
    const MOST: u64 = 100 + 16 * 1024 * 1024;
    let size = facts(100);
    let server = Server::play(&format!("{HELLO}\n{size}\n{RETR}\nD? 24000000"));
    let folder = tempfile::tempdir().unwrap();
    let (outcome, _) = run(&patient(&server, folder.path()));
    let end = ending(&outcome);
    assert_eq!(end.end, End::NeedsALook);
    assert!(end.sentence.ends_with("without coming to an end"), "{}", end.sentence);
    let length = fs::metadata(folder.path().join("hello.txt.part")).unwrap().len();
    assert!((MOST + 1..=MOST + 1024 * 1024).contains(&length), "{length}");
    server.finish();
}

#[test]
fn a_data_connection_that_is_reset_is_continued_and_never_an_end() {
    let cut: Cut = Arc::new(|number, _| (number == 0).then_some(150_000));
    for tells_size in [true, false] {
        let quay =
            Quay::open(Manners { tells_size, cut: Arc::clone(&cut), ..Manners::good(LENGTH) });
        let folder = tempfile::tempdir().unwrap();
        let (outcome, _) = run(&request_for(&quay.link("hello.bin"), folder.path()));
        assert_eq!(arrived(outcome).length, LENGTH);
        assert_eq!(fs::read(folder.path().join("hello.bin")).unwrap(), cargo(LENGTH));
        assert_eq!(quay.sent(), LENGTH + 65_536, "more was fetched twice than is compared");
    }
}

/// All bytes came, and then `last_word` was said. What happens next must not fetch them again.
fn confirmed(last_word: &str) {
    let size = facts(LENGTH);
    let again = rest(ALL_BUT_THE_OVERLAP);
    // The server of this script sends 64 KiB the second time, and would complain about any other
    // wish.
    let server = Server::play(&format!(
        "{HELLO}\n{size}\n{RETR}
        D# {LENGTH}
        {last_word}
        ==
        {HELLO}\n{size}\n{again}
        D# {ALL_BUT_THE_OVERLAP}..{LENGTH}
        {DONE}"
    ));
    let folder = tempfile::tempdir().unwrap();
    let (outcome, news) = run(&request(&server, folder.path()));
    arrived(outcome);
    assert!(whole(folder.path(), LENGTH));
    let told = said(&news, Voice::Story);
    assert!(told.iter().any(|line| line.contains("confirmed on second asking")), "{told:?}");
    server.finish();
}

#[test]
fn a_no_after_all_bytes_is_asked_about_and_nothing_is_fetched_again() {
    confirmed("S: 426 Something happened");
    confirmed("S: 451 Something happened");
    confirmed("S: 550 Something happened");
}

#[test]
fn a_control_connection_lost_after_all_bytes_is_asked_about_and_nothing_is_fetched_again() {
    confirmed("--");
    confirmed("!!");
}

#[test]
fn a_last_word_that_never_comes_is_asked_about_and_nothing_is_fetched_again() {
    confirmed("~ 10ms"); // And then silence: half a second of patience here, 15 s in life.
}

#[test]
fn a_server_that_says_no_after_all_bytes_every_time_is_no_success() {
    let size = facts(LENGTH);
    let again = rest(ALL_BUT_THE_OVERLAP);
    let server = Server::play(&format!(
        "{HELLO}\n{size}\n{RETR}
        D# {LENGTH}
        S: 451 Disk error here
        ==
        {HELLO}\n{size}\n{again}
        D# {ALL_BUT_THE_OVERLAP}..{LENGTH}
        S: 451 Disk error here"
    ));
    let folder = tempfile::tempdir().unwrap();
    let (outcome, _) = run(&request(&server, folder.path()));
    assert_eq!(outcome.unwrap_err().class(), Class::Server);
    assert_eq!(names(folder.path()), ["hello.txt.part", "hello.txt.part.ashore"]);
    assert_eq!(fs::read(folder.path().join("hello.txt.part")).unwrap(), pattern(LENGTH));
    server.finish();
}

#[test]
fn a_no_in_the_middle_and_a_stall_are_continued() {
    let size = facts(LENGTH);
    let again = rest(150_000 - 65_536);
    for middle in ["D# 150000\nS: 426 Cut", "D# 150000\nS: 451 Disk error", "H# 150000"] {
        let server = Server::play(&format!(
            "{HELLO}\n{size}\n{RETR}
            {middle}
            ==
            {HELLO}\n{size}\n{again}
            D# 84464..{LENGTH}
            {DONE}"
        ));
        let folder = tempfile::tempdir().unwrap();
        arrived(run(&request(&server, folder.path())).0);
        assert!(whole(folder.path(), LENGTH), "{middle}");
        server.finish();
    }
}

#[test]
fn what_may_pass_is_tried_again_and_the_person_sees_why_it_waits() {
    let size = facts(5);
    let goes_well = format!("==\n{HELLO}\n{size}\n{RETR}\nD: right\n{DONE}");
    let refused = |reply: &str| RETR.replace("S: 150 Here it comes", &format!("S: {reply}"));
    for (first, why) in [
        ("S: 421 Come back later".to_owned(), "does not let you in: it said “421"),
        ("S: 421 Too many connections".to_owned(), "is full"),
        ("S: 220 Hello\nC: USER anonymous\nS: 421 Not now".to_owned(), "421"),
        (
            "S: 220 Hello\nC: USER anonymous\nS: 530 Sorry, too many users".to_owned(),
            "is full: it said “530 Sorry, too many users”",
        ),
        (format!("{HELLO}\n{size}\n{}", refused("425 No data connection")), "425"),
        (format!("{HELLO}\n{size}\n{}", refused("450 Being written to")), "450"),
        (format!("{HELLO}\n{size}\n{}", refused("451 Disk error")), "451"),
        (format!("{HELLO}\n{size}\n{}", refused("550 Too many connections")), "is full"),
        (
            format!("{HELLO}\n{size}\n{}", RETR.replace("S: 150 Here it comes", "--")),
            "closed the connection",
        ),
    ] {
        let server = Server::play(&format!("{first}\n{goes_well}"));
        let folder = tempfile::tempdir().unwrap();
        let (outcome, _, whys) = run_in_a_hurry(&patient(&server, folder.path()));
        assert_eq!(arrived(outcome).length, 5, "{first}");
        assert!(whys.len() == 1 && whys[0].contains(why), "{whys:?}");
        assert_eq!(fs::read(folder.path().join("hello.txt")).unwrap(), b"right");
        server.finish();
    }
}

#[test]
fn a_server_that_is_always_full_is_given_up_when_the_tries_are_used_up() {
    let full = "S: 421 Too many connections";
    let server = Server::play(&format!("{full}\n==\n{full}\n==\n{full}"));
    let folder = tempfile::tempdir().unwrap();
    let (outcome, _, whys) = run_in_a_hurry(&patient(&server, folder.path()));
    assert_eq!(outcome.unwrap_err().class(), Class::Server);
    assert_eq!(whys.len(), 2);
    assert!(names(folder.path()).is_empty());
    server.finish();
}

#[test]
fn a_firm_no_is_asked_once_fails_at_once_and_leaves_nothing_behind() {
    let refused = |reply: &str| RETR.replace("S: 150 Here it comes", &format!("S: {reply}"));
    let rejected = "S: 220 Hello\nC: USER anonymous\nS: 530 Login incorrect
        C: PASS anonymous@\nS: 503 Who are you?"
        .to_owned();
    let missing = |code| format!("{HELLO}\n{NO_FACTS}\n{}", refused(code));
    for (script, class, next_step) in [
        (rejected, Class::Login, NextStep::SignIn),
        (missing("550 No such file"), Class::Missing, NextStep::CheckAddress),
        (missing("553 Not for you"), Class::Missing, NextStep::CheckAddress),
    ] {
        let server = Server::play(&script);
        let folder = tempfile::tempdir().unwrap();
        let (outcome, _, whys) = run_in_a_hurry(&patient(&server, folder.path()));
        let failure = outcome.unwrap_err();
        assert_eq!((failure.class(), failure.next_step()), (class, next_step));
        assert!(whys.is_empty(), "{whys:?}");
        assert!(names(folder.path()).is_empty());
        server.finish();
    }
}
