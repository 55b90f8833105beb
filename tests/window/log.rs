//! The log: what was said, by whom, and what of it is shown.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use std::time::{Instant, SystemTime};

use ashore::settings::Settings;
use ashore::transfer::{
    Destination, Event, Failure, Line, News, Phase, Request, TransferId, Voice,
};
use ashore::window::log::{MOST_LINES, Seeking, Talk};
use ashore::window::screen::Wish;
use eframe::egui::{Role, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::person::{ID, LINK, Window, refused};

fn line(voice: Voice, text: &str) -> News {
    News::Line(Line { at: SystemTime::UNIX_EPOCH, voice, text: text.to_owned() })
}

/// A transfer that has just begun, and every word that is said is shown.
fn whole() -> Window {
    let mut window = Window::after([News::Phase(Phase::Connecting)]);
    window.click("Protocol");
    window
}

/// What was said since the window was opened; every word of it is shown.
fn talking() -> Window {
    let mut window = Window::after([
        News::Phase(Phase::Connecting),
        line(Voice::Received, "220 ftp.example.org ready"),
        line(Voice::Sent, "USER anonymous"),
        line(Voice::Received, "550 No such file"),
        line(Voice::Story, "Signed in to ftp.example.org as a guest"),
    ]);
    assert!(window.shows("Signed in") && !window.shows("USER anonymous"), "the story comes first");
    window.click("Protocol");
    window
}

#[test]
fn the_story_alone_the_trouble_alone_and_a_search_are_one_click_away() {
    let mut window = talking();
    window.click("Story");
    assert!(window.shows("Signed in") && !window.shows("USER anonymous"));
    window.click("Protocol");
    window.click("Only warnings and refusals");
    assert!(window.shows("550 No such file") && !window.shows("Signed in"));
    window.click("Only warnings and refusals");
    window.write("Search the log", "user ANON");
    assert!(window.shows("USER anonymous") && !window.shows("550 No such file"));
    window.write("Search the log", "nowhere");
    assert!(window.shows("No line is like that."));
}

#[test]
fn the_view_that_was_chosen_is_there_at_the_next_start() {
    let mut settings = Settings::default();
    let mut window = talking();
    for wish in window.wishes() {
        let Wish::Set(setting) = wish else { panic!("{wish:?}") };
        settings.choose(&setting).unwrap();
    }
    let mut window = Window::open();
    window.screen().take_settings(settings);
    let request = Request::new(LINK.parse().unwrap(), Destination::Folder("/tmp".into()));
    window.screen().model.add(ID, request);
    window.screen().hear(Event { id: ID, news: line(Voice::Sent, "USER anonymous") });
    window.harness.run();
    assert!(window.shows("USER anonymous"), "it was not asked for again");
}

#[test]
fn a_reply_explains_itself_under_the_pointer() {
    let mut window = talking();
    window.harness.get_by_label_contains("550 No such file").hover();
    window.harness.run();
    assert!(window.shows("550: the file is not there, or may not be read"));
    assert!(window.shows("Ashore lets RETR decide"));
}

#[test]
fn names_can_be_hidden_for_a_bug_report_also_in_what_is_saved() {
    let mut window = talking();
    let hide = "Hide hosts and users, also in what is copied and saved";
    window.click(hide);
    assert!(window.shows("Signed in to host-1 as a guest"));
    let toggle = window.harness.get_by_role_and_label(Role::CheckBox, hide);
    assert!(toggle.accesskit_node().toggled().is_some());
    // A server that came later, and whose row is gone, is hidden as well.
    let address = "ftp://later.example.net/x".parse().unwrap();
    let request = Request::new(address, Destination::File(window.file("x")));
    let id = TransferId(2);
    window.screen().model.add(id, request);
    window.screen().hear(Event { id, news: line(Voice::Received, "220 later.example.net") });
    window.screen().hear(Event { id, news: News::Ended(Err(Failure::NotAFile)) });
    window.screen().model.remove(id);
    window.harness.run();
    window.click("Save the log as…");
    let wishes = window.wishes();
    let [.., Wish::SaveLog(dump)] = wishes.as_slice() else { panic!("{wishes:?}") };
    let text = &dump.text;
    assert!(text.contains("220 host-1 ready") && !text.contains("example"), "{text}");
}

#[test]
fn whoever_has_scrolled_up_keeps_their_place_while_lines_come_and_go() {
    let mut window = whole();
    for n in 0..MOST_LINES {
        window.screen().hear(Event { id: ID, news: line(Voice::Sent, &format!("line {n}.")) });
    }
    window.harness.run();
    assert!(window.shows(&format!("line {}.", MOST_LINES - 1)), "the newest is shown");
    let newest = format!("line {}.", MOST_LINES - 1);
    let at = window.harness.get_by_label_contains(&newest).rect().center();
    window.harness.hover_at(at);
    window.harness.event(eframe::egui::Event::MouseWheel {
        unit: eframe::egui::MouseWheelUnit::Point,
        delta: vec2(0.0, 900.0),
        phase: eframe::egui::TouchPhase::Move,
        modifiers: Default::default(),
        source: eframe::egui::MouseWheelSource::Wheel,
    });
    window.harness.run_steps(40);
    let top = |window: &Window, n: usize| {
        let words = format!("line {n}.");
        let line = window.harness.query_by_label_contains(&words);
        line.map(|line| line.rect().top())
    };
    let seen = (MOST_LINES - 200..MOST_LINES).rev().find(|n| top(&window, *n).is_some()).unwrap();
    assert!(seen < MOST_LINES - 5, "it was scrolled up: {seen}");
    let before = top(&window, seen - 2).unwrap();
    for n in 0..100 {
        window.screen().hear(Event { id: ID, news: line(Voice::Sent, &format!("more {n}.")) });
    }
    window.harness.run_steps(3);
    let after = top(&window, seen - 2).unwrap();
    assert!((after - before).abs() < 1.0, "{before} became {after} under the reader");
}

/// Not asserted, since a machine may be busy: printed, to be compared.
#[test]
#[ignore = "measures: cargo test --test window million -- --ignored --nocapture"]
fn a_million_lines_cost_no_more_than_a_few() {
    let mut window = whole();
    let began = Instant::now();
    for n in 0..1_000_000 {
        window.screen().hear(Event { id: ID, news: line(Voice::Sent, &format!("RETR pub/{n}")) });
    }
    println!("taking in 1,000,000 lines: {:?}", began.elapsed());
    window.harness.run();
    let began = Instant::now();
    window.harness.run_steps(200);
    println!("one picture with them: {:?}", began.elapsed() / 200);
    let began = Instant::now();
    window
        .screen()
        .log
        .set_filter(ashore::window::log::Filter { search: "99".to_owned(), ..Default::default() });
    println!("one search: {:?}", began.elapsed());
}

#[test]
fn other_lines_are_read_from_the_newest_on() {
    let mut window = whole();
    for n in 0..500 {
        window.screen().hear(Event { id: ID, news: line(Voice::Sent, &format!("line {n}.")) });
    }
    window.harness.run();
    let at = window.harness.get_by_label_contains("line 499.").rect().center();
    window.harness.hover_at(at);
    window.harness.event(eframe::egui::Event::MouseWheel {
        unit: eframe::egui::MouseWheelUnit::Point,
        delta: vec2(0.0, 5000.0),
        phase: eframe::egui::TouchPhase::Move,
        modifiers: Default::default(),
        source: eframe::egui::MouseWheelSource::Wheel,
    });
    window.harness.run_steps(40);
    assert!(!window.shows("line 499."), "it was scrolled up");
    window.write("Search the log", "line");
    window.harness.run_steps(3);
    assert!(window.shows("line 499."));
}

#[test]
fn a_story_has_a_beginning_and_an_end() {
    let mut window = Window::failed(refused(550, "No such file"));
    window.click("Story");
    let text = window.screen().log.text();
    assert!(text.contains("• Connecting to ftp.example.org"), "{text}");
    assert!(text.contains("! The server has no file with this name"), "{text}");
    let mut window = Window::after([News::Phase(Phase::Receiving), News::Paused]);
    let text = window.screen().log.text();
    assert!(text.contains("• Receiving; the server does not tell how much"), "{text}");
    assert!(text.contains("• Paused"), "{text}");
}

#[test]
fn older_lines_are_looked_for_in_the_file_and_stand_above_the_others() {
    let mut window = whole();
    window.screen().log.has_file = true;
    for n in 0..MOST_LINES + 9 {
        window.screen().hear(Event { id: ID, news: line(Voice::Sent, &format!("line {n}.")) });
    }
    window.harness.run();
    assert!(window.shows("10 older lines are in a file."));
    window.write("Search the log", "line 7");
    while window.screen().log.seeking() != Seeking::Runs {
        window.harness.step(); // It waits whether more is typed.
    }
    let wishes = window.wishes();
    let [.., Wish::Seek(Some(hunt))] = wishes.as_slice() else { panic!("{wishes:?}") };
    assert_eq!((hunt.older, hunt.filter.search.as_str()), (10, "line 7"));
    window.harness.run();
    assert!(window.shows("Looking through 10 older lines…"));
    let old =
        Line { at: SystemTime::UNIX_EPOCH, voice: Voice::Sent, text: "line 7, of old".to_owned() };
    window.screen().log.found(hunt.number, Some((vec![(ID.into(), old)], false)));
    assert_eq!(window.screen().log.line(0).unwrap().text, "line 7, of old");
    window.harness.run();
    assert!(window.shows("Older lines are among these."));
}

#[test]
fn lines_of_a_look_around_a_server_stand_under_its_name() {
    let mut window = talking();
    let listed =
        Line { at: SystemTime::UNIX_EPOCH, voice: Voice::Sent, text: "MLSD pub".to_owned() };
    window.screen().log.push(Talk::Visit("ftp.example.org".into()), listed);
    window.harness.run();
    window.click("Log of");
    window.click("Browsing ftp.example.org");
    assert!(window.shows("MLSD pub") && !window.shows("USER anonymous"));
}
