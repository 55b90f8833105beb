//! How fast, over how many connections, through whom, and how patiently.

use std::time::Duration;

use eframe::egui::{Id, Key, RichText, Ui};

use super::{Draft, PageAction, rows};
use crate::settings::{Setting, Settings};
use crate::transfer::ProxyChoice;
use crate::window::icons::Icon;
use crate::window::limit;
use crate::window::look;
use crate::window::pick::{pick, pick_button};
use crate::window::widgets;
use crate::words;

/// The width of what can be picked.
const PICK: f32 = 136.0;

/// What is offered as the longest silence, in seconds; the third is the usual one.
const SILENCES: [u64; 7] = [10, 20, 30, 60, 120, 300, 600];

/// What is offered as the number of tries; the fourth is the usual one.
const TRIES: [u32; 8] = [0, 1, 2, 5, 10, 20, 50, 100];

/// What is offered as the number of connections.
const NUMBERS: [u32; 10] = [1, 2, 3, 4, 5, 6, 8, 12, 16, 32];

/// Draws the group. `environment` is the proxy that the environment names.
pub(super) fn network_ui(
    ui: &mut Ui,
    draft: &mut Draft,
    settings: &Settings,
    environment: Option<&str>,
) -> Option<PageAction> {
    let chosen = rows::group(ui, "Speed and network", |ui| {
        let mut chosen = limit_ui(ui, draft, settings);
        let hint = "Automatic begins with two, and takes more while more bring more";
        let now = settings.connections();
        let picked = number_ui(ui, "Connections to one server", hint, now);
        chosen = picked.map(Setting::Connections).or(chosen);
        let hint = "Automatic takes more for a large file while they make it faster, at most 4";
        let picked = number_ui(ui, "Connections for one file", hint, settings.segments());
        chosen = picked.map(Setting::Segments).or(chosen);
        chosen = patience_ui(ui, settings).or(chosen);
        chosen = retries_ui(ui, settings).or(chosen);
        proxy_ui(ui, draft, settings, environment).or(chosen)
    });
    chosen.map(PageAction::Choose)
}

fn limit_ui(ui: &mut Ui, draft: &mut Draft, settings: &Settings) -> Option<Setting> {
    let now = settings.rate_limit();
    let hint = "For everything together. Ctrl+T turns it on and off";
    let limit = rows::row(ui, "Rate limit", hint, PICK, |ui, _| {
        let words = now.now().map_or_else(|| "No limit".to_owned(), limit::rate_words);
        let button = pick_button(ui, "Rate limit for everything together", &words, PICK);
        limit::menu_ui(&button, Id::unique("rate limits of the page"), now, &mut draft.limits)
    });
    limit.map(Setting::RateLimit)
}

fn number_ui(ui: &mut Ui, words: &str, hint: &str, now: Option<u32>) -> Option<Option<u32>> {
    let numbers = with(&NUMBERS, now).into_iter().map(|number| (Some(number), number.to_string()));
    let choices: Vec<_> = [(None, "Automatic".to_owned())].into_iter().chain(numbers).collect();
    rows::row(ui, words, hint, PICK, |ui, _| pick(ui, words, now, &choices, PICK))
}

fn patience_ui(ui: &mut Ui, settings: &Settings) -> Option<Setting> {
    let now = settings.patience().unwrap_or(Duration::from_secs(30));
    let offered = SILENCES.map(Duration::from_secs);
    let choice = |time: Duration| (time, words::duration(time));
    let choices: Vec<_> = with(&offered, Some(now)).into_iter().map(choice).collect();
    let words = "Longest silence";
    let hint = "A server that says nothing for so long is called again";
    let picked = rows::row(ui, words, hint, PICK, |ui, _| pick(ui, words, now, &choices, PICK));
    picked.map(Setting::Patience)
}

fn retries_ui(ui: &mut Ui, settings: &Settings) -> Option<Setting> {
    let now = settings.retries().unwrap_or(5);
    let words = |retries: u32| match retries {
        0 => "Never".to_owned(),
        1 => "Once".to_owned(),
        2 => "Twice".to_owned(),
        many => format!("{} times", words::count(many.into())),
    };
    let choices: Vec<_> =
        with(&TRIES, Some(now)).into_iter().map(|number| (number, words(number))).collect();
    let words = "Try again";
    let hint = "After so many tries in a row without a new byte a download is given up";
    let picked = rows::row(ui, words, hint, PICK, |ui, _| pick(ui, words, now, &choices, PICK));
    picked.map(Setting::Retries)
}

/// What is offered, and what is chosen already though it is not: a hand may have written it.
fn with<T: Copy + Ord>(offered: &[T], now: Option<T>) -> Vec<T> {
    let mut all: Vec<_> = offered.iter().copied().chain(now).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Who types is not disturbed: what stands in the field counts once it is left.
fn proxy_ui(
    ui: &mut Ui,
    draft: &mut Draft,
    settings: &Settings,
    environment: Option<&str>,
) -> Option<Setting> {
    let width = (ui.available_width() * 0.5).min(340.0);
    let usual = environment.unwrap_or("none");
    let hint = format!("Empty: as the environment says ({usual})");
    let is_left = rows::row(ui, "Proxy", &hint, width, |ui, label| {
        let shape = RichText::new("socks5h://HOST:PORT, or none").color(look::colors(ui).quiet);
        let width = ui.available_width();
        let field = widgets::field(&mut draft.proxy, width, look::CONTROL).hint_text(shape);
        let response = ui.add(field).labelled_by(label);
        if response.changed() {
            draft.proxy_problem = None;
        }
        let is_left = response.lost_focus();
        if is_left && ui.input(|input| input.key_pressed(Key::Enter)) {
            // egui lets go of the field on Enter; the next Tab would begin at the top.
            response.request_focus();
        }
        is_left
    });
    if let Some(problem) = &draft.proxy_problem {
        rows::note(ui, Some(Icon::Failed), problem, look::colors(ui).danger);
    }
    if !is_left {
        return None;
    }
    ui.ctx().request_repaint();
    match draft.proxy.parse::<ProxyChoice>() {
        Ok(choice) if choice.has_login() => {
            // The password is not to stay on the screen either.
            draft.proxy = choice.to_string();
            draft.proxy_problem = Some(WITH_PASSWORD.to_owned());
            None
        }
        Ok(choice) => {
            draft.proxy = choice.to_string();
            (choice != settings.proxy()).then_some(Setting::Proxy(choice))
        }
        Err(error) => {
            draft.proxy_problem = Some(format!("This cannot be used: {error}"));
            None
        }
    }
}

const WITH_PASSWORD: &str = "A name and a password for a proxy are not kept here, where others could read them. Give them in the environment instead, as all_proxy=http://NAME:PASSWORD@HOST:PORT, and leave this field empty";
