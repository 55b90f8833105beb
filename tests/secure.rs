//! What TLS promises: an end that may be forged is none, and nobody is believed unseen.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on stops"
)]

mod support;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use ashore::ftp::{Fingerprint, Limits, Security, Stop, Trust};
use ashore::transfer::{
    self, Class, Commons, Handle, IfExists, NextStep, Outcome, Request, Servers, Verdict,
};
use rustls::{ProtocolVersion, SupportedProtocolVersion};
use support::secret::{LENGTH, Manners, SecretServer};
use support::{calm_request, names, pattern, run, said};

#[test]
fn an_end_that_may_be_forged_is_not_believed_even_if_the_server_calls_it_complete() {
    let server =
        SecretServer::open(Manners { tells_size: false, cut: Some(250_000), ..Manners::default() });
    let folder = tempfile::tempdir().unwrap();

    let (outcome, news) = run(&server.request(&folder));

    assert_eq!(outcome.unwrap().verdict, Verdict::Complete);
    assert_eq!(fs::read(folder.path().join("cargo.bin")).unwrap(), pattern(LENGTH as u64));
    assert_eq!(names(folder.path()), ["cargo.bin"]);
    assert_eq!(server.count("RETR"), 2, "it was continued on a second connection");
    let story = said(&news, ashore::transfer::Voice::Story);
    assert!(story.iter().any(|line| line.starts_with("Joined at 250.0 KB")), "{story:?}");
}

#[test]
fn an_end_without_a_word_of_tls_is_believed_if_the_number_of_bytes_agrees() {
    let server = SecretServer::open(Manners { cut: Some(LENGTH), ..Manners::default() });
    let folder = tempfile::tempdir().unwrap();

    let (outcome, _) = run(&server.request(&folder));

    assert_eq!(outcome.unwrap().length, LENGTH as u64);
    assert_eq!(server.count("RETR"), 1);
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_shown_and_no_name_is_sent() {
    let server = SecretServer::open(Manners::default());
    let folder = tempfile::tempdir().unwrap();
    let mut request = server.request(&folder);
    request.trust = Trust::default();

    let failure = run(&request).0.unwrap_err();

    assert_eq!((failure.class(), failure.next_step()), (Class::Tls, NextStep::Trust));
    assert_eq!(failure.fingerprint(), Some(server.fingerprint));
    assert!(server.heard_nothing());
    assert!(names(folder.path()).is_empty());

    // The person has looked at the fingerprint, and says yes.
    request.trust.pin = failure.fingerprint();
    assert_eq!(run(&request).0.unwrap().length, LENGTH as u64);
}

#[test]
fn another_certificate_than_the_one_that_was_trusted_is_refused_whoever_vouches_for_it() {
    let server = SecretServer::open(Manners::default());
    let folder = tempfile::tempdir().unwrap();
    let mut request = server.request(&folder);
    for roots in [None, Some(server.pem.clone())] {
        let is_vouched = roots.is_some();
        request.trust = Trust { roots, pin: Some(Fingerprint([7; 32])), ..Trust::default() };

        let failure = run(&request).0.unwrap_err();

        assert_eq!(failure.class(), Class::Tls);
        assert_eq!(failure.fingerprint(), Some(server.fingerprint));
        let sentence = failure.to_string();
        for part in [Fingerprint([7; 32]).to_string(), server.fingerprint.to_string()] {
            assert!(sentence.contains(&part), "{sentence}");
        }
        assert_eq!(sentence.contains("(this computer would trust it)"), is_vouched, "{sentence}");
        assert!(server.heard_nothing());
    }
}

/// Downloads with what is known of servers; as the next start of the program would.
fn run_knowing(request: &Request, servers: &Servers) -> Outcome {
    let commons = Commons { servers: servers.clone(), ..Commons::default() };
    transfer::download(request, &Handle::with(commons), &|_| ())
}

#[test]
fn a_server_that_is_trusted_once_is_known_over_restarts_and_no_other_takes_its_place() {
    let server = SecretServer::open(Manners::default());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("servers.toml");
    let target = tempfile::tempdir().unwrap();
    let mut request = server.request(&target);
    request.if_exists = IfExists::Replace;
    request.trust = Trust { pin: Some(server.fingerprint), ..Trust::default() };

    // Just now: for this transfer, and for no other.
    run_knowing(&request, &Servers::open(file.clone())).unwrap();
    request.trust = Trust::default();
    let failure = run_knowing(&request, &Servers::open(file.clone())).unwrap_err();
    assert_eq!(failure.next_step(), NextStep::Trust);

    // From now on.
    request.trust = Trust { pin: Some(server.fingerprint), is_lasting: true, ..Trust::default() };
    run_knowing(&request, &Servers::open(file.clone())).unwrap();
    request.trust = Trust::default();
    run_knowing(&request, &Servers::open(file.clone())).unwrap();
    let log = &|_| ();
    let limits = Limits { patience: request.patience, stop: Stop::default() };
    let commons = Commons { servers: Servers::open(file.clone()), ..Commons::default() };
    let listed = transfer::list(request.access(&commons), &limits, log, &mut |_| {
        std::ops::ControlFlow::Continue(())
    });
    // This server lists nothing; but it was let in.
    assert_eq!(listed.unwrap_err().class(), Class::Server);

    // Somebody else answers at this address, whose certificate the last one does not vouch for.
    let address = &request.address;
    let servers = Servers::open(file);
    servers
        .learn(&address.host, address.port, |known| known.pin = Some(Fingerprint([9; 32])))
        .unwrap();
    let failure = run_knowing(&request, &servers).unwrap_err();
    assert!(failure.to_string().contains("not the one that you trust"), "{failure}");
    assert_eq!(servers.known(&address.host, address.port).pin, Some(Fingerprint([9; 32])));
}

#[test]
fn a_server_that_once_offered_tls_gets_no_password_without_it_also_after_a_restart() {
    let server = SecretServer::open(Manners {
        is_explicit: true,
        strips_from: Some(1),
        ..Manners::default()
    });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("servers.toml");
    let target = tempfile::tempdir().unwrap();
    let mut request = server.request(&target);
    request.if_exists = IfExists::Replace;
    run_knowing(&request, &Servers::open(file.clone())).unwrap();
    assert_eq!(server.count("USER"), 1);

    let failure = run_knowing(&request, &Servers::open(file.clone())).unwrap_err();

    assert_eq!((failure.class(), failure.next_step()), (Class::Tls, NextStep::GoUnprotected));
    let sentence = failure.to_string();
    assert!(sentence.contains("has offered a secure connection before"), "{sentence}");
    assert_eq!((server.count("USER"), server.count("PASS")), (1, 1));

    // The person insists. Without TLS this server has no file to give.
    request.security = Security::Off;
    request.retries = 0;
    run_knowing(&request, &Servers::open(file.clone())).unwrap_err();
    assert_eq!(server.count("USER"), 2);
    // A stranger of whom nothing is known is taken as he is.
    request.security = Security::Auto;
    run_knowing(&request, &Servers::default()).unwrap_err();
    assert_eq!(server.count("USER"), 3);
}

const ONLY_12: &[&SupportedProtocolVersion] = &[&rustls::version::TLS12];
const ONLY_13: &[&SupportedProtocolVersion] = &[&rustls::version::TLS13];

#[test]
fn either_version_of_tls_resumes_the_session_for_the_data_in_either_way_of_beginning() {
    for (versions, spoken) in
        [(ONLY_12, ProtocolVersion::TLSv1_2), (ONLY_13, ProtocolVersion::TLSv1_3)]
    {
        for is_explicit in [false, true] {
            let server =
                SecretServer::open(Manners { versions, is_explicit, ..Manners::default() });
            let folder = tempfile::tempdir().unwrap();
            let outcome = run(&server.request(&folder)).0;
            let summary = outcome.unwrap_or_else(|failure| panic!("{spoken:?}: {failure}"));
            assert_eq!(summary.length, LENGTH as u64);
            assert_eq!(server.spoken.lock().unwrap().as_slice(), [spoken]);
        }
    }
}

#[test]
fn a_server_with_nothing_newer_than_tls_1_1_is_told_to_be_too_old() {
    // What OpenSSL says that speaks no more than TLS 1.0, and what says one that knows nothing else.
    let alert = b"\x15\x03\x01\x00\x02\x02\x46".to_vec();
    let mut hello = b"\x16\x03\x01\x00\x2a\x02\x00\x00\x26\x03\x01".to_vec();
    hello.extend([7; 32]);
    hello.extend(b"\x00\x00\x2f\x00");
    for answer in [alert, hello] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = thread::spawn(move || {
            let mut guest = listener.accept().unwrap().0;
            guest.read_exact(&mut [0; 100]).unwrap();
            guest.write_all(&answer).unwrap();
            // Until it is gone; what it says is not for us.
            std::io::copy(&mut guest, &mut std::io::sink()).ok();
        });
        let folder = tempfile::tempdir().unwrap();
        let request = calm_request(&format!("ftps://127.0.0.1:{port}/a"), folder.path());
        let failure = run(&request).0.unwrap_err();
        let sentence = failure.to_string();
        assert!(sentence.contains("may know only TLS 1.0 or 1.1"), "{sentence}");
        assert_eq!(failure.class(), Class::Tls);
        server.join().unwrap();
    }
}
