//! The way to a server, and who we are there: what the person asked for, what the environment says,
//! and what was learnt.

use std::borrow::Cow;
use std::iter;

use super::passwords::Source;
use super::request::Access;
use crate::ftp::listing::ListingEnd;
use crate::ftp::{self, Address, Encoding, Limits, Login, Proxy, RemotePath, Secret, Session, Way};

impl<'a> Access<'a> {
    /// Who we are to the server: as the address says it, and for the rest as the keychain and `.netrc`
    /// do.
    #[must_use]
    pub fn login(self) -> Cow<'a, Login> {
        let login = &self.address.login;
        match self.kept() {
            Some((password, _)) => Cow::Owned(Login { password: Some(password), ..login.clone() }),
            None => self.login_outside_the_keychain(),
        }
    }

    /// The same, without what the keychain adds.
    pub(super) fn login_outside_the_keychain(self) -> Cow<'a, Login> {
        self.commons.netrc.completed(&self.address.host, &self.address.login)
    }

    fn kept(self) -> Option<(Secret, Source)> {
        let Address { host, port, login, .. } = self.address;
        self.commons.passwords.of(host, *port, login)
    }

    /// Who we are, where somebody else than the address says it; in a sentence.
    pub(super) fn login_story(self) -> Option<String> {
        let login = self.login();
        let Cow::Owned(Login { user: Some(user), .. }) = &login else { return None };
        let user = String::from_utf8_lossy(user);
        Some(match self.kept() {
            Some((_, Source::Keychain)) => {
                format!("Signing in as {user}, with the password from the keychain")
            }
            Some((_, Source::Typed)) => {
                format!("Signing in as {user}, with the password that was typed before")
            }
            None => format!("Signing in as {user}, as .netrc says"),
        })
    }

    /// The server has let us in; what the person asked to keep is kept from now on.
    pub(super) fn learn_accepted(self) {
        let Address { host, port, login, .. } = self.address;
        self.commons.passwords.accepted(&self.commons.servers, host, *port, login);
    }

    /// The proxy that leads to the server, if one does.
    pub(super) fn proxy(self) -> Option<Proxy> {
        self.commons.proxies.to(&self.address.host, self.address.port)
    }

    /// As the person asked for it; in active mode also where passive mode led nowhere before.
    pub(super) fn usual_way(self) -> Way {
        let knows_better = || {
            let known = self.commons.servers.known(&self.address.host, self.address.port);
            known.wants_active && self.proxy().is_none()
        };
        Way { is_active: self.way.is_active || knows_better(), ..self.way }
    }

    /// What the server's names are written in where they are not UTF-8. If it is not known yet, it is
    /// guessed from `names` and remembered.
    pub fn encoding<'n>(self, names: impl Iterator<Item = &'n [u8]> + Clone) -> Option<Encoding> {
        self.commons.servers.encoding(&self.address.host, self.address.port, names)
    }

    /// The path as the server spells it, if a person has typed it on a computer that writes UTF-8 and
    /// the server does not. For when there is nothing under the path as it was typed.
    pub(super) fn other_spelling(self) -> Option<RemotePath> {
        self.address.path.in_encoding(self.encoding(iter::empty())?)
    }

    /// Connects, and remembers what the server shows of itself: that it speaks TLS and, if it is to
    /// be known by it from now on, its certificate.
    pub(super) fn connect<'s>(
        self,
        limits: &Limits,
        log: &'s dyn Fn(ftp::Line),
    ) -> Result<Session<'s>, ftp::Error> {
        let Address { host, port, login, .. } = self.address;
        let server = self.server();
        self.commons.passwords.fetch(&server.known, host, *port, login, &limits.stop);
        let session = Session::connect(server, limits, log)?;
        self.commons.servers.has_greeted(host, *port, session.answers_in_order());
        if session.is_secure() {
            let pin = self.trust.pin.filter(|_| self.trust.is_lasting);
            self.learn(|known| {
                known.has_tls = true;
                known.pin = pin.or(known.pin);
            });
        }
        Ok(session)
    }

    /// Connects and signs in, for whatever will be asked. Commands travel together where the server
    /// takes that; one that stumbles is met once more, and spoken to step by step.
    pub(super) fn meet<'s>(
        self,
        limits: &Limits,
        log: &'s dyn Fn(ftp::Line),
    ) -> Result<Session<'s>, ftp::Error> {
        let session = match self.meet_for(limits, log, None) {
            Err(ftp::Error::Stumbled { .. }) => {
                let mut session = self.connect(limits, log)?;
                session.sign_in(&self.login())?;
                self.learn_step_by_step();
                session
            }
            met => met?,
        };
        self.learn_accepted();
        Ok(session)
    }

    /// Connects and signs in; `errand` is what will be asked next. A server that is another one than
    /// before is met once more.
    pub(super) fn meet_for<'s>(
        self,
        limits: &Limits,
        log: &'s dyn Fn(ftp::Line),
        errand: Option<ftp::Errand<'_>>,
    ) -> Result<Session<'s>, ftp::Error> {
        let mut session = self.connect(limits, log)?;
        let login = self.login(); // The keychain has been asked by now.
        match session.sign_in_for(&login, errand) {
            Err(ftp::Error::Mistaken { .. }) => {
                self.learn_other_server();
                drop(session); // It may take one conversation at a time.
                session = self.connect(limits, log)?;
                session.sign_in_for(&login, errand)?;
            }
            Err(stopped @ ftp::Error::Stopped) => {
                session.quit();
                return Err(stopped);
            }
            signed_in => signed_in?,
        }
        Ok(session)
    }

    /// Remembers that the server is not the one that was met before: its greeting is waited for now.
    pub(super) fn learn_other_server(self) {
        self.commons.servers.has_greeted(&self.address.host, self.address.port, false);
    }

    /// Remembers that commands which travel together have made the server stumble.
    pub(super) fn learn_step_by_step(self) {
        self.learn(|known| known.is_step_by_step = true);
    }

    /// Remembers how far the server's clock is ahead of UTC, if a listing has shown it.
    pub(super) fn learn_time_offset(self, end: &ListingEnd) {
        if let Some(zone) = end.zone {
            self.learn(|known| known.time_offset = Some(zone));
        }
    }

    /// Remembers that data came: if in active mode after passive mode had led nowhere, that is how to
    /// begin the next time.
    pub(super) fn learn_data_came(self, is_active: bool) {
        if self.proxy().is_none() {
            self.learn(|known| {
                known.wants_active = is_active && (known.wants_active || known.is_passive_dead);
                known.is_passive_dead &= is_active;
            });
        }
    }

    /// Remembers that no data connection could be made. Whether the server is worth another try at
    /// once: what was learnt about it, and not what the person asked for, has led astray.
    pub(super) fn learn_no_data(self, error: &ftp::Error) -> bool {
        match error {
            ftp::Error::NoDataConnection { is_active: false, .. } => {
                self.learn(|known| known.is_passive_dead = true);
                false
            }
            ftp::Error::NoDataConnection { is_active: true, .. } if !self.way.is_active => {
                self.learn(|known| known.wants_active = false);
                true
            }
            _ => false,
        }
    }

    /// What cannot be written down is known until the program ends.
    fn learn(self, lesson: impl Fn(&mut ftp::Known)) {
        self.commons.servers.learn(&self.address.host, self.address.port, lesson).ok();
    }
}
