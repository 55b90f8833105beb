//! What the desktop wears: dark or light, and whether its colours are far apart, as its portal for
//! settings says (`org.freedesktop.portal.Settings`). winit hears nothing of it on X11 and Wayland.
//!
//! Where there is no portal nothing is heard, and nothing is missing: the person can choose.

use std::sync::{Arc, OnceLock};

use crossbeam_channel::{Receiver, unbounded};
use eframe::egui::{self, Theme};

/// What the desktop wears, as far as it says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wear {
    /// Dark or light. `None`: it does not care.
    pub theme: Option<Theme>,
    /// Whether colours are to be as far apart as they can be.
    pub is_high_contrast: bool,
}

/// Hears what the desktop wears, now and whenever that changes.
#[derive(Debug)]
pub struct Desktop {
    heard: Receiver<Wear>,
    window: Arc<OnceLock<egui::Context>>,
}

impl Desktop {
    /// Asks the desktop, on a thread of its own: it may have gone, or never answer.
    #[must_use]
    pub fn follow() -> Self {
        let (sender, heard) = unbounded();
        let window = Arc::<OnceLock<egui::Context>>::default();
        let waker = Arc::clone(&window);
        let tell = move |wear| {
            sender.send(wear).ok();
            if let Some(window) = waker.get() {
                window.request_repaint();
            }
        };
        // Without a thread nothing is heard, as where there is no portal.
        let thread = std::thread::Builder::new().name("desktop".to_owned());
        thread.spawn(move || portal::listen(&tell)).ok();
        Self { heard, window }
    }

    /// From now on, changes wake this window.
    pub(super) fn wake(&self, window: &egui::Context) {
        self.window.get_or_init(|| window.clone());
    }

    /// What it wears, if that was heard since the last time.
    pub fn heard(&self) -> Option<Wear> {
        self.heard.try_iter().last()
    }
}

#[cfg(target_os = "linux")]
mod portal {
    use std::collections::HashMap;

    use eframe::egui::Theme;
    use zbus::blocking::{Connection, Proxy};
    use zbus::zvariant::{OwnedValue, Value};

    use super::Wear;

    const NAMESPACE: &str = "org.freedesktop.appearance";

    /// Listens until the bus goes. What cannot be heard is no trouble of anybody's.
    pub(super) fn listen(tell: &dyn Fn(Wear)) {
        listen_on_the_bus(tell).ok();
    }

    fn listen_on_the_bus(tell: &dyn Fn(Wear)) -> zbus::Result<()> {
        let bus = Connection::session()?;
        let portal = Proxy::new(
            &bus,
            "org.freedesktop.portal.Desktop",
            "/org/freedesktop/portal/desktop",
            "org.freedesktop.portal.Settings",
        )?;
        // First of all, so that no change falls between the question and the listening.
        let changes = portal.receive_signal_with_args("SettingChanged", &[(0, NAMESPACE)])?;
        let mut all: HashMap<String, HashMap<String, OwnedValue>> =
            portal.call("ReadAll", &(vec![NAMESPACE],))?;
        let mut wear = Wear::default();
        for (key, value) in all.remove(NAMESPACE).unwrap_or_default() {
            put_on(&mut wear, &key, &value);
        }
        tell(wear);
        for change in changes {
            let body = change.body();
            let (_, key, value): (&str, &str, Value<'_>) = body.deserialize()?;
            put_on(&mut wear, key, &value);
            tell(wear);
        }
        Ok(())
    }

    fn put_on(wear: &mut Wear, key: &str, value: &Value<'_>) {
        let Ok(number) = u32::try_from(value) else { return };
        match (key, number) {
            ("color-scheme", 1) => wear.theme = Some(Theme::Dark),
            ("color-scheme", 2) => wear.theme = Some(Theme::Light),
            ("color-scheme", _) => wear.theme = None,
            ("contrast", number) => wear.is_high_contrast = number == 1,
            _ => {}
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod portal {
    /// winit hears it where there are no portals.
    pub(super) fn listen(_tell: &dyn Fn(super::Wear)) {}
}
