//! The shape of the house, read from its sources. `src/lib.rs` draws it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

use std::fs;
use std::path::{Path, PathBuf};

/// Each room, and the rooms that it may use: those below it.
const HOUSE: [(&str, &[&str]); 7] = [
    ("words", &[]),
    ("ftp", &["words"]),
    ("disk", &["words"]),
    ("transfer", &["ftp", "disk", "words"]),
    ("settings", &["transfer", "ftp", "disk", "words"]),
    ("window", &["settings", "transfer", "ftp", "disk", "words"]),
    ("terminal", &["settings", "transfer", "ftp", "disk", "words"]),
];

/// A file that needs more lines than this has more than one subject.
const MOST_LINES: usize = 400;

/// Every source file under `folder`, deepest last.
fn sources(folder: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            match path.extension() {
                _ if path.is_dir() => folders.push(path),
                Some(extension) if extension == "rs" => files.push(path),
                _ => (),
            }
        }
    }
    assert!(
        !files.is_empty(),
        "{folder} holds no source: is the test run in the package's folder?"
    );
    files
}

/// What a file says, without its comments.
fn code(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap();
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.collect::<Vec<_>>().join("\n")
}

/// The room that a source file belongs to: `src/ftp/reply.rs` → `ftp`, `src/words.rs` → `words`.
fn room(file: &Path) -> Option<&'static str> {
    let first = file.strip_prefix("src").unwrap().components().next().unwrap();
    let name = Path::new(first.as_os_str()).file_stem().unwrap();
    HOUSE.iter().map(|(room, _)| *room).find(|room| name == *room)
}

/// The rooms that `code` uses: `a`, `b` and `c` of `use crate::{a::X, b}; crate::c::f()`.
fn used(code: &str) -> Vec<String> {
    let mut rooms = Vec::new();
    for rest in code.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            None => rooms.push(first_word(rest)),
            Some(group) => {
                let mut depth = 0;
                let mut start = 0;
                for (at, char) in group.char_indices() {
                    match char {
                        '{' => depth += 1,
                        ',' | '}' if depth == 0 => {
                            rooms.push(first_word(&group[start..at]));
                            start = at + 1;
                            if char == '}' {
                                break;
                            }
                        }
                        '}' => depth -= 1,
                        _ => (),
                    }
                }
            }
        }
    }
    rooms
}

fn first_word(text: &str) -> String {
    text.trim_start().chars().take_while(|&c| c == '_' || c.is_alphanumeric()).collect()
}

#[test]
fn no_room_uses_one_that_is_above_or_beside_it() {
    for file in sources("src") {
        let Some(room) = room(&file) else { continue };
        let (_, below) = HOUSE.iter().find(|(name, _)| *name == room).unwrap();
        for other in used(&code(&file)) {
            let is_a_room = HOUSE.iter().any(|(name, _)| *name == other);
            assert!(
                !is_a_room || other == room || below.contains(&other.as_str()),
                "{} uses {other}, which is not below {room}",
                file.display()
            );
        }
    }
}

#[test]
fn what_belongs_in_one_place_is_in_no_other() {
    for (word, home) in [
        ("egui", "src/window"),
        ("eframe", "src/window"),
        ("rfd::", "src/window"),
        ("TcpStream", "src/ftp"),
        ("clap::", "src/terminal"),
        ("process::exit", "src/main.rs"),
    ] {
        for file in sources("src").iter().filter(|file| !file.starts_with(home)) {
            let is_there = code(file).contains(word);
            assert!(!is_there, "{} mentions {word}, which belongs in {home}", file.display());
        }
    }
}

#[test]
fn no_test_starts_the_program_in_the_home_of_whoever_runs_it() {
    let home = Path::new("tests/support/program.rs");
    for file in sources("tests").iter().filter(|file| *file != home) {
        let starts_it = code(file).contains(concat!("CARGO_BIN_", "EXE"));
        assert!(!starts_it, "{} is to start it as {} does", file.display(), home.display());
    }
}

#[test]
fn every_colour_is_mixed_in_one_place() {
    for file in
        sources("src").iter().filter(|file| !file.to_string_lossy().starts_with("src/window/look"))
    {
        let code = code(file);
        let made = ["hex_color!", "Rgba::", "Hsva::"].iter().find(|word| code.contains(**word));
        let taken = code.split("Color32::").skip(1).map(first_word).find(|word| {
            // These are no colours: "the one of the text around" and "none".
            !matches!(word.as_str(), "PLACEHOLDER" | "TRANSPARENT")
        });
        assert_eq!((made, taken), (None, None), "{} makes a colour", file.display());
    }
}

#[test]
fn no_file_is_too_long_to_read_in_one_sitting() {
    let files = ["src", "tests", "examples"].map(sources).concat().into_iter();
    let lines = files.map(|file| (fs::read_to_string(&file).unwrap().lines().count(), file));
    let long: Vec<_> = lines.filter(|(lines, _)| *lines > MOST_LINES).collect();
    assert!(long.is_empty(), "these have more than {MOST_LINES} lines: {long:?}");
}

#[test]
fn the_shape_test_can_see() {
    let code = "use crate::{ftp::{Error, Reply}, disk};\nfn f() { crate::window::open() }";
    assert_eq!(used(code), ["ftp", "disk", "window"]);
    assert_eq!(room(Path::new("src/ftp/reply.rs")), Some("ftp"));
    assert_eq!(room(Path::new("src/words.rs")), Some("words"));
    assert_eq!(room(Path::new("src/main.rs")), None);
}
