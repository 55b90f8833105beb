//! Folders, listed on a scripted server: which commands, what an end is worth, whose clock.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod support;

use std::ops::ControlFlow;
use std::time::Duration;

use ashore::ftp::listing::{Entry, Kind, ListingEnd};
use ashore::ftp::{self, Address, Limits, Security, Session, Stop, Trust};
use support::Server;
use support::program::ashore;

const LOGIN: &str = "\
S: 220 ready
C: USER anonymous
S: 331 password
C: PASS anonymous@
S: 230 in
";

const PLAIN: &str = "\
C: FEAT
S: 502 no
C: TYPE I
S: 200 ok
";

/// Lists `path` on a server that plays `script` after the login.
fn list(path: &str, script: &str) -> (Vec<Entry>, Result<ListingEnd, ftp::Error>) {
    let server = Server::play(&format!("{LOGIN}{script}"));
    let address: Address = server.link(path).parse().unwrap();
    let limits = Limits { patience: Duration::from_secs(5), stop: Stop::default() };
    let at = ftp::Server {
        host: &address.host,
        port: address.port,
        security: Security::Off,
        trust: Trust::default(),
        way: ftp::Way::default(),
        proxy: None,
        known: ftp::Known::default(),
    };
    let mut session = Session::connect(at, &limits, &|_| ()).unwrap();
    session.sign_in(&address.login).unwrap();
    let mut entries = Vec::new();
    let end = session.list(&address.path, &mut |entry| {
        entries.push(entry);
        ControlFlow::Continue(())
    });
    drop(session);
    server.finish();
    (entries, end)
}

fn names(entries: &[Entry]) -> Vec<String> {
    entries.iter().map(|entry| String::from_utf8_lossy(&entry.name).into_owned()).collect()
}

#[test]
fn mlsd_is_asked_where_it_is_offered_and_takes_the_path() {
    let (entries, end) = list(
        "pub/",
        "C: FEAT\nS- 211-Features:\\r\\n\nS-  MLST type*;size*;\\r\\n\nS: 211 End\nC: TYPE I\nS: 200 ok\n\
         C: EPSV\nS: 229 ok (|||{port}|)\nC: MLSD pub\nS: 150 here\n\
         D: type=cdir; pub\\r\\ntype=file;size=1; a b\\r\\ntype=dir; c\\r\\n\nS: 226 done",
    );
    assert_eq!(names(&entries), ["a b", "c"]);
    assert_eq!(end.unwrap().entries, 2);
}

#[test]
fn a_folder_is_entered_for_list_and_left_again() {
    let (entries, end) = list(
        "my%20pub/",
        &format!(
            "{PLAIN}C: PWD\nS: 257 \"/home\" is current\nC: CWD my pub\nS: 250 ok\nC: SYST\n\
             S: 215 UNIX Type: L8\nC: EPSV\nS: 229 ok (|||{{port}}|)\nC: LIST\nS: 150 here\n\
             D: -rw-r--r-- 1 a b 7 Jan 29  2001 x\\r\\n\nS: 226 done\nC: CWD /home\nS: 250 ok"
        ),
    );
    assert_eq!((names(&entries), end.unwrap().entries), (vec!["x".to_owned()], 1));
}

#[test]
fn an_empty_folder_is_no_error_and_a_missing_one_is() {
    for answer in ["S: 550 No files found.", "S: 150 here\nD:\nS: 226 done"] {
        let (entries, end) = list(
            "",
            &format!(
                "{PLAIN}C: SYST\nS: 502 no\nC: EPSV\nS: 229 ok (|||{{port}}|)\nC: LIST\n{answer}"
            ),
        );
        assert_eq!((entries.len(), end.unwrap().entries), (0, 0), "{answer}");
    }
    let (_, end) = list(
        "gone/",
        &format!(
            "{PLAIN}C: PWD\nS: 257 \"/\"\nC: CWD gone\nS: 550 No such directory\nC: SYST\nS: 502 no\n\
             C: EPSV\nS: 229 ok (|||{{port}}|)\nC: LIST gone\nS: 150 here\nD:\nS: 226 done"
        ),
    );
    assert!(matches!(end, Err(ftp::Error::Refused { command, .. }) if command == "CWD gone"));
}

#[test]
fn a_listing_that_was_given_up_is_not_taken_for_all() {
    let (entries, end) = list(
        "",
        &format!(
            "{PLAIN}C: SYST\nS: 502 no\nC: EPSV\nS: 229 ok (|||{{port}}|)\nC: LIST\nS: 150 here\n\
             D: -rw-r--r-- 1 a b 7 Jan 29  2001 x\\r\\n-rw-r--r-- 1 a b 7 Jan 29  2001 half-a-na\nS: 426 gave up"
        ),
    );
    assert_eq!(names(&entries), ["x"]);
    assert!(matches!(end, Err(ftp::Error::Refused { reply, .. }) if reply.code == 426));
}

#[test]
fn one_mdtm_tells_the_zone_of_the_servers_clock() {
    let (entries, end) = list(
        "",
        &format!(
            "{PLAIN}C: SYST\nS: 502 no\nC: EPSV\nS: 229 ok (|||{{port}}|)\nC: LIST\nS: 150 here\n\
             D: 09-10-13  20:08       <DIR>          d\\r\\n09-10-13  20:08   5 x\\r\\n\nS: 226 done\n\
             C: MDTM x\nS: 213 20130910180812"
        ),
    );
    let zone = end.unwrap().zone.unwrap();
    assert_eq!(zone.seconds(), 7200);
    let listed = entries.first().unwrap().modified.unwrap();
    assert_eq!(listed.time.duration_since(listed.corrected(zone).time).unwrap().as_secs(), 7200);
}

/// A `LIST` of the login folder that says `text`.
fn listing(text: &str) -> String {
    format!(
        "{PLAIN}C: SYST\nS: 502 no\nC: EPSV\nS: 229 ok (|||{{port}}|)\nC: LIST\nS: 150 here\nD: {text}\n\
         S: 226 done\n"
    )
}

/// The answer to `NLST`.
fn nlst(text: &str) -> String {
    format!(
        "C: EPSV\nS: 229 ok (|||{{port}}|)\nC: NLST\nS: 150 here\nD: {text}\nS: 226 done\n\
         C: PWD\nS: 257 \"/home\"\n"
    )
}

#[test]
fn a_server_that_lists_names_alone_is_asked_what_they_are() {
    let (entries, end) = list(
        "",
        &format!(
            "{}{}C: SIZE a b\nS: 213 5\nC: SIZE d\nS: 550 no file\nC: CWD d\nS: 250 ok\n\
             C: CWD /home\nS: 250 ok\nC: SIZE ls: x: No such file\nS: 550 no\n\
             C: CWD ls: x: No such file\nS: 550 no",
            listing("a b\\r\\nd\\r\\nls: x: No such file\\r\\n"),
            nlst("a b\\r\\n./d\\r\\nls: x: No such file\\r\\n"),
        ),
    );
    let found: Vec<_> = entries.iter().map(|entry| (entry.kind, entry.size)).collect();
    assert_eq!(names(&entries), ["a b", "d"]);
    assert_eq!(found, [(Kind::File, Some(5)), (Kind::Dir, None)]);
    assert_eq!(end.unwrap().entries, 2);
}

#[test]
fn what_nobody_knows_is_a_file_if_it_can_be_a_name() {
    let about = |name: &str| format!("C: SIZE {name}\nS: 502 no\nC: CWD {name}\nS: 550 no\n");
    let (entries, _) = list(
        "",
        &format!(
            "{}{}{}{}",
            listing("a.txt\\r\\nPermission denied.\\r\\n"),
            nlst("a.txt\\r\\nPermission denied.\\r\\n"),
            about("a.txt"),
            about("Permission denied."),
        ),
    );
    assert_eq!(names(&entries), ["a.txt"]);
}

#[test]
fn an_empty_folder_is_not_asked_for_names_and_a_complaint_is_no_file() {
    for sum in ["total 0", "insgesamt 0", ""] {
        let (entries, end) = list("", &listing(&format!("{sum}\\r\\n")));
        assert_eq!((entries.len(), end.unwrap().entries), (0, 0), "{sum}");
    }
    let refused = "C: EPSV\nS: 229 ok (|||{port}|)\nC: NLST\nS: 550 no files\nC: PWD\nS: 502 no";
    let (entries, end) = list("", &format!("{}{refused}", listing("Nothing here\\r\\n")));
    assert_eq!((entries.len(), end.unwrap().entries), (0, 0));
}

#[test]
fn a_folder_is_entered_step_by_step_or_listed_from_afar_where_it_must_be() {
    let line = "-rw-r--r-- 1 a b 7 Jan 29  2001 x\\r\\n";
    let home = format!("{PLAIN}C: PWD\nS: 257 \"/\"\nC: CWD a/b\nS: 550 no paths\nC: CWD a\n");
    let steps = format!(
        "{home}S: 250 ok\nC: CWD b\nS: 250 ok\nC: SYST\nS: 502 no\nC: EPSV\n\
         S: 229 ok (|||{{port}}|)\nC: LIST\nS: 150 here\nD: {line}\nS: 226 done\nC: CWD /\nS: 250 ok"
    );
    let afar = format!(
        "{home}S: 502 no CWD\nC: CWD /\nS: 250 ok\nC: SYST\nS: 502 no\nC: EPSV\n\
         S: 229 ok (|||{{port}}|)\nC: LIST a/b\nS: 150 here\nD: {line}\nS: 226 done"
    );
    for script in [steps, afar] {
        let (entries, end) = list("a/b/", &script);
        assert_eq!((names(&entries), end.unwrap().entries), (vec!["x".to_owned()], 1), "{script}");
    }
}

#[test]
fn a_server_in_ebcdic_is_asked_for_text_and_put_back() {
    let (entries, end) = list(
        "",
        &format!(
            "{PLAIN}C: SYST\nS: 215 MVS is the operating system of this server.\nC: TYPE A\nS: 200 ok\n\
             C: EPSV\nS: 229 ok (|||{{port}}|)\nC: LIST\nS: 125 here\nD: MEMBER1\\r\\nMEMBER2\\r\\n\n\
             S: 250 done\nC: TYPE I\nS: 200 ok"
        ),
    );
    assert_eq!((names(&entries).len(), end.unwrap().entries), (2, 2));
}

#[test]
fn the_terminal_tells_programs_one_object_a_line_and_shells_how_it_ended() {
    let ls = |script: &str| {
        let server = Server::play(&format!("{LOGIN}{PLAIN}C: SYST\nS: 502 no\n{script}"));
        let output = ashore().args(["ls", "--json", &server.link("")]).output().unwrap();
        server.finish();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let folder = "C: EPSV\nS: 229 ok (|||{port}|)\nC: LIST\nS: 150 here\n\
                  D: drwxr-xr-x 2 a b 7 Jan 29  2001 d\\r\\n-rw-r--r-- 1 a b 7 Jan 29  2001 \\xE9\\r\\n\n";
    let told = "{\"name\":\"d\",\"kind\":\"dir\",\"size\":null,\
                \"modified\":\"2001-01-29T00:00:00Z\",\"target\":null}\n\
                {\"name\":\"é\",\"kind\":\"file\",\"size\":7,\
                \"modified\":\"2001-01-29T00:00:00Z\",\"target\":null,\"name_bytes\":\"6Q==\"}\n";
    let whole = ls(&format!("{folder}S: 226 done\nC: QUIT"));
    assert_eq!(whole, (Some(0), told.to_owned()));
    let cut = ls(&format!("{folder}S: 426 gave up"));
    assert_eq!(cut, (Some(1), told.to_owned()));
}
