//! Bytes in, entries out: lines are put together, and each is offered to the dialects in turn.

use std::time::SystemTime;

use jiff::civil::DateTime;
use memchr::memchr;

use super::line::{Line, Word, is_space, number};
use super::mark::Mark;
use super::usual::Usual;
use super::{Entry, date, dos, mlsd, mvs, others, unix, vms};
use crate::ftp::reply::MAX_LINE;

/// So many bytes of a line that cannot be read are quoted.
const MOST_QUOTED: usize = 200;

/// What is known about a listing before its first line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// The answer to `MLSD`: every line is facts and a name.
    Mlsd,
    /// The answer to `LIST`, by a server of which nothing is known.
    #[default]
    List,
    /// The answer to `LIST` by z/OS. Only there is a line with one word a name.
    Mvs,
}

impl Form {
    /// The form of `LIST` on a server that answers `SYST` with `text` (RFC 959 §4.1.3).
    #[must_use]
    pub fn of_system(text: &str) -> Self {
        let says = |word| text.split_whitespace().any(|part: &str| part.eq_ignore_ascii_case(word));
        // z/OS, too, calls itself MVS here. Its Unix side says UNIX.
        if says("MVS") && !says("UNIX") { Self::Mvs } else { Self::List }
    }
}

/// Reads a listing while it arrives.
///
/// However the bytes are cut into pieces, the entries are the same. It keeps one line, and the name of
/// one broken line, in memory; a line of more than 64 KiB is passed over. `.` and `..` are left out.
///
/// # Examples
///
/// ```
/// use ashore::ftp::listing::{Form, Parser};
///
/// let mut names = Vec::new();
/// let mut parser = Parser::new(Form::List, std::time::SystemTime::now());
/// parser.feed(b"-rw-r--r-- 1 a b 53 Jan 29 03:26 one\r\n-rw-r--r-- 1 a b", &mut |e| names.push(e.name));
/// parser.feed(b" 7 Jan 29  2001 two\r\n", &mut |entry| names.push(entry.name));
/// parser.end(&mut |entry| names.push(entry.name));
/// assert_eq!(names, [b"one", b"two"]);
/// ```
#[derive(Debug)]
pub struct Parser {
    form: Form,
    now: DateTime,
    usual: Usual,
    /// The line that has not ended yet.
    pub(super) line: Vec<u8>,
    /// Room for the words of a line.
    words: Vec<Word>,
    /// Whether what comes up to the next line break is to be passed over.
    is_too_long: bool,
    /// A name whose facts are in the next line (VMS, dls).
    name: Option<Vec<u8>>,
    /// The first line that no dialect claimed, or the beginning of it.
    unread: Option<Vec<u8>>,
    /// The last name on VMS without its version. Older versions of the file follow it.
    last: Vec<u8>,
    mark: Mark,
    /// The last line was begun, and ended before its name.
    is_torn: bool,
}

impl Parser {
    /// `now` is what dates without a year are taken to be close to.
    #[must_use]
    pub fn new(form: Form, now: SystemTime) -> Self {
        let now = date::civil(now);
        Self {
            form,
            now,
            usual: Usual::new(now),
            line: Vec::new(),
            words: Vec::new(),
            is_too_long: false,
            name: None,
            unread: None,
            last: Vec::new(),
            mark: Mark::default(),
            is_torn: false,
        }
    }

    /// Takes the next bytes in, and hands on the entries that they complete.
    pub fn feed(&mut self, bytes: &[u8], found: &mut dyn FnMut(Entry)) {
        let mut open = bytes;
        while let Some((line, rest)) = memchr(b'\n', open).and_then(|at| open.split_at_checked(at))
        {
            open = rest.get(1..).unwrap_or_default();
            if self.line.is_empty() && !self.is_too_long && line.len() <= MAX_LINE {
                self.take(line, found);
            } else {
                self.add(line);
                self.end_of_line(found);
            }
        }
        // What comes after the last line break has not ended.
        self.add(open);
    }

    fn add(&mut self, piece: &[u8]) {
        self.is_too_long |= self.line.len() + piece.len() > MAX_LINE;
        if self.is_too_long {
            self.line.clear();
        } else {
            self.line.extend_from_slice(piece);
        }
    }

    /// Whether the last bytes were those of a line that has not ended. A mark for the end of a text file,
    /// as old systems have it, is no line.
    #[must_use]
    pub fn is_in_line(&self) -> bool {
        self.line.iter().any(|&byte| byte > b' ')
    }

    /// Takes note that no more bytes come: the last line may lack its end. Gives the first line that no
    /// dialect claimed, or its beginning.
    pub fn end(&mut self, found: &mut dyn FnMut(Entry)) -> Option<Vec<u8>> {
        self.is_torn = self.is_in_line() && self.is_begun();
        self.end_of_line(found);
        self.unread.take()
    }

    /// Whether the line is one that was cut off before its name, whatever the server's habits are.
    fn is_begun(&self) -> bool {
        match self.form {
            Form::Mlsd => !mlsd::has_name(&self.line),
            Form::List | Form::Mvs => unix::is_begun(&self.line),
        }
    }

    /// Whether the last line ended before its name. Known at the end.
    pub(super) fn is_torn(&self) -> bool {
        self.is_torn
    }

    /// By what the folder is known again under another path (RFC 3659 §7.5.2), if the server tells it.
    pub(super) fn mark(&self) -> Option<u64> {
        self.mark.value()
    }

    fn end_of_line(&mut self, found: &mut dyn FnMut(Entry)) {
        let line = std::mem::take(&mut self.line);
        if !std::mem::take(&mut self.is_too_long) {
            self.take(&line, found);
        }
        // The room is used again.
        self.line = line;
        self.line.clear();
    }

    fn take(&mut self, line: &[u8], found: &mut dyn FnMut(Entry)) {
        let mut room = std::mem::take(&mut self.words);
        if let Some(entry) = self.read(line, &mut room)
            && !matches!(entry.name.as_slice(), b"" | b"." | b"..")
        {
            found(entry);
        }
        self.words = room;
    }

    fn read(&mut self, bytes: &[u8], room: &mut Vec<Word>) -> Option<Entry> {
        let end = bytes.iter().rposition(|&byte| byte != b'\r').map_or(0, |at| at + 1);
        let bytes = bytes.get(..end)?;
        if self.form == Form::Mlsd || mlsd::is_likely(bytes) {
            return mlsd::entry(bytes, &mut self.mark);
        }
        if self.name.is_none()
            && let usual @ Some(_) = self.usual.entry(bytes)
        {
            return usual;
        }
        let line = Line::new(bytes, room);
        let name = self.name.take();
        if line.len() == 0 {
            return None;
        }
        let Some(name) = name else { return self.one_of_all(&line) };
        vms::continued(&name, &line, self.now)
            .map(|entry| self.told_apart(entry, &name))
            .or_else(|| others::dls_continued(&name, &line, 0))
            .or_else(|| self.one_of_all(&line))
    }

    /// The dialects, the strict ones first.
    fn one_of_all(&mut self, line: &Line<'_>) -> Option<Entry> {
        let entry = others::eplf(line.bytes());
        if entry.is_some() {
            return entry;
        }
        // Handing an entry through all the others takes as long as reading it.
        let entry = unix::entry(line, self.now);
        if entry.is_some() { entry } else { self.one_of_the_rare(line) }
    }

    fn one_of_the_rare(&mut self, line: &Line<'_>) -> Option<Entry> {
        let now = self.now;
        dos::iis(line, now)
            .or_else(|| dos::size_first(line, now))
            .or_else(|| dos::numeric(line))
            .or_else(|| self.vms(line))
            .or_else(|| others::os_400(line, now))
            .or_else(|| mvs::data_set(line, now))
            .or_else(|| mvs::elsewhere(line))
            .or_else(|| mvs::member(line, now))
            .or_else(|| mvs::program(line))
            .or_else(|| mvs::job(line))
            .or_else(|| others::z_vm(line, now))
            .or_else(|| others::non_stop(line, now))
            .or_else(|| others::os_9(line, now))
            .or_else(|| others::bay(line, now))
            .or_else(|| others::dls(line))
            .or_else(|| self.bare(line))
    }

    fn vms(&mut self, line: &Line<'_>) -> Option<Entry> {
        match vms::read(line, self.now) {
            vms::Found::Entry(entry) => Some(self.told_apart(entry, line.word(0))),
            vms::Found::Name => {
                self.name = Some(line.word(0).to_vec());
                None
            }
            vms::Found::Nothing => None,
        }
    }

    /// VMS lists the versions of a file one after the other, the newest first. The newest goes by the
    /// plain name, the others need their version.
    fn told_apart(&mut self, mut entry: Entry, versioned: &[u8]) -> Entry {
        if self.last == entry.name {
            entry.name = versioned.to_vec();
        } else {
            self.last.clone_from(&entry.name);
        }
        entry
    }

    /// A line of one word: a name whose facts follow, or a member of which nothing else is known.
    fn bare(&mut self, line: &Line<'_>) -> Option<Entry> {
        if self.form == Form::Mvs {
            return mvs::bare(line);
        }
        // `total 0` is all that there is to say of an empty folder, in many languages.
        let is_sum = line.len() == 2 && number(line.word(1)).is_some();
        if self.unread.is_none() && !is_sum {
            self.unread =
                line.bytes().get(..line.bytes().len().min(MOST_QUOTED)).map(<[u8]>::to_vec);
        }
        let is_name = line.len() == 1 && !line.bytes().first().is_some_and(|byte| is_space(*byte));
        self.name = is_name.then(|| line.word(0).to_vec());
        None
    }
}
