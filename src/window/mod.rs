//! The face with a mouse.

use std::path::PathBuf;

/// What the form says when the window opens.
#[derive(Debug, Clone, Default)]
pub struct Prefill {
    /// The address field.
    pub address: Option<String>,
    /// The destination field.
    pub save_to: Option<PathBuf>,
}

/// Why no window could be opened.
#[derive(Debug, thiserror::Error)]
#[error("there is no graphical display. Use: ashore get URL")]
pub struct OpenError;

/// Opens the window and stays until it is closed.
///
/// # Errors
///
/// [`OpenError`] if there is no display.
pub fn open(_prefill: Prefill) -> Result<(), OpenError> {
    Err(OpenError)
}
