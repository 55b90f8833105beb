//! What comes into the window from elsewhere: pasted text, dropped files, links that were clicked.

use std::path::{Path, PathBuf};

use eframe::egui::{Event as UiEvent, Ui};

use super::batch::{Batch, Source};
use super::links::Links;
use super::screen::Screen;
use super::sheet::Sheet;
use super::sheet_view::{SheetAction, sheet_ui};
use super::wish::Wish;
use crate::ftp::Address;
use crate::transfer::{Failure, Glance};
use crate::words;

/// The most bytes of one line that a field takes from the clipboard: longer ones are no address.
const LONGEST_LINE: usize = 8 * 1024;

/// The most files that are looked into when they are dropped together.
const MOST_FILES: usize = 100;

impl Screen {
    /// Takes in a link that the person clicked elsewhere: a sheet says what it is. What names no
    /// file goes into the form. Nothing starts by itself.
    pub fn take_link(&mut self, link: &str) {
        let address = link.parse::<Address>().ok();
        match address.filter(|address| address.path.name().is_some() && !address.path.is_folder()) {
            None => self.form.take_address(link),
            Some(address) => {
                self.is_browsing = false;
                self.page = None;
                if let Some(sheet) = &mut self.sheet {
                    sheet.queue(address);
                } else {
                    let (folder, _) = self.form.place();
                    self.sheet = Some(Sheet::new(&address, &folder));
                    self.unlock_sheet();
                }
            }
        }
    }

    /// Takes in the text of files that were dropped.
    pub fn take_dropped(&mut self, text: &str) {
        self.take_text(text, Source::Dropped);
    }

    /// Takes in what the server said of a file that it was asked about.
    pub fn glanced(&mut self, address: &Address, answer: Result<Glance, Failure>) {
        if let Some(sheet) = &mut self.sheet {
            sheet.hear(address, answer);
        }
    }

    /// One address goes into the form; several wait for a word from the person.
    fn take_text(&mut self, text: &str, source: Source) {
        if let Some(batch) = Batch::of(text, source) {
            self.notices.batch = Some(batch);
            return;
        }
        let links = Links::of(text).links;
        let only = links.first().map(|link| link.address.to_string());
        let line = || text.lines().map(str::trim).find(|line| !line.is_empty());
        match (source, only, line()) {
            // As it was written: it may hold a password, or have to be mended.
            (Source::Pasted, _, Some(line)) if text.trim().lines().count() == 1 => {
                self.form.take_address(line);
            }
            (_, Some(address), _) => self.form.take_address(&address),
            (Source::Pasted, None, Some(line)) => self.form.take_address(line),
            (Source::Dropped, None, _) => {
                self.say("No FTP address was found in what was dropped".to_owned())
            }
            (Source::Pasted, None, None) => {}
        }
    }

    /// Text that is pasted while no field has the keyboard goes into the address. Many addresses are
    /// taken from wherever they were pasted.
    pub(super) fn take_paste(&mut self, ui: &Ui) {
        let is_typing = ui.ctx().text_edit_focused();
        let taken = ui.input_mut(|input| {
            let is_paste = |event: &UiEvent| matches!(event, UiEvent::Paste(_));
            let at = input.events.iter().position(is_paste)?;
            let Some(UiEvent::Paste(text)) = input.events.get_mut(at) else { return None };
            let is_long = text.len() > LONGEST_LINE || text.trim().contains('\n');
            if is_typing && !(is_long && Batch::of(text, Source::Pasted).is_some()) {
                // A field has one line. More would only make it slow.
                if is_long {
                    let line = text.trim().lines().next().unwrap_or_default();
                    *text = line.chars().take(LONGEST_LINE).collect();
                }
                return None;
            }
            let text = std::mem::take(text);
            input.events.remove(at);
            Some(text)
        });
        if let Some(text) = taken {
            self.take_text(&text, Source::Pasted);
        }
    }

    /// Files that were dropped anywhere on the window are looked into for links.
    pub(super) fn take_drop(&mut self, ui: &Ui) -> Option<Wish> {
        let dropped = ui.input_mut(|input| std::mem::take(&mut input.raw.dropped_files));
        let path = |file: &eframe::egui::DroppedFileHandle| file.path().to_owned();
        let files: Vec<PathBuf> = dropped.iter().take(MOST_FILES).map(path).collect();
        (!files.is_empty()).then_some(Wish::Read(files))
    }

    /// Nobody has to type a password that is in the keychain.
    fn unlock_sheet(&mut self) {
        let Some(sheet) = &mut self.sheet else { return };
        let Some(Address { host, port, login, .. }) = sheet.form.address() else { return };
        let user = login.user.as_deref().map(String::from_utf8_lossy);
        let known = self.servers.known(&host, port);
        if user.is_some_and(|user| known.passwords_of.contains(user.as_ref())) {
            sheet.unlock();
        }
    }

    /// Draws the sheet about a link, in the place of the form.
    pub(super) fn link_sheet(&mut self, ui: &mut Ui, wishes: &mut Vec<Wish>) {
        let Some(sheet) = &mut self.sheet else { return };
        wishes.extend(sheet.question().map(|request| Wish::Glance(Some(Box::new(request)))));
        let model = &self.model;
        let action = sheet_ui(ui, sheet, &|path| model.coming(path), self.is_choosing);
        match action {
            None => return,
            Some(SheetAction::Choose { folder, name }) => {
                wishes.push(Wish::Choose { folder, name });
                return;
            }
            Some(SheetAction::Download(request)) => {
                if sheet.form.keeps_password {
                    self.to_keep.push(request.address.clone());
                }
                wishes.push(Wish::Download(request));
            }
            Some(SheetAction::Leave) => {}
            Some(SheetAction::Edit) => {
                if let Some(request) = sheet.order() {
                    self.form.take_request(&request);
                }
            }
        }
        self.sheet = self.sheet.take().and_then(Sheet::next);
        self.unlock_sheet();
        wishes.push(Wish::Glance(None));
        ui.ctx().request_repaint();
    }
}

/// What could not be read of the files that were dropped, in a sentence.
pub(super) fn unread(path: &Path, why: &std::io::Error) -> String {
    let shown = words::shown(&path.to_string_lossy());
    format!("{shown} could not be read: {}", words::io_error(why))
}
