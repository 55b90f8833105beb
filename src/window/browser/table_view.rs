//! The table: its headings, and the rows that can be seen. No others are laid out.

use eframe::egui::{
    Align2, Pos2, Rect, Role, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::folder::Column;
use super::keys::tab_stop;
use super::row_view::row_ui;
use super::view::Act;
use super::{Browser, dates, encoding_view};
use super::{spot::Stage, state_view};
use crate::window::icons::{self, Icon};
use crate::window::look::{self, space};
use crate::window::widgets;

/// The widths of the columns: what is here and the size; and between two of them.
const MARK: f32 = 24.0;
const SIZE: f32 = 92.0;
const GAP: f32 = space::L;
/// Room for the scroll bar.
const BAR: f32 = 10.0;
/// Below this width the times are left out.
const NARROW: f32 = 500.0;

/// Where the columns are, from left to right in points.
#[derive(Debug, Clone, Copy)]
pub(super) struct Columns {
    pub(super) icon: f32,
    pub(super) name: (f32, f32),
    pub(super) mark: f32,
    /// Numbers end here.
    pub(super) size: f32,
    /// `None`: there is no room.
    pub(super) modified: Option<f32>,
    pub(super) right: f32,
}

impl Columns {
    fn of(ui: &Ui, rect: Rect) -> Self {
        let times = widgets::text_width(ui, &dates::widest(), &look::fact_font()).ceil();
        let has_times = rect.width() >= NARROW;
        let right = rect.right() - space::L - BAR;
        let modified = has_times.then_some(right - times);
        let size = modified.map_or(right, |modified| modified - GAP);
        let mark = size - SIZE - MARK;
        let icon = rect.left() + space::L;
        Self { icon, name: (icon + look::ICON + space::S, mark - GAP), mark, size, modified, right }
    }
}

/// Draws the table, or what stands in its place.
pub(super) fn table_ui(ui: &mut Ui, browser: &mut Browser, acts: &mut Vec<Act>) {
    ui.spacing_mut().item_spacing.y = 0.0;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), look::SMALL), Sense::hover());
    let columns = Columns::of(ui, rect);
    headings(ui, browser, rect, columns, acts);
    loading(ui, browser);
    let is_asking = browser.spot.asks();
    let is_broken = matches!(browser.spot.stage, Stage::Broken(_));
    if !browser.spot.folder.is_empty() && is_broken && !is_asking {
        state_view::banner_ui(ui, browser, acts);
    }
    if is_asking || browser.spot.folder.rows().is_empty() {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            state_view::state_ui(ui, browser, acts);
        });
    } else {
        rows(ui, browser, acts);
    }
}

/// A line that moves when something comes.
fn loading(ui: &mut Ui, browser: &Browser) {
    let size = vec2(ui.available_width(), look::BAR);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    if browser.spot.is_loading() {
        let come = (browser.spot.folder.len() as u64 / 64 + 1) * 65_536;
        let mut child = ui.new_child(UiBuilder::new().max_rect(rect));
        let accent = look::colors(ui).accent;
        widgets::progress_bar(&mut child, None, come, "Listing the folder", accent);
    } else {
        let color = look::colors(ui).hairline;
        ui.painter().hline(rect.x_range(), rect.top() + 0.5, (1.0, color));
    }
}

fn headings(ui: &Ui, browser: &Browser, rect: Rect, columns: Columns, acts: &mut Vec<Act>) {
    let sorting = browser.spot.folder.sorting();
    let font = look::fact_font();
    let colors = look::colors(ui);
    let mut heading = |column, name: &str, from: f32, to: f32, at: Pos2, align: Align2| {
        let rect = Rect::from_min_max(pos2(from, rect.top()), pos2(to, rect.bottom()));
        let id = ui.scope_id().with(("heading", name));
        let response = ui.interact(rect, id, Sense::click());
        let is_sorted = sorting.column == column;
        let order = match (is_sorted, sorting.is_descending) {
            (false, _) => String::new(),
            (true, false) => ", sorted upwards".to_owned(),
            (true, true) => ", sorted downwards".to_owned(),
        };
        let said = format!("Sort by {}{order}", name.to_lowercase());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &said));
        widgets::focus_ring(ui, &response);
        let is_lit = is_sorted || response.hovered();
        let color = if is_lit { colors.text } else { colors.quiet };
        let drawn = ui.painter().text(at, align, name, font.clone(), color);
        if is_sorted {
            let icon = if sorting.is_descending { Icon::Unfolded } else { Icon::Ascending };
            let x = if align == Align2::RIGHT_CENTER { drawn.left() - 14.0 } else { drawn.right() };
            let rect = Rect::from_min_size(pos2(x + 2.0, drawn.center().y - 5.0), vec2(10.0, 10.0));
            icons::paint(ui.painter(), rect, icon, color);
        }
        if response.clicked() {
            acts.push(Act::Sort(column));
        }
    };
    let y = rect.center().y;
    let (name, end) = columns.name;
    // Beside it, where names are not UTF-8, stands what they are written in.
    let beside = name + widgets::text_width(ui, "Name", &look::fact_font()).ceil() + space::XL;
    let names_end = if browser.spot.folder.is_encoded() { beside } else { end };
    heading(Column::Name, "Name", columns.icon, names_end, pos2(name, y), Align2::LEFT_CENTER);
    let from = columns.size - SIZE;
    let at = pos2(columns.size, y);
    heading(Column::Size, "Size", from, columns.size, at, Align2::RIGHT_CENTER);
    if let Some(from) = columns.modified {
        let at = pos2(from, y);
        heading(Column::Modified, "Modified", from, columns.right, at, Align2::LEFT_CENTER);
    }
    encoding_view::encoding_ui(ui, browser, pos2(beside, y), acts);
}

#[expect(
    clippy::cast_precision_loss,
    reason = "rows on a screen; beyond 2^24 points they only jitter"
)]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rows above")]
fn rows(ui: &mut Ui, browser: &mut Browser, acts: &mut Vec<Act>) {
    let height = look::ENTRY;
    let count = browser.spot.folder.rows().len();
    let stop = tab_stop(browser);
    let mut area = ScrollArea::vertical().auto_shrink(false).id_salt(browser.spot.number);
    if let Some((row, _)) = stop.filter(|_| std::mem::take(&mut browser.spot.shows_cursor)) {
        let (top, room) = (row as f32 * height, ui.available_height());
        let scroll = browser.spot.scroll.clamp((top + height - room).max(0.0), top.max(0.0));
        area = area.vertical_scroll_offset(scroll);
    } else if browser.spot.is_moved {
        area = area.vertical_scroll_offset(browser.spot.scroll);
    }
    browser.spot.is_moved = false;
    let output = area.show_viewport(ui, |ui, seen| {
        ui.set_height(count as f32 * height);
        let (left, right) = (ui.max_rect().left(), ui.max_rect().right());
        let top = ui.max_rect().top();
        let columns = Columns::of(ui, Rect::from_min_max(pos2(left, top), pos2(right, top)));
        let first = (seen.top() / height) as usize;
        let last = ((seen.bottom() / height) as usize + 1).min(count);
        let place = |row: usize| {
            let y = top + row as f32 * height;
            Rect::from_min_size(pos2(left, y), vec2(right - left, height))
        };
        // Where the keyboard is there is a row, also out of sight; else the keyboard would be lost.
        let hidden = stop.map(|(row, _)| row).filter(|row| !(first..last).contains(row));
        for row in (first..last).chain(hidden) {
            if let Some(&id) = browser.spot.folder.rows().get(row) {
                let is_stop = stop.is_some_and(|(stop, _)| stop == row);
                row_ui(ui, browser, (row, id), place(row), columns, is_stop, acts);
            }
        }
    });
    browser.spot.scroll = output.state.unclamped_offset().y;
}
