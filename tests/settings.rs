//! What the person chooses for everything acts on what runs already, and on looking around as on
//! downloads.

#![cfg(feature = "window")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use ashore::ftp::{self, Address, Known, Limits, Security, Stop, Trust, Way};
use ashore::settings::{Settings, Site, of_filezilla};
use ashore::transfer::{
    Access, Commons, Engine, Failure, Lane, News, ProxyChoice, Servers, TransferId, Visit,
};
use ashore::window::browser::errands::{Errand, Errands, Place, Sight};
use crossbeam_channel::Receiver;
use support::calm_request;
use support::embedded::Embedded;
use support::script::Server;

/// The longest that anything here may take.
const LONG: Duration = Duration::from_secs(30);

fn serve(files: &[(&str, u64)]) -> (tempfile::TempDir, Embedded) {
    let served = tempfile::tempdir().unwrap();
    for (name, length) in files {
        // What is in it does not matter here.
        fs::File::create(served.path().join(name)).unwrap().set_len(*length).unwrap();
    }
    let server = Embedded::serve(IpAddr::V4(Ipv4Addr::LOCALHOST), served.path(), None).unwrap();
    (served, server)
}

/// News of one transfer until `is_enough`.
fn hear(
    events: &Receiver<ashore::transfer::Event>,
    wanted: TransferId,
    mut is_enough: impl FnMut(&News) -> bool,
) {
    loop {
        let event = events.recv_timeout(LONG).unwrap();
        if event.id == wanted && is_enough(&event.news) {
            return;
        }
    }
}

/// Looks into the first folder of a server, once.
fn look(commons: &Commons, link: &str) -> Result<(Vec<String>, ftp::listing::ListingEnd), Failure> {
    let address: Address = link.parse().unwrap();
    let (trust, limits) = (Trust::default(), Limits { patience: LONG, stop: Stop::default() });
    let access = access(commons, &address, &trust);
    let mut visit = Visit::new(access, &limits, &|_| ());
    let mut names = Vec::new();
    let end = visit.list(&address.path, &mut |entry| {
        names.push(String::from_utf8_lossy(&entry.name).into_owned());
        ControlFlow::Continue(())
    });
    visit.leave();
    Ok((names, end?))
}

fn access<'a>(commons: &'a Commons, address: &'a Address, trust: &'a Trust) -> Access<'a> {
    Access { address, security: Security::Off, trust, way: Way::default(), commons }
}

#[test]
fn a_limit_that_is_lifted_lets_what_runs_go_on_at_once() {
    let (_served, server) = serve(&[("a.bin", 8_000_000)]);
    let folder = tempfile::tempdir().unwrap();
    let commons = Commons::default();
    // At this rate it would take hours.
    commons.throttle.set(Some(1000));
    let (mut engine, events) = Engine::start(commons.clone(), || ()).unwrap();
    let link = format!("ftp://{}/a.bin", server.at());
    let id = engine.download(calm_request(&link, folder.path()));
    hear(&events, id, |news| matches!(news, News::Progress(it) if it.received > 0));
    commons.throttle.set(None);
    hear(&events, id, |news| matches!(news, News::Ended(Ok(_))));
}

#[test]
fn a_limit_that_is_set_holds_for_what_runs_already() {
    let (_served, server) = serve(&[("a.bin", 400_000_000)]);
    let folder = tempfile::tempdir().unwrap();
    let commons = Commons::default();
    commons.throttle.set(Some(20_000_000));
    let (mut engine, events) = Engine::start(commons.clone(), || ()).unwrap();
    let link = format!("ftp://{}/a.bin", server.at());
    let id = engine.download(calm_request(&link, folder.path()));
    hear(&events, id, |news| matches!(news, News::Progress(it) if it.received > 0));
    commons.throttle.set(Some(20_000));
    // What is under way may still come; after that, a machine that is slow only brings less.
    let mut standing = Vec::new();
    hear(&events, id, |news| {
        if let News::Progress(progress) = news {
            standing.push(progress.received);
        }
        standing.len() == 15
    });
    let (first, last) = (standing.get(4).unwrap(), standing.last().unwrap());
    assert!(last - first < 1_000_000, "{standing:?}");
}

#[test]
fn another_number_of_connections_holds_for_a_server_that_is_busy_already() {
    let commons = Commons::default();
    let address: Address = "ftp://127.0.0.1:1/a".parse().unwrap();
    let trust = Trust::default();
    let take = || commons.lanes.try_take(access(&commons, &address, &trust));
    commons.lanes.choose(Some(1));
    let mut lanes: Vec<Lane> = take().into_iter().collect();
    assert!(take().is_none());
    commons.lanes.choose(Some(3));
    lanes.extend((0..2).map(|_| take().unwrap()));
    assert!(take().is_none());
    commons.lanes.choose(Some(2));
    lanes.pop();
    assert!(take().is_none(), "there are as many as there may be");
    lanes.pop();
    assert!(take().is_some());
}

/// A proxy that lets nobody through; whom it was asked for, in the order of asking.
fn grumpy_proxy() -> (String, Receiver<String>) {
    let door = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let place = door.local_addr().unwrap();
    let (tell, asked) = crossbeam_channel::unbounded();
    thread::spawn(move || {
        for mut guest in door.incoming().map_while(Result::ok) {
            let mut line = String::new();
            BufReader::new(guest.try_clone().unwrap()).read_line(&mut line).ok();
            tell.send(line.trim().to_owned()).ok();
            guest.write_all(b"HTTP/1.1 403 Nobody\r\n\r\n").ok();
        }
    });
    (format!("http://{place}"), asked)
}

#[test]
fn a_proxy_counts_for_downloads_and_for_looking_around_from_when_it_is_chosen() {
    let (_served, server) = serve(&[("a.bin", 100)]);
    let link = format!("ftp://{}/", server.at());
    let (proxy, asked) = grumpy_proxy();
    let commons = Commons::default();
    let (mut engine, events) = Engine::start(commons.clone(), || ()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for choice in ["", &proxy, "none"] {
        commons.proxies.choose(choice.parse::<ProxyChoice>().unwrap());
        let is_through = choice == proxy;
        let seen = look(&commons, &link);
        assert_eq!(seen.is_err(), is_through, "{choice}: {seen:?}");
        let id = engine.download(calm_request(&format!("{link}a.bin"), folder.path()));
        hear(&events, id, |news| match news {
            News::Ended(outcome) => {
                assert_eq!(outcome.is_err(), is_through, "{choice}: {outcome:?}");
                true
            }
            _ => false,
        });
        fs::remove_file(folder.path().join("a.bin")).ok();
        let asked: Vec<_> = asked.try_iter().collect();
        let expected = format!("CONNECT {} HTTP/1.1", server.at());
        assert_eq!(asked, vec![expected; if is_through { 2 } else { 0 }], "{choice}");
    }
}

#[test]
fn the_longest_silence_counts_for_looking_around_too() {
    // It greets nobody, and hangs up on nobody either.
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address: Address = format!("ftp://{}/", silent.local_addr().unwrap()).parse().unwrap();
    let mut errands = Errands::new(Commons::default(), || ());
    errands.be_patient(Duration::from_millis(50));
    let path = address.path.clone();
    let place =
        Place { address, security: Security::Off, trust: Trust::default(), way: Way::default() };
    errands.send(&Arc::new(place), Errand::List(1, path));
    let began = std::time::Instant::now();
    let failure = loop {
        assert!(began.elapsed() < Duration::from_secs(25), "the usual 30 s were waited for");
        match errands.sights().find(|sight| matches!(sight, Sight::Listed(..))) {
            Some(Sight::Listed(1, Err(failure))) => break failure,
            Some(sight) => panic!("{sight:?}"),
            None => thread::sleep(Duration::from_millis(10)),
        }
    };
    assert!(failure.to_string().starts_with("No answer"), "{failure}");
}

const LOGIN: &str = "\
S: 220 Ready
C: USER anonymous
S: 331 Password
C: PASS anonymous@
S: 230 In
C: FEAT
S: 502 no
C: TYPE I
S: 200 ok
C: SYST
S: 502 no
C: EPSV
S: 229 ok (|||{port}|)
C: LIST
S: 150 here
";

#[test]
fn the_clock_of_a_server_is_remembered_for_where_it_cannot_be_asked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("servers.toml");
    let commons = |file: &std::path::Path| Commons {
        servers: Servers::open(file.to_owned()),
        ..Commons::default()
    };
    // A file has a time that can be asked for, a folder has none.
    let script = format!(
        "{LOGIN}D: 09-10-13  20:08   5 x\\r\\n\nS: 226 done\nC: MDTM x\nS: 213 20130910180812\nC: QUIT\n\
         ==\n{LOGIN}D: 09-10-13  20:08  <DIR>  d\\r\\n\nS: 226 done\nC: QUIT\n"
    );
    let server = Server::play(&script);
    let first = commons(&file);
    let (_, end) = look(&first, &server.link("")).unwrap();
    assert_eq!(end.zone.map(|zone| zone.to_string()).as_deref(), Some("+02:00"));
    let (_, end) = look(&commons(&file), &server.link("")).unwrap();
    assert_eq!(end.zone.map(|zone| zone.seconds()), Some(7200));
    assert!(fs::read_to_string(&file).unwrap().contains("time_offset = \"+02:00\""));
    server.finish();
}

#[test]
fn what_filezilla_was_told_about_a_server_is_known_and_nothing_that_was_learnt_is_lost() {
    let xml = "<Server><Host>h.example</Host><User>ann</User><PasvMode>MODE_ACTIVE</PasvMode>\
               <EncodingType>Custom</EncodingType><CustomEncoding>koi8-r</CustomEncoding>\
               <MaximumMultipleConnections>3</MaximumMultipleConnections></Server>";
    let servers = Servers::default();
    let host = "h.example".parse().unwrap();
    servers.learn(&host, 21, |known| known.most_connections = Some(2)).unwrap();
    let sites: Vec<Site> = of_filezilla(xml);
    sites.iter().for_each(|site| site.teach(&servers).unwrap());
    let expected = Known {
        encoding: "koi8-r".parse().ok(),
        wants_active: true,
        most_connections: Some(2),
        ..Known::default()
    };
    assert_eq!(servers.known(&host, 21), expected);
}

#[test]
fn a_settings_file_written_by_hand_is_heeded() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.toml");
    let text = "# slowly, please\nrate_limit = \"500K\"\nrate_limit_on = true\n\
                connections = 1\nproxy = \"none\"\n";
    fs::write(&file, text).unwrap();
    let (settings, notice) = Settings::open(Some(file));
    assert_eq!(notice, None);
    assert_eq!(settings.rate_limit().now(), Some(500_000));
    assert_eq!((settings.connections(), settings.proxy()), (Some(1), ProxyChoice::Straight));
}
