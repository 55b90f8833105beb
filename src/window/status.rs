//! The strip at the bottom: what goes on, what can be done about all of it, how much room there is.

use eframe::egui::{Label, RichText, ThemePreference, Ui};

use super::icons::Icon;
use super::limit::{self, LimitMenu};
use super::look::{self, space};
use super::model::Totals;
use super::widgets;
use crate::settings::{RateLimit, Theme};
use crate::words;

/// What the strip shows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Status<'a> {
    pub(super) totals: Totals,
    /// `312 GB free`.
    pub(super) room: &'a str,
    /// Whether rows were cleared that can be brought back.
    pub(super) can_undo: bool,
    /// How fast everything together may come.
    pub(super) limit: RateLimit,
}

/// What the person asked of the strip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StatusAction {
    PauseAll,
    ResumeAll,
    Undo,
    Limit(RateLimit),
    Theme(Theme),
    /// The page of settings is to be shown, or not any more.
    Settings,
    /// The page of keys is to be shown, or not any more.
    Keys,
}

/// The width of the icons at the right: five of them, close together.
const ICONS: f32 = 5.0 * 24.0 + 4.0 * 2.0;

/// Draws the strip and says what the person asked of it in this frame, if anything.
pub(super) fn status_ui(
    ui: &mut Ui,
    status: Status<'_>,
    menu: &mut LimitMenu,
) -> Option<StatusAction> {
    let Status { totals, room, can_undo, limit } = status;
    let mut action = None;
    let color = look::colors(ui).quiet;
    let font = look::fact_font();
    let all = match totals {
        Totals { active: 1.., .. } | Totals { waiting: 1.., .. } => {
            Some(("Pause all", StatusAction::PauseAll))
        }
        Totals { paused: 1.., .. } => Some(("Resume all", StatusAction::ResumeAll)),
        _ => None,
    };
    let undo = can_undo.then_some(("Undo clear", StatusAction::Undo));
    let buttons: Vec<_> = all.into_iter().chain(undo).collect();
    let width = |words| widgets::button_width(ui, words) + space::S;
    let switch = limit::switch_width(ui, limit) + space::S;
    let taken: f32 = switch + buttons.iter().map(|(words, _)| width(words)).sum::<f32>();
    let room_width = widgets::text_width(ui, room, &font);
    let activity = activity(totals, totals.speed);
    // What follows stays where it is when the speed gets another figure.
    let widest = widgets::text_width(ui, &self::activity(totals, WIDEST), &font);
    // In a narrow window what goes on, and what can be done, is more than how much room there is.
    let has_room = ui.available_width() > widest + taken + room_width + ICONS + 4.0 * space::S;
    let right = ICONS + if has_room { room_width + space::S } else { 0.0 };
    let left = (ui.available_width() - right - taken - space::S).max(0.0);
    let activity = widgets::end_cut(ui, &activity, &font, left);
    let start = ui.cursor().left();
    ui.add(Label::new(RichText::new(activity).font(font.clone()).color(color)));
    let used = ui.cursor().left() - start - space::S;
    ui.add_space((widest.min(left) - used).max(0.0));
    if let Some(limit) = limit::switch_ui(ui, limit, menu) {
        action = Some(StatusAction::Limit(limit));
    }
    for (words, asked) in buttons {
        let target = if asked == StatusAction::Undo { "of the list" } else { "transfers" };
        if widgets::quiet_button(ui, words, target) {
            action = Some(asked);
        }
    }
    ui.add_space((ui.available_width() - right).max(0.0));
    if has_room {
        ui.add(Label::new(RichText::new(room).font(font).color(color)));
    }
    ui.spacing_mut().item_spacing.x = 2.0;
    for (icon, name, asked) in [
        (Icon::Keys, "Keys", StatusAction::Keys),
        (Icon::Sliders, "Settings", StatusAction::Settings),
    ] {
        if widgets::icon_button_small(ui, icon, name).clicked() {
            action = Some(asked);
        }
    }
    theme_switch(ui).or(action)
}

/// A speed, in bytes per second, that takes as much room as any.
const WIDEST: f64 = 888.8e6;

/// `1 active · 11.4 MB/s`. Nothing is said of a speed while nothing comes.
fn activity(totals: Totals, speed: f64) -> String {
    let number = |number: usize| words::count(number as u64);
    let mut parts = Vec::new();
    if totals.active > 0 {
        parts.push(format!("{} active", number(totals.active)));
    }
    if totals.speed >= 1.0 {
        parts.push(words::speed(speed));
    }
    if totals.waiting > 0 {
        parts.push(format!("{} waiting", number(totals.waiting)));
    }
    if totals.paused > 0 {
        parts.push(format!("{} paused", number(totals.paused)));
    }
    match totals.needs_a_look {
        0 => {}
        1 => parts.push("1 needs a look".to_owned()),
        many => parts.push(format!("{} need a look", number(many))),
    }
    if totals.failed > 0 {
        parts.push(format!("{} failed", number(totals.failed)));
    }
    if parts.is_empty() { "Ready".to_owned() } else { parts.join(" · ") }
}

/// System, light, dark.
fn theme_switch(ui: &mut Ui) -> Option<StatusAction> {
    let now = ui.ctx().options(|options| options.theme_preference);
    let mut chosen = None;
    for (theme, icon, name) in [
        (Theme::System, Icon::System, "Theme of the system"),
        (Theme::Light, Icon::Light, "Light theme"),
        (Theme::Dark, Icon::Dark, "Dark theme"),
    ] {
        if widgets::icon_choice(ui, icon, name, now == preference(theme)).clicked() {
            ui.ctx().set_theme(preference(theme));
            chosen = Some(StatusAction::Theme(theme));
        }
    }
    chosen
}

/// What egui calls a theme.
pub(super) fn preference(theme: Theme) -> ThemePreference {
    match theme {
        Theme::System => ThemePreference::System,
        Theme::Light => ThemePreference::Light,
        Theme::Dark => ThemePreference::Dark,
    }
}
