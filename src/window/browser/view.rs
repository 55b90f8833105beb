//! How the browser is drawn, and what becomes of what the person does in it.

use std::time::Duration;

use eframe::egui::{CentralPanel, Panel, Ui, vec2};

use super::choice::Mode;
use super::errands::Kind;
use super::folder::{Column, ItemId, Sorting};
use super::trail::Turn;
use super::{Browser, Want, bar_view, below_view, keys, peek_view, table_view};
use crate::ftp::{Encoding, Fingerprint, RemotePath};
use crate::transfer::NextStep;
use crate::window::look::{self, space};

/// Below this width a look into a file takes the place of the table.
const WIDE: f32 = 860.0;

/// How soon it is looked again whether the rows are in order.
const UNTIL_DONE: Duration = Duration::from_millis(16);

/// What the person did.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Act {
    Visit(RemotePath),
    Turn(Turn),
    Up,
    Refresh,
    StopListing,
    Leave,
    Go(usize, Mode),
    All,
    None,
    Open(ItemId),
    Fetch,
    FetchLink,
    AskForPlace(ItemId),
    SaveAs,
    EndSaveAs,
    Peek(ItemId),
    EndPeek,
    Weigh,
    StopWeighing,
    Sort(Column),
    Filter(String),
    Encode(Option<Encoding>),
    SignIn,
    Trust(Fingerprint, bool),
    TryAnotherWay(NextStep),
    ChooseFolder,
    TypeFolder,
    Copy(String),
}

/// Draws the browser. Whether the person wants to leave it.
pub fn browser_ui(ui: &mut Ui, browser: &mut Browser, is_choosing: bool) -> bool {
    if browser.spot.settle() {
        ui.ctx().request_repaint_after(UNTIL_DONE);
    }
    let mut acts = keys::keys(ui, browser);
    let surface = look::surface_frame(ui, vec2(space::L, space::S));
    let bar = Panel::top("browser bar").frame(surface).resizable(false);
    bar.show(ui, |ui| bar_view::bar_ui(ui, browser, &mut acts));
    let below = Panel::bottom("browser below").frame(surface).resizable(false);
    below.show(ui, |ui| below_view::below_ui(ui, browser, is_choosing, &mut acts));
    let is_wide = ui.available_width() >= WIDE;
    if browser.peek.is_some() && is_wide {
        let width = (ui.available_width() * 0.5).floor();
        let side = Panel::right("peek").frame(surface).resizable(false).exact_size(width);
        side.show(ui, |ui| peek_view::peek_ui(ui, browser, &mut acts));
    }
    let ground = eframe::egui::Frame::new().fill(look::colors(ui).surface);
    CentralPanel::default().frame(ground).show(ui, |ui| {
        if browser.peek.is_some() && !is_wide {
            let frame = look::surface_frame(ui, vec2(space::L, space::S));
            frame.show(ui, |ui| peek_view::peek_ui(ui, browser, &mut acts));
        } else {
            table_view::table_ui(ui, browser, &mut acts);
        }
    });
    if !acts.is_empty() {
        ui.ctx().request_repaint();
    }
    let mut leaves = false;
    for act in acts {
        match act {
            Act::Leave => leaves = true,
            Act::Copy(text) => ui.ctx().copy_text(text),
            act => browser.act(act),
        }
    }
    leaves
}

impl Browser {
    pub(super) fn act(&mut self, act: Act) {
        match act {
            Act::Visit(path) => self.visit(&path),
            Act::Turn(turn) => self.turn(turn),
            Act::Up => self.up(),
            Act::Refresh => self.refresh(),
            Act::StopListing => self.stop_listing(),
            Act::Go(row, mode) => {
                self.note = None;
                self.spot.go(row, mode);
                self.wants_rows = true;
                self.peek_along();
            }
            Act::All => {
                self.note = None;
                self.spot.folder.choose_all();
            }
            Act::None => self.spot.folder.choice.clear(),
            Act::Open(id) => self.open(id),
            Act::Fetch => self.fetch_chosen(),
            Act::FetchLink => self.fetch_link(),
            Act::AskForPlace(id) => self.ask_for_place(id),
            Act::SaveAs => self.save_as(),
            Act::EndSaveAs => self.end_save_as(),
            Act::Peek(id) => self.peek_at(id),
            Act::EndPeek => {
                self.end_peek();
                self.wants_rows = true;
            }
            Act::Weigh => self.weigh_chosen(),
            Act::StopWeighing => self.stop_weighing(),
            Act::Sort(column) => {
                let now = self.spot.folder.sorting();
                // Sizes and times are looked at for the largest and the newest.
                let is_descending = match now.column == column {
                    true => !now.is_descending,
                    false => column != Column::Name,
                };
                self.spot.folder.sort(Sorting { column, is_descending });
                self.spot.follows = true;
            }
            Act::Filter(text) => {
                self.note = None;
                self.spot.folder.set_filter(&text);
                self.spot.filter = text;
                self.spot.scroll = 0.0;
                self.spot.is_moved = true;
            }
            Act::Encode(encoding) => {
                self.encode(encoding);
                self.wants_rows = true;
            }
            Act::SignIn => self.sign_in(),
            Act::Trust(pin, is_lasting) => self.trust(pin, is_lasting),
            Act::TryAnotherWay(step) => self.try_another_way(step),
            Act::ChooseFolder => self.wants.push(Want::ChooseFolder),
            Act::TypeFolder => self.type_folder(),
            Act::Leave | Act::Copy(_) => {}
        }
    }

    /// An open look into a file follows the keyboard.
    fn peek_along(&mut self) {
        let cursor = self.spot.folder.choice.cursor();
        let is_other = self.peek.as_ref().is_some_and(|peek| Some(peek.id) != cursor);
        if let Some(id) = cursor.filter(|_| is_other && self.spot.folder.choice.len() <= 1) {
            self.stop(Kind::Peek);
            self.peek_at(id);
        }
    }

    /// The field says another folder that files go to.
    fn type_folder(&mut self) {
        let home = crate::settings::download_folder();
        let text = if self.into_text.trim().is_empty() { "." } else { &self.into_text };
        let folder = crate::window::place::typed(text, &home).unwrap_or(home);
        let text = std::mem::take(&mut self.into_text);
        self.take_folder(&folder);
        self.into_text = text;
    }
}
