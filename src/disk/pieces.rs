//! A `.part` that grows in several places at once: what is missing, putting it there, and joining it.

use super::error::Error;
use super::partial::Partial;

impl Partial {
    /// The number of bytes that are here, wherever they belong.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.ranges.received()
    }

    /// What is missing: `[from, to)`, in order. An empty gap is a joint that nobody has compared; the
    /// last gap has no end.
    #[must_use]
    pub fn gaps(&self) -> Vec<(u64, u64)> {
        self.ranges.gaps()
    }

    /// The bytes that are here on both sides of `at`: from where without a gap, and up to where. Equal
    /// to `at` where there are none.
    #[must_use]
    pub fn around(&self, at: u64) -> (u64, u64) {
        let ranges = self.ranges.all();
        let left = ranges.iter().find(|range| range.1 == at).map_or(at, |range| range.0);
        let right = ranges.iter().find(|range| range.0 == at).map_or(at, |range| range.1);
        (left, right)
    }

    /// Puts `bytes` into a gap, from byte `at` on.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of writing. Then they are not there.
    pub fn put(&mut self, at: u64, bytes: &[u8]) -> Result<(), Error> {
        self.write(at, bytes)?;
        self.take_note(u64::try_from(bytes.len()).unwrap_or(0));
        self.after_writing()
    }

    /// The bytes before `at` and those from there on were shown to belong together.
    pub fn join(&mut self, at: u64) {
        self.ranges.join(at);
        self.take_note(0);
    }

    /// So many bytes more are here, and perhaps the beginning is longer than it was.
    fn take_note(&mut self, count: u64) {
        let length = self.length();
        if let Some(work) = &mut self.work {
            work.recorder.take_note(count, length);
        }
    }

    /// Of the bytes from `from` on, up to the next gap or joint, only those before `to` are to be
    /// believed.
    pub fn forget(&mut self, from: u64, to: u64) {
        self.ranges.forget(from, to);
    }

    /// Whether bytes are here that are not the file's beginning.
    #[must_use]
    pub fn has_gaps(&self) -> bool {
        self.ranges.end() > self.ranges.length()
    }

    /// Forgets all bytes but the file's beginning, up to the first gap or joint.
    pub fn forget_all_but_first(&mut self) {
        self.ranges.forget_all_but_first();
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use sha2::{Digest as _, Sha256};

    use super::super::claim::Company;
    use super::*;

    const SIZE: u64 = 300_000;

    fn bytes() -> Vec<u8> {
        (0..SIZE).map(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes()[1]).collect()
    }

    fn claim(folder: &std::path::Path) -> Partial {
        Partial::claim(&folder.join("file"), "ftp://example.org/file", true, Company::None)
            .unwrap()
            .0
    }

    #[test]
    fn pieces_that_came_in_any_order_are_one_file_with_one_hash() {
        let folder = tempfile::tempdir().unwrap();
        let bytes = bytes();
        let mut file = claim(folder.path());
        file.begin(Some(SIZE), None).unwrap();
        for (from, to) in [(0_u64, 10), (200_000, 300_000), (10, 90_000), (100_000, 200_000)] {
            file.put(from, &bytes[usize::try_from(from).unwrap()..to]).unwrap();
        }
        assert_eq!(file.gaps(), [(90_000, 100_000), (200_000, 200_000), (SIZE, u64::MAX)]);
        file.put(90_000, &bytes[90_000..100_000]).unwrap();
        assert_eq!(file.length(), 100_000, "what nobody has compared does not count");
        file.join(100_000);
        file.join(200_000);
        assert_eq!(file.length(), SIZE);
        assert_eq!(file.sha256().unwrap(), *Sha256::digest(&bytes));
        file.finish(&folder.path().join("file"), None, false).unwrap();
        assert_eq!(fs::read(folder.path().join("file")).unwrap(), bytes);
    }

    #[test]
    fn pieces_outlive_the_program_and_a_gap_is_never_taken_for_data() {
        let folder = tempfile::tempdir().unwrap();
        let bytes = bytes();
        let mut file = claim(folder.path());
        file.begin(Some(SIZE), None).unwrap();
        file.put(0, &bytes[..1000]).unwrap();
        file.put(200_000, &bytes[200_000..]).unwrap();
        drop(file);

        let mut file = claim(folder.path());
        assert_eq!((file.length(), file.received()), (1000, 101_000));
        assert_eq!(file.gaps(), [(1000, 200_000), (SIZE, u64::MAX)]);
        file.begin(Some(SIZE), None).unwrap();
        file.put(1000, &bytes[1000..200_000]).unwrap();
        file.join(200_000);
        assert_eq!(file.sha256().unwrap(), *Sha256::digest(&bytes));
        drop(file);

        // Without its record it is a stranger's, gaps or none.
        fs::remove_file(folder.path().join("file.part.ashore")).unwrap();
        assert_eq!(claim(folder.path()).received(), 0);
    }
}
