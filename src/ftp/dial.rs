//! From a name to a connected socket: look it up, try its addresses side by side (RFC 8305).

use std::collections::VecDeque;
use std::io;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use socket2::{Domain, Socket, Type};

use super::error::{Awaiting, Error};
use super::host::Host;
use super::stream::{Limits, Wait};
use super::way::Family;

/// How long one address has the field to itself before the next one is tried beside it.
const HEAD_START: Duration = Duration::from_millis(250);

/// How many addresses of one server are tried at most.
const MOST_ADDRESSES: usize = 10;

/// Connects to `host`. `buffer` as for [`connect`].
///
/// # Errors
///
/// * [`Error::Unknown`] if the name cannot be looked up.
/// * [`Error::WrongFamily`] if it has addresses, but none of this `family`.
/// * [`Error::Unreachable`] if no address answers.
/// * [`Error::Silent`] and [`Error::Stopped`] as `limits` say.
pub(super) fn dial(
    host: &Host,
    port: u16,
    family: Family,
    buffer: Option<usize>,
    limits: &Limits,
) -> Result<TcpStream, Error> {
    let addresses = look_up(host, port, family, limits)?;
    connect(addresses, buffer, limits).map_err(|error| match error {
        // Somebody was there, and hung up before we could look.
        Error::Cut(source) if source.kind() == io::ErrorKind::ConnectionReset => Error::Cut(source),
        Error::Cut(source) => Error::Unreachable { host: host.to_string(), port, source },
        other => other,
    })
}

/// Connects to the first of `addresses` that answers. `buffer`: so many bytes, about, may wait here for
/// somebody to read them; `None`: as many as the system likes.
///
/// # Errors
///
/// [`Error::Cut`] with the last address's reason, [`Error::Silent`], [`Error::Stopped`].
pub(super) fn connect(
    mut addresses: VecDeque<SocketAddr>,
    buffer: Option<usize>,
    limits: &Limits,
) -> Result<TcpStream, Error> {
    let mut wait = Wait::new(limits, Awaiting::Connection);
    let mut knocking = Vec::new();
    let mut next_start = Instant::now();
    loop {
        if Instant::now() >= next_start
            && let Some(address) = addresses.pop_front()
        {
            knocking.push(knock(address, buffer).map_err(Error::Cut)?);
            next_start = Instant::now() + HEAD_START;
        }
        match first_answer(&mut knocking, wait.tick()).map_err(Error::Cut)? {
            Some(Ok(socket)) => return Ok(socket),
            Some(Err(error)) if knocking.is_empty() && addresses.is_empty() => {
                return Err(Error::Cut(error));
            }
            Some(Err(_)) => next_start = Instant::now(),
            None => wait.go_on()?,
        }
    }
}

/// Begins to connect. That nobody can be there is an answer like any other, and comes later.
fn knock(address: SocketAddr, buffer: Option<usize>) -> io::Result<Knock> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    if let Some(buffer) = buffer {
        socket.set_recv_buffer_size(buffer)?; // Later, much would be here already.
    }
    socket.set_nonblocking(true)?;
    let refused = socket.connect(&address.into()).err().filter(|error| {
        error.kind() != io::ErrorKind::WouldBlock
            && Errno::from_io_error(error) != Some(Errno::INPROGRESS)
    });
    Ok(Knock { socket, refused })
}

/// A connection that is being made.
struct Knock {
    socket: Socket,
    /// Why it cannot be made, if that was clear from the first.
    refused: Option<io::Error>,
}

/// Waits until one of `knocking` is answered, `most` at the longest, and takes it out.
fn first_answer(
    knocking: &mut Vec<Knock>,
    most: Duration,
) -> io::Result<Option<io::Result<TcpStream>>> {
    let is_ready = |at: &usize| knocking.get(*at).is_some_and(|knock| knock.refused.is_some());
    let mut answered = (0..knocking.len()).find(is_ready);
    if answered.is_none() {
        let sockets = knocking.iter().map(|knock| PollFd::new(&knock.socket, PollFlags::OUT));
        let mut sockets = sockets.collect::<Vec<_>>();
        match poll(&mut sockets, Timespec::try_from(most).ok().as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        answered = sockets.iter().position(|socket| !socket.revents().is_empty());
    }
    let Some(Knock { socket, refused }) = answered.map(|at| knocking.swap_remove(at)) else {
        return Ok(None);
    };
    Ok(Some(match refused.map_or_else(|| socket.take_error(), |error| Ok(Some(error)))? {
        Some(error) => Err(error),
        None => socket.set_nonblocking(false).map(|()| socket.into()),
    }))
}

/// The addresses of `host`, IPv6 and IPv4 in turn, the system's favourite first. At least one.
///
/// # Errors
///
/// [`Error::Unknown`], [`Error::WrongFamily`], [`Error::Silent`], [`Error::Stopped`].
pub(super) fn look_up(
    host: &Host,
    port: u16,
    family: Family,
    limits: &Limits,
) -> Result<VecDeque<SocketAddr>, Error> {
    let unknown = |source| Error::Unknown { host: host.to_string(), source };
    let (ring, answer) = bounded(1);
    let name = host.as_str().to_owned();
    // The system's resolver knows no time limit and cannot be stopped: it is left to end by itself.
    in_background("ashore look-up", move || {
        ring.send((name.as_str(), port).to_socket_addrs().map(Vec::from_iter)).ok();
    })?;
    let mut addresses = await_answer(&answer, limits)?.map_err(unknown)?;
    if addresses.is_empty() {
        return Err(unknown(io::ErrorKind::NotFound.into()));
    }
    addresses.retain(|address| family.has(address.ip()));
    if addresses.is_empty() {
        return Err(Error::WrongFamily { host: host.to_string(), family });
    }
    let (mut first, mut second): (VecDeque<_>, VecDeque<_>) = {
        let is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
        addresses.into_iter().partition(|address| address.is_ipv6() == is_v6)
    };
    let mut turns = VecDeque::new();
    while turns.len() < MOST_ADDRESSES && !(first.is_empty() && second.is_empty()) {
        turns.extend(first.pop_front());
        turns.extend(second.pop_front());
    }
    Ok(turns)
}

fn await_answer<T>(answer: &Receiver<T>, limits: &Limits) -> Result<T, Error> {
    let mut wait = Wait::new(limits, Awaiting::Connection);
    loop {
        match answer.recv_timeout(wait.tick()) {
            Ok(answer) => return Ok(answer),
            Err(RecvTimeoutError::Timeout) => wait.go_on()?,
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Error::Cut(io::Error::other("the look-up ended without an answer")));
            }
        }
    }
}

fn in_background(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), Error> {
    thread::Builder::new().name(name.to_owned()).spawn(work).map(drop).map_err(Error::Cut)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;
    use crate::ftp::stream::Stop;

    fn limits(milliseconds: u64) -> Limits {
        Limits { patience: Duration::from_millis(milliseconds), stop: Stop::default() }
    }

    /// A place where knocking is neither answered nor refused: its queue is full.
    fn silence() -> (Socket, SocketAddr, Vec<Socket>) {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.bind(&"127.0.0.1:0".parse::<SocketAddr>().unwrap().into()).unwrap();
        socket.listen(0).unwrap();
        let address = socket.local_addr().unwrap().as_socket().unwrap();
        let knocking = (0..4).map(|_| {
            let guest = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
            guest.set_nonblocking(true).unwrap();
            guest.connect(&address.into()).ok();
            guest
        });
        let knocking = knocking.collect();
        (socket, address, knocking)
    }

    #[test]
    fn an_address_that_is_silent_or_refuses_does_not_hold_up_the_one_that_answers() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let alive = listener.local_addr().unwrap();
        let (_socket, silent, _knocking) = silence();
        let closed = {
            let gone = TcpListener::bind("127.0.0.1:0").unwrap();
            gone.local_addr().unwrap()
        };
        let began = Instant::now();
        let socket =
            connect(VecDeque::from([silent, closed, alive]), None, &limits(20_000)).unwrap();
        assert_eq!(socket.peer_addr().unwrap(), alive);
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    }

    #[test]
    fn a_place_that_never_answers_is_given_up_when_patience_is_over() {
        let (_socket, silent, _knocking) = silence();
        let error = connect(VecDeque::from([silent]), None, &limits(300)).unwrap_err();
        assert!(matches!(error, Error::Silent { awaiting: Awaiting::Connection, .. }), "{error:?}");
    }

    #[test]
    fn connecting_can_be_stopped_at_any_time() {
        let (_socket, silent, _knocking) = silence();
        let limits = limits(60_000);
        let stop = limits.stop.clone();
        let giver = thread::spawn(move || {
            thread::sleep(Duration::from_millis(100));
            stop.give();
        });
        let began = Instant::now();
        let error = connect(VecDeque::from([silent]), None, &limits).unwrap_err();
        assert!(matches!(error, Error::Stopped), "{error:?}");
        assert!(began.elapsed() < Duration::from_secs(30));
        giver.join().unwrap();
    }

    #[test]
    fn what_is_to_be_read_slowly_is_not_received_ahead() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let _reader = connect(VecDeque::from([address]), Some(8192), &limits(20_000)).unwrap();
        let (mut guest, _) = listener.accept().unwrap();
        guest.set_nonblocking(true).unwrap();
        socket2::SockRef::from(&guest).set_send_buffer_size(8192).unwrap();
        let sent: usize = std::iter::repeat_with(|| io::Write::write(&mut guest, &[7; 4096]))
            .map_while(Result::ok)
            .sum();
        assert!(sent < 100_000, "{sent} bytes were taken that nobody reads");
    }

    #[test]
    fn a_name_that_does_not_exist_is_said_to_be_unknown() {
        let host: Host = "no-such-host.invalid".parse().unwrap();
        let dialled = dial(&host, 21, Family::Any, None, &limits(20_000));
        assert!(matches!(dialled, Err(Error::Unknown { .. })));
    }

    #[test]
    fn only_addresses_of_the_wanted_kind_are_tried() {
        let limits = limits(20_000);
        for (host, family, is_found) in [
            ("127.0.0.1", Family::Any, true),
            ("127.0.0.1", Family::V4, true),
            ("127.0.0.1", Family::V6, false),
            ("::1", Family::V6, true),
            ("::1", Family::V4, false),
        ] {
            match look_up(&host.parse().unwrap(), 21, family, &limits) {
                Ok(found) => assert!(is_found && found.iter().all(|it| family.has(it.ip()))),
                Err(Error::WrongFamily { .. }) => assert!(!is_found, "{host} {family}"),
                Err(error) => panic!("{host} {family}: {error}"),
            }
        }
    }
}
