//! The two ends of a `.part` file: it gets its name, or it gives way to a new one.

use std::fs;
use std::io;
use std::path::Path;
use std::time::SystemTime;

use super::append::TAKEN_AWAY;
use super::claim::RECORD_ENDING;
use super::error::Error;
use super::partial::Partial;
use super::place::{self, folder_of, rename_to_free_name, sync_folder, with_ending};
use super::ranges::Ranges;
use super::record::Record;

/// The highest number that a file that was set aside is looked for under.
const MOST_ASIDE: u32 = 1000;

impl Partial {
    /// The file on the server is not the one that the bytes here came from: begins anew. The old
    /// bytes are kept until the new file is complete.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if the old file cannot be given another name.
    pub fn restart(&mut self) -> Result<(), Error> {
        let is_ours = self.is_in_its_place();
        self.let_go();
        if !is_ours {
            // Somebody else's file stands there now. The next one of ours goes beside it.
            self.part = place::free_name(&self.part);
        } else if self.received() > 0 {
            let aside = place::free_name(&with_ending(&self.destination, ".old.part"));
            rename_to_free_name(&self.part, &aside)
                .map_err(|error| Error::new(&self.part, "renamed", error))?;
            let name = aside.file_name().unwrap_or_default().to_string_lossy().into_owned();
            self.keep_longest(name, self.received());
        } else {
            fs::remove_file(&self.part).ok();
        }
        fs::remove_file(&self.record_path).ok();
        self.record_path = with_ending(&self.part, RECORD_ENDING);
        let mut anew = Record::new(&self.record.source);
        anew.disproven_before = self.record.disproven.take();
        anew.set_aside = std::mem::take(&mut self.record.set_aside);
        self.record = anew;
        self.ranges = Ranges::default();
        Ok(())
    }

    /// The file is complete: syncs it, gives it the server's time and its name.
    ///
    /// # Errors
    ///
    /// * [`Error::Exists`] if something has that name by now and `replaces` is false. The bytes stay
    ///   in the `.part`.
    /// * [`Error::Io`], [`Error::Full`] if the disk refuses.
    pub fn finish(
        &mut self,
        destination: &Path,
        modified: Option<SystemTime>,
        replaces: bool,
    ) -> Result<(), Error> {
        let Some(file) = &self.file else {
            return Err(Error::new(&self.part, "finished", io::ErrorKind::NotFound.into()));
        };
        let wrong = |doing| move |error| Error::new(destination, doing, error);
        if let Some(error) = self.work.take().and_then(|work| work.recorder.end()) {
            // Bytes that were taken for written are not on the disk.
            return Err(wrong("written")(error));
        }
        if !self.is_in_its_place()
            || file.metadata().map_err(wrong("examined"))?.len() < self.length()
        {
            return Err(wrong("given its name")(io::Error::other(TAKEN_AWAY)));
        }
        file.set_len(self.length()).map_err(wrong("written"))?;
        if let Some(modified) = modified {
            // Some network disks keep their own times; the bytes are right all the same.
            file.set_modified(modified).ok();
        }
        file.sync_all().map_err(wrong("written"))?;
        let named = match replaces {
            true => fs::rename(&self.part, destination),
            false => rename_to_free_name(&self.part, destination),
        };
        named.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Error::Exists { path: destination.to_owned() },
            _ => Error::new(destination, "given its name", error),
        })?;
        self.is_done = true;
        self.file = None;
        sync_folder(folder_of(destination));
        fs::remove_file(&self.record_path).ok();
        self.record.set_aside.iter().for_each(|name| self.remove_aside(name));
        Ok(())
    }

    /// Of several older files only the longest is kept: a file that changes at every attempt must not
    /// fill the disk.
    fn keep_longest(&mut self, name: String, length: u64) {
        if let Some(other) = self.record.set_aside.pop() {
            let there = fs::metadata(folder_of(&self.part).join(&other)).map_or(0, |it| it.len());
            let (kept, dropped) = if length >= there { (name, other) } else { (other, name) };
            self.remove_aside(&dropped);
            self.record.set_aside.push(kept);
        } else {
            self.record.set_aside.push(name);
        }
    }

    /// Removes an older `.part` that was set aside. The name comes from a file that anybody may have
    /// written: only one that [`Partial::restart`] itself could have given is believed.
    pub(super) fn remove_aside(&self, name: &str) {
        let ours = with_ending(&self.destination, ".old.part");
        let is_ours = (1..=MOST_ASIDE).any(|number| {
            place::numbered(&ours, number).file_name().is_some_and(|ours| ours == name)
        });
        if is_ours {
            fs::remove_file(folder_of(&self.part).join(name)).ok();
        }
    }
}
