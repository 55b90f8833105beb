//! Where the real servers listen. `tests/servers.sh` starts them there.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;

use crate::support::embedded::Embedded;

/// One real server, in all the forms in which the tests meet it. Each form is `address:port`.
pub(crate) struct Harbour {
    /// The folder that it serves, seen from this side.
    pub(crate) tree: PathBuf,
    pub(crate) ipv4: String,
    pub(crate) ipv6: String,
    /// It takes two guests at once, and no more.
    full: Option<&'static str>,
    /// It answers `PASV` with an address of somewhere else.
    astray: Option<&'static str>,
    /// It speaks TLS from the first byte.
    implicit: Option<&'static str>,
    /// It speaks TLS 1.2, and insists that data connections resume the session.
    old_tls: Option<&'static str>,
    /// The server itself, if it runs in here.
    _embedded: Vec<Embedded>,
}

impl Harbour {
    fn started(port: u16, full: &'static str, astray: &'static str) -> Self {
        Self {
            tree: tree(),
            ipv4: format!("127.0.0.1:{port}"),
            ipv6: format!("[::1]:{port}"),
            full: Some(full),
            astray: Some(astray),
            implicit: None,
            old_tls: None,
            _embedded: Vec::new(),
        }
    }

    pub(crate) fn vsftpd() -> Self {
        let (implicit, old_tls) = (Some("127.0.0.1:21012"), Some("127.0.0.1:21016"));
        Self { implicit, old_tls, ..Self::started(21010, "127.0.0.1:21013", "127.0.0.1:21014") }
    }

    pub(crate) fn proftpd() -> Self {
        let (implicit, old_tls) = (Some("127.0.0.1:21022"), Some("127.0.0.1:21026"));
        Self { implicit, old_tls, ..Self::started(21020, "127.0.0.1:21023", "127.0.0.1:21024") }
    }

    pub(crate) fn pure_ftpd() -> Self {
        Self::started(21030, "127.0.0.1:21033", "127.0.0.1:21034")
    }

    pub(crate) fn pyftpdlib() -> Self {
        let implicit = Some("127.0.0.1:21042");
        Self { implicit, ..Self::started(21040, "127.0.0.1:21043", "127.0.0.1:21044") }
    }

    pub(crate) fn embedded() -> Self {
        let tree = tree();
        let serve = |ip: IpAddr| Embedded::serve(ip, &tree, None).unwrap();
        let (v4, v6) = (serve(Ipv4Addr::LOCALHOST.into()), serve(Ipv6Addr::LOCALHOST.into()));
        Self {
            ipv4: v4.at().to_string(),
            ipv6: v6.at().to_string(),
            full: None,
            astray: None,
            implicit: None,
            old_tls: None,
            _embedded: vec![v4, v6],
            tree,
        }
    }

    pub(crate) fn full(&self) -> &'static str {
        self.full.expect("this server has no limit")
    }

    pub(crate) fn implicit(&self) -> &'static str {
        self.implicit.expect("this server knows only AUTH TLS")
    }

    pub(crate) fn old_tls(&self) -> &'static str {
        self.old_tls.expect("this server speaks the newest TLS alone")
    }

    pub(crate) fn astray(&self) -> &'static str {
        self.astray.expect("this server tells no false address")
    }
}

/// The folder that the servers serve.
fn tree() -> PathBuf {
    match std::env::var_os("ASHORE_TEST_TREE") {
        Some(tree) => PathBuf::from(tree),
        None => panic!("no servers are running for this test: start it by ./tests/run"),
    }
}
