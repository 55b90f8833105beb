//! The program, started by a person with a home of their own.
//!
//! What the person at this computer has written down and has learnt about servers is none of the
//! tests' business, nor is what another test has learnt: the system gives out ports again.

#![allow(dead_code, reason = "each test uses its own part of this")]

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_ashore");

/// What would lead it elsewhere than to the person's home, or to a server by another way.
const ELSEWHERE: [&str; 11] = [
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_CACHE_HOME",
    "XDG_STATE_HOME",
    "NETRC",
    "ftp_proxy",
    "FTP_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "no_proxy",
    "NO_PROXY",
];

thread_local! {
    /// Gone when the test is over: each has a thread of its own.
    static HOME: TempDir = tempfile::tempdir().unwrap();
}

/// `ashore`, started by the person of this test.
pub(crate) fn ashore() -> Command {
    HOME.with(|home| ashore_of(home.path()))
}

/// The same by somebody who lives in `home`.
pub(crate) fn ashore_of(home: &Path) -> Command {
    at_home(Command::new(PROGRAM), home)
}

/// `command`, which starts the program that its next argument names, by the person of this test.
pub(crate) fn ashore_by(command: Command) -> Command {
    HOME.with(|home| ashore_by_of(command, home.path()))
}

/// The same by somebody who lives in `home`.
pub(crate) fn ashore_by_of(mut command: Command, home: &Path) -> Command {
    command.arg(PROGRAM);
    at_home(command, home)
}

fn at_home(mut command: Command, home: &Path) -> Command {
    command.env("HOME", home);
    for name in ELSEWHERE {
        command.env_remove(name);
    }
    command
}
