//! The keyboard in the browser: what the keys mean while a row has it, and everywhere.

use eframe::egui::{Event, EventFilter, Id, Key, Modifiers, Ui};

use super::Browser;
use super::choice::Mode;
use super::folder::ItemId;
use super::trail::Turn;
use super::view::Act;
use crate::window::look;

/// By what egui knows the row of an item.
pub(super) fn row_id(browser: &Browser, id: ItemId) -> Id {
    Id::unique(("browser row", browser.spot.number, id))
}

/// By what egui knows the field of the filter.
pub(super) fn filter_id() -> Id {
    Id::unique("browser filter")
}

/// The row that Tab stops at: where the keyboard was, or the first.
pub(super) fn tab_stop(browser: &Browser) -> Option<(usize, ItemId)> {
    let folder = &browser.spot.folder;
    let cursor = folder.choice.cursor();
    let row = cursor.and_then(|id| folder.row_of(id)).unwrap_or(0);
    folder.rows().get(row).map(|&id| (row, id))
}

/// What the keys that were pressed mean.
pub(super) fn keys(ui: &Ui, browser: &mut Browser) -> Vec<Act> {
    let mut acts = everywhere(ui, browser);
    let Some((row, id)) = tab_stop(browser) else { return acts };
    let before = browser.tab_stop.replace(id).map(|id| row_id(browser, id));
    let row_id = row_id(browser, id);
    // What has just come may stand before the row that had the keyboard.
    browser.wants_rows |= before
        .is_some_and(|before| before != row_id && ui.memory(|memory| memory.has_focus(before)));
    if std::mem::take(&mut browser.wants_rows) {
        ui.memory_mut(|memory| memory.request_focus(row_id));
    }
    if ui.memory(|memory| memory.has_focus(row_id)) {
        let filter = EventFilter {
            tab: false,
            horizontal_arrows: true,
            vertical_arrows: true,
            escape: true,
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(row_id, filter));
        acts.extend(in_rows(ui, browser, row, id));
    }
    acts
}

fn everywhere(ui: &Ui, browser: &Browser) -> Vec<Act> {
    let mut acts = Vec::new();
    let is_typing = ui.ctx().text_edit_focused();
    ui.input_mut(|input| {
        let mut pressed = |modifiers, key| input.consume_key(modifiers, key);
        let (none, alt, command) = (Modifiers::NONE, Modifiers::ALT, Modifiers::COMMAND);
        if pressed(none, Key::F5) || pressed(command, Key::R) {
            acts.push(Act::Refresh);
        }
        if pressed(alt, Key::ArrowUp) || (!is_typing && pressed(none, Key::Backspace)) {
            acts.push(Act::Up);
        }
        if pressed(alt, Key::ArrowLeft) {
            acts.push(Act::Turn(Turn::Back(0)));
        }
        if pressed(alt, Key::ArrowRight) {
            acts.push(Act::Turn(Turn::Ahead(0)));
        }
        if !is_typing && browser.peek.is_some() && pressed(none, Key::Escape) {
            acts.push(Act::EndPeek);
        }
    });
    if ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::F)) {
        ui.memory_mut(|memory| memory.request_focus(filter_id()));
    }
    acts
}

fn in_rows(ui: &Ui, browser: &Browser, row: usize, id: ItemId) -> Vec<Act> {
    let folder = &browser.spot.folder;
    let last = folder.rows().len().saturating_sub(1);
    let page = page(ui);
    let mut acts = Vec::new();
    let mut typed = String::new();
    ui.input_mut(|input| {
        input.events.retain(|event| match event {
            Event::Key { key, pressed: true, modifiers, .. } if !modifiers.alt => {
                let is_fresh = folder.choice.cursor().is_none();
                let to = match key {
                    // The first arrow only goes in.
                    Key::ArrowDown | Key::ArrowUp if is_fresh => Some(row),
                    Key::ArrowDown => Some(row + 1),
                    Key::ArrowUp => Some(row.saturating_sub(1)),
                    Key::PageDown => Some(row + page),
                    Key::PageUp => Some(row.saturating_sub(page)),
                    Key::Home => Some(0),
                    Key::End => Some(last),
                    _ => None,
                };
                let mode = match (modifiers.shift, modifiers.command) {
                    (true, _) => Mode::Range,
                    (false, true) => Mode::Move,
                    (false, false) => Mode::Only,
                };
                match (to, key) {
                    (Some(to), _) => acts.push(Act::Go(to.min(last), mode)),
                    (None, Key::Enter) if folder.choice.len() > 1 => acts.push(Act::Fetch),
                    (None, Key::Enter) => acts.push(Act::Open(id)),
                    (None, Key::Space) => acts.push(Act::Go(row, Mode::Toggle)),
                    (None, Key::A) if modifiers.command => acts.push(Act::All),
                    (None, Key::F3) => acts.push(Act::Peek(id)),
                    (None, Key::Escape) if !browser.spot.filter.is_empty() => {
                        acts.push(Act::Filter(String::new()));
                    }
                    (None, Key::Escape) => acts.push(Act::None),
                    _ => return true,
                }
                false
            }
            Event::Text(text) => {
                typed.push_str(text);
                false
            }
            Event::Copy => {
                acts.extend(browser.address_of(id).map(Act::Copy));
                false
            }
            _ => true,
        });
    });
    // A space chooses; it does not begin a search.
    let typed = typed.trim_start();
    if !typed.is_empty() {
        acts.push(Act::Filter(format!("{}{typed}", browser.spot.filter)));
        ui.memory_mut(|memory| memory.request_focus(filter_id()));
    }
    acts
}

/// How many rows are seen at once.
fn page(ui: &Ui) -> usize {
    let height = (ui.available_height() - 150.0).max(look::ENTRY);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rows on a screen")]
    let rows = (height / look::ENTRY) as usize;
    rows.max(1)
}
