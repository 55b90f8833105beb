//! The name of a server, ready to be looked up.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use super::address::AddressError;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_looked_up_under_the_name_that_was_meant() {
        for (text, host) in [
            ("FTP.Example.org", "ftp.example.org"),
            ("127.0.0.1", "127.0.0.1"),
            ("[::1]", "::1"),
            ("2001:DB8::1", "2001:db8::1"),
            ("[fe80::1%25eth0]", "fe80::1%eth0"),
            ("bücher.example", "xn--bcher-kva.example"),
        ] {
            assert_eq!(text.parse::<Host>().unwrap().as_str(), host, "for {text}");
        }
    }

    #[test]
    fn what_cannot_be_a_server_is_refused_and_never_guessed_at() {
        for text in ["", "192.168.1", "1.2.3.4.5", "a b", "[::1", "[fe80::1%25a/b]", "a<b", "a%zz"]
        {
            assert!(text.parse::<Host>().is_err(), "{text}");
        }
    }
}
