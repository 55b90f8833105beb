//! `ftp://` and `ftps://` links, taken apart and put together (RFC 1738 §3.2, RFC 3986 §3).
//!
//! A path on an FTP server is bytes, and [`RemotePath`] keeps them as bytes. It never passes through
//! `url::Url`, which folds `..`, turns `\` into `/` and cuts the name at `?` and `#`: each of these
//! would fetch another file than the one that was linked to.

use std::fmt;
use std::str::FromStr;

use percent_encoding::{AsciiSet, percent_decode_str, percent_encode};

use super::host::Host;
use super::path::{IN_PATH, RemotePath};

/// Where a file is: the server, who we are to it, and the path there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// How the conversation is secured, as the link says it.
    pub scheme: Scheme,
    /// The server.
    pub host: Host,
    /// The TCP port of the control connection.
    pub port: u16,
    /// Who we are. A guest unless the link says otherwise.
    pub login: Login,
    /// The file or folder on the server.
    pub path: RemotePath,
}

/// The three schemes that FTP links come with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// `ftp://`: plain, or secured if the server and the settings allow it.
    Ftp,
    /// `ftpes://`: secured by `AUTH TLS` (RFC 4217), or not at all.
    Ftpes,
    /// `ftps://`: TLS from the first byte, on port 990.
    Ftps,
}

impl Scheme {
    /// The port that a link without one means.
    #[must_use]
    pub fn default_port(self) -> u16 {
        match self {
            Self::Ftp | Self::Ftpes => 21,
            Self::Ftps => 990,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Ftp => "ftp",
            Self::Ftpes => "ftpes",
            Self::Ftps => "ftps",
        }
    }
}

/// Who we are to a server.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Login {
    /// The user's name. `None`: a guest (`anonymous`, RFC 1635).
    pub user: Option<Vec<u8>>,
    /// The password that goes with it.
    pub password: Option<Secret>,
    /// The account that a few servers ask for besides (`ACCT`, RFC 959 §4.1.1).
    pub account: Option<Secret>,
}

impl Login {
    /// Whether it holds nothing that must not be written down.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.password.is_none() && self.account.is_none()
    }

    /// Whether nobody in particular signs in.
    #[must_use]
    pub fn is_guest(&self) -> bool {
        self.user.is_none()
    }
}

/// Bytes that are never shown: neither in a log nor by `{:?}`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Keeps `bytes` out of sight.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// The bytes, for the server alone.
    #[must_use]
    pub fn reveal(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("****")
    }
}

/// The same for user names.
const IN_USER: &AsciiSet = &IN_PATH.add(b':').add(b'@');

impl FromStr for Address {
    type Err = AddressError;

    /// Reads a link, or what people type for one: `host`, `host/path`, `user@host:port/path`.
    ///
    /// # Errors
    ///
    /// [`AddressError`], each with the sentence that says what to mend.
    fn from_str(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        let text = text.strip_prefix('<').and_then(|t| t.strip_suffix('>')).unwrap_or(text);
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        if let Some(control) = text.chars().find(|c| c.is_control()) {
            let byte = u8::try_from(u32::from(control)).unwrap_or(b'\r');
            return Err(AddressError::ForbiddenByte { byte });
        }
        if let Some((scheme @ ("ftp" | "ftps" | "ftpes"), rest)) = text.split_once(":/")
            && !rest.starts_with('/')
        {
            return Err(AddressError::OneSlash { scheme: scheme.to_owned() });
        }
        let (scheme, rest) = match text.split_once("://") {
            None => (Scheme::Ftp, text),
            Some((scheme, rest)) => match scheme.to_ascii_lowercase().as_str() {
                "ftp" => (Scheme::Ftp, rest),
                "ftpes" => (Scheme::Ftpes, rest),
                "ftps" => (Scheme::Ftps, rest),
                _ if scheme.contains('/') => (Scheme::Ftp, text),
                other => return Err(AddressError::Scheme { scheme: other.to_owned() }),
            },
        };
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (user_info, place) = match authority.rsplit_once('@') {
            Some((user_info, place)) => (Some(user_info), place),
            None => (None, authority),
        };
        let (host, port) = split_port(place)?;
        Ok(Self {
            scheme,
            host: host.parse()?,
            port: port.unwrap_or(scheme.default_port()),
            login: user_info.map(login).transpose()?.unwrap_or_default(),
            path: RemotePath::from_link(path)?,
        })
    }
}

/// `host:port`, `[v6]:port`, or either without a port.
pub(super) fn split_port(place: &str) -> Result<(&str, Option<u16>), AddressError> {
    let end_of_host = place.rfind(']').map_or(0, |at| at + 1);
    let Some((at, _)) =
        place.char_indices().skip_while(|&(at, _)| at < end_of_host).find(|&(_, c)| c == ':')
    else {
        return Ok((place, None));
    };
    let (host, port) = place.split_at(at);
    // Two colons and no brackets: an IPv6 address that somebody typed bare.
    if end_of_host == 0 && place.matches(':').count() > 1 {
        return Ok((place, None));
    }
    match port.strip_prefix(':').unwrap_or(port) {
        "" => Ok((host, None)),
        port => match port.parse() {
            Ok(port) if port > 0 => Ok((host, Some(port))),
            _ => Err(AddressError::Port),
        },
    }
}

fn login(user_info: &str) -> Result<Login, AddressError> {
    let (user, password) = match user_info.split_once(':') {
        Some((user, password)) => (user, Some(password)),
        None => (user_info, None),
    };
    let decode = |text: &str| -> Result<Vec<u8>, AddressError> {
        let bytes: Vec<u8> = percent_decode_str(text).collect();
        match bytes.iter().find(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
            Some(&byte) => Err(AddressError::ForbiddenByte { byte }),
            None => Ok(bytes),
        }
    };
    let user = Some(decode(user)?).filter(|user| !user.is_empty());
    Ok(Login { password: password.map(decode).transpose()?.map(Secret::new), user, account: None })
}

impl fmt::Display for Address {
    /// As a link, without the password: fit to be shown, logged and kept.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://", self.scheme.as_str())?;
        if let Some(user) = &self.login.user {
            write!(f, "{}@", percent_encode(user, IN_USER))?;
        }
        match self.host.as_str() {
            v6 if v6.contains(':') => write!(f, "[{}]", v6.replace('%', "%25"))?,
            name => f.write_str(name)?,
        }
        if self.port != self.scheme.default_port() {
            write!(f, ":{}", self.port)?;
        }
        write!(f, "{}", self.path)
    }
}

impl serde::Serialize for Address {
    /// As a link, without the password.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Address {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Why a text is not the address of a file on an FTP server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// There is no text at all.
    #[error("There is no address yet. Type or paste one, such as ftp://ftp.example.org/file.zip")]
    Empty,
    /// A scheme that is not FTP.
    #[error("{scheme}:// is not an FTP address. Ashore takes ftp://, ftps:// and ftpes://")]
    Scheme {
        /// What stands before `://`.
        scheme: String,
    },
    /// `ftp:/host`: who reads it kindly takes the password for a part of the path.
    #[error("After {scheme}: come two slashes: {scheme}://ftp.example.org/file.zip")]
    OneSlash {
        /// What stands before `:/`.
        scheme: String,
    },
    /// Nothing where the server's name should be.
    #[error("The address names no server. It should look like ftp://ftp.example.org/file.zip")]
    NoHost,
    /// A server's name that cannot be one.
    #[error("“{}” cannot be the name of a server. Check its spelling", host.escape_debug())]
    Host {
        /// What was given.
        host: String,
    },
    /// A port that is not a number from 1 to 65535.
    ///
    /// What was given is not repeated: with a `/` in a password, it is a part of that.
    #[error("The port is not a number from 1 to 65535; it usually is 21")]
    Port,
    /// CR, LF or NUL: they would end a command and smuggle in another.
    #[error(
        "The address holds a control character (byte {byte:#04x}), which no FTP command may carry. Remove it"
    )]
    ForbiddenByte {
        /// The byte.
        byte: u8,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn every_part_of_a_link_is_found() {
        let all = address("ftpes://u%40h%3Ax:p%40ss%3A%2Fw@FTP.example.org:2121/pub/a%20b");
        assert_eq!((all.scheme, all.port), (Scheme::Ftpes, 2121));
        assert_eq!(all.host.as_str(), "ftp.example.org");
        assert_eq!(all.login.user.as_deref(), Some(&b"u@h:x"[..]));
        assert_eq!(all.login.password.as_ref().map(Secret::reveal), Some(&b"p@ss:/w"[..]));
        assert_eq!(all.path.to_wire(), b"pub/a b");
    }

    #[test]
    fn people_may_leave_out_what_goes_without_saying() {
        for (text, link) in [
            ("ftp.example.org", "ftp://ftp.example.org/"),
            ("ftp.example.org/a/b", "ftp://ftp.example.org/a/b"),
            ("bob@example.org:2121/a", "ftp://bob@example.org:2121/a"),
            (" <ftp://example.org/a> ", "ftp://example.org/a"),
            ("::1", "ftp://[::1]/"),
            ("[::1]:2121/a", "ftp://[::1]:2121/a"),
            ("ftps://example.org:990/a", "ftps://example.org/a"),
            ("example.org/see/http://x", "ftp://example.org/see/http://x"),
        ] {
            assert_eq!(address(text).to_string(), link);
        }
    }

    #[test]
    fn what_is_no_ftp_address_says_what_to_mend() {
        for (text, error) in [
            ("", AddressError::Empty),
            ("http://example.org/a", AddressError::Scheme { scheme: "http".to_owned() }),
            ("ftp:///a", AddressError::NoHost),
            ("ftp:/h/a", AddressError::OneSlash { scheme: "ftp".to_owned() }),
            ("ftp://h:0/a", AddressError::Port),
            ("ftp://h:99999/a", AddressError::Port),
            ("ftp://u:pa/ss@h", AddressError::Port),
            ("ftp://h/a%0d%0aDELE%20b", AddressError::ForbiddenByte { byte: b'\r' }),
            ("ftp://u%0aX@h/a", AddressError::ForbiddenByte { byte: b'\n' }),
        ] {
            assert_eq!(text.parse::<Address>().unwrap_err(), error, "for {text}");
        }
    }

    #[test]
    fn a_password_is_never_shown_with_the_address() {
        let secret = address("ftp://bob:swordfish@example.org/a");
        assert_eq!(secret.to_string(), "ftp://bob@example.org/a");
        assert!(!format!("{secret:?}").contains("swordfish"));
        assert!(!serde_json::to_string(&secret).unwrap().contains("swordfish"));
    }
}
