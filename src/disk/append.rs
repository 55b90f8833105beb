//! Bytes that arrive in their order, and are added to what is here.

use std::fs::{self, File};
use std::io;
use std::time::Duration;

use super::conduit::{Conduit, Room};
use super::error::Error;
use super::hashing::Block;
use super::partial::Partial;
use super::positioned::write_all_at;
use super::ranges::Ranges;
use super::record::{self, Record};
use super::recorder::Urgency;
use super::space;

/// How often it is written down how far the file is. A killed program fetches at most a second's
/// bytes again: half of it is for the disk to take the bytes before.
const WRITE_DOWN: Duration = Duration::from_millis(500);

/// How much is given back when the disk is full, in bytes, so that the record can be written.
const ROOM_FOR_RECORD: u64 = 64 * 1024;

/// How far ahead of the bytes room is reserved. Not the whole file: a size is only an estimate.
const RESERVE: u64 = 4 * 1024 * 1024;

/// Why bytes that were here cannot be counted on.
pub(super) const TAKEN_AWAY: &str = "another program has cut, removed or replaced its .part file";

impl Partial {
    /// Adds bytes at the end: `fill` is given room for them and tells how many it put there. Tells the
    /// same number; 0 is the end of the data. Only where all that is here is the beginning: in between,
    /// [`Partial::put`] knows its way.
    ///
    /// `by_pipe`: they come as they are, and may go through a pipe.
    ///
    /// # Errors
    ///
    /// What `fill` says, or an [`Error`] of writing. Then nothing was added.
    pub fn append<E: From<Error>>(
        &mut self,
        by_pipe: bool,
        fill: impl FnOnce(Room<'_>) -> Result<usize, E>,
    ) -> Result<usize, E> {
        let Some(work) = &mut self.work else {
            return Err(Error::new(&self.part, "written", io::ErrorKind::NotFound.into()).into());
        };
        let added = match work.conduit.take_if(|_| by_pipe) {
            Some(conduit) => self.append_by(conduit, fill)?,
            None => {
                let block = work.block.take().unwrap_or_else(|| work.recorder.block());
                self.append_from(block, fill)?
            }
        };
        if added > 0 {
            self.after_writing()?;
        }
        Ok(added)
    }

    /// Through the memory of this program, where they are hashed.
    fn append_from<E: From<Error>>(
        &mut self,
        mut block: Block,
        fill: impl FnOnce(Room<'_>) -> Result<usize, E>,
    ) -> Result<usize, E> {
        let length = self.length();
        let filled = fill(Room::Block(&mut block));
        let mut written = Ok(());
        if let Ok(count @ 1..) = filled {
            self.reserve(length, count);
            written = self.write(length, block.get(..count).unwrap_or_default());
        }
        if let Some(work) = &mut self.work {
            work.block = match (&filled, &written) {
                (Ok(count @ 1..), Ok(())) => work.recorder.take_in(block, length, *count),
                _ => Some(block),
            };
        }
        written?;
        filled
    }

    /// Through a pipe, past the memory of this program. The hash is computed from what is in the file, which is
    /// still in the memory of the system: reading it back is for the thread of the hash to do.
    fn append_by<E: From<Error>>(
        &mut self,
        conduit: Conduit,
        fill: impl FnOnce(Room<'_>) -> Result<usize, E>,
    ) -> Result<usize, E> {
        let length = self.length();
        if let Some(work) = &self.work {
            work.recorder.hash_up_to(length);
        }
        let filled = fill(conduit.room());
        if let Ok(count @ 1..) = filled {
            self.reserve(length, count);
            // What is left in the pipe when this fails is lost with it.
            self.write_by(length, count, |file| conduit.empty_into(file, length, count))?;
            if let Some(work) = &mut self.work {
                work.recorder.bring_to_disk(u64::try_from(count).unwrap_or(0));
            }
        }
        if let Some(work) = &mut self.work {
            work.conduit = Some(conduit);
        }
        filled
    }

    /// Keeps room for what comes next, where the size is known.
    fn reserve(&mut self, at: u64, count: usize) {
        let (Some(file), Some(work)) = (&self.file, &mut self.work) else { return };
        let size = self.record.size.unwrap_or(0);
        if at + u64::try_from(count).unwrap_or(0) > work.reserved && at < size {
            let room = RESERVE.min(size - at);
            space::reserve(file, at, room);
            work.reserved = at + room;
        }
    }

    /// Writes `bytes` in a gap, from byte `at` on.
    pub(super) fn write(&mut self, at: u64, bytes: &[u8]) -> Result<(), Error> {
        self.write_by(at, bytes.len(), |file| write_all_at(file, bytes, at))
    }

    /// The same of `count` bytes, which `write` brings into the file.
    fn write_by(
        &mut self,
        at: u64,
        count: usize,
        write: impl FnOnce(&File) -> io::Result<()>,
    ) -> Result<(), Error> {
        let written = match &self.file {
            Some(file) if file.metadata().is_ok_and(|it| it.len() < self.ranges.end()) => {
                // The next bytes would leave a hole. What is here is for the next start to judge.
                self.file = None;
                return Err(Error::new(&self.part, "written", io::Error::other(TAKEN_AWAY)));
            }
            Some(file) => write(file),
            None => Err(io::ErrorKind::NotFound.into()),
        };
        if let Err(error) = written {
            // Half a block may have found room: back to what the record can speak for.
            if let Some(file) = &self.file {
                file.set_len(self.ranges.end()).ok();
            }
            let mut error = Error::new(&self.part, "written", error);
            if let Error::Full { needed, .. } = &mut error {
                self.make_room_for_record();
                *needed = self.record.size.map(|size| size.saturating_sub(self.received()));
            }
            return Err(error);
        }
        self.ranges.grow(at, u64::try_from(count).unwrap_or(0));
        Ok(())
    }

    /// Does the disk still take what is written? And it may be time to write down how much there is.
    pub(super) fn after_writing(&mut self) -> Result<(), Error> {
        let Some(work) = &mut self.work else { return Ok(()) };
        if let Some(error) = work.recorder.take_error() {
            self.fall_back();
            return Err(Error::new(&self.part, "written", error));
        }
        if work.written_down.elapsed() >= WRITE_DOWN {
            self.write_down(Urgency::Passing);
        }
        Ok(())
    }

    /// What was taken for written is not on the disk: back to what the record there speaks for.
    fn fall_back(&mut self) {
        self.work = None; // Waits for the record on its way.
        let Ok(written) = Record::read(&self.record_path) else {
            self.file = None; // What is here is for the next start to judge.
            return;
        };
        self.ranges = Ranges::new(&written.ranges);
        self.record = written;
        if self.received() > 0 {
            return;
        }
        if self.is_in_its_place() {
            fs::remove_file(&self.part).ok();
            fs::remove_file(&self.record_path).ok();
        }
        self.file = None;
    }

    /// The disk is full, and may be so to the last byte. Gives back the end of the `.part`, which is
    /// fetched again for the comparison anyway, so that the record finds room: without it, all that
    /// is here would be lost.
    fn make_room_for_record(&mut self) {
        let Some(file) = &self.file else { return };
        self.ranges.give_back(ROOM_FOR_RECORD);
        if file.set_len(self.ranges.end()).is_err() || self.received() == 0 {
            return;
        }
        self.work = None; // Waits for the records on their way. The last one is written here.
        self.record.ranges = self.ranges.all().to_vec();
        self.record.hashed = None;
        if file.sync_data().is_ok() {
            self.record.written = record::now();
            self.record.write(&self.record_path).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::claim::Company;
    use super::*;

    const SOURCE: &str = "ftp://example.org/file";

    fn claimed(folder: &std::path::Path) -> Partial {
        Partial::claim(&folder.join("file"), SOURCE, true, Company::None).unwrap().0
    }

    fn add(file: &mut Partial, count: usize) -> Result<usize, Error> {
        file.append(false, |room| match room {
            Room::Block(block) => {
                block[..count].fill(7);
                Ok(count)
            }
            #[cfg(target_os = "linux")]
            Room::Pipe(..) => unreachable!("nobody has asked for it"),
        })
    }

    #[test]
    fn where_the_disk_loses_bytes_those_that_the_record_speaks_for_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = claimed(folder.path());
        file.begin(Some(3_000_000), None).unwrap();
        add(&mut file, 1_000_000).unwrap();
        file.write_down(Urgency::Lasting);
        let length_on_record = |file: &Partial| {
            Record::read(&file.record_path).unwrap().ranges.last().map_or(0, |range| range.1)
        };
        while length_on_record(&file) == 0 {
            std::thread::yield_now();
        }
        add(&mut file, 40_000).unwrap();
        file.fall_back();
        assert_eq!(file.length(), 1_000_000);
        drop(file);
        assert_eq!(claimed(folder.path()).length(), 1_000_000, "it does not begin anew");
    }

    #[test]
    fn where_the_disk_loses_all_nothing_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = claimed(folder.path());
        file.begin(Some(3_000_000), None).unwrap();
        add(&mut file, 1_000_000).unwrap();
        file.fall_back();
        drop(file);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_part_that_another_program_has_cut_gets_no_hole() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = claimed(folder.path());
        file.begin(Some(3_000_000), None).unwrap();
        add(&mut file, 1_000_000).unwrap();
        let part = file.part.clone();
        File::options().write(true).open(&part).unwrap().set_len(500_000).unwrap();
        let error = add(&mut file, 40_000).unwrap_err();
        assert!(error.to_string().ends_with("could not be written"), "{error}");
        drop(file);
        assert_eq!(fs::metadata(&part).unwrap().len(), 500_000, "it was not touched");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_hash_is_the_same_whether_bytes_come_through_a_pipe_or_through_memory() {
        use std::io::Write as _;

        use sha2::{Digest as _, Sha256};

        let folder = tempfile::tempdir().unwrap();
        let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| n.to_le_bytes()[1]).collect();
        let mut file = claimed(folder.path());
        file.begin(Some(3_000_000), None).unwrap();
        let mut ways = Vec::new();
        for (number, piece) in bytes.chunks(40_000).enumerate() {
            let added = file.append(number % 5 != 0, |room| -> Result<usize, Error> {
                ways.push(matches!(room, Room::Pipe(..)));
                match room {
                    Room::Block(block) => block[..piece.len()].copy_from_slice(piece),
                    Room::Pipe(pipe, _) => {
                        File::from(pipe.try_clone_to_owned().unwrap()).write_all(piece).unwrap();
                    }
                }
                Ok(piece.len())
            });
            assert_eq!(added.unwrap(), piece.len());
        }
        assert_eq!(ways, (0..75).map(|number| number % 5 != 0).collect::<Vec<_>>());
        assert_eq!(file.sha256().unwrap(), *Sha256::digest(&bytes));
    }
}
