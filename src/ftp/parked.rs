//! A conversation that rests between two files, so that the next one need not begin with a greeting.

use std::collections::{HashMap, VecDeque};
use std::io::BufReader;
use std::time::{Duration, Instant};

use super::command::Command;
use super::listing;
use super::reply::Reply;
use super::route::Route;
use super::session::{Line, Session};
use super::stream::{Limits, Stream};
use super::tls::Tls;
use super::together::Pace;

/// A conversation that rests: signed in, in the folder that the login opened, and with nothing under
/// way. It belongs to nobody until it is [taken up](Parked::take_up) again.
#[derive(Debug)]
pub struct Parked {
    control: BufReader<Stream>,
    route: Route,
    is_active: bool,
    tls: Option<Tls>,
    features: HashMap<String, String>,
    pace: Pace,
    is_epsv_useless: bool,
    has_offset: bool,
    listing: listing::Known,
    round_trip: Duration,
    heard: Instant,
    /// The data port that was asked for ahead, if one was.
    ports: Vec<(Command, Reply)>,
}

impl Session<'_> {
    /// Lets the conversation rest, once it is signed in. `None` if nobody could go on with it: a
    /// transfer was not brought to its end, a reply was lost, or it is in another folder than at
    /// first; we have said goodbye then. Nor if the server has, meanwhile.
    #[must_use]
    pub fn park(self) -> Option<Parked> {
        let is_at_rest = !self.is_transferring && !self.is_astray && self.awaited.is_empty();
        if !is_at_rest {
            self.quit();
            return None;
        }
        let Self {
            control,
            route,
            is_active,
            tls,
            features,
            pace,
            is_epsv_useless,
            has_offset,
            listing,
            round_trip,
            heard,
            ahead,
            ..
        } = self;
        let is_port = |(command, _): &(Command, Reply)| matches!(command.verb(), "EPSV" | "PASV");
        let ports = ahead.into_iter().filter(is_port).collect();
        control.buffer().is_empty().then_some(Parked {
            control,
            route,
            is_active,
            tls,
            features,
            pace,
            is_epsv_useless,
            has_offset,
            listing,
            round_trip,
            heard,
            ports,
        })
    }
}

/// What one conversation has learnt about the server's folders, for the next one of the same login.
#[derive(Debug, Clone)]
pub struct Learnt(listing::Known);

impl Session<'_> {
    /// Takes over what another conversation of the same login has learnt: it need not be asked again.
    pub fn take_over(&mut self, learnt: Learnt) {
        self.listing = learnt.0;
    }
}

impl Parked {
    /// What it has learnt about the server's folders.
    #[must_use]
    pub fn learnt(&self) -> Learnt {
        Learnt(self.listing.clone())
    }

    /// When the server last said something.
    #[must_use]
    pub fn heard(&self) -> Instant {
        self.heard
    }

    /// Whether the conversation is secret.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.tls.is_some()
    }

    /// Goes on with the conversation. `None` if the server has ended it meanwhile, or said something
    /// that nobody had asked for (`421 Timeout`). Sends nothing and does not wait.
    #[must_use]
    pub fn take_up<'a>(self, limits: &Limits, log: &'a dyn Fn(Line)) -> Option<Session<'a>> {
        let Self { mut control, route, is_active, tls, features, pace, .. } = self;
        let (is_epsv_useless, has_offset) = (self.is_epsv_useless, self.has_offset);
        let listing = self.listing;
        let (round_trip, heard, ports) = (self.round_trip, self.heard, self.ports);
        control.get_mut().take_limits(limits);
        control.get_mut().is_quiet().then(|| Session {
            control,
            route,
            is_active,
            tls,
            limits: limits.clone(),
            log,
            features,
            pace,
            most_pace: pace,
            ahead: ports,
            awaited: VecDeque::new(),
            is_epsv_useless,
            early_final: None,
            is_transferring: false,
            has_offset,
            owes_greeting: false,
            is_astray: false,
            listing,
            round_trip,
            sluice: None,
            heard,
            longest: 0,
        })
    }
}
