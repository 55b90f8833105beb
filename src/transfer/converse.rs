//! A conversation for one file: one that rests from the file before, or a new one.

use std::time::{Duration, SystemTime};

use super::download::Job;
use super::lanes::Crowd;
use super::news::{News, Phase, Voice};
use super::retry::Retry;
use super::trouble::Trouble;
use crate::ftp::{self, Errand, Error, Limits, Session};
use crate::words;

/// How often a download steps back because its server has too many connections, before that is the
/// news.
const MOST_STEPS_BACK: u32 = 3;

/// Until it is asked for alone what was not sent to one of several: the server may still hold it for those.
const FOR_THE_OTHERS_TO_LEAVE: Duration = Duration::from_secs(1);

impl Job<'_> {
    /// A conversation, signed in. `errand` is what will be asked next.
    pub(super) fn converse<'l>(
        &self,
        limits: &Limits,
        log: &'l dyn Fn(ftp::Line),
        errand: Errand<'_>,
        retry: &mut Retry,
    ) -> Result<Session<'l>, Trouble> {
        self.has_rested.set(false);
        let lane = self.handle.lane();
        let throttle = &self.handle.commons.throttle;
        let hold_back = |session: &mut Session<'_>| {
            throttle.hold_back(session, lane.map(AsRef::as_ref), 1, &self.handle.waits);
        };
        if let Some(mut session) = lane.and_then(|lane| lane.take_up(limits, log)) {
            self.has_rested.set(true);
            if self.is_step_by_step.get() {
                session.slow_down();
            }
            hold_back(&mut session);
            return Ok(session);
        }
        (self.report)(News::Phase(Phase::Connecting));
        let way = self.access().usual_way();
        if way.is_active && !self.request.way.is_active {
            self.story("This server's data comes in active mode, as it did before".to_owned());
        }
        if let Some(proxy) = self.access().proxy() {
            self.story(format!("Through the proxy {}", proxy.place()));
        }
        let mut session = self.access().connect(limits, log)?;
        let login = self.access().login();
        if let Some(sentence) = self.access().login_story() {
            self.story(sentence);
        }
        if login.password.is_some() && !session.is_secure() {
            self.tell(
                Voice::Warning,
                "The password goes over the network unprotected: this connection is not secure"
                    .to_owned(),
            );
        }
        (self.report)(News::Phase(Phase::SigningIn));
        match self.is_step_by_step.get() {
            true => session.sign_in(&login)?,
            false => session.sign_in_for(&login, Some(errand))?,
        }
        self.access().learn_accepted();
        hold_back(&mut session);
        retry.met();
        if let Some(sentence) = lane.and_then(|lane| lane.connected()) {
            self.story(sentence);
        }
        Ok(session)
    }

    /// Whether the trouble is that commands travelled together. Then the next attempt is made at
    /// once, without.
    pub(super) fn steps_back(&self, trouble: &Trouble) -> bool {
        let Trouble::Server(Error::Stumbled { source }) = trouble else { return false };
        if self.is_step_by_step.replace(true) {
            return false;
        }
        // A blocked way is no fault of the server's, and another way may be open.
        let is_blocked = matches!(**source, Error::NoDataConnection { .. });
        self.has_stumbled.set(!is_blocked);
        self.story(match is_blocked {
            true => {
                "The file channel could not be reached at once. Trying the other ways, step by step"
                    .to_owned()
            }
            false => format!("The server got out of step: {source}. Speaking to it step by step"),
        });
        true
    }

    /// Lets the conversation rest for the next file; if nobody counts conversations, ends it.
    pub(super) fn leave(&self, session: Session<'_>) {
        match self.handle.lane() {
            Some(lane) => lane.park(session),
            None => session.quit(),
        }
    }

    /// Whether what went wrong says nothing about this file, so that it is tried again at once: the
    /// server had ended a conversation that rested, is another one than before, sends a file to nobody
    /// else while one has it, or allows fewer connections than we had.
    pub(super) fn is_of_no_account(&self, trouble: &Trouble) -> Result<bool, Trouble> {
        let Trouble::Server(error) = trouble else { return Ok(false) };
        if self.has_rested.take() && is_stale(error) {
            return Ok(true);
        }
        if let Error::Mistaken { .. } = error {
            self.access().learn_other_server();
            self.story(format!("{}. Meeting it anew", words::sentence(&error.to_string())));
            return Ok(true);
        }
        let Error::Refused { reply, .. } = error else { return Ok(false) };
        if self.asks_alone.take() {
            self.goes_alone.set(true);
            self.story("Asking for it over one connection alone".to_owned());
            self.handle.rest(FOR_THE_OTHERS_TO_LEAVE)?;
            return Ok(true);
        }
        if !reply.says_too_many() || self.steps_back.get() >= MOST_STEPS_BACK {
            return Ok(false);
        }
        match self.handle.lane().map(|lane| lane.refused()) {
            None | Some(Crowd::Others) => return Ok(false),
            Some(Crowd::Ours(Some(sentence))) => self.story(sentence),
            Some(Crowd::Ours(None)) => {}
        }
        self.steps_back.set(self.steps_back.get() + 1);
        let why = "The server allows no more connections at a time".to_owned();
        let until = SystemTime::now();
        (self.report)(News::Phase(Phase::Waiting { why, until }));
        self.handle.rest(Duration::ZERO)?;
        Ok(true)
    }

    /// The data, asked for from `offset` on, has broken off after so many new bytes. The server knows
    /// better why: it wants the session resumed, for example.
    pub(super) fn why_it_broke(
        &self,
        mut session: Session<'_>,
        error: Error,
        offset: u64,
        brought: u64,
    ) -> Trouble {
        let reason = session.reason(brought);
        if let Some(Error::Refused { reply, .. }) = &reason
            && offset > 0
            && reply.kind() == ftp::Kind::Refused
        {
            // It took REST, and could not keep its word.
            self.starts_over.set(true);
            return Trouble::Unfinished(reason.unwrap_or(error));
        }
        reason.unwrap_or(error).into()
    }

    /// The data connection is there: so this way of talking leads somewhere.
    pub(super) fn learn_data_came(&self, session: &Session<'_>) {
        self.has_rested.set(false);
        if self.has_stumbled.take() {
            self.access().learn_step_by_step();
        }
        self.access().learn_data_came(session.is_active());
    }
}

/// Whether a conversation that rested too long would end like this.
fn is_stale(error: &Error) -> bool {
    match error {
        // The port that it had asked for is gone.
        Error::HungUp | Error::Cut(_) | Error::NoDataConnection { .. } => true,
        Error::Refused { reply, .. } => reply.code == 421,
        Error::Stumbled { source } | Error::Overlong { source, .. } => is_stale(source),
        _ => false,
    }
}
