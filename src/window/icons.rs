//! Icons, painted: one family, one weight, the same on every machine whatever its fonts are.
//!
//! Each is drawn on a square of 16 by 16 and scaled to where it stands.

use eframe::egui::{
    Atom, AtomExt as _, AtomKind, Painter, Pos2, Rect, Response, Role, Sense, Shape, Stroke, Ui,
    Vec2, WidgetInfo,
};

use super::look::Color;

/// A picture that stands for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Icon {
    /// Bring it here.
    Download,
    /// It is here.
    Done,
    /// It is here, and proven right.
    Shield,
    /// It needs a look.
    Warning,
    /// It failed.
    Failed,
    /// It was stopped.
    Stopped,
    /// It waits.
    Waiting,
    /// It is paused.
    Paused,
    /// A server.
    Server,
    /// Take it off the list.
    Cross,
    /// Copy.
    Copy,
    /// It is folded: a click unfolds it.
    Folded,
    /// It is unfolded.
    Unfolded,
    /// It is secret.
    Locked,
    /// Others on the way could read it.
    Unlocked,
    /// Keep it in a file.
    Save,
    /// Names are hidden.
    Mask,
    /// Which keys do what.
    Keys,
    /// Settings.
    Sliders,
    /// The theme of the system.
    System,
    /// The light theme.
    Light,
    /// The dark theme.
    Dark,
    /// A folder.
    Folder,
    /// A file.
    File,
    /// A link.
    Link,
    /// To where one was before.
    Back,
    /// To where one came back from.
    Ahead,
    /// To the folder above.
    Up,
    /// Once more.
    Refresh,
    /// Find something.
    Search,
    /// More that can be done.
    More,
    /// A part of it is here.
    Partly,
    /// Sorted upwards.
    Ascending,
    /// To be found again.
    Star,
    /// This one of several.
    Check,
}

/// Where the 16 by 16 square lies, and how thick a line is.
struct Canvas<'a> {
    painter: &'a Painter,
    rect: Rect,
    stroke: Stroke,
}

impl Canvas<'_> {
    fn at(&self, x: f32, y: f32) -> Pos2 {
        self.rect.min + Vec2::new(x, y) * (self.rect.width() / 16.0)
    }

    fn line(&self, points: &[(f32, f32)]) {
        let points = points.iter().map(|&(x, y)| self.at(x, y)).collect();
        self.painter.add(Shape::line(points, self.stroke));
    }

    fn outline(&self, points: &[(f32, f32)]) {
        let points = points.iter().map(|&(x, y)| self.at(x, y)).collect();
        self.painter.add(Shape::closed_line(points, self.stroke));
    }

    fn circle(&self, x: f32, y: f32, radius: f32) {
        let radius = radius * self.rect.width() / 16.0;
        self.painter.circle_stroke(self.at(x, y), radius, self.stroke);
    }

    fn dot(&self, x: f32, y: f32, radius: f32) {
        let radius = radius * self.rect.width() / 16.0;
        self.painter.circle_filled(self.at(x, y), radius, self.stroke.color);
    }
}

/// Paints `icon` into the largest square in the middle of `rect`.
pub(super) fn paint(painter: &Painter, rect: Rect, icon: Icon, color: Color) {
    let side = rect.width().min(rect.height());
    let rect = Rect::from_center_size(rect.center(), Vec2::splat(side));
    let stroke = Stroke::new(1.5 * side / 16.0, color);
    let c = Canvas { painter, rect, stroke };
    match icon {
        Icon::Download => {
            c.line(&[(8.0, 2.0), (8.0, 10.5)]);
            c.line(&[(4.5, 7.0), (8.0, 10.5), (11.5, 7.0)]);
            c.line(&[(2.5, 11.5), (2.5, 13.75), (13.5, 13.75), (13.5, 11.5)]);
        }
        Icon::Done => {
            c.circle(8.0, 8.0, 6.25);
            c.line(&[(5.0, 8.25), (7.25, 10.5), (11.0, 6.0)]);
        }
        Icon::Shield => {
            c.outline(&[
                (8.0, 1.5),
                (13.5, 3.5),
                (13.5, 8.0),
                (12.4, 10.8),
                (10.6, 12.9),
                (8.0, 14.5),
                (5.4, 12.9),
                (3.6, 10.8),
                (2.5, 8.0),
                (2.5, 3.5),
            ]);
            c.line(&[(5.25, 8.0), (7.25, 10.0), (10.75, 6.0)]);
        }
        Icon::Warning => {
            c.outline(&[(8.0, 2.25), (14.5, 13.5), (1.5, 13.5)]);
            c.line(&[(8.0, 6.25), (8.0, 9.75)]);
            c.dot(8.0, 11.6, 0.9);
        }
        Icon::Failed => {
            c.circle(8.0, 8.0, 6.25);
            c.line(&[(8.0, 4.75), (8.0, 8.75)]);
            c.dot(8.0, 11.0, 0.9);
        }
        Icon::Stopped => {
            c.circle(8.0, 8.0, 6.25);
            c.outline(&[(6.0, 6.0), (10.0, 6.0), (10.0, 10.0), (6.0, 10.0)]);
        }
        Icon::Waiting => {
            c.circle(8.0, 8.0, 6.25);
            c.line(&[(8.0, 4.5), (8.0, 8.0), (10.5, 9.5)]);
        }
        Icon::Paused => {
            c.circle(8.0, 8.0, 6.25);
            c.line(&[(6.25, 5.5), (6.25, 10.5)]);
            c.line(&[(9.75, 5.5), (9.75, 10.5)]);
        }
        Icon::Server => {
            c.outline(&[(2.0, 2.5), (14.0, 2.5), (14.0, 7.25), (2.0, 7.25)]);
            c.outline(&[(2.0, 8.75), (14.0, 8.75), (14.0, 13.5), (2.0, 13.5)]);
            c.dot(4.75, 4.9, 0.9);
            c.dot(4.75, 11.1, 0.9);
        }
        Icon::Cross => {
            c.line(&[(4.0, 4.0), (12.0, 12.0)]);
            c.line(&[(12.0, 4.0), (4.0, 12.0)]);
        }
        Icon::Copy => {
            c.outline(&[(5.5, 5.5), (13.5, 5.5), (13.5, 13.5), (5.5, 13.5)]);
            c.line(&[(10.5, 2.5), (2.5, 2.5), (2.5, 10.5)]);
        }
        Icon::Folded => c.line(&[(6.0, 4.0), (10.0, 8.0), (6.0, 12.0)]),
        Icon::Unfolded => c.line(&[(4.0, 6.0), (8.0, 10.0), (12.0, 6.0)]),
        Icon::Save => {
            c.outline(&[(2.5, 2.5), (11.0, 2.5), (13.5, 5.0), (13.5, 13.5), (2.5, 13.5)]);
            c.line(&[(5.0, 2.5), (5.0, 5.75), (10.0, 5.75), (10.0, 2.5)]);
            c.line(&[(5.0, 13.5), (5.0, 9.25), (11.0, 9.25), (11.0, 13.5)]);
        }
        Icon::Mask => {
            c.line(&[(1.5, 8.0), (4.0, 5.25), (8.0, 4.0), (12.0, 5.25), (14.5, 8.0)]);
            c.line(&[(1.5, 8.0), (4.0, 10.75), (8.0, 12.0), (12.0, 10.75), (14.5, 8.0)]);
            c.circle(8.0, 8.0, 1.9);
            c.line(&[(3.0, 13.5), (13.0, 2.5)]);
        }
        Icon::Keys => {
            c.outline(&[(1.5, 4.0), (14.5, 4.0), (14.5, 12.5), (1.5, 12.5)]);
            [4.5, 8.0, 11.5].into_iter().for_each(|x| c.dot(x, 6.75, 0.8));
            c.line(&[(4.5, 10.0), (11.5, 10.0)]);
        }
        Icon::Sliders => {
            for (y, x) in [(3.75, 10.5), (8.0, 5.5), (12.25, 9.0)] {
                c.line(&[(2.0, y), (x - 1.75, y)]);
                c.line(&[(x + 1.75, y), (14.0, y)]);
                c.circle(x, y, 1.5);
            }
        }
        Icon::System => {
            c.outline(&[(1.75, 2.75), (14.25, 2.75), (14.25, 10.75), (1.75, 10.75)]);
            c.line(&[(5.0, 13.5), (11.0, 13.5)]);
            c.line(&[(8.0, 10.75), (8.0, 13.5)]);
        }
        Icon::Light => sun(&c),
        Icon::Dark => moon(&c),
        Icon::Folder => {
            c.outline(&[
                (1.75, 3.25),
                (6.25, 3.25),
                (7.75, 5.0),
                (14.25, 5.0),
                (14.25, 13.0),
                (1.75, 13.0),
            ]);
        }
        Icon::File => {
            c.outline(&[(3.25, 1.75), (9.25, 1.75), (12.75, 5.25), (12.75, 14.25), (3.25, 14.25)]);
            c.line(&[(9.0, 2.0), (9.0, 5.5), (12.5, 5.5)]);
        }
        Icon::Link => {
            c.line(&[(9.0, 3.0), (13.0, 3.0), (13.0, 7.0)]);
            c.line(&[(13.0, 3.0), (7.0, 9.0)]);
            c.line(&[(6.5, 4.0), (3.0, 4.0), (3.0, 13.0), (12.0, 13.0), (12.0, 9.5)]);
        }
        Icon::Back => c.line(&[(9.75, 3.5), (5.25, 8.0), (9.75, 12.5)]),
        Icon::Ahead => c.line(&[(6.25, 3.5), (10.75, 8.0), (6.25, 12.5)]),
        Icon::Up => {
            c.line(&[(3.75, 7.25), (8.0, 3.0), (12.25, 7.25)]);
            c.line(&[(8.0, 3.25), (8.0, 13.25)]);
        }
        Icon::Refresh => refresh(&c),
        Icon::Search => {
            c.circle(7.0, 7.0, 4.5);
            c.line(&[(10.25, 10.25), (14.0, 14.0)]);
        }
        Icon::More => [3.5, 8.0, 12.5].into_iter().for_each(|x| c.dot(x, 8.0, 1.2)),
        Icon::Locked => {
            c.outline(&[(3.25, 7.25), (12.75, 7.25), (12.75, 14.0), (3.25, 14.0)]);
            shackle(&c, 8.0, 7.0);
        }
        Icon::Unlocked => {
            c.outline(&[(1.75, 7.25), (10.25, 7.25), (10.25, 14.0), (1.75, 14.0)]);
            shackle(&c, 11.0, 5.75);
        }
        Icon::Partly => {
            c.circle(8.0, 8.0, 6.25);
            c.line(&[(8.0, 1.75), (8.0, 8.0), (14.25, 8.0)]);
        }
        Icon::Ascending => c.line(&[(4.0, 10.0), (8.0, 6.0), (12.0, 10.0)]),
        Icon::Star => star(&c),
        Icon::Check => c.line(&[(3.5, 8.5), (6.75, 11.75), (12.5, 4.5)]),
    }
}

/// The upper half of a lock around `x`; its right end is at `end`.
fn shackle(c: &Canvas<'_>, x: f32, end: f32) {
    c.line(&[
        (x - 2.75, 7.0),
        (x - 2.75, 4.5),
        (x - 1.75, 2.75),
        (x, 2.0),
        (x + 1.75, 2.75),
        (x + 2.75, 4.5),
        (x + 2.75, end),
    ]);
}

/// Most of a circle, and a tip at its end.
fn refresh(c: &Canvas<'_>) {
    let arc = |step: u8| {
        let turn = 0.15 + 1.55 * f32::from(step) / 20.0;
        let (sin, cos) = (turn * std::f32::consts::PI).sin_cos();
        (8.0 + 5.5 * cos, 8.0 + 5.5 * sin)
    };
    let points: Vec<_> = (0..=20).map(arc).collect();
    c.line(&points);
    c.line(&[(13.25, 1.75), (13.25, 5.25), (9.75, 5.25)]);
}

/// Five points, each of them between two hollows.
fn star(c: &Canvas<'_>) {
    let point = |step: u8| {
        let turn = f32::from(step) * std::f32::consts::PI / 5.0;
        let far = if step.is_multiple_of(2) { 6.75 } else { 2.9 };
        (8.0 + far * turn.sin(), 8.5 - far * turn.cos())
    };
    let points: Vec<_> = (0..10).map(point).collect();
    c.outline(&points);
}

fn sun(c: &Canvas<'_>) {
    c.circle(8.0, 8.0, 3.0);
    for turn in 0..8_u8 {
        let (sin, cos) = (f32::from(turn) * std::f32::consts::FRAC_PI_4).sin_cos();
        c.line(&[(8.0 + 5.0 * cos, 8.0 + 5.0 * sin), (8.0 + 6.75 * cos, 8.0 + 6.75 * sin)]);
    }
}

/// Three quarters of a circle, and a curve between its tips that is hollow towards them.
fn moon(c: &Canvas<'_>) {
    const HOLLOW: (f32, f32) = (6.0, 10.0);
    let arc = |step: u8| {
        let turn = 0.05 + 2.9 * f32::from(step) / 24.0;
        let (sin, cos) = (turn * std::f32::consts::FRAC_PI_2).sin_cos();
        (8.0 + 6.0 * cos, 8.0 + 6.0 * sin)
    };
    let (tip, top) = (arc(0), arc(24));
    let bend = |step: u8| {
        let t = f32::from(step) / 16.0;
        let mix =
            |a: f32, b: f32, c: f32| (1.0 - t).powi(2) * a + 2.0 * t * (1.0 - t) * b + t * t * c;
        (mix(top.0, HOLLOW.0, tip.0), mix(top.1, HOLLOW.1, tip.1))
    };
    let points: Vec<_> = (0..=24).map(arc).chain((1..16).map(bend)).collect();
    c.outline(&points);
}

/// The icon as a part of a button, in the colour of the button's words.
#[must_use]
pub(super) fn atom(icon: Icon, side: f32) -> Atom<'static> {
    Atom::from(AtomKind::paint(move |ui, args| {
        paint(ui.painter(), args.rect, icon, args.fallback_text_color);
    }))
    .atom_size(Vec2::splat(side))
}

/// The icon alone; `name` is what a screen reader says, `None` where words beside it say it.
pub(super) fn show(
    ui: &mut Ui,
    icon: Icon,
    side: f32,
    color: Color,
    name: Option<&str>,
) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::hover());
    if ui.is_rect_visible(rect) {
        paint(ui.painter(), rect, icon, color);
    }
    if let Some(name) = name {
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    }
    response
}
