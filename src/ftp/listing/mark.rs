//! By what a folder is known again under another path.

use std::hash::{DefaultHasher, Hash, Hasher as _};

/// By what a folder is known again under another path: all that is said of the things in it, with what
/// `unique` says. The same value means the same thing (RFC 3659 §7.5.2), and no two folders have the same
/// things in them.
#[derive(Debug, Default)]
pub(super) struct Mark {
    sum: u64,
    first: Option<u64>,
    /// Not all values are one. Some servers have but one for all that they have.
    tells_apart: bool,
}

impl Mark {
    /// All that is said of one thing, and the value in it that no other thing has, if there is one.
    pub(super) fn add(&mut self, line: &[u8], unique: Option<&[u8]>) {
        if let Some(value) = unique.map(|unique| hash(&unique)) {
            self.tells_apart |= *self.first.get_or_insert(value) != value;
        }
        self.sum = self.sum.wrapping_add(hash(&line));
    }

    /// The same for the same folder, in whatever order it is listed. `None` if nothing tells it apart from
    /// others.
    pub(super) fn value(&self) -> Option<u64> {
        self.tells_apart.then_some(self.sum)
    }
}

fn hash(thing: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    thing.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(things: &[(&str, &str)]) -> Option<u64> {
        let mut mark = Mark::default();
        for (unique, name) in things {
            let line = format!("unique={unique}; {name}");
            mark.add(line.as_bytes(), Some(unique.as_bytes()).filter(|it| !it.is_empty()));
        }
        mark.value()
    }

    #[test]
    fn a_folder_has_its_mark_in_any_order_and_no_other_has_it() {
        let one = mark(&[("1", "a"), ("2", "b")]);
        assert!(one.is_some());
        assert_eq!(mark(&[("2", "b"), ("1", "a")]), one);
        for other in [
            &[("1", "b"), ("2", "a")][..],
            &[("1", "a"), ("3", "b")],
            &[("1", "a")],
            &[("1", "a"), ("2", "b"), ("", "c")], // A thing of which nothing unique is told.
        ] {
            assert_ne!(mark(other), one, "{other:?}");
        }
        assert_eq!(mark(&[("0", "a"), ("0", "b")]), None, "a server without values of its own");
        assert_eq!(mark(&[]), None);
    }
}
