//! The log: what was said to servers, what they answered, and what Ashore has to say about it.

use std::collections::VecDeque;

use eframe::egui::text::{LayoutJob, TextFormat};
use eframe::egui::{
    Align, Button, ComboBox, FontId, Label, Role, ScrollArea, Stroke, Ui, WidgetInfo, vec2,
};

use super::icons::{self, Icon};
use super::look::{self, space};
use super::model::Model;
use super::widgets;
use crate::transfer::{Line, TransferId, Voice};
use crate::words;

/// The most lines that are kept: a session of days must not fill the memory.
pub const MOST_LINES: usize = 100_000;

/// The most letters of a line that are drawn. Copying takes all of it.
const MOST_LETTERS: usize = 1000;

/// All that was said, the newest last.
#[derive(Debug, Default)]
pub struct Log {
    entries: VecDeque<(TransferId, Line)>,
    /// How many entries were dropped at the front.
    dropped: u64,
    /// The transfer that is shown alone.
    filter: Option<TransferId>,
    /// The entries that are shown, numbered from the first that ever was.
    shown: VecDeque<u64>,
}

impl Log {
    /// Nothing was said yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in a line.
    pub fn push(&mut self, id: TransferId, line: Line) {
        if self.entries.len() >= MOST_LINES {
            self.entries.pop_front();
            self.dropped += 1;
            if self.shown.front().is_some_and(|&first| first < self.dropped) {
                self.shown.pop_front();
            }
        }
        if self.filter.is_none_or(|only| only == id) {
            self.shown.push_back(self.dropped + self.entries.len() as u64);
        }
        self.entries.push_back((id, line));
    }

    /// Shows the lines of one transfer, or of all.
    pub fn set_filter(&mut self, filter: Option<TransferId>) {
        self.filter = filter;
        let numbered = (self.dropped..).zip(&self.entries);
        let is_shown = |id: TransferId| filter.is_none_or(|only| only == id);
        self.shown = numbered.filter(|(_, (id, _))| is_shown(*id)).map(|(n, _)| n).collect();
    }

    /// How many lines are shown.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shown.len()
    }

    /// Whether no line is shown.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }

    /// One of the lines that are shown.
    #[must_use]
    pub fn line(&self, at: usize) -> Option<&Line> {
        let at = self.shown.get(at)?.checked_sub(self.dropped)?;
        self.entries.get(usize::try_from(at).ok()?).map(|(_, line)| line)
    }

    /// The lines that are shown, as text to be pasted somewhere.
    #[must_use]
    pub fn text(&self) -> String {
        let lines = (0..self.len()).filter_map(|at| self.line(at));
        lines.map(|line| format!("{}  {}\n", words::time_of_day(line.at), said(line))).collect()
    }
}

/// The sign and the text of a line.
fn said(line: &Line) -> String {
    format!("{} {}", sign(line.voice), words::shown(&line.text))
}

fn sign(voice: Voice) -> char {
    match voice {
        Voice::Sent => '→',
        Voice::Received => '←',
        Voice::Story => '•',
        Voice::Warning => '!',
    }
}

/// Draws the bar over the log: the words that fold it, whose lines it shows, and *Copy*.
pub fn bar_ui(ui: &mut Ui, log: &mut Log, model: &Model, is_open: &mut bool) {
    ui.horizontal(|ui| {
        ui.set_min_height(look::STRIP);
        ui.spacing_mut().item_spacing.x = space::S;
        ui.spacing_mut().button_padding.x = space::S;
        let (icon, name) = match *is_open {
            true => (Icon::Unfolded, "Fold the log"),
            false => (Icon::Folded, "Show the log"),
        };
        *is_open ^= bar_button(ui, icon, "Log", name, true);
        if !*is_open {
            last_words(ui, log);
            return;
        }
        let copy = widgets::button_width(ui, "Copy") + look::ICON + space::XS;
        ui.add_space((ui.available_width() - FILTER - copy - space::S).max(0.0));
        filter_ui(ui, log, model);
        if bar_button(ui, Icon::Copy, "Copy", "Copy the log", !log.is_empty()) {
            ui.ctx().copy_text(log.text());
        }
    });
}

/// A button of the bar: whether it was clicked. `name` is what a screen reader says.
fn bar_button(ui: &mut Ui, icon: Icon, words: &str, name: &str, is_enabled: bool) -> bool {
    let button = Button::new((icons::atom(icon, 14.0), words)).frame_when_inactive(false);
    let button = button.min_size(vec2(0.0, 24.0)).stroke(Stroke::NONE);
    let response = ui.add_enabled(is_enabled, button);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, is_enabled, name));
    widgets::focus_ring(ui, &response);
    response.clicked()
}

/// The newest line, beside the words of a folded log.
fn last_words(ui: &mut Ui, log: &Log) {
    let newest = log.len().checked_sub(1).and_then(|at| log.line(at));
    if let Some(line) = newest {
        ui.add(Label::new(job(ui, line)).truncate().selectable(false));
    }
}

/// The width of the menu that chooses whose lines are shown.
const FILTER: f32 = 176.0;

fn filter_ui(ui: &mut Ui, log: &mut Log, model: &Model) {
    let all = "All transfers";
    let font = FontId::proportional(14.0);
    let mut filter = log.filter;
    ui.scope(|ui| {
        ui.visuals_mut().widgets.inactive.bg_stroke = Stroke::NONE;
        let chosen = log.filter.and_then(|id| model.row(id)).map_or(all, |row| &row.name);
        let chosen = widgets::middle_cut(ui, chosen, &font, FILTER - 48.0);
        let menu = ComboBox::from_id_salt("log of").selected_text(chosen).width(FILTER);
        let response = menu.show_ui(ui, |ui| {
            ui.selectable_value(&mut filter, None, all);
            for row in model.rows().iter().rev().take(50) {
                let name = widgets::middle_cut(ui, &row.name, &font, 300.0);
                ui.selectable_value(&mut filter, Some(row.id), name);
            }
        });
        let menu = response.response;
        menu.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, "Log of"));
    });
    if filter != log.filter {
        log.set_filter(filter);
    }
}

/// Draws the lines. It stays at the newest unless it was scrolled up.
pub fn lines_ui(ui: &mut Ui, log: &Log) {
    ui.spacing_mut().item_spacing.y = 3.0;
    // A panel is as high as what is in it: it must not shrink when there is little.
    ui.set_min_height(ui.available_height());
    if log.is_empty() {
        let quiet = look::colors(ui).quiet;
        let words = "What Ashore and the servers say to each other appears here.";
        widgets::message(ui, None, words, quiet);
        return;
    }
    let height = ui.fonts_mut(|fonts| fonts.row_height(&look::log_font()));
    let scroll = ScrollArea::vertical().auto_shrink(false).stick_to_bottom(true);
    scroll.show_rows(ui, height, log.len(), |ui, rows| {
        for line in rows.filter_map(|at| log.line(at)) {
            ui.add(Label::new(job(ui, line)).truncate());
        }
    });
}

/// A line in its colours: when, by whom, what.
fn job(ui: &Ui, line: &Line) -> LayoutJob {
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
    let mut said = said(line);
    if let Some((end, _)) = said.char_indices().nth(MOST_LETTERS) {
        said.truncate(end);
        said.push('…');
    }
    job.append(&said, space::M, format(color));
    job
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::SystemTime;

    const A: TransferId = TransferId(1);
    const B: TransferId = TransferId(2);

    fn line(text: &str) -> Line {
        Line { at: SystemTime::UNIX_EPOCH, voice: Voice::Sent, text: text.to_owned() }
    }

    #[test]
    fn the_log_forgets_its_oldest_lines_and_no_others() {
        let mut log = Log::new();
        for n in 0..MOST_LINES + 3 {
            log.push(if n % 2 == 0 { A } else { B }, line(&n.to_string()));
        }
        assert_eq!(log.len(), MOST_LINES);
        assert_eq!(log.line(0).unwrap().text, "3");
        assert_eq!(log.line(MOST_LINES - 1).unwrap().text, (MOST_LINES + 2).to_string());
        log.set_filter(Some(A));
        assert_eq!(log.line(0).unwrap().text, "4");
        log.push(A, line("new"));
        log.push(B, line("not shown"));
        log.push(A, line("newest"));
        assert_eq!(log.line(0).unwrap().text, "6");
        assert_eq!(log.line(log.len() - 1).unwrap().text, "newest");
    }

    #[test]
    fn one_transfer_alone_can_be_read_and_copied() {
        let mut log = Log::new();
        log.push(A, line("USER anonymous"));
        log.push(B, line("RETR other"));
        log.push(A, Line { voice: Voice::Received, ..line("331 Password?\u{1b}[2J") });
        log.set_filter(Some(A));
        let text = log.text();
        let lines: Vec<_> = text.lines().map(|line| line.get(10..).unwrap()).collect();
        assert_eq!(lines, ["→ USER anonymous", "← 331 Password?\\u{1b}[2J"]);
    }
}
