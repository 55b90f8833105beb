//! Servers: those to be found again, those that were visited last, and what was learnt about each.

use std::time::Duration;

use eframe::egui::{Label, RichText, Ui};

use super::{PageAction, rows};
use crate::ftp::{Address, Known};
use crate::settings::{Favourite, Setting, Settings, Source};
use crate::transfer::Servers;
use crate::window::icons::Icon;
use crate::window::look::{self, space};
use crate::window::widgets;
use crate::words;

/// Draws the servers that are to be found again. `address` is what stands in the form.
pub(super) fn favourites_ui(
    ui: &mut Ui,
    settings: &Settings,
    address: Option<Address>,
) -> Option<PageAction> {
    let mut action = None;
    let favourites = settings.favourites();
    let set = |all: Vec<Favourite>| Some(PageAction::Choose(Setting::Favourites(all)));
    rows::group(ui, "Favourites", |ui| {
        for (at, Favourite { name, address }) in favourites.iter().enumerate() {
            let link = words::shown(&address.to_string());
            let words = (&*words::shown(name), &*link);
            match rows::thing(ui, Icon::Star, words, &["Open", "Remove"]) {
                Some("Open") => action = Some(PageAction::Open(address.clone())),
                Some(_) => {
                    let mut left = favourites.clone();
                    left.remove(at);
                    action = set(left);
                }
                None => {}
            }
        }
        rows::plain(ui, |ui| {
            ui.spacing_mut().item_spacing.x = space::S;
            let is_new = |address: &Address| !favourites.iter().any(|one| one.address == *address);
            let new = address.filter(is_new);
            if widgets::named_button(
                ui,
                "Add what stands in the form",
                "to the favourites",
                new.is_some(),
            ) && let Some(address) = new
            {
                let mut all = favourites.clone();
                all.push(Favourite { name: address.host.to_string(), address });
                action = set(all);
            }
            for (words, source) in [
                ("Import from FileZilla", Source::FileZilla),
                ("Import from .netrc", Source::Netrc),
            ] {
                if widgets::named_button(ui, words, "without passwords", true) {
                    action = Some(PageAction::Import(source));
                }
            }
        });
    });
    action
}

/// Draws the servers that were visited last.
pub(super) fn recent_ui(ui: &mut Ui, settings: &Settings) -> Option<PageAction> {
    let recent = settings.recent();
    let mut action = None;
    rows::group(ui, "Recent servers", |ui| {
        if recent.is_empty() {
            return nothing(ui, "None yet. Where you go is remembered here, without passwords.");
        }
        for (at, address) in recent.iter().enumerate() {
            let link = words::shown(&address.to_string());
            let words = (address.host.as_str(), &*link);
            match rows::thing(ui, Icon::Server, words, &["Open", "Forget"]) {
                Some("Open") => action = Some(PageAction::Open(address.clone())),
                Some(_) => {
                    let mut left = recent.clone();
                    left.remove(at);
                    action = Some(PageAction::Choose(Setting::Recent(left)));
                }
                None => {}
            }
        }
        rows::plain(ui, |ui| {
            if widgets::named_button(ui, "Forget all", "recent servers", true) {
                action = Some(PageAction::Choose(Setting::Recent(Vec::new())));
            }
        });
    });
    action
}

/// Draws what was learnt about servers, to be seen and forgotten.
pub(super) fn learnt_ui(ui: &mut Ui, servers: &Servers) -> Option<PageAction> {
    let known = servers.all();
    let mut forgotten = None;
    rows::group(ui, "What was learnt about servers", |ui| {
        if known.is_empty() {
            return nothing(ui, "Nothing yet.");
        }
        for (name, known) in &known {
            let words = (&*words::shown(name), &*learnt(known));
            if rows::thing(ui, Icon::Server, words, &["Forget"]).is_some() {
                forgotten = Some(PageAction::Forget(name.clone()));
            }
        }
    });
    forgotten
}

fn nothing(ui: &mut Ui, words: &str) {
    rows::plain(ui, |ui| {
        let text = RichText::new(words).font(look::fact_font()).color(look::colors(ui).quiet);
        ui.add(Label::new(text).wrap());
    });
}

/// What a server's clock shows, `ahead` seconds ahead of UTC.
fn clock(ahead: i32) -> String {
    let time = words::duration(Duration::from_secs(ahead.unsigned_abs().into()));
    match ahead {
        0 => "its clock shows UTC".to_owned(),
        1.. => format!("its clock is {time} ahead of UTC"),
        _ => format!("its clock is {time} behind UTC"),
    }
}

/// What is known of a server, in words.
fn learnt(known: &Known) -> String {
    let mut lessons = Vec::new();
    let mut add = |is: bool, words: &str| {
        if is {
            lessons.push(words.to_owned());
        }
    };
    add(known.has_tls, "speaks TLS, and is never spoken to without it");
    add(known.pin.is_some(), "its certificate is trusted");
    add(known.is_step_by_step, "is told one command at a time");
    add(known.is_passive_dead && !known.wants_active, "no data came in passive mode");
    add(known.wants_active, "data comes in active mode");
    if let Some(encoding) = &known.encoding {
        lessons.push(format!("names are written in {encoding}"));
    }
    lessons.extend(known.time_offset.map(|zone| clock(zone.seconds())));
    match known.most_connections {
        Some(1) => lessons.push("allows 1 connection at a time".to_owned()),
        Some(most) => lessons.push(format!("allows {most} connections at a time")),
        None => {}
    }
    let users = known.passwords_of.iter().map(|user| words::shown(user));
    lessons.extend(users.map(|user| format!("the password of {user} is in the keychain")));
    if lessons.is_empty() {
        return "Other lessons".to_owned();
    }
    words::sentence(&lessons.join(" · "))
}
