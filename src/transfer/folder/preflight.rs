//! What there is to fetch, told before the first byte of it.

use crate::words;

/// How many examples are named.
const EXAMPLES: usize = 3;

/// What there is to fetch in a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preflight {
    /// Files that are to be fetched.
    pub files: u64,
    /// Their bytes, as far as the listings tell them.
    pub bytes: u64,
    /// Folders that are made for them, or here already.
    pub folders: u64,
    /// Files that are here already.
    pub unchanged: u64,
    /// Those of them that only their size tells to be the same: the server told no time.
    pub by_size: u64,
    /// Things that are left out for a good reason: links to where all is fetched already, or to above
    /// the folder that was asked for; folders that a server lists in themselves; and what is neither a
    /// file nor a folder.
    pub left_out: u64,
    /// Bytes that are free on the disk.
    pub free: Option<u64>,
    /// Whether everything was looked into, or more may be found.
    pub is_all: bool,
    /// Folders that were looked into.
    pub(super) looked_into: u64,
    mapped: Examples,
    numbered: Examples,
}

/// How many, and a few of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Examples {
    count: u64,
    some: Vec<String>,
}

impl Examples {
    fn add(&mut self, name: &[u8], local: &str) {
        self.count += 1;
        if self.some.len() < EXAMPLES {
            self.some.push(format!("{} → {local}", String::from_utf8_lossy(name)));
        }
    }

    fn join(&mut self, other: Self) {
        self.count += other.count;
        self.some.extend(other.some);
        self.some.truncate(EXAMPLES);
    }

    fn told(&self, one: &str, many: &str) -> Option<String> {
        let more = if self.count > EXAMPLES as u64 { ", …" } else { "" };
        let names = self.some.join(", ");
        (self.count > 0)
            .then(|| format!("{}: {names}{more}", words::counted(self.count, one, many)))
    }
}

impl Preflight {
    /// A name that cannot be stored as it is.
    pub(super) fn map(&mut self, name: &[u8], local: &str) {
        self.mapped.add(name, local);
    }

    /// A name that another one has already, here.
    pub(super) fn number(&mut self, name: &[u8], local: &str) {
        self.numbered.add(name, local);
    }

    /// One more folder turned out to be another one.
    pub(super) fn leave_out(&mut self) {
        self.looked_into += 1;
        self.left_out += 1;
    }

    /// What was found in one more folder.
    pub(super) fn add(&mut self, other: Self) {
        self.files += other.files;
        // A server may say of every file that it has the greatest length there is.
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.folders += other.folders;
        self.looked_into += 1;
        self.unchanged += other.unchanged;
        self.by_size += other.by_size;
        self.left_out += other.left_out;
        self.mapped.join(other.mapped);
        self.numbered.join(other.numbered);
    }

    /// `5,000 files in 50 folders, 5.1 MB; 60.1 GB are free`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let files = words::counted(self.files, "file", "files");
        let folders = words::counted(self.folders, "folder", "folders");
        let mut text = format!("{files} in {folders}, {}", words::bytes(self.bytes));
        if self.unchanged > 0 {
            let (one, many) = ("more is here already", "more are here already");
            text.push_str(&format!("; {}", words::counted(self.unchanged, one, many)));
        }
        if self.left_out > 0 {
            text.push_str(&format!("; {} left out", words::count(self.left_out)));
        }
        if let Some(free) = self.free {
            let verb = if free == 1 { "is" } else { "are" };
            text.push_str(&format!("; {} {verb} free", words::bytes(free)));
        }
        if self.is_all { text } else { format!("So far {text}. Still looking") }
    }

    /// What the person should know before it begins, in sentences without a full stop.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let missing = self.free.and_then(|free| self.bytes.checked_sub(free)).filter(|&it| it > 0);
        let room = missing.map(|missing| {
            format!("This disk has {} too little for all of it", words::bytes(missing))
        });
        let (one, many) =
            ("name cannot be stored here as it is", "names cannot be stored here as they are");
        let mapped = self.mapped.told(one, many);
        let (one, many) = ("name is taken by another here", "names are taken by others here");
        let numbered = self.numbered.told(one, many);
        let by_size = (self.by_size > 0).then(|| {
            let files = words::counted(self.by_size, "file passes", "files pass");
            format!("{files} for unchanged by the size alone: the server tells no time")
        });
        room.into_iter().chain(mapped).chain(numbered).chain(by_size).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_come_is_said_in_one_sentence_and_what_may_surprise_in_others() {
        let mut preflight = Preflight {
            files: 5_000,
            folders: 50,
            bytes: 5_120_000,
            free: Some(60_100_000_000),
            is_all: true,
            ..Preflight::default()
        };
        assert_eq!(preflight.sentence(), "5,000 files in 50 folders, 5.1 MB; 60.1 GB are free");
        assert!(preflight.warnings().is_empty());
        (preflight.files, preflight.folders, preflight.unchanged) = (1, 1, 1);
        let one = "1 file in 1 folder, 5.1 MB; 1 more is here already; 60.1 GB are free";
        assert_eq!(preflight.sentence(), one);
        preflight.free = Some(120_000);
        for n in 0..4 {
            preflight.map(format!("{n}:").as_bytes(), &format!("{n}%3A"));
        }
        preflight.number(b"Readme", "Readme (2)");
        preflight.by_size = 1;
        assert_eq!(
            preflight.warnings(),
            [
                "This disk has 5.0 MB too little for all of it",
                "4 names cannot be stored here as they are: 0: → 0%3A, 1: → 1%3A, 2: → 2%3A, …",
                "1 name is taken by another here: Readme → Readme (2)",
                "1 file passes for unchanged by the size alone: the server tells no time",
            ]
        );
    }
}
