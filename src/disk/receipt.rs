//! A receipt: the SHA-256 of what was fetched, as `sha256sum -c` reads it. It grows while files come.

mod lines;
mod order;

use std::fs::{self, File, TryLockError};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use self::lines::{MARK, line, parted, to_come};
use self::order::Sorter;
use super::checksum::Algorithm;
use super::error::Error;
use super::pile::Pile;
use super::place::{folder_of, is_same_file, nearest_folder};
use super::whole::replace_with;

/// No line is longer, in bytes: a path of Linux has at most 4096, and each may be escaped.
const MAX_LINE: u64 = 16 * 1024;

/// The SHA-256 of what was fetched, file by file. Clones share it.
///
/// Each line is written as soon as its file has its name, so that a crash takes none with it. What a
/// file is about to take the place of is crossed out before: no line ever speaks of a file that is not
/// there any more. At the end all lines are put in order, and each file has one.
#[derive(Debug, Clone)]
pub struct Receipt(Arc<Mutex<Book>>);

#[derive(Debug)]
struct Book {
    path: PathBuf,
    /// Locked. `None` once it is ended.
    file: Option<File>,
    /// The folder that was there, where the receipt was made just now.
    made_in: Option<PathBuf>,
    /// An earlier run has written something.
    has_old: bool,
    is_changed: bool,
    /// Files that are here already, and what is known of each.
    here: Pile,
    error: Option<Error>,
}

/// What is said of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Sum([u8; 32]),
    /// Another one is about to take its place.
    ToCome,
    /// It is on the disk as it is on the server, from an earlier run.
    Unchanged,
    /// Something is on the disk, and nobody looked at it.
    Skipped,
}

/// What a receipt holds in the end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Receipted {
    /// Files that it speaks of.
    pub files: u64,
    /// Files that are here, and of which it does not speak.
    pub missing: u64,
}

impl Receipt {
    /// A receipt at `path`, with what an earlier one says.
    ///
    /// # Errors
    ///
    /// * [`Error::Exists`] if something is there that is not one of ours.
    /// * [`Error::InUse`] if another Ashore writes it.
    /// * What else the system says.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let failed = |error| Error::new(path, "opened", error);
        if fs::metadata(path).is_ok_and(|there| !there.is_file()) {
            return Err(Error::Exists { path: path.to_owned() });
        }
        let folder = folder_of(path);
        let base = nearest_folder(folder)?.to_owned();
        fs::create_dir_all(folder).map_err(|error| Error::new(folder, "made", error))?;
        let mut options = File::options();
        options.read(true).append(true);
        let (mut file, made_in) = match options.clone().create_new(true).open(path) {
            Ok(file) => (file, Some(base)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                (options.open(path).map_err(failed)?, None)
            }
            Err(error) => return Err(failed(error)),
        };
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => return Err(Error::InUse { path: path.to_owned() }),
            // A disk that knows no locks is taken as it is.
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        let whole = match made_in {
            Some(_) => {
                file.write_all(format!("{MARK}\n").as_bytes()).map_err(failed)?;
                0
            }
            None => check(&mut file, path)?,
        };
        let book = Book {
            path: path.to_owned(),
            file: Some(file),
            made_in,
            has_old: whole > 0,
            is_changed: false,
            here: Pile::default(),
            error: None,
        };
        Ok(Self(Arc::new(Mutex::new(book))))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.book().path.clone()
    }

    /// Whether `path` is this receipt: nothing that is fetched may take its place.
    #[must_use]
    pub fn is_at(&self, path: &Path) -> bool {
        self.book().is_at(path)
    }

    /// A file is about to get its name.
    pub fn awaits(&self, path: &Path) {
        let mut book = self.book();
        if book.has_old {
            let line = to_come(&book.name_of(path));
            book.append(&line);
        }
    }

    /// A file has its name, and this is its SHA-256.
    pub fn take(&self, path: &Path, sum: &[u8; 32]) {
        let mut book = self.book();
        let line = line(sum, &book.name_of(path));
        book.append(&line);
    }

    /// A file is here already, and is the one on the server; or nobody has its SHA-256. It is computed
    /// at the end, unless the receipt speaks of the file.
    pub fn is_here(&self, path: &Path) {
        self.book().put(Said::Unchanged, path);
    }

    /// Something is here already, and nobody knows what.
    pub fn skips(&self, path: &Path) {
        self.book().put(Said::Skipped, path);
    }

    /// Ends it: computes what is missing, unless `stop` says that there is no time, and puts all in
    /// order. `None` if there was nothing to write; a receipt that would be empty is not left behind.
    ///
    /// # Errors
    ///
    /// If anything could not be written. What was there stays.
    pub fn end(&self, stop: &dyn Fn() -> bool) -> Result<Option<Receipted>, Error> {
        let mut book = self.book();
        let Some(file) = book.file.take() else { return Ok(None) };
        if let Some(error) = book.error.take() {
            return Err(error);
        }
        if !book.is_changed && book.here.is_empty() {
            book.clear_away(file);
            return Ok(None);
        }
        let path = book.path.clone();
        let mut sorted = book.sorted(file)?;
        let mut receipted = Receipted::default();
        let written = replace_with(&path, |to| {
            writeln!(to, "{MARK}")?;
            let mut last: Option<Entry> = None;
            while let Some(piece) = sorted.pop().map_err(io::Error::other)? {
                let (said, name) = unpacked(&piece).ok_or(io::ErrorKind::InvalidData)?;
                match &mut last {
                    Some(last) if last.name == name => last.hear(said),
                    _ => {
                        if let Some(entry) = last.replace(Entry::of(said, name)) {
                            entry.write(&book, to, stop, &mut receipted)?;
                        }
                    }
                }
            }
            last.map_or(Ok(()), |entry| entry.write(&book, to, stop, &mut receipted))
        });
        written.map_err(|error| Error::new(&path, "written", error))?;
        Ok(Some(receipted))
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        // Whoever panicked with this lock left whole lines behind.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    fn is_at(&self, path: &Path) -> bool {
        let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().to_lowercase());
        name(path) == name(&self.path) && is_same_file(path, &self.path)
    }

    /// Writes a line behind all others.
    fn append(&mut self, line: &str) {
        let Some(file) = self.file.as_mut().filter(|_| self.error.is_none()) else { return };
        self.is_changed = true;
        if let Err(error) = file.write_all(line.as_bytes()) {
            self.error = Some(Error::new(&self.path, "written", error));
        }
    }

    /// Keeps for the end what is said of a file that is here.
    fn put(&mut self, said: Said, path: &Path) {
        if self.file.is_none() || self.is_at(path) {
            return;
        }
        let piece = packed(said, &self.name_of(path));
        if let Err(error) = self.here.push(&piece) {
            self.error.get_or_insert(error);
        }
    }

    /// All that is said, in the order of the names; of one name, as it was said.
    fn sorted(&mut self, mut file: File) -> Result<Pile, Error> {
        let failed = |error| Error::new(&self.path, "read", error);
        let mut sorter = Sorter::by(name_in);
        file.rewind().map_err(failed)?;
        let mut lines = BufReader::new(file);
        let mut text = String::new();
        while lines.read_line(&mut text).map_err(failed)? > 0 {
            if let Some((said, name)) = text.strip_suffix('\n').and_then(parted) {
                sorter.push(packed(said, &name))?;
            }
            text.clear();
        }
        while let Some(piece) = self.here.pop()? {
            sorter.push(piece)?;
        }
        sorter.sorted()
    }

    /// Nothing was written to it: if it was not there before, it is not there now.
    fn clear_away(&self, file: File) {
        let Some(base) = &self.made_in else { return };
        drop(file);
        fs::remove_file(&self.path).ok();
        let made = folder_of(&self.path).ancestors().take_while(|folder| folder != base);
        // Each goes only if it is empty.
        made.for_each(|folder| drop(fs::remove_dir(folder)));
    }

    /// The file's path from the receipt's folder; the whole path where it lies elsewhere.
    fn name_of(&self, file: &Path) -> String {
        let folder = folder_of(&self.path);
        let from = |base: &Path| file.strip_prefix(base).map(Path::to_owned).ok();
        let canonical = || {
            let base = fs::canonicalize(folder).ok()?;
            let within = fs::canonicalize(folder_of(file)).ok()?;
            Some(within.strip_prefix(base).ok()?.join(file.file_name()?))
        };
        let path = from(folder).or_else(canonical).unwrap_or_else(|| file.to_owned());
        let path = path.strip_prefix(".").unwrap_or(&path);
        let name = path.to_string_lossy().into_owned();
        if cfg!(windows) { name.replace('\\', "/") } else { name }
    }
}

/// All that is said of one file.
struct Entry {
    name: String,
    sum: Option<[u8; 32]>,
    is_unchanged: bool,
    is_skipped: bool,
}

impl Entry {
    fn of(said: Said, name: String) -> Self {
        let mut entry = Self { name, sum: None, is_unchanged: false, is_skipped: false };
        entry.hear(said);
        entry
    }

    fn hear(&mut self, said: Said) {
        match said {
            Said::Sum(sum) => self.sum = Some(sum),
            Said::ToCome => self.sum = None,
            Said::Unchanged => self.is_unchanged = true,
            Said::Skipped => self.is_skipped = true,
        }
    }

    fn write(
        self,
        book: &Book,
        to: &mut impl Write,
        stop: &dyn Fn() -> bool,
        receipted: &mut Receipted,
    ) -> io::Result<()> {
        let path = folder_of(&book.path).join(&self.name);
        let computed = || sha256(&path, stop).ok().flatten();
        match self.sum.or_else(|| self.is_unchanged.then(computed).flatten()) {
            Some(sum) => {
                receipted.files += 1;
                to.write_all(line(&sum, &self.name).as_bytes())
            }
            None => {
                receipted.missing += u64::from(self.is_unchanged || self.is_skipped);
                Ok(())
            }
        }
    }
}

fn sha256(path: &Path, stop: &dyn Fn() -> bool) -> io::Result<Option<[u8; 32]>> {
    let sum = Algorithm::Sha256.compute(File::open(path)?, stop)?;
    Ok(sum.and_then(|sum| sum.bytes().try_into().ok()))
}

/// Whether the file is a receipt of ours, down to its last line; and how many bytes of lines there are
/// under the first. A line that a crash has cut short is cut off: nobody knows what it was to say.
fn check(file: &mut File, path: &Path) -> Result<u64, Error> {
    let failed = |error| Error::new(path, "read", error);
    let (mut whole, mut text) = (0, Vec::new());
    let mut lines = BufReader::new(&*file);
    loop {
        text.clear();
        let length = (&mut lines).take(MAX_LINE).read_until(b'\n', &mut text).map_err(failed)?;
        let Some(line) = text.strip_suffix(b"\n") else {
            // An empty file is nobody's, but nor is it ours.
            if whole == 0 || length == usize::try_from(MAX_LINE).unwrap_or(usize::MAX) {
                return Err(Error::Exists { path: path.to_owned() });
            }
            if length > 0 {
                file.set_len(whole).map_err(|error| Error::new(path, "written", error))?;
            }
            let first = u64::try_from(MARK.len() + 1).unwrap_or(0);
            return Ok(whole.saturating_sub(first));
        };
        let line = std::str::from_utf8(line).unwrap_or_default();
        if !(if whole == 0 { line == MARK } else { parted(line).is_some() }) {
            return Err(Error::Exists { path: path.to_owned() });
        }
        whole += u64::try_from(length).unwrap_or(0);
    }
}

/// What is said comes first, then the name.
fn packed(said: Said, name: &str) -> Vec<u8> {
    let (kind, sum) = match said {
        Said::Sum(sum) => (0, sum),
        Said::ToCome => (1, [0; 32]),
        Said::Unchanged => (2, [0; 32]),
        Said::Skipped => (3, [0; 32]),
    };
    [&[kind], &sum[..], name.as_bytes()].concat()
}

fn unpacked(piece: &[u8]) -> Option<(Said, String)> {
    let (kind, rest) = piece.split_first()?;
    let (sum, name) = rest.split_first_chunk()?;
    let said = match kind {
        0 => Said::Sum(*sum),
        1 => Said::ToCome,
        2 => Said::Unchanged,
        _ => Said::Skipped,
    };
    Some((said, String::from_utf8(name.to_vec()).ok()?))
}

fn name_in(piece: &[u8]) -> &[u8] {
    piece.get(33..).unwrap_or_default()
}

#[cfg(test)]
mod tests;
