//! The window itself: events in, picture out, orders down.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};
use std::{fmt, io};

use crossbeam_channel::Receiver;
use eframe::egui;

use super::dialogs::{Answer, Dialogs};
use super::screen::{Screen, Wish};
use super::{Prefill, look};
use crate::settings;
use crate::transfer::{Engine, Event};

/// News are gathered for this long before they are drawn: ten pictures a second are a moving bar,
/// more are only work.
const BETWEEN_PICTURES: Duration = Duration::from_millis(100);

/// The most events that are taken in at once, so that a flood of them cannot freeze the window.
const MOST_EVENTS: usize = 20_000;

/// The window: a [`Screen`], and the engine that makes its wishes come true.
pub struct App {
    screen: Screen,
    engine: Engine,
    events: Receiver<Event>,
    dialogs: Dialogs,
    /// Whether a picture is ordered already, so that a hundred events order one.
    is_woken: Arc<AtomicBool>,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("screen", &self.screen).finish_non_exhaustive()
    }
}

impl App {
    /// Starts the engine and fills in the form.
    ///
    /// # Errors
    ///
    /// If the engine's thread cannot be started.
    pub fn new(ctx: &egui::Context, prefill: &Prefill) -> io::Result<Self> {
        look::dress(ctx);
        let is_woken = Arc::new(AtomicBool::new(false));
        let (waker, woken) = (ctx.clone(), Arc::clone(&is_woken));
        let (engine, events) = Engine::start(move || {
            if !woken.swap(true, Ordering::AcqRel) {
                waker.request_repaint_after(BETWEEN_PICTURES);
            }
        })?;
        let mut screen = Screen::new(settings::download_folder());
        screen.take(prefill);
        Ok(Self { screen, engine, events, dialogs: Dialogs::new(ctx.clone()), is_woken })
    }

    fn answer(&mut self, answer: Answer) {
        let form = &mut self.screen.form;
        match answer {
            Answer::Chosen(path) => form.take_place(&path),
            Answer::NotChosen => {}
            Answer::NoDialog => {
                form.hint = Some(
                    "No file dialog could be shown here. Type the path instead; it works the same."
                        .to_owned(),
                );
            }
            Answer::NotShown(id, why) => {
                self.screen.model.note(id, why);
                return;
            }
        }
        self.screen.is_choosing = false;
    }

    fn fulfil(&mut self, wish: Wish, frame: &eframe::Frame) {
        match wish {
            Wish::Download(request) => {
                let id = self.engine.download(request.as_ref().clone());
                self.screen.model.add(id, *request);
            }
            Wish::Cancel(id) => self.engine.cancel(id),
            Wish::Pause(id) => self.engine.pause(id),
            Wish::Resume(id) => self.engine.resume(id),
            Wish::Replace(id, request) => self.engine.replace(id, *request),
            Wish::Clear(ids) => self.engine.clear(ids),
            Wish::Unclear(ids) => self.engine.unclear(ids),
            Wish::TryNow(id) => self.engine.try_now(id),
            Wish::Choose { folder, name } => {
                self.screen.is_choosing = true;
                self.dialogs.choose(&folder, &name, frame);
            }
            Wish::Open(id, path) => self.dialogs.open(id, path),
            Wish::ShowInFolder(id, path) => self.dialogs.show_in_folder(id, path),
        }
    }
}

impl eframe::App for App {
    /// Takes in the news. eframe calls this even while the window is hidden or minimised, which it
    /// does not promise for [`ui`](eframe::App::ui), so a hidden window never stalls a download.
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        self.is_woken.store(false, Ordering::Release);
        let now = SystemTime::now();
        for event in self.events.try_iter().take(MOST_EVENTS) {
            self.screen.hear(event, now);
        }
        if !self.events.is_empty() {
            ctx.request_repaint();
        }
        let answers: Vec<_> = self.dialogs.answers().collect();
        for answer in answers {
            self.answer(answer);
        }
    }

    /// Draws first and acts after, so that one picture shows one state of things.
    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        let wishes = self.screen.ui(ui);
        if !wishes.is_empty() {
            ui.ctx().request_repaint();
        }
        for wish in wishes {
            self.fulfil(wish, frame);
        }
    }
}
