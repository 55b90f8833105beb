//! What names are written in that are not UTF-8, and the menu to say so where the guess is wrong.

use eframe::egui::{
    Align2, Popup, Pos2, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2,
};

use super::Browser;
use super::view::Act;
use crate::ftp::Encoding;
use crate::window::icons::{self, Icon};
use crate::window::look::{self, space};
use crate::window::widgets;

/// The usual ones, by the languages that they are for.
const USUAL: [(&str, &str); 17] = [
    ("windows-1252", "Western European"),
    ("macintosh", "Western European"),
    ("windows-1250", "Central European"),
    ("windows-1257", "Baltic"),
    ("windows-1254", "Turkish"),
    ("windows-1253", "Greek"),
    ("windows-1251", "Cyrillic"),
    ("KOI8-U", "Cyrillic"),
    ("IBM866", "Cyrillic"),
    ("windows-1255", "Hebrew"),
    ("windows-1256", "Arabic"),
    ("windows-874", "Thai"),
    ("Shift_JIS", "Japanese"),
    ("EUC-JP", "Japanese"),
    ("EUC-KR", "Korean"),
    ("GBK", "Chinese, simplified"),
    ("Big5", "Chinese, traditional"),
];

fn is_usual(encoding: Encoding) -> bool {
    USUAL.iter().any(|(label, _)| *label == encoding.to_string())
}

fn words(browser: &Browser) -> String {
    match browser.encoding {
        Some(encoding) => format!("Names in {encoding}"),
        None => "Names in an unknown encoding".to_owned(),
    }
}

/// Draws the button, from `left` on, and its menu; nothing where all names are UTF-8.
pub(super) fn encoding_ui(ui: &Ui, browser: &Browser, left: Pos2, acts: &mut Vec<Act>) {
    if !browser.spot.folder.is_encoded() {
        return;
    }
    let words = words(browser);
    let width = widgets::text_width(ui, &words, &look::fact_font()).ceil() + 2.0 * space::S + 14.0;
    let rect = Rect::from_min_size(pos2(left.x, left.y - 12.0), vec2(width, 24.0));
    let response = ui.interact(rect, ui.scope_id().with("encoding"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &words));
    let colors = look::colors(ui);
    let [_, hover, _] = colors.button;
    if response.hovered() {
        ui.painter().rect_filled(rect, 6, hover);
    }
    let color = if response.hovered() { colors.text } else { colors.quiet };
    let at = pos2(rect.left() + space::S, rect.center().y);
    let text = ui.painter().text(at, Align2::LEFT_CENTER, &words, look::fact_font(), color);
    let corner = pos2(text.right() + space::XS, rect.center().y - 5.0);
    icons::paint(
        ui.painter(),
        Rect::from_min_size(corner, vec2(10.0, 10.0)),
        Icon::Unfolded,
        color,
    );
    widgets::focus_ring(ui, &response);
    Popup::menu(&response).show(|ui| menu_ui(ui, browser, acts));
    response.on_hover_text("If names look wrong, choose what they are written in");
}

fn menu_ui(ui: &mut Ui, browser: &Browser, acts: &mut Vec<Act>) {
    ui.set_min_width(230.0);
    if ui.button("Guess from the names").clicked() {
        acts.push(Act::Encode(None));
    }
    ui.separator();
    ScrollArea::vertical().max_height(360.0).show(ui, |ui| {
        if let Some(guessed) = browser.encoding.filter(|encoding| !is_usual(*encoding)) {
            widgets::menu_choice(ui, &guessed.to_string(), true);
        }
        for (label, language) in USUAL {
            let Ok(encoding) = label.parse::<Encoding>() else { continue };
            let is_it = browser.encoding == Some(encoding);
            if widgets::menu_choice(ui, &format!("{language} ({label})"), is_it) {
                acts.push(Act::Encode(Some(encoding)));
                ui.close();
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_of_the_menu_is_known_by_its_own_name() {
        for (label, _) in USUAL {
            assert_eq!(label.parse::<Encoding>().unwrap().to_string(), label);
        }
    }
}
