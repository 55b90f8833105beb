//! TLS on the control and the data connections (RFC 4217): whom to trust, and one session for both.

use std::fmt;
use std::io::{self, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use rustls::client::Resumption;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, IpAddr, ServerName, UnixTime};
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, RootCertStore, SignatureScheme,
};
use sha2::{Digest as _, Sha256};

use super::error::Error;
use super::host::Host;

/// How much of a TLS connection is read from the network at once, in bytes. rustls itself reads at
/// most 16 KiB; with this, a quarter of the system calls remain.
const READ_AHEAD: usize = 256 * 1024;

/// Whether and how a conversation is secured.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize,
)]
pub enum Security {
    /// With a user name: `AUTH TLS` if the server has it. A guest: plain.
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
    /// A certificate that a person has seen and accepted: its SHA-256.
    pub pin: Option<[u8; 32]>,
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
}

impl Tls {
    pub(super) fn new(host: &Host, trust: &Trust) -> Result<Self, Error> {
        let wrong = |error: rustls::Error| Error::Tls { what: error.to_string() };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let name = match host.as_str().parse::<std::net::IpAddr>() {
            Ok(ip) => ServerName::IpAddress(IpAddr::from(ip)),
            Err(_) => ServerName::try_from(host.as_str().to_owned())
                .map_err(|error| Error::Tls { what: error.to_string() })?,
        };
        let judge = Arc::new(Judge {
            roots: verifier(trust, &provider)?,
            provider: Arc::clone(&provider),
            pin: trust.pin,
            is_blind: trust.is_blind,
            refused: Mutex::new(None),
        });
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(wrong)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::<Judge>::clone(&judge))
            .with_no_client_auth();
        config.resumption = Resumption::in_memory_sessions(8);
        Ok(Self { config: Arc::new(config), name, judge })
    }

    /// Prepares to speak TLS on `socket`. Nothing is sent yet.
    pub(super) fn over(&self, socket: TcpStream) -> Result<TlsStream, Error> {
        let connection = ClientConnection::new(Arc::clone(&self.config), self.name.clone());
        let connection = connection.map_err(|error| Error::Tls { what: error.to_string() })?;
        let wire = Wire(BufReader::with_capacity(READ_AHEAD, socket));
        Ok(TlsStream { connection: Box::new(connection), wire, judge: Arc::clone(&self.judge) })
    }
}

/// The one place where it is decided whose word counts.
fn verifier(
    trust: &Trust,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, Error> {
    let wrong = |what: String| Error::Tls { what };
    let Some(pem) = &trust.roots else {
        let system = rustls_platform_verifier::Verifier::new(Arc::clone(provider));
        return Ok(Arc::new(system.map_err(|error| wrong(error.to_string()))?));
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
        roots.add(certificate).map_err(|error| wrong(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(wrong("the file of trusted certificates holds none".to_owned()));
    }
    let verifier =
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider));
    Ok(verifier.build().map_err(|error| wrong(error.to_string()))?)
}

/// Believes whom the roots believe, and the one certificate that a person has accepted.
#[derive(Debug)]
struct Judge {
    roots: Arc<dyn ServerCertVerifier>,
    provider: Arc<CryptoProvider>,
    pin: Option<[u8; 32]>,
    is_blind: bool,
    /// The certificate that was refused last, and why.
    refused: Mutex<Option<Refused>>,
}

/// A certificate that was not believed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Refused {
    fingerprint: [u8; 32],
    reason: String,
}

impl Judge {
    fn take_refused(&self) -> Option<Refused> {
        // A thread that panicked while it held this lock had nothing half-written in it.
        self.refused.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take()
    }
}

impl ServerCertVerifier for Judge {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let roots = &self.roots;
        let error = match roots.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        ) {
            Ok(verified) => return Ok(verified),
            Err(error) => error,
        };
        let fingerprint: [u8; 32] = Sha256::digest(end_entity).into();
        if self.is_blind || self.pin == Some(fingerprint) {
            return Ok(ServerCertVerified::assertion());
        }
        let refused = Refused { fingerprint, reason: reason(&error) };
        *self.refused.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(refused);
        Err(error)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Why a certificate was refused, in words.
fn reason(error: &rustls::Error) -> String {
    use rustls::CertificateError as Bad;
    match error {
        rustls::Error::InvalidCertificate(bad) => match bad {
            Bad::Expired | Bad::ExpiredContext { .. } => "it has expired".to_owned(),
            Bad::NotValidYet | Bad::NotValidYetContext { .. } => "it is not valid yet".to_owned(),
            Bad::UnknownIssuer => "nobody this computer trusts has signed it".to_owned(),
            Bad::NotValidForName | Bad::NotValidForNameContext { .. } => {
                "it belongs to another server".to_owned()
            }
            Bad::Revoked => "it was revoked".to_owned(),
            other => other.to_string(),
        },
        other => other.to_string(),
    }
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

    pub(super) fn socket(&self) -> &TcpStream {
        self.wire.0.get_ref()
    }

    /// An error of the handshake, with the certificate that it is about.
    fn explain(&self, error: io::Error) -> io::Error {
        if let Some(Refused { fingerprint, reason }) = self.judge.take_refused() {
            return io::Error::other(Error::Untrusted { fingerprint, reason });
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
        let Self { connection, wire, .. } = self;
        let done = rustls::Stream::new(connection.as_mut(), wire).read(block);
        done.map_err(|error| self.explain(error))
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
