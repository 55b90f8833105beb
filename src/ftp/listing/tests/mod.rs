//! Lines from the field, and what they say. A new oddity is one more row.

mod dos;
mod hosts;
mod unix;

use std::time::{Duration, SystemTime};

use super::{Entry, Form, Kind, Modified, Parser, Precision, Zone};

/// 2024-03-10 12:00:00 UTC.
const NOW: u64 = 1_710_072_000;

pub(super) fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(NOW)
}

pub(super) fn read_as(form: Form, listing: &[u8]) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut parser = Parser::new(form, now());
    parser.feed(listing, &mut |entry| entries.push(entry));
    parser.end(&mut |entry| entries.push(entry));
    entries
}

/// One line for an entry: `kind size time name -> target`. The time as precise as it is.
fn told(entry: &Entry) -> String {
    let kind = match entry.kind {
        Kind::File => 'f',
        Kind::Dir => 'd',
        Kind::Link => 'l',
        Kind::Other => 'o',
    };
    let size = entry.size.map_or_else(|| "-".to_owned(), |size| size.to_string());
    let time = entry.modified.map_or_else(|| "-".to_owned(), time);
    let name = String::from_utf8_lossy(&entry.name);
    let target = entry.target.as_deref().map(String::from_utf8_lossy);
    let target = target.map_or_else(String::new, |target| format!(" -> {target}"));
    format!("{kind} {size} {time} {name}{target}")
}

fn time(modified: Modified) -> String {
    let form = match modified.precision {
        Precision::Day => "%Y-%m-%d",
        Precision::Minute => "%Y-%m-%dT%H:%M",
        Precision::Second => "%Y-%m-%dT%H:%M:%S",
    };
    let time = jiff::Timestamp::try_from(modified.time).unwrap();
    let zone = if modified.is_utc { "Z" } else { "" };
    format!("{}{zone}", time.to_zoned(jiff::tz::TimeZone::UTC).strftime(form))
}

fn expect(form: Form, rows: &[(&str, &str)]) {
    for (line, expected) in rows {
        let entries: Vec<String> = read_as(form, line.as_bytes()).iter().map(told).collect();
        assert_eq!(entries.join("\n"), *expected, "in {line:?}");
    }
}

#[test]
fn mlsd_with_its_liberties() {
    expect(
        Form::Mlsd,
        &[
            ("type=file;size=12;modify=20240102030405; a b", "f 12 2024-01-02T03:04:05Z a b"),
            ("TYPE=File;SiZe=12;MODIFY=20240102030405.123; x", "f 12 2024-01-02T03:04:05Z x"),
            ("type=file;size=1;  two spaces; and more ", "f 1 -  two spaces; and more "),
            ("type=file no last semicolon", "f - - no last semicolon"),
            ("type=file;\ttab", "f - - tab"),
            (" no facts", "f - - no facts"),
            ("type=dir;sizd=4096; d", "d - - d"),
            ("type=cdir;perm=el; /pub", ""),
            ("type=pdir;perm=el; /", ""),
            ("type=dir; ..", ""),
            ("type=OS.unix=slink:/a b/c;perm=r; l", "l - - l -> /a b/c"),
            ("type=OS.UNIX=symlink; l", "l - - l"),
            ("type=OS.unix=chr-13/29; dev", "o - - dev"),
            ("type=file;size=-5;modify=yesterday; odd", "f - - odd"),
            ("type=file;size=99999999999999999999; odd", "f - - odd"),
            ("nothing", ""),
        ],
    );
    let in_a_list = "type=file;size=12;modify=20240102030405; a";
    expect(Form::List, &[(in_a_list, "f 12 2024-01-02T03:04:05Z a"), ("a=b c", "")]);
}

#[test]
fn the_zone_of_a_server_is_a_quarter_of_an_hour_or_nothing() {
    let listed = |seconds, precision| Modified {
        time: now() + Duration::from_secs(seconds),
        precision,
        is_utc: false,
    };
    let ahead = |seconds| Zone::between(listed(seconds, Precision::Minute), now());
    assert_eq!(ahead(7200).map(Zone::seconds), Some(7200));
    assert_eq!(ahead(7200 - 59).map(Zone::seconds), Some(7200));
    assert_eq!(ahead(20_700).map(Zone::seconds), Some(20_700)); // Nepal
    assert_eq!(ahead(7200 - 300), None);
    assert_eq!(ahead(86_400), None);
    assert_eq!(Zone::between(listed(7200, Precision::Day), now()), None);
    let behind = Zone::between(listed(0, Precision::Second), now() + Duration::from_secs(18_000));
    assert_eq!(behind.map(Zone::seconds), Some(-18_000));
    let right = listed(0, Precision::Minute).corrected(behind.unwrap());
    assert_eq!((right.time, right.is_utc), (now() + Duration::from_secs(18_000), true));
    assert_eq!(right.corrected(behind.unwrap()), right);
}
