//! SOCKS, version 5 (RFC 1928), with name and password (RFC 1929).

use std::net::IpAddr;

use super::{ProxyTrouble, Talk, Target};
use crate::ftp::error::Error;

const VERSION: u8 = 5;
const NO_LOGIN: u8 = 0;
const NAME_AND_PASSWORD: u8 = 2;
const NONE_WILL_DO: u8 = 0xff;

impl Talk<'_> {
    /// Asks to be connected, until the server's own bytes follow.
    pub(super) fn by_socks(&mut self, target: &Target, port: u16) -> Result<(), Error> {
        self.sign_in()?;
        let mut request = vec![VERSION, 1, 0]; // CONNECT
        match target {
            Target::Ip(IpAddr::V4(ip)) => {
                request.push(1);
                request.extend(ip.octets());
            }
            Target::Ip(IpAddr::V6(ip)) => {
                request.push(4);
                request.extend(ip.octets());
            }
            Target::Name(host) => {
                request.push(3);
                push_short(&mut request, host.as_str().as_bytes());
            }
        }
        request.extend(port.to_be_bytes());
        self.send(&request)?;
        let [version, reply, _reserved, kind] = self.bytes()?;
        if version != VERSION {
            return Err(self.garbled(&[version, reply, _reserved, kind]));
        }
        if reply != 0 {
            let (is_final, said) = in_words(reply);
            return Err(self.trouble(match is_final {
                true => ProxyTrouble::Refused { said },
                false => ProxyTrouble::Failed { said },
            }));
        }
        // Where the proxy connects from: of no use here, but it has to be read past.
        let length = match kind {
            1 => 4,
            4 => 16,
            3 => self.byte()?,
            _ => return Err(self.garbled(&[version, reply, _reserved, kind])),
        };
        for _ in 0..u16::from(length) + 2 {
            self.byte()?;
        }
        Ok(())
    }

    fn sign_in(&mut self) -> Result<(), Error> {
        let login = self.proxy.login.clone();
        match login {
            None => self.send(&[VERSION, 1, NO_LOGIN])?,
            Some(_) => self.send(&[VERSION, 2, NO_LOGIN, NAME_AND_PASSWORD])?,
        }
        let [version, method] = self.bytes()?;
        match (version, method, login) {
            (VERSION, NO_LOGIN, _) => Ok(()),
            (VERSION, NAME_AND_PASSWORD, Some((user, password))) => {
                let mut words = vec![1];
                push_short(&mut words, &user);
                push_short(&mut words, password.reveal());
                self.send(&words)?;
                match self.bytes()? {
                    [_, 0] => Ok(()),
                    [_, status] => {
                        let said = format!("status {status}");
                        Err(self.trouble(ProxyTrouble::Login { said }))
                    }
                }
            }
            (VERSION, NONE_WILL_DO, _) => {
                let said = "255 no acceptable methods".to_owned();
                Err(self.trouble(ProxyTrouble::Login { said }))
            }
            _ => Err(self.garbled(&[version, method])),
        }
    }
}

/// Adds a host, a name or a password, which are at most 255 bytes long, with the length in front.
fn push_short(request: &mut Vec<u8>, bytes: &[u8]) {
    request.push(u8::try_from(bytes.len()).unwrap_or(u8::MAX));
    request.extend(bytes.iter().take(u8::MAX.into()));
}

/// What a reply means (RFC 1928 §6), and whether it stays so.
fn in_words(reply: u8) -> (bool, String) {
    let (is_final, words) = match reply {
        1 => (false, "general SOCKS server failure"),
        2 => (true, "connection not allowed by ruleset"),
        3 => (false, "network unreachable"),
        4 => (false, "host unreachable"),
        5 => (false, "connection refused"),
        6 => (false, "TTL expired"),
        7 => (true, "command not supported"),
        8 => (true, "address type not supported"),
        _ => (true, "unassigned"),
    };
    (is_final, format!("{reply} {words}"))
}
