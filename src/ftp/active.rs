//! Active mode: the server makes the data connection, to where we listen (RFC 959 §3.2, RFC 2428 §2).
//!
//! We listen on the address of the control connection and on no other, for one connection, and take
//! it only from the server's own address: whoever else knocks is sent away, and that is told.

use std::io::{self, BufRead as _};
use std::net::{SocketAddr, TcpListener};
use std::thread;
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use super::command::Command;
use super::error::{Awaiting, Error};
use super::reply::{Kind, Reply};
use super::route::Route;
use super::session::{Line, Session};
use super::stream::{Stream, TICK, Wait};

/// How long to sleep between two looks for a connection, once nothing else is waited for.
const PAUSE: Duration = Duration::from_millis(5);

/// How many strangers are told of, each time. There may be many, and the log is for people.
const MOST_TOLD: u32 = 3;

/// How many may wait to be let in or sent away.
const BACKLOG: i32 = 128;

/// How many of them are sent away before it is looked at the time again.
const MOST_AT_ONCE: usize = 64;

/// Where the bytes of the next transfer come from.
#[derive(Debug)]
pub(super) enum Channel {
    /// Passive mode: the connection is there.
    Made(Stream),
    /// Active mode: the server will make it.
    Awaited(Listener),
}

/// Where the server's connection is awaited, and how the server was told.
#[derive(Debug)]
pub(super) struct Listener {
    socket: TcpListener,
    verb: &'static str,
    /// So many bytes may come before they are read, where somebody holds them back.
    ahead: Option<usize>,
}

impl Session<'_> {
    /// Listens for a data connection, and tells the server where: `PORT` (RFC 959 §4.1.2), or else
    /// `EPRT` (RFC 2428 §2), which IPv6 needs.
    ///
    /// # Errors
    ///
    /// [`Error::NoDataConnection`] if the server takes neither.
    pub(super) fn await_data(&mut self) -> Result<Channel, Error> {
        let mut here = self.control.get_ref().socket().local_addr().map_err(Error::Cut)?;
        here.set_port(0);
        let ahead = self.most_ahead();
        let (at, socket) =
            listen(here, ahead).map_err(|source| no_connection("a port to listen on", source))?;
        let mut tried = Vec::new();
        let mut source = io::Error::other("the server offers no active mode");
        for (verb, argument) in places(at) {
            tried.push(verb);
            match self.ask_optional(&Command::with(verb, argument.as_bytes())?)? {
                Ok(_) => return Ok(Channel::Awaited(Listener { socket, verb, ahead })),
                // Some connect at once, and 425 says that they could not.
                Err(reply) if reply.kind() == Kind::TryLater && reply.code != 425 => {
                    return Err(Error::Refused { command: verb.to_owned(), reply });
                }
                Err(reply) => source = io::Error::other(format!("{verb} was answered “{reply}”")),
            }
        }
        Err(no_connection(&tried.join(" and "), source))
    }

    /// Waits for the server's connection and for its answer to `command`, whichever comes first.
    ///
    /// # Errors
    ///
    /// * [`Error::Refused`] if that is the answer.
    /// * [`Error::NoDataConnection`] if no connection comes.
    pub(super) fn meet(
        &mut self,
        listener: &Listener,
        command: &Command,
    ) -> Result<(Stream, Reply), Error> {
        let mut strangers = 0;
        let mut guest = None;
        let mut wait = Wait::new(&self.limits, Awaiting::Reply);
        let late = |error| match error {
            Error::Silent { .. } => {
                let source = io::Error::other("no connection came from the server");
                no_connection(listener.verb, source)
            }
            other => other,
        };
        while !self.is_reply_there()? {
            if guest.is_none() {
                guest = self.admit(listener, &mut strangers)?;
            }
            wait.go_on().map_err(|error| if guest.is_none() { late(error) } else { error })?;
        }
        let reply = self.read_reply()?;
        if !matches!(reply.kind(), Kind::Begun | Kind::Done) {
            self.is_transferring = false;
            return Err(match reply.code {
                425 => no_connection(
                    listener.verb,
                    io::Error::other(format!("the server said “{reply}”")),
                ),
                _ => Error::Refused { command: command.to_string(), reply },
            });
        }
        let mut wait = Wait::new(&self.limits, Awaiting::Connection);
        loop {
            if guest.is_none() {
                guest = self.admit(listener, &mut strangers)?;
            }
            if let Some(stream) = guest {
                return Ok((stream, reply));
            }
            wait.go_on().map_err(late)?;
            thread::sleep(PAUSE);
        }
    }

    /// Takes the server's connection, if it has come, and says the first words of TLS on it: the
    /// server still is the one that shows a certificate (RFC 4217 §7).
    fn admit(&self, listener: &Listener, strangers: &mut u32) -> Result<Option<Stream>, Error> {
        for _ in 0..MOST_AT_ONCE {
            let (socket, from) = match listener.socket.accept() {
                Ok(accepted) => accepted,
                Err(error) if is_pause(&error) => return Ok(None),
                Err(error) => return Err(no_connection(listener.verb, error)),
            };
            if matches!(self.route, Route::Direct(peer) if peer.ip() == from.ip()) {
                socket.set_nonblocking(false).map_err(Error::Cut)?; // Some systems hand it down.
                let stream = Stream::new(socket, self.limits.clone(), Awaiting::Data)?;
                return self.secured(stream.with_ahead(listener.ahead)).map(Some);
            }
            *strangers += 1;
            if *strangers <= MOST_TOLD {
                (self.log)(Line::Warning(format!(
                    "A data connection from {}, which is not the server, was refused",
                    from.ip()
                )));
            }
        }
        Ok(None)
    }

    /// Whether something can be read on the control connection. Waits for it for a tick.
    fn is_reply_there(&mut self) -> Result<bool, Error> {
        self.control.get_mut().expect(Awaiting::Reply, TICK);
        let there = self.control.fill_buf().map(drop).map_err(Error::from);
        self.control.get_mut().expect(Awaiting::Reply, self.limits.patience);
        match there {
            Ok(()) => Ok(true),
            Err(Error::Silent { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// Listens at a free port of `here`. Whoever comes there is made to wait once `ahead` bytes are here.
fn listen(here: SocketAddr, ahead: Option<usize>) -> io::Result<(SocketAddr, TcpListener)> {
    let socket = Socket::new(Domain::for_address(here), Type::STREAM, None)?;
    if let Some(ahead) = ahead {
        socket.set_recv_buffer_size(ahead)?; // Handed down to the connection.
    }
    socket.bind(&here.into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    let socket = TcpListener::from(socket);
    Ok((socket.local_addr()?, socket))
}

/// The commands that tell where we listen, the better known first.
fn places(at: SocketAddr) -> Vec<(&'static str, String)> {
    let (ip, port) = (at.ip(), at.port());
    match at {
        SocketAddr::V4(at) => {
            let [a, b, c, d] = at.ip().octets();
            let [high, low] = port.to_be_bytes();
            vec![
                ("PORT", format!("{a},{b},{c},{d},{high},{low}")),
                ("EPRT", format!("|1|{ip}|{port}|")),
            ]
        }
        SocketAddr::V6(_) => vec![("EPRT", format!("|2|{ip}|{port}|"))],
    }
}

fn no_connection(tried: &str, source: io::Error) -> Error {
    Error::NoDataConnection { is_active: true, tried: tried.to_owned(), source }
}

/// Whether nobody has come yet, or somebody came and went.
fn is_pause(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, Interrupted, WouldBlock};
    matches!(error.kind(), ConnectionAborted | Interrupted | WouldBlock)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_told_as_the_rfcs_write_it() {
        assert_eq!(
            places("132.235.1.2:6275".parse().unwrap()),
            [
                ("PORT", "132,235,1,2,24,131".to_owned()),
                ("EPRT", "|1|132.235.1.2|6275|".to_owned())
            ]
        );
        assert_eq!(
            places("[1080::8:800:200c:417a]:5282".parse().unwrap()),
            [("EPRT", "|2|1080::8:800:200c:417a|5282|".to_owned())]
        );
    }
}
