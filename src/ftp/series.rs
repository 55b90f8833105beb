//! Many small files over one conversation, three round trips each: the floor of passive mode.
//!
//! The questions about the next file travel as soon as the data of the last one has ended, while the
//! server still thinks about its last word. Never earlier: a command in the middle of the data makes
//! some servers cut it off without a word.

use std::io;
use std::time::{Duration, SystemTime};

use super::active::Channel;
use super::command::Command;
use super::data::Data;
use super::error::{Awaiting, Error};
use super::facts;
use super::passive;
use super::path::RemotePath;
use super::reply::{Kind, Reply};
use super::retrieve::FINAL_PATIENCE;
use super::session::Session;

/// A small file to be fetched whole.
#[derive(Debug)]
pub struct Wanted {
    /// Where it is.
    pub path: RemotePath,
    /// Its size in bytes, as the listing tells it. More than that is not taken.
    pub size: u64,
    /// Whether its time is to be asked for (`MDTM`, RFC 3659 §3).
    pub asks_time: bool,
}

/// A small file that came whole, and that the server called complete.
#[derive(Debug)]
pub struct Whole {
    /// All of it.
    pub bytes: Vec<u8>,
    /// The time of its last change, if it was asked for and told.
    pub modified: Option<SystemTime>,
}

/// What takes part in a series: who says what comes next, and who takes what came.
pub trait Basket {
    /// The next file, if there is one.
    fn next(&mut self) -> Option<Wanted>;

    /// So many bytes of a file came, and were held back for so long.
    fn came(&mut self, bytes: usize, held_back: Duration);

    /// A file is here: the oldest of those that [`Basket::next`] gave out and that are not here yet.
    fn take(&mut self, whole: Whole);
}

/// The answers that are still to come, in the order in which they were asked for.
#[derive(Debug, Default)]
struct Awaited {
    last_word: bool,
    offset: bool,
    time: bool,
    port: bool,
}

/// The answers that came.
#[derive(Debug, Default)]
struct Answers {
    refusal: Option<Reply>,
    time: Option<SystemTime>,
    port: Option<u16>,
}

impl Session<'_> {
    /// Whether files come in series here: the server offers its ports at once when it is asked.
    #[must_use]
    pub fn has_series(&self) -> bool {
        !self.is_active && (self.route.may_be_ipv4() || !self.is_epsv_useless)
    }

    /// Fetches one small file after the other, until `basket` has no more. With `is_step_by_step`,
    /// no question travels before the last answer has come.
    ///
    /// # Errors
    ///
    /// Everything that is not as it should be ends the series: a refusal, an unexpected length, a
    /// broken conversation. What `basket` gave out and did not get is to be fetched otherwise.
    pub fn fetch_series(
        &mut self,
        is_step_by_step: bool,
        basket: &mut dyn Basket,
    ) -> Result<(), Error> {
        let Some(mut wanted) = basket.next() else { return Ok(()) };
        self.ahead.clear(); // A port that was asked for earlier is gone with the next one.
        let mut awaited = self.ask_for_next(&wanted)?;
        let mut answers = self.hear_all(&mut awaited)?;
        loop {
            let port = answers.port.ok_or_else(|| Error::NoDataConnection {
                is_active: false,
                tried: self.passive_verb().to_owned(),
                source: io::Error::other("the server named no port"),
            })?;
            let time = answers.time;
            let limits = self.limits.clone();
            let leave = self.take_leave(Some(wanted.size));
            let channel = Channel::Made(self.dial_data(port, &limits)?);
            let retr = Command::with("RETR", &wanted.path.to_wire())?;
            let data = self.begin(leave, channel, &retr)?;
            let bytes = read_whole(data, wanted.size, basket)?;

            let next = basket.next();
            let mut awaited = Awaited::default();
            answers = Answers::default();
            awaited.last_word = self.early_final.take().is_none();
            if is_step_by_step {
                answers = self.hear_all(&mut awaited)?;
            }
            if let Some(next) = &next {
                let ahead = self.ask_for_next(next)?;
                awaited = Awaited { last_word: awaited.last_word, ..ahead };
            }
            let heard = self.hear_all(&mut awaited)?;
            if let Some(reply) = answers.refusal.take().or(heard.refusal) {
                self.is_transferring = false;
                return Err(Error::Refused { command: "RETR".to_owned(), reply });
            }
            self.is_transferring = false;
            basket.take(Whole { bytes, modified: time });
            let Some(following) = next else { return Ok(()) };
            wanted = following;
            answers = Answers { refusal: None, ..heard };
        }
    }

    /// Asks for what the next file needs before it can be sent, in one flight.
    fn ask_for_next(&mut self, wanted: &Wanted) -> Result<Awaited, Error> {
        let port = Command::new(self.passive_verb());
        let asks_time = wanted.asks_time && self.may_have("MDTM");
        let time = asks_time.then(|| Command::with("MDTM", &wanted.path.to_wire())).transpose()?;
        let rest = self.rest(0)?;
        let awaited =
            Awaited { last_word: false, offset: rest.is_some(), time: asks_time, port: true };
        self.say_all(&rest.into_iter().chain(time).chain([port]).collect::<Vec<_>>())?;
        Ok(awaited)
    }

    /// Waits for the answers, in whatever order they come: libunftp changes it.
    fn hear_all(&mut self, awaited: &mut Awaited) -> Result<Answers, Error> {
        let mut answers = Answers::default();
        let patience = self.limits.patience;
        while awaited.last_word || awaited.offset || awaited.time || awaited.port {
            if awaited.last_word {
                let most = patience.min(FINAL_PATIENCE);
                self.control.get_mut().expect(Awaiting::FinalReply, most);
            }
            let reply = self.read_past_preliminaries()?;
            self.control.get_mut().expect(Awaiting::Reply, patience);
            if reply.code == 421 {
                let command = self.passive_verb().to_owned();
                return Err(Error::Refused { command, reply });
            }
            let is_yes = reply.kind() == Kind::Done;
            match reply.code {
                213 if awaited.time => {
                    awaited.time = false;
                    answers.time = reply.lines.first().and_then(|text| facts::time(text));
                }
                227 | 229 if awaited.port => {
                    awaited.port = false;
                    answers.port = passive::port_in(&reply);
                }
                _ if awaited.last_word => {
                    awaited.last_word = false;
                    answers.refusal = Some(reply).filter(|_| !is_yes);
                }
                _ if awaited.offset => {
                    awaited.offset = false;
                    self.take_offset(0, reply)?;
                }
                _ if awaited.time && !is_yes => awaited.time = false,
                _ if awaited.port && !is_yes => awaited.port = false,
                _ => {
                    self.is_astray = true;
                    return Err(Error::Garbled { said: reply.to_string() });
                }
            }
        }
        Ok(answers)
    }
}

/// Reads the data to its end.
fn read_whole(mut data: Data, size: u64, basket: &mut dyn Basket) -> Result<Vec<u8>, Error> {
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    data.expect(size);
    let mut bytes = vec![0; size.saturating_add(1)];
    let mut filled = 0;
    while let Some(rest @ [_, ..]) = bytes.get_mut(filled..) {
        match data.poll(rest)? {
            Some(0) => break,
            Some(count) => {
                filled += count;
                basket.came(count, data.held_back());
            }
            None => {}
        }
    }
    if filled != size {
        // Changed since it was listed, or cut off: whoever looks closer will tell.
        return Err(Error::Cut(io::ErrorKind::UnexpectedEof.into()));
    }
    bytes.truncate(filled);
    Ok(bytes)
}
