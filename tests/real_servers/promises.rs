//! What every server's guests are promised.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::ops::ControlFlow;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use ashore::disk::Algorithm;
use ashore::ftp::{Limits, Stop, Trust};
use ashore::transfer::{
    self, Checks, Class, Commons, Failure, Handle, News, Outcome, Request, Summary, Verdict, Voice,
    Witness,
};
use tempfile::TempDir;

use crate::harbours::Harbour;
use crate::support::{names, request_for, run, said, sha256};

/// 2024-02-29 12:34:56 UTC, the time of the files `mid.bin` and `lines.txt` on every server.
const LEAP_DAY: Duration = Duration::from_secs(1_709_210_096);

/// A download from a real server, which may be slow to say no to a password. Its certificate is
/// believed.
pub(crate) fn patient(link: &str, folder: &Path) -> Request {
    let authority = std::env::var_os("ASHORE_TEST_CA");
    let roots = authority.map(|authority| fs::read_to_string(authority).unwrap());
    let trust = Trust { roots, ..Trust::default() };
    Request { patience: Duration::from_secs(20), trust, ..request_for(link, folder) }
}

fn fetch(at: &str, path: &str) -> (TempDir, Outcome) {
    let folder = tempfile::tempdir().unwrap();
    let (outcome, _) = run(&patient(&format!("ftp://{at}/{path}"), folder.path()));
    (folder, outcome)
}

/// Downloads `path` and holds the result against the file that the server serves.
fn arrives(harbour: &Harbour, at: &str, path: &str, served: &Path) -> (TempDir, Summary) {
    let (folder, outcome) = fetch(at, path);
    let summary = outcome.unwrap_or_else(|failure| panic!("{path}: {failure} ({failure:?})"));
    let served = harbour.tree.join(served);
    assert_eq!(summary.verdict, Verdict::Complete, "{path}");
    assert_eq!(summary.length, fs::metadata(&served).unwrap().len(), "{path}");
    assert_eq!(summary.sha256, Some(sha256(&served)), "{path}");
    assert_eq!(sha256(&summary.path), sha256(&served), "{path}");
    assert_eq!(names(folder.path()).len(), 1, "{path} left something else: {folder:?}");
    (folder, summary)
}

/// The download of `path` fails, and nothing is on disk.
fn fails(at: &str, path: &str) -> Failure {
    let (folder, outcome) = fetch(at, path);
    let failure = outcome.expect_err("it should not succeed");
    assert_eq!(names(folder.path()), [""; 0], "{path}: {failure}");
    failure
}

pub(crate) fn a_file_arrives_byte_for_byte(harbour: &Harbour) {
    let (folder, summary) = arrives(harbour, &harbour.ipv4, "big.bin", Path::new("big.bin"));
    assert_eq!(summary.path, folder.path().join("big.bin"));
}

pub(crate) fn it_arrives_over_ipv6_too(harbour: &Harbour) {
    arrives(harbour, &harbour.ipv6, "mid.bin", Path::new("mid.bin"));
}

pub(crate) fn it_keeps_the_time_of_the_server(harbour: &Harbour) {
    let (_folder, summary) = arrives(harbour, &harbour.ipv4, "mid.bin", Path::new("mid.bin"));
    let time = SystemTime::UNIX_EPOCH + LEAP_DAY;
    assert_eq!(summary.modified, Some(time));
    assert_eq!(fs::metadata(summary.path).unwrap().modified().unwrap(), time);
}

pub(crate) fn a_deep_folder_is_no_hurdle(harbour: &Harbour) {
    arrives(harbour, &harbour.ipv4, "deep/a/b/c/d.txt", Path::new("deep/a/b/c/d.txt"));
}

pub(crate) fn an_empty_file_is_a_file(harbour: &Harbour) {
    arrives(harbour, &harbour.ipv4, "empty.bin", Path::new("empty.bin"));
}

/// Each as the link spells it, as the server does, and as it stands on this computer: what Windows
/// could not keep becomes `%XX`.
const ODD_NAMES: [(&str, &str, &str); 18] = [
    ("with%20space.txt", "with space.txt", "with space.txt"),
    ("%20leading.txt", " leading.txt", " leading.txt"),
    ("trailing%20", "trailing ", "trailing%20"),
    ("quote%22.txt", "quote\".txt", "quote%22.txt"),
    ("apos'.txt", "apos'.txt", "apos'.txt"),
    ("percent%2541.txt", "percent%41.txt", "percent%41.txt"),
    ("hash%23x.txt", "hash#x.txt", "hash#x.txt"),
    ("q%3Fx.txt", "q?x.txt", "q%3Fx.txt"),
    ("semi%3Btype=a.txt", "semi;type=a.txt", "semi;type=a.txt"),
    ("star*.txt", "star*.txt", "star%2A.txt"),
    ("-dash.txt", "-dash.txt", "-dash.txt"),
    ("~tilde", "~tilde", "~tilde"),
    ("plus+and&.txt", "plus+and&.txt", "plus+and&.txt"),
    ("%5Bbrackets%5D%7Bx%7D.txt", "[brackets]{x}.txt", "[brackets]{x}.txt"),
    (
        "utf8-žluťoučký-日本語-😀.txt",
        "utf8-žluťoučký-日本語-😀.txt",
        "utf8-žluťoučký-日本語-😀.txt",
    ),
    ("a:b.txt", "a:b.txt", "a%3Ab.txt"),
    ("CON", "CON", "%43ON"),
    ("dir%20with%20%22quote%22/x.txt", "dir with \"quote\"/x.txt", "x.txt"),
];

pub(crate) fn odd_names_are_fetched_and_kept(harbour: &Harbour) {
    for (link, served, local) in ODD_NAMES {
        let served = Path::new("odd").join(served);
        let (folder, summary) = arrives(harbour, &harbour.ipv4, &format!("odd/{link}"), &served);
        assert_eq!(summary.path, folder.path().join(local));
    }
}

/// As long as a name can be, with no room for an ending of ours.
pub(crate) fn a_name_of_255_bytes_is_fetched_and_kept(harbour: &Harbour) {
    let name = "long-".repeat(51);
    let served = Path::new("odd").join(&name);
    let (folder, summary) = arrives(harbour, &harbour.ipv4, &format!("odd/{name}"), &served);
    assert_eq!(summary.path, folder.path().join(name));
}

/// Whatever stands in the folder is listed, as far as the server shows it. None of them shows all:
/// most hide what begins with a dot, Pure-FTPd's `MLSD` leaves out what has control characters in its
/// name, and elsewhere a line break in a name makes two lines of it.
pub(crate) fn a_folder_is_listed_with_all_its_odd_names(harbour: &Harbour) {
    let folder = tempfile::tempdir().unwrap();
    let request = patient(&format!("ftp://{}/odd/", harbour.ipv4), folder.path());
    let commons = Commons::default();
    let limits = Limits { patience: request.patience, stop: Stop::default() };
    let mut listed = Vec::new();
    let ended = transfer::list(request.access(&commons), &limits, &|_| (), &mut |entry| {
        listed.push(entry.name);
        ControlFlow::Continue(())
    });
    assert_eq!(ended.unwrap().entries, u64::try_from(listed.len()).unwrap());
    let served = fs::read_dir(harbour.tree.join("odd")).unwrap();
    // A link to nowhere is something to some, and nothing to others.
    let served = served.map(Result::unwrap).filter(|entry| fs::metadata(entry.path()).is_ok());
    for name in served.map(|entry| entry.file_name()) {
        let is_shown = name
            .to_str()
            .is_some_and(|name| !name.starts_with('.') && !name.contains(char::is_control));
        let is_listed = listed.iter().any(|listed| listed == name.as_bytes());
        assert!(is_listed || !is_shown, "{name:?} is missing among {} others", listed.len());
    }
}

pub(crate) fn names_that_are_not_utf_8_are_fetched(harbour: &Harbour) {
    for (link, name) in [
        ("latin1-caf%E9-%FC.txt", &b"latin1-caf\xe9-\xfc.txt"[..]),
        ("iac-%FF-x.txt", b"iac-\xff-x.txt"),
    ] {
        let served = PathBuf::from("odd").join(OsStr::from_bytes(name));
        arrives(harbour, &harbour.ipv4, &format!("odd/{link}"), &served);
    }
}

pub(crate) fn a_missing_file_leaves_nothing_behind(harbour: &Harbour) {
    assert_eq!(fails(&harbour.ipv4, "not-there.txt").class(), Class::Missing);
    assert_eq!(fails(&harbour.ipv4, "no/such/folder/x.txt").class(), Class::Missing);
    // Servers repeat the name in their answer; these words in it do not mean that they are full.
    let failure = fails(&harbour.ipv4, "busybox-limit.txt");
    assert_eq!(failure.class(), Class::Missing, "{failure}");
}

pub(crate) fn a_file_that_may_not_be_read_leaves_nothing_behind(harbour: &Harbour) {
    assert_eq!(fails(&harbour.ipv4, "unreadable.txt").class(), Class::Missing);
    assert_eq!(fails(&harbour.ipv4, "private/no.txt").class(), Class::Missing);
}

pub(crate) fn a_folder_is_not_mistaken_for_a_file(harbour: &Harbour) {
    assert_eq!(fails(&harbour.ipv4, "deep").class(), Class::Missing);
    assert_eq!(fails(&harbour.ipv4, "deep/").class(), Class::Usage);
}

pub(crate) fn what_was_stopped_goes_on_where_it_was(harbour: &Harbour) {
    let folder = tempfile::tempdir().unwrap();
    let request = patient(&format!("ftp://{}/big.bin", harbour.ipv4), folder.path());
    let handle = Handle::default();
    // Looks at every block that comes, and stops after the first megabyte.
    let outcome = transfer::download(&request, &handle, &|news| match news {
        News::Progress(progress) if progress.received > 1_000_000 => handle.stop.give(),
        News::Progress(_) => thread::sleep(Duration::from_millis(100)),
        _ => (),
    });
    let failure = outcome.expect_err("it should have been stopped");
    assert_eq!(failure.class(), Class::Stopped);
    let kept = failure.kept().expect("the bytes that came should have been kept");
    // Of a file that comes over several connections, the gaps do not count.
    assert!(kept.length > 1_000_000 && fs::metadata(&kept.path).unwrap().len() >= kept.length);

    let (outcome, news) = run(&request);
    let summary = outcome.unwrap_or_else(|failure| panic!("{failure} ({failure:?})"));
    let story = said(&news, Voice::Story);
    assert!(story.iter().any(|line| line.starts_with("Joined at")), "{story:?}");
    assert_eq!(summary.sha256, Some(sha256(&harbour.tree.join("big.bin"))));
    assert_eq!(sha256(&summary.path), sha256(&harbour.tree.join("big.bin")));
    assert_eq!(names(folder.path()), ["big.bin"]);
}

pub(crate) fn the_right_password_opens_the_door(harbour: &Harbour) {
    let at = format!("ashoretest:s3cret@{}", harbour.ipv4);
    arrives(harbour, &at, "lines.txt", Path::new("lines.txt"));
}

pub(crate) fn a_wrong_password_is_said_to_be_wrong(harbour: &Harbour) {
    let failure = fails(&format!("ashoretest:wrong@{}", harbour.ipv4), "lines.txt");
    assert_eq!(failure.class(), Class::Login, "{failure}");
    assert!(!format!("{failure} {failure:?}").contains("wrong@"), "{failure:?}");
}

pub(crate) fn a_full_server_is_said_to_be_full(harbour: &Harbour) {
    let guests = [idle_guest(harbour.full()), idle_guest(harbour.full())];
    let failure = fails(harbour.full(), "lines.txt");
    assert_eq!(failure.class(), Class::Server, "{failure}");
    assert!(failure.to_string().contains("full"), "{failure}");
    drop(guests);
}

/// The same server as ever, but `PASV` names 10.99.99.99, and `EPSV` is refused where it can be.
pub(crate) fn a_false_address_in_pasv_does_not_lead_astray(harbour: &Harbour) {
    arrives(harbour, harbour.astray(), "lines.txt", Path::new("lines.txt"));
}

/// Needs a server that computes checksums: ProFTPD with mod_digest.
pub(crate) fn its_own_checksum_proves_the_file(harbour: &Harbour) {
    for path in ["big.bin", "empty.bin", "odd/with%20space.txt"] {
        let folder = tempfile::tempdir().unwrap();
        let mut order = patient(&format!("ftp://{}/{path}", harbour.ipv4), folder.path());
        order.checks = Checks::default();
        let (outcome, news) = run(&order);
        let summary = outcome.unwrap_or_else(|failure| panic!("{path}: {failure} ({failure:?})"));
        let with = Algorithm::Sha256;
        let said = said(&news, Voice::Received);
        assert_eq!(
            summary.verdict,
            Verdict::Verified { by: Witness::Server(with), with },
            "{path}: {said:?}"
        );
    }
}

/// A server without any checksums is asked in vain, and the conversation survives it.
pub(crate) fn to_ask_in_vain_for_a_checksum_spoils_nothing(harbour: &Harbour) {
    let folder = tempfile::tempdir().unwrap();
    let mut order = patient(&format!("ftp://{}/mid.bin", harbour.ipv4), folder.path());
    order.checks = Checks::default();
    let (outcome, news) = run(&order);
    assert_eq!(outcome.unwrap().verdict, Verdict::Complete);
    let story = said(&news, Voice::Story);
    assert!(story.contains(&"The server has no checksum of this file"), "{story:?}");
}

/// Signs in and stays there without a word.
fn idle_guest(at: &str) -> TcpStream {
    let mut stream = TcpStream::connect(at).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut replies = BufReader::new(stream.try_clone().unwrap()).lines();
    let mut until = |codes: &[&str]| {
        let mut replies = replies.by_ref().map(|line| line.expect("the server fell silent"));
        assert!(replies.any(|line| codes.iter().any(|code| line.starts_with(code))), "{codes:?}");
    };
    until(&["220 "]);
    stream.write_all(b"USER anonymous\r\n").unwrap();
    until(&["331 ", "230 "]);
    stream.write_all(b"PASS guest@\r\n").unwrap();
    until(&["230 "]);
    stream
}
