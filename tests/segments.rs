//! One file over several connections: whatever goes wrong with one of them, the file that gets its
//! name is the right one, and nobody is asked for more than he likes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ashore::transfer::{
    self, Commons, Engine, Event, Failure, Handle, News, Phase, Request, Summary, Voice,
};
use support::quay::{Manners, Quay, Quirk, sha256_of_cargo};
use support::{arrived, calm_request, names, run, said, sha256};

/// The length of each file, in bytes, and what each connection brings of it in a second.
const LENGTH: u64 = 8 * 1024 * 1024;
const PACE: u64 = 4 * 1024 * 1024;

/// How far into the file a second connection begins for certain.
const MIDDLE: u64 = LENGTH / 4;

fn over(segments: usize, quay: &Quay, folder: &Path) -> Request {
    Request { segments: Some(segments), ..calm_request(&quay.link("file.bin"), folder) }
}

/// The file must be right, and alone in its folder.
fn is_right(summary: &Summary, folder: &Path) {
    assert_eq!(sha256(&summary.path), sha256_of_cargo(LENGTH));
    assert_eq!(summary.sha256.unwrap(), sha256_of_cargo(LENGTH), "the hash is of other bytes");
    assert_eq!(names(folder), ["file.bin"]);
}

/// Fetches the file over `segments` connections from a server with these manners. Gives what was said.
fn fetched(segments: usize, manners: Manners) -> (Quay, Vec<String>) {
    let quay = Quay::open(manners);
    let folder = tempfile::tempdir().unwrap();
    let (outcome, news) = run(&over(segments, &quay, folder.path()));
    is_right(&arrived(outcome), folder.path());
    let told = [said(&news, Voice::Story), said(&news, Voice::Warning)].concat();
    (quay, told.into_iter().map(str::to_owned).collect())
}

fn with_quirk(quirk: impl Fn(usize, u64) -> Quirk + Send + Sync + 'static) -> Manners {
    Manners { quirks: Arc::new(quirk), ..Manners::for_segments(LENGTH, PACE) }
}

#[test]
fn four_connections_bring_one_file() {
    let (quay, _) = fetched(4, Manners::for_segments(LENGTH, PACE));
    assert_eq!(quay.books.most_busy.load(Ordering::Relaxed), 4);
    let twice = quay.sent() - LENGTH;
    assert!(twice < LENGTH / 4, "{twice} bytes were sent in vain");
}

#[test]
fn every_one_of_them_says_goodbye() {
    for manners in [
        Manners::for_segments(LENGTH, PACE),
        known(Manners::for_segments(LENGTH, PACE)),
        with_quirk(|number, from| match number {
            1 => Quirk::Silent(from + 400_000),
            _ => Quirk::None,
        }),
    ] {
        let quay = Quay::open(manners);
        let folder = tempfile::tempdir().unwrap();
        let (outcome, news) = run(&over(8, &quay, folder.path()));
        is_right(&arrived(outcome), folder.path());
        let greetings = said(&news, Voice::Received);
        let greetings = greetings.iter().filter(|line| line.starts_with("220 ")).count();
        let goodbyes = said(&news, Voice::Sent);
        let goodbyes = goodbyes.iter().filter(|line| **line == "QUIT").count();
        assert!(greetings > 1 && goodbyes >= greetings, "{goodbyes} of {greetings}: {news:?}");
    }
}

/// A server whose software is known to continue files.
fn known(manners: Manners) -> Manners {
    Manners { greetings: &["220 (vsFTPd 3.0.3)"], ..manners }
}

#[test]
fn where_the_software_is_known_those_that_were_asked_for_begin_together() {
    let (quay, _) =
        fetched(4, known(Manners { waits_for: 4, ..Manners::for_segments(LENGTH, PACE) }));
    let mut asked: Vec<_> =
        quay.books.asked.lock().unwrap().iter().take(4).map(|(_, from)| *from).collect();
    asked.sort_unstable();
    assert_eq!(asked.first(), Some(&0), "{asked:?}");
    assert!(asked.is_sorted_by(|one, next| one < next), "two brought the same: {asked:?}");
}

#[test]
fn what_begins_together_survives_whatever_becomes_of_the_beginning() {
    let is_first = || {
        let seen = AtomicBool::new(false);
        move |from: u64| from == 0 && !seen.swap(true, Ordering::Relaxed)
    };
    for cut in [0, 10_000, 100_000] {
        let first = is_first();
        let manners = Manners {
            cut: Arc::new(move |_, from| first(from).then_some(cut)),
            ..Manners::for_segments(LENGTH, PACE)
        };
        fetched(4, known(manners));
    }
    for silent in [0, 10_000, 100_000] {
        let first = is_first();
        let quirk = move |_, from| match first(from) {
            true => Quirk::Silent(silent),
            false => Quirk::None,
        };
        fetched(4, known(with_quirk(quirk)));
    }
}

#[test]
fn where_the_next_ones_meet_another_server_they_meet_it_anew_and_help() {
    let greetings = &["220 (vsFTPd 3.0.3)", "220 Another one"];
    let manners = Manners { waits_for: 4, ..Manners::for_segments(LENGTH, PACE) };
    fetched(4, Manners { greetings, ..manners }); // Nothing comes before all four are there.
}

#[test]
fn of_those_that_begin_together_one_that_ignores_rest_is_not_believed() {
    let (quay, _) = fetched(
        4,
        known(with_quirk(|_, from| match from {
            0 => Quirk::None,
            _ => Quirk::FromStart,
        })),
    );
    assert!(quay.sent() > LENGTH, "nobody else came");
}

#[test]
fn no_more_connections_bring_a_file_than_were_chosen_for_its_server() {
    for chosen in [1, 2] {
        let quay = Quay::open(Manners::for_segments(LENGTH, PACE));
        let folder = tempfile::tempdir().unwrap();
        let commons = Commons::default();
        commons.lanes.choose(Some(chosen));
        let (mut engine, events) = Engine::start(commons, || ()).unwrap();
        let asked = over(4, &quay, folder.path());
        let other = quay.link("other.bin").parse().unwrap();
        engine.download_all([asked.clone(), Request { address: other, ..asked }]);
        let ended = |event: Event| match event.news {
            News::Ended(outcome) => Some(outcome.unwrap()),
            _ => None,
        };
        assert_eq!(events.iter().filter_map(ended).take(2).count(), 2);
        let busy = quay.books.most_busy.load(Ordering::Relaxed);
        assert!(busy <= chosen.into(), "{busy} connections of {chosen}");
    }
}

#[test]
fn where_an_offset_lasts_the_next_file_on_the_same_connection_comes_whole_and_once() {
    for segments in [1, 4] {
        let quay = Quay::open(Manners {
            rest_lasts: true,
            // The only one has to come back.
            cut: Arc::new(|number, _| (number == 0).then_some(MIDDLE)),
            ..Manners::for_segments(LENGTH, PACE)
        });
        let folder = tempfile::tempdir().unwrap();
        let (mut engine, events) = Engine::start(Commons::default(), || ()).unwrap();
        let first = over(segments, &quay, folder.path());
        let next = Request { segments: Some(1), ..first.clone() };
        for (name, request) in [("file.bin", first), ("next.bin", next)] {
            let before = quay.sent();
            let address = quay.link(name).parse().unwrap();
            engine.download_all([Request { address, ..request }]);
            let ended = |event: Event| match event.news {
                News::Ended(outcome) => Some(outcome.unwrap()),
                _ => None,
            };
            let summary = events.iter().find_map(ended).unwrap();
            assert_eq!(sha256(&summary.path), sha256_of_cargo(LENGTH));
            let of_this = |(path, _): &&(String, u64)| path == name;
            let asked = quay.books.asked.lock().unwrap().iter().filter(of_this).count();
            assert!(name == "file.bin" || (asked, quay.sent() - before) == (1, LENGTH));
        }
        assert_eq!(names(folder.path()), ["file.bin", "next.bin"]);
    }
}

#[test]
fn one_connection_that_is_slow_gets_company_by_itself() {
    let quay = Quay::open(Manners::for_segments(LENGTH, 1024 * 1024));
    let folder = tempfile::tempdir().unwrap();
    let (outcome, _) = run(&calm_request(&quay.link("file.bin"), folder.path()));
    is_right(&arrived(outcome), folder.path());
    let busy = quay.books.most_busy.load(Ordering::Relaxed);
    assert!((2..=4).contains(&busy), "{busy} connections");
}

#[test]
fn a_server_that_does_not_tell_size_or_does_not_offer_rest_gets_no_second_connection() {
    for manners in [
        Manners { offers_rest: false, ..Manners::for_segments(LENGTH, PACE) },
        Manners { tells_size: false, ..Manners::for_segments(LENGTH, PACE) },
    ] {
        let (quay, _) = fetched(4, manners);
        assert_eq!(quay.books.asked.lock().unwrap().len(), 1);
    }
}

#[test]
fn a_server_that_takes_few_guests_is_not_pressed_and_that_is_remembered() {
    for most_guests in [1, 2] {
        let manners = Manners { most_guests, ..Manners::for_segments(LENGTH, PACE) };
        let quay = Quay::open(manners);
        let folder = tempfile::tempdir().unwrap();
        let handle = Handle::default();
        let request = over(4, &quay, folder.path());
        let outcome = transfer::download(&request, &handle, &|_| ());
        is_right(&arrived(outcome), folder.path());
        let known = handle.commons().servers.known(&request.address.host, request.address.port);
        assert_eq!(known.most_connections.map(u64::from), Some(most_guests));
    }
}

#[test]
fn where_only_one_connection_gets_the_file_it_goes_on_alone_also_when_that_is_cut() {
    let slow = || Manners { most_senders: 1, ..Manners::for_segments(LENGTH, PACE) };
    for manners in [slow(), known(slow())] {
        let is_cut = AtomicBool::new(false);
        let cut =
            move |_, from| (!is_cut.swap(true, Ordering::Relaxed)).then_some(from + 4_000_000);
        let (quay, told) = fetched(4, Manners { cut: Arc::new(cut), ..manners });
        assert_eq!(quay.books.most_busy.load(Ordering::Relaxed), 1);
        assert!(told.iter().any(|line| line.contains("over one connection alone")), "{told:?}");
        let asked = quay.books.paths().len();
        assert!(asked < 10, "it was asked for {asked} times");
    }
}

#[test]
fn what_one_connection_leaves_another_takes_over() {
    for manners in [
        with_quirk(|number, from| match number {
            1 => Quirk::Ends(from + 300_000),
            _ => Quirk::None,
        }),
        Manners {
            cut: Arc::new(|number, from| (number % 3 == 1).then_some(from + 500_000)),
            ..Manners::for_segments(LENGTH, PACE)
        },
        // The first one, which knows the most.
        Manners {
            cut: Arc::new(|number, from| (number == 0).then_some(from + 500_000)),
            ..Manners::for_segments(LENGTH, PACE)
        },
    ] {
        fetched(4, manners);
    }
}

#[test]
fn a_file_of_nothing_but_zeros_is_taken_over_though_no_piece_of_it_can_prove_anything() {
    for quirk in [Quirk::Ends(LENGTH / 3), Quirk::Silent(LENGTH / 3)] {
        let quay = Quay::open(Manners {
            zeros: LENGTH,
            ..with_quirk(move |number, _| if number == 0 { quirk } else { Quirk::None })
        });
        let folder = tempfile::tempdir().unwrap();
        let (outcome, _) = run(&over(4, &quay, folder.path()));
        let zeros = vec![0; usize::try_from(LENGTH).unwrap()];
        assert_eq!(fs::read(arrived(outcome).path).unwrap(), zeros);
    }
}

#[test]
fn a_connection_that_ignores_rest_is_found_out_and_not_believed() {
    for segments in [2, 8] {
        let (_, told) = fetched(
            segments,
            with_quirk(|number, _| match number {
                0 => Quirk::None,
                _ => Quirk::FromStart,
            }),
        );
        let count = told.iter().filter(|line| line.contains("does not fit")).count();
        assert_eq!(count, 1, "{told:?}");
    }
}

#[test]
fn wrong_bytes_where_two_connections_meet_are_found_and_fetched_again() {
    let (quay, _) = fetched(
        2,
        with_quirk(|number, _| match number {
            1 => Quirk::Wrong(MIDDLE),
            _ => Quirk::None,
        }),
    );
    assert!(quay.sent() > LENGTH + LENGTH / 4, "nothing was fetched again");
}

#[test]
fn a_connection_that_falls_silent_is_overtaken_by_another() {
    for segments in [1, 4] {
        let quay = Quay::open(with_quirk(|number, _| match number {
            0 => Quirk::Silent(LENGTH / 3),
            _ => Quirk::None,
        }));
        let folder = tempfile::tempdir().unwrap();
        let patience = Duration::from_secs(600); // Nobody waits for so long.
        let request = Request { patience, ..over(segments, &quay, folder.path()) };
        let (outcome, news) = run(&request);
        is_right(&arrived(outcome), folder.path());
        assert!(!news.iter().any(|news| matches!(news, News::Phase(Phase::Waiting { .. }))));
        let asked = quay.books.asked.lock().unwrap().clone();
        assert!(asked.len() >= 2, "{asked:?}");
    }
}

#[test]
fn where_all_fall_silent_and_there_may_be_no_more_each_makes_room_for_another() {
    let quay = Quay::open(with_quirk(|number, from| match number {
        // The first one, which has the download's own right to a connection, before all others.
        0 => Quirk::Silent(100_000),
        1..8 => Quirk::Silent(from + 400_000),
        _ => Quirk::None,
    }));
    let folder = tempfile::tempdir().unwrap();
    let (mut engine, events) = Engine::start(Commons::default(), || ()).unwrap();
    let patience = Duration::from_secs(600); // Nobody waits for so long.
    engine.download_all([Request { patience, ..over(8, &quay, folder.path()) }]);
    let ended = |event: Event| match event.news {
        News::Ended(outcome) => Some(outcome.unwrap()),
        _ => None,
    };
    is_right(&events.iter().find_map(ended).unwrap(), folder.path());
}

#[test]
fn a_server_that_sends_in_bursts_is_not_called_on_again_and_again() {
    let pause = Duration::from_millis(1500);
    let (quay, told) = fetched(4, with_quirk(move |_, _| Quirk::Bursts(256 * 1024, pause)));
    let asked = quay.books.asked.lock().unwrap().len();
    assert!(asked <= 16, "{asked} times: {told:?}");
}

#[test]
fn a_file_that_changes_while_several_fetch_it_is_never_called_complete_as_it_is() {
    let (_, told) = fetched(2, Manners { changes_after: 1, ..Manners::for_segments(LENGTH, PACE) });
    let has_begun_anew = told.iter().any(|line| line.contains("has changed"));
    let went_alone = told.iter().any(|line| line.contains("Going on without it"));
    assert!(has_begun_anew && went_alone, "{told:?}");
}

/// Stops a download over four connections once half of the file is here.
fn stopped_half_way(quay: &Quay, folder: &Path) {
    let handle = Handle::default();
    let outcome = transfer::download(&over(4, quay, folder), &handle, &|news| {
        if matches!(news, News::Progress(progress) if progress.received > LENGTH / 2) {
            handle.stop.give();
        }
    });
    let Err(Failure::Stopped { kept: Some(kept) }) = outcome else { unreachable!("{outcome:?}") };
    assert!(kept.length > LENGTH / 2, "{kept:?}");
}

#[test]
fn what_was_stopped_goes_on_over_any_number_of_connections() {
    for segments in [1, 2, 8] {
        let quay = Quay::open(Manners::for_segments(LENGTH, PACE));
        let folder = tempfile::tempdir().unwrap();
        stopped_half_way(&quay, folder.path());
        let record = fs::read_to_string(folder.path().join("file.bin.part.ashore")).unwrap();
        let record: serde_json::Value = serde_json::from_str(&record).unwrap();
        let ranges = record["ranges"].as_array().unwrap().len();
        assert!(ranges > 1, "{record}");
        let (outcome, _) = run(&over(segments, &quay, folder.path()));
        is_right(&arrived(outcome), folder.path());
        let again = quay.sent() - LENGTH;
        assert!(again < LENGTH / 2, "{again} bytes were fetched again");
    }
}
