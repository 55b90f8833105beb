//! A question in a row: who are we to this server?

use eframe::egui::{Frame, Key, Label, RichText, Stroke, Ui, vec2};

use super::keeping::keeping_ui;
use super::look::{self, space};
use super::row::Row;
use super::widgets;
use crate::ftp::{Login, Secret};
use crate::transfer::TransferId;

/// What is typed into the card of one row.
#[derive(Debug)]
pub struct SignIn {
    /// Which row.
    pub id: TransferId,
    user: String,
    password: String,
    /// Whether the password is to be kept in the keychain.
    pub(super) keeps: bool,
    /// Whether it has not been drawn yet: then it gets the keyboard.
    is_new: bool,
    /// Whether the name was there already.
    has_user: bool,
}

/// What the person answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SignInAnswer {
    /// With what was typed.
    SignIn,
    /// Not at all.
    Cancel,
}

impl SignIn {
    /// An empty card of a row; the name is the one that was tried.
    #[must_use]
    pub fn of(row: &Row) -> Self {
        let user = row.request.address.login.user.as_deref().map(String::from_utf8_lossy);
        let user = user.map(String::from).unwrap_or_default();
        let has_user = !user.is_empty();
        Self { id: row.id, has_user, user, password: String::new(), keeps: false, is_new: true }
    }

    /// Who signs in from now on. Nobody's name: a guest.
    #[must_use]
    pub fn login(self) -> Login {
        let user = self.user.trim().as_bytes();
        if user.is_empty() {
            return Login::default();
        }
        Login {
            user: Some(user.to_vec()),
            password: Some(Secret::new(self.password)),
            account: None,
        }
    }
}

/// Draws the card. `name` is the file that waits for the answer.
pub(super) fn sign_in_ui(ui: &mut Ui, card: &mut SignIn, row: &Row) -> Option<SignInAnswer> {
    let colors = look::colors(ui);
    let mut answer = None;
    let frame = Frame::new()
        .fill(colors.surface)
        .stroke(Stroke::new(1.0, colors.hairline))
        .corner_radius(10)
        .inner_margin(look::CARD);
    frame.show(ui, |ui| {
        ui.spacing_mut().item_spacing = vec2(space::S, space::S);
        ui.set_max_width(ui.available_width().min(look::READING));
        let title = RichText::new(format!("Sign in to {}", row.host()));
        ui.add(Label::new(title.font(look::title_font()).color(colors.text)).wrap());
        let mut is_entered = false;
        ui.horizontal(|ui| {
            let width = (ui.available_width() - 2.0 * look::CAPTION - 3.0 * space::S) / 2.0;
            for (caption, text, is_secret) in
                [("User", &mut card.user, false), ("Password", &mut card.password, true)]
            {
                let label = widgets::caption(ui, caption, look::CAPTION, look::CONTROL);
                let edit = widgets::field(text, width, look::CONTROL).password(is_secret);
                let response = ui.add(edit).labelled_by(label.id);
                // What is missing gets the keyboard.
                if card.is_new && is_secret == card.has_user {
                    card.is_new = false;
                    response.request_focus();
                }
                let is_enter = ui.input(|input| input.key_pressed(Key::Enter));
                is_entered |= response.lost_focus() && is_enter;
            }
        });
        keeping_ui(ui, &mut card.keeps);
        let name = &row.name;
        ui.horizontal(|ui| {
            if widgets::named_button(ui, "Sign in", &format!("for {name}"), true) || is_entered {
                answer = Some(SignInAnswer::SignIn);
            }
            let is_escape = ui.input(|input| input.key_pressed(Key::Escape));
            if widgets::named_button(ui, "Not now", name, true) || is_escape {
                answer = Some(SignInAnswer::Cancel);
            }
        });
    });
    answer
}
