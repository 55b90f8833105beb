//! Ctrl-C, and the other polite ways to say stop.

use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, bounded, never};

use crate::ftp::Stop;

/// Signals that come so close together are one: a closing terminal and `timeout` send two.
const SAME: Duration = Duration::from_millis(300);

/// What the person gives and the channel tells when they say stop for the first time. At the second
/// time, `end_at_once` is called.
///
/// On Unix, a closing terminal and `kill` say stop, too; but not under `nohup`, whose promise is that
/// the download goes on.
pub(super) fn first_stop(end_at_once: fn()) -> (Stop, Receiver<()>) {
    let (sender, receiver) = bounded(1);
    let stop = Stop::default();
    let given = stop.clone();
    let mut first = None;
    let handler = move || match first {
        None => {
            first = Some(Instant::now());
            given.give();
            sender.try_send(()).ok();
        }
        Some(first) if first.elapsed() < SAME => {}
        Some(_) => end_at_once(),
    };
    if is_under_nohup() || ctrlc::set_handler(handler).is_err() {
        // Then the system's own way of ending us stands: what has arrived is in the `.part` file.
        return (stop, never());
    }
    (stop, receiver)
}

/// Whether we were started with SIGHUP ignored. Told by Linux only.
fn is_under_nohup() -> bool {
    const SIGHUP: u64 = 1;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    ignored.is_some_and(|mask| mask & (1 << (SIGHUP - 1)) != 0)
}
