//! A question that only the person can answer: is this certificate to be believed?

use eframe::egui::{Frame, Label, RichText, Stroke, Ui, vec2};

use super::icons::Icon;
use super::look::{self, space};
use super::row::Certificate;
use super::widgets;
use crate::words;

/// What the person answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CardAnswer {
    /// Believe this one.
    Trust,
    /// Leave it.
    DontConnect,
}

/// Draws the question. `name` is the file that it holds up.
pub(super) fn card_ui(ui: &mut Ui, certificate: &Certificate, name: &str) -> Option<CardAnswer> {
    let colors = look::colors(ui);
    let Certificate { server, reason, fingerprint } = certificate;
    let fingerprint = words::fingerprint(fingerprint);
    let mut answer = None;
    let frame = Frame::new()
        .fill(colors.surface)
        .stroke(Stroke::new(1.0, colors.hairline))
        .corner_radius(10)
        .inner_margin(look::CARD);
    frame.show(ui, |ui| {
        ui.spacing_mut().item_spacing = vec2(space::S, space::S);
        ui.set_max_width(ui.available_width().min(look::READING));
        let title = RichText::new(format!("Is this really {server}?"));
        ui.add(Label::new(title.font(look::name_font()).color(colors.text)).wrap());
        let why = format!("Its certificate is not trusted: {reason}. No name and no password was sent.");
        widgets::message(ui, None, &why, colors.text);
        ui.scope(|ui| {
            ui.spacing_mut().interact_size.y = look::LINE;
            ui.horizontal(|ui| caption_ui(ui, &fingerprint));
        });
        let font = look::log_font();
        let fits = |columns: &usize| {
            widgets::text_width(ui, &"0".repeat(columns * 13 - 2), &font) <= ui.available_width()
        };
        let columns = [4, 2].into_iter().find(fits).unwrap_or(1);
        let groups = RichText::new(grouped(&fingerprint, columns)).font(font);
        ui.add(Label::new(groups.color(colors.text)).wrap());
        let advice = "Compare it with the one that its administrator gives. Trust it only if they are equal.";
        widgets::message(ui, None, advice, colors.quiet);
        ui.horizontal(|ui| {
            if widgets::named_button(ui, "Trust this server", name, true) {
                answer = Some(CardAnswer::Trust);
            }
            if widgets::named_button(ui, "Don't connect", name, true) {
                answer = Some(CardAnswer::DontConnect);
            }
        });
    });
    answer
}

fn caption_ui(ui: &mut Ui, fingerprint: &str) {
    ui.spacing_mut().item_spacing.x = space::XS;
    let caption = RichText::new("SHA-256 fingerprint").font(look::fact_font());
    ui.add(Label::new(caption.color(look::colors(ui).quiet)).selectable(false));
    if widgets::small_icon_button(ui, Icon::Copy, "Copy the fingerprint") {
        ui.ctx().copy_text(fingerprint.to_owned());
    }
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
        let text = words::fingerprint(&[0xAB; 32]);
        for (columns, lines) in [(4, 2), (2, 4), (1, 8), (0, 8)] {
            let groups = grouped(&text, columns);
            assert_eq!(groups.split_whitespace().count(), 8);
            assert_eq!(groups.lines().count(), lines);
        }
        assert!(grouped(&text, 4).starts_with("AB:AB:AB:AB  AB:"));
    }
}
