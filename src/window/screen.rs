//! All that is on the screen: the form, the list, the log and the status bar.
//!
//! It starts no thread and opens no file; it draws, and says what the person wishes. So a test can
//! use it like a person without a window or an engine, and [`App`](super::app) stays the only place
//! where wishes come true.

use std::path::PathBuf;
use std::time::SystemTime;

use eframe::egui::{
    self, CentralPanel, Event as UiEvent, Label, Panel, RichText, ScrollArea, ThemePreference, Ui,
    vec2,
};

use super::Prefill;
use super::form::{Field, Form};
use super::form_view::{FormAction, form_ui};
use super::icons::Icon;
use super::log::{self, Log};
use super::look::{self, space};
use super::model::Model;
use super::row::{Row, Stage};
use super::transfers::{ListAction, RowAction, list_ui};
use super::{empty, widgets};
use crate::transfer::{Event, News, NextStep, Request, TransferId};
use crate::words;

/// What the person wishes that the screen cannot do by itself.
#[derive(Debug)]
pub enum Wish {
    /// Bring this file here.
    Download(Box<Request>),
    /// Stop this transfer.
    Cancel(TransferId),
    /// Let this transfer rest.
    Pause(TransferId),
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

    /// Takes in what the engine tells.
    pub fn hear(&mut self, event: Event, now: SystemTime) {
        let is_over = matches!(event.news, News::Ended(_));
        if let Some((id, line)) = self.model.apply(event, now) {
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
        wishes.extend(self.status_panel(ui));
        self.log_panel(ui);
        self.list_panel(ui, &mut wishes);
        wishes
    }

    /// A link that is pasted while no field has the keyboard goes into the address.
    fn take_paste(&mut self, ui: &Ui) {
        if ui.ctx().text_edit_focused() {
            return;
        }
        let pasted = ui.input(|input| {
            let paste = |event: &UiEvent| match event {
                UiEvent::Paste(text) => Some(text.clone()),
                _ => None,
            };
            input.events.iter().find_map(paste)
        });
        if let Some(text) = pasted.filter(|text| !text.trim().is_empty()) {
            self.form.take_address(text.trim());
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

    /// What goes on, how much room there is, the theme; and *Undo* after a *Clear*.
    fn status_panel(&mut self, ui: &mut Ui) -> Option<Wish> {
        let mut is_undone = false;
        let frame = look::surface_frame(ui, vec2(space::L, 0.0));
        Panel::bottom("status").frame(frame).exact_size(look::STRIP).show(ui, |ui| {
            ui.horizontal_centered(|ui| {
                let color = look::colors(ui).quiet;
                let font = look::fact_font();
                let room = self.room();
                let right = widgets::text_width(ui, &room, &font) + THEME_SWITCH + 2.0 * space::S;
                let left = (ui.available_width() - right - space::L).max(0.0);
                let activity = widgets::middle_cut(ui, &self.activity(), &font, left);
                ui.add(Label::new(RichText::new(activity).font(font.clone()).color(color)));
                if !self.cleared.is_empty() {
                    is_undone = widgets::quiet_button(ui, "Undo clear", "of the list");
                }
                ui.add_space((ui.available_width() - right).max(0.0));
                ui.add(Label::new(RichText::new(room).font(font).color(color)));
                theme_switch(ui);
            });
        });
        is_undone.then(|| self.undo())
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

    /// `1 active · 11.4 MB/s`.
    fn activity(&self) -> String {
        let totals = self.model.totals();
        let mut parts = Vec::new();
        if totals.active > 0 {
            parts.push(format!("{} active", totals.active));
        }
        if totals.speed >= 1.0 {
            parts.push(words::speed(totals.speed));
        }
        if totals.waiting > 0 {
            parts.push(format!("{} waiting", totals.waiting));
        }
        match totals.needs_a_look {
            0 => {}
            1 => parts.push("1 needs a look".to_owned()),
            many => parts.push(format!("{many} need a look")),
        }
        if parts.is_empty() { "Ready".to_owned() } else { parts.join(" · ") }
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
            match list_ui(ui, &self.model) {
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
            RowAction::Pause => Some(Wish::Pause(id)),
            RowAction::Resume | RowAction::Follow(NextStep::TryAgain) => Some(Wish::Resume(id)),
            RowAction::Follow(NextStep::Trust) => {
                let Stage::Failed { failure, .. } = &row.stage else { return None };
                let mut request = row.request.clone();
                request.trust.pin = failure.fingerprint();
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

/// The width of [`theme_switch`]: three icons, close together.
const THEME_SWITCH: f32 = 3.0 * 24.0 + 2.0 * 2.0;

/// System, light, dark: for as long as this window is open.
fn theme_switch(ui: &mut Ui) {
    ui.spacing_mut().item_spacing.x = 2.0;
    let now = ui.ctx().options(|options| options.theme_preference);
    for (theme, icon, name) in [
        (ThemePreference::System, Icon::System, "Theme of the system"),
        (ThemePreference::Light, Icon::Light, "Light theme"),
        (ThemePreference::Dark, Icon::Dark, "Dark theme"),
    ] {
        if widgets::icon_choice(ui, icon, name, now == theme).clicked() {
            ui.ctx().set_theme(theme);
        }
    }
}
