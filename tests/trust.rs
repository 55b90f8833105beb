//! Whom to trust, asked and answered at the terminal, and remembered.
#![cfg(target_os = "linux")] // Where what is remembered goes by HOME.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

use ashore::ftp::Fingerprint;
use support::names;
use support::program::ashore_of;
use support::secret::{Manners, SecretServer};

/// A person with a home of their own, and a folder for what arrives.
struct Person {
    home: tempfile::TempDir,
    pier: tempfile::TempDir,
}

impl Person {
    fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap(), pier: tempfile::tempdir().unwrap() }
    }

    /// What `ashore get` says on stderr, and its exit code.
    fn gets(&self, server: &SecretServer, options: &[&str]) -> (Option<i32>, String) {
        let mut command = ashore_of(self.home.path());
        command.args(["get", "--if-exists", "replace", "-d"]).arg(self.pier.path()).args(options);
        let output = command.arg(server.link()).stdin(Stdio::null()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    }

    fn memory(&self) -> PathBuf {
        self.home.path().join(".config/ashore/servers.toml")
    }
}

#[test]
fn a_stranger_is_described_and_once_trusted_is_known_from_then_on() {
    let (server, person) = (SecretServer::open(Manners::default()), Person::new());
    let digits = server.fingerprint.to_string().replace(':', "").to_lowercase();

    let (code, said) = person.gets(&server, &[]);
    assert_eq!(code, Some(6), "{said}");
    for part in [
        "It is for 127.0.0.1, has signed itself, is valid from 1975-01-01 until 4096-01-01",
        &server.fingerprint.to_string(),
        &format!("--pin sha256:{digits}"),
    ] {
        assert!(said.contains(part), "{part:?} in {said}");
    }
    assert!(server.heard_nothing());
    assert!(!person.memory().exists());

    let wrong = Fingerprint([7; 32]).to_string();
    let (code, said) = person.gets(&server, &["--pin", &wrong]);
    assert_eq!(code, Some(6), "{said}");
    assert!(!person.memory().exists(), "what was not shown is not remembered");

    let (code, said) = person.gets(&server, &["--pin", &format!("sha256:{digits}")]);
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = person.gets(&server, &[]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(names(person.pier.path()), ["cargo.bin"]);

    // Somebody else is known by this address: who is there now is not believed, but may be.
    let memory = fs::read_to_string(person.memory()).unwrap();
    let other = memory.replace(&server.fingerprint.to_string(), &wrong);
    fs::write(person.memory(), &other).unwrap();
    let (code, said) = person.gets(&server, &[]);
    assert_eq!(code, Some(6), "{said}");
    for part in ["is not the one that you trust", &wrong, &server.fingerprint.to_string()] {
        assert!(said.contains(part), "{part:?} in {said}");
    }
    assert_eq!(fs::read_to_string(person.memory()).unwrap(), other, "it is not replaced");
    assert_eq!(person.gets(&server, &["--pin", &digits]).0, Some(0));
    assert_eq!(person.gets(&server, &[]).0, Some(0));
}

#[test]
fn a_server_from_which_tls_is_taken_away_gets_no_password_unless_the_person_insists() {
    let manners = Manners { is_explicit: true, strips_from: Some(1), ..Manners::default() };
    let (server, person) = (SecretServer::open(manners), Person::new());
    let pin = server.fingerprint.to_string();
    let (code, said) = person.gets(&server, &["--pin", &pin]);
    assert_eq!(code, Some(0), "{said}");

    let (code, said) = person.gets(&server, &[]);
    assert_eq!(code, Some(6), "{said}");
    assert!(said.contains("has offered a secure connection before"), "{said}");
    assert!(said.contains("--tls off"), "{said}");
    assert_eq!(server.count("PASS"), 1);

    // This server gives nothing without TLS, but it was asked.
    let (code, said) = person.gets(&server, &["--tls", "off"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("The password goes over the network unprotected"), "{said}");
    assert_eq!(server.count("PASS"), 2);
}
