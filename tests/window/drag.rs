//! Rows that wait are brought into another order, with the mouse and with the keys.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use ashore::transfer::{Destination, Event, Failure, News, Phase, Request, TransferId};
use ashore::window::row::Group;
use ashore::window::screen::Wish;
use eframe::egui::{Key, Modifiers, Pos2, vec2};
use egui_kittest::kittest::Queryable as _;

use crate::person::Window;

/// So many rows that wait, and another one that has failed.
fn waiting(count: u64) -> Window {
    let mut window = Window::sized(1000.0, 1100.0);
    for id in 1..=count + 1 {
        let address = format!("ftp://ftp.example.org/pub/{id}.bin").parse().unwrap();
        let file = window.file(&format!("{id}.bin"));
        window.screen().model.add(TransferId(id), Request::new(address, Destination::File(file)));
    }
    let news = News::Ended(Err(Failure::NotAFile));
    window.screen().hear(Event { id: TransferId(count + 1), news });
    window.harness.run();
    window
}

fn center(window: &Window, id: u64) -> Pos2 {
    window.harness.get_by_label(&format!("{id}.bin")).rect().center()
}

fn choose(window: &mut Window, id: u64, modifiers: Modifiers) {
    window.harness.get_by_label(&format!("{id}.bin")).click_modifiers(modifiers);
    window.harness.run();
}

fn order(window: &mut Window) -> Vec<u64> {
    window.screen().model.group(Group::Waiting).flatten().map(|row| row.id.0).collect()
}

/// What was ordered, if it is one new order.
fn reordered(window: &mut Window) -> Vec<u64> {
    let wishes = window.wishes();
    let [Wish::Reorder(ids)] = wishes.as_slice() else { panic!("{wishes:?}") };
    ids.iter().map(|id| id.0).collect()
}

/// Takes a row and brings it there, without letting it go.
fn drag(window: &mut Window, id: u64, to: Pos2) {
    let from = center(window, id);
    window.harness.drag_at(from);
    window.harness.run();
    for step in 1..=4_u8 {
        window.harness.hover_at(from.lerp(to, f32::from(step) / 4.0));
        window.harness.step();
    }
}

fn drop_at(window: &mut Window, to: Pos2) {
    window.harness.drop_at(to);
    window.harness.run();
}

#[test]
fn a_waiting_row_is_dragged_to_its_place() {
    let mut window = waiting(4);
    let to = center(&window, 3) + vec2(0.0, 20.0);
    drag(&mut window, 1, to);
    drop_at(&mut window, to);
    assert_eq!(reordered(&mut window), [2, 3, 1]);
    assert!(center(&window, 1).y > center(&window, 3).y);
}

#[test]
fn all_rows_that_are_chosen_are_dragged_together_and_keep_their_order() {
    let mut window = waiting(6);
    choose(&mut window, 2, Modifiers::NONE);
    choose(&mut window, 5, Modifiers::COMMAND);
    choose(&mut window, 7, Modifiers::COMMAND); // It does not wait.
    let to = center(&window, 1) - vec2(0.0, 20.0);
    drag(&mut window, 5, to);
    drop_at(&mut window, to);
    assert_eq!(reordered(&mut window), [2, 5, 1, 3, 4]);
    assert_eq!(order(&mut window), [2, 5, 1, 3, 4, 6]);
    assert!(window.shows("3 chosen"), "they stay chosen");
    // One that is not chosen goes alone, and is chosen then.
    let to = center(&window, 2) - vec2(0.0, 20.0);
    drag(&mut window, 6, to);
    drop_at(&mut window, to);
    assert_eq!(order(&mut window), [6, 2, 5, 1, 3, 4]);
    assert!(!window.shows("chosen"));
}

#[test]
fn escape_gives_a_drag_up_and_leaves_what_is_chosen() {
    let mut window = waiting(5);
    choose(&mut window, 1, Modifiers::NONE);
    choose(&mut window, 2, Modifiers::SHIFT);
    let to = center(&window, 4);
    drag(&mut window, 1, to);
    window.press(Key::Escape);
    drop_at(&mut window, to);
    assert!(window.wishes().is_empty());
    assert_eq!(order(&mut window), [1, 2, 3, 4, 5]);
    assert!(window.shows("2 chosen"));
    window.press(Key::Escape);
    assert!(!window.shows("chosen"), "without a drag, it chooses nothing");
}

#[test]
fn near_an_edge_the_list_scrolls_as_long_as_a_row_is_dragged_there() {
    let mut window = waiting(200);
    let seen = |window: &Window| {
        let names =
            (1..=200).filter(|id| window.harness.query_by_label(&format!("{id}.bin")).is_some());
        names.max().unwrap()
    };
    let last = seen(&window);
    assert!(last < 30, "{last}");
    // The list ends where the log begins.
    let log = window.harness.get_by_label("Fold the log").rect();
    let edge = Pos2::new(center(&window, 1).x, log.top() - 12.0);
    drag(&mut window, 1, edge);
    window.harness.run_steps(30);
    assert!(seen(&window) > last + 20, "{}", seen(&window));
    while seen(&window) < 200 {
        let before = seen(&window);
        window.harness.run_steps(50);
        assert!(seen(&window) > before, "it stopped at {before}");
    }
    drop_at(&mut window, edge);
    let at = order(&mut window).iter().position(|&id| id == 1).unwrap();
    assert!(at > 190, "{at}");
    let top = Pos2::new(edge.x, window.harness.get_by_label("Save to").rect().bottom() + 40.0);
    drag(&mut window, 200, top);
    window.harness.run_steps(400);
    assert!(seen(&window) < 30, "{}", seen(&window));
    window.press(Key::Escape); // And it rests.
    assert_eq!(window.wishes().len(), 1);
}

#[test]
fn all_rows_that_are_chosen_are_moved_together_by_key_and_by_menu() {
    let mut window = waiting(5);
    choose(&mut window, 3, Modifiers::NONE);
    choose(&mut window, 4, Modifiers::SHIFT);
    window.harness.get_by_label_contains("4.bin, Waiting").focus();
    window.harness.run();
    let press = |window: &mut Window, key| {
        window.harness.key_press_modifiers(Modifiers::ALT, key);
        window.harness.run();
    };
    press(&mut window, Key::ArrowUp);
    assert_eq!(reordered(&mut window), [3, 4, 2]);
    press(&mut window, Key::ArrowUp);
    assert_eq!(reordered(&mut window), [3, 4, 1], "the row keeps the keyboard");
    press(&mut window, Key::ArrowUp);
    assert!(window.wishes().is_empty(), "there is an end");
    press(&mut window, Key::ArrowDown);
    assert_eq!(reordered(&mut window), [1, 3, 4]);
    assert_eq!(order(&mut window), [1, 3, 4, 2, 5]);
    window.harness.get_by_label_contains("3.bin, Waiting").click_secondary();
    window.harness.run();
    window.click("Move to the top");
    assert_eq!(order(&mut window), [3, 4, 1, 2, 5]);
    // Another one goes alone.
    window.harness.get_by_label_contains("5.bin, Waiting").click_secondary();
    window.harness.run();
    window.click("Move up");
    assert_eq!(order(&mut window), [3, 4, 1, 5, 2]);
}

#[test]
fn the_keyboard_stays_with_its_row_when_others_come_and_go_above_it() {
    let mut window = waiting(5);
    window.harness.get_by_label_contains("4.bin, Waiting").focus();
    window.harness.run();
    window.screen().hear(Event { id: TransferId(1), news: News::Paused });
    window.harness.run();
    assert!(window.harness.get_by_label_contains("4.bin, Waiting").is_focused());
    window.harness.get_by_label("Cancel 3.bin").focus();
    window.screen().hear(Event { id: TransferId(2), news: News::Phase(Phase::Connecting) });
    window.harness.run();
    assert!(window.harness.get_by_label("Cancel 3.bin").is_focused());
}
