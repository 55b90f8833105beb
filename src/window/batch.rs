//! Many addresses at once, that wait for a word from the person. Knows no egui.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::links::{Link, Links};
use crate::disk;
use crate::transfer::{Destination, IfExists, Request};
use crate::words;

/// How addresses came into the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// From the clipboard.
    Pasted,
    /// In files that were dropped.
    Dropped,
}

impl Source {
    fn words(self) -> &'static str {
        match self {
            Self::Pasted => "pasted",
            Self::Dropped => "dropped",
        }
    }
}

/// Addresses that came together, and wait for a word from the person.
#[derive(Debug, PartialEq, Eq)]
pub struct Batch {
    links: Vec<Link>,
    left_out: usize,
    source: Source,
}

impl Batch {
    /// The addresses in `text`. `None` if there are not several, and none with a checksum.
    #[must_use]
    pub fn of(text: &str, source: Source) -> Option<Self> {
        let Links { links, left_out } = Links::of(text);
        let is_more = links.len() > 1 || links.iter().any(|link| link.checksum.is_some());
        is_more.then_some(Self { links, left_out, source })
    }

    /// How many files it is about.
    #[must_use]
    pub fn len(&self) -> usize {
        self.links.len()
    }

    /// Whether it is about nothing. It never is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.links.is_empty()
    }

    /// The words on the button, and what it acts on.
    #[must_use]
    pub fn button(&self) -> (String, String) {
        let files = if self.len() == 1 { "file" } else { "files" };
        let words = format!("Download {} {files}", words::count(self.len() as u64));
        (words, format!("that were {}", self.source.words()))
    }

    /// What was found, in a sentence. `folder` is where the files go, as it may be shown.
    #[must_use]
    pub fn sentence(&self, folder: &str) -> String {
        let source = self.source.words();
        let number = |number: usize| words::count(number as u64);
        let (found, go) = match self.len() {
            1 => (format!("1 address was {source}"), "the file goes to"),
            many => (format!("{} addresses were {source}", number(many)), "the files go to"),
        };
        let sums = self.links.iter().filter(|link| link.checksum.is_some()).count();
        let sums = match sums {
            0 => String::new(),
            1 if self.len() == 1 => ", with its checksum".to_owned(),
            all if all == self.len() => ", each with its checksum".to_owned(),
            some => format!(", {} with a checksum", number(some)),
        };
        let left_out = match self.left_out {
            0 => String::new(),
            1 => " 1 line names no file and is left out.".to_owned(),
            many => format!(" {} lines name no file and are left out.", number(many)),
        };
        format!("{found}{sums}; {go} {folder}.{left_out}")
    }

    /// The orders for all of them. Files that would get one name get different ones.
    #[must_use]
    pub fn into_requests(self, folder: &Path) -> Vec<Request> {
        let mut names = HashSet::new();
        // Where to go on counting, so that many of one name are not counted from the start each.
        let mut numbers: HashMap<PathBuf, u32> = HashMap::new();
        let mut request = |Link { address, checksum }: Link| {
            let name = disk::local_name(address.path.name().unwrap_or_default());
            let wanted = folder.join(name);
            let number = numbers.entry(wanted.clone()).or_insert(0);
            let path = loop {
                *number += 1;
                let path = disk::numbered(&wanted, *number);
                if names.insert(path.clone()) {
                    break path;
                }
            };
            let mut request = Request::new(address, Destination::File(path));
            request.if_exists = IfExists::Rename;
            request.waits_for_room = true;
            request.checks.expected = checksum;
            request
        };
        self.links.into_iter().map(&mut request).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pasted(text: &str) -> Option<Batch> {
        Batch::of(text, Source::Pasted)
    }

    #[test]
    fn every_line_that_names_a_file_becomes_an_order_and_the_others_are_counted() {
        let text = "ftp://a.example/x.bin\n\n  ftp://b.example/pub/y.bin \r\nhello there\n\
                    ftp://a.example/folder/\nhttp://c.example/z\nftp://a.example/x.bin\n";
        let batch = pasted(text).unwrap();
        assert_eq!(batch.len(), 2);
        assert_eq!(
            batch.sentence("/d"),
            "2 addresses were pasted; the files go to /d. 3 lines name no file and are left out."
        );
        let requests = batch.into_requests(Path::new("/d"));
        assert_eq!(requests[1].destination, Destination::File("/d/y.bin".into()));
        assert!(requests.iter().all(|request| request.waits_for_room));
    }

    #[test]
    fn a_checksum_that_was_pasted_with_the_address_is_what_the_file_must_have() {
        let sum = "d41d8cd98f00b204e9800998ecf8427e";
        let batch = pasted(&format!("ERR1\tftp.sra.ebi.ac.uk/vol1/a.gz\t{sum}")).unwrap();
        assert_eq!(
            batch.sentence("/d"),
            "1 address was pasted, with its checksum; the file goes to /d."
        );
        let [request] = <[Request; 1]>::try_from(batch.into_requests(Path::new("/d"))).unwrap();
        assert_eq!(request.checks.expected.unwrap().to_string(), format!("md5:{sum}"));
    }

    #[test]
    fn files_of_one_name_do_not_meet() {
        let batch = pasted("ftp://a.example/x.bin\nftp://b.example/x.bin").unwrap();
        let requests = batch.into_requests(Path::new("/d"));
        assert_eq!(requests[1].destination, Destination::File("/d/x (2).bin".into()));
    }

    #[test]
    fn one_address_is_not_many() {
        for text in ["ftp://a.example/x.bin", "ftp://a.example/x.bin\n", "one\ntwo\n", ""] {
            assert_eq!(pasted(text), None, "{text}");
        }
    }
}
