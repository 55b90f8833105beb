//! HTTP `CONNECT` (RFC 9110 §9.3.6), with Basic sign-in (RFC 7617).

use std::net::IpAddr;

use super::{ProxyTrouble, Talk, Target};
use crate::ftp::error::Error;

/// The most that an answer may hold, in bytes. Real ones have a few hundred.
const MOST: usize = 16 * 1024;

impl Talk<'_> {
    /// Asks to be connected, until the server's own bytes follow.
    pub(super) fn by_http(&mut self, target: &Target, port: u16) -> Result<(), Error> {
        let place = match target {
            Target::Ip(IpAddr::V6(ip)) => format!("[{ip}]:{port}"),
            Target::Ip(IpAddr::V4(ip)) => format!("{ip}:{port}"),
            Target::Name(host) if host.as_str().contains(':') => format!("[{host}]:{port}"),
            Target::Name(host) => format!("{host}:{port}"),
        };
        let mut request = format!("CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n");
        if let Some(token) = self.proxy.token() {
            request.push_str(&format!("Proxy-Authorization: Basic {token}\r\n"));
        }
        request.push_str("\r\n");
        self.send(request.as_bytes())?;

        let status = self.line(MOST)?;
        let text = String::from_utf8_lossy(&status).into_owned();
        let Some((code, said)) = status_of(&text) else { return Err(self.garbled(&status)) };
        let said = self.proxy.masked(said);
        match code {
            200..300 => {}
            407 => return Err(self.trouble(ProxyTrouble::Login { said })),
            500 | 502..=504 => return Err(self.trouble(ProxyTrouble::Failed { said })),
            _ => return Err(self.trouble(ProxyTrouble::Refused { said })),
        }
        let mut left = MOST - status.len();
        loop {
            let header = self.line(left)?;
            if header.is_empty() {
                return Ok(());
            }
            left = left.saturating_sub(header.len());
        }
    }

    /// A line without its end, of `most` bytes at the longest.
    fn line(&mut self, most: usize) -> Result<Vec<u8>, Error> {
        let mut line = Vec::new();
        loop {
            match self.byte()? {
                b'\n' => break,
                byte if line.len() < most => line.push(byte),
                _ => return Err(self.garbled(&line)),
            }
        }
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        Ok(line)
    }
}

/// `HTTP/1.1 403 Filtered` → `(403, "403 Filtered")`.
fn status_of(line: &str) -> Option<(u16, &str)> {
    let (version, said) = line.split_once(' ')?;
    version.strip_prefix("HTTP/")?;
    let said = said.trim();
    let code = said.get(..3)?.parse().ok().filter(|code| (100..600).contains(code))?;
    Some((code, said))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_line_is_told_from_other_greetings() {
        for (line, status) in [
            ("HTTP/1.1 200 Connection established", Some((200, "200 Connection established"))),
            ("HTTP/1.0 403", Some((403, "403"))),
            ("HTTP/1.1 999 x", None),
            ("HTTP/1.1 2é0 x", None),
            ("220 Harbour ready", None),
            ("SSH-2.0-OpenSSH_9.2", None),
            ("", None),
        ] {
            assert_eq!(status_of(line), status, "{line}");
        }
    }
}
