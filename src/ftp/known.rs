//! What was learnt about a server, so that the next conversation with it begins where this one ends.

use std::collections::BTreeSet;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

use super::certificate::Fingerprint;
use super::encoding::Encoding;
use super::listing::Zone;

/// What was learnt about one server. Everything is optional, and nothing here is a promise: a server
/// may be another one tomorrow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Known {
    /// It has spoken TLS: it is never silently spoken to without it again.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub has_tls: bool,
    /// The certificate that the person trusts here, and no other.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "or_none")]
    pub pin: Option<Fingerprint>,
    /// Commands that travelled together made it stumble: it is spoken to step by step.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_step_by_step: bool,
    /// It has greeted, since this program began, as software that answers in order whatever travels
    /// together: it need not greet again before it is spoken to.
    #[serde(skip)]
    pub answers_in_order: bool,
    /// The last time, no data connection could be made in passive mode.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_passive_dead: bool,
    /// Data came only in active mode (`PORT`, RFC 959).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub wants_active: bool,
    /// The encoding of its names where they are not UTF-8: guessed, or chosen by the person.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "or_none")]
    pub encoding: Option<Encoding>,
    /// The names whose passwords the person has put into the keychain of this computer.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub passwords_of: BTreeSet<String>,
    /// How far the clock in its listings is ahead of UTC. Where summer time counts that changes twice
    /// a year: it is asked anew wherever it can be.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "or_none")]
    pub time_offset: Option<Zone>,
    /// How many connections it allows, as it has shown by refusing more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most_connections: Option<u32>,
}

/// A slip of the pen in one value is no reason to forget all the others.
fn or_none<'de, T: FromStr, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Ok(String::deserialize(deserializer)?.parse().ok())
}
