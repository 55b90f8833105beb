//! Signing in, and what travels with it.

use super::address::Login;
use super::command::Command;
use super::error::Error;
use super::path::RemotePath;
use super::remote_file::RemoteFile;
use super::reply::Kind;
use super::session::{Session, done};
use super::together::Pace;

/// What will be asked about a file, so that it can be asked together with other things.
#[derive(Debug, Clone, Copy)]
pub struct Errand<'a> {
    /// The file.
    pub path: &'a RemotePath,
    /// The names of other files in its folder that may be there.
    pub beside: &'a [Vec<u8>],
}

impl Session<'_> {
    /// Signs in (RFC 959 §5.4): `USER`, and `PASS` and `ACCT` where the server asks for them. Then
    /// learns what it can do (`FEAT`, RFC 2389), and asks for files as they are (`TYPE I`).
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] with code 530 for a wrong name or password, and with 332 if the server
    /// wants an account and `login` has none.
    pub fn sign_in(&mut self, login: &Login) -> Result<(), Error> {
        self.sign_in_with(login, None)
    }

    /// Signs in, and has commands travel together from now on, as far as the server can take it. One
    /// that is known to take everything is asked on the same way what [`Session::look_ahead`] asks
    /// about `errand`.
    ///
    /// # Errors
    ///
    /// Those of [`Session::sign_in`], and now and later [`Error::Stumbled`]: it must be spoken to step
    /// by step, in a new conversation.
    pub fn sign_in_for(&mut self, login: &Login, errand: Option<Errand<'_>>) -> Result<(), Error> {
        self.pace = self.most_pace;
        self.sign_in_with(login, errand)
    }

    /// From now on every command waits for the answer to the last one.
    pub fn slow_down(&mut self) {
        self.pace = Pace::StepByStep;
    }

    fn sign_in_with(&mut self, login: &Login, errand: Option<Errand<'_>>) -> Result<(), Error> {
        let user = Command::with("USER", login.user.as_deref().unwrap_or(b"anonymous"))?;
        let guest = login.is_guest().then_some(&b"anonymous@"[..]);
        let password = login.password.as_ref().map(super::Secret::reveal).or(guest);
        let pass = Command::secret("PASS", password.unwrap_or_default())?;
        let rest = match errand.filter(|_| self.pace == Pace::InOrder) {
            // What it can do is of interest only later.
            Some(errand) => {
                let questions = self.questions(errand)?;
                [self.transfer_settings()?, questions, vec![Command::new("FEAT")]].concat()
            }
            None => [vec![Command::new("FEAT")], self.transfer_settings()?].concat(),
        };
        let last = errand.and_then(|_| self.first_way());

        // Where others can listen, a password is told only to a server that wants it.
        let is_open = login.is_guest() || self.tls.is_some();
        let both = vec![user.clone(), pass.clone()];
        match self.pace {
            Pace::InOrder if is_open => {
                self.ask_ahead([both, rest.clone()].concat(), last.as_ref())?;
            }
            Pace::ByCode if login.is_guest() => self.ask_ahead(both, None)?,
            Pace::StepByStep | Pace::ByCode | Pace::InOrder => {}
        }
        let mut step = user;
        let mut reply = self.ask(&step)?;
        if reply.code == 331 {
            if self.pace == Pace::InOrder {
                self.ask_ahead([vec![pass.clone()], rest.clone()].concat(), last.as_ref())?;
            }
            step = pass;
            reply = self.ask(&step)?;
        }
        if let (332, Some(account)) = (reply.code, &login.account) {
            step = Command::secret("ACCT", account.reveal())?;
            reply = self.ask(&step)?;
        }
        done(&step.to_string(), reply)?;
        self.ask_ahead(rest, last.as_ref())?;
        self.set_up()
    }

    /// How the bytes of files are to travel, said once.
    fn transfer_settings(&self) -> Result<Vec<Command>, Error> {
        let mut settings = Vec::new();
        if self.tls.is_some() {
            settings.extend([Command::with("PBSZ", b"0")?, Command::with("PROT", b"P")?]);
        }
        settings.push(Command::with("TYPE", b"I")?);
        Ok(settings)
    }

    fn set_up(&mut self) -> Result<(), Error> {
        let features = Command::new("FEAT");
        if !self.awaited.contains(&features)
            && let Ok(reply) = self.ask_optional(&features)?
        {
            self.features = reply.features();
        }
        for command in self.transfer_settings()? {
            let reply = self.ask(&command)?;
            match (command.verb(), reply.kind()) {
                // The data connections are to be as secret as this one (RFC 4217 §9).
                ("PROT", Kind::Done) => {}
                ("PROT", _) => {
                    return Err(Error::NoTls {
                        command: command.to_string(),
                        reply,
                        did_before: false,
                    });
                }
                ("TYPE", _) => drop(done(&command.to_string(), reply)?),
                _ if reply.code == 421 => {
                    return Err(Error::Refused { command: command.to_string(), reply });
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Asks everything about a file that [`Session::locate`] and [`Session::retrieve`] will want to
    /// know, in one go where the server takes that. Whatever is not answered here is asked there.
    ///
    /// # Errors
    ///
    /// [`Error::Stumbled`] if it must be spoken to step by step.
    pub fn look_ahead(&mut self, errand: Errand<'_>) -> Result<(), Error> {
        if self.pace != Pace::InOrder && !errand.path.to_wire().is_ascii() {
            self.ask_for_utf_8()?; // Or the name means something else to it.
        }
        let questions = self.questions(errand)?;
        self.ahead.retain(|(command, _)| questions.contains(command));
        let last = self.first_way();
        self.ask_ahead(questions, last.as_ref())
    }

    fn questions(&self, errand: Errand<'_>) -> Result<Vec<Command>, Error> {
        let file = RemoteFile::at(errand.path);
        let size = Command::with("SIZE", &file.argument)?;
        let mut questions = vec![size, Command::with("MDTM", &file.argument)?];
        questions.extend(self.first_way());
        if self.pace == Pace::InOrder {
            for name in errand.beside {
                questions.push(Command::with("SIZE", &file.beside(name).argument)?);
            }
        }
        Ok(questions)
    }
}
