//! Getting a window onto the screen, and one clear line where there is none.
//!
//! winit chooses Wayland whenever `WAYLAND_DISPLAY` is set, even if nobody answers there, and can be
//! started only once in a process; some missing libraries make it panic. So the screen is looked
//! for first, and a panic before the window stands becomes an error like any other.

use std::fmt;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use eframe::egui;

use super::app::App;
use super::desktop::Desktop;
use super::handover::Door;
use super::{Prefill, frame, look};
use crate::settings::{self, Settings};

/// The name by which the desktop knows the window, and finds its `.desktop` file.
const APP_ID: &str = "org.ashore.Ashore";

/// Why no window could be shown. `Display` is one line that names what works without one.
#[derive(Debug)]
pub struct OpenError(Trouble);

#[derive(Debug)]
enum Trouble {
    /// Neither X11 nor Wayland.
    NoDisplay,
    /// There is a display, but it does not answer.
    Dead,
    /// OpenGL is not there.
    NoGraphics,
    /// A library that the window needs is not there, or something else went wrong.
    Other(String),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Trouble::NoDisplay => f.write_str("There is no graphical display here")?,
            Trouble::Dead => f.write_str("The graphical display does not answer")?,
            Trouble::NoGraphics => f.write_str(
                "OpenGL is missing (on Debian: libegl1 and libgl1-mesa-dri), so no window can be shown",
            )?,
            Trouble::Other(why) => write!(f, "No window can be shown: {why}")?,
        }
        f.write_str(". In a terminal, use: ashore get ADDRESS")
    }
}

impl std::error::Error for OpenError {}

/// Opens the window and returns when it is closed.
pub(super) fn run(prefill: Prefill, door: Option<Door>) -> Result<(), OpenError> {
    let file = if prefill.is_passing { None } else { settings::settings_file() };
    let settings = Settings::open(file);
    let mut options = eframe::NativeOptions {
        viewport: viewport(&settings.0),
        renderer: eframe::Renderer::Glow,
        ..Default::default()
    };
    choose_display(&mut options)?;
    let desktop = Desktop::follow();
    let is_up = Arc::new(AtomicBool::new(false));
    let corner = settings.0.window_place().filter(|_| !settings.0.was_maximized());
    let create = {
        let is_up = Arc::clone(&is_up);
        move |cc: &eframe::CreationContext<'_>| {
            if let (Some(window), Some(corner)) = (cc.winit_window(), corner) {
                frame::put(window, corner);
            }
            let app = App::new(&cc.egui_ctx, &prefill, settings, door, desktop)?;
            is_up.store(true, Ordering::Release);
            Ok(Box::new(app) as Box<dyn eframe::App>)
        }
    };
    // Quiet only until the window stands: a later panic is a bug, and must be heard.
    let usual: Arc<dyn Fn(&panic::PanicHookInfo<'_>) + Send + Sync> = Arc::from(panic::take_hook());
    let hook = (Arc::clone(&usual), Arc::clone(&is_up));
    panic::set_hook(Box::new(move |info| {
        let (usual, is_up) = &hook;
        if is_up.load(Ordering::Acquire) {
            usual(info);
        }
    }));
    let window = || eframe::run_native(APP_ID, options, Box::new(create));
    let ended = panic::catch_unwind(AssertUnwindSafe(window));
    panic::set_hook(Box::new(move |info| usual(info)));
    match ended {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(OpenError(trouble(&error))),
        Err(payload) if is_up.load(Ordering::Acquire) => panic::resume_unwind(payload),
        Err(payload) => Err(OpenError(Trouble::Other(one_line(&said(payload.as_ref()))))),
    }
}

fn viewport(settings: &Settings) -> egui::ViewportBuilder {
    let mut viewport = egui::ViewportBuilder::default()
        .with_title("Ashore")
        .with_app_id(APP_ID)
        .with_inner_size(settings.window_size().unwrap_or([1000.0, 700.0]))
        .with_min_inner_size([560.0, 420.0])
        .with_maximized(settings.was_maximized());
    if let Some([x, y]) = settings.window_place() {
        // Window managers put a window where they like unless it says that a person chose the place.
        // Its exact one follows in `frame::put`, once the screens are known.
        #[expect(clippy::cast_precision_loss, reason = "screens are small")]
        let corner = [x as f32, y as f32];
        viewport = viewport.with_position(corner);
    }
    match look::icon() {
        Some(icon) => viewport.with_icon(icon),
        None => viewport,
    }
}

/// Finds a display that answers, and makes winit use that one.
#[cfg(target_os = "linux")]
fn choose_display(options: &mut eframe::NativeOptions) -> Result<(), OpenError> {
    use winit::platform::x11::EventLoopBuilderExtX11 as _;

    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let has_x11 = is_set("DISPLAY");
    if is_set("WAYLAND_SOCKET") {
        return Ok(());
    }
    match (is_set("WAYLAND_DISPLAY"), has_x11) {
        (false, false) => Err(OpenError(Trouble::NoDisplay)),
        (false, true) => Ok(()),
        (true, _) if is_wayland_alive() => Ok(()),
        (true, false) => Err(OpenError(Trouble::Dead)),
        (true, true) => {
            options.event_loop_builder = Some(Box::new(|builder| {
                builder.with_x11();
            }));
            Ok(())
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn choose_display(_options: &mut eframe::NativeOptions) -> Result<(), OpenError> {
    Ok(())
}

#[cfg(target_os = "linux")]
fn is_wayland_alive() -> bool {
    let Some(name) = std::env::var_os("WAYLAND_DISPLAY") else { return false };
    // An absolute name stands for itself.
    let folder = std::env::var_os("XDG_RUNTIME_DIR").unwrap_or_default();
    let socket = std::path::Path::new(&folder).join(name);
    std::os::unix::net::UnixStream::connect(socket).is_ok()
}

fn trouble(error: &eframe::Error) -> Trouble {
    match error {
        eframe::Error::NoGlutinConfigs(..) | eframe::Error::Glutin(_) => Trouble::NoGraphics,
        eframe::Error::WinitEventLoop(_) => match one_line(&error.to_string()) {
            text if text.contains("shared librar") => Trouble::Other(text),
            _ => Trouble::Dead,
        },
        error => Trouble::Other(one_line(&error.to_string())),
    }
}

/// What a panic said.
fn said(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "something that it needs is missing".to_owned())
}

/// The first line of `text` without the places in source files that some errors carry, and short.
fn one_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let is_place = |word: &str| word.contains(".rs:") || word.contains("/src/");
    let words: Vec<_> = line.split_whitespace().filter(|word| !is_place(word)).collect();
    let line = words.join(" ");
    let line = line.trim_end_matches(['.', ':']);
    let end = line.char_indices().nth(200).map_or(line.len(), |(end, _)| end);
    line.get(..end).unwrap_or(line).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trouble_is_one_line_that_names_the_terminal() {
        let long = "x ".repeat(500) + "\nsecond line";
        for trouble in [
            Trouble::NoDisplay,
            Trouble::Dead,
            Trouble::NoGraphics,
            Trouble::Other(one_line("os error at /x/src/linux/mod.rs:765: no libXi.so.6")),
            Trouble::Other(one_line(&long)),
        ] {
            let line = OpenError(trouble).to_string();
            assert!(line.contains("ashore get"), "{line}");
            assert!(!line.contains('\n') && !line.contains(".rs") && line.len() < 300, "{line}");
        }
    }
}
