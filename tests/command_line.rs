//! What the command line promises before anything connects: help, sentences and exit codes.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "support/program.rs"]
mod program;

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::process::{Command, Output, Stdio};

#[test]
fn a_command_line_that_makes_no_sense_is_explained_and_ends_with_2() {
    for (args, explanation) in [
        (&["get"][..], "<URL>"),
        (&["get", "-o", "a", "ftp://h/a", "ftp://h/b"], "use -d DIR"),
        (&["get", "-o", "-", "ftp://h/a"], "never to standard output"),
        (&["get", "-o", "a", "-d", "b", "ftp://h/a"], "cannot be used with"),
        (&["get", "-q", "-v", "ftp://h/a"], "cannot be used with"),
        (&["get", "--timeout", "0", "ftp://h/a"], "more than 0"),
        (&["get", "--if-exists", "perhaps", "ftp://h/a"], "refuse, rename, replace, skip"),
        (&["get", "--password-stdin", "ftp://h/a"], "needs a name"),
        (&["ftp://h/a", "ftp://h/b"], "ashore get URL"),
        (&["get", "--sideways", "ftp://h/a"], "--sideways"),
        (&["get", "ftp://h/a/x", "ftp://h/b/x"], "would be saved as x"),
        (&["get", "ftp://h/a/x/", "ftp://h/b/x/"], "would be saved as x"),
        (&["get", "-r", "ftp://h/a/x", "ftp://i/x"], "would be saved as x"),
        (&["get", "ftp://h/", "ftp://h/a"], "into different folders"),
    ] {
        let output = ashore(args).stdin(password("x\n")).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(stderr(&output).starts_with("ashore: "), "{args:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(explanation), "{args:?}: {}", stderr(&output));
    }
}

#[test]
fn a_bad_address_ends_with_2_and_says_what_to_mend_without_repeating_a_password() {
    for (url, explanation) in [
        ("", "no address yet"),
        ("http://h/a", "http:// is not an FTP address"),
        ("ftp:///a", "names no server"),
        ("ftp://h:70000/a", "1 to 65535"),
        ("ftp://h/a%0d%0aDELE%20b", "control character"),
        ("ftp://u:swordfish%00@h/a", "control character"),
        ("ftp://u:sword/fish@h/a", "%2F"),
        ("sftp://u:swordfish@h/a", "The address cannot be read"),
    ] {
        let output = ashore(&["get", url]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{url}");
        assert!(stderr(&output).contains(explanation), "{url}: {}", stderr(&output));
        assert!(!stderr(&output).contains("sword"), "{url}: {}", stderr(&output));
    }
}

#[test]
fn who_asks_for_encryption_gets_6_and_sends_no_name_without_it() {
    for (scheme, tls) in [("ftpes", "auto"), ("ftpes", "off"), ("ftp", "explicit")] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        // A server that knows nothing of TLS, and notes all that it is told.
        let server = std::thread::spawn(move || {
            let (mut control, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(control.try_clone().unwrap()).lines();
            let mut heard = Vec::new();
            control.write_all(b"220 Ready\r\n").unwrap();
            while let Some(Ok(line)) = lines.next() {
                heard.push(line);
                control.write_all(b"502 What?\r\n").unwrap();
            }
            heard
        });
        let url = format!("{scheme}://alice:swordfish@{address}/a");
        let output = ashore(&["get", &url, "--tls", tls]).output().unwrap();
        assert_eq!(output.status.code(), Some(6), "{scheme} {tls}: {}", stderr(&output));
        assert_eq!(server.join().unwrap(), ["AUTH TLS"], "{scheme} {tls}");
    }
}

#[test]
fn help_readme_and_man_page_tell_the_same_options_and_exit_codes() {
    let help = stdout(&ashore(&["get", "--help"]).output().unwrap());
    let page = fs::read_to_string("packaging/linux/ashore.1").unwrap().replace('\\', "");
    let readme = fs::read_to_string("README.md").unwrap();
    let words = help.split_whitespace();
    let options: Vec<&str> = words
        .filter(|word| word.starts_with("--"))
        .filter_map(|word| word.split([',', '[']).next())
        .collect();
    assert!(options.len() > 10, "{options:?}");
    for option in options {
        assert!(page.contains(option), "the man page lacks {option}");
    }
    for exit in ashore::terminal::Exit::ALL {
        let (code, meaning) = (exit.code(), exit.meaning());
        assert!(help.contains(&format!("{code}  {meaning}")), "the help lacks {code}");
        assert!(page.contains(&format!(".B {code}\n{meaning}\n")), "the man page lacks {code}");
        assert!(readme.contains(&format!("| {code} | {meaning} |")), "the README lacks {code}");
    }
}

#[test]
fn without_a_display_one_line_names_the_way_that_works() {
    let output = ashore(&["ftp://h/a"])
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("WAYLAND_SOCKET")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(stderr(&output).lines().count(), 1, "{}", stderr(&output));
    assert!(stderr(&output).starts_with("ashore: "), "{}", stderr(&output));
    assert!(stderr(&output).contains("ashore get "), "{}", stderr(&output));
}

fn ashore(args: &[&str]) -> Command {
    let mut command = program::ashore();
    command.args(args).stdin(Stdio::null());
    command
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Standard input that says this.
fn password(text: &str) -> Stdio {
    let (reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(text.as_bytes()).unwrap();
    reader.into()
}
