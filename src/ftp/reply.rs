//! What the server says, with limits (RFC 959 §4.2).

use std::collections::HashMap;
use std::fmt;
use std::io::{self, BufRead};

/// The most that one line may hold, in bytes. Real lines are under 2 KiB; some servers send a path
/// of 17 kB.
pub const MAX_LINE: usize = 64 * 1024;

/// The most that one reply may hold, in bytes. The limit keeps a broken or hostile server from
/// filling the memory with one endless reply.
pub const MAX_REPLY: usize = 256 * 1024;

/// One answer of the server: a code, and the lines that came with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Three digits, 100 to 599.
    pub code: u16,
    /// The text without codes, one entry a line, never empty. Bytes that are not UTF-8 are replaced:
    /// it is for people to read.
    pub lines: Vec<String>,
}

/// What the first digit of a code means (RFC 959 §4.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 1xx: it has begun; another reply follows.
    Begun,
    /// 2xx: it is done.
    Done,
    /// 3xx: it needs another command first.
    NeedsMore,
    /// 4xx: not now.
    TryLater,
    /// 5xx: no.
    Refused,
}

impl Reply {
    /// What the code's first digit says.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.code / 100 {
            1 => Kind::Begun,
            2 => Kind::Done,
            3 => Kind::NeedsMore,
            4 => Kind::TryLater,
            _ => Kind::Refused,
        }
    }

    /// The text in one line, for looking something up in it.
    #[must_use]
    pub fn text(&self) -> String {
        self.lines.join(" ")
    }

    /// The verbs in a reply to `FEAT` (RFC 2389 §3.2), in capitals, and what stands behind them. The
    /// first and the last line are frame.
    pub(super) fn features(&self) -> HashMap<String, String> {
        let feature = |line: &String| {
            let line = line.trim();
            let (verb, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
            (verb.to_ascii_uppercase(), rest.trim().to_owned())
        };
        let count = self.lines.len().saturating_sub(2);
        self.lines.iter().skip(1).take(count).map(feature).collect()
    }

    /// Whether it says that too many others are connected already: codes 421 and 530 alone do not
    /// tell that from "go away" and "wrong password".
    ///
    /// Texts of vsftpd, ProFTPD, Pure-FTPd, pyftpdlib, IIS and wu-ftpd are told by these words.
    #[must_use]
    pub fn says_too_many(&self) -> bool {
        let text = self.text().to_lowercase();
        let clear = [
            "too many connect",
            "too many user",
            "too many client",
            "too many session",
            "too many transfer",
            "too many download",
            "maximum number of",
            "maximum clients",
            "(the maximum)",
        ];
        let vague = ["too many", "maximum number", "no more", "limit", "server is full", "busy"];
        let has_any = |words: &[&str]| words.iter().any(|words| text.contains(words));
        match self.code {
            421 | 425 | 426 | 530 => has_any(&clear) || has_any(&vague),
            // These repeat the file's name, which may be busybox or limits.conf.
            450 | 451 | 550 => has_any(&clear),
            _ => false,
        }
    }

    /// Reads one reply, single-line or multi-line.
    ///
    /// `heard` is told each line as it comes, with its code, for the log.
    ///
    /// # Errors
    ///
    /// * [`io::ErrorKind::UnexpectedEof`] if the server hangs up before the last line.
    /// * [`io::ErrorKind::InvalidData`] if a reply has no code, or is longer than [`MAX_LINE`] or
    ///   [`MAX_REPLY`] allow.
    /// * Any error of `reader`.
    pub fn read(reader: &mut impl BufRead, heard: &mut dyn FnMut(&str)) -> io::Result<Self> {
        let mut left = MAX_REPLY;
        let mut next = |heard: &mut dyn FnMut(&str)| -> io::Result<String> {
            let line = read_line(reader, left.min(MAX_LINE))?;
            left -= line.len();
            let line = String::from_utf8_lossy(&line).into_owned();
            heard(&line);
            Ok(line)
        };
        let first = next(heard)?;
        let (code, separator, text) = split(&first).ok_or_else(|| garbled(&first))?;
        let mut lines = vec![text.to_owned()];
        let mut is_open = separator == Some('-');
        while is_open {
            let line = next(heard)?;
            match split(&line) {
                // RFC 959: the last line begins with the code and a space; the code alone also ends it.
                Some((end, separator, text)) if end == code => {
                    lines.push(text.to_owned());
                    is_open = separator == Some('-');
                }
                _ => lines.push(line),
            }
        }
        Ok(Self { code, lines })
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.lines.last().map_or("", String::as_str))
    }
}

/// A line without its end (CR LF, or LF alone). What does not end within `most` bytes is garbled.
fn read_line(reader: &mut impl BufRead, most: usize) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    loop {
        let seen = match reader.fill_buf() {
            Ok(seen) => seen,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if seen.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let end = seen.iter().position(|&byte| byte == b'\n');
        let length = end.map_or(seen.len(), |at| at + 1);
        line.extend(seen.iter().take(length));
        reader.consume(length);
        if line.len() > most {
            return Err(garbled(&String::from_utf8_lossy(&line)));
        }
        if end.is_some() {
            line.pop();
            if line.last() == Some(&b'\r') {
                line.pop();
            }
            return Ok(line);
        }
    }
}

/// `220-Hello` → `(220, Some('-'), "Hello")`. `None` if the line does not begin with a code.
fn split(line: &str) -> Option<(u16, Option<char>, &str)> {
    let (code, rest) = line.split_at_checked(3)?;
    if !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let code = code.parse().ok().filter(|code| (100..600).contains(code))?;
    match rest.chars().next() {
        None => Some((code, None, "")),
        Some(separator @ (' ' | '-')) => Some((code, Some(separator), rest.get(1..).unwrap_or(""))),
        Some(_) => None,
    }
}

fn garbled(line: &str) -> io::Error {
    let start: String = line.chars().take(60).collect();
    io::Error::new(io::ErrorKind::InvalidData, start.escape_debug().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> io::Result<Reply> {
        Reply::read(&mut text.as_bytes(), &mut |_| ())
    }

    #[test]
    fn every_shape_of_reply_that_servers_send_is_understood() {
        for (text, code, lines) in [
            ("220 Hello\r\n", 220, vec!["Hello"]),
            ("220 Hello\n", 220, vec!["Hello"]),
            ("226\r\n", 226, vec![""]),
            ("211-Features:\r\n SIZE\r\n211 End\r\n", 211, vec!["Features:", " SIZE", "End"]),
            ("230-Read this:\r\n550 no\r\n230 In\r\n", 230, vec!["Read this:", "550 no", "In"]),
            ("220-a\r\n220-b\r\n220 c\r\n", 220, vec!["a", "b", "c"]),
            ("220-a\r\n220\r\n", 220, vec!["a", ""]),
        ] {
            let lines = lines.into_iter().map(str::to_owned).collect();
            assert_eq!(read(text).unwrap(), Reply { code, lines }, "in {text:?}");
        }
    }

    #[test]
    fn what_is_not_a_reply_is_an_error_and_never_a_hang_or_a_panic() {
        use io::ErrorKind::{InvalidData, UnexpectedEof};
        let long_line = "220 ".to_owned() + &"x".repeat(100_000);
        let endless = "220-many\r\n".to_owned() + &"220-more\r\n".repeat(100_000);
        for (text, kind) in [
            ("", UnexpectedEof),
            ("220 Hel", UnexpectedEof),
            ("220-Hello\r\n", UnexpectedEof),
            ("HTTP/1.1 400 Bad Request\r\n", InvalidData),
            ("SSH-2.0-OpenSSH_9.6\r\n", InvalidData),
            ("2ü0 Hello\r\n", InvalidData),
            ("22\r\n", InvalidData),
            ("220Hello\r\n", InvalidData),
            ("999 Hello\r\n", InvalidData),
            ("\r\n", InvalidData),
            (&long_line, InvalidData),
            (&endless, InvalidData),
        ] {
            assert_eq!(read(text).unwrap_err().kind(), kind, "in {text:.40?}");
        }
    }

    #[test]
    fn a_full_server_is_told_from_a_wrong_password() {
        for (code, text, is_full) in [
            (530, "Sorry, the maximum number of allowed clients (2) are already connected.", true),
            (421, "There are too many connected users, please try later.", true),
            (421, "Too many connections (2) from this IP", true),
            (421, "8 users (the maximum) are already logged in, sorry", true),
            (530, "Login incorrect.", false),
            (530, "Authentication failed.", false),
            (421, "Timeout.", false),
            (220, "No more than 3 connections, please", false),
            (550, "busybox-limits.tar: No such file or directory", false),
            (550, "Too many connections from your address", true),
        ] {
            let reply = Reply { code, lines: vec![text.to_owned()] };
            assert_eq!(reply.says_too_many(), is_full, "in {text:?}");
        }
    }
}
