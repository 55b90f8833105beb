//! The bar at the top: where one is, and the ways from there.

use eframe::egui::{Button, Key, Popup, RichText, Role, Stroke, Ui, WidgetInfo, vec2};

use super::Browser;
use super::keys::{filter_id, tab_stop};
use super::trail::Turn;
use super::view::Act;
use super::words;
use crate::ftp::RemotePath;
use crate::window::icons::{self, Icon};
use crate::window::look::{self, space};
use crate::window::widgets;

/// The width of the filter, in a wide window and in a narrow one.
const FILTER: [f32; 2] = [200.0, 140.0];

/// Draws the bar.
pub(super) fn bar_ui(ui: &mut Ui, browser: &mut Browser, acts: &mut Vec<Act>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        ui.set_min_height(look::CONTROL);
        let mut way = |ui: &mut Ui, icon, name, is_enabled, act| {
            let button = ui.add_enabled_ui(is_enabled, |ui| widgets::icon_button(ui, icon, name));
            if button.inner.clicked() {
                acts.push(act);
            }
        };
        let turn = Turn::Back(0);
        way(ui, Icon::Back, "Back", browser.places(true).len() > 0, Act::Turn(turn));
        let turn = Turn::Ahead(0);
        way(ui, Icon::Ahead, "Forward", browser.places(false).len() > 0, Act::Turn(turn));
        way(ui, Icon::Up, "Up", browser.can_go_up(), Act::Up);
        match browser.spot.is_loading() {
            true => way(ui, Icon::Cross, "Stop listing", true, Act::StopListing),
            false => way(ui, Icon::Refresh, "Refresh", true, Act::Refresh),
        }
        history(ui, browser, acts);
        ui.add_space(space::S);
        let is_narrow = ui.available_width() < 520.0;
        let filter = if is_narrow { FILTER[1] } else { FILTER[0] };
        let rest = ui.available_width() - filter - look::SMALL - 2.0 * space::S - 2.0;
        ui.scope(|ui| {
            ui.set_width(rest);
            crumbs(ui, browser, rest, acts);
        });
        ui.add_space(space::S - 2.0);
        filter_ui(ui, browser, filter, acts);
        ui.add_space(space::XS);
        if widgets::icon_button(ui, Icon::Cross, "Close the browser").clicked() {
            acts.push(Act::Leave);
        }
    });
}

/// The folders that were visited, in a menu.
fn history(ui: &mut Ui, browser: &Browser, acts: &mut Vec<Act>) {
    let is_enabled = browser.places(true).len() + browser.places(false).len() > 0;
    let button = ui
        .add_enabled_ui(is_enabled, |ui| widgets::icon_button(ui, Icon::Waiting, "Places visited"));
    Popup::menu(&button.inner).show(|ui| {
        ui.set_max_width(look::READING);
        let mut line = |ui: &mut Ui, path: &RemotePath, is_here: bool, act: Act| {
            let text = words::place(path, browser);
            if widgets::menu_choice(ui, &text, is_here) {
                acts.push(act);
            }
        };
        let ahead: Vec<_> = browser.places(false).take(10).enumerate().collect();
        for (steps, path) in ahead.into_iter().rev() {
            line(ui, path, false, Act::Turn(Turn::Ahead(steps)));
        }
        let here = &browser.spot.path;
        line(ui, here, true, Act::Visit(here.clone()));
        for (steps, path) in browser.places(true).take(15).enumerate() {
            line(ui, path, false, Act::Turn(Turn::Back(steps)));
        }
    });
}

/// The folders from the login down to here, each a way to go there.
fn crumbs(ui: &mut Ui, browser: &Browser, width: f32, acts: &mut Vec<Act>) {
    let host = &browser.address().host;
    let mut paths = vec![browser.spot.path.clone()];
    while let Some(parent) = paths.last().and_then(RemotePath::parent) {
        paths.push(parent);
    }
    if paths.last().is_some_and(RemotePath::is_absolute) {
        paths.push(RemotePath::default().as_folder());
    }
    paths.reverse();
    let font = look::name_font();
    let label = |path: &RemotePath| match words::name(path, browser.encoding) {
        Some(name) => name,
        None => host.to_string(),
    };
    let lock = look::ICON + space::XS;
    let part = |ui: &Ui, name: &str| widgets::text_width(ui, name, &font) + PART;
    // The last ones matter most: the others give way to a menu.
    let widths: Vec<_> = paths.iter().map(|path| part(ui, &label(path)).min(MOST)).collect();
    let room = width - lock;
    let fits = |from: usize| {
        let menu = if from > 0 { part(ui, "…") } else { 0.0 };
        widths.iter().skip(from).sum::<f32>() + menu <= room
    };
    let last = paths.len() - 1;
    let hidden = (0..last).find(|&from| fits(from)).unwrap_or(last);
    ui.spacing_mut().item_spacing.x = 0.0;
    lock_ui(ui, browser);
    if hidden > 0 {
        let button = crumb(ui, "…", "Folders above", false);
        Popup::menu(&button).show(|ui| {
            for path in paths.iter().take(hidden) {
                if ui.button(label(path)).clicked() {
                    acts.push(Act::Visit(path.clone()));
                }
            }
        });
        slash(ui);
    }
    for (at, path) in paths.iter().enumerate().skip(hidden) {
        let name = label(path);
        let is_last = at + 1 == paths.len();
        let most = if is_last { ui.available_width() - PART } else { MOST - PART };
        let cut = widgets::middle_cut(ui, &name, &font, most.max(40.0));
        let said = format!("Go to {name}");
        let mut response = crumb(ui, &cut, &said, is_last);
        if cut != name {
            response = response.on_hover_text(&name);
        }
        if response.clicked() && !is_last {
            acts.push(Act::Visit(path.clone()));
        }
        if !is_last {
            slash(ui);
        }
    }
}

/// What a part of the path takes beside its name, and the most that it takes at all.
const PART: f32 = 2.0 * 6.0 + 10.0;
const MOST: f32 = 240.0;

fn crumb(ui: &mut Ui, words: &str, name: &str, is_here: bool) -> eframe::egui::Response {
    ui.spacing_mut().button_padding.x = 6.0;
    let colors = look::colors(ui);
    let color = if is_here { colors.text } else { colors.quiet };
    let text = RichText::new(words).font(look::name_font()).color(color);
    let button = Button::new(text).frame_when_inactive(false).stroke(Stroke::NONE);
    let response = ui.add(button.min_size(vec2(0.0, look::SMALL)));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    widgets::focus_ring(ui, &response);
    response
}

fn slash(ui: &mut Ui) {
    let color = look::colors(ui).edge;
    let (rect, _) = ui.allocate_exact_size(vec2(10.0, look::SMALL), eframe::egui::Sense::hover());
    icons::paint(ui.painter(), rect, Icon::Folded, color);
}

/// Whether somebody on the way can read along.
fn lock_ui(ui: &mut Ui, browser: &Browser) {
    let colors = look::colors(ui);
    let (icon, name, color) = match browser.is_secret {
        Some(true) => (Icon::Locked, "The connection is encrypted", colors.success),
        Some(false) => (Icon::Unlocked, "The connection is not encrypted", colors.quiet),
        None => (Icon::Server, "The server", colors.quiet),
    };
    icons::show(ui, icon, look::ICON, color, Some(name)).on_hover_text(name);
    ui.add_space(2.0);
}

fn filter_ui(ui: &mut Ui, browser: &Browser, width: f32, acts: &mut Vec<Act>) {
    let mut text = browser.spot.filter.clone();
    let before = text.clone();
    let id = filter_id();
    let hint = RichText::new("Filter").color(look::colors(ui).quiet);
    let edit = widgets::field(&mut text, width, look::CONTROL).hint_text(hint).id(id);
    let response = ui.add(edit);
    response.widget_info(|| {
        let mut info = WidgetInfo::text_edit(true, &before, &before, "");
        info.label = Some("Filter".to_owned());
        info
    });
    let is_typing = response.has_focus() || response.lost_focus();
    let pressed = |key| is_typing && ui.input(|input| input.key_pressed(key));
    if pressed(Key::Escape) && !before.is_empty() {
        acts.push(Act::Filter(String::new()));
        response.request_focus();
    } else if text != before {
        acts.push(Act::Filter(text));
    } else if (pressed(Key::Enter) || pressed(Key::ArrowDown))
        && let Some((row, _)) = tab_stop(browser)
    {
        acts.push(Act::Go(row, super::Mode::Only));
    }
}
