//! A person at the window: finds things by their names, types, clicks, reads.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use std::path::PathBuf;

use ashore::ftp::{self, Reply};
use ashore::transfer::{
    Destination, Doubt, Event, Failure, Kept, News, Phase, Request, TransferId,
};
use ashore::window::look;
use ashore::window::screen::{Screen, Wish};
use eframe::egui::{Key, Modifiers, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tempfile::TempDir;

/// The one transfer of most tests.
pub(crate) const ID: TransferId = TransferId(1);
/// And where it comes from.
pub(crate) const LINK: &str = "ftp://ftp.example.org/pub/debian.iso";

/// A window on a download folder of its own, and what was wished in it.
pub(crate) struct Window {
    pub(crate) harness: Harness<'static, (Screen, Vec<Wish>)>,
    pub(crate) folder: TempDir,
}

impl Window {
    pub(crate) fn open() -> Self {
        Self::sized(1000.0, 700.0)
    }

    pub(crate) fn sized(width: f32, height: f32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let screen = Screen::new(folder.path().to_owned());
        let mut is_dressed = false;
        let mut harness = Harness::builder().with_size([width, height]).build_ui_state(
            move |ui, (screen, wishes): &mut (Screen, Vec<Wish>)| {
                if !is_dressed {
                    look::dress(ui.ctx(), false);
                    is_dressed = true;
                    // Its typefaces are there from the next picture on.
                    return ui.ctx().request_repaint();
                }
                wishes.extend(screen.ui(ui));
            },
            (screen, Vec::new()),
        );
        harness.run();
        Self { harness, folder }
    }

    pub(crate) fn with(link: &str) -> Self {
        let mut window = Self::open();
        window.write("Address", link);
        window
    }

    /// A window with one transfer to which `news` happened.
    pub(crate) fn after(news: impl IntoIterator<Item = News>) -> Self {
        let mut window = Self::open();
        let file = window.file("debian.iso");
        let request = Request::new(LINK.parse().unwrap(), Destination::File(file));
        window.screen().model.add(ID, request);
        for news in news {
            window.screen().hear(Event { id: ID, news });
        }
        window.harness.run();
        window
    }

    pub(crate) fn failed(failure: Failure) -> Self {
        Self::after([News::Phase(Phase::Connecting), News::Ended(Err(failure))])
    }

    pub(crate) fn screen(&mut self) -> &mut Screen {
        &mut self.harness.state_mut().0
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn focus(&mut self, field: &str) {
        self.harness.get_by_role_and_label(Role::TextInput, field).focus();
        self.harness.run();
    }

    pub(crate) fn write(&mut self, field: &str, text: &str) {
        self.focus(field);
        self.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
        self.harness.run();
        self.harness.get_by_role_and_label(Role::TextInput, field).type_text(text);
        self.harness.run();
    }

    pub(crate) fn value(&self, field: &str) -> String {
        let node = self.harness.get_by_role_and_label(Role::TextInput, field);
        node.accesskit_node().value().unwrap_or_default()
    }

    pub(crate) fn has_focus(&self, field: &str) -> bool {
        self.harness.get_by_role_and_label(Role::TextInput, field).is_focused()
    }

    pub(crate) fn click(&mut self, label: &str) {
        self.harness.get_by_label(label).click();
        self.harness.run();
    }

    pub(crate) fn press(&mut self, key: Key) {
        self.harness.key_press(key);
        self.harness.run();
    }

    pub(crate) fn shows(&self, words: &str) -> bool {
        self.harness.query_all_by_label_contains(words).next().is_some()
    }

    pub(crate) fn wishes(&mut self) -> Vec<Wish> {
        std::mem::take(&mut self.harness.state_mut().1)
    }

    /// The one download that was ordered.
    pub(crate) fn ordered(&mut self) -> Request {
        let mut wishes = self.wishes();
        wishes.retain(|wish| !matches!(wish, Wish::FindKeychain));
        match <[Wish; 1]>::try_from(wishes) {
            Ok([Wish::Download(request)]) => *request,
            other => panic!("one download, not {other:?}"),
        }
    }
}

pub(crate) fn refused(code: u16, text: &str) -> Failure {
    let reply = Reply { code, lines: vec![text.to_owned()] };
    let error = ftp::Error::Refused { command: "RETR x".to_owned(), reply };
    Failure::Server { server: "ftp.example.org".to_owned(), is_guest: false, error, kept: None }
}

pub(crate) fn doubtful() -> Failure {
    Failure::Doubtful {
        doubt: Doubt::Short { announced: 4_194_304, received: 2_097_152 },
        kept: Some(Kept { path: "/tmp/debian.iso.part".into(), length: 2_097_152 }),
    }
}
