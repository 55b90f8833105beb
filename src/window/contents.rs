//! The files of a folder that is fetched as one row. Knows no egui.

use crate::transfer::{End, Ending, FileEnd, News, Part, Preflight, Tally};
use crate::words;

/// The most files that are kept to be shown. A folder may hold more; they are counted.
const MOST_FILES: usize = 200_000;

/// What a folder holds, as far as it was told.
#[derive(Debug, Default)]
pub struct Contents {
    /// What there is to fetch.
    pub preflight: Option<Box<Preflight>>,
    /// What became of those that are over.
    pub tally: Tally,
    /// How many are over.
    pub over: u64,
    running: Vec<Part>,
    /// Those that did not end well, and those that did: the newest last.
    bad: Vec<Ended>,
    good: Vec<Ended>,
}

/// One file that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Its path from the folder on, as it may be shown.
    pub name: Box<str>,
    /// How it ended.
    pub end: End,
    /// What there is to say about it, in a sentence without a full stop.
    pub sentence: Box<str>,
    /// Its length in bytes, if it is here.
    pub length: Option<u64>,
}

/// One file of a folder.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Content<'a> {
    /// On its way.
    Running(&'a Part),
    /// It is over.
    Ended(&'a Ended),
}

impl Contents {
    /// Takes in what happened.
    pub(super) fn hear(&mut self, news: &News) {
        match news {
            News::Queued => *self = Self::default(),
            News::Preflight(preflight) => self.preflight = Some(preflight.clone()),
            News::Part(part) => match self.running.iter_mut().find(|one| one.name == part.name) {
                Some(one) => one.progress = part.progress,
                None => self.running.push(part.as_ref().clone()),
            },
            News::File(file) => self.end(file),
            News::Paused | News::NoRoom(_) | News::Ended(_) => self.running.clear(),
            News::Phase(_)
            | News::Destination(_)
            | News::Facts { .. }
            | News::Joined(_)
            | News::Progress(_)
            | News::Line(_) => {}
        }
    }

    fn end(&mut self, file: &FileEnd) {
        self.running.retain(|part| part.name != file.name);
        self.tally.count(&file.name, &file.outcome);
        self.over += 1;
        let Ending { end, sentence, length, .. } = Ending::of(&file.outcome);
        let is_good = matches!(end, End::Verified | End::Complete | End::Skipped);
        let list = if is_good { &mut self.good } else { &mut self.bad };
        if list.len() < MOST_FILES {
            let (name, sentence) = (file.name.as_str().into(), sentence.into());
            list.push(Ended { name, end, sentence, length });
        }
    }

    /// How many files can be shown.
    #[must_use]
    pub fn len(&self) -> usize {
        self.running.len() + self.bad.len() + self.good.len()
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
        let n = n - self.running.len();
        let newest = |list: &'_ Vec<Ended>, n: usize| list.len().checked_sub(n + 1);
        let ended = match newest(&self.bad, n) {
            Some(at) => self.bad.get(at),
            None => self.good.get(newest(&self.good, n - self.bad.len())?),
        };
        ended.map(Content::Ended)
    }

    /// `12 of 40 files`, and how many of them did not end well.
    #[must_use]
    pub fn words(&self) -> Option<String> {
        let all = self.preflight.as_ref().filter(|preflight| preflight.is_all)?.files;
        let files = if all == 1 { "file" } else { "files" };
        let all = all.max(self.over);
        let mut text = match self.over {
            over if over == all => format!("{} {files}", words::count(all)),
            over => format!("{} of {} {files}", words::count(over), words::count(all)),
        };
        let Tally { failed, needs_a_look, .. } = self.tally;
        match failed + needs_a_look {
            0 => {}
            bad => text.push_str(&format!(", {} not complete", words::count(bad))),
        }
        Some(text)
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
            Self::Ended(Ended { end: End::Complete, length: Some(length), .. }) => {
                words::bytes(*length)
            }
            Self::Ended(Ended { sentence, length: Some(length), .. }) => {
                format!("{} · {}", words::shown(sentence), words::bytes(*length))
            }
            Self::Ended(Ended { sentence, .. }) => words::shown(sentence),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::{Failure, Progress};

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

    fn over(name: &str, failure: Failure) -> News {
        let address = "ftp://h.example/x".parse().unwrap();
        News::File(Box::new(FileEnd { name: name.to_owned(), address, outcome: Err(failure) }))
    }

    #[test]
    fn what_runs_stands_first_and_what_is_over_runs_no_more() {
        let mut contents = Contents::default();
        for news in [part("a", 1), part("b", 2), part("a", 3), over("b", Failure::NotAFile)] {
            contents.hear(&news);
        }
        let all: Vec<_> =
            (0..3).map_while(|n| contents.nth(n)).map(|it| it.name().to_owned()).collect();
        assert_eq!(all, ["a", "b"]);
        assert_eq!(contents.nth(0).unwrap().facts(), "0.0 of 1.0 KB");
        contents.hear(&News::Paused);
        assert_eq!((contents.len(), contents.over), (1, 1));
        let mut all = Preflight::default();
        (all.files, all.is_all) = (3, true);
        contents.hear(&News::Preflight(Box::new(all)));
        assert_eq!(contents.words().unwrap(), "1 of 3 files, 1 not complete");
        contents.hear(&News::Queued);
        assert!(contents.is_empty());
    }
}
