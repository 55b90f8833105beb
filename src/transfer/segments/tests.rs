//! Whoever brings what, in whatever order: the file is right, and is whole only when it is.

use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::unbounded;

use super::board::{Board, Id, Next, Setback, Task};
use super::crew::Crew;
use super::errand::Errand;
use crate::disk::{Company, Partial};
use crate::ftp::{Error, RemoteFile, Reply, Stop};
use crate::transfer::growth::Growth;
use crate::transfer::handle::Handle;
use crate::transfer::request::{Destination, Request};
use crate::transfer::resume::OVERLAP;

/// After so long a connection counts as silent, whatever it was like before.
const SILENCE: Duration = Duration::from_secs(3);

const SIZE: u64 = 4_000_000;
const FIRST: Id = 0;
const SECOND: Id = 1;

fn bytes(from: u64, to: u64) -> Vec<u8> {
    (from..to).map(|at| at.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes()[1]).collect()
}

/// A file of which the first megabyte is here, and a connection that brings the rest.
fn with_board(story: impl FnOnce(&mut Board<'_>, Instant)) {
    with_beginning(1_000_000, story);
}

fn with_beginning(length: u64, story: impl FnOnce(&mut Board<'_>, Instant)) {
    let folder = tempfile::tempdir().unwrap();
    let destination = folder.path().join("file");
    let (mut file, _) =
        Partial::claim(&destination, "ftp://example.org/file", true, Company::None).unwrap();
    file.begin(Some(SIZE), None).unwrap();
    file.put(0, &bytes(0, length)).unwrap();
    let mut board = Board::new(&mut file, SIZE);
    let now = Instant::now();
    board.settle(FIRST, &Stop::default(), now, now);
    story(&mut board, now);
}

#[test]
fn a_second_connection_leaves_enough_to_the_first_and_what_meets_is_compared() {
    with_board(|board, now| {
        let task = board.claim(SECOND, Some(2), &Stop::default(), now).unwrap().unwrap();
        assert_eq!(task, Task { from: 2_500_000, to: u64::MAX, is_in_void: true });
        let more = |next: Result<Next, Setback>| assert_eq!(next.unwrap(), Next::More);
        more(board.deliver(SECOND, 2_500_000, &bytes(2_500_000, SIZE), now));
        board.end_of_data(SECOND).unwrap();
        more(board.deliver(FIRST, 1_000_000, &bytes(1_000_000, 2_500_000), now));
        assert!(!board.is_whole(), "nobody has compared what meets at 2,500,000");
        let next = board.deliver(FIRST, 2_500_000, &bytes(2_500_000, 2_600_000), now);
        assert_eq!(next.unwrap(), Next::Done);
        assert!(board.is_whole());
    });
}

#[test]
fn bytes_that_contradict_those_before_them_are_not_believed() {
    with_board(|board, now| {
        board.claim(SECOND, Some(2), &Stop::default(), now).unwrap().unwrap();
        board.deliver(SECOND, 2_500_000, &bytes(0, 1_500_000), now).unwrap();
        board.end_of_data(SECOND).unwrap();
        board.deliver(FIRST, 1_000_000, &bytes(1_000_000, SIZE), now).unwrap();
        assert!(board.has_differed && !board.is_whole(), "the end was the end of other bytes");
        board.end_of_data(FIRST).unwrap();
        assert!(board.is_whole());
        let mut here = vec![0; 1_500_000];
        board.file.read_at(2_500_000, &mut here).unwrap();
        assert_eq!(here, bytes(2_500_000, SIZE));
    });
}

#[test]
fn of_two_connections_at_one_share_the_first_to_deliver_wins() {
    for winner in [FIRST, SECOND] {
        with_board(|board, now| {
            let later = now + SILENCE;
            assert!(board.has_silent_share(later));
            let task = board.claim(SECOND, Some(2), &Stop::default(), later).unwrap().unwrap();
            assert_eq!(task.from, 1_000_000 - OVERLAP, "what is here comes again");
            assert!(!board.has_silent_share(later), "one helper is enough");
            let loser = FIRST + SECOND - winner;
            let next = board.deliver(winner, 1_000_000, &bytes(1_000_000, 1_100_000), later);
            assert_eq!(next.unwrap(), Next::More);
            let next = board.deliver(loser, 1_000_000, &bytes(1_000_000, 1_100_000), later);
            assert_eq!(next.unwrap(), Next::Lost);
        });
    }
}

#[test]
fn what_comes_again_and_is_not_equal_brings_nothing() {
    with_board(|board, now| {
        let later = now + SILENCE;
        let task = board.claim(SECOND, Some(2), &Stop::default(), later).unwrap().unwrap();
        let next = board.deliver(SECOND, task.from, &bytes(0, 200_000), later);
        assert!(matches!(next, Err(Setback::Differs)), "{next:?}");
        assert_eq!(board.received(), 1_000_000);
    });
}

#[test]
fn before_the_beginning_is_here_others_begin_elsewhere_and_whoever_is_free_next_fetches_it() {
    with_beginning(1000, |board, now| {
        let task = board.claim(SECOND, Some(2), &Stop::default(), now).unwrap().unwrap();
        assert!(task.is_in_void, "{task:?}");
        assert!(!board.has_head() && board.awaits_head());
        board.leave(FIRST);
        assert!(!board.awaits_head(), "nobody fetches it any more");
        board.release(SECOND);
        let task = board.claim(SECOND, Some(2), &Stop::default(), now).unwrap().unwrap();
        assert_eq!((task.from, task.is_in_void), (0, false));
        board.deliver(SECOND, 0, &bytes(0, OVERLAP), now).unwrap();
        assert!(board.has_head());
    });
}

#[test]
fn what_cannot_be_told_from_the_beginning_comes_again_from_where_it_can() {
    let folder = tempfile::tempdir().unwrap();
    let destination = folder.path().join("file");
    let (mut file, _) =
        Partial::claim(&destination, "ftp://example.org/file", true, Company::None).unwrap();
    file.begin(Some(SIZE), None).unwrap();
    let zeros = vec![0; 1_000_000];
    file.put(0, &zeros).unwrap();
    file.put(2_000_000, &[1]).unwrap();
    file.put(2_000_001, &zeros).unwrap();
    // Somebody has told lies before, or the mark does.
    file.put(3_500_000, &zeros[..100_000]).unwrap();
    let mut board = Board::new(&mut file, SIZE);
    let mut claim = |id| board.claim(id, None, &Stop::default(), Instant::now()).unwrap().unwrap();
    let task = |from, to, is_in_void| Task { from, to: to + OVERLAP, is_in_void };
    assert_eq!(claim(0), task(0, 2_000_000, false));
    assert_eq!(claim(1), task(2_000_000, 3_500_000, false));
    assert_eq!(claim(2), Task { from: 3_500_000, to: u64::MAX, is_in_void: true });
}

#[test]
fn who_brings_what_nobody_can_tell_yet_is_not_silent() {
    with_beginning(1000, |board, now| {
        board.claim(SECOND, Some(2), &Stop::default(), now).unwrap().unwrap();
        let later = now + SILENCE;
        board.deliver(FIRST, 1000, &bytes(1000, 2000), later).unwrap();
        assert!(board.has_silent_share(later));
        board.hear(SECOND, later);
        assert!(!board.has_silent_share(later));
    });
}

#[test]
fn a_server_that_sends_in_bursts_shows_how_long_its_pauses_are_before_many_were_called() {
    const PAUSE: u32 = 5500;
    with_beginning(1_000_000, |board, begun| {
        // Who is there, since when, and from where on.
        let mut crew = vec![(FIRST, begun, 1_000_000)];
        for tick in (0..30 * PAUSE).step_by(20) {
            let now = begun + Duration::from_millis(tick.into());
            if board.has_silent_share(now) {
                let next = crew.len();
                let task = board.claim(next, Some(1), &Stop::default(), now).unwrap().unwrap();
                crew.push((next, now, task.from));
            }
            for (id, since, at) in &mut crew {
                if now.duration_since(*since).as_millis().is_multiple_of(PAUSE.into()) {
                    let burst = bytes(*at, *at + 2 * OVERLAP);
                    board.deliver(*id, *at, &burst, now).unwrap();
                    *at += 2 * OVERLAP;
                }
            }
        }
        assert!(board.received() > 3_000_000, "nobody is given up: {}", board.received());
        assert!((3..=5).contains(&crew.len()), "{} were called", crew.len());
    });
}

/// A crew of as many as are wanted, at work on a file of which `board` has it all but its end.
fn with_crew(board: Board<'_>, story: impl FnOnce(&Crew<'_, '_>)) {
    let handle = Handle::default();
    let address = "ftp://example.org/file".parse().unwrap();
    let request = Request::new(address, Destination::Folder("d".into()));
    let remote = RemoteFile::at(&request.address.path);
    let errand = Errand {
        access: request.access(handle.commons()),
        handle: &handle,
        patience: request.patience,
        remote: &remote,
        size: SIZE,
        most: 1,
        stop: handle.stop.clone(),
    };
    story(&Crew::new(errand, board, Growth::new(1, 1), unbounded().0));
}

#[test]
fn where_nobody_else_can_go_on_the_last_one_is_given_the_time_to_end_its_transfer() {
    with_beginning(SIZE, |board, _| {
        let mut whole = Board::new(board.file, SIZE);
        whole.is_end_proven = true;
        with_crew(whole, |crew| {
            let stop = Stop::default();
            crew.enrol(stop.clone());
            let ended = thread::scope(|scope| {
                let ended = crew.end(|| {
                    scope.spawn(|| crew.tend(scope));
                    thread::sleep(Duration::from_millis(200));
                    !stop.is_given()
                });
                while !crew.is_over() {
                    crew.idle(Duration::from_millis(20));
                }
                ended
            });
            assert_eq!(ended, Some(true), "its last word was not waited for");
        });
    });
}

/// What `RETR` is told about a file that is gone.
fn gone() -> Result<(), Setback> {
    let reply = Reply { code: 550, lines: vec!["Failed to open file.".to_owned()] };
    Err(Error::Refused { command: "RETR file".to_owned(), reply }.into())
}

/// Two have come for a file of which the first megabyte is here; the first one has it sent, or not. Then
/// somebody hears that it is gone. Who was sent home within a while?
fn sent_home(is_sent: bool, hears: usize, within: Duration) -> [bool; 2] {
    let mut are_home = [false; 2];
    with_board(|board, now| {
        with_crew(Board::new(board.file, SIZE), |crew| {
            let stops = [Stop::default(), Stop::default()];
            let members = stops.each_ref().map(|stop| crew.enrol(stop.clone()));
            crew.board().settle(members[0], &stops[0], now, now);
            if is_sent {
                crew.board().sends(members[0], false);
            }
            thread::scope(|scope| {
                scope.spawn(|| crew.tend(scope));
                crew.leave(members[hears], &stops[hears], gone());
                while !crew.is_over() && now.elapsed() < within {
                    crew.wait(within);
                }
                are_home = stops.each_ref().map(Stop::is_given);
                crew.handle().stop.give();
                members.iter().zip(&stops).for_each(|(&id, stop)| crew.leave(id, stop, Ok(())));
            });
            assert!(crew.is_denied());
        });
    });
    are_home
}

#[test]
fn when_a_file_is_gone_those_who_have_it_sent_go_on_and_nobody_else_asks() {
    let soon = Duration::from_secs(10);
    assert_eq!(sent_home(false, 0, soon), [false, true], "the other one is on its way in vain");
    assert_eq!(sent_home(true, 1, Duration::from_millis(200)), [false, false]);
}
