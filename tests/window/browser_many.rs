//! A hundred thousand entries in one folder: what is laid out of them, and how long a picture takes.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::time::Duration;

use ashore::ftp::listing::{Entry, ListingEnd, Modified, Precision};
use ashore::window::browser::errands::Sight;
use eframe::egui::{Event, Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use crate::browser::{file, noon};
use crate::person::Window;

#[test]
fn of_a_hundred_thousand_rows_only_those_in_sight_are_laid_out() {
    let entries = (0..100_000).map(|n| file(&format!("SRR{n:07}.gz"), n)).collect();
    let mut window = Window::browsing(entries);
    window.wait_for("SRR0000000.gz");
    assert!(window.rows().len() < 40, "{}", window.rows().len());
    window.press(Key::End);
    assert_eq!(window.chosen(), ["SRR0099999.gz"]);
    assert!(window.rows().len() < 40);
    window.press(Key::PageUp);
    assert_eq!(window.chosen().len(), 1);
    window.press(Key::Home);
    window.harness.event(Event::Text("9998".to_owned()));
    window.harness.run();
    window.wait_for("20 of 100,000");
    window.press(Key::Escape);
    window.wait_for("SRR0000000.gz");
    window.click("Sort by name, sorted upwards");
    window.wait_for("SRR0099999.gz");
    // The keyboard's row stays in sight, wherever it goes.
    window.focus("Filter");
    window.press(Key::ArrowDown);
    assert_eq!(window.chosen(), ["SRR0099999.gz"]);
    window.click("Sort by name, sorted downwards");
    window.wait_for("SRR0099990.gz");
    assert_eq!(window.chosen(), ["SRR0099999.gz"]);
}

/// A hundred thousand files in no order.
fn shuffled() -> Vec<Entry> {
    let mixed = |n: u64| n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
    let entry = |n| {
        let mut entry = file(&format!("SRR{:07}.fastq.gz", mixed(n) % 10_000_000), mixed(n + 7));
        let time = noon() - Duration::from_secs(mixed(n + 3) % 100_000_000);
        entry.modified = Some(Modified { time, precision: Precision::Second, is_utc: true });
        entry
    };
    (0..100_000).map(entry).collect()
}

/// How much time this thread has worked: what others do meanwhile is not counted.
fn worked() -> Duration {
    let said = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(said.split(' ').next().and_then(|ns| ns.parse().ok()).unwrap_or(0))
}

/// Says how long a picture takes; nothing here can fail on a busy machine.
#[test]
#[ignore = "only says figures: cargo test --test window -- --ignored --nocapture picture"]
fn how_long_a_picture_takes_with_a_hundred_thousand_rows() {
    let mut window = Window::with("ftp://ftp.example.org/pub/");
    window.click("Browse server…");
    let (number, _) = window.listing();
    window.see(Sight::Arrived(number, false));
    let mut entries = shuffled();
    let mut slowest = Duration::ZERO;
    while !entries.is_empty() {
        let batch = entries.split_off(entries.len().saturating_sub(4096));
        let items = batch.into_iter().map(Into::into).collect();
        let began = worked();
        window.screen().see(Sight::Items(number, items, None));
        window.harness.step();
        slowest = slowest.max(worked() - began);
    }
    let end =
        ListingEnd { entries: 100_000, zone: None, is_open: false, is_torn: false, mark: None };
    window.see(Sight::Listed(number, Ok(end)));
    println!("rows arrive, 4096 in a picture: {slowest:?} at most");
    let measure =
        |window: &mut Window, what: &str, pictures: usize, act: &dyn Fn(&mut Window, usize)| {
            let mut took = Vec::new();
            for n in 0..pictures {
                act(window, n);
                let began = std::time::Instant::now();
                window.harness.step();
                took.push(began.elapsed());
                // Whatever is done elsewhere has its time, which is not that of the picture.
                std::thread::sleep(Duration::from_millis(1));
            }
            took.sort();
            println!("{what}: median {:?}, worst {:?}", took[pictures / 2], took[pictures - 1]);
        };
    measure(&mut window, "scrolling", 200, &|window, n| {
        window.harness.key_press(if n % 2 == 0 { Key::PageDown } else { Key::ArrowDown });
    });
    for name in ["Sort by size", "Sort by name", "Sort by modified"] {
        let act = |window: &mut Window, n| {
            if n % 40 == 0 {
                window.harness.get_by_label_contains(name).click();
            }
        };
        measure(&mut window, name, 80, &act);
    }
    window.press(Key::End);
    measure(&mut window, "at the end", 50, &|_, _| {});
    window.focus("Filter");
    for letter in ["9", "5", "1"] {
        let act = |window: &mut Window, n| {
            if n == 0 {
                window.harness.event(Event::Text(letter.to_owned()));
            }
        };
        measure(&mut window, &format!("filter {letter}"), 40, &act);
    }
    window.press(Key::Escape);
    measure(&mut window, "no filter", 10, &|_, _| {});
    window.press(Key::ArrowDown);
    measure(&mut window, "choosing all, every time", 20, &|window, _| {
        window.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    });
    // All rows may have come back from the filter only now.
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.wait_for("100,000 files");
}
