//! How the window looks.

use eframe::egui::{Label, RichText, Ui};

use super::{PageAction, rows};
use crate::settings::{Setting, Settings, Theme};
use crate::window::look::{self, space};
use crate::window::widgets;

const THEMES: [(Theme, &str); 3] =
    [(Theme::System, "As the system"), (Theme::Light, "Light"), (Theme::Dark, "Dark")];

/// Draws the group.
pub(super) fn looks_ui(ui: &mut Ui, settings: &Settings) -> Option<PageAction> {
    let mut chosen = None;
    rows::group(ui, "Appearance", |ui| {
        rows::row(ui, "Theme", "", 300.0, |ui, _| {
            ui.spacing_mut().item_spacing.x = space::XS;
            for (theme, words) in THEMES.into_iter().rev() {
                if widgets::word_choice(ui, words, settings.theme() == theme).clicked() {
                    chosen = Some(Setting::Theme(theme));
                }
            }
        });
        rows::row(ui, "Size", "Of everything: Ctrl++, Ctrl+- and Ctrl+0", 150.0, |ui, _| {
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
    if widgets::named_button(ui, "+", "size", zoom < 3.95) {
        chosen = Some(Setting::Zoom(((zoom + 0.1) * 10.0).round() / 10.0));
    }
    let text = RichText::new(format!("{:.0} %", zoom * 100.0)).font(look::entry_font());
    let text = Label::new(text.color(look::colors(ui).text)).selectable(false);
    // As wide for 50 % as for 400 %: the buttons stay where they are.
    ui.add_sized([48.0, look::SMALL], text);
    if widgets::named_button(ui, "−", "size", zoom > 0.55) {
        chosen = Some(Setting::Zoom(((zoom - 0.1) * 10.0).round() / 10.0));
    }
    chosen
}
