//! Looking around a server, by the names of things. What a server would say is said by the test.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use std::time::{Duration, SystemTime};

use ashore::ftp::listing::{Entry, Kind, ListingEnd, Modified, Precision};
use ashore::transfer::Request;
use ashore::window::browser::Want;
use ashore::window::browser::errands::{self, Errand, Place, Sight};
use ashore::window::screen::Wish;
use eframe::egui::{Event, Key, Modifiers, Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::person::Window;

/// A noon in 2024.
pub(crate) fn noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_709_208_000)
}

pub(crate) fn entry(name: &str, kind: Kind, size: Option<u64>) -> Entry {
    let modified = Modified { time: noon(), precision: Precision::Second, is_utc: true };
    let target = (kind == Kind::Link).then(|| b"elsewhere".to_vec());
    Entry { name: name.as_bytes().to_vec(), kind, size, modified: Some(modified), target }
}

pub(crate) fn file(name: &str, size: u64) -> Entry {
    entry(name, Kind::File, Some(size))
}

pub(crate) fn dir(name: &str) -> Entry {
    entry(name, Kind::Dir, None)
}

/// What was sent for, and whatever else was wished, since the last time.
pub(crate) struct Wished {
    pub(crate) errands: Vec<(Place, Errand)>,
    pub(crate) stopped: Vec<errands::Kind>,
    pub(crate) others: Vec<Wish>,
}

impl Window {
    pub(crate) fn wished(&mut self) -> Wished {
        let mut wished = Wished { errands: Vec::new(), stopped: Vec::new(), others: Vec::new() };
        for wish in self.wishes() {
            match wish {
                Wish::Browse(wants) => {
                    for want in wants {
                        match want {
                            Want::Send(place, errand) => {
                                wished.errands.push((place.as_ref().clone(), errand));
                            }
                            Want::Stop(kind) => wished.stopped.push(kind),
                            other => panic!("{other:?} is for the screen"),
                        }
                    }
                }
                other => wished.others.push(other),
            }
        }
        wished
    }

    pub(crate) fn see(&mut self, sight: Sight) {
        self.screen().see(sight);
        self.harness.run();
    }

    /// The number of the listing that was sent for, and the path.
    pub(crate) fn listing(&mut self) -> (u64, String) {
        let errands = self.wished().errands;
        let list = errands.into_iter().find_map(|(_, errand)| match errand {
            Errand::List(number, path) => Some((number, path.to_string())),
            _ => None,
        });
        list.expect("a folder is listed")
    }

    pub(crate) fn hear(&mut self, number: u64, entries: Vec<Entry>) {
        let items = entries.into_iter().map(Into::into).collect();
        self.see(Sight::Items(number, items, None));
    }

    /// Lets pictures pass until this is shown: what another thread does takes its time.
    pub(crate) fn wait_for(&mut self, words: &str) {
        let end = std::time::Instant::now() + Duration::from_secs(30);
        while !self.shows(words) {
            if std::time::Instant::now() > end {
                let labels = self.harness.root().children_recursive();
                let labels: Vec<_> =
                    labels.filter_map(|node| node.accesskit_node().label()).collect();
                panic!("{words} never came; shown are {labels:?}");
            }
            std::thread::sleep(Duration::from_millis(1));
            self.harness.step();
        }
    }

    pub(crate) fn hear_all(&mut self, number: u64, entries: Vec<Entry>) {
        let count = entries.len() as u64;
        self.see(Sight::Arrived(number, false));
        self.hear(number, entries);
        self.see(Sight::Listed(
            number,
            Ok(ListingEnd {
                entries: count,
                zone: None,
                is_open: false,
                is_torn: false,
                mark: None,
            }),
        ));
    }

    /// A window that looks into `/pub/` with these entries.
    pub(crate) fn browsing(entries: Vec<Entry>) -> Self {
        let mut window = Self::with("ftp://ftp.example.org/pub/");
        window.click("Browse server…");
        let (number, _) = window.listing();
        window.hear_all(number, entries);
        window
    }

    /// The rows from top to bottom, by the names in them.
    pub(crate) fn rows(&self) -> Vec<String> {
        let nodes = self.harness.query_all_by_role(Role::ListItem);
        let label = |label: String| label.split(", ").next().unwrap_or_default().to_owned();
        nodes.filter_map(|node| node.accesskit_node().label().map(label)).collect()
    }

    pub(crate) fn chosen(&self) -> Vec<String> {
        let nodes = self.harness.query_all_by_role(Role::ListItem);
        let chosen = nodes.filter(|node| node.accesskit_node().is_selected() == Some(true));
        let label = |label: String| label.split(", ").next().unwrap_or_default().to_owned();
        chosen.filter_map(|node| node.accesskit_node().label().map(label)).collect()
    }

    pub(crate) fn keys(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.harness.run();
    }

    pub(crate) fn fetched(&mut self) -> Vec<Request> {
        match self.wished().others.as_slice() {
            [Wish::DownloadAll(requests)] => requests.clone(),
            other => panic!("one order, not {other:?}"),
        }
    }
}

#[test]
fn the_folder_of_the_file_is_looked_into_and_nothing_else_begins() {
    let mut window = Window::with("ftp://ftp.example.org/pub/debian.iso");
    window.click("Browse server…");
    let wished = window.wished();
    assert!(wished.others.is_empty());
    let (place, errand) = wished.errands.first().unwrap();
    assert_eq!(place.address.host.as_str(), "ftp.example.org");
    assert!(matches!(errand, Errand::List(_, path) if path.to_string() == "/pub/"));
    assert!(window.shows("Calling ftp.example.org…"));
}

#[test]
fn a_host_alone_is_enough_and_none_is_asked_for() {
    let mut window = Window::open();
    window.click("Browse server…");
    assert!(window.wishes().is_empty());
    assert!(window.shows("There is no address yet"));
    window.write("Host", "ftp.example.org");
    window.click("Browse server…");
    assert_eq!(window.listing().1, "/");
}

#[test]
fn rows_appear_while_the_listing_arrives_each_at_its_place() {
    let mut window = Window::with("ftp.example.org/pub/");
    window.click("Browse server…");
    let (number, _) = window.listing();
    window.hear(number, vec![file("chr10.fa", 1), file("chr2.fa", 4_100_000)]);
    assert!(window.shows("2 entries so far…"));
    window.hear(number, vec![dir("later"), file("Chr1.fa", 1)]);
    assert_eq!(window.rows(), ["later", "Chr1.fa", "chr2.fa", "chr10.fa"]);
    window.see(Sight::Listed(
        number,
        Ok(ListingEnd { entries: 4, zone: None, is_open: false, is_torn: false, mark: None }),
    ));
    assert!(window.shows("4 entries"));
    assert!(window.shows("chr2.fa, file, 4.1 MB, 2024-02-29 "));
    window.hear(number - 1, vec![file("of another folder", 1)]);
    assert_eq!(window.rows().len(), 4);
}

#[test]
fn each_column_sorts_both_ways_and_folders_stay_on_top() {
    let mut window = Window::browsing(vec![file("a", 3), file("b", 9), dir("d"), file("c", 1)]);
    window.click("Sort by size");
    assert_eq!(window.rows(), ["d", "b", "a", "c"]);
    window.click("Sort by size, sorted downwards");
    assert_eq!(window.rows(), ["d", "c", "a", "b"]);
    window.click("Sort by name");
    window.click("Sort by name, sorted upwards");
    assert_eq!(window.rows(), ["d", "c", "b", "a"]);
    window.click("Sort by modified");
    assert_eq!(window.rows(), ["d", "a", "b", "c"], "of one time, by name");
}

#[test]
fn typing_finds_and_escape_shows_all_again() {
    let entries = vec![file("README", 1), file("reads_1.gz", 1), file("reads_2.gz", 1), dir("x")];
    let mut window = Window::browsing(entries);
    for letter in ["r", "e", "a"] {
        window.harness.event(Event::Text(letter.to_owned()));
        window.harness.step();
    }
    window.harness.run();
    assert_eq!(window.rows(), ["README", "reads_1.gz", "reads_2.gz"]);
    assert!(window.has_focus("Filter"));
    assert!(window.shows("3 of 4"));
    window.write("Filter", "re *.GZ");
    assert_eq!(window.rows(), ["reads_1.gz", "reads_2.gz"]);
    window.write("Filter", "nothing like it");
    assert!(window.shows("Nothing here is called “nothing like it”."));
    window.press(Key::Escape);
    assert_eq!(window.rows().len(), 4);
}

#[test]
fn rows_are_chosen_by_keyboard_as_in_every_list() {
    let names = ["a", "b", "c", "d", "e"];
    let mut window = Window::browsing(names.map(|name| file(name, 1000)).to_vec());
    window.press(Key::ArrowDown);
    assert_eq!(window.chosen(), ["a"], "the first arrow goes in");
    window.press(Key::ArrowDown);
    window.keys(Modifiers::SHIFT, Key::ArrowDown);
    window.keys(Modifiers::SHIFT, Key::End);
    assert_eq!(window.chosen(), ["b", "c", "d", "e"]);
    assert!(window.shows("4 files, 4.0 KB chosen"));
    window.keys(Modifiers::COMMAND, Key::ArrowUp);
    window.press(Key::Space);
    assert_eq!(window.chosen(), ["b", "c", "e"]);
    window.keys(Modifiers::COMMAND, Key::A);
    assert_eq!(window.chosen().len(), 5);
    window.press(Key::Escape);
    assert!(window.chosen().is_empty());
    window.press(Key::Home);
    assert_eq!(window.chosen(), ["a"]);
}

#[test]
fn a_folder_is_entered_and_the_way_back_is_there_at_once() {
    let mut window = Window::browsing(vec![dir("deep"), file("a", 1)]);
    window.press(Key::ArrowDown);
    window.press(Key::Enter);
    let (number, path) = window.listing();
    assert_eq!(path, "/pub/deep/");
    window.hear_all(number, vec![file("inside", 1)]);
    assert_eq!(window.rows(), ["inside"]);
    window.keys(Modifiers::ALT, Key::ArrowLeft);
    assert_eq!(window.rows(), ["deep", "a"]);
    assert_eq!(window.chosen(), ["deep"], "as it was");
    assert!(window.wished().errands.is_empty(), "nobody is asked again");
    window.keys(Modifiers::ALT, Key::ArrowRight);
    assert_eq!(window.rows(), ["inside"]);
    window.click("Go to ftp.example.org");
    let (number, path) = window.listing();
    assert_eq!(path, "/");
    window.hear_all(number, vec![dir("a"), dir("pub")]);
    assert_eq!(window.chosen(), ["pub"], "the folder that one has come out of");
}

#[test]
fn the_keyboard_goes_up_lists_again_and_brings_a_file() {
    let mut window = Window::browsing(vec![file("a", 1), file("b", 1)]);
    window.press(Key::ArrowDown);
    window.press(Key::Enter);
    assert_eq!(window.fetched().len(), 1);
    window.press(Key::F5);
    let (number, path) = window.listing();
    assert_eq!(path, "/pub/");
    assert_eq!(window.rows(), ["a", "b"], "what stands there stays until the new comes");
    window.hear_all(number, vec![file("b", 1)]);
    assert_eq!(window.rows(), ["b"]);
    window.press(Key::Backspace);
    assert_eq!(window.listing().1, "/");
}

#[test]
fn leaving_keeps_the_place_and_coming_back_asks_nobody() {
    let mut window = Window::browsing(vec![dir("deep"), file("a", 1)]);
    window.click("Close the browser");
    assert_eq!(window.value("Address"), "ftp://ftp.example.org/pub/");
    window.wishes();
    window.click("Browse server…");
    assert_eq!(window.rows(), ["deep", "a"]);
    assert!(window.wished().errands.is_empty());
}

#[test]
fn a_name_that_would_deceive_is_shown_escaped_and_sent_as_it_is() {
    let mut window = Window::browsing(vec![file("rtl\u{202e}gpj.exe", 1)]);
    assert_eq!(window.rows(), ["rtl\\u{202e}gpj.exe"]);
    window.press(Key::ArrowDown);
    window.press(Key::Enter);
    let requests = window.fetched();
    let wire = requests[0].address.path.to_wire();
    assert_eq!(wire, "pub/rtl\u{202e}gpj.exe".as_bytes());
}

#[test]
fn in_a_small_window_everything_is_there() {
    let mut window = Window::sized(700.0, 500.0);
    window.write("Address", "ftp://ftp.example.org/pub/a/rather/long/way/down/to/the/files/");
    window.click("Browse server…");
    let (number, _) = window.listing();
    window.hear_all(number, vec![file("a", 1)]);
    for name in ["Back", "Up", "Refresh", "Folders above", "Choose…", "Download"] {
        assert!(window.shows(name), "{name}");
    }
    let inside = eframe::egui::Rect::from_min_size(Default::default(), [700.0, 500.0].into());
    for name in ["Close the browser", "Download", "Sort by modified"] {
        let rect = window.harness.get_by_label(name).rect();
        assert!(inside.contains_rect(rect), "{name} is at {rect}");
    }
}
