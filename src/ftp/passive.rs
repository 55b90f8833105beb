//! Passive mode: which port the server listens on for the data (RFC 959 §4.1.2, RFC 2428 §3).
//!
//! The host is never taken from the reply. The data connection goes where the control connection
//! went: a reply that names another host is a wrong configuration behind NAT at best, and an attempt
//! to make us knock at somebody else's door at worst.

use std::io;
use std::time::{Duration, Instant};

use super::active::Channel;
use super::command::Command;
use super::error::{Awaiting, Error};
use super::reply::{Kind, Reply};
use super::session::Session;
use super::stream::{Limits, Stream};
use super::together::Pace;

/// How long a data connection may take that is made without waiting for the server. Where a firewall
/// swallows it, the other ways are tried after that.
const PATIENCE_IN_ONE_GO: Duration = Duration::from_secs(10);

impl Session<'_> {
    /// The first command that [`Session::open_data`] will send, for asking it ahead.
    pub(super) fn first_way(&self) -> Option<Command> {
        (!self.is_active).then(|| Command::new(self.passive_verb()))
    }

    /// Asks for the data port of the next transfer now, so that it can begin at once.
    ///
    /// # Errors
    ///
    /// Only those of a broken conversation; without a port it is asked for when it is needed.
    pub fn get_ready(&mut self) -> Result<(), Error> {
        if self.pace != Pace::StepByStep
            && let Some(way) = self.first_way()
            && !self.ahead.iter().any(|(known, _)| *known == way)
            && let Ok(reply) = self.ask_optional(&way)?
        {
            self.ahead.push((way, reply));
        }
        Ok(())
    }

    /// Whether the data port of the next transfer is known and nothing else is, and commands may travel
    /// beside it in whatever number.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        let way = self.first_way();
        let is_port = |(known, _): &(Command, Reply)| Some(known) == way.as_ref();
        let is_alone = !self.ahead.is_empty() && self.ahead.iter().all(is_port);
        self.pace == Pace::InOrder && is_alone && self.awaited.is_empty()
    }

    /// What passive mode is asked for with, first.
    pub(super) fn passive_verb(&self) -> &'static str {
        if self.is_epsv_useless && self.route.may_be_ipv4() { "PASV" } else { "EPSV" }
    }

    /// Makes a data connection; in active mode, prepares for one.
    pub(super) fn open_data(&mut self) -> Result<Channel, Error> {
        match self.is_active {
            true => self.await_data(),
            false => self.connect_passively(&[]).map(Channel::Made),
        }
    }

    /// Makes a data connection in passive mode: `EPSV`, or else `PASV` on IPv4 (RFC 2428 §3; over
    /// IPv6 the six numbers of `PASV` cannot name an address).
    ///
    /// `commands` are sent as soon as the way is known, without waiting for the connection, which
    /// saves a round trip. Then there is no second way: the server waits on the first one.
    pub(super) fn connect_passively(&mut self, commands: &[Command]) -> Result<Stream, Error> {
        let can_pasv = self.route.may_be_ipv4();
        let mut tried = Vec::new();
        let mut source = io::Error::other("the server offers no passive mode");
        for verb in ["EPSV", "PASV"] {
            if (verb == "EPSV" && self.is_epsv_useless && can_pasv) || (verb == "PASV" && !can_pasv)
            {
                continue;
            }
            tried.push(verb);
            source = match self.ask_optional(&Command::new(verb))? {
                // Not now is not never.
                Err(reply) if reply.kind() == Kind::TryLater => {
                    return Err(Error::Refused { command: verb.to_owned(), reply });
                }
                Err(reply) => io::Error::other(format!("{verb} was answered {reply}")),
                Ok(reply) => match port_in(&reply).map(|port| self.connect_data(port, commands)) {
                    Some(Ok(stream)) => return Ok(stream),
                    Some(Err(error @ (Error::Stopped | Error::Proxy { .. }))) => {
                        return Err(error);
                    }
                    Some(Err(error)) if !commands.is_empty() => {
                        let (tried, source) = (verb.to_owned(), io::Error::other(error));
                        return Err(Error::NoDataConnection { is_active: false, tried, source });
                    }
                    Some(Err(Error::Cut(error))) => error,
                    Some(Err(error)) => io::Error::other(error),
                    None => io::Error::other(format!("{verb} was answered {reply}")),
                },
            };
            self.is_epsv_useless = true;
        }
        Err(Error::NoDataConnection { is_active: false, tried: tried.join(" and "), source })
    }

    fn connect_data(&mut self, port: u16, commands: &[Command]) -> Result<Stream, Error> {
        let mut limits = self.limits.clone();
        if !commands.is_empty() {
            self.say_all(commands)?;
            self.is_transferring = true;
            limits.patience = limits.patience.min(PATIENCE_IN_ONE_GO);
        }
        let mut stream = self.dial_data(port, &limits)?;
        stream.expect(Awaiting::Data, self.limits.patience);
        Ok(stream)
    }

    /// Makes a data connection to `port`, and looks how long that takes.
    pub(super) fn dial_data(&mut self, port: u16, limits: &Limits) -> Result<Stream, Error> {
        let begun = Instant::now();
        let stream = self.route.data(port, self.most_ahead(), limits)?;
        self.round_trip = self.round_trip.min(begun.elapsed());
        Ok(stream)
    }
}

/// The port that a reply to `EPSV` or `PASV` names.
pub(super) fn port_in(reply: &Reply) -> Option<u16> {
    if reply.code == 229 { epsv_port(&reply.text()) } else { pasv_port(&reply.text()) }
}

/// The port in `229 Entering Extended Passive Mode (|||6446|)`. Any delimiter will do (RFC 2428 §3).
#[must_use]
fn epsv_port(text: &str) -> Option<u16> {
    let inside = text.rsplit_once('(')?.1;
    let delimiter = inside.chars().next().filter(char::is_ascii_graphic)?;
    let mut fields = inside.split(delimiter).skip(3);
    fields.next()?.parse().ok().filter(|&port| port > 0)
}

/// The port in `227 Entering Passive Mode (10,0,0,1,88,111)`.
///
/// RFC 1123 §4.1.2.6: look for the numbers, not for the parentheses.
#[must_use]
fn pasv_port(text: &str) -> Option<u16> {
    let starts = text.char_indices().filter(|&(at, c)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        c.is_ascii_digit() && !before.is_some_and(|c| c.is_ascii_digit() || c == ',')
    });
    starts.filter_map(|(at, _)| six_numbers(text.get(at..)?)).next()
}

fn six_numbers(text: &str) -> Option<u16> {
    let mut numbers = [0_u8; 6];
    let mut rest = text;
    for (n, number) in numbers.iter_mut().enumerate() {
        if n > 0 {
            rest = rest.strip_prefix(',')?.trim_start_matches(' ');
        }
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, after) = rest.split_at(end);
        *number = digits.parse().ok()?;
        rest = after;
    }
    let [.., high, low] = numbers;
    Some(u16::from_be_bytes([high, low])).filter(|&port| port > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_found_in_every_form_that_servers_write_it_in() {
        for (text, port) in [
            ("Entering Extended Passive Mode (|||6446|)", Some(6446)),
            ("Ok (!!!6446!)", Some(6446)),
            ("Extended (|||1000000|)", None),
            ("Extended (|||0|)", None),
            ("ok, go ahead", None),
            ("Passive (||", None),
        ] {
            assert_eq!(epsv_port(text), port, "in {text:?}");
        }
        for (text, port) in [
            ("Entering Passive Mode (127,0,0,1,25,46).", Some(6446)),
            ("Entering Passive Mode 127,0,0,1,25,46", Some(6446)),
            ("=127,0,0,1,25,46", Some(6446)),
            ("Entering Passive Mode (127, 0, 0, 1, 25, 46). Be quick 1,2,3", Some(6446)),
            ("Passive in 3,2 (127,0,0,1,25,46)", Some(6446)),
            ("Entering Passive Mode (1216,256,2,127,127,127)", None),
            ("(127,0,0,1,0,0)", None),
            ("ok, go ahead", None),
        ] {
            assert_eq!(pasv_port(text), port, "in {text:?}");
        }
    }
}
