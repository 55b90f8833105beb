//! The file, over restarts, beside others, and broken.

use std::time::Duration;

use super::*;
use crate::transfer::{Destination, IfExists, ProxyChoice, Request};

fn opened(text: &str) -> (tempfile::TempDir, PathBuf, Settings, Option<String>) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.toml");
    fs::write(&file, text).unwrap();
    let (settings, notice) = Settings::open(Some(file.clone()));
    (folder, file, settings, notice)
}

#[test]
fn what_was_chosen_is_there_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new").join("settings.toml");
    let (mut settings, notice) = Settings::open(Some(file.clone()));
    assert_eq!((settings.theme(), settings.continues_at_start()), (Theme::System, false));
    assert_eq!(notice, None);
    settings.choose(&Setting::Theme(Theme::Dark)).unwrap();
    settings.choose(&Setting::ContinueAtStart(true)).unwrap();
    let (again, notice) = Settings::open(Some(file.clone()));
    assert_eq!((again.theme(), again.continues_at_start()), (Theme::Dark, true));
    assert_eq!(notice, None);
    assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1, "nothing is left over");
}

#[test]
fn everything_that_can_be_chosen_is_read_back() {
    let (folder, file, mut settings, _) = opened("");
    for choice in [
        Setting::Zoom(1.1),
        Setting::WindowSize([800.4, 600.0]),
        Setting::WindowPlace([-1200, 40]),
        Setting::Maximized(true),
        Setting::IfExists(IfExists::Skip),
        Setting::Folder(folder.path().to_owned()),
        Setting::HighContrast(true),
        Setting::WholeLog(true),
        Setting::RateLimit(RateLimit { last: Some(2_000_000), is_on: false }),
        Setting::Connections(Some(3)),
        Setting::Segments(Some(2)),
        Setting::Patience(Duration::from_secs(90)),
        Setting::Retries(0),
        Setting::Proxy("socks5h://proxy.example.org".parse().unwrap()),
    ] {
        settings.choose(&choice).unwrap();
    }
    let text = fs::read_to_string(&file).unwrap();
    for line in [
        "zoom = 1.1",
        "timeout_seconds = 90",
        "rate_limit = 2000000",
        "proxy = \"socks5h://proxy.example.org:1080\"",
    ] {
        assert!(text.contains(&format!("{line}\n")), "{text}");
    }
    let (again, notice) = Settings::open(Some(file));
    assert_eq!(notice, None);
    assert!((again.zoom() - 1.1).abs() < 0.01);
    assert_eq!(again.window_size(), Some([800.0, 600.0]));
    assert_eq!((again.window_place(), again.was_maximized()), (Some([-1200, 40]), true));
    assert_eq!(again.if_exists(), IfExists::Skip);
    assert_eq!(again.folder().as_deref(), Some(folder.path()));
    assert!(again.has_high_contrast(false) && again.has_whole_log());
    assert_eq!(again.rate_limit(), RateLimit { last: Some(2_000_000), is_on: false });
    assert_eq!((again.connections(), again.segments()), (Some(3), Some(2)));
    assert_eq!((again.patience(), again.retries()), (Some(Duration::from_secs(90)), Some(0)));
    assert_eq!(again.proxy().to_string(), "socks5h://proxy.example.org:1080");
}

#[test]
fn what_is_automatic_again_leaves_no_trace() {
    let (_folder, file, mut settings, _) = opened("connections = 3\nproxy = \"none\"\n");
    assert_eq!(settings.proxy(), ProxyChoice::Straight);
    settings.choose(&Setting::Connections(None)).unwrap();
    settings.choose(&Setting::Proxy(ProxyChoice::Environment)).unwrap();
    assert_eq!(fs::read_to_string(file).unwrap(), "");
}

#[test]
fn every_order_is_made_in_the_way_that_was_chosen() {
    let address = "ftp://h.example/a".parse().unwrap();
    let usual = Request::new(address, Destination::Folder("/tmp".into()));
    let mut settings = Settings::default();
    assert_eq!(settings.order(usual.clone()), usual);
    for choice in [
        Setting::Segments(Some(2)),
        Setting::Patience(Duration::from_secs(90)),
        Setting::Retries(1),
    ] {
        settings.choose(&choice).unwrap();
    }
    let patience = Duration::from_secs(90);
    let expected = Request { segments: Some(2), patience, retries: 1, ..usual.clone() };
    assert_eq!(settings.order(usual), expected);
}

#[test]
fn a_value_that_makes_no_sense_is_said_and_is_the_usual_one() {
    for (text, is_misfit) in [
        ("zoom = 99.0", false),
        ("zoom = 2", false),
        ("zoom = \"large\"", true),
        ("window_size = [-1, 9]", true),
        ("window_place = [1]", true),
        ("if_exists = 7", true),
        ("download_folder = \"/no/such\"", false),
        ("rate_limit = \"2 MB/s\"", false),
        ("rate_limit = -1", true),
        ("rate_limit_on = \"yes\"", true),
        ("connections = 0", true),
        ("connections = 33", true),
        ("segments = \"auto\"", true),
        ("timeout_seconds = 0", true),
        ("timeout_seconds = 0.5", false),
        ("retries = -1", true),
        ("proxy = \"gopher://h\"", true),
        ("theme = \"purple\"", true),
        ("recent = \"ftp://h\"", true),
    ] {
        let (_folder, file, settings, notice) = opened(text);
        assert_eq!(notice.is_some(), is_misfit, "{text}: {notice:?}");
        let key = text.split(' ').next().unwrap();
        assert!(notice.is_none_or(|notice| notice.contains(key)), "{text}");
        assert_eq!(fs::read_to_string(file).unwrap(), text, "a hand may mend it");
        assert_eq!((settings.window_size(), settings.folder()), (None, None));
        assert_eq!((settings.connections(), settings.segments()), (None, None));
        assert_eq!((settings.if_exists(), settings.theme()), (IfExists::Rename, Theme::System));
    }
    let (.., settings, _) = opened("zoom = 99.0\nrate_limit = \"1.5M\"\nrate_limit_on = true");
    assert!((settings.zoom() - 4.0).abs() < 0.01);
    assert_eq!(settings.rate_limit().now(), Some(1_500_000));
}

#[test]
fn a_proxys_password_is_neither_taken_from_the_file_nor_repeated_nor_written() {
    let (_folder, _file, settings, notice) = opened("proxy = \"http://bob:swordfish@h:1\"\n");
    assert_eq!(settings.proxy(), ProxyChoice::Environment);
    let notice = notice.unwrap();
    assert!(notice.contains("proxy") && !notice.contains("swordfish"), "{notice}");
    let (_folder, file, mut settings, _) = opened("");
    settings.choose(&Setting::Proxy("http://bob:swordfish@h:1".parse().unwrap())).unwrap();
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains("http://h:1") && !text.contains("swordfish"), "{text}");
}

#[test]
fn what_a_later_ashore_wrote_is_kept() {
    let (_folder, file, mut settings, notice) =
        opened("theme = \"dark\"\nlanes = 4\n[servers]\n\"ftp.example.org\" = 2\n");
    assert_eq!((settings.theme(), notice), (Theme::Dark, None));
    settings.choose(&Setting::ContinueAtStart(true)).unwrap();
    let text = fs::read_to_string(file).unwrap();
    for kept in ["lanes = 4", "theme = \"dark\"", "[servers]", "continue_at_start = true"] {
        assert!(text.contains(kept), "{text}");
    }
}

#[test]
fn two_windows_do_not_undo_what_the_other_one_chose() {
    let (_folder, file, mut one, _) = opened("");
    let (mut other, _) = Settings::open(Some(file.clone()));
    one.choose(&Setting::Theme(Theme::Light)).unwrap();
    other.choose(&Setting::ContinueAtStart(true)).unwrap();
    let (both, _) = Settings::open(Some(file));
    assert_eq!((both.theme(), both.continues_at_start()), (Theme::Light, true));
}

#[test]
fn settings_that_are_garbage_are_set_aside_and_that_is_said() {
    for garbage in ["theme = ", "\u{0}\u{1}", "[[["] {
        let (folder, file, mut settings, notice) = opened(garbage);
        assert!(notice.unwrap().contains("settings.toml.bad"));
        assert_eq!(fs::read_to_string(folder.path().join("settings.toml.bad")).unwrap(), garbage);
        settings.choose(&Setting::Theme(Theme::Dark)).unwrap();
        assert_eq!(Settings::open(Some(file)).0.theme(), Theme::Dark);
    }
}

#[test]
fn settings_that_cannot_be_read_or_written_never_stop_anything() {
    let folder = tempfile::tempdir().unwrap();
    let (mut settings, notice) = Settings::open(Some(folder.path().to_owned()));
    assert!(notice.is_some(), "it is a folder");
    settings.choose(&Setting::Theme(Theme::Dark)).unwrap();
    assert_eq!(settings.theme(), Theme::Dark);
    fs::write(folder.path().join("file"), "").unwrap();
    let (mut settings, _) = Settings::open(Some(folder.path().join("file").join("s.toml")));
    assert!(
        settings.choose(&Setting::Theme(Theme::Dark)).is_err() || settings.theme() == Theme::Dark
    );
}
