//! The pages that can stand in the place of the list: the settings, and the keys.

use std::path::PathBuf;

use eframe::egui::{Key, Label, RichText, ScrollArea, TextEdit, Ui};

use super::icons::Icon;
use super::look::{self, space};
use super::widgets;
use crate::ftp::{Address, Known};
use crate::settings::{Favourite, Setting, Settings, Source, Theme};
use crate::transfer::{IfExists, Servers};
use crate::words;

/// A page in the place of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Page {
    /// What the person can choose. The text is the folder, as it is being typed.
    Settings {
        /// The folder that downloads go to.
        folder: String,
    },
    /// Which keys do what.
    Keys,
}

/// What the person asked of a page.
#[derive(Debug, PartialEq)]
pub(super) enum PageAction {
    /// This is chosen.
    Choose(Setting),
    /// This address is to stand in the form.
    Open(Address),
    /// The servers that another program knows are to be taken in.
    Import(Source),
    /// Everything that was learnt about this server is to be forgotten.
    Forget(String),
    /// The list is to be seen again.
    Close,
}

/// Every key that does something, and what.
const KEYS: [(&str, &str); 15] = [
    ("Ctrl+V", "Take in a link, many links, or a table of them; anywhere in the window"),
    ("Ctrl+L", "Go to the address"),
    ("Enter", "Download what stands in the form or in the sheet"),
    ("Tab, Shift+Tab", "Go from one thing to the next, and back"),
    (
        "Space",
        "Choose the row, or press the button; with Ctrl as well as others, with Shift up to it",
    ),
    ("Ctrl+A", "Choose all rows"),
    ("Ctrl+I", "Every fact about the chosen row"),
    ("Alt+Up, Alt+Down", "Move a waiting row up or down; dragging it does the same"),
    ("Delete", "Take what is over off the list; the files stay"),
    ("Ctrl+F", "Search the log"),
    ("Ctrl+,", "Settings"),
    ("F1", "This page"),
    ("Esc", "Leave the sheet, the page or the choice"),
    ("Ctrl++, Ctrl+-, Ctrl+0", "Larger, smaller, the usual size"),
    ("Ctrl+Q", "Quit. What has arrived stays, and goes on at the next start if you like"),
];

/// Draws a page and says what the person asked of it in this frame, if anything.
pub(super) fn page_ui(
    ui: &mut Ui,
    page: &mut Page,
    settings: &Settings,
    servers: &Servers,
    address: Option<Address>,
) -> Option<PageAction> {
    let mut action = None;
    if ui.input(|input| input.key_pressed(Key::Escape)) {
        action = Some(PageAction::Close);
    }
    widgets::margin(16, 12).show(ui, |ui| {
        ui.horizontal(|ui| {
            let title = if *page == Page::Keys { "Keys" } else { "Settings" };
            ui.add(Label::new(RichText::new(title).heading().color(look::colors(ui).text)));
            ui.add_space((ui.available_width() - look::SMALL).max(0.0));
            if widgets::icon_button(ui, Icon::Cross, "Close this page").clicked() {
                action = Some(PageAction::Close);
            }
        });
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.set_max_width(ui.available_width().min(look::READING + look::CAPTION));
            ui.spacing_mut().item_spacing.y = space::XS;
            let asked = match page {
                Page::Keys => {
                    KEYS.iter().for_each(|(keys, what)| key_ui(ui, keys, what));
                    None
                }
                Page::Settings { folder } => {
                    let asked = settings_ui(ui, folder, settings);
                    let asked = favourites_ui(ui, settings, address).or(asked);
                    servers_ui(ui, servers).or(asked)
                }
            };
            action = asked.or(action.take());
        });
    });
    action
}

fn key_ui(ui: &mut Ui, keys: &str, what: &str) {
    let colors = look::colors(ui);
    ui.horizontal_top(|ui| {
        let width = look::KEYS;
        let start = ui.cursor().left();
        ui.add(Label::new(RichText::new(keys).font(look::fact_font()).color(colors.text)));
        let used = ui.cursor().left() - start;
        ui.add_space((width - used).max(0.0));
        widgets::message(ui, None, what, colors.quiet);
    });
}

fn settings_ui(ui: &mut Ui, folder: &mut String, settings: &Settings) -> Option<PageAction> {
    let mut chosen = None;
    heading(ui, "Downloads");
    chosen = folder_ui(ui, folder).or(chosen);
    quiet(ui, "When a file is there already, and nothing else was said:");
    let mut if_exists = settings.if_exists();
    for (choice, words) in [
        (IfExists::Rename, "Keep both"),
        (IfExists::Replace, "Replace it when the new one is complete"),
        (IfExists::Skip, "Skip"),
    ] {
        if ui.radio_value(&mut if_exists, choice, words).clicked() {
            chosen = Some(Setting::IfExists(choice));
        }
    }
    let mut continues = settings.continues_at_start();
    if ui.checkbox(&mut continues, "Continue unfinished transfers when Ashore starts").changed() {
        chosen = Some(Setting::ContinueAtStart(continues));
    }
    heading(ui, "Appearance");
    ui.horizontal(|ui| {
        for (theme, words) in
            [(Theme::System, "As the system"), (Theme::Light, "Light"), (Theme::Dark, "Dark")]
        {
            if ui.radio(settings.theme() == theme, words).clicked() {
                chosen = Some(Setting::Theme(theme));
            }
        }
    });
    let mut is_high = settings.has_high_contrast();
    if ui.checkbox(&mut is_high, "High contrast").changed() {
        chosen = Some(Setting::HighContrast(is_high));
    }
    chosen = zoom_ui(ui).or(chosen);
    chosen.map(PageAction::Choose)
}

/// The servers that are to be found again.
fn favourites_ui(ui: &mut Ui, settings: &Settings, address: Option<Address>) -> Option<PageAction> {
    let mut action = None;
    let favourites = settings.favourites();
    heading(ui, "Favourites");
    for (at, Favourite { name, address }) in favourites.iter().enumerate() {
        let shown = words::shown(&address.to_string());
        let text = format!("{}: {shown}", words::shown(name));
        fact_row(ui, &text, &["Open", "Remove"], &mut |words| {
            action = Some(match words {
                "Open" => PageAction::Open(address.clone()),
                _ => {
                    let mut left = favourites.clone();
                    left.remove(at);
                    PageAction::Choose(Setting::Favourites(left))
                }
            });
        });
    }
    ui.horizontal(|ui| {
        let is_new = |address: &Address| !favourites.iter().any(|one| one.address == *address);
        let new = address.filter(is_new);
        if widgets::named_button(ui, "Add", "what stands in the form", new.is_some())
            && let Some(address) = new
        {
            let mut all = favourites.clone();
            all.push(Favourite { name: address.host.to_string(), address });
            action = Some(PageAction::Choose(Setting::Favourites(all)));
        }
        if widgets::named_button(ui, "Import from FileZilla", "without passwords", true) {
            action = Some(PageAction::Import(Source::FileZilla));
        }
        if widgets::named_button(ui, "Import from .netrc", "without passwords", true) {
            action = Some(PageAction::Import(Source::Netrc));
        }
    });
    action
}

/// A fact, and what can be done about it at the right.
fn fact_row(ui: &mut Ui, text: &str, buttons: &[&'static str], act: &mut dyn FnMut(&'static str)) {
    ui.horizontal(|ui| {
        let width = |words: &&'static str| widgets::button_width(ui, words) + space::M;
        let room = ui.available_width() - buttons.iter().map(width).sum::<f32>();
        let cut = widgets::end_cut(ui, text, &look::fact_font(), room);
        let label = RichText::new(cut).font(look::fact_font()).color(look::colors(ui).text);
        ui.add(Label::new(label)).on_hover_text(text);
        for words in buttons {
            if widgets::quiet_button(ui, words, text) {
                act(words);
            }
        }
    });
}

/// What was learnt about servers, to be seen and forgotten.
fn servers_ui(ui: &mut Ui, servers: &Servers) -> Option<PageAction> {
    heading(ui, "What was learnt about servers");
    let known = servers.all();
    if known.is_empty() {
        quiet(ui, "Nothing yet.");
    }
    let mut forgotten = None;
    for (name, known) in &known {
        let text = format!("{}: {}", words::shown(name), learnt(known));
        fact_row(ui, &text, &["Forget"], &mut |_| {
            forgotten = Some(PageAction::Forget(name.clone()));
        });
    }
    forgotten
}

/// The folder: kept as soon as it is one that is there.
fn folder_ui(ui: &mut Ui, folder: &mut String) -> Option<Setting> {
    let mut chosen = None;
    let path = PathBuf::from(folder.trim());
    ui.horizontal(|ui| {
        let label = widgets::caption(ui, "Folder", look::CAPTION, look::CONTROL);
        let width = ui.available_width();
        let field: TextEdit<'_> = widgets::field(folder, width, look::CONTROL);
        let response = ui.add(field).labelled_by(label.id);
        if response.changed() {
            let path = PathBuf::from(folder.trim());
            chosen = (path.is_absolute() && path.is_dir()).then_some(Setting::Folder(path));
        }
    });
    if !path.is_dir() {
        let words = format!("There is no folder {}", words::shown(folder));
        widgets::message(ui, Some(Icon::Warning), &words, look::colors(ui).attention);
    }
    chosen
}

fn zoom_ui(ui: &mut Ui) -> Option<Setting> {
    let zoom = ui.ctx().zoom_factor();
    let mut chosen = None;
    ui.horizontal(|ui| {
        quiet(ui, "Size");
        if widgets::named_button(ui, "−", "size", zoom > 0.55) {
            chosen = Some(Setting::Zoom(((zoom - 0.1) * 10.0).round() / 10.0));
        }
        quiet(ui, &format!("{:.0} %", zoom * 100.0));
        if widgets::named_button(ui, "+", "size", zoom < 3.95) {
            chosen = Some(Setting::Zoom(((zoom + 0.1) * 10.0).round() / 10.0));
        }
    });
    chosen
}

fn heading(ui: &mut Ui, words: &str) {
    ui.add_space(space::S);
    let text = RichText::new(words).font(look::name_font()).color(look::colors(ui).text);
    ui.add(Label::new(text).selectable(false));
}

fn quiet(ui: &mut Ui, words: &str) {
    let text = RichText::new(words).font(look::fact_font()).color(look::colors(ui).quiet);
    ui.add(Label::new(text).selectable(false).wrap());
}

/// What is known of a server, in words.
fn learnt(known: &Known) -> String {
    let mut lessons = Vec::new();
    let mut add = |is: bool, words: &str| {
        if is {
            lessons.push(words.to_owned());
        }
    };
    add(known.has_tls, "speaks TLS");
    add(known.pin.is_some(), "its certificate is trusted");
    add(known.is_step_by_step, "is spoken to step by step");
    add(known.is_passive_dead, "no data in passive mode");
    add(known.wants_active, "data in active mode");
    if let Some(encoding) = &known.encoding {
        lessons.push(format!("names in {encoding}"));
    }
    if let Some(most) = known.most_connections {
        lessons.push(format!("at most {most} connections"));
    }
    if lessons.is_empty() { "other lessons".to_owned() } else { lessons.join(", ") }
}
