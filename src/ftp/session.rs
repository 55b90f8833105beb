//! One conversation with one server: greet, sign in, ask, retrieve, finish, quit.

use std::collections::{HashMap, VecDeque};
use std::io::BufReader;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::command::Command;
use super::error::{Awaiting, Error};
use super::host::Host;
use super::known::Known;
use super::listing;
use super::proxy::Proxy;
use super::reply::{Kind, Reply};
use super::route::Route;
use super::sluice::{Hold, Leave, Sluice};
use super::stream::{Limits, Stream};
use super::tls::{Security, Tls, Trust};
use super::together::{self, Pace};
use super::way::Way;

/// How many preliminary replies (1xx) one command may get. Real servers send one or two.
const MOST_PRELIMINARIES: usize = 20;

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
    pub proxy: Option<Proxy>,
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
    /// How many commands it is told at once.
    pub(super) pace: Pace,
    /// How many it could be told.
    pub(super) most_pace: Pace,
    /// Answers that came before anybody asked, to commands that travelled together.
    pub(super) ahead: Vec<(Command, Reply)>,
    /// What travelled with them, and whose answers are still under way, in this order.
    pub(super) awaited: VecDeque<Command>,
    /// `EPSV` led nowhere on this server: do not ask again.
    pub(super) is_epsv_useless: bool,
    /// The server makes the data connections.
    pub(super) is_active: bool,
    /// A final reply that came before it was asked for.
    pub(super) early_final: Option<Reply>,
    /// A transfer has begun, and the server's last word on it has not come.
    pub(super) is_transferring: bool,
    /// A file was asked for from its middle, and none from its start since: see [`Session::rest`].
    pub(super) has_offset: bool,
    /// A reply was lost, or we are in another folder than at first: nobody else can go on from here.
    pub(super) is_astray: bool,
    /// What is known about the server's listings.
    pub(super) listing: listing::Known,
    /// The server is known well enough to be spoken to before it has greeted, and has not done so yet.
    pub(super) owes_greeting: bool,
    /// The least that a way there and back has taken.
    pub(super) round_trip: Duration,
    /// Who holds its data back, if somebody does.
    pub(super) sluice: Option<Arc<dyn Sluice>>,
    /// When the server last said something.
    pub(super) heard: Instant,
    /// The length in bytes of the longest command that was sent since the server last said yes.
    pub(super) longest: usize,
}

impl std::fmt::Debug for Session<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("route", &self.route).finish_non_exhaustive()
    }
}

impl<'a> Session<'a> {
    /// Finds the server, connects, and waits for its greeting (RFC 959 §5.4, "120 or 220"); where it
    /// is known to [answer in order](Known::answers_in_order) and TLS does not come first, the greeting
    /// is heard by whoever speaks first.
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
        let begun = Instant::now();
        let (stream, route) = Route::open(&server, limits)?;
        let round_trip = begun.elapsed();
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
            pace: Pace::StepByStep,
            most_pace: Pace::StepByStep,
            ahead: Vec::new(),
            awaited: VecDeque::new(),
            is_epsv_useless: false,
            is_active: server.way.is_active,
            early_final: None,
            is_transferring: false,
            has_offset: false,
            is_astray: false,
            listing: listing::Known::beginning_with(server.known.time_offset),
            owes_greeting: false,
            round_trip,
            sluice: None,
            heard: Instant::now(),
            longest: 0,
        };
        if server.security == Security::Implicit {
            session = session.secure(Tls::new(server.host, &server.trust)?)?;
        }
        let known = &server.known;
        if known.answers_in_order && !known.is_step_by_step && server.security == Security::Off {
            session.most_pace = Pace::InOrder;
            session.owes_greeting = true;
            return Ok(session);
        }
        let greeting = session.hear_greeting()?;
        if !known.is_step_by_step {
            session.most_pace = Pace::of(&greeting);
        }
        if matches!(server.security, Security::Explicit | Security::Auto) {
            session = session.ask_for_tls(&server)?;
        }
        if let Some(tls) = &mut session.tls {
            tls.takes_goodbye_first =
                !server.known.is_step_by_step && together::takes_goodbye_first(&greeting);
        }
        Ok(session)
    }

    fn hear_greeting(&mut self) -> Result<Reply, Error> {
        let greeting = done("the greeting", self.read_past_preliminaries()?)?;
        self.control.get_mut().expect(Awaiting::Reply, self.limits.patience);
        Ok(greeting)
    }

    /// Hears the greeting, if it was not waited for until now. Another software than the one that was
    /// known is spoken to step by step in this conversation; `is_late`: it was told everything already.
    ///
    /// # Errors
    ///
    /// Those of the greeting in [`Session::connect`], and [`Error::Mistaken`] if it comes too late.
    pub(super) fn be_greeted(&mut self, is_late: bool) -> Result<(), Error> {
        if !std::mem::take(&mut self.owes_greeting) {
            return Ok(());
        }
        let greeting = self.hear_greeting().map_err(|error| match error {
            Error::Refused { .. } | Error::Stopped => error,
            error if is_late => Error::Mistaken { instead: error.to_string() },
            error => error,
        })?;
        self.most_pace = Pace::of(&greeting);
        if self.most_pace == Pace::InOrder {
            return Ok(());
        }
        if is_late {
            return Err(Error::Mistaken { instead: format!("it greets with {greeting}") });
        }
        self.pace = Pace::StepByStep;
        Ok(())
    }

    /// Whether it is software that answers in order what travels together.
    #[must_use]
    pub fn answers_in_order(&self) -> bool {
        self.most_pace == Pace::InOrder
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

    /// Whether its data comes in active mode.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.is_active
    }

    /// How long a way there and back takes, or a little more.
    #[must_use]
    pub fn round_trip(&self) -> Duration {
        self.round_trip
    }

    /// From now on the data of this conversation is held back.
    pub fn hold_back(&mut self, sluice: Arc<dyn Sluice>) {
        self.sluice = Some(sluice);
    }

    /// Waits until the next transfer may begin, which will be of so many bytes as are `expected`, where
    /// that is known.
    pub(super) fn take_leave(&self, expected: Option<u64>) -> Option<Leave> {
        let sluice = self.sluice.clone()?;
        Some(Leave::take(sluice, self.round_trip, expected, &self.limits.stop))
    }

    /// How the data of `stream` is held back, of which the server has `announced` so many bytes.
    pub(super) fn hold_on(
        &self,
        leave: Option<Leave>,
        stream: &Stream,
        announced: Option<u64>,
    ) -> Option<Hold> {
        Some(Hold::new(leave?, stream.ahead, self.round_trip, announced))
    }

    /// How many bytes of the next transfer may come before they are read.
    pub(super) fn most_ahead(&self) -> Option<usize> {
        self.sluice.as_ref().and_then(|sluice| sluice.ahead(self.round_trip))
    }

    /// Says goodbye and does not wait for the answer: whatever it is, it changes nothing.
    pub fn quit(mut self) {
        self.send(&[Command::new("QUIT")]).ok();
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
        if let Some(reply) = self.take_answer(command)? {
            return Ok(reply);
        }
        self.be_greeted(false)?;
        self.say(command)?;
        self.read_reply()
    }

    pub(super) fn say(&mut self, command: &Command) -> Result<(), Error> {
        self.say_all(std::slice::from_ref(command))
    }

    /// Sends `commands` in one go.
    pub(super) fn say_all(&mut self, commands: &[Command]) -> Result<(), Error> {
        // What is here already cannot be the answer to what is only now sent; unless it is the last
        // word on a transfer.
        while let Some(command) = commands.first()
            && self.awaited.is_empty()
            && !self.is_transferring
            && !self.control.buffer().is_empty()
        {
            let reply = self.hear()?;
            if reply.code == 421 {
                return Err(Error::Refused { command: command.to_string(), reply });
            }
        }
        self.send(commands)
    }

    fn send(&mut self, commands: &[Command]) -> Result<(), Error> {
        for command in commands {
            (self.log)(Line::Sent(command.to_string()));
        }
        let lines: Vec<_> = commands.iter().map(Command::to_wire).collect();
        self.longest = lines.iter().map(Vec::len).fold(self.longest, usize::max);
        let sent = self.control.get_mut().send(&lines.concat());
        sent.map_err(|error| error.on_command_of(self.longest))
    }

    /// The answer to what was sent last.
    pub(super) fn read_reply(&mut self) -> Result<Reply, Error> {
        self.catch_up()?;
        self.hear()
    }

    /// The next reply, whatever it answers.
    pub(super) fn hear(&mut self) -> Result<Reply, Error> {
        let log = self.log;
        let mut heard = |line: &str| log(Line::Received(line.to_owned()));
        self.control.get_mut().expect_reply();
        let reply = Reply::read(&mut self.control, &mut heard);
        self.is_astray |= reply.is_err();
        self.heard = Instant::now();
        let reply = reply.map_err(|error| Error::from(error).on_command_of(self.longest))?;
        if !matches!(reply.kind(), Kind::TryLater | Kind::Refused) {
            self.longest = 0;
        }
        Ok(reply)
    }

    pub(super) fn read_past_preliminaries(&mut self) -> Result<Reply, Error> {
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
