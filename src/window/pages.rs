//! The pages that can stand in the place of the list: the settings, and the keys.

mod downloads;
mod keys;
mod looks;
mod network;
mod rows;
mod servers;

use std::path::PathBuf;

use eframe::egui::{Id, Key, Label, RichText, ScrollArea, Ui};

use super::icons::Icon;
use super::limit::LimitMenu;
use super::look::{self, space};
use super::widgets;
use crate::ftp::Address;
use crate::settings::{Setting, Settings, Source};
use crate::transfer::Servers;

/// A page in the place of the list.
#[derive(Debug)]
pub(super) enum Page {
    /// What the person can choose.
    Settings(Box<Draft>),
    /// Which keys do what.
    Keys,
}

/// What stands in the fields of the settings, as it is being typed.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// The folder that downloads go to.
    pub(super) folder: String,
    /// Whether a dialog has just put it there.
    pub(super) is_folder_new: bool,
    /// Through whom servers are reached.
    pub(super) proxy: String,
    /// What is wrong with that.
    proxy_problem: Option<String>,
    limits: LimitMenu,
}

impl Draft {
    /// What is chosen now. Files go to `folder`.
    pub(super) fn new(folder: &std::path::Path, settings: &Settings) -> Self {
        let folder = folder.to_string_lossy().into_owned();
        Self { folder, proxy: settings.proxy().to_string(), ..Self::default() }
    }
}

/// What is shown on the pages.
#[derive(Debug)]
pub(super) struct Shown<'a> {
    pub(super) settings: &'a Settings,
    pub(super) servers: &'a Servers,
    /// What stands in the form.
    pub(super) address: Option<Address>,
    /// The proxy that the environment names.
    pub(super) environment: Option<&'a str>,
}

/// What the person asked of a page.
#[derive(Debug, PartialEq)]
pub(super) enum PageAction {
    /// This is chosen.
    Choose(Setting),
    /// A dialog is to ask for the folder that downloads go to; it begins in this one.
    ChooseFolder(PathBuf),
    /// This server, or this file, is to be looked at.
    Open(Address),
    /// The servers that another program knows are to be taken in.
    Import(Source),
    /// Everything that was learnt about this server is to be forgotten.
    Forget(String),
    /// The list is to be seen again.
    Close,
}

/// Draws a page and says what the person asked of it in this frame, if anything.
pub(super) fn page_ui(ui: &mut Ui, page: &mut Page, shown: Shown<'_>) -> Option<PageAction> {
    let mut action = None;
    if ui.input(|input| input.key_pressed(Key::Escape)) {
        action = Some(PageAction::Close);
    }
    widgets::margin(16, 12).show(ui, |ui| {
        // In a narrow window the scroll bar has its place beside it.
        let width = (ui.available_width() - space::M).min(look::PAGE);
        let beside = ((ui.available_width() - width) / 2.0).floor();
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            ui.add_space(beside);
            let title = if matches!(page, Page::Keys) { "Keys" } else { "Settings" };
            ui.add(Label::new(RichText::new(title).heading().color(look::colors(ui).text)));
            ui.add_space((ui.available_width() - look::SMALL - beside).max(0.0));
            if widgets::icon_button(ui, Icon::Cross, "Close this page").clicked() {
                action = Some(PageAction::Close);
            }
        });
        let mut area = ScrollArea::vertical().auto_shrink(false);
        if is_new(ui, page) {
            area = area.vertical_scroll_offset(0.0);
        }
        area.show(ui, |ui| {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 0.0;
                ui.add_space(beside);
                ui.vertical(|ui| {
                    ui.set_width(width);
                    action = sections(ui, page, shown).or(action.take());
                    ui.add_space(space::L);
                });
            });
        });
    });
    action
}

/// Whether the page was not on the screen in the last frame: then it begins at its top.
fn is_new(ui: &Ui, page: &Page) -> bool {
    let now = (ui.cumulative_frame_nr(), matches!(page, Page::Keys));
    let id = Id::unique("page in the last frame");
    let last: Option<(u64, bool)> = ui.data(|data| data.get_temp(id));
    ui.data_mut(|data| data.insert_temp(id, now));
    !last.is_some_and(|(frame, is_keys)| frame + 1 >= now.0 && is_keys == now.1)
}

fn sections(ui: &mut Ui, page: &mut Page, shown: Shown<'_>) -> Option<PageAction> {
    let Shown { settings, servers, address, environment } = shown;
    let draft = match page {
        Page::Settings(draft) => draft,
        Page::Keys => {
            keys::keys_ui(ui);
            return None;
        }
    };
    let asked = downloads::downloads_ui(ui, draft, settings);
    let asked = network::network_ui(ui, draft, settings, environment).or(asked);
    let asked = looks::looks_ui(ui, settings).or(asked);
    let asked = servers::favourites_ui(ui, settings, address).or(asked);
    let asked = servers::recent_ui(ui, settings).or(asked);
    servers::learnt_ui(ui, servers).or(asked)
}
