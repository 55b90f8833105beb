//! The `.part` file: claimed, made, grown, synced, and given its name without replacing anything.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use super::berth::Berth;
use super::checksum::{Algorithm, Checksum};
use super::claim::{self, Claim, Company};
use super::conduit::Conduit;
use super::error::Error;
use super::hashing::{Block, Hash, hash_so_far};
use super::place::{self, folder_of, with_ending};
use super::positioned::{Reader, read_exact_at};
use super::ranges::Ranges;
use super::record::{self, Record};
use super::recorder::{Recorder, Urgency};
use super::space;

/// A file on its way: `NAME.part` and its record, or nothing at all as long as no byte has come.
///
/// Dropping it keeps what has arrived, writes down how much, and leaves nothing behind where nothing
/// has arrived.
#[derive(Debug)]
pub struct Partial {
    pub(super) destination: PathBuf,
    pub(super) part: PathBuf,
    pub(super) record_path: PathBuf,
    pub(super) record: Record,
    hashes: bool,
    pub(super) ranges: Ranges,
    /// Opened and locked. `None` before the server has agreed to send.
    pub(super) file: Option<File>,
    pub(super) work: Option<Work>,
    pub(super) is_done: bool,
    _berth: Berth,
}

/// What there is while bytes arrive.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) recorder: Recorder,
    pub(super) block: Option<Block>,
    /// Where the system has such a thing.
    pub(super) conduit: Option<Conduit>,
    pub(super) reserved: u64,
    pub(super) written_down: Instant,
}

impl Partial {
    /// Takes the destination for this program alone, and finds what an earlier run has left there.
    ///
    /// Makes nothing on disk. The sentences are for the log: what was found and could not be used.
    ///
    /// # Errors
    ///
    /// [`Error::InUse`] if another download is at work on it, of this Ashore or of another; in
    /// [`Company::Welcome`], only if that fetches the very same.
    pub fn claim(
        destination: &Path,
        source: &str,
        hashes: bool,
        company: Company,
    ) -> Result<(Self, Vec<String>), Error> {
        let Claim { part, found, notices, berth } = claim::claim(destination, source, company)?;
        let (file, record) = found.unzip();
        let record = record.unwrap_or_else(|| Record::new(source));
        let partial = Self {
            destination: destination.to_owned(),
            record_path: with_ending(&part, claim::RECORD_ENDING),
            part,
            ranges: Ranges::new(&record.ranges),
            record,
            hashes,
            file,
            work: None,
            is_done: false,
            _berth: berth,
        };
        Ok((partial, notices))
    }

    /// The name that it was claimed for.
    #[must_use]
    pub fn destination(&self) -> &Path {
        &self.destination
    }

    /// Bytes that are there for certain, from the start.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.ranges.length()
    }

    /// The `.part` file, whether it is there yet or not.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.part
    }

    /// Whether size and time are what they were when the bytes that are there came. A fact that the
    /// server has not told, then or now, contradicts nothing; the bytes themselves decide.
    #[must_use]
    pub fn is_of(&self, size: Option<u64>, modified: Option<SystemTime>) -> bool {
        let is_same = |ours: Option<u64>, now: Option<u64>| {
            ours.zip(now).is_none_or(|(ours, now)| ours == now)
        };
        is_same(self.record.size, size)
            && is_same(self.record.modified, modified.and_then(record::seconds))
    }

    /// The size that the server mentioned when it began to send from the start: now, or in an attempt
    /// whose bytes are still here.
    pub fn announced(&mut self, now: Option<u64>) -> Option<u64> {
        self.record.announced = now.or(self.record.announced.filter(|_| self.length() > 0));
        self.record.announced
    }

    /// Bytes that are missing for a file of `size` bytes to fit on the disk. 0: there is room.
    #[must_use]
    pub fn missing_room(&self, size: u64) -> u64 {
        let folder = place::nearest_folder(folder_of(&self.part)).ok();
        let free = folder.and_then(|folder| space::available(folder).ok());
        let needed = size.saturating_sub(self.received());
        free.map_or(0, |free| needed.saturating_sub(free))
    }

    /// The server has agreed to send: makes the file, or opens what is there, ready for more bytes.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of making a file.
    pub fn begin(&mut self, size: Option<u64>, modified: Option<SystemTime>) -> Result<(), Error> {
        let is_continued = self.received() > 0;
        self.record.size = size.or(self.record.size.filter(|_| is_continued));
        let known = self.record.modified.filter(|_| is_continued);
        self.record.modified = modified.and_then(record::seconds).or(known);
        let file = match self.file.take() {
            Some(file) => file,
            None => self.create()?,
        };
        let wrong = |error| Error::new(&self.part, "written", error);
        if file.metadata().map_err(wrong)?.len() != self.ranges.end() {
            file.set_len(self.ranges.end()).map_err(wrong)?;
        }
        let is_new = self.work.is_none();
        if is_new {
            let hash = self.hashes.then(|| {
                let known = self.record.hashed.as_ref().and_then(Hash::from_record);
                hash_so_far(&file, self.length(), known)
            });
            let hash = hash.transpose().map_err(wrong)?;
            let twin = file.try_clone().map_err(wrong)?;
            let recorder = Recorder::start(twin, self.record_path.clone(), hash).map_err(wrong)?;
            self.work = Some(Work {
                recorder,
                block: None,
                conduit: Conduit::new(),
                reserved: self.length(),
                written_down: Instant::now(),
            });
        }
        self.file = Some(file);
        if !is_new {
            self.write_down(Urgency::Lasting);
            return Ok(());
        }
        // From now on the `.part` is known to be ours, whatever happens.
        self.record.written = record::now();
        let known = self.record.note(&self.record_path);
        known.map_err(|error| Error::new(&self.record_path, "written", error))
    }

    fn create(&self) -> Result<File, Error> {
        let folder = folder_of(&self.part);
        fs::create_dir_all(folder).map_err(|error| Error::new(folder, "made", error))?;
        let file = File::options().read(true).write(true).create_new(true).open(&self.part);
        let file = file.map_err(|error| match error.kind() {
            // Since it was claimed, somebody else has made one: two Ashores began at once.
            io::ErrorKind::AlreadyExists => Error::InUse { path: self.destination.clone() },
            _ => Error::new(&self.part, "made", error),
        })?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => Err(Error::InUse { path: self.destination.clone() }),
            // Some network disks know no locks; two Ashores at once are unlikely there.
            Err(TryLockError::Error(_)) | Ok(()) => Ok(file),
        }
    }

    /// Reads the bytes from `offset` on into `block`, for comparing.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], also if there are not as many bytes.
    pub fn read_at(&self, offset: u64, block: &mut [u8]) -> Result<(), Error> {
        let wrong = |error| Error::new(&self.part, "read", error);
        let Some(file) = &self.file else {
            return Err(wrong(io::ErrorKind::NotFound.into()));
        };
        read_exact_at(file, block, offset).map_err(wrong)
    }

    /// Writes down which bytes there are, as soon as they are synced.
    pub(super) fn write_down(&mut self, urgency: Urgency) {
        if let Some(work) = &mut self.work {
            let mut record = self.record.clone();
            record.ranges = self.ranges.all().to_vec();
            work.recorder.write_down(record, urgency);
            work.written_down = Instant::now();
        }
    }

    /// SHA-256 of all bytes, if it was asked for.
    #[must_use]
    pub fn sha256(&self) -> Option<[u8; 32]> {
        self.work.as_ref()?.recorder.digest(self.length())
    }

    /// The checksum of all bytes. They are read once more, unless it is the SHA-256 that was computed
    /// as they came. `None` if `stop` said so before the end.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if they cannot be read.
    pub fn checksum(
        &self,
        algorithm: Algorithm,
        stop: &dyn Fn() -> bool,
    ) -> Result<Option<Checksum>, Error> {
        if let (Algorithm::Sha256, Some(value)) = (algorithm, self.sha256()) {
            return Ok(Some(Checksum::sha256(value)));
        }
        let wrong = |error| Error::new(&self.part, "read", error);
        let Some(file) = &self.file else {
            return Err(wrong(io::ErrorKind::NotFound.into()));
        };
        algorithm.compute(Reader::new(file, self.length()), stop).map_err(wrong)
    }

    /// Whether an earlier run found that a checksum contradicts the bytes.
    #[must_use]
    pub fn is_disproven(&self) -> bool {
        self.record.disproven.is_some()
    }

    /// A checksum contradicts the bytes: this is written down, and they stay.
    pub fn disprove(&mut self) {
        let sha256 = self.sha256().map_or_else(String::new, |it| Checksum::sha256(it).digits());
        // Fetched anew, and the same again: the copy that was set aside has not one byte more.
        if !sha256.is_empty()
            && self.record.disproven_before.as_ref() == Some(&sha256)
            && let Some(name) = self.record.set_aside.pop()
        {
            self.remove_aside(&name);
        }
        self.record.disproven = Some(sha256);
        self.write_down(Urgency::Lasting);
    }

    /// Whether the name of the `.part` still belongs to the file that is open here.
    #[must_use]
    pub fn is_in_its_place(&self) -> bool {
        let Some(file) = &self.file else { return false };
        let (Ok(open), Ok(there)) = (file.metadata(), fs::symlink_metadata(&self.part)) else {
            return false;
        };
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            (open.dev(), open.ino()) == (there.dev(), there.ino())
        }
        // Elsewhere an open file cannot be removed from under its name.
        #[cfg(not(unix))]
        {
            open.is_file() && there.is_file()
        }
    }

    /// Writes the last record and closes the file. One that nothing was done to is left untouched.
    pub(super) fn let_go(&mut self) {
        self.write_down(Urgency::Lasting);
        let was_at_work = self.work.take().map(drop).is_some(); // Waits for the record.
        if let Some(file) = self.file.take()
            && was_at_work
        {
            file.set_len(self.ranges.end()).ok(); // Gives back the room that was reserved.
        }
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if self.is_done || self.file.is_none() {
            return;
        }
        let is_ours = self.work.is_some() && self.is_in_its_place();
        self.let_go();
        if self.received() == 0 && is_ours {
            fs::remove_file(&self.part).ok();
            fs::remove_file(&self.record_path).ok();
        }
    }
}
