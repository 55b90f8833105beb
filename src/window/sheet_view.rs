//! How the sheet about a link is drawn. What it knows is in [`sheet`](super::sheet).

use std::path::PathBuf;

use eframe::egui::{Align, Key, Label, Layout, RichText, Ui, Vec2, vec2};

use super::form::Field;
use super::form_view;
use super::icons::{self, Icon};
use super::keeping::keeping_ui;
use super::look::{self, Color, space};
use super::place::Coming;
use super::sheet::{Remote, Sheet};
use super::widgets;
use crate::ftp::{Facts, Scheme};
use crate::transfer::{Glance, Request};
use crate::words;

/// What the person asked of the sheet.
#[derive(Debug)]
pub(super) enum SheetAction {
    /// This is to be downloaded.
    Download(Box<Request>),
    /// A dialog is to ask where the file goes.
    Choose {
        /// The folder that the dialog begins in.
        folder: PathBuf,
        /// The name that it proposes.
        name: String,
    },
    /// Nothing is to be done about this link.
    Leave,
    /// The address is to be changed in the form.
    Edit,
}

/// Draws the sheet and says what the person asked of it in this frame, if anything.
pub(super) fn sheet_ui(
    ui: &mut Ui,
    sheet: &mut Sheet,
    coming: Coming<'_>,
    is_choosing: bool,
) -> Option<SheetAction> {
    sheet.form.look(coming);
    ui.spacing_mut().item_spacing = Vec2::splat(space::S);
    let action = title(ui, sheet);
    indented(ui, |ui| facts_ui(ui, sheet));
    let mut is_pressed = false;
    if sheet.remote == Remote::Locked {
        let width = (ui.available_width() - look::CAPTION - space::S).min(look::SECRET);
        let field = |ui: &mut Ui| {
            form_view::field(ui, &mut sheet.form, Field::Password, look::CAPTION, width)
        };
        is_pressed |= ui.horizontal(field).inner;
        indented(ui, |ui| keeping_ui(ui, &mut sheet.form.keeps_password));
    }
    let asked = form_view::save_row(ui, &mut sheet.form, is_choosing, &mut is_pressed);
    let (is_entered, wants_dialog) = asked;
    is_pressed |= is_entered;
    if ui.input(|input| input.key_pressed(Key::Escape)) {
        return Some(SheetAction::Leave);
    }
    if wants_dialog {
        let (folder, name) = sheet.form.place();
        return Some(SheetAction::Choose { folder, name });
    }
    if is_pressed {
        match sheet.form.submit(coming) {
            Ok(request) => return Some(SheetAction::Download(Box::new(request))),
            Err(field) => {
                sheet.form.focus = Some(field);
                ui.ctx().request_repaint();
            }
        }
    }
    action
}

/// The name, the server, and the ways out.
fn title(ui: &mut Ui, sheet: &Sheet) -> Option<SheetAction> {
    let address = sheet.form.address()?;
    let name = words::shown(&sheet.form.local_name().unwrap_or_default());
    let mut action = None;
    let size = vec2(ui.available_width(), look::CONTROL);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        if widgets::icon_button(ui, Icon::Cross, "Leave this link").clicked() {
            action = Some(SheetAction::Leave);
        }
        if widgets::quiet_button(ui, "Edit address", "of this link") {
            action = Some(SheetAction::Edit);
        }
        let quiet = look::colors(ui).quiet;
        if sheet.waiting() > 0 {
            let text = format!("{} more after this", words::count(sheet.waiting() as u64));
            ui.add(Label::new(RichText::new(text).font(look::fact_font()).color(quiet)));
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let (rect, _) = ui.allocate_exact_size(
                vec2(look::CAPTION, look::CONTROL),
                eframe::egui::Sense::hover(),
            );
            let icon = eframe::egui::Rect::from_min_size(
                rect.right_center() - vec2(look::ROW_ICON, look::ROW_ICON / 2.0),
                Vec2::splat(look::ROW_ICON),
            );
            icons::paint(ui.painter(), icon, Icon::Download, look::colors(ui).accent);
            let font = eframe::egui::TextStyle::Heading.resolve(ui.style());
            let cut = widgets::middle_cut(ui, &name, &font, ui.available_width());
            let text = RichText::new(cut).heading().color(look::colors(ui).text);
            ui.add(Label::new(text)).on_hover_text(words::shown(&address.to_string()));
        });
    });
    action
}

/// Size, date, whether it is secret, and what is wrong, if anything is.
fn facts_ui(ui: &mut Ui, sheet: &Sheet) {
    let colors = look::colors(ui);
    let Some(address) = sheet.form.address() else { return };
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        let host = words::shown(address.host.as_str());
        let (facts, color) = match &sheet.remote {
            Remote::Asked => (format!("Asking {host} for size and date…"), colors.quiet),
            Remote::Locked => (format!("{host} asks for a password"), colors.quiet),
            Remote::Known(glance) => (known(&glance.facts), colors.text),
            Remote::Unknown { why, .. } => (format!("{why}."), colors.attention),
        };
        widgets::message(ui, None, &facts, color);
        if let Remote::Unknown { advice, .. } = &sheet.remote {
            widgets::message(ui, None, advice, colors.quiet);
        }
        if let Some(missing) = sheet.missing_room() {
            let text = format!("The file needs {} more than is free.", words::bytes(missing));
            widgets::message(ui, Some(Icon::Warning), &text, colors.attention);
        }
        let user = address.login.user.as_deref().map(String::from_utf8_lossy);
        let user = user
            .map_or_else(|| "as a guest".to_owned(), |user| format!("as {}", words::shown(&user)));
        let is_secure = match (&sheet.remote, address.scheme) {
            (Remote::Known(Glance { is_secure, .. }), _) => Some(*is_secure),
            (_, Scheme::Ftps | Scheme::Ftpes) => Some(true),
            (_, Scheme::Ftp) if address.login.is_guest() => Some(false),
            _ => None,
        };
        let (icon, secret) = match is_secure {
            Some(true) => (Icon::Locked, "encrypted"),
            Some(false) => (Icon::Unlocked, "not encrypted"),
            None => (Icon::Unlocked, "encrypted if the server can"),
        };
        let free = sheet.form.facts().and_then(|facts| facts.free);
        let free = free.map(|free| format!(" · {} free here", words::bytes(free)));
        let line = format!("{host} · {user}, {secret}{}", free.unwrap_or_default());
        quiet_line(ui, icon, &line, colors.quiet);
    });
}

fn quiet_line(ui: &mut Ui, icon: Icon, line: &str, color: Color) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        icons::show(ui, icon, look::ICON, color, None);
        let font = look::fact_font();
        let cut = widgets::end_cut(ui, line, &font, ui.available_width());
        ui.add(Label::new(RichText::new(cut).font(font).color(color)));
    });
}

/// `4.2 GB (4,194,304,000 bytes), changed 22 Nov 2026, 14:02`.
fn known(facts: &Facts) -> String {
    let size = facts.size.map(|size| match size {
        0..1000 => words::bytes(size),
        _ => format!("{} ({} bytes)", words::bytes(size), words::count(size)),
    });
    let size = size.unwrap_or_else(|| "The server does not tell its size".to_owned());
    match facts.modified {
        Some(time) => format!("{size}, changed {}", words::date(time)),
        None => size,
    }
}

fn indented(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    ui.horizontal_top(|ui| {
        ui.add_space(look::CAPTION + space::S);
        add(ui);
    });
}
