//! The fields of the form, and the texts in them.

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
}
