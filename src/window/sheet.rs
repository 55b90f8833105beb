//! A link that the person clicked elsewhere: what it is, where it would go, and *Download*.
//!
//! The server is asked about size and date as soon as the sheet is shown, since these are what the
//! person decides by; nothing is fetched before they say so. How it is drawn is in
//! `sheet_view`. Knows no egui.

use std::collections::VecDeque;
use std::path::Path;

use super::form::{Field, Form};
use super::row::Certificate;
use crate::ftp::Address;
use crate::transfer::{Destination, Failure, Glance, Request};
use crate::words;

/// The most links that wait for their turn.
const MOST_WAITING: usize = 1000;

/// What is known of the file on the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remote {
    /// The server has not answered yet.
    Asked,
    /// It is not asked before somebody gives the password.
    Locked,
    /// The server's answer.
    Known(Glance),
    /// It could not be asked: what happened, and what can be done.
    Unknown {
        /// In a sentence without a full stop.
        why: String,
        /// In a sentence.
        advice: String,
    },
}

/// One link, and those that wait behind it.
#[derive(Debug)]
pub struct Sheet {
    /// Where it is and where it goes.
    pub form: Form,
    /// What the server says.
    pub remote: Remote,
    waiting: VecDeque<Address>,
    /// Whether the server was asked already.
    is_asked: bool,
}

impl Sheet {
    /// A sheet about the file at `address`, to be saved in `folder`.
    #[must_use]
    pub fn new(address: &Address, folder: &Path) -> Self {
        let mut form = Form::new(folder.to_owned());
        form.take_link(address);
        let needs_password = !address.login.is_guest() && address.login.password.is_none();
        let remote = if needs_password { Remote::Locked } else { Remote::Asked };
        if needs_password {
            form.is_ready = false;
            form.focus = Some(Field::Password);
        }
        Self { form, remote, waiting: VecDeque::new(), is_asked: false }
    }

    /// The keychain has the password: the server can be asked.
    pub fn unlock(&mut self) {
        if self.remote == Remote::Locked {
            self.remote = Remote::Asked;
            self.form.is_ready = true;
            self.form.focus = None;
        }
    }

    /// One more link, to be shown when this one is settled. The same one is not shown twice.
    pub fn queue(&mut self, address: Address) {
        let is_here = self.form.address().as_ref() == Some(&address);
        if !is_here && !self.waiting.contains(&address) && self.waiting.len() < MOST_WAITING {
            self.waiting.push_back(address);
        }
    }

    /// How many links wait behind this one.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// The sheet of the next link, once this one is settled.
    #[must_use]
    pub fn next(mut self) -> Option<Self> {
        let address = self.waiting.pop_front()?;
        let (folder, _) = self.form.place();
        Some(Self { waiting: self.waiting, ..Self::new(&address, &folder) })
    }

    /// What the server is to be asked about, once, if it is to be asked.
    pub fn question(&mut self) -> Option<Request> {
        let is_due = self.remote == Remote::Asked && !std::mem::replace(&mut self.is_asked, true);
        is_due.then(|| self.order()).flatten()
    }

    /// The order as it stands, for the form to be changed there.
    #[must_use]
    pub fn order(&self) -> Option<Request> {
        let folder = Destination::Folder(self.form.place().0);
        Some(Request::new(self.form.address()?, folder))
    }

    /// The server has answered, or could not be asked, about the file at `address`.
    pub fn hear(&mut self, address: &Address, answer: Result<Glance, Failure>) {
        if self.form.address().as_ref() != Some(address) {
            return; // The person is at the next link already.
        }
        self.remote = match answer {
            Ok(glance) => Remote::Known(glance),
            Err(failure) => match Certificate::of(&failure) {
                Some(certificate) => Remote::Unknown {
                    why: certificate.in_short(),
                    advice: "Before anything is downloaded you are asked whether you trust it."
                        .to_owned(),
                },
                None => Remote::Unknown {
                    why: words::shown(&failure.to_string()),
                    advice: words::shown(failure.advice()),
                },
            },
        };
    }

    /// How many bytes are missing on the disk for the whole file, as far as anybody can know.
    #[must_use]
    pub fn missing_room(&self) -> Option<u64> {
        let Remote::Known(Glance { facts, .. }) = self.remote else { return None };
        let free = self.form.facts()?.free?;
        facts.size?.checked_sub(free).filter(|missing| *missing > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(link: &str) -> Sheet {
        Sheet::new(&link.parse().unwrap(), Path::new("/tmp"))
    }

    #[test]
    fn links_are_shown_one_after_the_other_and_none_twice() {
        let mut sheet = sheet("ftp://h.example/a");
        for link in ["ftp://h.example/a", "ftp://h.example/b", "ftp://h.example/b"] {
            sheet.queue(link.parse().unwrap());
        }
        assert_eq!(sheet.waiting(), 1);
        let next = sheet.next().unwrap();
        assert_eq!(next.form.address().unwrap().to_string(), "ftp://h.example/b");
        assert!(next.next().is_none());
    }

    #[test]
    fn a_server_is_not_asked_by_name_without_a_password() {
        assert!(sheet("ftp://ann@h.example/a").question().is_none());
        assert!(sheet("ftp://ann:secret@h.example/a").question().is_some());
        assert!(sheet("ftp://h.example/a").question().is_some());
    }

    #[test]
    fn an_answer_about_another_link_is_not_taken_for_this_one() {
        let mut sheet = sheet("ftp://h.example/a");
        sheet.hear(&"ftp://h.example/b".parse().unwrap(), Err(Failure::NotAFile));
        assert_eq!(sheet.remote, Remote::Asked);
        sheet.hear(&"ftp://h.example/a".parse().unwrap(), Err(Failure::NotAFile));
        assert!(matches!(sheet.remote, Remote::Unknown { .. }));
    }
}
