//! The files of a folder that is fetched as one row. Knows no egui.

use std::collections::{HashMap, HashSet};

use crate::transfer::{End, FileEnding, News, Part, Preflight};
use crate::words;

/// The most files that are kept to be shown. A folder may hold more; they are counted.
const MOST_FILES: usize = 200_000;

/// What a folder holds, as far as it was told.
#[derive(Debug, Default)]
pub struct Contents {
    /// What there is to fetch.
    pub preflight: Option<Box<Preflight>>,
    running: Vec<Part>,
    /// Those that did not end well, and those that did: the newest last.
    bad: Vec<FileEnding>,
    good: Vec<FileEnding>,
    /// Those that came before this run.
    earlier: Earlier,
    memory: Memory,
}

/// What is known of what was written down in an earlier run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Memory {
    /// All of it; or there is nothing to know.
    #[default]
    Told,
    /// Nothing, and nobody has asked.
    Unasked,
    /// Nothing yet.
    Asked,
}

/// One file of a folder.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Content<'a> {
    /// On its way.
    Running(&'a Part),
    /// It is over.
    Ended(&'a FileEnding),
}

impl Contents {
    /// Of a folder of an earlier run.
    pub(super) fn restored() -> Self {
        Self { memory: Memory::Unasked, ..Self::default() }
    }

    /// Takes in what happened.
    pub(super) fn hear(&mut self, news: &News) {
        match news {
            News::Queued => {
                self.preflight = None;
                self.running.clear();
                self.bad.clear();
                // What is here is not fetched again, and not told again.
                self.earlier.add(std::mem::take(&mut self.good));
            }
            News::Preflight(preflight) => self.preflight = Some(preflight.clone()),
            News::Part(part) => match self.running.iter_mut().find(|one| one.name == part.name) {
                Some(one) => one.progress = part.progress,
                None => self.running.push(part.as_ref().clone()),
            },
            News::File(file) => self.end(FileEnding::of(file)),
            News::Files(files) => self.remember(files),
            News::Paused | News::NoRoom(_) | News::Ended(_) => self.running.clear(),
            News::Phase(_)
            | News::Destination(_)
            | News::Facts { .. }
            | News::Joined(_)
            | News::Progress(_)
            | News::Line(_) => {}
        }
    }

    fn end(&mut self, file: FileEnding) {
        self.running.retain(|part| *part.name != *file.name);
        self.earlier.forget(&file.name);
        let list = if file.end.is_good() { &mut self.good } else { &mut self.bad };
        if list.len() < MOST_FILES {
            list.push(file);
        }
    }

    /// Whether somebody has to ask what came in an earlier run; who is told so, asks.
    pub(super) fn asks(&mut self) -> bool {
        let is_unasked = self.memory == Memory::Unasked;
        if is_unasked {
            self.memory = Memory::Asked;
        }
        is_unasked
    }

    /// Whether the answer is still to come.
    pub(super) fn is_asked(&self) -> bool {
        self.memory == Memory::Asked
    }

    /// What was written down. What was told since is newer.
    fn remember(&mut self, files: &[FileEnding]) {
        self.memory = Memory::Told;
        let known: HashSet<_> = self.bad.iter().chain(&self.good).map(|file| &*file.name).collect();
        let news = files.iter().filter(|file| !known.contains(&*file.name)).cloned();
        let (good, mut bad): (Vec<_>, Vec<_>) = news.partition(|file| file.end.is_good());
        bad.append(&mut self.bad);
        self.bad = bad;
        self.earlier.add(good);
    }

    /// How many files can be shown.
    #[must_use]
    pub fn len(&self) -> usize {
        self.running.len() + self.bad.len() + self.good.len() + self.earlier.files.len()
    }

    /// Whether nothing can be shown.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One of them, as they are shown: first what is on its way, then what did not end well, then the
    /// rest; the newest of each first.
    #[must_use]
    pub fn nth(&self, n: usize) -> Option<Content<'_>> {
        if let Some(part) = self.running.get(n) {
            return Some(Content::Running(part));
        }
        let mut n = n - self.running.len();
        for list in [&self.bad, &self.good, &self.earlier.files] {
            match list.len().checked_sub(n + 1) {
                Some(at) => return list.get(at).map(Content::Ended),
                None => n -= list.len(),
            }
        }
        None
    }
}

/// Files that came before this run. Any of them may be fetched again, so each is found by its name.
#[derive(Debug, Default)]
struct Earlier {
    files: Vec<FileEnding>,
    places: HashMap<Box<str>, usize>,
}

impl Earlier {
    fn add(&mut self, files: Vec<FileEnding>) {
        for file in files {
            self.forget(&file.name);
            if self.files.len() < MOST_FILES {
                self.places.insert(file.name.clone(), self.files.len());
                self.files.push(file);
            }
        }
    }

    fn forget(&mut self, name: &str) {
        let Some(at) = self.places.remove(name) else { return };
        self.files.swap_remove(at);
        if let Some(moved) = self.files.get(at) {
            self.places.insert(moved.name.clone(), at);
        }
    }
}

impl Content<'_> {
    /// Its path from the folder on, as it may be shown.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Running(part) => &part.name,
            Self::Ended(ended) => &ended.name,
        }
    }

    /// What there is to say about it.
    #[must_use]
    pub fn facts(&self) -> String {
        match self {
            Self::Running(Part { progress, .. }) => {
                let received = progress.received;
                match progress.expected.filter(|&size| size >= received) {
                    Some(size) => words::bytes_of(received, size),
                    None => words::bytes(received),
                }
            }
            Self::Ended(FileEnding { end: End::Complete, length: Some(length), .. }) => {
                words::bytes(*length)
            }
            Self::Ended(FileEnding { sentence, length: Some(length), .. }) => {
                format!("{} · {}", words::shown(sentence), words::bytes(*length))
            }
            Self::Ended(FileEnding { sentence, .. }) => words::shown(sentence),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::{Failure, FileEnd, Progress, Summary, Verdict};

    fn part(name: &str, received: u64) -> News {
        let progress = Progress {
            received,
            expected: Some(1000),
            speed: 0.0,
            remaining: None,
            brake: None,
            connections: 1,
        };
        News::Part(Box::new(Part { name: name.to_owned(), progress }))
    }

    fn over(name: &str, outcome: Result<u64, Failure>) -> News {
        let address = "ftp://h.example/x".parse().unwrap();
        let outcome = outcome.map(|length| Summary {
            path: name.into(),
            length,
            modified: None,
            sha256: None,
            took: std::time::Duration::ZERO,
            verdict: Verdict::Complete,
        });
        News::File(Box::new(FileEnd { name: name.to_owned(), address, outcome }))
    }

    fn ended(name: &str, end: End) -> FileEnding {
        FileEnding { name: name.into(), end, sentence: "So".into(), length: None }
    }

    fn after(news: impl IntoIterator<Item = News>) -> Contents {
        let mut contents = Contents::default();
        news.into_iter().for_each(|news| contents.hear(&news));
        contents
    }

    fn names(contents: &Contents) -> Vec<String> {
        let all = (0..).map_while(|n| contents.nth(n));
        all.map(|it| it.name().to_owned()).collect()
    }

    #[test]
    fn what_runs_stands_first_and_what_is_over_runs_no_more() {
        let failed = over("b", Err(Failure::NotAFile));
        let mut contents = after([part("a", 1), part("b", 2), part("a", 3), failed]);
        assert_eq!(names(&contents), ["a", "b"]);
        assert_eq!(contents.nth(0).unwrap().facts(), "3 bytes of 1.0 KB");
        contents.hear(&News::Paused);
        assert_eq!(names(&contents), ["b"]);
        contents.hear(&News::Queued);
        assert!(contents.is_empty());
    }

    #[test]
    fn what_came_before_a_pause_stays_and_is_not_shown_twice_if_it_comes_again() {
        let failed = || over("x", Err(Failure::NotAFile));
        let came = |names: &[&str]| names.iter().map(|name| over(name, Ok(1))).collect::<Vec<_>>();
        let mut contents = after(came(&["a", "b", "c"]).into_iter().chain([failed()]));
        assert_eq!(names(&contents), ["x", "c", "b", "a"]);
        contents.hear(&News::Queued);
        assert_eq!(names(&contents), ["c", "b", "a"], "what failed is tried again");
        came(&["d", "a"]).iter().for_each(|news| contents.hear(news));
        contents.hear(&failed());
        assert_eq!(names(&contents), ["x", "a", "d", "b", "c"]);
    }

    #[test]
    fn what_was_written_down_is_asked_for_once_and_is_older_than_what_was_told() {
        let mut contents = Contents::restored();
        assert!(contents.asks() && !contents.asks() && contents.is_asked());
        contents.hear(&News::Queued);
        contents.hear(&over("b", Ok(1)));
        let told = [("a", End::Verified), ("b", End::Complete), ("c", End::Failed)];
        let told = told.map(|(name, end)| ended(name, end)).to_vec();
        contents.hear(&News::Files(told));
        assert!(!contents.is_asked());
        assert_eq!(names(&contents), ["c", "b", "a"]);
        assert_eq!(contents.nth(1).unwrap().facts(), "1 byte");
    }
}
