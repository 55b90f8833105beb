//! A button that says what is chosen, and a menu of what can be.

use eframe::egui::{
    Align2, Atom, Button, Popup, Rect, Response, RichText, Role, Sense, Ui, WidgetInfo, pos2, vec2,
};

use super::icons::{self, Icon};
use super::look::{self, space};
use super::widgets;

/// What was chosen of `choices` in this frame, if anything. `name` is spoken.
pub(super) fn pick<T: Copy + PartialEq>(
    ui: &mut Ui,
    name: &str,
    now: T,
    choices: &[(T, String)],
    width: f32,
) -> Option<T> {
    let words = choices.iter().find(|(choice, _)| *choice == now);
    let button = pick_button(ui, name, words.map_or("", |(_, words)| words), width);
    let mut chosen = None;
    Popup::menu(&button).accessible_name(name).show(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        // As wide as its button, with the margins of a menu.
        ui.set_width(width - 2.0 * f32::from(ui.spacing().menu_margin.left));
        for (choice, words) in choices {
            if line(ui, words, *choice == now).clicked() && *choice != now {
                chosen = Some(*choice);
            }
        }
    });
    chosen
}

/// The button of [`pick`].
pub(super) fn pick_button(ui: &mut Ui, name: &str, words: &str, width: f32) -> Response {
    let text = RichText::new(words).color(look::colors(ui).text);
    let atoms = (text, Atom::grow(), icons::atom(Icon::Unfolded, 12.0));
    let button = Button::new(atoms).min_size(vec2(width, look::SMALL));
    let response = ui.add(button.stroke(widgets::edge(ui)));
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ComboBox, true, name);
        info.current_text_value = Some(words.to_owned());
        info
    });
    widgets::focus_ring(ui, &response);
    response
}

/// One line of a menu in which one thing is chosen.
pub(super) fn line(ui: &mut Ui, words: &str, is_chosen: bool) -> Response {
    let (response, rect) = row(ui, words);
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, is_chosen, words));
    if is_chosen {
        let place = rect.with_max_x(rect.left() + look::ICON);
        icons::paint(ui.painter(), place, Icon::Check, look::colors(ui).text);
    }
    response
}

/// One line of a menu that does something.
pub(super) fn command(ui: &mut Ui, words: &str) -> bool {
    let (response, _) = row(ui, words);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, words));
    response.clicked()
}

/// Words behind room for an icon; the whole line is lit under the pointer and under the keyboard.
fn row(ui: &mut Ui, words: &str) -> (Response, Rect) {
    let font = look::entry_font();
    let indent = look::ICON + space::S;
    let width = widgets::text_width(ui, words, &font) + indent + 2.0 * space::S;
    let size = vec2(ui.available_width().max(width), look::SMALL);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    light(ui, &response);
    let inner = rect.shrink2(vec2(space::S, 0.0));
    let at = pos2(inner.left() + indent, inner.center().y);
    let color = look::colors(ui).text;
    ui.painter().text(at, Align2::LEFT_CENTER, words, font, color);
    (response, inner)
}

/// The ground of a line in a menu.
pub(super) fn light(ui: &Ui, response: &Response) {
    let [_, hover, press] = look::colors(ui).button;
    if response.hovered() || response.has_focus() {
        let fill = if response.hovered() { press } else { hover };
        ui.painter().rect_filled(response.rect, 6, fill);
    }
    if response.gained_focus() {
        response.scroll_to_me(None);
    }
}
