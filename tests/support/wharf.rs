//! A server with a tree of folders, for as many guests as it lets in.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use socket2::SockRef;

/// What lies under a path.
#[derive(Clone)]
pub(crate) enum Node {
    File(Vec<u8>),
    Folder,
    Link(&'static str),
    /// Listed, and refused when it is asked for.
    Locked,
    /// A folder whose listing breaks off.
    Torn,
    /// A folder whose listing breaks off, and has nothing in it but for the first time.
    Dwindling,
    /// A folder whose listing is called complete, so many times, without so many bytes at its end.
    Frayed(usize, usize),
    /// A folder that is not for us.
    Closed,
    /// A folder that cannot be entered; to list it is to list it as one thing.
    Sealed,
    /// A folder that cannot be read, which the server says in vsftpd's way.
    Unread,
}

/// What becomes of one guest too many.
#[derive(Clone, Copy)]
pub(crate) enum Crowd {
    /// It is told this instead of a greeting.
    Told(&'static str),
    /// It is told this when it signs in.
    ToldAtLogin(&'static str),
    /// Its connection is reset.
    Reset,
    /// It is left to wait for a greeting.
    Silence,
}

/// How a [`Wharf`] treats its guests.
pub(crate) struct Rules {
    /// Guests at a time.
    pub(crate) most_guests: usize,
    /// What becomes of one more.
    pub(crate) crowd: Crowd,
    /// Whether no file is sent before somebody was turned away.
    pub(crate) awaits_crowd: bool,
    /// Whether it tells sizes and times exactly (`MLSD`) or to the minute (`LIST`).
    pub(crate) is_modern: bool,
    /// Whether it ends the conversation after each file.
    pub(crate) is_curt: bool,
    /// Commands that it does not know.
    pub(crate) lacks: &'static [&'static str],
    /// Facts that are missing from what `MLSD` says of files.
    pub(crate) hides: &'static [&'static str],
    /// Whether `MLSD` says of links only what they lead to, and tells by `unique` what that is.
    pub(crate) hides_links: bool,
    /// Whether it tells the size of a folder, too.
    pub(crate) has_folder_sizes: bool,
    /// It hangs up when it hears this, so many times.
    pub(crate) drops_at: (&'static str, usize),
    /// Whether it does so only once there is a second guest, and lets in one from then on.
    pub(crate) narrows: bool,
    /// The longest command that it takes, in bytes. On a longer one it hangs up, as vsftpd does.
    pub(crate) most_line: usize,
}

impl Rules {
    pub(crate) fn modern() -> Self {
        let crowd = Crowd::Told("421 There are too many connected users.");
        Self {
            most_guests: usize::MAX,
            crowd,
            awaits_crowd: false,
            is_modern: true,
            is_curt: false,
            lacks: &[],
            hides: &[],
            hides_links: false,
            has_folder_sizes: false,
            drops_at: ("", 0),
            narrows: false,
            most_line: usize::MAX,
        }
    }

    pub(crate) fn old() -> Self {
        Self { is_modern: false, ..Self::modern() }
    }
}

/// What a [`Wharf`] remembers.
#[derive(Default)]
pub(crate) struct Books {
    pub(crate) guests: AtomicUsize,
    pub(crate) most_guests: AtomicUsize,
    pub(crate) logins: AtomicUsize,
    pub(crate) refused: AtomicUsize,
    /// The files that were sent.
    pub(crate) sent: Mutex<Vec<String>>,
    /// How often it has hung up.
    drops: AtomicUsize,
    /// How often it has listed a folder that does not stay as it is.
    torn: AtomicUsize,
    is_closed: AtomicBool,
}

pub(crate) struct Wharf {
    at: SocketAddr,
    pub(crate) books: Arc<Books>,
    door: Option<JoinHandle<()>>,
}

/// Paths from the root, without a `/` at their start; the root itself is there.
pub(crate) type Tree = BTreeMap<String, Node>;

/// When everything was last changed, as `MDTM` writes it, and in seconds since 1970.
pub(crate) const TIME: (&str, u64) = ("20240229123456", 1_709_210_096);

impl Wharf {
    pub(crate) fn open(tree: Tree, rules: Rules) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let at = listener.local_addr().unwrap();
        let books = Arc::<Books>::default();
        let shared = Arc::new((tree, rules, Arc::clone(&books)));
        listener.set_nonblocking(true).unwrap();
        let door = thread::spawn(move || {
            while !shared.2.is_closed.load(Ordering::Relaxed) {
                let Ok((guest, _)) = listener.accept() else {
                    thread::sleep(Duration::from_millis(2));
                    continue;
                };
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    let (tree, rules, books) = &*shared;
                    let guests = books.guests.fetch_add(1, Ordering::SeqCst) + 1;
                    guest.set_nonblocking(false).ok();
                    let is_narrow = rules.narrows && books.drops.load(Ordering::SeqCst) > 0;
                    if guests > if is_narrow { 1 } else { rules.most_guests } {
                        books.refused.fetch_add(1, Ordering::SeqCst);
                        turn_away(&guest, rules.crowd, books).ok();
                    } else {
                        books.most_guests.fetch_max(guests, Ordering::SeqCst);
                        talk(&guest, tree, rules, books).ok();
                    }
                    books.guests.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { at, books, door: Some(door) }
    }

    pub(crate) fn link(&self, path: &str) -> String {
        format!("ftp://{}/{path}", self.at)
    }

    /// The files that were sent, in order of their names.
    pub(crate) fn sent(&self) -> Vec<String> {
        let mut sent = self.books.sent.lock().unwrap().clone();
        sent.sort();
        sent
    }
}

impl Drop for Wharf {
    fn drop(&mut self) {
        self.books.is_closed.store(true, Ordering::Relaxed);
        self.door.take().map(JoinHandle::join);
    }
}

fn turn_away(mut guest: &TcpStream, crowd: Crowd, books: &Books) -> io::Result<()> {
    match crowd {
        Crowd::Told(reply) => guest.write_all(format!("{reply}\r\n").as_bytes()),
        Crowd::ToldAtLogin(reply) => {
            guest.write_all(b"220 Wharf\r\n")?;
            guest.read_exact(&mut [0])?;
            guest.write_all(format!("{reply}\r\n").as_bytes())
        }
        Crowd::Reset => SockRef::from(guest).set_linger(Some(Duration::ZERO)),
        Crowd::Silence => {
            guest.set_read_timeout(Some(Duration::from_millis(20)))?;
            let mut is_there = true;
            while is_there && !books.is_closed.load(Ordering::Relaxed) {
                is_there = !matches!(guest.read(&mut [0]), Ok(0));
            }
            Ok(())
        }
    }
}

/// The real place of `path`: every link on the way is followed.
fn resolve(tree: &Tree, path: &str) -> String {
    let mut place = String::new();
    for part in path.split('/').filter(|part| !matches!(*part, "" | ".")) {
        if part == ".." {
            place.truncate(place.rfind('/').unwrap_or(0));
            continue;
        }
        let here = if place.is_empty() { part.to_owned() } else { format!("{place}/{part}") };
        place = match tree.get(&here) {
            Some(Node::Link(target)) if target.starts_with('/') => resolve(tree, target),
            Some(Node::Link(target)) => resolve(tree, &format!("{place}/{target}")),
            _ => here,
        };
    }
    place
}

fn talk(guest: &TcpStream, tree: &Tree, rules: &Rules, books: &Books) -> io::Result<()> {
    guest.set_nodelay(true)?;
    let mut replies = guest;
    let mut say = |reply: &str| replies.write_all(format!("{reply}\r\n").as_bytes());
    let data = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = data.local_addr()?.port();
    let mut here = String::new();
    say("220 Wharf")?;
    for line in BufReader::new(guest).lines() {
        let line = line?;
        let (verb, argument) = line.split_once(' ').unwrap_or((&line, ""));
        let from = if argument.starts_with('/') { "" } else { &here };
        let place = resolve(tree, &format!("{from}/{argument}"));
        let node = if place.is_empty() { Some(&Node::Folder) } else { tree.get(&place) };
        if line.len() > rules.most_line {
            return say("500 Input line too long.");
        }
        let (dropped, times) = rules.drops_at;
        if line == dropped && books.drops.load(Ordering::SeqCst) < times {
            while rules.narrows
                && books.guests.load(Ordering::SeqCst) < 2
                && !books.is_closed.load(Ordering::Relaxed)
            {
                thread::sleep(Duration::from_millis(2));
            }
            books.drops.fetch_add(1, Ordering::SeqCst);
            return Ok(());
        }
        match (verb, node) {
            _ if rules.lacks.contains(&verb) => say("502 No")?,
            ("USER", _) => {
                books.logins.fetch_add(1, Ordering::SeqCst);
                say("230 Welcome")?;
            }
            ("TYPE", _) => say("200 Binary")?,
            ("SYST", _) => say("215 UNIX Type: L8")?,
            ("FEAT", _) if rules.is_modern => {
                say("211-\r\n MLST type*;size*;modify*;\r\n SIZE\r\n MDTM\r\n211 End")?
            }
            ("PWD", _) => say(&format!("257 \"/{here}\""))?,
            ("EPSV", _) => say(&format!("229 Here (|||{port}|)"))?,
            (
                "CWD",
                Some(Node::Folder | Node::Torn | Node::Dwindling | Node::Frayed(..) | Node::Unread),
            ) => {
                here = place;
                say("250 There")?;
            }
            ("SIZE", Some(Node::File(bytes))) => say(&format!("213 {}", bytes.len()))?,
            ("SIZE", Some(Node::Folder)) if rules.has_folder_sizes => say("213 4096")?,
            ("MDTM", Some(Node::File(_))) => say(&format!("213 {}", TIME.0))?,
            (
                "MLSD" | "LIST",
                Some(node @ (Node::Folder | Node::Torn | Node::Dwindling | Node::Frayed(..))),
            ) => {
                say("150 Here it comes")?;
                let mut text = listing(tree, &place, verb == "MLSD", rules);
                let changes = matches!(node, Node::Dwindling | Node::Frayed(..));
                let before = books.torn.fetch_add(usize::from(changes), Ordering::SeqCst);
                match node {
                    Node::Dwindling if before > 0 => text.clear(),
                    Node::Frayed(times, bytes) if before < *times => {
                        text.truncate(text.len() - bytes);
                    }
                    _ => {}
                }
                data.accept()?.0.write_all(text.as_bytes())?;
                let is_torn = matches!(node, Node::Torn | Node::Dwindling);
                say(if is_torn { "426 Torn" } else { "226 That was all" })?;
            }
            ("LIST", Some(node @ (Node::Sealed | Node::Unread))) => {
                say("150 Here it comes")?;
                let mut guest = data.accept()?.0;
                if matches!(node, Node::Sealed) {
                    let name = place.rsplit('/').next().unwrap();
                    write!(guest, "drwx------ 1 a b 7 Feb 29  2024 {name}\r\n")?;
                    say("226 That was all")?;
                } else {
                    say("226 Transfer done (but failed to open directory).")?;
                }
            }
            ("RETR", Some(Node::File(bytes))) => {
                while rules.awaits_crowd
                    && books.refused.load(Ordering::SeqCst) == 0
                    && !books.is_closed.load(Ordering::Relaxed)
                {
                    thread::sleep(Duration::from_millis(2));
                }
                say("150 Here it comes")?;
                data.accept()?.0.write_all(bytes)?;
                books.sent.lock().unwrap().push(place);
                say("226 That was all")?;
                if rules.is_curt {
                    return Ok(());
                }
            }
            ("QUIT", _) => return say("221 Bye"),
            ("FEAT" | "PASS" | "MLST", _) => say("502 No")?,
            _ => {
                // Whoever was refused has come to the data port already.
                data.set_nonblocking(true)?;
                while data.accept().is_ok() {}
                data.set_nonblocking(false)?;
                say("550 No")?;
            }
        }
    }
    Ok(())
}

fn listing(tree: &Tree, folder: &str, is_mlsd: bool, rules: &Rules) -> String {
    let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let mut text = String::new();
    for (path, node) in tree.range(prefix.clone()..) {
        let Some(name) = path.strip_prefix(&prefix) else { break };
        if name.is_empty() || name.contains('/') {
            continue;
        }
        if rules.hides_links {
            let real = resolve(tree, path);
            let kind = if let Some(Node::File(_)) = tree.get(&real) { "file" } else { "dir" };
            write!(text, "type={kind};modify={};unique={real}; {name}\r\n", TIME.0).unwrap();
            continue;
        }
        let size = if let Node::File(bytes) = node { bytes.len() } else { 7 };
        let done = match (node, is_mlsd) {
            (Node::File(_) | Node::Locked, true) => {
                let facts = [("size", format!("{size}")), ("modify", TIME.0.to_owned())];
                let shown = facts.iter().filter(|(fact, _)| !rules.hides.contains(fact));
                let facts: String = shown.map(|(fact, it)| format!("{fact}={it};")).collect();
                write!(text, "type=file;{facts} {name}\r\n")
            }
            (Node::File(_) | Node::Locked, false) => {
                write!(text, "-rw-r--r-- 1 a b {size} Feb 29  2024 {name}\r\n")
            }
            (Node::Link(target), true) => {
                write!(text, "type=OS.unix=slink:{target}; {name}\r\n")
            }
            (Node::Link(target), false) => {
                write!(text, "lrwxrwxrwx 1 a b 7 Feb 29  2024 {name} -> {target}\r\n")
            }
            (_, true) => {
                write!(text, "type=dir;modify={}; {name}\r\n", TIME.0)
            }
            (_, false) => {
                write!(text, "drwxr-xr-x 1 a b 7 Feb 29  2024 {name}\r\n")
            }
        };
        done.unwrap();
    }
    text
}
