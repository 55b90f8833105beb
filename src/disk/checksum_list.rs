//! Checksum files as people publish them: `SHA256SUMS`, `file.md5`, `CHECKSUMS` of Ensembl.

use std::borrow::Cow;
use std::cmp::Reverse;

use super::checksum::{Algorithm, Checksum};

/// The largest checksum file that is read, in bytes. That of the largest folder known to us, with
/// 100,000 names, has 10 MB.
pub const MAX_CHECKSUM_LIST: usize = 16 * 1024 * 1024;

/// A longer line is passed over, in bytes. The longest path of Linux has 4096.
const MAX_LINE: usize = 16 * 1024;

/// One line of a checksum file.
struct Entry<'a> {
    checksum: Checksum,
    /// The file that it belongs to; `None` in a file that holds nothing but the digits.
    name: Option<Cow<'a, [u8]>>,
}

/// Looks up what the checksum file `list`, which is called `list_name` and lies beside the file at
/// `path`, says about that file.
///
/// It understands the layouts of GNU (`HEX  name`), of BSD and OpenSSL (`SHA256 (name) = HEX`), of
/// `sum -r` (`12345 678 name`), and the digits alone in a `name.md5`; line ends of Unix and Windows.
/// The number of digits tells the algorithm, because file names lie.
///
/// A line with the bare name (or `./name`) counts most: by the layouts' own rule, names are those
/// of files beside the list. Then come names that the whole path ends with, or that end with the
/// whole path, longest first. `None` if no line speaks of the file, or if two that count the same
/// contradict each other.
#[must_use]
pub fn find_checksum(list: &[u8], list_name: &[u8], path: &[u8]) -> Option<Checksum> {
    let list = list.strip_prefix(b"\xef\xbb\xbf").unwrap_or(list);
    let file_name = path.rsplit(|&byte| byte == b'/').next()?;
    let is_for_it_alone =
        list_name.strip_prefix(file_name).is_some_and(|end| end.starts_with(b"."));
    let mut best: Option<(Rank, Option<Checksum>)> = None;
    for line in list.split(|&byte| byte == b'\n').filter(|line| line.len() <= MAX_LINE) {
        let Some(Entry { checksum, name }) = entry(line.trim_ascii_end()) else { continue };
        let fit = match name.as_deref() {
            None => is_for_it_alone.then_some(Fit::Bare),
            // What came to the tool on standard input; unless the file is really called so.
            Some(b"-") if file_name != b"-" => is_for_it_alone.then_some(Fit::Bare),
            Some(name) => fit(name, path).or_else(|| fit(name.trim_ascii(), path)).or_else(|| {
                // `sha256sum build/a.iso > a.iso.sha256` can only mean this file.
                let is_this_name = name.rsplit(|&byte| byte == b'/').next() == Some(file_name);
                (is_for_it_alone && is_this_name).then_some(Fit::Path(1))
            }),
        };
        let Some(fit) = fit else { continue };
        let rank = (fit, Reverse(checksum.algorithm()));
        match &mut best {
            Some((so_far, _)) if rank < *so_far => {}
            Some((so_far, said)) if rank == *so_far => {
                // Two lines for one name, and who knows which is newer.
                *said = said.take().filter(|said| *said == checksum);
            }
            best => *best = Some((rank, Some(checksum))),
        }
    }
    best?.1
}

/// How much a line counts, least first.
type Rank = (Fit, Reverse<Algorithm>);

/// How well a name in a list fits the path of a file, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// All of the name is the end of the path, or the other way round: so many parts.
    Path(usize),
    /// The name alone.
    Bare,
}

fn fit(name: &[u8], path: &[u8]) -> Option<Fit> {
    let parts = |path| -> Vec<_> {
        let all = <[u8]>::split(path, |&byte: &u8| byte == b'/');
        all.filter(|part| !part.is_empty() && *part != b".").collect()
    };
    let (name, path) = (parts(name), parts(path));
    let equal = name.iter().rev().zip(path.iter().rev()).take_while(|(a, b)| a == b).count();
    match equal {
        0 => None,
        1 if name.len() == 1 => Some(Fit::Bare),
        _ if name.len() == equal => Some(Fit::Path(equal)),
        _ if path.len() == equal && equal > 1 => Some(Fit::Path(equal)),
        // The same name in another folder is another file.
        _ => None,
    }
}

/// Reads a line in any of the layouts. `None`: a comment, nothing, or something else.
fn entry(line: &[u8]) -> Option<Entry<'_>> {
    let (is_escaped, line) = match line.strip_prefix(b"\\") {
        Some(line) => (true, line),
        None => (false, line),
    };
    let mut entry = gnu(line).or_else(|| bsd(line)).or_else(|| sum(line))?;
    if is_escaped {
        entry.name = entry.name.map(|name| Cow::Owned(unescaped(&name)));
    }
    Some(entry)
}

/// `HEX  name`, `HEX *name`, and `HEX` alone. Some tools write one space, or a tab.
fn gnu(line: &[u8]) -> Option<Entry<'_>> {
    let line = line.trim_ascii_start();
    let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let (digits, rest) = line.split_at_checked(digits)?;
    let checksum = Checksum::from_hex(Algorithm::from_digits(digits.len())?, digits)?;
    let name = match rest {
        [] => None,
        [b' ', b' ' | b'*', name @ ..] => Some(name),
        [b' ' | b'\t', name @ ..] => {
            let name = name.trim_ascii_start();
            Some(name.strip_prefix(b"*").unwrap_or(name))
        }
        _ => return None,
    };
    Some(Entry { checksum, name: name.map(Cow::Borrowed) })
}

/// `SHA256 (name) = HEX`; OpenSSL writes `SHA256(name)= HEX`.
fn bsd(line: &[u8]) -> Option<Entry<'_>> {
    let open = line.iter().position(|&byte| byte == b'(')?;
    let close = line.windows(2).rposition(|two| two == b")=" || two == b") ")?;
    let tag = str::from_utf8(line.get(..open)?).ok()?;
    let name = line.get(open + 1..close)?;
    let digits = line.get(close + 1..)?.trim_ascii_start().strip_prefix(b"=")?.trim_ascii();
    let checksum = Checksum::from_hex(Algorithm::from_name(tag.trim())?, digits)?;
    Some(Entry { checksum, name: Some(Cow::Borrowed(name)) })
}

/// `12345   678 name`, as `sum -r` writes it.
fn sum(line: &[u8]) -> Option<Entry<'_>> {
    let word = |line: &[u8]| line.iter().position(u8::is_ascii_whitespace);
    let (sum, rest) = line.split_at_checked(word(line)?)?;
    let rest = rest.trim_ascii_start();
    let (blocks, name) = rest.split_at_checked(word(rest)?)?;
    let checksum = Checksum::from_sum(str::from_utf8(sum).ok()?, str::from_utf8(blocks).ok()?)?;
    Some(Entry { checksum, name: Some(Cow::Borrowed(name.trim_ascii_start())) })
}

/// What GNU writes as `\\`, `\n` and `\r` in a name.
fn unescaped(name: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(name.len());
    let mut bytes = name.iter();
    while let Some(&byte) = bytes.next() {
        plain.push(match (byte, bytes.as_slice().first()) {
            (b'\\', Some(&escaped @ (b'\\' | b'n' | b'r'))) => {
                bytes.next();
                match escaped {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    _ => b'\\',
                }
            }
            _ => byte,
        });
    }
    plain
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MD5: &str = "d41d8cd98f00b204e9800998ecf8427e";
    const OTHER: &str = "00000000000000000000000000000000";
    const SHA1: &str = "a9993e364706816aba3e25717850c26c9cd0d89d";
    const SHA256: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    /// What a list called `name` says about `pub/data/hello.txt`.
    fn find(list: &str, name: &str) -> Option<String> {
        let found = find_checksum(list.as_bytes(), name.as_bytes(), b"pub/data/hello.txt");
        found.map(|checksum| checksum.to_string())
    }

    #[test]
    fn every_layout_that_people_publish_is_read() {
        let md5 = format!("md5:{MD5}");
        let sha = format!("sha256:{SHA256}");
        for (list, expected) in [
            (format!("{MD5}  hello.txt\n"), &md5),
            (format!("{MD5} *hello.txt\r\n"), &md5),
            (format!("{MD5}  ./hello.txt"), &md5),
            (format!("{MD5} hello.txt"), &md5),
            (format!("{MD5}\thello.txt"), &md5),
            (format!("{MD5}    hello.txt  \r\n"), &md5),
            (format!("  {MD5}  hello.txt"), &md5),
            (format!("\u{feff}{MD5}  hello.txt"), &md5),
            (format!("{OTHER}  a\r\n\r\n# hello.txt\r\n{MD5}  hello.txt\r\n{OTHER}  z"), &md5),
            (format!("{}  hello.txt", MD5.to_uppercase()), &md5),
            (format!("MD5 (hello.txt) = {MD5}"), &md5),
            (format!("MD5(hello.txt)= {MD5}"), &md5),
            (format!("SHA256 (./hello.txt) = {SHA256}\r\n"), &sha),
            (format!("SHA2-256(hello.txt)= {SHA256}"), &sha),
            (format!("{SHA256}  /home/us/pub/data/hello.txt"), &sha),
            ("00322     6 hello.txt".to_owned(), &"sum:00322 6".to_owned()),
            ("12345 678 hello.txt\r\n".to_owned(), &"sum:12345 678".to_owned()),
            (format!("MD5 (hello.txt) = {MD5}\nSHA256 (hello.txt) = {SHA256}"), &sha),
        ] {
            assert_eq!(find(&list, "CHECKSUMS").as_ref(), Some(expected), "{list:?}");
        }
    }

    #[test]
    fn what_speaks_of_another_file_or_not_at_all_is_not_believed() {
        for list in [
            String::new(),
            "<html>404</html>".to_owned(),
            format!("{MD5}  other.txt"),
            format!("{MD5}  hello.txt.gz"),
            format!("{MD5}  not-hello.txt"),
            format!("{MD5}  hello.txt/").replace("hello.txt/", "hello.txt/x"),
            format!("{MD5}hello.txt"),
            format!("# {MD5}  hello.txt"),
            format!("{}  hello.txt", &MD5[1..]),
            format!("SHA3-256 (hello.txt) = {SHA256}"),
            format!("BLAKE2s (hello.txt) = {SHA256}"),
            format!("SHA256 (hello.txt) = {MD5}"),
            format!("SHA256 (hello.txt = {SHA256}"),
            "1234 678 hello.txt".to_owned(),
            "99999 678 hello.txt".to_owned(),
            "12345 hello.txt".to_owned(),
            MD5.to_owned(),
            format!("{MD5}  -"),
            format!("{MD5}  hello.txt\n{OTHER}  hello.txt"),
            format!("{MD5}  a/hello.txt\n{OTHER}  b/hello.txt"),
            format!("{MD5}  a/hello.txt"),
        ] {
            assert_eq!(find(&list, "MD5SUMS"), None, "{list:?}");
        }
    }

    #[test]
    fn the_digits_alone_are_believed_where_the_list_is_for_this_file_alone() {
        let elsewhere = format!("{MD5}  build/hello.txt");
        for list in [MD5.to_owned(), format!("{MD5}\r\n"), format!("{MD5}  -\n"), elsewhere] {
            assert_eq!(find(&list, "hello.txt.md5"), Some(format!("md5:{MD5}")));
        }
        assert_eq!(find(&format!("{MD5}  other.txt"), "hello.txt.md5"), None);
        assert_eq!(find(SHA1, "hello.txt.md5"), Some(format!("sha1:{SHA1}")), "file names lie");
        assert_eq!(find(&MD5[..8], "hello.txt.md5"), None);
    }

    #[test]
    fn of_several_files_with_one_name_the_one_beside_the_list_is_meant() {
        for list in [
            format!("{OTHER}  old/hello.txt\n{MD5}  hello.txt\n{OTHER}  data/hello.txt"),
            format!("{OTHER}  old/hello.txt\n{MD5}  data/hello.txt\n{OTHER}  x/hello.txt"),
            format!("{OTHER}  x/data/hello.txt\n{MD5}  pub/data/hello.txt\n{OTHER}  y/hello.txt"),
        ] {
            assert_eq!(find(&list, "MD5SUMS"), Some(format!("md5:{MD5}")), "{list:?}");
        }
    }

    #[test]
    fn names_are_bytes_and_gnu_escapes_are_undone() {
        let list = [MD5.as_bytes(), b"  caf\xe9 (1).txt"].concat();
        let found = find_checksum(&list, b"MD5SUMS", b"/x/caf\xe9 (1).txt");
        assert_eq!(found.map(|sum| sum.digits()).as_deref(), Some(MD5));

        let list = format!("\\{MD5}  a\\\\b\\nc");
        let found = find_checksum(list.as_bytes(), b"MD5SUMS", b"a\\b\nc");
        assert_eq!(found.map(|sum| sum.digits()).as_deref(), Some(MD5));

        let list = format!("MD5 (a) b) = {MD5}");
        let found = find_checksum(list.as_bytes(), b"MD5SUMS", b"a) b");
        assert_eq!(found.map(|sum| sum.digits()).as_deref(), Some(MD5));

        let list = format!("{MD5}   hello.txt");
        let found = find_checksum(list.as_bytes(), b"MD5SUMS", b" hello.txt");
        assert_eq!(found.map(|sum| sum.digits()).as_deref(), Some(MD5));
    }

    #[test]
    fn an_endless_line_is_passed_over() {
        let list = format!("{MD5}  {}/hello.txt\n{OTHER}  hello.txt", "x/".repeat(MAX_LINE));
        assert_eq!(find(&list, "MD5SUMS"), Some(format!("md5:{OTHER}")));
    }

    proptest! {
        #[test]
        fn any_name_is_found_again(name in "[^/\n\r\\\\]{0,8}[^/\n\r\\\\\\s.]", noise in "[^\n]{0,40}\n") {
            let list = format!("{noise}{MD5}  {name}\n");
            let found = find_checksum(list.as_bytes(), b"MD5SUMS", format!("x/{name}").as_bytes());
            prop_assert_eq!(found.map(|sum| sum.digits()), Some(MD5.to_owned()));
        }
    }
}
