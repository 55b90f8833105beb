//! Commands that travel together: fewer waits for the same conversation.
//!
//! Answers that come before anybody asks are kept, and [`Session::ask`] gives them out, so the code
//! that asks reads as if every command waited for its answer.

use std::cmp::Ordering;
use std::time::Duration;

use super::command::Command;
use super::error::{Awaiting, Error};
use super::facts;
use super::reply::{Kind, Reply};
use super::session::Session;

/// The longest wait for the first answer to commands that travel together.
const FIRST_PATIENCE: Duration = Duration::from_secs(10);

/// The longest wait for the next one. A server that has read only the first command of several is
/// found out by its silence.
const NEXT_PATIENCE: Duration = Duration::from_secs(4);

/// How many commands a server is told at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// One, and the next one after its answer.
    StepByStep,
    /// A few, whose answers can be told apart: nobody knows in which order they come.
    ByCode,
    /// Whatever is to be said: this software answers in order, also what stands behind `PASS`.
    InOrder,
}

/// How the greeting of vsftpd begins.
const VSFTPD: &str = "(vsFTPd ";

/// How the greetings of software begin that answers in order. Each was tried, plain and over TLS:
/// vsftpd 3.0.3, ProFTPD 1.3.8, Pure-FTPd 1.0.50, pyftpdlib 1.5.7.
const IN_ORDER: [&str; 4] = [VSFTPD, "ProFTPD ", "--------- Welcome to Pure-FTPd", "pyftpdlib "];

/// Whether a server that greets like this goes on sending when our side of a data connection has ended
/// over TLS 1.3. Only where that was tried: pyftpdlib takes it for the end of both.
pub(super) fn takes_goodbye_first(greeting: &Reply) -> bool {
    greeting.lines.first().is_some_and(|line| line.starts_with(VSFTPD))
}

impl Pace {
    /// That of a server that greets like this.
    pub(super) fn of(greeting: &Reply) -> Self {
        let first = greeting.lines.first().map_or("", String::as_str);
        match IN_ORDER.iter().any(|software| first.starts_with(software)) {
            true => Self::InOrder,
            false => Self::ByCode,
        }
    }
}

impl Session<'_> {
    /// Whether it greets like software that was tried, and is spoken to as that allows. All of it
    /// continues files (`REST`, RFC 3659 §5).
    #[must_use]
    pub fn is_of_known_software(&self) -> bool {
        self.pace == Pace::InOrder
    }

    /// Sends those of `commands` that have no answer yet in one go, where the server takes that, and
    /// keeps the answers. An answer that could belong to several commands is forgotten again: who
    /// wants it will ask for it alone.
    ///
    /// From a server that answers in order, the answers behind that to `last` are only awaited when
    /// somebody wants them: vsftpd sends each line by itself, and only ten before the first of them
    /// is acknowledged.
    ///
    /// # Errors
    ///
    /// [`Error::Stumbled`] if the server does not answer each of them in a way that makes sense.
    pub(super) fn ask_ahead(
        &mut self,
        mut commands: Vec<Command>,
        last: Option<&Command>,
    ) -> Result<(), Error> {
        commands.retain(|command| {
            !self.ahead.iter().any(|(known, _)| known == command) && !self.awaited.contains(command)
        });
        if self.pace == Pace::StepByStep || commands.len() < 2 {
            return Ok(());
        }
        self.say_all(&commands)?;
        self.be_greeted(true)?;
        let at = commands.iter().position(|command| Some(command) == last);
        if let Some(at) = at.filter(|_| self.pace == Pace::InOrder) {
            self.awaited = commands.split_off(at + 1).into();
        }
        let is_login = |command: &Command| matches!(command.verb(), "USER" | "PASS");
        let is_in_order = self.pace == Pace::InOrder;
        let (mut replies, mut is_in): (Vec<Reply>, bool) = (Vec::new(), false);
        for command in &commands {
            let reply = self.next_of_many(replies.is_empty())?;
            let is_no = matches!(reply.kind(), Kind::TryLater | Kind::Refused);
            is_in |= is_login(command) && reply.kind() == Kind::Done;
            // Unless somebody is in already, nothing that follows can be answered.
            let is_refused = is_no && is_login(command) && !is_in;
            let is_over = is_refused && (is_in_order || reply.says_too_many());
            let is_over = is_over || reply.code == 421;
            replies.push(reply);
            if is_over {
                self.awaited.clear();
                break;
            }
        }
        let is_all_said = self.awaited.is_empty() && replies.len() == commands.len();
        if is_all_said && !self.control.buffer().is_empty() {
            return Err(stumbled(Error::Garbled {
                said: "more answers than questions".to_owned(),
            }));
        }
        let answers = match is_in_order || commands.first().is_some_and(is_login) {
            true => one_by_one(commands, replies),
            false => by_code(commands, replies),
        };
        self.keep(answers)
    }

    /// The next answer to commands that travelled together.
    pub(super) fn next_of_many(&mut self, is_first: bool) -> Result<Reply, Error> {
        let most = if is_first { FIRST_PATIENCE } else { NEXT_PATIENCE };
        self.control.get_mut().expect(Awaiting::Reply, self.limits.patience.min(most));
        let reply = self.hear().map_err(stumbled);
        self.control.get_mut().expect(Awaiting::Reply, self.limits.patience);
        reply
    }

    /// Hears the answers that are still under way: what is read next is then the answer to what was
    /// sent last.
    pub(super) fn catch_up(&mut self) -> Result<(), Error> {
        while let Some(command) = self.awaited.pop_front() {
            let reply = self.next_of_many(false)?;
            if command.verb() == "FEAT" && reply.kind() == Kind::Done {
                self.features = reply.features();
            }
            let answer = one_by_one(vec![command], vec![reply]);
            self.keep(answer)?;
        }
        Ok(())
    }

    fn keep(&mut self, answers: Option<Answers>) -> Result<(), Error> {
        let strange = || Error::Garbled { said: "answers that fit no question".to_owned() };
        self.ahead.extend(answers.ok_or_else(|| stumbled(strange()))?);
        Ok(())
    }

    /// The answer to `command`, if it came already.
    pub(super) fn take_answer(&mut self, command: &Command) -> Result<Option<Reply>, Error> {
        if self.awaited.contains(command) {
            self.catch_up()?;
        }
        let at = self.ahead.iter().position(|(known, _)| known == command);
        Ok(at.map(|at| self.ahead.swap_remove(at).1))
    }
}

/// What broke off while the answers to several commands were awaited.
pub(super) fn stumbled(error: Error) -> Error {
    match error {
        Error::Stopped | Error::Stumbled { .. } => error,
        source => Error::Stumbled { source: Box::new(source) },
    }
}

type Answers = Vec<(Command, Reply)>;

/// The first reply answers the first command. `None` if they do not fit.
fn one_by_one(commands: Vec<Command>, replies: Vec<Reply>) -> Option<Answers> {
    let (mut is_in, mut is_password_wanted) = (false, false);
    let mut answers = Vec::new();
    for (command, reply) in commands.into_iter().zip(replies) {
        let sort = Sort::of_reply(&reply)?;
        let fits = match (command.verb(), sort) {
            // These would mean that it was read before what it follows.
            ("PASS", Sort::No) => !(is_password_wanted && matches!(reply.code, 500..=504)),
            (_, Sort::No) => !(is_in && reply.code == 530),
            ("MDTM" | "SIZE", sort) => matches!(sort, Sort::Size | Sort::Time),
            ("FEAT", sort) => matches!(sort, Sort::Features | Sort::Setting),
            ("PASS", Sort::Setting) => true,
            (_, sort) => sort == Sort::of_command(&command),
        };
        if !fits {
            return None;
        }
        is_password_wanted |= reply.code == 331;
        is_in |= matches!(command.verb(), "USER" | "PASS") && reply.kind() == Kind::Done;
        answers.push((command, reply));
    }
    Some(answers)
}

/// Each reply answers the command whose code it bears. Several commands of one sort are answered if
/// all of them are, and alike. `None` if they do not fit.
fn by_code(mut commands: Vec<Command>, replies: Vec<Reply>) -> Option<Answers> {
    let mut answers = Vec::new();
    let mut refusals = Vec::new();
    let mut of_sort: Vec<(Sort, Vec<Reply>)> = Vec::new();
    for reply in replies {
        match Sort::of_reply(&reply)? {
            Sort::No => refusals.push(reply),
            sort => match of_sort.iter_mut().find(|(known, _)| *known == sort) {
                Some((_, alike)) => alike.push(reply),
                None => of_sort.push((sort, vec![reply])),
            },
        }
    }
    let mut is_mixed = false;
    for (sort, alike) in of_sort {
        let is_one = |command: &Command| Sort::of_command(command) == sort;
        let asked = commands.iter().filter(|command| is_one(command)).count();
        match alike.len().cmp(&asked) {
            Ordering::Equal => {}
            // A time in a form of its own looks like a size, and a very large size like a time.
            Ordering::Greater if !matches!(sort, Sort::Size | Sort::Time) => return None,
            Ordering::Less | Ordering::Greater => {
                is_mixed = true;
                continue;
            }
        }
        let (theirs, others) = commands.into_iter().partition(is_one);
        commands = others;
        let theirs: Vec<Command> = theirs;
        answers.extend(theirs.into_iter().zip(alike));
    }
    if !is_mixed {
        answers.extend(commands.into_iter().zip(refusals));
    }
    Some(answers)
}

/// What tells one answer from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Login,
    Features,
    Setting,
    Size,
    Time,
    Port,
    No,
}

impl Sort {
    /// That of a yes to `command`.
    fn of_command(command: &Command) -> Self {
        match command.verb() {
            "USER" | "PASS" => Self::Login,
            "FEAT" => Self::Features,
            "SIZE" => Self::Size,
            "MDTM" => Self::Time,
            "EPSV" | "PASV" => Self::Port,
            _ => Self::Setting,
        }
    }

    /// `None`: nothing of what travels together is answered like this.
    fn of_reply(reply: &Reply) -> Option<Self> {
        let is_time = || reply.lines.first().is_some_and(|text| facts::time(text).is_some());
        match reply.code {
            230 | 331 | 332 => Some(Self::Login),
            211 => Some(Self::Features),
            213 if is_time() => Some(Self::Time),
            213 => Some(Self::Size),
            227 | 229 => Some(Self::Port),
            200..=299 => Some(Self::Setting),
            400..=599 => Some(Self::No),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(line: &str) -> Command {
        let verbs = ["USER", "PASS", "FEAT", "TYPE", "PBSZ", "PROT", "SIZE", "MDTM", "EPSV"];
        let (verb, argument) = line.split_once(' ').unwrap_or((line, ""));
        let verb = verbs.into_iter().find(|known| *known == verb).unwrap();
        Command::with(verb, argument.as_bytes()).unwrap()
    }

    fn reply(line: &str) -> Reply {
        let (code, text) = line.split_at(3);
        Reply { code: code.parse().unwrap(), lines: vec![text.trim().to_owned()] }
    }

    type Read = fn(Vec<Command>, Vec<Reply>) -> Option<Answers>;

    /// What is taken for the answer to each command; `?`: it has to be asked again.
    fn read(how: Read, commands: &[&str], replies: &[&str]) -> Option<Vec<String>> {
        let all: Vec<_> = commands.iter().map(|line| command(line)).collect();
        let answers = how(all.clone(), replies.iter().map(|line| reply(line)).collect())?;
        let of = |command: &Command| {
            let answer = answers.iter().find(|(known, _)| known == command);
            answer.map_or("?".to_owned(), |(_, reply)| reply.to_string())
        };
        Some(all.iter().map(of).collect())
    }

    #[test]
    fn a_reply_is_known_by_its_code_in_whatever_order_it_comes() {
        let ask = ["SIZE a", "MDTM a", "EPSV"];
        let settings = ["FEAT", "PBSZ 0", "PROT P", "TYPE I"];
        for (commands, replies, expected) in [
            (&ask[..], &["213 7", "213 20240229123456", "229 (|||1|)"][..], Some("0 1 2")),
            (&ask, &["229 (|||1|)", "213 20240229123456", "213 7"], Some("2 1 0")),
            (&ask, &["213 7", "550 no", "229 (|||1|)"], Some("0 1 2")),
            (&ask, &["550 no", "213 7", "229 (|||1|)"], Some("1 0 2")),
            (&ask, &["550 no", "500 what", "229 (|||1|)"], Some("0 1 2")),
            (&ask, &["213 7", "213 8", "229 (|||1|)"], Some("? ? 2")),
            (&ask, &["213 7", "331 who", "229 (|||1|)"], None),
            (&settings, &["211 f", "200 a", "200 b", "200 c"], Some("0 1 2 3")),
            (&settings, &["200 a", "200 b", "211 f", "200 c"], Some("2 0 1 3")),
            // One was refused: was it PROT?
            (&settings, &["211 f", "200 a", "536 no", "200 c"], Some("0 ? ? ?")),
            (&["SIZE a", "SIZE b"], &["550 no", "550 neither"], Some("0 1")),
            (&["SIZE a", "SIZE b"], &["213 7", "550 no"], Some("? ?")),
        ] {
            let expected = expected.map(|places| {
                let places = places.split(' ').map(|place| place.parse::<usize>().ok());
                let text = |place: usize| reply(replies[place]).to_string();
                places.map(|place| place.map_or("?".to_owned(), text)).collect::<Vec<_>>()
            });
            assert_eq!(read(by_code, commands, replies), expected, "for {replies:?}");
        }
    }

    #[test]
    fn answers_in_order_are_believed_only_while_they_make_sense() {
        let login = ["USER anonymous", "PASS x", "FEAT", "SIZE a"];
        for (replies, is_good) in [
            (&["331 who", "230 in", "211 f", "213 7"][..], true),
            (&["230 in", "230 in", "211 f", "550 no"], true),
            (&["230 in", "503 you are in", "500 what", "550 no"], true),
            (&["331 who", "530 go away"], true),
            (&["421 full"], true),
            // These have read one command before the other.
            (&["331 who", "503 who are you", "530 who are you", "530 who are you"], false),
            (&["331 who", "230 in", "530 who are you", "213 7"], false),
            (&["331 who", "230 in", "213 7", "211 f"], false),
            (&["331 who", "150 here", "211 f", "213 7"], false),
        ] {
            assert_eq!(read(one_by_one, &login, replies).is_some(), is_good, "for {replies:?}");
        }
    }

    #[test]
    fn only_software_that_was_tried_is_told_everything_at_once() {
        for (greeting, pace) in [
            ("220 (vsFTPd 3.0.3)", Pace::InOrder),
            ("220 ProFTPD Server (ProFTPD) [127.0.0.1]", Pace::InOrder),
            ("220 pyftpdlib 1.5.7 ready.", Pace::InOrder),
            ("220 Welcome. This is no vsFTPd ", Pace::ByCode),
            ("220 Microsoft FTP Service", Pace::ByCode),
        ] {
            assert_eq!(Pace::of(&reply(greeting)), pace, "{greeting}");
        }
    }
}
