//! Servers whose `LIST` tells names and nothing else: which of its lines are names, and of what.

use super::catch::Catch;
use super::place::quoted;
use super::{Entry, Kind};
use crate::ftp::command::Command;
use crate::ftp::error::Error;
use crate::ftp::facts;
use crate::ftp::retrieve::FINAL_PATIENCE;
use crate::ftp::session::{Line, Session};

/// The longest list of names, in bytes. All of them are in memory while the server is asked about them.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// Each of so many names is asked about. Of longer lists a few are, and the others believed.
const MOST_QUESTIONS: usize = 200;

/// What a server says about a name.
enum Answer {
    Is(Entry),
    /// There is no such thing.
    No,
    /// It cannot tell.
    Unknown,
}

impl Session<'_> {
    /// A `LIST` had no line that any dialect claims; the first one was `unread`. Hands on what `NLST`
    /// (RFC 959 §4.1.3) names, if that is there: what looks like a name may be a complaint.
    ///
    /// `argument` is the listed folder, empty if the session is in it.
    ///
    /// # Errors
    ///
    /// Those of [`Session::list`].
    pub(super) fn list_bare(
        &mut self,
        argument: &[u8],
        unread: &[u8],
        catch: &mut Catch<'_>,
    ) -> Result<(), Error> {
        let text = self.names(argument)?;
        let prefix = match argument.strip_suffix(b"/").unwrap_or(argument) {
            b"" => Vec::new(),
            folder => [folder, b"/"].concat(),
        };
        let names: Vec<&[u8]> = text
            .split(|&byte| byte == b'\n')
            .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
            .map(|line| line.strip_prefix(prefix.as_slice()).unwrap_or(line))
            .map(|line| line.strip_prefix(b"./").unwrap_or(line))
            .filter(|name| is_name(name))
            .collect();
        let here = self.here(argument)?;
        let mut has_any = false;
        if names.len() <= MOST_QUESTIONS {
            for name in names {
                let entry = match self.ask_about(&prefix, name, here.as_deref())? {
                    Answer::Is(entry) => entry,
                    Answer::Unknown if !name.contains(&b' ') => Entry::new(name, Kind::File),
                    Answer::Unknown | Answer::No => continue,
                };
                has_any = true;
                catch.take(entry);
            }
        } else {
            let some = [names.first(), names.get(names.len() / 2), names.last()];
            has_any = true;
            for name in some.into_iter().flatten() {
                let answer = self.ask_about(&prefix, name, here.as_deref())?;
                has_any &= !matches!(answer, Answer::No);
            }
            if has_any {
                names.iter().for_each(|name| catch.take(Entry::new(name, Kind::File)));
            }
        }
        catch.check()?;
        (self.log)(Line::Warning(match has_any {
            true => "The server lists names alone: what is not known of them is asked when they are fetched".to_owned(),
            false => {
                let line = String::from_utf8_lossy(unread);
                format!("The listing cannot be read. It begins: “{}”", line.escape_debug())
            }
        }));
        Ok(())
    }

    /// What `NLST` sends. Nothing if the server will not.
    fn names(&mut self, argument: &[u8]) -> Result<Vec<u8>, Error> {
        let command = match argument {
            b"" => Command::new("NLST"),
            argument => Command::with("NLST", argument)?,
        };
        let mut text = Vec::new();
        let ended = self.open(&command).and_then(|data| {
            let mut data = data.at_speed();
            let mut block = vec![0; 64 * 1024];
            loop {
                match data.poll(&mut block) {
                    Ok(None) => {}
                    Ok(Some(0)) => break,
                    Err(Error::Cut(_)) if text.is_empty() && self.has_final() => break,
                    Ok(Some(count)) => text.extend(block.iter().take(count)),
                    Err(error) => return Err(error),
                }
                if text.len() > MOST_BYTES {
                    return Err(Error::TooLong { what: "the list of names is longer than 16 MiB" });
                }
            }
            drop(data);
            self.last_word("NLST", FINAL_PATIENCE)
        });
        match ended {
            Ok(()) => Ok(text),
            Err(Error::Refused { reply, .. }) if reply.code != 421 => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// The folder to come back to from one that is in it. `None`: then nothing is entered.
    fn here(&mut self, argument: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        if !argument.is_empty() {
            return self.home();
        }
        let reply = self.ask_optional(&Command::new("PWD"))?;
        Ok(reply.ok().and_then(|reply| quoted(&reply.text())))
    }

    fn ask_about(
        &mut self,
        prefix: &[u8],
        name: &[u8],
        here: Option<&[u8]>,
    ) -> Result<Answer, Error> {
        let path = [prefix, name].concat();
        let Ok(size) = Command::with("SIZE", &path) else { return Ok(Answer::No) };
        let sized = self.ask_optional(&size)?;
        if let Ok(reply) = &sized {
            let mut entry = Entry::new(name, Kind::File);
            entry.size = reply.lines.first().and_then(|text| facts::size(text));
            return Ok(Answer::Is(entry));
        }
        if let Some(here) = here
            && self.change_to(&path)?.is_ok()
        {
            self.change_to(here)??;
            return Ok(Answer::Is(Entry::new(name, Kind::Dir)));
        }
        let cannot_tell = sized.is_err_and(|reply| matches!(reply.code, 500..=504));
        Ok(if cannot_tell { Answer::Unknown } else { Answer::No })
    }
}

/// Whether a line of `NLST` can be the name of something in the folder.
fn is_name(line: &[u8]) -> bool {
    !matches!(line, b"" | b"." | b"..")
        && !line.iter().any(|byte| *byte == b'/' || byte.is_ascii_control())
}
