//! May these bytes be continued? The server must send the end of them once more, and it must be equal.

use super::doubt::Doubt;
use super::trouble::Trouble;
use crate::disk::Partial;
use crate::ftp::Data;

/// How many bytes are fetched twice to prove that two pieces belong together.
const OVERLAP: u64 = 64 * 1024;

/// From where to ask the server to send, given that `length` bytes are here. 0 where so little is
/// here that starting over costs no more than asking.
pub(super) fn offset(length: u64) -> u64 {
    if length >= 2 * OVERLAP { length - OVERLAP } else { 0 }
}

/// What came of a joint.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Joint {
    /// Nothing was here before.
    None,
    /// The end of what is here came again, and was equal.
    Checked,
    /// The server sent the file from its start. All that is here came again, and was equal.
    FromStart,
}

/// Reads from `data`, which was asked for from `offset` on, what is here already, and compares it.
/// The next byte of `data` is then the first that is missing.
///
/// # Errors
///
/// [`Doubt::Changed`] if it is not equal: `file` is then begun anew.
pub(super) fn join(data: &mut Data, file: &mut Partial, offset: u64) -> Result<Joint, Trouble> {
    let length = file.length();
    if length == 0 {
        return Ok(Joint::None);
    }
    let mut ours = Vec::new();
    let mut theirs = Vec::new();
    let mut at = offset;
    let mut joint = if offset == 0 { Joint::FromStart } else { Joint::Checked };
    while at < length {
        let size = usize::try_from((length - at).min(OVERLAP)).unwrap_or(0);
        ours.resize(size, 0);
        theirs.resize(size, 0);
        data.read_exact(&mut theirs)?;
        file.read_at(at, &mut ours)?;
        let size = u64::try_from(size).unwrap_or(0);
        if ours == theirs {
            at += size;
            continue;
        }
        file.read_at(0, &mut ours)?;
        if joint == Joint::Checked && ours == theirs {
            // It said yes to REST, and sends from the start: then so be it.
            joint = Joint::FromStart;
            at = size;
            continue;
        }
        file.restart()?;
        return Err(Trouble::Doubt(Doubt::Changed));
    }
    Ok(joint)
}
