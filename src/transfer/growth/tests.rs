//! More connections, as long as they are of use; in a time that the tests make up.

use super::fleet::{Line, sail};
use super::*;

const SETUP: Duration = Duration::from_millis(200);
const TICK: Duration = Duration::from_millis(20);

fn standing(busy: usize, so_far: Yield) -> Standing {
    Standing { busy, so_far, left: None, setup: SETUP, has_room: true }
}

/// How many there are in the end, and when that was first so, where so many connections bring so
/// many bytes a second in all.
fn settled(mut growth: Growth, speed: fn(usize) -> u64) -> (usize, Duration) {
    let start = Instant::now();
    let (mut so_far, mut seen) = (Yield::default(), (growth.wanted(), Duration::ZERO));
    for tick in 0..250 {
        let after = TICK * tick;
        so_far.bytes += speed(growth.wanted()) / 50;
        growth.look(start + after, &standing(growth.wanted(), so_far));
        if growth.wanted() != seen.0 {
            seen = (growth.wanted(), after);
        }
    }
    seen
}

#[test]
fn connections_are_added_while_each_brings_more_and_never_more_than_are_allowed() {
    const SLOW: u64 = 2_000_000;
    const LINE: u64 = 10_000_000;
    let one = |most| Growth::new(1, most);
    assert_eq!(settled(one(8), |count| SLOW * count as u64).0, 8);
    assert_eq!(settled(one(4), |count| SLOW * count as u64).0, 4);
    assert_eq!(settled(one(8), |count| LINE.min(SLOW * 2 * count as u64)).0, 4);
    assert_eq!(settled(one(8), |_| LINE).0, 1);
    assert_eq!(settled(Growth::to_server(None, None), |count| SLOW * count as u64).0, 8);
    assert_eq!(settled(Growth::to_server(None, None), |_| LINE).0, 2);
}

#[test]
fn where_each_brings_as_much_as_the_first_they_come_soon() {
    let (count, after) = settled(Growth::on_trial(2e6, 4), |count| 2_000_000 * count as u64);
    assert!(count == 4 && after <= SETUP, "{count} after {after:?}");
}

#[test]
fn one_good_moment_proves_nothing() {
    let start = Instant::now();
    let mut growth = Growth::on_trial(1e6, 4);
    // What was held up comes all at once; then it goes on as before.
    for (ms, bytes) in [(0, 0), (100, 100_000), (200, 100_000), (260, 260_000), (360, 360_000)] {
        let so_far = Yield { bytes, ..Yield::default() };
        growth.look(start + Duration::from_millis(ms), &standing(2, so_far));
        assert!(growth.wanted() <= 2, "after {ms} ms");
    }
}

#[test]
fn after_a_rest_one_more_is_tried_again() {
    let start = Instant::now();
    let mut growth = Growth::on_trial(1e6, 4);
    let mut looks = |seconds: f64, bytes| {
        let standing = standing(growth.wanted(), Yield { bytes, ..Yield::default() });
        growth.look(start + Duration::from_secs_f64(seconds), &standing)
    };
    looks(0.0, 0);
    looks(0.2, 200_000);
    assert_eq!(looks(1.2, 1_200_000), Advice::Drop);
    assert_eq!(looks(6.0, 2_000_000), Advice::Stay, "it rests");
    looks(6.3, 2_100_000);
    assert_eq!(looks(7.3, 2_600_000), Advice::Add);
}

#[test]
fn small_files_show_it_sooner_than_the_clock_and_waves_of_them_deceive_nobody() {
    let start = Instant::now();
    let mut growth = Growth::to_server(None, None);
    let mut files = Yield::default();
    let mut wave = |growth: &mut Growth, at: Duration, count: u32, each: Duration| {
        growth.look(start + at, &standing(growth.wanted(), files));
        files.files += u64::from(count);
        files.took += each * count;
        growth.look(start + at + TICK, &standing(growth.wanted(), files));
        growth.wanted()
    };
    let each = Duration::from_millis(150);
    assert_eq!(wave(&mut growth, each, 2, each), 4);
    assert_eq!(wave(&mut growth, each * 2, 4, each), 8);
    // Eight together are no faster than four, as soon as each has shown it a few times.
    assert_eq!(wave(&mut growth, each * 3, 8, each * 2), 8);
    assert_eq!(wave(&mut growth, each * 4, 40, each * 2), 4);
}

#[test]
fn while_a_rate_limit_is_what_holds_nobody_comes_and_nobody_leaves() {
    let start = Instant::now();
    let mut growth = Growth::on_trial(1e6, 4);
    let mut looks = |seconds: u32, bytes, has_room| {
        let so_far = Yield { bytes, ..Yield::default() };
        let standing = Standing { has_room, ..standing(growth.wanted(), so_far) };
        growth.look(start + SETUP * 5 * seconds, &standing)
    };
    // The second has brought it up to the limit, by a little.
    for seconds in 0..20 {
        assert_eq!(looks(seconds, u64::from(seconds) * 1_100_000, false), Advice::Stay);
    }
    // Now it was lifted.
    assert_eq!(looks(20, 20_000_000, true), Advice::Stay);
    assert_eq!(looks(21, 22_000_000, true), Advice::Add);
}

#[test]
fn what_ends_soon_is_left_alone_and_while_nothing_comes_nothing_is_known() {
    let start = Instant::now();
    for (bytes, left) in [(1_000_000, Some(1_000_000)), (0, None)] {
        let mut growth = Growth::new(1, 4);
        growth.look(start, &standing(1, Yield::default()));
        let standing = Standing { left, ..standing(1, Yield { bytes, ..Yield::default() }) };
        assert_eq!(growth.look(start + SETUP * 5, &standing), Advice::Stay);
        assert_eq!(growth.wanted(), 1);
    }
}

#[test]
fn what_the_server_refuses_and_what_the_person_chooses_is_kept_to() {
    for (choice, known, wanted) in [
        (Some(32), None, 32),
        (Some(100), None, 32),
        (Some(32), Some(4), 4),
        (None, Some(1), 1),
        (None, Some(0), 1),
    ] {
        assert_eq!(Growth::to_server(choice, known).wanted(), wanted, "{choice:?} {known:?}");
    }
    // One more than it is known for is tried.
    let known = Growth::to_server(Some(32), Some(4));
    assert_eq!(settled(known, |count| 1_000_000 * count as u64).0, 5);
    let mut growth = Growth::to_server(Some(8), None);
    growth.limit(5);
    assert_eq!(settled(growth, |count| 1_000_000 * count as u64).0, 5);
    let mut growth = Growth::new(8, 8);
    growth.limit(0);
    assert_eq!(growth.wanted(), 1);
    growth.choose(Some(8));
    assert_eq!(growth.wanted(), 1, "what was refused is refused");
    let mut growth = Growth::to_server(None, None);
    for (choice, wanted) in [(Some(5), 5), (Some(1), 1), (None, FIRST)] {
        growth.choose(choice);
        assert_eq!(growth.wanted(), wanted);
    }
}

#[test]
fn the_person_may_change_their_mind_and_what_was_refused_is_refused() {
    let mut growth = Growth::to_server(Some(8), None);
    growth.limit(1);
    growth.choose(Some(8));
    assert_eq!(growth.wanted(), 1);
    let mut free = Growth::to_server(None, None);
    for (choice, wanted) in [(Some(5), 5), (Some(1), 1), (None, 2)] {
        free.choose(choice);
        assert_eq!(free.wanted(), wanted);
    }
}

/// 20 Mbit/s at 50 ms, and files of half a megabyte: a handful of connections fills it.
const NARROW: Line = Line { setup: 200, all: 2_500_000, each: 900_000, length: 500_000 };

#[test]
fn those_that_bring_nothing_leave_again() {
    for (line, most) in [
        (NARROW, 5),
        (Line { length: 200_000, ..NARROW }, 7),
        (Line { length: 2_000_000, ..NARROW }, 4),
        (Line { all: 1_000_000, ..NARROW }, 3),
    ] {
        let counts = sail(Growth::to_server(None, None), line, 40);
        let late: usize = counts.iter().skip(10).sum();
        assert!(late <= (most * 30) + 30, "{} {} {counts:?}", line.all, line.length);
    }
}

#[test]
fn where_each_brings_its_share_all_come_soon_and_none_leaves() {
    for line in [
        // Small files at 50 ms, and larger ones that each connection has a line of its own for.
        Line { length: 1024, setup: 150, ..NARROW },
        Line { length: 1024, setup: 600, ..NARROW },
        Line { all: 100_000_000, ..NARROW },
        Line { all: 100_000_000, length: 2_000_000, ..NARROW },
    ] {
        let counts = sail(Growth::to_server(None, None), line, 40);
        let late = counts.iter().skip(8).all(|&count| count == MOST_POLITE);
        assert!(late, "{} {} {counts:?}", line.all, line.length);
    }
}
