//! A server that plays one scripted conversation, and fails the test if the client strays from it.
//!
//! A script is text, in the form in which Ashore's log pane copies a conversation. So a user's bug
//! report is a test: paste it, and give the data.
//!
//! ```text
//! S: 220 Harbour ready          the server says this
//! C: USER anonymous             the client must say exactly this
//! S: 229 Passive (|||{port}|)   {port} becomes the data port, {p1},{p2} its two halves for PASV,
//!                               {dead} a port where nobody listens
//! D: hello                      the server sends this on the data connection, then closes it
//! D= hello                      the same, and it goes on once the client has closed its end too
//! D# 5000                       the same with 5000 bytes of [`pattern`]
//! D# 2000..5000                 the same with a part of the pattern, as after REST 2000
//! D? 99000000                   the same, but the client may leave before the end
//! R# 500                        sends 500 bytes, then resets the data connection
//! H# 500                        sends 500 bytes, then holds the data connection open in silence
//! S- 220-no end                 says this without an end of line
//! S# 70000                      says 70000 bytes without an end of line
//! ~ 300ms                       does nothing for a while
//! --                            the server hangs up without a word
//! !!                            the server resets the control connection
//! ==                            from here on it speaks on the client's next control connection
//! ```
//!
//! The client may send commands together; they are read one by one, and those that came in one go with
//! the last one that the script expects may be left unread.
//!
//! `\xE9`, `\r`, `\n`, `\t`, `\0` and `\\` stand for bytes that a script cannot hold. After its last
//! line the server says nothing more and waits for the client to leave. No wait is longer than 5 s.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::ops::Range;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use socket2::SockRef;

/// The longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(5);

/// The first `length` bytes of a file that never repeats itself, so that a byte in the wrong place
/// is noticed.
pub(crate) fn pattern(length: u64) -> Vec<u8> {
    piece(0..length)
}

fn piece(range: Range<u64>) -> Vec<u8> {
    range.map(|at| at.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes()[1]).collect()
}

/// A server on the loopback that plays one script.
///
/// [`finish`](Server::finish), or dropping it, fails the test if the client strayed.
pub(crate) struct Server {
    at: SocketAddr,
    control: TcpListener,
    played: Receiver<String>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Plays `script` on 127.0.0.1.
    pub(crate) fn play(script: &str) -> Self {
        Self::play_on(Ipv4Addr::LOCALHOST.into(), script)
    }

    /// Plays `script` on a loopback address of your choice.
    pub(crate) fn play_on(ip: IpAddr, script: &str) -> Self {
        let lines = parse(script);
        let control = TcpListener::bind((ip, 0)).unwrap();
        let data = TcpListener::bind((ip, 0)).unwrap();
        let at = control.local_addr().unwrap();
        let (report, played) = channel();
        let listener = control.try_clone().unwrap();
        let thread = thread::spawn(move || Stage::new(listener, data).play(&lines, &report));
        Self { at, control, played, thread: Some(thread) }
    }

    /// Where it listens.
    pub(crate) fn at(&self) -> SocketAddr {
        self.at
    }

    /// The link to a file there; `path` is in the form that links have.
    pub(crate) fn link(&self, path: &str) -> String {
        format!("ftp://{}/{path}", self.at)
    }

    /// Waits until this line of the script has been played: whoever wants to cancel there must.
    pub(crate) fn wait_for(&self, line: &str) {
        while self.played.recv_timeout(PATIENCE).expect("the script did not get there") != line {}
    }

    /// Waits for the end of the script; fails the test if the client strayed from it.
    pub(crate) fn finish(mut self) {
        self.join();
    }

    fn join(&mut self) {
        let Some(thread) = self.thread.take() else { return };
        if let Err(panic) = thread.join() {
            std::panic::resume_unwind(panic);
        }
        self.control.set_nonblocking(true).unwrap();
        assert!(self.control.accept().is_err(), "the client came back once more than scripted");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if !thread::panicking() {
            self.join();
        }
    }
}

/// One line of a script: for messages, and what to do.
struct Line {
    text: String,
    step: Step,
}

enum Step {
    Say(Vec<u8>),
    Expect(Vec<u8>),
    Send(Vec<u8>, Then),
    Pause(Duration),
    HangUp,
    Reset,
    Next,
}

/// What becomes of a data connection after its bytes.
#[derive(Clone, Copy, PartialEq)]
enum Then {
    Close,
    Wait,
    CloseIfStillThere,
    Reset,
    Hold,
}

fn parse(script: &str) -> Vec<Line> {
    let lines = script.lines().map(str::trim_start).filter(|line| !line.trim_end().is_empty());
    lines.map(|text| Line { text: text.to_owned(), step: step(text) }).collect()
}

fn step(text: &str) -> Step {
    let bytes = |rest: &str| {
        let (from, to) = rest.trim().split_once("..").unwrap_or(("0", rest.trim()));
        match (from.parse(), to.parse()) {
            (Ok(from), Ok(to)) => piece(from..to),
            _ => panic!("not a number of bytes: {text:?}"),
        }
    };
    match text.split_at_checked(2).unwrap_or((text, "")) {
        ("--", "") => Step::HangUp,
        ("!!", "") => Step::Reset,
        ("==", "") => Step::Next,
        ("S:", rest) => Step::Say([&unescape(rest), &b"\r\n"[..]].concat()),
        ("S-", rest) => Step::Say(unescape(rest)),
        ("S#", rest) => Step::Say(vec![b'x'; bytes(rest).len()]),
        ("C:", rest) => Step::Expect([&unescape(rest), &b"\r\n"[..]].concat()),
        ("D:", rest) => Step::Send(unescape(rest), Then::Close),
        ("D=", rest) => Step::Send(unescape(rest), Then::Wait),
        ("D#", rest) => Step::Send(bytes(rest), Then::Close),
        ("D?", rest) => Step::Send(bytes(rest), Then::CloseIfStillThere),
        ("R#", rest) => Step::Send(bytes(rest), Then::Reset),
        ("H#", rest) => Step::Send(bytes(rest), Then::Hold),
        ("~ ", rest) => match rest.trim().strip_suffix("ms").map(str::parse) {
            Some(Ok(pause)) => Step::Pause(Duration::from_millis(pause)),
            _ => panic!("not a pause in ms: {text:?}"),
        },
        _ => panic!("not a line of a script: {text:?}"),
    }
}

/// The text after the mark and its one space, as bytes.
fn unescape(rest: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut chars = rest.strip_prefix(' ').unwrap_or(rest).chars();
    while let Some(char) = chars.next() {
        match (char, (char == '\\').then(|| chars.next()).flatten()) {
            (_, Some('x')) => {
                let digits: String = chars.by_ref().take(2).collect();
                bytes.push(u8::from_str_radix(&digits, 16).expect("two digits after \\x"));
            }
            (_, Some('r')) => bytes.push(b'\r'),
            (_, Some('n')) => bytes.push(b'\n'),
            (_, Some('t')) => bytes.push(b'\t'),
            (_, Some('0')) => bytes.push(0),
            (_, Some('\\')) => bytes.push(b'\\'),
            (_, Some(other)) => panic!("\\{other} means nothing in a script"),
            (char, None) => bytes.extend(char.encode_utf8(&mut [0; 4]).bytes()),
        }
    }
    bytes
}

/// Everything that is open while a script plays.
struct Stage {
    listener: TcpListener,
    /// Where data connections come in: a new place each time that the server names one.
    data: TcpListener,
    control: Option<BufReader<TcpStream>>,
    /// Control connections that the script has left behind; the client must say nothing more there.
    earlier: Vec<BufReader<TcpStream>>,
    held: Vec<TcpStream>,
    /// Control connections that the script has hung up; whatever the client says there is lost.
    left: Vec<BufReader<TcpStream>>,
}

impl Stage {
    fn new(listener: TcpListener, data: TcpListener) -> Self {
        let (earlier, held, left) = (Vec::new(), Vec::new(), Vec::new());
        Self { listener, data, control: None, earlier, held, left }
    }

    /// Puts the data port into the words that name one.
    fn fill_in(&mut self, text: &mut Vec<u8>) {
        let ip = self.data.local_addr().unwrap().ip();
        let listen = || TcpListener::bind((ip, 0)).unwrap();
        let names = |word: &str| text.windows(word.len()).any(|window| window == word.as_bytes());
        if names("{port}") || names("{p1}") {
            self.data = listen();
        }
        let port_of = |listener: &TcpListener| listener.local_addr().unwrap().port();
        let port = port_of(&self.data);
        for (word, value) in [
            ("{port}", port),
            ("{p1}", port / 256),
            ("{p2}", port % 256),
            ("{dead}", port_of(&listen())),
        ] {
            replace(text, word.as_bytes(), value.to_string().as_bytes());
        }
    }

    fn play(mut self, lines: &[Line], report: &Sender<String>) {
        self.control = Some(BufReader::new(accept(&self.listener).expect("nobody connected")));
        for (number, line) in (1..).zip(lines) {
            if let Err(what) = self.act(&line.step) {
                panic!("\n  line {number} of the script: {}\n  but {what}\n", line.text);
            }
            report.send(line.text.clone()).ok(); // Nobody has to listen.
        }
        for mut control in self.control.take().into_iter().chain(self.earlier.drain(..)) {
            // What came in one go with the last command is no answer to anything that was said since.
            control.consume(control.buffer().len());
            let mut more = Vec::new();
            match control.read_until(b'\n', &mut more) {
                Err(error) if is_timeout(&error) => panic!("the client did not hang up at the end"),
                _ if !more.is_empty() => {
                    panic!("the client had more to say than the script: {}", more.escape_ascii())
                }
                _ => (),
            }
        }
    }

    fn act(&mut self, step: &Step) -> Result<(), String> {
        match step {
            Step::Say(text) => {
                let mut text = text.clone();
                self.fill_in(&mut text);
                self.control()?
                    .get_mut()
                    .write_all(&text)
                    .map_err(|error| format!("the client does not listen any more: {error}"))
            }
            Step::Expect(command) => {
                let mut said = Vec::new();
                match self.control()?.read_until(b'\n', &mut said) {
                    Ok(0) => Err("the client hung up".to_owned()),
                    Ok(_) if said == *command => Ok(()),
                    Ok(_) => Err(format!("the client said: {}", said.escape_ascii())),
                    Err(error) if is_timeout(&error) => Err("the client said nothing".to_owned()),
                    Err(error) => Err(format!("the client was gone: {error}")),
                }
            }
            Step::Send(bytes, then) => {
                let mut data = accept(&self.data)
                    .map_err(|error| format!("the client made no data connection: {error}"))?;
                let sent = data.write_all(bytes);
                match then {
                    Then::CloseIfStillThere => return Ok(()),
                    Then::Close => (),
                    Then::Wait => {
                        data.shutdown(Shutdown::Write).ok(); // It may have hung up already.
                        if data.read(&mut [0]).is_err_and(|error| is_timeout(&error)) {
                            return Err("the client left its data connection open".to_owned());
                        }
                    }
                    Then::Reset => reset(&data),
                    Then::Hold => self.held.push(data),
                }
                sent.map_err(|error| format!("the client did not take the data: {error}"))
            }
            Step::Pause(pause) => {
                thread::sleep(*pause);
                Ok(())
            }
            Step::HangUp => {
                // To close with unread commands would be a reset, so what is left stays open.
                self.control()?.get_ref().shutdown(Shutdown::Write).ok();
                self.left.extend(self.control.take());
                Ok(())
            }
            Step::Reset => self.control().map(|control| reset(control.get_ref())).map(|()| {
                self.control = None;
            }),
            Step::Next => {
                self.earlier.extend(self.control.take());
                let next = accept(&self.listener)
                    .map_err(|error| format!("the client did not come back: {error}"))?;
                self.control = Some(BufReader::new(next));
                Ok(())
            }
        }
    }

    fn control(&mut self) -> Result<&mut BufReader<TcpStream>, String> {
        self.control.as_mut().ok_or_else(|| "the script has hung up already".to_owned())
    }
}

/// Waits for a connection, [`PATIENCE`] at most, and bounds every wait on it.
fn accept(listener: &TcpListener) -> io::Result<TcpStream> {
    listener.set_nonblocking(true)?;
    let since = Instant::now();
    loop {
        match listener.accept() {
            Ok((stream, _)) => {
                stream.set_nonblocking(false)?;
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(PATIENCE))?;
                stream.set_write_timeout(Some(PATIENCE))?;
                return Ok(stream);
            }
            Err(error) if is_timeout(&error) && since.elapsed() < PATIENCE => {
                thread::sleep(Duration::from_millis(1));
            }
            Err(error) => return Err(error),
        }
    }
}

/// Makes the next `drop` of `stream` a reset instead of an orderly end.
fn reset(stream: &TcpStream) {
    SockRef::from(stream).set_linger(Some(Duration::ZERO)).unwrap();
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

fn replace(text: &mut Vec<u8>, word: &[u8], value: &[u8]) {
    while let Some(at) = text.windows(word.len()).position(|window| window == word) {
        text.splice(at..at + word.len(), value.iter().copied());
    }
}

/// Reads everything that comes until the other side hangs up, for tests of this server.
pub(crate) fn read_all(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).map(|_| bytes)
}
