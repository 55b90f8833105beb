//! Every fact that is known of one transfer, beside the list.

use std::time::{Duration, SystemTime};

use eframe::egui::{Label, RichText, ScrollArea, Ui};

use super::icons::Icon;
use super::log::Log;
use super::look::{self, space};
use super::row::{Row, Stage};
use super::row_words::{brake, files, state};
use super::widgets;
use crate::transfer::{Line, Phase, Voice};
use crate::words;

/// The most sentences of its story that are shown.
const MOST_SENTENCES: usize = 30;

/// Draws the facts. `false`: the person has put them away.
pub(super) fn details_ui(ui: &mut Ui, row: &Row, log: &Log) -> bool {
    let mut is_open = true;
    let colors = look::colors(ui);
    ui.horizontal(|ui| {
        let width = ui.available_width() - look::SMALL - space::S;
        let font = look::title_font();
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
    let passage = &row.passage;
    let expected = row.progress.and_then(|progress| progress.expected);
    match (passage.size, expected) {
        (Some((size, announcer)), _) => {
            facts.push(("Size", format!("{}, announced by {announcer}", bytes(size))));
        }
        (None, Some(size)) => facts.push(("Size", bytes(size))),
        (None, None) if row.progress.is_some() => {
            facts.push(("Size", "The server does not tell it".to_owned()));
        }
        (None, None) => {}
    }
    if let Some(modified) = passage.modified() {
        facts.push(("Changed on the server", words::date(modified)));
    }
    if let Some(progress) = row.progress.filter(|_| !row.is_over()) {
        facts.push(("Received", bytes(progress.received)));
    }
    if let Some(preflight) = row.contents.as_ref().and_then(|it| it.preflight.as_deref()) {
        facts.push(("In the folder", preflight.sentence()));
        let warnings = preflight.warnings();
        facts.extend(warnings.iter().map(|warning| ("To be known", words::shown(warning))));
    }
    if let Some(files) = files(row) {
        facts.push(("Files", files));
    }
    if matches!(row.stage, Stage::Running { .. }) && row.history.most() >= 1.0 {
        facts.push(("Fastest in the last minute", words::speed(row.history.most())));
    }
    if let Some(brake) = brake(row) {
        facts.push(("Limited by", words::sentence(&brake.to_string())));
    }
    facts.extend(journey(row));
    if let Some(ending) = row.ending() {
        if let Some(length) = ending.length {
            let what = if row.contents.is_some() { "Fetched" } else { "Length here" };
            facts.push((what, bytes(length)));
        }
        if let Some(kept) = &ending.kept {
            let path = words::shown(&kept.path.to_string_lossy());
            facts.push(("Kept", format!("{} in {path}", bytes(kept.length))));
        }
        if let Some(hash) = &ending.sha256 {
            facts.push(("SHA-256", hash.clone()));
        }
        if !ending.advice.is_empty() {
            facts.push(("What to know", words::closed(&words::shown(&ending.advice))));
        }
    }
    if let Some(expected) = &row.request.checks.expected {
        facts.push(("Checksum that it must have", expected.to_string()));
    }
    let reply = passage.final_reply.as_deref();
    let is_reply = |line: &&&Line| line.explanation().is_some();
    let reply = reply.or_else(|| lines.iter().rev().find(is_reply).map(|line| line.text.as_str()));
    if let Some(reply) = reply {
        facts.push(("Final reply", words::shown(reply)));
    }
    facts
}

/// How the bytes came: over how many connections, in how many pieces, in what time.
fn journey(row: &Row) -> Vec<(&'static str, String)> {
    let passage = &row.passage;
    let mut facts = Vec::new();
    let now = row.progress.map_or(0, |progress| progress.connections);
    let most = passage.connections;
    let count = |number: usize| words::count(number as u64);
    match &row.stage {
        Stage::Running { phase: Phase::Receiving, .. } if now > 0 && now < most => {
            facts.push(("Connections", format!("{} now, {} at most", count(now), count(most))));
        }
        _ if most > 0 => facts.push(("Connections", count(most))),
        _ => {}
    }
    if passage.beginnings > 1 {
        let again = u64::from(passage.beginnings - 1);
        let times =
            if again == 1 { "Once".to_owned() } else { format!("{} times", words::count(again)) };
        facts.push(("Continued", times));
    }
    if !passage.joints.is_empty() {
        let joints: Vec<_> = passage.joints.iter().map(|&at| words::bytes(at)).collect();
        facts.push(("Joined, compared and equal", format!("at {}", joints.join(", "))));
    }
    if let (Some(took), Some(length)) =
        (passage.took, row.ending().and_then(|ending| ending.length))
    {
        let took = Duration::from_millis(took);
        #[expect(clippy::cast_precision_loss, reason = "a speed needs no 53 bits")]
        let speed = length as f64 / took.as_secs_f64().max(0.001);
        let short = took < Duration::from_secs(1);
        let took = if short { "Less than 1 s".to_owned() } else { words::duration(took) };
        let speed = match length {
            0 => String::new(),
            _ => format!(", {} on average", words::speed(speed)),
        };
        facts.push(("Took", format!("{took}{speed}")));
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
