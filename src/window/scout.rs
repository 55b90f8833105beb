//! Looking things up for the window on threads of their own: a file on a server, links in a file
//! that was dropped. None is ever joined: a server may be slow, and a disk may hang.

use std::fs::File;
use std::io::Read as _;
use std::path::PathBuf;
use std::thread;

use crossbeam_channel::{Receiver, Sender, unbounded};
use eframe::egui;

use super::intake::unread;
use crate::ftp::{Address, Limits, Stop};
use crate::settings::{self, Site, Source};
use crate::transfer::{self, Commons, Failure, Glance, Request};

/// The most that is read of a file that was dropped, in bytes: a hundred thousand links.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// What was found out.
#[derive(Debug)]
pub(super) enum Finding {
    /// What a server says about a file.
    Glance(Address, Box<Result<Glance, Failure>>),
    /// The text of the files that were dropped.
    Text(String),
    /// The servers that another program knows.
    Sites(Source, Vec<Site>),
    /// A file could not be read, and why.
    Unread(String),
}

/// Looks things up.
#[derive(Debug)]
pub(super) struct Scout {
    ctx: egui::Context,
    commons: Commons,
    sender: Sender<Finding>,
    findings: Receiver<Finding>,
    /// Ends the conversation about the file that was asked about last.
    stop: Stop,
}

impl Scout {
    /// Looks for nothing yet. A finding wakes the window of `ctx`.
    pub(super) fn new(ctx: egui::Context, commons: Commons) -> Self {
        let (sender, findings) = unbounded();
        Self { ctx, commons, sender, findings, stop: Stop::default() }
    }

    /// What was found since the last time.
    pub(super) fn findings(&self) -> impl Iterator<Item = Finding> {
        self.findings.try_iter()
    }

    /// Asks a server about the file of `request`, and no other one about another one any more.
    pub(super) fn glance(&mut self, request: Option<Request>) {
        self.stop.give();
        let Some(request) = request else { return };
        self.stop = Stop::default();
        let limits = Limits { patience: request.patience, stop: self.stop.clone() };
        let commons = self.commons.clone();
        self.spawn("glance", move |tell| {
            let answer = transfer::glance(request.access(&commons), &limits, &|_| ());
            tell(Finding::Glance(request.address, Box::new(answer)));
        });
    }

    /// Reads files that may hold links.
    pub(super) fn read(&self, files: Vec<PathBuf>) {
        self.spawn("dropped files", move |tell| {
            let mut all = String::new();
            for path in files {
                let mut bytes = Vec::new();
                let read = match path.metadata() {
                    // A pipe would never end, and a folder holds no text.
                    Ok(metadata) if !metadata.is_file() => continue,
                    Ok(_) => File::open(&path),
                    Err(error) => Err(error),
                };
                let read = read.and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes));
                match read {
                    Ok(_) => all.push_str(&text(&bytes)),
                    Err(error) => tell(Finding::Unread(unread(&path, &error))),
                }
                all.push('\n');
            }
            tell(Finding::Text(all));
        });
    }

    /// Reads the servers that another program knows.
    pub(super) fn sites(&self, source: Source) {
        let netrc = self.commons.netrc.clone();
        self.spawn("sites", move |tell| {
            let path = match source {
                Source::FileZilla => settings::filezilla_file(),
                Source::Netrc => settings::netrc_file(),
            };
            let Some(path) = path else { return };
            let mut bytes = Vec::new();
            let read =
                File::open(&path).and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes));
            match (read, source) {
                (Ok(_), Source::FileZilla) => {
                    tell(Finding::Sites(source, settings::of_filezilla(&text(&bytes))));
                }
                (Ok(_), Source::Netrc) => {
                    // What is asked for at a download is what is shown here.
                    netrc.renew(&bytes);
                    tell(Finding::Sites(source, settings::of_netrc(&netrc)));
                }
                (Err(error), _) => tell(Finding::Unread(unread(&path, &error))),
            }
        });
    }

    fn spawn(&self, name: &str, task: impl FnOnce(&dyn Fn(Finding)) + Send + 'static) {
        let (ctx, sender) = (self.ctx.clone(), self.sender.clone());
        let is_started = thread::Builder::new().name(name.to_owned()).spawn(move || {
            task(&|finding| {
                sender.send(finding).ok();
                ctx.request_repaint();
            });
        });
        if let Err(error) = is_started {
            let why = format!("This computer is too busy: {}", crate::words::io_error(&error));
            self.sender.send(Finding::Unread(why)).ok();
        }
    }
}

/// The text in a file: UTF-8, or UTF-16 with its mark, as some editors of Windows write it.
fn text(bytes: &[u8]) -> String {
    encoding_rs::UTF_8.decode(bytes).0.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_in_the_encodings_of_windows_too() {
        assert_eq!(text(b"\xef\xbb\xbfURL=x"), "URL=x");
        assert_eq!(text(b"\xff\xfeU\0R\0L\0"), "URL");
    }
}
