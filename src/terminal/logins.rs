//! Who we are to the servers of the command line: options, standard input, and a question on the terminal.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _};

use super::Exit;
use super::flags::Connection;
use super::plan::Refusal;
use crate::ftp::{Address, Login, Secret};
use crate::transfer::Netrc;
use crate::words;

/// The most that is read as a password, in bytes.
const LONGEST_PASSWORD: u64 = 4096;

/// Gives every address the login that the person means. Where a name has no password, nor `netrc` one
/// for it, the person is asked, if `may_ask` and somebody sits at a terminal.
pub(super) fn sign_in(
    flags: &Connection,
    addresses: &mut [Address],
    netrc: &Netrc,
    may_ask: bool,
) -> Result<(), Refusal> {
    let password = if flags.password_stdin { Some(read_password()?) } else { None };
    let may_ask = may_ask && io::stdin().is_terminal() && io::stderr().is_terminal();
    let mut answers: Vec<(String, Secret)> = Vec::new();
    for address in addresses {
        take(&mut address.login, flags.user.as_deref(), password.as_ref())?;
        address.login.account = flags.account.as_deref().map(Secret::new);
        if !may_ask || !lacks_password(&netrc.completed(&address.host, &address.login)) {
            continue;
        }
        let question = question(address);
        let answer = answers.iter().find(|(asked, _)| *asked == question);
        let answer = match answer {
            Some((_, answer)) => answer.clone(),
            None => ask(&question)?,
        };
        answers.push((question, answer.clone()));
        address.login.password = Some(answer);
    }
    Ok(())
}

/// Whether there is a name that wants a password. Guests want none.
fn lacks_password(login: &Login) -> bool {
    let is_somebody = login.user.as_deref().is_some_and(|user| user != b"anonymous");
    is_somebody && login.password.is_none()
}

fn question(address: &Address) -> String {
    let user = address.login.user.as_deref().unwrap_or_default();
    let user = words::shown(&String::from_utf8_lossy(user));
    format!("Password for {user} at {}: ", words::shown(address.host.as_str()))
}

/// Asks on the terminal. What is typed is not shown.
fn ask(question: &str) -> Result<Secret, Refusal> {
    match rpassword::prompt_password(question) {
        Ok(password) => Ok(Secret::new(password)),
        Err(error) if error.kind() == io::ErrorKind::Interrupted => {
            Err(Refusal { exit: Exit::Interrupted, sentences: Vec::new() })
        }
        Err(error) => {
            let why = words::io_error(&error);
            Err(Refusal::usage(&format!(
                "the password could not be asked for: {why}. Use --password-stdin"
            )))
        }
    }
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
fn take(login: &mut Login, user: Option<&str>, password: Option<&Secret>) -> Result<(), Refusal> {
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
    use crate::ftp::Address;

    fn login(link: &str) -> Login {
        link.parse::<Address>().unwrap().login
    }

    #[test]
    fn a_password_is_never_sent_with_another_name_than_its_own() {
        let mut alice = login("ftp://alice:secret@host/file");
        take(&mut alice, Some("alice"), None).ok().unwrap();
        assert_eq!(alice, login("ftp://alice:secret@host/file"));
        take(&mut alice, Some("bob"), None).ok().unwrap();
        assert_eq!(alice, login("ftp://bob@host/file"));
    }

    #[test]
    fn a_password_from_standard_input_needs_a_name_to_go_with() {
        let password = Secret::new("secret");
        let mut guest = login("ftp://host/file");
        assert!(take(&mut guest, None, Some(&password)).is_err());
        take(&mut guest, Some("alice"), Some(&password)).ok().unwrap();
        assert_eq!(guest, login("ftp://alice:secret@host/file"));
    }
}
