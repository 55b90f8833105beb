//! One conversation with one server: greet, sign in, ask, retrieve, finish, quit.

use std::collections::HashMap;
use std::io::BufReader;
use std::time::Duration;

use super::active::Channel;
use super::address::Login;
use super::command::Command;
use super::data::Data;
use super::error::{Awaiting, Error};
use super::facts;
use super::host::Host;
use super::known::Known;
use super::listing;
use super::proxy::Proxy;
use super::remote_file::RemoteFile;
use super::reply::{Kind, Reply};
use super::route::Route;
use super::stream::{Limits, Stream};
use super::tls::{Security, Tls, Trust};
use super::way::Way;

/// How many preliminary replies (1xx) one command may get. Real servers send one or two.
const MOST_PRELIMINARIES: usize = 20;

/// The longest wait for the server's last word once all data is here (product contract §2). A
/// server that has something to say says it at once; a lost word is found out by asking again.
pub(super) const FINAL_PATIENCE: Duration = Duration::from_secs(15);

/// The longest wait for a word about why the data broke off.
const REASON_PATIENCE: Duration = Duration::from_secs(2);

/// How long a silent control connection goes before the kernel shows routers that it lives. Home
/// routers forget a connection after as little as five minutes.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// One line of the conversation, for the log. Passwords are masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// What we sent.
    Sent(String),
    /// What came, as it came.
    Received(String),
    /// What happened and was not right, in a sentence without a full stop.
    Warning(String),
}

/// Which server, and how the conversation with it is to be secured.
#[derive(Debug, Clone)]
pub struct Server<'a> {
    /// Its name or address.
    pub host: &'a Host,
    /// The port of its control connection.
    pub port: u16,
    /// Whether and how the conversation is secured.
    pub security: Security,
    /// Whose certificates are believed.
    pub trust: Trust,
    /// Which of its addresses are tried, and who makes the data connections.
    pub way: Way,
    /// Through whom.
    pub proxy: Option<&'a Proxy>,
    /// What was learnt about it in earlier conversations.
    pub known: Known,
}

/// One conversation with one server.
pub struct Session<'a> {
    pub(super) control: BufReader<Stream>,
    pub(super) route: Route,
    pub(super) tls: Option<Tls>,
    pub(super) limits: Limits,
    pub(super) log: &'a dyn Fn(Line),
    /// What `FEAT` told: verbs in capitals, and what stands behind them.
    pub(super) features: HashMap<String, String>,
    /// `EPSV` led nowhere on this server: do not ask again.
    pub(super) is_epsv_useless: bool,
    /// The server makes the data connections.
    pub(super) is_active: bool,
    /// A final reply that came before it was asked for.
    pub(super) early_final: Option<Reply>,
    /// A transfer has begun, and the server's last word on it has not come.
    pub(super) is_transferring: bool,
    /// A reply was lost, or we are in another folder than at first: nobody else can go on from here.
    pub(super) is_astray: bool,
    /// What is known about the server's listings.
    pub(super) listing: listing::Known,
}

impl std::fmt::Debug for Session<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("route", &self.route).finish_non_exhaustive()
    }
}

impl<'a> Session<'a> {
    /// Finds the server, connects, and waits for its greeting (RFC 959 §5.4, "120 or 220").
    ///
    /// # Errors
    ///
    /// * [`Error::Unknown`], [`Error::WrongFamily`], [`Error::Unreachable`]: there is nobody.
    /// * [`Error::Proxy`]: the proxy does not connect us.
    /// * [`Error::Refused`]: it answers, but does not let us in (`421`).
    /// * [`Error::Garbled`]: it is no FTP server.
    /// * [`Error::Silent`], [`Error::HungUp`], [`Error::Cut`], [`Error::Stopped`].
    pub fn connect(
        server: Server<'_>,
        limits: &Limits,
        log: &'a dyn Fn(Line),
    ) -> Result<Self, Error> {
        let (stream, route) = Route::open(&server, limits)?;
        let socket = stream.socket();
        socket.set_nodelay(true).map_err(Error::Cut)?;
        let alive = socket2::TcpKeepalive::new().with_time(KEEP_ALIVE).with_interval(KEEP_ALIVE);
        socket2::SockRef::from(socket).set_tcp_keepalive(&alive).map_err(Error::Cut)?;
        let mut session = Self {
            route,
            control: BufReader::new(stream),
            tls: None,
            limits: limits.clone(),
            log,
            features: HashMap::new(),
            is_epsv_useless: false,
            is_active: server.way.is_active,
            early_final: None,
            is_transferring: false,
            is_astray: false,
            listing: listing::Known::default(),
        };
        if server.security == Security::Implicit {
            session = session.secure(Tls::new(server.host, &server.trust)?)?;
        }
        let greeting = session.read_past_preliminaries()?;
        done("the greeting", greeting)?;
        session.control.get_mut().expect(Awaiting::Reply, limits.patience);
        if matches!(server.security, Security::Explicit | Security::Auto) {
            session = session.ask_for_tls(&server)?;
        }
        Ok(session)
    }

    /// `AUTH TLS` (RFC 4217 §4). A server that has none is spoken to without, unless it must have it
    /// or has had it before: who takes TLS away may be anybody.
    fn ask_for_tls(mut self, server: &Server<'_>) -> Result<Self, Error> {
        let tls = Tls::new(server.host, &server.trust)?;
        let did_before = server.known.has_tls;
        let is_must = server.security == Security::Explicit || did_before;
        let auth = Command::with("AUTH", b"TLS")?;
        let reply = self.ask(&auth)?;
        match reply.code {
            // What came with the reply came before anything was secret: somebody may have put it
            // there to be taken for the server's word later on.
            234 | 334 if !self.control.buffer().is_empty() => Err(Error::Tls {
                what: "the server sent more than its answer before the handshake".to_owned(),
            }),
            234 | 334 => self.secure(tls),
            400..=499 => Err(Error::Refused { command: auth.to_string(), reply }),
            _ if is_must => Err(Error::NoTls { command: auth.to_string(), reply, did_before }),
            _ => Ok(self),
        }
    }

    fn secure(self, tls: Tls) -> Result<Self, Error> {
        let mut stream = self.control.into_inner().begin_tls(&tls)?;
        stream.finish_tls()?;
        Ok(Self { control: BufReader::new(stream), tls: Some(tls), ..self })
    }

    /// Whether the conversation is secret.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.tls.is_some()
    }

    /// Signs in (RFC 959 §5.4): `USER`, and `PASS` and `ACCT` where the server asks for them. Then
    /// learns what it can do (`FEAT`, RFC 2389), and asks for files as they are (`TYPE I`).
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] with code 530 for a wrong name or password, and with 332 if the server
    /// wants an account and `login` has none.
    pub fn sign_in(&mut self, login: &Login) -> Result<(), Error> {
        let user = login.user.as_deref().unwrap_or(b"anonymous");
        let mut step = Command::with("USER", user)?;
        let mut reply = self.ask(&step)?;
        if reply.code == 331 {
            let guest = login.is_guest().then_some(&b"anonymous@"[..]);
            let password = login.password.as_ref().map(super::Secret::reveal).or(guest);
            step = Command::secret("PASS", password.unwrap_or_default())?;
            reply = self.ask(&step)?;
        }
        if let (332, Some(account)) = (reply.code, &login.account) {
            step = Command::secret("ACCT", account.reveal())?;
            reply = self.ask(&step)?;
        }
        done(&step.to_string(), reply)?;

        if let Ok(reply) = self.ask_optional(&Command::new("FEAT"))? {
            self.features = reply.features();
        }
        if self.tls.is_some() {
            self.secure_data()?;
        }
        let binary = Command::with("TYPE", b"I")?;
        let reply = self.ask(&binary)?;
        done(&binary.to_string(), reply).map(drop)
    }

    /// The data connections are to be as secret as this one (RFC 4217 §8 and §9).
    fn secure_data(&mut self) -> Result<(), Error> {
        let size = Command::with("PBSZ", b"0")?;
        self.ask(&size)?;
        let protect = Command::with("PROT", b"P")?;
        let reply = self.ask(&protect)?;
        match reply.kind() {
            Kind::Done => Ok(()),
            _ => Err(Error::NoTls { command: protect.to_string(), reply, did_before: false }),
        }
    }

    /// Starts sending `file`, from byte `offset` on (`REST`, RFC 3659 §5, and `RETR`).
    ///
    /// Read the returned [`Data`] to its end, drop it, then call [`Session::finish`].
    ///
    /// # Errors
    ///
    /// * [`Error::Refused`] with code 550 if there is no such file, or we may not read it.
    /// * [`Error::Refused`] for `REST` if `offset` is not 0 and the server cannot resume.
    /// * [`Error::NoDataConnection`] if the data connection could not be made.
    pub fn retrieve(&mut self, file: &RemoteFile, offset: u64) -> Result<Data, Error> {
        self.early_final = None;
        let channel = self.open_data()?;
        if offset > 0 {
            let rest = Command::with("REST", offset.to_string().as_bytes())?;
            let reply = self.ask(&rest)?;
            if !matches!(reply.kind(), Kind::NeedsMore | Kind::Done) {
                return Err(Error::Refused { command: rest.to_string(), reply });
            }
        }
        self.begin(channel, &Command::with("RETR", &file.argument)?)
    }

    /// Starts the transfer that `command` asks for. What [`Session::retrieve`] says about [`Data`]
    /// holds here too, but the last word is [`Session::last_word`].
    pub(super) fn open(&mut self, command: &Command) -> Result<Data, Error> {
        self.early_final = None;
        let channel = self.open_data()?;
        self.begin(channel, command)
    }

    pub(super) fn begin(&mut self, channel: Channel, command: &Command) -> Result<Data, Error> {
        self.is_transferring = true;
        self.say(command)?;
        let (stream, reply) = match channel {
            // Not before the command: no server answers this handshake until it has something to send.
            Channel::Made(stream) => (self.secured(stream)?, self.read_reply()?),
            Channel::Awaited(listener) => self.meet(&listener, command)?,
        };
        let announced = facts::size_in_preliminary(&reply.text());
        match reply.kind() {
            Kind::Begun => {}
            Kind::Done => self.early_final = Some(reply),
            Kind::NeedsMore | Kind::TryLater | Kind::Refused => {
                self.is_transferring = false;
                return Err(Error::Refused { command: command.to_string(), reply });
            }
        }
        Ok(Data::new(stream, announced))
    }

    /// A data connection, as secret as this conversation.
    pub(super) fn secured(&self, stream: Stream) -> Result<Stream, Error> {
        match &self.tls {
            Some(tls) => stream.begin_tls(tls),
            None => Ok(stream),
        }
    }

    /// Whether the last word on the transfer came before its data.
    pub(super) fn has_final(&self) -> bool {
        self.early_final.is_some()
    }

    /// Waits for the server's last word on the transfer (`226` or `250`).
    ///
    /// This reply alone decides whether the file is whole (RFC 959 §5.4): a connection that was
    /// cut looks just like one that ended, so a file without this reply is not to be trusted.
    ///
    /// # Errors
    ///
    /// * [`Error::Refused`] with code 426 or 451 if the server gave up half-way.
    /// * [`Error::Silent`] if it says nothing for 15 s.
    pub fn finish(&mut self) -> Result<(), Error> {
        self.last_word("RETR", FINAL_PATIENCE)
    }

    /// The data broke off: does the server say why? Not waited for long, since it may be gone too.
    pub fn reason(&mut self) -> Option<Error> {
        self.last_word("RETR", REASON_PATIENCE).err().filter(Error::is_refusal)
    }

    /// Waits for the server's last word on the transfer that `verb` began, `most` at the longest.
    pub(super) fn last_word(&mut self, verb: &str, most: Duration) -> Result<(), Error> {
        let reply = match self.early_final.take() {
            Some(reply) => reply,
            None => {
                let patience = self.limits.patience.min(most);
                self.control.get_mut().expect(Awaiting::FinalReply, patience);
                let reply = self.read_past_preliminaries()?;
                self.control.get_mut().expect(Awaiting::Reply, self.limits.patience);
                reply
            }
        };
        done(verb, reply)?;
        self.is_transferring = false;
        Ok(())
    }

    /// Says goodbye and does not wait for the answer: whatever it is, it changes nothing.
    pub fn quit(mut self) {
        self.say(&Command::new("QUIT")).ok();
    }

    /// Whether the server says that it has the command `verb` (RFC 2389).
    pub(super) fn offers(&self, verb: &str) -> bool {
        self.features.contains_key(verb)
    }

    /// Whether it may have it, having not said what it has, or having said so.
    pub(super) fn may_have(&self, verb: &str) -> bool {
        self.features.is_empty() || self.offers(verb)
    }

    /// Sends `command` and waits for the answer. `Ok(Err(reply))` if the server refuses; a server
    /// that hangs up with 421 ends the conversation.
    pub(super) fn ask_optional(
        &mut self,
        command: &Command,
    ) -> Result<Result<Reply, Reply>, Error> {
        let reply = self.ask(command)?;
        match reply.kind() {
            Kind::Done => Ok(Ok(reply)),
            _ if reply.code == 421 => Err(Error::Refused { command: command.to_string(), reply }),
            _ => Ok(Err(reply)),
        }
    }

    pub(super) fn ask(&mut self, command: &Command) -> Result<Reply, Error> {
        self.say(command)?;
        self.read_reply()
    }

    fn say(&mut self, command: &Command) -> Result<(), Error> {
        (self.log)(Line::Sent(command.to_string()));
        self.control.get_mut().send(&command.to_wire())
    }

    pub(super) fn read_reply(&mut self) -> Result<Reply, Error> {
        let log = self.log;
        let mut heard = |line: &str| log(Line::Received(line.to_owned()));
        let reply = Reply::read(&mut self.control, &mut heard);
        self.is_astray |= reply.is_err();
        Ok(reply?)
    }

    fn read_past_preliminaries(&mut self) -> Result<Reply, Error> {
        for _ in 0..MOST_PRELIMINARIES {
            let reply = self.read_reply()?;
            if reply.kind() != Kind::Begun {
                return Ok(reply);
            }
        }
        Err(Error::Garbled { said: format!("more than {MOST_PRELIMINARIES} preliminary replies") })
    }
}

/// Only a 2xx is a yes.
pub(super) fn done(command: &str, reply: Reply) -> Result<Reply, Error> {
    match reply.kind() {
        Kind::Done => Ok(reply),
        _ => Err(Error::Refused { command: command.to_owned(), reply }),
    }
}
