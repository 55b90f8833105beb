//! Every fact that is known of one transfer, beside the list.

use std::time::SystemTime;

use eframe::egui::{Label, RichText, ScrollArea, Ui};

use super::icons::Icon;
use super::log::Log;
use super::look::{self, space};
use super::row::{Row, Stage};
use super::row_words::{brake, closed, state};
use super::widgets;
use crate::transfer::{Line, Voice};
use crate::words;

/// The most sentences of its story that are shown.
const MOST_SENTENCES: usize = 30;

/// Draws the facts. `false`: the person has put them away.
pub(super) fn details_ui(ui: &mut Ui, row: &Row, log: &Log) -> bool {
    let mut is_open = true;
    let colors = look::colors(ui);
    ui.horizontal(|ui| {
        let width = ui.available_width() - look::SMALL - space::S;
        let font = look::name_font();
        let cut = widgets::middle_cut(ui, &row.name, &font, width);
        let title = RichText::new(cut).font(font).color(colors.text);
        ui.add(Label::new(title)).on_hover_text(&row.name);
        ui.add_space((ui.available_width() - look::SMALL).max(0.0));
        is_open = !widgets::icon_button(ui, Icon::Cross, "Close the details").clicked();
    });
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space::S;
        let lines: Vec<_> = log.lines_of(row.id).collect();
        for (what, fact) in facts(row, &lines) {
            fact_ui(ui, what, &fact);
        }
        let story: Vec<_> = lines.iter().filter(|line| is_story(line)).collect();
        if !story.is_empty() {
            caption(ui, "What happened");
        }
        for line in story.iter().rev().take(MOST_SENTENCES).rev() {
            let text = format!("{}  {}", words::time_of_day(line.at), words::shown(&line.text));
            let color = if line.voice == Voice::Warning { colors.attention } else { colors.text };
            widgets::message(ui, None, &text, color);
        }
    });
    is_open
}

fn is_story(line: &Line) -> bool {
    matches!(line.voice, Voice::Story | Voice::Warning)
}

/// What is known, each with the words before it.
fn facts(row: &Row, lines: &[&Line]) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("State", state(row, SystemTime::now())),
        ("Address", words::shown(&row.request.address.to_string())),
        ("Save to", words::shown(&row.destination.to_string_lossy())),
    ];
    let bytes = |count: u64| match count {
        0..1000 => words::bytes(count),
        _ => format!("{} ({} bytes)", words::bytes(count), words::count(count)),
    };
    if let Some(progress) = row.progress {
        let size =
            progress.expected.map(|size| format!("{}, announced by the server", bytes(size)));
        let nobody = || "The server does not tell it".to_owned();
        facts.push(("Size", size.unwrap_or_else(nobody)));
        facts.push(("Received", bytes(progress.received)));
    }
    if matches!(row.stage, Stage::Running { .. }) && row.history.most() >= 1.0 {
        facts.push(("Fastest in the last minute", words::speed(row.history.most())));
    }
    if let Some(brake) = brake(row) {
        facts.push(("Speed", brake));
    }
    if let Some(ending) = row.ending() {
        if let Some(length) = ending.length {
            facts.push(("Length here", bytes(length)));
        }
        if let Some(kept) = &ending.kept {
            let path = words::shown(&kept.path.to_string_lossy());
            facts.push(("Kept", format!("{} in {path}", bytes(kept.length))));
        }
        if let Some(hash) = &ending.sha256 {
            facts.push(("SHA-256", hash.clone()));
        }
        if !ending.advice.is_empty() {
            facts.push(("What to know", closed(&words::shown(&ending.advice))));
        }
    }
    if let Some(expected) = &row.request.checks.expected {
        facts.push(("Checksum that it must have", expected.to_string()));
    }
    let is_reply = |line: &&&Line| line.explanation().is_some();
    if let Some(reply) = lines.iter().rev().find(is_reply) {
        facts.push(("Last reply", words::shown(&reply.text)));
    }
    facts
}

fn caption(ui: &mut Ui, words: &str) {
    let text = RichText::new(words).font(look::fact_font()).color(look::colors(ui).quiet);
    ui.add(Label::new(text).selectable(false));
}

fn fact_ui(ui: &mut Ui, what: &str, fact: &str) {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        caption(ui, what);
        let text = RichText::new(fact).font(look::fact_font()).color(look::colors(ui).text);
        ui.add(Label::new(text).wrap());
    });
}
