//! One Ashore at a time: a second one hands its link over to the one that is open, and ends.
//!
//! They meet at a socket beside the list of transfers, which only this user can reach. What comes
//! through it is hostile input all the same: it has a limit and a deadline, and only fills in a link
//! that the person has to agree to.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, bounded};
use interprocess::local_socket::{Listener, ListenerOptions, Name, Stream, prelude::*};

/// The most that one message may hold, in bytes. The longest path of a server is far shorter.
const MOST_BYTES: usize = 64 * 1024;

/// How long one message may take, and how long the other Ashore is waited for: it may only just have
/// been started.
const PATIENCE: Duration = Duration::from_secs(2);

/// How many links may wait to be shown.
const MOST_LINKS: usize = 64;

/// The first line of a message.
const HELLO: &str = "ashore 1";

/// What the other side says when it has taken the link over.
const TAKEN: &[u8] = b"taken\n";

/// What a start of Ashore turns out to be.
#[derive(Debug)]
pub enum Arrival {
    /// Another Ashore is open and has taken the link over: nothing is left to do.
    HandedOver,
    /// This is the one. Others can hand over to it, if there is a door.
    Alone(Option<Door>),
}

/// Where others hand over.
#[derive(Debug)]
pub struct Door {
    listener: Listener,
    /// Held as long as the program runs: whoever has it is the one.
    lock: File,
}

/// Looks for another Ashore that keeps its list in `folder`, and hands `address` over to it.
///
/// One that is on another screen, or does not answer, is none: better two windows than none.
#[must_use]
pub fn arrive(folder: &Path, address: Option<&str>) -> Arrival {
    fs::create_dir_all(folder).ok();
    let Ok(lock) = File::create(folder.join("window.lock")) else { return Arrival::Alone(None) };
    let deadline = Instant::now() + PATIENCE;
    loop {
        match lock.try_lock() {
            Ok(()) => {
                let listener = listen(folder).ok();
                return Arrival::Alone(listener.map(|listener| Door { listener, lock }));
            }
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(_)) => return Arrival::Alone(None),
        }
        match tell(folder, address.unwrap_or_default()) {
            Ok(true) => return Arrival::HandedOver,
            Ok(false) => return Arrival::Alone(None),
            Err(_) if Instant::now() < deadline => thread::sleep(Duration::from_millis(50)),
            Err(_) => return Arrival::Alone(None),
        }
    }
}

impl Door {
    /// Hears what others hand over, each link with a call of `wake`. An empty one only wants the
    /// window to be seen.
    ///
    /// # Errors
    ///
    /// If the operating system cannot start a thread.
    pub fn open(self, wake: impl Fn() + Send + 'static) -> io::Result<Receiver<String>> {
        let (sender, links) = bounded(MOST_LINKS);
        // It is never joined: it waits for whoever comes next until the program ends.
        thread::Builder::new().name("ashore door".to_owned()).spawn(move || {
            let Self { listener, lock: _held } = self;
            for stream in listener.incoming().flatten() {
                let taken = |link| sender.try_send(link).is_ok();
                if hear(stream, taken).is_ok_and(|taken| taken) {
                    wake();
                }
            }
        })?;
        Ok(links)
    }
}

/// Hears one message: whether it was taken.
fn hear(mut stream: Stream, take: impl Fn(String) -> bool) -> io::Result<bool> {
    stream.set_recv_timeout(Some(PATIENCE))?;
    stream.set_send_timeout(Some(PATIENCE))?;
    let deadline = Instant::now() + PATIENCE;
    let mut message = Vec::new();
    let mut piece = [0; 4096];
    while message.iter().filter(|byte| **byte == b'\n').count() < 3 {
        let length = stream.read(&mut piece)?;
        message.extend(piece.iter().take(length));
        if length == 0 || message.len() > MOST_BYTES || Instant::now() > deadline {
            return Err(io::ErrorKind::InvalidData.into());
        }
    }
    let message = String::from_utf8(message).map_err(io::Error::other)?;
    let mut lines = message.lines();
    let is_ours = lines.next() == Some(HELLO) && lines.next() == Some(&screen());
    let is_taken = is_ours && lines.next().is_some_and(|link| take(link.to_owned()));
    stream.write_all(if is_taken { TAKEN } else { b"no\n" })?;
    Ok(is_taken)
}

/// Tells the other Ashore: whether it has taken the link over.
fn tell(folder: &Path, address: &str) -> io::Result<bool> {
    let message = format!("{HELLO}\n{}\n{address}\n", screen());
    if message.len() > MOST_BYTES || address.chars().any(char::is_control) {
        // This is no address. The window that opens says what is wrong with it.
        return Ok(false);
    }
    let mut stream = Stream::connect(name(folder)?)?;
    stream.set_recv_timeout(Some(PATIENCE))?;
    stream.set_send_timeout(Some(PATIENCE))?;
    stream.write_all(message.as_bytes())?;
    let mut answer = Vec::new();
    stream.take(TAKEN.len() as u64).read_to_end(&mut answer)?;
    Ok(answer == TAKEN)
}

/// Which screen this is: a window on another one would not be seen.
fn screen() -> String {
    let value = |name| std::env::var(name).unwrap_or_default();
    format!("{} {}", value("DISPLAY"), value("WAYLAND_DISPLAY"))
}

#[cfg(unix)]
fn listen(folder: &Path) -> io::Result<Listener> {
    use interprocess::os::unix::local_socket::ListenerOptionsExt as _;
    // One that was left behind by a crash is nobody's: the lock is ours.
    let options = ListenerOptions::new().name(name(folder)?).try_overwrite(true);
    options.mode(0o600).create_sync()
}

#[cfg(not(unix))]
fn listen(folder: &Path) -> io::Result<Listener> {
    ListenerOptions::new().name(name(folder)?).create_sync()
}

#[cfg(unix)]
fn name(folder: &Path) -> io::Result<Name<'static>> {
    use interprocess::local_socket::GenericFilePath;
    folder.join("window.socket").to_fs_name::<GenericFilePath>()
}

/// Pipes have a place of their own, which all users share.
#[cfg(not(unix))]
fn name(folder: &Path) -> io::Result<Name<'static>> {
    use interprocess::local_socket::GenericNamespaced;
    let words = folder.to_string_lossy().replace(|c: char| !c.is_alphanumeric(), "-");
    format!("ashore-{words}").to_ns_name::<GenericNamespaced>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn door(folder: &Path) -> Receiver<String> {
        let Arrival::Alone(Some(door)) = arrive(folder, None) else { panic!("nobody is there") };
        door.open(|| ()).unwrap()
    }

    fn is_handed_over(folder: &Path, address: Option<&str>) -> bool {
        matches!(arrive(folder, address), Arrival::HandedOver)
    }

    #[test]
    fn the_second_one_hands_its_link_over_and_the_first_one_hears_it() {
        let folder = tempfile::tempdir().unwrap();
        let links = door(folder.path());
        assert!(is_handed_over(folder.path(), Some("ftp://h.example/späße.zip")));
        assert!(is_handed_over(folder.path(), None));
        assert_eq!(links.recv().unwrap(), "ftp://h.example/späße.zip");
        assert_eq!(links.recv().unwrap(), "");
    }

    #[test]
    fn a_socket_that_a_crash_left_behind_stops_nobody() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("window.socket"), "").unwrap();
        let links = door(folder.path());
        assert!(is_handed_over(folder.path(), Some("ftp://h.example/a")));
        assert_eq!(links.recv().unwrap(), "ftp://h.example/a");
    }

    #[test]
    fn garbage_at_the_door_is_dropped_and_the_next_one_is_heard() {
        let folder = tempfile::tempdir().unwrap();
        let links = door(folder.path());
        let flood = vec![b'x'; 2 * MOST_BYTES];
        for garbage in [&b""[..], b"\n\n\n", b"ashore 2\n\nftp://h/a\n", b"\xff\xff\n\n\n", &flood]
        {
            let mut stream = Stream::connect(name(folder.path()).unwrap()).unwrap();
            stream.write_all(garbage).ok(); // It may have hung up in the middle of the flood.
        }
        assert!(is_handed_over(folder.path(), Some("ftp://h.example/a")));
        assert_eq!(links.try_iter().collect::<Vec<_>>(), ["ftp://h.example/a"]);
    }

    #[test]
    fn more_links_than_can_be_shown_are_not_taken_over() {
        let folder = tempfile::tempdir().unwrap();
        let links = door(folder.path());
        for _ in 0..MOST_LINKS {
            assert!(is_handed_over(folder.path(), Some("ftp://h.example/a")));
        }
        assert!(!is_handed_over(folder.path(), Some("ftp://h.example/one-too-many")));
        drop(links);
    }
}
