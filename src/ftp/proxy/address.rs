//! What a proxy is called: `socks5h://user:password@proxy.example.org:1080`.

use std::fmt;
use std::str::FromStr;

use percent_encoding::percent_decode_str;

use crate::ftp::address::{Secret, split_port};
use crate::ftp::host::Host;
use crate::words;

/// The port of a proxy that names none, as curl has it.
const USUAL_PORT: u16 = 1080;

/// The longest name and the longest password, in bytes (RFC 1929 §2).
const MOST_IN_SOCKS: usize = 255;

/// Somebody who connects to servers for us. `Display` and `Debug` hide the password and the name.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    pub(super) protocol: Protocol,
    pub(super) host: Host,
    pub(super) port: u16,
    pub(super) login: Option<(Vec<u8>, Secret)>,
}

/// How a proxy is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    /// RFC 1928.
    Socks5 {
        /// `socks5://`: the server's name is looked up here. `socks5h://`: by the proxy.
        looks_up_here: bool,
    },
    /// RFC 9110 §9.3.6.
    Http,
}

impl Proxy {
    /// Whether the proxy is told the server's address, and not its name.
    pub(in crate::ftp) fn looks_up_here(&self) -> bool {
        matches!(self.protocol, Protocol::Socks5 { looks_up_here: true })
    }

    /// Whether it is told a name and a password.
    #[must_use]
    pub fn has_login(&self) -> bool {
        self.login.is_some()
    }

    /// Where it is, for people.
    #[must_use]
    pub fn place(&self) -> String {
        format!("{} port {}", self.host, self.port)
    }

    /// Name and password as HTTP wants them (RFC 7617 §2).
    pub(super) fn token(&self) -> Option<String> {
        let (user, password) = self.login.as_ref()?;
        Some(words::base64(&[user, &b":"[..], password.reveal()].concat()))
    }

    /// What the proxy said, without what it may repeat of our password.
    pub(super) fn masked(&self, said: &str) -> String {
        let Some((_, password)) = &self.login else { return said.to_owned() };
        let password = String::from_utf8_lossy(password.reveal()).into_owned();
        let secrets = [self.token().unwrap_or_default(), password];
        let secrets = secrets.iter().filter(|secret| !secret.is_empty());
        secrets.fold(said.to_owned(), |said, secret| said.replace(secret, "****"))
    }
}

impl FromStr for Proxy {
    type Err = ProxyError;

    /// Reads `[SCHEME://][USER[:PASSWORD]@]HOST[:PORT]`, as curl does. Without a scheme it is HTTP.
    fn from_str(text: &str) -> Result<Self, ProxyError> {
        let (scheme, rest) = text.trim().split_once("://").unwrap_or(("http", text.trim()));
        let protocol = match scheme.to_ascii_lowercase().as_str() {
            "http" => Protocol::Http,
            // GNOME writes `socks://` into all_proxy.
            "socks5" | "socks" => Protocol::Socks5 { looks_up_here: true },
            "socks5h" => Protocol::Socks5 { looks_up_here: false },
            // A word, and no piece of a password with `://` in it.
            other if other.chars().all(|c| c.is_ascii_alphanumeric()) => {
                return Err(ProxyError::Scheme { scheme: other.to_owned() });
            }
            _ => return Err(ProxyError::Host),
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (login, place) = match authority.rsplit_once('@') {
            None => (None, authority),
            Some((login, place)) => {
                let (user, password) = login.split_once(':').unwrap_or((login, ""));
                let decoded = |text| percent_decode_str(text).collect::<Vec<u8>>();
                let (user, password) = (decoded(user), decoded(password));
                let is_sayable = match protocol {
                    Protocol::Http => !user.contains(&b':'),
                    Protocol::Socks5 { .. } => user.len().max(password.len()) <= MOST_IN_SOCKS,
                };
                if !is_sayable {
                    return Err(ProxyError::Login);
                }
                (Some((user, Secret::new(password))), place)
            }
        };
        let (host, port) = split_port(place).map_err(|_| ProxyError::Port)?;
        let host = host.parse().map_err(|_| ProxyError::Host)?;
        let login = login.filter(|(user, _)| !user.is_empty());
        Ok(Self { protocol, host, port: port.unwrap_or(USUAL_PORT), login })
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.protocol {
            Protocol::Http => "http",
            Protocol::Socks5 { looks_up_here: true } => "socks5",
            Protocol::Socks5 { looks_up_here: false } => "socks5h",
        };
        match self.host.as_str() {
            host if host.contains(':') => write!(f, "{scheme}://[{host}]:{}", self.port),
            host => write!(f, "{scheme}://{host}:{}", self.port),
        }
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({self})")
    }
}

/// Why a text names no proxy. Repeats nothing that may be a piece of a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProxyError {
    /// A kind of proxy that is not spoken.
    #[error(
        "{scheme}:// is no kind of proxy that Ashore speaks to. It takes http://, socks5:// and socks5h://"
    )]
    Scheme {
        /// What stands before `://`.
        scheme: String,
    },
    /// No host, or one that cannot be.
    #[error(
        "it names no proxy. It should look like socks5h://proxy.example.org:1080 or http://NAME:PASSWORD@HOST:PORT; within name and password, write / as %2F, : as %3A and @ as %40"
    )]
    Host,
    /// A port that is not a number from 1 to 65535.
    #[error("the port of the proxy is not a number from 1 to 65535")]
    Port,
    /// A name or a password that this kind of proxy cannot be told.
    #[error(
        "this kind of proxy cannot be told such a name and password: HTTP takes no colon in the name, SOCKS at most 255 bytes for each"
    )]
    Login,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_that_people_write_a_proxy_in_is_understood() {
        for (text, meant) in [
            ("socks5://127.0.0.1:1081", "socks5://127.0.0.1:1081"),
            ("socks5h://u:p@proxy.example.org", "socks5h://proxy.example.org:1080"),
            ("socks://10.0.0.1:7891/", "socks5://10.0.0.1:7891"),
            ("HTTP://Proxy:3128/", "http://proxy:3128"),
            ("proxy:3128", "http://proxy:3128"),
            ("http://[::1]:8888", "http://[::1]:8888"),
            ("http://u%40h:p%3A@proxy:1", "http://proxy:1"),
        ] {
            assert_eq!(text.parse::<Proxy>().unwrap().to_string(), meant, "{text}");
        }
        let proxy: Proxy = "http://u%40h:p%3A@proxy:1".parse().unwrap();
        assert_eq!(proxy.token().unwrap(), words::base64(b"u@h:p:"));
    }

    #[test]
    fn what_is_no_proxy_is_refused_without_repeating_a_password() {
        for text in [
            "",
            "socks4://h:1",
            "https://h:1",
            "http://h:0",
            "http://u:hem/lock@h:1",
            "u:hem://lock@h:1",
            "http://u:hemlock@",
            "http://u:hemlock@h h:1",
            "http://a%3Ab:hemlock@h",
        ] {
            let error = text.parse::<Proxy>().unwrap_err().to_string();
            assert!(!error.contains("hem") && !error.contains("lock"), "{text}: {error}");
        }
    }

    #[test]
    fn a_proxys_password_is_never_shown_nor_what_the_proxy_repeats_of_it() {
        let proxy: Proxy = "http://bob:swordfish@h:1".parse().unwrap();
        let shown = format!("{proxy} {proxy:?} {}", proxy.place());
        assert!(!shown.contains("swordfish") && !shown.contains("bob"), "{shown}");
        let token = proxy.token().unwrap();
        let said = format!("407 Basic {token} swordfish");
        assert_eq!(proxy.masked(&said), "407 Basic **** ****");
    }
}
