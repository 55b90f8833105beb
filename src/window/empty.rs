//! What stands in the list before the first transfer: an invitation.

use eframe::egui::{Label, RichText, Role, Sense, Ui, UiBuilder, WidgetInfo, vec2};

use super::icons::{self, Icon};
use super::look::{self, space};
use super::widgets;

/// Well-known public servers, to begin with. A click fills the address; nothing is sent.
const EXAMPLES: [(&str, &str); 3] = [
    ("ftp://ftp.gnu.org/gnu/hello/hello-2.10.tar.gz", "Free software from the GNU project"),
    ("ftp://ftp.ncbi.nlm.nih.gov/README.ftp", "Genomes and sequences from NCBI"),
    ("ftp://ftp.ensembl.org/pub/current_README", "Annotated genomes from Ensembl"),
];

/// Draws the invitation. The address that was clicked, if one was.
pub(super) fn empty_ui(ui: &mut Ui) -> Option<&'static str> {
    let width = ui.available_width().min(look::READING) - 2.0 * space::L;
    let height = 250.0;
    let mut clicked = None;
    ui.vertical_centered(|ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        ui.add_space(((ui.available_height() - height) * 0.4).clamp(space::L, 160.0));
        ui.set_max_width(width);
        let colors = look::colors(ui);
        let title = RichText::new("Paste an ftp:// address, or open a server.").heading();
        ui.add(Label::new(title.color(colors.text)).wrap());
        let below =
            "Public servers to begin with. A click fills in the address; nothing is sent yet.";
        let below = RichText::new(below).font(look::fact_font()).color(colors.quiet);
        ui.add(Label::new(below).wrap());
        ui.add_space(space::L);
        for (address, what) in EXAMPLES {
            if example(ui, address, what) {
                clicked = Some(address);
            }
        }
    });
    clicked
}

fn example(ui: &mut Ui, address: &str, what: &str) -> bool {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 52.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Fill in {address}")));
    let colors = look::colors(ui);
    if response.hovered() {
        ui.painter().rect_filled(rect, 10, colors.surface);
    }
    widgets::focus_ring(ui, &response);
    let inner = rect.shrink2(vec2(space::M, 0.0));
    let layout = eframe::egui::Layout::left_to_right(eframe::egui::Align::Center);
    ui.scope_builder(UiBuilder::new().max_rect(inner).layout(layout), |ui| {
        ui.spacing_mut().item_spacing.x = space::M;
        icons::show(ui, Icon::Server, look::ROW_ICON, colors.accent, None);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.add_space(8.0);
            let font = look::name_font();
            let cut = widgets::middle_cut(ui, what, &font, ui.available_width());
            let text = RichText::new(cut).font(font).color(colors.text);
            ui.add(Label::new(text).selectable(false));
            let font = look::fact_font();
            let cut = widgets::middle_cut(ui, address, &font, ui.available_width());
            let text = RichText::new(cut).font(font).color(colors.quiet);
            ui.add(Label::new(text).selectable(false));
        });
    });
    response.clicked()
}
