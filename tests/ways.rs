//! The ways to a server from the terminal: who we are there, through whom, and by which addresses.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use support::program::ashore_of;
use support::{Server, names};

/// A server that lets `bob` in with `swordfish`, and gives him one file.
const FOR_BOB: &str = "
    S: 220 Harbour ready
    C: AUTH TLS
    S: 502 What?
    C: USER bob
    S: 331 Your password?
    C: PASS swordfish
    S: 230 Welcome";

/// What follows the login.
const FILE: &str = "
    C: FEAT
    S: 502 What?
    C: TYPE I
    S: 200 Yes
    C: SIZE hello.txt
    S: 213 5
    C: MDTM hello.txt
    S: 502 What?
    C: EPSV
    S: 229 Here (|||{port}|)
    C: RETR hello.txt
    S: 150 Here it comes
    D: hello
    S: 226 Done
    C: QUIT";

const FOR_GUESTS: &str = "
    S: 220 Harbour ready
    C: USER anonymous
    S: 331 Any password will do
    C: PASS anonymous@
    S: 230 Welcome";

/// A person with a home, and what happens there.
struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("here")).unwrap();
        Self { folder }
    }

    fn with_netrc(text: &str) -> Self {
        let home = Self::new();
        let path = home.folder.path().join(".netrc");
        fs::write(&path, text).unwrap();
        private(&path);
        home
    }

    /// `ashore get ARGS`, of somebody who lives here.
    fn get(&self, args: &[&str]) -> Command {
        let mut command = ashore_of(self.folder.path());
        command.args(["get", "--no-verify", "-v", "--retries", "0", "-d"]).arg(self.here());
        command.args(args).stdin(Stdio::null());
        command
    }

    fn here(&self) -> std::path::PathBuf {
        self.folder.path().join("here")
    }
}

#[cfg(unix)]
fn private(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

#[cfg(not(unix))]
fn private(_path: &Path) {}

/// Everything it said.
fn told(output: &Output) -> String {
    let text = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8(text).unwrap()
}

/// It ends like this, having said that, and no password.
fn ends(mut command: Command, code: i32, sentence: &str) -> String {
    let output = command.output().unwrap();
    let told = told(&output);
    assert_eq!(output.status.code(), Some(code), "{sentence}: {told}");
    assert!(told.contains(sentence), "{sentence}: {told}");
    assert!(!told.contains("swordfish"), "{told}");
    told
}

#[test]
fn a_password_in_netrc_opens_the_door_and_is_never_shown() {
    for (netrc, user, more) in [
        ("machine 127.0.0.1 login bob password swordfish", "", &[][..]),
        ("default login bob password \"swordfish\"", "bob@", &["--json"]),
        (
            "machine 127.0.0.1 login eve password no\ndefault login bob password swordfish",
            "bob@",
            &[],
        ),
    ] {
        let server = Server::play(&format!("{FOR_BOB}{FILE}"));
        let home = Home::with_netrc(netrc);
        let url = server.link("hello.txt").replace("//", &format!("//{user}"));
        let mut command = home.get(&[&url]);
        command.args(more);
        ends(command, 0, "as .netrc says");
        assert_eq!(names(&home.here()), ["hello.txt"]);
        server.finish();
    }
}

#[test]
fn netrc_may_be_elsewhere_and_one_that_others_may_read_is_used_with_a_warning() {
    let home = Home::new();
    let elsewhere = home.folder.path().join("logins");
    fs::write(&elsewhere, "machine 127.0.0.1 login bob password swordfish").unwrap();
    let server = Server::play(&format!("{FOR_BOB}{FILE}"));
    let mut command = home.get(&[&server.link("hello.txt")]);
    command.env("NETRC", &elsewhere);
    ends(command, 0, if cfg!(unix) { "chmod 600" } else { "" });
    server.finish();
}

#[test]
fn without_a_word_for_this_server_netrc_changes_nothing() {
    let home = Home::with_netrc("machine other.example login bob password swordfish");
    let server = Server::play(&format!("{FOR_GUESTS}{FILE}"));
    ends(home.get(&[&server.link("hello.txt")]), 0, "Saved as");
    server.finish();
}

#[test]
fn a_server_that_asks_for_an_account_gets_it() {
    let login = FOR_BOB.replace("S: 230 Welcome", "S: 332 Whose bill?");
    let script = format!("{login}\nC: ACCT harbour-office\nS: 230 Welcome{FILE}");
    let server = Server::play(&script);
    let home = Home::new();
    let url = server.link("hello.txt").replace("//", "//bob:swordfish@");
    let told = ends(home.get(&["--account", "harbour-office", &url]), 0, "ACCT ****");
    assert!(!told.contains("harbour-office"), "{told}");
    server.finish();
}

#[test]
fn only_the_wanted_kind_of_address_is_used() {
    let home = Home::new();
    for (option, address, sentence) in [
        ("-4", "[::1]", "::1 has no IPv4 address. Leave out -4 and -6"),
        ("--ipv6", "127.0.0.1", "127.0.0.1 has no IPv6 address"),
    ] {
        ends(home.get(&[option, &format!("ftp://{address}/a")]), 2, sentence);
    }
    let server = Server::play(&format!("{FOR_GUESTS}{FILE}"));
    ends(home.get(&["-4", &server.link("hello.txt")]), 0, "Saved as");
    server.finish();
}

#[test]
fn the_environments_proxy_is_taken_unless_it_is_said_otherwise() {
    let home = Home::new();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let proxy = format!("socks5h://bob:swordfish@{nobody}");
    let get = |url: &str| {
        let mut command = home.get(&[url]);
        command.env("all_proxy", &proxy);
        command
    };
    let sentence = format!("The proxy 127.0.0.1 port {} cannot be reached", nobody.port());
    let told = ends(get("ftp://harbour.invalid/a"), 1, &sentence);
    assert!(told.contains("--proxy none"), "{told}");

    for (name, value) in [("no_proxy", "127.0.0.1"), ("ftp_proxy", "none"), ("NO_PROXY", "*")] {
        let server = Server::play(&format!("{FOR_GUESTS}{FILE}"));
        let mut command = get(&server.link("hello.txt"));
        if name == "ftp_proxy" {
            command.args(["--proxy", value]);
        } else {
            command.env(name, value);
        }
        ends(command, 0, "Saved as");
        fs::remove_file(home.here().join("hello.txt")).unwrap();
        server.finish();
    }
}

#[test]
fn what_is_no_proxy_ends_with_2_and_its_password_is_not_repeated() {
    let home = Home::new();
    for (value, sentence) in [
        ("gopher://u:swordfish@h:1", "gopher:// is no kind of proxy"),
        ("http://u:swordfish@h:0", "the port of the proxy is not a number"),
        ("http://u:swordfish@", "it names no proxy"),
        ("socks5://u:sword/fish@h:1", "the port of the proxy"),
    ] {
        ends(
            home.get(&["--proxy", value, "ftp://h.invalid/a"]),
            2,
            &format!("--proxy: {sentence}"),
        );
        let mut command = home.get(&["ftp://h.invalid/a"]);
        command.env("FTP_PROXY", value);
        ends(command, 2, &format!("the proxy in FTP_PROXY: {sentence}"));
    }
}

#[test]
fn active_mode_through_a_proxy_ends_with_2() {
    let home = Home::new();
    let args = ["--active", "--proxy", "socks5h://127.0.0.1:1", "ftp://h.invalid/a"];
    let told = ends(home.get(&args), 2, "Active mode does not work through the proxy");
    assert!(told.contains("Leave out --active"), "{told}");
}

#[test]
fn where_passive_mode_fails_active_mode_is_the_hint() {
    let server = Server::play(&format!(
        "{FOR_GUESTS}
        C: FEAT
        S: 502 What?
        C: TYPE I
        S: 200 Yes
        C: SIZE hello.txt
        S: 502 What?
        C: MDTM hello.txt
        S: 502 What?
        C: EPSV
        S: 229 Here (|||{{dead}}|)
        C: PASV
        S: 502 What?"
    ));
    let home = Home::new();
    let config = home.folder.path().join(".config/ashore");
    fs::create_dir_all(&config).unwrap();
    let known = format!("[\"{}\"]\nis_step_by_step = true\n", server.at());
    fs::write(config.join("servers.toml"), known).unwrap();
    ends(home.get(&[&server.link("hello.txt")]), 1, "Let the server make the connection: --active");
    server.finish();
}

#[test]
fn nobody_is_asked_for_a_password_where_nobody_sits() {
    let script =
        FOR_BOB.replace("C: PASS swordfish\n    S: 230 Welcome", "C: PASS \n    S: 530 No");
    let server = Server::play(&script);
    let home = Home::new();
    let url = server.link("hello.txt").replace("//", "//bob@");
    ends(home.get(&[&url]), 4, "--password-stdin");
    server.finish();
}

/// Runs ashore on a terminal of its own, waits until nothing that is typed shows, and types.
const TYPIST: &str = r#"
import os, pty, select, sys, termios, time

typed, command = sys.argv[1].encode().decode("unicode_escape").encode(), sys.argv[2:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
said, end = b"", time.monotonic() + 30
while time.monotonic() < end:
    if select.select([terminal], [], [], 0.01)[0]:
        try:
            said += os.read(terminal, 4096)
        except OSError:
            break
    is_hidden = not termios.tcgetattr(terminal)[3] & termios.ECHO
    if typed and is_hidden and b"Password for bob at 127.0.0.1: " in said:
        os.write(terminal, typed)
        typed = b""
status = os.waitpid(pid, 0)[1]
print(said.decode())
print("echo", bool(termios.tcgetattr(terminal)[3] & termios.ECHO))
sys.exit(os.waitstatus_to_exitcode(status) % 256)
"#;

fn typed(home: &Home, text: &str, args: &[&str]) -> Command {
    let get = home.get(args);
    let mut command = Command::new("python3");
    command.arg("-c").arg(TYPIST).arg(text).arg(get.get_program()).args(get.get_args());
    for (name, value) in get.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

#[cfg(unix)]
#[test]
#[ignore = "needs python3: ./tests/run"]
fn somebody_at_a_terminal_is_asked_for_the_password_and_it_does_not_show() {
    let server = Server::play(&format!("{FOR_BOB}{FILE}"));
    let home = Home::new();
    let url = server.link("hello.txt").replace("//", "//bob@");
    ends(typed(&home, "swordfish\\n", &[&url]), 0, "Saved as");
    server.finish();
    // Not in the middle of what programs read.
    let script =
        FOR_BOB.replace("C: PASS swordfish\n    S: 230 Welcome", "C: PASS \n    S: 530 No");
    let server = Server::play(&script);
    let url = server.link("other.txt").replace("//", "//bob@");
    let told = ends(typed(&home, "", &["--json", &url]), 4, "530 No");
    assert!(!told.contains("Password for"), "{told}");
    server.finish();
}

#[cfg(unix)]
#[test]
#[ignore = "needs python3: ./tests/run"]
fn ctrl_c_instead_of_a_password_connects_to_nobody_and_leaves_the_terminal_as_it_was() {
    let home = Home::new();
    let told =
        ends(typed(&home, "fish\\x03", &["ftp://bob@127.0.0.1:1/hello.txt"]), 130, "echo True");
    assert!(!told.contains("fish") && !told.contains("reached"), "{told}");
}
