//! What is asked of the rows: one by one, or of all that are chosen.

use std::collections::HashSet;

use eframe::egui::{Key, Label, Modifiers, Panel, RichText, Ui, vec2};

use super::{Screen, Wish};
use crate::ftp::{Address, Security, Trust};
use crate::transfer::{NextStep, Request, TransferId};
use crate::window::details::details_ui;
use crate::window::form::Field;
use crate::window::icons::Icon;
use crate::window::log::Filter;
use crate::window::look::{self, space};
use crate::window::row::{Row, Stage};
use crate::window::selection::Choice;
use crate::window::sign_in::SignIn;
use crate::window::transfers::{ListAction, RowAction, list_ui};
use crate::window::widgets;
use crate::words;

impl Screen {
    pub(super) fn list_ui(&mut self, ui: &mut Ui, wishes: &mut Vec<Wish>) {
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
            RowAction::Move(way) => {
                let ids = match self.list.selection.has(id) {
                    true => self.list.selection.ids().collect(),
                    false => HashSet::from([id]),
                };
                self.list.wants_focus = Some(id);
                self.model.rearrange(&ids, way).map(Wish::Reorder)
            }
            RowAction::Grab => {
                if !self.list.selection.has(id) {
                    self.list.selection.choose(id, Choice::Alone, &self.model);
                }
                self.list.dragged = Some(id);
                None
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
                self.order_anew(id, request)
            }
            RowAction::Follow(NextStep::CheckAddress) => self.put_back(id, Field::Address),
            RowAction::Follow(NextStep::SaveElsewhere) => self.put_back(id, Field::SaveTo),
            RowAction::Follow(NextStep::SignIn) => {
                self.list.sign_in = Some(SignIn::of(row));
                None
            }
            RowAction::SignIn => {
                let card = self.list.sign_in.take_if(|card| card.id == id)?;
                let mut request = row.request.clone();
                let keeps = card.keeps;
                request.address.login = card.login();
                if keeps {
                    self.to_keep.push(request.address.clone());
                }
                self.order_anew(id, request)
            }
            RowAction::PutOff => {
                self.list.sign_in = None;
                None
            }
            RowAction::Choose(choice) => {
                self.list.selection.choose(id, choice, &self.model);
                None
            }
            RowAction::Step { places, extends } => {
                self.list.wants_focus = self.list.selection.step(id, places, extends, &self.model);
                None
            }
            RowAction::Unfold => {
                if self.list.open.remove(&id) {
                    return None;
                }
                self.list.open.insert(id);
                self.model.asks_for_files(id).then_some(Wish::Files(id))
            }
            RowAction::Log => {
                let only = Some(id.into());
                self.log.set_filter(Filter { only, ..Filter::default() });
                self.is_log_open = Some(true);
                None
            }
            RowAction::Details => {
                self.list.selection.choose(id, Choice::Alone, &self.model);
                self.is_detailed = true;
                None
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

    pub(super) fn undo(&mut self) -> Wish {
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

    /// What the keys mean to the list while nothing is being typed.
    pub(super) fn list_keys(&mut self, ui: &Ui) -> Vec<Wish> {
        let escape = (Modifiers::NONE, Key::Escape);
        if self.list.dragged.is_some() && ui.input_mut(|it| it.consume_key(escape.0, escape.1)) {
            self.list.dragged = None; // What is chosen stays chosen.
        }
        if ui.ctx().text_edit_focused() {
            return Vec::new();
        }
        self.list.selection.keep(&self.model);
        if ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::A)) {
            self.list.selection.all(&self.model);
        }
        if self.list.selection.is_empty() {
            return Vec::new();
        }
        if ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::I)) {
            self.is_detailed ^= true;
        }
        if self.list.sign_in.is_none() && ui.input(|input| input.key_pressed(Key::Escape)) {
            self.list.selection.clear();
            self.is_detailed = false;
        }
        match ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Delete)) {
            true => self.all(RowAction::Remove),
            false => Vec::new(),
        }
    }

    /// What can be done with several rows that are chosen.
    pub(super) fn selection_panel(&mut self, ui: &mut Ui) -> Vec<Wish> {
        if self.list.selection.len() < 2 {
            return Vec::new();
        }
        let frame = look::surface_frame(ui, vec2(space::L, 0.0));
        let panel = Panel::bottom("selection").frame(frame).exact_size(look::BAR_OF_ROWS);
        let asked = panel.show(ui, |ui| ui.horizontal_centered(|ui| self.selection_ui(ui)).inner);
        asked.inner.map(|action| self.all(action)).unwrap_or_default()
    }

    fn selection_ui(&mut self, ui: &mut Ui) -> Option<RowAction> {
        let count = words::count(self.list.selection.len() as u64);
        let text = RichText::new(format!("{count} chosen")).font(look::fact_font());
        ui.add(Label::new(text.color(look::colors(ui).text)));
        ui.add_space(space::S);
        let mut asked = None;
        for ((words, action), can) in FOR_MANY.into_iter().zip(self.possible()) {
            if widgets::named_button(ui, words, "what is chosen", can) {
                asked = Some(action);
            }
        }
        if widgets::quiet_button(ui, "Copy addresses", "of what is chosen") {
            let addresses = self.chosen().map(|row| row.request.address.to_string() + "\n");
            let addresses: String = addresses.collect();
            ui.ctx().copy_text(addresses);
        }
        ui.add_space((ui.available_width() - look::SMALL).max(0.0));
        if widgets::icon_button(ui, Icon::Cross, "Choose nothing").clicked() {
            self.list.selection.clear();
        }
        asked
    }

    fn chosen(&self) -> impl Iterator<Item = &Row> {
        self.list.selection.ids().filter_map(|id| self.model.row(id))
    }

    /// Which of [`FOR_MANY`] can be done with any row that is chosen. Found out once, not once for each
    /// picture: they may be a hundred thousand.
    fn possible(&mut self) -> [bool; FOR_MANY.len()] {
        let versions = (self.model.version(), self.list.selection.version());
        match self.list.possible {
            Some((known, possible)) if known == versions => possible,
            _ => {
                let is_all = self.list.selection.len() == self.model.rows().len();
                let possible = FOR_MANY.map(|(_, action)| match is_all {
                    true => self.model.rows().iter().any(|row| can(row, action)),
                    false => self.chosen().any(|row| can(row, action)),
                });
                self.list.possible = Some((versions, possible));
                possible
            }
        }
    }

    /// Does the same with all that are chosen and let it be done with them.
    fn all(&mut self, action: RowAction) -> Vec<Wish> {
        let ids: Vec<_> = self.chosen().filter(|row| can(row, action)).map(|row| row.id).collect();
        if action == RowAction::Remove {
            let rows = self.model.remove_all(&ids);
            return if rows.is_empty() { Vec::new() } else { vec![self.clear(rows)] };
        }
        ids.into_iter().filter_map(|id| self.follow(id, action)).collect()
    }

    /// Every fact about the one row that is chosen, beside the list.
    pub(super) fn details_panel(&mut self, ui: &mut Ui) {
        let Some(id) = self.list.selection.only().filter(|_| self.is_detailed) else { return };
        let Some(row) = self.model.row(id) else { return };
        let frame = look::surface_frame(ui, vec2(space::L, space::S));
        let panel = Panel::right("details").frame(frame).resizable(false);
        let width = look::DETAILS.min(ui.available_width() * 0.5);
        let log = &self.log;
        let is_open = panel.exact_size(width).show(ui, |ui| details_ui(ui, row, log)).inner;
        self.is_detailed = is_open;
    }
}

/// What can be done with many rows at once.
const FOR_MANY: [(&str, RowAction); 4] = [
    ("Pause", RowAction::Pause),
    ("Resume", RowAction::Resume),
    ("Cancel", RowAction::Cancel),
    ("Remove", RowAction::Remove),
];

/// Whether this can be done with a row, among many.
fn can(row: &Row, action: RowAction) -> bool {
    let can_go_on = || row.ending().is_some_and(|ending| ending.path.is_none());
    match action {
        RowAction::Pause => matches!(row.stage, Stage::Waiting { .. } | Stage::Running { .. }),
        RowAction::Resume => matches!(row.stage, Stage::Paused) || can_go_on(),
        RowAction::Cancel => !row.is_over(),
        RowAction::Remove => row.is_over(),
        _ => false,
    }
}
