//! Downloads through real proxies: microsocks (SOCKS5) and tinyproxy (HTTP `CONNECT`).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;

use ashore::transfer::{self, Class, Commons, Failure, Handle, Proxies, Request};
use support::embedded::Embedded;
use support::proxies::Relay;
use support::{calm_request, names};

/// A server with one file.
struct Shop {
    server: Embedded,
    folder: tempfile::TempDir,
}

const CARGO: &[u8] = b"All that was in the hold.\n";

impl Shop {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.bin"), CARGO).unwrap();
        let ip: IpAddr = Ipv4Addr::LOCALHOST.into();
        let server = Embedded::serve(ip, folder.path(), None).unwrap();
        Self { server, folder }
    }

    fn order(&self, host: &str, into: &Path) -> Request {
        calm_request(&format!("ftp://{host}:{}/a.bin", self.server.at().port()), into)
    }
}

/// Downloads through `proxy`; how it ended, and all that was said on the way.
fn fetch(request: &Request, proxy: &str) -> (Result<(), Failure>, String) {
    let proxies = Proxies::chosen(proxy.parse().unwrap());
    let handle = Handle::with(Commons { proxies, ..Commons::default() });
    let said = std::cell::RefCell::new(String::new());
    let outcome = transfer::download(request, &handle, &|news| {
        said.borrow_mut().push_str(&format!("{news:?}\n"));
    });
    (outcome.map(drop), said.into_inner())
}

/// A file arrives through `relay`, told as `url`: both connections go that way.
fn arrives(relay: &Relay, url: &str, host: &str) {
    let shop = Shop::open();
    let folder = tempfile::tempdir().unwrap();
    let before = relay.connections();
    let (outcome, said) = fetch(&shop.order(host, folder.path()), url);
    outcome.unwrap_or_else(|failure| panic!("{url}: {failure} ({failure:?})\n{said}"));
    assert_eq!(fs::read(folder.path().join("a.bin")).unwrap(), CARGO, "{url}");
    assert_eq!(relay.connections() - before, 2, "{url}: {}", relay.log());
    assert!(!said.contains("swordfish"), "{said}");
    drop(shop.folder);
}

/// It fails, and the password for the proxy is nowhere.
fn fails(url: &str) -> Failure {
    let shop = Shop::open();
    let folder = tempfile::tempdir().unwrap();
    let (outcome, said) = fetch(&shop.order("127.0.0.1", folder.path()), url);
    let failure = outcome.unwrap_err();
    assert_eq!(names(folder.path()), [""; 0], "{url}: {failure}");
    let all = format!("{said}{failure}{failure:?}{}", failure.advice());
    assert!(!all.contains("swordfish") && !all.contains("Ym9iOnN3b3JkZmlzaA"), "{all}");
    failure
}

#[test]
#[ignore = "needs microsocks: ./tests/run"]
fn a_file_arrives_through_socks_whoever_looks_the_name_up() {
    let relay = Relay::socks(None);
    for scheme in ["socks5", "socks5h"] {
        for host in ["127.0.0.1", "localhost"] {
            arrives(&relay, &format!("{scheme}://{}", relay.place()), host);
        }
    }
    // The proxy was told the name once for each connection, and the address otherwise.
    let by_name = relay.log().lines().filter(|line| line.contains("localhost:")).count();
    assert_eq!(by_name, 2, "{}", relay.log());
}

#[test]
#[ignore = "needs microsocks: ./tests/run"]
fn socks_gets_its_name_and_password_and_says_no_to_others() {
    let relay = Relay::socks(Some(("bob", "swordfish")));
    let place = relay.place();
    arrives(&relay, &format!("socks5h://bob:swordfish@{place}"), "localhost");
    for login in ["", "bob:wrong@", "eve:swordfish@"] {
        let failure = fails(&format!("socks5h://{login}{place}"));
        assert!(failure.to_string().contains("does not let Ashore in: it said"), "{failure}");
        assert!(failure.advice().contains("the password for the proxy"), "{failure}");
    }
}

#[test]
#[ignore = "needs tinyproxy: ./tests/run"]
fn a_file_arrives_through_an_http_proxy() {
    let relay = Relay::http(None, "");
    for host in ["127.0.0.1", "localhost"] {
        arrives(&relay, &format!("http://{}", relay.place()), host);
    }
}

#[test]
#[ignore = "needs tinyproxy: ./tests/run"]
fn an_http_proxy_gets_its_name_and_password_and_says_no_to_others() {
    let relay = Relay::http(Some(("bob", "swordfish")), "");
    let place = relay.place();
    arrives(&relay, &format!("http://bob:swordfish@{place}"), "localhost");
    for login in ["", "bob:wrong@", "eve:swordfish@"] {
        let failure = fails(&format!("http://{login}{place}"));
        assert_eq!(failure.class(), Class::Server);
        assert!(failure.to_string().contains("it said “40"), "{failure}");
    }
}

#[test]
#[ignore = "needs tinyproxy: ./tests/run"]
fn an_http_proxy_that_lets_only_web_servers_through_is_quoted() {
    let relay = Relay::http(None, "ConnectPort 443");
    let failure = fails(&format!("http://{}", relay.place()));
    assert!(failure.to_string().contains("refuses: it said “403"), "{failure}");
    assert!(failure.advice().contains("administrator"), "{failure}");
}

#[test]
#[ignore = "needs microsocks and tinyproxy: ./tests/run"]
fn a_server_that_no_proxy_reaches_is_not_taken_for_one_that_refuses() {
    let (socks, http) = (Relay::socks(None), Relay::http(None, ""));
    for url in [format!("socks5://{}", socks.place()), format!("http://{}", http.place())] {
        let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (outcome, _) = fetch(&calm_request(&format!("ftp://{gone}/a"), folder.path()), &url);
        let failure = outcome.unwrap_err();
        assert!(failure.to_string().contains("did not reach the server: it said"), "{failure}");
    }
}
