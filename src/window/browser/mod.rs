//! The server browser: looking around before anything is fetched.
//!
//! [`Browser`] is what is known and what the person wants; it knows no egui. What takes time is done
//! by [`errands`] on threads of their own, [`view`] draws.

mod arrange;
mod bar_view;
mod below_view;
mod choice;
mod dates;
mod encoding_view;
pub mod errands;
mod fetch;
mod filter;
pub mod folder;
mod hear;
pub mod item;
mod keys;
mod peek;
mod peek_view;
mod row_view;
pub mod shore;
pub mod spot;
mod state_view;
mod table_view;
mod trail;
pub mod view;
mod words;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use choice::Mode;
use errands::{Errand, Kind, Place};
use folder::ItemId;
use peek::Peeked;
use shore::Shore;
use spot::Spot;
pub use trail::Turn;

use crate::ftp::{Address, Encoding, Fingerprint, RemotePath, Security, Trust, Way};
use crate::transfer::Request;

/// The most entries that are kept of folders that were left.
const MOST_KEPT: usize = 300_000;

/// What is wanted of the world outside.
#[derive(Debug)]
pub enum Want {
    /// Have this found out.
    Send(Arc<Place>, Errand),
    /// Nobody waits for errands of this kind any more.
    Stop(Kind),
    /// Bring these files here.
    Fetch(Vec<Request>),
    /// Ask in a dialog which folder files go to.
    ChooseFolder,
    /// Ask in a dialog where this one file goes, and by which name.
    ChooseFile(String),
    /// Believe this certificate of the server from now on.
    Trust(Fingerprint),
    /// Read the server's names that are not UTF-8 in this encoding from now on.
    Encode(Option<Encoding>),
    /// Keep the password of this address in the keychain, once the server has accepted it.
    Keep(Address),
}

/// A file that is to be saved elsewhere, where no dialog can ask to which place.
#[derive(Debug)]
struct SaveAs {
    path: RemotePath,
    /// What stands in the field.
    text: String,
    /// Whether it has not been drawn yet: then it gets the keyboard.
    is_new: bool,
}

/// A look around a server.
#[derive(Debug)]
pub struct Browser {
    place: Arc<Place>,
    /// The folder that is looked at.
    pub spot: Spot,
    /// Those before it, the last one last; and those that one came back from.
    back: Vec<Spot>,
    ahead: Vec<Spot>,
    last_number: u64,
    /// Whether the conversation is secret, once that is known.
    is_secret: Option<bool>,
    /// What names are written in that are not UTF-8.
    encoding: Option<Encoding>,
    /// Whether the person has chosen it.
    is_encoding_chosen: bool,
    /// What stands in the fields of the question who one is.
    user: String,
    password: String,
    /// Whether the password is to be kept in the keychain.
    keeps: bool,
    /// The folder that files go to; as text; and what is wrong with the text.
    into: PathBuf,
    into_text: String,
    into_problem: Option<String>,
    shore: Shore,
    /// Where files go that were ordered and have not ended.
    ordered: HashSet<PathBuf>,
    peek: Option<Peeked>,
    /// The file whose place is being asked for, and the name that was proposed.
    asked_for: Option<(RemotePath, String)>,
    /// The same where no dialog can ask.
    save_as: Option<SaveAs>,
    /// A quiet word about what was done last.
    note: Option<String>,
    /// Whether the keyboard is to go to the rows as soon as there are some.
    wants_rows: bool,
    /// Whether the keyboard is to go to the fields of the question who one is.
    wants_fields: bool,
    /// The row that Tab stopped at in the last picture, by its item.
    tab_stop: Option<ItemId>,
    wants: Vec<Want>,
}

impl Browser {
    /// Goes to the folder of `address`. Files go `into` that folder here.
    #[must_use]
    pub fn new(address: Address, into: PathBuf) -> Self {
        let path = address.path.as_folder();
        let user = address.login.user.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
        let mut browser = Self {
            user: crate::words::shown(&user),
            password: String::new(),
            keeps: false,
            place: Arc::new(Place {
                address,
                security: Security::Auto,
                trust: Trust::default(),
                way: Way::default(),
            }),
            spot: Spot::new(path, Spot::SORTING),
            back: Vec::new(),
            ahead: Vec::new(),
            last_number: 0,
            is_secret: None,
            encoding: None,
            is_encoding_chosen: false,
            into_text: words::typed(&into),
            into_problem: None,
            into,
            shore: Shore::default(),
            ordered: HashSet::new(),
            peek: None,
            asked_for: None,
            save_as: None,
            note: None,
            wants_rows: true,
            wants_fields: false,
            tab_stop: None,
            wants: Vec::new(),
        };
        browser.list();
        browser.look_again();
        browser
    }

    /// Where the visit began, and as whom.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.place.address
    }

    /// The folder that is looked at, as a link.
    #[must_use]
    pub fn here(&self) -> Address {
        Address { path: self.spot.path.clone(), ..self.place.address.clone() }
    }

    /// The folder that files go to.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.into
    }

    /// What is wanted since the last time.
    pub fn wants(&mut self) -> Vec<Want> {
        std::mem::take(&mut self.wants)
    }

    /// Reads all names that are not UTF-8 in this encoding, or in the one that is guessed from those
    /// of this folder. The server is not asked again: it knows them by their bytes.
    pub fn encode(&mut self, encoding: Option<Encoding>) {
        let guess = || Encoding::guess(self.spot.folder.names(), &self.place.address.host);
        let encoding = encoding.or_else(guess);
        self.encoding = encoding;
        self.is_encoding_chosen = true;
        for spot in self.back.iter_mut().chain(&mut self.ahead).chain([&mut self.spot]) {
            spot.folder.recode(encoding);
        }
        self.wants.push(Want::Encode(encoding));
    }

    fn send(&mut self, errand: Errand) {
        self.wants.push(Want::Send(Arc::clone(&self.place), errand));
    }

    fn list(&mut self) {
        self.last_number += 1;
        self.spot.begin(self.last_number);
        self.send(Errand::List(self.last_number, self.spot.path.clone()));
    }

    /// A transfer is over that was to bring a file to this place here.
    pub fn is_over(&mut self, file: &Path) {
        if self.ordered.remove(file) && self.ordered.is_empty() {
            self.note = None;
        }
        self.look_again();
    }

    /// What is here may have changed.
    pub fn look_again(&mut self) {
        self.send(Errand::Look(self.into.clone()));
    }
}
