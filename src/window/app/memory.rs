//! What the person chose and where they were: heeded at once, and remembered.

use eframe::egui;

use super::App;
use crate::ftp::Address;
use crate::settings::Setting;
use crate::window::status::preference;

impl App {
    /// Does as the person has chosen, at once.
    pub(super) fn heed(&mut self, ctx: &egui::Context, setting: &Setting) {
        match setting {
            Setting::Theme(theme) => ctx.set_theme(preference(*theme)),
            Setting::HighContrast(_) => self.dress(ctx),
            Setting::Zoom(zoom) => ctx.set_zoom_factor(*zoom),
            Setting::RateLimit(limit) => self.commons.throttle.set(limit.now()),
            Setting::Connections(number) => self.commons.lanes.choose(*number),
            Setting::Proxy(choice) => {
                self.commons.proxies.choose(choice.clone());
                self.errands.hang_up();
            }
            Setting::Patience(patience) => self.errands.be_patient(*patience),
            _ => {}
        }
    }

    /// Remembers where the person was.
    pub(super) fn visited(&mut self, address: &Address) {
        if let Some(setting) = self.screen.visited(address) {
            let written = self.settings.choose(&setting);
            self.settle(written);
        }
    }

    /// What is remembered when the window closes.
    pub(super) fn remember(&mut self) {
        let mut all = self.frame.news(&self.settings);
        if (self.zoom - self.settings.zoom()).abs() > 0.001 {
            all.push(Setting::Zoom(self.zoom));
        }
        let recent = self.screen.settings.recent();
        if recent != self.settings.recent() {
            all.push(Setting::Recent(recent));
        }
        for setting in all {
            self.settings.choose(&setting).ok();
        }
    }
}
