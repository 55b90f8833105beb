//! The one story that everything is for, on the real window: an address is typed, Download is
//! clicked, a bar moves, the file is there.
//!
//! `tests/window_story/stage.sh` puts up a screen of its own, so it needs none here, and
//! `tests/window_story/person.py` does what a person would, through mouse, keyboard and the
//! accessibility tree that screen readers use.

#![cfg(all(target_os = "linux", feature = "window"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::process::Command;

use support::embedded::Embedded;
use support::{names, pattern, sha256};

/// Long enough to be seen coming, short enough to be waited for: three seconds.
const LENGTH: u64 = 9_000_000;
const PACE: u64 = 3_000_000;

#[test]
#[ignore = "needs a virtual screen: ./tests/run"]
fn a_file_comes_ashore_through_the_real_window() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let artefacts = match std::env::var_os("ASHORE_ARTEFACTS") {
        Some(folder) => folder.into(),
        None => here.join("target/artefacts"),
    };
    fs::create_dir_all(&artefacts).unwrap();
    let served = tempfile::tempdir().unwrap();
    fs::write(served.path().join("cargo.bin"), pattern(LENGTH)).unwrap();
    let server =
        Embedded::serve(IpAddr::V4(Ipv4Addr::LOCALHOST), served.path(), Some(PACE)).unwrap();
    let home = tempfile::tempdir().unwrap();
    let pier = home.path().join("pier");
    fs::create_dir(&pier).unwrap();

    let output = Command::new(here.join("tests/window_story/stage.sh"))
        .arg(env!("CARGO_BIN_EXE_ashore"))
        .env("STORY_ADDRESS", format!("ftp://{}/cargo.bin", server.at()))
        .env("STORY_SAVE_TO", pier.join("cargo.bin"))
        .env("STORY_ARTEFACTS", &artefacts)
        .env("HOME", home.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    println!("{said}");

    assert!(output.status.success(), "the story did not end well: {}", output.status);
    assert_eq!(names(&pier), ["cargo.bin"]);
    assert_eq!(sha256(&pier.join("cargo.bin")), sha256(&served.path().join("cargo.bin")));
    for picture in ["window-before.png", "window-receiving.png", "window-done.png"] {
        let length = fs::metadata(artefacts.join(picture)).unwrap().len();
        assert!(length > 5_000, "{picture} shows nothing");
    }
}
