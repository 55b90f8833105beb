//! How fast everything together may come: the switch in the status bar, and what it can be set to.

use eframe::egui::{
    Button, Id, Key, Label, Popup, PopupCloseBehavior, Response, RichText, Role, Ui, WidgetInfo,
    vec2,
};

use super::icons::Icon;
use super::look::{self, space};
use super::{pick, widgets};
use crate::settings::{RateLimit, read_rate};
use crate::words;

/// What is offered, in bytes per second.
const RATES: [u64; 6] = [250_000, 500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000];

/// The width of the field in the menu, and of the menu.
const FIELD: f32 = 112.0;
const MENU: f32 = 232.0;

/// What is remembered of the menu from one picture to the next.
#[derive(Debug, Default)]
pub(super) struct LimitMenu {
    /// What stands in its field.
    text: String,
    /// What is wrong with that, once somebody has said that it is to hold.
    problem: Option<String>,
    /// Whether the keyboard is to go to what is chosen when the menu is next drawn.
    is_fresh: bool,
}

impl LimitMenu {
    /// Opens the menu at the status bar.
    pub(super) fn open(&mut self, ui: &Ui) {
        Popup::open_id(ui.ctx(), Id::unique(SWITCH));
        *self = Self { is_fresh: true, ..Self::default() };
        ui.ctx().request_repaint();
    }
}

const SWITCH: &str = "rate limits";

/// `2 MB/s`: nobody chooses tenths.
pub(super) fn rate_words(bytes_per_second: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a limit needs no 53 bits")]
    let words = words::speed(bytes_per_second as f64);
    words.replacen(".0 ", " ", 1).replacen(",0 ", " ", 1)
}

/// What the switch shows.
pub(super) fn switch_words(limit: RateLimit) -> String {
    limit.now().map_or_else(|| "No limit".to_owned(), |rate| format!("Limit {}", rate_words(rate)))
}

/// The width that [`switch_ui`] takes.
pub(super) fn switch_width(ui: &Ui, limit: RateLimit) -> f32 {
    widgets::button_width(ui, &switch_words(limit)) - space::S + 24.0 + 2.0
}

/// The switch, and the menu beside it: what was chosen in this frame, if anything.
pub(super) fn switch_ui(ui: &mut Ui, limit: RateLimit, menu: &mut LimitMenu) -> Option<RateLimit> {
    let mut chosen = None;
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        ui.spacing_mut().button_padding.x = space::S;
        ui.spacing_mut().interact_size.y = 24.0;
        ui.spacing_mut().button_padding.y = 2.0;
        let is_on = limit.now().is_some();
        if word(ui, limit, is_on).clicked() {
            match limit.last {
                Some(_) => chosen = Some(limit.turned()),
                None => menu.open(ui),
            }
        }
        let arrow = widgets::icon_button_small(ui, Icon::Unfolded, "Choose a rate limit");
        menu.is_fresh |= arrow.clicked();
        chosen = menu_ui(&arrow, Id::unique(SWITCH), limit, menu).or(chosen);
    });
    chosen
}

fn word(ui: &mut Ui, limit: RateLimit, is_on: bool) -> Response {
    let colors = look::colors(ui);
    let [rest, ..] = colors.button;
    let color = if is_on { colors.text } else { colors.quiet };
    let button = Button::new(RichText::new(switch_words(limit)).color(color));
    let button = button.min_size(vec2(0.0, 24.0)).stroke(widgets::chosen_edge(ui, is_on));
    let button = if is_on { button.fill(rest) } else { button.frame_when_inactive(false) };
    let response = ui.add(button);
    let name = match limit.last {
        Some(rate) => format!("Rate limit of {}", rate_words(rate)),
        None => "Rate limit".to_owned(),
    };
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, is_on, &name));
    widgets::focus_ring(ui, &response);
    let hint = match (is_on, limit.last) {
        (true, _) => "Let everything come as fast as it can (Ctrl+T)".to_owned(),
        (false, Some(rate)) => {
            format!("Limit everything together to {} (Ctrl+T)", rate_words(rate))
        }
        (false, None) => "Limit how fast everything together may come (Ctrl+T)".to_owned(),
    };
    response.on_hover_text(hint)
}

/// What a limit can be set to, as a menu of `button`: what was chosen, if anything.
pub(super) fn menu_ui(
    button: &Response,
    id: Id,
    limit: RateLimit,
    menu: &mut LimitMenu,
) -> Option<RateLimit> {
    let popup = Popup::menu(button).id(id).accessible_name("Rate limits");
    let popup = popup.close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let shown = popup.show(|ui| {
        ui.set_width(MENU);
        ui.spacing_mut().item_spacing.y = 0.0;
        let chosen = lines_ui(ui, limit, std::mem::take(&mut menu.is_fresh));
        let chosen = field_ui(ui, menu).or(chosen);
        if chosen.is_some() {
            *menu = LimitMenu::default();
            ui.close();
        }
        chosen
    });
    shown.and_then(|shown| shown.inner)
}

fn lines_ui(ui: &mut Ui, limit: RateLimit, is_fresh: bool) -> Option<RateLimit> {
    let words = RichText::new("Everything together, at most:");
    let words = words.font(look::fact_font()).color(look::colors(ui).quiet);
    ui.horizontal(|ui| {
        ui.add_space(space::S);
        ui.add(Label::new(words).selectable(false));
    });
    ui.add_space(space::XS);
    let mut rates: Vec<_> = RATES.into_iter().chain(limit.last).collect();
    rates.sort_unstable();
    rates.dedup();
    let mut chosen = None;
    let now = limit.now();
    let all = [None].into_iter().chain(rates.into_iter().map(Some));
    for rate in all {
        let words = rate.map_or_else(|| "No limit".to_owned(), rate_words);
        let response = pick::line(ui, &words, rate == now);
        if is_fresh && rate == now {
            response.request_focus();
        }
        if response.clicked() {
            chosen = Some(rate.map_or(RateLimit { is_on: false, ..limit }, RateLimit::of));
        }
    }
    chosen
}

/// Another limit than those that are offered.
fn field_ui(ui: &mut Ui, menu: &mut LimitMenu) -> Option<RateLimit> {
    let mut is_set = false;
    ui.add_space(space::XS);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        // A menu takes the edges of what is in it; a field must be seen to be found.
        let [_, hover, _] = look::colors(ui).button;
        ui.visuals_mut().widgets.inactive.bg_stroke = (1.0, look::colors(ui).edge).into();
        ui.visuals_mut().widgets.inactive.weak_bg_fill = hover;
        ui.add_space(space::S);
        let label = widgets::caption(ui, "Other", 40.0, look::SMALL);
        let hint = RichText::new("1.5 MB/s").color(look::colors(ui).quiet);
        let field = widgets::field(&mut menu.text, FIELD, look::SMALL).hint_text(hint);
        let response = ui.add(field).labelled_by(label.id);
        if response.changed() {
            menu.problem = None;
        }
        is_set = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        is_set |= widgets::named_button(ui, "Set", "this limit", true);
    });
    ui.add_space(space::XS);
    if let Some(problem) = &menu.problem {
        widgets::message(ui, Some(Icon::Failed), problem, look::colors(ui).danger);
    }
    if !is_set {
        return None;
    }
    match read_rate(&menu.text) {
        Ok(rate) => Some(RateLimit::of(rate)),
        Err(problem) => {
            menu.problem = Some(words::sentence(&problem.to_string()));
            ui.ctx().request_repaint();
            None
        }
    }
}
