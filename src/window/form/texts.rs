//! The fields of the form, and the texts in them.

use crate::transfer::Selection;

/// The fields of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// The whole link.
    Address,
    /// The server.
    Host,
    /// The file on the server.
    Path,
    /// The file on this computer.
    SaveTo,
    /// The user's name.
    User,
    /// The password.
    Password,
    /// The TCP port.
    Port,
    /// Of a folder: patterns of what is wanted alone.
    Only,
    /// Of a folder: patterns of what is left out.
    LeaveOut,
}

/// What stands in the fields, as text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts {
    /// The whole link. Never holds the password for longer than it is being typed.
    pub address: String,
    /// The server.
    pub host: String,
    /// The file on the server.
    pub path: String,
    /// The file on this computer.
    pub save_to: String,
    /// The user's name.
    pub user: String,
    /// The password. Drawn as dots.
    pub password: String,
    /// The TCP port. Empty: the usual one.
    pub port: String,
    /// Of a folder: patterns of what is wanted alone, with spaces between them.
    pub only: String,
    /// Of a folder: patterns of what is left out, with spaces between them.
    pub leave_out: String,
}

impl Texts {
    /// Which files of a folder are wanted.
    pub(super) fn selection(&self) -> Selection {
        let patterns = |text: &str| text.split_whitespace().map(str::to_owned).collect();
        Selection { include: patterns(&self.only), exclude: patterns(&self.leave_out) }
    }

    /// The same, as fields.
    pub(super) fn write(&mut self, selection: &Selection) {
        (self.only, self.leave_out) = (selection.include.join(" "), selection.exclude.join(" "));
    }
}
