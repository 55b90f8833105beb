//! Servers that the person wants to find again.

use toml::{Table, Value};

use super::{Settings, keys};
use crate::ftp::Address;

/// The most that are kept: nobody finds anything among more.
pub(super) const MOST: usize = 1000;

/// A server, or a place on it, that the person wants to find again. Its password is kept nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Favourite {
    /// What the person calls it.
    pub name: String,
    /// Where it is.
    pub address: Address,
}

impl Settings {
    /// The servers that the person wants to find again. What is none is left alone in the file.
    #[must_use]
    pub fn favourites(&self) -> Vec<Favourite> {
        let entries = self.value(keys::FAVOURITES, |value| value.as_array().cloned());
        let favourite = |entry: &Value| {
            let word = |key| entry.get(key).and_then(Value::as_str);
            let address = word("address")?.parse().ok()?;
            Some(Favourite { name: word("name").unwrap_or_default().to_owned(), address })
        };
        entries.iter().flatten().filter_map(favourite).take(MOST).collect()
    }
}

impl Favourite {
    /// What the file is to hold for these.
    pub(super) fn written(favourites: &[Self]) -> Value {
        let entry = |Self { name, address }: &Self| {
            let pairs = [("name", name.clone()), ("address", address.to_string())];
            let pairs = pairs.map(|(key, value)| (key.to_owned(), Value::String(value)));
            Value::Table(pairs.into_iter().collect::<Table>())
        };
        Value::Array(favourites.iter().take(MOST).map(entry).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Setting;

    #[test]
    fn a_favourite_is_found_again_without_its_password() {
        let mut settings = Settings::default();
        let address = "ftp://ann:secret@h.example/pub/".parse().unwrap();
        let one = Favourite { name: "One".to_owned(), address };
        settings.choose(&Setting::Favourites(vec![one])).unwrap();
        let [kept] = <[Favourite; 1]>::try_from(settings.favourites()).unwrap();
        assert_eq!(kept.address.to_string(), "ftp://ann@h.example/pub/");
        assert!(kept.address.login.password.is_none());
    }
}
