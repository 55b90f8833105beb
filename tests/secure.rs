//! What TLS promises: an end that may be forged is none, and nobody is believed unseen.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on stops"
)]

mod support;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use ashore::ftp::{Security, Trust};
use ashore::transfer::{Class, NextStep, Request, Verdict};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use sha2::{Digest, Sha256};
use support::{names, pattern, request_for, run, said};

/// The file that is served, in bytes.
const LENGTH: usize = 400_000;

/// How the server behaves.
#[derive(Clone, Copy)]
struct Manners {
    /// It tells the size.
    tells_size: bool,
    /// After so many bytes of the first data connection it is over, without a word of TLS.
    cut: Option<usize>,
}

/// An FTP server that speaks TLS from the first byte.
struct Server {
    port: u16,
    pem: String,
    fingerprint: [u8; 32],
    heard: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn open(manners: Manners) -> Self {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let certificate = made.cert.der().clone();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let config =
            ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(vec![certificate.clone()], key)
                .unwrap();
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let ears = Arc::clone(&heard);
        thread::spawn(move || {
            for (visit, guest) in listener.incoming().enumerate() {
                let (config, ears) = (Arc::clone(&config), Arc::clone(&ears));
                thread::spawn(move || serve(visit, guest.unwrap(), &config, manners, &ears));
            }
        });
        let fingerprint = Sha256::digest(&certificate).into();
        Self { port, pem: made.cert.pem(), fingerprint, heard }
    }

    fn request(&self, folder: &tempfile::TempDir) -> Request {
        let link = format!("ftps://bob:swordfish@127.0.0.1:{}/cargo.bin", self.port);
        let mut request = request_for(&link, folder.path());
        request.security = Security::Auto;
        request.retries = 2;
        request.patience = std::time::Duration::from_secs(5);
        request.trust = Trust { roots: Some(self.pem.clone()), ..Trust::default() };
        request
    }

    fn count(&self, verb: &str) -> usize {
        self.heard.lock().unwrap().iter().filter(|line| line.starts_with(verb)).count()
    }
}

fn tls(socket: TcpStream, config: &Arc<ServerConfig>) -> StreamOwned<ServerConnection, TcpStream> {
    StreamOwned::new(ServerConnection::new(Arc::clone(config)).unwrap(), socket)
}

/// One conversation. Whatever goes wrong in it ends it.
fn serve(
    visit: usize,
    guest: TcpStream,
    config: &Arc<ServerConfig>,
    manners: Manners,
    heard: &Mutex<Vec<String>>,
) -> Option<()> {
    let bytes = pattern(LENGTH as u64);
    let mut control = BufReader::new(tls(guest, config));
    let mut harbour = TcpListener::bind("127.0.0.1:0").ok()?;
    let mut offset = 0;
    let say = |control: &mut BufReader<StreamOwned<_, TcpStream>>, line: &str| {
        control.get_mut().write_all(format!("{line}\r\n").as_bytes()).ok()
    };
    say(&mut control, "220 Ready")?;
    loop {
        let mut line = String::new();
        control.read_line(&mut line).ok().filter(|&length| length > 0)?;
        heard.lock().unwrap().push(line.trim_end().to_owned());
        let (verb, argument) = line.trim_end().split_once(' ').unwrap_or((line.trim_end(), ""));
        match verb {
            "USER" => say(&mut control, "331 Password")?,
            "PASS" => say(&mut control, "230 In")?,
            "PBSZ" | "PROT" | "TYPE" => say(&mut control, "200 Yes")?,
            "SIZE" if manners.tells_size => say(&mut control, &format!("213 {LENGTH}"))?,
            "REST" => {
                offset = argument.parse().ok()?;
                say(&mut control, "350 From there")?;
            }
            "EPSV" => {
                harbour = TcpListener::bind("127.0.0.1:0").ok()?;
                let port = harbour.local_addr().ok()?.port();
                say(&mut control, &format!("229 Passive (|||{port}|)"))?;
            }
            "RETR" => {
                say(&mut control, "150 Here it comes")?;
                let mut data = tls(harbour.accept().ok()?.0, config);
                match manners.cut.filter(|_| visit == 0) {
                    Some(cut) => {
                        data.write_all(&bytes[offset..cut]).ok()?;
                        data.flush().ok()?;
                        // The socket closes, and TLS says nothing: anybody could have done that.
                        data.sock.shutdown(std::net::Shutdown::Both).ok()?;
                    }
                    None => {
                        data.write_all(&bytes[offset..]).ok()?;
                        data.conn.send_close_notify();
                        data.flush().ok()?;
                    }
                }
                drop(data);
                say(&mut control, "226 Complete")?;
            }
            "QUIT" => return say(&mut control, "221 Bye"),
            _ => say(&mut control, "502 No")?,
        }
    }
}

#[test]
fn an_end_that_may_be_forged_is_not_believed_even_if_the_server_calls_it_complete() {
    let server = Server::open(Manners { tells_size: false, cut: Some(250_000) });
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
    let server = Server::open(Manners { tells_size: true, cut: Some(LENGTH) });
    let folder = tempfile::tempdir().unwrap();

    let (outcome, _) = run(&server.request(&folder));

    assert_eq!(outcome.unwrap().length, LENGTH as u64);
    assert_eq!(server.count("RETR"), 1);
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_shown_and_no_name_is_sent() {
    let server = Server::open(Manners { tells_size: true, cut: None });
    let folder = tempfile::tempdir().unwrap();
    let mut request = server.request(&folder);
    request.trust = Trust::default();

    let failure = run(&request).0.unwrap_err();

    assert_eq!((failure.class(), failure.next_step()), (Class::Tls, NextStep::Trust));
    assert_eq!(failure.fingerprint(), Some(server.fingerprint));
    assert!(server.heard.lock().unwrap().is_empty());
    assert!(names(folder.path()).is_empty());

    // The person has looked at the fingerprint, and says yes.
    request.trust.pin = failure.fingerprint();
    assert_eq!(run(&request).0.unwrap().length, LENGTH as u64);
}

#[test]
fn another_certificate_than_the_one_that_was_trusted_is_refused() {
    let server = Server::open(Manners { tells_size: true, cut: None });
    let folder = tempfile::tempdir().unwrap();
    let mut request = server.request(&folder);
    request.trust = Trust { pin: Some([7; 32]), ..Trust::default() };

    let failure = run(&request).0.unwrap_err();

    assert_eq!(failure.class(), Class::Tls);
    assert!(server.heard.lock().unwrap().is_empty());
}
