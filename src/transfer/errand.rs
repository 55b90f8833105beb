//! One transfer on a thread of its own, and what the desk hears of it.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::time::{Duration, Instant};
use std::{io, thread};

use crossbeam_channel::Sender;

use super::download::download;
use super::ending::FileEnding;
use super::engine::TransferId;
use super::failure::Failure;
use super::folder;
use super::handle::Handle;
use super::manifest::Manifest;
use super::news::{News, Outcome, Progress};
use super::passage::Passage;
use super::request::Request;
use super::teller::Teller;

/// How often it is written down how far a download is.
const WRITE_DOWN: Duration = Duration::from_secs(2);

/// What a transfer's thread tells the desk.
pub(super) enum Report {
    Progress(TransferId, Progress),
    /// Of a folder: a piece of the manifest.
    Files(TransferId, Vec<u8>),
    /// How it ended, and how it came.
    Ended(TransferId, Box<(Outcome, Passage)>),
}

/// One transfer that is to be brought to its end.
pub(super) struct Errand {
    pub(super) id: TransferId,
    pub(super) request: Request,
    pub(super) handle: Handle,
    pub(super) teller: Teller,
}

impl Errand {
    /// Begins it, on a thread of its own. Exactly one [`Report::Ended`] comes, and comes last.
    ///
    /// # Errors
    ///
    /// If the system has no more threads.
    pub(super) fn begin(self, reports: Sender<Report>) -> io::Result<()> {
        let Self { id, request, handle, teller } = self;
        thread::Builder::new().name(format!("ashore transfer {}", id.0)).spawn(move || {
            let written_down = Cell::new(Instant::now());
            let newest = Cell::new(None);
            let passage = RefCell::new(Passage::default());
            let manifest = RefCell::new(Manifest::begin(Instant::now()));
            let report = |news| {
                passage.borrow_mut().hear(&news);
                if let News::Progress(progress) = &news {
                    newest.set(Some(*progress));
                    if written_down.get().elapsed() >= WRITE_DOWN {
                        written_down.set(Instant::now());
                        reports.send(Report::Progress(id, *progress)).ok();
                    }
                }
                if let News::File(file) = &news {
                    let piece = manifest.borrow_mut().add(&FileEnding::of(file), Instant::now());
                    piece.map(|piece| reports.send(Report::Files(id, piece)));
                }
                if !teller.tell(id, news) {
                    handle.stop.give(); // Nobody listens any more.
                }
            };
            // A mistake of ours must not leave a row that runs for ever.
            let outcome = panic::catch_unwind(AssertUnwindSafe(|| match request.is_folder() {
                true => folder::fetch(&request, &handle, &report),
                false => download(&request, &handle, &report),
            }));
            let outcome = outcome.unwrap_or_else(|panic| Err(bug(panic.as_ref())));
            handle.leave_lane();
            // Also of one that is paused soon after it began.
            if let Some(progress) = newest.get() {
                reports.send(Report::Progress(id, progress)).ok();
            }
            if request.is_folder() {
                let piece = manifest.into_inner().take(Instant::now());
                piece.map(|piece| reports.send(Report::Files(id, piece)));
            }
            reports.send(Report::Ended(id, Box::new((outcome, passage.into_inner())))).ok();
        })?;
        Ok(())
    }
}

/// What the code said that gave up.
pub(super) fn bug(panic: &(dyn Any + Send)) -> Failure {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Failure::Bug { what: text.unwrap_or("a worker gave up").to_owned() }
}
