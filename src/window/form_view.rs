//! How the form is drawn. It changes the texts and says what the person asked for; the meaning is in
//! [`form`](super::form).

use std::path::{Path, PathBuf};

use eframe::egui::{Button, Key, Margin, Rect, RichText, Ui, UiBuilder, Vec2, vec2};

use super::form::{Field, Form};
use super::icons::Icon;
use super::keeping::keeping_ui;
use super::look::{self, space};
use super::place::{Coming, Occupied};
use super::places::{self, PlaceAction};
use super::widgets;
use crate::ftp::Address;
use crate::settings::Settings;
use crate::transfer::{IfExists, Request, Selection};
use crate::words;

/// What the person asked of the form.
#[derive(Debug)]
pub enum FormAction {
    /// This is to be downloaded.
    Download(Box<Request>),
    /// This folder is to be looked into.
    Browse(Box<Address>),
    /// Something of the servers in the menu.
    Place(PlaceAction),
    /// A dialog is to ask where the file goes.
    Choose {
        /// The folder that the dialog begins in.
        folder: PathBuf,
        /// The name that it proposes.
        name: String,
    },
}

/// Draws the form and says what the person asked of it in this frame, if anything.
///
/// `settings` hold the servers of the menu; `is_choosing`: the dialog stands open already.
pub fn form_ui(
    ui: &mut Ui,
    form: &mut Form,
    settings: &Settings,
    coming: Coming<'_>,
    is_choosing: bool,
) -> Option<FormAction> {
    form.look(coming);
    ui.spacing_mut().item_spacing = Vec2::splat(space::S);
    let (mut is_pressed, is_browsed, place) = address_row(ui, form, settings);
    if let Some(place) = place {
        return Some(FormAction::Place(place));
    }
    is_pressed |= server_row(ui, form);
    if form.is_more_open {
        is_pressed |= more_row(ui, form);
    }
    if form.is_folder() && (form.is_more_open || form.selection() != Selection::default()) {
        is_pressed |= selection_row(ui, form);
    }
    let (is_entered, wants_dialog) = save_row(ui, form, is_choosing, &mut is_pressed);
    is_pressed |= is_entered;
    if wants_dialog {
        let (folder, name) = form.place();
        return Some(FormAction::Choose { folder, name });
    }
    let asked = match () {
        () if is_browsed => form.browse().map(|address| FormAction::Browse(Box::new(address))),
        () if is_pressed => {
            form.submit(coming).map(|request| FormAction::Download(Box::new(request)))
        }
        () => return None,
    };
    match asked {
        Ok(action) => Some(action),
        Err(field) => {
            form.is_more_open |= matches!(field, Field::Port | Field::Only | Field::LeaveOut);
            form.focus = Some(field);
            // What is wrong now stands under its field: draw it.
            ui.ctx().request_repaint();
            None
        }
    }
}

/// Whether Enter was pressed, whether *Browse server…* was, and what was asked of the menu.
fn address_row(
    ui: &mut Ui,
    form: &mut Form,
    settings: &Settings,
) -> (bool, bool, Option<PlaceAction>) {
    let asked = ui
        .horizontal(|ui| {
            let browse = 126.0;
            let width = ui.available_width() - look::CAPTION - browse - 2.0 * space::S;
            let top = ui.cursor().top();
            let is_entered = field(ui, form, Field::Address, look::CAPTION, width);
            // In the field, as in the address of a browser.
            let corner =
                vec2(ui.cursor().left() - space::S - space::XS - look::SMALL, top + space::XS);
            let place = Rect::from_min_size(corner.to_pos2(), Vec2::splat(look::SMALL));
            let mut inside = ui.new_child(UiBuilder::new().max_rect(place));
            let name = "Favourites and recent servers";
            let button = widgets::icon_button(&mut inside, Icon::Unfolded, name);
            let place = places::menu_ui(&button, settings, form.address().as_ref());
            let button = Button::new("Browse server…").min_size(vec2(browse, look::PRIMARY));
            let response = ui.add(button.stroke(widgets::edge(ui)));
            widgets::focus_ring(ui, &response);
            (is_entered, response.clicked(), place)
        })
        .inner;
    problem(ui, form, Field::Address);
    asked
}

fn server_row(ui: &mut Ui, form: &mut Form) -> bool {
    let is_entered = ui
        .horizontal(|ui| {
            let more = 84.0;
            let path = 32.0;
            let rest = ui.available_width() - look::CAPTION - path - more - 4.0 * space::S;
            let host = (rest * 0.4).floor();
            let mut is_entered = field(ui, form, Field::Host, look::CAPTION, host);
            is_entered |= field(ui, form, Field::Path, path, rest - host);
            let icon = if form.is_more_open { Icon::Unfolded } else { Icon::Folded };
            let words = (super::icons::atom(icon, 12.0), "More");
            let button = Button::new(words).min_size(vec2(more, look::CONTROL));
            let name =
                if form.is_more_open { "Less about the server" } else { "More about the server" };
            let response = ui.add(button.stroke(widgets::edge(ui)));
            response.widget_info(|| {
                eframe::egui::WidgetInfo::labeled(eframe::egui::Role::Button, true, name)
            });
            widgets::focus_ring(ui, &response);
            form.is_more_open ^= response.clicked();
            is_entered
        })
        .inner;
    problem(ui, form, Field::Host);
    problem(ui, form, Field::Path);
    is_entered
}

fn more_row(ui: &mut Ui, form: &mut Form) -> bool {
    let is_entered = ui
        .horizontal(|ui| {
            let (password, port) = (62.0, 30.0);
            let rest = ui.available_width() - look::CAPTION - password - port - 5.0 * space::S;
            let narrow = 76.0;
            let wide = ((rest - narrow) / 2.0).floor();
            let mut is_entered = field(ui, form, Field::User, look::CAPTION, wide);
            is_entered |= field(ui, form, Field::Password, password, wide);
            is_entered |= field(ui, form, Field::Port, port, narrow);
            is_entered
        })
        .inner;
    problem(ui, form, Field::Port);
    if !form.texts.password.is_empty() {
        indented(ui, |ui| keeping_ui(ui, &mut form.keeps_password));
    }
    is_entered
}

/// How patterns are written.
const PATTERNS: &str = "Patterns, with spaces between them: *.csv means names in any folder, \
                        data/*.csv paths from here on, old/ whole folders";

/// Which files of a folder are wanted: whether Enter was pressed.
fn selection_row(ui: &mut Ui, form: &mut Form) -> bool {
    let is_entered = ui
        .horizontal(|ui| {
            let leave_out = 62.0;
            let rest = ui.available_width() - look::CAPTION - leave_out - 3.0 * space::S;
            let half = (rest / 2.0).floor();
            let is_entered = field(ui, form, Field::Only, look::CAPTION, half);
            is_entered | field(ui, form, Field::LeaveOut, leave_out, rest - half)
        })
        .inner;
    problem(ui, form, Field::Only);
    problem(ui, form, Field::LeaveOut);
    is_entered
}

/// Also draws the two buttons: whether Enter was pressed, and whether the dialog is asked for.
pub(super) fn save_row(
    ui: &mut Ui,
    form: &mut Form,
    is_choosing: bool,
    is_pressed: &mut bool,
) -> (bool, bool) {
    let asked = ui
        .horizontal(|ui| {
            let (choose, download) = (92.0, 126.0);
            let rest = ui.available_width() - look::CAPTION - choose - download - 3.0 * space::S;
            let is_entered = field(ui, form, Field::SaveTo, look::CAPTION, rest);
            let button = Button::new("Choose…").min_size(vec2(choose, look::PRIMARY));
            let button = button.stroke(widgets::edge(ui));
            let chosen = ui.add_enabled(!is_choosing, button);
            widgets::focus_ring(ui, &chosen);
            let button = widgets::primary_button(ui, Icon::Download, "Download", download);
            if std::mem::take(&mut form.is_ready) {
                button.request_focus();
            }
            *is_pressed |= button.clicked();
            (is_entered, chosen.clicked())
        })
        .inner;
    problem(ui, form, Field::SaveTo);
    choice(ui, form);
    if let Some(hint) = &form.hint {
        indented(ui, |ui| widgets::message(ui, None, hint, look::colors(ui).quiet));
    }
    asked
}

/// One field with its caption: whether Enter was pressed in it.
pub(super) fn field(ui: &mut Ui, form: &mut Form, field: Field, caption: f32, width: f32) -> bool {
    let height = match field {
        Field::Address | Field::SaveTo => look::PRIMARY,
        _ => look::CONTROL,
    };
    let (name, hint) = match field {
        Field::Address => ("Address", "ftp://server/path/file"),
        Field::Host => ("Host", ""),
        Field::Path => ("Path", ""),
        Field::SaveTo => ("Save to", ""),
        Field::User => ("User", "guest"),
        Field::Password => ("Password", ""),
        Field::Port => ("Port", ""),
        Field::Only => ("Only", "all files, or *.csv data/"),
        Field::LeaveOut => ("Leave out", "nothing, or *.tmp old/"),
    };
    let (usual_port, usual_folder) = (form.usual_port(), form.usual_folder());
    let has_problem = form.problem(field).is_some();
    let texts = &mut form.texts;
    let text = match field {
        Field::Address => &mut texts.address,
        Field::Host => &mut texts.host,
        Field::Path => &mut texts.path,
        Field::SaveTo => &mut texts.save_to,
        Field::User => &mut texts.user,
        Field::Password => &mut texts.password,
        Field::Port => &mut texts.port,
        Field::Only => &mut texts.only,
        Field::LeaveOut => &mut texts.leave_out,
    };
    let label = widgets::caption(ui, name, caption, height);
    let hint = match field {
        Field::Port => usual_port,
        Field::SaveTo => usual_folder,
        _ => hint.to_owned(),
    };
    let inside = if field == Field::Address { width - 48.0 } else { width - 20.0 };
    let is_cut = widgets::text_width(ui, text, &look::name_font()) > inside;
    let whole = (is_cut && field != Field::Password).then(|| words::shown(text));
    let mut response = ui
        .scope(|ui| {
            if has_problem {
                let danger = look::colors(ui).danger;
                let widgets = &mut ui.visuals_mut().widgets;
                widgets.inactive.bg_stroke.color = danger;
                widgets.hovered.bg_stroke.color = danger;
            }
            let hint = RichText::new(hint).color(look::colors(ui).quiet);
            let edit = widgets::field(text, width, height).hint_text(hint);
            let edit = match field {
                // At its right end there is a button.
                Field::Address => edit.margin(Margin { left: 10, right: 38, top: 9, bottom: 9 }),
                _ => edit,
            };
            ui.add(edit.password(field == Field::Password))
        })
        .inner
        .labelled_by(label.id);
    if let Some(whole) = whole.filter(|_| !response.has_focus()) {
        response = response.on_hover_text(whole);
    }
    if matches!(field, Field::Only | Field::LeaveOut) {
        response = response.on_hover_text(PATTERNS);
    }
    if response.changed() {
        form.edited(field);
    }
    if form.focus == Some(field) {
        form.focus = None;
        response.request_focus();
    }
    if response.lost_focus() && field == Field::Address {
        form.hide_password();
    }
    let is_entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if is_entered {
        // egui lets go of the field on Enter; the next Tab would begin at the top.
        response.request_focus();
    }
    is_entered
}

/// What is wrong with a field, under it.
fn problem(ui: &mut Ui, form: &Form, field: Field) {
    if let Some(sentence) = form.problem(field) {
        let sentence = words::shown(&sentence);
        let danger = look::colors(ui).danger;
        indented(ui, |ui| widgets::message(ui, Some(Icon::Failed), &sentence, danger));
    }
}

/// What to do with a file that has the name already.
fn choice(ui: &mut Ui, form: &mut Form) {
    let Some(occupied) = form.choice() else { return };
    let name = |path: &Path| words::shown(&path.file_name().unwrap_or_default().to_string_lossy());
    let target = form.facts().and_then(|facts| facts.target.as_deref()).map(name);
    let (target, other) = (target.unwrap_or_default(), name(occupied.other()));
    let (what, is_there) = match occupied {
        Occupied::ByFile { .. } => (format!("{target} is there already."), true),
        Occupied::ByTransfer { .. } => {
            (format!("Another {target} is on its way there. This one is saved as {other}"), false)
        }
    };
    let attention = look::colors(ui).attention;
    indented(ui, |ui| {
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            widgets::message(ui, Some(Icon::Warning), &what, attention);
            if is_there {
                ui.horizontal_wrapped(|ui| {
                    ui.spacing_mut().item_spacing.x = space::L;
                    let both = format!("Keep both, this one as {other}");
                    ui.radio_value(&mut form.if_exists, IfExists::Rename, both);
                    ui.radio_value(&mut form.if_exists, IfExists::Replace, "Replace when complete");
                    ui.radio_value(&mut form.if_exists, IfExists::Skip, "Skip");
                });
            }
        })
    });
}

fn indented<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) {
    ui.horizontal_top(|ui| {
        ui.add_space(look::CAPTION + space::S);
        add(ui);
    });
}
