//! The form: an address taken apart, a place to save to, and the [`Request`] that they make.
//!
//! The first jump from the click to the file: [`Form::submit`] returns the request, the engine takes
//! it from there. How the form is drawn is in [`form_view`](super::form_view).

mod problem;
mod texts;

use std::path::{Path, PathBuf};

pub use texts::{Field, Texts};

use super::meaning::Meaning;
use super::place::{self, Coming, Facts, Occupied};
use crate::ftp::{Address, AddressError, RemotePath};
use crate::transfer::{Destination, IfExists, Request, Selection};

/// The form and what it knows.
#[derive(Debug)]
pub struct Form {
    /// What stands in the fields. Whoever changes one calls [`Form::edited`].
    pub texts: Texts,
    /// What to do with a file that is there already.
    pub if_exists: IfExists,
    /// Whether user, password and port are unfolded.
    pub is_more_open: bool,
    /// Whether the password is to be kept in the keychain.
    pub keeps_password: bool,
    /// The field that gets the keyboard when the form is next drawn.
    pub focus: Option<Field>,
    /// Whether *Download* gets the keyboard when the form is next drawn.
    pub is_ready: bool,
    /// A quiet word under *Save to*.
    pub hint: Option<String>,
    /// What is done with a file that is there unless the person says otherwise.
    usual: IfExists,
    meaning: Meaning,
    address_error: Option<AddressError>,
    /// Where the next file goes unless the person says otherwise.
    folder: PathBuf,
    /// Whether *Save to* takes its name from the address.
    is_following: bool,
    /// A path that the text of *Save to* only stands for, because it is not UTF-8.
    exact: Option<PathBuf>,
    facts: Option<Facts>,
    /// Whether Download was pressed on what stands there now: then every gap is pointed at.
    is_asked: bool,
    /// Whether what stands there now was ordered: then the form does not wonder about its own file.
    is_sent: bool,
}

impl Form {
    /// An empty form. Files go to `folder` unless the person says otherwise.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self {
            texts: Texts::default(),
            if_exists: IfExists::Rename,
            is_more_open: false,
            keeps_password: false,
            focus: Some(Field::Address),
            is_ready: false,
            hint: None,
            usual: IfExists::Rename,
            meaning: Meaning::default(),
            address_error: None,
            folder,
            is_following: true,
            exact: None,
            facts: None,
            is_asked: false,
            is_sent: false,
        }
    }

    /// Puts an address from outside (a link, the clipboard) into the form, and says at once what is
    /// wrong with it, if anything is.
    pub fn take_address(&mut self, text: &str) {
        text.lines().next().unwrap_or_default().trim().clone_into(&mut self.texts.address);
        self.edited(Field::Address);
        self.hide_password();
        self.focus = Some(Field::Address);
        self.is_asked = self.address_error.is_some();
    }

    /// Puts a link that was clicked elsewhere into the form, ready to be downloaded.
    pub fn take_link(&mut self, address: &Address) {
        self.take_meaning(address.clone());
        self.texts.address = address.to_string();
        self.focus = None;
        self.is_ready = true;
        self.settle();
    }

    /// Puts a place to save to into the form: a file, or a folder that is there.
    pub fn take_place(&mut self, path: &Path) {
        let path = place::absolute(path, &self.folder);
        if path.is_dir() {
            self.folder = path;
            self.is_following = true;
        } else {
            self.texts.save_to = path.to_string_lossy().into_owned();
            self.exact = path.to_str().is_none().then(|| path.clone());
            self.keep_place(&path);
        }
        self.hint = None;
        self.settle();
    }

    /// Puts an order back into the form, to be changed and ordered again.
    pub fn take_request(&mut self, request: &Request) {
        self.take_meaning(request.address.clone());
        self.texts.address = request.address.to_string();
        match &request.destination {
            Destination::File(path) => self.take_place(&path.clone()),
            Destination::Folder(folder) => self.take_place(&folder.clone()),
        }
        self.texts.write(&request.selection);
    }

    /// A field's text was changed by the person: everything else follows.
    pub fn edited(&mut self, field: Field) {
        match field {
            Field::Address => match self.texts.address.parse::<Address>() {
                Ok(address) => self.take_meaning(address),
                Err(AddressError::Empty) => self.empty(),
                Err(error) => self.address_error = Some(error),
            },
            Field::Host if self.texts.host.contains('/') => {
                // A whole link, pasted into the wrong field.
                self.texts.address = self.texts.host.trim().to_owned();
                self.edited(Field::Address);
            }
            Field::Host => self.meaning.host = self.texts.host.trim().parse(),
            Field::Port => self.meaning.set_port(&self.texts.port),
            Field::Path => self.meaning.path = RemotePath::from_typed(&self.texts.path),
            Field::User => self.meaning.set_user(&self.texts.user),
            Field::Password => self.meaning.set_password(&self.texts.password),
            Field::Only | Field::LeaveOut => {}
            Field::SaveTo => {
                self.exact = None;
                self.hint = None;
                let path = place::typed(&self.texts.save_to, &self.folder);
                if let Some(path) = path {
                    self.keep_place(&path);
                }
            }
        }
        if !matches!(field, Field::Address | Field::SaveTo | Field::Only | Field::LeaveOut) {
            self.address_error = None;
            self.texts.address = self.compose();
        }
        self.settle();
    }

    /// Takes the password out of the address text, where it would be seen; its own field keeps it.
    pub fn hide_password(&mut self) {
        if self.meaning.login.password.is_some()
            && let Some(address) = self.address()
        {
            self.texts.address = address.to_string();
        }
    }

    fn take_meaning(&mut self, address: Address) {
        if self.meaning.path.as_ref() != Ok(&address.path) {
            self.texts.write(&Selection::default()); // Those were for another folder.
        }
        self.meaning.take(address);
        self.meaning.write(&mut self.texts);
        self.address_error = None;
    }

    fn empty(&mut self) {
        let save_to = std::mem::take(&mut self.texts.save_to);
        self.texts = Texts { save_to, ..Texts::default() };
        self.meaning = Meaning::default();
        self.address_error = None;
    }

    /// The link that the fields make together; as good as it gets while one of them is wrong.
    fn compose(&self) -> String {
        if let Some(address) = self.address() {
            return address.to_string();
        }
        let path = self.meaning.path.as_ref().map(RemotePath::to_string).unwrap_or_default();
        match self.texts.host.trim() {
            "" if path.len() < 2 => String::new(),
            host => format!("ftp://{host}{path}"),
        }
    }

    /// The address that the fields mean, if they mean one.
    #[must_use]
    pub fn address(&self) -> Option<Address> {
        if self.address_error.is_some() {
            return None;
        }
        self.meaning.address()
    }

    /// *Browse server…* was pressed: the folder to look into, which is that of the file.
    ///
    /// # Errors
    ///
    /// The field that lacks something.
    pub fn browse(&mut self) -> Result<Address, Field> {
        self.is_asked = true;
        let fields = [Field::Address, Field::Host, Field::Port];
        if let Some(field) = fields.into_iter().find(|&field| self.problem(field).is_some()) {
            return Err(field);
        }
        let mut address = self.address().ok_or(Field::Address)?;
        self.is_asked = false;
        let folder = address.path.parent().filter(|_| !address.path.is_folder());
        address.path = folder.unwrap_or_else(|| address.path.as_folder());
        Ok(address)
    }

    /// The folder that the next file goes to, as it may be shown.
    #[must_use]
    pub fn usual_folder(&self) -> String {
        crate::words::shown(&self.folder.to_string_lossy())
    }

    /// The port that is meant when none is given.
    #[must_use]
    pub fn usual_port(&self) -> String {
        self.meaning.scheme.default_port().to_string()
    }

    /// Whether a folder is meant, and all that is in it.
    #[must_use]
    pub fn is_folder(&self) -> bool {
        self.meaning.is_folder()
    }

    /// Which files of that folder are wanted.
    #[must_use]
    pub fn selection(&self) -> Selection {
        if self.is_folder() { self.texts.selection() } else { Selection::default() }
    }

    /// The name that the file gets here unless the person says otherwise.
    #[must_use]
    pub fn local_name(&self) -> Option<String> {
        self.meaning.local_name()
    }

    /// The folder that the file goes to, and its name, for a dialog to begin with.
    #[must_use]
    pub fn place(&self) -> (PathBuf, String) {
        let target = self.facts.as_ref().and_then(|facts| facts.target.as_deref());
        let name = target.and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        let folder = target.and_then(Path::parent).unwrap_or(&self.folder).to_owned();
        (folder, name.or_else(|| self.local_name()).unwrap_or_default())
    }

    /// Remembers the folder of a place that the person named, and whether its name is the server's.
    fn keep_place(&mut self, path: &Path) {
        let name = self.local_name();
        self.is_following = name.is_some_and(|name| path.file_name() == Some(name.as_ref()));
        if let Some(folder) = path.parent() {
            self.folder = folder.to_owned();
        }
    }

    /// After a change: *Save to* follows, and what was known of the disk has to be looked up again.
    fn settle(&mut self) {
        if self.is_following {
            let path = self.local_name().map(|name| self.folder.join(name));
            let text = path.as_deref().unwrap_or(&self.folder).to_string_lossy().into_owned();
            if !self.texts.save_to.is_empty() || path.is_some() {
                self.exact = path.filter(|path| path.to_str().is_none());
                self.texts.save_to = text;
            }
        }
        self.facts = None;
        self.is_asked = false;
        self.is_sent = false;
        self.if_exists = self.usual;
    }

    /// Chooses what is done with a file that is there already.
    pub fn set_usual(&mut self, usual: IfExists) {
        self.usual = usual;
        self.if_exists = usual;
    }

    /// What stood on the disk may have changed: look again before the form is next drawn.
    pub fn look_again(&mut self) {
        self.facts = None;
    }

    /// Looks up what stands at *Save to*, or is on its way there, once for each change.
    pub fn look(&mut self, coming: Coming<'_>) -> &Facts {
        let path = match &self.exact {
            Some(path) => Some(path.clone()),
            None => place::typed(&self.texts.save_to, &self.folder),
        };
        let name = self.local_name();
        let is_folder = self.meaning.is_folder();
        self.facts.get_or_insert_with(|| {
            Facts::of(path, &self.folder, name.as_deref(), is_folder, coming)
        })
    }

    /// What is known of the disk, if it was looked up since the last change.
    #[must_use]
    pub fn facts(&self) -> Option<&Facts> {
        self.facts.as_ref()
    }

    /// What has the name already, if both can be kept.
    #[must_use]
    pub fn choice(&self) -> Option<&Occupied> {
        self.occupied().filter(|_| !self.is_coming())
    }

    /// Whether this very file is on its way there already.
    fn is_coming(&self) -> bool {
        let Some(Occupied::ByTransfer { source, .. }) = self.occupied() else { return false };
        self.address().is_some_and(|address| address.to_string() == *source)
    }

    /// What stands where the file would go, if the person has to know.
    fn occupied(&self) -> Option<&Occupied> {
        let occupied = self.facts.as_ref().and_then(|facts| facts.occupied.as_ref());
        occupied.filter(|_| !self.is_sent && self.local_name().is_some())
    }

    /// Download was pressed: the order, or the field that has to be seen to first.
    ///
    /// # Errors
    ///
    /// The field that lacks something, or that shows a choice which the person has not seen yet.
    pub fn submit(&mut self, coming: Coming<'_>) -> Result<Request, Field> {
        let was_choice_seen = self.choice().is_some();
        self.facts = None;
        self.look(coming);
        self.is_asked = true;
        self.is_sent = false;
        let fields = [
            Field::Address,
            Field::Host,
            Field::Port,
            Field::Path,
            Field::Only,
            Field::LeaveOut,
            Field::SaveTo,
        ];
        if let Some(field) = fields.into_iter().find(|&field| self.problem(field).is_some()) {
            return Err(field);
        }
        let choice = self.choice();
        if choice.is_some() && !was_choice_seen {
            return Err(Field::SaveTo);
        }
        let target = self.facts.as_ref().and_then(|facts| facts.target.clone());
        let (target, if_exists) = match choice {
            Some(Occupied::ByFile { .. }) => (target, self.if_exists),
            Some(Occupied::ByTransfer { other, .. }) => (Some(other.clone()), IfExists::Rename),
            // Nothing was there a moment ago. Should something come between, both are kept.
            None => (target, IfExists::Rename),
        };
        let (Some(address), Some(target)) = (self.address(), target) else {
            return Err(Field::Address);
        };
        let mut request = Request::new(address, Destination::File(target));
        request.if_exists = if_exists;
        request.selection = self.selection();
        // A full disk is a pause here: the person who can make room is watching.
        request.waits_for_room = true;
        self.hint = None;
        self.is_sent = true;
        self.is_asked = false;
        self.is_following = true;
        self.facts = None;
        Ok(request)
    }
}
