//! What the person chooses for all transfers, and the pages on which they do.

use eframe::egui::{self, CentralPanel, Id, Key, Modifiers, Popup, Ui};

use super::{Screen, Wish};
use crate::ftp::Address;
use crate::settings::{Setting, Settings, Site, Source};
use crate::window::form::Field;
use crate::window::log::Filter;
use crate::window::look;
use crate::window::pages::{Draft, Page, PageAction, Shown, page_ui};
use crate::window::places::PlaceAction;
use crate::words;

impl Screen {
    /// Takes in what was chosen at an earlier time.
    pub fn take_settings(&mut self, settings: Settings) {
        if let Some(folder) = settings.folder() {
            self.form.take_place(&folder);
        }
        self.form.set_usual(settings.if_exists());
        let is_story = !settings.has_whole_log();
        self.log.set_filter(Filter { is_story, ..self.log.filter().clone() });
        self.settings = settings;
    }

    /// Does what was chosen, and wishes it to be remembered.
    pub(super) fn choose(&mut self, setting: Setting) -> Wish {
        match &setting {
            Setting::Folder(folder) => self.form.take_place(folder),
            Setting::IfExists(choice) => self.form.set_usual(*choice),
            _ => {}
        }
        // It has no file, so nothing can go wrong with it.
        self.settings.choose(&setting).ok();
        Wish::Set(setting)
    }

    /// An order goes out as was chosen for all orders.
    pub(super) fn in_the_chosen_way(&self, wish: Wish) -> Wish {
        match wish {
            Wish::Download(request) => Wish::Download(Box::new(self.settings.order(*request))),
            Wish::DownloadAll(requests) => {
                let requests = requests.into_iter().map(|request| self.settings.order(request));
                Wish::DownloadAll(requests.collect())
            }
            Wish::Glance(Some(request)) => {
                Wish::Glance(Some(Box::new(self.settings.order(*request))))
            }
            wish => wish,
        }
    }

    /// Takes in servers that another program knows; what is to be remembered, if anything is.
    pub fn take_sites(&mut self, source: Source, sites: Vec<Site>) -> Option<Setting> {
        let mut all = self.settings.favourites();
        let before = all.len();
        for Site { favourite, .. } in sites {
            if !all.iter().any(|known| known.address == favourite.address) {
                all.push(favourite);
            }
        }
        let new = all.len() - before;
        let (name, passwords) = match source {
            Source::FileZilla => ("FileZilla", "passwords were not"),
            Source::Netrc => (".netrc", "passwords stay there and are read when they are needed"),
        };
        self.say(match new {
            0 => format!("There are no other FTP servers in {name}"),
            1 => format!("1 server was taken in from {name}; {passwords}"),
            new => {
                let new = words::count(new as u64);
                format!("{new} servers were taken in from {name}; {passwords}")
            }
        });
        let setting = Setting::Favourites(all);
        self.settings.choose(&setting).ok();
        (new > 0).then_some(setting)
    }

    /// Somebody has arrived at `address`: what is to be remembered of that, if it is new.
    pub fn visited(&mut self, address: &Address) -> Option<Setting> {
        let before = self.settings.recent();
        let after = self.settings.recent_after(address);
        if before == after {
            return None;
        }
        let is_new = before.len() != after.len();
        let setting = Setting::Recent(after);
        self.settings.choose(&setting).ok();
        // The order alone is written down at the end: a thousand small files would write it as often.
        is_new.then_some(setting)
    }

    /// Does what was asked of the servers to go to.
    pub(super) fn go(&mut self, action: PlaceAction) -> Option<Wish> {
        match action {
            PlaceAction::Open(address) => {
                self.open(&address);
                None
            }
            PlaceAction::Choose(setting) => Some(self.choose(setting)),
        }
    }

    /// Shows a server, or a folder on it; a file goes into the form. Nothing is fetched.
    pub(super) fn open(&mut self, address: &Address) {
        self.page = None;
        self.form.take_address(&address.to_string());
        if address.path.is_folder() {
            self.form.focus = None;
            self.browse(address.clone());
        }
    }

    pub(super) fn settings_page(&self) -> Page {
        let folder = self.settings.folder().unwrap_or_else(|| self.form.place().0);
        Page::Settings(Box::new(Draft::new(&folder, &self.settings)))
    }

    /// Shows a page, or the list again if it is shown already.
    pub(super) fn turn_to(&mut self, page: Page) -> Option<Wish> {
        let is_shown = self
            .page
            .as_ref()
            .is_some_and(|shown| std::mem::discriminant(shown) == std::mem::discriminant(&page));
        self.page = (!is_shown).then_some(page);
        None
    }

    /// Esc leaves a menu that is open, and nothing that is behind it.
    pub(super) fn leave_menu(ui: &Ui) {
        if Popup::is_any_open(ui.ctx())
            && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape))
        {
            Popup::close_all(ui.ctx());
        }
    }

    /// What keys mean everywhere in the window.
    pub(super) fn keys(&mut self, ui: &Ui) -> Option<Wish> {
        let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
        if pressed(Modifiers::NONE, Key::F1) {
            return self.turn_to(Page::Keys);
        }
        if pressed(Modifiers::COMMAND, Key::Comma) {
            return self.turn_to(self.settings_page());
        }
        if pressed(Modifiers::COMMAND, Key::T) {
            let limit = self.settings.rate_limit();
            return match limit.last {
                Some(_) => Some(self.choose(Setting::RateLimit(limit.turned()))),
                None => {
                    self.limits.open(ui);
                    None
                }
            };
        }
        if pressed(Modifiers::COMMAND, Key::L) && self.sheet.is_none() {
            self.page = None;
            self.form.focus = Some(Field::Address);
            ui.ctx().request_repaint();
        }
        if pressed(Modifiers::COMMAND, Key::F) && !self.is_browsing {
            self.is_log_open = Some(true);
            ui.memory_mut(|memory| memory.request_focus(Id::unique("search the log")));
            ui.ctx().request_repaint();
        }
        None
    }

    pub(super) fn page_panel(&mut self, ui: &mut Ui) -> Option<Wish> {
        let page = self.page.as_mut()?;
        let shown = Shown {
            settings: &self.settings,
            servers: &self.servers,
            address: self.form.address(),
            environment: self.proxy_of_environment.as_deref(),
        };
        let frame = egui::Frame::new().fill(look::colors(ui).ground);
        let panel = CentralPanel::default().frame(frame);
        let action = panel.show(ui, |ui| page_ui(ui, page, shown)).inner?;
        ui.ctx().request_repaint();
        Some(match action {
            PageAction::Choose(setting) => self.choose(setting),
            PageAction::ChooseFolder(folder) => Wish::ChooseFolder(folder),
            PageAction::Forget(name) => Wish::Forget(name),
            PageAction::Import(source) => Wish::Import(source),
            PageAction::Open(address) => {
                self.open(&address);
                return None;
            }
            PageAction::Close => {
                self.page = None;
                return None;
            }
        })
    }
}
