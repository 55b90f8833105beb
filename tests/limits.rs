//! The rate limit holds for what the servers send, and costs them nothing that it need not.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod support;

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use ashore::transfer::{self, Commons, Engine, Handle, News, Phase, Request};
use support::quay::{Manners, Quay, sha256_of_cargo};
use support::wharf::{Node, Rules, Wharf};
use support::{arrived, calm_request, sha256};

/// How long it takes from the first byte to the end, over several connections under this limit.
fn time_of(request: Request, limit: u64) -> Duration {
    let commons = Commons::default();
    commons.throttle.set(Some(limit));
    commons.lanes.choose(Some(4));
    let (mut engine, events) = Engine::start(commons, || ()).unwrap();
    engine.download(request);
    let mut begun = None;
    loop {
        match events.recv_timeout(Duration::from_secs(60)).unwrap().news {
            // The files of a folder wait until this is told.
            News::Preflight(_) | News::Phase(Phase::Receiving) => {
                begun.get_or_insert_with(Instant::now);
            }
            News::Ended(outcome) => {
                outcome.unwrap();
                return begun.unwrap().elapsed();
            }
            _ => {}
        }
    }
}

#[test]
fn the_limit_is_kept_within_three_in_a_hundred_over_any_number_of_connections() {
    const LIMIT: u64 = 1_200_000;
    const LENGTH: u64 = 4_500_000;
    let folder = tempfile::tempdir().unwrap();
    // Of all sizes: some come together, some one by one.
    let sizes = (0..60).map(|n| if n % 3 == 0 { 180_000 } else { 20_000 + 100 * n });
    let files = sizes.map(|size| Node::File(vec![b'x'; size])).enumerate();
    let tree = files.map(|(number, node)| (format!("pub/{number}"), node));
    let tree: std::collections::BTreeMap<_, _> =
        tree.chain([("pub".to_owned(), Node::Folder)]).collect();
    let length = |node: &Node| if let Node::File(bytes) = node { bytes.len() } else { 0 };
    let bytes: usize = tree.values().map(length).sum();
    let wharf = Wharf::open(tree, Rules::modern());
    let quay = Quay::open(Manners { offers_rest: true, ..Manners::good(LENGTH) });
    let request = |link: String| calm_request(&link, folder.path());
    let over_three = Request { segments: Some(3), ..request(quay.link("large.bin")) };
    for (request, bytes) in [(request(wharf.link("pub/")), bytes as u64), (over_three, LENGTH)] {
        let took = time_of(request, LIMIT).as_secs_f64();
        let speed = bytes as f64 / took;
        assert!(took > 3.0, "{took} s tell nothing");
        assert!(speed <= LIMIT as f64 * 1.03, "{speed} bytes a second");
        assert!(speed >= LIMIT as f64 * 0.3, "{speed} bytes a second: somebody stood still");
    }
}

#[test]
fn what_a_server_sends_in_vain_counts_as_well() {
    const LIMIT: u64 = 900_000;
    const LENGTH: u64 = 4_000_000;
    // One connection alone is too slow for the limit: here several are of use.
    let manners = Manners { backlog: 4096, ..Manners::for_segments(LENGTH, 350_000) };
    let quay = Quay::open(manners);
    let folder = tempfile::tempdir().unwrap();
    let request = calm_request(&quay.link("large.bin"), folder.path());
    let took = time_of(Request { segments: Some(4), ..request }, LIMIT).as_secs_f64();
    let (sent, asked) = (quay.sent(), quay.books.asked.lock().unwrap().len());
    assert!(asked > 2, "it was asked for {asked} times");
    assert!(sent >= LENGTH + 100_000, "{sent} bytes were sent: nothing was compared");
    assert!(sent as f64 <= LIMIT as f64 * 1.03 * took, "{sent} bytes were sent in {took} s");
}

/// So much lies in the server's kernel that, however busy the machine is, something is there to be read
/// whenever more may come.
#[test]
fn where_the_limit_is_what_holds_no_further_connection_is_opened() {
    const LIMIT: u64 = 500_000;
    const LENGTH: u64 = 2_000_000;
    for segments in [None, Some(4)] {
        let backlog = usize::try_from(LENGTH).unwrap();
        let manners = Manners { offers_rest: true, backlog, ..Manners::good(LENGTH) };
        let quay = Quay::open(manners);
        let folder = tempfile::tempdir().unwrap();
        let request = calm_request(&quay.link("large.bin"), folder.path());
        time_of(Request { segments, ..request }, LIMIT);
        let asked = quay.books.asked.lock().unwrap().clone();
        assert_eq!(asked, [("large.bin".to_owned(), 0)], "with {segments:?}");
    }
}

/// What the system receives ahead over a connection that was made to be fast counts as well.
#[test]
fn a_limit_that_is_set_on_the_way_holds_from_then_on() {
    const LIMIT: u64 = 50_000;
    const LENGTH: u64 = 1_600_000;
    let manners = Manners { backlog: 4096, ..Manners::paced(LENGTH, 1_000_000) };
    let quay = Quay::open(manners);
    let folder = tempfile::tempdir().unwrap();
    let request = calm_request(&quay.link("large.bin"), folder.path());
    let handle = Handle::default();
    let set = OnceLock::new();
    let outcome = transfer::download(&request, &handle, &|news| {
        if let News::Progress(progress) = news
            && progress.received > 1_300_000
        {
            set.get_or_init(|| {
                handle.commons().throttle.set(Some(LIMIT));
                (Instant::now(), quay.sent())
            });
        }
    });
    let (since, sent) = *set.get().unwrap();
    let took = since.elapsed().as_secs_f64();
    assert_eq!(sha256(&arrived(outcome).path), sha256_of_cargo(LENGTH));
    let came = (LENGTH - sent) as f64;
    assert!(came > 100_000.0, "{came} bytes tell nothing");
    assert!(came <= LIMIT as f64 * 1.03 * took, "{came} bytes came in {took} s");
}

/// While what has come too soon is made up for, nothing is read. No connection has stalled for that.
#[test]
fn nobody_comes_to_help_those_who_are_held_back() {
    const LENGTH: u64 = 6_000_000;
    let quay = Quay::open(Manners { backlog: 4096, ..Manners::for_segments(LENGTH, 1_000_000) });
    let folder = tempfile::tempdir().unwrap();
    let request = calm_request(&quay.link("large.bin"), folder.path());
    let request = Request { segments: Some(2), ..request };
    let handle = Handle::default();
    let asked = || quay.books.asked.lock().unwrap().len();
    let set = OnceLock::new();
    let waits = |news| match news {
        News::Progress(progress) if progress.received > 2_500_000 => {
            set.get_or_init(|| {
                handle.commons().throttle.set(Some(40_000));
                asked()
            });
        }
        _ => {}
    };
    thread::scope(|scope| {
        scope.spawn(|| {
            set.wait();
            thread::sleep(Duration::from_millis(4500));
            handle.stop.give();
        });
        transfer::download(&request, &handle, &waits).unwrap_err();
    });
    assert_eq!(asked(), *set.get().unwrap());
}

/// A proxy to a server that is far away: to be connected takes a while. Tells where it is. It lives as
/// long as the test.
fn far_away() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let at = listener.local_addr().unwrap();
    thread::spawn(move || {
        for guest in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || pass_on(guest).ok());
        }
    });
    at
}

/// `CONNECT 127.0.0.1:2121 HTTP/1.1`, and then whatever comes.
fn pass_on(mut guest: TcpStream) -> io::Result<()> {
    let mut asked = BufReader::new(guest.try_clone()?);
    let mut line = String::new();
    asked.read_line(&mut line)?;
    let server = TcpStream::connect(line.split(' ').nth(1).unwrap())?;
    while line != "\r\n" {
        line.clear();
        asked.read_line(&mut line)?;
    }
    thread::sleep(Duration::from_millis(30));
    guest.write_all(b"HTTP/1.1 200 There\r\n\r\n")?;
    let (mut there, mut back) = (server.try_clone()?, guest.try_clone()?);
    let down = thread::spawn(move || {
        io::copy(&mut there, &mut back).ok();
        back.shutdown(std::net::Shutdown::Both).ok();
    });
    io::copy(&mut asked, &mut &server).ok();
    server.shutdown(std::net::Shutdown::Both).ok();
    down.join().ok();
    Ok(())
}

/// Over a long line, what a data connection may bring is settled when it is made: the system receives
/// no more ahead than the limit lets through in a round trip.
#[test]
fn after_the_limit_was_lifted_the_file_goes_on_over_a_data_connection_that_may_be_fast() {
    const LENGTH: u64 = 6_000_000;
    for (then, offers_rest, requests) in
        [(None, true, 2), (Some(50_000_000), true, 2), (Some(600_000_000), false, 1)]
    {
        let quay = Quay::open(Manners { offers_rest, ..Manners::good(LENGTH) });
        let folder = tempfile::tempdir().unwrap();
        let request = calm_request(&quay.link("large.bin"), folder.path());
        let handle = Handle::default();
        let proxy = format!("http://{}", far_away());
        handle.commons().proxies.choose(proxy.parse().unwrap());
        handle.commons().throttle.set(Some(1_000_000));
        let request = Request { segments: Some(1), ..request };
        let outcome = transfer::download(&request, &handle, &|news| match news {
            News::Progress(progress)
                if progress.received > 300_000
                    && handle.commons().throttle.limit() == Some(1_000_000) =>
            {
                handle.commons().throttle.set(then);
            }
            _ => {}
        });
        assert_eq!(sha256(&arrived(outcome).path), sha256_of_cargo(LENGTH));
        let asked = quay.books.asked.lock().unwrap().clone();
        assert_eq!(asked.len(), requests, "{then:?}: {asked:?}");
        let goes_on = asked.iter().skip(1).all(|(_, from)| *from > 200_000);
        assert!(goes_on, "what had come came again: {asked:?}");
    }
}
