//! A server for as many guests as come: serves one long file at a pace, cuts where it is told to, and
//! keeps books of every byte that it sent.
//!
//! Where the scripted server is strict about every word, this one is for stories that are too long
//! to be written down: hundreds of runs, or hundreds of megabytes.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use socket2::SockRef;

/// Bytes `from..from + block.len()` of a file that never repeats itself. Made eight at a time: the
/// long stories need hundreds of megabytes.
pub(crate) fn fill(from: u64, block: &mut [u8]) {
    let mut at = from;
    let mut rest = block;
    while !rest.is_empty() {
        let word = (at / 8 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes();
        let start = usize::try_from(at % 8).unwrap();
        let count = (8 - start).min(rest.len());
        rest[..count].copy_from_slice(&word[start..start + count]);
        at += u64::try_from(count).unwrap();
        rest = &mut rest[count..];
    }
}

/// The first `length` bytes of that file.
pub(crate) fn cargo(length: u64) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(length).unwrap()];
    fill(0, &mut bytes);
    bytes
}

/// SHA-256 of the first `length` bytes of that file.
pub(crate) fn sha256_of_cargo(length: u64) -> [u8; 32] {
    let mut hash = Sha256::new();
    let mut block = vec![0; 1 << 18];
    let mut at = 0;
    while at < length {
        let count = usize::try_from((length - at).min(1 << 18)).unwrap();
        fill(at, &mut block[..count]);
        hash.update(&block[..count]);
        at += u64::try_from(count).unwrap();
    }
    hash.finalize().into()
}

/// Where a data connection that was asked for from byte `.1` on, as the `.0`th since the start, is
/// reset: before which byte of the file. `None`: not at all.
pub(crate) type Cut = Arc<dyn Fn(usize, u64) -> Option<u64> + Send + Sync>;

/// What is wrong with one data connection.
#[derive(Clone, Copy)]
pub(crate) enum Quirk {
    /// Nothing.
    None,
    /// It begins at the start of the file, wherever it should.
    FromStart,
    /// From this byte of the file on it says nothing any more, and stays open.
    Silent(u64),
    /// From this byte of the file on it sends others.
    Wrong(u64),
    /// It ends before this byte of the file, and is called complete.
    Ends(u64),
    /// After every so many bytes nothing comes for so long.
    Bursts(u64, Duration),
}

/// What is wrong with the data connection that was asked for as the `.0`th since the start, from byte
/// `.1` on.
pub(crate) type Quirks = Arc<dyn Fn(usize, u64) -> Quirk + Send + Sync>;

/// How a [`Quay`] treats its guests.
pub(crate) struct Manners {
    /// How it greets one guest after the other, and with the last of these all that come later.
    pub(crate) greetings: &'static [&'static str],
    /// The length of each file, in bytes.
    pub(crate) length: u64,
    /// So many bytes at the beginning of each file are zeros.
    pub(crate) zeros: u64,
    /// Bytes per second on each data connection; `None`: as fast as it goes.
    pub(crate) pace: Option<u64>,
    /// About so many bytes lie in its kernel that count as sent and are not on the line.
    pub(crate) backlog: usize,
    /// Whether it answers `SIZE`.
    pub(crate) tells_size: bool,
    /// Where it cuts.
    pub(crate) cut: Cut,
    /// Whether it says that it can send a file from its middle.
    pub(crate) offers_rest: bool,
    /// Whether a `REST` lasts, whatever was sent since.
    pub(crate) rest_lasts: bool,
    /// How many guests it takes at once.
    pub(crate) most_guests: u64,
    /// To how many at once it sends a file.
    pub(crate) most_senders: u64,
    /// Nothing is sent before so many data connections were asked for.
    pub(crate) waits_for: usize,
    /// What is wrong with its data connections.
    pub(crate) quirks: Quirks,
    /// After so many questions about it, the file has another time.
    pub(crate) changes_after: usize,
}

impl Manners {
    /// A good server with files of `length` bytes.
    pub(crate) fn good(length: u64) -> Self {
        Self {
            greetings: &["220 Quay"],
            length,
            zeros: 0,
            pace: None,
            backlog: 64 * 1024,
            tells_size: true,
            cut: Arc::new(|_, _| None),
            offers_rest: false,
            rest_lasts: false,
            most_guests: u64::MAX,
            most_senders: u64::MAX,
            waits_for: 0,
            quirks: Arc::new(|_, _| Quirk::None),
            changes_after: usize::MAX,
        }
    }

    /// The same at `pace` bytes per second.
    pub(crate) fn paced(length: u64, pace: u64) -> Self {
        Self { pace: Some(pace), ..Self::good(length) }
    }

    /// The same, and it says that it can send a file from its middle.
    pub(crate) fn for_segments(length: u64, pace: u64) -> Self {
        Self { offers_rest: true, ..Self::paced(length, pace) }
    }
}

/// What a [`Quay`] has written in its books.
#[derive(Default)]
pub(crate) struct Books {
    /// Bytes of all files that were sent.
    pub(crate) sent: AtomicU64,
    /// From which byte on each file was asked for: its path, and the byte.
    pub(crate) asked: Mutex<Vec<(String, u64)>>,
    /// Data connections that are open now, and the most that ever were.
    pub(crate) busy: AtomicU64,
    pub(crate) most_busy: AtomicU64,
    guests: AtomicU64,
    /// How many guests were let in so far.
    pub(crate) came: AtomicUsize,
    /// How often the time of a file was asked for.
    times_told: AtomicU64,
    is_closed: AtomicBool,
}

impl Books {
    /// The paths that were asked for, in this order.
    pub(crate) fn paths(&self) -> Vec<String> {
        self.asked.lock().unwrap().iter().map(|(path, _)| path.clone()).collect()
    }
}

/// A server on the loopback. Every path that ends in `.bin` is a file. Dropping it closes its doors.
pub(crate) struct Quay {
    at: SocketAddr,
    pub(crate) books: Arc<Books>,
    door: Option<JoinHandle<()>>,
}

impl Quay {
    pub(crate) fn open(manners: Manners) -> Self {
        Self::open_at((Ipv4Addr::LOCALHOST, 0).into(), manners)
    }

    /// Opens where another one was before.
    pub(crate) fn open_at(at: SocketAddr, manners: Manners) -> Self {
        let listener = TcpListener::bind(at).unwrap();
        let at = listener.local_addr().unwrap();
        let books = Arc::<Books>::default();
        let guest_books = Arc::clone(&books);
        listener.set_nonblocking(true).unwrap();
        let door = thread::spawn(move || {
            let manners = Arc::new(manners);
            while !guest_books.is_closed.load(Ordering::Relaxed) {
                let Ok((guest, _)) = listener.accept() else {
                    thread::sleep(Duration::from_millis(5));
                    continue;
                };
                let (manners, books) = (Arc::clone(&manners), Arc::clone(&guest_books));
                thread::spawn(move || {
                    if books.guests.fetch_add(1, Ordering::Relaxed) < manners.most_guests {
                        talk(&guest, &manners, &books).ok();
                    } else {
                        (&guest).write_all(b"421 Too many connections\r\n").ok();
                    }
                    books.guests.fetch_sub(1, Ordering::Relaxed);
                });
            }
        });
        Self { at, books, door: Some(door) }
    }

    pub(crate) fn at(&self) -> SocketAddr {
        self.at
    }

    pub(crate) fn link(&self, path: &str) -> String {
        format!("ftp://{}/{path}", self.at)
    }

    /// Bytes sent so far.
    pub(crate) fn sent(&self) -> u64 {
        self.books.sent.load(Ordering::Relaxed)
    }
}

impl Drop for Quay {
    fn drop(&mut self) {
        self.books.is_closed.store(true, Ordering::Relaxed);
        self.door.take().map(JoinHandle::join);
    }
}

fn talk(guest: &TcpStream, manners: &Manners, books: &Books) -> io::Result<()> {
    guest.set_nonblocking(false)?;
    guest.set_nodelay(true)?;
    let mut replies = guest;
    let mut say = |reply: &str| replies.write_all(format!("{reply}\r\n").as_bytes());
    let data = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = data.local_addr()?.port();
    let mut offset = 0;
    let number = books.came.fetch_add(1, Ordering::Relaxed);
    say(manners.greetings[number.min(manners.greetings.len() - 1)])?;
    for line in BufReader::new(guest).lines() {
        let line = line?;
        let (verb, argument) = line.split_once(' ').unwrap_or((&line, ""));
        let is_file = argument.ends_with(".bin");
        match verb {
            "USER" => say("230 Welcome")?,
            "TYPE" => say("200 Binary")?,
            "EPSV" => say(&format!("229 Here (|||{port}|)"))?,
            "SIZE" if is_file && manners.tells_size => say(&format!("213 {}", manners.length))?,
            "MDTM" if is_file => {
                let told = books.times_told.fetch_add(1, Ordering::Relaxed);
                let is_old = told < u64::try_from(manners.changes_after).unwrap();
                say(&format!("213 20240229{}", if is_old { "123456" } else { "180000" }))?;
            }
            "FEAT" if manners.offers_rest => {
                say("211-Features")?;
                say(" REST STREAM")?;
                say("211 End")?;
            }
            "REST" => {
                offset = argument.parse().unwrap_or(0);
                say("350 From there")?;
            }
            "RETR" if is_file => {
                let number = {
                    let mut asked = books.asked.lock().unwrap();
                    asked.push((argument.trim_start_matches('/').to_owned(), offset));
                    asked.len() - 1
                };
                while books.asked.lock().unwrap().len() < manners.waits_for {
                    if books.is_closed.load(Ordering::Relaxed) {
                        return Ok(());
                    }
                    thread::sleep(Duration::from_millis(5));
                }
                if books.busy.load(Ordering::Relaxed) >= manners.most_senders {
                    say("550 The file is in use")?;
                    continue;
                }
                say("150 Here it comes")?;
                let file = data.accept()?.0;
                let busy = books.busy.fetch_add(1, Ordering::Relaxed) + 1;
                books.most_busy.fetch_max(busy, Ordering::Relaxed);
                let sent = send(file, manners, books, number, offset);
                books.busy.fetch_sub(1, Ordering::Relaxed);
                say(if sent.unwrap_or(false) { "226 That was all" } else { "426 Cut" })?;
                if !manners.rest_lasts {
                    offset = 0;
                }
            }
            "QUIT" => return say("221 Bye"),
            "FEAT" | "PASS" => say("502 No")?,
            _ => say("550 No")?,
        }
    }
    Ok(())
}

/// Sends the file from `offset` on. `false` if it was cut.
fn send(
    mut file: TcpStream,
    manners: &Manners,
    books: &Books,
    number: usize,
    offset: u64,
) -> io::Result<bool> {
    let cut = (manners.cut)(number, offset).filter(|&cut| cut < manners.length);
    let quirk = (manners.quirks)(number, offset);
    let end = match quirk {
        Quirk::Ends(end) | Quirk::Silent(end) => end.clamp(offset, manners.length),
        _ => cut.unwrap_or(manners.length),
    };
    let offset = if matches!(quirk, Quirk::FromStart) { 0 } else { offset };
    // What lies in the kernel when a connection is cut is lost; it must not be much.
    SockRef::from(&file).set_send_buffer_size(manners.backlog)?;
    let mut block = vec![0; if manners.pace.is_some() { 16 * 1024 } else { 256 * 1024 }];
    let began = Instant::now();
    let mut at = offset;
    while at < end {
        if books.is_closed.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        if let Some(pace) = manners.pace {
            let due = Duration::from_secs_f64((at - offset) as f64 / pace as f64);
            thread::sleep(due.saturating_sub(began.elapsed()));
        }
        if let Quirk::Bursts(bytes, pause) = quirk
            && at > offset
            && (at - offset) % bytes == 0
        {
            thread::sleep(pause);
        }
        let most = u64::try_from(block.len()).unwrap();
        let count = usize::try_from((end - at).min(most)).unwrap();
        fill(at, &mut block[..count]);
        let zeros = usize::try_from(manners.zeros.saturating_sub(at)).unwrap().min(count);
        block[..zeros].fill(0);
        if matches!(quirk, Quirk::Wrong(from) if at + most > from) {
            block[..count].iter_mut().for_each(|byte| *byte ^= 0x55);
        }
        file.write_all(&block[..count])?;
        at += u64::try_from(count).unwrap();
        books.sent.fetch_add(u64::try_from(count).unwrap(), Ordering::Relaxed);
    }
    while matches!(quirk, Quirk::Silent(_)) && !books.is_closed.load(Ordering::Relaxed) {
        file.set_read_timeout(Some(Duration::from_millis(20)))?;
        match std::io::Read::read(&mut file, &mut [0]) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            _ => return Ok(false), // The guest has had enough.
        }
    }
    if cut.is_some() {
        thread::sleep(Duration::from_millis(40)); // For the guest to take what is on its way.
        SockRef::from(&file).set_linger(Some(Duration::ZERO))?;
    }
    Ok(cut.is_none())
}
