//! How the server was reached, so that its data comes the same way.

use std::collections::VecDeque;
use std::net::SocketAddr;

use super::dial;
use super::error::{Awaiting, Error};
use super::proxy::{Proxy, ProxyTrouble, Target};
use super::session::Server;
use super::stream::{Limits, Stream};

/// Some proxies pass on small pieces, and the system needs so many times as much room for those. With
/// too little of it, each waits for the one before it to be read (measured: microsocks).
const PIECES: usize = 4;

/// How the server was reached, so that its data comes the same way.
#[derive(Debug, Clone)]
pub(super) enum Route {
    /// Straight there.
    Direct(SocketAddr),
    /// Through a proxy, to the server as the proxy was told it.
    Through(Proxy, Target),
}

impl Route {
    /// Connects to the control port of `server`.
    ///
    /// # Errors
    ///
    /// * Those of [`dial::dial`].
    /// * [`Error::Proxy`], also if data is to come in active mode, which no proxy passes on.
    pub(super) fn open(server: &Server<'_>, limits: &Limits) -> Result<(Stream, Self), Error> {
        let Server { host, port, way, .. } = *server;
        let Some(proxy) = &server.proxy else {
            let socket = dial::dial(host, port, way.family, None, limits)?;
            let peer = socket.peer_addr().map_err(Error::Cut)?;
            let stream = Stream::new(socket, limits.clone(), Awaiting::Greeting)?;
            return Ok((stream, Self::Direct(peer)));
        };
        if way.is_active {
            return Err(proxy.error(ProxyTrouble::ActiveMode));
        }
        let targets = match proxy.looks_up_here() {
            true => {
                let found = dial::look_up(host, port, way.family, limits)?;
                found.into_iter().map(|address| Target::Ip(address.ip())).collect()
            }
            false => VecDeque::from([Target::of(host)]),
        };
        let mut trouble = proxy.error(ProxyTrouble::Failed { said: String::new() });
        for target in targets {
            match proxy.connect(&target, port, None, limits) {
                Ok(mut stream) => {
                    stream.expect(Awaiting::Greeting, limits.patience);
                    return Ok((stream, Self::Through(proxy.clone(), target)));
                }
                // The next address may be the one that answers.
                Err(error @ Error::Proxy { trouble: ProxyTrouble::Failed { .. }, .. }) => {
                    trouble = error;
                }
                Err(error) => return Err(error),
            }
        }
        Err(trouble)
    }

    /// Connects to another port of the same server, for data. `buffer` as for [`dial::connect`].
    /// What a proxy itself receives ahead is not for us to say.
    ///
    /// # Errors
    ///
    /// [`Error::Cut`], [`Error::Proxy`], [`Error::Silent`], [`Error::Stopped`].
    pub(super) fn data(
        &self,
        port: u16,
        buffer: Option<usize>,
        limits: &Limits,
    ) -> Result<Stream, Error> {
        match self {
            Self::Direct(peer) => {
                let mut address = *peer;
                address.set_port(port);
                let socket = dial::connect(VecDeque::from([address]), buffer, limits)?;
                let stream = Stream::new(socket, limits.clone(), Awaiting::Data)?;
                Ok(stream.with_ahead(buffer))
            }
            Self::Through(proxy, target) => {
                let buffer = buffer.map(|bytes| bytes.saturating_mul(PIECES));
                let mut stream = proxy.connect(target, port, buffer, limits)?;
                stream.expect(Awaiting::Data, limits.patience);
                Ok(stream.with_ahead(buffer))
            }
        }
    }

    /// Whether the six numbers of `PASV` can name an address of this server, as only IPv4 has them.
    pub(super) fn may_be_ipv4(&self) -> bool {
        match self {
            Self::Direct(peer) => peer.is_ipv4(),
            Self::Through(_, Target::Ip(ip)) => ip.is_ipv4(),
            // Only the proxy knows.
            Self::Through(_, Target::Name(_)) => true,
        }
    }
}
