//! The typefaces: one to read, and a stronger one of the same family for what is to be read first.
//!
//! Their figures are all of one width, so that nothing moves when a number changes. What they have no
//! letters for comes from egui's own fonts, and then from the system's.

use eframe::egui::{Context, FontData, FontDefinitions, FontFamily, FontId};

/// The name of the stronger one.
const STRONG: &str = "strong";

const REGULAR: &[u8] = include_bytes!("../../../assets/fonts/Roboto-Regular.ttf");
const MEDIUM: &[u8] = include_bytes!("../../../assets/fonts/Roboto-Medium.ttf");

/// Hands the typefaces over. They are there from the next picture on.
pub(super) fn load(ctx: &Context) {
    let mut fonts = FontDefinitions::default();
    let others = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    for (name, family, data) in [
        ("Roboto", FontFamily::Proportional, REGULAR),
        ("Roboto Medium", FontFamily::Name(STRONG.into()), MEDIUM),
    ] {
        fonts.font_data.insert(name.to_owned(), FontData::from_static(data).into());
        let first = [name.to_owned()].into_iter();
        fonts.families.insert(family, first.chain(others.iter().cloned()).collect());
    }
    ctx.set_fonts(fonts);
}

/// To read.
pub(super) fn regular(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// To be read first.
pub(super) fn strong(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(STRONG.into()))
}
