//! The log: what was said to servers, what they answered, and what Ashore has to say about it.
//!
//! The newest lines are kept here, all of them in a [file](super::log_file). How it is drawn is in
//! `log_view`. Knows no egui.

mod older;

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use self::older::PAUSE;
pub use self::older::{Dump, Hunt, Seeking};
use super::mask::Mask;
use crate::ftp::Address;
use crate::transfer::{Line, TransferId, Voice};
use crate::words;

/// The most lines that are kept in memory: a session of days must not fill it.
pub const MOST_LINES: usize = 20_000;

/// The most lines that are kept of those that were found in the file.
pub const MOST_FOUND: usize = 20_000;

/// What a line is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Talk {
    /// A transfer.
    Transfer(TransferId),
    /// A look around this server, with no transfer.
    Visit(Arc<str>),
}

impl From<TransferId> for Talk {
    fn from(id: TransferId) -> Self {
        Self::Transfer(id)
    }
}

/// Which lines are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Those of one talk alone.
    pub only: Option<Talk>,
    /// Plain sentences alone, without the conversation.
    pub is_story: bool,
    /// What did not go as it was meant to, alone.
    pub is_trouble: bool,
    /// Those that hold this text, whatever its case.
    pub search: String,
}

impl Filter {
    /// `search` is that of the filter, in small letters.
    pub(super) fn shows(&self, talk: &Talk, line: &Line, search: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only == talk)
            && (!self.is_story || matches!(line.voice, Voice::Story | Voice::Warning))
            && (!self.is_trouble || line.is_trouble())
            && (search.is_empty() || line.text.to_lowercase().contains(search))
    }

    /// The text that is searched for, in small letters.
    pub(super) fn search(&self) -> String {
        self.search.trim().to_lowercase()
    }
}

/// All that was said, the newest last.
#[derive(Debug, Default)]
pub struct Log {
    entries: VecDeque<(Talk, Line)>,
    /// How many entries were dropped at the front.
    dropped: u64,
    filter: Filter,
    /// The text that is searched for, in small letters.
    search: String,
    /// The entries that are shown, numbered from the first that ever was.
    shown: VecDeque<u64>,
    /// Older ones that are shown above them.
    found: VecDeque<(Talk, Line)>,
    /// Whether somebody looks for those.
    seeking: Seeking,
    /// Counts the filters.
    number: u64,
    /// By how many lines what is shown has moved down since somebody asked.
    slid: i64,
    /// Whether other lines are shown since somebody asked.
    has_turned: bool,
    /// Whether lines about different things have come.
    has_several: bool,
    /// Servers that were looked around on.
    visits: BTreeSet<Arc<str>>,
    /// Whether all lines are written into a file.
    pub has_file: bool,
    /// Whether hosts and users are hidden.
    pub is_masked: bool,
    /// How they are hidden.
    mask: Mask,
}

impl Log {
    /// Nothing was said yet.
    #[must_use]
    pub fn new() -> Self {
        Self { mask: Mask::new(), ..Self::default() }
    }

    /// Learns of whom the lines speak: that they can be hidden, also when their row is gone.
    pub fn know(&mut self, address: &Address) {
        self.mask.learn(address);
    }

    /// Takes in a line.
    pub fn push(&mut self, talk: impl Into<Talk>, line: Line) {
        let talk = talk.into();
        if let Talk::Visit(host) = &talk
            && !self.visits.contains(host)
        {
            self.visits.insert(Arc::clone(host));
        }
        self.has_several |= self.entries.back().is_some_and(|(last, _)| *last != talk);
        if self.entries.len() >= MOST_LINES {
            self.drop_oldest();
        }
        if self.filter.shows(&talk, &line, &self.search) {
            self.shown.push_back(self.dropped + self.entries.len() as u64);
        }
        self.entries.push_back((talk, line));
    }

    fn drop_oldest(&mut self) {
        let Some(oldest) = self.entries.pop_front() else { return };
        self.dropped += 1;
        if self.shown.front().is_none_or(|&first| first >= self.dropped) {
            return;
        }
        self.shown.pop_front();
        self.slid -= 1;
        if self.is_narrow() {
            // It is one of those that somebody looks for.
            self.slid += 1;
            self.found.push_back(oldest);
            if self.found.len() > MOST_FOUND {
                self.found.pop_front();
                self.slid -= 1;
            }
        }
    }

    /// Whether only some of the lines are shown.
    fn is_narrow(&self) -> bool {
        self.filter != Filter::default()
    }

    /// Servers that were looked around on.
    pub fn visits(&self) -> impl Iterator<Item = &Arc<str>> {
        self.visits.iter()
    }

    /// Which lines are shown.
    #[must_use]
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// Shows other lines.
    pub fn set_filter(&mut self, filter: Filter) {
        self.search = filter.search();
        self.filter = filter;
        let numbered = (self.dropped..).zip(&self.entries);
        let is_shown =
            |(_, (talk, line)): &(u64, &(Talk, Line))| self.filter.shows(talk, line, &self.search);
        self.shown = numbered.filter(is_shown).map(|(n, _)| n).collect();
        self.found.clear();
        self.slid = 0;
        self.has_turned = true;
        self.number += 1;
        let is_more = self.is_narrow() && self.has_file && self.dropped > 0;
        self.seeking = if is_more { Seeking::Due(Instant::now() + PAUSE) } else { Seeking::Rests };
    }

    /// How many lines are shown.
    #[must_use]
    pub fn len(&self) -> usize {
        self.found.len() + self.shown.len()
    }

    /// Whether no line is shown.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether there are lines at all, shown or not.
    #[must_use]
    pub fn has_lines(&self) -> bool {
        !self.entries.is_empty()
    }

    /// How many lines are not in memory any more.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// By how many lines what is shown has moved down since the last time, or up if that is negative:
    /// whoever reads further up must not lose their place.
    pub fn take_slid(&mut self) -> i64 {
        std::mem::take(&mut self.slid)
    }

    /// Whether other lines are shown since the last time: nobody has a place among them yet.
    pub fn take_turned(&mut self) -> bool {
        std::mem::take(&mut self.has_turned)
    }

    /// One of the lines that are shown.
    #[must_use]
    pub fn line(&self, at: usize) -> Option<&Line> {
        self.entry(at).map(|(_, line)| line)
    }

    /// The same, with what it is about.
    #[must_use]
    pub fn entry(&self, at: usize) -> Option<&(Talk, Line)> {
        let Some(at) = at.checked_sub(self.found.len()) else { return self.found.get(at) };
        let at = self.shown.get(at)?.checked_sub(self.dropped)?;
        self.entries.get(usize::try_from(at).ok()?)
    }

    /// Whether lines about different things are shown.
    #[must_use]
    pub fn is_mixed(&self) -> bool {
        self.filter.only.is_none() && self.has_several
    }

    /// The lines of one transfer, shown or not.
    pub fn lines_of(&self, id: TransferId) -> impl Iterator<Item = &Line> {
        let talk = Talk::Transfer(id);
        self.entries.iter().filter(move |(of, _)| *of == talk).map(|(_, line)| line)
    }

    /// What a line says, as it is to be shown: who, and what.
    #[must_use]
    pub fn said(&self, line: &Line) -> String {
        said(line, self.hides())
    }

    fn hides(&self) -> Option<&Mask> {
        Some(&self.mask).filter(|_| self.is_masked)
    }

    /// The name of something that is shown beside lines.
    #[must_use]
    pub fn name(&self, name: &str) -> String {
        self.hides().map_or_else(|| name.to_owned(), |mask| mask.masked(name))
    }

    /// The lines that are shown, as text to be pasted somewhere.
    #[must_use]
    pub fn text(&self) -> String {
        let lines = (0..self.len()).filter_map(|at| self.line(at));
        lines.map(|line| render(line, self.hides())).collect()
    }
}

fn said(line: &Line, mask: Option<&Mask>) -> String {
    let text = words::shown(&line.text);
    let text = mask.map_or_else(|| text.clone(), |mask| mask.masked(&text));
    format!("{} {text}", sign(line.voice))
}

fn render(line: &Line, mask: Option<&Mask>) -> String {
    format!("{}  {}\n", words::time_of_day(line.at), said(line, mask))
}

/// Who says a line.
pub(super) fn sign(voice: Voice) -> char {
    match voice {
        Voice::Sent => '→',
        Voice::Received => '←',
        Voice::Story => '•',
        Voice::Warning => '!',
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::SystemTime;

    const A: TransferId = TransferId(1);
    const B: TransferId = TransferId(2);

    fn line(text: &str) -> Line {
        Line { at: SystemTime::UNIX_EPOCH, voice: Voice::Sent, text: text.to_owned() }
    }

    fn only(id: TransferId) -> Filter {
        Filter { only: Some(id.into()), ..Filter::default() }
    }

    /// What is shown, without the times.
    fn texts(log: &Log) -> Vec<String> {
        log.text().lines().map(|line| line.get(10..).unwrap().to_owned()).collect()
    }

    #[test]
    fn the_log_forgets_its_oldest_lines_and_no_others() {
        let mut log = Log::new();
        for n in 0..MOST_LINES + 3 {
            log.push(if n % 2 == 0 { A } else { B }, line(&n.to_string()));
        }
        assert_eq!((log.len(), log.dropped(), log.take_slid()), (MOST_LINES, 3, -3));
        assert_eq!(log.line(0).unwrap().text, "3");
        assert_eq!(log.line(MOST_LINES - 1).unwrap().text, (MOST_LINES + 2).to_string());
        log.set_filter(only(A));
        assert_eq!(log.line(0).unwrap().text, "4");
        log.push(A, line("new"));
        log.push(B, line("not shown"));
        log.push(A, line("newest"));
        assert_eq!(log.line(0).unwrap().text, "4", "who looks at few lines keeps them");
        assert_eq!(log.line(log.len() - 1).unwrap().text, "newest");
    }

    #[test]
    fn one_transfer_alone_can_be_read_and_copied() {
        let mut log = Log::new();
        log.push(A, line("USER anonymous"));
        log.push(B, line("RETR other"));
        log.push(A, Line { voice: Voice::Received, ..line("331 Password?\u{1b}[2J") });
        log.set_filter(only(A));
        assert_eq!(texts(&log), ["→ USER anonymous", "← 331 Password?\\u{1b}[2J"]);
    }

    #[test]
    fn the_story_alone_the_trouble_alone_and_a_search_show_fewer_lines() {
        let mut log = Log::new();
        log.push(A, Line { voice: Voice::Story, ..line("Signed in") });
        log.push(A, line("RETR Späße.txt"));
        log.push(A, Line { voice: Voice::Received, ..line("550 No such file") });
        log.push(B, Line { voice: Voice::Warning, ..line("Careful") });
        log.set_filter(Filter { is_story: true, ..Filter::default() });
        assert_eq!(texts(&log), ["• Signed in", "! Careful"]);
        log.set_filter(Filter { is_trouble: true, ..Filter::default() });
        assert_eq!(texts(&log), ["← 550 No such file", "! Careful"]);
        log.set_filter(Filter { search: " SPÄSSE ".to_owned(), ..Filter::default() });
        assert!(log.is_empty() && log.has_lines());
        log.set_filter(Filter { search: " SPÄß".to_owned(), ..Filter::default() });
        assert_eq!(texts(&log), ["→ RETR Späße.txt"]);
        log.push(B, line("LIST späße"));
        assert_eq!(log.len(), 2, "new lines are searched too");
    }

    #[test]
    fn a_look_around_a_server_is_told_apart_from_transfers() {
        let mut log = Log::new();
        log.push(A, line("RETR x"));
        log.push(Talk::Visit("ftp.example.org".into()), line("LIST"));
        assert_eq!(log.visits().map(|host| &**host).collect::<Vec<_>>(), ["ftp.example.org"]);
        let only = Some(Talk::Visit("ftp.example.org".into()));
        log.set_filter(Filter { only, ..Filter::default() });
        assert_eq!(texts(&log), ["→ LIST"]);
    }

    #[test]
    fn what_is_copied_is_masked_when_what_is_shown_is() {
        let mut log = Log::new();
        log.know(&"ftp://ann@ftp.example.org/x".parse().unwrap());
        log.push(A, Line { voice: Voice::Received, ..line("230 Hello ann, from ftp.example.org") });
        log.is_masked = true;
        assert_eq!(texts(&log), ["← 230 Hello user-1, from host-1"]);
    }
}
