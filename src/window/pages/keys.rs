//! The page that says which keys do what.

use eframe::egui::{Label, RichText, Ui};

use super::rows;
use crate::window::look;
use crate::window::widgets;

/// Every key that does something, and what.
const KEYS: [(&str, &str); 17] = [
    ("Ctrl+V", "Take in a link, many links, or a table of them; anywhere in the window"),
    ("Ctrl+L", "Go to the address"),
    ("Enter", "Download what stands in the form or in the sheet"),
    ("Tab, Shift+Tab", "Go from one thing to the next, and back"),
    (
        "Space",
        "Choose the row, or press the button; with Ctrl as well as others, with Shift up to it",
    ),
    ("Up, Down", "Choose the next row; with Shift as well as those before"),
    ("Ctrl+A", "Choose all rows"),
    ("Ctrl+I", "Every fact about the chosen row"),
    ("Alt+Up, Alt+Down", "Move a waiting row up or down; dragging it does the same"),
    ("Delete", "Take what is over off the list; the files stay"),
    ("Ctrl+F", "Search the log"),
    ("Ctrl+T", "Turn the rate limit on or off"),
    ("Ctrl+,", "Settings"),
    ("F1", "This page"),
    ("Esc", "Leave the sheet, the page or the choice"),
    ("Ctrl++, Ctrl+-, Ctrl+0", "Larger, smaller, the usual size"),
    ("Ctrl+Q", "Quit. What has arrived stays, and goes on at the next start if you like"),
];

/// Draws the page.
pub(super) fn keys_ui(ui: &mut Ui) {
    rows::group(ui, "Everywhere in the window", |ui| {
        for (keys, what) in KEYS {
            rows::plain(ui, |ui| {
                let colors = look::colors(ui);
                let start = ui.cursor().left();
                let text = RichText::new(keys).font(look::entry_font()).color(colors.text);
                ui.add(Label::new(text));
                ui.add_space((look::KEYS - (ui.cursor().left() - start)).max(0.0));
                widgets::message(ui, None, what, colors.quiet);
            });
        }
    });
}
