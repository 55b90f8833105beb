//! The two ends of a `.part` file: it gets its name, or it gives way to a new one.

use std::fs;
use std::io;
use std::path::Path;
use std::time::SystemTime;

use super::error::Error;
use super::partial::Partial;
use super::place::{self, folder_of, rename_to_free_name, sync_folder, with_ending};
use super::record::Record;

impl Partial {
    /// The file on the server is not the one that the bytes here came from: begins anew. The old
    /// bytes are kept until the new file is complete.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if the old file cannot be given another name.
    pub fn restart(&mut self) -> Result<(), Error> {
        self.let_go();
        if self.length > 0 {
            let aside = place::free_name(&with_ending(&self.destination, ".old.part"));
            rename_to_free_name(&self.part, &aside)
                .map_err(|error| Error::new(&self.part, "renamed", error))?;
            let name = aside.file_name().unwrap_or_default().to_string_lossy().into_owned();
            self.record.set_aside.push(name);
        } else {
            fs::remove_file(&self.part).ok();
        }
        fs::remove_file(&self.record_path).ok();
        let mut anew = Record::new(&self.record.source);
        anew.disproven_before = self.record.disproven.take();
        anew.set_aside = std::mem::take(&mut self.record.set_aside);
        self.record = anew;
        self.length = 0;
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
        file.set_len(self.length).map_err(wrong("written"))?;
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
        self.work = None;
        self.file = None;
        fs::remove_file(&self.record_path).ok();
        self.record.set_aside.iter().for_each(|name| self.remove_aside(name));
        sync_folder(folder_of(destination));
        Ok(())
    }

    pub(super) fn remove_aside(&self, name: &str) {
        // Only names that we made ourselves, and only beside the file.
        if let Some(name) = Path::new(name).file_name() {
            fs::remove_file(folder_of(&self.part).join(name)).ok();
        }
    }
}
