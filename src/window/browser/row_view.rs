//! One row of the table, and the menu on it.

use eframe::egui::{Align2, Button, Rect, Role, Sense, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::Browser;
use super::choice::Mode;
use super::folder::ItemId;
use super::item::Item;
use super::keys::row_id;
use super::shore::Mark;
use super::table_view::Columns;
use super::view::Act;
use super::words;
use crate::ftp::listing::Kind;
use crate::window::icons::{self, Icon};
use crate::window::look::{self, space};
use crate::window::widgets;

/// Draws a row. `is_stop`: Tab stops at it; all others are reached by the arrows.
pub(super) fn row_ui(
    ui: &Ui,
    browser: &Browser,
    (row, id): (usize, ItemId),
    rect: Rect,
    columns: Columns,
    is_stop: bool,
    acts: &mut Vec<Act>,
) {
    let Some(item) = browser.spot.folder.item(id) else { return };
    let sense = if is_stop { Sense::click() } else { Sense::CLICK };
    let response = ui.interact(rect, row_id(browser, id), sense);
    let weighing = browser.spot.weights.get(&id);
    let mark = browser.mark(item);
    let is_chosen = browser.spot.folder.choice.has(id);
    response.widget_info(|| {
        WidgetInfo::labeled(Role::ListItem, true, words::row(item, weighing, mark))
    });
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_selected(is_chosen);
        node.set_position_in_set(row + 1);
        node.set_size_of_set(browser.spot.folder.rows().len());
    });
    if response.double_clicked() {
        acts.push(Act::Open(id));
    } else if response.clicked() {
        let modifiers = ui.input(|input| input.modifiers);
        let mode = match (modifiers.shift, modifiers.command) {
            (true, _) => Mode::Range,
            (false, true) => Mode::Toggle,
            (false, false) => Mode::Only,
        };
        acts.push(Act::Go(row, mode));
    } else if response.secondary_clicked() && !is_chosen {
        acts.push(Act::Go(row, Mode::Only));
    }
    let is_hovered = response.hovered();
    let has_focus = response.has_focus();
    response.context_menu(|ui| menu_ui(ui, browser, id, item, acts));
    let colors = look::colors(ui);
    let inner = rect.shrink2(vec2(space::S, 0.5));
    if is_chosen {
        ui.painter().add(widgets::chosen_ground(ui, rect));
    } else if is_hovered {
        ui.painter().rect_filled(inner, 6, colors.ground);
    }
    if has_focus {
        ui.painter().rect_stroke(inner, 6, (2.0, colors.accent), StrokeKind::Inside);
    }
    paint(
        ui,
        item,
        columns,
        rect,
        &Cells {
            size: words::size(item, weighing),
            is_running: matches!(weighing, Some(super::spot::Weighing::Running(_))),
            mark,
        },
    );
    if is_hovered {
        let at = ui.input(|input| input.pointer.hover_pos());
        let facts = || words::facts(item, weighing);
        match mark
            .filter(|_| at.is_some_and(|at| (columns.mark..columns.mark + 24.0).contains(&at.x)))
        {
            Some(mark) => drop(response.on_hover_text(words::mark(mark))),
            None => drop(response.on_hover_ui(|ui| drop(ui.label(facts())))),
        }
    }
}

struct Cells {
    size: String,
    is_running: bool,
    mark: Option<Mark>,
}

fn paint(ui: &Ui, item: &Item, columns: Columns, rect: Rect, cells: &Cells) {
    if !ui.is_rect_visible(rect) {
        return;
    }
    let colors = look::colors(ui);
    let painter = ui.painter();
    let y = rect.center().y;
    let square = |x: f32| Rect::from_min_size(pos2(x, y - look::ICON / 2.0), vec2(16.0, 16.0));
    let (icon, color) = match item.kind {
        Kind::Dir => (Icon::Folder, colors.accent),
        Kind::File => (Icon::File, colors.quiet),
        Kind::Link => (Icon::Link, colors.quiet),
        Kind::Other => (Icon::Stopped, colors.quiet),
    };
    icons::paint(painter, square(columns.icon), icon, color);
    let (from, to) = columns.name;
    let font = look::entry_font();
    let name = widgets::middle_cut(ui, &item.shown, &font, to - from);
    let drawn = painter.text(pos2(from, y), Align2::LEFT_CENTER, name, font, colors.text);
    let font = look::fact_font();
    if let Some(target) = &item.target {
        let from = drawn.right() + 8.0;
        let text = widgets::end_cut(ui, &format!("leads to {target}"), &font, (to - from).max(0.0));
        if to - from > 40.0 {
            painter.text(pos2(from, y), Align2::LEFT_CENTER, text, font.clone(), colors.quiet);
        }
    }
    if let Some(mark) = cells.mark {
        let (icon, color) = sign(mark);
        icons::paint(painter, square(columns.mark), icon, color(colors));
    }
    let color = if cells.is_running { colors.accent } else { colors.quiet };
    let size = pos2(columns.size, y);
    painter.text(size, Align2::RIGHT_CENTER, &cells.size, font.clone(), color);
    if let Some(x) = columns.modified {
        painter.text(pos2(x, y), Align2::LEFT_CENTER, words::time(item), font, colors.quiet);
    }
}

fn sign(mark: Mark) -> (Icon, fn(&look::Colors) -> look::Color) {
    match mark {
        Mark::Here => (Icon::Done, |colors| colors.success),
        Mark::Differs => (Icon::Warning, |colors| colors.attention),
        Mark::Partly => (Icon::Partly, |colors| colors.quiet),
        Mark::Ordered => (Icon::Download, |colors| colors.accent),
    }
}

/// What can be done with an item, and with all that are chosen.
pub(super) fn menu_ui(
    ui: &mut Ui,
    browser: &Browser,
    id: ItemId,
    item: &Item,
    acts: &mut Vec<Act>,
) {
    ui.set_min_width(190.0);
    let chosen = browser.spot.folder.choice.len();
    let is_alone = chosen <= 1;
    let mut line = |ui: &mut Ui, words: &str, key: &str, act: Act| {
        let button = Button::new(words);
        let button = if key.is_empty() { button } else { button.shortcut_text(key) };
        if ui.add(button).clicked() {
            acts.push(act);
        }
    };
    if is_alone && matches!(item.kind, Kind::Dir | Kind::Link) {
        line(ui, "Open", "Enter", Act::Open(id));
    }
    let fetch = match chosen {
        0 | 1 => "Download".to_owned(),
        many => format!("Download {}", crate::words::count(many as u64)),
    };
    line(ui, &fetch, if item.kind == Kind::File { "Enter" } else { "" }, Act::Fetch);
    if is_alone && matches!(item.kind, Kind::File | Kind::Link) {
        line(ui, "Download as…", "", Act::AskForPlace(id));
        line(ui, "Peek", "F3", Act::Peek(id));
    }
    if browser.spot.folder.chosen().any(|(_, item)| item.kind == Kind::Dir) {
        line(ui, "Add up the size", "", Act::Weigh);
    }
    ui.separator();
    if let Some(address) = browser.address_of(id) {
        line(ui, "Copy the address", "Ctrl+C", Act::Copy(address));
    }
    line(ui, "Copy the name", "", Act::Copy(item.shown.to_string()));
}
