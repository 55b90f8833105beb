//! A question that only the person can answer: is this certificate to be believed?

use eframe::egui::{Frame, Label, RichText, Stroke, Ui, vec2};

use super::icons::Icon;
use super::look::{self, space};
use super::row::Certificate;
use super::widgets;
use crate::ftp::{self, Fingerprint};
use crate::words;

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
        ui.set_max_width(ui.available_width().min(look::READING));
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
    let advice = "Trust it only if its administrator gives the same one.";
    let fingerprint = asked.shown.fingerprint;
    fingerprint_ui(ui, "SHA-256 fingerprint", advice, fingerprint, colors.text);
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
        "It is not the one that you trust here: it was renewed, or somebody stands between you and \
         the server. {doubt}. No name and no password was sent."
    );
    widgets::message(ui, None, &why, colors.text);
    fingerprint_ui(ui, "Trusted until now (SHA-256)", "", trusted, colors.quiet);
    fingerprint_ui(ui, "Shown now (SHA-256)", "", asked.shown.fingerprint, colors.text);
    facts_ui(ui, &asked.shown);
    let id = ui.make_persistent_id(("confirmed", trusted, asked.shown.fingerprint));
    let mut is_confirmed = ui.data(|data| data.get_temp(id).unwrap_or(false));
    ui.checkbox(&mut is_confirmed, "Its administrator has confirmed the new fingerprint");
    ui.data_mut(|data| data.insert_temp(id, is_confirmed));
    answers_ui(
        ui,
        name,
        [
            ("Don't connect", CardAnswer::DontConnect, true),
            ("Trust the new one", CardAnswer::Trust, is_confirmed),
        ],
    )
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

fn fingerprint_ui(
    ui: &mut Ui,
    caption: &str,
    advice: &str,
    fingerprint: Fingerprint,
    color: look::Color,
) {
    let fingerprint = fingerprint.to_string();
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = look::LINE;
        ui.spacing_mut().item_spacing = vec2(space::XS, 2.0);
        ui.horizontal_wrapped(|ui| {
            let quiet = look::colors(ui).quiet;
            let text = |words| RichText::new(words).font(look::fact_font()).color(quiet);
            ui.add(Label::new(text(caption)).selectable(false));
            if widgets::small_icon_button(ui, Icon::Copy, &format!("Copy: {caption}")) {
                ui.ctx().copy_text(fingerprint.clone());
            }
            if !advice.is_empty() {
                ui.add(Label::new(text(advice)).wrap());
            }
        });
        let font = look::log_font();
        let fits = |columns: &usize| {
            let widest = "0".repeat(columns * 13 - 2);
            widgets::text_width(ui, &widest, &font) <= ui.available_width()
        };
        let columns = [4, 2].into_iter().find(fits).unwrap_or(1);
        let groups = RichText::new(grouped(&fingerprint, columns)).font(font);
        ui.add(Label::new(groups.color(color)).wrap());
    });
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
