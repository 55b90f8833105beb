//! What became of the files of a folder, packed to outlive the program.
//!
//! It is written in pieces, as files come to their ends, so that neither the memory of a run nor what
//! is lost with a crash grows with the folder. A name and a sentence are written as what they have in
//! common with those before, and the rest: most files take some twenty bytes.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use super::ending::{End, FileEnding};

/// A piece is written down when it has this many bytes, or is this old.
const ENOUGH: usize = 64 * 1024;
const OLD: Duration = Duration::from_secs(2);

/// The longest text that is kept of a file, in bytes. What servers say may be longer.
const LONGEST: usize = 4 * 1024;

/// What stands in the place of an end where a run begins.
const BEGIN: u8 = 0;

/// Added to an end where a length follows.
const HAS_LENGTH: u8 = 0x80;

/// Each end, by the number that is written for it, less one. Only ever add to it.
const ENDS: [End; 6] =
    [End::Verified, End::Complete, End::Skipped, End::NeedsALook, End::Failed, End::Stopped];

/// The piece that is being written, of one run.
#[derive(Debug)]
pub(super) struct Manifest {
    piece: Vec<u8>,
    since: Instant,
    /// The name and the sentence that were written last.
    last: [String; 2],
}

impl Manifest {
    /// Of a run that begins at `now`.
    pub(super) fn begin(now: Instant) -> Self {
        Self { piece: vec![BEGIN], since: now, last: Default::default() }
    }

    /// Adds a file that is over. The piece, if it is time at `now` to write it down.
    pub(super) fn add(&mut self, file: &FileEnding, now: Instant) -> Option<Vec<u8>> {
        let number = (1..).zip(ENDS).find(|(_, end)| *end == file.end).map_or(0, |(it, _)| it);
        self.piece.push(number | if file.length.is_some() { HAS_LENGTH } else { 0 });
        for (text, last) in [&file.name, &file.sentence].into_iter().zip(&mut self.last) {
            let text = text.get(..text.floor_char_boundary(LONGEST)).unwrap_or_default();
            let common = common(last, text);
            let rest = text.get(common..).unwrap_or_default();
            put(&mut self.piece, common as u64);
            put(&mut self.piece, rest.len() as u64);
            self.piece.extend(rest.as_bytes());
            last.truncate(common);
            last.push_str(rest);
        }
        if let Some(length) = file.length {
            put(&mut self.piece, length);
        }
        let is_due = self.piece.len() >= ENOUGH || now.duration_since(self.since) >= OLD;
        is_due.then(|| self.take(now)).flatten()
    }

    /// What is not written down yet.
    pub(super) fn take(&mut self, now: Instant) -> Option<Vec<u8>> {
        self.since = now;
        self.last = Default::default(); // Each piece can be read alone.
        let piece = std::mem::take(&mut self.piece);
        (!piece.is_empty()).then_some(piece)
    }
}

/// The files that the `pieces` tell of, each once, as it ended last. What went wrong before the last run
/// began is left out, because that run has tried it again. What cannot be read ends its piece.
pub(super) fn read(pieces: &[Vec<u8>]) -> Vec<FileEnding> {
    let mut files = Vec::new();
    for piece in pieces {
        let mut from = piece.as_slice();
        let mut last = <[String; 2]>::default();
        while let Some((&number, rest)) = from.split_first() {
            from = rest;
            if number == BEGIN {
                files.retain(|file: &FileEnding| file.end.is_good());
                continue;
            }
            let Some(file) = next(number, &mut from, &mut last) else { break };
            files.push(file);
        }
    }
    let mut seen = HashSet::with_capacity(files.len());
    let mut is_last: Vec<_> = files.iter().rev().map(|file| seen.insert(&*file.name)).collect();
    files.retain(|_| is_last.pop() == Some(true));
    files
}

fn next(number: u8, from: &mut &[u8], last: &mut [String; 2]) -> Option<FileEnding> {
    let end = *ENDS.get(usize::from(number & !HAS_LENGTH).checked_sub(1)?)?;
    for last in &mut *last {
        let common = usize::try_from(get(from)?).ok()?;
        let length = usize::try_from(get(from)?).ok()?;
        let (rest, after) = from.split_at_checked(length)?;
        *from = after;
        last.get(..common)?; // Is between two characters.
        last.truncate(common);
        last.push_str(std::str::from_utf8(rest).ok()?);
    }
    let length = if number & HAS_LENGTH == 0 { None } else { Some(get(from)?) };
    let [name, sentence] = last;
    Some(FileEnding { name: name.as_str().into(), end, sentence: sentence.as_str().into(), length })
}

/// How many bytes two texts have in common at their beginning, in whole characters.
fn common(one: &str, other: &str) -> usize {
    let differ = one.char_indices().zip(other.chars()).find(|((_, one), other)| one != other);
    differ.map_or(one.len().min(other.len()), |((at, _), _)| at)
}

/// Writes a number in as many times seven bits as it needs, the lowest first.
fn put(piece: &mut Vec<u8>, mut number: u64) {
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            return piece.push(low & 0x7F);
        }
        piece.push(low | 0x80);
    }
}

fn get(from: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..u64::BITS).step_by(7) {
        let (&byte, rest) = from.split_first()?;
        *from = rest;
        number |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, end: End, sentence: &str, length: Option<u64>) -> FileEnding {
        FileEnding { name: name.into(), end, sentence: sentence.into(), length }
    }

    /// Written in one run, in pieces of `each` files.
    fn written(files: &[FileEnding], each: usize) -> Vec<Vec<u8>> {
        let now = Instant::now();
        let mut manifest = Manifest::begin(now);
        let mut pieces = Vec::new();
        for some in files.chunks(each) {
            for file in some {
                pieces.extend(manifest.add(file, now));
            }
            pieces.extend(manifest.take(now));
        }
        pieces
    }

    #[test]
    fn what_was_written_is_read_again() {
        let files = [
            file("chr/1.fa", End::Complete, "Complete", Some(0)),
            file("chr/10.fa", End::Complete, "Complete", Some(u64::MAX)),
            file("chr/日本", End::Verified, "Verified by MD5SUMS", Some(127)),
            file("chr/日木", End::Failed, "The server said “no”", None),
            file("", End::NeedsALook, "", Some(128)),
            file("é", End::Stopped, "Stopped", None),
            file("è", End::Skipped, "Was there already", Some(300)),
        ];
        for each in 1..=files.len() {
            assert_eq!(read(&written(&files, each)), files, "in pieces of {each}");
        }
    }

    #[test]
    fn what_came_is_written_down_before_long_even_if_it_is_little() {
        let began = Instant::now();
        let mut manifest = Manifest::begin(began);
        let one = file("a", End::Complete, "Complete", None);
        assert_eq!(manifest.add(&one, began), None);
        let piece = manifest.add(&one, began + OLD).unwrap();
        assert_eq!(read(&[piece]), [one]);
        assert_eq!(manifest.take(began), None);
    }

    #[test]
    fn a_file_counts_as_it_ended_last_and_a_new_run_tries_again_what_went_wrong() {
        let mut pieces = written(
            &[
                file("a", End::Complete, "Complete", Some(1)),
                file("b", End::Failed, "No", None),
                file("c", End::Failed, "No", None),
            ],
            9,
        );
        let again = file("a", End::Complete, "Complete", Some(2));
        let still = file("b", End::Failed, "Still not", None);
        pieces.extend(written(&[again.clone(), still.clone()], 9));
        assert_eq!(read(&pieces), [again, still]);
    }

    #[test]
    fn a_hundred_thousand_files_take_little_room_and_no_piece_is_long() {
        let name = |n: usize| format!("data/part-{:03}/measurement-{n:06}.nc.gz", n / 1000);
        let one = |n| file(&name(n), End::Complete, "Complete", Some(4_000_000 + n as u64));
        let files: Vec<_> = (0..100_000).map(one).collect();
        let pieces = written(&files, files.len());
        let length: usize = pieces.iter().map(Vec::len).sum();
        assert!(length < 2_200_000, "{length} bytes");
        assert!(pieces.iter().all(|piece| piece.len() < ENOUGH + 100));
        assert_eq!(read(&pieces), files);
    }

    #[test]
    fn what_a_server_says_at_length_is_cut_and_garbage_is_left_out() {
        let long = "ä".repeat(LONGEST);
        let pieces = written(&[file("a", End::Failed, &long, None)], 1);
        assert_eq!(read(&pieces).first().map(|file| file.sentence.len()), Some(LONGEST));
        let whole = written(&[file("ab", End::Failed, "No", Some(5000))], 1).concat();
        for cut in 0..whole.len() {
            assert_eq!(read(&[whole[..cut].to_vec()]), [], "cut after {cut}");
        }
        for byte in 0..=u8::MAX {
            for at in 0..whole.len() {
                let mut spoilt = whole.clone();
                spoilt[at] = byte;
                assert!(read(&[spoilt]).len() <= 2);
            }
        }
    }
}
