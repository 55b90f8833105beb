//! Where downloads go, and what is done with what is there already.

use std::path::PathBuf;

use eframe::egui::Ui;

use super::{Draft, PageAction, rows};
use crate::settings::{Setting, Settings};
use crate::transfer::IfExists;
use crate::window::icons::Icon;
use crate::window::look::{self, space};
use crate::window::widgets;
use crate::words;

/// What can be done with a file that is there already.
const CHOICES: [(IfExists, &str); 3] = [
    (IfExists::Rename, "Keep both"),
    (IfExists::Replace, "Replace when complete"),
    (IfExists::Skip, "Skip"),
];

/// Draws the group.
pub(super) fn downloads_ui(
    ui: &mut Ui,
    draft: &mut Draft,
    settings: &Settings,
) -> Option<PageAction> {
    rows::group(ui, "Downloads", |ui| {
        let mut action = folder_ui(ui, draft);
        let words = ("A file is there already", "Unless something else is said for one download");
        let picked = rows::choice(ui, words, settings.if_exists(), &CHOICES);
        let mut chosen = picked.map(Setting::IfExists);
        rows::plain(ui, |ui| {
            let mut continues = settings.continues_at_start();
            let words = "Continue unfinished transfers when Ashore starts";
            if ui.checkbox(&mut continues, words).changed() {
                chosen = Some(Setting::ContinueAtStart(continues));
            }
        });
        action = chosen.map(PageAction::Choose).or(action);
        action
    })
}

/// The folder: kept as soon as it is one that is there.
fn folder_ui(ui: &mut Ui, draft: &mut Draft) -> Option<PageAction> {
    let mut action = None;
    let mut is_new = std::mem::take(&mut draft.is_folder_new);
    let width = (ui.available_width() * 0.72).min(460.0);
    rows::row(ui, "Folder", "", width, |ui, label| {
        let button = widgets::button_width(ui, "Choose…");
        let width = ui.available_width() - button - space::S;
        let field = widgets::field(&mut draft.folder, width, look::CONTROL);
        is_new |= ui.add(field).labelled_by(label).changed();
        if widgets::named_button(ui, "Choose…", "the download folder", true) {
            action = Some(PageAction::ChooseFolder(PathBuf::from(draft.folder.trim())));
        }
    });
    let path = PathBuf::from(draft.folder.trim());
    if is_new && path.is_absolute() && path.is_dir() {
        action = Some(PageAction::Choose(Setting::Folder(path.clone())));
    }
    if !path.is_dir() {
        let words = format!("There is no folder {}", words::shown(&draft.folder));
        rows::note(ui, Some(Icon::Warning), &words, look::colors(ui).attention);
    }
    action
}
