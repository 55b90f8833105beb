//! One row of the list: which transfer it is, how far it is, and what can be done.

use std::time::SystemTime;

use eframe::egui::{
    Color32, EventFilter, FocusDirection, Frame, Key, Label, Margin, Modifiers, Response, RichText,
    Role, Sense, StrokeKind, Ui, UiBuilder, WidgetInfo, vec2,
};

use super::card::{CardAnswer, card_ui};
use super::icons::{self, Icon};
use super::look::{self, space};
use super::model::Way;
use super::row::{Row, Stage};
use super::row_words::{closed, details, next_tick, share, short_hash, state, what_then};
use super::widgets;
use crate::transfer::{End, NextStep, Phase};

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
    /// Let it change places with its neighbour in the queue.
    Shift(Way),
    /// Open the file with the program that belongs to it.
    Open,
    /// Show the file, or what was kept of it, in the system's file manager.
    ShowInFolder,
    /// Do what the failure proposes.
    Follow(NextStep),
    /// Believe the certificate, for all that comes from this server.
    Trust,
    /// Believe the certificate for this transfer.
    TrustOnce,
    /// Do not believe the certificate.
    Distrust,
    /// Take the row off the list. The file stays.
    Remove,
}

/// Draws one transfer and says what the person asked of it in this frame, if anything.
///
/// It only looks at `row`. Whoever calls it decides what becomes of the action, so a test can click
/// a button without an engine behind it.
pub fn row_ui(ui: &mut Ui, row: &Row) -> Option<RowAction> {
    let now = SystemTime::now();
    if let Stage::Running { phase: Phase::Waiting { until, .. }, .. } = &row.stage
        && let Some(tick) = next_tick(*until, now)
    {
        ui.ctx().request_repaint_after(tick);
    }
    let line = state(row, now);
    let builder = UiBuilder::new()
        .id_salt(("row", row.id))
        .sense(Sense::click())
        .accessibility_role(Role::ListItem);
    let inner = ui.scope_builder(builder, |ui| {
        let margin = Margin { left: 16, right: 16, top: 4, bottom: 10 };
        let inner = Frame::new().inner_margin(margin).show(ui, |ui| {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing = vec2(space::M, space::XS);
                let (icon, color) = sign(ui, row);
                ui.vertical(|ui| {
                    ui.add_space((look::SMALL - look::ROW_ICON) / 2.0);
                    icons::show(ui, icon, look::ROW_ICON, color, None);
                });
                ui.vertical(|ui| {
                    ui.set_width(ui.available_width());
                    if matches!(row.stage, Stage::Paused) {
                        ui.spacing_mut().item_spacing.y = 0.0;
                    }
                    let action = first_line(ui, row);
                    action.or(below(ui, row, &line))
                })
                .inner
            })
            .inner
        });
        let whole = ui.response();
        // Also where it is, for those who find it by its name.
        let name = format!("{}, {line}", row.name);
        whole.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, &name));
        keyboard(ui, row, &whole).or(inner.inner)
    });
    let mut action = inner.inner;
    inner.response.container_context_menu(|ui| {
        action = menu(ui, row).or(action);
    });
    action
}

/// What the keys mean while the row itself has the keyboard: Alt and an arrow move it.
fn keyboard(ui: &Ui, row: &Row, whole: &Response) -> Option<RowAction> {
    if whole.gained_focus() {
        whole.scroll_to_me(None);
    }
    if !whole.has_focus() {
        return None;
    }
    let stroke = (2.0, look::colors(ui).accent);
    ui.painter().rect_stroke(whole.rect.shrink(2.0), 6, stroke, StrokeKind::Inside);
    if row.is_over() && ui.input(|input| input.key_pressed(Key::Delete)) {
        return Some(RowAction::Remove);
    }
    if !matches!(row.stage, Stage::Waiting { .. }) {
        return None;
    }
    let arrows = EventFilter { vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(whole.id, arrows));
    for (key, way, direction) in [
        (Key::ArrowUp, Way::Up, FocusDirection::Up),
        (Key::ArrowDown, Way::Down, FocusDirection::Down),
    ] {
        if ui.input_mut(|input| input.consume_key(Modifiers::ALT, key)) {
            return Some(RowAction::Shift(way));
        }
        if ui.input(|input| input.key_pressed(key)) {
            ui.memory_mut(|memory| memory.move_focus(direction));
        }
    }
    None
}

/// All that can be done with a row, in words.
fn menu(ui: &mut Ui, row: &Row) -> Option<RowAction> {
    let mut action = None;
    let mut offer = |ui: &mut Ui, words: &str, asked| {
        if ui.button(words).clicked() {
            action = Some(asked);
        }
    };
    if matches!(row.stage, Stage::Waiting { .. }) {
        offer(ui, "Move up", RowAction::Shift(Way::Up));
        offer(ui, "Move down", RowAction::Shift(Way::Down));
        ui.separator();
    }
    for (words, asked, is_enabled) in buttons(row) {
        if is_enabled {
            offer(ui, words, asked);
        }
    }
    if row.is_over() {
        offer(ui, "Remove from the list", RowAction::Remove);
    }
    ui.separator();
    if ui.button("Copy address").clicked() {
        ui.ctx().copy_text(row.request.address.to_string());
    }
    if let Some(hash) = row.sha256()
        && ui.button("Copy SHA-256").clicked()
    {
        ui.ctx().copy_text(hash.to_owned());
    }
    action
}

fn sign(ui: &Ui, row: &Row) -> (Icon, Color32) {
    let colors = look::colors(ui);
    match &row.stage {
        Stage::Waiting { .. } => (Icon::Waiting, colors.quiet),
        Stage::Paused => (Icon::Paused, colors.quiet),
        Stage::NoRoom { .. } => (Icon::Warning, colors.attention),
        Stage::Running { phase: Phase::Waiting { .. }, .. } => (Icon::Waiting, colors.attention),
        Stage::Running { .. } => (Icon::Download, colors.accent),
        Stage::Over { certificate: Some(_), .. } => (Icon::Warning, colors.attention),
        Stage::Over { ending, .. } => match ending.end {
            End::Verified => (Icon::Shield, colors.success),
            End::Complete => (Icon::Done, colors.success),
            End::Skipped => (Icon::Done, colors.quiet),
            End::NeedsALook => (Icon::Warning, colors.attention),
            End::Failed => (Icon::Failed, colors.danger),
            End::Stopped => (Icon::Stopped, colors.quiet),
        },
    }
}

/// The words on a row's buttons and what they ask for, the most useful first.
fn buttons(row: &Row) -> Vec<(&'static str, RowAction, bool)> {
    let follow = |step: NextStep| (step.words(), RowAction::Follow(step), true);
    let cancel = ("Cancel", RowAction::Cancel, true);
    match &row.stage {
        Stage::Running { phase: Phase::Waiting { .. }, is_stopping: false, .. }
        | Stage::NoRoom { .. } => {
            vec![("Try now", RowAction::TryNow, true), cancel]
        }
        Stage::Waiting { is_stopping } | Stage::Running { is_stopping, .. } => vec![
            ("Pause", RowAction::Pause, !is_stopping),
            ("Cancel", RowAction::Cancel, !is_stopping),
        ],
        Stage::Paused => vec![("Resume", RowAction::Resume, true), cancel],
        Stage::Over { certificate: Some(_), .. } => Vec::new(), // The card has its own.
        Stage::Over { ending, .. } => match (ending.end, ending.next_step) {
            (End::Verified | End::Complete | End::Skipped, _) => vec![
                ("Open", RowAction::Open, true),
                ("Show in folder", RowAction::ShowInFolder, true),
            ],
            (End::Stopped, _) if ending.kept.is_some() => {
                vec![("Continue", RowAction::Follow(NextStep::TryAgain), true)]
            }
            (
                _,
                Some(
                    step @ (NextStep::SaveElsewhere | NextStep::ShowKept | NextStep::GoUnprotected),
                ),
            ) => {
                vec![follow(NextStep::TryAgain), follow(step)]
            }
            (_, Some(step @ (NextStep::TryActive | NextStep::TryPassive))) => {
                vec![follow(step), follow(NextStep::TryAgain)]
            }
            // What its certificate was is not known any more: it is asked for again.
            (_, None | Some(NextStep::Trust)) => vec![follow(NextStep::TryAgain)],
            (_, Some(step)) => vec![follow(step)],
        },
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
    let response = ui.add(Label::new(text).extend().selectable(false));
    if is_cut {
        response.on_hover_text(&row.name);
    }
    let used = ui.cursor().left() - start;
    ui.add_space((width - used + ui.spacing().item_spacing.x).max(0.0));
}

/// What stands under the name.
fn below(ui: &mut Ui, row: &Row, line: &str) -> Option<RowAction> {
    match row.stage {
        Stage::Running { .. } => spaced_bar(ui, row),
        Stage::NoRoom { .. } if row.progress.is_some() => spaced_bar(ui, row),
        // Between the lines: so that all rows of a group keep one height.
        Stage::Paused if row.progress.is_some() => bar(ui, row),
        Stage::Paused => ui.add_space(look::BAR),
        _ => {}
    }
    match &row.stage {
        Stage::Over { certificate: Some(certificate), .. } => card_ui(ui, certificate, &row.name)
            .map(|answer| match answer {
                CardAnswer::Trust => RowAction::Trust,
                CardAnswer::TrustOnce => RowAction::TrustOnce,
                CardAnswer::DontConnect => RowAction::Distrust,
            }),
        Stage::Over { ending, .. } if matches!(ending.end, End::Failed | End::NeedsALook) => {
            let (_, color) = sign(ui, row);
            widgets::message(ui, None, &closed(line), color);
            widgets::message(ui, None, &what_then(ending), look::colors(ui).quiet);
            note(ui, row);
            None
        }
        _ => {
            second_line(ui, row, line);
            if matches!(row.stage, Stage::Running { .. } | Stage::NoRoom { .. }) {
                note(ui, row);
            }
            None
        }
    }
}

fn spaced_bar(ui: &mut Ui, row: &Row) {
    ui.add_space(2.0);
    bar(ui, row);
    ui.add_space(2.0);
}

fn bar(ui: &mut Ui, row: &Row) {
    let (share, received) = share(row);
    let colors = look::colors(ui);
    let is_moving = matches!(row.stage, Stage::Running { .. }) && !is_pausing(row);
    let color = if is_moving { colors.accent } else { colors.edge };
    let name = format!("Progress of {}", row.name);
    widgets::progress_bar(ui, share, received, &name, color);
}

fn note(ui: &mut Ui, row: &Row) {
    if let Some(note) = &row.note {
        widgets::message(ui, None, note, look::colors(ui).attention);
    }
}

/// Whether something holds it up.
fn is_pausing(row: &Row) -> bool {
    let is_between = matches!(row.stage, Stage::Running { phase: Phase::Waiting { .. }, .. });
    is_between || matches!(row.stage, Stage::NoRoom { .. })
}

fn second_line(ui: &mut Ui, row: &Row, line: &str) {
    let colors = look::colors(ui);
    let is_pausing = is_pausing(row);
    if let Some(note) = row.note.as_ref().filter(|_| !is_pausing && row.ending().is_some()) {
        // In the place of the facts, which are known: so all rows of a group keep one height.
        let text = RichText::new(note).font(look::fact_font()).color(colors.attention);
        ui.add(Label::new(text).truncate()).on_hover_text(note);
        return;
    }
    let is_narrow = ui.available_width() < look::NARROW_WINDOW - 150.0;
    let mut line = line.to_owned();
    if !is_narrow && !is_pausing {
        line = format!("{line} · {}", row.host());
    }
    let color = if is_pausing { colors.attention } else { colors.quiet };
    let hash = row.sha256().filter(|_| !is_narrow);
    if let Some(hash) = hash {
        line = format!("{line} · SHA-256 {}", short_hash(hash));
    }
    // A row of this height, not one of buttons.
    ui.spacing_mut().interact_size.y = look::LINE;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        let room = ui.available_width() - if hash.is_some() { look::LINE + space::XS } else { 0.0 };
        let font = look::fact_font();
        let cut = widgets::end_cut(ui, &line, &font, room);
        let is_cut = cut != line;
        let text = RichText::new(cut).font(font).color(color);
        let label = ui.add(Label::new(text).selectable(false).extend());
        match row.ending() {
            Some(ending) if ending.path.is_some() => drop(label.on_hover_text(details(ending))),
            _ if is_cut => drop(label.on_hover_text(&line)),
            _ => {}
        }
        if let Some(hash) = hash {
            let name = format!("Copy SHA-256 of {}", row.name);
            if widgets::small_icon_button(ui, Icon::Copy, &name) {
                ui.ctx().copy_text(hash.to_owned());
            }
        }
    });
}
