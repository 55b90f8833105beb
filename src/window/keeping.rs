//! *Keep the password*: the box beside every field for one, or why there is none.

use eframe::egui::{Id, Ui};

use super::look;
use super::widgets;

/// Whether passwords can be kept here, as far as that is known. It is asked only once somebody could
/// want it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Keeping {
    /// Nobody has asked.
    #[default]
    Unasked,
    /// A box was drawn: it is to be found out.
    Wanted,
    /// It is being found out.
    Asked,
    /// There is a keychain.
    Possible,
    /// There is none: what is missing.
    Missing(String),
}

impl Keeping {
    /// Lays it where every box in this picture finds it.
    pub(super) fn lay_out(&self, ui: &Ui) {
        ui.data_mut(|data| data.insert_temp(id(), self.clone()));
    }

    /// Whether a box in this picture wants to know it.
    pub(super) fn is_wanted(ui: &Ui) -> bool {
        ui.data(|data| data.get_temp(id())) == Some(Self::Wanted)
    }
}

fn id() -> Id {
    Id::unique("whether passwords can be kept")
}

/// The box, for a password that `keeps` or does not keep; where there is no keychain, a word about it.
pub(super) fn keeping_ui(ui: &mut Ui, keeps: &mut bool) {
    let keeping = ui.data_mut(|data| {
        let keeping = data.get_temp_mut_or_default::<Keeping>(id());
        if *keeping == Keeping::Unasked {
            *keeping = Keeping::Wanted;
        }
        keeping.clone()
    });
    if let Keeping::Missing(what) = keeping {
        *keeps = false;
        let text = format!("The password is kept until Ashore ends, and nowhere else: {what}.");
        widgets::message(ui, None, &text, look::colors(ui).quiet);
        return;
    }
    ui.checkbox(keeps, "Keep the password in this computer’s keychain")
        .on_hover_text("Otherwise it is kept until Ashore ends, and nowhere else");
}
