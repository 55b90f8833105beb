//! What the texts of the form mean.

use super::form::Texts;
use crate::disk;
use crate::ftp::{Address, AddressError, Host, Login, RemotePath, Scheme, Secret};
use crate::words;

/// What the texts of the form mean. The fields are views of it; a path or a name that cannot be
/// typed stays here, byte for byte, until its field is edited.
#[derive(Debug)]
pub(super) struct Meaning {
    pub(super) scheme: Scheme,
    pub(super) host: Result<Host, AddressError>,
    pub(super) port: Result<u16, AddressError>,
    pub(super) login: Login,
    pub(super) path: Result<RemotePath, AddressError>,
}

impl Default for Meaning {
    fn default() -> Self {
        Self {
            scheme: Scheme::Ftp,
            host: Err(AddressError::NoHost),
            port: Ok(Scheme::Ftp.default_port()),
            login: Login::default(),
            path: Ok(RemotePath::default()),
        }
    }
}

impl Meaning {
    /// Takes an address apart. A password that was given for the same user stays.
    pub(super) fn take(&mut self, address: Address) {
        let Address { scheme, host, port, mut login, path } = address;
        let before = &self.login;
        if login.user.is_some() && login.user == before.user && login.password.is_none() {
            login.password.clone_from(&before.password);
        }
        *self = Self { scheme, host: Ok(host), port: Ok(port), login, path: Ok(path) };
    }

    /// Puts the parts back together, if each of them is one.
    pub(super) fn address(&self) -> Option<Address> {
        let Self { scheme, host, port, login, path } = self;
        Some(Address {
            scheme: *scheme,
            host: host.clone().ok()?,
            port: port.clone().ok()?,
            login: login.clone(),
            path: path.clone().ok()?,
        })
    }

    /// Writes the parts into their fields, as they may be shown.
    pub(super) fn write(&self, texts: &mut Texts) {
        if let Ok(host) = &self.host {
            texts.host = words::shown(host.as_str());
        }
        if let Ok(port) = &self.port {
            let is_usual = *port == self.scheme.default_port();
            texts.port = if is_usual { String::new() } else { port.to_string() };
        }
        if let Ok(path) = &self.path {
            let is_bare = *path == RemotePath::default();
            let typed = || path.to_typed().unwrap_or_else(|| path.to_string());
            texts.path = if is_bare { String::new() } else { typed() };
        }
        let lossy = |bytes: &[u8]| words::shown(&String::from_utf8_lossy(bytes));
        texts.user = self.login.user.as_deref().map(lossy).unwrap_or_default();
        let password = self.login.password.as_ref().map(Secret::reveal);
        texts.password = password.map(lossy).unwrap_or_default();
    }

    pub(super) fn set_port(&mut self, text: &str) {
        self.port = match text.trim() {
            "" => Ok(self.scheme.default_port()),
            text => match text.parse() {
                Ok(port) if port > 0 => Ok(port),
                _ => Err(AddressError::Port),
            },
        };
    }

    pub(super) fn set_user(&mut self, text: &str) {
        let user = text.trim().as_bytes();
        self.login.user = (!user.is_empty()).then(|| user.to_vec());
    }

    pub(super) fn set_password(&mut self, text: &str) {
        self.login.password = (!text.is_empty()).then(|| Secret::new(text));
    }

    /// The name that the file or folder gets on this computer, if the path names one.
    pub(super) fn local_name(&self) -> Option<String> {
        self.path.as_ref().ok()?.name().map(disk::local_name)
    }

    /// Whether the path names a folder, and all that is in it is meant.
    pub(super) fn is_folder(&self) -> bool {
        self.path.as_ref().is_ok_and(crate::ftp::RemotePath::is_folder)
    }
}
