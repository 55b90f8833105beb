//! How Ashore looks: the only place that knows a colour or a size.
//!
//! Colours are named for what they mean, one set for light and one for dark. The tests below measure
//! that every text can be read: 4.5:1 for text, 3:1 for shapes (WCAG 2.2 AA).

use std::sync::Arc;

use eframe::egui::{
    self, Color32, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, Style, TextStyle,
    Theme, Ui, Vec2, Visuals, vec2,
};

/// Distances in points: between what belongs together (4, 8) up to what does not (24, 32).
pub mod space {
    /// Between a word and its icon.
    pub const XS: f32 = 4.0;
    /// Between neighbours.
    pub const S: f32 = 8.0;
    /// Between the parts of a row.
    pub const M: f32 = 12.0;
    /// From an edge.
    pub const L: f32 = 16.0;
    /// Between groups.
    pub const XL: f32 = 24.0;
    /// Around what stands alone.
    pub const XXL: f32 = 32.0;
}

/// Height of a field or a button.
pub const CONTROL: f32 = 32.0;
/// Height of the primary button and of the field that matters most.
pub const PRIMARY: f32 = 36.0;
/// Height of a button inside a row.
pub const SMALL: f32 = 28.0;
/// Thickness of a progress bar.
pub const BAR: f32 = 4.0;
/// Height of a row with a second line and nothing else.
pub const ROW: f32 = 66.0;
/// Height of a row with a bar between its lines.
pub const ROW_WITH_BAR: f32 = ROW + BAR + space::S;
/// Height of a row in the table of a server's folder.
pub const ENTRY: f32 = 30.0;
/// Height of a second line, and side of a button in it.
pub const LINE: f32 = 20.0;
/// Between the edge of a card and what is on it.
pub const CARD: f32 = space::M;
/// Side of an icon.
pub const ICON: f32 = 16.0;
/// Side of a row's icon.
pub const ROW_ICON: f32 = 20.0;
/// Height of the status bar, and of the log when it is folded.
pub const STRIP: f32 = 32.0;
/// Below this height of the window the log folds unless it is opened.
pub const LOW_WINDOW: f32 = 600.0;
/// From this width of the window on, the transfers stand beside the browser.
pub const WIDE_WINDOW: f32 = 1100.0;
/// Width of the transfers beside the browser.
pub const ASIDE: f32 = 400.0;
/// Below this width of the window second lines and button rows get shorter.
pub const NARROW_WINDOW: f32 = 640.0;
/// Below this width a row has one button, and the other one in its menu.
pub const NARROW_ROW: f32 = 420.0;
/// Width of a column of text that is meant to be read, about 72 letters.
pub const READING: f32 = 560.0;
/// Width of a page of settings.
pub const PAGE: f32 = 720.0;
/// Height of a row in which something is chosen.
pub const SETTING: f32 = 44.0;
/// Width of the words in front of the fields.
pub const CAPTION: f32 = 64.0;
/// Height of the strip about the rows that are chosen.
pub const BAR_OF_ROWS: f32 = 40.0;
/// Width of the keys before what they do.
pub const KEYS: f32 = 176.0;
/// Width of a graph in a row.
pub const GRAPH: f32 = 72.0;
/// Width of the facts beside the list.
pub const DETAILS: f32 = 300.0;
/// Height of the log when it is first opened.
pub const LOG: f32 = 168.0;

/// From this width on, lines of the log say what they are about.
pub const LOG_WITH_NAMES: f32 = 900.0;

/// A colour. Only this file makes one; the others pass them on.
pub type Color = Color32;

/// Colours by their meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colors {
    /// Behind the list.
    pub ground: Color32,
    /// Behind the form and the bars: one step above the ground.
    pub surface: Color32,
    /// Inside a field.
    pub field: Color32,
    /// Behind a quiet button; under the pointer; pressed.
    pub button: [Color32; 3],
    /// A thin line that parts.
    pub hairline: Color32,
    /// The edge of a field: it must be seen to be found.
    pub edge: Color32,
    /// What is to be read first.
    pub text: Color32,
    /// What can be read second.
    pub quiet: Color32,
    /// The primary button, progress, focus; and text on it.
    pub accent: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// Behind selected text.
    pub selection: Color32,
    /// Behind a row that is chosen.
    pub chosen: Color32,
    /// The way of a progress bar that is still to go.
    pub track: Color32,
    /// It is right.
    pub success: Color32,
    /// It needs a look.
    pub attention: Color32,
    /// It failed.
    pub danger: Color32,
    /// The log: what was sent.
    pub sent: Color32,
    /// The log: what was received.
    pub received: Color32,
}

const fn rgb(hex: u32) -> Color32 {
    let [_, r, g, b] = hex.to_be_bytes();
    Color32::from_rgb(r, g, b)
}

const LIGHT: Colors = Colors {
    ground: rgb(0x00F5_F7F9),
    surface: rgb(0x00FF_FFFF),
    field: rgb(0x00FF_FFFF),
    button: [rgb(0x00EA_EEF2), rgb(0x00DD_E4EA), rgb(0x00CF_D8E0)],
    hairline: rgb(0x00DF_E4E9),
    edge: rgb(0x0083_8F9B),
    text: rgb(0x0014_1D26),
    quiet: rgb(0x0052_5F6B),
    accent: rgb(0x0009_64B0),
    on_accent: rgb(0x00FF_FFFF),
    selection: rgb(0x00BF_DDF7),
    chosen: rgb(0x00E2_EEF9),
    track: rgb(0x00D6_DDE4),
    success: rgb(0x0013_7044),
    attention: rgb(0x0087_5500),
    danger: rgb(0x00B3_261E),
    sent: rgb(0x0009_5CA0),
    received: rgb(0x001F_6F50),
};

const DARK: Colors = Colors {
    ground: rgb(0x0012_161B),
    surface: rgb(0x001A_2027),
    field: rgb(0x0012_161B),
    button: [rgb(0x0029_313A), rgb(0x0034_3E49), rgb(0x003F_4B57)],
    hairline: rgb(0x002B_333C),
    edge: rgb(0x006D_7985),
    text: rgb(0x00EC_F0F3),
    quiet: rgb(0x00A3_AFBA),
    accent: rgb(0x005A_B0F5),
    on_accent: rgb(0x0005_1726),
    selection: rgb(0x0020_4B70),
    chosen: rgb(0x0018_2B3D),
    track: rgb(0x0031_3B45),
    success: rgb(0x0064_C894),
    attention: rgb(0x00E8_B75A),
    danger: rgb(0x00FF_9188),
    sent: rgb(0x0079_BDF7),
    received: rgb(0x0079_CDA2),
};

const HIGH_LIGHT: Colors = Colors {
    ground: rgb(0x00FF_FFFF),
    surface: rgb(0x00FF_FFFF),
    field: rgb(0x00FF_FFFF),
    button: [rgb(0x00E6_E6E6), rgb(0x00D0_D0D0), rgb(0x00BD_BDBD)],
    hairline: rgb(0x005A_5A5A),
    edge: rgb(0x0000_0000),
    text: rgb(0x0000_0000),
    quiet: rgb(0x001F_1F1F),
    accent: rgb(0x0000_40A0),
    on_accent: rgb(0x00FF_FFFF),
    selection: rgb(0x009C_CBFF),
    chosen: rgb(0x00D9_ECFF),
    track: rgb(0x00C4_C4C4),
    success: rgb(0x0000_502A),
    attention: rgb(0x005C_3A00),
    danger: rgb(0x009B_0000),
    sent: rgb(0x0000_3F87),
    received: rgb(0x0000_502A),
};

const HIGH_DARK: Colors = Colors {
    ground: rgb(0x0000_0000),
    surface: rgb(0x0000_0000),
    field: rgb(0x0000_0000),
    button: [rgb(0x0026_2626), rgb(0x003A_3A3A), rgb(0x004D_4D4D)],
    hairline: rgb(0x00A0_A0A0),
    edge: rgb(0x00FF_FFFF),
    text: rgb(0x00FF_FFFF),
    quiet: rgb(0x00E0_E0E0),
    accent: rgb(0x006C_C0FF),
    on_accent: rgb(0x0000_0000),
    selection: rgb(0x0000_457C),
    chosen: rgb(0x0000_263F),
    track: rgb(0x004D_4D4D),
    success: rgb(0x007C_E8AC),
    attention: rgb(0x00FF_D35C),
    danger: rgb(0x00FF_A59E),
    sent: rgb(0x009A_D0FF),
    received: rgb(0x008F_E8B8),
};

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

fn of(is_dark: bool, is_high: bool) -> &'static Colors {
    match (is_dark, is_high) {
        (false, false) => &LIGHT,
        (true, false) => &DARK,
        (false, true) => &HIGH_LIGHT,
        (true, true) => &HIGH_DARK,
    }
}

/// Names, fields, headings of a row.
#[must_use]
pub fn name_font() -> FontId {
    FontId::new(15.0, FontFamily::Proportional)
}

/// Names in the table of a server's folder.
#[must_use]
pub fn entry_font() -> FontId {
    FontId::new(14.0, FontFamily::Proportional)
}

/// Second lines, messages, captions.
#[must_use]
pub fn fact_font() -> FontId {
    FontId::new(13.0, FontFamily::Proportional)
}

/// The log.
#[must_use]
pub fn log_font() -> FontId {
    FontId::new(12.0, FontFamily::Monospace)
}

/// Dresses the window. Follows the system's theme where the system tells it, and is light where it
/// does not; the status bar has a switch. Colours as far apart as they can be, if `has_high_contrast`.
pub fn dress(ctx: &egui::Context, has_high_contrast: bool) {
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
        (TextStyle::Small, FontId::new(12.0, FontFamily::Proportional)),
        (TextStyle::Body, fact_font()),
        (TextStyle::Button, FontId::new(14.0, FontFamily::Proportional)),
        (TextStyle::Heading, FontId::new(20.0, FontFamily::Proportional)),
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
    v.window_fill = c.surface;
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

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG 2.2 relative luminance.
    fn luminance(color: Color32) -> f64 {
        let linear = |channel: u8| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(color.r()) + 0.7152 * linear(color.g()) + 0.0722 * linear(color.b())
    }

    fn contrast(a: Color32, b: Color32) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_text_can_be_read_in_both_themes() {
        for c in [LIGHT, DARK, HIGH_LIGHT, HIGH_DARK] {
            let texts = [c.text, c.quiet, c.success, c.attention, c.danger, c.sent, c.received];
            for (n, text) in texts.into_iter().enumerate() {
                for ground in [c.ground, c.surface, c.field, c.chosen] {
                    let found = contrast(text, ground);
                    assert!(found >= 4.5, "text {n} on {ground:?}: {found:.2}");
                }
            }
            assert!(contrast(c.text, c.selection) >= 4.5);
            assert!(contrast(c.on_accent, c.accent) >= 4.5);
            for button in c.button {
                assert!(contrast(c.text, button) >= 4.5);
            }
        }
    }

    #[test]
    fn high_contrast_is_high() {
        for c in [HIGH_LIGHT, HIGH_DARK] {
            for text in [c.text, c.quiet, c.success, c.attention, c.danger, c.sent, c.received] {
                assert!(contrast(text, c.ground) >= 7.0, "{:.2}", contrast(text, c.ground));
            }
        }
    }

    #[test]
    fn every_field_and_bar_can_be_found_in_both_themes() {
        for c in [LIGHT, DARK, HIGH_LIGHT, HIGH_DARK] {
            for ground in [c.ground, c.surface, c.field] {
                assert!(contrast(c.edge, ground) >= 3.0, "{:.2}", contrast(c.edge, ground));
                assert!(contrast(c.accent, ground) >= 3.0);
            }
            assert!(contrast(c.accent, c.track) >= 3.0, "{:.2}", contrast(c.accent, c.track));
        }
    }
}
