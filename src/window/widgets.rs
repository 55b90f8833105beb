//! The few widgets that egui does not have in the shape that is needed here.

use eframe::egui::epaint::RectShape;
use eframe::egui::{
    Button, FontId, Frame, Label, Rect, Response, RichText, Role, Sense, Shape, Stroke, StrokeKind,
    TextEdit, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::history::SECONDS;
use super::icons::{self, Icon};
use super::look::{self, Color, space};

/// A button whose spoken name says what it acts on.
///
/// On the screen ten rows may all say "Cancel"; a screen reader, and a test, hears "Cancel
/// debian.iso".
pub(super) fn named_button(ui: &mut Ui, words: &str, target: &str, is_enabled: bool) -> bool {
    let size = vec2(button_width(ui, words), look::SMALL);
    let button = Button::new(words).min_size(size).stroke(edge(ui));
    let response = ui.add_enabled(is_enabled, button);
    let name = format!("{words} {target}");
    response.widget_info(|| WidgetInfo::labeled(Role::Button, is_enabled, &name));
    focus_ring(ui, &response);
    response.clicked()
}

/// The width that [`named_button`] takes.
pub(super) fn button_width(ui: &Ui, words: &str) -> f32 {
    text_width(ui, words, &look::entry_font()).ceil() + 2.0 * ui.spacing().button_padding.x
}

/// The width of `text` in one line.
pub(super) fn text_width(ui: &Ui, text: &str, font: &FontId) -> f32 {
    let color = Color::PLACEHOLDER;
    ui.painter().layout_no_wrap(text.to_owned(), font.clone(), color).size().x
}

/// A button in a second line that is only an icon: whether it was clicked.
pub(super) fn small_icon_button(ui: &mut Ui, icon: Icon, name: &str) -> bool {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(look::LINE), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    paint_icon_button(ui, &response, rect, icon, false);
    response.on_hover_text(name).clicked()
}

/// A button that is only an icon. `name` is what it does, shown on hover and spoken.
pub(super) fn icon_button(ui: &mut Ui, icon: Icon, name: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(look::SMALL), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    paint_icon_button(ui, &response, rect, icon, false);
    response.on_hover_text(name)
}

/// The same in a strip.
pub(super) fn icon_button_small(ui: &mut Ui, icon: Icon, name: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(24.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    paint_icon_button(ui, &response, rect, icon, false);
    response.on_hover_text(name)
}

/// An icon that is one of several to choose from.
pub(super) fn icon_choice(ui: &mut Ui, icon: Icon, name: &str, is_chosen: bool) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(24.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, is_chosen, name));
    paint_icon_button(ui, &response, rect, icon, is_chosen);
    response.on_hover_text(name)
}

/// An icon that is on or off.
pub(super) fn icon_toggle(ui: &mut Ui, icon: Icon, name: &str, is_on: bool) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(look::SMALL), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, is_on, name));
    paint_icon_button(ui, &response, rect, icon, is_on);
    response.on_hover_text(name)
}

/// The edge of a button. Where colours are to be far apart, a shade is not enough of a sign.
pub(super) fn edge(ui: &Ui) -> Stroke {
    match look::is_high_contrast(ui) {
        true => Stroke::new(1.0, look::colors(ui).edge),
        false => Stroke::NONE,
    }
}

/// The edge of what may be chosen.
pub(super) fn chosen_edge(ui: &Ui, is_chosen: bool) -> Stroke {
    if is_chosen { edge(ui) } else { Stroke::NONE }
}

/// The ground of a row that is chosen, in every list.
pub(super) fn chosen_ground(ui: &Ui, row: Rect) -> Shape {
    let rect = row.shrink2(vec2(space::S, 0.0));
    let fill = look::colors(ui).chosen;
    RectShape::new(rect, 6, fill, chosen_edge(ui, true), StrokeKind::Inside).into()
}

/// A word that is one of several to choose from.
pub(super) fn word_choice(ui: &mut Ui, words: &str, is_chosen: bool) -> Response {
    let colors = look::colors(ui);
    let color = if is_chosen { colors.text } else { colors.quiet };
    let [rest, ..] = colors.button;
    let size = vec2(button_width(ui, words), 24.0);
    let mut button = Button::new(RichText::new(words).color(color)).min_size(size);
    button = button.stroke(chosen_edge(ui, is_chosen));
    button = if is_chosen { button.fill(rest) } else { button.frame_when_inactive(false) };
    let response = ui.add(button);
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, is_chosen, words));
    focus_ring(ui, &response);
    response
}

/// A line of a menu that is one of several to choose from; what is chosen can be read on its ground.
pub(super) fn menu_choice(ui: &mut Ui, words: &str, is_chosen: bool) -> bool {
    let text = RichText::new(words).color(look::colors(ui).text);
    ui.selectable_label(is_chosen, text).clicked()
}

fn paint_icon_button(ui: &Ui, response: &Response, rect: Rect, icon: Icon, is_chosen: bool) {
    if !ui.is_rect_visible(rect) {
        return;
    }
    let colors = look::colors(ui);
    let [rest, hover, press] = colors.button;
    let fill = match () {
        () if response.is_pointer_button_down_on() => Some(press),
        () if response.hovered() => Some(hover),
        () if is_chosen => Some(rest),
        () => None,
    };
    if let Some(fill) = fill {
        ui.painter().rect_filled(rect, 6, fill);
    }
    let edge = chosen_edge(ui, is_chosen);
    ui.painter().rect_stroke(rect, 6, edge, StrokeKind::Inside);
    let is_lit = is_chosen || response.hovered();
    let color = if is_lit { colors.text } else { colors.quiet };
    let side = look::ICON.min(rect.height() - space::S);
    icons::paint(
        ui.painter(),
        Rect::from_center_size(rect.center(), Vec2::splat(side)),
        icon,
        color,
    );
    focus_ring(ui, response);
}

/// The one button of the screen that matters most.
pub(super) fn primary_button(ui: &mut Ui, icon: Icon, words: &str, width: f32) -> Response {
    let colors = look::colors(ui);
    let text = RichText::new(words).font(look::title_font());
    let response = ui
        .scope(|ui| {
            let widgets = &mut ui.visuals_mut().widgets;
            for widget in [&mut widgets.inactive, &mut widgets.hovered, &mut widgets.active] {
                widget.fg_stroke.color = colors.on_accent;
                widget.weak_bg_fill = colors.accent;
                widget.bg_stroke.color = Color::TRANSPARENT;
            }
            // Under the pointer it leans towards the text: darker in light, lighter in dark.
            widgets.hovered.weak_bg_fill = colors.accent.lerp_to_gamma(colors.text, 0.12);
            widgets.active.weak_bg_fill = colors.accent.lerp_to_gamma(colors.text, 0.24);
            ui.spacing_mut().button_padding.x = space::L;
            let button = Button::new((icons::atom(icon, look::ICON), text));
            ui.add(button.min_size(vec2(width, look::PRIMARY)).gap(space::S))
        })
        .inner;
    focus_ring(ui, &response);
    response
}

/// Shows where the keyboard is, outside of the widget so that it stands out on every fill.
pub(super) fn focus_ring(ui: &Ui, response: &Response) {
    if response.gained_focus() {
        response.scroll_to_me(None);
    }
    if response.has_focus() {
        let stroke = (2.0, look::colors(ui).accent);
        let rect = response.rect.expand(2.0);
        ui.painter().rect_stroke(rect, 8, stroke, StrokeKind::Outside);
    }
}

/// A field for one line of text, `height` high and as wide as `width`.
pub(super) fn field<'t>(text: &'t mut String, width: f32, height: f32) -> TextEdit<'t> {
    let margin = vec2(10.0, (height - 18.0) / 2.0);
    TextEdit::singleline(text)
        .font(look::name_font())
        .margin(margin)
        .align(eframe::egui::Align2::LEFT_CENTER)
        .desired_width(width)
        .min_size(vec2(0.0, height))
}

/// A sentence with an icon before it, wrapped to a readable width.
pub(super) fn message(ui: &mut Ui, icon: Option<Icon>, text: &str, color: Color) -> Response {
    let inner = ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        if let Some(icon) = icon {
            icons::show(ui, icon, look::ICON, color, None);
        }
        let words = ui.vertical(|ui| {
            ui.set_max_width(ui.available_width().min(look::READING));
            let text = RichText::new(text).font(look::fact_font()).color(color);
            ui.add(Label::new(text.line_height(Some(look::LEADING))).wrap())
        });
        words.inner
    });
    inner.inner
}

/// `text`, cut in the middle until it fits into `width`: the end of a name says what it is.
pub(super) fn middle_cut(ui: &Ui, text: &str, font: &FontId, width: f32) -> String {
    let fits = |text: &str| {
        let galley = ui.painter().layout_no_wrap(text.to_owned(), font.clone(), Color::PLACEHOLDER);
        galley.size().x <= width
    };
    // No line of a window holds more; measuring a longer text would only cost time.
    if text.len() < 2000 && fits(text) {
        return text.to_owned();
    }
    let chars: Vec<char> = text.chars().collect();
    let cut = |kept: usize| -> String {
        let tail = kept / 2;
        let head = chars.iter().take(kept - tail);
        head.chain(&['…']).chain(chars.iter().skip(chars.len() - tail)).collect()
    };
    let (mut low, mut high) = (0, chars.len().min(400));
    while low < high {
        let middle = (low + high).div_ceil(2);
        if fits(&cut(middle)) { low = middle } else { high = middle - 1 }
    }
    cut(low)
}

/// What stands between facts in one line.
pub(super) const BETWEEN: &str = " · ";

/// As many of the `facts` as fit into `width`, in one line: half a fact says nothing. Of the first, as
/// much as fits.
pub(super) fn whole_parts(ui: &Ui, facts: &[String], font: &FontId, width: f32) -> String {
    let mut line = String::new();
    for fact in facts {
        let longer = if line.is_empty() { fact.clone() } else { [&line, BETWEEN, fact].concat() };
        if line.is_empty() || text_width(ui, &longer, font) <= width {
            line = longer;
        }
    }
    end_cut(ui, &line, font, width)
}

/// `text`, cut at its end until it fits into `width`.
pub(super) fn end_cut(ui: &Ui, text: &str, font: &FontId, width: f32) -> String {
    let fits = |text: &str| text_width(ui, text, font) <= width;
    if text.len() < 2000 && fits(text) {
        return text.to_owned();
    }
    let chars: Vec<char> = text.chars().take(400).collect();
    let cut = |kept: usize| chars.iter().take(kept).chain(&['…']).collect::<String>();
    let (mut low, mut high) = (0, chars.len());
    while low < high {
        let middle = (low + high).div_ceil(2);
        if fits(&cut(middle)) { low = middle } else { high = middle - 1 }
    }
    cut(low)
}

/// How far something is, as a thin bar over the whole width.
///
/// With a `share` that nobody knows it is dashed, and the dashes move on only when bytes arrive:
/// nothing here asks to be drawn again.
pub(super) fn progress_bar(
    ui: &mut Ui,
    share: Option<f32>,
    received: u64,
    name: &str,
    color: Color,
) {
    let size = vec2(ui.available_width(), look::BAR);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ProgressIndicator, true, name);
        info.value = share.map(|share| f64::from(share * 100.0).floor());
        info
    });
    if !ui.is_rect_visible(rect) {
        return;
    }
    let colors = look::colors(ui);
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    painter.rect_filled(rect, 2, colors.track);
    if let Some(share) = share {
        let width =
            (rect.width() * share.clamp(0.0, 1.0)).max(if share > 0.0 { look::BAR } else { 0.0 });
        painter.rect_filled(Rect::from_min_size(rect.min, vec2(width, look::BAR)), 2, color);
    } else if received > 0 {
        // Quieter than a bar that knows its end.
        let color = color.lerp_to_gamma(colors.track, 0.3);
        const STEP: f32 = 48.0;
        let moved = f32::from(u8::try_from(received / 65_536 % 48).unwrap_or(0));
        let mut x = rect.left() - STEP + moved;
        while x < rect.right() {
            let dash = Rect::from_min_size(pos2(x, rect.top()), vec2(STEP / 2.0, look::BAR));
            painter.rect_filled(dash, 2, color);
            x += STEP;
        }
    }
}

/// Numbers over the last minute, as a small line: the newest at the right, `most` at the top.
pub(super) fn sparkline(
    ui: &mut Ui,
    numbers: impl ExactSizeIterator<Item = f64>,
    most: f64,
    name: &str,
) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(look::GRAPH, look::LINE), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    let count = numbers.len();
    if !ui.is_rect_visible(rect) || count < 2 || most <= 0.0 {
        return response;
    }
    #[expect(clippy::cast_precision_loss, reason = "at most sixty")]
    let step = rect.width() / (SECONDS - 1) as f32;
    #[expect(clippy::cast_possible_truncation, reason = "0 to 1")]
    let height = |number: f64| (number / most).clamp(0.0, 1.0) as f32 * (rect.height() - 3.0);
    #[expect(clippy::cast_precision_loss, reason = "at most sixty")]
    let x = |at: usize| rect.right() - (count - 1 - at) as f32 * step;
    let points = numbers.enumerate();
    let points = points.map(|(at, number)| pos2(x(at), rect.bottom() - 1.5 - height(number)));
    let colors = look::colors(ui);
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, (1.0, colors.track));
    let line = Shape::line(points.collect(), Stroke::new(1.5, colors.accent));
    ui.painter().add(line);
    response
}

/// Words in the middle of the height that a row of controls has.
pub(super) fn caption(ui: &mut Ui, text: &str, width: f32, height: f32) -> Response {
    let (rect, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    let label =
        Label::new(RichText::new(text).font(look::fact_font()).color(look::colors(ui).quiet));
    let layout = eframe::egui::Layout::left_to_right(eframe::egui::Align::Center);
    let builder = eframe::egui::UiBuilder::new().max_rect(rect).layout(layout);
    ui.new_child(builder).add(label.selectable(false))
}

/// A frame that only keeps its distance.
pub(super) fn margin(x: i8, y: i8) -> Frame {
    Frame::new().inner_margin(eframe::egui::Margin::symmetric(x, y))
}

/// A button that shows its edges only under the pointer. Its spoken name says what it acts on.
pub(super) fn quiet_button(ui: &mut Ui, words: &str, target: &str) -> bool {
    let text = RichText::new(words).color(look::colors(ui).quiet);
    let size = vec2(button_width(ui, words), 0.0);
    let response = ui.add(Button::new(text).min_size(size).frame_when_inactive(false));
    let name = format!("{words} {target}");
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    focus_ring(ui, &response);
    response.clicked()
}
