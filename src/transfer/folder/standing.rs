//! How the work in a folder stands, for the one who calls hands for it.

/// How things stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    pub(super) hands: usize,
    /// Hands that wait for something to do.
    pub(super) idle: usize,
    /// Folders that nobody looks into yet.
    pub(super) folders: usize,
    /// Files that nobody fetches yet.
    pub(super) files: usize,
    /// Nothing was looked into yet, and it is not because somebody waits before another try.
    pub(super) is_early: bool,
    /// No folder is left.
    pub(super) is_looked_into: bool,
    /// Nothing is left to be begun, or to be begun again.
    pub(super) is_over: bool,
}
