//! What a person types to find something. Knows no egui.

use globset::{GlobBuilder, GlobMatcher};

use super::item::Item;

/// Words, each of which must be found in a name, whatever its capitals; one with `*` or `?` must be
/// like the whole name.
#[derive(Debug, Default)]
pub(super) struct Filter {
    text: String,
    words: Vec<Word>,
}

#[derive(Debug)]
enum Word {
    Part(String),
    Like(Box<GlobMatcher>),
}

impl PartialEq for Filter {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Filter {
    /// The filter that `text` means. Nothing but spaces is none.
    #[must_use]
    pub(super) fn new(text: &str) -> Self {
        let text = text.trim().to_lowercase();
        let words = text.split_whitespace().map(Word::new).collect();
        Self { text, words }
    }

    /// Whether everything passes.
    #[must_use]
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether whatever passes this one passes `other` too, so that only that has to be looked at.
    pub(super) fn is_narrower_than(&self, other: &Self) -> bool {
        let is_plain = self.words.iter().all(|word| matches!(word, Word::Part(_)));
        !other.is_empty() && is_plain && self.text.starts_with(&other.text)
    }

    /// Whether `item` is shown.
    #[must_use]
    pub(super) fn passes(&self, item: &Item) -> bool {
        let name = item.folded();
        self.words.iter().all(|word| match word {
            Word::Part(part) => name.contains(part.as_str()),
            Word::Like(glob) => glob.is_match(name),
        })
    }
}

impl Word {
    fn new(text: &str) -> Self {
        let glob = text.contains(['*', '?']).then(|| GlobBuilder::new(text).build().ok());
        match glob.flatten() {
            Some(glob) => Self::Like(Box::new(glob.compile_matcher())),
            None => Self::Part(text.to_owned()),
        }
    }
}
