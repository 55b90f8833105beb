//! A server's name for a file → a safe name on this computer, and back.

use std::fmt::Write as _;

use crate::words;

/// The longest name that file systems take, in bytes.
pub(super) const MAX_NAME: usize = 255;

/// How Ashore's own files end. A server's file must never be taken for one of them.
const OURS: [&str; 4] = [".part", ".part.kept", ".ashore", ".ashore~"];

/// Names that Windows gives to devices, whatever follows their first dot.
const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

/// A name for a file on this computer, made from the last part of a server's path.
///
/// The same on every system, so that a folder can be moved from one to another: what Windows or
/// Linux could not store, what would leave the folder, and what could deceive the eye becomes `%XX`,
/// byte by byte. Everything else stays. Only a name of more than 255 bytes loses its middle; a hash
/// of the whole keeps it apart from its like.
#[must_use]
pub fn local_name(name: &[u8]) -> String {
    let name = name.rsplit(|&byte| byte == b'/').next().unwrap_or(name);
    if name.is_empty() {
        return "_".to_owned();
    }
    let last = name.len() - 1;
    let is_dots = matches!(name, b"." | b"..");
    let is_device = is_device(name);
    let ending = OURS.iter().find(|ours| name.to_ascii_lowercase().ends_with(ours.as_bytes()));
    let dot_of_ending = ending.map(|ending| name.len() - ending.len());
    let must_map = |at: usize, text: &str| {
        text.chars().any(is_forbidden)
            || Some(at) == dot_of_ending
            || (at == 0 && (is_dots || is_device))
            || (at == last && matches!(text, "." | " "))
    };
    let (local, is_mapped) = map(name, must_map);
    // A `%` that the server wrote must not look like one of ours.
    let local = match is_mapped && name.contains(&b'%') {
        true => map(name, |at, text| text == "%" || must_map(at, text)).0,
        false => local,
    };
    if local.len() > MAX_NAME { shorten(&local, MAX_NAME) } else { local }
}

/// Escapes the characters of `name` that `must_map` (told where it begins, and the character), and
/// all bytes that are not UTF-8. Tells whether there were any.
fn map(name: &[u8], must_map: impl Fn(usize, &str) -> bool) -> (String, bool) {
    let mut local = String::with_capacity(name.len());
    let mut at = 0;
    let mut is_mapped = false;
    for chunk in name.utf8_chunks() {
        for text in chunk.valid().split_inclusive(|_| true) {
            if must_map(at, text) {
                escape(&mut local, text.as_bytes());
                is_mapped = true;
            } else {
                local.push_str(text);
            }
            at += text.len();
        }
        escape(&mut local, chunk.invalid());
        is_mapped |= !chunk.invalid().is_empty();
        at += chunk.invalid().len();
    }
    (local, is_mapped)
}

fn escape(local: &mut String, bytes: &[u8]) {
    for byte in bytes {
        write!(local, "%{byte:02X}").ok();
    }
}

/// Characters that no name on this computer shall hold.
fn is_forbidden(c: char) -> bool {
    matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|') || words::is_deceptive(c)
}

/// Whether Windows would open a device instead of a file: `con`, `AUX.c`, `COM1 .txt`, `lpt²`.
fn is_device(name: &[u8]) -> bool {
    let stem = name.split(|&byte| byte == b'.').next().unwrap_or(name);
    let stem = String::from_utf8_lossy(stem).trim_end().to_uppercase();
    let numbered = |port: &str| {
        let mut rest = stem.strip_prefix(port).unwrap_or_default().chars();
        matches!((rest.next(), rest.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
    };
    DEVICES.contains(&stem.as_str()) || numbered("COM") || numbered("LPT")
}

/// Cuts `name` to at most `most` bytes: its middle gives way to a hash of the whole, its ending stays.
pub(super) fn shorten(name: &str, most: usize) -> String {
    let hash = fnv(name.as_bytes());
    let ending = match name.rfind('.') {
        Some(at) if at > 0 && name.len() - at <= 16 => name.get(at..).unwrap_or_default(),
        _ => "",
    };
    let mark = format!("~{hash:08x}");
    let mut room = most.saturating_sub(ending.len() + mark.len()).min(name.len() - ending.len());
    while !name.is_char_boundary(room) {
        room -= 1;
    }
    // Not in the middle of a `%XX`.
    let start = name.get(..room).unwrap_or_default();
    let cut =
        start.char_indices().rev().take(2).find(|&(_, c)| c == '%').map_or(room, |(at, _)| at);
    format!("{}{mark}{ending}", name.get(..cut).unwrap_or_default())
}

/// FNV-1a: apart is enough here, nobody gains by a collision.
fn fnv(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811C_9DC5, |hash, &byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_from_a_server_never_leaves_the_folder_or_opens_a_device() {
        for (name, local) in [
            (&b"plain.txt"[..], "plain.txt"),
            (b"../../escape.bin", "escape.bin"),
            (b"..", "%2E%2E"),
            (b".", "%2E"),
            (b"", "_"),
            (b"a/", "_"),
            (b"C:\\windows\\win.ini", "C%3A%5Cwindows%5Cwin.ini"),
            (b"a:b.txt", "a%3Ab.txt"),
            (b"x.bin.part", "x.bin%2Epart"),
            (b"x.bin.part.ashore", "x.bin.part%2Eashore"),
            (b"x.PART.Ashore~", "x.PART%2EAshore~"),
            (b"x.part1.rar", "x.part1.rar"),
            (b"CON", "%43ON"),
            (b"aux.tar.gz", "%61ux.tar.gz"),
            ("COM¹".as_bytes(), "%43OM¹"),
            (b"COM10", "COM10"),
            (b"console.txt", "console.txt"),
            (b"dot.", "dot%2E"),
            (b"space ", "space%20"),
            (b" leading", " leading"),
            (b".hidden", ".hidden"),
            (b"-dash", "-dash"),
            (b"caf\xe9.txt", "caf%E9.txt"),
            ("späße 日本.txt".as_bytes(), "späße 日本.txt"),
            (b"esc\x1b[2J.txt", "esc%1B[2J.txt"),
            ("rtl\u{202e}gpj.exe".as_bytes(), "rtl%E2%80%AEgpj.exe"),
            (b"percent%41.txt", "percent%41.txt"),
            (b"100%41?.txt", "100%2541%3F.txt"),
        ] {
            assert_eq!(local_name(name), local, "for {}", String::from_utf8_lossy(name));
        }
    }

    #[test]
    fn a_name_that_is_too_long_keeps_its_ending_and_stays_apart_from_its_like() {
        let one = local_name(format!("{}a.tar", "x".repeat(300)).as_bytes());
        let two = local_name(format!("{}b.tar", "x".repeat(300)).as_bytes());
        assert!(one.len() <= MAX_NAME && one.ends_with(".tar"), "{one}");
        assert_ne!(one, two);
        let exact = "y".repeat(255);
        assert_eq!(local_name(exact.as_bytes()), exact);
        let escaped = local_name(&[0xE9; 200]);
        assert!(escaped.len() <= MAX_NAME && !escaped.contains("%~"), "{escaped}");
    }
}
