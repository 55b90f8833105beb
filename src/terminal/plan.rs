//! From the command line to the requests that it means, before anything connects.

use std::collections::HashSet;
use std::path::Path;

use super::Exit;
use super::flags::{Connection, Get, Ls};
use super::{logins, say, sentences};
use crate::ftp::{Address, Trust};
use crate::transfer::{Checks, Commons, Destination, Netrc, Proxies, Request, Selection, Servers};
use crate::{disk, settings, words};

/// Why nothing is downloaded at all: the exit code, and the sentences for it.
pub(super) struct Refusal {
    pub(super) exit: Exit,
    pub(super) sentences: Vec<String>,
}

impl Refusal {
    pub(super) fn usage(sentence: &str) -> Self {
        Self { exit: Exit::Usage, sentences: vec![sentence.to_owned()] }
    }
}

/// What to download. Every address is read before the first download starts, so that a slip of the
/// pen in the last one does not come to light an hour later.
pub(super) fn requests(flags: &Get, commons: &Commons) -> Result<Vec<Request>, Refusal> {
    check_output(flags)?;
    let mut addresses = read_addresses(&flags.addresses)?;
    let Connection { tls, timeout, .. } = flags.connection;
    let trust = trust(&flags.connection)?;
    let may_ask = !flags.json;
    logins::sign_in(&flags.connection, &mut addresses, &commons.netrc, may_ask)?;
    remember_encoding(&flags.connection, &addresses, commons);
    let destination = || match &flags.output {
        Some(file) => Destination::File(file.clone()),
        None => Destination::Folder(flags.dir.clone()),
    };
    let selection = selection(flags)?;
    let request = |address: Address| Request {
        selection: selection.clone(),
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
        way: flags.connection.way(),
        segments: flags.segments.and_then(|count| usize::try_from(count).ok()),
        ..Request::new(asked_for(flags, address), destination())
    };
    let requests: Vec<Request> = addresses.into_iter().map(request).collect();
    refuse_equal_destinations(&requests, &flags.dir)?;
    Ok(requests)
}

/// Two files, or folders, cannot have one name: the second would be refused, or take the place of the
/// first. All that is on a server may have any name.
fn refuse_equal_destinations(requests: &[Request], dir: &Path) -> Result<(), Refusal> {
    let names = requests.iter().map(|request| request.address.path.name().map(disk::local_name));
    let Some(names) = names.collect::<Option<Vec<_>>>() else {
        return if requests.len() < 2 {
            Ok(())
        } else {
            Err(Refusal::usage(
                "all of a server, and something else, would be saved in one folder. Fetch them one after the other, into different folders",
            ))
        };
    };
    let mut seen = HashSet::new();
    let equal = names.iter().find(|&name| !seen.insert(name.clone()));
    let mut seen = HashSet::new();
    let alike = names.iter().find(|name| !seen.insert(name.to_lowercase()));
    let alike = alike.filter(|_| disk::is_case_blind(disk::nearest_folder(dir).unwrap_or(dir)));
    let Some(name) = equal.or(alike) else { return Ok(()) };
    let name = words::shown(name);
    Err(Refusal::usage(&format!(
        "two of the addresses would be saved as {name}. Fetch them one after the other, into different folders"
    )))
}

/// With `-r`, every address is that of a folder.
fn asked_for(flags: &Get, address: Address) -> Address {
    let path = if flags.recursive { address.path.as_folder() } else { address.path };
    Address { path, ..address }
}

/// Which files of folders are wanted.
fn selection(flags: &Get) -> Result<Selection, Refusal> {
    let (include, exclude) = (flags.include.clone(), flags.exclude.clone());
    let selection = Selection { include, exclude };
    selection.check().map_err(|bad| Refusal::usage(&bad.to_string()))?;
    Ok(selection)
}

/// Which folder to list, and whose certificates to believe.
pub(super) fn folder(flags: &Ls, commons: &Commons) -> Result<(Address, Trust), Refusal> {
    let mut addresses = read_addresses(std::slice::from_ref(&flags.address))?;
    let trust = trust(&flags.connection)?;
    logins::sign_in(&flags.connection, &mut addresses, &commons.netrc, !flags.json)?;
    remember_encoding(&flags.connection, &addresses, commons);
    let address = addresses.pop().ok_or_else(|| Refusal::usage("there is no address"))?;
    Ok((address, trust))
}

/// What all conversations share: what earlier runs have learnt about the servers, and what the person
/// has written down about proxies and passwords.
pub(super) fn commons(flags: &Connection, is_quiet: bool) -> Result<Commons, Refusal> {
    let servers = settings::servers_file().map(Servers::open).unwrap_or_default();
    let proxies = match flags.proxy.as_deref() {
        Some(text) => match text.parse() {
            Ok(choice) => Proxies::chosen(choice),
            Err(error) => return Err(Refusal::usage(&format!("--proxy: {error}"))),
        },
        None => settings::proxies().map_err(|error| Refusal::usage(&error.to_string()))?,
    };
    let (netrc, notice) = settings::netrc_file().map(|path| Netrc::open(&path)).unwrap_or_default();
    if let (Some(notice), false) = (notice, is_quiet) {
        say(&format!("{notice}."));
    }
    Ok(Commons { servers, proxies, netrc, ..Commons::default() })
}

/// The encoding that the person names is that of all these servers, from now on.
fn remember_encoding(flags: &Connection, addresses: &[Address], commons: &Commons) {
    let Some(encoding) = flags.encoding else { return };
    for Address { host, port, .. } in addresses {
        // What cannot be written down is known until the program ends.
        commons.servers.learn(host, *port, |known| known.encoding = Some(encoding)).ok();
    }
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
    Ok(Trust { roots, pin: flags.pin, is_lasting: flags.pin.is_some(), is_blind: flags.insecure })
}
