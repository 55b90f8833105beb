//! What stands in the place of the rows: that it is being listed, that there is nothing, or why not.

use eframe::egui::{Frame, Key, Label, RichText, Stroke, Ui, vec2};

use super::Browser;
use super::spot::Stage;
use super::view::Act;
use crate::transfer::{Class, Failure, NextStep};
use crate::window::card::{CardAnswer, card_ui};
use crate::window::icons::{self, Icon};
use crate::window::keeping::keeping_ui;
use crate::window::look::{self, space};
use crate::window::row::Certificate;
use crate::window::widgets;
use crate::words;

/// Draws what stands in the place of the rows.
pub(super) fn state_ui(ui: &mut Ui, browser: &mut Browser, acts: &mut Vec<Act>) {
    let room = ui.available_width() - 2.0 * space::XL;
    match Still::of(browser) {
        Some(still) => column(ui, still.width(ui).min(room), |ui| still.ui(ui, acts)),
        None => column(ui, look::READING.min(room), |ui| trouble_ui(ui, browser, acts)),
    }
}

/// A column in the middle of the upper half.
fn column(ui: &mut Ui, width: f32, add: impl FnOnce(&mut Ui)) {
    let top = ((ui.available_height() - 300.0) * 0.35).clamp(space::M, 120.0);
    ui.horizontal_top(|ui| {
        ui.add_space(((ui.available_width() - width) / 2.0).floor().max(space::L));
        ui.vertical(|ui| {
            ui.set_width(width);
            ui.spacing_mut().item_spacing = vec2(space::S, space::S);
            ui.add_space(top);
            add(ui);
        });
    });
}

/// A sentence beside an icon, large enough to stand alone, and what can be done about it.
struct Still {
    icon: Icon,
    text: String,
    /// The words on the button, what it acts on, and what it does.
    button: Option<(&'static str, &'static str, Act)>,
}

impl Still {
    /// `None`: there is more to be said.
    fn of(browser: &Browser) -> Option<Self> {
        let spot = &browser.spot;
        let still = |icon, text: &str, button| Some(Self { icon, text: text.to_owned(), button });
        match &spot.stage {
            _ if spot.folder.is_arranging() && !spot.asks() => {
                still(Icon::Folder, "The folder is being sorted…", None)
            }
            _ if !spot.folder.is_empty() && !spot.asks() => {
                let text = format!("Nothing here is called “{}”.", spot.filter.trim());
                let show_all = ("Show all", "of the folder", Act::Filter(String::new()));
                still(Icon::Search, &text, Some(show_all))
            }
            Stage::Connecting => {
                let text = format!("Calling {}…", browser.address().host);
                let stop = ("Stop", "calling the server", Act::StopListing);
                still(Icon::Server, &text, Some(stop))
            }
            Stage::Reading => {
                let stop = ("Stop", "reading the folder", Act::StopListing);
                still(Icon::Folder, "The folder is being read…", Some(stop))
            }
            Stage::Whole => {
                let up = ("Up", "to the folder above", Act::Up);
                still(Icon::Folder, "This folder is empty.", browser.can_go_up().then_some(up))
            }
            Stage::Broken(_) => None,
        }
    }

    fn width(&self, ui: &Ui) -> f32 {
        let text = widgets::text_width(ui, &self.text, &look::name_font());
        look::ROW_ICON + space::M + text.ceil() + 1.0
    }

    fn ui(self, ui: &mut Ui, acts: &mut Vec<Act>) {
        let colors = look::colors(ui);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::M;
            icons::show(ui, self.icon, look::ROW_ICON, colors.quiet, None);
            let text = RichText::new(self.text).font(look::name_font()).color(colors.text);
            ui.add(Label::new(text).wrap());
        });
        let Some((words, target, act)) = self.button else { return };
        ui.horizontal(|ui| {
            ui.add_space(look::ROW_ICON + space::M);
            if widgets::named_button(ui, words, target, true) {
                acts.push(act);
            }
        });
    }
}

/// A certificate to be looked at, or what went wrong.
fn trouble_ui(ui: &mut Ui, browser: &mut Browser, acts: &mut Vec<Act>) {
    let Stage::Broken(failure) = &browser.spot.stage else { return };
    let Some(certificate) = Certificate::of(failure) else {
        let told = Told::of(failure, browser.spot.is_by_link);
        return broken(ui, browser, &told, acts);
    };
    let pin = certificate.shown.fingerprint;
    match card_ui(ui, &certificate, browser.address().host.as_str()) {
        Some(CardAnswer::Trust) => acts.push(Act::Trust(pin, true)),
        Some(CardAnswer::TrustOnce) => acts.push(Act::Trust(pin, false)),
        Some(CardAnswer::DontConnect) => acts.push(Act::Leave),
        None => {}
    }
}

/// What is told of a failure.
struct Told {
    what: String,
    advice: &'static str,
    step: NextStep,
    wants_login: bool,
    is_missing: bool,
    is_by_link: bool,
}

impl Told {
    fn of(failure: &Failure, is_by_link: bool) -> Self {
        let is_missing = failure.class() == Class::Missing;
        let what = match (failure, is_missing) {
            (Failure::Stopped { .. }, _) => "Stopped before anything came".to_owned(),
            (_, true) if is_by_link => "This link does not lead to a folder".to_owned(),
            (_, true) => "The server has no such folder, or does not let you see it".to_owned(),
            _ => failure.to_string(),
        };
        let advice = match is_missing {
            true if is_by_link => "It may lead to a file.",
            true => "Look into the folder above, or check the path.",
            false => failure.advice(),
        };
        let step = failure.next_step();
        let wants_login = step == NextStep::SignIn;
        Self { step, what, advice, wants_login, is_missing, is_by_link }
    }
}

fn broken(ui: &mut Ui, browser: &mut Browser, told: &Told, acts: &mut Vec<Act>) {
    let colors = look::colors(ui);
    let card = Frame::new().fill(colors.surface).stroke(Stroke::new(1.0, colors.hairline));
    card.corner_radius(10).inner_margin(space::L).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::M;
            let (icon, color) = match told.wants_login {
                true => (Icon::Locked, colors.attention),
                false => (Icon::Failed, colors.danger),
            };
            icons::show(ui, icon, look::ROW_ICON, color, None);
            ui.vertical(|ui| {
                let text = RichText::new(words::closed(&told.what)).font(look::title_font());
                ui.add(Label::new(text.color(colors.text)).wrap());
                let advice = RichText::new(told.advice).font(look::fact_font());
                ui.add(Label::new(advice.color(colors.quiet)).wrap());
                ui.add_space(space::XS);
                let is_entered = told.wants_login && sign_in(ui, browser);
                ui.horizontal_wrapped(|ui| {
                    if told.wants_login
                        && (widgets::named_button(ui, "Sign in", "to the server", true)
                            || is_entered)
                    {
                        acts.push(Act::SignIn);
                    }
                    steps(ui, browser, told, acts);
                });
            });
        });
    });
}

fn steps(ui: &mut Ui, browser: &Browser, told: &Told, acts: &mut Vec<Act>) {
    let mut step = |ui: &mut Ui, words: &str, target: &str, act: Act| {
        if widgets::named_button(ui, words, target, true) {
            acts.push(act);
        }
    };
    let host = browser.address().host.as_str();
    if told.is_missing && told.is_by_link {
        step(ui, "Download it as a file", "", Act::FetchLink);
    }
    if told.is_missing && browser.can_go_up() {
        step(ui, "Up", "to the folder above", Act::Up);
    }
    if matches!(told.step, NextStep::GoUnprotected | NextStep::TryActive | NextStep::TryPassive) {
        step(ui, told.step.words(), host, Act::TryAnotherWay(told.step));
    }
    if !told.wants_login {
        step(ui, "Try again", host, Act::Refresh);
    }
    if browser.places(true).len() > 0 {
        step(ui, "Go back", "to the folder before", Act::Turn(super::Turn::Back(0)));
    }
    step(ui, "Close", "the browser of the server", Act::Leave);
}

/// Name and password: whether Enter was pressed in one of them.
fn sign_in(ui: &mut Ui, browser: &mut Browser) -> bool {
    let mut is_entered = false;
    let width = (ui.available_width() - 72.0).clamp(120.0, 280.0);
    for (name, is_secret) in [("User", false), ("Password", true)] {
        ui.horizontal(|ui| {
            let label = widgets::caption(ui, name, look::CAPTION, look::CONTROL);
            let text = if is_secret { &mut browser.password } else { &mut browser.user };
            let field = widgets::field(text, width, look::CONTROL).password(is_secret);
            let response = ui.add(field).labelled_by(label.id);
            // What is missing gets the keyboard, once.
            if browser.wants_fields && is_secret != browser.user.is_empty() {
                browser.wants_fields = false;
                response.request_focus();
            }
            let is_enter = ui.input(|input| input.key_pressed(Key::Enter));
            is_entered |= response.lost_focus() && is_enter;
        });
    }
    ui.horizontal(|ui| {
        ui.add_space(look::CAPTION + space::M);
        keeping_ui(ui, &mut browser.keeps);
    });
    ui.add_space(space::XS);
    is_entered
}

/// What stands over rows that are not all.
pub(super) fn banner_ui(ui: &mut Ui, browser: &Browser, acts: &mut Vec<Act>) {
    let Stage::Broken(failure) = &browser.spot.stage else { return };
    let colors = look::colors(ui);
    let what = match &**failure {
        Failure::Stopped { .. } => "Stopped: there may be more than this.".to_owned(),
        failure => words::closed(&format!("This is not all: {failure}")),
    };
    let frame = Frame::new().fill(colors.ground);
    frame.inner_margin(eframe::egui::Margin::symmetric(16, 6)).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::S;
            ui.set_min_height(look::SMALL);
            icons::show(ui, Icon::Warning, look::ICON, colors.attention, None);
            let button = widgets::button_width(ui, "Try again") + space::S;
            let width = ui.available_width() - button - space::S;
            let font = look::fact_font();
            let cut = widgets::end_cut(ui, &what, &font, width);
            let label = Label::new(RichText::new(cut).font(font).color(colors.text));
            ui.add(label.selectable(false)).on_hover_text(what);
            ui.add_space((ui.available_width() - button).max(0.0));
            if widgets::named_button(ui, "Try again", "to list the folder", true) {
                acts.push(Act::Refresh);
            }
        });
    });
}
