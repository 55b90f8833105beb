//! A question that only the person can answer: is this certificate to be believed?

use eframe::egui::{Frame, Label, RichText, Stroke, Ui, vec2};

use super::icons::Icon;
use super::look::{self, space};
use super::row::Certificate;
use super::widgets;
use crate::ftp::{self, Fingerprint};
use crate::words;

/// So much room takes a second thought with both answers to it beside one another.
const ONE_ROW: f32 = 600.0;

/// What the person answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CardAnswer {
    /// Believe this one, here, from now on.
    Trust,
    /// Believe it for this transfer.
    TrustOnce,
    /// Leave it.
    DontConnect,
}

/// Draws the question. `name` is the file that it holds up.
pub(super) fn card_ui(ui: &mut Ui, asked: &Certificate, name: &str) -> Option<CardAnswer> {
    let colors = look::colors(ui);
    let edge = if asked.trusted.is_some() { colors.danger } else { colors.hairline };
    // In a low window the answers are to be seen as well.
    let is_low = ui.content_rect().height() < look::LOW_WINDOW;
    let (margin, gap) = if is_low { (space::S, space::XS) } else { (look::CARD, space::S) };
    let frame = Frame::new()
        .fill(colors.surface)
        .stroke(Stroke::new(1.0, edge))
        .corner_radius(10)
        .inner_margin(margin);
    let card = frame.show(ui, |ui| {
        ui.spacing_mut().item_spacing = vec2(space::S, gap);
        // Two fingerprints and a second thought fit into a low window only in its whole width.
        let is_tight = is_low && asked.trusted.is_some();
        let most = if is_tight { f32::INFINITY } else { look::READING };
        ui.set_max_width(ui.available_width().min(most));
        match asked.trusted {
            None => unknown_ui(ui, asked, name),
            Some(trusted) => changed_ui(ui, asked, trusted, name),
        }
    });
    card.inner
}

/// Nobody vouches for the certificate, and it was not seen here before.
fn unknown_ui(ui: &mut Ui, asked: &Certificate, name: &str) -> Option<CardAnswer> {
    let colors = look::colors(ui);
    title_ui(ui, &format!("Is this really {}?", asked.server), colors.text);
    let reason = asked.reason.as_deref().unwrap_or("it is not known here");
    let why =
        format!("Its certificate is not trusted: {reason}. No name and no password was sent.");
    widgets::message(ui, None, &why, colors.text);
    facts_ui(ui, &asked.shown);
    fingerprint_ui(ui, asked.shown.fingerprint);
    answers_ui(
        ui,
        name,
        [
            ("Trust this server", CardAnswer::Trust, true),
            ("Just now", CardAnswer::TrustOnce, true),
            ("Don't connect", CardAnswer::DontConnect, true),
        ],
    )
}

/// Another certificate was trusted here. The new one takes its place only after a second thought.
fn changed_ui(
    ui: &mut Ui,
    asked: &Certificate,
    trusted: Fingerprint,
    name: &str,
) -> Option<CardAnswer> {
    let colors = look::colors(ui);
    title_ui(ui, &format!("{} shows another certificate", asked.server), colors.danger);
    let doubt = match &asked.reason {
        None => "This computer would trust the new one".to_owned(),
        Some(reason) => format!("This computer would not trust the new one: {reason}"),
    };
    let why = format!(
        "It was renewed, or somebody stands between you and the server. {doubt}. No name and no \
         password was sent."
    );
    widgets::message(ui, None, &why, colors.text);
    // One under the other, to be compared.
    let height = ui.fonts_mut(|fonts| fonts.row_height(&look::log_font()));
    for (when, fingerprint, color) in
        [("Until now", trusted, colors.quiet), ("Now", asked.shown.fingerprint, colors.text)]
    {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().interact_size.y = height;
            widgets::caption(ui, when, look::CAPTION, height);
            let room = ui.available_width() - look::LINE - space::S;
            groups_ui(ui, fingerprint, color, room);
            let name = format!("Copy the SHA-256 fingerprint {}", when.to_lowercase());
            copy_ui(ui, &name, fingerprint);
        });
    }
    facts_ui(ui, &asked.shown);
    let id = ui.make_persistent_id(("confirmed", trusted, asked.shown.fingerprint));
    let mut is_confirmed = ui.data(|data| data.get_temp(id).unwrap_or(false));
    let mut ask = |ui: &mut Ui| {
        ui.checkbox(&mut is_confirmed, "Its administrator confirmed the new SHA-256 fingerprint");
        ui.data_mut(|data| data.insert_temp(id, is_confirmed));
        answers_ui(
            ui,
            name,
            [
                ("Don't connect", CardAnswer::DontConnect, true),
                ("Trust the new one", CardAnswer::Trust, is_confirmed),
            ],
        )
    };
    if ui.available_width() < ONE_ROW { ask(ui) } else { ui.horizontal(ask).inner }
}

fn title_ui(ui: &mut Ui, title: &str, color: look::Color) {
    ui.add(Label::new(RichText::new(title).font(look::title_font()).color(color)).wrap());
}

fn answers_ui<const N: usize>(
    ui: &mut Ui,
    name: &str,
    answers: [(&str, CardAnswer, bool); N],
) -> Option<CardAnswer> {
    let mut answer = None;
    ui.add_space(space::XS);
    ui.horizontal_wrapped(|ui| {
        for (words, meaning, is_enabled) in answers {
            if widgets::named_button(ui, words, name, is_enabled) {
                answer = Some(meaning);
            }
        }
    });
    answer
}

/// What the certificate says of itself, which is not to be relied on.
fn facts_ui(ui: &mut Ui, shown: &ftp::Certificate) {
    let ftp::Certificate { names, issuer, validity, .. } = shown;
    let names = if names.is_empty() { "nobody".to_owned() } else { names.join(", ") };
    let days = match validity {
        Some((from, until)) => {
            format!("valid from {} until {}", words::day(*from), words::day(*until))
        }
        None => "it does not say how long it is valid".to_owned(),
    };
    let signed = format!("{}; {days}", issuer.as_deref().unwrap_or("itself"));
    let facts = [("Made for", names), ("Signed by", signed)];
    let font = look::fact_font();
    let height = ui.fonts_mut(|fonts| fonts.row_height(&font));
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        for (caption, text) in facts {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().interact_size.y = height;
                widgets::caption(ui, caption, look::CAPTION, height);
                let text = RichText::new(words::shown(&text)).font(font.clone());
                ui.add(Label::new(text.color(look::colors(ui).text)).wrap());
            });
        }
    });
}

/// The fingerprint that the person is to compare.
fn fingerprint_ui(ui: &mut Ui, fingerprint: Fingerprint) {
    let colors = look::colors(ui);
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = look::LINE;
        ui.spacing_mut().item_spacing = vec2(space::XS, 2.0);
        ui.horizontal_wrapped(|ui| {
            let text = |words| RichText::new(words).font(look::fact_font()).color(colors.quiet);
            ui.add(Label::new(text("SHA-256 fingerprint")).selectable(false));
            copy_ui(ui, "Copy the SHA-256 fingerprint", fingerprint);
            ui.add(
                Label::new(text("Trust it only if its administrator gives the same one.")).wrap(),
            );
        });
        let room = ui.available_width();
        groups_ui(ui, fingerprint, colors.text, room);
    });
}

fn copy_ui(ui: &mut Ui, name: &str, fingerprint: Fingerprint) {
    if widgets::small_icon_button(ui, Icon::Copy, name) {
        ui.ctx().copy_text(fingerprint.to_string());
    }
}

/// A fingerprint in groups, in as few lines as there is `room` for.
fn groups_ui(ui: &mut Ui, fingerprint: Fingerprint, color: look::Color, room: f32) {
    let font = look::log_font();
    let fits = |columns: &usize| {
        let widest = "0".repeat(columns * 13 - 2);
        widgets::text_width(ui, &widest, &font) <= room
    };
    let columns = [4, 2].into_iter().find(fits).unwrap_or(1);
    let groups = RichText::new(grouped(&fingerprint.to_string(), columns)).font(font);
    ui.add(Label::new(groups.color(color)).wrap());
}

/// `AB:CD:EF:01  23:45:…`: groups of four bytes, so many in a line.
fn grouped(fingerprint: &str, columns: usize) -> String {
    let pairs: Vec<_> = fingerprint.split(':').collect();
    let groups: Vec<_> = pairs.chunks(4).map(|four| four.join(":")).collect();
    let lines: Vec<_> = groups.chunks(columns.max(1)).map(|line| line.join("  ")).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_read_in_groups_of_four_bytes() {
        let text = Fingerprint([0xAB; 32]).to_string();
        for (columns, lines) in [(4, 2), (2, 4), (1, 8), (0, 8)] {
            let groups = grouped(&text, columns);
            assert_eq!(groups.split_whitespace().count(), 8);
            assert_eq!(groups.lines().count(), lines);
        }
        assert!(grouped(&text, 4).starts_with("AB:AB:AB:AB  AB:"));
    }
}
