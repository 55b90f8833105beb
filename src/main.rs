//! Picks the face: `ashore get …` stays in the terminal, everything else opens the window.

use std::process::ExitCode;

use ashore::terminal::{self, Order};

fn main() -> ExitCode {
    match terminal::read_command_line(std::env::args_os()) {
        Ok(Order::Get(order)) => terminal::get(&order, end_at_once),
        Ok(Order::Ls(order)) => terminal::ls(&order, end_at_once),
        Ok(Order::OpenWindow { address }) => open_window(address),
        Err(code) => code,
    }
}

#[cfg(feature = "window")]
fn open_window(address: Option<String>) -> ExitCode {
    use ashore::window;
    match window::open(window::Prefill { address, save_to: None }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => terminal::refuse(&error.to_string()),
    }
}

#[cfg(not(feature = "window"))]
fn open_window(_address: Option<String>) -> ExitCode {
    terminal::refuse("this Ashore was built without a window. Use: ashore get URL")
}

/// For the second Ctrl-C, when even a terminal that takes no more text must not hold us up.
fn end_at_once() {
    std::process::exit(terminal::Exit::Interrupted.code().into());
}
