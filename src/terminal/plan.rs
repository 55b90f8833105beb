//! From the command line to the requests that it means, before anything connects.

use std::io::{BufRead as _, Read as _};

use super::Exit;
use super::flags::{Get, Tls};
use super::sentences;
use crate::ftp::{Address, Login, Scheme, Secret};
use crate::transfer::{Checks, Destination, Request};

/// The most that is read as a password, in bytes.
const LONGEST_PASSWORD: u64 = 4096;

/// Why nothing is downloaded at all: the exit code, and the sentences for it.
pub(super) struct Refusal {
    pub(super) exit: Exit,
    pub(super) sentences: Vec<String>,
}

impl Refusal {
    fn usage(sentence: &str) -> Self {
        Self { exit: Exit::Usage, sentences: vec![sentence.to_owned()] }
    }
}

/// What to download. Every address is read before the first download starts, so that a slip of the
/// pen in the last one does not come to light an hour later.
pub(super) fn requests(flags: &Get) -> Result<Vec<Request>, Refusal> {
    check_output(flags)?;
    let mut addresses = read_addresses(&flags.addresses)?;
    refuse_tls(flags.tls, &addresses)?;
    let password = if flags.password_stdin { Some(read_password()?) } else { None };
    for address in &mut addresses {
        sign_in(&mut address.login, flags.user.as_deref(), password.as_ref())?;
    }
    let destination = || match &flags.output {
        Some(file) => Destination::File(file.clone()),
        None => Destination::Folder(flags.dir.clone()),
    };
    let request = |address| Request {
        if_exists: flags.if_exists.into(),
        patience: flags.timeout,
        retries: flags.retries,
        checks: Checks { hash: !flags.no_hash, ..Checks::default() },
        ..Request::new(address, destination())
    };
    Ok(addresses.into_iter().map(request).collect())
}

fn check_output(flags: &Get) -> Result<(), Refusal> {
    match &flags.output {
        Some(_) if flags.addresses.len() > 1 => {
            Err(Refusal::usage("-o FILE takes one URL. For several, use -d DIR"))
        }
        Some(file) if file.as_os_str() == "-" => Err(Refusal::usage(
            "Ashore saves to a file, never to standard output. For a file named -, use -o ./-",
        )),
        _ => Ok(()),
    }
}

fn read_addresses(texts: &[String]) -> Result<Vec<Address>, Refusal> {
    let (mut addresses, mut sentences) = (Vec::new(), Vec::new());
    for text in texts {
        match text.parse() {
            Ok(address) => addresses.push(address),
            Err(error) => sentences.push(sentences::bad_address(text, &error)),
        }
    }
    if sentences.is_empty() { Ok(addresses) } else { Err(Refusal { exit: Exit::Usage, sentences }) }
}

/// Who asked for encryption does not get a connection without it.
fn refuse_tls(tls: Tls, addresses: &[Address]) -> Result<(), Refusal> {
    let is_asked_for = match tls {
        Tls::Explicit | Tls::Implicit => true,
        Tls::Auto | Tls::Off => {
            addresses.iter().any(|address| matches!(address.scheme, Scheme::Ftps | Scheme::Ftpes))
        }
    };
    if !is_asked_for {
        return Ok(());
    }
    let sentence = "this version does not speak TLS yet, so ftps://, ftpes:// and --tls explicit or \
                    implicit cannot be honoured. Nothing was sent to the server";
    Err(Refusal { exit: Exit::Tls, sentences: vec![sentence.to_owned()] })
}

/// The first line of standard input, without its end.
fn read_password() -> Result<Secret, Refusal> {
    let mut line = Vec::new();
    let stdin = std::io::stdin().lock();
    if stdin.take(LONGEST_PASSWORD).read_until(b'\n', &mut line).is_err() || line.is_empty() {
        return Err(Refusal::usage("no password came on standard input"));
    }
    if line.last() == Some(&b'\n') {
        line.pop();
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    if line.iter().any(|byte| matches!(byte, b'\r' | 0)) {
        return Err(Refusal::usage(
            "the password holds a control character, which FTP cannot send",
        ));
    }
    Ok(Secret::new(line))
}

/// What the command line says about the login goes before what the address says. A password never
/// goes with a name that it was not given for.
fn sign_in(
    login: &mut Login,
    user: Option<&str>,
    password: Option<&Secret>,
) -> Result<(), Refusal> {
    if let Some(user) = user.map(str::as_bytes).filter(|user| login.user.as_deref() != Some(user)) {
        *login = Login { user: Some(user.to_vec()), ..Login::default() };
    }
    if let Some(password) = password {
        if login.is_guest() {
            return Err(Refusal::usage(
                "--password-stdin needs a name: --user NAME, or ftp://NAME@HOST/PATH",
            ));
        }
        login.password = Some(password.clone());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(link: &str) -> Login {
        link.parse::<Address>().unwrap().login
    }

    #[test]
    fn a_password_is_never_sent_with_another_name_than_its_own() {
        let mut alice = login("ftp://alice:secret@host/file");
        sign_in(&mut alice, Some("alice"), None).ok().unwrap();
        assert_eq!(alice, login("ftp://alice:secret@host/file"));
        sign_in(&mut alice, Some("bob"), None).ok().unwrap();
        assert_eq!(alice, login("ftp://bob@host/file"));
    }

    #[test]
    fn a_password_from_standard_input_needs_a_name_to_go_with() {
        let password = Secret::new("secret");
        let mut guest = login("ftp://host/file");
        assert!(sign_in(&mut guest, None, Some(&password)).is_err());
        sign_in(&mut guest, Some("alice"), Some(&password)).ok().unwrap();
        assert_eq!(guest, login("ftp://alice:secret@host/file"));
    }

    #[test]
    fn who_asks_for_encryption_is_never_connected_without() {
        let addresses = |link: &str| [link.parse::<Address>().unwrap()];
        for (tls, link, is_refused) in [
            (Tls::Auto, "ftp://h/f", false),
            (Tls::Off, "ftp://h/f", false),
            (Tls::Explicit, "ftp://h/f", true),
            (Tls::Implicit, "ftp://h/f", true),
            (Tls::Auto, "ftps://h/f", true),
            (Tls::Off, "ftpes://h/f", true),
        ] {
            let refusal = refuse_tls(tls, &addresses(link));
            assert_eq!(refusal.is_err(), is_refused, "{tls:?} {link}");
            assert!(refusal.err().is_none_or(|refusal| refusal.exit == Exit::Tls));
        }
    }
}
