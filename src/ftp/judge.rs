//! Whose certificates are believed.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_platform_verifier::Verifier;

use super::certificate::{Certificate, Fingerprint};
use super::error::Error;
use super::tls::Trust;

/// Believes the one certificate that a person has accepted, or else whom the roots believe.
#[derive(Debug)]
pub(super) struct Judge {
    roots: Arc<dyn ServerCertVerifier>,
    provider: Arc<CryptoProvider>,
    /// The certificates that the person names, which may be those of servers.
    named: Vec<CertificateDer<'static>>,
    pin: Option<Fingerprint>,
    is_blind: bool,
    /// The certificate that was refused last, and why.
    refusal: Mutex<Option<Error>>,
}

impl Judge {
    pub(super) fn new(trust: &Trust, provider: &Arc<CryptoProvider>) -> Result<Self, Error> {
        let named = named(trust)?;
        Ok(Self {
            roots: verifier(trust, &named, provider)?,
            provider: Arc::clone(provider),
            named,
            pin: trust.pin,
            is_blind: trust.is_blind,
            refusal: Mutex::new(None),
        })
    }

    /// Why the last handshake was refused, if it was because of the certificate.
    pub(super) fn take_refusal(&self) -> Option<Error> {
        // A thread that panicked while it held this lock had nothing half-written in it.
        self.refusal.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Whether the server shows a certificate that has signed itself and that the person names. What
    /// is not valid now was refused for that.
    fn is_named(
        &self,
        shown: &CertificateDer<'_>,
        server_name: &ServerName<'_>,
        error: &rustls::Error,
    ) -> bool {
        has_signed_itself(error)
            && self.named.iter().any(|named| named == shown)
            && ParsedCertificate::try_from(shown)
                .is_ok_and(|shown| verify_server_name(&shown, server_name).is_ok())
    }

    fn refuse(&self, refusal: Error) {
        *self.refusal.lock().unwrap_or_else(PoisonError::into_inner) = Some(refusal);
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
        let shown = Fingerprint::of(end_entity);
        if self.is_blind || self.pin == Some(shown) {
            return Ok(ServerCertVerified::assertion());
        }
        let roots = &self.roots;
        let judged =
            roots.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        let judged = match judged {
            Err(error) if self.is_named(end_entity, server_name, &error) => {
                Ok(ServerCertVerified::assertion())
            }
            judged => judged,
        };
        let doubt = judged.as_ref().err().map(reason);
        let certificate = || Box::new(Certificate::read(end_entity));
        if let Some(trusted) = self.pin {
            self.refuse(Error::CertificateChanged { certificate: certificate(), trusted, doubt });
            return Err(rustls::CertificateError::ApplicationVerificationFailure.into());
        }
        if let Some(reason) = doubt {
            self.refuse(Error::Untrusted { certificate: certificate(), reason });
        }
        judged
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

/// Whom the system believes. On Linux that is a file for each authority, to be read and understood:
/// once is enough, however many connections there are.
static SYSTEM: OnceLock<Arc<Verifier>> = OnceLock::new();

/// The one place where it is decided whose word counts.
fn verifier(
    trust: &Trust,
    named: &[CertificateDer<'static>],
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, Error> {
    let wrong = |what: String| Error::Tls { what };
    if trust.roots.is_none() {
        if let Some(system) = SYSTEM.get() {
            return Ok(Arc::<Verifier>::clone(system));
        }
        let system = Verifier::new(Arc::clone(provider));
        let system = Arc::new(system.map_err(|error| wrong(error.to_string()))?);
        return Ok(Arc::<Verifier>::clone(SYSTEM.get_or_init(|| system)));
    }
    let mut roots = RootCertStore::empty();
    for certificate in named {
        roots.add(certificate.clone()).map_err(|error| wrong(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(wrong("the file of trusted certificates holds none".to_owned()));
    }
    let verifier =
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider));
    Ok(verifier.build().map_err(|error| wrong(error.to_string()))?)
}

/// The certificates that the person names instead of those of the system.
fn named(trust: &Trust) -> Result<Vec<CertificateDer<'static>>, Error> {
    let pem = trust.roots.as_deref().unwrap_or_default();
    let certificates = CertificateDer::pem_slice_iter(pem.as_bytes());
    certificates.collect::<Result<_, _>>().map_err(|error| Error::Tls { what: error.to_string() })
}

fn has_signed_itself(error: &rustls::Error) -> bool {
    use rustls::CertificateError::Other;
    // webpki's word for most that people make by themselves.
    matches!(error, rustls::Error::InvalidCertificate(Other(why)) if why.to_string().contains("CaUsedAsEndEntity"))
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
            _ if has_signed_itself(error) => {
                "it has signed itself, and nobody else vouches for it".to_owned()
            }
            Bad::Other(_) => "it is not in order".to_owned(),
            other => other.to_string(),
        },
        other => other.to_string(),
    }
}
