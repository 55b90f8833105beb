//! Servers that the person wants to find again, and those that FileZilla knows.

use std::path::PathBuf;

use toml::{Table, Value};

use super::Settings;
use crate::ftp::{Address, RemotePath};

/// The most that are kept: nobody finds anything among more.
const MOST: usize = 1000;

const FAVOURITES: &str = "favourites";

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
        let entries = self.table.get(FAVOURITES).and_then(Value::as_array);
        let favourite = |entry: &Value| {
            let word = |key| entry.get(key).and_then(Value::as_str);
            let address = word("address")?.parse().ok()?;
            Some(Favourite { name: word("name").unwrap_or_default().to_owned(), address })
        };
        entries.into_iter().flatten().filter_map(favourite).take(MOST).collect()
    }

    /// What the file is to hold for these.
    pub(super) fn favourites_value(favourites: &[Favourite]) -> (&'static str, Value) {
        let entry = |Favourite { name, address }: &Favourite| {
            let pairs = [("name", name.clone()), ("address", address.to_string())];
            let pairs = pairs.map(|(key, value)| (key.to_owned(), Value::String(value)));
            Value::Table(pairs.into_iter().collect::<Table>())
        };
        (FAVOURITES, Value::Array(favourites.iter().take(MOST).map(entry).collect()))
    }
}

/// Where FileZilla keeps its sites. `None`: this person has no home.
#[must_use]
pub fn filezilla_file() -> Option<PathBuf> {
    let base = directories::BaseDirs::new()?;
    // FileZilla follows XDG only on Linux; elsewhere it has a folder of its own.
    let folder = match cfg!(target_os = "macos") {
        true => base.home_dir().join(".config/filezilla"),
        false => base.config_dir().join(if cfg!(windows) { "FileZilla" } else { "filezilla" }),
    };
    Some(folder.join("sitemanager.xml"))
}

/// The FTP servers in a `sitemanager.xml` of FileZilla, without their passwords.
#[must_use]
pub fn of_filezilla(xml: &str) -> Vec<Favourite> {
    xml.split("<Server>").skip(1).take(MOST).filter_map(site).collect()
}

/// One site: `xml` begins behind `<Server>`.
fn site(xml: &str) -> Option<Favourite> {
    let xml = xml.split("</Server>").next()?;
    let field = |name: &str| {
        let behind = xml.split_once(&format!("<{name}>"))?.1;
        let text = behind.split_once(&format!("</{name}>"))?.0;
        Some(plain(text.trim())).filter(|text| !text.is_empty())
    };
    // 0: FTP, with TLS if the server can; 3: implicit; 4: explicit; 6: plain. 1 is SFTP.
    let scheme = match field("Protocol").as_deref() {
        None | Some("0" | "6") => "ftp",
        Some("3") => "ftps",
        Some("4") => "ftpes",
        Some(_) => return None,
    };
    let host = field("Host")?;
    let host = if host.contains(':') { format!("[{host}]") } else { host };
    let mut address: Address = format!("{scheme}://{host}").parse().ok()?;
    if let Some(port) = field("Port").and_then(|port| port.parse().ok()).filter(|port| *port > 0) {
        address.port = port;
    }
    // 0 is a guest, whatever stands in the name.
    let user = field("User").filter(|_| field("Logontype").as_deref() != Some("0"));
    let has_control = |user: &String| user.chars().any(char::is_control);
    address.login.user = user.filter(|user| !has_control(user)).map(String::into_bytes);
    if let Some(path) = field("RemoteDir").and_then(|path| folders(&path)) {
        address.path = RemotePath::from_typed(&path).unwrap_or(address.path);
    }
    let name = field("Name").unwrap_or_else(|| address.host.to_string());
    Some(Favourite { name, address })
}

/// FileZilla's way to write a folder, `1 0 3 pub 5 a dir`: a kind, a prefix, then each name behind
/// its length in characters.
fn folders(text: &str) -> Option<String> {
    let mut rest = text.split_once(' ')?.1.split_once(' ')?.1;
    let mut path = String::from("/");
    while !rest.is_empty() {
        let (length, behind) = rest.split_once(' ')?;
        let length: usize = length.parse().ok()?;
        let end = behind.char_indices().nth(length).map_or(behind.len(), |(end, _)| end);
        path.push_str(behind.get(..end)?);
        path.push('/');
        rest = behind.get(end..)?.trim_start();
    }
    Some(path)
}

/// Text of XML without its five entities.
fn plain(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">");
    text.replace("&quot;", "\"").replace("&apos;", "'").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Setting;

    const SITES: &str = r#"<?xml version="1.0"?><FileZilla3 version="3.63.0"><Servers>
        <Server><Host>ftp.example.org</Host><Port>21</Port><Protocol>0</Protocol>
          <Logontype>0</Logontype><User>anonymous</User><Name>Fish &amp; Ships</Name>
          <RemoteDir>1 0 3 pub 5 a dir</RemoteDir></Server>
        <Folder expanded="1">Work<Server><Host>box.example.net</Host><Port>2121</Port>
          <Protocol>4</Protocol><User>ann</User><Pass encoding="base64">c2VjcmV0</Pass>
          <Logontype>1</Logontype><Name>Box</Name></Server></Folder>
        <Server><Host>ssh.example.net</Host><Protocol>1</Protocol></Server>
        <Server><Host>not a host</Host></Server><Server>"#;

    #[test]
    fn the_ftp_sites_of_filezilla_are_taken_in_and_no_password_is() {
        let found: Vec<_> = of_filezilla(SITES)
            .into_iter()
            .map(|site| (site.name, site.address.to_string(), site.address.login.password))
            .collect();
        assert_eq!(
            found,
            [
                ("Fish & Ships".to_owned(), "ftp://ftp.example.org/pub/a%20dir/".to_owned(), None),
                ("Box".to_owned(), "ftpes://ann@box.example.net:2121/".to_owned(), None),
            ]
        );
    }

    #[test]
    fn garbage_holds_no_sites() {
        for garbage in ["", "<Server>", "<Server><Host></Host></Server>", "\u{0}<Server><Host>\n"] {
            assert_eq!(of_filezilla(garbage), [], "{garbage:?}");
        }
        for folder in ["", "1", "1 0 x", "1 0 99999999999999999999 a", "1 0 9 ü"] {
            folders(folder);
        }
    }

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
