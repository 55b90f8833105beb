//! What all conversations of one program share.

use super::netrc::Netrc;
use super::proxies::Proxies;
use super::servers::Servers;

/// What all conversations of one program share. Clones share it too; the default knows nothing yet,
/// and forgets everything when the program ends.
#[derive(Debug, Clone, Default)]
pub struct Commons {
    /// What was learnt about each server.
    pub servers: Servers,
    /// Which proxy leads to which server.
    pub proxies: Proxies,
    /// Names and passwords for servers.
    pub netrc: Netrc,
}
