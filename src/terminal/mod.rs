//! The face without a window: `ashore get` and `ashore ls`.
//!
//! [`read_command_line`] turns arguments into an [`Order`], [`get()`] or [`ls()`] carries it out. What goes to
//! stdout is for programs (`--json`), what goes to stderr is for people. How it ends is an [`Exit`].

mod exit;
mod flags;
mod folders;
mod get;
mod interrupt;
mod json;
mod logins;
mod ls;
mod plan;
mod progress;
mod receipt;
mod rows;
mod sentences;
mod values;

pub use exit::Exit;
pub use flags::{Get, Ls, Order, read_command_line};
pub use get::get;
pub use ls::ls;

use std::io::Write as _;
use std::process::ExitCode;

/// Says in one line why nothing is done, and gives the exit code for it.
#[must_use]
pub fn refuse(why: &str) -> ExitCode {
    say(&format!("ashore: {}", crate::words::shown(why)));
    Exit::Usage.into()
}

/// One line for people. Whoever closed stderr does not want to know, so that is no error.
fn say(line: &str) {
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).ok();
}
