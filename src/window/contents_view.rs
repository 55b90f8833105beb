//! The files of a folder, under its row. Only those that can be seen are laid out.

use eframe::egui::{
    Align, Label, Layout, Rect, RichText, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::contents::Content;
use super::icons::{self, Icon};
use super::look::{self, Color, space};
use super::row::Row;
use super::widgets;
use crate::transfer::{End, FileEnding};
use crate::words;

/// Height of one file.
const HEIGHT: f32 = look::LINE + space::XS;

/// The most of the width that what there is to say about a file gets.
const FACTS: f32 = 0.6;

/// Says what there is to fetch in the folder that `row` is, as long as it comes and its files are
/// shown; and as long as one of both is true, what may surprise the person there.
pub(super) fn preflight_ui(ui: &mut Ui, row: &Row, is_open: bool) {
    let preflight = row.contents.as_ref().and_then(|contents| contents.preflight.as_deref());
    let Some(preflight) = preflight else { return };
    let colors = look::colors(ui);
    if is_open && !row.is_over() {
        widgets::message(ui, None, &words::closed(&preflight.sentence()), colors.quiet);
    }
    if is_open || !row.is_over() {
        for warning in preflight.warnings() {
            let warning = words::closed(&words::shown(&warning));
            widgets::message(ui, Some(Icon::Warning), &warning, colors.attention);
        }
    }
}

/// Draws the files of the folder that `row` is.
pub(super) fn contents_ui(ui: &mut Ui, row: &Row) {
    let Some(contents) = &row.contents else { return };
    let count = contents.len();
    if count == 0 {
        let text = match row.is_over() {
            _ if contents.is_asked() => return, // It comes with the next picture.
            true => "Which files came is not written down any more. They are in the folder.",
            false => "Nothing in it has been fetched yet.",
        };
        widgets::message(ui, None, text, look::colors(ui).quiet);
        return;
    }
    #[expect(clippy::cast_precision_loss, reason = "a point more or less in a hundred thousand")]
    let place = |n: usize| n as f32 * HEIGHT;
    let size = vec2(ui.available_width(), place(count));
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let seen = rect.intersect(ui.clip_rect());
    if !seen.is_positive() {
        return;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "lines above")]
    let first = ((seen.top() - rect.top()) / HEIGHT).max(0.0) as usize;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "lines seen")]
    let last = first + (seen.height() / HEIGHT) as usize + 2;
    for n in first..last.min(count) {
        let Some(content) = contents.nth(n) else { return };
        let corner = pos2(rect.left(), rect.top() + place(n));
        let line = Rect::from_min_size(corner, vec2(rect.width(), HEIGHT));
        let layout = Layout::left_to_right(Align::Center);
        let builder = UiBuilder::new().max_rect(line).layout(layout).id_salt(("file", n));
        let builder = builder.accessibility_role(Role::ListItem);
        file_ui(&mut ui.new_child(builder), content);
    }
}

fn file_ui(ui: &mut Ui, content: Content<'_>) {
    let colors = look::colors(ui);
    ui.spacing_mut().item_spacing.x = space::S;
    let (icon, color) = match content {
        Content::Running(_) => (Icon::Download, colors.accent),
        Content::Ended(FileEnding { end, .. }) => sign(*end, colors),
    };
    icons::show(ui, icon, look::ICON, color, None);
    let font = look::fact_font();
    let facts = content.facts();
    let spoken = format!("{}, {facts}", content.name());
    ui.response().widget_info(|| WidgetInfo::labeled(Role::ListItem, true, &spoken));
    let is_bad =
        matches!(content, Content::Ended(FileEnding { end: End::Failed | End::NeedsALook, .. }));
    let color = if is_bad { color } else { colors.quiet };
    let room = ui.available_width();
    let shown = widgets::end_cut(ui, &facts, &font, room * FACTS);
    let width = widgets::text_width(ui, &shown, &font);
    let name = widgets::middle_cut(ui, content.name(), &font, room - width - space::L);
    let text = RichText::new(name).font(font.clone()).color(colors.text);
    ui.add(Label::new(text).selectable(false)).on_hover_text(content.name());
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let is_cut = shown != facts;
        let label =
            ui.add(Label::new(RichText::new(shown).font(font).color(color)).selectable(false));
        if is_cut {
            label.on_hover_text(facts);
        }
    });
}

/// How a file ended, as a sign and a colour.
pub(super) fn sign(end: End, colors: &look::Colors) -> (Icon, Color) {
    match end {
        End::Verified => (Icon::Shield, colors.success),
        End::Complete => (Icon::Done, colors.success),
        End::Skipped => (Icon::Done, colors.quiet),
        End::NeedsALook => (Icon::Warning, colors.attention),
        End::Failed => (Icon::Failed, colors.danger),
        End::Stopped => (Icon::Stopped, colors.quiet),
    }
}
