//! The colours, by what they mean: one set for light, one for dark, and both with colours as far apart as
//! they can be.

use eframe::egui::Color32;

/// A colour. Only this file makes one; the others pass them on.
pub type Color = Color32;

/// Colours by their meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colors {
    /// Behind the list.
    pub ground: Color32,
    /// Behind the form and the bars: one step above the ground.
    pub surface: Color32,
    /// Behind menus and explanations: one step above the surface, where a shadow cannot be seen.
    pub raised: Color32,
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
    raised: rgb(0x00FF_FFFF),
    field: rgb(0x00FF_FFFF),
    button: [rgb(0x00EA_EEF2), rgb(0x00DD_E4EA), rgb(0x00CF_D8E0)],
    hairline: rgb(0x00DF_E4E9),
    edge: rgb(0x0083_8F9B),
    text: rgb(0x0014_1D26),
    quiet: rgb(0x0052_5F6B),
    accent: rgb(0x0009_64B0),
    on_accent: rgb(0x00FF_FFFF),
    selection: rgb(0x00BF_DDF7),
    chosen: rgb(0x00D9_E9F8),
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
    raised: rgb(0x0023_2B34),
    field: rgb(0x0012_161B),
    button: [rgb(0x0029_313A), rgb(0x0034_3E49), rgb(0x003F_4B57)],
    hairline: rgb(0x0034_3D47),
    edge: rgb(0x006D_7985),
    text: rgb(0x00EC_F0F3),
    quiet: rgb(0x00A3_AFBA),
    accent: rgb(0x005A_B0F5),
    on_accent: rgb(0x0005_1726),
    selection: rgb(0x0020_4B70),
    chosen: rgb(0x001B_3550),
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
    raised: rgb(0x00FF_FFFF),
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
    raised: rgb(0x0000_0000),
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

/// The colours of a theme.
pub(super) fn of(is_dark: bool, is_high: bool) -> &'static Colors {
    match (is_dark, is_high) {
        (false, false) => &LIGHT,
        (true, false) => &DARK,
        (false, true) => &HIGH_LIGHT,
        (true, true) => &HIGH_DARK,
    }
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
                for ground in [c.ground, c.surface, c.raised, c.field, c.chosen] {
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
