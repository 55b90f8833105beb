//! The list and the log: what becomes of a transfer, and what can be done about it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use std::path::Path;
use std::time::{Duration, SystemTime};

use ashore::transfer::{
    Brake, Destination, Event, Failure, Kept, Line, News, NextStep, Outcome, Phase, Progress,
    Request, Summary, TransferId, Verdict, Voice,
};
use ashore::window::look;
use ashore::window::row_words::state;
use ashore::window::screen::Wish;
use eframe::egui::{Key, OutputCommand, Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::person::{ID, LINK, Window, doubtful, refused};

fn moving(received: u64, expected: Option<u64>) -> News {
    let remaining = expected.map(|_| Duration::from_secs(240));
    News::Progress(Progress {
        received,
        expected,
        speed: 11_400_000.0,
        remaining,
        brake: None,
        connections: 1,
    })
}

fn complete(path: &Path) -> Outcome {
    Ok(Summary {
        path: path.to_owned(),
        length: 4_100_000,
        modified: None,
        sha256: None,
        took: Duration::from_secs(3),
        verdict: Verdict::Complete,
    })
}

#[test]
fn a_moving_transfer_says_how_far_how_fast_how_long_and_can_be_cancelled() {
    let mut window =
        Window::after([News::Phase(Phase::Receiving), moving(1_200_000_000, Some(4_100_000_000))]);
    assert!(window.shows("debian.iso, 1.2 of 4.1 GB — 11.4 MB/s — 4 min left"));
    assert!(window.shows("1.2 of 4.1 GB · ftp.example.org"));
    let bar = window.harness.get_by_label("Progress of debian.iso");
    assert_eq!(bar.accesskit_node().numeric_value(), Some(29.0));
    assert!(window.shows("1 active · 11.4 MB/s"));
    window.click("Cancel debian.iso");
    assert!(matches!(window.wishes().as_slice(), [Wish::Cancel(ID)]));
    assert!(window.shows("Stopping…"));
    assert!(window.harness.get_by_label("Cancel debian.iso").accesskit_node().is_disabled());
}

#[test]
fn a_moving_transfer_says_what_holds_it_back_and_a_resting_one_does_not() {
    let mut window = Window::after([News::Phase(Phase::Receiving)]);
    for (brake, words) in [
        (Brake::Server, "limited by the server or the line"),
        (Brake::Limit, "limited by your limit"),
        (Brake::Disk, "limited by the disk"),
        (Brake::Checksum, "limited by computing the checksum"),
    ] {
        let News::Progress(progress) = moving(250, Some(1000)) else { panic!("it moves") };
        let progress = Progress { brake: Some(brake), ..progress };
        window.screen().hear(Event { id: ID, news: News::Progress(progress) });
        window.harness.run();
        assert!(window.shows(words), "{words}");
    }
    window.screen().hear(Event { id: ID, news: News::Paused });
    window.harness.run();
    assert!(!window.shows("limited by"));
}

#[test]
fn a_size_that_nobody_knows_is_never_shown_as_a_percentage() {
    for expected in [None, Some(1000)] {
        let window = Window::after([News::Phase(Phase::Receiving), moving(12_300_000, expected)]);
        assert!(window.shows("12.3 MB — 11.4 MB/s"));
        let bar = window.harness.get_by_label("Progress of debian.iso");
        assert_eq!(bar.accesskit_node().numeric_value(), None);
        assert!(!window.shows("%"));
    }
}

#[test]
fn a_transfer_can_be_paused_and_shows_how_far_it_was_until_it_is_resumed() {
    let mut window = Window::after([News::Phase(Phase::Receiving), moving(250, Some(1000))]);
    window.click("Pause debian.iso");
    window.screen().hear(Event { id: ID, news: News::Paused });
    window.harness.run();
    assert!(window.shows("Paused · 0.3 of 1.0 KB"));
    let bar = window.harness.get_by_label("Progress of debian.iso");
    assert_eq!(bar.accesskit_node().numeric_value(), Some(25.0));
    window.click("Resume debian.iso");
    assert!(matches!(window.wishes().as_slice(), [Wish::Pause(ID), Wish::Resume(ID)]));
}

#[test]
fn a_full_disk_is_a_pause_that_says_what_is_missing() {
    let why = "This disk has 1.0 GB free; the file needs 3.1 GB more".to_owned();
    let mut window = Window::after([News::Phase(Phase::Receiving), News::NoRoom(why)]);
    assert!(window.shows("the file needs 3.1 GB more. It goes on by itself when there is room"));
    window.click("Try now debian.iso");
    assert!(matches!(window.wishes().as_slice(), [Wish::TryNow(ID)]));
}

#[test]
fn a_pause_before_the_next_attempt_says_why_and_until_when_and_can_be_cut_short() {
    let until = SystemTime::now() + Duration::from_secs(60);
    let why = "ftp.example.org is full".to_owned();
    let mut window = Window::after([News::Phase(Phase::Waiting { why, until })]);
    assert!(window.shows("ftp.example.org is full. Trying again in "));
    window.click("Try now debian.iso");
    assert!(matches!(window.wishes().as_slice(), [Wish::TryNow(ID)]));
}

#[test]
fn a_file_that_is_there_can_be_opened_shown_and_taken_off_the_list() {
    let path = Path::new("/tmp/debian.iso");
    let mut window = Window::after([News::Ended(complete(path))]);
    assert!(window.shows("Complete · 4.1 MB"));
    window.click("Open debian.iso");
    window.click("Show in folder debian.iso");
    let wishes = window.wishes();
    let [Wish::Open(ID, opened), Wish::ShowInFolder(ID, shown)] = wishes.as_slice() else {
        panic!("{wishes:?}")
    };
    assert_eq!((opened.as_path(), shown.as_path()), (path, path));
    window.click("More about debian.iso");
    window.click("Remove from the list");
    assert!(!window.shows("debian.iso"));
}

#[test]
fn what_this_computer_could_not_open_is_said_in_the_row() {
    let mut window = Window::after([News::Ended(complete(Path::new("/tmp/debian.iso")))]);
    window.screen().model.note(ID, "/tmp/debian.iso is not there any more".to_owned());
    window.harness.run();
    assert!(window.shows("/tmp/debian.iso is not there any more"));
}

#[test]
fn finished_rows_are_cleared_together_and_that_can_be_undone() {
    let mut window = Window::after([News::Ended(complete(Path::new("/tmp/debian.iso")))]);
    let link = "ftp://ftp.example.org/waiting.zip".parse().unwrap();
    let request = Request::new(link, Destination::File("/tmp/waiting.zip".into()));
    window.screen().model.add(TransferId(2), request);
    window.harness.run();
    window.click("Clear the rows under Done");
    assert!(!window.shows("debian.iso"));
    assert!(window.shows("waiting.zip"));
    window.click("Undo clear of the list");
    assert!(window.shows("debian.iso"));
    let wishes = window.wishes();
    let [Wish::Clear(cleared), Wish::Unclear(again)] = wishes.as_slice() else {
        panic!("{wishes:?}")
    };
    assert_eq!((cleared.as_slice(), again.as_slice()), ([ID].as_slice(), [ID].as_slice()));
}

#[test]
fn a_refused_login_offers_to_sign_in_and_asks_in_the_row() {
    let mut window = Window::failed(refused(530, "Login incorrect."));
    assert!(window.shows("did not accept the name and password"));
    window.click("Sign in… debian.iso");
    assert!(window.shows("Sign in to ftp.example.org"));
    assert!(window.has_focus("User"));
    assert!(matches!(window.wishes().as_slice(), [Wish::FindKeychain]));
    window.write("User", "ann");
    window.harness.get_by_role_and_label(Role::PasswordInput, "Password").focus();
    window.harness.run();
    window.harness.get_by_role_and_label(Role::PasswordInput, "Password").type_text("secret");
    window.harness.run();
    window.press(Key::Enter);
    let wishes = window.wishes();
    let [Wish::Replace(ID, request)] = wishes.as_slice() else { panic!("{wishes:?}") };
    let login = &request.address.login;
    assert_eq!(login.user.as_deref(), Some(&b"ann"[..]));
    assert_eq!(login.password.as_ref().unwrap().reveal(), b"secret");
    assert!(!window.shows("Sign in to ftp.example.org"), "the question is answered");
    assert_eq!(window.value("Address"), "", "the form is left alone");
}

#[test]
fn a_missing_file_leads_back_to_the_address() {
    let mut window = Window::failed(refused(550, "No such file."));
    assert!(window.shows("The server has no file with this name"));
    window.click("Check address debian.iso");
    assert!(window.has_focus("Address"));
    assert_eq!(window.value("Path"), "/pub/debian.iso");
}

#[test]
fn trouble_with_the_disk_leads_to_where_it_is_saved() {
    let error = ashore::disk::Error::Full {
        path: "/tmp/debian.iso".into(),
        needed: Some(4_100_000_000),
        free: Some(1_000_000_000),
    };
    let mut window = Window::failed(Failure::Disk { error, kept: None });
    assert!(window.shows("This disk has 1.0 GB free; the file needs 3.1 GB more."));
    window.click("Save elsewhere… debian.iso");
    assert!(window.has_focus("Save to"));
    assert_eq!(window.value("Save to"), window.file("debian.iso").to_string_lossy());
}

#[test]
fn a_doubtful_file_says_which_facts_disagree_and_what_is_kept() {
    let mut window = Window::failed(doubtful());
    assert!(window.shows("Needs a look"));
    assert!(window.shows("announced 4,194,304 bytes, sent 2,097,152 and called it complete"));
    assert!(window.shows("The 2.1 MB that arrived are kept in debian.iso.part."));
    window.click("Show in folder debian.iso");
    let wishes = window.wishes();
    let [Wish::ShowInFolder(ID, path)] = wishes.as_slice() else { panic!("{wishes:?}") };
    assert_eq!(path, Path::new("/tmp/debian.iso.part"));
}

#[test]
fn trying_again_goes_on_with_the_same_transfer_in_the_same_row() {
    let mut window = Window::failed(Failure::Stopped { kept: None });
    assert!(window.shows("Stopped"));
    window.click("Try again debian.iso");
    assert!(matches!(window.wishes().as_slice(), [Wish::Resume(ID)]));
    window.screen().hear(Event { id: ID, news: News::Queued });
    window.harness.run();
    assert!(window.shows("Waiting for its turn"));
}

#[test]
fn a_stopped_file_of_which_something_is_here_continues() {
    let kept = Some(Kept { path: "/tmp/debian.iso.part".into(), length: 1_200_000 });
    let mut window = Window::failed(Failure::Stopped { kept });
    assert!(window.shows("Stopped · 1.2 MB kept"));
    window.click("Continue debian.iso");
    assert!(matches!(window.wishes().as_slice(), [Wish::Resume(ID)]));
}

#[test]
fn every_failure_has_a_button_that_does_what_it_says() {
    for (failure, step) in [
        (Failure::NotAFile, NextStep::CheckAddress),
        (refused(421, "Too many users"), NextStep::TryAgain),
        (Failure::Bug { what: "it slipped".to_owned() }, NextStep::TryAgain),
    ] {
        assert_eq!(failure.next_step(), step);
        let mut window = Window::failed(failure);
        window.click(&format!("{} debian.iso", step.words()));
        let is_resumed = matches!(window.wishes().as_slice(), [Wish::Resume(ID)]);
        assert_eq!(is_resumed, step == NextStep::TryAgain);
        assert!(is_resumed || window.has_focus("Address"));
    }
}

#[test]
fn where_the_file_channel_fails_the_other_mode_is_one_click_away() {
    for (is_active, words) in [(false, "Try active mode"), (true, "Try passive mode")] {
        let (tried, source) = ("EPSV".to_owned(), std::io::ErrorKind::ConnectionRefused.into());
        let error = ashore::ftp::Error::NoDataConnection { is_active, tried, source };
        let server = "ftp.example.org".to_owned();
        let mut window =
            Window::failed(Failure::Server { server, is_guest: true, error, kept: None });
        assert!(window.shows("A firewall"));
        window.click(&format!("{words} debian.iso"));
        let wishes = window.wishes();
        let [Wish::Replace(ID, request)] = wishes.as_slice() else { panic!("{wishes:?}") };
        assert_eq!(request.way.is_active, !is_active);
    }
}

#[test]
fn the_log_can_be_read_folded_and_copied() {
    let said = |voice, text: &str| {
        News::Line(Line { at: SystemTime::now(), voice, text: text.to_owned() })
    };
    let mut window = Window::after([
        said(Voice::Sent, "RETR /pub/debian.iso"),
        said(Voice::Received, "150 Here it comes\u{202e}"),
        said(Voice::Story, "Signed in as a guest"),
    ]);
    window.click("Protocol");
    assert!(window.shows("→ RETR /pub/debian.iso"));
    window.harness.get_by_label("Copy the log").click();
    window.harness.step();
    let copied = window.harness.output().platform_output.commands.iter().find_map(|command| {
        let OutputCommand::CopyText(text) = command else { return None };
        Some(text.clone())
    });
    let copied = copied.expect("the clipboard was given something");
    assert!(copied.contains("← 150 Here it comes\\u{202e}\n"), "{copied}");
    window.harness.run();
    window.click("Fold the log");
    assert!(!window.shows("→ RETR"));
    assert!(window.shows("• Signed in as a guest"));
}

#[test]
fn the_log_keeps_its_height_while_lines_arrive() {
    let mut window = Window::after([News::Phase(Phase::Connecting)]);
    let top = |window: &Window| window.harness.get_by_label("Fold the log").rect().top();
    let before = top(&window);
    for n in 0..50 {
        let line = Line { at: SystemTime::now(), voice: Voice::Story, text: n.to_string() };
        window.screen().hear(Event { id: ID, news: News::Line(line) });
        window.harness.run();
    }
    assert!((top(&window) - before).abs() < 0.5, "{before} became {}", top(&window));
    assert!(window.shows("• 49"));
}

#[test]
fn figures_have_one_width_so_that_nothing_jumps_when_they_change() {
    let window = Window::open();
    for font in [look::fact_font(), look::name_font(), look::log_font()] {
        let widths = window.harness.ctx.fonts_mut(|fonts| {
            ('0'..='9').map(|digit| fonts.glyph_width(&font, digit)).collect::<Vec<_>>()
        });
        assert!(widths.windows(2).all(|pair| pair[0] == pair[1]), "{widths:?}");
    }
}

#[test]
fn buttons_stay_where_they_are_when_the_speed_needs_another_figure() {
    let mut window = Window::after([News::Phase(Phase::Receiving)]);
    let mut places = Vec::new();
    for speed in [9.9e6, 11.4e6, 123.4e6, 9.9e3] {
        let News::Progress(progress) = moving(250, Some(1000)) else { panic!("it moves") };
        let news = News::Progress(Progress { speed, ..progress });
        window.screen().hear(Event { id: ID, news });
        window.harness.run();
        let rect = |name| window.harness.get_by_label(name).rect();
        places.push(["Rate limit", "Pause all transfers", "Pause debian.iso"].map(rect));
    }
    assert!(places.windows(2).all(|pair| pair[0] == pair[1]), "{places:?}");
}

#[test]
fn a_screen_reader_hears_each_row_with_its_state() {
    let window = Window::failed(doubtful());
    let row = window.harness.get_by_role(Role::ListItem);
    let heard = row.accesskit_node().label().unwrap_or_default();
    assert!(heard.starts_with("debian.iso, The server announced"), "{heard}");
}

#[test]
fn the_window_rests_and_names_everything_whatever_happens_and_however_small_it_is() {
    for (width, height) in [(1280.0, 800.0), (700.0, 500.0), (560.0, 420.0), (280.0, 210.0)] {
        for news in [
            vec![],
            vec![News::Phase(Phase::Connecting)],
            vec![News::Phase(Phase::Receiving), moving(250, None)],
            vec![News::Phase(Phase::Receiving), moving(250, Some(1000))],
            vec![News::Phase(Phase::Finishing)],
            vec![News::Phase(Phase::Receiving), moving(250, Some(1000)), News::Paused],
            vec![News::NoRoom("The disk is full".to_owned())],
            vec![News::Ended(complete(Path::new("/tmp/x")))],
            vec![News::Ended(Err(doubtful()))],
            vec![News::Ended(Err(refused(550, &"long ".repeat(200))))],
        ] {
            let mut window = Window::sized(width, height);
            let request = Request::new(LINK.parse().unwrap(), Destination::File("/x".into()));
            window.screen().model.add(ID, request);
            for news in news {
                window.screen().hear(Event { id: ID, news });
            }
            window.harness.run(); // Panics if it keeps asking to be drawn, or has a nameless input.
            assert!(!state(window.screen().model.row(ID).unwrap(), SystemTime::now()).is_empty());
        }
    }
}
