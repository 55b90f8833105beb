//! What reaches the window from outside: answers of dialogs, and links that other starts hand over.

use crossbeam_channel::Receiver;
use eframe::egui::{self, UserAttentionType, ViewportCommand};

use super::App;
use crate::window::dialogs::{Answer, NONE_HERE};

impl App {
    /// Takes in what came of a dialog.
    pub(super) fn answer(&mut self, answer: Answer) {
        match answer {
            Answer::Chosen(path) => self.screen.take_place(&path),
            Answer::NotChosen => self.screen.take_no_place(None),
            Answer::NoDialog => {
                let hint = format!("{NONE_HERE}. Type the path instead; it works the same.");
                self.screen.take_no_place(Some(&hint));
            }
            Answer::Said(sentence) => {
                self.screen.say(sentence);
                return;
            }
            Answer::NotShown(id, why) => {
                self.screen.model.note(id, why);
                return;
            }
        }
        self.screen.is_choosing = false;
    }

    /// Shows what another start of Ashore was given, and itself.
    pub(super) fn welcome(&mut self, ctx: &egui::Context) {
        let links: Vec<_> = self.links.iter().flat_map(Receiver::try_iter).collect();
        if links.is_empty() {
            return;
        }
        links.iter().filter(|link| !link.is_empty()).for_each(|link| self.screen.take_link(link));
        ctx.send_viewport_cmd(ViewportCommand::Minimized(false));
        ctx.send_viewport_cmd(ViewportCommand::Focus);
        ctx.send_viewport_cmd(ViewportCommand::RequestUserAttention(
            UserAttentionType::Informational,
        ));
    }
}
