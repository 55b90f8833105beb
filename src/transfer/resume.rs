//! May these bytes be continued? The server must send the end of them once more, and it must be equal.

use super::doubt::Doubt;
use super::trouble::Trouble;
use crate::disk::{self, Partial};
use crate::ftp::Data;

/// How many bytes are fetched twice to prove that two pieces belong together.
pub(super) const OVERLAP: u64 = BLOCK as u64;

/// The same, as the length of a buffer.
const BLOCK: usize = 64 * 1024;

/// How far back a piece is looked for that can prove something, in such pieces.
const MOST_STEPS: u64 = 256;

/// From where to ask the server to send. 0 where so little is here that starting over costs no more
/// than asking.
///
/// A piece that is equal to the file's beginning proves nothing: a server that ignores `REST` sends
/// just that. Disk images are full of such pieces, so an earlier one is looked for.
pub(super) fn offset(file: &Partial) -> Result<u64, disk::Error> {
    Ok(proof_before(file, 0, file.length())?.unwrap_or(0))
}

/// From where on the bytes `left..at`, which are here, prove by coming again that what comes after
/// them belongs there: all of them, if need be. `None` if nothing does.
pub(super) fn proof_before(file: &Partial, left: u64, at: u64) -> Result<Option<u64>, disk::Error> {
    if left == 0 && at < 2 * OVERLAP {
        return Ok(Some(0));
    }
    let mut head = vec![0; BLOCK];
    let mut piece = vec![0; BLOCK];
    file.read_at(0, &mut head)?;
    let pieces = (1..=MOST_STEPS).map_while(|step| at.checked_sub(step * OVERLAP));
    for from in pieces.take_while(|&from| from >= left.max(OVERLAP)).chain([left]) {
        file.read_at(from, &mut piece)?;
        if from == 0 || piece != head {
            return Ok(Some(from));
        }
    }
    Ok(None)
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
        if joint == Joint::Checked && at == offset && ours == theirs {
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
