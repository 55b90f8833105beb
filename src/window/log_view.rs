//! How the log is drawn: its bar, and its lines.

use std::ops::Range;
use std::sync::Arc;

use eframe::egui::text::{LayoutJob, TextFormat};
use eframe::egui::{
    Align, Button, ComboBox, Id, Label, Layout, RichText, Role, ScrollArea, Stroke, Ui, WidgetInfo,
    vec2,
};

use super::icons::{self, Icon};
use super::log::{Filter, Log, MOST_FOUND, Seeking, Talk};
use super::look::{self, space};
use super::model::Model;
use super::widgets;
use crate::transfer::{Line, Voice};
use crate::words;

/// The most letters of a line that are drawn. Copying takes all of it.
const MOST_LETTERS: usize = 1000;

/// The most transfers that the menu offers: a longer one cannot be used.
const MOST_OFFERED: usize = 50;

/// The most lines that are looked through for a sentence.
const MOST_PASSED: usize = 1000;

/// The width of the column that says what lines are about, in letters.
const COLUMN: usize = 22;

/// What the person asked of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LogAction {
    /// Show the whole conversation from now on, or its story alone.
    Whole(bool),
    /// Save it in a file.
    Save,
    /// Look for no more lines in the file.
    GiveUp,
}

/// Draws the bar over the log: the words that fold it, which lines it shows, and what can be done
/// with them.
pub(super) fn bar_ui(
    ui: &mut Ui,
    log: &mut Log,
    model: &Model,
    is_open: &mut bool,
) -> Option<LogAction> {
    let mut action = None;
    ui.horizontal(|ui| {
        ui.set_min_height(look::STRIP);
        ui.spacing_mut().item_spacing.x = space::XS;
        ui.spacing_mut().button_padding.x = space::S;
        let (icon, name) = match *is_open {
            true => (Icon::Unfolded, "Fold the log"),
            false => (Icon::Folded, "Show the log"),
        };
        *is_open ^= fold_button(ui, icon, name);
        if !*is_open {
            last_words(ui, log);
            return;
        }
        let mut filter = log.filter().clone();
        ui.add_space(space::S);
        let is_whole = views(ui, &mut filter);
        let rest = ui.available_size();
        ui.allocate_ui_with_layout(rest, Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(space::S); // To where all rows end.
            action = buttons(ui, log).or(is_whole.map(LogAction::Whole));
            trouble(ui, &mut filter);
            let is_narrow = ui.available_width() < NARROW;
            let (menu, search) = if is_narrow { (96.0_f32, 84.0_f32) } else { (168.0, 150.0) };
            whose(ui, &mut filter, log, model, menu);
            search_field(ui, &mut filter, search.min(ui.available_width()));
        });
        if filter != *log.filter() {
            log.set_filter(filter);
        }
    });
    action
}

/// Below this much room for them, the menu and the search are short.
const NARROW: f32 = 340.0;

fn fold_button(ui: &mut Ui, icon: Icon, name: &str) -> bool {
    let button = Button::new((icons::atom(icon, 14.0), "Log")).frame_when_inactive(false);
    let button = button.min_size(vec2(0.0, 24.0)).stroke(Stroke::NONE);
    let response = ui.add(button);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    widgets::focus_ring(ui, &response);
    response.clicked()
}

/// *Story* or *Protocol*. Whether the whole conversation is to be shown, if the person says so.
fn views(ui: &mut Ui, filter: &mut Filter) -> Option<bool> {
    let mut is_whole = None;
    for (words, is_story, hint) in
        [("Story", true, "Plain sentences"), ("Protocol", false, "Every command and every reply")]
    {
        if widgets::word_choice(ui, words, filter.is_story == is_story)
            .on_hover_text(hint)
            .clicked()
        {
            filter.is_story = is_story;
            is_whole = Some(!is_story);
        }
    }
    is_whole
}

/// What can be done with what is shown, from the right.
fn buttons(ui: &mut Ui, log: &mut Log) -> Option<LogAction> {
    let mut action = None;
    if widgets::icon_button(ui, Icon::Save, "Save the log as…").clicked() && !log.is_empty() {
        action = Some(LogAction::Save);
    }
    if widgets::icon_button(ui, Icon::Copy, "Copy the log").clicked() && !log.is_empty() {
        ui.ctx().copy_text(log.text());
    }
    let name = "Hide hosts and users, also in what is copied and saved";
    log.is_masked ^= widgets::icon_toggle(ui, Icon::Mask, name, log.is_masked).clicked();
    action
}

fn trouble(ui: &mut Ui, filter: &mut Filter) {
    let name = "Only warnings and refusals";
    filter.is_trouble ^= widgets::icon_toggle(ui, Icon::Warning, name, filter.is_trouble).clicked();
}

fn search_field(ui: &mut Ui, filter: &mut Filter, width: f32) {
    let hint = RichText::new("Search").color(look::colors(ui).quiet);
    let edit = widgets::field(&mut filter.search, width, 26.0).font(look::fact_font());
    let response = ui.add(edit.hint_text(hint).id(Id::unique("search the log")));
    response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Search the log"));
}

/// Whose lines are shown.
fn whose(ui: &mut Ui, filter: &mut Filter, log: &Log, model: &Model, width: f32) {
    let all = "Everything";
    let font = look::entry_font();
    ui.scope(|ui| {
        ui.visuals_mut().widgets.inactive.bg_stroke = widgets::edge(ui);
        let chosen = filter.only.as_ref().map_or_else(|| all.to_owned(), |talk| about(talk, model));
        let chosen = widgets::middle_cut(ui, &log.name(&chosen), &font, width - 48.0);
        let menu = ComboBox::from_id_salt("log of").selected_text(chosen).width(width);
        let menu = menu.icon(|ui, rect, _, is_open| {
            let icon = if is_open { Icon::Folded } else { Icon::Unfolded };
            icons::paint(ui.painter(), rect, icon, look::colors(ui).quiet);
        });
        let response = menu.show_ui(ui, |ui| {
            ui.selectable_value(&mut filter.only, None, all);
            for host in log.visits() {
                let talk = Talk::Visit(Arc::clone(host));
                let name = log.name(&about(&talk, model));
                ui.selectable_value(&mut filter.only, Some(talk), name);
            }
            for row in model.rows().iter().rev().take(MOST_OFFERED) {
                let name = widgets::middle_cut(ui, &row.name, &font, 300.0);
                ui.selectable_value(&mut filter.only, Some(row.id.into()), name);
            }
        });
        let menu = response.response;
        menu.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, "Log of"));
    });
}

/// What lines are about, in words.
fn about(talk: &Talk, model: &Model) -> String {
    match talk {
        Talk::Transfer(id) => {
            model.row(*id).map_or_else(|| format!("Transfer {}", id.0), |row| row.name.clone())
        }
        Talk::Visit(host) => format!("Browsing {}", words::shown(host)),
    }
}

/// The newest sentence, beside the words of a folded log: commands and replies would only flicker.
fn last_words(ui: &mut Ui, log: &Log) {
    let mut newest = (0..log.len()).rev().take(MOST_PASSED).filter_map(|at| log.line(at));
    if let Some(line) = newest.find(|line| matches!(line.voice, Voice::Story | Voice::Warning)) {
        ui.add(Label::new(job(ui, log, line, None)).truncate().selectable(false));
    }
}

/// A word about lines that are not in memory any more.
fn older_ui(ui: &mut Ui, log: &Log) -> Option<LogAction> {
    if log.dropped() == 0 {
        return None;
    }
    let older = words::count(log.dropped());
    let text = match log.seeking() {
        _ if !log.has_file => format!("{older} older lines are not kept."),
        Seeking::Rests => format!(
            "{older} older lines are in a file. Searching finds them, and saving the log saves them."
        ),
        Seeking::Due(_) | Seeking::Runs => format!("Looking through {older} older lines…"),
        Seeking::Done { is_cut: false } => "Older lines are among these.".to_owned(),
        Seeking::Done { is_cut: true } => {
            format!(
                "Of the older lines, the newest {} are among these.",
                words::count(MOST_FOUND as u64)
            )
        }
        Seeking::Failed => "The file with the older lines could not be read.".to_owned(),
    };
    let mut action = None;
    let size = vec2(ui.available_width(), look::SMALL);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        let text = RichText::new(text).font(look::fact_font()).color(look::colors(ui).quiet);
        ui.add(Label::new(text).truncate());
        if log.seeking() == Seeking::Runs && widgets::quiet_button(ui, "Stop", "the search") {
            action = Some(LogAction::GiveUp);
        }
    });
    action
}

/// Draws the lines. It stays at the newest unless it was scrolled up; then it stays where it is, also
/// when lines are dropped above.
pub(super) fn lines_ui(ui: &mut Ui, log: &mut Log, model: &Model) -> Option<LogAction> {
    ui.spacing_mut().item_spacing.y = 3.0;
    ui.spacing_mut().scroll.fade.strength = 0.0; // No line is cut, so all can be read.
    // A panel is as high as what is in it: it must not shrink when there is little.
    ui.set_min_height(ui.available_height());
    // Below the lines, so that none of them moves when it appears.
    let room = ui.available_height();
    let room = if log.dropped() > 0 { room - look::SMALL - 3.0 } else { room };
    // Whole lines, so that none is cut where they begin.
    let height = ui.fonts_mut(|fonts| fonts.row_height(&look::log_font()));
    let step = height + ui.spacing().item_spacing.y;
    let whole = ((room + ui.spacing().item_spacing.y) / step).floor().max(1.0) * step;
    if log.is_empty() {
        let quiet = look::colors(ui).quiet;
        let words = match log.has_lines() {
            true => "No line is like that.",
            false => "What Ashore and the servers say to each other appears here.",
        };
        ui.allocate_ui(vec2(ui.available_width(), room), |ui| {
            ui.set_min_height(room);
            widgets::message(ui, None, words, quiet);
        });
        return older_ui(ui, log);
    }
    let place = Id::unique("place in the log");
    let before: Option<f32> = ui.data(|data| data.get_temp(place));
    let mut scroll =
        ScrollArea::vertical().auto_shrink(false).stick_to_bottom(true).max_height(whole - 3.0);
    #[expect(clippy::cast_precision_loss, reason = "lines, far fewer than 2^24")]
    let slid = log.take_slid() as f32 * step;
    if log.take_turned() {
        #[expect(clippy::cast_precision_loss, reason = "lines, far fewer than 2^24")]
        let all = log.len() as f32 * step - whole;
        scroll = scroll.vertical_scroll_offset(all.max(0.0)); // To the newest.
    } else if let Some(before) = before.filter(|_| slid.abs() > 0.0) {
        scroll = scroll.vertical_scroll_offset((before + slid).max(0.0));
    }
    let log = &*log;
    let shown = scroll.show_rows(ui, height, log.len(), |ui, rows| rows_ui(ui, log, model, rows));
    let offset = shown.state.clamped_offset().y;
    let is_at_end = offset + shown.inner_rect.height() >= shown.content_size.y - 1.0;
    ui.data_mut(|data| {
        if is_at_end {
            data.remove::<f32>(place);
        } else {
            data.insert_temp(place, offset);
        }
    });
    older_ui(ui, log)
}

fn rows_ui(ui: &mut Ui, log: &Log, model: &Model, rows: Range<usize>) {
    let is_roomy = ui.available_width() >= look::LOG_WITH_NAMES;
    for at in rows {
        let Some((talk, line)) = log.entry(at) else { continue };
        let whose = log.is_mixed().then(|| log.name(&about(talk, model)));
        let name = match talk {
            Talk::Visit(host) => Some(log.name(host)),
            Talk::Transfer(_) => whose.clone(),
        };
        let name = name.filter(|_| is_roomy && whose.is_some());
        let mut response = ui.add(Label::new(job(ui, log, line, name.as_deref())).truncate());
        let explanation = line.explanation().map(|explanation| words::shown(&explanation));
        let hint: Vec<_> = explanation.into_iter().chain(whose).collect();
        if !hint.is_empty() {
            response = response.on_hover_text(hint.join("\n"));
        }
        response.context_menu(|ui| {
            if ui.button("Copy this line").clicked() {
                ui.ctx().copy_text(log.said(line));
            }
        });
    }
}

/// A line in its colours: when, about what, by whom, what.
fn job(ui: &Ui, log: &Log, line: &Line, about: Option<&str>) -> LayoutJob {
    let colors = look::colors(ui);
    let color = match line.voice {
        Voice::Sent => colors.sent,
        Voice::Received => colors.received,
        Voice::Story => colors.text,
        Voice::Warning => colors.attention,
    };
    let format =
        |color| TextFormat { valign: Align::Center, ..TextFormat::simple(look::log_font(), color) };
    let mut job = LayoutJob::default();
    job.append(&words::time_of_day(line.at), 0.0, format(colors.quiet));
    if let Some(about) = about {
        job.append(&column(about), space::M, format(colors.quiet));
    }
    let mut said = log.said(line);
    if let Some((end, _)) = said.char_indices().nth(MOST_LETTERS) {
        said.truncate(end);
        said.push('…');
    }
    let mark = TextFormat { background: colors.selection, ..format(colors.text) };
    let mut space = space::M;
    let mut end = 0;
    for found in found_in(&said, &log.filter().search()) {
        let before = said.get(end..found.start).unwrap_or_default();
        job.append(before, space, format(color));
        job.append(said.get(found.clone()).unwrap_or_default(), 0.0, mark.clone());
        (space, end) = (0.0, found.end);
    }
    job.append(said.get(end..).unwrap_or_default(), space, format(color));
    job
}

/// Where `search`, which is in small letters, stands in `text`. Nowhere in a text that small letters
/// make longer or shorter: it is shown all the same, only not marked.
fn found_in(text: &str, search: &str) -> Vec<Range<usize>> {
    let small = text.to_lowercase();
    if search.is_empty() || small.len() != text.len() {
        return Vec::new();
    }
    let found = small.match_indices(search).map(|(at, found)| at..at + found.len());
    found.filter(|found| text.get(found.clone()).is_some()).collect()
}

/// A name in a column of [`COLUMN`] letters, cut in the middle if it must be.
fn column(name: &str) -> String {
    let count = name.chars().count();
    if count <= COLUMN {
        return format!("{name:COLUMN$}");
    }
    let head = name.chars().take(COLUMN / 2 - 1);
    let tail = name.chars().skip(count - COLUMN / 2);
    head.chain(['…']).chain(tail).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_searched_for_is_found_whatever_its_case() {
        assert_eq!(found_in("→ RETR a.retr", "retr"), [4..8, 11..15]);
        assert_eq!(found_in("← SPÄT, spät", "ä"), [6..8, 13..15]);
        for (text, search) in [("RETR", ""), ("RETR", "list"), ("İRETR", "retr")] {
            assert!(found_in(text, search).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_column_is_as_wide_as_the_next_one() {
        for name in ["a", "Homo_sapiens.GRCh38.dna.toplevel.fa.gz", "Späße"] {
            assert_eq!(column(name).chars().count(), COLUMN, "{name}");
        }
    }
}
