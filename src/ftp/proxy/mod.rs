//! Proxies: others who connect to the server for us (SOCKS5, RFC 1928; HTTP `CONNECT`, RFC 9110 §9.3.6).
//!
//! What a proxy says is as hostile as what a server says: every answer has a limit and a time limit,
//! and name and password for the proxy are masked in whatever it may repeat.

mod address;
mod http;
mod socks;

use std::io;
use std::net::IpAddr;

use super::dial;
use super::error::{Awaiting, Error};
use super::host::Host;
use super::stream::{Limits, Stream, Wait};
use super::way::Family;

use address::Protocol;
pub use address::{Proxy, ProxyError};

/// What went wrong with a proxy.
#[derive(Debug, thiserror::Error)]
pub enum ProxyTrouble {
    /// It does not answer.
    #[error("it cannot be reached")]
    Unreachable(#[source] io::Error),
    /// It wants a name and a password, or others than it got.
    #[error("it does not let us in: {said}")]
    Login {
        /// What it said.
        said: String,
    },
    /// It does not connect to such a server or port.
    #[error("it refuses: {said}")]
    Refused {
        /// What it said.
        said: String,
    },
    /// It tried, and did not get through to the server.
    #[error("it does not get through: {said}")]
    Failed {
        /// What it said.
        said: String,
    },
    /// What came is not what such a proxy says.
    #[error("what came is no answer of a proxy: {said}")]
    Garbled {
        /// The beginning of what came, escaped.
        said: String,
    },
    /// The server is to connect to us, which no proxy passes on.
    #[error("active mode does not work through a proxy")]
    ActiveMode,
}

/// The server, as a proxy is told it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// By its address.
    Ip(IpAddr),
    /// By its name, which the proxy looks up.
    Name(Host),
}

impl Target {
    pub(super) fn of(host: &Host) -> Self {
        host.as_str().parse().map_or_else(|_| Self::Name(host.clone()), Self::Ip)
    }
}

impl Proxy {
    /// Has the proxy connect to `port` of `target`. `buffer` as for [`dial::connect`].
    ///
    /// # Errors
    ///
    /// [`Error::Proxy`], [`Error::Silent`], [`Error::Stopped`].
    pub(super) fn connect(
        &self,
        target: &Target,
        port: u16,
        buffer: Option<usize>,
        limits: &Limits,
    ) -> Result<Stream, Error> {
        let dialled = dial::dial(&self.host, self.port, Family::Any, buffer, limits);
        let socket = dialled.map_err(|error| match error {
            Error::Unknown { source, .. } | Error::Unreachable { source, .. } => {
                self.error(ProxyTrouble::Unreachable(source))
            }
            Error::Silent { waited, .. } => Error::Silent { waited, awaiting: Awaiting::Proxy },
            other => other,
        })?;
        let stream = Stream::new(socket, limits.clone(), Awaiting::Proxy)?;
        let wait = Wait::new(limits, Awaiting::Proxy);
        let mut talk = Talk { proxy: self, stream, wait };
        match self.protocol {
            Protocol::Socks5 { .. } => talk.by_socks(target, port)?,
            Protocol::Http => talk.by_http(target, port)?,
        }
        Ok(talk.stream)
    }

    /// This trouble with this proxy.
    pub(super) fn error(&self, trouble: ProxyTrouble) -> Error {
        Error::Proxy { proxy: self.place(), trouble }
    }
}

/// What is said to a proxy before it steps aside. All of it has one time limit.
struct Talk<'a> {
    proxy: &'a Proxy,
    stream: Stream,
    wait: Wait,
}

impl Talk<'_> {
    fn trouble(&self, trouble: ProxyTrouble) -> Error {
        self.proxy.error(trouble)
    }

    fn garbled(&self, came: &[u8]) -> Error {
        let start = String::from_utf8_lossy(came.get(..60).unwrap_or(came));
        let said = self.proxy.masked(&start).escape_debug().to_string();
        self.trouble(ProxyTrouble::Garbled { said })
    }

    fn send(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.stream.send(bytes).map_err(|error| self.explained(error))
    }

    /// The next byte and no more: what follows the proxy's answer is the server's.
    fn byte(&mut self) -> Result<u8, Error> {
        let mut byte = [0];
        loop {
            // However slowly it drips, it must all come within the time limit.
            self.wait.go_on()?;
            match self.stream.poll(&mut byte).map_err(|error| self.explained(error))? {
                None => {}
                Some(0) => return Err(self.hung_up()),
                Some(_) => return Ok(byte[0]),
            }
        }
    }

    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        for byte in &mut bytes {
            *byte = self.byte()?;
        }
        Ok(bytes)
    }

    fn hung_up(&self) -> Error {
        let source = io::Error::new(io::ErrorKind::UnexpectedEof, "it closed the connection");
        self.trouble(ProxyTrouble::Unreachable(source))
    }

    /// A broken connection, as one to the proxy.
    fn explained(&self, error: Error) -> Error {
        match error {
            Error::HungUp => self.hung_up(),
            Error::Cut(source) => self.trouble(ProxyTrouble::Unreachable(source)),
            Error::Silent { waited, .. } => Error::Silent { waited, awaiting: Awaiting::Proxy },
            other => other,
        }
    }
}
