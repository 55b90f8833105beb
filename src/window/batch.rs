//! Many addresses at once, pasted as lines of text. Knows no egui.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::disk;
use crate::ftp::Address;
use crate::transfer::{Destination, IfExists, Request};
use crate::words;

/// Addresses that were pasted together, and wait for a word from the person.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Batch {
    addresses: Vec<Address>,
    left_out: usize,
}

impl Batch {
    /// The addresses among the lines of `text`, each of them once. `None` if there are not several.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let mut batch = Self::default();
        let mut seen = HashSet::new();
        for line in lines {
            match line.parse::<Address>() {
                Ok(address) if address.path.name().is_some() && !address.path.is_folder() => {
                    if seen.insert(line) {
                        batch.addresses.push(address);
                    }
                }
                _ => batch.left_out += 1,
            }
        }
        (batch.addresses.len() > 1).then_some(batch)
    }

    /// How many files it is about.
    #[must_use]
    pub fn len(&self) -> usize {
        self.addresses.len()
    }

    /// Whether it is about nothing. It never is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.addresses.is_empty()
    }

    /// What was found, in a sentence. `folder` is where the files go, as it may be shown.
    #[must_use]
    pub fn sentence(&self, folder: &str) -> String {
        let files = words::count(self.len() as u64);
        let left_out = match self.left_out {
            0 => String::new(),
            1 => " 1 line names no file and is left out.".to_owned(),
            many => {
                let many = words::count(many as u64);
                format!(" {many} lines name no file and are left out.")
            }
        };
        format!("{files} addresses were pasted; the files go to {folder}.{left_out}")
    }

    /// The orders for all of them. Files that would get one name get different ones.
    #[must_use]
    pub fn into_requests(self, folder: &Path) -> Vec<Request> {
        let mut names = HashSet::new();
        // Where to go on counting, so that many of one name are not counted from the start each.
        let mut numbers: HashMap<PathBuf, u32> = HashMap::new();
        let mut request = |address: Address| {
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
            request
        };
        self.addresses.into_iter().map(&mut request).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_that_names_a_file_becomes_an_order_and_the_others_are_counted() {
        let text = "ftp://a.example/x.bin\n\n  ftp://b.example/pub/y.bin \r\nhello there\n\
                    ftp://a.example/folder/\nhttp://c.example/z\nftp://a.example/x.bin\n";
        let batch = Batch::of(text).unwrap();
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
    fn files_of_one_name_do_not_meet() {
        let batch = Batch::of("ftp://a.example/x.bin\nftp://b.example/x.bin").unwrap();
        let requests = batch.into_requests(Path::new("/d"));
        assert_eq!(requests[1].destination, Destination::File("/d/x (2).bin".into()));
    }

    #[test]
    fn one_address_is_not_many() {
        for text in ["ftp://a.example/x.bin", "ftp://a.example/x.bin\n", "one\ntwo\n", ""] {
            assert_eq!(Batch::of(text), None, "{text}");
        }
    }
}
