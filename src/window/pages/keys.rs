//! The page that says which keys do what.

use eframe::egui::Ui;

use super::rows;

/// What keys do, and where.
type Keys = (&'static str, &'static [(&'static str, &'static str)]);

/// Every key that does something, and what.
const KEYS: [Keys; 3] = [
    (
        "To bring files",
        &[
            ("Ctrl+V", "Take in a link, many links, or a table of them; anywhere in the window"),
            ("Ctrl+L", "Go to the address"),
            ("Enter", "Download what stands in the form or in the sheet"),
            ("Ctrl+T", "Turn the rate limit on or off"),
        ],
    ),
    (
        "In the list",
        &[
            ("Up, Down", "Choose the next row; with Shift as well as those before"),
            (
                "Space",
                "Choose the row, or press the button; with Ctrl as well as others, with Shift up to it",
            ),
            ("Ctrl+A", "Choose all rows"),
            ("Ctrl+I", "Every fact about the chosen row"),
            ("Alt+Up, Alt+Down", "Move a waiting row up or down; dragging it does the same"),
            ("Delete", "Take what is over off the list; the files stay"),
        ],
    ),
    (
        "Everywhere",
        &[
            ("Tab, Shift+Tab", "Go from one thing to the next, and back"),
            ("Esc", "Leave the sheet, the page or the choice"),
            ("Ctrl+F", "Search the log"),
            ("Ctrl+,", "Settings"),
            ("F1", "This page"),
            ("Ctrl++, Ctrl+-, Ctrl+0", "Larger, smaller, the usual size"),
            ("Ctrl+Q", "Quit. What has arrived stays, and goes on at the next start if you like"),
        ],
    ),
];

/// Draws the page.
pub(super) fn keys_ui(ui: &mut Ui) {
    for (place, keys) in KEYS {
        rows::group(ui, place, |ui| {
            keys.iter().for_each(|(keys, what)| rows::pair(ui, keys, what));
        });
    }
}
