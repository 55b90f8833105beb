//! What the operating system shows for us: the save dialog, files in their programs, folders.
//!
//! Each runs on a thread of its own, so that the window goes on drawing; none is ever joined, since
//! a dialog whose service has died never answers.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};
use eframe::egui;

use super::log::Dump;
use super::log_file::Shelf;
use crate::disk;
use crate::transfer::TransferId;

/// An answer that comes without any dialog having been on the screen comes faster than this.
const NO_DIALOG: Duration = Duration::from_millis(200);

/// What is missing where no dialog can be shown.
pub(super) const NONE_HERE: &str = if cfg!(target_os = "linux") {
    "No file dialog could be shown here: there is neither a desktop portal nor zenity"
} else {
    "No file dialog could be shown here"
};

/// What the operating system answered.
#[derive(Debug)]
pub enum Answer {
    /// The person chose a file to save to.
    Chosen(PathBuf),
    /// The person chose nothing.
    NotChosen,
    /// No dialog could be shown.
    NoDialog,
    /// Something to be said about no transfer, in a sentence.
    Said(String),
    /// A file could not be opened or shown, and why.
    NotShown(TransferId, String),
}

/// Asks the operating system.
#[derive(Debug)]
pub struct Dialogs {
    ctx: egui::Context,
    sender: Sender<Answer>,
    answers: Receiver<Answer>,
}

impl Dialogs {
    /// Asks nothing yet. An answer wakes the window of `ctx`.
    #[must_use]
    pub fn new(ctx: egui::Context) -> Self {
        let (sender, answers) = unbounded();
        Self { ctx, sender, answers }
    }

    /// What was answered since the last time.
    pub fn answers(&self) -> impl Iterator<Item = Answer> {
        self.answers.try_iter()
    }

    /// Asks where a file is to be saved. Only one such question may be open at a time.
    pub fn choose(&self, folder: &Path, name: &str, parent: &eframe::Frame) {
        let dialog = rfd::AsyncFileDialog::new()
            .set_parent(parent)
            .set_title("Save the file as")
            .set_directory(folder)
            .set_file_name(disk::local_name(name.as_bytes()))
            .save_file();
        self.ask_for_a_place("save dialog", dialog);
    }

    /// Asks which folder files are to go to. Only one such question may be open at a time.
    pub fn choose_folder(&self, folder: &Path, parent: &eframe::Frame) {
        let dialog = rfd::AsyncFileDialog::new()
            .set_parent(parent)
            .set_title("Save files to")
            .set_directory(folder)
            .pick_folder();
        self.ask_for_a_place("folder dialog", dialog);
    }

    fn ask_for_a_place(
        &self,
        name: &str,
        dialog: impl Future<Output = Option<rfd::FileHandle>> + Send + 'static,
    ) {
        self.ask(name, move || {
            if !has_dialogs() {
                return Some(Answer::NoDialog);
            }
            let began = Instant::now();
            Some(match pollster::block_on(dialog) {
                Some(file) => Answer::Chosen(file.path().to_owned()),
                None if began.elapsed() < NO_DIALOG => Answer::NoDialog,
                None => Answer::NotChosen,
            })
        });
    }

    /// Asks where the log is to be saved, and saves it there.
    pub fn save_log(&self, dump: Dump, files: Option<Shelf>, parent: &eframe::Frame) {
        let dialog = rfd::AsyncFileDialog::new()
            .set_parent(parent)
            .set_title("Save the log as")
            .set_file_name("ashore-log.txt")
            .save_file();
        self.ask("save the log", move || {
            let no_dialog = || {
                Answer::Said(format!("{NONE_HERE}. Copy the log, and paste it where you need it"))
            };
            if !has_dialogs() {
                return Some(no_dialog());
            }
            let began = Instant::now();
            let Some(file) = pollster::block_on(dialog) else {
                return (began.elapsed() < NO_DIALOG).then(no_dialog);
            };
            let shown = crate::words::shown(&file.path().to_string_lossy());
            // The dialog has asked already about a file that is there.
            let whole = match &files {
                Some(files) => files.whole(&dump),
                None => Ok(dump.text),
            };
            let saved = whole.and_then(|text| disk::replace_whole(file.path(), text.as_bytes()));
            Some(Answer::Said(match saved {
                Ok(()) => format!("The log is saved as {shown}"),
                Err(error) => {
                    let why = crate::words::io_error(&error);
                    format!("The log could not be saved as {shown}: {why}")
                }
            }))
        });
    }

    /// Opens a file with the program that belongs to it.
    pub fn open(&self, id: TransferId, path: PathBuf) {
        self.ask("open", move || {
            let what = "No program here could open it";
            opener::open(&path).err().map(|_why| Answer::NotShown(id, sentence(&path, what)))
        });
    }

    /// Shows a file in the system's file manager.
    pub fn show_in_folder(&self, id: TransferId, path: PathBuf) {
        self.ask("show in folder", move || {
            let what = "No program here could show the folder";
            opener::reveal(&path).err().map(|_why| Answer::NotShown(id, sentence(&path, what)))
        });
    }

    fn ask(&self, name: &str, question: impl FnOnce() -> Option<Answer> + Send + 'static) {
        let (ctx, sender) = (self.ctx.clone(), self.sender.clone());
        let is_started = thread::Builder::new().name(name.to_owned()).spawn(move || {
            if let Some(answer) = question() {
                sender.send(answer).ok();
                ctx.request_repaint();
            }
        });
        if is_started.is_err() {
            self.sender.send(Answer::NoDialog).ok();
        }
    }
}

/// Whether somebody is there who shows dialogs: the portal of the desktop, or zenity. Where nobody is,
/// rfd's answer is that of a person who has chosen nothing.
#[cfg(target_os = "linux")]
fn has_dialogs() -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join("zenity").is_file()) || has_portal()
}

/// Whether there is a portal that shows files, which some desktops lack, and somebody behind it who
/// draws its dialogs.
#[cfg(target_os = "linux")]
fn has_portal() -> bool {
    const PORTAL: &str = "org.freedesktop.portal.Desktop";
    const PLACE: &str = "/org/freedesktop/portal/desktop";
    const FILES: &str = "org.freedesktop.portal.FileChooser";
    const DRAWERS: &str = "org.freedesktop.impl.portal.desktop.";
    let is_there = || -> zbus::Result<bool> {
        let bus = zbus::blocking::Connection::session()?;
        zbus::blocking::Proxy::new(&bus, PORTAL, PLACE, FILES)?.get_property::<u32>("version")?;
        // Within a sandbox only the portal itself is to be seen.
        if Path::new("/.flatpak-info").exists() {
            return Ok(true);
        }
        let names = zbus::blocking::fdo::DBusProxy::new(&bus)?;
        let mut all = names.list_names()?.into_iter().chain(names.list_activatable_names()?);
        Ok(all.any(|name| name.starts_with(DRAWERS)))
    };
    is_there().unwrap_or(false)
}

#[cfg(not(target_os = "linux"))]
fn has_dialogs() -> bool {
    true
}

/// What did not work with a file, and where it is.
fn sentence(path: &Path, what: &str) -> String {
    let shown = crate::words::shown(&path.to_string_lossy());
    if path.exists() {
        format!("{what}. The file is {shown}")
    } else {
        format!("{shown} is not there any more")
    }
}
