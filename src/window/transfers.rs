//! The list of transfers: one row each, which says how far it is and offers what can be done.

use std::time::Duration;

use eframe::egui::{
    Frame, Label, Margin, Response, RichText, Role, ScrollArea, Ui, UiBuilder, vec2,
};

use super::icons::{self, Icon};
use super::look::{self, space};
use super::model::Model;
use super::row::{Group, Row, Stage};
use super::widgets;
use crate::transfer::{Failure, NextStep, Phase, Progress, Summary, TransferId, Verdict};
use crate::words;

/// What the person asked of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowAction {
    /// Stop it. What has arrived stays.
    Cancel,
    /// Let it rest until it is resumed. What has arrived stays.
    Pause,
    /// Go on with it.
    Resume,
    /// End the pause before the next attempt.
    TryNow,
    /// Open the file with the program that belongs to it.
    Open,
    /// Show the file, or what was kept of it, in the system's file manager.
    ShowInFolder,
    /// Do what the failure proposes.
    Follow(NextStep),
    /// Take the row off the list. The file stays.
    Remove,
}

/// What the person asked of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ListAction {
    /// Something of one row.
    Row(TransferId, RowAction),
    /// Take all rows of a group off the list. The files stay.
    Clear(Group),
}

/// Draws all transfers in their groups and says what the person asked for, if anything.
pub fn list_ui(ui: &mut Ui, model: &Model) -> Option<ListAction> {
    let mut action = None;
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.add_space(space::S);
        for group in Group::ALL {
            let mut rows = model.group(group).peekable();
            if rows.peek().is_none() {
                continue;
            }
            if heading(ui, group) {
                action = Some(ListAction::Clear(group));
            }
            while let Some(row) = rows.next() {
                if let Some(asked) = row_ui(ui, row) {
                    action = Some(ListAction::Row(row.id, asked));
                }
                if rows.peek().is_some() {
                    Frame::new()
                        .inner_margin(Margin { left: 48, right: 16, top: 0, bottom: 0 })
                        .show(ui, widgets::hairline);
                }
            }
            ui.add_space(space::M);
        }
    });
    action
}

/// The words over a group: whether its rows are to be cleared.
fn heading(ui: &mut Ui, group: Group) -> bool {
    let color = match group {
        Group::NeedsALook => look::colors(ui).attention,
        _ => look::colors(ui).quiet,
    };
    widgets::margin(16, 0)
        .show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.set_min_height(look::SMALL);
                let text = RichText::new(group.words()).font(look::fact_font()).color(color);
                ui.add(Label::new(text).selectable(false));
                if !matches!(group, Group::Done | Group::Stopped) {
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

/// Draws one transfer and says what the person asked of it in this frame, if anything.
///
/// It only looks at `row`. Whoever calls it decides what becomes of the action, so a test can click
/// a button without an engine behind it.
pub fn row_ui(ui: &mut Ui, row: &Row) -> Option<RowAction> {
    let builder = UiBuilder::new()
        .id_salt(("row", row.id))
        .accessibility_role(Role::ListItem)
        .accessibility_label(format!("{}, {}", row.name, state(row)));
    ui.scope_builder(builder, |ui| {
        let margin = Margin { left: 16, right: 16, top: 4, bottom: 10 };
        Frame::new()
            .inner_margin(margin)
            .show(ui, |ui| {
                ui.horizontal_top(|ui| {
                    ui.spacing_mut().item_spacing = vec2(space::M, space::XS);
                    let (icon, color) = sign(ui, row);
                    ui.vertical(|ui| {
                        ui.add_space((look::SMALL - look::ROW_ICON) / 2.0);
                        icons::show(ui, icon, look::ROW_ICON, color, None);
                    });
                    ui.vertical(|ui| {
                        ui.set_width(ui.available_width());
                        let action = first_line(ui, row);
                        below(ui, row);
                        action
                    })
                    .inner
                })
                .inner
            })
            .inner
    })
    .inner
}

fn sign(ui: &Ui, row: &Row) -> (Icon, look::Color) {
    let colors = look::colors(ui);
    match &row.stage {
        Stage::Waiting { .. } => (Icon::Waiting, colors.quiet),
        Stage::Paused => (Icon::Paused, colors.quiet),
        Stage::NoRoom { .. } => (Icon::Warning, colors.attention),
        Stage::Running { phase: Phase::Waiting { .. }, .. } => (Icon::Waiting, colors.attention),
        Stage::Running { .. } => (Icon::Download, colors.accent),
        Stage::Done { .. } => (Icon::Done, colors.success),
        Stage::Failed { failure: Failure::Stopped { .. }, .. } => (Icon::Stopped, colors.quiet),
        Stage::Failed { failure: Failure::Doubtful { .. }, .. } => {
            (Icon::Warning, colors.attention)
        }
        Stage::Failed { .. } => (Icon::Failed, colors.danger),
    }
}

/// The words on a row's buttons and what they ask for, the most useful first.
fn buttons(row: &Row) -> Vec<(&'static str, RowAction, bool)> {
    match &row.stage {
        Stage::Running { phase: Phase::Waiting { .. }, is_stopping: false, .. } => {
            vec![("Try now", RowAction::TryNow, true), ("Cancel", RowAction::Cancel, true)]
        }
        Stage::Waiting { is_stopping } | Stage::Running { is_stopping, .. } => vec![
            ("Pause", RowAction::Pause, !is_stopping),
            ("Cancel", RowAction::Cancel, !is_stopping),
        ],
        Stage::Paused => {
            vec![("Resume", RowAction::Resume, true), ("Cancel", RowAction::Cancel, true)]
        }
        Stage::NoRoom { .. } => {
            vec![("Try now", RowAction::TryNow, true), ("Cancel", RowAction::Cancel, true)]
        }
        Stage::Done { .. } => {
            vec![("Open", RowAction::Open, true), ("Show in folder", RowAction::ShowInFolder, true)]
        }
        Stage::Failed { failure: Failure::Stopped { kept: Some(_) }, .. } => {
            vec![("Continue", RowAction::Follow(NextStep::TryAgain), true)]
        }
        Stage::Failed { failure, .. } => {
            let step = failure.next_step();
            let mut buttons = vec![(step.words(), RowAction::Follow(step), true)];
            if matches!(step, NextStep::SaveElsewhere | NextStep::ShowKept) {
                let again = NextStep::TryAgain;
                buttons.insert(0, (again.words(), RowAction::Follow(again), true));
            }
            buttons
        }
    }
}

/// The name and the buttons.
fn first_line(ui: &mut Ui, row: &Row) -> Option<RowAction> {
    let buttons = buttons(row);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        ui.set_min_height(look::SMALL);
        let cross = if row.is_over() { look::SMALL + space::XS } else { 0.0 };
        let width = |words| widgets::button_width(ui, words) + space::XS;
        let taken = buttons.iter().map(|(words, ..)| width(words)).sum::<f32>() + cross;
        let room = (ui.available_width() - taken).max(40.0 + space::S);
        name(ui, row, room);
        let mut action = None;
        for (words, asked, is_enabled) in buttons {
            if widgets::named_button(ui, words, &row.name, is_enabled) {
                action = Some(asked);
            }
        }
        if row.is_over() {
            let words = format!("Remove {} from the list", row.name);
            if widgets::icon_button(ui, Icon::Cross, &words).clicked() {
                action = Some(RowAction::Remove);
            }
        }
        action
    })
    .inner
}

/// The name in exactly `width`, cut in the middle if it must be; then the whole of it on hover.
fn name(ui: &mut Ui, row: &Row, width: f32) {
    let font = look::name_font();
    let cut = widgets::middle_cut(ui, &row.name, &font, width - space::S);
    let is_cut = cut != row.name;
    let text = RichText::new(cut).font(font).color(look::colors(ui).text);
    let start = ui.cursor().left();
    let response = ui.add(Label::new(text).extend());
    if is_cut {
        response.on_hover_text(&row.name);
    }
    let used = ui.cursor().left() - start;
    ui.add_space((width - used + ui.spacing().item_spacing.x).max(0.0));
}

/// What stands under the name.
fn below(ui: &mut Ui, row: &Row) {
    let quiet = look::colors(ui).quiet;
    let is_running = matches!(row.stage, Stage::Running { .. });
    if is_running || (!row.is_over() && row.progress.is_some()) {
        let (share, received) = share(row);
        ui.add_space(2.0);
        let colors = look::colors(ui);
        let color = if is_pausing(row) || !is_running { colors.edge } else { colors.accent };
        let name = format!("Progress of {}", row.name);
        widgets::progress_bar(ui, share, received, &name, color);
        ui.add_space(2.0);
    }
    if let Stage::Failed { failure, .. } = &row.stage
        && !matches!(failure, Failure::Stopped { .. })
    {
        let (_, color) = sign(ui, row);
        let sentence = words::shown(&failure.to_string());
        let stop = if sentence.ends_with(['.', '”']) { "" } else { "." };
        widgets::message(ui, None, &format!("{sentence}{stop}"), color);
        widgets::message(ui, None, &what_then(failure), quiet);
    } else {
        let response = second_line(ui, row);
        if let Stage::Done { summary, .. } = &row.stage {
            response.on_hover_text(details(summary));
        }
    }
    if let Some(note) = &row.note {
        widgets::message(ui, None, note, look::colors(ui).attention);
    }
}

/// Whether something holds it up.
fn is_pausing(row: &Row) -> bool {
    let is_between = matches!(row.stage, Stage::Running { phase: Phase::Waiting { .. }, .. });
    is_between || matches!(row.stage, Stage::NoRoom { .. })
}

fn second_line(ui: &mut Ui, row: &Row) -> Response {
    let is_narrow = ui.available_width() < look::NARROW_WINDOW - 150.0;
    let mut line = state(row);
    let is_pausing = is_pausing(row);
    if !is_narrow && !is_pausing {
        line = format!("{line} · {}", row.host);
    }
    let colors = look::colors(ui);
    let color = if is_pausing { colors.attention } else { colors.quiet };
    let text = RichText::new(line).font(look::fact_font()).color(color);
    ui.add(Label::new(text).truncate())
}

/// How far it is, in words: what the second line says, and what a screen reader hears of the row.
#[must_use]
pub fn state(row: &Row) -> String {
    match &row.stage {
        Stage::Waiting { is_stopping: true } | Stage::Running { is_stopping: true, .. } => {
            "Stopping…".to_owned()
        }
        Stage::Waiting { .. } => "Waiting for its turn".to_owned(),
        Stage::Paused => match row.progress {
            Some(progress) => format!("Paused · {}", amount(progress)),
            None => "Paused".to_owned(),
        },
        Stage::NoRoom { why } => {
            format!("{}. It goes on by itself when there is room", words::shown(why))
        }
        Stage::Running { phase, .. } => match (phase, row.progress) {
            (Phase::Connecting, _) => "Connecting…".to_owned(),
            (Phase::SigningIn, _) => "Signing in…".to_owned(),
            (Phase::Receiving, None) => "Waiting for the first byte…".to_owned(),
            (Phase::Receiving, Some(progress)) => moving(progress),
            (Phase::Finishing, _) => "Finishing…".to_owned(),
            (Phase::Checking, _) => "Checking the checksum…".to_owned(),
            (Phase::Waiting { why, until }, _) => {
                let why = words::shown(why);
                format!("{why}. Trying again at {}", words::time_of_day(*until))
            }
        },
        Stage::Done { summary, at } => {
            let size = words::bytes(summary.length);
            let time = words::time_of_day(*at);
            let time = time.get(..5).unwrap_or(&time);
            match &summary.verdict {
                Verdict::Verified { by, .. } => format!("Verified by {by} · {size} · {time}"),
                Verdict::Complete => format!("Complete · {size} · {time}"),
                Verdict::Skipped => format!("Skipped: it was there already · {time}"),
            }
        }
        Stage::Failed { failure: Failure::Stopped { kept: Some(kept) }, .. } => {
            format!("Stopped · {} kept", words::bytes(kept.length))
        }
        Stage::Failed { failure: Failure::Stopped { kept: None }, .. } => "Stopped".to_owned(),
        Stage::Failed { failure, .. } => words::shown(&failure.to_string()),
    }
}

/// `1.2 of 4.1 GB`, or `1.2 GB` of nobody knows how much.
fn amount(Progress { received, expected, .. }: Progress) -> String {
    match expected.filter(|&expected| expected >= received) {
        Some(expected) => words::bytes_of(received, expected),
        None => words::bytes(received),
    }
}

/// `1.2 of 4.1 GB — 11.4 MB/s — 4 min left`.
fn moving(progress: Progress) -> String {
    let Progress { speed, remaining, .. } = progress;
    let mut line = amount(progress);
    if speed < 1.0 {
        line.push_str(" — waiting for the server");
        return line;
    }
    line.push_str(" — ");
    line.push_str(&words::speed(speed));
    if let Some(remaining) = remaining {
        // Tenths of a second would only flicker.
        let remaining = Duration::from_secs(remaining.as_secs().max(1));
        line.push_str(&format!(" — {} left", words::duration(remaining)));
    }
    line
}

/// The share that has arrived, if anybody can know it, and the bytes.
fn share(row: &Row) -> (Option<f32>, u64) {
    match (&row.stage, row.progress) {
        (Stage::Running { phase: Phase::Finishing | Phase::Checking, .. }, _) => (Some(1.0), 0),
        (_, None) => (None, 0),
        (_, Some(Progress { received, expected, .. })) => {
            let percent = expected.and_then(|expected| words::percent(received, expected));
            #[expect(clippy::cast_possible_truncation, reason = "0 to 100")]
            (percent.map(|percent| percent as f32 / 100.0), received)
        }
    }
}

/// What Ashore did, and what the person can do.
fn what_then(failure: &Failure) -> String {
    let advice = failure.advice();
    match failure.kept() {
        Some(kept) => {
            let name = kept.path.file_name().unwrap_or_default().to_string_lossy();
            let name = words::shown(&name);
            format!("The {} that arrived are kept in {name}. {advice}", words::bytes(kept.length))
        }
        None => advice.to_owned(),
    }
}

fn details(summary: &Summary) -> String {
    let path = words::shown(&summary.path.to_string_lossy());
    let bytes = words::count(summary.length);
    let took = words::duration(summary.took);
    let mut details = format!("{path}\n{bytes} bytes in {took}");
    if let Some(hash) = &summary.sha256 {
        details.push_str("\nSHA-256 ");
        details.extend(hash.iter().map(|byte| format!("{byte:02x}")));
    }
    details
}
