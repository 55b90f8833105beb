//! How Ashore looks: the only place that knows a colour or a size.
//!
//! Its colours are named for what they mean, and tests measure that every text can be read: 4.5:1 for
//! text, 3:1 for shapes (WCAG 2.2 AA). The sizes are in `size`.

mod colors;
mod fonts;
mod size;

use std::sync::Arc;

use eframe::egui::{
    self, Color32, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, Style, TextStyle,
    Theme, Ui, Vec2, Visuals, vec2,
};

use colors::of;
pub use colors::{Color, Colors};
pub use size::*;

/// The colours of the theme that is drawn; each is known by its ground.
#[must_use]
pub fn colors(ui: &Ui) -> &'static Colors {
    let visuals = ui.visuals();
    let usual = of(visuals.dark_mode, false);
    if visuals.panel_fill == usual.ground { usual } else { of(visuals.dark_mode, true) }
}

/// Whether the colours that are drawn are as far apart as they can be.
pub(super) fn is_high_contrast(ui: &Ui) -> bool {
    colors(ui) == of(ui.visuals().dark_mode, true)
}

/// Fields, and sentences that stand alone.
#[must_use]
pub fn name_font() -> FontId {
    fonts::regular(15.0)
}

/// The names of transfers, titles of cards and groups: what is to be read first.
#[must_use]
pub fn title_font() -> FontId {
    fonts::strong(15.0)
}

/// The one heading of a page.
#[must_use]
pub fn heading_font() -> FontId {
    fonts::strong(20.0)
}

/// Names in the table of a server's folder.
#[must_use]
pub fn entry_font() -> FontId {
    fonts::regular(14.0)
}

/// Second lines, messages, captions.
#[must_use]
pub fn fact_font() -> FontId {
    fonts::regular(13.0)
}

/// The log.
#[must_use]
pub fn log_font() -> FontId {
    FontId::new(12.0, FontFamily::Monospace)
}

/// Dresses the window. Follows the system's theme where the system tells it, and is light where it
/// does not; the status bar has a switch. Colours as far apart as they can be, if `has_high_contrast`.
///
/// To be called before the first picture: without its typefaces nothing can be drawn.
pub fn dress(ctx: &egui::Context, has_high_contrast: bool) {
    fonts::load(ctx);
    follow(ctx, None);
    ctx.style_mut_of(Theme::Light, |style| set(style, of(false, has_high_contrast)));
    ctx.style_mut_of(Theme::Dark, |style| set(style, of(true, has_high_contrast)));
}

/// Is dark or light as the desktop is, where the person wants that and winit does not hear it.
pub(super) fn follow(ctx: &egui::Context, desktop: Option<Theme>) {
    ctx.options_mut(|options| options.fallback_theme = desktop.unwrap_or(Theme::Light));
}

fn set(style: &mut Style, colors: &Colors) {
    style.text_styles = [
        (TextStyle::Small, fonts::regular(12.0)),
        (TextStyle::Body, fact_font()),
        (TextStyle::Button, entry_font()),
        (TextStyle::Heading, heading_font()),
        (TextStyle::Monospace, log_font()),
    ]
    .into();
    style.animation_time = 0.0;
    style.spacing.item_spacing = vec2(space::S, space::XS);
    style.spacing.button_padding = vec2(space::M, space::XS);
    style.spacing.interact_size = vec2(CONTROL, SMALL);
    style.spacing.menu_margin = Margin::same(6);
    style.spacing.icon_spacing = 6.0;
    style.spacing.tooltip_width = READING;
    style.visuals = visuals(style.visuals.dark_mode, colors);
}

fn visuals(is_dark: bool, c: &Colors) -> Visuals {
    let mut v = if is_dark { Visuals::dark() } else { Visuals::light() };
    v.override_text_color = None;
    v.weak_text_color = Some(c.quiet);
    v.panel_fill = c.ground;
    v.window_fill = c.raised;
    v.window_stroke = Stroke::new(1.0, c.hairline);
    v.window_corner_radius = CornerRadius::same(10);
    v.menu_corner_radius = CornerRadius::same(6);
    v.popup_shadow =
        Shadow { offset: [0, 4], blur: 16, spread: 0, color: Color32::from_black_alpha(48) };
    v.text_edit_bg_color = Some(c.field);
    v.extreme_bg_color = c.field;
    v.faint_bg_color = c.ground;
    v.hyperlink_color = c.accent;
    v.warn_fg_color = c.attention;
    v.error_fg_color = c.danger;
    v.selection.bg_fill = c.selection;
    v.selection.stroke = Stroke::new(2.0, c.accent);
    v.text_cursor.stroke = Stroke::new(2.0, c.accent);
    // A blinking cursor would wake an idle window twice a second.
    v.text_cursor.blink = false;
    let [rest, hover, press] = c.button;
    let w = &mut v.widgets;
    for (widget, fill, edge) in [
        (&mut w.noninteractive, c.surface, c.hairline),
        (&mut w.inactive, rest, c.edge),
        (&mut w.hovered, hover, c.quiet),
        (&mut w.active, press, c.accent),
        (&mut w.open, hover, c.edge),
    ] {
        widget.bg_fill = fill;
        widget.weak_bg_fill = fill;
        widget.bg_stroke = Stroke::new(1.0, edge);
        widget.fg_stroke = Stroke::new(1.5, c.text);
        widget.corner_radius = CornerRadius::same(6);
        widget.expansion = 0.0;
    }
    v
}

/// The frame of the form, the log and the status bar.
pub fn surface_frame(ui: &Ui, margin: Vec2) -> egui::Frame {
    #[expect(clippy::cast_possible_truncation, reason = "margins are small whole numbers")]
    let margin = Margin::symmetric(margin.x as i8, margin.y as i8);
    egui::Frame::new().fill(colors(ui).surface).inner_margin(margin)
}

/// The theme's picture as an icon for the window's title bar.
#[must_use]
pub fn icon() -> Option<Arc<egui::IconData>> {
    eframe::icon_data::from_png_bytes(include_bytes!("../../assets/icon.png")).ok().map(Arc::new)
}
