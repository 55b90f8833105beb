//! Commands that travel together: which do, and what becomes of a server that cannot take them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on stops"
)]

mod support;

use std::cell::RefCell;
use std::fs;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;

use ashore::ftp::{Limits, Stop};
use ashore::transfer::{self, Checks, Handle, IfExists, News, Request, Visit, Voice};
use support::{request_for, said};

/// How a server takes commands that come together.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Temper {
    /// It answers each, in order.
    Good,
    /// The same, and it lets everybody in before they say their password.
    Hospitable,
    /// It answers the last one first.
    Backwards,
    /// It reads the first and throws the others away.
    FirstOnly,
    /// It hangs up.
    HangsUp,
    /// It takes all of them for one command that it does not know.
    Lumps,
    /// It says one thing more than it was asked.
    Talkative,
    /// It says nothing at all.
    Silent,
}

/// How a guest is met.
#[derive(Debug, Clone, Copy)]
struct Greeting {
    /// `""`: it hangs up instead.
    text: &'static str,
    /// Only once the guest has said something.
    comes_last: bool,
}

/// A server on the loopback for as many guests as come, with one file of five bytes.
struct Harbour {
    at: SocketAddr,
    /// What each guest sent, and which of it came in one go.
    flights: Arc<Mutex<Vec<Vec<Vec<String>>>>>,
}

impl Harbour {
    fn open(greeting: &'static str, temper: Temper) -> Self {
        Self::open_with(vec![Greeting { text: greeting, comes_last: false }], temper)
    }

    /// One greeting for each guest; the last one also for those that come later.
    fn open_with(greetings: Vec<Greeting>, temper: Temper) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        let flights = Arc::<Mutex<Vec<Vec<Vec<String>>>>>::default();
        let books = Arc::clone(&flights);
        thread::spawn(move || {
            for (count, guest) in listener.incoming().enumerate() {
                books.lock().unwrap().push(Vec::new());
                let greeting = greetings[count.min(greetings.len() - 1)];
                talk(guest.unwrap(), greeting, temper, &books).ok();
            }
        });
        Self { at, flights }
    }

    fn guests(&self) -> Vec<Vec<Vec<String>>> {
        self.flights.lock().unwrap().clone()
    }

    /// The file, for somebody who has a password, in the open.
    fn request_of_bob(&self, folder: &Path) -> Request {
        Request {
            security: ashore::ftp::Security::Off,
            if_exists: IfExists::Rename,
            ..request_for(&format!("ftp://bob:swordfish@{}/pub/a.txt", self.at), folder)
        }
    }

    /// Downloads the file, with half a second of patience and one try.
    fn bring(&self, folder: &Path, handle: &Handle, verify: bool) -> Vec<News> {
        let request = Request {
            if_exists: IfExists::Rename,
            checks: Checks { verify, ..Checks::default() },
            ..request_for(&format!("ftp://{}/pub/a.txt", self.at), folder)
        };
        let news = RefCell::new(Vec::new());
        let outcome = transfer::download(&request, handle, &|item| news.borrow_mut().push(item));
        let summary = outcome.unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!(fs::read(summary.path).unwrap(), b"hello");
        news.into_inner()
    }
}

fn talk(
    mut guest: TcpStream,
    greeting: Greeting,
    temper: Temper,
    books: &Mutex<Vec<Vec<Vec<String>>>>,
) -> io::Result<()> {
    guest.set_nodelay(true)?;
    if greeting.comes_last {
        guest.peek(&mut [0])?;
    }
    if greeting.text.is_empty() {
        return Ok(());
    }
    guest.write_all(format!("220 {}\r\n", greeting.text).as_bytes())?;
    let data = TcpListener::bind("127.0.0.1:0")?;
    let mut block = vec![0; 1 << 16];
    loop {
        let count = guest.read(&mut block)?;
        let text = String::from_utf8_lossy(&block[..count]).into_owned();
        let commands: Vec<String> = text.lines().map(str::to_owned).collect();
        if commands.is_empty() {
            return Ok(());
        }
        books.lock().unwrap().last_mut().unwrap().push(commands.clone());
        let mut answers: Vec<String> =
            commands.iter().map(|command| answer(command, &data)).collect();
        if temper == Temper::Hospitable {
            for answer in &mut answers {
                *answer =
                    answer.replace("230 Welcome", "503 You are in").replace("331 Who", "230 Who");
            }
        }
        if commands.len() > 1 {
            match temper {
                Temper::Good | Temper::Hospitable => {}
                Temper::Backwards => answers.reverse(),
                Temper::FirstOnly => answers.truncate(1),
                Temper::HangsUp => return Ok(()),
                Temper::Lumps => answers = vec!["500 What is that?\r\n".to_owned()],
                Temper::Talkative => answers.push("200 And a good day to you\r\n".to_owned()),
                Temper::Silent => answers.clear(),
            }
        }
        guest.write_all(answers.concat().as_bytes())?;
        if commands.iter().any(|command| command.starts_with("RETR")) {
            data.accept()?.0.write_all(b"hello")?;
            guest.write_all(b"226 That was all\r\n")?;
        }
    }
}

fn answer(command: &str, data: &TcpListener) -> String {
    let verb = command.split(' ').next().unwrap();
    match verb {
        "USER" => "331 Who says so?\r\n".to_owned(),
        "PASS" => "230 Welcome\r\n".to_owned(),
        "FEAT" => "211-These\r\n SIZE\r\n MDTM\r\n211 End\r\n".to_owned(),
        "TYPE" => "200 As it is\r\n".to_owned(),
        "SIZE" if command.ends_with("/a.txt") => "213 5\r\n".to_owned(),
        "MDTM" => "213 20240229123456\r\n".to_owned(),
        "EPSV" => format!("229 There (|||{}|)\r\n", data.local_addr().unwrap().port()),
        "RETR" => "150 Here it comes\r\n".to_owned(),
        _ => "550 No\r\n".to_owned(),
    }
}

const UNKNOWN: &str = "Harbour ready";
const KNOWN: &str = "(vsFTPd 3.0.3)";

/// What travelled together, as one line for each flight; a question for a checksum file is `SIZE …`.
fn shape(flights: &[Vec<String>]) -> Vec<String> {
    let short = |command: &String| match command
        .strip_prefix("SIZE /pub/")
        .or(command.strip_prefix("SIZE pub/"))
    {
        Some(name) if name != "a.txt" => "SIZE …".to_owned(),
        _ => command.split(' ').next().unwrap().to_owned(),
    };
    let shape = |flight: &Vec<String>| {
        let mut words: Vec<_> = flight.iter().map(short).collect();
        words.dedup();
        words.join(" ")
    };
    flights.iter().map(shape).collect()
}

#[test]
fn what_is_known_to_be_taken_travels_together_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let harbour = Harbour::open(KNOWN, Temper::Good);
    harbour.bring(folder.path(), &Handle::default(), true);
    let all = "USER PASS TYPE SIZE MDTM EPSV SIZE … FEAT";
    assert_eq!(shape(&harbour.guests()[0]), [all, "RETR", "QUIT"]);

    let harbour = Harbour::open(UNKNOWN, Temper::Good);
    harbour.bring(folder.path(), &Handle::default(), false);
    let flights = ["USER PASS", "FEAT TYPE", "SIZE MDTM EPSV", "RETR", "QUIT"];
    assert_eq!(shape(&harbour.guests()[0]), flights);
}

#[test]
fn who_is_let_in_before_the_password_is_said_says_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let harbour = Harbour::open(KNOWN, Temper::Hospitable);
    harbour.bring(folder.path(), &Handle::default(), false);
    let flights = ["USER PASS TYPE SIZE MDTM EPSV FEAT", "RETR", "QUIT"];
    assert_eq!(harbour.guests().iter().map(|it| shape(it)).collect::<Vec<_>>(), [flights]);
}

#[test]
fn a_server_that_stumbles_is_spoken_to_step_by_step_from_then_on() {
    for (greeting, temper) in [
        (UNKNOWN, Temper::FirstOnly),
        (UNKNOWN, Temper::HangsUp),
        (UNKNOWN, Temper::Lumps),
        (UNKNOWN, Temper::Talkative),
        (UNKNOWN, Temper::Silent),
        (KNOWN, Temper::FirstOnly),
        (KNOWN, Temper::Backwards),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let harbour = Harbour::open(greeting, temper);
        let handle = Handle::default();
        let news = harbour.bring(folder.path(), &handle, false);
        let told = said(&news, Voice::Story);
        let told = told.iter().filter(|line| line.contains("step by step")).count();
        assert_eq!(told, 1, "{temper:?}: {news:?}");
        // The next file of this server begins where this one has ended.
        let news = harbour.bring(folder.path(), &handle, false);
        assert!(!said(&news, Voice::Story).iter().any(|line| line.contains("step by step")));
        let guests = harbour.guests();
        assert_eq!(guests.len(), 3, "{temper:?}: {guests:?}");
        for guest in &guests[1..] {
            assert!(guest.iter().all(|flight| flight.len() == 1), "{temper:?}: {guest:?}");
        }
    }
}

#[test]
fn a_server_that_was_met_before_is_spoken_to_before_it_greets() {
    let folder = tempfile::tempdir().unwrap();
    let first = Greeting { text: KNOWN, comes_last: false };
    let harbour =
        Harbour::open_with(vec![first, Greeting { comes_last: true, ..first }], Temper::Good);
    let handle = Handle::default();
    harbour.bring(folder.path(), &handle, false);
    harbour.bring(folder.path(), &handle, false); // Whoever waits for the other waits for ever.
    let guests = harbour.guests();
    let flights = ["USER PASS TYPE SIZE MDTM EPSV FEAT", "RETR", "QUIT"];
    assert_eq!(
        (shape(&guests[0]), shape(&guests[1])),
        (flights.map(str::to_owned).into(), flights.map(str::to_owned).into())
    );
}

/// A server that is another one from its second guest on, which does not like to be spoken to before it
/// has greeted; and a handle for whoever has met the first one.
fn another_one(folder: &Path, second: &'static str) -> (Harbour, Handle) {
    let greetings = [(KNOWN, false), (second, true), (UNKNOWN, false)];
    let greetings = greetings.map(|(text, comes_last)| Greeting { text, comes_last });
    let (harbour, handle) = (Harbour::open_with(greetings.into(), Temper::Good), Handle::default());
    harbour.bring(folder, &handle, false);
    (harbour, handle)
}

#[test]
fn another_server_in_the_place_of_one_that_was_met_is_met_anew_and_its_greeting_counts() {
    let folder = tempfile::tempdir().unwrap();
    for second in [UNKNOWN, ""] {
        let (harbour, handle) = another_one(folder.path(), second);
        let news = harbour.bring(folder.path(), &handle, false);
        let told = said(&news, Voice::Story);
        assert!(told.iter().any(|line| line.contains("Meeting it anew")), "{news:?}");
        let news = harbour.bring(folder.path(), &handle, false);
        assert!(!said(&news, Voice::Story).iter().any(|line| line.contains("anew")), "{news:?}");
        let guests = harbour.guests();
        assert_eq!(guests.len(), 4, "{guests:?}");
        for guest in &guests[2..] {
            let flights = ["USER PASS", "FEAT TYPE", "SIZE MDTM EPSV", "RETR", "QUIT"];
            assert_eq!(shape(guest), flights);
        }
        let known =
            handle.commons().servers.known(&"127.0.0.1".parse().unwrap(), harbour.at.port());
        assert!(!known.is_step_by_step, "or it is spoken to like that in later runs, too");
    }
}

#[test]
fn who_looks_around_meets_another_server_anew_as_well() {
    let folder = tempfile::tempdir().unwrap();
    for second in [UNKNOWN, ""] {
        let (harbour, handle) = another_one(folder.path(), second);
        let request = request_for(&format!("ftp://{}/", harbour.at), folder.path());
        let limits = Limits { patience: request.patience, stop: Stop::default() };
        let access = request.access(handle.commons());
        assert!(!Visit::new(access, &limits, &|_| ()).arrive().unwrap());
        let guests = harbour.guests();
        assert_eq!(shape(&guests[2]), ["USER PASS", "FEAT TYPE"]);
        let known =
            handle.commons().servers.known(&"127.0.0.1".parse().unwrap(), harbour.at.port());
        assert!(!known.is_step_by_step);
    }
}

#[test]
fn nobody_but_a_guest_speaks_before_the_greeting() {
    let folder = tempfile::tempdir().unwrap();
    let harbour = Harbour::open(KNOWN, Temper::Good);
    let handle = Handle::default();
    harbour.bring(folder.path(), &handle, false);
    let request = harbour.request_of_bob(folder.path());
    let log = RefCell::new(Vec::new());
    let report = |news| {
        if let News::Line(line) = news {
            log.borrow_mut().push(line);
        }
    };
    transfer::download(&request, &handle, &report).unwrap();
    let log = log.into_inner();
    let place = |text: &str| log.iter().position(|line| line.text.contains(text)).unwrap();
    assert!(place(KNOWN) < place("USER bob"), "{log:?}");
}

#[test]
fn answers_that_come_in_another_order_are_told_by_their_codes() {
    let folder = tempfile::tempdir().unwrap();
    let harbour = Harbour::open(UNKNOWN, Temper::Backwards);
    let news = harbour.bring(folder.path(), &Handle::default(), false);
    assert_eq!(harbour.guests().len(), 1, "{news:?}");
    let copy = folder.path().join("a.txt");
    let time = fs::metadata(copy).unwrap().modified().unwrap();
    let since = time.duration_since(std::time::SystemTime::UNIX_EPOCH).unwrap();
    assert_eq!(since.as_secs(), 1_709_210_096);
}

#[test]
fn a_password_is_not_told_to_a_server_that_has_not_asked_for_it() {
    let folder = tempfile::tempdir().unwrap();
    for greeting in [UNKNOWN, KNOWN] {
        let harbour = Harbour::open(greeting, Temper::Good);
        let request = harbour.request_of_bob(folder.path());
        transfer::download(&request, &Handle::default(), &|_| ()).unwrap();
        assert_eq!(harbour.guests()[0][0], ["USER bob"]);
    }
}

#[test]
fn what_is_missing_is_not_asked_for_again_and_again() {
    let folder = tempfile::tempdir().unwrap();
    let harbour = Harbour::open(KNOWN, Temper::Good);
    let handle = Handle::default();
    harbour.bring(folder.path(), &handle, true);
    harbour.bring(folder.path(), &handle, true);
    let guests = harbour.guests();
    let questions = |guest: usize, name: &str| {
        guests[guest].iter().flatten().filter(|command| command.ends_with(name)).count()
    };
    assert_eq!((questions(0, "MD5SUMS"), questions(1, "MD5SUMS")), (1, 0));
    assert_eq!((questions(0, "a.txt.md5"), questions(1, "a.txt.md5")), (1, 0));
}
