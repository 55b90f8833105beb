//! Where the window is and how large, from one run to the next.

use eframe::egui::{Ui, ViewportCommand};
use winit::dpi::PhysicalPosition;
use winit::window::Window;

use crate::settings::{Setting, Settings};

/// So much of the window's upper edge must be on a screen for somebody to take hold of it, in
/// physical pixels.
const GRIP: [i32; 2] = [120, 32];

/// A screen in physical pixels: its left upper corner, and its sides.
type Screen = ([i32; 2], [i32; 2]);

/// Where the window is, as it was last seen.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Frame {
    /// In points, while it does not fill a screen.
    size: Option<[f32; 2]>,
    /// In physical pixels, while it does not fill a screen. Wayland tells nobody.
    corner: Option<[i32; 2]>,
    is_maximized: bool,
    /// Whether it is still to fill its screen, as it did when it was last closed.
    is_to_fill: bool,
}

impl Frame {
    /// As it was when the window was last closed.
    pub(super) fn of(settings: &Settings) -> Self {
        let is_maximized = settings.was_maximized();
        Self { is_maximized, is_to_fill: is_maximized, ..Self::default() }
    }

    /// Takes in where the window is now.
    pub(super) fn look(&mut self, ui: &Ui) {
        if self.is_to_fill {
            // A window manager of X11 hears no wish of a window that it has not seen yet.
            if ui.ctx().cumulative_frame_nr() > 0 {
                ui.send_viewport_cmd(ViewportCommand::Maximized(true));
                self.is_to_fill = false;
            }
            ui.ctx().request_repaint();
            return;
        }
        let (is_maximized, is_full, outer) = ui.input(|input| {
            let viewport = input.viewport();
            (viewport.maximized, viewport.fullscreen, viewport.outer_rect)
        });
        self.is_maximized = is_maximized == Some(true);
        if self.is_maximized || is_full == Some(true) {
            return;
        }
        let size = ui.content_rect().size() * ui.zoom_factor();
        self.size = Some([size.x.round(), size.y.round()]);
        #[expect(clippy::cast_possible_truncation, reason = "screens are small")]
        if let Some(outer) = outer {
            let corner = outer.min * ui.pixels_per_point();
            self.corner = Some([corner.x.round() as i32, corner.y.round() as i32]);
        }
    }

    /// What of it is new, for the next run.
    pub(super) fn news(&self, settings: &Settings) -> Vec<Setting> {
        let size = self.size.filter(|size| Some(*size) != settings.window_size());
        let corner = self.corner.filter(|corner| Some(*corner) != settings.window_place());
        let is_maximized =
            (self.is_maximized != settings.was_maximized()).then_some(self.is_maximized);
        let size = size.map(Setting::WindowSize).into_iter();
        let corner = corner.map(Setting::WindowPlace);
        size.chain(corner).chain(is_maximized.map(Setting::Maximized)).collect()
    }
}

/// Puts the window, before it is first seen, where it was; into the middle of a screen, if the one on
/// which it was is gone.
pub(super) fn put(window: &Window, corner: [i32; 2]) {
    #[expect(clippy::cast_possible_wrap, reason = "screens are small")]
    let screen = |monitor: winit::monitor::MonitorHandle| {
        let (at, size) = (monitor.position(), monitor.size());
        ([at.x, at.y], [size.width as i32, size.height as i32])
    };
    let screens: Vec<Screen> = window.available_monitors().map(screen).collect();
    let first = window.primary_monitor().map(screen).or_else(|| screens.first().copied());
    let size = window.outer_size();
    #[expect(clippy::cast_possible_wrap, reason = "windows are small")]
    let size = [size.width as i32, size.height as i32];
    let [x, y] = match first {
        Some(first) if !can_be_held(corner, size, &screens) => middle(size, first),
        _ => corner,
    };
    window.set_outer_position(PhysicalPosition::new(x, y));
}

/// Whether a window with this corner can be taken hold of on one of the screens.
fn can_be_held([x, y]: [i32; 2], [width, _]: [i32; 2], screens: &[Screen]) -> bool {
    screens.iter().any(|([left, top], [screen_width, screen_height])| {
        let right = left.saturating_add(*screen_width);
        let bottom = top.saturating_add(*screen_height);
        let seen = x.saturating_add(width).min(right).saturating_sub(x.max(*left));
        seen >= GRIP[0].min(width) && y >= *top && y.saturating_add(GRIP[1]) <= bottom
    })
}

/// The corner of a window in the middle of a screen. Its upper edge is on it, however large it is.
fn middle(size: [i32; 2], (corner, sides): Screen) -> [i32; 2] {
    let [width, height] = size;
    let [left, top] = corner;
    let [screen_width, screen_height] = sides;
    [left + ((screen_width - width) / 2).max(0), top + ((screen_height - height) / 2).max(0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAPTOP: Screen = ([0, 0], [1280, 800]);
    const LEFT_OF_IT: Screen = ([-1920, -200], [1920, 1080]);
    const SIZE: [i32; 2] = [1000, 700];

    #[test]
    fn a_window_is_put_back_only_where_it_can_be_taken_hold_of() {
        for (corner, screens, is_held) in [
            ([100, 50], &[LAPTOP][..], true),
            ([1100, 700], &[LAPTOP], true),
            ([-800, 0], &[LAPTOP], true),
            ([-900, 0], &[LAPTOP], false),
            ([1200, 0], &[LAPTOP], false),
            ([100, 790], &[LAPTOP], false),
            ([100, -20], &[LAPTOP], false),
            ([-1500, -100], &[LAPTOP], false),
            ([-1500, -100], &[LAPTOP, LEFT_OF_IT], true),
            ([i32::MAX, i32::MIN], &[LAPTOP, LEFT_OF_IT], false),
            ([0, 0], &[], false),
        ] {
            assert_eq!(can_be_held(corner, SIZE, screens), is_held, "{corner:?} {screens:?}");
        }
    }

    #[test]
    fn the_middle_of_a_screen_shows_the_upper_edge_of_any_window() {
        assert_eq!(middle(SIZE, LAPTOP), [140, 50]);
        assert_eq!(middle([3000, 2000], LEFT_OF_IT), [-1920, -200]);
    }
}
