//! Passwords that servers have accepted: until the program ends, so that nobody is asked twice; and those
//! that the person asked to keep, in the keychain of the operating system, and nowhere else.
//!
//! Which names have one is part of what is [known](ftp::Known::passwords_of) of their server, so that a
//! keychain, which may put a question on the screen, is never disturbed for a server that has none.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};

use super::servers::{self, Servers};
use crate::ftp::{self, Host, Login, Secret, Stop};

/// A keychain that is locked asks the person for its own password, and people take their time.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often a connection that waits for the keychain looks up.
const TICK: Duration = Duration::from_millis(20);

/// What was not to be had is asked for again after this time: the person may have unlocked it.
const ANOTHER_TRY: Duration = Duration::from_secs(3);

/// The keychain of the operating system. Its answers may take as long as a person takes to answer it.
/// Errors are sentences without a full stop.
pub trait Keychain: Send + 'static {
    /// Whether there is one here. Puts no question on the screen.
    ///
    /// # Errors
    ///
    /// What is missing.
    fn look(&self) -> Result<(), String>;

    /// The password of an account, such as `ada@ftp.example.org:21`. `None`: it has none.
    ///
    /// # Errors
    ///
    /// Why it cannot be read.
    fn read(&self, account: &str) -> Result<Option<Secret>, String>;

    /// Keeps the password of an account.
    ///
    /// # Errors
    ///
    /// Why it cannot be kept.
    fn write(&self, account: &str, password: &Secret) -> Result<(), String>;

    /// Keeps it no longer. One that is not there is no trouble.
    ///
    /// # Errors
    ///
    /// Why it is still there.
    fn erase(&self, account: &str) -> Result<(), String>;
}

/// Where a password comes from that the person has not given with the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// The keychain.
    Keychain,
    /// The person, for an earlier download.
    Typed,
}

/// What a keychain has to say to the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeychainNews {
    /// Whether there is one; what is missing if not.
    Found(Result<(), String>),
    /// Something did not work, in a sentence.
    Trouble(String),
}

/// Passwords that servers have accepted. Clones share them; the default has no keychain, and keeps none.
#[derive(Clone, Default)]
pub struct Passwords(Option<Arc<Desk>>);

struct Desk {
    orders: Sender<Order>,
    kept: Arc<Mutex<HashMap<String, Kept>>>,
    /// What is to be kept once a server has accepted it.
    wanted: Mutex<HashMap<String, Secret>>,
}

/// What is known of one account.
enum Kept {
    /// It is being asked for, and waited for until then.
    Asked {
        until: Instant,
    },
    /// It is in the keychain, or on its way there.
    Is(Secret),
    /// It was typed, and accepted; nobody asked to keep it.
    Typed(Secret),
    Nothing {
        since: Instant,
    },
}

enum Order {
    Look,
    Read(String),
    Write {
        account: String,
        password: Secret,
        servers: Servers,
        host: Host,
        port: u16,
        user: String,
    },
    Erase(String),
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Passwords(****)" } else { "Passwords(none)" })
    }
}

impl Passwords {
    /// Keeps them in `keychain`, which gets a thread of its own; `tell` is called from there.
    pub fn in_keychain(
        keychain: impl Keychain,
        tell: impl Fn(KeychainNews) + Send + 'static,
    ) -> Self {
        let (orders, inbox) = unbounded();
        let kept = Arc::<Mutex<HashMap<String, Kept>>>::default();
        let shared = Arc::clone(&kept);
        let thread = thread::Builder::new().name("keychain".to_owned());
        let is_started = thread.spawn(move || work(&keychain, &inbox, &shared, &tell)).is_ok();
        let desk = Desk { orders, kept, wanted: Mutex::default() };
        Self(is_started.then(|| Arc::new(desk)))
    }

    /// Has the keychain looked for, and the news told.
    pub fn look(&self) {
        self.order(Order::Look);
    }

    /// Keeps the password of `login`, as soon as the server has accepted it.
    pub fn keep(&self, host: &Host, port: u16, login: &Login) {
        let (Some(desk), Some(password)) = (&self.0, &login.password) else { return };
        if let Some(account) = account(host, port, login) {
            lock(&desk.wanted).insert(account, password.clone());
        }
    }

    /// The server has let us in with this.
    pub(super) fn accepted(&self, servers: &Servers, host: &Host, port: u16, login: &Login) {
        let (Some(desk), Some(account)) = (&self.0, account(host, port, login)) else { return };
        let Some(given) = &login.password else { return };
        let is_it = |password: &Secret| password == given;
        {
            let mut kept = lock(&desk.kept);
            if !matches!(kept.get(&account), Some(Kept::Is(password)) if is_it(password)) {
                kept.insert(account.clone(), Kept::Typed(given.clone()));
            }
        }
        let mut wanted = lock(&desk.wanted);
        if wanted.get(&account).is_some_and(is_it)
            && let Some((account, password)) = wanted.remove_entry(&account)
            && let Some(user) = user(login)
        {
            lock(&desk.kept).insert(account.clone(), Kept::Is(password.clone()));
            let (servers, host) = (servers.clone(), host.clone());
            self.order(Order::Write { account, password, servers, host, port, user });
        }
    }

    /// Has the password of a login read, if one is kept and none is given, and waits for that: as long
    /// as a person needs to unlock a keychain, but not for ever, and not once `stop` is given.
    pub(super) fn fetch(
        &self,
        known: &ftp::Known,
        host: &Host,
        port: u16,
        login: &Login,
        stop: &Stop,
    ) {
        let (Some(desk), Some(account)) = (&self.0, account(host, port, login)) else { return };
        let has_one = user(login).is_some_and(|user| known.passwords_of.contains(&user));
        if !has_one || login.password.is_some() {
            return;
        }
        let is_new = {
            let mut kept = lock(&desk.kept);
            let is_new = match kept.get(&account) {
                None => true,
                Some(Kept::Nothing { since }) => since.elapsed() > ANOTHER_TRY,
                Some(Kept::Is(_) | Kept::Typed(_) | Kept::Asked { .. }) => false,
            };
            if is_new {
                kept.insert(account.clone(), Kept::Asked { until: Instant::now() + PATIENCE });
            }
            is_new
        };
        if is_new {
            self.order(Order::Read(account.clone()));
        }
        let is_awaited = || match lock(&desk.kept).get(&account) {
            Some(Kept::Asked { until }) => Instant::now() < *until,
            _ => false,
        };
        while is_awaited() && !stop.is_given() {
            thread::sleep(TICK);
        }
    }

    /// The password of a login, where none is given and one is known.
    pub(super) fn of(&self, host: &Host, port: u16, login: &Login) -> Option<(Secret, Source)> {
        let desk = self.0.as_ref().filter(|_| login.password.is_none())?;
        match lock(&desk.kept).get(&account(host, port, login)?) {
            Some(Kept::Is(password)) => Some((password.clone(), Source::Keychain)),
            Some(Kept::Typed(password)) => Some((password.clone(), Source::Typed)),
            Some(Kept::Asked { .. } | Kept::Nothing { .. }) | None => None,
        }
    }

    /// Erases what is kept for a server, which is named as in [`Servers::all`], also until the end.
    pub fn erase(&self, servers: &Servers, server: &str) {
        if let Some(desk) = &self.0 {
            let is_its = |account: &str| account.rsplit_once('@').is_some_and(|it| it.1 == server);
            lock(&desk.kept).retain(|account, _| !is_its(account));
        }
        let known = servers.all().into_iter().find(|(name, _)| name == server);
        for user in known.into_iter().flat_map(|(_, known)| known.passwords_of) {
            self.order(Order::Erase(format!("{user}@{server}")));
        }
    }

    fn order(&self, order: Order) {
        if let Some(desk) = &self.0 {
            desk.orders.send(order).ok();
        }
    }
}

fn user(login: &Login) -> Option<String> {
    String::from_utf8(login.user.clone()?).ok()
}

fn account(host: &Host, port: u16, login: &Login) -> Option<String> {
    Some(format!("{}@{}", user(login)?, servers::name(host, port)))
}

/// Nothing is ever half written under these locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn work(
    keychain: &impl Keychain,
    inbox: &Receiver<Order>,
    kept: &Mutex<HashMap<String, Kept>>,
    tell: &impl Fn(KeychainNews),
) {
    let trouble = |sentence: String| tell(KeychainNews::Trouble(sentence));
    for order in inbox {
        match order {
            Order::Look => tell(KeychainNews::Found(keychain.look())),
            Order::Read(account) => {
                let read = keychain.read(&account);
                let missing = match &read {
                    Ok(Some(_)) => None,
                    Ok(None) => Some("it is not there any more".to_owned()),
                    Err(why) => Some(why.clone()),
                };
                let found = match read {
                    Ok(Some(password)) => Kept::Is(password),
                    Ok(None) | Err(_) => Kept::Nothing { since: Instant::now() },
                };
                lock(kept).insert(account.clone(), found);
                if let Some(why) = missing {
                    trouble(format!(
                        "The password of {account} could not be read from the keychain: {why}. Type it where it is asked for; it works the same"
                    ));
                }
            }
            Order::Write { account, password, servers, host, port, user } => {
                match keychain.write(&account, &password) {
                    // What cannot be written down is asked for again, and nothing worse.
                    Ok(()) => drop(servers.learn(&host, port, |known| {
                        known.passwords_of.insert(user.clone());
                    })),
                    Err(why) => trouble(format!(
                        "The password of {account} could not be kept: {why}. It holds until Ashore ends"
                    )),
                }
            }
            Order::Erase(account) => {
                if let Err(why) = keychain.erase(&account) {
                    trouble(format!(
                        "The password of {account} could not be taken out of the keychain: {why}"
                    ));
                }
            }
        }
    }
}
