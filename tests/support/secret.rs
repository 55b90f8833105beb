//! An FTP server that speaks TLS: from the first byte, or after `AUTH TLS`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use ashore::ftp::{Fingerprint, Trust};
use ashore::transfer::Request;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{
    HandshakeKind, ProtocolVersion, ServerConfig, ServerConnection, StreamOwned,
    SupportedProtocolVersion,
};
use sha2::{Digest, Sha256};

use super::{pattern, request_for};

/// The file that is served, in bytes.
pub(crate) const LENGTH: usize = 400_000;

/// How the server behaves.
#[derive(Clone, Copy)]
pub(crate) struct Manners {
    /// It tells the size.
    pub(crate) tells_size: bool,
    /// After so many bytes of the first data connection it is over, without a word of TLS.
    pub(crate) cut: Option<usize>,
    /// TLS begins with `AUTH TLS`.
    pub(crate) is_explicit: bool,
    /// From this visit on it knows no `AUTH`, or somebody answers in its place.
    pub(crate) strips_from: Option<usize>,
    /// What it speaks.
    pub(crate) versions: &'static [&'static SupportedProtocolVersion],
}

impl Default for Manners {
    fn default() -> Self {
        let versions = rustls::ALL_VERSIONS;
        Self { tells_size: true, cut: None, is_explicit: false, strips_from: None, versions }
    }
}

/// A running server. It sends nothing over a data connection that does not resume the session of
/// the control connection.
pub(crate) struct SecretServer {
    pub(crate) port: u16,
    pub(crate) pem: String,
    pub(crate) fingerprint: Fingerprint,
    is_explicit: bool,
    heard: Arc<Mutex<Vec<String>>>,
    /// The version that each control connection agreed on.
    pub(crate) spoken: Arc<Mutex<Vec<ProtocolVersion>>>,
}

impl SecretServer {
    pub(crate) fn open(manners: Manners) -> Self {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let certificate = made.cert.der().clone();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let config =
            ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_protocol_versions(manners.versions)
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(vec![certificate.clone()], key)
                .unwrap();
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let spoken = Arc::new(Mutex::new(Vec::new()));
        let visit = Visit {
            number: 0,
            config,
            manners,
            heard: Arc::clone(&heard),
            spoken: Arc::clone(&spoken),
        };
        thread::spawn(move || {
            for (number, guest) in listener.incoming().enumerate() {
                let visit = Visit { number, ..visit.clone() };
                thread::spawn(move || visit.serve(guest.unwrap()));
            }
        });
        let fingerprint = Fingerprint(Sha256::digest(&certificate).into());
        let is_explicit = manners.is_explicit;
        Self { port, pem: made.cert.pem(), fingerprint, is_explicit, heard, spoken }
    }

    pub(crate) fn link(&self) -> String {
        let scheme = if self.is_explicit { "ftp" } else { "ftps" };
        format!("{scheme}://bob:swordfish@127.0.0.1:{}/cargo.bin", self.port)
    }

    /// An order for its file. Its certificate is believed.
    pub(crate) fn request(&self, folder: &tempfile::TempDir) -> Request {
        let mut request = request_for(&self.link(), folder.path());
        request.retries = 2;
        request.patience = std::time::Duration::from_secs(10);
        request.trust = Trust { roots: Some(self.pem.clone()), ..Trust::default() };
        request
    }

    /// How often a command with these first letters was heard.
    pub(crate) fn count(&self, verb: &str) -> usize {
        self.heard.lock().unwrap().iter().filter(|line| line.starts_with(verb)).count()
    }

    /// Whether no command at all was heard.
    pub(crate) fn heard_nothing(&self) -> bool {
        self.heard.lock().unwrap().is_empty()
    }
}

trait Wire: Read + Write {}
impl<T: Read + Write> Wire for T {}

type Secret = StreamOwned<ServerConnection, TcpStream>;

/// One conversation.
#[derive(Clone)]
struct Visit {
    number: usize,
    config: Arc<ServerConfig>,
    manners: Manners,
    heard: Arc<Mutex<Vec<String>>>,
    spoken: Arc<Mutex<Vec<ProtocolVersion>>>,
}

impl Visit {
    fn secure(&self, socket: TcpStream) -> Option<Secret> {
        let mut stream =
            StreamOwned::new(ServerConnection::new(Arc::clone(&self.config)).ok()?, socket);
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock).ok()?;
        }
        Some(stream)
    }

    fn begin_secret(&self, guest: &TcpStream) -> Option<BufReader<Box<dyn Wire>>> {
        let stream = self.secure(guest.try_clone().ok()?)?;
        self.spoken.lock().unwrap().extend(stream.conn.protocol_version());
        Some(BufReader::new(Box::new(stream)))
    }

    /// Whatever goes wrong ends it.
    fn serve(self, guest: TcpStream) -> Option<()> {
        let mut control: BufReader<Box<dyn Wire>> = match self.manners.is_explicit {
            true => BufReader::new(Box::new(guest.try_clone().ok()?)),
            false => self.begin_secret(&guest)?,
        };
        let mut harbour = TcpListener::bind("127.0.0.1:0").ok()?;
        let mut offset = 0;
        let mut is_secret = !self.manners.is_explicit;
        let say = |control: &mut BufReader<Box<dyn Wire>>, line: &str| {
            control.get_mut().write_all(format!("{line}\r\n").as_bytes()).ok()
        };
        say(&mut control, "220 Ready")?;
        loop {
            let mut line = String::new();
            control.read_line(&mut line).ok().filter(|&length| length > 0)?;
            self.heard.lock().unwrap().push(line.trim_end().to_owned());
            let (verb, argument) = line.trim_end().split_once(' ').unwrap_or((line.trim_end(), ""));
            let is_stripped = self.manners.strips_from.is_some_and(|from| self.number >= from);
            match verb {
                "AUTH" if self.manners.is_explicit && !is_stripped => {
                    say(&mut control, "234 Go ahead")?;
                    control = self.begin_secret(&guest)?;
                    is_secret = true;
                }
                "USER" => say(&mut control, "331 Password")?,
                "PASS" => say(&mut control, "230 In")?,
                "PBSZ" | "PROT" | "TYPE" => say(&mut control, "200 Yes")?,
                "SIZE" if self.manners.tells_size => say(&mut control, &format!("213 {LENGTH}"))?,
                "REST" => {
                    offset = argument.parse().ok()?;
                    say(&mut control, "350 From there")?;
                }
                "EPSV" => {
                    harbour = TcpListener::bind("127.0.0.1:0").ok()?;
                    let port = harbour.local_addr().ok()?.port();
                    say(&mut control, &format!("229 Passive (|||{port}|)"))?;
                }
                "RETR" if !is_secret => say(&mut control, "522 Not without TLS")?,
                "RETR" => {
                    say(&mut control, "150 Here it comes")?;
                    let data = self.secure(harbour.accept().ok()?.0)?;
                    match data.conn.handshake_kind() {
                        Some(HandshakeKind::Resumed) => self.send(data, offset)?,
                        _ => {
                            say(&mut control, "522 SSL connection failed: session reuse required")?;
                            continue;
                        }
                    }
                    say(&mut control, "226 Complete")?;
                }
                "QUIT" => return say(&mut control, "221 Bye"),
                _ => say(&mut control, "502 No")?,
            }
        }
    }

    fn send(&self, mut data: Secret, offset: usize) -> Option<()> {
        let bytes = pattern(LENGTH as u64);
        if let Some(cut) = self.manners.cut.filter(|_| self.number == 0) {
            data.write_all(&bytes[offset..cut]).ok()?;
            data.flush().ok()?;
            // The socket closes, and TLS says nothing: anybody could have done that.
            return data.sock.shutdown(std::net::Shutdown::Both).ok();
        }
        data.write_all(&bytes[offset..]).ok()?;
        data.conn.send_close_notify();
        data.flush().ok()
    }
}
