//! All that is on the screen: the form, the list, the log and the status bar.
//!
//! It starts no thread and opens no file; it draws, and says what the person wishes. So a test can
//! use it like a person without a window or an engine, and [`App`](super::app) stays the only place
//! where wishes come true.

mod browsing;

use std::path::PathBuf;

use eframe::egui::{self, CentralPanel, Panel, ScrollArea, Ui, vec2};

use super::Prefill;
use super::browser::Browser;
use super::form::{Field, Form};
use super::form_view::{FormAction, form_ui};
use super::log::{self, Log};
use super::look::{self, space};
use super::model::Model;
use super::notices::{NoticeAction, Notices};
use super::row::Row;
use super::sheet::Sheet;
use super::status::{Status, StatusAction, status_ui};
use super::transfers::{List, ListAction, RowAction, list_ui};
pub use super::wish::Wish;
use super::{empty, widgets};
use crate::ftp::{Address, Security, Trust};
use crate::transfer::{Event, News, NextStep, Request, TransferId};
use crate::words;

/// All that is on the screen.
#[derive(Debug)]
pub struct Screen {
    /// The form at the top.
    pub form: Form,
    /// The transfers.
    pub model: Model,
    /// The log at the bottom.
    pub log: Log,
    /// Whether the system's dialog stands open.
    pub is_choosing: bool,
    /// Whether unfinished transfers go on by themselves at the next start.
    pub continues_at_start: bool,
    /// A link that was clicked elsewhere, and waits for a word from the person.
    pub(super) sheet: Option<Sheet>,
    /// The look around a server, if there is one; also while it is put away.
    pub browser: Option<Browser>,
    is_browsing: bool,
    pub(super) notices: Notices,
    list: List,
    /// The rows that were taken off the list last.
    cleared: Vec<Row>,
    /// Whether the log is open, once the person has said so; before, there must be room for it.
    is_log_open: Option<bool>,
}

impl Screen {
    /// An empty screen. Files go to `folder` unless the person says otherwise.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self {
            form: Form::new(folder),
            model: Model::new(),
            log: Log::new(),
            is_choosing: false,
            continues_at_start: false,
            sheet: None,
            browser: None,
            is_browsing: false,
            notices: Notices::default(),
            list: List::default(),
            cleared: Vec::new(),
            is_log_open: None,
        }
    }

    /// Fills the form with what Ashore was started with. Nothing starts by itself.
    pub fn take(&mut self, prefill: &Prefill) {
        if let Some(address) = &prefill.address {
            self.take_link(address);
        }
        if let Some(path) = &prefill.save_to {
            self.take_place(path);
        }
    }

    /// Says something that is about no transfer, once, in a quiet line.
    pub fn say(&mut self, sentence: String) {
        self.notices.say(sentence);
    }

    /// Takes in what the engine tells.
    pub fn hear(&mut self, event: Event) {
        let is_over = matches!(event.news, News::Ended(_));
        if let Some((id, line)) = self.model.apply(event) {
            self.log.push(id, line);
        }
        if is_over {
            self.form.look_again();
            if let Some(browser) = &mut self.browser {
                browser.look_again();
            }
        }
    }

    /// Draws everything, and says what the person wishes.
    pub fn ui(&mut self, ui: &mut Ui) -> Vec<Wish> {
        let mut wishes = Vec::new();
        self.take_paste(ui);
        wishes.extend(self.take_drop(ui));
        // Whatever goes into the form is to be seen there.
        self.is_browsing &= self.form.focus.is_none();
        if !self.is_browsing {
            self.form_panel(ui, &mut wishes);
        }
        self.notice_panel(ui, &mut wishes);
        wishes.extend(self.status_panel(ui));
        self.log_panel(ui);
        if self.is_browsing {
            self.aside_panel(ui, &mut wishes);
            self.browser_panel(ui);
        } else {
            self.list_panel(ui, &mut wishes);
        }
        self.fulfil_wants(&mut wishes);
        wishes
    }

    fn notice_panel(&mut self, ui: &mut Ui, wishes: &mut Vec<Wish>) {
        if self.notices.is_empty() {
            return;
        }
        let (folder, _) = self.form.place();
        let shown = words::shown(&folder.to_string_lossy());
        let frame = egui::Frame::new().fill(look::colors(ui).ground);
        let frame = frame.inner_margin(egui::Margin::symmetric(16, 8));
        let panel = Panel::top("notices").frame(frame).resizable(false);
        match panel.show(ui, |ui| self.notices.ui(ui, &shown)).inner {
            Some(NoticeAction::Download(batch)) => {
                wishes.push(Wish::DownloadAll(batch.into_requests(&folder)));
            }
            None => {}
        }
    }

    fn form_panel(&mut self, ui: &mut Ui, wishes: &mut Vec<Wish>) {
        let frame = look::surface_frame(ui, vec2(space::L, space::M));
        if self.sheet.is_some() {
            let panel = Panel::top("sheet").frame(frame).resizable(false);
            panel.show(ui, |ui| self.link_sheet(ui, wishes));
            return;
        }
        let panel = Panel::top("form").frame(frame).resizable(false);
        let action = panel.show(ui, |ui| {
            let model = &self.model;
            form_ui(ui, &mut self.form, &|path| model.is_going_to(path), self.is_choosing)
        });
        match action.inner {
            Some(FormAction::Download(request)) => wishes.push(Wish::Download(request)),
            Some(FormAction::Choose { folder, name }) => {
                wishes.push(Wish::Choose { folder, name });
            }
            Some(FormAction::Browse(address)) => self.browse(*address),
            None => {}
        }
    }

    fn status_panel(&mut self, ui: &mut Ui) -> Option<Wish> {
        let frame = look::surface_frame(ui, vec2(space::L, 0.0));
        let status = Status {
            totals: self.model.totals(),
            room: &self.room(),
            can_undo: !self.cleared.is_empty(),
            continues_at_start: self.continues_at_start,
        };
        let panel = Panel::bottom("status").frame(frame).exact_size(look::STRIP);
        let shown = panel.show(ui, |ui| ui.horizontal_centered(|ui| status_ui(ui, status)).inner);
        Some(match shown.inner? {
            StatusAction::PauseAll => Wish::PauseAll,
            StatusAction::ResumeAll => Wish::ResumeAll,
            StatusAction::Undo => self.undo(),
            StatusAction::Theme(theme) => Wish::Theme(theme),
            StatusAction::ContinueAtStart(continues) => {
                self.continues_at_start = continues;
                Wish::ContinueAtStart(continues)
            }
        })
    }

    fn undo(&mut self) -> Wish {
        let rows = std::mem::take(&mut self.cleared);
        let ids = rows.iter().map(|row| row.id).collect();
        self.model.put_back(rows);
        Wish::Unclear(ids)
    }

    fn clear(&mut self, rows: Vec<Row>) -> Wish {
        let ids = rows.iter().map(|row| row.id).collect();
        self.cleared = rows;
        Wish::Clear(ids)
    }

    fn room(&self) -> String {
        let free = self.form.facts().and_then(|facts| facts.free);
        free.map(|free| format!("{} free", words::bytes(free))).unwrap_or_default()
    }

    fn log_panel(&mut self, ui: &mut Ui) {
        let is_roomy = ui.content_rect().height() >= look::LOW_WINDOW;
        let mut is_open = self
            .is_log_open
            .unwrap_or_else(|| is_roomy && !self.is_browsing && !self.model.rows().is_empty());
        let before = is_open;
        // The words of the bar begin where all others do: its buttons bring the other half.
        let frame = look::surface_frame(ui, vec2(space::S, 0.0));
        let room = ui.available_height();
        let (log, model) = (&mut self.log, &self.model);
        if is_open {
            let most = (room - 120.0).max(look::STRIP + 60.0);
            let panel = Panel::bottom("log").frame(frame).resizable(true);
            let panel =
                panel.default_size(look::LOG.min(most)).size_range(92.0_f32.min(most)..=most);
            panel.show(ui, |ui| {
                log::bar_ui(ui, log, model, &mut is_open);
                widgets::margin(8, 4).show(ui, |ui| log::lines_ui(ui, log));
            });
        } else {
            let panel = Panel::bottom("folded log").frame(frame).exact_size(look::STRIP);
            panel.show(ui, |ui| log::bar_ui(ui, log, model, &mut is_open));
        }
        if is_open != before {
            self.is_log_open = Some(is_open);
            ui.ctx().request_repaint();
        }
    }

    fn list_panel(&mut self, ui: &mut Ui, wishes: &mut Vec<Wish>) {
        let frame = egui::Frame::new().fill(look::colors(ui).ground);
        CentralPanel::default().frame(frame).show(ui, |ui| {
            if self.model.rows().is_empty() {
                let address = ScrollArea::vertical().auto_shrink(false).show(ui, empty::empty_ui);
                if let Some(address) = address.inner {
                    self.form.take_address(address);
                }
                return;
            }
            self.list_ui(ui, wishes);
        });
    }

    fn list_ui(&mut self, ui: &mut Ui, wishes: &mut Vec<Wish>) {
        match list_ui(ui, &mut self.list, &self.model) {
            Some(ListAction::Row(id, action)) => wishes.extend(self.follow(id, action)),
            Some(ListAction::Clear(group)) => {
                let rows = self.model.clear(group);
                wishes.push(self.clear(rows));
            }
            None => {}
        }
    }

    /// What was asked of a row: what the screen can do itself is done, the rest becomes a wish.
    fn follow(&mut self, id: TransferId, action: RowAction) -> Option<Wish> {
        let row = self.model.row(id)?;
        match action {
            RowAction::Cancel => {
                self.model.stopping(id);
                Some(Wish::Cancel(id))
            }
            RowAction::TryNow => Some(Wish::TryNow(id)),
            RowAction::Open => row.on_disk().map(|path| Wish::Open(id, path.to_owned())),
            RowAction::ShowInFolder | RowAction::Follow(NextStep::ShowKept) => {
                row.on_disk().map(|path| Wish::ShowInFolder(id, path.to_owned()))
            }
            RowAction::Remove => {
                let rows = self.model.remove(id).into_iter().collect();
                Some(self.clear(rows))
            }
            RowAction::Distrust => {
                self.model.distrust(id);
                None
            }
            RowAction::Shift(way) => {
                self.model.shift(id, way).map(|ids| Wish::Reorder(ids.to_vec()))
            }
            RowAction::Pause => Some(Wish::Pause(id)),
            RowAction::Resume | RowAction::Follow(NextStep::TryAgain | NextStep::Trust) => {
                Some(Wish::Resume(id))
            }
            RowAction::Trust => self.trust(id),
            RowAction::TrustOnce => {
                let pin = Some(row.certificate()?.shown.fingerprint);
                let trust = Trust { pin, ..row.request.trust.clone() };
                self.order_anew(id, Request { trust, ..row.request.clone() })
            }
            RowAction::Follow(NextStep::GoUnprotected) => {
                let security = Security::Off;
                self.order_anew(id, Request { security, ..row.request.clone() })
            }
            RowAction::Follow(step @ (NextStep::TryActive | NextStep::TryPassive)) => {
                let mut request = row.request.clone();
                request.way.is_active = step == NextStep::TryActive;
                self.model.order(id, request.clone());
                Some(Wish::Replace(id, Box::new(request)))
            }
            RowAction::Follow(NextStep::CheckAddress) => self.put_back(id, Field::Address),
            RowAction::Follow(NextStep::SaveElsewhere) => self.put_back(id, Field::SaveTo),
            RowAction::Follow(NextStep::SignIn) => {
                self.form.is_more_open = true;
                self.put_back(id, Field::User)
            }
        }
    }

    /// Tries a row again with another order, which is its own from here on.
    fn order_anew(&mut self, id: TransferId, request: Request) -> Option<Wish> {
        self.model.order(id, request.clone());
        Some(Wish::Replace(id, Box::new(request)))
    }

    /// The certificate that this row asks about is believed; so nobody else need ask about it.
    fn trust(&mut self, id: TransferId) -> Option<Wish> {
        let row = self.model.row(id)?;
        let pin = row.certificate()?.shown.fingerprint;
        let Address { host, port, .. } = row.request.address.clone();
        let mut orders = Vec::new();
        for id in self.model.asked_alike(id) {
            let Some(row) = self.model.row(id) else { continue };
            // What was trusted for one transfer only gives way to what is trusted for all.
            let trust = Trust { pin: None, ..row.request.trust.clone() };
            let request = Request { trust, ..row.request.clone() };
            self.model.order(id, request.clone());
            orders.push((id, request));
        }
        Some(Wish::Trust { host, port, pin, orders })
    }

    /// The order of a row goes back into the form, to be changed there.
    fn put_back(&mut self, id: TransferId, focus: Field) -> Option<Wish> {
        let request = self.model.row(id)?.request.clone();
        self.form.take_request(&request);
        self.form.focus = Some(focus);
        None
    }
}
