//! The server's own checksum of a file: `HASH` (draft-bryan-ftpext-hash), and the older verbs that
//! servers made up for themselves.

use std::time::Duration;

use super::command::Command;
use super::error::{Awaiting, Error};
use super::remote_file::RemoteFile;
use super::reply::Reply;
use super::session::Session;

/// How long a server may compute. 10 minutes are enough for a terabyte on a fast disk, and for 60 GB
/// on a slow one.
const PATIENCE: Duration = Duration::from_secs(600);

/// The algorithms of `HASH`, best first, and how many hexadecimal digits they give. SHA-256 comes
/// before SHA-512 because ours is computed already.
const HASHES: [(&str, usize); 5] =
    [("SHA-256", 64), ("SHA-512", 128), ("SHA-1", 40), ("MD5", 32), ("CRC32", 8)];

/// The older verbs, best first, with what they compute.
const VERBS: [(&str, &str, usize); 6] = [
    ("XSHA256", "SHA-256", 64),
    ("XSHA512", "SHA-512", 128),
    ("XSHA1", "SHA-1", 40),
    ("XMD5", "MD5", 32),
    ("MD5", "MD5", 32),
    ("XCRC", "CRC32", 8),
];

/// What a server says that the checksum of a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerSum {
    /// `SHA-256`, `SHA-512`, `SHA-1`, `MD5` or `CRC32`.
    pub algorithm: &'static str,
    /// Its value in hexadecimal digits, as many as the algorithm has.
    pub digits: String,
}

impl Session<'_> {
    /// Asks the server for the checksum of `file`, which is `length` bytes long, in the best way that
    /// its `FEAT` offers. `None` if it offers none, refuses, or gives an answer that cannot be read.
    ///
    /// It may take the server up to 10 minutes.
    ///
    /// # Errors
    ///
    /// Those of a broken conversation; a refusal is an answer.
    pub fn server_checksum(
        &mut self,
        file: &RemoteFile,
        length: u64,
    ) -> Result<Option<ServerSum>, Error> {
        if let Some(offer) = self.features.get("HASH").cloned() {
            if let Some(algorithm) = to_select(&offer) {
                self.ask_optional(&Command::with("OPTS", format!("HASH {algorithm}").as_bytes())?)?
                    .ok(); // Refused: it keeps the one that it has, and names it in its answer.
            }
            let answer = self.ask_patiently(&Command::with("HASH", &file.argument)?, PATIENCE)?;
            if let Some(sum) = answer.ok().and_then(|reply| hash_in(&reply, length)) {
                return Ok(Some(sum));
            }
        }
        for (verb, algorithm, count) in VERBS {
            let Some(path) = path_for(verb, &file.argument) else { continue };
            if !self.features.contains_key(verb) {
                continue;
            }
            let answer = self.ask_patiently(&Command::with(verb, &path)?, PATIENCE)?;
            let digits = answer.ok().and_then(|reply| digits_in(&reply, count, &file.argument));
            if let Some(digits) = digits {
                return Ok(Some(ServerSum { algorithm, digits }));
            }
        }
        Ok(None)
    }

    /// Whether its `FEAT` offers checksums of files.
    #[must_use]
    pub fn has_checksums(&self) -> bool {
        self.offers("HASH") || VERBS.iter().any(|(verb, ..)| self.offers(verb))
    }

    /// Like [`Session::ask_optional`], where the answer may take as long as `patience`.
    fn ask_patiently(
        &mut self,
        command: &Command,
        patience: Duration,
    ) -> Result<Result<Reply, Reply>, Error> {
        self.control.get_mut().expect(Awaiting::Reply, patience.max(self.limits.patience));
        let answer = self.ask_optional(command);
        self.control.get_mut().expect(Awaiting::Reply, self.limits.patience);
        answer
    }
}

/// A path as `verb` takes it. An X verb may be given a range after the path, so a path with a space
/// stands in quotation marks (seen on ProFTPD). `None` where that would be ambiguous.
fn path_for(verb: &str, path: &[u8]) -> Option<Vec<u8>> {
    match verb.starts_with('X') && path.contains(&b' ') {
        false => Some(path.to_vec()),
        true if path.contains(&b'"') => None,
        true => Some([b"\"", path, b"\""].concat()),
    }
}

/// The best algorithm of `SHA-1*;SHA-256;MD5`, unless it is the one with the star, which is selected
/// already.
fn to_select(offer: &str) -> Option<&'static str> {
    let offered = |name: &str| offer.split(';').find(|one| is_named(one, name));
    let (best, one) = HASHES.iter().find_map(|(name, _)| Some((*name, offered(name)?)))?;
    (!one.trim_end().ends_with('*')).then_some(best)
}

fn is_named(offered: &str, name: &str) -> bool {
    offered.trim().trim_end_matches('*').eq_ignore_ascii_case(name)
}

/// Reads `213 SHA-256 0-1000000 HEX name`. `None` if it is not about all `length` bytes.
///
/// The draft counts the last byte, ProFTPD one more.
fn hash_in(reply: &Reply, length: u64) -> Option<ServerSum> {
    let mut words = reply.lines.last()?.split_whitespace();
    let name = words.next()?;
    let &(algorithm, count) = HASHES.iter().find(|(known, _)| is_named(name, known))?;
    let (from, to) = words.next()?.split_once('-')?;
    let to: u64 = to.parse().ok()?;
    let is_whole = from == "0" && (to == length || to.checked_add(1) == Some(length));
    let digits = words.next().filter(|word| is_whole && is_hex(word, count))?;
    Some(ServerSum { algorithm, digits: digits.to_owned() })
}

/// Finds the only word of `count` hexadecimal digits in `250 HEX`, `251 "name" HEX` and the like. The
/// file's own name is no answer.
fn digits_in(reply: &Reply, count: usize, path: &[u8]) -> Option<String> {
    let name = path.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    let words = reply.lines.iter().flat_map(|line| line.split_whitespace());
    let words = words.map(|word| word.trim_matches(|c: char| !c.is_ascii_alphanumeric()));
    let mut digits = words.filter(|word| is_hex(word, count) && word.as_bytes() != name);
    let first = digits.next()?;
    digits.all(|another| another == first).then(|| first.to_owned())
}

fn is_hex(word: &str, count: usize) -> bool {
    word.len() == count && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MD5: &str = "d41d8cd98f00b204e9800998ecf8427e";

    fn reply(code: u16, lines: &[&str]) -> Reply {
        Reply { code, lines: lines.iter().map(|&line| line.to_owned()).collect() }
    }

    #[test]
    fn the_best_hash_is_selected_unless_it_is_already() {
        for (offer, select) in [
            ("SHA-1*;SHA-256;SHA-512;MD5;CRC32", Some("SHA-256")),
            ("sha-256*;MD5", None),
            ("MD5;CRC32*", Some("MD5")),
            ("MD4*", None),
            ("", None),
        ] {
            assert_eq!(to_select(offer), select, "of {offer:?}");
        }
    }

    #[test]
    fn a_hash_counts_only_if_it_is_of_the_whole_file() {
        let line = |range: &str| format!("MD5 {range} {MD5} a.txt");
        for (range, is_good) in [
            ("0-1000", true),
            ("0-999", true),
            ("0-500", false),
            ("1-1000", false),
            ("0-18446744073709551615", false),
            ("-", false),
        ] {
            let sum = hash_in(&reply(213, &["Computing...", &line(range)]), 1000);
            let expected = is_good.then(|| ServerSum { algorithm: "MD5", digits: MD5.to_owned() });
            assert_eq!(sum, expected, "for {range}");
        }
        for line in ["", "MD5", "MD5 0-1000", "MD5 0-1000 d41d8", "MD4 0-1000 d41d8", MD5] {
            assert_eq!(hash_in(&reply(213, &[line]), 1000), None, "in {line:?}");
        }
    }

    #[test]
    fn the_older_verbs_are_answered_in_many_ways() {
        let other = "00000000000000000000000000000000";
        let twice = format!("{MD5} {other}");
        let quoted = format!("\"a.txt\" {MD5}");
        for (lines, is_good) in [
            (&[MD5][..], true),
            (&["Computing MD5 digest", MD5], true),
            (&[quoted.as_str()], true),
            (&[MD5, MD5], true),
            (&["done"], false),
            (&[&MD5[1..]], false),
            (&[twice.as_str()], false),
        ] {
            let digits = digits_in(&reply(250, lines), 32, b"/pub/a.txt");
            assert_eq!(digits.as_deref(), is_good.then_some(MD5), "in {lines:?}");
        }
    }

    #[test]
    fn a_path_with_a_space_is_not_taken_for_a_path_and_a_range() {
        for (verb, path, sent) in [
            ("XMD5", &b"a.txt"[..], Some(&b"a.txt"[..])),
            ("XMD5", b"a b.txt", Some(b"\"a b.txt\"")),
            ("MD5", b"a b.txt", Some(b"a b.txt")),
            ("XMD5", b"a \"b\".txt", None),
        ] {
            assert_eq!(path_for(verb, path).as_deref(), sent, "{verb}");
        }
    }

    #[test]
    fn a_file_whose_name_looks_like_a_checksum_does_not_answer_for_itself() {
        let path = format!("/pub/{MD5}");
        assert_eq!(digits_in(&reply(250, &[&format!("{MD5} done")]), 32, path.as_bytes()), None);
    }
}
