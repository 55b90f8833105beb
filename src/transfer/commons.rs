//! What all conversations of one program share.

use super::lanes::Lanes;
use super::lists::KnownLists;
use super::netrc::Netrc;
use super::passwords::Passwords;
use super::proxies::Proxies;
use super::servers::Servers;
use super::throttle::Throttle;
use crate::disk::Receipt;

/// What all conversations of one program share. Clones share it too; the default knows nothing yet,
/// and forgets everything when the program ends.
#[derive(Debug, Clone, Default)]
pub struct Commons {
    /// What was learnt about each server.
    pub servers: Servers,
    /// The connections to each server.
    pub lanes: Lanes,
    /// How fast everything together may arrive.
    pub throttle: Throttle,
    /// Which checksum files are not there, and what the others hold.
    pub known_lists: KnownLists,
    /// Which proxy leads to which server.
    pub proxies: Proxies,
    /// Names and passwords for servers.
    pub netrc: Netrc,
    /// Passwords that the person asked to keep.
    pub passwords: Passwords,
    /// Where the sums of what arrives are written, if anywhere. Nothing that is fetched takes its place.
    pub receipt: Option<Receipt>,
}
