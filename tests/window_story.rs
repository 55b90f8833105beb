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
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use support::embedded::{Embedded, Member};
use support::program::ashore_by_of;
use support::secret::{self, SecretServer};
use support::{names, pattern, sha256};
use tempfile::TempDir;

/// Long enough to be seen coming, short enough to be waited for: three seconds.
const LENGTH: u64 = 9_000_000;
const PACE: u64 = 3_000_000;

/// Where pictures of the window are left.
fn artefacts() -> PathBuf {
    let usual = || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/artefacts");
    let artefacts = std::env::var_os("ASHORE_ARTEFACTS").map_or_else(usual, PathBuf::from);
    fs::create_dir_all(&artefacts).unwrap();
    artefacts
}

/// Opens the window, and lets somebody come: how it ended.
fn play(person: &str, address: &str, save_to: &Path, home: &Path) -> ExitStatus {
    play_with(&[], person, address, save_to, home)
}

/// The same on a stage that is set up with these, which `stage.sh` explains.
fn play_with(
    props: &[(&str, &str)],
    person: &str,
    address: &str,
    save_to: &Path,
    home: &Path,
) -> ExitStatus {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = ashore_by_of(Command::new(here.join("tests/window_story/stage.sh")), home)
        .env("STORY_PERSON", person)
        .env("STORY_ADDRESS", address)
        .env("STORY_SAVE_TO", save_to)
        .env("STORY_ARTEFACTS", artefacts())
        .envs(props.iter().copied())
        .output()
        .unwrap();
    println!("{}", String::from_utf8_lossy(&output.stdout));
    println!("{}", String::from_utf8_lossy(&output.stderr));
    output.status
}

/// A folder on the loopback with twenty files in `many`, and where to find the same files here: on
/// vsftpd, where it is running.
fn many() -> (String, PathBuf, Option<(Embedded, TempDir)>) {
    if let Some(tree) = std::env::var_os("ASHORE_TEST_TREE") {
        return ("ftp://127.0.0.1:21010/many/".to_owned(), PathBuf::from(tree), None);
    }
    let served = tempfile::tempdir().unwrap();
    fs::create_dir(served.path().join("many")).unwrap();
    for n in 0..20 {
        let file = served.path().join("many").join(format!("f{n:05}"));
        fs::write(file, pattern(1024 + n)).unwrap();
    }
    let server = Embedded::serve(IpAddr::V4(Ipv4Addr::LOCALHOST), served.path(), None).unwrap();
    let tree = served.path().to_owned();
    (format!("ftp://{}/many/", server.at()), tree, Some((server, served)))
}

/// A home, and a folder in it that is downloaded to.
fn home() -> (TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let pier = home.path().join("pier");
    fs::create_dir(&pier).unwrap();
    (home, pier)
}

#[test]
#[ignore = "needs a virtual screen: ./tests/run"]
fn some_files_are_found_and_chosen_on_a_server_in_the_real_window() {
    let (address, tree, _server) = many();
    let (home, pier) = home();
    let status = play("browser.py", &address, &pier, home.path());
    assert!(status.success(), "the story did not end well: {status}");
    let files = ["f00010", "f00011", "f00012"];
    assert_eq!(names(&pier), files);
    for file in files {
        assert_eq!(sha256(&pier.join(file)), sha256(&tree.join("many").join(file)));
    }
}

#[test]
#[ignore = "needs a virtual screen: ./tests/run"]
fn a_file_comes_ashore_through_the_real_window() {
    let served = tempfile::tempdir().unwrap();
    fs::write(served.path().join("cargo.bin"), pattern(LENGTH)).unwrap();
    let server =
        Embedded::serve(IpAddr::V4(Ipv4Addr::LOCALHOST), served.path(), Some(PACE)).unwrap();
    let (home, pier) = home();
    let address = format!("ftp://{}/cargo.bin", server.at());
    let status = play("person.py", &address, &pier.join("cargo.bin"), home.path());
    assert!(status.success(), "the story did not end well: {status}");
    assert_eq!(names(&pier), ["cargo.bin"]);
    assert_eq!(sha256(&pier.join("cargo.bin")), sha256(&served.path().join("cargo.bin")));
    for picture in ["window-before.png", "window-receiving.png", "window-done.png"] {
        let length = fs::metadata(artefacts().join(picture)).unwrap().len();
        assert!(length > 5_000, "{picture} shows nothing");
    }
}

#[test]
#[ignore = "needs a virtual screen: ./tests/run"]
fn a_download_that_was_paused_goes_on_after_a_restart_of_the_real_window() {
    let served = tempfile::tempdir().unwrap();
    fs::write(served.path().join("cargo.bin"), pattern(LENGTH)).unwrap();
    let ip = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let server = Embedded::serve(ip, served.path(), Some(PACE)).unwrap();
    let (home, pier) = home();
    let address = format!("ftp://{}/cargo.bin", server.at());
    let status = play("later.py", &address, &pier.join("cargo.bin"), home.path());
    assert!(status.success(), "the story did not end well: {status}");
    assert_eq!(names(&pier), ["cargo.bin"]);
    assert_eq!(sha256(&pier.join("cargo.bin")), sha256(&served.path().join("cargo.bin")));
}

#[test]
#[ignore = "needs a virtual screen: ./tests/run"]
fn a_certificate_is_asked_about_and_trusted_in_the_real_window() {
    // On vsftpd, where it is running.
    let (address, _server) = match std::env::var_os("ASHORE_TEST_TREE") {
        Some(_) => ("ftps://127.0.0.1:21012/many/f00001".to_owned(), None),
        None => {
            let server = SecretServer::open(secret::Manners::default());
            (server.link(), Some(server))
        }
    };
    let (home, pier) = home();
    let status = play("trust.py", &address, &pier.join("cargo.bin"), home.path());
    assert!(status.success(), "the story did not end well: {status}");
    assert_eq!(names(&pier), ["again.bin", "cargo.bin"]);
    assert_eq!(sha256(&pier.join("cargo.bin")), sha256(&pier.join("again.bin")));
}

#[test]
#[ignore = "needs a virtual screen: ./tests/run"]
fn a_folder_comes_ashore_through_the_real_window() {
    let (address, tree, _server) = many();
    let (home, pier) = home();
    let status = play("folder.py", &address, &pier.join("many"), home.path());
    assert!(status.success(), "the story did not end well: {status}");
    let files = names(&tree.join("many"));
    assert_eq!(names(&pier.join("many")), files);
    for file in files {
        assert_eq!(sha256(&pier.join("many").join(&file)), sha256(&tree.join("many").join(file)));
    }
}

/// A server that lets one person in, whose password is asked for in the window.
fn play_with_password(props: &[(&str, &str)]) -> TempDir {
    let served = tempfile::tempdir().unwrap();
    for name in ["cargo.bin", "second.bin"] {
        fs::write(served.path().join(name), pattern(5000)).unwrap();
    }
    let ada = Member { name: "ada", password: "swordfish" };
    let server = Embedded::serve_to(ada, IpAddr::V4(Ipv4Addr::LOCALHOST), served.path()).unwrap();
    let (home, pier) = home();
    let address = format!("ftp://ada@{}/cargo.bin", server.at());
    let status = play_with(props, "keychain.py", &address, &pier.join("cargo.bin"), home.path());
    assert!(status.success(), "the story did not end well: {status}");
    assert_eq!(names(&pier), ["cargo.bin", "second.bin"]);
    let mut ahead = vec![home.path().to_owned()];
    while let Some(path) = ahead.pop() {
        match path.is_dir() {
            true => ahead.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path())),
            false => {
                let bytes = fs::read(&path).unwrap_or_default();
                assert!(!bytes.windows(9).any(|part| part == b"swordfish"), "{path:?} tells it");
            }
        }
    }
    home
}

#[test]
#[ignore = "needs a virtual screen and a keychain: ./tests/run"]
fn a_password_is_kept_in_a_real_keychain_from_the_real_window() {
    let home = play_with_password(&[("STORY_KEYCHAIN", "1")]);
    let keyrings = home.path().join(".local/share/keyrings");
    assert!(fs::read_dir(&keyrings).is_ok_and(|files| files.count() > 0), "{keyrings:?} is empty");
}

#[test]
#[ignore = "needs a virtual screen: ./tests/run"]
fn without_a_keychain_the_real_window_says_what_is_missing_and_asks_once() {
    let home = play_with_password(&[("STORY_WITHOUT", "secret|keyring")]);
    assert!(!home.path().join(".local/share/keyrings").exists(), "there was a keychain");
}

#[test]
#[ignore = "needs a virtual screen: ./tests/run"]
fn waiting_rows_are_dragged_and_moved_in_the_real_window() {
    let served = tempfile::tempdir().unwrap();
    for n in 0..40 {
        fs::write(served.path().join(format!("f{n:02}")), pattern(PACE)).unwrap();
    }
    // One after the other, and slowly: most of them wait until the end.
    let ip = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let server = Embedded::serve(ip, served.path(), Some(20_000)).unwrap();
    let (home, pier) = home();
    let config = home.path().join(".config/ashore");
    fs::create_dir_all(&config).unwrap();
    fs::write(config.join("settings.toml"), "connections = 1\n").unwrap();
    let address = format!("ftp://{}/", server.at());
    let status = play("drag.py", &address, &pier, home.path());
    assert!(status.success(), "the story did not end well: {status}");
}

#[test]
#[ignore = "needs a virtual screen: ./tests/run"]
fn the_dialog_of_the_system_is_answered_for_the_real_window() {
    let (address, tree, _server) = many();
    let (home, pier) = home();
    let address = format!("{address}f00003");
    let status = play("dialog.py", &address, &pier.join("chosen.bin"), home.path());
    assert!(status.success(), "the story did not end well: {status}");
    assert_eq!(names(&pier), ["chosen.bin"]);
    assert_eq!(sha256(&pier.join("chosen.bin")), sha256(&tree.join("many/f00003")));
}

#[test]
#[ignore = "needs a virtual screen: ./tests/run"]
fn without_any_dialog_the_real_window_says_what_is_missing_and_takes_a_typed_path() {
    let (address, _tree, _server) = many();
    // No portal at all, and one that has nobody to show its dialogs.
    for without in ["portal", "impl.portal.desktop"] {
        let (home, pier) = home();
        let props = [("STORY_WITHOUT", without), ("STORY_PATH", "/nonexistent")];
        let address = format!("{address}f00003");
        let file = pier.join("chosen.bin");
        let status = play_with(&props, "no_dialog.py", &address, &file, home.path());
        assert!(status.success(), "the story without {without} did not end well: {status}");
        assert_eq!(names(&pier), ["chosen.bin"]);
    }
}
