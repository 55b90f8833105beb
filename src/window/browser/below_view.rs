//! The line below the table: what is chosen, where it goes, and *Download*.

use eframe::egui::{Button, Key, Label, Popup, RichText, Ui, vec2};

use super::keys::tab_stop;
use super::row_view::menu_ui;
use super::view::Act;
use super::words;
use super::{Browser, SaveAs};
use crate::window::icons::Icon;
use crate::window::look::{self, space};
use crate::window::widgets;

/// The widths of the buttons, and of the words before the field.
const CHOOSE: f32 = 92.0;
const DOWNLOAD: f32 = 126.0;
const SAVE_TO: f32 = 50.0;
/// Below this width a button is only an icon.
const NARROW: f32 = 800.0;
/// The widest that the field gets, and the narrowest.
const FIELD: [f32; 2] = [320.0, 110.0];

/// Draws the line.
pub(super) fn below_ui(ui: &mut Ui, browser: &mut Browser, is_choosing: bool, acts: &mut Vec<Act>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        ui.set_min_height(look::PRIMARY);
        let is_narrow = ui.available_width() < NARROW;
        let choose = if is_narrow { look::SMALL } else { CHOOSE };
        let fixed = SAVE_TO + choose + DOWNLOAD + look::SMALL + 5.0 * space::S;
        let rest = ui.available_width() - fixed;
        let field = (rest * 0.55).clamp(FIELD[1], FIELD[0]);
        summary_ui(ui, browser, rest - field, acts);
        place_ui(ui, browser, field, is_choosing, is_narrow, acts);
        let more = widgets::icon_button(ui, Icon::More, "More for what is chosen");
        Popup::menu(&more).show(|ui| {
            let at = tab_stop(browser).filter(|_| !browser.spot.folder.choice.is_empty());
            match at.and_then(|(_, id)| browser.spot.folder.item(id).map(|item| (id, item))) {
                Some((id, item)) => menu_ui(ui, browser, id, item, acts),
                None => drop(ui.label("Choose something first")),
            }
        });
        let is_enabled = browser.spot.folder.chosen_is_fetchable();
        ui.add_enabled_ui(is_enabled, |ui| {
            let button = widgets::primary_button(ui, Icon::Download, "Download", DOWNLOAD);
            if button.clicked() {
                acts.push(Act::Fetch);
            }
        });
    });
    save_as_ui(ui, browser, acts);
    if let Some(problem) = &browser.into_problem {
        let danger = look::colors(ui).danger;
        widgets::message(ui, Some(Icon::Failed), problem, danger);
    }
}

/// Where one file goes, and by which name, where no dialog can ask.
fn save_as_ui(ui: &mut Ui, browser: &mut Browser, acts: &mut Vec<Act>) {
    let Some(SaveAs { path, text, is_new }) = &mut browser.save_as else { return };
    let name = path.name().map(|name| crate::words::shown(&String::from_utf8_lossy(name)));
    let name = name.unwrap_or_default();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        let label = widgets::caption(ui, "Save as", SAVE_TO, look::CONTROL);
        let buttons = ["Download", "Cancel"].map(|words| widgets::button_width(ui, words));
        let width = ui.available_width() - buttons.iter().sum::<f32>() - 2.0 * space::S;
        let response = ui.add(widgets::field(text, width, look::CONTROL)).labelled_by(label.id);
        if std::mem::take(is_new) {
            response.request_focus();
        }
        let is_left = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Escape));
        let is_entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if widgets::named_button(ui, "Download", &format!("{name} to there"), true) || is_entered {
            acts.push(Act::SaveAs);
        }
        if widgets::named_button(ui, "Cancel", &format!("saving {name} elsewhere"), true) || is_left
        {
            acts.push(Act::EndSaveAs);
        }
    });
}

fn summary_ui(ui: &mut Ui, browser: &Browser, width: f32, acts: &mut Vec<Act>) {
    let colors = look::colors(ui);
    let font = look::fact_font();
    let stop = match () {
        () if browser.is_weighing() => Some(("adding up", Act::StopWeighing)),
        () => None,
    };
    let button = if stop.is_some() { widgets::button_width(ui, "Stop") + space::S } else { 0.0 };
    let text = words::summary(browser);
    let cut = widgets::end_cut(ui, &text, &font, (width - button - space::S).max(0.0));
    let is_cut = cut != text;
    let (rect, _) =
        ui.allocate_exact_size(vec2(width, look::PRIMARY), eframe::egui::Sense::hover());
    let layout = eframe::egui::Layout::left_to_right(eframe::egui::Align::Center);
    let builder = eframe::egui::UiBuilder::new().max_rect(rect).layout(layout);
    let mut child = ui.new_child(builder);
    let label = Label::new(RichText::new(cut).font(font).color(colors.quiet)).selectable(false);
    let response = child.add(label);
    if is_cut {
        response.on_hover_text(text);
    }
    if let Some((what, act)) = stop
        && widgets::quiet_button(&mut child, "Stop", what)
    {
        acts.push(act);
    }
}

fn place_ui(
    ui: &mut Ui,
    browser: &mut Browser,
    width: f32,
    is_choosing: bool,
    is_narrow: bool,
    acts: &mut Vec<Act>,
) {
    let label = widgets::caption(ui, "Save to", SAVE_TO, look::PRIMARY);
    let has_problem = browser.into_problem.is_some();
    let response = ui
        .scope(|ui| {
            if has_problem {
                let danger = look::colors(ui).danger;
                ui.visuals_mut().widgets.inactive.bg_stroke.color = danger;
            }
            ui.add(widgets::field(&mut browser.into_text, width, look::PRIMARY))
        })
        .inner
        .labelled_by(label.id);
    if response.changed() {
        acts.push(Act::TypeFolder);
    }
    let chosen = ui.add_enabled_ui(!is_choosing, |ui| {
        if is_narrow {
            return widgets::icon_button(ui, Icon::Folder, "Choose…");
        }
        let button = Button::new("Choose…").min_size(vec2(CHOOSE, look::PRIMARY));
        let chosen = ui.add(button.stroke(widgets::edge(ui)));
        widgets::focus_ring(ui, &chosen);
        chosen
    });
    if chosen.inner.clicked() {
        acts.push(Act::ChooseFolder);
    }
}
