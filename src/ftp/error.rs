//! How a conversation with a server can break.

use std::io;
use std::time::Duration;

use super::certificate::{Certificate, Fingerprint};
use super::command::BadArgument;
use super::proxy::ProxyTrouble;
use super::reply::Reply;
use super::way::Family;

/// How a conversation with a server can break.
///
/// `Display` is for the log: it says what happened and no more. What it means for a person, and
/// what to do next, is decided once, in [`transfer::Failure`](crate::transfer::Failure).
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server's name could not be turned into an IP address.
    #[error("the name {host} was not found")]
    Unknown {
        /// The name.
        host: String,
        /// What the system's resolver said.
        source: io::Error,
    },
    /// No control connection could be made.
    #[error("{host} port {port} cannot be reached")]
    Unreachable {
        /// The server.
        host: String,
        /// Its port.
        port: u16,
        /// What the last address that was tried answered.
        source: io::Error,
    },
    /// The server has addresses, but none of the kind that was asked for.
    #[error("{host} has no {family} address")]
    WrongFamily {
        /// The name.
        host: String,
        /// The kind.
        family: Family,
    },
    /// A proxy stands in the way.
    #[error("the proxy {proxy}: {trouble}")]
    Proxy {
        /// Where it is, without name and password.
        proxy: String,
        /// What happened.
        #[source]
        trouble: ProxyTrouble,
    },
    /// No data connection could be made, in any way the server offers.
    #[error("the data connection could not be made (tried {tried})")]
    NoDataConnection {
        /// Whether the server was to make it (active mode).
        is_active: bool,
        /// The commands that were tried, such as `EPSV and PASV`.
        tried: String,
        /// What went wrong with the last of them.
        source: io::Error,
    },
    /// Nothing came for so long that waiting on makes no sense.
    #[error("nothing came for {} s while {awaiting}", waited.as_secs_f32())]
    Silent {
        /// How long.
        waited: Duration,
        /// What was awaited.
        awaiting: Awaiting,
    },
    /// The server closed the control connection in mid-conversation.
    #[error("the server closed the connection")]
    HungUp,
    /// A connection was cut: reset, or broken by the network.
    #[error("the connection was cut")]
    Cut(#[source] io::Error),
    /// The conversation ended on a command that may be longer than the server can take.
    #[error("the server closed the connection on a command of {length} bytes")]
    Overlong {
        /// The length of the command in bytes.
        length: usize,
        /// How it ended.
        source: Box<Error>,
    },
    /// What came is not FTP, or longer than any FTP reply may be.
    #[error("what came is not FTP: {said}")]
    Garbled {
        /// The beginning of what came, escaped.
        said: String,
    },
    /// What came has no end in sight, and is longer than anybody can use.
    #[error("{what}")]
    TooLong {
        /// What it was, in a sentence without a full stop.
        what: &'static str,
    },
    /// What should come quickly came in drops.
    #[error("only {bytes} bytes came in {} s", waited.as_secs())]
    TooSlow {
        /// How many bytes.
        bytes: u64,
        /// In how long.
        waited: Duration,
    },
    /// The server said no.
    #[error("{command} was answered {reply}")]
    Refused {
        /// The command, masked where it is secret.
        command: String,
        /// The answer.
        reply: Reply,
    },
    /// Commands that travelled together got no answers, or none that make sense. Step by step it may
    /// well work; nothing else can be said in this conversation.
    #[error("the server did not keep up with commands that were sent together")]
    Stumbled {
        /// What went wrong.
        source: Box<Error>,
    },
    /// The server was spoken to before it had greeted, as one that was met before, and is another one
    /// now, or does not take that. Nothing else can be said in this conversation.
    #[error("this is not the server that was met before ({instead})")]
    Mistaken {
        /// What it said, or did, instead of the greeting that was expected.
        instead: String,
    },
    /// The server's certificate is not believed.
    #[error("the server's certificate is not trusted: {reason}")]
    Untrusted {
        /// The certificate.
        certificate: Box<Certificate>,
        /// Why, in words: "it has expired".
        reason: String,
    },
    /// The server shows another certificate than the one that a person trusts here.
    #[error("the server's certificate is not the one that is trusted")]
    CertificateChanged {
        /// The certificate that it shows.
        certificate: Box<Certificate>,
        /// The certificate that is trusted.
        trusted: Fingerprint,
        /// Why nobody would believe the new one either. `None`: the system would.
        doubt: Option<String>,
    },
    /// The two sides could not agree on TLS, or one broke its rules.
    #[error("no secure connection: {what}")]
    Tls {
        /// What went wrong.
        what: String,
    },
    /// The server does not secure the connection although it must be (`AUTH TLS` or `PROT P`).
    #[error("the server offers no secure connection: {command} was answered {reply}")]
    NoTls {
        /// The command.
        command: String,
        /// The answer.
        reply: Reply,
        /// Whether the server has spoken TLS before.
        did_before: bool,
    },
    /// An argument that cannot be sent.
    #[error(transparent)]
    Argument(#[from] BadArgument),
    /// We were told to stop.
    #[error("stopped")]
    Stopped,
}

/// So many bytes every server takes in one command. vsftpd hangs up on more than 4096.
const SHORT: usize = 1024;

impl Error {
    /// That of a conversation in which the server has said yes to nothing since it was told a command of
    /// `length` bytes.
    pub(super) fn on_command_of(self, length: usize) -> Self {
        match self {
            Self::HungUp | Self::Cut(_) if length > SHORT => {
                Self::Overlong { length, source: Box::new(self) }
            }
            _ => self,
        }
    }

    /// Whether the server said no, as opposed to nothing at all.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }
}

/// What a connection was waiting for when it fell silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Awaiting {
    /// The TCP connection itself.
    Connection,
    /// The proxy, which is to connect us.
    Proxy,
    /// The first reply.
    Greeting,
    /// The answer to a command.
    Reply,
    /// Bytes of the file.
    Data,
    /// The last word on a transfer.
    FinalReply,
}

impl std::fmt::Display for Awaiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Connection => "connecting",
            Self::Proxy => "waiting for the proxy",
            Self::Greeting => "waiting for the greeting",
            Self::Reply => "waiting for an answer",
            Self::Data => "waiting for data",
            Self::FinalReply => "waiting for the final reply",
        })
    }
}
