//! What a server's reply means, for people who read the log (RFC 959 §4.2, RFC 2228, RFC 2428,
//! RFC 3659, RFC 4217).

use super::news::{Line, Voice};

impl Line {
    /// What the code of a reply means and what Ashore does about it, in two sentences. `None` of
    /// what is no reply, and of a code that nobody has defined.
    #[must_use]
    pub fn explanation(&self) -> Option<String> {
        let code = self.code()?;
        let (meaning, then) = meaning(code)?;
        Some(format!("{code}: {meaning}. {then}."))
    }

    /// Whether it is about something that did not go as it was meant to.
    #[must_use]
    pub fn is_trouble(&self) -> bool {
        self.voice == Voice::Warning || self.code().is_some_and(|code| code >= 400)
    }

    pub(super) fn code(&self) -> Option<u16> {
        let (digits, rest) = self.text.split_at_checked(3)?;
        let is_reply =
            self.voice == Voice::Received && matches!(rest.chars().next(), None | Some(' ' | '-'));
        digits.parse().ok().filter(|code| is_reply && (100..600).contains(code))
    }
}

/// What a code means, and what Ashore does when it comes.
fn meaning(code: u16) -> Option<(&'static str, &'static str)> {
    Some(match code {
        110 => ("a mark for restarting", "Ashore reads on until the transfer is over"),
        120 => ("the server will be ready in a few minutes", "Ashore waits for its greeting"),
        125 => {
            ("the file's channel is open already and the transfer begins", "Ashore reads the bytes")
        }
        150 => (
            "the server opens the file's channel and begins to send",
            "Ashore reads the bytes; a size in it is only an estimate",
        ),
        200 => ("the command was carried out", "Ashore goes on"),
        202 => ("the command is not needed here", "Ashore goes on"),
        211 => ("what the server can do, or how it is", "Ashore uses what it finds in the list"),
        212 | 213 => (
            "the answer about a file or a folder: its size, its time or its checksum",
            "Ashore compares it with what arrives",
        ),
        214 => ("help for people", "Ashore goes on"),
        215 => {
            ("the kind of system that the server runs on", "Ashore reads its listings accordingly")
        }
        220 => {
            ("the server is ready", "Ashore secures the connection, if it is to be, and signs in")
        }
        221 => ("the server says good-bye", "Ashore closes the connection"),
        225 => ("the file's channel is open and rests", "Ashore goes on"),
        226 => (
            "the server calls the transfer complete",
            "Ashore believes it only if the number of bytes agrees",
        ),
        227..=229 => (
            "where the file's channel is to be opened",
            "Ashore takes the port, and always stays with the same server",
        ),
        230 | 232 => ("signed in", "Ashore asks about the file"),
        234 | 334 => (
            "the server is ready for encryption",
            "Ashore checks its certificate before it says anything else",
        ),
        235 | 335 => ("the exchange about security goes on", "Ashore goes on"),
        250 => ("the request about a file or a folder was carried out", "Ashore goes on"),
        257 => ("the name of a folder", "Ashore remembers where it is"),
        331 => (
            "the name is known and a password is needed",
            "Ashore sends the password, which the log never shows",
        ),
        332 => ("an account is needed besides the password", "Ashore sends it if it was given"),
        350 => (
            "the server will begin where it was asked to, after the next command",
            "Ashore compares the first bytes with those that are here",
        ),
        421 => (
            "the server ends the conversation, often because it is full",
            "Ashore waits, connects again and goes on where it was",
        ),
        425 => ("the file's channel could not be opened", "Ashore tries another way, and again"),
        426 => {
            ("the transfer was broken off", "Ashore keeps what has arrived and goes on from there")
        }
        430 => ("the name or the password is not right", "Ashore stops and asks for others"),
        431 => ("this kind of security is not to be had", "Ashore does not go on in the clear"),
        434 => ("the host is not available", "Ashore tries again after a pause"),
        450 => ("the file is busy", "Ashore tries again after a pause"),
        451 => {
            ("something went wrong on the server", "Ashore keeps what has arrived and tries again")
        }
        452 => ("the server has no room", "Ashore tries again after a pause"),
        500 => ("the server does not know the command", "Ashore does without it, if it can"),
        501 => (
            "the server does not understand what stands after the command",
            "Ashore asks in another way, if there is one",
        ),
        502 | 504 => (
            "the server does not have this command, or not in this form",
            "Ashore does without it, if it can",
        ),
        503 => ("the server expected another command first", "Ashore begins again"),
        521 | 522 => (
            "the file's channel needs another kind of protection or address",
            "Ashore tries another way",
        ),
        530 => (
            "not signed in: the name or the password is not right, or the server is full",
            "Ashore waits if it is full; else it asks for others",
        ),
        532 => ("an account is needed for that", "Ashore stops and asks for one"),
        533..=537 => (
            "the server does not accept this kind of security",
            "Ashore does not go on in the clear",
        ),
        550 => (
            "the file is not there, or may not be read; to a question about it, only that there is no answer",
            "Ashore lets RETR decide, and says so if that is refused too",
        ),
        551 => ("the kind of the page is not known", "Ashore stops and says so"),
        552 => ("the storage that was allotted is used up", "Ashore stops and says so"),
        553 => ("the name is not allowed", "Ashore stops and says so"),
        554 | 555 => ("the file cannot be sent from there on", "Ashore begins it anew"),
        _ => match code / 100 {
            1 => ("it has begun, and another reply follows", "Ashore waits for that"),
            2 => ("it is done", "Ashore goes on"),
            3 => ("another command is needed first", "Ashore sends it, if it can"),
            4 => ("not now", "Ashore tries again after a pause"),
            5 => ("no", "Ashore does without it, if it can, and says so if it cannot"),
            _ => return None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(voice: Voice, text: &str) -> Line {
        Line::now(voice, text)
    }

    #[test]
    fn a_reply_is_explained_and_nothing_else() {
        let explained = |text| heard(Voice::Received, text).explanation();
        assert!(explained("226 Transfer complete").unwrap().starts_with("226: the server calls"));
        assert!(explained("220-Welcome").is_some() && explained("226").is_some());
        assert!(explained("299 Odd").unwrap().contains("it is done"));
        for text in [" SIZE", "2260 bytes", "999 x", "22", "", "ü26 x", "066 x"] {
            assert_eq!(explained(text), None, "{text:?}");
        }
        assert_eq!(heard(Voice::Sent, "226 mine").explanation(), None);
    }

    #[test]
    fn refusals_and_warnings_are_trouble() {
        assert!(heard(Voice::Received, "550 No such file").is_trouble());
        assert!(heard(Voice::Warning, "careful").is_trouble());
        assert!(!heard(Voice::Received, "226 550 bytes").is_trouble());
        assert!(!heard(Voice::Story, "550 is not a reply here").is_trouble());
    }
}
