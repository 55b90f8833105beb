//! Servers that were visited last.

use toml::Value;

use super::{Settings, keys};
use crate::ftp::Address;

/// The most that are remembered: more would have to be searched.
const MOST: usize = 12;

impl Settings {
    /// The servers that were visited last, the newest first, each with the folder that was visited
    /// there. No password is among them.
    #[must_use]
    pub fn recent(&self) -> Vec<Address> {
        let links = self.value(keys::RECENT, |value| value.as_array().cloned());
        let address = |link: &Value| link.as_str().and_then(|link| link.parse().ok());
        links.iter().flatten().filter_map(address).take(MOST).collect()
    }

    /// The same after a visit to `address`, of which the folder counts and the password does not.
    #[must_use]
    pub fn recent_after(&self, address: &Address) -> Vec<Address> {
        let mut newest = address.clone();
        newest.login.password = None;
        newest.login.account = None;
        let folder = newest.path.parent().filter(|_| !newest.path.is_folder());
        newest.path = folder.unwrap_or_else(|| newest.path.as_folder());
        let mut all = self.recent();
        all.retain(|known| !is_same_server(known, &newest));
        all.insert(0, newest);
        all.truncate(MOST);
        all
    }
}

/// Whether the same person would meet the same server, wherever they go there.
fn is_same_server(one: &Address, other: &Address) -> bool {
    let place = |address: &Address| {
        let Address { scheme, host, port, login, .. } = address.clone();
        (scheme, host, port, login.user)
    };
    place(one) == place(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Setting;

    fn visited(links: &[&str]) -> Vec<String> {
        let mut settings = Settings::default();
        for link in links {
            let recent = settings.recent_after(&link.parse().unwrap());
            settings.choose(&Setting::Recent(recent)).unwrap();
        }
        settings.recent().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_newest_is_first_and_each_server_is_there_once_with_its_last_folder() {
        let found = visited(&[
            "ftp://a.example/pub/one.iso",
            "ftp://b.example/",
            "ftp://ann:secret@a.example/home",
            "ftp://a.example/pub/new/two.iso",
        ]);
        let expected = ["ftp://a.example/pub/new/", "ftp://ann@a.example/", "ftp://b.example/"];
        assert_eq!(found, expected);
    }

    #[test]
    fn no_more_are_remembered_than_a_person_looks_through() {
        let links: Vec<_> = (0..20).map(|n| format!("ftp://h{n}.example/")).collect();
        let links: Vec<_> = links.iter().map(String::as_str).collect();
        let found = visited(&links);
        assert_eq!(found.len(), MOST);
        assert_eq!(found.first().map(String::as_str), Some("ftp://h19.example/"));
    }
}
