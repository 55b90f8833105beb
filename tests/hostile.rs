//! Servers that mean harm: every one of them is done with in time, with a sentence, in little memory,
//! and nothing is written where it should not be.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

#[path = "support/program.rs"]
mod program;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use program::ashore;

/// No run may take longer, in seconds, on a machine that has more to do. A million entries take half a
/// minute where nothing is optimised.
const LIMIT: u64 = 200;

/// The most memory that a run may take beyond that of a harmless one, in bytes.
const MOST_MEMORY: u64 = 64 * 1024 * 1024;

/// What the server does when its moment comes.
#[derive(Clone)]
enum Evil {
    /// Says this.
    Say(Vec<u8>),
    /// Says this for ever.
    Flood(Vec<u8>),
    /// Says this, then a letter every half second for ever.
    Drip(Vec<u8>),
    /// Sends this as the data, again and again, twice a second, so many times.
    DataDrip(Vec<u8>, usize),
    /// Sends this as the data.
    Data(Vec<u8>),
    /// Sends this as the data, then that for ever.
    DataFlood(Vec<u8>, Vec<u8>),
    /// Sends this as the data, with another number behind it in each line, for ever: files and folders
    /// by turns. Those folders are harmless.
    Numbers(&'static str),
}

/// Starts a server that is harmless but for one command: `""` is the greeting. Gives its link.
fn server(at: &'static str, evil: Evil) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let link = format!("ftp://{}/", listener.local_addr().unwrap());
    // It lives as long as the test's process: clients come and go.
    thread::spawn(move || {
        for guest in listener.incoming().map_while(Result::ok) {
            let evil = evil.clone();
            thread::spawn(move || talk(&guest, at, &evil).ok());
        }
    });
    link
}

fn talk(guest: &TcpStream, at: &str, evil: &Evil) -> std::io::Result<()> {
    let mut control = guest.try_clone()?;
    let (mut data, mut is_inside) = (None, false);
    let greeting = std::iter::once(Ok(String::new()));
    for line in greeting.chain(BufReader::new(guest).lines()) {
        let line = line?;
        let verb = line.split(' ').next().unwrap_or_default();
        let is_said = matches!(evil, Evil::Say(_) | Evil::Flood(_) | Evil::Drip(_));
        if verb == at && is_said {
            act(&mut control, evil)?;
            continue;
        }
        if verb == "CWD" {
            is_inside = line != "CWD /";
        }
        let answer = match verb {
            "" => "220 ready",
            "USER" => "331 password",
            "PASS" => "230 in",
            "PWD" => "257 \"/\"",
            "TYPE" | "CWD" => "200 ok",
            "EPSV" => {
                let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
                let port = listener.local_addr()?.port();
                data = Some(listener);
                control.write_all(format!("229 here (|||{port}|)\r\n").as_bytes())?;
                continue;
            }
            "LIST" | "RETR" => {
                let Some(listener) = data.take() else { return Ok(()) };
                control.write_all(b"150 here it comes\r\n")?;
                let mut data = listener.accept()?.0;
                match evil {
                    Evil::Numbers(_) if is_inside && verb == "LIST" => {}
                    _ if verb == at => act(&mut data, evil)?,
                    _ if verb == "LIST" => {
                        data.write_all(b"-rw-r--r-- 1 a b 5 Jan 29 2001 x\r\n")?
                    }
                    _ => data.write_all(b"hello")?,
                }
                "226 done"
            }
            "QUIT" => return Ok(()),
            _ => "502 what?",
        };
        control.write_all(format!("{answer}\r\n").as_bytes())?;
    }
    Ok(())
}

fn act(to: &mut TcpStream, evil: &Evil) -> std::io::Result<()> {
    match evil {
        Evil::Say(text) | Evil::Data(text) => to.write_all(text),
        Evil::Flood(text) => flood(to, text),
        Evil::DataFlood(first, rest) => {
            to.write_all(first)?;
            flood(to, rest)
        }
        Evil::DataDrip(text, times) => (0..*times).try_for_each(|_| {
            thread::sleep(Duration::from_millis(500));
            to.write_all(text)
        }),
        Evil::Numbers(text) => {
            let mut to = std::io::BufWriter::new(to);
            (0_u64..).try_for_each(|number| {
                let kind = if number % 2 == 0 { '-' } else { 'd' };
                write!(to, "{kind}{text}{number}\r\n")
            })
        }
        Evil::Drip(text) => {
            to.write_all(text)?;
            loop {
                to.write_all(b"x")?;
                thread::sleep(Duration::from_millis(500));
            }
        }
    }
}

fn flood(to: &mut TcpStream, text: &[u8]) -> std::io::Result<()> {
    let block = text.repeat(64 * 1024 / text.len() + 1);
    loop {
        to.write_all(&block)?;
    }
}

/// How a run of the program ended.
struct Run {
    code: Option<i32>,
    said: String,
    /// Its most memory in bytes, where the system tells.
    memory: u64,
}

/// Runs `ashore` with at most two seconds of patience, in `folder`.
fn run(folder: &Path, args: &[&str]) -> Run {
    run_until(folder, args, &|| false)
}

/// The same, but ends it once it has come so far.
fn run_until(folder: &Path, args: &[&str], is_enough: &dyn Fn() -> bool) -> Run {
    let mut child = ashore()
        .args(args)
        .args(["--timeout", "2", "--tls", "off"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // What it says is read to the end, so that it never waits for us.
    let mut stdout = child.stdout.take().unwrap();
    let mut stderr = child.stderr.take().unwrap();
    let out = thread::spawn(move || is_harmless(&mut stdout));
    let err = thread::spawn(move || {
        let mut said = Vec::new();
        stderr.read_to_end(&mut said).unwrap();
        String::from_utf8(said).unwrap()
    });
    let since = Instant::now();
    let mut memory = 0;
    let code = loop {
        memory = memory.max(memory_of(child.id()));
        if let Some(status) = child.try_wait().unwrap() {
            break status.code();
        }
        if is_enough() {
            child.kill().unwrap();
            break child.wait().unwrap().code();
        }
        if since.elapsed() > Duration::from_secs(LIMIT) {
            child.kill().unwrap();
            panic!("{args:?} did not end");
        }
        thread::sleep(Duration::from_millis(5));
    };
    assert!(out.join().unwrap(), "{args:?} said something that moves the cursor");
    let said = err.join().unwrap();
    assert!(is_harmless(&mut said.as_bytes()), "{args:?} said {said:?}");
    Run { code, said, memory }
}

/// Whether a terminal can show it as it is. Reads to the end, and keeps none of it.
fn is_harmless(text: &mut dyn Read) -> bool {
    let mut block = [0; 64 * 1024];
    let mut is_harmless = true;
    while let Ok(count @ 1..) = text.read(&mut block) {
        let bytes = block.get(..count).unwrap_or_default();
        is_harmless &= !bytes.iter().any(|&byte| byte.is_ascii_control() && byte != b'\n');
        is_harmless &= !bytes.windows(3).any(|three| three == "\u{202e}".as_bytes());
    }
    is_harmless
}

/// The most memory that a process has had so far. 0 where the system does not tell.
fn memory_of(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .map_or(0, |kib: u64| kib * 1024)
}

/// How a file or a folder is asked for.
const FILE: &[&str] = &["get", "--retries", "0"];
const FOLDER: &[&str] = &["get", "-r", "--retries", "0"];
const LS: &[&str] = &["ls"];
const JSON: &[&str] = &["ls", "--json"];

/// Runs each of `ways` against `evil`, and holds it to its end: its exit code, a sentence, little
/// memory, and nothing under a final name.
fn each_ends(what: &str, at: &'static str, evil: &Evil, ways: &[&[&str]], code: i32) {
    let folder = tempfile::tempdir().unwrap();
    let calm = run(folder.path(), &["ls", &server("never", evil.clone())]);
    assert_eq!(calm.code, Some(0), "{}", calm.said);
    for way in ways {
        let folder = tempfile::tempdir().unwrap();
        let link = server(at, evil.clone());
        let link = if *way == FILE { format!("{link}x") } else { link };
        let run = run(folder.path(), &[way, &[link.as_str()][..]].concat());
        assert_eq!(run.code, Some(code), "{what}, {way:?}: {}", run.said);
        let last = run.said.lines().last().unwrap_or_default();
        assert!(code == 0 || last.ends_with('.'), "{what}, {way:?}: {}", run.said);
        let more = run.memory.saturating_sub(calm.memory);
        assert!(more < MOST_MEMORY, "{what}, {way:?}: {} MiB more", more >> 20);
        assert!(code == 0 || !folder.path().join("x").exists(), "{what}, {way:?}");
    }
}

#[test]
fn words_without_end_are_listened_to_for_a_while() {
    let flood = |text: &str| Evil::Flood(text.as_bytes().to_vec());
    each_ends("a greeting of many lines", "", &flood("220-x\r\n"), &[FILE, LS, JSON, FOLDER], 1);
    each_ends("a line", "PASS", &flood("x"), &[FILE, LS], 1);
    each_ends("a line of NUL", "USER", &flood("\0"), &[FILE, LS], 1);
    each_ends("a reply of many lines", "PASS", &flood("230-x\r\n"), &[FILE, FOLDER], 1);
    each_ends("features", "FEAT", &flood("211-x\r\n X\r\n"), &[FILE, LS], 1);
    each_ends("replies that it begins", "RETR", &flood("150 wait\r\n"), &[FILE], 1);
    each_ends("the same for a listing", "LIST", &flood("150 wait\r\n"), &[LS, FOLDER], 1);
}

#[test]
fn a_byte_now_and_then_is_no_answer() {
    let drops = Evil::Drip(b"220-".to_vec());
    each_ends("the greeting", "", &drops, &[FILE], 1);
    each_ends("where the data is", "EPSV", &drops, &[LS], 1);
    let never_ends = Evil::DataDrip(b"x".to_vec(), usize::MAX);
    each_ends("a listing", "LIST", &never_ends, &[LS, FOLDER], 1);
    let folder = tempfile::tempdir().unwrap();
    let run = run(folder.path(), &[LS, &[server("LIST", never_ends).as_str()][..]].concat());
    assert!(run.said.contains("The server is too slow: only "), "{}", run.said);
}

#[test]
fn a_listing_that_comes_slowly_is_a_listing() {
    let lines = b"-rw-r--r-- 1 a b 5 Jan 29 2001 slow\r\n".repeat(10);
    // It takes longer than the stretch of time in which so much has to come: four times the patience.
    each_ends("a slow one", "LIST", &Evil::DataDrip(lines, 20), &[LS], 0);
}

#[test]
fn answers_that_are_none_end_it() {
    let say = |text: &[u8]| Evil::Say(text.to_vec());
    each_ends("another host", "EPSV", &say(b"229 (|1|10.1.2.3|1|)\r\n"), &[FILE, LS], 1);
    each_ends("NUL and escapes", "PASS", &say(b"\x1b[2J\0\r\n"), &[FILE, LS, JSON], 1);
    each_ends("a refusal with escapes", "PASS", &say(b"530 \x1b[2J\x07\0no\r\n"), &[FILE, LS], 4);
    // What comes before it was asked for answers nothing: the file is as the server sends it.
    each_ends("answers to come", "PASS", &say(b"230 in\r\n502 a\r\n550 b\r\n"), &[FILE], 0);
}

#[test]
fn listings_without_end_cost_little() {
    let line = b"-rw-r--r-- 1 a b 5 Jan 29 2001 y\r\n".to_vec();
    for (what, evil) in [
        ("a line", Evil::DataFlood(Vec::new(), b"x".to_vec())),
        ("a name", Evil::DataFlood(b"-rw-r--r-- 1 a b 5 Jan 29 2001 ".to_vec(), b"x".to_vec())),
    ] {
        each_ends(what, "LIST", &evil, &[LS], 1);
    }
    each_ends("entries", "LIST", &Evil::DataFlood(Vec::new(), line), &[LS, FOLDER], 1);
}

#[test]
fn a_folder_without_end_costs_little_and_is_fetched_as_far_as_possible() {
    let calm = tempfile::tempdir().unwrap();
    let never = server("never", Evil::Data(Vec::new()));
    let calm = run(calm.path(), &[FOLDER, &[never.as_str()][..]].concat());
    assert_eq!(calm.code, Some(0), "{}", calm.said);
    let folder = tempfile::tempdir().unwrap();
    let link = server("LIST", Evil::Numbers("rw-r--r-- 1 a b 5 Jan 29 2001 n"));
    // Nothing is fetched before the whole listing is read.
    let has_begun = || fs::read_dir(folder.path()).unwrap().count() >= 10;
    let run = run_until(folder.path(), &[FOLDER, &[link.as_str()][..]].concat(), &has_begun);
    assert_eq!(run.code, None, "{}", run.said);
    let more = run.memory.saturating_sub(calm.memory);
    assert!(more < MOST_MEMORY, "{} MiB more", more >> 20);
}

/// Names that would leave the folder, open a device, deceive the eye, or meet on a disk that knows no
/// capitals.
const NAMES: [&[u8]; 14] = [
    b"../escape",
    b"../../escape",
    b"/tmp/ashore-hostile-escape",
    b"..\\escape",
    b"C:\\escape",
    b"\\\\host\\share",
    b"link/escape",
    b"link",
    b"CON",
    b"nul.txt",
    b"esc\x1b[2J",
    b"nul\0name",
    "rtl\u{202e}gpj.exe".as_bytes(),
    b"caf\xe9",
];

#[test]
fn names_stay_in_the_folder_and_are_shown_escaped() {
    let mut listing = Vec::new();
    for name in NAMES.iter().chain([&&b"Case"[..], &&b"case"[..], &&b"good"[..]]) {
        listing.extend([b"-rw-r--r-- 1 a b 5 Jan 29 2001 ", *name, b"\r\n"].concat());
    }
    let link = server("LIST", Evil::Data(listing));
    let around = tempfile::tempdir().unwrap();
    let (outside, folder) = (around.path().join("outside"), around.path().join("in/folder"));
    fs::create_dir_all(&outside).unwrap();
    fs::create_dir_all(&folder).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(&outside, folder.join("link")).unwrap();
    for way in [LS, JSON, &["get", "-r", "-v", "--retries", "0"]] {
        run(&folder, &[way, &[link.as_str()][..]].concat());
    }
    assert_eq!(fs::read(folder.join("good")).unwrap(), b"hello");
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
    assert_eq!(fs::read_dir(around.path().join("in")).unwrap().count(), 1);
    assert_eq!(fs::read_dir(around.path()).unwrap().count(), 2);
    assert!(!Path::new("/tmp/ashore-hostile-escape").exists());
    for entry in fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(is_harmless(&mut name.as_bytes()) && !name.contains('\\'), "{name:?}");
    }
}

#[test]
fn sizes_that_no_file_has_are_no_reason_to_reserve_or_to_stop() {
    for size in ["-1", "99999999999999999999999", "18446744073709551615", "0x10", "five"] {
        let folder = tempfile::tempdir().unwrap();
        let link = server("SIZE", Evil::Say(format!("213 {size}\r\n").into_bytes()));
        let run = run(folder.path(), &[FILE, &[format!("{link}x").as_str()][..]].concat());
        assert_eq!(run.code, Some(0), "{size}: {}", run.said);
        assert_eq!(fs::read(folder.path().join("x")).unwrap(), b"hello");
    }
}
