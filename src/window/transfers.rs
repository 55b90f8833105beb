//! The list of transfers, in their groups. Only what can be seen of it is laid out.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use eframe::egui::{Label, Rect, RichText, ScrollArea, Sense, Ui, UiBuilder, pos2, vec2};

use super::dragging::{Course, Stretch, drag_ui};
use super::look::{self, space};
use super::model::Model;
use super::row::Group;
pub use super::row_view::RowAction;
use super::row_view::{Part, row_ui};
use super::selection::Selection;
use super::sign_in::SignIn;
use super::widgets;
use crate::transfer::TransferId;
use crate::words;

/// What the person asked of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ListAction {
    /// Something of one row.
    Row(TransferId, RowAction),
    /// Take all rows of a group off the list. The files stay.
    Clear(Group),
}

/// What is remembered of the list from one picture to the next.
#[derive(Debug, Default)]
pub struct List {
    /// The heights of rows whose text wraps, as they were when they were last drawn.
    heights: HashMap<TransferId, f32>,
    /// Which rows are chosen.
    pub selection: Selection,
    /// The card of the row whose server asks who the person is.
    pub sign_in: Option<SignIn>,
    /// The row that the keyboard is to go to.
    pub(super) wants_focus: Option<TransferId>,
    /// What can be done with what is chosen, as it was found at these versions of rows and choice.
    pub(super) possible: Option<((u64, u64), [bool; 4])>,
    /// The waiting row that the person drags.
    pub(super) dragged: Option<TransferId>,
    /// Folders whose files are shown.
    pub(super) open: BTreeSet<TransferId>,
    width: f32,
}

/// The height of all rows of a group, if they have one height.
fn height(group: Group) -> Option<f32> {
    match group {
        Group::Paused => Some(look::ROW_WITH_BAR),
        Group::Waiting | Group::Stopped | Group::Done => Some(look::ROW),
        Group::Active | Group::NeedsALook | Group::Failed => None,
    }
}

/// Draws all transfers in their groups and says what the person asked for, if anything.
pub fn list_ui(ui: &mut Ui, list: &mut List, model: &Model) -> Option<ListAction> {
    let mut action = None;
    ScrollArea::vertical().auto_shrink(false).show_viewport(ui, |ui, seen| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let width = ui.available_width();
        if (width - list.width).abs() > 0.5 {
            list.width = width;
            list.heights.clear();
        }
        let origin = ui.max_rect().min;
        let mut page = Page { origin, width, seen, y: space::S, waiting: Vec::new() };
        for group in Group::ALL {
            let count = model.count(group);
            if count == 0 {
                continue;
            }
            let heading = page.place(look::SMALL);
            if let Some(rect) = heading
                && page.show(ui, rect, |ui| heading_ui(ui, group, count)).0
            {
                action = Some(ListAction::Clear(group));
            }
            let asked = match height(group) {
                Some(height) => even_rows(ui, &mut page, model, group, height, list),
                None => uneven_rows(ui, &mut page, model, group, 0..count, list),
            };
            action = asked.or(action);
            page.y += space::M;
        }
        list.wants_focus = None;
        if let Some(id) = list.dragged {
            let course = drag_ui(ui, &page.waiting);
            if let Course::Dropped(way) = course {
                action = Some(ListAction::Row(id, RowAction::Move(way)));
            }
            list.dragged = list.dragged.filter(|_| course == Course::OnTheWay);
        }
        let whole = Rect::from_min_size(origin, vec2(width, page.y));
        ui.allocate_rect(whole, Sense::hover());
    });
    action
}

/// The whole list, of which a window shows a part.
struct Page {
    origin: eframe::egui::Pos2,
    width: f32,
    /// The part that is seen.
    seen: Rect,
    /// How far down the next thing goes.
    y: f32,
    /// Where the rows are that wait.
    waiting: Vec<Stretch>,
}

impl Page {
    /// So many rows of a group, with so many of it above them, come next.
    fn note(&mut self, group: Group, above: usize, count: usize, height: f32) {
        if group == Group::Waiting && count > 0 {
            let top = self.origin.y + self.y;
            self.waiting.push(Stretch { above, count, top, height });
        }
    }

    /// Leaves room for the next thing; its place, if it can be seen.
    fn place(&mut self, height: f32) -> Option<Rect> {
        let y = self.y;
        self.y += height;
        // One row more on each side, so that the keyboard finds the next one.
        let is_seen =
            y + height > self.seen.top() - look::ROW && y < self.seen.bottom() + look::ROW;
        let corner = pos2(self.origin.x, self.origin.y + y);
        is_seen.then(|| Rect::from_min_size(corner, vec2(self.width, height)))
    }

    /// Draws something there. Also the height that it really has.
    fn show<R>(&self, ui: &mut Ui, rect: Rect, add: impl FnOnce(&mut Ui) -> R) -> (R, f32) {
        let mut child = ui.new_child(UiBuilder::new().max_rect(rect).id_salt("list"));
        let result = add(&mut child);
        (result, child.min_rect().height())
    }
}

/// Rows of one height: which of them are seen is a division. Folders that are open are higher.
fn even_rows(
    ui: &mut Ui,
    page: &mut Page,
    model: &Model,
    group: Group,
    height: f32,
    list: &mut List,
) -> Option<ListAction> {
    let count = model.count(group);
    let mut action = None;
    let mut from = 0;
    for open in list.open_in(model, group) {
        action = span(ui, page, model, group, from..open, height, list).or(action);
        action = uneven_rows(ui, page, model, group, open..open + 1, list).or(action);
        from = open + 1;
    }
    span(ui, page, model, group, from..count, height, list).or(action)
}

/// Some rows of one height, one after the other.
fn span(
    ui: &mut Ui,
    page: &mut Page,
    model: &Model,
    group: Group,
    range: Range<usize>,
    height: f32,
    list: &List,
) -> Option<ListAction> {
    let count = model.count(group);
    page.note(group, range.start, range.len(), height);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rows above")]
    let above = ((page.seen.top() - page.y) / height - 1.0).max(0.0) as usize;
    let above = above.min(range.len());
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rows seen")]
    let shown = (page.seen.height() / height) as usize + 4;
    let end = range.len().min(above + shown);
    #[expect(clippy::cast_precision_loss, reason = "lists are far shorter than 2^24 points")]
    let rows = |n: usize| n as f32 * height;
    page.y += rows(above);
    let mut action = None;
    for n in range.start + above..range.start + end {
        let (Some(row), Some(rect)) = (model.nth(group, n), page.place(height)) else { continue };
        let is_chosen = list.selection.has(row.id);
        let wants_focus = list.wants_focus == Some(row.id);
        let part = Part { is_chosen, wants_focus, ..Part::default() };
        let (asked, _) = page.show(ui, rect, |ui| row_ui(ui, row, part));
        action = asked.map(|asked| ListAction::Row(row.id, asked)).or(action);
        hairline(ui, rect, n + 1 < count);
    }
    page.y += rows(range.len() - end);
    action
}

/// Rows that are as high as what they say.
fn uneven_rows(
    ui: &mut Ui,
    page: &mut Page,
    model: &Model,
    group: Group,
    range: Range<usize>,
    list: &mut List,
) -> Option<ListAction> {
    let count = model.count(group);
    let mut action = None;
    for n in range {
        let Some(row) = model.nth(group, n) else { continue };
        let height = list.heights.get(&row.id).copied().unwrap_or(look::ROW);
        page.note(group, n, 1, height);
        let Some(rect) = page.place(height) else { continue };
        let sign_in = list.sign_in.as_mut().filter(|card| card.id == row.id);
        let is_chosen = list.selection.has(row.id);
        let wants_focus = list.wants_focus == Some(row.id);
        let is_open = list.open.contains(&row.id);
        let part = Part { is_chosen, is_open, wants_focus, sign_in };
        let (asked, real) = page.show(ui, rect, |ui| row_ui(ui, row, part));
        action = asked.map(|asked| ListAction::Row(row.id, asked)).or(action);
        if (real - height).abs() > 0.5 {
            list.heights.insert(row.id, real);
            page.y += real - height;
            ui.ctx().request_repaint();
        }
        hairline(ui, Rect::from_min_size(rect.min, vec2(rect.width(), real)), n + 1 < count);
    }
    action
}

impl List {
    /// Where in a group the folders are whose files are shown.
    fn open_in(&self, model: &Model, group: Group) -> Vec<usize> {
        if self.open.is_empty() {
            return Vec::new(); // Nobody looks through a hundred thousand rows for nothing.
        }
        let rows = model.group(group).enumerate();
        let open = rows.filter(|(_, row)| row.is_some_and(|row| self.open.contains(&row.id)));
        open.map(|(at, _)| at).collect()
    }
}

/// Parts a row from the next one.
fn hairline(ui: &Ui, row: Rect, has_next: bool) {
    if has_next {
        let x = row.left() + 48.0..=row.right() - 16.0;
        ui.painter().hline(x, row.bottom() - 0.5, (1.0, look::colors(ui).hairline));
    }
}

/// The words over a group: whether its rows are to be cleared.
fn heading_ui(ui: &mut Ui, group: Group, count: usize) -> bool {
    let colors = look::colors(ui);
    let color = match group {
        Group::NeedsALook => colors.attention,
        Group::Failed => colors.danger,
        _ => colors.quiet,
    };
    let words = match count {
        1..10 => group.words().to_owned(),
        _ => format!("{} · {}", group.words(), words::count(count as u64)),
    };
    widgets::margin(16, 0)
        .show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.set_min_height(look::SMALL);
                let text = RichText::new(words).font(look::fact_font()).color(color);
                ui.add(Label::new(text).selectable(false));
                if !group.is_clearable() {
                    return false;
                }
                let width = widgets::button_width(ui, "Clear");
                ui.add_space((ui.available_width() - width).max(0.0));
                let target = format!("the rows under {}", group.words());
                widgets::quiet_button(ui, "Clear", &target)
            })
            .inner
        })
        .inner
}
