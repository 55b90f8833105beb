//! The whole log on disk: a file that begins anew when it is full, and a few before it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::thread;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};

use super::log::sign;
use crate::transfer::{Line, TransferId};
use crate::words;

/// The most that one file holds, in bytes.
const MOST_BYTES: u64 = 8 * 1024 * 1024;

/// How many files there are, the newest with them.
const MOST_FILES: u32 = 4;

/// The most lines that wait to be written. A disk that hangs makes the file lose lines, and never
/// makes the window wait.
const WAITING_LINES: usize = 100_000;

/// The whole log on disk.
#[derive(Debug)]
pub struct LogFile {
    lines: Sender<String>,
    lost: u64,
}

impl LogFile {
    /// Writes to `ashore.log` in `folder`, which is made if it is not there.
    ///
    /// # Errors
    ///
    /// If the file cannot be opened or a thread cannot be started.
    pub fn open(folder: &Path) -> io::Result<Self> {
        Self::with_size(folder, MOST_BYTES)
    }

    fn with_size(folder: &Path, most: u64) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let path = folder.join("ashore.log");
        let file = append(&path)?;
        let length = file.metadata()?.len();
        let (lines, inbox) = bounded(WAITING_LINES);
        let writer = Writer { path, file: BufWriter::new(file), length, most };
        // It ends by itself when nobody can send any more.
        thread::Builder::new().name("ashore log".to_owned()).spawn(move || writer.run(&inbox))?;
        Ok(Self { lines, lost: 0 })
    }

    /// Writes a line down, sooner or later.
    pub fn write(&mut self, id: TransferId, line: &Line) {
        let (at, sign) = (words::stamp(line.at), sign(line.voice));
        let text = format!("{at} #{} {sign} {}\n", id.0, words::shown(&line.text));
        if self.lost > 0 && self.lines.try_send(format!("… {} lines are lost\n", self.lost)).is_ok()
        {
            self.lost = 0;
        }
        if let Err(TrySendError::Full(_)) = self.lines.try_send(text) {
            self.lost += 1;
        }
    }
}

struct Writer {
    path: PathBuf,
    file: BufWriter<File>,
    length: u64,
    most: u64,
}

impl Writer {
    /// A disk that fails once may be full: what comes later is tried again.
    fn run(mut self, inbox: &Receiver<String>) {
        while let Ok(line) = inbox.recv() {
            self.write(&line).ok();
            for line in inbox.try_iter() {
                self.write(&line).ok();
            }
            self.file.flush().ok();
        }
    }

    fn write(&mut self, line: &str) -> io::Result<()> {
        if self.length >= self.most {
            self.turn()?;
        }
        self.length += line.len() as u64;
        self.file.write_all(line.as_bytes())
    }

    /// `ashore.log` becomes `ashore.log.1`, and so on; the oldest goes.
    fn turn(&mut self) -> io::Result<()> {
        self.file.flush()?;
        let older = |n: u32| match n {
            0 => self.path.clone(),
            n => self.path.with_extension(format!("log.{n}")),
        };
        for n in (1..MOST_FILES).rev() {
            fs::rename(older(n - 1), older(n)).ok();
        }
        self.file = BufWriter::new(append(&self.path)?);
        self.length = 0;
        Ok(())
    }
}

/// Opened for this user alone: names of files say something about people.
fn append(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::Voice;
    use std::time::{Duration, Instant, SystemTime};

    #[test]
    fn a_log_without_end_stays_within_its_files_and_the_newest_line_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = LogFile::with_size(folder.path(), 10_000).unwrap();
        for n in 0..5000 {
            let text = format!("line {n}\u{1b}[2J");
            log.write(
                TransferId(7),
                &Line { at: SystemTime::UNIX_EPOCH, voice: Voice::Sent, text },
            );
        }
        let deadline = Instant::now() + Duration::from_secs(60);
        let newest = folder.path().join("ashore.log");
        while !fs::read_to_string(&newest).unwrap().contains("#7 → line 4999\\u{1b}[2J\n") {
            assert!(Instant::now() < deadline, "the last line is never written");
            thread::sleep(Duration::from_millis(5));
        }
        let files: Vec<_> = fs::read_dir(folder.path()).unwrap().flatten().collect();
        assert_eq!(files.len(), 4);
        assert!(files.iter().all(|file| file.metadata().unwrap().len() < 11_000));
    }

    #[test]
    fn a_second_run_writes_behind_the_first_one() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("ashore.log"), "before\n").unwrap();
        let mut log = LogFile::open(folder.path()).unwrap();
        let at = SystemTime::UNIX_EPOCH;
        log.write(TransferId(1), &Line { at, voice: Voice::Story, text: "after".to_owned() });
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let text = fs::read_to_string(folder.path().join("ashore.log")).unwrap();
            if text.starts_with("before\n") && text.ends_with("after\n") {
                return;
            }
            assert!(Instant::now() < deadline, "{text}");
            thread::sleep(Duration::from_millis(5));
        }
    }
}
