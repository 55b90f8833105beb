//! Passwords in the keychain of the operating system: on a real Secret Service on a bus of its own, and
//! where there is none.
//!
//! Each story is told in a process of its own, because a process meets one keychain in its life.

#![cfg(all(target_os = "linux", feature = "window"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread;
use std::time::{Duration, Instant};

use ashore::ftp::{Address, Limits, Secret, Security, Stop, Trust, Way};
use ashore::transfer::{self, Access, Commons, Failure, KeychainNews, Passwords, Servers};
use ashore::window::keychain::System;
use crossbeam_channel::{Receiver, unbounded};
use support::Server;

const PATIENCE: Duration = Duration::from_secs(20);

/// The folder of the story that this process tells, if it tells one.
const STAGE: &str = "ASHORE_TEST_KEYCHAIN";

/// Has `story` told by this program, started by `prefix`.
fn tell(story: &str, prefix: &mut Command) -> Output {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("run")).unwrap();
    let output = prefix
        .arg(std::env::current_exe().unwrap())
        .args([story, "--exact", "--ignored", "--nocapture"])
        .env("HOME", home.path())
        .env("XDG_DATA_HOME", home.path().join("share"))
        .env("XDG_CACHE_HOME", home.path().join("cache"))
        .env("XDG_RUNTIME_DIR", home.path().join("run"))
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env(STAGE, home.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    let files = walk(home.path());
    assert!(!files.is_empty(), "the story was told elsewhere");
    for file in files {
        let bytes = fs::read(&file).unwrap();
        assert!(!bytes.windows(9).any(|part| part == b"swordfish"), "{file:?} tells it");
    }
    assert!(!said.contains("swordfish"), "{said}");
    output
}

/// Every file under `folder`.
fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.symlink_metadata().unwrap() {
            data if data.is_dir() => found.extend(walk(&path)),
            data if data.is_file() => found.push(path),
            _ => {}
        }
    }
    found
}

/// An Ashore that was started anew, and what its keychain says.
struct Ashore {
    commons: Commons,
    news: Receiver<KeychainNews>,
}

impl Ashore {
    fn start() -> Self {
        let (tell, news) = unbounded();
        let passwords = Passwords::in_keychain(System, move |said| drop(tell.send(said)));
        let file = PathBuf::from(std::env::var_os(STAGE).unwrap()).join("servers.toml");
        Self {
            commons: Commons { passwords, servers: Servers::open(file), ..Commons::default() },
            news,
        }
    }

    fn heard(&self) -> KeychainNews {
        self.news.recv_timeout(PATIENCE).unwrap()
    }

    /// Asks about the file, having typed this password or none.
    fn glance(&self, link: &str, password: Option<&str>, keeps: bool) -> Result<(), Failure> {
        let mut address: Address = link.parse().unwrap();
        address.login.password = password.map(Secret::new);
        if keeps {
            self.commons.passwords.keep(&address.host, address.port, &address.login);
        }
        let limits = Limits { patience: PATIENCE, stop: Stop::default() };
        let access = Access {
            address: &address,
            security: Security::Off,
            trust: &Trust::default(),
            way: Way::default(),
            commons: &self.commons,
        };
        transfer::glance(access, &limits, &|line| assert!(!line.text.contains("swordfish")))
            .map(|_| ())
    }

    fn kept(&self) -> Vec<(String, Vec<String>)> {
        let all = self.commons.servers.all().into_iter();
        all.map(|(name, known)| (name, known.passwords_of.into_iter().collect())).collect()
    }

    fn wait_until(&self, is_so: impl Fn(&Self) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !is_so(self) {
            assert!(Instant::now() < end, "{:?} {:?}", self.kept(), self.news.try_recv());
            thread::sleep(Duration::from_millis(10));
        }
    }
}

/// One conversation about the file, or its beginning up to a refusal.
fn conversation(password: &str, is_right: bool) -> String {
    let begin = format!("S: 220 Harbour\nC: USER ada\nS: 331 And?\nC: PASS {password}\n");
    begin
        + match is_right {
            true => {
                "S: 230 In\nC: FEAT\nS: 500 No\nC: TYPE I\nS: 200 Binary\nC: SIZE f\nS: 213 5\n\
                 C: MDTM f\nS: 500 No\nC: QUIT\n"
            }
            false => "S: 530 No\n",
        }
}

#[test]
#[ignore = "needs a keychain: ./tests/run"]
fn a_password_is_kept_in_a_real_keychain_until_it_is_taken_out() {
    let unlock = "printf harbour | gnome-keyring-daemon --unlock --components=secrets >/dev/null \
                  && exec \"$0\" \"$@\"";
    let mut bus = Command::new("dbus-run-session");
    tell("told::with_a_keychain", bus.args(["--", "sh", "-c", unlock]));
}

#[test]
fn without_a_keychain_that_is_said_once_and_the_password_works_until_ashore_ends() {
    let mut env = Command::new("env");
    env.arg("DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent");
    tell("told::without_a_keychain", &mut env);
}

mod told {
    use super::*;

    #[test]
    #[ignore = "is told in a process of its own"]
    fn with_a_keychain() {
        if std::env::var_os(STAGE).is_none() {
            return;
        }
        let script = [
            conversation("barracuda", false),
            conversation("swordfish", true),
            conversation("swordfish", true),
            conversation("swordfish", true),
            conversation("", false),
        ];
        let server = Server::play(&script.join("==\n"));
        let link = server.link("f").replace("ftp://", "ftp://ada@");

        let first = Ashore::start();
        first.commons.passwords.look();
        assert_eq!(first.heard(), KeychainNews::Found(Ok(())));
        first.glance(&link, Some("barracuda"), true).unwrap_err();
        assert_eq!(first.kept(), [], "what was refused is not kept");
        first.glance(&link, Some("swordfish"), true).unwrap();
        first.wait_until(|it| it.kept().iter().any(|(_, users)| users == &["ada"]));
        first.glance(&link, None, false).unwrap();

        let second = Ashore::start();
        second.glance(&link, None, false).unwrap();
        let name = second.kept()[0].0.clone();
        second.commons.passwords.erase(&second.commons.servers, &name);
        second.commons.passwords.look();
        assert_eq!(second.heard(), KeychainNews::Found(Ok(())), "it was erased without a word");

        let third = Ashore::start();
        third.glance(&link, None, false).unwrap_err();
        let KeychainNews::Trouble(said) = third.heard() else { panic!("it is missed") };
        assert!(said.contains("it is not there any more"), "{said}");
        server.finish();
    }

    #[test]
    #[ignore = "is told in a process of its own"]
    fn without_a_keychain() {
        if std::env::var_os(STAGE).is_none() {
            return;
        }
        let script = [
            conversation("swordfish", true),
            conversation("swordfish", true),
            conversation("swordfish", true),
            conversation("", false),
        ];
        let server = Server::play(&script.join("==\n"));
        let link = server.link("f").replace("ftp://", "ftp://ada@");
        let ashore = Ashore::start();
        ashore.commons.passwords.look();
        let KeychainNews::Found(Err(what)) = ashore.heard() else { panic!("there is none") };
        assert!(what.contains("Secret Service"), "{what}");
        ashore.glance(&link, Some("swordfish"), false).unwrap();
        ashore.glance(&link, None, false).unwrap();
        ashore.glance(&link, Some("swordfish"), true).unwrap();
        let KeychainNews::Trouble(said) = ashore.heard() else { panic!("it was not kept") };
        assert!(said.contains("holds until Ashore ends"), "{said}");
        let name = link.trim_start_matches("ftp://ada@").trim_end_matches("/f");
        ashore.commons.passwords.erase(&ashore.commons.servers, name);
        ashore.glance(&link, None, false).unwrap_err();
        fs::write(PathBuf::from(std::env::var_os(STAGE).unwrap()).join("told"), "").unwrap();
        server.finish();
    }
}
