//! Which proxy leads to which server: `ftp_proxy`, `all_proxy` and `no_proxy`, as curl reads them.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::ftp::{Host, Proxy, ProxyError};

/// The most exceptions that are read.
const MOST_EXCEPTIONS: usize = 10_000;

/// Which proxy leads to which server. Clones share what the person chooses. The default is none to
/// any.
#[derive(Debug, Clone, Default)]
pub struct Proxies(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    environment: Environment,
    choice: Mutex<ProxyChoice>,
}

/// What the environment says.
#[derive(Debug, Default)]
struct Environment {
    proxy: Option<Proxy>,
    exceptions: Vec<Exception>,
}

/// Through whom servers are reached, as the person chooses. `Display` leaves out a name and a
/// password.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ProxyChoice {
    /// As the environment says.
    #[default]
    Environment,
    /// Through nobody, whatever the environment says.
    Straight,
    /// Through this one, to all servers.
    Through(Proxy),
}

impl ProxyChoice {
    /// Whether it holds a name and a password, which must not be written down.
    #[must_use]
    pub fn has_login(&self) -> bool {
        matches!(self, Self::Through(proxy) if proxy.has_login())
    }
}

impl FromStr for ProxyChoice {
    type Err = ProxyError;

    /// Reads what [`Proxy`] does, and `none`; of nothing, it is as the environment says.
    fn from_str(text: &str) -> Result<Self, ProxyError> {
        match text.trim() {
            "" => Ok(Self::Environment),
            "none" => Ok(Self::Straight),
            text => text.parse().map(Self::Through),
        }
    }
}

impl fmt::Display for ProxyChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment => Ok(()),
            Self::Straight => f.write_str("none"),
            Self::Through(proxy) => proxy.fmt(f),
        }
    }
}

/// Servers that are reached without the proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Exception {
    /// `*`.
    All,
    /// `example.org`, `.example.org`, `example.org:2121`: it and all that end in it.
    Name { suffix: String, port: Option<u16> },
    /// `192.0.2.1`, `192.0.2.0/24`, `[2001:db8::1]:2121`.
    Net { ip: IpAddr, bits: u32, port: Option<u16> },
}

/// A variable of the environment that names no proxy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the proxy in {name}: {error}")]
pub struct BadVariable {
    name: &'static str,
    error: ProxyError,
}

impl Proxies {
    /// As the person chooses, in an environment that says nothing.
    #[must_use]
    pub fn chosen(choice: ProxyChoice) -> Self {
        let proxies = Self::default();
        proxies.choose(choice);
        proxies
    }

    /// From the next connection on, it is as the person chooses.
    pub fn choose(&self, choice: ProxyChoice) {
        *self.choice() = choice;
    }

    /// The proxy that the environment names, as it may be shown.
    #[must_use]
    pub fn of_environment(&self) -> Option<String> {
        self.0.environment.proxy.as_ref().map(ToString::to_string)
    }

    /// What the environment says. `variable` looks one up; empty ones count as missing.
    ///
    /// # Errors
    ///
    /// [`BadVariable`] if the one that counts names no proxy.
    pub fn from_environment(
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, BadVariable> {
        let filled = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let names = ["ftp_proxy", "FTP_PROXY", "all_proxy", "ALL_PROXY"];
        let found = names.into_iter().find_map(|name| filled(name).map(|value| (name, value)));
        let Some((name, value)) = found else { return Ok(Self::default()) };
        let proxy = value.parse().map_err(|error| BadVariable { name, error })?;
        let exceptions = filled("no_proxy").or_else(|| filled("NO_PROXY")).unwrap_or_default();
        let words = exceptions.split([',', ' ']).filter(|word| !word.is_empty());
        let exceptions = words.take(MOST_EXCEPTIONS).filter_map(exception).collect();
        let environment = Environment { proxy: Some(proxy), exceptions };
        Ok(Self(Arc::new(Shared { environment, ..Shared::default() })))
    }

    /// The proxy that leads to `port` of `host`. `None`: straight there.
    #[must_use]
    pub fn to(&self, host: &Host, port: u16) -> Option<Proxy> {
        match &*self.choice() {
            ProxyChoice::Environment => self.0.environment.to(host, port),
            ProxyChoice::Straight => None,
            ProxyChoice::Through(proxy) => Some(proxy.clone()),
        }
    }

    fn choice(&self) -> MutexGuard<'_, ProxyChoice> {
        // Whoever panicked with this lock left a whole choice behind.
        self.0.choice.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Environment {
    fn to(&self, host: &Host, port: u16) -> Option<Proxy> {
        let is_excepted = self.exceptions.iter().any(|exception| exception.has(host, port));
        self.proxy.clone().filter(|_| !is_excepted)
    }
}

impl Exception {
    fn has(&self, host: &Host, at: u16) -> bool {
        match self {
            Self::All => true,
            Self::Name { suffix, port } => {
                let before = host.as_str().strip_suffix(suffix.as_str());
                let is_in = before.is_some_and(|before| before.is_empty() || before.ends_with('.'));
                is_in && port.is_none_or(|port| port == at)
            }
            Self::Net { ip, bits, port } => {
                let is_in = host.as_str().parse().is_ok_and(|host| is_in(host, *ip, *bits));
                is_in && port.is_none_or(|port| port == at)
            }
        }
    }
}

/// Whether the first `bits` bits of both are equal.
fn is_in(ip: IpAddr, net: IpAddr, bits: u32) -> bool {
    match (ip, net) {
        (IpAddr::V4(ip), IpAddr::V4(net)) => {
            let other = ip.to_bits() ^ net.to_bits();
            other.leading_zeros() >= bits
        }
        (IpAddr::V6(ip), IpAddr::V6(net)) => {
            let other = ip.to_bits() ^ net.to_bits();
            other.leading_zeros() >= bits
        }
        _ => false,
    }
}

/// One word of `no_proxy`. What makes no sense excepts nothing.
fn exception(word: &str) -> Option<Exception> {
    if word == "*" {
        return Some(Exception::All);
    }
    if let Some((ip, bits)) = word.split_once('/') {
        let ip: IpAddr = bare(ip).parse().ok()?;
        let most = if ip.is_ipv4() { 32 } else { 128 };
        let bits = bits.parse().ok().filter(|&bits| bits <= most)?;
        return Some(Exception::Net { ip, bits, port: None });
    }
    let net = |ip: IpAddr, port| {
        Some(Exception::Net { ip, bits: if ip.is_ipv4() { 32 } else { 128 }, port })
    };
    if let Ok(ip) = bare(word).parse() {
        return net(ip, None);
    }
    let (place, port) = match word.rsplit_once(':') {
        Some((place, port)) => (place, Some(port.parse().ok()?)),
        None => (word, None),
    };
    if let Ok(ip) = bare(place).parse() {
        return net(ip, port);
    }
    let place = place.strip_prefix('*').unwrap_or(place);
    let place = place.strip_prefix('.').unwrap_or(place);
    let place = place.strip_suffix('.').unwrap_or(place);
    // In the form in which hosts are kept: small letters, international names as `xn--`.
    let suffix = place.parse::<Host>().ok()?.as_str().to_owned();
    Some(Exception::Name { suffix, port })
}

/// An IPv6 address without its brackets.
fn bare(text: &str) -> &str {
    text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(variables: &[(&str, &str)]) -> Result<Proxies, BadVariable> {
        Proxies::from_environment(&|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    fn way(variables: &[(&str, &str)], host: &str, port: u16) -> Option<String> {
        let proxies = proxies(variables).unwrap();
        proxies.to(&host.parse().unwrap(), port).map(|proxy| proxy.to_string())
    }

    #[test]
    fn the_more_special_variable_counts_and_an_empty_one_is_none() {
        for (variables, found) in [
            (&[][..], None),
            (&[("http_proxy", "http://h:1")], None),
            (&[("ALL_PROXY", "socks5h://a:1")], Some("socks5h://a:1")),
            (&[("all_proxy", "socks5h://a:1"), ("ftp_proxy", "f:2")], Some("http://f:2")),
            (&[("all_proxy", "socks5h://a:1"), ("FTP_PROXY", "f:2")], Some("http://f:2")),
            (&[("all_proxy", "socks5h://a:1"), ("ftp_proxy", "")], Some("socks5h://a:1")),
        ] {
            assert_eq!(way(variables, "h.example", 21).as_deref(), found, "{variables:?}");
        }
    }

    #[test]
    fn servers_that_no_proxy_names_are_reached_without_one() {
        for (exceptions, host, port, is_direct) in [
            ("*", "h.example", 21, true),
            ("example", "h.example", 21, true),
            (".h.example", "h.example", 21, true),
            ("*.example", "a.h.Example", 21, true),
            ("ample", "h.example", 21, false),
            ("h.example.org, other", "h.example", 21, false),
            ("a b,h.example", "h.example", 21, true),
            ("h.example:2121", "h.example", 21, false),
            ("h.example:2121", "h.example", 2121, true),
            ("bücher.example", "xn--bcher-kva.example", 21, true),
            ("127.0.0.1", "127.0.0.1", 21, true),
            ("27.0.0.1", "127.0.0.1", 21, false),
            ("192.168.0.0/16", "192.168.7.9", 21, true),
            ("192.168.0.0/16", "192.169.7.9", 21, false),
            ("0.0.0.0/0", "10.0.0.1", 21, true),
            ("0.0.0.0/0", "::1", 21, false),
            ("2001:db8::/32", "2001:db8:1::7", 21, true),
            ("[::1]:21,x", "::1", 21, true),
            ("[::1]:22", "::1", 21, false),
            ("10.0.0.0/99,/,:,//8,*x*", "10.0.0.1", 21, false),
        ] {
            let variables = [("all_proxy", "p:1"), ("no_proxy", exceptions)];
            let is_found = way(&variables, host, port).is_some();
            assert_eq!(is_found, !is_direct, "{exceptions} for {host}:{port}");
        }
    }

    #[test]
    fn what_the_person_chooses_goes_before_the_environment_from_then_on() {
        let shared = proxies(&[("all_proxy", "socks5h://a:1"), ("no_proxy", "h.example")]).unwrap();
        let way = |host: &str| {
            shared.clone().to(&host.parse().unwrap(), 21).map(|proxy| proxy.to_string())
        };
        for (choice, other, excepted) in [
            ("", Some("socks5h://a:1"), None),
            ("http://ann:pw@b:2", Some("http://b:2"), Some("http://b:2")),
            ("none", None, None),
            ("  ", Some("socks5h://a:1"), None),
        ] {
            shared.choose(choice.parse().unwrap());
            let found = (way("other.example"), way("h.example"));
            assert_eq!((found.0.as_deref(), found.1.as_deref()), (other, excepted), "{choice:?}");
        }
        assert_eq!(shared.of_environment().as_deref(), Some("socks5h://a:1"));
        let with_login: ProxyChoice = "http://ann:pw@b:2".parse().unwrap();
        assert_eq!((with_login.has_login(), with_login.to_string().as_str()), (true, "http://b:2"));
    }

    #[test]
    fn a_variable_that_names_no_proxy_is_named_but_not_repeated() {
        let error = proxies(&[("all_proxy", "gopher://u:swordfish@h:1")]).unwrap_err();
        let sentence = error.to_string();
        assert!(sentence.contains("all_proxy") && sentence.contains("gopher://"), "{sentence}");
        assert!(!sentence.contains("swordfish") && !format!("{error:?}").contains("swordfish"));
    }
}
