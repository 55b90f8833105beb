//! The browser's place on the screen.

use std::path::Path;

use eframe::egui::{self, CentralPanel, Panel, Ui};

use super::{Screen, Wish};
use crate::ftp::Address;
use crate::window::browser::errands::Sight;
use crate::window::browser::view::browser_ui;
use crate::window::browser::{Browser, Want};
use crate::window::log::Talk;
use crate::window::look;
use crate::window::pages::Page;

impl Screen {
    /// Takes in what the browser's errands bring.
    pub fn see(&mut self, sight: Sight) {
        let line = self.browser.as_mut().and_then(|browser| browser.hear(sight));
        if let (Some(line), Some(browser), Some(talk)) = (line, &self.browser, self.visit()) {
            self.log.know(browser.address());
            self.log.push(talk, line);
        }
    }

    /// What lines of the browser are about.
    pub(in crate::window) fn visit(&self) -> Option<Talk> {
        let host = self.browser.as_ref()?.address().host.as_str();
        Some(Talk::Visit(host.into()))
    }

    /// A dialog was answered with a place to save to: it goes to whoever asks for one.
    pub fn take_place(&mut self, path: &Path) {
        if let Some(sheet) = &mut self.sheet {
            sheet.form.take_place(path);
            return;
        }
        if let Some(Page::Settings(draft)) = &mut self.page {
            draft.folder = path.to_string_lossy().into_owned();
            draft.is_folder_new = true;
            return;
        }
        match &mut self.browser {
            Some(browser) if self.is_browsing && path.is_dir() => browser.take_folder(path),
            Some(browser) if self.is_browsing => browser.take_place(path),
            _ => self.form.take_place(path),
        }
    }

    /// A dialog was answered with nothing, or there was none; then `hint` says what to do.
    pub fn take_no_place(&mut self, hint: Option<&str>) {
        match &mut self.browser {
            Some(browser) if self.is_browsing => {
                match hint {
                    Some(_) => browser.ask_in_field(),
                    None => browser.take_no_place(),
                }
                hint.into_iter().for_each(|hint| self.notices.say(hint.to_owned()));
            }
            _ if self.page.is_some() => {
                hint.into_iter().for_each(|hint| self.notices.say(hint.to_owned()));
            }
            _ => self.form.hint = hint.map(str::to_owned).or(self.form.hint.take()),
        }
    }

    /// Looks into a folder of a server; into the one that was looked at before, as it was.
    pub(super) fn browse(&mut self, address: Address) {
        let (folder, _) = self.form.place();
        match &mut self.browser {
            Some(browser) if *browser.address() == address => browser.take_folder(&folder),
            _ => self.browser = Some(Browser::new(address, folder)),
        }
        self.is_browsing = true;
    }

    pub(super) fn browser_panel(&mut self, ui: &mut Ui) {
        let Some(browser) = &mut self.browser else { return };
        let frame = egui::Frame::new().fill(look::colors(ui).surface);
        let panel = CentralPanel::default().frame(frame);
        let leaves = panel.show(ui, |ui| browser_ui(ui, browser, self.is_choosing)).inner;
        if leaves {
            self.is_browsing = false;
            let folder = browser.folder().to_owned();
            self.form.take_place(&folder);
            ui.ctx().request_repaint();
        }
    }

    /// The transfers beside the browser, where there is room.
    pub(super) fn aside_panel(&mut self, ui: &mut Ui, wishes: &mut Vec<Wish>) {
        if ui.available_width() < look::WIDE_WINDOW || self.model.rows().is_empty() {
            return;
        }
        let frame = egui::Frame::new().fill(look::colors(ui).ground);
        let panel = Panel::right("transfers").frame(frame).resizable(false);
        panel.exact_size(look::ASIDE).show(ui, |ui| self.list_ui(ui, wishes));
    }

    /// What the browser wants, of this computer or of others.
    pub(super) fn fulfil_wants(&mut self, ui: &Ui, wishes: &mut Vec<Wish>) {
        let Some(browser) = &mut self.browser else { return };
        let mut errands = Vec::new();
        let wants = browser.wants();
        if !wants.is_empty() {
            ui.ctx().request_repaint();
        }
        for want in wants {
            match want {
                Want::Fetch(requests) => wishes.push(Wish::DownloadAll(requests)),
                Want::ChooseFolder => wishes.push(Wish::ChooseFolder(browser.folder().to_owned())),
                Want::ChooseFile(name) => {
                    wishes.push(Wish::Choose { folder: browser.folder().to_owned(), name });
                }
                Want::Trust(pin) => {
                    let Address { host, port, .. } = browser.address().clone();
                    wishes.push(Wish::Trust { host, port, pin, orders: Vec::new() });
                }
                Want::Encode(encoding) => {
                    let Address { host, port, .. } = browser.address().clone();
                    wishes.push(Wish::Encode { host, port, encoding });
                }
                Want::Keep(address) => self.to_keep.push(address),
                want @ (Want::Send(..) | Want::Stop(_)) => errands.push(want),
            }
        }
        if !errands.is_empty() {
            wishes.push(Wish::Browse(errands));
        }
    }
}
