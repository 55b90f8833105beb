//! Again after a pause, while that can help.

use std::time::{Duration, Instant};

use super::doubt::Doubt;
use super::trouble::Trouble;
use crate::ftp::{Awaiting, Error, Kind, ProxyTrouble};

/// The shortest pause that doubles with every attempt without progress.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// The same where the server is full: pressing it would only keep others out.
const FIRST_PAUSE_WHEN_FULL: Duration = Duration::from_secs(3);

/// How often a file may change on the server while it is fetched, before that is the news: told by
/// its size and time, or by its bytes; each is counted by itself.
pub(super) const MOST_CHANGES: u32 = 3;

/// No pause is longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The pause after an attempt that brought bytes: only enough not to run wild.
const PAUSE_AFTER_PROGRESS: Duration = Duration::from_millis(200);

/// The same after one that brought [`MUCH`]: the time that it took was pause enough.
const PAUSE_AFTER_MUCH: Duration = Duration::ZERO;

/// What takes its time on most lines, in bytes.
const MUCH: u64 = 4 * 1024 * 1024;

/// How long a network that has gone is waited for before that uses up tries.
const OUTAGE: Duration = Duration::from_secs(120);

/// Decides whether and when an attempt is made again.
///
/// The budget counts only attempts without progress: a line that brings a few bytes before it breaks
/// is used for as long as it does.
#[derive(Debug)]
pub(super) struct Retry {
    budget: u32,
    idle: u32,
    shorts: u32,
    overlongs: u32,
    changes: u32,
    outage: Option<Instant>,
    /// The server has answered in this download: it exists, and it speaks FTP.
    has_met: bool,
    /// A data connection was made in this download.
    has_met_data: bool,
}

impl Retry {
    pub(super) fn new(budget: u32) -> Self {
        Self {
            budget,
            idle: 0,
            shorts: 0,
            overlongs: 0,
            changes: 0,
            outage: None,
            has_met: false,
            has_met_data: false,
        }
    }

    /// The server has let us in.
    pub(super) fn met(&mut self) {
        self.has_met = true;
        self.outage = None;
    }

    /// The data has a way.
    pub(super) fn met_data(&mut self) {
        self.has_met_data = true;
    }

    /// How long to wait before the next attempt; `None` if there is to be none.
    ///
    /// `brought`: how many new bytes the attempt that ended in `trouble` brought.
    pub(super) fn after(
        &mut self,
        trouble: &Trouble,
        brought: u64,
        now: Instant,
    ) -> Option<Duration> {
        let progressed = brought > 0;
        if progressed {
            self.idle = 0;
            self.has_met_data = true;
        }
        if let Trouble::DoubtAgain(_) = trouble {
            return Some(PAUSE_AFTER_PROGRESS); // Once: nothing is left to be doubted again.
        }
        if let Trouble::Doubt(Doubt::Short { .. }) = trouble {
            self.shorts += 1;
            return (progressed || self.shorts < 2).then_some(PAUSE_AFTER_PROGRESS);
        }
        if let Trouble::Doubt(Doubt::Changed) = trouble {
            self.changes += 1;
            if self.changes > MOST_CHANGES {
                return None;
            }
            if self.changes == 1 {
                // What was here is set aside; the file as it is now has had no try yet.
                return Some(PAUSE_AFTER_PROGRESS);
            }
        }
        if !self.may_pass(trouble) {
            return None;
        }
        if let Trouble::Server(Error::Overlong { .. }) = trouble {
            self.overlongs += 1;
            if !progressed && self.overlongs > 1 {
                return None; // Once may be chance.
            }
        }
        if is_outage(trouble) && now.duration_since(*self.outage.get_or_insert(now)) < OUTAGE {
            return Some(jitter(FIRST_PAUSE * 4));
        }
        if progressed {
            let is_much = brought >= MUCH;
            return Some(if is_much { PAUSE_AFTER_MUCH } else { PAUSE_AFTER_PROGRESS });
        }
        if self.idle >= self.budget {
            return None;
        }
        let first = if is_full(trouble) { FIRST_PAUSE_WHEN_FULL } else { FIRST_PAUSE };
        let pause = first.saturating_mul(1 << self.idle.min(10)).min(LONGEST_PAUSE);
        self.idle += 1;
        Some(jitter(pause))
    }

    /// Whether the trouble may be gone at the next attempt.
    fn may_pass(&self, trouble: &Trouble) -> bool {
        match trouble {
            Trouble::Disk(_)
            | Trouble::Doubt(Doubt::Short { .. } | Doubt::Long { .. } | Doubt::Checksum(_)) => {
                false
            }
            Trouble::Doubt(Doubt::Changed) | Trouble::DoubtAgain(_) | Trouble::Unfinished(_) => {
                true
            }
            Trouble::Server(error) => match error {
                Error::HungUp
                | Error::Cut(_)
                | Error::Overlong { .. }
                | Error::Mistaken { .. }
                | Error::Stumbled { .. } => true,
                Error::Silent { awaiting, .. } => match awaiting {
                    Awaiting::Connection | Awaiting::Proxy | Awaiting::Greeting => self.has_met,
                    Awaiting::Reply | Awaiting::Data | Awaiting::FinalReply => true,
                },
                // Never met: the name or the port is wrong. Met before: the network is down.
                Error::Unknown { .. }
                | Error::Unreachable { .. }
                | Error::Proxy {
                    trouble: ProxyTrouble::Unreachable(_) | ProxyTrouble::Failed { .. },
                    ..
                } => self.has_met,
                Error::Refused { command, reply } => {
                    // 430 to a password is no less final than 530: trying on gets accounts locked.
                    let is_login =
                        ["USER", "PASS", "ACCT"].iter().any(|it| command.starts_with(it));
                    let is_final = is_login && matches!(reply.code, 430..=434);
                    (reply.kind() == Kind::TryLater && !is_final) || reply.says_too_many()
                }
                // Never made: a firewall. Made before: something else, and it may pass.
                Error::NoDataConnection { .. } => self.has_met_data,
                Error::Garbled { .. }
                | Error::Proxy { .. }
                | Error::WrongFamily { .. }
                | Error::Untrusted { .. }
                | Error::CertificateChanged { .. }
                | Error::Tls { .. }
                | Error::NoTls { .. }
                | Error::Argument(_)
                | Error::TooLong { .. }
                | Error::TooSlow { .. }
                | Error::Stopped => false,
            },
        }
    }
}

fn is_outage(trouble: &Trouble) -> bool {
    matches!(
        trouble,
        Trouble::Server(
            Error::Unknown { .. }
                | Error::Unreachable { .. }
                | Error::Proxy { trouble: ProxyTrouble::Unreachable(_), .. }
                | Error::Silent { awaiting: Awaiting::Connection | Awaiting::Proxy, .. }
        )
    )
}

fn is_full(trouble: &Trouble) -> bool {
    matches!(trouble, Trouble::Server(Error::Refused { reply, .. }) if reply.says_too_many())
}

/// Between half and the whole: a hundred clients that were cut off together must not come back
/// together.
fn jitter(pause: Duration) -> Duration {
    pause.mul_f64(0.5 + fastrand::f64() / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ftp::Reply;

    fn refused(code: u16, text: &str) -> Trouble {
        let reply = Reply { code, lines: vec![text.to_owned()] };
        Trouble::Server(Error::Refused { command: "RETR a".to_owned(), reply })
    }

    #[test]
    fn a_line_that_brings_bytes_is_used_for_ever_and_one_that_does_not_is_given_up() {
        let now = Instant::now();
        let mut retry = Retry::new(2);
        for _ in 0..1000 {
            assert!(retry.after(&Trouble::Server(Error::HungUp), 1, now).is_some());
        }
        assert!(retry.after(&Trouble::Server(Error::HungUp), 0, now).is_some());
        assert!(retry.after(&Trouble::Server(Error::HungUp), 0, now).is_some());
        assert_eq!(retry.after(&Trouble::Server(Error::HungUp), 0, now), None);
    }

    #[test]
    fn what_a_second_try_cannot_mend_fails_at_once() {
        let now = Instant::now();
        for trouble in [
            refused(550, "No such file"),
            refused(530, "Login incorrect."),
            refused(500, "What?"),
            Trouble::Server(Error::Garbled { said: "SSH-2.0".to_owned() }),
        ] {
            assert_eq!(Retry::new(5).after(&trouble, 0, now), None, "{trouble:?}");
        }
    }

    #[test]
    fn a_full_server_is_waited_for_longer_than_a_broken_line() {
        let now = Instant::now();
        let full =
            refused(530, "Sorry, the maximum number of allowed clients (2) are already connected.");
        assert!(Retry::new(5).after(&full, 0, now).unwrap() >= FIRST_PAUSE_WHEN_FULL / 2);
        assert!(Retry::new(5).after(&refused(425, "no data"), 0, now).unwrap() <= FIRST_PAUSE);
    }

    #[test]
    fn pauses_grow_and_are_never_longer_than_a_minute() {
        let now = Instant::now();
        let mut retry = Retry::new(40);
        let pauses: Vec<_> = (0..40)
            .map(|_| retry.after(&Trouble::Server(Error::HungUp), 0, now).unwrap())
            .collect();
        assert!(pauses[5] > pauses[0]);
        assert!(pauses.iter().all(|&pause| pause <= LONGEST_PAUSE));
    }

    #[test]
    fn a_network_that_is_down_is_waited_for_two_minutes_but_a_wrong_name_is_not() {
        let now = Instant::now();
        let gone = || {
            Trouble::Server(Error::Unreachable {
                host: "h".to_owned(),
                port: 21,
                source: std::io::ErrorKind::NetworkUnreachable.into(),
            })
        };
        let mut retry = Retry::new(0);
        assert_eq!(retry.after(&gone(), 0, now), None);
        retry.met();
        assert!(retry.after(&gone(), 0, now).is_some());
        assert!(retry.after(&gone(), 0, now + Duration::from_secs(119)).is_some());
        assert_eq!(retry.after(&gone(), 0, now + Duration::from_secs(121)), None);
    }
}
