//! The keychain of the operating system: the Secret Service on Linux, Keychain on macOS, the Credential
//! Manager on Windows.

use crossbeam_channel::{Receiver, unbounded};
use eframe::egui;
use keyring::{Entry, Error};

use crate::ftp::Secret;
use crate::transfer::{Keychain, KeychainNews, Passwords};

/// What Ashore's passwords are called there.
const SERVICE: &str = "Ashore";

/// Passwords in the keychain of whoever is signed in here, and what it has to say, which wakes the
/// window of `ctx`.
pub(super) fn open(ctx: egui::Context) -> (Passwords, Receiver<KeychainNews>) {
    let (tell, news) = unbounded();
    let passwords = Passwords::in_keychain(System, move |said| {
        tell.send(said).ok();
        ctx.request_repaint();
    });
    (passwords, news)
}

/// The keychain of whoever is signed in here.
#[derive(Debug)]
pub struct System;

impl Keychain for System {
    fn look(&self) -> Result<(), String> {
        Entry::store_status().as_ref().map(|_| ()).map_err(said)
    }

    fn read(&self, account: &str) -> Result<Option<Secret>, String> {
        match entry(account)?.get_secret() {
            Ok(password) => Ok(Some(Secret::new(password))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(said(&error)),
        }
    }

    fn write(&self, account: &str, password: &Secret) -> Result<(), String> {
        entry(account)?.set_secret(password.reveal()).map_err(|error| said(&error))
    }

    fn erase(&self, account: &str) -> Result<(), String> {
        match entry(account)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(said(&error)),
        }
    }
}

fn entry(account: &str) -> Result<Entry, String> {
    Entry::new(SERVICE, account).map_err(|error| said(&error))
}

/// What is the matter, in words. The errors themselves may hold what was read, and are shown nowhere.
fn said(error: &Error) -> String {
    let nobody = if cfg!(target_os = "linux") {
        "no keychain answers here (Secret Service: GNOME Keyring, KWallet or KeePassXC)"
    } else {
        "no keychain answers here"
    };
    match error {
        Error::NoStorageAccess(_) => "the keychain is locked",
        Error::NoDefaultStore | Error::PlatformFailure(_) => nobody,
        Error::TooLong(..) => "it is too long for the keychain",
        Error::Ambiguous(_) => "the keychain has two of them",
        _ => "the keychain does not understand",
    }
    .to_owned()
}
