//! TLS on the control and the data connections (RFC 4217): whom to trust, and one session for both.

use std::fmt;
use std::io::{self, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::crypto::CryptoProvider;
use rustls::crypto::ring::{self, kx_group};
use rustls::pki_types::{IpAddr, ServerName};
use rustls::{ClientConfig, ClientConnection};

use super::certificate::Fingerprint;
use super::error::Error;
use super::host::Host;
use super::judge::Judge;

/// How much of a TLS connection is read from the network at once, in bytes. rustls itself reads at
/// most 16 KiB; with this, a quarter of the system calls remain.
const READ_AHEAD: usize = 256 * 1024;

/// Whether and how a conversation is secured.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize,
)]
pub enum Security {
    /// With a user name: `AUTH TLS` if the server has it, or has had it before. A guest: plain.
    #[default]
    Auto,
    /// Never.
    Off,
    /// By `AUTH TLS` (RFC 4217), or not at all.
    Explicit,
    /// From the first byte.
    Implicit,
}

/// Whom to believe that they are who they say.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Trust {
    /// Certificates (PEM) that are believed instead of the system's, if given.
    pub roots: Option<String>,
    /// The certificate that a person has seen and accepted. If there is one, no other is believed,
    /// whoever vouches for it.
    pub pin: Option<Fingerprint>,
    /// Whether the server is known by `pin` from the first time on that it shows it.
    #[serde(default)]
    pub is_lasting: bool,
    /// Believe everybody. The conversation is secret, but nobody knows with whom.
    pub is_blind: bool,
}

/// What secures one conversation: the control connection, and all its data connections, which resume
/// its session.
///
/// Never shared between conversations: two of them with one store of sessions get their tickets
/// mixed, and ProFTPD then refuses the data connections.
#[derive(Debug, Clone)]
pub(super) struct Tls {
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
    judge: Arc<Judge>,
    /// On data connections we may end our side before anything has come: the server waits for that
    /// in the end, and it saves two round trips to have said it.
    pub(super) takes_goodbye_first: bool,
}

impl Tls {
    pub(super) fn new(host: &Host, trust: &Trust) -> Result<Self, Error> {
        let wrong = |error: rustls::Error| Error::Tls { what: error.to_string() };
        let provider = Arc::new(provider());
        let name = match host.as_str().parse::<std::net::IpAddr>() {
            Ok(ip) => ServerName::IpAddress(IpAddr::from(ip)),
            Err(_) => ServerName::try_from(host.as_str().to_owned())
                .map_err(|error| Error::Tls { what: error.to_string() })?,
        };
        let judge = Arc::new(Judge::new(trust, &provider)?);
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(wrong)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::<Judge>::clone(&judge))
            .with_no_client_auth();
        config.resumption = Resumption::in_memory_sessions(8);
        Ok(Self { config: Arc::new(config), name, judge, takes_goodbye_first: false })
    }

    /// Prepares to speak TLS on `socket`. Nothing is sent yet.
    pub(super) fn over(&self, socket: TcpStream) -> Result<TlsStream, Error> {
        let connection = ClientConnection::new(Arc::clone(&self.config), self.name.clone());
        let connection = connection.map_err(|error| Error::Tls { what: error.to_string() })?;
        let wire = Wire(BufReader::with_capacity(READ_AHEAD, socket));
        Ok(TlsStream {
            connection: Box::new(connection),
            wire,
            judge: Arc::clone(&self.judge),
            is_goodbye_due: self.takes_goodbye_first,
        })
    }
}

/// The one place where it is decided who does the mathematics.
///
/// P-256 comes first because every server with TLS 1.3 has it (RFC 8446 §9.1). vsftpd has nothing
/// else, and asking it for something else first costs a round trip for each handshake.
fn provider() -> CryptoProvider {
    let kx_groups = vec![kx_group::SECP256R1, kx_group::X25519, kx_group::SECP384R1];
    CryptoProvider { kx_groups, ..ring::default_provider() }
}

/// The socket under TLS, read in large pieces.
#[derive(Debug)]
struct Wire(BufReader<TcpStream>);

impl Read for Wire {
    fn read(&mut self, block: &mut [u8]) -> io::Result<usize> {
        self.0.read(block)
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.get_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.get_mut().flush()
    }
}

/// A connection that speaks TLS.
pub(super) struct TlsStream {
    connection: Box<ClientConnection>,
    wire: Wire,
    judge: Arc<Judge>,
    /// We have nothing to say here, and say so as soon as the handshake is done.
    is_goodbye_due: bool,
}

impl fmt::Debug for TlsStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsStream").finish_non_exhaustive()
    }
}

impl TlsStream {
    /// Sends what is ready to be sent, such as the first words of the handshake.
    pub(super) fn send_pending(&mut self) -> io::Result<()> {
        while self.connection.wants_write() {
            self.connection.write_tls(&mut self.wire)?;
        }
        Ok(())
    }

    /// Whether the two have not agreed yet.
    pub(super) fn is_handshaking(&self) -> bool {
        self.connection.is_handshaking()
    }

    /// Goes on with the handshake as far as it goes without waiting.
    pub(super) fn shake_hands(&mut self) -> io::Result<()> {
        let done = self.connection.complete_io(&mut self.wire);
        done.map(drop).map_err(|error| self.explain(error))
    }

    /// Ends our side of the connection before the other one has begun. In TLS 1.3 that says nothing
    /// about the other side (RFC 8446 §6.1); in TLS 1.2 it would end both.
    fn say_goodbye_first(&mut self) -> io::Result<()> {
        if self.is_handshaking() {
            self.shake_hands()?;
        }
        if !self.is_handshaking() {
            self.is_goodbye_due = false;
            if self.connection.protocol_version() == Some(rustls::ProtocolVersion::TLSv1_3) {
                self.connection.send_close_notify();
                self.send_pending()?;
            }
        }
        Ok(())
    }

    pub(super) fn socket(&self) -> &TcpStream {
        self.wire.0.get_ref()
    }

    /// How many bytes have come from the network and were not read from here.
    pub(super) fn unread(&mut self) -> usize {
        let opened = self.connection.process_new_packets(); // An error is told by the next read.
        let opened = opened.map_or(0, |state| state.plaintext_bytes_to_read());
        self.wire.0.buffer().len().saturating_add(opened)
    }

    /// Opens the next record, if all of it has come from the network; does not wait. A record holds at
    /// most 16 KiB (RFC 8446 §5.1), too little to be written to a disk on its own. What is wrong with
    /// this one is told by the next read: rustls does not forget it.
    fn open_next(&mut self, block: &mut [u8]) -> Option<usize> {
        while !self.wire.0.buffer().is_empty() {
            self.connection.read_tls(&mut self.wire).ok()?;
            if self.connection.process_new_packets().ok()?.plaintext_bytes_to_read() > 0 {
                return self.connection.reader().read(block).ok();
            }
        }
        None
    }

    /// An error of the handshake, with the certificate that it is about.
    fn explain(&self, error: io::Error) -> io::Error {
        if let Some(refusal) = self.judge.take_refusal() {
            return io::Error::other(refusal);
        }
        match error.downcast::<rustls::Error>() {
            Ok(error) => io::Error::other(Error::Tls { what: in_words(&error) }),
            Err(error) => error,
        }
    }
}

/// What went wrong between two programs that speak TLS.
fn in_words(error: &rustls::Error) -> String {
    use rustls::AlertDescription as Alert;
    match error {
        rustls::Error::PeerIncompatible(_)
        | rustls::Error::AlertReceived(Alert::ProtocolVersion | Alert::HandshakeFailure) => {
            format!(
                "the server's TLS is too old or too weak (it may know only TLS 1.0 or 1.1): {error}"
            )
        }
        rustls::Error::InvalidMessage(_) => format!("what came is not TLS: {error}"),
        error => error.to_string(),
    }
}

impl Read for TlsStream {
    fn read(&mut self, block: &mut [u8]) -> io::Result<usize> {
        if self.is_goodbye_due {
            self.say_goodbye_first()?;
        }
        let Self { connection, wire, .. } = self;
        let done = rustls::Stream::new(connection.as_mut(), wire).read(block);
        let mut filled = done.map_err(|error| self.explain(error))?;
        while filled > 0
            && let Some(rest @ [_, ..]) = block.get_mut(filled..)
            && let Some(count) = self.open_next(rest)
        {
            filled += count;
        }
        Ok(filled)
    }
}

impl Write for TlsStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Self { connection, wire, .. } = self;
        let done = rustls::Stream::new(connection.as_mut(), wire).write(bytes);
        done.map_err(|error| self.explain(error))
    }

    fn flush(&mut self) -> io::Result<()> {
        let Self { connection, wire, .. } = self;
        rustls::Stream::new(connection.as_mut(), wire).flush()
    }
}

impl Drop for TlsStream {
    /// Says that this is the end, so that the other side need not take it for a cut (RFC 8446 §6.1).
    fn drop(&mut self) {
        self.connection.send_close_notify();
        self.send_pending().ok();
    }
}
