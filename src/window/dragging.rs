//! Waiting rows that are dragged to another place in the queue.
//!
//! The row that was taken may be scrolled out of sight on the way, and is not drawn then; so it is the
//! list that follows the pointer, not the row.

use eframe::egui::{CursorIcon, PointerButton, Rect, Ui, style::ScrollAnimation, vec2};

use super::look;
use super::model::Move;

/// So near to an edge of the list, in points, it scrolls.
const EDGE: f32 = 48.0;

/// How fast it scrolls right at the edge and beyond, in points per second.
const FASTEST: f32 = 1200.0;

/// Some rows that wait, one below the other and of one height.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    /// How many wait above them.
    pub(super) above: usize,
    pub(super) count: usize,
    /// Where they begin on the screen.
    pub(super) top: f32,
    pub(super) height: f32,
}

impl Stretch {
    /// Where the row would begin that has `n` of them above it.
    #[expect(clippy::cast_precision_loss, reason = "rows, far fewer than 2^24")]
    fn edge(&self, n: usize) -> f32 {
        self.top + n as f32 * self.height
    }
}

/// What becomes of rows that are dragged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Course {
    /// They are on their way.
    OnTheWay,
    /// They were dropped there.
    Dropped(Move),
    /// They stay where they were.
    GivenUp,
}

/// Follows the pointer: shows where rows would go among those that wait, and brings what is further
/// away into sight.
pub(super) fn drag_ui(ui: &Ui, waiting: &[Stretch]) -> Course {
    let (pointer, is_down, is_released) = ui.input(|input| {
        let pointer = &input.pointer;
        let is_released = pointer.button_released(PointerButton::Primary);
        (pointer.latest_pos(), pointer.primary_down(), is_released)
    });
    let Some((pointer, place)) = pointer.and_then(|at| Some((at, nearest(waiting, at.y)?))) else {
        return Course::GivenUp;
    };
    let (above, edge) = place;
    if is_released {
        return Course::Dropped(Move::To(above));
    }
    if !is_down {
        return Course::GivenUp;
    }
    let seen = ui.clip_rect();
    ui.set_cursor_icon(CursorIcon::Grabbing);
    let x = ui.max_rect().left() + 16.0..=ui.max_rect().right() - 16.0;
    ui.painter().hline(x, edge, (2.0, look::colors(ui).accent));
    scroll(ui, pointer.y, seen, waiting);
    Course::OnTheWay
}

/// The place between two rows that is nearest to `y`: how many are above it, and where it is.
fn nearest(waiting: &[Stretch], y: f32) -> Option<(usize, f32)> {
    let last = waiting.last()?;
    let at = waiting.iter().find(|one| y < one.edge(one.count)).unwrap_or(last);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rows above")]
    let n = ((y - at.top) / at.height).round().max(0.0) as usize;
    let n = n.min(at.count);
    Some((at.above + n, at.edge(n)))
}

/// Brings rows into sight that wait beyond an edge, while the pointer is near it.
fn scroll(ui: &Ui, y: f32, seen: Rect, waiting: &[Stretch]) {
    let is_more_above = waiting.first().is_some_and(|first| first.top < seen.top());
    let is_more_below = waiting.last().is_some_and(|last| last.edge(last.count) > seen.bottom());
    let above = (seen.top() + EDGE - y).clamp(0.0, EDGE);
    let below = (y - seen.bottom() + EDGE).clamp(0.0, EDGE);
    let share = match () {
        () if above > 0.0 && is_more_above => above / EDGE,
        () if below > 0.0 && is_more_below => -below / EDGE,
        () => return,
    };
    let time = ui.input(|input| input.stable_dt).min(0.1);
    ui.scroll_with_delta_animation(vec2(0.0, share * FASTEST * time), ScrollAnimation::none());
    ui.ctx().request_repaint();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found_between_rows_of_different_heights() {
        let stretch = |above, count, top, height| Stretch { above, count, top, height };
        let waiting = [stretch(0, 2, 100.0, 50.0), stretch(2, 1, 200.0, 300.0)];
        for (y, place) in [
            (-900.0, (0, 100.0)),
            (120.0, (0, 100.0)),
            (130.0, (1, 150.0)),
            (199.0, (2, 200.0)),
            (340.0, (2, 200.0)),
            (360.0, (3, 500.0)),
            (9000.0, (3, 500.0)),
        ] {
            assert_eq!(nearest(&waiting, y), Some(place), "{y}");
        }
        assert_eq!(nearest(&[], 5.0), None);
    }
}
