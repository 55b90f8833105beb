//! One safe line for the server, masked in the log.

use std::fmt;

/// One FTP command, ready to be sent (RFC 959 §4.1).
///
/// A command is one line. [`Command::with`] refuses CR, LF and NUL, so no path that a person typed
/// or a web page linked to can smuggle in a second command. Nothing else in this crate writes to
/// the control connection: whoever holds a `Command` holds one safe line.
///
/// `Display` shows it as the log may show it: the argument of a [`Command::secret`] is masked.
#[derive(Clone, PartialEq, Eq)]
pub struct Command {
    verb: &'static str,
    argument: Option<Vec<u8>>,
    is_secret: bool,
}

impl Command {
    /// A command without an argument, such as `EPSV`.
    #[must_use]
    pub fn new(verb: &'static str) -> Self {
        Self { verb, argument: None, is_secret: false }
    }

    /// A command with an argument, such as `RETR readme.txt`.
    ///
    /// The argument is bytes, not text: RFC 2640 asks for UTF-8 names, but older servers send
    /// their file names in whatever encoding they have, and we must be able to send them back.
    ///
    /// # Errors
    ///
    /// [`BadArgument`] if the argument holds CR, LF or NUL.
    pub fn with(verb: &'static str, argument: &[u8]) -> Result<Self, BadArgument> {
        match argument.iter().find(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
            Some(&byte) => Err(BadArgument { byte }),
            None => Ok(Self { verb, argument: Some(argument.to_vec()), is_secret: false }),
        }
    }

    /// A command whose argument is shown to nobody but the server: `PASS`, `ACCT`.
    ///
    /// # Errors
    ///
    /// [`BadArgument`] if the argument holds CR, LF or NUL.
    pub fn secret(verb: &'static str, argument: &[u8]) -> Result<Self, BadArgument> {
        Ok(Self { is_secret: true, ..Self::with(verb, argument)? })
    }

    /// What is to be done, without what it is to be done to.
    pub(super) fn verb(&self) -> &'static str {
        self.verb
    }

    /// The line as it is sent, with its CR LF.
    #[must_use]
    pub fn to_wire(&self) -> Vec<u8> {
        let mut line = self.verb.as_bytes().to_vec();
        if let Some(argument) = &self.argument {
            line.push(b' ');
            line.extend_from_slice(argument);
        }
        line.extend_from_slice(b"\r\n");
        line
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.argument {
            None => f.write_str(self.verb),
            Some(_) if self.is_secret => write!(f, "{} ****", self.verb),
            Some(argument) => write!(f, "{} {}", self.verb, String::from_utf8_lossy(argument)),
        }
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Command({self})")
    }
}

/// A byte that would end the command and begin another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the byte {byte:#04x} cannot be sent in an FTP command")]
pub struct BadArgument {
    /// CR, LF or NUL.
    pub byte: u8,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_cannot_smuggle_in_a_second_command() {
        for (path, byte) in [
            (&b"a.txt\r\nDELE b.txt"[..], b'\r'),
            (b"a.txt\nDELE b.txt", b'\n'),
            (b"a.txt\0.png", 0),
        ] {
            assert_eq!(Command::with("RETR", path), Err(BadArgument { byte }));
        }
    }

    #[test]
    fn a_password_reaches_the_server_but_not_the_log() {
        let pass = Command::secret("PASS", b"swordfish").unwrap();
        assert_eq!(pass.to_wire(), b"PASS swordfish\r\n");
        assert_eq!(pass.to_string(), "PASS ****");
        assert_eq!(format!("{pass:?}"), "Command(PASS ****)");
    }

    #[test]
    fn a_name_that_is_not_utf_8_is_sent_as_the_bytes_it_is() {
        let wire = Command::with("RETR", b"caf\xe9 \xff.bin").unwrap().to_wire();
        assert_eq!(wire, b"RETR caf\xe9 \xff.bin\r\n");
    }
}
