//! What a page is made of: groups, and rows in which something is chosen.

use eframe::egui::{
    Align, FontId, Frame, Id, Label, Layout, Margin, Rect, RichText, Stroke, Ui, UiBuilder, vec2,
};

use crate::window::icons::{self, Icon};
use crate::window::look::{self, Color, space};
use crate::window::widgets;

/// Between words and the quiet line below them.
const GAP: f32 = 2.0;

/// A heading, and rows on a surface of their own.
pub(super) fn group<R>(ui: &mut Ui, title: &str, add: impl FnOnce(&mut Ui) -> R) -> R {
    let colors = look::colors(ui);
    ui.add_space(space::L);
    let text = RichText::new(title).font(look::title_font()).color(colors.text);
    ui.add(Label::new(text).selectable(false));
    ui.add_space(space::XS);
    let frame = Frame::new().fill(colors.surface).stroke(Stroke::new(1.0, colors.hairline));
    let frame = frame.corner_radius(10).inner_margin(Margin::symmetric(16, 6));
    frame
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing = vec2(space::S, 0.0);
            add(ui)
        })
        .inner
}

/// A thin line before a row, unless it is the first of its group.
fn part(ui: &Ui) {
    if ui.min_rect().height() > 1.0 {
        let at = ui.cursor().top() - 0.5;
        let x = ui.max_rect().x_range();
        ui.painter().hline(x, at.round(), (1.0, look::colors(ui).hairline));
    }
}

/// The height of `text` in lines of `width`.
fn height(ui: &Ui, text: &str, font: FontId, width: f32) -> f32 {
    if text.is_empty() {
        return 0.0;
    }
    let galley = ui.painter().layout(text.to_owned(), font, Color::PLACEHOLDER, width);
    galley.size().y
}

/// What it is at the left, in words and a quiet line; at the right, `width` wide, what can be chosen.
/// `add` gets the words to be the name of what it adds.
pub(super) fn row<R>(
    ui: &mut Ui,
    words: &str,
    hint: &str,
    width: f32,
    add: impl FnOnce(&mut Ui, Id) -> R,
) -> R {
    part(ui);
    let whole = ui.available_width();
    let left = (whole - width - space::L).max(120.0);
    let gap = if hint.is_empty() { 0.0 } else { GAP };
    let hint_height = height(ui, hint, look::fact_font(), left);
    let lines = height(ui, words, look::entry_font(), left) + gap + hint_height;
    let rect = room(ui, look::SETTING, lines + 2.0 * space::S);
    let colors = look::colors(ui);
    let top = rect.center().y - lines / 2.0;
    let place = Rect::from_min_size(rect.min, vec2(left, rect.height())).with_min_y(top);
    let mut words_ui = child(ui, place, Layout::top_down(Align::Min));
    words_ui.spacing_mut().item_spacing.y = GAP;
    let text = RichText::new(words).font(look::entry_font()).color(colors.text);
    let label = words_ui.add(Label::new(text).selectable(false).wrap());
    if !hint.is_empty() {
        let text = RichText::new(hint).font(look::fact_font()).color(colors.quiet);
        words_ui.add(Label::new(text).selectable(false).wrap());
    }
    // From left to right, also for the keyboard and for a screen reader.
    let place = rect.with_min_x(rect.right() - width.min(whole - 120.0 - space::L));
    add(&mut child(ui, place, Layout::left_to_right(Align::Center)), label.id)
}

/// A row in which one of a few words is chosen: which one, in this frame.
pub(super) fn choice<T: Copy + PartialEq>(
    ui: &mut Ui,
    (words, hint): (&str, &str),
    now: T,
    choices: &[(T, &str)],
) -> Option<T> {
    let widths = choices.iter().map(|(_, words)| widgets::button_width(ui, words) + space::XS);
    let width = widths.sum::<f32>() - space::XS;
    let mut chosen = None;
    row(ui, words, hint, width, |ui, _| {
        ui.spacing_mut().item_spacing.x = space::XS;
        for (choice, words) in choices {
            if widgets::word_choice(ui, words, *choice == now).clicked() {
                chosen = Some(*choice);
            }
        }
    });
    chosen
}

/// A row that is one thing over the whole width.
pub(super) fn plain<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    part(ui);
    let rect = room(ui, look::SETTING, 0.0);
    add(&mut child(ui, rect, Layout::left_to_right(Align::Center)))
}

/// A word, and what it stands for.
pub(super) fn pair(ui: &mut Ui, word: &str, meaning: &str) {
    part(ui);
    let right = (ui.available_width() - look::KEYS).max(120.0);
    let lines = height(ui, meaning, look::fact_font(), right);
    let rect = room(ui, look::ENTRY, lines + space::M);
    let colors = look::colors(ui);
    let text = RichText::new(word).font(look::entry_font()).color(colors.text);
    child(ui, rect, Layout::left_to_right(Align::Center)).add(Label::new(text));
    let place = rect.with_min_x(rect.right() - right).with_min_y(rect.center().y - lines / 2.0);
    let text = RichText::new(meaning).font(look::fact_font()).color(colors.quiet);
    child(ui, place, Layout::top_down(Align::Min)).add(Label::new(text).wrap());
}

/// A sentence between two rows, that belongs to the upper one.
pub(super) fn note(ui: &mut Ui, icon: Option<Icon>, words: &str, color: Color) {
    widgets::message(ui, icon, words, color);
    ui.add_space(space::S);
}

/// What there is, with a quiet line below it, and what can be done about it: what was asked.
pub(super) fn thing(
    ui: &mut Ui,
    icon: Icon,
    (words, quiet): (&str, &str),
    buttons: &[&'static str],
) -> Option<&'static str> {
    part(ui);
    let width = |words: &&'static str| widgets::button_width(ui, words) + space::XS;
    let buttons_width: f32 = buttons.iter().map(width).sum();
    let left = ui.available_width() - buttons_width - look::ROW_ICON - space::M - space::S;
    let quiet_height = height(ui, quiet, look::fact_font(), left);
    let lines = height(ui, "X", look::entry_font(), left) + GAP + quiet_height;
    let rect = room(ui, look::SETTING, lines + 2.0 * space::S);
    let colors = look::colors(ui);
    let icon_place = rect.with_max_x(rect.left() + look::ROW_ICON);
    icons::paint(ui.painter(), icon_place, icon, colors.accent);
    let place = rect.with_min_x(icon_place.right() + space::M);
    let place = place.with_min_y(rect.center().y - lines / 2.0);
    let place = place.with_max_x(place.left() + left);
    let mut words_ui = child(ui, place, Layout::top_down(Align::Min));
    words_ui.spacing_mut().item_spacing.y = GAP;
    let font = look::entry_font();
    let cut = widgets::middle_cut(&words_ui, words, &font, left);
    let is_cut = cut != words;
    let label = words_ui.add(Label::new(RichText::new(cut).font(font).color(colors.text)));
    if is_cut {
        label.on_hover_text(words);
    }
    if !quiet.is_empty() {
        let text = RichText::new(quiet).font(look::fact_font()).color(colors.quiet);
        words_ui.add(Label::new(text).wrap());
    }
    let buttons_place = rect.with_min_x(rect.right() - buttons_width + space::XS);
    let mut buttons_ui = child(ui, buttons_place, Layout::left_to_right(Align::Center));
    buttons_ui.spacing_mut().item_spacing.x = space::XS;
    let mut asked = None;
    for button in buttons {
        if widgets::quiet_button(&mut buttons_ui, button, words) {
            asked = Some(*button);
        }
    }
    asked
}

fn room(ui: &mut Ui, least: f32, height: f32) -> Rect {
    let size = vec2(ui.available_width(), height.max(least));
    ui.allocate_space(size).1
}

fn child(ui: &mut Ui, place: Rect, layout: Layout) -> Ui {
    ui.new_child(UiBuilder::new().max_rect(place).layout(layout))
}
