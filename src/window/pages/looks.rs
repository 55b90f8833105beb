//! How the window looks.

use eframe::egui::{Label, RichText, Ui};

use super::{PageAction, rows};
use crate::settings::{Setting, Settings, Theme};
use crate::window::look::{self, space};
use crate::window::widgets;

const THEMES: [(Theme, &str); 3] =
    [(Theme::System, "As the system"), (Theme::Light, "Light"), (Theme::Dark, "Dark")];

/// The width of `100 %`.
const PERCENT: f32 = 48.0;

/// Draws the group.
pub(super) fn looks_ui(ui: &mut Ui, settings: &Settings) -> Option<PageAction> {
    let mut chosen = None;
    rows::group(ui, "Appearance", |ui| {
        let picked = rows::choice(ui, ("Theme", ""), settings.theme(), &THEMES);
        chosen = picked.map(Setting::Theme);
        let buttons: f32 = ["−", "+"].iter().map(|words| widgets::button_width(ui, words)).sum();
        let width = buttons + PERCENT + 2.0 * space::S;
        rows::row(ui, "Size", "Of everything: Ctrl++, Ctrl+- and Ctrl+0", width, |ui, _| {
            chosen = zoom_ui(ui).or(chosen.take());
        });
        rows::plain(ui, |ui| {
            let mut is_high = settings.has_high_contrast(look::is_high_contrast(ui));
            if ui.checkbox(&mut is_high, "High contrast").changed() {
                chosen = Some(Setting::HighContrast(is_high));
            }
        });
    });
    chosen.map(PageAction::Choose)
}

fn zoom_ui(ui: &mut Ui) -> Option<Setting> {
    let zoom = ui.ctx().zoom_factor();
    let mut chosen = None;
    if widgets::named_button(ui, "−", "size", zoom > 0.55) {
        chosen = Some(Setting::Zoom(((zoom - 0.1) * 10.0).round() / 10.0));
    }
    let text = RichText::new(format!("{:.0} %", zoom * 100.0)).font(look::entry_font());
    let text = Label::new(text.color(look::colors(ui).text)).selectable(false);
    // As wide for 50 % as for 400 %: the buttons stay where they are.
    ui.add_sized([PERCENT, look::SMALL], text);
    if widgets::named_button(ui, "+", "size", zoom < 3.95) {
        chosen = Some(Setting::Zoom(((zoom + 0.1) * 10.0).round() / 10.0));
    }
    chosen
}
