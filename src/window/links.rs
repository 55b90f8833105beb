//! The links in a text from outside: pasted lines, a table of ENA, a file of links. Knows no egui.

use std::collections::HashSet;

use crate::disk::Checksum;
use crate::ftp::Address;

/// The most links that are taken from one text.
const MOST_LINKS: usize = 100_000;

/// A file on a server, and the checksum that stood beside its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where it is.
    pub address: Address,
    /// The one that it must have.
    pub checksum: Option<Checksum>,
}

/// What was found in a text.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// Each of them once, in their order.
    pub links: Vec<Link>,
    /// How many lines hold none.
    pub left_out: usize,
}

impl Links {
    /// Looks for addresses of files in `text`: one a line; several between semicolons or tabs, as in
    /// the tables that ENA hands out (columns such as `fastq_ftp` and `fastq_md5`); in a sentence; or
    /// behind `URL=`, as in `.url` and `.desktop` files.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut found = Self::default();
        let mut seen = HashSet::new();
        let mut columns = Vec::new();
        let first = text.trim_start().lines().next().unwrap_or_default().trim();
        let is_shortcut = ["[InternetShortcut]", "[Desktop Entry]"].contains(&first);
        for line in text.lines().map(|line| line.trim_matches([' ', '\r'])) {
            if found.links.len() >= MOST_LINKS {
                break;
            }
            let links = match line {
                "" => continue,
                line if is_shortcut => match shortcut(line) {
                    Some(link) => in_line(link),
                    None => continue,
                },
                line if line.starts_with('#') => continue,
                line if line.contains('\t') => match heading(line) {
                    Some(heading) => {
                        columns = heading;
                        continue;
                    }
                    None => in_row(line, &columns),
                },
                line => in_line(line),
            };
            found.left_out += usize::from(links.is_empty());
            let new = links.into_iter().filter(|link| seen.insert(link.address.to_string()));
            found.links.extend(new);
        }
        found
    }
}

/// The link in a line of a `.url` or `.desktop` file.
fn shortcut(line: &str) -> Option<&str> {
    let (key, link) = line.split_once('=')?;
    (key.eq_ignore_ascii_case("url") || key.to_ascii_lowercase().starts_with("url["))
        .then_some(link)
}

/// The links in a line that is no row of a table.
fn in_line(line: &str) -> Vec<Link> {
    let plain = |address| Link { address, checksum: None };
    if let Some(several) = several(line).filter(|several| several.len() > 1) {
        return several.into_iter().map(plain).collect();
    }
    if let Some(address) = file(line) {
        return vec![plain(address)];
    }
    let words = line
        .split_whitespace()
        .map(|word| word.trim_matches(['.', ',', ';', '(', ')', '<', '>', '"', '\'', '“', '”']));
    let is_link = |word: &&str| {
        let scheme = word.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
        matches!(scheme.as_deref(), Some("ftp" | "ftps" | "ftpes"))
    };
    words.filter(is_link).filter_map(file).map(plain).collect()
}

/// What a column of a table holds, by its heading: `fastq_ftp` → links that belong to `fastq`.
#[derive(Debug, PartialEq, Eq)]
enum Column {
    Links(String),
    Sums(String),
    Other,
}

/// The headings of a table, if `line` holds them.
fn heading(line: &str) -> Option<Vec<Column>> {
    let column = |cell: &str| {
        let cell = cell.trim().to_ascii_lowercase();
        match cell.rsplit_once('_') {
            Some((of, "ftp")) => Column::Links(of.to_owned()),
            Some((of, "md5")) => Column::Sums(of.to_owned()),
            _ => Column::Other,
        }
    };
    let columns: Vec<_> = line.split('\t').map(column).collect();
    columns.iter().any(|column| *column != Column::Other).then_some(columns)
}

/// The links in a row of a table, each with its checksum, if the row has as many of these.
fn in_row(line: &str, columns: &[Column]) -> Vec<Link> {
    let cells: Vec<_> = line.split('\t').map(str::trim).collect();
    let mut found = Vec::new();
    let sums: Vec<_> = cells.iter().map(|cell| sums(cell)).collect();
    let links: Vec<_> = cells.iter().map(|cell| several(cell)).collect();
    let count = |present: &[bool]| present.iter().filter(|is| **is).count();
    let has_links: Vec<_> = links.iter().map(Option::is_some).collect();
    let has_sums: Vec<_> = sums.iter().map(Option::is_some).collect();
    // Without headings, the first column of sums belongs to the first column of links.
    let is_paired = columns.is_empty() && count(&has_links) == count(&has_sums);
    let mut in_order = sums.iter().flatten();
    for (at, links) in links.into_iter().enumerate() {
        let Some(links) = links else { continue };
        let sums = match columns.get(at) {
            Some(Column::Links(of)) => {
                let is_its = |column: &Column| *column == Column::Sums(of.clone());
                columns.iter().position(is_its).and_then(|at| sums.get(at)?.as_ref())
            }
            Some(_) => continue,
            None if is_paired => in_order.next(),
            None => None,
        };
        let sums = sums.filter(|sums| sums.len() == links.len());
        for (n, address) in links.into_iter().enumerate() {
            let checksum = sums.and_then(|sums| sums.get(n)).cloned();
            found.push(Link { address, checksum });
        }
    }
    found
}

/// The addresses between semicolons, if all are some and none can be anything else.
fn several(cell: &str) -> Option<Vec<Address>> {
    let parts = cell.split(';').map(str::trim).filter(|part| !part.is_empty());
    let is_plain = |part: &str| {
        let host = part.split_once("://").map_or(part, |(_, rest)| rest).split('/').next();
        // `fasp.sra.ebi.ac.uk:/vol1/…` is Aspera's, and `a/b` is a path.
        host.is_some_and(|host| {
            !host.ends_with(':') && (part.contains("://") || host.contains('.'))
        })
    };
    let address = |part: &str| Some(part).filter(|part| is_plain(part)).and_then(file);
    parts.map(address).collect::<Option<Vec<_>>>().filter(|all| !all.is_empty())
}

/// The MD5 sums between semicolons, if all are some.
fn sums(cell: &str) -> Option<Vec<Checksum>> {
    let parts = cell.split(';').map(str::trim).filter(|part| !part.is_empty());
    let sum = |part: &str| {
        let is_md5 = part.len() == 32 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_md5.then(|| format!("md5:{part}").parse().ok()).flatten()
    };
    parts.map(sum).collect::<Option<Vec<_>>>().filter(|all| !all.is_empty())
}

/// An address that names a file.
fn file(text: &str) -> Option<Address> {
    let address: Address = text.parse().ok()?;
    (address.path.name().is_some() && !address.path.is_folder()).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was found: the addresses, with what is expected of each.
    fn found(text: &str) -> Vec<(String, String)> {
        let links = Links::of(text).links.into_iter();
        let sum = |link: &Link| link.checksum.as_ref().map(ToString::to_string).unwrap_or_default();
        links.map(|link| (link.address.to_string(), sum(&link))).collect()
    }

    fn addresses(text: &str) -> Vec<String> {
        found(text).into_iter().map(|(address, _)| address).collect()
    }

    const ONE: &str = "d41d8cd98f00b204e9800998ecf8427e";
    const TWO: &str = "900150983cd24fb0d6963f7d28e17f72";

    #[test]
    fn a_table_of_ena_gives_every_file_with_its_checksum() {
        let ena = "ftp.sra.ebi.ac.uk/vol1/fastq/ERR1/ERR1_1.fastq.gz;ftp.sra.ebi.ac.uk/vol1/fastq/ERR1/ERR1_2.fastq.gz";
        let with_heading = format!(
            "run_accession\tfastq_md5\tfastq_ftp\tfastq_aspera\nERR1\t{ONE};{TWO}\t{ena}\tfasp.sra.ebi.ac.uk:/vol1/fastq/ERR1/ERR1_1.fastq.gz\n"
        );
        let without = format!("ERR1\t{ena}\t{ONE};{TWO}\r\n");
        for table in [with_heading, without] {
            let expected = [(1, ONE), (2, TWO)].map(|(n, sum)| {
                let at = "ftp://ftp.sra.ebi.ac.uk/vol1/fastq/ERR1/ERR1_";
                (format!("{at}{n}.fastq.gz"), format!("md5:{sum}"))
            });
            assert_eq!(found(&table), expected, "{table}");
            assert_eq!(Links::of(&table).left_out, 0);
        }
        assert_eq!(addresses(ena).len(), 2);
    }

    #[test]
    fn a_checksum_is_given_to_nobody_if_it_is_not_clear_whose_it_is() {
        let table = format!("ERR1\th.example/a;h.example/b\t{ONE}");
        assert!(found(&table).iter().all(|(_, sum)| sum.is_empty()), "{:?}", found(&table));
        let table = format!("x_ftp\ty_md5\nh.example/a\t{ONE}");
        assert_eq!(found(&table), [("ftp://h.example/a".to_owned(), String::new())]);
    }

    #[test]
    fn links_are_found_in_shortcuts_and_sentences() {
        let windows = "[InternetShortcut]\r\nURL=ftp://h.example/a.zip\r\nIconIndex=0\r\n";
        let desktop =
            "[Desktop Entry]\nType=Link\nName=ftp://x/no\nURL[$e]=ftp://h.example/a.zip\n";
        let prose = "It is at <ftp://h.example/a.zip>, or (FTP://h.example/b.zip).";
        assert_eq!(addresses(windows), ["ftp://h.example/a.zip"]);
        assert_eq!(addresses(desktop), ["ftp://h.example/a.zip"]);
        assert_eq!(addresses(prose), ["ftp://h.example/a.zip", "ftp://h.example/b.zip"]);
        assert_eq!(Links::of(windows).left_out, 0);
    }

    #[test]
    fn nonsense_holds_no_links_and_a_semicolon_may_belong_to_a_name() {
        for text in ["", "hello there", "hello", "ftp://", "\u{0}\u{1}\n\t\t\t", ";;;", "a\tb;c"] {
            assert_eq!(addresses(text), Vec::<String>::new(), "{text:?}");
        }
        assert_eq!(addresses("ftp://h.example/a;b.txt"), ["ftp://h.example/a%3Bb.txt"]);
    }

    #[test]
    fn no_text_gives_more_links_than_can_be_dealt_with() {
        let text: String = (0..MOST_LINKS + 10).map(|n| format!("h.example/{n}\n")).collect();
        assert_eq!(Links::of(&text).links.len(), MOST_LINKS);
    }
}
