//! What happened, in one sentence for people (product contract §8).

use std::fmt::{self, Write as _};

use super::failure::{Class, Failure};
use crate::ftp::Certificate;
use crate::{disk, ftp, words};

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sentence = String::new();
        self.say(&mut sentence)?;
        f.write_str(&words::shown(&sentence))
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Disk { error, .. } => Some(error),
            Self::Server { error, .. } => Some(error),
            Self::Torn { why, .. } => why.source(),
            Self::NotAFile
            | Self::DeadLink
            | Self::Unaskable(_)
            | Self::Doubtful { .. }
            | Self::Stopped { .. }
            | Self::Folder(_)
            | Self::Bug { .. } => None,
        }
    }
}

impl Failure {
    /// The sentence, with whatever the server may have put into it.
    fn say(&self, f: &mut String) -> fmt::Result {
        use ftp::Error;
        match self {
            Self::NotAFile => f.write_str("The address names a folder, not a file"),
            Self::DeadLink => f.write_str(
                "It is a link that leads nowhere, or to what the server does not let you see",
            ),
            Self::Unaskable(bad) => {
                write!(
                    f,
                    "Its name cannot be sent in an FTP command: it holds the byte {:#04x}",
                    bad.byte
                )
            }
            Self::Disk { error, .. } => match error {
                disk::Error::Full { needed: Some(needed), free: Some(free), .. } => {
                    let missing = words::bytes(needed.saturating_sub(*free));
                    let free = words::bytes(*free);
                    write!(f, "This disk has {free} free; the file needs {missing} more")
                }
                disk::Error::Full { .. } => f.write_str("The disk is full"),
                disk::Error::Io { source, .. } => {
                    write!(f, "{error}: {}", words::io_error(source))
                }
                // The others begin with a path, which stays as it is.
                disk::Error::InUse { .. } | disk::Error::TooLarge { .. } => {
                    f.write_str(&words::sentence(&error.to_string()))
                }
                disk::Error::Exists { .. }
                | disk::Error::IsFolder { .. }
                | disk::Error::NoFolder { .. } => write!(f, "{error}"),
            },
            Self::Server { server, is_guest, error, .. } => match error {
                Error::Refused { reply, .. } if reply.says_too_many() => {
                    write!(f, "{server} is full: it said “{reply}”")
                }
                Error::Refused { command, reply } => match self.class() {
                    Class::Login if *is_guest => {
                        write!(f, "{server} does not take guests: it said “{reply}”")
                    }
                    Class::Login => {
                        write!(
                            f,
                            "{server} did not accept the name and password: it said “{reply}”"
                        )
                    }
                    Class::Missing => write!(
                        f,
                        "The server has no file with this name, or does not let you read it: it said “{reply}”"
                    ),
                    _ if command == "the greeting" => {
                        write!(f, "{server} does not let you in: it said “{reply}”")
                    }
                    _ => write!(f, "{server} answered {} with “{reply}”", verb(command)),
                },
                Error::Unknown { host, .. } => write!(f, "No server named {host} was found"),
                Error::Unreachable { source, .. } => {
                    write!(f, "{server} cannot be reached: {}", words::io_error(source))
                }
                Error::WrongFamily { host, family } => write!(f, "{host} has no {family} address"),
                Error::Proxy { proxy, trouble } => proxy_trouble(f, proxy, trouble),
                Error::NoDataConnection { is_active: true, tried, source } => write!(
                    f,
                    "Signed in, but the server brings no file in active mode ({tried}): {source}"
                ),
                Error::NoDataConnection { is_active: false, tried, .. } => write!(
                    f,
                    "Signed in, but the server's file channel cannot be reached (tried {tried})"
                ),
                Error::Silent { waited, awaiting } => {
                    let waited = words::duration(*waited);
                    match awaiting {
                        ftp::Awaiting::Proxy => write!(f, "No answer from the proxy in {waited}"),
                        ftp::Awaiting::Connection | ftp::Awaiting::Greeting => {
                            write!(f, "No answer from {server} in {waited}")
                        }
                        ftp::Awaiting::Reply => {
                            write!(f, "{server} stopped answering for {waited}")
                        }
                        ftp::Awaiting::Data => write!(f, "{server} sent nothing for {waited}"),
                        ftp::Awaiting::FinalReply => {
                            write!(f, "{server} did not say within {waited} that this was all")
                        }
                    }
                }
                Error::Mistaken { .. } => {
                    write!(f, "{server} is another server than the one that was met before")
                }
                Error::Stumbled { .. } => write!(f, "{server} answers out of step"),
                Error::HungUp => write!(f, "{server} closed the connection"),
                Error::Overlong { length, .. } => write!(
                    f,
                    "{server} hangs up on a command of {} bytes: the path may be longer than it can take",
                    words::count(u64::try_from(*length).unwrap_or(u64::MAX))
                ),
                Error::Cut(source) => {
                    write!(f, "The connection to {server} was cut: {}", words::io_error(source))
                }
                Error::Garbled { said } => {
                    write!(f, "{server} does not speak FTP: it said “{said}”")
                }
                Error::Untrusted { certificate, reason } => {
                    write!(f, "The certificate of {server} is not trusted: {reason}. It ")?;
                    describe(f, certificate)
                }
                Error::CertificateChanged { certificate, trusted, doubt } => {
                    let doubt = doubt.as_deref().map_or_else(
                        || "this computer would trust it".to_owned(),
                        |doubt| format!("this computer would not trust it: {doubt}"),
                    );
                    write!(
                        f,
                        "The certificate of {server} is not the one that you trust. It may have been \
                         renewed, or somebody stands between. The trusted one has the SHA-256 \
                         fingerprint {trusted}. The new one ({doubt}) "
                    )?;
                    describe(f, certificate)
                }
                Error::Tls { what } => write!(f, "No secure connection to {server}: {what}"),
                Error::NoTls { reply, did_before: true, .. } => write!(
                    f,
                    "{server} has offered a secure connection before and now refuses one: it said \
                     “{reply}”. It may have been changed, or somebody stands between"
                ),
                Error::NoTls { reply, .. } => {
                    write!(f, "{server} offers no secure connection: it said “{reply}”")
                }
                Error::Argument(error) => f.write_str(&words::sentence(&error.to_string())),
                Error::TooLong { what } => {
                    write!(f, "{}. Ashore stopped reading it", words::sentence(what))
                }
                Error::TooSlow { bytes, waited } => write!(
                    f,
                    "The server is too slow: only {} came in {} s",
                    words::counted(*bytes, "byte", "bytes"),
                    waited.as_secs()
                ),
                Error::Stopped => f.write_str("Stopped"),
            },
            Self::Doubtful { doubt, .. } => write!(f, "{doubt}"),
            Self::Stopped { .. } => f.write_str("Stopped"),
            Self::Folder(tally) => {
                let first = tally.first.as_deref().unwrap_or_default();
                write!(f, "Not all of the folder is here: {tally}. {first}")
            }
            Self::Torn { listed: 1, why } => {
                write!(f, "Only the first entry of its list is known. {why}")
            }
            Self::Torn { listed, why } => {
                let listed = words::count(*listed);
                write!(f, "Only the first {listed} entries of its list are known. {why}")
            }
            Self::Bug { what } => write!(f, "Ashore made a mistake: {what}"),
        }
    }
}

/// What went wrong with the proxy at `place`.
fn proxy_trouble(f: &mut String, place: &str, trouble: &ftp::ProxyTrouble) -> fmt::Result {
    use ftp::ProxyTrouble as Trouble;
    match trouble {
        Trouble::Unreachable(source) => {
            write!(f, "The proxy {place} cannot be reached: {}", words::io_error(source))
        }
        Trouble::Login { said } => {
            write!(f, "The proxy {place} does not let Ashore in: it said “{said}”")
        }
        Trouble::Refused { said } => write!(f, "The proxy {place} refuses: it said “{said}”"),
        Trouble::Failed { said } => {
            write!(f, "The proxy {place} did not reach the server: it said “{said}”")
        }
        Trouble::Garbled { said } => {
            write!(f, "The proxy {place} is none of this kind: it said “{said}”")
        }
        Trouble::ActiveMode => write!(
            f,
            "Active mode does not work through the proxy {place}: the server cannot connect to this computer through it"
        ),
    }
}

/// What a certificate says of itself, and its fingerprint: `is for h, has signed itself, …`.
fn describe(f: &mut String, certificate: &Certificate) -> fmt::Result {
    let Certificate { fingerprint, names, issuer, validity } = certificate;
    if !names.is_empty() {
        write!(f, "is for {}, ", names.join(", "))?;
    }
    match issuer {
        Some(issuer) => write!(f, "was signed by {issuer}, ")?,
        None => f.write_str("has signed itself, ")?,
    }
    if let Some((from, until)) = validity {
        write!(f, "is valid from {} until {}, ", words::day(*from), words::day(*until))?;
    }
    write!(f, "and has the SHA-256 fingerprint {fingerprint}")
}

/// `RETR` of `RETR /a/long/path`; but all of `the greeting`, which is no command.
fn verb(command: &str) -> &str {
    let first = command.split(' ').next().unwrap_or(command);
    if first.bytes().any(|byte| byte.is_ascii_lowercase()) { command } else { first }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_answered_is_named_whole() {
        assert_eq!(verb("RETR /a/long path"), "RETR");
        assert_eq!(verb("EPSV"), "EPSV");
        assert_eq!(verb("the greeting"), "the greeting");
    }
}
