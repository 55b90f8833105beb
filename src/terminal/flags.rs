//! What can be said on the command line.
//!
//! Links from web pages land here, so nothing in an address is ever read as an option, and nothing
//! of an argument is printed with control characters or a password in it.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand, ValueEnum};

use super::values::{Choice, connections, seconds, user_name};
use super::{Exit, say, sentences};
use crate::disk::Checksum;
use crate::ftp::{Encoding, Family, Fingerprint, Security, Way};
use crate::settings::read_rate;
use crate::transfer;

/// What the command line asks for.
#[derive(Debug)]
pub enum Order {
    /// Download here in the terminal.
    Get(Box<Get>),
    /// List a folder here in the terminal.
    Ls(Box<Ls>),
    /// Open the window.
    OpenWindow {
        /// What its address field says.
        address: Option<String>,
    },
}

/// Takes the arguments apart, the program's own name first.
///
/// # Errors
///
/// The exit code, if there is nothing more to do: help or version were asked for and given (0), or
/// the arguments make no sense and that was said on stderr (2).
pub fn read_command_line(args: impl IntoIterator<Item = OsString>) -> Result<Order, ExitCode> {
    match CommandLine::try_parse_from(args) {
        Ok(CommandLine { command: Some(Command::Get(get)), .. }) => Ok(Order::Get(Box::new(get))),
        Ok(CommandLine { command: Some(Command::Ls(ls)), .. }) => Ok(Order::Ls(Box::new(ls))),
        Ok(CommandLine { command: None, addresses }) => window(addresses),
        Err(error) => Err(explain(&error).into()),
    }
}

fn window(mut addresses: Vec<String>) -> Result<Order, ExitCode> {
    let address = addresses.pop();
    if addresses.is_empty() {
        return Ok(Order::OpenWindow { address });
    }
    let why =
        "the window takes one address. To download here in the terminal, use: ashore get URL...";
    Err(super::refuse(why))
}

/// Prints help and version as clap does; of errors, only what is fit to be shown.
fn explain(error: &clap::Error) -> Exit {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        error.print().ok();
        return Exit::Complete;
    }
    let text = error.render().to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let lines: Vec<String> = text.lines().map(sentences::without_secrets).collect();
    say(format!("ashore: {}", lines.join("\n")).trim_end());
    Exit::Usage
}

/// Brings files ashore from FTP servers: fast, resumable, proven right.
#[derive(Debug, Parser)]
#[command(name = "ashore", version, args_conflicts_with_subcommands = true)]
#[command(override_usage = "\
ashore [URL]
       ashore get [OPTIONS] <URL>...
       ashore ls [OPTIONS] <URL>")]
#[command(after_help = "\
Without a command the window opens, with the address filled in.

Examples:
  ashore
  ashore ftp://ftp.example.org/pub/data.tar.gz
  ashore get ftp://ftp.example.org/pub/data.tar.gz

`ashore get --help` names every option and exit code.")]
struct CommandLine {
    /// Open the window with this address filled in
    #[arg(value_name = "URL")]
    addresses: Vec<String>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Download files here in the terminal
    ///
    /// What arrives is kept in NAME.part and gets its name only when the server has confirmed that
    /// it is complete. Nothing that exists is overwritten unless you ask for it.
    Get(Get),
    /// List a folder here in the terminal
    ///
    /// One line for each entry: its size, when it was changed (UTC), and its name.
    Ls(Ls),
}

/// What `ashore get` was asked for.
#[derive(Debug, Args)]
#[command(after_help = after_help())]
pub struct Get {
    /// Addresses of files, or of folders: ftp://[USER@]HOST[:PORT]/PATH
    #[arg(value_name = "URL", required = true)]
    pub(super) addresses: Vec<String>,

    /// Save as FILE (one URL only)
    #[arg(short, long, value_name = "FILE", conflicts_with = "dir")]
    pub(super) output: Option<PathBuf>,

    /// Save into this folder (made if missing), under the server's name
    #[arg(short, long, value_name = "DIR", default_value = ".")]
    pub(super) dir: PathBuf,

    /// The addresses are folders: fetch all that is in them. A / at the end says the same
    #[arg(short, long)]
    pub(super) recursive: bool,

    /// Of folders, only what matches this pattern, such as '*.gz', 'data/' or 'data/1' (repeatable)
    #[arg(long, value_name = "PATTERN")]
    pub(super) include: Vec<String>,

    /// Of folders, nothing that matches this pattern; goes before --include (repeatable)
    #[arg(long, value_name = "PATTERN")]
    pub(super) exclude: Vec<String>,

    /// Write the SHA-256 of what was fetched, for sha256sum -c [default FILE: DIR/SHA256SUMS]
    #[arg(
        long, value_name = "FILE", num_args = 0..=1, require_equals = true,
        conflicts_with = "no_hash"
    )]
    pub(super) receipt: Option<Option<PathBuf>>,

    /// What to do if the destination exists already
    #[arg(long, value_name = "WHAT", value_enum, default_value_t)]
    pub(super) if_exists: IfExists,

    /// How many attempts in a row may bring no new byte
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(super) retries: u32,

    /// Connections to one server at a time, in all: 1 to 32, or auto (2 to 8, while more bring more)
    #[arg(long, value_name = "N|auto", default_value = "auto", value_parser = connections)]
    pub(super) connections: Choice,

    /// The most bytes a second, of all files together: 500K, 2M, 1.5G
    #[arg(long, value_name = "RATE", value_parser = read_rate)]
    pub(super) limit_rate: Option<u64>,

    /// Over how many of them a large file comes, 1 to 32; auto: as many as are of use, at most 4
    #[arg(long, value_name = "N|auto", default_value = "auto", value_parser = connections)]
    pub(super) segments: Choice,

    #[command(flatten)]
    pub(super) connection: Connection,

    /// What the file must be, such as sha256:HEX; also sha512, sha1, md5, crc32 (one URL only)
    #[arg(long, value_name = "KIND:HEX")]
    pub(super) checksum: Option<Checksum>,

    /// Do not look for a checksum on the server
    #[arg(long, conflicts_with = "checksum")]
    pub(super) no_verify: bool,

    /// Do not compute the SHA-256 of what arrives
    #[arg(long)]
    pub(super) no_hash: bool,

    /// Tell everything on stdout, one JSON object a line
    #[arg(long)]
    pub(super) json: bool,

    /// Say nothing but errors
    #[arg(short, long, conflicts_with = "verbose")]
    pub(super) quiet: bool,

    /// Show the conversation with the server, and what holds the speed back
    #[arg(short, long)]
    pub(super) verbose: bool,
}

/// What `ashore ls` was asked for.
#[derive(Debug, Args)]
pub struct Ls {
    /// Address of a folder: ftp://[USER@]HOST[:PORT]/PATH/
    #[arg(value_name = "URL")]
    pub(super) address: String,

    /// Print one JSON object a line
    #[arg(long)]
    pub(super) json: bool,

    #[command(flatten)]
    pub(super) connection: Connection,

    /// Show the conversation with the server
    #[arg(short, long)]
    pub(super) verbose: bool,
}

/// How to talk to a server, whatever for.
#[derive(Debug, Args)]
pub(super) struct Connection {
    /// Longest silence: while connecting, awaiting a reply, or amid the data
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    pub(super) timeout: Duration,

    /// Whether and how the connection to ftp:// addresses is secured
    #[arg(long, value_name = "HOW", value_enum, default_value_t)]
    pub(super) tls: Tls,

    /// Believe the certificates in this file (PEM) instead of the system's
    #[arg(long, value_name = "FILE")]
    pub(super) ca_file: Option<PathBuf>,

    /// Trust the server that shows this certificate, now and from now on
    #[arg(long, value_name = "sha256:HEX", conflicts_with = "ca_file")]
    pub(super) pin: Option<Fingerprint>,

    /// Believe any certificate: nobody can listen, but nobody knows who answers
    #[arg(long, conflicts_with = "pin")]
    pub(super) insecure: bool,

    /// What names on the server are written in that are not UTF-8, such as windows-1251; remembered
    #[arg(long, value_name = "LABEL")]
    pub(super) encoding: Option<Encoding>,

    /// Let the server make the data connections (active mode), where it cannot be reached for them
    #[arg(long)]
    active: bool,

    /// Use IPv4 addresses only
    #[arg(short = '4', long, conflicts_with = "ipv6")]
    ipv4: bool,

    /// Use IPv6 addresses only
    #[arg(short = '6', long)]
    ipv6: bool,

    /// Go through this proxy, such as socks5h://HOST:PORT or http://HOST:PORT; none: through none,
    /// whatever the environment says
    #[arg(long, value_name = "URL")]
    pub(super) proxy: Option<String>,

    /// Sign in with this name, whatever the addresses say
    #[arg(long, value_name = "NAME", value_parser = user_name)]
    pub(super) user: Option<String>,

    /// Read the password from the first line of standard input
    #[arg(long)]
    pub(super) password_stdin: bool,

    /// The account that a few servers ask for besides (ACCT)
    #[arg(long, value_name = "NAME", value_parser = user_name)]
    pub(super) account: Option<String>,
}

impl Connection {
    /// By which kind of address servers are reached, and who makes the data connections.
    pub(super) fn way(&self) -> Way {
        let family = match (self.ipv4, self.ipv6) {
            (true, _) => Family::V4,
            (_, true) => Family::V6,
            _ => Family::Any,
        };
        Way { family, is_active: self.active }
    }
}

/// `--if-exists`, in the words of the command line.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(super) enum IfExists {
    /// Do not even connect
    #[default]
    Refuse,
    /// Keep both: the new one becomes "name (2).ext"
    Rename,
    /// Replace it, once the new one is complete
    Replace,
    /// Leave it; that counts as success
    Skip,
}

impl From<IfExists> for transfer::IfExists {
    fn from(what: IfExists) -> Self {
        match what {
            IfExists::Refuse => Self::Refuse,
            IfExists::Rename => Self::Rename,
            IfExists::Replace => Self::Replace,
            IfExists::Skip => Self::Skip,
        }
    }
}

/// `--tls`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Tls {
    /// With a user name, if the server can (or could before); guests have nothing to hide
    #[default]
    Auto,
    /// Never
    Off,
    /// By AUTH TLS on the usual port, or not at all
    Explicit,
    /// From the first byte, as ftps:// does
    Implicit,
}

impl From<Tls> for Security {
    fn from(tls: Tls) -> Self {
        match tls {
            Tls::Auto => Self::Auto,
            Tls::Off => Self::Off,
            Tls::Explicit => Self::Explicit,
            Tls::Implicit => Self::Implicit,
        }
    }
}

fn after_help() -> String {
    let exits = Exit::ALL.map(|exit| format!("  {:>3}  {}", exit.code(), exit.meaning()));
    format!(
        "\
Examples:
  ashore get ftp://ftp.example.org/pub/data.tar.gz
  ashore get ftp://ftp.example.org/a.bin ftp://ftp.example.org/b.bin -d data
  ashore get ftp://ftp.example.org/pub/data.tar.gz -o new.tar.gz --if-exists replace
  ashore get -r ftp://ftp.example.org/pub/folder/ -d here
  ashore get --user alice --password-stdin ftp://ftp.example.org/report.pdf < password.txt
  ashore get --proxy socks5h://localhost:1080 ftp://ftp.example.org/pub/data.tar.gz
  ashore get --json ftp://ftp.example.org/a.bin | jq -r 'select(.event == \"ended\").sha256'

Exit codes (of several files, the highest):
{}",
        exits.join("\n")
    )
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn get(args: &str) -> Get {
        let args = ["ashore", "get"].into_iter().chain(args.split_whitespace());
        match read_command_line(args.map(OsString::from)) {
            Ok(Order::Get(get)) => *get,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_command_line_has_no_contradictions() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn without_options_nothing_is_overwritten_and_the_current_folder_is_used() {
        let get = get("ftp://a/b");
        assert_eq!(get.dir, PathBuf::from("."));
        assert_eq!((get.retries, get.connection.timeout), (5, Duration::from_secs(30)));
        assert!(matches!(get.if_exists, IfExists::Refuse));
    }

    #[test]
    fn what_is_said_of_time_and_number_arrives() {
        assert_eq!(get("--timeout 0.5 a/b").connection.timeout, Duration::from_millis(500));
        assert_eq!((get("a/b").connections, get("a/b").limit_rate), (None, None));
        assert_eq!(get("--connections 32 a/b").connections, Some(32));
    }

    #[test]
    fn a_receipt_may_be_given_no_name_and_takes_no_address_for_one() {
        assert_eq!(get("--receipt a/b").receipt, Some(None));
        assert_eq!(get("--receipt=sums a/b").receipt, Some(Some(PathBuf::from("sums"))));
        assert_eq!(get("a/b").receipt, None);
    }

    #[test]
    fn after_two_dashes_everything_is_an_address() {
        let args = ["ashore", "--", "--user"].map(OsString::from);
        let order = read_command_line(args).unwrap();
        assert!(
            matches!(order, Order::OpenWindow { address: Some(address) } if address == "--user")
        );
        assert_eq!(get("-- --user -o").addresses, ["--user", "-o"]);
    }
}
