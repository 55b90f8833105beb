//! Whether a file here is the one that a listing speaks of.

use std::time::{Duration, SystemTime};

use crate::ftp::listing::{Modified, Precision};

/// Whether a file of `length` bytes, last changed at `time`, is the one that a listing gives `size`
/// and `modified`: the same size, and the same time as finely as the listing writes it.
#[must_use]
pub fn is_same(
    length: u64,
    time: SystemTime,
    size: Option<u64>,
    modified: Option<Modified>,
) -> bool {
    let (Some(size), Some(modified)) = (size, modified) else { return false };
    let slack = match modified.precision {
        Precision::Second => Duration::from_secs(1),
        Precision::Minute => Duration::from_secs(60),
        Precision::Day => Duration::from_secs(24 * 3600),
    };
    let apart = time.duration_since(modified.time).or_else(|_| modified.time.duration_since(time));
    length == size && apart.is_ok_and(|apart| apart <= slack)
}
