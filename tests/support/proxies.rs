//! Real proxies from Debian on the loopback: microsocks and tinyproxy.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A running proxy. Dropping it ends it.
pub(crate) struct Relay {
    child: Child,
    port: u16,
    folder: TempDir,
    /// What its log says of each connection that it made.
    mark: &'static str,
}

impl Relay {
    /// microsocks. With a `login`, it takes nobody else.
    pub(crate) fn socks(login: Option<(&str, &str)>) -> Self {
        Self::start("connected to", |port, folder| {
            let mut command = Command::new("microsocks");
            command.args(["-i", "127.0.0.1", "-p", &port.to_string()]);
            if let Some((user, password)) = login {
                command.args(["-u", user, "-P", password]);
            }
            command.stderr(File::create(folder.path().join("log")).unwrap());
            command
        })
    }

    /// tinyproxy. With a `login`, it takes nobody else; `more` goes into its configuration.
    pub(crate) fn http(login: Option<(&str, &str)>, more: &str) -> Self {
        Self::start("Established connection", |port, folder| {
            let file = folder.path().join("tinyproxy.conf");
            let log = folder.path().join("log");
            File::create(&log).unwrap();
            let login = login.map(|(user, password)| format!("BasicAuth {user} {password}\n"));
            let text = format!(
                "Port {port}\nListen 127.0.0.1\nTimeout 60\nMaxClients 50\nLogLevel Info\nLogFile \"{}\"\n{}{more}\n",
                log.display(),
                login.unwrap_or_default()
            );
            fs::write(&file, text).unwrap();
            let mut command = Command::new("tinyproxy");
            command.arg("-d").arg("-c").arg(file).stderr(Stdio::null());
            command
        })
    }

    fn start(mark: &'static str, command: impl Fn(u16, &TempDir) -> Command) -> Self {
        // Neither can be given a port of the system's choice: somebody may be faster.
        for _ in 0..5 {
            let folder = tempfile::tempdir().unwrap();
            let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let port = free.local_addr().unwrap().port();
            drop(free);
            let mut command = command(port, &folder);
            let started = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
            let child = started.unwrap_or_else(|error| panic!("{command:?}: {error}"));
            let mut relay = Self { child, port, folder, mark };
            if relay.is_up() {
                return relay;
            }
        }
        panic!("the proxy did not start");
    }

    fn is_up(&mut self) -> bool {
        let end = Instant::now() + Duration::from_secs(20);
        while Instant::now() < end && self.child.try_wait().unwrap().is_none() {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok() {
                return self.child.try_wait().unwrap().is_none();
            }
            thread::sleep(Duration::from_millis(10));
        }
        false
    }

    /// `127.0.0.1:PORT`.
    pub(crate) fn place(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// How many connections it has made.
    pub(crate) fn connections(&self) -> usize {
        self.log().lines().filter(|line| line.contains(self.mark)).count()
    }

    /// What it says about itself.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
