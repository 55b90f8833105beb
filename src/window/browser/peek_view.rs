//! How a file begins, beside the table or in its place.

use eframe::egui::{Label, RichText, ScrollArea, Ui, vec2};

use super::Browser;
use super::peek::{Found, Peeked};
use super::view::Act;
use crate::window::icons::Icon;
use crate::window::look::{self, space};
use crate::window::widgets;
use crate::words;

/// Draws the look into a file.
pub(super) fn peek_ui(ui: &mut Ui, browser: &Browser, acts: &mut Vec<Act>) {
    let Some(peek) = browser.peeked() else { return };
    let colors = look::colors(ui);
    ui.spacing_mut().item_spacing = vec2(space::S, space::XS);
    ui.horizontal(|ui| {
        ui.set_min_height(look::SMALL);
        let width = ui.available_width() - look::SMALL - space::S;
        let font = look::title_font();
        let cut = widgets::middle_cut(ui, &peek.name, &font, width);
        let name = RichText::new(cut).font(font).color(colors.text);
        ui.add(Label::new(name).selectable(false)).on_hover_text(&peek.name);
        ui.add_space((ui.available_width() - look::SMALL).max(0.0));
        if widgets::icon_button(ui, Icon::Cross, "Put the look into the file away").clicked() {
            acts.push(Act::EndPeek);
        }
    });
    widgets::message(ui, None, &said(peek), colors.quiet);
    ui.add_space(space::XS);
    if let Found::Text { lines, .. } = &peek.found {
        lines_ui(ui, peek, lines);
    }
}

/// What is to be said about it, in a sentence.
fn said(peek: &Peeked) -> String {
    let size = peek.size.map(words::bytes);
    match (&peek.found, size) {
        (Found::Waiting, _) => "Its beginning is being read…".to_owned(),
        (Found::Text { is_whole: true, lines }, _) if lines.is_empty() => "It is empty.".to_owned(),
        (Found::Text { is_whole: true, .. }, Some(size)) => format!("All of it, {size}."),
        (Found::Text { is_whole: true, .. }, None) => "All of it.".to_owned(),
        (Found::Text { is_whole: false, .. }, Some(size)) => {
            format!("The first 64 KiB of {size}. Nothing is saved.")
        }
        (Found::Text { is_whole: false, .. }, None) => {
            "The first 64 KiB. Nothing is saved.".to_owned()
        }
        (Found::NoText("no text"), _) => "This is no text that could be shown.".to_owned(),
        (Found::NoText(what), _) => format!("This is {what}, and cannot be shown as text."),
        (Found::Failed(failure), _) => format!("{failure}. {}", failure.advice()),
    }
}

fn lines_ui(ui: &mut Ui, peek: &Peeked, lines: &[String]) {
    let font = look::log_font();
    let height = ui.fonts_mut(|fonts| fonts.row_height(&font)) + 2.0;
    let color = look::colors(ui).text;
    ui.spacing_mut().item_spacing.y = 0.0;
    let area = ScrollArea::both().auto_shrink(false).id_salt(("peek", peek.number));
    area.show_rows(ui, height, lines.len(), |ui, rows| {
        for line in lines.get(rows).unwrap_or_default() {
            let text = RichText::new(line).font(font.clone()).color(color);
            ui.add(Label::new(text.line_height(Some(height))).extend());
        }
    });
}
