//! One row of the list: which transfer it is, how far it is, and what can be done.

use std::time::SystemTime;

use eframe::egui::{
    Align2, Color32, EventFilter, Frame, Id, Key, Label, Margin, Modifiers, PointerButton, Popup,
    Response, RichText, Role, Sense, Shape, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::card::{CardAnswer, card_ui};
use super::contents_view::{self, contents_ui, preflight_ui};
use super::icons::{self, Icon};
use super::look::{self, space};
use super::model::Move;
use super::row::{Row, Stage};
pub use super::row_actions::RowAction;
use super::row_actions::{buttons, menu};
use super::row_words::{
    brake, connections, details, files, moving_apart, next_tick, share, short_hash, state,
    what_then,
};
use super::selection::Choice;
use super::sign_in::{SignIn, SignInAnswer, sign_in_ui};
use super::widgets;
use crate::transfer::{End, Phase};
use crate::words;

/// What a row has to do with the rest of the list.
#[derive(Debug, Default)]
pub struct Part<'a> {
    /// Whether it is chosen.
    pub is_chosen: bool,
    /// Whether the files in it are shown, if it is a folder.
    pub is_open: bool,
    /// Whether the keyboard is to come here.
    pub wants_focus: bool,
    /// Its card, if the person is asked who they are.
    pub sign_in: Option<&'a mut SignIn>,
}

/// Draws one transfer and says what the person asked of it in this frame, if anything.
///
/// It only looks at `row`. Whoever calls it decides what becomes of the action, so a test can click
/// a button without an engine behind it.
pub fn row_ui(ui: &mut Ui, row: &Row, part: Part<'_>) -> Option<RowAction> {
    let now = SystemTime::now();
    if let Stage::Running { phase: Phase::Waiting { until, .. }, .. } = &row.stage
        && let Some(tick) = next_tick(*until, now)
    {
        ui.ctx().request_repaint_after(tick);
    }
    let line = state(row, now);
    let can_move = matches!(row.stage, Stage::Waiting { .. });
    let sense = if can_move { Sense::click_and_drag() } else { Sense::click() };
    let builder = UiBuilder::new().scope_id(Id::unique(("row", row.id))).sense(sense);
    let builder = builder.accessibility_role(Role::ListItem);
    let behind = ui.painter().add(Shape::Noop);
    let inner = ui.scope_builder(builder, |ui| {
        let margin = Margin { left: 16, right: 16, top: 4, bottom: 10 };
        if part.is_chosen {
            let surface = look::colors(ui).surface;
            ui.visuals_mut().widgets.inactive.weak_bg_fill = surface; // To stand out from the row.
        }
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
                    let action = first_line(ui, row, part.is_open);
                    let action = action.or(below(ui, row, &line, part.sign_in));
                    preflight_ui(ui, row, part.is_open);
                    if part.is_open {
                        contents_ui(ui, row);
                    }
                    action
                })
                .inner
            })
            .inner
        });
        let whole = ui.response();
        // Also where it is, for those who find it by its name.
        let name = format!("{}, {line}", row.name);
        whole.widget_info(|| WidgetInfo::selected(Role::ListItem, true, part.is_chosen, &name));
        if part.is_chosen {
            ui.painter().set(behind, widgets::chosen_ground(ui, whole.rect));
        }
        if part.wants_focus {
            whole.request_focus();
            whole.scroll_to_me(None);
        }
        let is_grabbed = whole.drag_started_by(PointerButton::Primary);
        let grab = is_grabbed.then_some(RowAction::Grab);
        keyboard(ui, row, &whole).or(inner.inner).or(choice(ui, &whole)).or(grab)
    });
    let mut action = inner.inner;
    inner.response.container_context_menu(|ui| {
        action = menu(ui, row).or(action);
    });
    action
}

/// What the keys mean while the row itself has the keyboard: an arrow goes to the next one, and with
/// Shift chooses it as well; with Alt it moves the row.
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
    let can_move = matches!(row.stage, Stage::Waiting { .. });
    let arrows = EventFilter { vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(whole.id, arrows));
    let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
    let action = |key, places| match () {
        () if pressed(Modifiers::ALT, key) => {
            let way = if places < 0 { Move::Up } else { Move::Down };
            can_move.then_some(RowAction::Move(way))
        }
        () if pressed(Modifiers::SHIFT, key) => Some(RowAction::Step { places, extends: true }),
        () if pressed(Modifiers::NONE, key) => Some(RowAction::Step { places, extends: false }),
        () => None,
    };
    action(Key::ArrowUp, -1).or_else(|| action(Key::ArrowDown, 1))
}

/// A click chooses a row; with Ctrl, as well as others; with Shift, all rows up to it.
fn choice(ui: &Ui, whole: &Response) -> Option<RowAction> {
    if !whole.clicked() {
        return None;
    }
    Some(RowAction::Choose(match ui.input(|input| input.modifiers) {
        modifiers if modifiers.command => Choice::Too,
        modifiers if modifiers.shift => Choice::Through,
        _ => Choice::Alone,
    }))
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
        Stage::Over { ending, .. } => contents_view::sign(ending.end, colors),
    }
}

/// The name and the buttons.
fn first_line(ui: &mut Ui, row: &Row, is_open: bool) -> Option<RowAction> {
    let mut buttons = buttons(row);
    if ui.available_width() < look::NARROW_ROW {
        buttons.truncate(1); // The name says more, and the menu has the other one.
    }
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        ui.set_min_height(look::SMALL);
        let width = |words| widgets::button_width(ui, words) + space::XS;
        let taken =
            buttons.iter().map(|(words, ..)| width(words)).sum::<f32>() + look::SMALL + space::XS;
        let is_moving = matches!(row.stage, Stage::Running { phase: Phase::Receiving, .. });
        let has_graph = is_moving && ui.available_width() > look::NARROW_WINDOW - 150.0;
        let graph = if has_graph { look::GRAPH + space::M } else { 0.0 };
        let room = (ui.available_width() - taken - graph).max(40.0 + space::S);
        let start = ui.cursor().left();
        let can_open = can_open(row);
        name(ui, row, if can_open { room - FOLD - space::XS } else { room });
        let mut action = if can_open { fold(ui, row, is_open) } else { None };
        let used = ui.cursor().left() - start;
        ui.add_space((room - used + ui.spacing().item_spacing.x).max(0.0));
        if has_graph {
            graph_ui(ui, row);
            ui.add_space(space::S);
        }
        for (words, asked, is_enabled) in buttons {
            if widgets::named_button(ui, words, &row.name, is_enabled) {
                action = Some(asked);
            }
        }
        let more = widgets::icon_button(ui, Icon::More, &format!("More about {}", row.name));
        Popup::menu(&more).show(|ui| action = menu(ui, row).or(action));
        action
    })
    .inner
}

/// The side of the button that shows the files of a folder.
const FOLD: f32 = 24.0;

/// Whether it is a folder with something to be shown.
fn can_open(row: &Row) -> bool {
    row.has_files() || (row.contents.is_some() && !row.is_over())
}

/// What shows the files of a folder, and hides them again.
fn fold(ui: &mut Ui, row: &Row, is_open: bool) -> Option<RowAction> {
    let (icon, name) = match is_open {
        true => (Icon::Unfolded, format!("Hide the files of {}", row.name)),
        false => (Icon::Folded, format!("Show the files of {}", row.name)),
    };
    widgets::icon_button_small(ui, icon, &name).clicked().then_some(RowAction::Unfold)
}

/// How fast it was in the last minute.
fn graph_ui(ui: &mut Ui, row: &Row) {
    let most = row.history.most();
    let name = format!("Speed of {} over the last minute", row.name);
    let mut hint = format!("The last minute: {} at most", words::speed(most));
    if let Some(brake) = brake(row) {
        hint.push_str(&format!("\nThe speed is limited by {brake}"));
    }
    widgets::sparkline(ui, row.history.speeds(), most, &name).on_hover_text(hint);
}

/// The name in at most `width`, cut in the middle if it must be; then the whole of it on hover.
fn name(ui: &mut Ui, row: &Row, width: f32) {
    let font = look::title_font();
    let cut = widgets::middle_cut(ui, &row.name, &font, width - space::S);
    let is_cut = cut != row.name;
    let text = RichText::new(cut).font(font).color(look::colors(ui).text);
    let response = ui.add(Label::new(text).extend().selectable(false));
    if is_cut {
        response.on_hover_text(&row.name);
    }
}

/// What stands under the name.
fn below(ui: &mut Ui, row: &Row, line: &str, card: Option<&mut SignIn>) -> Option<RowAction> {
    match row.stage {
        Stage::Running { .. } => spaced_bar(ui, row),
        Stage::NoRoom { .. } if row.progress.is_some() => spaced_bar(ui, row),
        Stage::Paused if row.progress.is_some() => spaced_bar(ui, row),
        // All rows of a group keep one height.
        Stage::Paused => ui.add_space(look::BAR + space::S),
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
            widgets::message(ui, None, &words::closed(line), color);
            let Some(card) = card else {
                widgets::message(ui, None, &what_then(ending), look::colors(ui).quiet);
                note(ui, row);
                return None;
            };
            ui.add_space(space::XS);
            sign_in_ui(ui, card, row).map(|answer| match answer {
                SignInAnswer::SignIn => RowAction::SignIn,
                SignInAnswer::Cancel => RowAction::PutOff,
            })
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

/// How fast and how long still, in columns at the right, so that nothing moves when a figure more or
/// less is needed: the width that they take.
fn pace_ui(ui: &Ui, speed: String, left: Option<String>) -> f32 {
    let font = look::fact_font();
    let color = look::colors(ui).quiet;
    let column = widgets::text_width(ui, "59 min 59 s left", &font).ceil();
    let right = pos2(ui.max_rect().right(), ui.cursor().top() + look::LINE / 2.0);
    let text = |x: f32, text| {
        let at = pos2(right.x - x, right.y);
        ui.painter().text(at, Align2::RIGHT_CENTER, text, font.clone(), color).width()
    };
    text(0.0, left.unwrap_or_default());
    column + space::L + text(column + space::L, speed) + space::L
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
    let apart = moving_apart(row).filter(|_| !is_narrow);
    let mut facts = vec![apart.as_ref().map_or(line, |(amount, ..)| amount).to_owned()];
    facts.extend(files(row));
    if !is_narrow && !is_pausing {
        facts.push(row.host());
        facts.extend(connections(row));
        facts.extend(brake(row).map(|brake| format!("limited by {brake}")));
    }
    let color = if is_pausing { colors.attention } else { colors.quiet };
    let hash = row.sha256().filter(|_| !is_narrow);
    facts.extend(hash.map(|hash| format!("SHA-256 {}", short_hash(hash))));
    // A row of this height, not one of buttons.
    ui.spacing_mut().interact_size.y = look::LINE;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        let pace = apart.map_or(0.0, |(_, speed, left)| pace_ui(ui, speed, left));
        let copy = if hash.is_some() { look::LINE + space::XS } else { 0.0 };
        let room = ui.available_width() - pace - copy;
        let font = look::fact_font();
        let cut = widgets::whole_parts(ui, &facts, &font, room);
        let line = facts.join(widgets::BETWEEN);
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
