//! What stands in the list before the first transfer: an invitation.

use eframe::egui::{Label, Rect, RichText, Ui, UiBuilder, vec2};

use super::icons::Icon;
use super::look::{self, space};
use super::places::{CardClick, PlaceAction, card};
use super::widgets;
use crate::ftp::Address;
use crate::settings::{Favourite, Setting, Settings};
use crate::words;

/// Well-known public servers, to begin with. A click fills the address; nothing is sent.
const EXAMPLES: [(&str, &str); 3] = [
    ("ftp://ftp.gnu.org/gnu/hello/hello-2.10.tar.gz", "Free software from the GNU project"),
    ("ftp://ftp.ncbi.nlm.nih.gov/README.ftp", "Genomes and sequences from NCBI"),
    ("ftp://ftp.ensembl.org/pub/current_README", "Annotated genomes from Ensembl"),
];

/// The most favourites and the most recent servers that are shown: the others are in the menu of the
/// address.
const MOST: usize = 4;

/// Draws the invitation, and says what the person asked of it in this frame, if anything.
pub(super) fn empty_ui(ui: &mut Ui, settings: &Settings) -> Option<PlaceAction> {
    let (favourites, recent) = (settings.favourites(), settings.recent());
    let rows = favourites.len().min(MOST) + recent.len().min(MOST);
    #[expect(clippy::cast_precision_loss, reason = "a handful")]
    let height = 94.0 + 52.0 * rows.max(EXAMPLES.len()) as f32;
    let mut action = None;
    let width = look::INVITATION.min(ui.available_width() - 2.0 * space::L);
    let beside = ((ui.available_width() - width) / 2.0).floor();
    let top = ((ui.available_height() - height) * 0.4).clamp(space::L, 160.0);
    let place = Rect::from_min_size(ui.cursor().min + vec2(beside, top), vec2(width, height));
    ui.scope_builder(UiBuilder::new().max_rect(place), |ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        let colors = look::colors(ui);
        let title = RichText::new("Paste an ftp:// address, or open a server.").heading();
        let below = match rows {
            0 => "Public servers to begin with. A click fills in the address; nothing is sent yet.",
            _ => "A click on a server shows what is there. Nothing is fetched yet.",
        };
        let below = RichText::new(below).font(look::fact_font()).color(colors.quiet);
        // The words begin where the icons of the cards do.
        widgets::margin(12, 0).show(ui, |ui| {
            ui.add(Label::new(title.color(colors.text)).wrap());
            ui.add(Label::new(below).wrap());
        });
        ui.add_space(space::L);
        action = match rows {
            0 => examples_ui(ui),
            _ => favourites_ui(ui, &favourites).or(recent_ui(ui, &recent)),
        };
        ui.add_space(space::L);
    });
    action
}

fn examples_ui(ui: &mut Ui) -> Option<PlaceAction> {
    let mut clicked = None;
    for (link, what) in EXAMPLES {
        if card(ui, Icon::Server, (what, link), None) == CardClick::Open {
            clicked = link.parse().ok();
        }
    }
    clicked.map(PlaceAction::Open)
}

fn favourites_ui(ui: &mut Ui, favourites: &[Favourite]) -> Option<PlaceAction> {
    let mut clicked = None;
    for Favourite { name, address } in favourites.iter().take(MOST) {
        let words = (&*words::shown(name), &*words::shown(&address.to_string()));
        if card(ui, Icon::Star, words, None) == CardClick::Open {
            clicked = Some(address.clone());
        }
    }
    clicked.map(PlaceAction::Open)
}

fn recent_ui(ui: &mut Ui, recent: &[Address]) -> Option<PlaceAction> {
    let mut action = None;
    for (at, address) in recent.iter().enumerate().take(MOST) {
        let link = words::shown(&address.to_string());
        let forget = format!("Forget {link}");
        match card(ui, Icon::Server, (address.host.as_str(), &link), Some(&forget)) {
            CardClick::Open => action = Some(PlaceAction::Open(address.clone())),
            CardClick::Forget => {
                let mut left = recent.to_vec();
                left.remove(at);
                action = Some(PlaceAction::Choose(Setting::Recent(left)));
            }
            CardClick::None => {}
        }
    }
    action
}
