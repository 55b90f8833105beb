//! The whole log on disk: a file that begins anew when it is full, and a few before it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::thread;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded, unbounded};

use super::log::{Dump, Hunt, Talk};
use super::log_search::{Files, each, find, written};
use crate::ftp::Stop;
use crate::transfer::Line;

/// The most that one file holds, in bytes: four of them hold more than a million lines.
const MOST_BYTES: u64 = 32 * 1024 * 1024;

/// How many files there are, the newest with them.
const MOST_FILES: u32 = 4;

/// The most lines that wait to be written. A disk that hangs makes the file lose lines, and never
/// makes the window wait.
const WAITING_LINES: usize = 100_000;

/// The whole log on disk.
#[derive(Debug)]
pub struct LogFile {
    orders: Sender<Order>,
    lost: u64,
    found: (Sender<Findings>, Receiver<Findings>),
    /// Ends the search that runs.
    search: Stop,
}

/// What a search has found, under its number; or nothing, if the files cannot be read.
pub type Findings = (u64, Option<(Vec<(Talk, Line)>, bool)>);

#[derive(Debug)]
enum Order {
    Write(String),
    /// All that was ordered before is to be in the files, and the files are wanted.
    Open(Sender<io::Result<Files>>),
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
        let (orders, inbox) = bounded(WAITING_LINES);
        let writer = Writer { path, file: BufWriter::new(file), length, most };
        // It ends by itself when nobody can send any more.
        thread::Builder::new().name("ashore log".to_owned()).spawn(move || writer.run(&inbox))?;
        Ok(Self { orders, lost: 0, found: unbounded(), search: Stop::default() })
    }

    /// Writes a line down, sooner or later.
    pub fn write(&mut self, talk: &Talk, line: &Line) {
        let lost = format!("… {} lines are lost\n", self.lost);
        if self.lost > 0 && self.orders.try_send(Order::Write(lost)).is_ok() {
            self.lost = 0;
        }
        let order = Order::Write(written(talk, line));
        if let Err(TrySendError::Full(_)) = self.orders.try_send(order) {
            self.lost += 1;
        }
    }

    /// Looks for lines in the files, on a thread of its own, and calls `wake` when it is done. Whoever
    /// still looks is called back.
    pub fn seek(&mut self, hunt: Hunt, wake: impl FnOnce() + Send + 'static) {
        self.search.give();
        self.search = Stop::default();
        let (files, stop, told) = (self.files(), self.search.clone(), self.found.0.clone());
        let number = hunt.number;
        let work = move || {
            let found = files.get().and_then(|files| find(&files, &hunt, &stop));
            if !stop.is_given() {
                told.send((number, found.ok())).ok();
                wake();
            }
        };
        let thread = thread::Builder::new().name("ashore log search".to_owned());
        if thread.spawn(work).is_err() {
            self.found.0.send((number, None)).ok();
        }
    }

    /// Calls back whoever looks for lines.
    pub fn give_up(&mut self) {
        self.search.give();
    }

    /// What was found since the last time.
    pub fn findings(&self) -> impl Iterator<Item = Findings> {
        self.found.1.try_iter()
    }

    /// The files, as they are once all that was written so far is in them.
    pub fn files(&self) -> Shelf {
        let (answer, files) = bounded(1);
        self.orders.try_send(Order::Open(answer)).ok();
        Shelf(files)
    }
}

/// The files of the log, to be read on another thread than the window's.
#[derive(Debug)]
pub struct Shelf(Receiver<io::Result<Files>>);

impl Shelf {
    /// Waits until they are there.
    fn get(&self) -> io::Result<Files> {
        self.0.recv().unwrap_or_else(|_| Err(io::ErrorKind::BrokenPipe.into()))
    }

    /// All lines that `dump` is about, those in the files and those in memory, as text.
    ///
    /// # Errors
    ///
    /// If the files cannot be read.
    pub fn whole(&self, dump: &Dump) -> io::Result<String> {
        let mut text = String::new();
        if let Some(hunt) = &dump.older {
            each(&self.get()?, hunt, &Stop::default(), &mut |_, line| {
                text.push_str(&dump.render(&line));
                Ok(())
            })?;
        }
        text.push_str(&dump.text);
        Ok(text)
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
    fn run(mut self, inbox: &Receiver<Order>) {
        while let Ok(order) = inbox.recv() {
            self.follow(order);
            for order in inbox.try_iter() {
                self.follow(order);
            }
            self.file.flush().ok();
        }
    }

    fn follow(&mut self, order: Order) {
        match order {
            Order::Write(line) => self.write(&line).unwrap_or_default(),
            Order::Open(answer) => answer.send(self.open()).unwrap_or_default(),
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
        for n in (1..MOST_FILES).rev() {
            fs::rename(self.older(n - 1), self.older(n)).ok();
        }
        self.file = BufWriter::new(append(&self.path)?);
        self.length = 0;
        Ok(())
    }

    fn older(&self, n: u32) -> PathBuf {
        match n {
            0 => self.path.clone(),
            n => self.path.with_extension(format!("log.{n}")),
        }
    }

    fn open(&mut self) -> io::Result<Files> {
        self.file.flush()?;
        let mut files = Files::new();
        for n in (0..MOST_FILES).rev() {
            match File::open(self.older(n)) {
                Ok(file) => {
                    let length = file.metadata()?.len();
                    files.push((file, length));
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(files)
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
    use crate::transfer::{TransferId, Voice};
    use crate::window::log::{Filter, Log, MOST_LINES};
    use std::time::{Duration, Instant, SystemTime};

    #[test]
    fn a_log_without_end_stays_within_its_files_and_the_newest_line_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = LogFile::with_size(folder.path(), 10_000).unwrap();
        for n in 0..5000 {
            let text = format!("line {n}\u{1b}[2J");
            let line = Line { at: SystemTime::UNIX_EPOCH, voice: Voice::Sent, text };
            log.write(&TransferId(7).into(), &line);
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
        let line = Line { at, voice: Voice::Story, text: "after".to_owned() };
        log.write(&TransferId(1).into(), &line);
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

    /// A log of which the file holds more than the memory.
    fn long(folder: &Path) -> (Log, LogFile) {
        // What an earlier run has said is not of this session.
        fs::write(folder.join("ashore.log"), "2026-11-22 14:02:11 #1 → needle of old\n").unwrap();
        let mut file = LogFile::with_size(folder, 600_000).unwrap();
        let mut log = Log::new();
        log.has_file = true;
        for n in 0..MOST_LINES + 3000 {
            let needle = if n % 1000 == 0 { "Needle" } else { "hay" };
            let text = format!("{needle} {n}.");
            let line = Line { at: SystemTime::UNIX_EPOCH, voice: Voice::Sent, text };
            file.write(&TransferId(7).into(), &line);
            log.push(TransferId(7), line);
        }
        (log, file)
    }

    #[test]
    fn a_search_finds_what_is_only_in_the_file_and_nothing_twice() {
        let folder = tempfile::tempdir().unwrap();
        let (mut log, mut file) = long(folder.path());
        log.set_filter(Filter { search: "NEEDLE".to_owned(), ..Filter::default() });
        assert_eq!(log.len(), 20);
        let hunt = log.hunt(Instant::now() + Duration::from_secs(9)).unwrap();
        let (woken, wait) = bounded(1);
        file.seek(hunt, move || woken.send(()).unwrap());
        wait.recv_timeout(Duration::from_secs(60)).unwrap();
        for (number, lines) in file.findings() {
            log.found(number, lines);
        }
        let found: Vec<_> = (0..log.len()).map(|at| log.line(at).unwrap().text.clone()).collect();
        let all: Vec<_> = (0..23).map(|n| format!("Needle {}.", n * 1000)).collect();
        assert_eq!(found, all);
    }

    #[test]
    fn what_is_saved_is_all_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let (log, file) = long(folder.path());
        let text = file.files().whole(&log.dump()).unwrap();
        assert_eq!(text.lines().count(), MOST_LINES + 3000);
        assert!(text.lines().next().unwrap().ends_with("→ Needle 0."));
        assert!(text.ends_with(&format!("→ hay {}.\n", MOST_LINES + 2999)));
    }

    #[test]
    fn a_search_that_is_called_back_comes_to_an_end() {
        let folder = tempfile::tempdir().unwrap();
        let (mut log, file) = long(folder.path());
        log.set_filter(Filter { search: "needle".to_owned(), ..Filter::default() });
        let hunt = log.hunt(Instant::now() + Duration::from_secs(9)).unwrap();
        let stop = Stop::default();
        stop.give();
        let files = file.files().get().unwrap();
        assert!(find(&files, &hunt, &stop).is_err());
    }
}
