//! The way to a server: by which kind of address, and who makes the data connections.

use serde::{Deserialize, Serialize};

/// The way to a server, as far as a person may choose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Way {
    /// Which of the server's addresses are tried.
    pub family: Family,
    /// The server makes the data connections (active mode, RFC 959 §3.2), not Ashore.
    pub is_active: bool,
}

/// Which kind of address a name is looked up for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Family {
    /// Both.
    #[default]
    Any,
    /// IPv4 alone.
    V4,
    /// IPv6 alone.
    V6,
}

impl Family {
    /// Whether `ip` is of this kind.
    pub(super) fn has(self, ip: std::net::IpAddr) -> bool {
        match self {
            Self::Any => true,
            Self::V4 => ip.is_ipv4(),
            Self::V6 => ip.is_ipv6(),
        }
    }
}

impl std::fmt::Display for Family {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Any => "IP",
            Self::V4 => "IPv4",
            Self::V6 => "IPv6",
        })
    }
}
