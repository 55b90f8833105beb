//! A first download without leaving your computer.
//!
//! `cargo run --release --example practice` starts a real FTP server on this computer, opens Ashore
//! on it with everything filled in, and waits for one click on Download. The file comes slowly
//! enough to watch. Where there is no screen, or with `--terminal`, it is downloaded here, in the
//! terminal.

#[path = "../tests/support/embedded.rs"]
mod embedded;

use std::cell::Cell;
use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use ashore::transfer::{self, Destination, Handle, IfExists, News, Request, Voice};
use ashore::words;
use sha2::{Digest, Sha256};

use embedded::Embedded;

/// The size of the file that is fetched, in bytes, and how many of them come in a second.
const CARGO: usize = 40_000_000;
const PACE: u64 = 4_000_000;

fn main() -> ExitCode {
    match practise() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("practice: {error}");
            ExitCode::FAILURE
        }
    }
}

fn practise() -> Result<(), Box<dyn std::error::Error>> {
    let goods = tempfile::tempdir()?; // Gone when the practice is over; what was downloaded stays.
    stock(goods.path())?;
    let pier = ashore::settings::download_folder().join("ashore-practice");
    fs::create_dir_all(&pier)?;

    let ip = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let server = Embedded::serve(ip, goods.path(), Some(PACE))?;
    let link = format!("ftp://{}/cargo.bin", server.at());
    println!("A practice server is running; it has cargo.bin, README.txt and SHA256SUMS.");
    println!("  Address: {link}");
    println!("  Save to: {}", pier.display());

    let wants_terminal = std::env::args().any(|argument| argument == "--terminal");
    if !wants_terminal && has_opened_window(&link, &pier) {
        return Ok(());
    }
    download(&link, &pier)
}

/// Opens the window on `link` and comes back when it is closed. `false`: there is no screen.
#[cfg(feature = "window")]
fn has_opened_window(link: &str, pier: &Path) -> bool {
    let prefill = ashore::window::Prefill {
        address: Some(link.to_owned()),
        save_to: Some(pier.to_owned()),
        is_passing: true, // The list of your own downloads is not touched.
    };
    println!("Click Download, and watch the file come.");
    match ashore::window::open(prefill) {
        Ok(()) => true,
        Err(error) => {
            println!("{error}\nSo the file comes here, to the terminal:");
            false
        }
    }
}

#[cfg(not(feature = "window"))]
fn has_opened_window(_link: &str, _pier: &Path) -> bool {
    false
}

/// Puts the sample files into the folder that is served.
fn stock(goods: &Path) -> io::Result<()> {
    let readme = "You have fetched a file by FTP. cargo.bin is larger: watch it come.\n";
    // Bytes that nothing can compress: an xorshift, which is a line long and needs no crate.
    let mut state = 0x0A5_480E_u32;
    let cargo = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()
    });
    let cargo: Vec<u8> = cargo.flatten().take(CARGO).collect();
    let sums = [("cargo.bin", &cargo[..]), ("README.txt", readme.as_bytes())]
        .map(|(name, bytes)| format!("{}  {name}\n", words::hex(&Sha256::digest(bytes))))
        .concat();
    fs::write(goods.join("README.txt"), readme)?;
    fs::write(goods.join("cargo.bin"), cargo)?;
    fs::write(goods.join("SHA256SUMS"), sums)
}

/// Downloads in plain lines and says where the file is.
fn download(link: &str, pier: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let mut request = Request::new(link.parse()?, Destination::Folder(PathBuf::from(pier)));
    request.if_exists = IfExists::Rename;
    let told = Cell::new(Instant::now());
    let outcome = transfer::download(&request, &Handle::default(), &|news| match news {
        News::Line(line) => {
            let mark = match line.voice {
                Voice::Sent => '>',
                Voice::Received => '<',
                Voice::Story => ' ',
                Voice::Warning => '!',
            };
            println!("{mark} {}", line.text);
        }
        News::Progress(progress) if told.get().elapsed() >= Duration::from_secs(1) => {
            told.set(Instant::now());
            let expected = progress.expected.unwrap_or(progress.received);
            let speed = words::speed(progress.speed);
            println!("  {} — {speed}", words::bytes_of(progress.received, expected));
        }
        _ => (),
    });
    let summary = outcome.map_err(|failure| format!("{failure}. {}", failure.advice()))?;
    println!("{} bytes in {}", words::count(summary.length), words::duration(summary.took));
    println!("The file is {}", summary.path.display());
    if let Some(sha256) = summary.sha256 {
        println!("Its SHA-256 is {}", words::hex(&sha256));
    }
    Ok(())
}
