//! From a folder's path to its entries: which command, from where, and what the server's clock means.

use std::io;
use std::ops::ControlFlow;
use std::time::SystemTime;

use super::catch::Catch;
use super::place::System;
use super::{Entry, Form, Parser, Zone};
use crate::ftp::command::Command;
use crate::ftp::data::Data;
use crate::ftp::error::Error;
use crate::ftp::facts;
use crate::ftp::path::RemotePath;
use crate::ftp::reply::{Kind as ReplyKind, Reply};
use crate::ftp::retrieve::{FINAL_PATIENCE, says_unopened};
use crate::ftp::session::Session;
use crate::ftp::together::Pace;

/// The longest listing, in bytes.
pub const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// The most entries of a listing.
pub const MAX_ENTRIES: u64 = 1_000_000;

/// How often one session asks for a file's time to learn the server's zone.
const MOST_ZONE_TRIES: u8 = 3;

/// How a listing ended. That there is one means that the server called it complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListingEnd {
    /// How many entries were handed on.
    pub entries: u64,
    /// The server's time zone, if it became known only after entries were handed on: their times are
    /// to be [corrected](super::Modified::corrected) by it. Later listings of the session are right at once.
    pub zone: Option<Zone>,
    /// Its last line has no end (RFC 959 §3.1.1.1, RFC 3659 §7.2). It was cut off there, although the
    /// server called it complete; or the server has it that way, and ends every listing so.
    pub is_open: bool,
    /// That line has not even a name. No habit ends a list so: it was cut off.
    pub is_torn: bool,
    /// Equal for the same folder, under whatever path, as long as nothing changes in it. `None` unless the
    /// server has told at least two values that are unique (RFC 3659 §7.5.2).
    pub mark: Option<u64>,
}

impl ListingEnd {
    /// What it means where it [is open](Self::is_open), and not by habit.
    #[must_use]
    pub fn cut(&self) -> Error {
        let what = "its list ended in the middle of a line";
        Error::Cut(io::Error::new(io::ErrorKind::UnexpectedEof, what))
    }
}

impl Session<'_> {
    /// Lists the folder at `path`, and hands on each entry as soon as it has arrived.
    ///
    /// `MLSD` (RFC 3659 §7) where the server has it. Otherwise `LIST` from within the folder: as an
    /// argument, names with spaces, wildcards or a leading `-` mean something else to many servers,
    /// and an unknown folder looks like an empty one. Never `LIST -a`: to some servers that is a file.
    /// Afterwards the session is in the folder where it was.
    ///
    /// # Errors
    ///
    /// * [`Error::Refused`] if there is no such folder, or it is not for us; also if the server gave
    ///   up in the middle (426, 451): then what was handed on is not all.
    /// * [`Error::TooLong`] after [`MAX_BYTES`] or [`MAX_ENTRIES`].
    /// * [`Error::TooSlow`] if it comes in drops.
    /// * [`Error::Stopped`] if `handed` broke off.
    /// * [`Error::Stumbled`] if it must be spoken to step by step.
    /// * Those of [`Session::retrieve`]. After any error but the first, the session is of no more use.
    pub fn list(
        &mut self,
        path: &RemotePath,
        handed: &mut dyn FnMut(Entry) -> ControlFlow<()>,
    ) -> Result<ListingEnd, Error> {
        self.ask_for_utf_8()?;
        let mut catch = Catch::new(handed, self.listing.zone);
        let argument = argument(path);
        if self.has_mlsd() {
            let is_here = argument.is_empty();
            match self.list_by("MLSD", &argument, is_here, Form::Mlsd, &mut catch) {
                Err(error) if catch.entries == 0 && is_no(&error) => {
                    self.listing.is_mlsd_useless = is_unknown(&error);
                    if is_here && !self.listing.is_mlsd_useless {
                        return Err(error);
                    }
                }
                ended => return ended.map(|()| catch.end(None)),
            }
        }
        if argument.is_empty() {
            return self.list_here(&mut catch);
        }
        self.list_inside(path, &argument, &mut catch)
    }

    fn has_mlsd(&self) -> bool {
        (self.offers("MLST") || self.offers("MLSD")) && !self.listing.is_mlsd_useless
    }

    /// Enters the folder, lists it, and goes back.
    fn list_inside(
        &mut self,
        path: &RemotePath,
        argument: &[u8],
        catch: &mut Catch<'_>,
    ) -> Result<ListingEnd, Error> {
        self.ask_about_here()?;
        let Some(home) = self.home()? else {
            // Who does not say where we are is not left for a place of no return.
            return self.list_from_afar(argument, catch);
        };
        let back = Command::with("CWD", &home)?;
        if self.pace == Pace::InOrder {
            let port = self.first_way();
            self.ask_ahead(
                [Command::with("CWD", argument)?].into_iter().chain(port).collect(),
                None,
            )?;
            catch.back = Some(back);
        }
        if let Err(refusal) = self.enter(path, argument, &home)? {
            catch.back = None;
            catch.itself = path.name().map(|name| (name.to_vec(), None));
            // Some servers lock people into their folder, and list others from there.
            return match self.list_from_afar(argument, catch) {
                Ok(end) if end.entries > 0 => Ok(end),
                Err(error) if !is_no(&error) || catch.entries > 0 => Err(error),
                _ => Err(refusal),
            };
        }
        let ended = self.list_here(catch);
        match ended {
            Err(error) if !is_no(&error) => Err(error),
            ended => {
                self.change_to(&home)??;
                ended
            }
        }
    }

    /// Lists the folder that the session is in.
    fn list_here(&mut self, catch: &mut Catch<'_>) -> Result<ListingEnd, Error> {
        if self.has_mlsd() {
            self.list_by("MLSD", b"", true, Form::Mlsd, catch)?;
            return Ok(catch.end(None));
        }
        self.list_as_text(b"", true, catch)?;
        let zone = self.learn_zone(b"", catch)?;
        Ok(catch.end(zone))
    }

    fn list_from_afar(
        &mut self,
        argument: &[u8],
        catch: &mut Catch<'_>,
    ) -> Result<ListingEnd, Error> {
        self.list_as_text(argument, false, catch)?;
        let folder = [argument.strip_suffix(b"/").unwrap_or(argument), b"/"].concat();
        let zone = self.learn_zone(&folder, catch)?;
        Ok(catch.end(zone))
    }

    /// `LIST`, in the text that the system speaks.
    fn list_as_text(
        &mut self,
        argument: &[u8],
        is_here: bool,
        catch: &mut Catch<'_>,
    ) -> Result<(), Error> {
        let System { form, is_ebcdic } = self.system()?;
        if is_ebcdic {
            self.ask_optional(&Command::with("TYPE", b"A")?)?.ok();
        }
        let mut ended = self.list_by("LIST", argument, is_here, form, catch);
        // Who is told to go back before its last word is known to list more than names.
        if let Some(unread) = catch.unread.take()
            && (ended.is_ok() && catch.entries == 0 && catch.back.is_none())
        {
            ended = self.list_bare(argument, &unread, catch);
        }
        if is_ebcdic && ended.as_ref().err().is_none_or(is_no) {
            self.ask_optional(&Command::with("TYPE", b"I")?)?.ok();
        }
        ended
    }

    /// One command and its listing. `is_here`: the folder is known to be there, so that "no files
    /// found" means an empty one.
    fn list_by(
        &mut self,
        verb: &'static str,
        argument: &[u8],
        is_here: bool,
        form: Form,
        catch: &mut Catch<'_>,
    ) -> Result<(), Error> {
        let command = match argument {
            b"" => Command::new(verb),
            argument => Command::with(verb, argument)?,
        };
        let ended = self.open(&command).and_then(|data| {
            let mut parser = self.read_listing(data.at_speed(), form, catch)?;
            match &catch.back {
                // The next questions travel while the server thinks about its last word.
                Some(back) => {
                    let zone = self.zone_question(b"", catch);
                    let next = zone.into_iter().chain([back.clone()]).collect();
                    self.last_word_before(next, verb)?;
                }
                None => self.last_word(verb, FINAL_PATIENCE)?,
            }
            // Of a list that is not all, a line that has not ended is no line.
            catch.is_open = parser.is_in_line();
            catch.unread = parser.end(&mut |entry| catch.take(entry));
            (catch.is_torn, catch.mark) = (parser.is_torn(), parser.mark());
            catch.check()
        });
        match ended {
            Err(Error::Refused { reply, .. })
                if is_here && catch.entries == 0 && says_empty(&reply) =>
            {
                Ok(())
            }
            ended => ended,
        }
    }

    fn read_listing(
        &mut self,
        mut data: Data,
        form: Form,
        catch: &mut Catch<'_>,
    ) -> Result<Parser, Error> {
        let mut parser = Parser::new(form, SystemTime::now());
        let mut block = vec![0; 64 * 1024];
        let mut total = 0_u64;
        loop {
            let count = match data.poll(&mut block) {
                Ok(None) => continue,
                // An empty folder may be answered without a data connection.
                Ok(Some(0)) => break,
                Err(Error::Cut(_)) if total == 0 && self.has_final() => break,
                Ok(Some(count)) => count,
                Err(error) => return Err(error),
            };
            total += u64::try_from(count).unwrap_or(u64::MAX);
            parser.feed(block.get(..count).unwrap_or_default(), &mut |entry| catch.take(entry));
            catch.check()?;
            if total > MAX_BYTES {
                return Err(Error::TooLong { what: "the listing is longer than 256 MiB" });
            }
        }
        Ok(parser)
    }

    /// What [`Session::learn_zone`] will ask, if anything.
    fn zone_question(&self, folder: &[u8], catch: &Catch<'_>) -> Option<Command> {
        let (name, _) = catch.sample.as_ref()?;
        let known = &self.listing;
        let is_open = known.zone.is_none() && known.zone_tries < MOST_ZONE_TRIES;
        let path = [folder, name.as_slice()].concat();
        Command::with("MDTM", &path).ok().filter(|_| is_open && self.may_have("MDTM"))
    }

    /// Learns the server's time zone from one file's `MDTM`, which is in UTC. `None` if it was known;
    /// that of an earlier conversation, if nothing can be learnt.
    fn learn_zone(&mut self, folder: &[u8], catch: &Catch<'_>) -> Result<Option<Zone>, Error> {
        if self.listing.zone.is_some() {
            return Ok(None);
        }
        let before = self.listing.zone_before;
        let Some((_, listed)) = &catch.sample else { return Ok(before) };
        let Some(command) = self.zone_question(folder, catch) else { return Ok(before) };
        self.listing.zone_tries += 1;
        match self.ask_optional(&command)? {
            Ok(reply) => {
                let utc = reply.lines.first().and_then(|text| facts::time(text));
                self.listing.zone = utc.and_then(|utc| Zone::between(*listed, utc));
            }
            Err(reply) if is_unknown_code(reply.code) => {
                self.listing.zone_tries = MOST_ZONE_TRIES;
            }
            Err(_not_this_one) => {}
        }
        Ok(self.listing.zone.or(before))
    }
}

/// The path as an argument. A name that begins with `-` or a space would not be taken for one.
fn argument(path: &RemotePath) -> Vec<u8> {
    let wire = path.to_wire();
    match wire.first() {
        Some(b'-' | b' ') => [b"./", wire.as_slice()].concat(),
        _ => wire,
    }
}

/// Whether the server said no, and the conversation can go on.
fn is_no(error: &Error) -> bool {
    let Error::Refused { reply, .. } = error else { return false };
    let is_no = matches!(reply.kind(), ReplyKind::TryLater | ReplyKind::Refused);
    (reply.code != 421 && is_no) || says_unopened(reply)
}

/// Whether the server does not know the command.
fn is_unknown(error: &Error) -> bool {
    matches!(error, Error::Refused { reply, .. } if is_unknown_code(reply.code))
}

pub(super) fn is_unknown_code(code: u16) -> bool {
    matches!(code, 500 | 502 | 504)
}

/// Whether a refusal means that a folder is empty.
fn says_empty(reply: &Reply) -> bool {
    const WORDS: [&str; 9] = [
        "no files",
        "no such file",
        "not found",
        "no members",
        "no data sets",
        "no datasets",
        "no entries",
        "is empty",
        "empty directory",
    ];
    let text = reply.text().to_lowercase();
    matches!(reply.code, 450 | 550) && WORDS.iter().any(|words| text.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_empty_only_where_the_server_says_so() {
        for (code, text, expected) in [
            (550, "No files found.", true),
            (550, "No members found.", true),
            (450, "/: No such file or directory", true),
            (550, "Permission denied.", false),
            (530, "No files for you", false),
        ] {
            assert_eq!(
                says_empty(&Reply { code, lines: vec![text.to_owned()] }),
                expected,
                "{text}"
            );
        }
    }
}
