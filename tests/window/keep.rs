//! Passwords that are to be kept: the box beside each field for one, and what is said where there is no
//! keychain.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use ashore::ftp::{self, Address, Secret};
use ashore::transfer::{Failure, KeychainNews};
use ashore::window::browser::errands::Sight;
use ashore::window::screen::Wish;
use eframe::egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable as _;

use crate::person::{ID, Window, refused};

const BOX: &str = "Keep the password in this computer’s keychain";

impl Window {
    fn type_password(&mut self, password: &str) {
        self.harness.get_by_role_and_label(Role::PasswordInput, "Password").focus();
        self.harness.run();
        self.harness.get_by_role_and_label(Role::PasswordInput, "Password").type_text(password);
        self.harness.run();
    }

    fn hear_of_keychain(&mut self, found: Result<(), &str>) {
        let found = found.map_err(str::to_owned);
        self.screen().take_keychain_news(KeychainNews::Found(found));
        self.harness.run();
    }
}

fn is_of(address: &Address, user: &str, password: &str) -> bool {
    let login = &address.login;
    login.user.as_deref() == Some(user.as_bytes()) && login.password == Some(Secret::new(password))
}

#[test]
fn a_password_that_is_typed_in_a_row_is_kept_if_the_person_wants_it() {
    let mut window = Window::failed(refused(530, "Login incorrect."));
    window.click("Sign in… debian.iso");
    let wishes = window.wishes();
    assert!(matches!(wishes.as_slice(), [Wish::FindKeychain]), "{wishes:?}");
    window.hear_of_keychain(Ok(()));
    window.write("User", "ann");
    window.type_password("secret");
    window.click(BOX);
    window.harness.get_by_role_and_label(Role::PasswordInput, "Password").focus();
    window.harness.run();
    window.press(Key::Enter);
    let wishes = window.wishes();
    let [Wish::Keep(address), Wish::Replace(ID, request)] = wishes.as_slice() else {
        panic!("{wishes:?}")
    };
    assert!(is_of(address, "ann", "secret") && is_of(&request.address, "ann", "secret"));
    assert!(!format!("{wishes:?}").contains("secret"));
}

#[test]
fn without_a_keychain_the_card_says_what_is_missing_and_what_works_still() {
    let mut window = Window::failed(refused(530, "Login incorrect."));
    window.click("Sign in… debian.iso");
    window.hear_of_keychain(Err("no keychain answers here"));
    assert!(window.shows("kept until Ashore ends, and nowhere else: no keychain answers here."));
    assert!(!window.shows(BOX));
    window.write("User", "ann");
    window.type_password("secret");
    window.press(Key::Enter);
    let wishes = window.wishes();
    assert!(matches!(wishes.as_slice(), [Wish::FindKeychain, Wish::Replace(ID, _)]), "{wishes:?}");
}

#[test]
fn the_browser_and_the_form_keep_a_password_too() {
    let mut window = Window::with("ftp://ftp.example.org/pub/");
    window.click("Browse server…");
    let (number, _) = window.listing();
    let reply = ftp::Reply { code: 530, lines: vec!["Login incorrect.".to_owned()] };
    let error = ftp::Error::Refused { command: "PASS ****".to_owned(), reply };
    let server = "ftp.example.org".to_owned();
    let failure = Failure::Server { server, is_guest: true, error, kept: None };
    window.see(Sight::Listed(number, Err(failure)));
    window.hear_of_keychain(Ok(()));
    window.write("User", "ann");
    window.type_password("secret");
    window.click(BOX);
    window.click("Sign in to the server");
    let wishes = window.wishes();
    assert!(matches!(wishes.as_slice(), [Wish::FindKeychain, ..]), "{wishes:?}");
    let Some(Wish::Keep(address)) = wishes.get(1) else { panic!("{wishes:?}") };
    assert!(is_of(address, "ann", "secret"));

    let mut window = Window::with("ftp://ann@ftp.example.org/pub/debian.iso");
    window.click("More about the server");
    assert!(!window.shows(BOX), "there is no password yet");
    window.type_password("secret");
    window.click(BOX);
    window.click("Download");
    let wishes = window.wishes();
    let [Wish::FindKeychain, Wish::Keep(address), Wish::Download(_)] = wishes.as_slice() else {
        panic!("{wishes:?}")
    };
    assert!(is_of(address, "ann", "secret"));
}

#[test]
fn nobody_types_a_password_that_is_kept_and_it_is_forgotten_with_the_server() {
    let mut window = Window::sized(1000.0, 1600.0);
    let host = "ftp.example.org".parse().unwrap();
    let servers = window.screen().servers.clone();
    let lesson = |known: &mut ftp::Known| known.passwords_of.extend(["ann".to_owned()]);
    servers.learn(&host, 21, lesson).unwrap();
    window.screen().take_link("ftp://ann@ftp.example.org/pub/debian.iso");
    window.harness.run();
    let wishes = window.wishes();
    assert!(matches!(wishes.as_slice(), [Wish::Glance(Some(_))]), "{wishes:?}");
    window.press(Key::Escape);
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::Comma);
    window.harness.run();
    assert!(window.shows("password of ann is in the keychain"));
    window.wishes();
    window.harness.get_by_label_contains("Forget ftp.example.org:21").click_accesskit();
    window.harness.run();
    let wishes = window.wishes();
    assert!(matches!(wishes.as_slice(), [Wish::Forget(name)] if name == "ftp.example.org:21"));
}
