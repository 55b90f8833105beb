//! Names of hosts and users made unreadable, for a log that others are to read. Knows no egui.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::ftp::Address;

/// What stands in the place of each host and of each user.
#[derive(Debug, Clone, Default)]
pub struct Mask {
    /// In small letters.
    hosts: BTreeMap<String, String>,
    users: BTreeMap<String, String>,
    /// The home folder, which holds a user's name as well.
    home: Option<String>,
}

impl Mask {
    /// Knows nobody yet but whose computer this is.
    #[must_use]
    pub fn new() -> Self {
        let home = directories::BaseDirs::new();
        let home = home.map(|home| home.home_dir().to_string_lossy().into_owned());
        Self { home: home.filter(|home| home.len() > 1), ..Self::default() }
    }

    /// Masks this server and this user from now on, always in the same way.
    pub fn learn(&mut self, address: &Address) {
        let host = address.host.as_str().to_lowercase();
        let number = self.hosts.len() + 1;
        self.hosts.entry(host).or_insert_with(|| format!("host-{number}"));
        if let Some(user) = &address.login.user {
            let number = self.users.len() + 1;
            let user = String::from_utf8_lossy(user).into_owned();
            self.users.entry(user).or_insert_with(|| format!("user-{number}"));
        }
    }

    /// The same text without them. What looks like an address of the Internet is masked as well, and
    /// what a server calls itself in the domain of a host.
    #[must_use]
    pub fn masked(&self, text: &str) -> String {
        if let Some(user) = text.strip_prefix("USER ") {
            let user = self.users.get(user).map_or("user", String::as_str);
            return format!("USER {user}");
        }
        let text = match &self.home {
            Some(home) => text.replace(home, "~"),
            None => text.to_owned(),
        };
        let mut masked = String::with_capacity(text.len());
        let mut word = String::new();
        for c in text.chars() {
            if c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | ',') {
                word.push(c);
            } else {
                masked.push_str(&self.word(&word));
                word.clear();
                masked.push(c);
            }
        }
        masked.push_str(&self.word(&word));
        masked
    }

    /// A word, with the full stop, the colon and the port that may stand behind it.
    fn word(&self, word: &str) -> String {
        let bare = word.trim_end_matches(['.', ',', ':']);
        let end = word.get(bare.len()..).unwrap_or_default();
        if bare.parse::<Ipv6Addr>().is_ok() && bare.contains(':') {
            return format!("address{end}");
        }
        // `227 Entering Passive Mode (192,0,2,1,200,10)`: four numbers of an address, two of a port.
        if let [a, b, c, d, high, low] = bare.split(',').collect::<Vec<_>>().as_slice()
            && [a, b, c, d, high, low].iter().all(|number| number.parse::<u8>().is_ok())
        {
            return format!("address,{high},{low}{end}");
        }
        let (name, port) = match bare.split_once(':') {
            Some((name, port)) => (name, format!(":{port}")),
            None => (bare, String::new()),
        };
        match self.name(name) {
            Some(mask) => format!("{mask}{port}{end}"),
            None => word.to_owned(),
        }
    }

    fn name(&self, name: &str) -> Option<String> {
        if let Some(user) = self.users.get(name) {
            return Some(user.clone());
        }
        let small = name.to_lowercase();
        if let Some(host) = self.hosts.get(&small) {
            return Some(host.clone());
        }
        if name.parse::<Ipv4Addr>().is_ok() {
            return Some("address".to_owned());
        }
        let is_kin = |host: &&String| {
            let mut labels = host.rsplitn(3, '.');
            let (top, domain) = (labels.next(), labels.next());
            let domain = domain.zip(top).map(|(domain, top)| format!("{domain}.{top}"));
            domain.is_some_and(|domain| small == domain || small.ends_with(&format!(".{domain}")))
        };
        let kin = self.hosts.keys().find(is_kin).and_then(|host| self.hosts.get(host));
        kin.map(|host| format!("{host}-kin"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_host_no_user_and_no_address_is_left() {
        let mut mask = Mask::new();
        for link in ["ftp://ann@ftp.example.org/x", "ftp://192.0.2.7/y"] {
            mask.learn(&link.parse().unwrap());
        }
        for (text, masked) in [
            ("USER ann", "USER user-1"),
            ("USER somebody-else", "USER user"),
            ("230 Welcome, ann!", "230 Welcome, user-1!"),
            ("220 FTP.example.org ready", "220 host-1 ready"),
            ("220 hera.example.org:21 ready.", "220 host-1-kin:21 ready."),
            ("No answer from ftp.example.org.", "No answer from host-1."),
            ("Connected to 192.0.2.7:21", "Connected to host-2:21"),
            (
                "227 Entering Passive Mode (192,0,2,1,200,10).",
                "227 Entering Passive Mode (address,200,10).",
            ),
            (
                "229 Entering Extended Passive Mode (|||200|)",
                "229 Entering Extended Passive Mode (|||200|)",
            ),
            ("from 2001:db8::7, on Monday", "from address, on Monday"),
            ("RETR pub/annotation.gz", "RETR pub/annotation.gz"),
            ("213 20261122234012", "213 20261122234012"),
        ] {
            assert_eq!(mask.masked(text), masked);
        }
    }
}
