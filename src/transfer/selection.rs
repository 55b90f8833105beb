//! Which files of a folder are wanted.

use std::fmt;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde::{Deserialize, Serialize};

/// Which files of a folder are wanted, as patterns such as `*.fa.gz` or `old/**`.
///
/// A pattern without a `/` is matched against the name of each file or folder, one with a `/` against
/// its path from the folder that was asked for. `*` and `?` stand for anything but `/`, `**` also for
/// any number of folders, `[a-z]` and `{a,b}` for one of several; capitals matter. A folder that a
/// pattern leaves out is not looked into.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Selection {
    /// If there are any, only files that one of these matches.
    pub include: Vec<String>,
    /// No file or folder that one of these matches, whatever `include` says.
    pub exclude: Vec<String>,
}

/// A pattern that cannot be understood. `Display` is a sentence without a full stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadPattern {
    pattern: String,
    why: String,
}

impl fmt::Display for BadPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}' is not a pattern: {}", self.pattern, self.why)
    }
}

impl std::error::Error for BadPattern {}

/// A [`Selection`], ready to be asked.
#[derive(Debug)]
pub(super) struct Sieve {
    include: Option<Side>,
    exclude: Side,
}

/// The patterns of one kind.
#[derive(Debug)]
struct Side {
    by_name: GlobSet,
    by_path: GlobSet,
}

impl Selection {
    /// Whether every pattern can be understood.
    ///
    /// # Errors
    ///
    /// The first that cannot.
    pub fn check(&self) -> Result<(), BadPattern> {
        self.sieve().map(drop)
    }

    pub(super) fn sieve(&self) -> Result<Sieve, BadPattern> {
        let include = match self.include.as_slice() {
            [] => None,
            patterns => Some(Side::new(patterns)?),
        };
        Ok(Sieve { include, exclude: Side::new(&self.exclude)? })
    }
}

impl Sieve {
    /// Whether the file at `path` is wanted. Its parts are parted by `/`, as on the server.
    pub(super) fn takes_file(&self, path: &str) -> bool {
        !self.exclude.has(path) && self.include.as_ref().is_none_or(|include| include.has(path))
    }

    /// Whether the folder at `path` is looked into.
    pub(super) fn takes_folder(&self, path: &str) -> bool {
        !self.exclude.has(path)
    }

    /// Whether every folder is wanted for its own sake, also an empty one.
    pub(super) fn takes_empty_folders(&self) -> bool {
        self.include.is_none()
    }
}

impl Side {
    fn new(patterns: &[String]) -> Result<Self, BadPattern> {
        let (mut by_name, mut by_path) = (GlobSetBuilder::new(), GlobSetBuilder::new());
        let bad = |pattern: &str, why: String| BadPattern { pattern: pattern.to_owned(), why };
        for pattern in patterns {
            // `old/` means the folder, as people write it.
            let text = pattern.strip_prefix('/').unwrap_or(pattern);
            let is_path = text.trim_end_matches('/').contains('/') || pattern.starts_with('/');
            let text = text.trim_end_matches('/');
            let glob =
                GlobBuilder::new(text).literal_separator(true).backslash_escape(true).build();
            let glob = glob.map_err(|error| bad(pattern, error.kind().to_string()))?;
            if is_path {
                by_path.add(glob)
            } else {
                by_name.add(glob)
            };
        }
        let set = |set: GlobSetBuilder| set.build().map_err(|error| bad("", error.to_string()));
        Ok(Self { by_name: set(by_name)?, by_path: set(by_path)? })
    }

    fn has(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        self.by_name.is_match(name) || self.by_path.is_match(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sieve(include: &[&str], exclude: &[&str]) -> Sieve {
        let all = |patterns: &[&str]| patterns.iter().map(|&text| text.to_owned()).collect();
        Selection { include: all(include), exclude: all(exclude) }.sieve().unwrap()
    }

    #[test]
    fn a_pattern_without_a_slash_is_for_names_and_one_with_a_slash_for_paths() {
        for (pattern, path, is_taken) in [
            ("*.gz", "a.gz", true),
            ("*.gz", "deep/down/a.gz", true),
            ("*.gz", "a.gz.md5", false),
            ("*.GZ", "a.gz", false),
            ("x/*.gz", "x/a.gz", true),
            ("x/*.gz", "x/y/a.gz", false),
            ("x/**", "x/y/a.gz", true),
            ("**/y/*", "x/y/a.gz", true),
            ("/a.gz", "a.gz", true),
            ("/a.gz", "x/a.gz", false),
            ("{a,b}[0-9].txt", "x/b7.txt", true),
            ("r?adme", "readme", true),
            ("späße *", "späße 日本", true),
        ] {
            assert_eq!(sieve(&[pattern], &[]).takes_file(path), is_taken, "{pattern} {path}");
        }
    }

    #[test]
    fn what_is_left_out_stays_out_whatever_else_is_said() {
        let sieve = sieve(&["*.gz"], &["old*", "x/y/"]);
        assert!(sieve.takes_file("x/a.gz") && !sieve.takes_file("x/old.gz"));
        assert!(
            !sieve.takes_folder("x/y") && !sieve.takes_folder("older") && sieve.takes_folder("y")
        );
        assert!(!sieve.takes_empty_folders());
    }

    #[test]
    fn a_pattern_that_makes_no_sense_is_named() {
        let selection = Selection { include: vec!["[a".to_owned()], exclude: Vec::new() };
        let sentence = selection.check().unwrap_err().to_string();
        assert!(sentence.starts_with("'[a' is not a pattern: "), "{sentence}");
    }
}
