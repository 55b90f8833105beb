//! The face with a mouse.
//!
//! [`open`] opens the window and returns when it is closed. Inside, [`app`] takes in events and
//! gives orders, [`screen`] draws everything, [`model`] and [`form`] hold what is drawn, and
//! [`look`] alone knows colours and sizes.

pub mod app;
pub mod batch;
pub mod browser;
mod card;
pub mod contents;
mod contents_view;
pub mod desktop;
mod details;
pub mod dialogs;
mod display;
mod dragging;
mod empty;
pub mod form;
pub mod form_view;
mod frame;
pub mod handover;
pub mod history;
mod icons;
mod intake;
mod keeping;
pub mod keychain;
mod limit;
pub mod links;
pub mod log;
pub mod log_file;
mod log_search;
mod log_view;
pub mod look;
pub mod mask;
mod meaning;
pub mod model;
mod notices;
mod pages;
mod pick;
pub mod place;
pub mod places;
pub mod row;
mod row_actions;
pub mod row_view;
pub mod row_words;
mod scout;
pub mod screen;
pub mod selection;
pub mod sheet;
mod sheet_view;
pub mod sign_in;
mod status;
mod told;
pub mod transfers;
mod widgets;
pub mod wish;

use std::path::PathBuf;

pub use display::OpenError;
use handover::Arrival;

use crate::{settings, words};

/// What the form holds when the window opens.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prefill {
    /// The address, as it was given. One that is none is shown with what is wrong with it.
    pub address: Option<String>,
    /// The file to save to, or the folder.
    pub save_to: Option<PathBuf>,
    /// Whether this is only a passing visit: no list of transfers is opened or kept, and no settings.
    pub is_passing: bool,
}

/// Opens the window with the form filled in, and returns when it is closed.
///
/// Nothing starts before the person presses *Download*. Closing the window stops what runs; what
/// has arrived stays. If an Ashore is open already, it takes over what was given, comes to the front,
/// and this one has nothing left to do.
///
/// # Errors
///
/// [`OpenError`] if no window can be shown here: one line that names what works instead.
pub fn open(prefill: Prefill) -> Result<(), OpenError> {
    words::locale::adopt(&sys_locale::get_locale);
    let folder = if prefill.is_passing { None } else { settings::data_folder() };
    let address = prefill.address.as_deref();
    let door = match folder.map(|folder| handover::arrive(&folder, address)) {
        Some(Arrival::HandedOver) => return Ok(()),
        Some(Arrival::Alone(door)) => door,
        None => None,
    };
    display::run(prefill, door)
}
