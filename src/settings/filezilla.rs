//! Servers that FileZilla knows.

use std::path::PathBuf;

use super::favourites::{Favourite, MOST};
use super::import::Site;
use crate::ftp::{Address, Known, RemotePath};

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
pub fn of_filezilla(xml: &str) -> Vec<Site> {
    xml.split("<Server>").skip(1).take(MOST).filter_map(site).collect()
}

/// One site: `xml` begins behind `<Server>`.
fn site(xml: &str) -> Option<Site> {
    // Bookmarks have names and folders of their own.
    let xml = xml.split("</Server>").next()?.split("<Bookmark>").next()?;
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
    let is_custom = field("EncodingType").as_deref() == Some("Custom");
    let most = field("MaximumMultipleConnections").and_then(|most| most.parse().ok());
    let lessons = Known {
        encoding: field("CustomEncoding").filter(|_| is_custom).and_then(|it| it.parse().ok()),
        wants_active: field("PasvMode").as_deref() == Some("MODE_ACTIVE"),
        most_connections: most.filter(|most| *most > 0),
        ..Known::default()
    };
    Some(Site { favourite: Favourite { name, address }, lessons })
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

    const SITES: &str = r#"<?xml version="1.0"?><FileZilla3 version="3.63.0"><Servers>
        <Server><Host>ftp.example.org</Host><Port>21</Port><Protocol>0</Protocol>
          <Logontype>0</Logontype><User>anonymous</User><PasvMode>MODE_DEFAULT</PasvMode>
          <MaximumMultipleConnections>0</MaximumMultipleConnections>
          <EncodingType>Auto</EncodingType><Name>Fish &amp; Ships</Name>
          <RemoteDir>1 0 3 pub 5 a dir</RemoteDir></Server>
        <Folder expanded="1">Work<Server><Host>box.example.net</Host><Port>2121</Port>
          <Protocol>4</Protocol><User>ann</User><Pass encoding="base64">c2VjcmV0</Pass>
          <Logontype>1</Logontype><Name>Box</Name><PasvMode>MODE_ACTIVE</PasvMode>
          <MaximumMultipleConnections>3</MaximumMultipleConnections>
          <EncodingType>Custom</EncodingType><CustomEncoding>windows-1251</CustomEncoding>
          <RemoteDir /><Bookmark><Name>Far</Name><RemoteDir>1 0 3 far</RemoteDir></Bookmark>
          </Server></Folder>
        <Server><Host>2001:db8::7</Host><Port>990</Port><Protocol>3</Protocol></Server>
        <Server><Host>old.example.net</Host><Port>21</Port><Protocol>6</Protocol></Server>
        <Server><Host>ssh.example.net</Host><Protocol>1</Protocol></Server>
        <Server><Host>not a host</Host></Server><Server>"#;

    #[test]
    fn the_ftp_sites_of_filezilla_are_taken_in_and_no_password_is() {
        let sites = of_filezilla(SITES);
        let found: Vec<_> = sites
            .iter()
            .map(|site| (site.favourite.name.as_str(), site.favourite.address.to_string()))
            .collect();
        let expected = [
            ("Fish & Ships", "ftp://ftp.example.org/pub/a%20dir/"),
            ("Box", "ftpes://ann@box.example.net:2121/"),
            ("2001:db8::7", "ftps://[2001:db8::7]/"),
            ("old.example.net", "ftp://old.example.net/"),
        ];
        assert_eq!(found, expected.map(|(name, link)| (name, link.to_owned())));
        assert!(sites.iter().all(|site| site.favourite.address.login.password.is_none()));
    }

    #[test]
    fn how_a_site_is_spoken_to_is_taken_over_too() {
        let lessons: Vec<_> = of_filezilla(SITES).into_iter().map(|site| site.lessons).collect();
        let box_ = Known {
            encoding: "windows-1251".parse().ok(),
            wants_active: true,
            most_connections: Some(3),
            ..Known::default()
        };
        let [first, second, ..] = lessons.as_slice() else { panic!("{lessons:?}") };
        assert_eq!((first, second), (&Known::default(), &box_));
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
}
