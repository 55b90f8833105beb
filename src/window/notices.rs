//! What is to be said about no transfer in particular: once, in a quiet line that can be put away.

use eframe::egui::{Align, Label, Layout, RichText, Ui, vec2};

use super::batch::Batch;
use super::icons::Icon;
use super::look::{self, space};
use super::widgets;
use crate::words;

/// The lines that are still to be read.
#[derive(Debug, Default)]
pub(super) struct Notices {
    sentences: Vec<String>,
    /// Addresses that were pasted together, and wait for a word from the person.
    pub(super) batch: Option<Batch>,
}

/// What the person asked of a line.
#[derive(Debug)]
pub(super) enum NoticeAction {
    /// Bring all of these here.
    Download(Batch),
}

impl Notices {
    pub(super) fn is_empty(&self) -> bool {
        self.sentences.is_empty() && self.batch.is_none()
    }

    pub(super) fn say(&mut self, sentence: String) {
        if !self.sentences.contains(&sentence) {
            self.sentences.push(sentence);
        }
    }

    /// Draws the lines. `folder` is where the files of a batch go, as it may be shown.
    pub(super) fn ui(&mut self, ui: &mut Ui, folder: &str) -> Option<NoticeAction> {
        ui.spacing_mut().item_spacing.y = space::XS;
        let mut is_away = None;
        for (at, sentence) in self.sentences.iter().enumerate() {
            let stop = if sentence.ends_with('.') { "" } else { "." };
            let text = format!("{}{stop}", words::shown(sentence));
            if line(ui, &text, "Put the notice away", None) == Some(false) {
                is_away = Some(at);
            }
        }
        if let Some(at) = is_away {
            self.sentences.remove(at);
        }
        let batch = self.batch.as_ref()?;
        let button = batch.button();
        let answer = line(ui, &batch.sentence(folder), "Put the addresses away", Some(&button))?;
        let batch = self.batch.take()?;
        answer.then_some(NoticeAction::Download(batch))
    }
}

/// One line: whether its button was clicked, or its cross.
fn line(ui: &mut Ui, text: &str, away: &str, button: Option<&(String, String)>) -> Option<bool> {
    let colors = look::colors(ui);
    let mut answer = None;
    // Not higher than its words: a layout that is free to would take all the room there is.
    let size = vec2(ui.available_width(), look::SMALL);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Min), |ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        if widgets::icon_button(ui, Icon::Cross, away).clicked() {
            answer = Some(false);
        }
        if let Some((words, target)) = button {
            let size = vec2(widgets::button_width(ui, words), look::SMALL);
            let layout = Layout::right_to_left(Align::Center); // Its words are in its middle.
            let draw = |ui: &mut Ui| widgets::named_button(ui, words, target, true);
            if ui.allocate_ui_with_layout(size, layout, draw).inner {
                answer = Some(true);
            }
        }
        ui.with_layout(Layout::top_down(Align::Min), |ui| {
            ui.set_min_height(look::SMALL);
            ui.add_space(6.0);
            let text = RichText::new(text).font(look::fact_font()).color(colors.text);
            ui.add(Label::new(text).wrap());
        });
    });
    answer
}
