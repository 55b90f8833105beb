//! Signing in, and what travels with it.

use super::address::Login;
use super::command::Command;
use super::error::Error;
use super::path::RemotePath;
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
    /// * [`Error::Refused`] with code 530 for a wrong name or password, and with 332 if the server
    ///   wants an account and `login` has none.
    /// * [`Error::Stumbled`] if it must be spoken to step by step.
    pub fn sign_in(&mut self, login: &Login) -> Result<(), Error> {
        self.sign_in_for(login, None)
    }

    /// Signs in, and on the same way asks what [`Session::look_ahead`] asks, where the server is
    /// known to take that.
    ///
    /// # Errors
    ///
    /// Those of [`Session::sign_in`].
    pub fn sign_in_for(&mut self, login: &Login, errand: Option<Errand<'_>>) -> Result<(), Error> {
        let user = Command::with("USER", login.user.as_deref().unwrap_or(b"anonymous"))?;
        let guest = login.is_guest().then_some(&b"anonymous@"[..]);
        let password = login.password.as_ref().map(super::Secret::reveal).or(guest);
        let pass = Command::secret("PASS", password.unwrap_or_default())?;
        let mut rest = self.settings()?;
        let settings = rest.clone();
        if let Some(errand) = errand {
            rest.extend(self.questions(errand)?);
        }

        // Where others can listen, a password is told only to a server that wants it.
        let is_open = login.is_guest() || self.tls.is_some();
        match self.pace {
            Pace::InOrder if is_open => {
                self.ask_ahead([vec![user.clone(), pass.clone()], rest.clone()].concat())?;
            }
            Pace::ByCode if login.is_guest() => self.ask_ahead(vec![user.clone(), pass.clone()])?,
            Pace::StepByStep | Pace::ByCode | Pace::InOrder => {}
        }
        let mut step = user;
        let mut reply = self.ask(&step)?;
        if reply.code == 331 {
            if self.pace == Pace::InOrder {
                self.ask_ahead([vec![pass.clone()], rest].concat())?;
            }
            step = pass;
            reply = self.ask(&step)?;
        }
        if let (332, Some(account)) = (reply.code, &login.account) {
            step = Command::secret("ACCT", account.reveal())?;
            reply = self.ask(&step)?;
        }
        done(&step.to_string(), reply)?;
        self.ask_ahead(settings)?;
        self.set_up()
    }

    /// What is to be said once, after signing in.
    fn settings(&self) -> Result<Vec<Command>, Error> {
        let mut settings = vec![Command::new("FEAT")];
        if self.tls.is_some() {
            settings.extend([Command::with("PBSZ", b"0")?, Command::with("PROT", b"P")?]);
        }
        settings.push(Command::with("TYPE", b"I")?);
        Ok(settings)
    }

    fn set_up(&mut self) -> Result<(), Error> {
        for command in self.settings()? {
            let reply = self.ask(&command)?;
            match (command.verb(), reply.kind()) {
                ("FEAT", Kind::Done) => self.features = reply.features(),
                // The data connections are to be as secret as this one (RFC 4217 §9).
                ("PROT", Kind::Done) => {}
                ("PROT", _) => return Err(Error::NoTls { command: command.to_string(), reply }),
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
        let questions = self.questions(errand)?;
        self.ahead.retain(|(command, _)| questions.contains(command));
        self.ask_ahead(questions)
    }

    fn questions(&self, errand: Errand<'_>) -> Result<Vec<Command>, Error> {
        let path = errand.path.to_wire();
        let mut questions = vec![Command::with("SIZE", &path)?, Command::with("MDTM", &path)?];
        if self.pace == Pace::InOrder {
            let file = super::RemoteFile::unknown(path);
            for name in errand.beside {
                questions.push(Command::with("SIZE", &file.beside(name).argument)?);
            }
        }
        // Last, so that nothing comes between the port and the transfer.
        questions.extend(self.first_way());
        Ok(questions)
    }
}
