//! All that is on the screen: the form, the list, the log and the status bar.
//!
//! It starts no thread and opens no file; it draws, and says what the person wishes. So a test can
//! use it like a person without a window or an engine, and [`App`](super::app) stays the only place
//! where wishes come true.

mod browsing;
mod choices;
mod rows;

use std::path::{Path, PathBuf};
use std::time::Instant;

use eframe::egui::{self, CentralPanel, Panel, ScrollArea, Ui, vec2};

use super::Prefill;
use super::browser::Browser;
use super::form::Form;
use super::form_view::{FormAction, form_ui};
use super::keeping::Keeping;
use super::limit::LimitMenu;
use super::log::{Filter, Log, Seeking};
use super::log_view::{self, LogAction};
use super::look::{self, space};
use super::model::Model;
use super::notices::{NoticeAction, Notices};
use super::pages::Page;
use super::row::Row;
use super::sheet::Sheet;
use super::status::{Status, StatusAction, status_ui};
use super::transfers::List;
pub use super::wish::Wish;
use super::{empty, told, widgets};
use crate::ftp::Address;
use crate::settings::{Setting, Settings};
use crate::transfer::{Destination, Event, KeychainNews, Line, News, Servers};
use crate::words;

/// All that is on the screen.
#[derive(Debug)]
pub struct Screen {
    /// The form at the top.
    pub form: Form,
    /// The transfers.
    pub model: Model,
    /// The log at the bottom.
    pub log: Log,
    /// Whether the system's dialog stands open.
    pub is_choosing: bool,
    /// What the person chose.
    pub settings: Settings,
    /// What was learnt about servers.
    pub servers: Servers,
    /// Whether passwords can be kept here.
    keeping: Keeping,
    /// Whose passwords are to be kept.
    pub(super) to_keep: Vec<Address>,
    /// The proxy that the environment names, as it may be shown.
    pub proxy_of_environment: Option<String>,
    /// A link that was clicked elsewhere, and waits for a word from the person.
    pub(super) sheet: Option<Sheet>,
    /// The look around a server, if there is one; also while it is put away.
    pub browser: Option<Browser>,
    pub(super) is_browsing: bool,
    /// The page in the place of the list.
    pub(super) page: Option<Page>,
    /// Whether every fact about the chosen row is shown.
    is_detailed: bool,
    pub(super) notices: Notices,
    pub(super) limits: LimitMenu,
    list: List,
    /// The rows that were taken off the list last.
    cleared: Vec<Row>,
    /// Whether the log is open, once the person has said so; before, there must be room for it.
    is_log_open: Option<bool>,
}

impl Screen {
    /// An empty screen. Files go to `folder` unless the person says otherwise.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        let mut log = Log::new();
        // Plain sentences first; the conversation is for who asks for it.
        log.set_filter(Filter { is_story: true, ..Filter::default() });
        Self {
            form: Form::new(folder),
            model: Model::new(),
            log,
            is_choosing: false,
            settings: Settings::default(),
            servers: Servers::default(),
            keeping: Keeping::default(),
            to_keep: Vec::new(),
            proxy_of_environment: None,
            sheet: None,
            browser: None,
            is_browsing: false,
            page: None,
            is_detailed: false,
            notices: Notices::default(),
            limits: LimitMenu::default(),
            list: List::default(),
            cleared: Vec::new(),
            is_log_open: None,
        }
    }

    /// Fills the form with what Ashore was started with. Nothing starts by itself.
    pub fn take(&mut self, prefill: &Prefill) {
        if let Some(address) = &prefill.address {
            self.take_link(address);
        }
        if let Some(path) = &prefill.save_to {
            self.take_place(path);
        }
    }

    /// Says something that is about no transfer, once, in a quiet line.
    pub fn say(&mut self, sentence: String) {
        self.notices.say(sentence);
    }

    /// What the log says of an event that is no line of it.
    pub(super) fn told(&self, event: &Event) -> Option<Line> {
        told::told(&event.news, self.model.row(event.id)?)
    }

    /// Takes in what the engine tells.
    pub fn hear(&mut self, event: Event) {
        let over = matches!(event.news, News::Ended(_)).then_some(event.id);
        let (id, told) = (event.id, self.told(&event));
        let line = self.model.apply(event).map(|(_, line)| line).or(told);
        if let Some(line) = line {
            if let Some(row) = self.model.row(id) {
                self.log.know(&row.request.address);
            }
            self.log.push(id, line);
        }
        if let Some(id) = over {
            self.form.look_again();
            if let (Some(browser), Some(row)) = (&mut self.browser, self.model.row(id))
                && let Destination::File(file) = &row.request.destination
            {
                browser.is_over(file);
            }
        }
    }

    /// Draws everything, and says what the person wishes.
    pub fn ui(&mut self, ui: &mut Ui) -> Vec<Wish> {
        let mut wishes = Vec::new();
        self.keeping.lay_out(ui);
        Self::leave_menu(ui);
        self.take_paste(ui);
        wishes.extend(self.take_drop(ui));
        // Whatever goes into the form is to be seen there.
        if self.form.focus.is_some() {
            self.is_browsing = false;
            self.page = None;
        }
        self.is_browsing &= self.sheet.is_none();
        if !self.is_browsing && self.page.is_none() {
            self.form_panel(ui, &mut wishes);
        }
        self.notice_panel(ui, &mut wishes);
        wishes.extend(self.status_panel(ui));
        self.log_panel(ui, &mut wishes);
        wishes.extend(self.keys(ui));
        if self.page.is_some() {
            wishes.extend(self.page_panel(ui));
        } else if self.is_browsing {
            self.aside_panel(ui, &mut wishes);
            self.browser_panel(ui);
        } else {
            wishes.extend(self.list_keys(ui));
            wishes.extend(self.selection_panel(ui));
            self.details_panel(ui);
            self.list_panel(ui, &mut wishes);
        }
        self.fulfil_wants(ui, &mut wishes);
        if Keeping::is_wanted(ui) {
            self.keeping = Keeping::Asked;
            wishes.push(Wish::FindKeychain);
        }
        // Before whatever uses them.
        let to_keep = self.to_keep.drain(..);
        wishes.splice(0..0, to_keep.map(|address| Wish::Keep(Box::new(address))));
        wishes.into_iter().map(|wish| self.in_the_chosen_way(wish)).collect()
    }

    /// Takes in what the keychain has to say.
    pub fn take_keychain_news(&mut self, news: KeychainNews) {
        match news {
            KeychainNews::Found(Ok(())) => self.keeping = Keeping::Possible,
            KeychainNews::Found(Err(what)) => self.keeping = Keeping::Missing(what),
            KeychainNews::Trouble(sentence) => self.say(sentence),
        }
    }

    fn notice_panel(&mut self, ui: &mut Ui, wishes: &mut Vec<Wish>) {
        if self.notices.is_empty() {
            return;
        }
        let (folder, _) = self.form.place();
        let shown = words::shown(&folder.to_string_lossy());
        let frame = egui::Frame::new().fill(look::colors(ui).ground);
        let frame = frame.inner_margin(egui::Margin::symmetric(16, 8));
        let panel = Panel::top("notices").frame(frame).resizable(false);
        match panel.show(ui, |ui| self.notices.ui(ui, &shown)).inner {
            Some(NoticeAction::Download(batch)) => {
                wishes.push(Wish::DownloadAll(batch.into_requests(&folder)));
            }
            None => {}
        }
    }

    fn form_panel(&mut self, ui: &mut Ui, wishes: &mut Vec<Wish>) {
        let frame = look::surface_frame(ui, vec2(space::L, space::M));
        if self.sheet.is_some() {
            let panel = Panel::top("sheet").frame(frame).resizable(false);
            panel.show(ui, |ui| self.link_sheet(ui, wishes));
            return;
        }
        let panel = Panel::top("form").frame(frame).resizable(false);
        let action = panel.show(ui, |ui| {
            let model = &self.model;
            let coming = |path: &Path| model.coming(path);
            form_ui(ui, &mut self.form, &self.settings, &coming, self.is_choosing)
        });
        match action.inner {
            Some(FormAction::Download(request)) => {
                self.keep_of_form(&request.address);
                wishes.push(Wish::Download(request));
            }
            Some(FormAction::Choose { folder, name }) => {
                wishes.push(Wish::Choose { folder, name });
            }
            Some(FormAction::Browse(address)) => {
                self.keep_of_form(&address);
                self.browse(*address);
            }
            Some(FormAction::Place(action)) => wishes.extend(self.go(action)),
            None => {}
        }
    }

    fn keep_of_form(&mut self, address: &Address) {
        if std::mem::take(&mut self.form.keeps_password) {
            self.to_keep.push(address.clone());
        }
    }

    fn status_panel(&mut self, ui: &mut Ui) -> Option<Wish> {
        let frame = look::surface_frame(ui, vec2(space::L, 0.0));
        let status = Status {
            totals: self.model.totals(),
            room: &self.room(),
            can_undo: !self.cleared.is_empty(),
            limit: self.settings.rate_limit(),
        };
        let panel = Panel::bottom("status").frame(frame).exact_size(look::STRIP);
        let menu = &mut self.limits;
        let draw = |ui: &mut Ui| status_ui(ui, status, menu);
        let shown = panel.show(ui, |ui| ui.horizontal_centered(draw).inner);
        Some(match shown.inner? {
            StatusAction::PauseAll => Wish::PauseAll,
            StatusAction::ResumeAll => Wish::ResumeAll,
            StatusAction::Undo => self.undo(),
            StatusAction::Limit(limit) => self.choose(Setting::RateLimit(limit)),
            StatusAction::Theme(theme) => self.choose(Setting::Theme(theme)),
            StatusAction::Settings => return self.turn_to(self.settings_page()),
            StatusAction::Keys => return self.turn_to(Page::Keys),
        })
    }

    fn room(&self) -> String {
        let free = self.form.facts().and_then(|facts| facts.free);
        free.map(|free| format!("{} free", words::bytes(free))).unwrap_or_default()
    }

    fn log_panel(&mut self, ui: &mut Ui, wishes: &mut Vec<Wish>) {
        let mut action = None;
        let is_roomy = ui.content_rect().height() >= look::LOW_WINDOW;
        let mut is_open = self
            .is_log_open
            .unwrap_or_else(|| is_roomy && !self.is_browsing && !self.model.rows().is_empty());
        let before = is_open;
        // The words of the bar begin where all others do: its buttons bring the other half.
        let frame = look::surface_frame(ui, vec2(space::S, 0.0));
        let room = ui.available_height();
        let (log, model) = (&mut self.log, &self.model);
        if is_open {
            let most = (room - 120.0).max(look::STRIP + 60.0);
            let panel = Panel::bottom("log").frame(frame).resizable(true);
            let panel =
                panel.default_size(look::LOG.min(most)).size_range(92.0_f32.min(most)..=most);
            panel.show(ui, |ui| {
                action = log_view::bar_ui(ui, log, model, &mut is_open);
                let lines = widgets::margin(8, 4).show(ui, |ui| log_view::lines_ui(ui, log, model));
                action = lines.inner.or(action.take());
            });
        } else {
            let panel = Panel::bottom("folded log").frame(frame).exact_size(look::STRIP);
            panel.show(ui, |ui| log_view::bar_ui(ui, log, model, &mut is_open));
        }
        if is_open != before {
            self.is_log_open = Some(is_open);
            ui.ctx().request_repaint();
        }
        wishes.extend(self.seek(ui));
        match action {
            Some(LogAction::Whole(is_whole)) => {
                wishes.push(self.choose(Setting::WholeLog(is_whole)));
            }
            Some(LogAction::Save) => wishes.push(Wish::SaveLog(Box::new(self.log.dump()))),
            Some(LogAction::GiveUp) => {
                self.log.give_up();
                wishes.push(Wish::Seek(None));
            }
            None => {}
        }
    }

    /// Has older lines looked for, once nothing more is typed.
    fn seek(&mut self, ui: &Ui) -> Option<Wish> {
        let now = Instant::now();
        if let Seeking::Due(when) = self.log.seeking() {
            ui.ctx().request_repaint_after(when.saturating_duration_since(now));
        }
        self.log.hunt(now).map(|hunt| Wish::Seek(Some(hunt)))
    }

    fn list_panel(&mut self, ui: &mut Ui, wishes: &mut Vec<Wish>) {
        let frame = egui::Frame::new().fill(look::colors(ui).ground);
        CentralPanel::default().frame(frame).show(ui, |ui| {
            if self.model.rows().is_empty() && self.sheet.is_some() {
                return; // It is all there is to decide.
            }
            if self.model.rows().is_empty() {
                let area = ScrollArea::vertical().auto_shrink(false);
                let action = area.show(ui, |ui| empty::empty_ui(ui, &self.settings)).inner;
                wishes.extend(action.and_then(|action| self.go(action)));
                return;
            }
            self.list_ui(ui, wishes);
        });
    }
}
