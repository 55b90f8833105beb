//! What a server's certificate says of itself (RFC 5280), for a person to compare. Whether it is to be
//! believed is decided elsewhere.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate, X509Name};
use x509_parser::time::ASN1Time;

/// How many of a certificate's names are kept. Some are for a hundred servers.
const MOST_NAMES: usize = 5;

/// The longest name that is kept, in characters.
const LONGEST_NAME: usize = 100;

/// What a server's certificate says of itself. Whoever made it may have written anything into it; only
/// the fingerprint cannot be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Its SHA-256.
    pub fingerprint: Fingerprint,
    /// The servers that it is for, the first five of them.
    pub names: Vec<String>,
    /// Who has signed it. `None`: it has signed itself, or it cannot be read.
    pub issuer: Option<String>,
    /// From when until when it is valid.
    pub validity: Option<(SystemTime, SystemTime)>,
}

impl Certificate {
    /// Reads it. Of one that cannot be read only the fingerprint is known.
    pub(super) fn read(der: &[u8]) -> Self {
        let fingerprint = Fingerprint::of(der);
        let Ok((_, read)) = X509Certificate::from_der(der) else {
            return Self { fingerprint, names: Vec::new(), issuer: None, validity: None };
        };
        let alternatives = read.subject_alternative_name().ok().flatten();
        let alternatives = alternatives.map(|extension| extension.value.general_names.as_slice());
        let mut names: Vec<_> =
            alternatives.unwrap_or_default().iter().filter_map(server).take(MOST_NAMES).collect();
        if names.is_empty() {
            names.extend(called(read.subject()));
        }
        let is_own = read.issuer() == read.subject();
        let issuer = called(read.issuer()).filter(|_| !is_own);
        let validity = read.validity();
        let validity = time(validity.not_before).zip(time(validity.not_after));
        Self { fingerprint, names, issuer, validity }
    }
}

fn server(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some(short(name)),
        GeneralName::IPAddress(bytes) => match bytes.len() {
            4 => <[u8; 4]>::try_from(*bytes).ok().map(|ip| IpAddr::from(ip).to_string()),
            _ => <[u8; 16]>::try_from(*bytes).ok().map(|ip| IpAddr::from(ip).to_string()),
        },
        _ => None,
    }
}

/// The common name, or the whole of a name that has none.
fn called(name: &X509Name<'_>) -> Option<String> {
    let common = name.iter_common_name().next().and_then(|part| part.as_str().ok().map(short));
    common.or_else(|| Some(short(&name.to_string()))).filter(|name| !name.is_empty())
}

fn short(name: &str) -> String {
    name.chars().take(LONGEST_NAME).collect()
}

fn time(time: ASN1Time) -> Option<SystemTime> {
    let seconds = u64::try_from(time.timestamp()).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

/// The SHA-256 of a certificate. It is read with or without colons and `sha256:` before it, and shown
/// as other programs show it: `AB:CD:…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    pub(super) fn of(der: &[u8]) -> Self {
        Self(Sha256::digest(der).into())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (byte, separator) in
            self.0.iter().zip(std::iter::once("").chain(std::iter::repeat(":")))
        {
            write!(f, "{separator}{byte:02X}")?;
        }
        Ok(())
    }
}

/// A text that is no SHA-256 fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a SHA-256 fingerprint has 64 hexadecimal digits")]
pub struct BadFingerprint;

impl FromStr for Fingerprint {
    type Err = BadFingerprint;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let digits = match text.split_at_checked(7) {
            Some((kind, digits)) if kind.eq_ignore_ascii_case("sha256:") => digits,
            _ => text,
        };
        let digits: Option<Vec<u8>> = digits
            .chars()
            .filter(|&c| c != ':')
            .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
            .collect();
        let digits = digits.filter(|digits| digits.len() == 64).ok_or(BadFingerprint)?;
        let (pairs, _) = digits.as_chunks::<2>();
        let bytes: Vec<_> = pairs.iter().map(|[high, low]| high << 4 | low).collect();
        bytes.try_into().map(Self).map_err(|_| BadFingerprint)
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_read_as_people_paste_it_and_shown_as_programs_do() {
        let one = Fingerprint([0xAB; 32]);
        assert_eq!(one.to_string(), ["AB"; 32].join(":"));
        for text in [
            one.to_string(),
            "ab".repeat(32),
            format!(" SHA256:{one} "),
            format!("sha256:{}", "aB".repeat(32)),
        ] {
            assert_eq!(text.parse(), Ok(one), "{text}");
        }
        for text in ["", "sha256:", "ab", &"ab".repeat(33), &"gg".repeat(32), &"é".repeat(32)] {
            assert_eq!(text.parse::<Fingerprint>(), Err(BadFingerprint), "{text}");
        }
    }

    #[test]
    fn a_certificate_says_for_whom_by_whom_and_how_long() {
        let mut wanted =
            rcgen::CertificateParams::new(["ftp.example.org".to_owned(), "192.0.2.7".to_owned()])
                .unwrap();
        wanted.not_before = rcgen::date_time_ymd(2026, 1, 2);
        wanted.not_after = rcgen::date_time_ymd(2027, 1, 2);
        let key = rcgen::KeyPair::generate().unwrap();
        let made = wanted.self_signed(&key).unwrap();
        let read = Certificate::read(made.der());
        assert_eq!(read.names, ["ftp.example.org", "192.0.2.7"]);
        assert_eq!(read.issuer, None);
        let (from, until) = read.validity.unwrap();
        assert_eq!(until.duration_since(from).unwrap().as_secs(), 365 * 86_400);

        let mut signer = rcgen::CertificateParams::default();
        signer.distinguished_name.push(rcgen::DnType::CommonName, "Harbour Office");
        let signer_key = rcgen::KeyPair::generate().unwrap();
        let signer = rcgen::Issuer::new(signer, signer_key);
        let made = wanted.signed_by(&key, &signer).unwrap();
        assert_eq!(Certificate::read(made.der()).issuer.as_deref(), Some("Harbour Office"));
    }

    proptest::proptest! {
        #[test]
        fn what_is_no_certificate_has_a_fingerprint_all_the_same(
            bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300),
        ) {
            proptest::prop_assert_eq!(Certificate::read(&bytes).fingerprint, Fingerprint::of(&bytes));
        }
    }
}
