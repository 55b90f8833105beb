//! What has arrived is continued only where it is proven to belong to the file (product contract §3),
//! and nobody else's bytes are ever touched.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod support;

use std::cell::RefCell;
use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, SystemTime};

use ashore::transfer::{self, Class, Failure, Handle, News, Outcome, Phase, Request, Voice};
use support::{Server, arrived, names, pattern, request, run, said};
use tempfile::TempDir;

/// How every conversation begins.
const HELLO: &str = "
    S: 220 Harbour ready
    C: USER anonymous
    S: 230 Welcome
    C: PASS anonymous@
    S: 230 You are in already
    C: FEAT
    S: 502 What?
    C: TYPE I
    S: 200 Binary it is";

/// The file's facts: size, and the year of its last change.
fn facts(size: u64, year: u32) -> String {
    format!(
        "C: SIZE hello.txt
        S: 213 {size}
        C: MDTM hello.txt
        S: 213 {year}0228123456"
    )
}

/// The file is asked for from its start, and sent.
fn from_start(length: u64) -> String {
    format!(
        "C: EPSV
        S: 229 Here (|||{{port}}|)
        C: RETR hello.txt
        S: 150 Here it comes
        D# {length}
        S: 226 That was all
        C: QUIT"
    )
}

/// The file is asked for from 64 KiB before the end of what is here, and this is sent.
fn continued(data: &str) -> String {
    format!(
        "C: EPSV
        S: 229 Here (|||{{port}}|)
        C: REST {ASKED}
        S: 350 From there
        C: RETR hello.txt
        S: 150 Here it comes
        {data}"
    )
}

const DONE: &str = "S: 226 That was all\nC: QUIT";
const LENGTH: u64 = 200_000;
/// How much arrives before the first run is stopped.
const HERE: u64 = 150_000;
/// From where the second run asks for more.
const ASKED: u64 = HERE - 65_536;

/// A download that was stopped, and the server's part in its second run.
struct Stopped {
    server: Server,
    folder: TempDir,
    retries: u32,
}

/// Downloads [`HERE`] bytes and stops. The server then goes on with `second`.
fn stopped(second: &str) -> Stopped {
    stopped_at(HERE, second)
}

fn stopped_at(here: u64, second: &str) -> Stopped {
    let facts = facts(LENGTH, 2024);
    let first = from_start(here).replace("S: 226 That was all\n        C: QUIT", "S: 426 Cut");
    let server = Server::play(&format!("{HELLO}\n{facts}\n{first}\n==\n{HELLO}\n{second}"));
    let folder = tempfile::tempdir().unwrap();
    let handle = Handle::default();
    let outcome = transfer::download(&request(&server, folder.path()), &handle, &|news| {
        if let News::Phase(Phase::Waiting { .. }) = news {
            handle.stop.give();
        }
    });
    let Err(Failure::Stopped { kept: Some(kept) }) = outcome else { unreachable!("{outcome:?}") };
    assert_eq!(kept.length, here);
    assert_eq!(names(folder.path()), ["hello.txt.part", "hello.txt.part.ashore"]);
    Stopped { server, folder, retries: 0 }
}

impl Stopped {
    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the same request again; the file must be right at the end. Gives what was said, and what
    /// was in the folder while bytes arrived.
    fn goes_on(self, length: u64) -> (Vec<String>, Vec<String>, TempDir) {
        let news = RefCell::new(Vec::new());
        let meanwhile = RefCell::new(Vec::new());
        let request = request(&self.server, self.folder.path());
        let request = Request { retries: self.retries, ..request };
        let outcome = transfer::download(&request, &Handle::default(), &|item| {
            if let News::Phase(Phase::Finishing) = item {
                *meanwhile.borrow_mut() = names(self.folder.path());
            }
            news.borrow_mut().push(item);
        });
        let summary = arrived(outcome);
        assert_eq!(summary.length, length);
        assert_eq!(fs::read(self.path("hello.txt")).unwrap(), pattern(length));
        assert_eq!(summary.sha256.unwrap(), support::sha256(&self.path("hello.txt")));
        self.server.finish();
        let news = news.into_inner();
        let told = [said(&news, Voice::Story), said(&news, Voice::Warning)].concat();
        let told = told.into_iter().map(str::to_owned).collect();
        (told, meanwhile.into_inner(), self.folder)
    }
}

/// How often `told` has `words`.
fn times(told: &[String], words: &str) -> usize {
    told.iter().filter(|line| line.contains(words)).count()
}

#[test]
fn what_is_here_is_joined_and_checked() {
    let facts = facts(LENGTH, 2024);
    let rest = continued(&format!("D# {ASKED}..{LENGTH}"));
    let (told, _, folder) = stopped(&format!("{facts}\n{rest}\n{DONE}")).goes_on(LENGTH);
    assert_eq!(times(&told, "Joined at 150.0 KB, checked"), 1, "{told:?}");
    assert_eq!(names(folder.path()), ["hello.txt"]);
}

#[test]
fn a_file_too_small_to_gain_begins_anew_and_what_is_here_is_compared() {
    let (facts, whole) = (facts(LENGTH, 2024), from_start(LENGTH));
    stopped_at(100_000, &format!("{facts}\n{whole}")).goes_on(LENGTH);
}

#[test]
fn a_file_that_changed_begins_anew_and_the_old_bytes_are_kept_until_it_is_complete() {
    for (size, year) in [(LENGTH + 1, 2024), (LENGTH, 2025), (HERE - 1, 2024), (1000, 2025)] {
        let (facts, whole) = (facts(size, year), from_start(size));
        let (told, meanwhile, folder) = stopped(&format!("{facts}\n{whole}")).goes_on(size);
        assert_eq!(times(&told, "has changed"), 1, "{told:?}");
        assert!(meanwhile.contains(&"hello.txt.old.part".to_owned()), "{meanwhile:?}");
        assert_eq!(names(folder.path()), ["hello.txt"]);
    }
}

#[test]
fn a_change_that_only_the_bytes_show_is_found_in_the_overlap() {
    let (same, whole) = (facts(LENGTH, 2024), from_start(LENGTH));
    let other = continued("D? 100000..215536");
    let (told, meanwhile, folder) =
        stopped(&format!("{same}\n{other}\n==\n{HELLO}\n{same}\n{whole}")).goes_on(LENGTH);
    assert!(meanwhile.contains(&"hello.txt.old.part".to_owned()), "{told:?} {meanwhile:?}");
    assert_eq!(names(folder.path()), ["hello.txt"]);
}

#[test]
fn a_server_that_agrees_to_continue_and_sends_from_the_start_is_found_out_on_the_spot() {
    let (facts, whole) = (facts(LENGTH, 2024), continued(&format!("D# {LENGTH}")));
    let (told, _, _) = stopped(&format!("{facts}\n{whole}\n{DONE}")).goes_on(LENGTH);
    assert_eq!(times(&told, "came again and are equal"), 1, "{told:?}");
}

#[test]
fn a_server_that_cannot_continue_is_asked_from_the_start_on_the_same_connection() {
    let facts = facts(LENGTH, 2024);
    for no in ["502 Not here", "501 Not that far", "550 No", "504 No"] {
        let whole = from_start(LENGTH);
        // RETR has travelled with REST, so the file comes on the connection that was meant for its end.
        let no = format!("C: REST {ASKED}\nS: {no}\nC: RETR");
        let whole = whole.replace("C: RETR", &no);
        let (told, _, folder) = stopped(&format!("{facts}\n{whole}")).goes_on(LENGTH);
        assert_eq!(times(&told, "cannot continue"), 1, "{told:?}");
        assert_eq!(names(folder.path()), ["hello.txt"]);
    }
}

#[test]
fn a_server_that_takes_back_its_yes_to_continuing_is_asked_from_the_start() {
    let (facts, whole) = (facts(LENGTH, 2024), from_start(LENGTH));
    let no = |reply| continued(&format!("S: {reply}")).replace("S: 150 Here it comes\n", "");
    let firm = no("554 Cannot start there");
    // Who has taken an offset may keep it.
    let whole = whole.replace("C: RETR", "C: REST 0\nS: 350 From the start\nC: RETR");
    stopped(&format!("{facts}\n{firm}\n{whole}")).goes_on(LENGTH);
    // This one may be a passing trouble, and beginning anew is dear: only when it says so twice.
    let vague = no("451 Cannot start there");
    let second = format!("{facts}\n{vague}\n==\n{HELLO}\n{facts}\n{vague}\n{whole}");
    let mut stopped = stopped(&second);
    stopped.retries = 1;
    stopped.goes_on(LENGTH);
}

#[test]
fn somebody_elses_part_is_never_appended_to_and_left_as_it_is() {
    let (facts, whole) = (facts(LENGTH, 2024), from_start(LENGTH));
    let server = Server::play(&format!("{HELLO}\n{facts}\n{whole}"));
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("hello.txt.part"), "mine").unwrap();
    let (outcome, news) = run(&request(&server, folder.path()));
    arrived(outcome);
    assert_eq!(fs::read(folder.path().join("hello.txt")).unwrap(), pattern(LENGTH));
    assert_eq!(fs::read(folder.path().join("hello.txt.part")).unwrap(), b"mine");
    assert_eq!(names(folder.path()), ["hello.txt", "hello.txt.part"]);
    let told = said(&news, Voice::Warning);
    assert!(told.len() == 1 && told[0].contains("is left as it is"), "{told:?}");
    server.finish();
}

#[cfg(unix)]
#[test]
fn a_part_that_is_a_link_leads_nobody_astray() {
    let (facts, whole) = (facts(LENGTH, 2024), from_start(LENGTH));
    let server = Server::play(&format!("{HELLO}\n{facts}\n{whole}"));
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let victim = elsewhere.path().join("victim");
    fs::write(&victim, "mine").unwrap();
    std::os::unix::fs::symlink(&victim, folder.path().join("hello.txt.part")).unwrap();
    arrived(run(&request(&server, folder.path())).0);
    assert_eq!(fs::read(folder.path().join("hello.txt")).unwrap(), pattern(LENGTH));
    assert_eq!(fs::read(&victim).unwrap(), b"mine");
    assert!(folder.path().join("hello.txt.part").is_symlink());
    server.finish();
}

/// Spoils the record or the `.part` of a stopped download with `spoil`. The next run must say
/// `words` once, keep what it found under other names, and fetch the right file.
fn set_aside(spoil: impl FnOnce(&Path, &Path), words: &str) {
    let (facts, whole) = (facts(LENGTH, 2024), from_start(LENGTH));
    let stopped = stopped(&format!("{facts}\n{whole}"));
    let (part, record) = (stopped.path("hello.txt.part"), stopped.path("hello.txt.part.ashore"));
    spoil(&part, &record);
    let (found, note) = (fs::read(&part).unwrap(), fs::read(&record).unwrap());
    let (told, _, folder) = stopped.goes_on(LENGTH);
    assert_eq!(times(&told, words), 1, "{told:?}");
    let aside = ["hello.txt", "hello.txt.part.kept", "hello.txt.part.kept.ashore"];
    assert_eq!(names(folder.path()), aside);
    assert_eq!(fs::read(folder.path().join(aside[1])).unwrap(), found, "bytes were lost");
    assert_eq!(fs::read(folder.path().join(aside[2])).unwrap(), note);
}

#[test]
fn a_record_that_cannot_be_believed_is_set_aside_and_no_byte_is_lost() {
    set_aside(|_, record| fs::write(record, "\0\0garbage").unwrap(), "damaged record");
    set_aside(|_, record| fs::write(record, "").unwrap(), "damaged record");
    let cut_short = |_: &Path, record: &Path| {
        let text = fs::read(record).unwrap();
        fs::write(record, &text[..text.len() / 2]).unwrap();
    };
    set_aside(cut_short, "damaged record");
    let newer = |_: &Path, record: &Path| {
        let text = fs::read_to_string(record).unwrap();
        let newer = text.replacen("1", "2", 1);
        assert!(newer.contains("\"version\": 2"), "{text}");
        fs::write(record, newer).unwrap();
    };
    set_aside(newer, "newer Ashore");
}

#[test]
fn a_part_that_another_program_touched_is_set_aside() {
    let shorter = |part: &Path, _: &Path| {
        File::options().write(true).open(part).unwrap().set_len(HERE - 1).unwrap();
    };
    set_aside(shorter, "changed by another program");
    let later = |part: &Path, _: &Path| {
        let then = SystemTime::now() + Duration::from_secs(60);
        File::options().write(true).open(part).unwrap().set_modified(then).unwrap();
    };
    set_aside(later, "changed by another program");
}

#[test]
fn a_part_from_another_address_is_somebody_elses() {
    let (facts, whole) = (facts(LENGTH, 2024), from_start(LENGTH));
    let stopped = stopped(&format!("{facts}\n{whole}"));
    let record = stopped.path("hello.txt.part.ashore");
    let text = fs::read_to_string(&record).unwrap();
    fs::write(&record, text.replace("127.0.0.1", "example.org")).unwrap();
    let (told, _, folder) = stopped.goes_on(LENGTH);
    assert_eq!(times(&told, "comes from another address"), 1, "{told:?}");
    let left = ["hello.txt", "hello.txt.part", "hello.txt.part.ashore"];
    assert_eq!(names(folder.path()), left);
    assert_eq!(fs::read(folder.path().join(left[1])).unwrap(), pattern(HERE));
}

#[test]
fn bytes_behind_the_record_are_not_believed_and_fetched_again() {
    let facts = facts(LENGTH, 2024);
    let rest = continued(&format!("D# {ASKED}..{LENGTH}"));
    let stopped = stopped(&format!("{facts}\n{rest}\n{DONE}"));
    let mut part = File::options().append(true).open(stopped.path("hello.txt.part")).unwrap();
    // As after a power cut: the file has grown, but nobody knows whether the bytes are right.
    std::io::Write::write_all(&mut part, &[0; 80_000]).unwrap();
    drop(part);
    stopped.goes_on(LENGTH);
}

/// Something appears under the file's name while it is on its way.
fn outrun(if_exists: transfer::IfExists) -> (Outcome, TempDir) {
    let (facts, whole) = (facts(1000, 2024), from_start(1000));
    let server = Server::play(&format!("{HELLO}\n{facts}\n{whole}"));
    let folder = tempfile::tempdir().unwrap();
    let request = Request { if_exists, ..request(&server, folder.path()) };
    let file = folder.path().join("hello.txt");
    let outcome = transfer::download(&request, &Handle::default(), &|news| {
        if let News::Phase(Phase::Receiving) = news {
            fs::write(&file, "mine").unwrap();
        }
    });
    drop(server);
    assert_eq!(fs::read(&file).unwrap(), b"mine", "{if_exists:?} replaced it");
    (outcome, folder)
}

#[test]
fn a_file_that_appears_meanwhile_is_not_replaced_whatever_was_chosen() {
    use transfer::IfExists::{Refuse, Rename, Replace, Skip};
    for if_exists in [Refuse, Replace, Skip] {
        let (outcome, folder) = outrun(if_exists);
        let failure = outcome.unwrap_err();
        assert_eq!(failure.class(), Class::Exists, "{if_exists:?}");
        assert_eq!(failure.kept().unwrap().length, 1000);
        assert_eq!(fs::read(folder.path().join("hello.txt.part")).unwrap(), pattern(1000));
    }
    let (outcome, folder) = outrun(Rename);
    assert_eq!(arrived(outcome).path, folder.path().join("hello (2).txt"));
    assert_eq!(fs::read(folder.path().join("hello (2).txt")).unwrap(), pattern(1000));
    assert_eq!(names(folder.path()), ["hello (2).txt", "hello.txt"]);
}

#[test]
fn what_is_to_be_replaced_stays_until_the_new_one_is_complete() {
    let (facts, no) = (facts(1000, 2024), "S: 550 It is gone");
    let gone = from_start(0).replace("S: 150 Here it comes", no);
    let gone = gone.split(no).next().unwrap().to_owned() + no;
    let server = Server::play(&format!("{HELLO}\n{facts}\n{gone}"));
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("hello.txt"), "old").unwrap();
    let if_exists = transfer::IfExists::Replace;
    let (outcome, _) = run(&Request { if_exists, ..request(&server, folder.path()) });
    assert_eq!(outcome.unwrap_err().class(), Class::Missing);
    assert_eq!(fs::read(folder.path().join("hello.txt")).unwrap(), b"old");
    assert_eq!(names(folder.path()), ["hello.txt"]);
    server.finish();
}
