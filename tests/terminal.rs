//! What `ashore get` promises to the person at the terminal, and to scripts.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "support/program.rs"]
mod program;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};

const CONTENT: &[u8] = b"All that was in the hold.\n";

#[test]
fn one_bad_address_of_many_is_found_before_the_first_download() {
    let server = Server::start(Mood::Willing);
    let folder = tempfile::tempdir().unwrap();
    let output = get(folder.path(), &[&server.url("a"), "gopher://h/b"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(names(folder.path()), Vec::<String>::new());
}

#[test]
fn a_file_arrives_and_the_last_line_says_how_many_bytes() {
    for mood in [Mood::Willing, Mood::Sizeless] {
        let server = Server::start(mood);
        let folder = tempfile::tempdir().unwrap();
        let output = get(folder.path(), &[&server.url("pub/a.bin")]).output().unwrap();

        assert_eq!(output.status.code(), Some(0), "{mood:?}: {}", stderr(&output));
        assert_eq!(fs::read(folder.path().join("a.bin")).unwrap(), CONTENT);
        assert_eq!(names(folder.path()), ["a.bin"]);
        assert_eq!(stdout(&output), "");
        let said = stderr(&output);
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(lines.last(), Some(&"Received 26 of 26 bytes (100.0%)"));
        assert!(lines.contains(&format!("SHA-256 {}", sha256()).as_str()), "{lines:?}");
        assert!(lines.iter().any(|line| line.starts_with("Saved as ") && line.contains("a.bin")));
        assert!(lines.iter().any(|line| line.starts_with("Complete: ")), "{lines:?}");
    }
}

#[test]
fn quiet_means_not_a_word_unless_something_is_wrong() {
    let server = Server::start(Mood::Willing);
    let folder = tempfile::tempdir().unwrap();
    let quiet = || get(folder.path(), &["-q", &server.url("a")]).output().unwrap();
    let output = quiet();
    assert_eq!((stdout(&output), stderr(&output)), (String::new(), String::new()));
    let again = quiet();
    assert_eq!(again.status.code(), Some(3));
    assert_eq!(stderr(&again).lines().count(), 1, "{}", stderr(&again));
}

#[test]
fn json_tells_everything_and_its_last_event_is_the_end() {
    let server = Server::start(Mood::Willing);
    let folder = tempfile::tempdir().unwrap();
    let url = server.url("a.bin").replace("//", "//alice:swordfish@");
    let output = get(folder.path(), &["--json", &url]).output().unwrap();

    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let said = stdout(&output);
    assert!(!said.contains("swordfish") && !stderr(&output).contains("swordfish"), "{said}");
    let events: Vec<serde_json::Value> =
        said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(events.iter().all(|event| event["file"] == 1 && event["url"].is_string()));
    for kind in ["phase", "destination", "line", "ended"] {
        assert!(events.iter().any(|event| event["event"] == kind), "no {kind} in {said}");
    }
    let end = events.last().unwrap();
    assert_eq!((&end["event"], &end["verdict"]), (&"ended".into(), &"complete".into()));
    assert_eq!((&end["bytes"], &end["exit_code"]), (&26.into(), &0.into()));
    assert_eq!(end["sha256"], sha256());
}

#[test]
fn verbose_shows_the_conversation_but_never_the_password() {
    let server = Server::start(Mood::Willing);
    let folder = tempfile::tempdir().unwrap();
    let args = ["-v", "--user", "alice", "--password-stdin", &server.url("a.bin")];
    let output = get(folder.path(), &args).stdin(password("swordfish\n")).output().unwrap();

    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stderr(&output).contains("→ USER alice"), "{}", stderr(&output));
    assert!(stderr(&output).contains("← 226 "), "{}", stderr(&output));
    assert!(!stderr(&output).contains("swordfish"), "{}", stderr(&output));
    assert!(server.heard().contains("PASS swordfish"));
}

#[test]
fn each_kind_of_trouble_has_its_exit_code_and_a_sentence_with_the_next_step() {
    for (mood, code, next_step) in [
        (Mood::Locked, 4, "--user NAME"),
        (Mood::Empty, 5, "Check the path"),
        (Mood::Short, 9, "Look at the kept file"),
        (Mood::Silent, 1, "Try again"),
    ] {
        let server = Server::start(mood);
        let folder = tempfile::tempdir().unwrap();
        let args = ["--retries", "0", "--timeout", "0.3", &server.url("a.bin")];
        let output = get(folder.path(), &args).output().unwrap();
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(code), "{mood:?}: {said}");
        let last = said.lines().last().unwrap();
        assert!(last.starts_with("ashore: ") && last.contains(next_step), "{mood:?}: {said}");
        assert!(!folder.path().join("a.bin").exists(), "{mood:?}");
        assert!(!said.contains('\u{1b}'), "{mood:?}: the server painted on the terminal");
    }
}

#[test]
fn what_exists_is_not_touched_unless_the_person_says_so() {
    let server = Server::start(Mood::Willing);
    for (args, code, is_new, names_then) in [
        (&[][..], 3, false, &["a.bin"][..]),
        (&["--if-exists", "skip"], 0, false, &["a.bin"]),
        (&["--if-exists", "rename"], 0, false, &["a (2).bin", "a.bin"]),
        (&["--if-exists", "replace"], 0, true, &["a.bin"]),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.bin");
        fs::write(&path, "mine").unwrap();
        let output = get(folder.path(), args).arg(server.url("a.bin")).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{args:?}: {}", stderr(&output));
        assert_eq!(fs::read(&path).unwrap() == CONTENT, is_new, "{args:?}");
        assert_eq!(names(folder.path()), names_then, "{args:?}");
    }
}

#[test]
fn a_destination_that_cannot_be_written_ends_with_7() {
    let server = Server::start(Mood::Willing);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("no folder");
    fs::write(&file, "mine").unwrap();
    let output = get(&file, &[&server.url("a")]).output().unwrap();
    assert_eq!(output.status.code(), Some(7), "{}", stderr(&output));
    assert_eq!(fs::read(&file).unwrap(), b"mine");
}

#[test]
fn of_several_files_each_is_tried_and_the_worst_end_counts() {
    let (good, bad) = (Server::start(Mood::Willing), Server::start(Mood::Empty));
    let folder = tempfile::tempdir().unwrap();
    let urls = [bad.url("b.bin"), good.url("a.bin"), good.url("c.bin")];
    let output = get(folder.path(), &[&urls[0], &urls[1], &urls[2]]).output().unwrap();
    assert_eq!(output.status.code(), Some(5), "{}", stderr(&output));
    assert_eq!(names(folder.path()), ["a.bin", "c.bin"]);
    assert!(stderr(&output).ends_with("2 complete, 1 failed.\n"), "{}", stderr(&output));
}

#[test]
fn a_program_that_stops_reading_our_output_stops_no_download() {
    let server = Server::start(Mood::Willing);
    let folder = tempfile::tempdir().unwrap();
    let mut child = get(folder.path(), &["--json", "-v", &server.url("a.bin")]).spawn_piped();
    drop((child.stdout.take(), child.stderr.take()));
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(fs::read(folder.path().join("a.bin")).unwrap(), CONTENT);
}

#[cfg(unix)]
#[test]
fn ctrl_c_keeps_what_has_arrived_and_says_how_to_go_on() {
    let server = Server::start(Mood::Endless);
    let folder = tempfile::tempdir().unwrap();
    let mut child = get(folder.path(), &["--json", &server.url("a.bin")]).spawn_piped();
    let mut events = BufReader::new(child.stdout.take().unwrap()).lines();
    let is_arriving = |line: &str| {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        event["received"].as_u64() > Some(0)
    };
    assert!(events.by_ref().any(|line| is_arriving(&line.unwrap())), "nothing arrived");
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let last = events.map(Result::unwrap).last().unwrap();
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();

    assert_eq!(child.wait().unwrap().code(), Some(130), "{said}");
    assert!(said.contains("kept in") && said.contains("a.bin.part"), "{said}");
    assert!(last.contains(r#""verdict":"stopped""#), "{last}");
    assert!(!folder.path().join("a.bin").exists());
    assert!(fs::metadata(folder.path().join("a.bin.part")).unwrap().len() > 0);
}

#[cfg(unix)]
#[test]
fn a_second_ctrl_c_ends_it_even_when_nobody_reads_what_it_says() {
    let server = Server::start(Mood::Willing);
    let folder = tempfile::tempdir().unwrap();
    let urls: Vec<String> = (0..60).map(|n| server.url(&format!("{n}.bin"))).collect();
    let mut child = get(folder.path(), &["--json"]).args(&urls).spawn_piped();
    let mut is_over = |patience: Duration| {
        let end = Instant::now() + patience;
        while Instant::now() < end {
            if let Some(status) = child.try_wait().unwrap() {
                return Some(status.code());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        None
    };
    assert_eq!(is_over(Duration::from_secs(1)), None, "sixty files fit into the pipe");
    assert_eq!(is_over(Duration::from_millis(500)), None, "the first one found a reader");
    let end = is_over(Duration::from_secs(10));
    child.kill().ok();
    child.wait().ok();
    assert_eq!(end, Some(Some(130)));
}

// --- the tools ---

fn ashore(args: &[&str]) -> Command {
    let mut command = program::ashore();
    command.args(args).stdin(Stdio::null());
    command
}

fn get(folder: &Path, args: &[&str]) -> Command {
    let mut command = ashore(&["get", "-d"]);
    command.arg(folder).args(args);
    command
}

trait SpawnPiped {
    fn spawn_piped(&mut self) -> std::process::Child;
}

impl SpawnPiped for Command {
    fn spawn_piped(&mut self) -> std::process::Child {
        self.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Standard input that says this.
fn password(text: &str) -> Stdio {
    let (reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(text.as_bytes()).unwrap();
    reader.into()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn sha256() -> String {
    Sha256::digest(CONTENT).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// How a [`Server`] treats its guests.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Mood {
    /// Gives [`CONTENT`] under every name.
    Willing,
    /// The same, but tells no size.
    Sizeless,
    /// Lets nobody in.
    Locked,
    /// Has no file, and says so with a control sequence.
    Empty,
    /// Sends one byte less than it announced, and calls that complete.
    Short,
    /// Never says a word.
    Silent,
    /// Sends until nobody listens any more.
    Endless,
}

/// A small FTP server on the loopback, for as many guests as come.
struct Server {
    port: u16,
    heard: std::sync::Arc<std::sync::Mutex<String>>,
}

impl Server {
    fn start(mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = std::sync::Arc::<std::sync::Mutex<String>>::default();
        let server = Self { port, heard: heard.clone() };
        thread::spawn(move || {
            for guest in listener.incoming().map(Result::unwrap) {
                let heard = heard.clone();
                thread::spawn(move || {
                    talk(&guest, mood, &mut |line| heard.lock().unwrap().push_str(line)).ok()
                });
            }
        });
        server
    }

    fn url(&self, path: &str) -> String {
        format!("ftp://127.0.0.1:{}/{path}", self.port)
    }

    fn heard(&self) -> String {
        self.heard.lock().unwrap().clone()
    }
}

fn talk(guest: &TcpStream, mood: Mood, hear: &mut dyn FnMut(&str)) -> std::io::Result<()> {
    let mut replies = guest;
    let mut say = |reply: &str| replies.write_all(format!("{reply}\r\n").as_bytes());
    let data = TcpListener::bind("127.0.0.1:0")?;
    let port = data.local_addr()?.port();
    if mood != Mood::Silent {
        say("220 Harbour ready")?;
    }
    let mut commands = BufReader::new(guest);
    let mut command = String::new();
    while commands.read_line(&mut command)? > 0 {
        hear(&command);
        match command.split_whitespace().next().unwrap_or("") {
            _ if mood == Mood::Silent => {}
            "USER" => say("331 Password, please")?,
            "PASS" if mood == Mood::Locked => say("530 Not today")?,
            "PASS" => say("230 Welcome")?,
            "TYPE" | "CWD" => say("200 So be it")?,
            "EPSV" => say(&format!("229 Here (|||{port}|)"))?,
            "RETR" if mood == Mood::Empty => say("550 \u{1b}[2JNo such file")?,
            "SIZE" if mood == Mood::Willing => say(&format!("213 {}", CONTENT.len()))?,
            "SIZE" if mood == Mood::Short => say(&format!("213 {}", CONTENT.len() + 1))?,
            "RETR" => {
                say("150 Here it comes")?;
                let mut file = data.accept()?.0;
                file.write_all(CONTENT)?;
                if mood == Mood::Endless {
                    loop {
                        thread::sleep(Duration::from_millis(20));
                        file.write_all(CONTENT)?;
                    }
                }
                drop(file);
                say("226 That was all")?;
            }
            "QUIT" => return say("221 Fair winds"),
            _ => say("502 Never heard of it")?,
        }
        command.clear();
    }
    Ok(())
}
