//! What is wrong with a field, in the sentence that stands under it.

use super::{Field, Form};
use crate::ftp::AddressError;
use crate::transfer::Selection;

impl Form {
    /// The sentence that stands under a field, if something is wrong with it.
    #[must_use]
    pub fn problem(&self, field: Field) -> Option<String> {
        let is_asked = self.is_asked;
        match field {
            Field::Address => match &self.address_error {
                // The person is still typing the part before the name.
                Some(AddressError::NoHost) if !is_asked => None,
                Some(error) => Some(error.to_string()),
                None if is_asked && self.texts.address.trim().is_empty() => {
                    Some(AddressError::Empty.to_string())
                }
                None => None,
            },
            _ if self.address_error.is_some() => None,
            Field::Host => match &self.meaning.host {
                Err(AddressError::NoHost) => {
                    let is_gap = is_asked && !self.texts.address.trim().is_empty();
                    is_gap.then(|| "Name the server, such as ftp.example.org".to_owned())
                }
                Err(error) => Some(error.to_string()),
                Ok(_) => None,
            },
            Field::Port => self.meaning.port.as_ref().err().map(ToString::to_string),
            Field::Path => match &self.meaning.path {
                Err(error) => Some(error.to_string()),
                Ok(path) if is_asked && path.name().is_none() && self.meaning.host.is_ok() => {
                    Some("This names the whole server. Add a file or a folder in it".to_owned())
                }
                Ok(_) => None,
            },
            Field::SaveTo if self.is_coming() => {
                Some("It is on its way there already. Save it under another name, too".to_owned())
            }
            Field::SaveTo => self.facts.as_ref().and_then(|facts| facts.problem(is_asked)),
            Field::Only => bad_pattern(Selection { exclude: Vec::new(), ..self.selection() }),
            Field::LeaveOut => bad_pattern(Selection { include: Vec::new(), ..self.selection() }),
            Field::User | Field::Password => None,
        }
    }
}

fn bad_pattern(selection: Selection) -> Option<String> {
    selection.check().err().map(|bad| bad.to_string())
}
