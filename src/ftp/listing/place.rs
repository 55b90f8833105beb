//! Which system a server is, and how to get into a folder and back.

use super::fetch::is_unknown_code;
use super::{Form, Zone};
use crate::ftp::command::Command;
use crate::ftp::error::Error;
use crate::ftp::facts::Facts;
use crate::ftp::path::RemotePath;
use crate::ftp::session::Session;
use crate::ftp::together::Pace;

/// What a session learns about a server's listings.
#[derive(Debug, Clone, Default)]
pub(in crate::ftp) struct Known {
    /// `FEAT` promised `MLSD`, but it is not there.
    pub(super) is_mlsd_useless: bool,
    system: Option<System>,
    pub(super) zone: Option<Zone>,
    /// What it was in an earlier conversation: good enough where it cannot be asked.
    pub(super) zone_before: Option<Zone>,
    pub(super) zone_tries: u8,
    /// The folder that the login opens.
    home: Option<Vec<u8>>,
}

impl Known {
    /// Nothing yet, but for the time zone of an earlier conversation.
    pub(in crate::ftp) fn beginning_with(zone_before: Option<Zone>) -> Self {
        Self { zone_before, ..Self::default() }
    }
}

/// What `SYST` says about `LIST`.
#[derive(Debug, Clone, Copy)]
pub(super) struct System {
    pub(super) form: Form,
    /// It thinks in EBCDIC: only with `TYPE A` is a listing in ASCII.
    pub(super) is_ebcdic: bool,
}

impl Session<'_> {
    /// What `SYST` says, asked once.
    pub(super) fn system(&mut self) -> Result<System, Error> {
        if let Some(system) = self.listing.system {
            return Ok(system);
        }
        let text = self.ask_optional(&Command::new("SYST"))?.map(|reply| reply.text());
        let text = text.unwrap_or_default().to_uppercase();
        let form = Form::of_system(&text);
        let is_ebcdic =
            form == Form::Mvs || ["OS/400", "Z/VM", "VM/"].iter().any(|name| text.contains(name));
        let system = System { form, is_ebcdic };
        self.listing.system = Some(system);
        Ok(system)
    }

    /// Asks a server that answers in order, in one go, what it is and where we are.
    pub(super) fn ask_about_here(&mut self) -> Result<(), Error> {
        if self.pace != Pace::InOrder || self.listing.home.is_some() {
            return Ok(());
        }
        let mut questions = vec![Command::new("PWD")];
        if self.listing.system.is_none() {
            questions.push(Command::new("SYST"));
        }
        questions.extend(self.first_way());
        self.ask_ahead(questions, None)
    }

    /// The folder that the login opened, as `PWD` says it (RFC 959, appendix II).
    pub(super) fn home(&mut self) -> Result<Option<Vec<u8>>, Error> {
        if self.listing.home.is_none() {
            let reply = self.ask_optional(&Command::new("PWD"))?;
            self.listing.home = reply.ok().and_then(|reply| quoted(&reply.text()));
        }
        Ok(self.listing.home.clone())
    }

    /// Enters the folder at `path`: at once, or else step by step. If refused, the session is at
    /// `home`.
    pub(super) fn enter(
        &mut self,
        path: &RemotePath,
        argument: &[u8],
        home: &[u8],
    ) -> Result<Result<(), Error>, Error> {
        let refusal = match self.change_to(argument)? {
            Ok(()) => return Ok(Ok(())),
            Err(refusal) => refusal,
        };
        let last = path.name().filter(|_| !path.is_folder());
        let steps: Vec<&[u8]> = path.folders().chain(last).collect();
        if steps.len() < 2 {
            return Ok(Err(refusal));
        }
        for step in steps {
            if self.change_to(step)?.is_err() {
                self.change_to(home)??;
                return Ok(Err(refusal));
            }
        }
        Ok(Ok(()))
    }

    /// Where the folder at `path` really is: entered, asked for (`PWD`), and left again. `None` if it
    /// cannot be entered, so that it is no folder, or if the server does not tell where it is. What a
    /// link leads to is told by most servers, but not by all.
    ///
    /// # Errors
    ///
    /// Those of a broken conversation.
    pub fn whereabouts(&mut self, path: &RemotePath) -> Result<Option<Vec<u8>>, Error> {
        let Some(home) = self.home()? else { return Ok(None) };
        let argument = path.to_wire();
        if argument.is_empty() {
            return Ok(Some(home));
        }
        if self.enter(path, &argument, &home)?.is_err() {
            return Ok(None);
        }
        let here = self.ask_optional(&Command::new("PWD"))?;
        self.change_to(&home)??;
        Ok(here.ok().and_then(|reply| quoted(&reply.text())))
    }

    /// What `link` leads to: asked for its size and its time, and entered. A size alone is no proof of a
    /// file: some servers tell that of a folder, too.
    ///
    /// # Errors
    ///
    /// Those of a broken conversation.
    pub fn follow(&mut self, link: &RemotePath) -> Result<Goal, Error> {
        let facts = self.look_at(link)?.facts;
        // Who does not say where we are is not left for a place of no return.
        let Some(home) = self.home()? else { return Ok(Goal::File(facts)) };
        let argument = link.to_wire();
        let entered = match facts.size {
            Some(_) => self.change_to(&argument)?,
            None => self.enter(link, &argument, &home)?,
        };
        if entered.is_ok() {
            let here = self.ask_optional(&Command::new("PWD"))?;
            self.change_to(&home)??;
            return Ok(Goal::Folder(here.ok().and_then(|reply| quoted(&reply.text()))));
        }
        if facts.size.is_some() {
            return Ok(Goal::File(facts));
        }
        let knows = self.knows("SIZE", &argument)?
            || (self.offers("MLST") && self.knows("MLST", &argument)?);
        Ok(if knows { Goal::Nothing } else { Goal::File(facts) })
    }

    /// Whether the server has an answer to the command. What `FEAT` promises need not be there.
    fn knows(&mut self, verb: &'static str, argument: &[u8]) -> Result<bool, Error> {
        let answer = self.ask_optional(&Command::with(verb, argument)?)?;
        Ok(answer.map_or_else(|reply| !is_unknown_code(reply.code), |_| true))
    }

    pub(super) fn change_to(&mut self, folder: &[u8]) -> Result<Result<(), Error>, Error> {
        let command = Command::with("CWD", folder)?;
        let refused = |reply| Error::Refused { command: command.to_string(), reply };
        Ok(self.ask_optional(&command)?.map(drop).map_err(refused))
    }
}

/// What a link leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goal {
    /// A file. Also where the server cannot tell: whether there is one shows when it is asked for.
    File(Facts),
    /// A folder, which is really here, if the server says where.
    Folder(Option<Vec<u8>>),
    /// The server has nothing there, or not for us.
    Nothing,
}

/// The path in a `257` reply: between the first and the last quote, each quote within it doubled,
/// which some servers forget.
pub(super) fn quoted(text: &str) -> Option<Vec<u8>> {
    let (first, last) = (text.find('"')?, text.rfind('"')?);
    let path = text.get(first + 1..last)?.replace("\"\"", "\"");
    // Replies are read as UTF-8; a path that is not cannot be sent back.
    (!path.is_empty() && !path.contains('\u{fffd}')).then(|| path.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_in_a_pwd_reply_is_found_whatever_stands_around_it() {
        for (text, path) in [
            ("\"/pub\" is the current directory", Some("/pub")),
            ("\"/a \"\"b\"\" c\"", Some("/a \"b\" c")),
            ("\"/a \"b\" c\" is current", Some("/a \"b\" c")),
            ("'HLQ.' is the working directory name prefix", None),
            ("\"\"", None),
            ("\"", None),
        ] {
            assert_eq!(quoted(text), path.map(|path| path.as_bytes().to_vec()), "{text}");
        }
    }
}
