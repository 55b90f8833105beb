//! Names are bytes: read for people in the server's encoding, and asked for as they are.
#![cfg(target_os = "linux")] // Where what is remembered goes by HOME.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

use support::program::ashore_of;
use support::{Server, names};

/// “Отчёт” and “Музыка и фильмы.txt” in windows-1251, and what a script makes of them.
const LISTING: &str = r"-rw-r--r-- 1 o g 5 Oct 08 2002 \xCE\xF2\xF7\xB8\xF2.txt\r\n\
    -rw-r--r-- 1 o g 5 Oct 08 2002 \xCC\xF3\xE7\xFB\xEA\xE0 \xE8 \xF4\xE8\xEB\xFC\xEC\xFB.txt\r\n\
    -rw-r--r-- 1 o g 5 Oct 08 2002 plain.txt\r\n";

const HELLO: &str = "
    S: 220 Ready
    C: USER anonymous
    S: 331 Any password will do
    C: PASS anonymous@
    S: 230 In
    C: FEAT
    S: 500 What?
    C: TYPE I
    S: 200 Binary it is
";

/// How the login folder is listed.
fn listed() -> String {
    let listing = LISTING.replace("\\\n    ", "");
    format!(
        "{HELLO}
        C: SYST
        S: 215 UNIX Type: L8
        C: EPSV
        S: 229 Passive (|||{{port}}|)
        C: LIST
        S: 150 Here it comes
        D: {listing}
        S: 226 Done
        C: QUIT"
    )
}

/// A person with a home of their own, and a folder for what arrives.
struct Person {
    home: tempfile::TempDir,
    pier: tempfile::TempDir,
}

impl Person {
    fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap(), pier: tempfile::tempdir().unwrap() }
    }

    /// What `ashore` with these arguments says on stdout.
    fn asks(&self, args: &[&str]) -> String {
        let mut command = ashore_of(self.home.path());
        command.args(args).current_dir(self.pier.path());
        let output = command.stdin(Stdio::null()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn memory(&self) -> String {
        let file: PathBuf = self.home.path().join(".config/ashore/servers.toml");
        fs::read_to_string(file).unwrap_or_default()
    }
}

#[test]
fn a_listing_is_read_in_the_encoding_that_is_guessed_and_then_remembered() {
    let server = Server::play(&listed());
    let person = Person::new();

    let said = person.asks(&["ls", "--json", &server.link("")]);

    let first: serde_json::Value = serde_json::from_str(said.lines().next().unwrap()).unwrap();
    assert_eq!(first["name"], "Отчёт.txt");
    assert_eq!(first["name_bytes"], "zvL3uPIudHh0");
    let last: serde_json::Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
    assert_eq!((&last["name"], last.get("name_bytes")), (&"plain.txt".into(), None));
    assert!(person.memory().contains("encoding = \"windows-1251\""), "{}", person.memory());
    server.finish();
}

#[test]
fn the_person_knows_better_than_a_guess() {
    let server = Server::play(&listed());
    let person = Person::new();
    let said = person.asks(&["ls", "--encoding", "koi8-r", &server.link("")]);
    assert!(said.contains("нРВ╦Р.txt"), "{said}");
    assert!(person.memory().contains("encoding = \"KOI8-R\""), "{}", person.memory());
    server.finish();
}

/// The bytes are asked for as they were linked; the file gets a name that can be read.
#[test]
fn a_file_is_saved_under_a_name_that_can_be_read_and_goes_on_where_it_was_begun() {
    let fetched = |rest: &str, data: &str| {
        format!(
            r"{HELLO}
            C: SIZE \xCE\xF2\xF7\xB8\xF2.txt
            S: 213 5
            C: MDTM \xCE\xF2\xF7\xB8\xF2.txt
            S: 213 20240229123456
            C: EPSV
            S: 229 Passive (|||{{port}}|)
            {rest}C: RETR \xCE\xF2\xF7\xB8\xF2.txt
            S: 150 Here it comes
            D: {data}"
        )
    };
    let cut = fetched("", "he") + "\n--";
    let whole = fetched("", "hello") + "\nS: 226 Done\nC: QUIT";
    let server = Server::play(&format!("{cut}\n==\nS: 421 Too busy\n--\n==\n{whole}"));
    let person = Person::new();
    let link = server.link("%CE%F2%F7%B8%F2.txt");
    let get = |more: &[&str]| {
        let args = ["get", "--no-verify", "--retries", "0"];
        let args: Vec<_> = args.iter().chain(more).copied().collect();
        let mut command = ashore_of(person.home.path());
        command.args(args).arg(&link).current_dir(person.pier.path());
        command.stdin(Stdio::null()).output().unwrap().status.code()
    };

    // Nobody knows the encoding yet: every byte that is not ASCII is kept as it is.
    assert_eq!(get(&[]), Some(1));
    assert!(names(person.pier.path()).contains(&"%CE%F2%F7%B8%F2.txt.part".to_owned()));
    // What was begun is not begun again under another name.
    assert_eq!(get(&["--encoding", "windows-1251"]), Some(0));
    assert_eq!(names(person.pier.path()), ["%CE%F2%F7%B8%F2.txt"]);
    server.finish();

    let person = Person::new();
    let server = Server::play(&(fetched("", "hello") + "\nS: 226 Done\nC: QUIT"));
    let link = server.link("%CE%F2%F7%B8%F2.txt");
    person.asks(&["get", "--no-verify", "--encoding", "cp1251", &link]);
    assert_eq!(names(person.pier.path()), ["Отчёт.txt"]);
    server.finish();
}

#[test]
fn a_typed_path_is_tried_as_the_server_spells_it_if_there_is_nothing_under_it() {
    let server = Server::play(&format!(
        r"{HELLO}
        C: SIZE \xD0\x9E\xD1\x82\xD1\x87\xD1\x91\xD1\x82.txt
        S: 550 No such file
        C: MDTM \xD0\x9E\xD1\x82\xD1\x87\xD1\x91\xD1\x82.txt
        S: 550 No such file
        C: EPSV
        S: 229 Passive (|||{{port}}|)
        C: SIZE \xCE\xF2\xF7\xB8\xF2.txt
        S: 213 5
        C: MDTM \xCE\xF2\xF7\xB8\xF2.txt
        S: 213 20240229123456
        C: RETR \xCE\xF2\xF7\xB8\xF2.txt
        S: 150 Here it comes
        D: hello
        S: 226 Done
        C: QUIT"
    ));
    let person = Person::new();
    let link = server.link("Отчёт.txt");
    person.asks(&["get", "--no-verify", "--encoding", "windows-1251", &link]);
    assert_eq!(names(person.pier.path()), ["Отчёт.txt"]);
    server.finish();
}

#[test]
fn a_server_that_knows_utf_8_is_asked_for_it_before_the_first_name_that_needs_it() {
    let hello = HELLO.replace("S: 500 What?", "S- 211-Features:\\r\\n\nS-  UTF8\\r\\n\nS: 211 End");
    let server = Server::play(&format!(
        r"{hello}
        C: OPTS UTF8 ON
        S: 504 Not needed
        C: SIZE caf\xC3\xA9
        S: 213 5
        C: MDTM caf\xC3\xA9
        S: 213 20240229123456
        C: EPSV
        S: 229 Passive (|||{{port}}|)
        C: RETR caf\xC3\xA9
        S: 150 Here it comes
        D: hello
        S: 226 Done
        C: QUIT"
    ));
    let person = Person::new();
    person.asks(&["get", "--no-verify", &server.link("café")]);
    assert_eq!(names(person.pier.path()), ["café"]);
    server.finish();
}
