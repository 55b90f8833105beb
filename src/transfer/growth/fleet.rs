//! Files of one size over a line, in a time that is made up.

use super::*;

const STEP: Duration = Duration::from_millis(10);

/// A line, and files that come over it.
#[derive(Clone, Copy)]
pub(super) struct Line {
    /// What a file takes until its first byte, in milliseconds.
    pub(super) setup: u64,
    /// Bytes per second: of all connections together, and of each of them at most.
    pub(super) all: u64,
    pub(super) each: u64,
    /// The length of each file, in bytes.
    pub(super) length: u64,
}

/// One connection.
struct Boat {
    /// When it is through with signing in, or with asking for its file.
    free_at: Duration,
    /// When it asked for the file that it brings. `None` while it signs in.
    asked: Option<Duration>,
    left: u64,
}

/// How many connections there are at the end of each second.
pub(super) fn sail(mut growth: Growth, line: Line, seconds: u64) -> Vec<usize> {
    let start = Instant::now();
    let (mut boats, mut counts): (Vec<Boat>, _) = (Vec::new(), Vec::new());
    let (mut so_far, mut bytes) = (Yield::default(), 0_u64);
    let signing_in = Duration::from_millis(line.setup * 3 / 2);
    let steps = u32::try_from(seconds * 100).unwrap();
    for now in (0..steps).map(|step| STEP * step) {
        if boats.len() < growth.wanted() {
            boats.push(Boat { free_at: now + signing_in, asked: None, left: 0 });
        }
        let is_at_it = |boat: &Boat| boat.asked.is_some() && boat.free_at <= now;
        let at_it = boats.iter().filter(|boat| is_at_it(boat)).fold(0, |count, _| count + 1);
        let share = (line.all / at_it.max(1)).min(line.each) / 100;
        let mut wanted = boats.len();
        boats.retain_mut(|boat| {
            if boat.free_at > now {
                return true;
            }
            if let Some(asked) = boat.asked {
                let come = share.min(boat.left);
                boat.left -= come;
                bytes += come;
                if boat.left > 0 {
                    return true;
                }
                if growth.counts(start + asked) {
                    so_far.files += 1;
                    so_far.took += now - asked;
                }
                if wanted > growth.wanted() {
                    wanted -= 1;
                    return false;
                }
            }
            // No two begin at the very same moment.
            let setup =
                Duration::from_millis(line.setup) + STEP * u32::try_from(bytes % 3).unwrap();
            *boat = Boat { free_at: now + setup, asked: Some(now), left: line.length };
            true
        });
        so_far.bytes = bytes;
        let busy = boats.iter().filter(|boat| boat.asked.is_some() || boat.free_at <= now).count();
        let setup = Duration::from_millis(800);
        let standing = Standing { busy, so_far, left: None, setup, has_room: true };
        growth.look(start + now, &standing);
        if now.subsec_millis() == 990 {
            counts.push(boats.len());
        }
    }
    counts
}
