//! All that is on the screen: the form, the list, the log and the status bar.
//!
//! It starts no thread and opens no file; it draws, and says what the person wishes. So a test can
//! use it like a person without a window or an engine, and [`App`](super::app) stays the only place
//! where wishes come true.

use std::path::PathBuf;

use eframe::egui::{self, CentralPanel, Event as UiEvent, Panel, ScrollArea, Ui, vec2};

use super::Prefill;
use super::batch::Batch;
use super::form::{Field, Form};
use super::form_view::{FormAction, form_ui};
use super::log::{self, Log};
use super::look::{self, space};
use super::model::Model;
use super::notices::{NoticeAction, Notices};
use super::row::Row;
use super::status::{Status, StatusAction, status_ui};
use super::transfers::{List, ListAction, RowAction, list_ui};
use super::{empty, widgets};
use crate::settings::Theme;
use crate::transfer::{Event, News, NextStep, Request, TransferId};
use crate::words;

/// What the person wishes that the screen cannot do by itself.
#[derive(Debug)]
pub enum Wish {
    /// Bring this file here.
    Download(Box<Request>),
    /// Bring these files here, in this order.
    DownloadAll(Vec<Request>),
    /// Stop this transfer.
    Cancel(TransferId),
    /// Let this transfer rest.
    Pause(TransferId),
    /// Let all rest that waits or runs.
    PauseAll,
    /// Go on with all that is paused.
    ResumeAll,
    /// Let these waiting transfers change places: this is their order now.
    Reorder(Vec<TransferId>),
    /// Go on with this transfer, or try it again: exactly the same order.
    Resume(TransferId),
    /// Try this transfer again, with another order.
    Replace(TransferId, Box<Request>),
    /// Forget these transfers; until [`Wish::Unclear`], if it comes.
    Clear(Vec<TransferId>),
    /// Remember these transfers again.
    Unclear(Vec<TransferId>),
    /// End the pause before this transfer's next attempt.
    TryNow(TransferId),
    /// Ask in a dialog of the system where the file goes.
    Choose {
        /// The folder that the dialog begins in.
        folder: PathBuf,
        /// The name that it proposes.
        name: String,
    },
    /// Open a file with the program that belongs to it.
    Open(TransferId, PathBuf),
    /// Show a file in the system's file manager.
    ShowInFolder(TransferId, PathBuf),
    /// Remember this theme; it is worn already.
    Theme(Theme),
    /// Remember whether unfinished transfers go on by themselves at the next start.
    ContinueAtStart(bool),
}

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
    notices: Notices,
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
            notices: Notices::default(),
            list: List::default(),
            cleared: Vec::new(),
            is_log_open: None,
        }
    }

    /// Fills the form with what Ashore was started with. Nothing starts by itself.
    pub fn take(&mut self, prefill: &Prefill) {
        if let Some(address) = &prefill.address {
            self.form.take_address(address);
        }
        if let Some(path) = &prefill.save_to {
            self.form.take_place(path);
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
        }
    }

    /// Draws everything, and says what the person wishes.
    pub fn ui(&mut self, ui: &mut Ui) -> Vec<Wish> {
        let mut wishes = Vec::new();
        self.take_paste(ui);
        self.form_panel(ui, &mut wishes);
        self.notice_panel(ui, &mut wishes);
        wishes.extend(self.status_panel(ui));
        self.log_panel(ui);
        self.list_panel(ui, &mut wishes);
        wishes
    }

    /// A link that is pasted while no field has the keyboard goes into the address. Many of them are
    /// taken from wherever they were pasted.
    fn take_paste(&mut self, ui: &Ui) {
        let is_typing = ui.ctx().text_edit_focused();
        let pasted = ui.input_mut(|input| {
            let at = input.events.iter().position(|event| match event {
                UiEvent::Paste(text) => !is_typing || text.contains('\n'),
                _ => false,
            })?;
            let UiEvent::Paste(text) = input.events.get(at)? else { return None };
            let batch = Batch::of(text);
            let text = text.trim().to_owned();
            if !is_typing || batch.is_some() {
                input.events.remove(at);
                return Some((text, batch));
            }
            None
        });
        match pasted {
            Some((_, Some(batch))) => self.notices.batch = Some(batch),
            Some((text, None)) if !text.is_empty() => self.form.take_address(&text),
            _ => {}
        }
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
        let panel = Panel::top("form").frame(frame).resizable(false);
        let action = panel.show(ui, |ui| {
            let model = &self.model;
            form_ui(ui, &mut self.form, &|path| model.is_going_to(path), self.is_choosing)
        });
        wishes.extend(action.inner.map(|action| match action {
            FormAction::Download(request) => Wish::Download(request),
            FormAction::Choose { folder, name } => Wish::Choose { folder, name },
        }));
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
        let mut is_open = self.is_log_open.unwrap_or(is_roomy && !self.model.rows().is_empty());
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
            match list_ui(ui, &mut self.list, &self.model) {
                Some(ListAction::Row(id, action)) => wishes.extend(self.follow(id, action)),
                Some(ListAction::Clear(group)) => {
                    let rows = self.model.clear(group);
                    wishes.push(self.clear(rows));
                }
                None => {}
            }
        });
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
            RowAction::Resume | RowAction::Follow(NextStep::TryAgain) => Some(Wish::Resume(id)),
            RowAction::Follow(NextStep::Trust) => {
                let fingerprint = row.certificate()?.fingerprint;
                let mut request = row.request.clone();
                request.trust.pin = Some(fingerprint);
                // The order is another one from here on, also if it has to be tried again.
                self.model.order(id, request.clone());
                Some(Wish::Replace(id, Box::new(request)))
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

    /// The order of a row goes back into the form, to be changed there.
    fn put_back(&mut self, id: TransferId, focus: Field) -> Option<Wish> {
        let request = self.model.row(id)?.request.clone();
        self.form.take_request(&request);
        self.form.focus = Some(focus);
        None
    }
}
