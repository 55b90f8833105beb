//! The window itself: events in, picture out, orders down.

mod heard;
mod memory;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{fmt, io};

use crossbeam_channel::Receiver;
use eframe::egui;

use super::browser::Want;
use super::browser::errands::{Errands, Sight};
use super::desktop::{Desktop, Wear};
use super::dialogs::Dialogs;
use super::frame::Frame;
use super::handover::Door;
use super::keychain;
use super::log::Hunt;
use super::log_file::LogFile;
use super::scout::{Finding, Scout};
use super::screen::{Screen, Wish};
use super::status::preference;
use super::{Prefill, look};
use crate::settings::{self, Settings};
use crate::transfer::{
    Commons, Engine, Event, Found, KeychainNews, Netrc, News, Phase, Proxies, ProxyChoice, Servers,
};
use crate::words;

/// News are gathered for this long before they are drawn: ten pictures a second are a moving bar,
/// more are only work.
const BETWEEN_PICTURES: Duration = Duration::from_millis(100);

/// The most events that are taken in at once, so that a flood of them cannot freeze the window.
const MOST_EVENTS: usize = 20_000;

/// The window: a [`Screen`], and the engine that makes its wishes come true.
pub struct App {
    screen: Screen,
    engine: Engine,
    commons: Commons,
    events: Receiver<Event>,
    dialogs: Dialogs,
    errands: Errands,
    scout: Scout,
    keychain: Receiver<KeychainNews>,
    /// `None` on a passing visit, and where it cannot be written.
    log_file: Option<LogFile>,
    /// Links that other starts of Ashore hand over.
    links: Option<Receiver<String>>,
    settings: Settings,
    desktop: Desktop,
    wear: Wear,
    /// How large everything is drawn.
    zoom: f32,
    frame: Frame,
    /// Whether a picture is ordered already, so that a hundred events order one.
    is_woken: Arc<AtomicBool>,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("screen", &self.screen).finish_non_exhaustive()
    }
}

impl App {
    /// Starts the engine with the transfers of the last run, and fills in the form.
    ///
    /// # Errors
    ///
    /// If the engine's thread cannot be started. A list of transfers or settings that cannot be used
    /// are said in the window, and no error.
    pub fn new(
        ctx: &egui::Context,
        prefill: &Prefill,
        settings: (Settings, Option<String>),
        door: Option<Door>,
        desktop: Desktop,
    ) -> io::Result<Self> {
        let is_lasting = !prefill.is_passing;
        let mut screen = Screen::new(settings::download_folder());
        let (settings, notice) = settings;
        notice.into_iter().for_each(|notice| screen.say(notice));
        desktop.wake(ctx);
        ctx.set_theme(preference(settings.theme()));
        ctx.set_zoom_factor(settings.zoom());
        screen.take_settings(settings.unwritten());

        let is_woken = Arc::new(AtomicBool::new(false));
        let (waker, woken) = (ctx.clone(), Arc::clone(&is_woken));
        let wake = move || {
            if !woken.swap(true, Ordering::AcqRel) {
                waker.request_repaint_after(BETWEEN_PICTURES);
            }
        };
        let queue = is_lasting.then(settings::queue_file).flatten();
        let servers = is_lasting.then(settings::servers_file).flatten();
        let choice = settings.proxy();
        let (proxies, is_way_clear) = match settings::proxies() {
            Ok(proxies) => (proxies, true),
            Err(_) if choice != ProxyChoice::Environment => (Proxies::default(), true),
            Err(error) => {
                screen.say(format!("{}. Ashore goes without", words::sentence(&error.to_string())));
                (Proxies::default(), false)
            }
        };
        proxies.choose(choice);
        let (netrc, notice) =
            settings::netrc_file().map(|path| Netrc::open(&path)).unwrap_or_default();
        notice.into_iter().for_each(|notice| screen.say(notice));
        let servers = servers.map(Servers::open).unwrap_or_default();
        screen.servers = servers.clone();
        screen.proxy_of_environment = proxies.of_environment();
        let (passwords, keychain) = keychain::open(ctx.clone());
        let commons = Commons { servers, proxies, netrc, passwords, ..Commons::default() };
        commons.throttle.set(settings.rate_limit().now());
        commons.lanes.choose(settings.connections());
        let mut errands = Errands::new(commons.clone(), wake.clone());
        settings.patience().into_iter().for_each(|patience| errands.be_patient(patience));
        let scout = Scout::new(ctx.clone(), commons.clone());
        let (engine, events, found) = start(queue.as_deref(), commons.clone(), wake)?;
        found.notice.into_iter().for_each(|notice| screen.say(notice));
        screen.model.restore(found.entries);
        if settings.continues_at_start() && is_way_clear {
            engine.resume_all();
        }
        screen.take(prefill);
        let dialogs = Dialogs::new(ctx.clone());
        let waker = ctx.clone();
        let links = door.map(|door| door.open(move || waker.request_repaint())).transpose()?;
        let log_file = is_lasting.then(settings::log_folder).flatten();
        let log_file = log_file.and_then(|folder| LogFile::open(&folder).ok());
        screen.log.has_file = log_file.is_some();
        let app = Self {
            wear: desktop.heard().unwrap_or_default(),
            desktop,
            screen,
            engine,
            commons,
            events,
            dialogs,
            errands,
            scout,
            keychain,
            log_file,
            links,
            frame: Frame::of(&settings),
            settings,
            zoom: 1.0,
            is_woken,
        };
        app.dress(ctx);
        Ok(app)
    }

    /// Looks as the desktop does, where the person has not chosen otherwise.
    fn dress(&self, ctx: &egui::Context) {
        let Wear { theme, is_high_contrast } = self.wear;
        look::dress(ctx, self.screen.settings.has_high_contrast(is_high_contrast));
        look::follow(ctx, theme);
    }

    fn fulfil(&mut self, wish: Wish, ctx: &egui::Context, frame: &eframe::Frame) {
        match wish {
            Wish::Download(request) => {
                let id = self.engine.download(request.as_ref().clone());
                self.screen.model.add(id, *request);
            }
            Wish::DownloadAll(requests) => {
                let ids = self.engine.download_all(requests.iter().cloned());
                for (id, request) in ids.into_iter().zip(requests) {
                    self.screen.model.add(id, request);
                }
            }
            Wish::Cancel(id) => self.engine.cancel(id),
            Wish::Pause(id) => self.engine.pause(id),
            Wish::PauseAll => self.engine.pause_all(),
            Wish::ResumeAll => self.engine.resume_all(),
            Wish::Reorder(ids) => self.engine.reorder(ids),
            Wish::Resume(id) => self.engine.resume(id),
            Wish::Replace(id, request) => self.engine.replace(id, *request),
            Wish::Trust { host, port, pin, orders } => {
                let written = self.commons.servers.learn(&host, port, |known| {
                    known.pin = Some(pin);
                });
                self.settle(written);
                orders.into_iter().for_each(|(id, request)| self.engine.replace(id, request));
            }
            Wish::Clear(ids) => self.engine.clear(ids),
            Wish::Unclear(ids) => self.engine.unclear(ids),
            Wish::TryNow(id) => self.engine.try_now(id),
            Wish::Files(id) => self.engine.files(id),
            Wish::Glance(request) => self.scout.glance(request.map(|request| *request)),
            Wish::Read(files) => self.scout.read(files),
            Wish::Choose { folder, name } => {
                self.screen.is_choosing = true;
                self.dialogs.choose(&folder, &name, frame);
            }
            Wish::SaveLog(dump) => {
                let files = self.log_file.as_ref().map(LogFile::files);
                self.dialogs.save_log(*dump, files, frame);
            }
            Wish::Seek(hunt) => self.seek(hunt, ctx),
            Wish::ChooseFolder(folder) => {
                self.screen.is_choosing = true;
                self.dialogs.choose_folder(&folder, frame);
            }
            Wish::Browse(wants) => self.send(wants),
            Wish::Open(id, path) => self.dialogs.open(id, path),
            Wish::ShowInFolder(id, path) => self.dialogs.show_in_folder(id, path),
            Wish::Set(setting) => {
                self.heed(ctx, &setting);
                let written = self.settings.choose(&setting);
                self.settle(written);
            }
            Wish::Import(source) => self.scout.sites(source),
            Wish::Encode { host, port, encoding } => {
                let written = self.commons.servers.learn(&host, port, |known| {
                    known.encoding = encoding;
                });
                self.settle(written);
            }
            Wish::FindKeychain => self.commons.passwords.look(),
            Wish::Keep(address) => {
                self.commons.passwords.keep(&address.host, address.port, &address.login);
            }
            Wish::Forget(name) => {
                self.commons.passwords.erase(&self.commons.servers, &name);
                let written = self.commons.servers.forget(&name);
                self.settle(written);
            }
        }
    }

    /// Sends the browser's errands out, or calls them back.
    fn send(&mut self, wants: Vec<Want>) {
        for want in wants {
            match want {
                Want::Send(place, errand) => self.errands.send(&place, errand),
                Want::Stop(kind) => self.errands.stop(kind),
                _ => {}
            }
        }
    }

    /// Has older lines looked for in the file.
    fn seek(&mut self, hunt: Option<Hunt>, ctx: &egui::Context) {
        let Some(file) = &mut self.log_file else { return };
        let ctx = ctx.clone();
        match hunt {
            Some(hunt) => file.seek(hunt, move || ctx.request_repaint()),
            None => file.give_up(),
        }
    }

    /// Says it if a setting could not be written down.
    fn settle(&mut self, written: io::Result<()>) {
        if let Err(error) = written {
            let why = words::io_error(&error);
            self.screen.say(format!("The settings could not be saved: {why}"));
        }
    }
}

/// Starts the engine on the list of transfers in `queue`; without one, or if that cannot be used, on
/// a list that ends with the program.
fn start(
    queue: Option<&Path>,
    commons: Commons,
    wake: impl Fn() + Send + Sync + Clone + 'static,
) -> io::Result<(Engine, Receiver<Event>, Found)> {
    let notice = match queue.map(|queue| Engine::open(queue, commons.clone(), wake.clone())) {
        Some(Ok(opened)) => return Ok(opened),
        Some(Err(error)) => {
            let why = words::io_error(&error);
            Some(format!(
                "The list of transfers cannot be kept on disk: {why}. It is forgotten when Ashore ends"
            ))
        }
        None => None,
    };
    let (engine, events) = Engine::start(commons, wake)?;
    Ok((engine, events, Found { entries: Vec::new(), notice }))
}

impl eframe::App for App {
    /// Takes in the news. eframe calls this even while the window is hidden or minimised, which it
    /// does not promise for [`ui`](eframe::App::ui), so a hidden window never stalls a download.
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        self.is_woken.store(false, Ordering::Release);
        let mut visited = Vec::new();
        for event in self.events.try_iter().take(MOST_EVENTS) {
            if let Some(file) = &mut self.log_file {
                let told = self.screen.told(&event);
                let line = if let News::Line(line) = &event.news { Some(line) } else { None };
                line.into_iter().chain(&told).for_each(|it| file.write(&event.id.into(), it));
            }
            let arrived = matches!(event.news, News::Phase(Phase::Receiving)).then_some(event.id);
            self.screen.hear(event);
            let row = arrived.and_then(|id| self.screen.model.row(id));
            visited.extend(row.map(|row| row.request.address.clone()));
        }
        visited.iter().for_each(|address| self.visited(address));
        if !self.events.is_empty() {
            ctx.request_repaint();
        }
        self.welcome(ctx);
        if let Some(wear) = self.desktop.heard() {
            self.wear = wear;
            self.dress(ctx);
        }
        let findings: Vec<_> = self.scout.findings().collect();
        for finding in findings {
            match finding {
                Finding::Glance(address, answer) => self.screen.glanced(&address, *answer),
                Finding::Sites(source, sites) => {
                    for site in &sites {
                        let written = site.teach(&self.commons.servers);
                        self.settle(written);
                    }
                    if let Some(setting) = self.screen.take_sites(source, sites) {
                        let written = self.settings.choose(&setting);
                        self.settle(written);
                    }
                }
                Finding::Text(text) => self.screen.take_dropped(&text),
                Finding::Unread(why) => self.screen.say(why),
            }
        }
        let sights: Vec<_> = self.errands.sights().collect();
        if !sights.is_empty() {
            ctx.request_repaint();
        }
        for sight in sights {
            if let (Some(file), Sight::Line(line), Some(talk)) =
                (&mut self.log_file, &sight, self.screen.visit())
            {
                file.write(&talk, line);
            }
            let is_there = matches!(sight, Sight::Listed(_, Ok(_)));
            self.screen.see(sight);
            if let (true, Some(browser)) = (is_there, &self.screen.browser) {
                self.visited(&browser.here());
            }
        }
        for (number, lines) in self.log_file.iter().flat_map(LogFile::findings) {
            self.screen.log.found(number, lines);
        }
        let news = self.keychain.try_iter();
        news.for_each(|news| self.screen.take_keychain_news(news));
        let answers: Vec<_> = self.dialogs.answers().collect();
        for answer in answers {
            self.answer(answer);
        }
    }

    /// Draws first and acts after, so that one picture shows one state of things.
    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        // The window itself has no other name for those who hear it.
        let name = |node: &mut egui::accesskit::Node| node.set_label("Ashore");
        ui.ctx().accesskit_node_builder(egui::accesskit_root_id(), name);
        self.zoom = ui.ctx().zoom_factor();
        self.frame.look(ui);
        let wishes = self.screen.ui(ui);
        if !wishes.is_empty() {
            ui.ctx().request_repaint();
        }
        for wish in wishes {
            self.fulfil(wish, ui.ctx(), frame);
        }
    }

    /// The ground, which shows where two panels do not meet at an odd size.
    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }

    /// Remembers how large the window was, where, and everything in it.
    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.remember();
    }
}
