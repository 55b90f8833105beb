//! From the command line to the requests that it means, before anything connects.

use std::collections::HashSet;
use std::io::{BufRead as _, Read as _};

use super::Exit;
use super::flags::{Connection, Get, Ls};
use super::sentences;
use crate::ftp::{Address, Login, Secret, Trust};
use crate::transfer::{Checks, Commons, Destination, Request, Servers};
use crate::{disk, settings, words};

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
    let Connection { tls, timeout, .. } = flags.connection;
    let trust = access(&flags.connection, &mut addresses)?;
    let destination = || match &flags.output {
        Some(file) => Destination::File(file.clone()),
        None => Destination::Folder(flags.dir.clone()),
    };
    let request = |address| Request {
        if_exists: flags.if_exists.into(),
        patience: timeout,
        retries: flags.retries,
        checks: Checks {
            hash: !flags.no_hash,
            verify: !flags.no_verify,
            expected: flags.checksum.clone(),
            beside: None,
        },
        security: tls.into(),
        trust: trust.clone(),
        ..Request::new(address, destination())
    };
    let requests: Vec<Request> = addresses.into_iter().map(request).collect();
    refuse_equal_destinations(&requests)?;
    Ok(requests)
}

/// Two files cannot have one name: the second would be refused, or take the place of the first.
fn refuse_equal_destinations(requests: &[Request]) -> Result<(), Refusal> {
    let mut names = HashSet::new();
    for request in requests {
        let path = &request.address.path;
        if let (Some(name), false) = (path.name(), path.is_folder())
            && !names.insert(disk::local_name(name))
            && requests.len() > 1
        {
            let name = words::shown(&disk::local_name(name));
            return Err(Refusal::usage(&format!(
                "two of the addresses would be saved as {name}. Fetch them one after the other, into different folders"
            )));
        }
    }
    Ok(())
}

/// Whether a request is for all that is in a folder.
pub(super) fn is_folder(flags: &Get, request: &Request) -> bool {
    flags.recursive || request.address.path.is_folder()
}

/// Which folder to list, and whose certificates to believe.
pub(super) fn folder(flags: &Ls) -> Result<(Address, Trust), Refusal> {
    let mut addresses = read_addresses(std::slice::from_ref(&flags.address))?;
    let trust = access(&flags.connection, &mut addresses)?;
    let address = addresses.pop().ok_or_else(|| Refusal::usage("there is no address"))?;
    Ok((address, trust))
}

/// What all conversations share: what earlier runs have learnt about the servers.
pub(super) fn commons() -> Commons {
    let servers = settings::servers_file().map(Servers::open).unwrap_or_default();
    Commons { servers, ..Commons::default() }
}

/// Who we are to all the servers, and whom to believe.
fn access(flags: &Connection, addresses: &mut [Address]) -> Result<Trust, Refusal> {
    let trust = trust(flags)?;
    let password = if flags.password_stdin { Some(read_password()?) } else { None };
    for address in addresses {
        sign_in(&mut address.login, flags.user.as_deref(), password.as_ref())?;
    }
    Ok(trust)
}

fn check_output(flags: &Get) -> Result<(), Refusal> {
    match &flags.output {
        Some(_) if flags.addresses.len() > 1 => {
            Err(Refusal::usage("-o FILE takes one URL. For several, use -d DIR"))
        }
        Some(_) if flags.recursive => {
            Err(Refusal::usage("-o FILE takes one file. For a folder, use -d DIR"))
        }
        _ if flags.checksum.is_some() && flags.addresses.len() > 1 => {
            Err(Refusal::usage("--checksum takes one URL: it is the checksum of one file"))
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

/// Whose certificates are believed.
fn trust(flags: &Connection) -> Result<Trust, Refusal> {
    let roots = match &flags.ca_file {
        None => None,
        Some(file) => Some(std::fs::read_to_string(file).map_err(|error| {
            let why = words::io_error(&error);
            Refusal::usage(&format!("{} cannot be read: {why}", file.display()))
        })?),
    };
    Ok(Trust { roots, pin: None, is_blind: flags.insecure })
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
}
