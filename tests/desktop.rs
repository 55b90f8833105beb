//! What the desktop wears: heard from a portal for settings on a real bus, now and when it changes.

#![cfg(all(target_os = "linux", feature = "window"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]
#![allow(missing_docs, reason = "of what the macro makes")]

use std::collections::HashMap;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use ashore::window::desktop::{Desktop, Wear};
use eframe::egui::Theme;
use zbus::blocking::connection;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{OwnedValue, Value};

const PATH: &str = "/org/freedesktop/portal/desktop";
const NAMESPACE: &str = "org.freedesktop.appearance";

/// A portal for settings, as desktops have one.
struct Portal;

#[zbus::interface(name = "org.freedesktop.portal.Settings")]
impl Portal {
    fn read_all(&self, namespaces: Vec<String>) -> HashMap<String, HashMap<String, OwnedValue>> {
        assert_eq!(namespaces, [NAMESPACE]);
        let keys = [("color-scheme", Value::from(1_u32)), ("accent-color", Value::from("sea"))];
        let keys = keys.map(|(key, value)| (key.to_owned(), value.try_to_owned().unwrap()));
        HashMap::from([(NAMESPACE.to_owned(), HashMap::from(keys))])
    }

    #[zbus(signal)]
    async fn setting_changed(
        emitter: &SignalEmitter<'_>,
        namespace: &str,
        key: &str,
        value: Value<'_>,
    ) -> zbus::Result<()>;
}

fn next(desktop: &Desktop) -> Wear {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        match desktop.heard() {
            Some(wear) => return wear,
            None => assert!(Instant::now() < end, "nothing was heard"),
        }
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
#[ignore = "needs a bus: ./tests/run"]
fn the_window_wears_what_the_desktop_does_as_a_real_bus_says() {
    let told = Command::new("dbus-run-session")
        .arg("--")
        .arg(std::env::current_exe().unwrap())
        .args(["told_on_a_bus", "--exact", "--ignored", "--nocapture"])
        .env("ASHORE_TEST_BUS", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&told.stdout) + String::from_utf8_lossy(&told.stderr);
    assert!(told.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
#[ignore = "is told in a process of its own"]
fn told_on_a_bus() {
    if std::env::var_os("ASHORE_TEST_BUS").is_none() {
        return;
    }
    let bus = connection::Builder::session()
        .unwrap()
        .name("org.freedesktop.portal.Desktop")
        .unwrap()
        .serve_at(PATH, Portal)
        .unwrap()
        .build()
        .unwrap();
    let desktop = Desktop::follow();
    let dark = Wear { theme: Some(Theme::Dark), is_high_contrast: false };
    assert_eq!(next(&desktop), dark);

    let emitter = SignalEmitter::new(bus.inner(), PATH).unwrap();
    let change = |namespace, key, value: Value<'_>| {
        zbus::block_on(Portal::setting_changed(&emitter, namespace, key, value)).unwrap();
    };
    // What is about something else, and what makes no sense, changes nothing.
    change("org.gnome.desktop.interface", "color-scheme", Value::from(2_u32));
    change(NAMESPACE, "contrast", Value::from(1_u32));
    assert_eq!(next(&desktop), Wear { is_high_contrast: true, ..dark });
    change(NAMESPACE, "color-scheme", Value::from("purple"));
    change(NAMESPACE, "color-scheme", Value::from(2_u32));
    let mut wear = next(&desktop);
    while wear.theme == Some(Theme::Dark) {
        wear = next(&desktop);
    }
    assert_eq!(wear, Wear { theme: Some(Theme::Light), is_high_contrast: true });
    change(NAMESPACE, "color-scheme", Value::from(0_u32));
    assert_eq!(next(&desktop).theme, None);
}
