//! `~/.netrc`: names and passwords for servers, in the form that ftp, curl and wget read, too.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::iter::Peekable;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use crate::ftp::{Address, Host, Login, Secret};
use crate::words;

/// The most that is read of the file, in bytes.
const MOST: u64 = 1024 * 1024;

/// Names and passwords for servers. Clones share them; the default has none.
#[derive(Debug, Clone, Default)]
pub struct Netrc(Arc<RwLock<Vec<Entry>>>);

/// What the file says about one server.
#[derive(Debug, Default, PartialEq, Eq)]
struct Entry {
    /// `None`: any server (`default`).
    machine: Option<String>,
    login: Option<Vec<u8>>,
    password: Option<Secret>,
    account: Option<Secret>,
}

impl Netrc {
    /// What the file at `path` says; nothing if it is not there. With what the person should know
    /// about it, in a sentence without a full stop.
    ///
    /// A file that others may read is used all the same, and that is said: what they can read they
    /// have read, whether Ashore reads it too or not.
    #[must_use]
    pub fn open(path: &Path) -> (Self, Option<String>) {
        let read = || -> io::Result<(Vec<u8>, bool)> {
            let file = File::open(path)?;
            let is_open_to_others = is_open_to_others(&file.metadata()?);
            let mut text = Vec::new();
            file.take(MOST).read_to_end(&mut text)?;
            Ok((text, is_open_to_others))
        };
        let shown = || words::shown(&path.display().to_string());
        match read() {
            Ok((text, is_open_to_others)) => {
                let entries = parsed(&text);
                let tells_secrets = entries.iter().any(|entry| entry.password.is_some());
                let notice = (is_open_to_others && tells_secrets).then(|| {
                    format!(
                        "The passwords in {} can be read by others on this computer. To keep them out: chmod 600 {}",
                        shown(),
                        shown()
                    )
                });
                (Self(Arc::new(RwLock::new(entries))), notice)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => (Self::default(), None),
            Err(error) => {
                let why = words::io_error(&error);
                (Self::default(), Some(format!("{} cannot be read: {why}", shown())))
            }
        }
    }

    /// The file was written anew: from now on `text` is what it says.
    pub fn renew(&self, text: &[u8]) {
        let text = text.get(..usize::try_from(MOST).unwrap_or(usize::MAX)).unwrap_or(text);
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = parsed(text);
    }

    /// The servers that the file names, and who we are there; no password is among it.
    #[must_use]
    pub fn machines(&self) -> Vec<Address> {
        let entries = self.entries();
        let address = |entry: &Entry| {
            let host = entry.machine.as_ref()?;
            let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
            let mut address: Address = format!("ftp://{host}/").parse().ok()?;
            address.login.user = entry.login.clone().filter(|_| !entry.is_guest());
            Some(address)
        };
        entries.iter().filter_map(address).collect()
    }

    fn entries(&self) -> RwLockReadGuard<'_, Vec<Entry>> {
        // Whoever panicked with this lock left whole entries behind.
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the file adds to a login: a name and a password where none is given, the password of the
    /// name that is given. A password never goes with another name than its own.
    #[must_use]
    pub fn completed<'a>(&self, host: &Host, login: &'a Login) -> Cow<'a, Login> {
        if login.password.is_some() {
            return Cow::Borrowed(login);
        }
        let fits = |entry: &&Entry| {
            let is_here = entry.machine.as_ref().is_none_or(|machine| machine == host.as_str());
            let is_ours = match &login.user {
                Some(user) => entry.login.as_ref() == Some(user),
                None => entry.login.is_some(),
            };
            is_here && is_ours
        };
        match self.entries().iter().find(fits) {
            Some(entry) if !entry.is_guest() => Cow::Owned(Login {
                user: entry.login.clone(),
                password: entry.password.clone(),
                account: login.account.clone().or_else(|| entry.account.clone()),
            }),
            _ => Cow::Borrowed(login),
        }
    }
}

impl Entry {
    /// Whether it is for those who have no name, which Ashore knows how to be by itself.
    fn is_guest(&self) -> bool {
        self.login.as_deref() == Some(b"anonymous")
    }
}

#[cfg(unix)]
fn is_open_to_others(file: &fs::Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&file.permissions()) & 0o077 != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_file: &fs::Metadata) -> bool {
    false
}

/// The entries of a file, in their order. What is not understood is passed over.
fn parsed(text: &[u8]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut rest = text.iter().copied().peekable();
    while let Some(word) = word(&mut rest) {
        let entry = entries.last_mut();
        match (word.as_slice(), entry) {
            ([b'#', ..], _) => skip_line(&mut rest),
            (b"machine", _) => {
                let name = self::word(&mut rest).unwrap_or_default();
                let name = String::from_utf8_lossy(&name).into_owned();
                // As hosts are kept: small letters, international names as `xn--`.
                let machine = name.parse().map_or(name, |host: Host| host.as_str().to_owned());
                entries.push(Entry { machine: Some(machine), ..Entry::default() });
            }
            (b"default", _) => entries.push(Entry::default()),
            (b"login", Some(entry)) => entry.login = self::word(&mut rest),
            (b"password", Some(entry)) => entry.password = self::word(&mut rest).map(Secret::new),
            (b"account", Some(entry)) => entry.account = self::word(&mut rest).map(Secret::new),
            (b"macdef", _) => skip_macro(&mut rest),
            _ => {}
        }
    }
    entries
}

/// The next word; one in quotes may hold spaces, and `\"`, `\\`, `\n`, `\r`, `\t`.
fn word(rest: &mut Peekable<impl Iterator<Item = u8>>) -> Option<Vec<u8>> {
    while rest.next_if(u8::is_ascii_whitespace).is_some() {}
    let mut word = Vec::new();
    if rest.next_if_eq(&b'"').is_none() {
        while let Some(byte) = rest.next_if(|byte| !byte.is_ascii_whitespace()) {
            word.push(byte);
        }
        return (!word.is_empty()).then_some(word);
    }
    while let Some(byte) = rest.next() {
        match byte {
            b'"' => break,
            b'\\' => match rest.next() {
                Some(b'n') => word.push(b'\n'),
                Some(b'r') => word.push(b'\r'),
                Some(b't') => word.push(b'\t'),
                escaped => word.extend(escaped),
            },
            byte => word.push(byte),
        }
    }
    Some(word)
}

/// Up to the end of the line: what follows `#`.
fn skip_line(rest: &mut Peekable<impl Iterator<Item = u8>>) {
    while rest.next_if(|&byte| byte != b'\n').is_some() {}
}

/// A macro: its name, and all lines up to an empty one.
fn skip_macro(rest: &mut Peekable<impl Iterator<Item = u8>>) {
    skip_line(rest);
    loop {
        rest.next_if_eq(&b'\n');
        rest.next_if_eq(&b'\r');
        if rest.peek().is_none_or(|&byte| byte == b'\n') {
            return;
        }
        skip_line(rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn netrc(text: &str) -> Netrc {
        let netrc = Netrc::default();
        netrc.renew(text.as_bytes());
        netrc
    }

    /// Who one is at `host`, having given `user`: name, password and account.
    fn who(text: &str, host: &str, user: Option<&str>) -> String {
        let given = Login { user: user.map(|user| user.as_bytes().to_vec()), ..Login::default() };
        let netrc = netrc(text);
        let login = netrc.completed(&host.parse().unwrap(), &given);
        let shown = |bytes: Option<&[u8]>| {
            bytes.map_or("-".to_owned(), |bytes| String::from_utf8_lossy(bytes).into_owned())
        };
        let secret = |secret: &Option<Secret>| shown(secret.as_ref().map(Secret::reveal));
        format!(
            "{} {} {}",
            shown(login.user.as_deref()),
            secret(&login.password),
            secret(&login.account)
        )
    }

    #[test]
    fn every_form_that_people_write_is_read() {
        for (text, found) in [
            ("machine h.example login bob password x", "bob x -"),
            ("machine\nh.example\n\tlogin bob\r\n\tpassword x\r\n\taccount y", "bob x y"),
            ("machine H.Example password x login bob", "bob x -"),
            ("machine h.example login bob password \"a \\\"b\\\\ c\"", "bob a \"b\\ c -"),
            ("machine h.example login bob password \"\"", "bob  -"),
            ("machine h.example login bob password #x", "bob #x -"),
            ("# machine h.example login eve password y\nmachine h.example login bob", "bob - -"),
            ("machine h.example login bob # password y\npassword x", "bob x -"),
            ("machine other login eve password y\ndefault login bob password x", "bob x -"),
            ("machine h.example port 21 login bob password x", "bob x -"),
            (
                "macdef init\nmachine h.example login eve\npassword y\n\nmachine h.example login bob",
                "bob - -",
            ),
            ("macdef init\r\nmachine h.example login eve\r\n\r\ndefault login bob", "bob - -"),
            ("login eve machine h.example", "- - -"),
            ("machine other login eve password y", "- - -"),
            ("default login anonymous password me@here", "- - -"),
            ("machine h.example login \"bob", "bob - -"),
            ("machine", "- - -"),
            ("", "- - -"),
        ] {
            assert_eq!(who(text, "h.example", None), found, "{text:?}");
        }
    }

    #[test]
    fn a_password_never_goes_with_another_name_than_its_own() {
        let text = "machine h.example login bob password x\n\
                    machine h.example login eve password y\n\
                    default login guest password z";
        for (host, user, found) in [
            ("h.example", None, "bob x -"),
            ("h.example", Some("eve"), "eve y -"),
            ("h.example", Some("kim"), "kim - -"),
            ("other.example", Some("bob"), "bob - -"),
            ("other.example", None, "guest z -"),
        ] {
            assert_eq!(who(text, host, user), found, "{host} {user:?}");
        }
        let given: Login = Login {
            user: Some(b"bob".to_vec()),
            password: Some(Secret::new("mine")),
            account: None,
        };
        assert_eq!(*netrc(text).completed(&"h.example".parse().unwrap(), &given), given);
    }

    #[test]
    fn the_servers_in_it_are_named_without_passwords() {
        let text = "machine h.example login bob password x\n\
                    machine B\u{fc}cher.example\n\
                    machine ::1 login \"a b\"\n\
                    machine p.example login anonymous password me@here\n\
                    machine \"not a host\" login eve\n\
                    default login guest password z";
        let machines = netrc(text).machines();
        let links: Vec<_> = machines.iter().map(ToString::to_string).collect();
        let expected = [
            "ftp://bob@h.example/",
            "ftp://xn--bcher-kva.example/",
            "ftp://a%20b@[::1]/",
            "ftp://p.example/",
        ];
        assert_eq!(links, expected);
        assert!(machines.iter().all(|address| address.login.password.is_none()));
    }

    #[test]
    fn what_is_written_into_it_later_holds_for_all_who_share_it() {
        let netrc = netrc("machine h.example login bob password x");
        let shared = netrc.clone();
        shared.renew(b"machine h.example login eve password y");
        let host = "h.example".parse().unwrap();
        let given = Login::default();
        assert_eq!(netrc.completed(&host, &given).user.as_deref(), Some(&b"eve"[..]));
    }

    #[test]
    fn no_password_is_ever_shown() {
        let shown = format!("{:?}", netrc("machine h login bob password swordfish account s3"));
        assert!(!shown.contains("swordfish") && !shown.contains("s3"), "{shown}");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_may_read_is_used_and_that_is_said() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".netrc");
        assert_eq!(Netrc::open(&path).1, None, "there is none");
        for (text, mode, is_said) in [
            ("default login bob password x", 0o600, false),
            ("default login bob password x", 0o644, true),
            ("default login bob", 0o644, false),
        ] {
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let (netrc, notice) = Netrc::open(&path);
            assert_eq!(netrc.entries().len(), 1);
            assert_eq!(notice.is_some_and(|it| it.contains("chmod 600")), is_said, "{text} {mode}");
        }
        let (_, notice) = Netrc::open(folder.path());
        assert!(notice.unwrap().contains("cannot be read"));
    }

    proptest::proptest! {
        #[test]
        fn no_file_is_too_strange(text in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
            parsed(&text);
        }
    }
}
