//! Checksums: how they are written, and how they are computed from a file.

use std::fmt;
use std::io::{self, Read};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::digest::DynDigest;

use super::hashing::BLOCK;
use crate::words;

/// How a checksum is computed. Those that prove most come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Algorithm {
    /// SHA-512 (FIPS 180-4).
    Sha512,
    /// SHA-256 (FIPS 180-4).
    Sha256,
    /// SHA-1 (FIPS 180-4).
    Sha1,
    /// MD5 (RFC 1321).
    Md5,
    /// CRC-32 as in ZIP and Ethernet.
    Crc32,
    /// The sum of BSD, as `sum -r` prints it: 16 bits, and the number of blocks of 1024 bytes.
    BsdSum,
}

impl Algorithm {
    /// Its name, as it is written in a sentence.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha512 => "SHA-512",
            Self::Sha256 => "SHA-256",
            Self::Sha1 => "SHA-1",
            Self::Md5 => "MD5",
            Self::Crc32 => "CRC-32",
            Self::BsdSum => "BSD sum",
        }
    }

    /// What its agreement does not prove, in words: another file with the same sum can be made on
    /// purpose. `None` if nobody can do that.
    #[must_use]
    pub fn caveat(self) -> Option<&'static str> {
        match self {
            Self::Sha512 | Self::Sha256 => None,
            Self::Sha1 | Self::Md5 | Self::Crc32 | Self::BsdSum => {
                Some("detects damage, not tampering")
            }
        }
    }

    /// Finds it by any of its names: `SHA256`, `sha-256`, `SHA2-256`.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        let name = name.replace(['-', '_'], "").to_ascii_lowercase();
        match name.as_str() {
            "sha512" | "sha2512" => Some(Self::Sha512),
            "sha256" | "sha2256" => Some(Self::Sha256),
            "sha1" | "sha" => Some(Self::Sha1),
            "md5" => Some(Self::Md5),
            "crc32" | "crc" => Some(Self::Crc32),
            "sum" | "bsdsum" => Some(Self::BsdSum),
            _ => None,
        }
    }

    /// Tells it from the number of hexadecimal digits that its checksums have. CRC-32 is not told:
    /// eight digits may be anything.
    pub(super) fn from_digits(digits: usize) -> Option<Self> {
        let common = [Self::Sha512, Self::Sha256, Self::Sha1, Self::Md5];
        common.into_iter().find(|algorithm| 2 * algorithm.length() == digits)
    }

    /// The length of its checksums in bytes, as they are kept here.
    fn length(self) -> usize {
        match self {
            Self::Sha512 => 64,
            Self::Sha256 => 32,
            Self::Sha1 => 20,
            Self::Md5 => 16,
            Self::Crc32 => 4,
            Self::BsdSum => 10,
        }
    }

    /// Computes it over all that `reader` gives. `None` if `stop` said so before the end.
    pub(super) fn compute(
        self,
        mut reader: impl Read,
        stop: &dyn Fn() -> bool,
    ) -> io::Result<Option<Checksum>> {
        let mut sum = Sum::new(self);
        let mut block = vec![0; BLOCK];
        loop {
            if stop() {
                return Ok(None);
            }
            match reader.read(&mut block) {
                Ok(0) => return Ok(Some(Checksum { algorithm: self, value: sum.finish() })),
                Ok(count) => sum.add(block.get(..count).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// A checksum on its way.
enum Sum {
    Digest(Box<dyn DynDigest>),
    Crc32(crc32fast::Hasher),
    Bsd { sum: u16, length: u64 },
}

impl Sum {
    fn new(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Sha512 => Self::Digest(Box::new(sha2::Sha512::default())),
            Algorithm::Sha256 => Self::Digest(Box::new(sha2::Sha256::default())),
            Algorithm::Sha1 => Self::Digest(Box::new(sha1::Sha1::default())),
            Algorithm::Md5 => Self::Digest(Box::new(md5::Md5::default())),
            Algorithm::Crc32 => Self::Crc32(crc32fast::Hasher::new()),
            Algorithm::BsdSum => Self::Bsd { sum: 0, length: 0 },
        }
    }

    fn add(&mut self, bytes: &[u8]) {
        match self {
            Self::Digest(digest) => digest.update(bytes),
            Self::Crc32(crc) => crc.update(bytes),
            Self::Bsd { sum, length } => {
                for &byte in bytes {
                    *sum = sum.rotate_right(1).wrapping_add(byte.into());
                    *length += 1;
                }
            }
        }
    }

    fn finish(self) -> Vec<u8> {
        match self {
            Self::Digest(digest) => digest.finalize().into_vec(),
            Self::Crc32(crc) => crc.finalize().to_be_bytes().to_vec(),
            Self::Bsd { sum, length } => Checksum::bsd_sum(sum, length.div_ceil(1024)).value,
        }
    }
}

/// The checksum of a file, or what somebody says that it is.
///
/// `Display` and [`FromStr`] write and read `sha256:HEX`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Checksum {
    algorithm: Algorithm,
    value: Vec<u8>,
}

impl Checksum {
    /// How it is computed.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Its value, as it stands in checksum files: hexadecimal, or `00322 6` for the sum of BSD.
    #[must_use]
    pub fn digits(&self) -> String {
        if let (Algorithm::BsdSum, Some((sum, blocks))) =
            (self.algorithm, self.value.split_first_chunk::<2>())
        {
            let blocks = blocks.iter().fold(0, |blocks: u64, &byte| blocks << 8 | u64::from(byte));
            return format!("{:05} {blocks}", u16::from_be_bytes(*sum));
        }
        words::hex(&self.value)
    }

    /// Its value, byte by byte.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.value
    }

    /// The SHA-256 that was computed elsewhere.
    pub(super) fn sha256(value: [u8; 32]) -> Self {
        Self { algorithm: Algorithm::Sha256, value: value.to_vec() }
    }

    pub(super) fn bsd_sum(sum: u16, blocks: u64) -> Self {
        let value = [&sum.to_be_bytes()[..], &blocks.to_be_bytes()].concat();
        Self { algorithm: Algorithm::BsdSum, value }
    }

    /// `None` if `digits` is not as many hexadecimal digits as the algorithm has.
    pub(super) fn from_hex(algorithm: Algorithm, digits: &[u8]) -> Option<Self> {
        if digits.len() != 2 * algorithm.length() || algorithm == Algorithm::BsdSum {
            return None;
        }
        let nibble =
            |digit: &u8| char::from(*digit).to_digit(16).and_then(|n| u8::try_from(n).ok());
        let byte = |pair: &[u8]| match pair {
            [high, low] => Some(nibble(high)? << 4 | nibble(low)?),
            _ => None,
        };
        let value = digits.chunks(2).map(byte).collect::<Option<_>>()?;
        Some(Self { algorithm, value })
    }

    /// Reads `12345 678`, as `sum -r` writes it.
    pub(super) fn from_sum(sum: &str, blocks: &str) -> Option<Self> {
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let is_sum = sum.len() == 5 && is_number(sum) && is_number(blocks);
        let (sum, blocks) = (sum.parse().ok()?, blocks.parse().ok()?);
        is_sum.then(|| Self::bsd_sum(sum, blocks))
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.algorithm {
            Algorithm::Sha512 => "sha512",
            Algorithm::Sha256 => "sha256",
            Algorithm::Sha1 => "sha1",
            Algorithm::Md5 => "md5",
            Algorithm::Crc32 => "crc32",
            Algorithm::BsdSum => "sum",
        };
        write!(f, "{name}:{}", self.digits())
    }
}

impl From<Checksum> for String {
    fn from(checksum: Checksum) -> Self {
        checksum.to_string()
    }
}

impl TryFrom<String> for Checksum {
    type Error = BadChecksum;

    fn try_from(text: String) -> Result<Self, BadChecksum> {
        text.parse()
    }
}

impl FromStr for Checksum {
    type Err = BadChecksum;

    /// `sha256:HEX`, and the same with `sha512`, `sha1`, `md5`, `crc32`; `sum:12345 678`.
    fn from_str(text: &str) -> Result<Self, BadChecksum> {
        let (name, digits) = text.trim().split_once(':').ok_or(BadChecksum::Form)?;
        let name = name.trim();
        let algorithm = Algorithm::from_name(name)
            .ok_or_else(|| BadChecksum::Algorithm { name: name.to_owned() })?;
        let digits = digits.trim();
        let checksum = match algorithm {
            Algorithm::BsdSum => digits
                .split_once(char::is_whitespace)
                .and_then(|(sum, blocks)| Self::from_sum(sum, blocks.trim())),
            _ => Self::from_hex(algorithm, digits.as_bytes()),
        };
        checksum.ok_or(match algorithm {
            Algorithm::BsdSum => BadChecksum::Sum,
            _ => BadChecksum::Digits { name: algorithm.name(), digits: 2 * algorithm.length() },
        })
    }
}

/// Why a text is no checksum.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadChecksum {
    /// It does not name the algorithm.
    #[error("a checksum is written with its kind first, such as sha256:9f86d0…")]
    Form,
    /// It names one that is not known here.
    #[error("{name} is not known: use sha256, sha512, sha1, md5 or crc32")]
    Algorithm {
        /// The name.
        name: String,
    },
    /// It has something other than the digits of its algorithm.
    #[error("a {name} has {digits} hexadecimal digits")]
    Digits {
        /// The algorithm.
        name: &'static str,
        /// How many digits it has.
        digits: usize,
    },
    /// It is no sum and a number of blocks.
    #[error("a sum has five digits and a number of blocks, such as sum:00322 6")]
    Sum,
}

#[cfg(test)]
mod tests {
    use super::*;
    use Algorithm::{BsdSum, Crc32, Md5, Sha1, Sha256, Sha512};

    fn of(algorithm: Algorithm, bytes: &[u8]) -> String {
        algorithm.compute(bytes, &|| false).unwrap().unwrap().digits()
    }

    #[test]
    fn every_algorithm_gives_what_its_own_tool_prints() {
        for (algorithm, bytes, digits) in [
            (
                Sha512,
                &b"abc"[..],
                "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            ),
            (Sha256, b"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (Sha1, b"abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (Md5, b"abc", "900150983cd24fb0d6963f7d28e17f72"),
            (Md5, b"", "d41d8cd98f00b204e9800998ecf8427e"),
            (Crc32, b"123456789", "cbf43926"),
            (Crc32, b"", "00000000"),
            (BsdSum, b"", "00000 0"),
            (BsdSum, b"abc", "16556 1"),
        ] {
            assert_eq!(of(algorithm, bytes), digits, "{} of {bytes:?}", algorithm.name());
        }
    }

    #[test]
    fn the_sum_of_bsd_counts_blocks_as_coreutils_does_also_over_many_reads() {
        let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| n.to_le_bytes()[0]).collect();
        assert_eq!(of(BsdSum, &bytes), "36224 2930");
        assert_eq!(of(BsdSum, &bytes[..1024]), "02048 1");
        assert_eq!(of(BsdSum, &bytes[..1025]), "01024 2");
    }

    #[test]
    fn a_checksum_that_a_person_types_is_read_in_every_usual_form_and_written_in_one() {
        let md5 = "md5:d41d8cd98f00b204e9800998ecf8427e";
        for (text, written) in [
            (md5, md5),
            ("MD5: D41D8CD98F00B204E9800998ECF8427E ", md5),
            ("crc-32:CBF43926", "crc32:cbf43926"),
            ("sum:00322   6", "sum:00322 6"),
        ] {
            assert_eq!(text.parse::<Checksum>().unwrap().to_string(), written);
        }
        let sha = format!("SHA2-256:{}", "0a".repeat(32));
        assert_eq!(sha.parse::<Checksum>().unwrap().algorithm(), Sha256);
    }

    #[test]
    fn a_checksum_that_is_mistyped_says_what_is_wrong() {
        for (text, what) in [
            ("d41d8cd98f00b204e9800998ecf8427e", "kind first"),
            ("md4:d41d8cd98f00b204e9800998ecf8427e", "md4 is not known"),
            ("md5:d41d8cd98f00b204e9800998ecf8427", "32 hexadecimal digits"),
            ("md5:g41d8cd98f00b204e9800998ecf8427e", "32 hexadecimal digits"),
            ("md5:+41d8cd98f00b204e9800998ecf8427e", "32 hexadecimal digits"),
            ("sha256:", "64 hexadecimal digits"),
            ("sum:322 6", "five digits"),
            ("sum:00322", "five digits"),
            ("sum:99999 6", "five digits"),
            ("", "kind first"),
        ] {
            let error = text.parse::<Checksum>().unwrap_err().to_string();
            assert!(error.contains(what), "{text:?}: {error}");
        }
    }

    #[test]
    fn computing_ends_when_it_is_told_to() {
        assert_eq!(Sha1.compute(io::repeat(0), &|| true).unwrap(), None);
    }

    #[test]
    fn what_can_be_forged_says_so() {
        assert_eq!(Md5.caveat(), Some("detects damage, not tampering"));
        assert_eq!(Sha256.caveat(), None);
    }
}
