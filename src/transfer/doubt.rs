//! Two facts about one file that disagree, and who told them.

use std::fmt;

use crate::disk::{Algorithm, Checksum};
use crate::words;

/// Two facts about a file that disagree. `Display` says which, without a full stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// The server called it complete before it had sent what it had announced.
    Short {
        /// The size in bytes that the server had announced.
        announced: u64,
        /// The bytes that it sent.
        received: u64,
    },
    /// The server sent more than it had announced.
    Long {
        /// The size in bytes that the server had announced.
        announced: u64,
        /// The bytes that it sent.
        received: u64,
        /// Whether Ashore hung up because there was no end in sight.
        is_endless: bool,
    },
    /// The bytes that are here are not those that the server sends now.
    Changed,
    /// The checksum of what arrived is not the one that it should have.
    Checksum(Box<Disagreement>),
}

/// A checksum that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disagreement {
    /// Who says what it should be.
    pub by: Witness,
    /// What it should be.
    pub expected: Checksum,
    /// What it is.
    pub actual: Checksum,
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Short { announced, received } => write!(
                f,
                "The server announced {}, sent {} and called it complete",
                words::counted(*announced, "byte", "bytes"),
                words::count(*received)
            ),
            Self::Long { announced, received, is_endless } => write!(
                f,
                "The server announced {} and sent {}{}",
                words::counted(*announced, "byte", "bytes"),
                words::count(*received),
                if *is_endless { " without coming to an end" } else { "" }
            ),
            Self::Changed => {
                f.write_str("The file on the server keeps changing while it is being fetched")
            }
            Self::Checksum(disagreement) => {
                let Disagreement { by, expected, actual } = disagreement.as_ref();
                write!(
                    f,
                    "The {} of what arrived is {}, but {by} says {}. So it is kept as .part and not \
                     given its name",
                    actual.algorithm().name(),
                    actual.digits(),
                    expected.digits()
                )
            }
        }
    }
}

/// Who knows the checksum of a file. `Display` is the middle of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Witness {
    /// The person, who gave it with the order.
    Person,
    /// The server, which computed it.
    Server(Algorithm),
    /// A checksum file of this name, beside the file on the server.
    List(String),
}

impl Witness {
    /// `Verified: MD5SUMS agrees (MD5 detects damage, not tampering)`.
    #[must_use]
    pub fn agrees(&self, with: Algorithm) -> String {
        let caveat = with.caveat().map(|caveat| format!(" ({} {caveat})", with.name()));
        format!("Verified: {self} agrees{}", caveat.unwrap_or_default())
    }
}

impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person => f.write_str("your checksum"),
            Self::Server(algorithm) => write!(f, "the server's {}", algorithm.name()),
            Self::List(name) => f.write_str(&words::shown(name)),
        }
    }
}
