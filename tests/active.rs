//! Active mode: the server connects to us for the data. Nobody else may, and nobody waits for ever.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on stops"
)]
#![cfg(target_os = "linux")] // Only there is all of 127.0.0.0/8 this computer.

mod support;

use std::cell::RefCell;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use ashore::transfer::{self, Class, Commons, Handle, News, NextStep, Outcome, Request, Voice};
use socket2::{Domain, Socket, Type};
use support::{names, request_for, said};

const CARGO: &[u8] = b"All that was in the hold.\n";

/// A stranger on the same network.
const ELSEWHERE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

/// What a server does about data.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Manners {
    /// It has no passive mode, and connects when the file is asked for.
    Willing,
    /// The same; it knows `EPRT` alone.
    OnlyEprt,
    /// It connects as soon as it is told where.
    Eager,
    /// It says 150 first, and connects a moment later.
    Late,
    /// It has neither.
    NoActive,
    /// Nothing gets through to us.
    Blocked,
    /// It says 150, and never comes.
    NeverComes,
    /// It says nothing, and never comes.
    Silent,
    /// Somebody else comes first.
    WithStranger,
    /// Only somebody else comes.
    StrangerAlone,
    /// It is right about passive mode, too.
    Passive,
}

/// A server with one file, for as many guests as come.
struct Port {
    at: SocketAddr,
    manners: Arc<Mutex<Manners>>,
}

impl Port {
    fn open(ip: &str, manners: Manners) -> Self {
        let listener = TcpListener::bind((ip.parse::<IpAddr>().unwrap(), 0)).unwrap();
        let at = listener.local_addr().unwrap();
        let manners = Arc::new(Mutex::new(manners));
        let shared = Arc::clone(&manners);
        thread::spawn(move || {
            for guest in listener.incoming().map(Result::unwrap) {
                let manners = *shared.lock().unwrap();
                thread::spawn(move || serve(&guest, manners).ok());
            }
        });
        Self { at, manners }
    }

    fn becomes(&self, manners: Manners) {
        *self.manners.lock().unwrap() = manners;
    }

    fn order(&self, is_active: bool) -> (tempfile::TempDir, Request) {
        let folder = tempfile::tempdir().unwrap();
        let mut request = request_for(&format!("ftp://{}/a.bin", self.at), folder.path());
        request.patience = Duration::from_secs(20);
        request.way.is_active = is_active;
        (folder, request)
    }
}

fn serve(guest: &TcpStream, manners: Manners) -> io::Result<()> {
    use Manners::{
        Blocked, Eager, Late, NeverComes, NoActive, OnlyEprt, Passive, Silent, StrangerAlone,
        WithStranger,
    };
    let here = guest.local_addr()?.ip();
    let passive = TcpListener::bind((here, 0))?;
    let mut place = None;
    let mut early = None;
    let mut replies = guest;
    let mut say = |reply: &str| replies.write_all(format!("{reply}\r\n").as_bytes());
    say("220 Harbour ready")?;
    for line in BufReader::new(guest).lines() {
        let line = line?;
        let (verb, argument) = line.split_once(' ').unwrap_or((&line, ""));
        match (verb, manners) {
            ("USER", _) => say("230 Welcome")?,
            ("TYPE", _) => say("200 So be it")?,
            ("SIZE", _) => say(&format!("213 {}", CARGO.len()))?,
            ("EPSV", Passive) => {
                say(&format!("229 Here (|||{}|)", passive.local_addr()?.port()))?;
            }
            ("PORT" | "EPRT", NoActive | Passive) | ("PORT", OnlyEprt) => say("502 Never heard")?,
            ("PORT" | "EPRT", _) => {
                place = Some(told(verb, argument));
                if manners == Eager {
                    early = Some(come(here, place.unwrap())?);
                }
                say("200 There then")?;
            }
            ("RETR", Blocked) => say("425 Can't open data connection")?,
            ("RETR", NeverComes) => say("150 Here it comes")?,
            ("RETR", Silent) => {}
            ("RETR", StrangerAlone) => {
                say("150 Here it comes")?;
                come(ELSEWHERE, place.unwrap())?.write_all(b"Poison").ok();
            }
            ("RETR", _) => {
                if manners == WithStranger {
                    come(ELSEWHERE, place.unwrap())?.write_all(b"Poison").ok();
                }
                if manners == Late {
                    say("150 Here it comes")?;
                    thread::sleep(Duration::from_millis(300));
                }
                let mut data = match (manners, early.take()) {
                    (Passive, _) => passive.accept()?.0,
                    (_, Some(data)) => data,
                    (_, None) => come(here, place.unwrap())?,
                };
                if manners != Late {
                    say("150 Here it comes")?;
                }
                data.write_all(CARGO)?;
                drop(data);
                say("226 That was all")?;
            }
            ("QUIT", _) => return say("221 Fair winds"),
            _ => say("502 Never heard of it")?,
        }
    }
    Ok(())
}

/// Where the client says it listens.
fn told(verb: &str, argument: &str) -> SocketAddr {
    if verb == "EPRT" {
        let fields: Vec<&str> = argument.split('|').collect();
        return SocketAddr::new(fields[2].parse().unwrap(), fields[3].parse().unwrap());
    }
    let numbers: Vec<u8> = argument.split(',').map(|number| number.parse().unwrap()).collect();
    let ip = Ipv4Addr::new(numbers[0], numbers[1], numbers[2], numbers[3]);
    SocketAddr::new(ip.into(), u16::from_be_bytes([numbers[4], numbers[5]]))
}

/// Connects from `from`.
fn come(from: IpAddr, to: SocketAddr) -> io::Result<TcpStream> {
    let socket = Socket::new(Domain::for_address(to), Type::STREAM, None)?;
    socket.bind(&SocketAddr::new(from, 0).into())?;
    socket.connect(&to.into())?;
    Ok(socket.into())
}

fn run(request: &Request, commons: &Commons) -> (Outcome, Vec<News>) {
    let news = RefCell::new(Vec::new());
    let handle = Handle::sharing(commons.clone());
    let outcome = transfer::download(request, &handle, &|item| news.borrow_mut().push(item));
    (outcome, news.into_inner())
}

/// The file arrives; what was sent, and what was warned of.
fn arrives(port: &Port, is_active: bool, commons: &Commons) -> (Vec<String>, Vec<String>) {
    let (folder, request) = port.order(is_active);
    let (outcome, news) = run(&request, commons);
    outcome.unwrap_or_else(|failure| panic!("{failure} ({failure:?})\n{news:?}"));
    assert_eq!(std::fs::read(folder.path().join("a.bin")).unwrap(), CARGO);
    let owned = |voice| said(&news, voice).into_iter().map(str::to_owned).collect();
    (owned(Voice::Sent), owned(Voice::Warning))
}

/// The verbs that ask for a data connection.
fn modes(sent: &[String]) -> Vec<&str> {
    let verbs = sent.iter().map(|line| line.split(' ').next().unwrap());
    verbs.filter(|verb| ["PORT", "EPRT", "PASV", "EPSV"].contains(verb)).collect()
}

#[test]
fn a_file_arrives_in_active_mode_however_the_server_goes_about_it() {
    use Manners::{Eager, Late, OnlyEprt, Willing};
    for (ip, manners, verbs) in [
        ("127.0.0.1", Willing, &["PORT"][..]),
        ("127.0.0.1", OnlyEprt, &["PORT", "EPRT"]),
        ("127.0.0.1", Eager, &["PORT"]),
        ("127.0.0.1", Late, &["PORT"]),
        ("::1", Willing, &["EPRT"]),
        ("::1", Eager, &["EPRT"]),
    ] {
        let port = Port::open(ip, manners);
        let (sent, warnings) = arrives(&port, true, &Commons::default());
        assert_eq!(modes(&sent), verbs, "{ip} {manners:?}");
        assert_eq!(warnings, [""; 0], "{ip} {manners:?}");
    }
}

#[test]
fn data_from_another_host_is_refused_and_told() {
    let port = Port::open("127.0.0.1", Manners::WithStranger);
    let (_, warnings) = arrives(&port, true, &Commons::default());
    assert!(warnings[0].contains("from 127.0.0.2, which is not the server"), "{warnings:?}");

    let port = Port::open("127.0.0.1", Manners::StrangerAlone);
    let (folder, mut request) = port.order(true);
    request.patience = Duration::from_millis(500);
    let (outcome, news) = run(&request, &Commons::default());
    let failure = outcome.unwrap_err();
    assert!(failure.to_string().contains("no connection came from the server"), "{failure}");
    assert!(said(&news, Voice::Warning)[0].contains("127.0.0.2"), "{news:?}");
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn where_the_server_cannot_come_passive_mode_is_the_next_step() {
    for (manners, patience, why) in [
        (Manners::NoActive, 20_000, "(PORT and EPRT): EPRT was answered “502 Never heard”"),
        (Manners::Blocked, 20_000, "(PORT): the server said “425 Can't open data connection”"),
        (Manners::NeverComes, 400, "(PORT): no connection came from the server"),
        (Manners::Silent, 400, "(PORT): no connection came from the server"),
    ] {
        let port = Port::open("127.0.0.1", manners);
        let (folder, mut request) = port.order(true);
        request.patience = Duration::from_millis(patience);
        let (outcome, _) = run(&request, &Commons::default());
        let failure = outcome.unwrap_err();
        assert!(failure.to_string().ends_with(why), "{manners:?}: {failure}");
        assert_eq!((failure.class(), failure.next_step()), (Class::Server, NextStep::TryPassive));
        assert_eq!(names(folder.path()), [""; 0]);
    }
}

#[test]
fn waiting_for_the_server_can_be_stopped() {
    for manners in [Manners::NeverComes, Manners::Silent] {
        let port = Port::open("127.0.0.1", manners);
        let (_folder, mut request) = port.order(true);
        request.patience = Duration::from_secs(100);
        let handle = Handle::default();
        let began = Instant::now();
        let outcome = transfer::download(&request, &handle, &|news| {
            if let News::Line(line) = news
                && line.text.starts_with("RETR")
            {
                handle.stop.give();
            }
        });
        assert_eq!(outcome.unwrap_err().class(), Class::Stopped, "{manners:?}");
        assert!(began.elapsed() < Duration::from_secs(50), "{:?}", began.elapsed());
    }
}

#[test]
fn active_mode_is_offered_where_passive_fails_remembered_where_it_helps_and_forgotten_where_not() {
    let commons = Commons::default();
    let port = Port::open("127.0.0.1", Manners::Willing);
    let known = || {
        let host = port.at.ip().to_string().parse().unwrap();
        commons.servers.known(&host, port.at.port()).wants_active
    };
    let (_folder, request) = port.order(false);
    let failure = run(&request, &commons).0.unwrap_err();
    assert_eq!(failure.next_step(), NextStep::TryActive, "{failure}");
    assert!(failure.to_string().contains("tried EPSV and PASV"), "{failure}");
    assert!(!known(), "it was not tried yet");

    arrives(&port, true, &commons);
    assert!(known(), "it helped where passive mode had failed");
    let (sent, _) = arrives(&port, false, &commons);
    assert_eq!(modes(&sent), ["PORT"], "the person need not ask again");

    port.becomes(Manners::Passive);
    let (sent, _) = arrives(&port, false, &commons);
    assert_eq!(modes(&sent), ["PORT", "EPRT", "EPSV"], "passive mode again, at once");
    assert!(!known());
    let (sent, _) = arrives(&port, false, &commons);
    assert_eq!(modes(&sent), ["EPSV"]);
}

#[test]
fn active_mode_that_somebody_prefers_is_not_taken_for_the_only_way() {
    let commons = Commons::default();
    let port = Port::open("127.0.0.1", Manners::Willing);
    arrives(&port, true, &commons);
    assert!(commons.servers.all().is_empty(), "nothing was learnt: passive mode was not tried");
}
