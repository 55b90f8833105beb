//! A server's name for a file → a safe name on this computer.

/// stub
#[must_use]
pub fn local_name(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}
