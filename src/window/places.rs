//! Servers to go to: those that are kept, and those that were visited last.

use eframe::egui::{
    Label, Popup, Response, RichText, Role, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, vec2,
};

use super::icons::{self, Icon};
use super::look::{self, space};
use super::{pick, widgets};
use crate::ftp::Address;
use crate::settings::{Favourite, Setting, Settings};
use crate::words;

/// What the person asked of the servers.
#[derive(Debug, Clone, PartialEq)]
pub enum PlaceAction {
    /// This one is to be shown.
    Open(Address),
    /// Others are to be remembered.
    Choose(Setting),
}

/// The width of the menu, and the most height that its lines get.
const MENU: f32 = 440.0;
const LINES: f32 = 336.0;

/// The menu of `button`. `address` is what stands in the form.
pub(super) fn menu_ui(
    button: &Response,
    settings: &Settings,
    address: Option<&Address>,
) -> Option<PlaceAction> {
    let shown = Popup::menu(button).accessible_name("Servers").show(|ui| {
        let width = MENU.min(ui.content_rect().width() - 2.0 * space::XXL);
        ui.set_width(width);
        ui.spacing_mut().item_spacing.y = 0.0;
        let (favourites, recent) = (settings.favourites(), settings.recent());
        let mut action = None;
        ScrollArea::vertical().max_height(LINES).show(ui, |ui| {
            ui.set_width(width);
            if !favourites.is_empty() {
                heading(ui, "Favourites");
            }
            for Favourite { name, address } in &favourites {
                if line(ui, Icon::Star, &words::shown(name), address) {
                    action = Some(PlaceAction::Open(address.clone()));
                }
            }
            if !recent.is_empty() {
                heading(ui, "Recent");
            }
            for address in &recent {
                if line(ui, Icon::Server, address.host.as_str(), address) {
                    action = Some(PlaceAction::Open(address.clone()));
                }
            }
            if favourites.is_empty() && recent.is_empty() {
                let words =
                    "No servers yet. Those that you visit are remembered here, without passwords.";
                widgets::message(ui, None, words, look::colors(ui).quiet);
            }
        });
        below(ui, &favourites, &recent, address).or(action)
    });
    shown.and_then(|shown| shown.inner)
}

/// What can be done with all of them.
fn below(
    ui: &mut Ui,
    favourites: &[Favourite],
    recent: &[Address],
    address: Option<&Address>,
) -> Option<PlaceAction> {
    let new = address.filter(|address| !favourites.iter().any(|one| one.address == **address));
    if new.is_none() && recent.is_empty() {
        return None;
    }
    let mut action = None;
    ui.add_space(space::XS);
    ui.separator();
    ui.add_space(space::XS);
    if let Some(address) = new
        && pick::command(ui, "Add what stands in the form to the favourites")
    {
        let mut all = favourites.to_vec();
        all.push(Favourite { name: address.host.to_string(), address: address.clone() });
        action = Some(PlaceAction::Choose(Setting::Favourites(all)));
    }
    if !recent.is_empty() && pick::command(ui, "Forget all recent servers") {
        action = Some(PlaceAction::Choose(Setting::Recent(Vec::new())));
    }
    action
}

fn heading(ui: &mut Ui, words: &str) {
    ui.add_space(space::XS);
    let text = RichText::new(words).font(look::fact_font()).color(look::colors(ui).quiet);
    ui.horizontal(|ui| {
        ui.add_space(space::S);
        ui.add(Label::new(text).selectable(false));
    });
}

/// One server in the menu: whether it was clicked.
fn line(ui: &mut Ui, icon: Icon, name: &str, address: &Address) -> bool {
    let link = words::shown(&address.to_string());
    let size = vec2(ui.available_width(), look::ENTRY);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response
        .widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Open {name}: {link}")));
    let colors = look::colors(ui);
    pick::light(ui, &response);
    let inner = rect.shrink2(vec2(space::S, 0.0));
    let layout = eframe::egui::Layout::left_to_right(eframe::egui::Align::Center);
    let mut ui = ui.new_child(UiBuilder::new().max_rect(inner).layout(layout));
    ui.spacing_mut().item_spacing.x = space::S;
    icons::show(&mut ui, icon, look::ICON, colors.accent, None);
    let font = look::entry_font();
    let cut = widgets::middle_cut(&ui, name, &font, ui.available_width() * 0.45);
    ui.add(Label::new(RichText::new(cut).font(font).color(colors.text)).selectable(false));
    let font = look::fact_font();
    let cut = widgets::middle_cut(&ui, &link, &font, ui.available_width());
    ui.add(Label::new(RichText::new(cut).font(font).color(colors.quiet)).selectable(false));
    response.clicked()
}

/// One server on an empty list, two lines high. `forget` is what its cross says, if it has one.
pub(super) fn card(
    ui: &mut Ui,
    icon: Icon,
    (name, link): (&str, &str),
    forget: Option<&str>,
) -> CardClick {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 52.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Open {link}")));
    let colors = look::colors(ui);
    if response.contains_pointer() {
        ui.painter().rect_filled(rect, 10, colors.surface);
    }
    widgets::focus_ring(ui, &response);
    let inner = rect.shrink2(vec2(space::M, 0.0));
    let layout = eframe::egui::Layout::left_to_right(eframe::egui::Align::Center);
    let mut is_forgotten = false;
    ui.scope_builder(UiBuilder::new().max_rect(inner).layout(layout), |ui| {
        ui.spacing_mut().item_spacing.x = space::M;
        icons::show(ui, icon, look::ROW_ICON, colors.accent, None);
        let room = if forget.is_some() { look::SMALL + space::M } else { 0.0 };
        let width = ui.available_width() - room;
        ui.vertical(|ui| {
            ui.set_width(width);
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.add_space(8.0);
            let font = look::title_font();
            let cut = widgets::middle_cut(ui, name, &font, width);
            ui.add(Label::new(RichText::new(cut).font(font).color(colors.text)).selectable(false));
            let font = look::fact_font();
            let cut = widgets::middle_cut(ui, link, &font, width);
            ui.add(Label::new(RichText::new(cut).font(font).color(colors.quiet)).selectable(false));
        });
        if let Some(words) = forget {
            is_forgotten = widgets::icon_button(ui, Icon::Cross, words).clicked();
        }
    });
    match (is_forgotten, response.clicked()) {
        (true, _) => CardClick::Forget,
        (false, true) => CardClick::Open,
        (false, false) => CardClick::None,
    }
}

/// What was clicked on a [`card`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CardClick {
    None,
    Open,
    Forget,
}
