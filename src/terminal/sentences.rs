//! What the terminal says, sentence by sentence.
//!
//! Names, replies and addresses come from servers and web pages, so every function here returns text
//! that is fit to be shown: no control characters, no passwords.

use std::borrow::Cow;
use std::path::Path;

use crate::ftp::{Address, AddressError, Fingerprint};
use crate::transfer::{Class, Failure, Kept, Line, NextStep, Progress, Summary, Verdict, Voice};
use crate::{disk, ftp, words};

/// The file's name on the server, or what comes closest to one.
pub(super) fn name(address: &Address) -> String {
    let name = address.path.name().map(|name| String::from_utf8_lossy(name).into_owned());
    words::shown(&name.unwrap_or_else(|| address.host.to_string()))
}

/// Why a text is no address.
///
/// A slash or an at sign that is not written as `%2F` or `%40` cuts a password in two, and a part of
/// it would be called a port. So nothing of a text with an at sign is repeated.
pub(super) fn bad_address(text: &str, error: &AddressError) -> String {
    let repeats = matches!(
        error,
        AddressError::Scheme { .. } | AddressError::Host { .. } | AddressError::Port
    );
    if repeats && text.contains('@') {
        return "The address cannot be read. It should look like ftp://NAME@HOST/PATH; within the \
                name, write / as %2F, : as %3A and @ as %40"
            .to_owned();
    }
    words::shown(&error.to_string())
}

/// A line that repeats an argument: what may be a password becomes `****`.
pub(super) fn without_secrets(line: &str) -> String {
    let secret = line.rfind('@').and_then(|end| {
        let before = line.get(..end)?;
        let is_user = |&(at, _): &(usize, &str)| !line.get(at..).unwrap_or("").starts_with("://");
        let (colon, _) = before.match_indices(':').find(is_user)?;
        Some((line.get(..=colon)?, line.get(end..)?))
    });
    match secret {
        Some((before, after)) => words::shown(&format!("{before}****{after}")),
        None => words::shown(line),
    }
}

/// How far a file is: `Received 1234567 of 4194304 bytes (29.4%)`.
///
/// 100.0% is said only of a file that is all there: the percentage is rounded down.
pub(super) fn received(received: u64, expected: Option<u64>) -> String {
    match expected {
        None => format!("Received {received} bytes"),
        Some(expected) if received > expected => {
            format!("Received {received} bytes, more than the {expected} announced")
        }
        Some(0) => "Received 0 of 0 bytes (100.0%)".to_owned(),
        Some(expected) => {
            let tenths = u128::from(received) * 1000 / u128::from(expected);
            let (whole, tenth) = (tenths / 10, tenths % 10);
            format!("Received {received} of {expected} bytes ({whole}.{tenth}%)")
        }
    }
}

/// How far it is to know what a folder holds.
pub(super) fn looking(found: u64) -> String {
    match found {
        0 => "looking into it…".to_owned(),
        found => format!("looking into it… {} found", words::count(found)),
    }
}

/// How far a file is, beside a bar: `1.2 of 4.1 GB — 11.4 MB/s — 4 min left — limited by your limit`.
pub(super) fn beside_a_bar(progress: &Progress) -> String {
    let amount = match progress.expected {
        Some(expected) => words::bytes_of(progress.received, expected),
        None => words::bytes(progress.received),
    };
    let mut parts = vec![amount];
    if progress.speed > 0.0 {
        parts.push(words::speed(progress.speed));
    }
    if let Some(remaining) = progress.remaining {
        parts.push(format!("{} left", words::duration(remaining)));
    }
    if let Some(brake) = progress.brake {
        parts.push(format!("limited by {brake}"));
    }
    parts.join(" — ")
}

/// One line of the log: `14:02:11 → RETR a.bin`.
pub(super) fn log_line(line: &Line) -> String {
    let letter = match line.voice {
        Voice::Sent => '→',
        Voice::Received => '←',
        Voice::Story => ' ',
        Voice::Warning => '!',
    };
    format!("{} {letter} {}", words::time_of_day(line.at), words::shown(&line.text))
}

/// What is said of a file that arrived. `announced` is its size as the server estimated it.
pub(super) fn arrived(summary: &Summary, announced: Option<u64>) -> Vec<String> {
    let path = path(&summary.path);
    let proof = match &summary.verdict {
        Verdict::Skipped => return vec![format!("{path} is there already: skipped")],
        Verdict::Verified { by, with } => by.agrees(*with),
        Verdict::Complete if announced == Some(summary.length) => {
            "Complete: the server confirmed it, and its length is the one announced".to_owned()
        }
        Verdict::Complete => "Complete: the server confirmed it".to_owned(),
    };
    let mut lines = vec![format!("Saved as {path}")];
    lines.extend(summary.sha256.map(|sum| format!("SHA-256 {}", words::hex(&sum))));
    lines.push(proof);
    lines.push(received(summary.length, Some(summary.length)));
    lines
}

/// Why a file of a folder counts as complete, in a word or two.
pub(super) fn verdict(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Verified { by, .. } => format!("verified by {by}"),
        Verdict::Complete => "complete".to_owned(),
        Verdict::Skipped => "there already: skipped".to_owned(),
    }
}

/// What is said of a file that did not arrive: what happened, what was kept, what to do next.
pub(super) fn failed(name: &str, failure: &Failure) -> String {
    failed_with(name, failure, &advice(failure))
}

/// The same of a file of a folder.
pub(super) fn failed_in_folder(name: &str, failure: &Failure) -> String {
    failed_with(name, failure, &advice_in_folder(failure))
}

fn failed_with(name: &str, failure: &Failure, advice: &str) -> String {
    let what = words::shown(&failure.to_string());
    let is_named = match failure {
        Failure::Disk { error, .. } => !matches!(error, disk::Error::Full { .. }),
        Failure::NotAFile => true,
        _ => false,
    };
    let mut text = if is_named { what } else { format!("{name}: {what}") };
    if !text.ends_with(".”") {
        text.push('.');
    }
    let mut add = |sentence: &str| {
        text.push(' ');
        text.push_str(sentence);
    };
    let goes_on = matches!(failure.class(), Class::Server | Class::Stopped | Class::Disk);
    match failure.kept() {
        Some(kept) if goes_on => add(&format!("{}; the same command continues.", self::kept(kept))),
        Some(kept) => add(&format!("{}.", self::kept(kept))),
        None if failure.class() == Class::Stopped => add("Nothing was saved."),
        None => {}
    }
    // "The same command continues" has said that much.
    let says_no_more = goes_on && failure.kept().is_some() && advice == "Try again.";
    if failure.class() != Class::Stopped && !says_no_more {
        add(advice);
    }
    text
}

/// `12.3 MB are kept in a.bin.part`.
fn kept(kept: &Kept) -> String {
    let verb = if kept.length == 1 { "is" } else { "are" };
    format!("{} {verb} kept in {}", words::bytes(kept.length), path(&kept.path))
}

/// What to do next; where an option of the command line is the way, it is named.
pub(super) fn advice(failure: &Failure) -> Cow<'static, str> {
    if let Some(Fingerprint(sum)) = failure.fingerprint() {
        return Cow::Owned(format!(
            "Compare the fingerprint with the one its administrator gives. If they are equal, trust it \
             with --pin sha256:{}",
            words::hex(&sum)
        ));
    }
    Cow::Borrowed(match failure {
        Failure::Disk { error: disk::Error::Exists { .. }, .. } => {
            "Save under another name with -o, or use --if-exists rename, replace or skip."
        }
        Failure::Server { error, .. } if let Some(advice) = option_for(error) => advice,
        _ if failure.class() == Class::Login => {
            "Sign in with the right name and password: --user NAME --password-stdin."
        }
        _ if failure.next_step() == NextStep::GoUnprotected => {
            "Nothing was sent in the clear. Ask its administrator, or connect unprotected all the same: --tls off."
        }
        _ => failure.advice(),
    })
}

/// The same for a file of a folder, which has its name from the server.
fn advice_in_folder(failure: &Failure) -> Cow<'static, str> {
    Cow::Borrowed(match failure {
        Failure::Disk { error: disk::Error::Exists { .. }, .. } => {
            "To have it all the same, use --if-exists rename or replace; to leave it, skip."
        }
        Failure::Disk { error: disk::Error::IsFolder { .. }, .. } => {
            "Move the folder away, or save elsewhere with -d."
        }
        _ => return advice(failure),
    })
}

/// The option that may help.
fn option_for(error: &ftp::Error) -> Option<&'static str> {
    use ftp::{Error, ProxyTrouble as Trouble};
    Some(match error {
        Error::NoDataConnection { is_active: false, .. } => {
            "A firewall is the usual cause. Let the server make the connection: --active."
        }
        Error::NoDataConnection { is_active: true, .. } => {
            "Passive mode needs no connection to this computer: leave out --active."
        }
        Error::WrongFamily { .. } => "Leave out -4 and -6, or use another address.",
        Error::Proxy { trouble: Trouble::ActiveMode, .. } => {
            "Leave out --active, or go without a proxy: --proxy none."
        }
        Error::Proxy { trouble: Trouble::Unreachable(_), .. } => {
            "Check the address of the proxy, or go without one: --proxy none."
        }
        Error::Proxy { trouble: Trouble::Login { .. }, .. } => {
            "Check the name and the password for the proxy, in --proxy, ftp_proxy or all_proxy."
        }
        _ => return None,
    })
}

/// A path of this computer, as it may be shown; of one in the current folder, the name is enough.
fn path(path: &Path) -> String {
    let path = path.strip_prefix(".").unwrap_or(path);
    words::shown(&path.display().to_string())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::transfer::Brake;

    #[test]
    fn only_a_whole_file_is_called_a_hundred_percent() {
        for (count, expected, text) in [
            (1_234_567, Some(4_194_304), "Received 1234567 of 4194304 bytes (29.4%)"),
            (9_999_999, Some(10_000_000), "Received 9999999 of 10000000 bytes (99.9%)"),
            (5, Some(5), "Received 5 of 5 bytes (100.0%)"),
            (0, Some(0), "Received 0 of 0 bytes (100.0%)"),
            (6, Some(5), "Received 6 bytes, more than the 5 announced"),
            (1_234_567, None, "Received 1234567 bytes"),
            (
                u64::MAX,
                Some(u64::MAX),
                "Received 18446744073709551615 of 18446744073709551615 bytes (100.0%)",
            ),
        ] {
            assert_eq!(received(count, expected), text);
        }
    }

    #[test]
    fn beside_a_bar_stands_only_what_is_known() {
        let mut progress = Progress {
            received: 1_200_000_000,
            expected: None,
            speed: 0.0,
            remaining: None,
            brake: None,
            connections: 1,
        };
        assert_eq!(beside_a_bar(&progress), "1.2 GB");
        progress.expected = Some(4_100_000_000);
        progress.speed = 11.4e6;
        progress.remaining = Some(Duration::from_secs(240));
        let whole = "1.2 of 4.1 GB — 11.4 MB/s — 4 min left";
        assert_eq!(beside_a_bar(&progress), whole);
        progress.brake = Some(Brake::Disk);
        assert_eq!(beside_a_bar(&progress), format!("{whole} — limited by the disk"));
    }

    #[test]
    fn an_argument_is_repeated_without_what_may_be_a_password() {
        for (line, shown) in [
            ("'ftp://u:swordfish@h/a' is odd", "'ftp://u:****@h/a' is odd"),
            ("'u:sword:fi@sh@h/a' is odd", "'u:****@h/a' is odd"),
            ("'ftp://u@h/a' is odd", "'ftp://u@h/a' is odd"),
            ("value: '-x' \u{1b}[2J", "value: '-x' \\u{1b}[2J"),
        ] {
            assert_eq!(without_secrets(line), shown);
        }
    }

    #[test]
    fn a_link_with_a_slash_in_its_password_is_refused_without_repeating_a_part_of_it() {
        for text in ["ftp://u:sword/fish@h/a", "ftp://u:swordfish@h:x/a", "u:swordfish@x://h"] {
            let error = text.parse::<Address>().unwrap_err();
            let sentence = bad_address(text, &error);
            assert!(!sentence.contains("sword"), "{sentence}");
        }
    }

    #[test]
    fn a_failure_says_what_happened_what_was_kept_and_what_to_do() {
        let path = "data/a.bin.part".into();
        let failure = Failure::Stopped { kept: Some(Kept { path, length: 12_300_000 }) };
        assert_eq!(
            failed("a.bin", &failure),
            "a.bin: Stopped. 12.3 MB are kept in data/a.bin.part; the same command continues."
        );
        let exists = disk::Error::Exists { path: "data/a.bin".into() };
        assert_eq!(
            failed("a.bin", &Failure::Disk { error: exists, kept: None }),
            "data/a.bin is there already. Save under another name with -o, or use --if-exists \
             rename, replace or skip."
        );
    }
}
