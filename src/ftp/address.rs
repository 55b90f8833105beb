//! `ftp://` and `ftps://` links, taken apart and put together (RFC 1738 §3.2, RFC 3986 §3).
//!
//! A path on an FTP server is bytes, and [`RemotePath`] keeps them as bytes. It never passes through
//! `url::Url`, which folds `..`, turns `\` into `/` and cuts the name at `?` and `#`: each of these
//! would fetch another file than the one that was linked to.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, percent_encode};

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

/// The name or the IP address of a server, ready to be looked up. IPv6 without brackets.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Host(String);

impl Host {
    /// As it is given to the system's resolver: ASCII, international names in their `xn--` form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address that every computer has for itself, for tests and for the practice server.
    #[must_use]
    pub fn loopback() -> Self {
        Self(Ipv4Addr::LOCALHOST.to_string())
    }
}

impl FromStr for Host {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let bad = || AddressError::Host { host: text.to_owned() };
        if text.is_empty() {
            return Err(AddressError::NoHost);
        }
        let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        if let Some(v6) = bare.or_else(|| text.matches(':').nth(1).map(|_| text)) {
            // A zone id (RFC 6874) names a network card of this computer: `fe80::1%25eth0`.
            let (ip, zone) = v6.split_once('%').map_or((v6, ""), |(ip, zone)| (ip, zone));
            let ip = Ipv6Addr::from_str(ip).map_err(|_| bad())?;
            let zone = zone.strip_prefix("25").unwrap_or(zone);
            let is_word = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
            return match zone {
                "" => Ok(Self(ip.to_string())),
                zone if zone.chars().all(is_word) => Ok(Self(format!("{ip}%{zone}"))),
                _ => Err(bad()),
            };
        }
        // `192.168.1` and `0x7f.1` are not what anybody means by a server's name.
        if text.chars().all(|c| c.is_ascii_digit() || c == '.') {
            return Ipv4Addr::from_str(text).map(|ip| Self(ip.to_string())).map_err(|_| bad());
        }
        if text.contains(char::is_whitespace) {
            return Err(bad());
        }
        match url::Host::parse(text).map_err(|_| bad())? {
            url::Host::Domain(name) if name.len() <= 253 => Ok(Self(name)),
            _ => Err(bad()),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
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

/// A path on a server, in bytes.
///
/// RFC 1738 §3.2.2: a link's path starts in the folder that the login opens; `%2F` or a second `/`
/// at its start means the server's root.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct RemotePath {
    is_absolute: bool,
    segments: Vec<Vec<u8>>,
    is_folder: bool,
}

impl RemotePath {
    /// Takes the part of a link after the host and its `/`.
    ///
    /// # Errors
    ///
    /// [`AddressError::ForbiddenByte`] if it decodes to CR, LF or NUL: they would end the command
    /// and begin another.
    pub fn from_link(raw: &str) -> Result<Self, AddressError> {
        let (raw, type_code) =
            match raw.len().checked_sub(7).and_then(|at| raw.split_at_checked(at)) {
                Some((path, end)) if end.to_ascii_lowercase().starts_with(";type=") => {
                    match end.chars().last().map(|c| c.to_ascii_lowercase()) {
                        Some(code @ ('a' | 'i' | 'd')) => (path, Some(code)),
                        _ => (raw, None),
                    }
                }
                _ => (raw, None),
            };
        let segments = raw.split('/').map(|raw| percent_decode_str(raw).collect()).collect();
        let mut path = Self::from_segments(segments)?;
        path.is_folder |= type_code == Some('d');
        Ok(path)
    }

    /// Takes a path as a person types it, without any decoding: `%41` is three characters.
    ///
    /// One leading `/` is a habit and means the same as none; two mean the server's root.
    ///
    /// # Errors
    ///
    /// [`AddressError::ForbiddenByte`] if it holds CR, LF or NUL.
    pub fn from_typed(text: &str) -> Result<Self, AddressError> {
        let text = text.strip_prefix('/').unwrap_or(text);
        Self::from_segments(text.split('/').map(|part| part.as_bytes().to_vec()).collect())
    }

    fn from_segments(mut segments: Vec<Vec<u8>>) -> Result<Self, AddressError> {
        if let Some(&byte) =
            segments.iter().flatten().find(|byte| matches!(byte, b'\r' | b'\n' | 0))
        {
            return Err(AddressError::ForbiddenByte { byte });
        }
        let is_folder = segments.last().is_some_and(Vec::is_empty);
        if is_folder {
            segments.pop();
        }
        let mut is_absolute = false;
        if let Some(first) = segments.first_mut() {
            if first.is_empty() {
                is_absolute = true;
                segments.remove(0);
            } else if first.first() == Some(&b'/') {
                is_absolute = true;
                first.remove(0);
                if first.is_empty() {
                    segments.remove(0);
                }
            }
        }
        Ok(Self { is_absolute, is_folder: is_folder || segments.is_empty(), segments })
    }

    /// The whole path as one command argument. Empty: the folder that the login opens.
    #[must_use]
    pub fn to_wire(&self) -> Vec<u8> {
        let mut wire = if self.is_absolute { b"/".to_vec() } else { Vec::new() };
        wire.extend(self.segments.join(&b'/'));
        wire
    }

    /// The folders to enter one by one (`CWD`), for servers that take no paths: `/` first if the
    /// path begins at the root.
    pub fn folders(&self) -> impl Iterator<Item = &[u8]> {
        let root = self.is_absolute.then_some(&b"/"[..]);
        let last = self.segments.len().saturating_sub(usize::from(!self.is_folder));
        root.into_iter().chain(self.segments.iter().take(last).map(Vec::as_slice))
    }

    /// The last part: the file's name, or the folder's. `None` for the login folder and the root.
    #[must_use]
    pub fn name(&self) -> Option<&[u8]> {
        self.segments.last().map(Vec::as_slice)
    }

    /// Whether it is a folder for certain: nothing, or something that ends in `/`.
    #[must_use]
    pub fn is_folder(&self) -> bool {
        self.is_folder
    }

    /// As a person would type it, with a leading `/`; `None` if it cannot be typed
    /// because it is not UTF-8 or holds control characters.
    #[must_use]
    pub fn to_typed(&self) -> Option<String> {
        let mut wire = b"/".to_vec();
        wire.extend(self.to_wire());
        if self.is_folder && !self.segments.is_empty() {
            wire.push(b'/');
        }
        String::from_utf8(wire).ok().filter(|text| !text.contains(char::is_control))
    }
}

impl fmt::Debug for RemotePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RemotePath({self})")
    }
}

/// What stays as it is in a link's path; everything else becomes `%XX`.
const IN_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'/')
    .add(b';')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The same for user names.
const IN_USER: &AsciiSet = &IN_PATH.add(b':').add(b'@');

impl fmt::Display for RemotePath {
    /// As in a link, beginning with the `/` that follows the host.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("/")?;
        if self.is_absolute {
            f.write_str("%2F")?;
        }
        for (n, segment) in self.segments.iter().enumerate() {
            if n > 0 {
                f.write_str("/")?;
            }
            write!(f, "{}", percent_encode(segment, IN_PATH))?;
        }
        if self.is_folder && !self.segments.is_empty() {
            f.write_str("/")?;
        }
        Ok(())
    }
}

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
fn split_port(place: &str) -> Result<(&str, Option<u16>), AddressError> {
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
            _ => Err(AddressError::Port { port: port.to_owned() }),
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
    #[error("“{}” is not a port. It is a number from 1 to 65535, usually 21", port.escape_debug())]
    Port {
        /// What was given.
        port: String,
    },
    /// CR, LF or NUL: they would end a command and smuggle in another.
    #[error(
        "The address holds a control character (byte {byte:#04x}), which no FTP command may carry. Remove it"
    )]
    ForbiddenByte {
        /// The byte.
        byte: u8,
    },
}
