//! What is promised to guests whom the usual way does not lead there.

use std::cell::RefCell;

use ashore::transfer::{self, Class, Commons, Handle, NextStep, Proxies, Request, Voice};

use crate::harbours::Harbour;
use crate::promises::patient;
use crate::support::proxies::Relay;
use crate::support::{run, said, sha256};

/// Downloads as `change` wants it, and holds the result against the file that the server serves. What
/// Ashore said.
fn arrives(
    harbour: &Harbour,
    link: &str,
    commons: Commons,
    change: impl FnOnce(&mut Request),
) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let mut request = patient(link, folder.path());
    change(&mut request);
    let news = RefCell::new(Vec::new());
    let outcome = transfer::download(&request, &Handle::with(commons), &|item| {
        news.borrow_mut().push(item);
    });
    let summary = outcome.unwrap_or_else(|failure| panic!("{link}: {failure} ({failure:?})"));
    let name = link.rsplit('/').next().unwrap();
    assert_eq!(sha256(&summary.path), sha256(&harbour.tree.join(name)), "{link}");
    said(&news.into_inner(), Voice::Sent).into_iter().map(str::to_owned).collect()
}

/// In active mode: which verbs asked for the data connection.
fn actively(harbour: &Harbour, link: &str) -> Vec<String> {
    let sent = arrives(harbour, link, Commons::default(), |request| {
        request.way.is_active = true;
        request.retries = 1; // pyftpdlib's TLS may stumble right after an active transfer.
    });
    let verbs = sent.iter().filter_map(|line| line.split(' ').next());
    let is_mode = |verb: &&str| ["PORT", "EPRT", "PASV", "EPSV"].contains(verb);
    verbs.filter(is_mode).map(str::to_owned).collect()
}

pub(crate) fn files_come_in_active_mode_by_ipv4_and_ipv6(harbour: &Harbour) {
    for name in ["big.bin", "empty.bin", "mid.bin"] {
        assert_eq!(actively(harbour, &format!("ftp://{}/{name}", harbour.ipv4)), ["PORT"]);
    }
    assert_eq!(actively(harbour, &format!("ftp://{}/mid.bin", harbour.ipv6)), ["EPRT"]);
}

pub(crate) fn files_come_in_active_mode_in_secret_too(harbour: &Harbour) {
    for (at, verb) in [(&harbour.ipv4, "PORT"), (&harbour.ipv6, "EPRT")] {
        for name in ["mid.bin", "empty.bin"] {
            let verbs = actively(harbour, &format!("ftpes://{at}/{name}"));
            assert!(verbs.iter().all(|it| it == verb) && !verbs.is_empty(), "{at}: {verbs:?}");
        }
    }
}

pub(crate) fn that_it_has_no_active_mode_is_said(harbour: &Harbour) {
    let folder = tempfile::tempdir().unwrap();
    let mut request = patient(&format!("ftp://{}/mid.bin", harbour.ipv4), folder.path());
    request.way.is_active = true;
    let failure = run(&request).0.unwrap_err();
    assert!(failure.to_string().contains("in active mode (PORT and EPRT): EPRT was"), "{failure}");
    assert_eq!((failure.class(), failure.next_step()), (Class::Server, NextStep::TryPassive));
}

pub(crate) fn files_come_through_proxies(harbour: &Harbour) {
    come_through_proxies(harbour, &format!("ftp://{}/big.bin", harbour.ipv4));
    come_through_proxies(harbour, &format!("ftp://{}/mid.bin", harbour.ipv6));
}

pub(crate) fn files_come_through_proxies_in_secret(harbour: &Harbour) {
    come_through_proxies(harbour, &format!("ftpes://ashoretest:s3cret@{}/mid.bin", harbour.ipv4));
}

/// Both connections of each download go through the proxy.
fn come_through_proxies(harbour: &Harbour, link: &str) {
    let (socks, http) = (Relay::socks(None), Relay::http(None, ""));
    for (relay, scheme) in [(&socks, "socks5"), (&socks, "socks5h"), (&http, "http")] {
        let before = relay.connections();
        let proxy = format!("{scheme}://{}", relay.place()).parse().unwrap();
        let commons = Commons { proxies: Proxies::chosen(proxy), ..Commons::default() };
        arrives(harbour, link, commons, |request| request.segments = Some(1));
        assert_eq!(relay.connections() - before, 2, "{scheme}: {}", relay.log());
    }
}
