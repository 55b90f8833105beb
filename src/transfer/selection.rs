//! Which files of a folder are wanted.

use std::fmt;

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};
use serde::{Deserialize, Serialize};

/// Which files of a folder are wanted, as patterns such as `*.fa.gz`, `old/` or `data/2024`.
///
/// A pattern without a `/`, but for one at its end, is matched against the name of each file and each
/// folder, at any depth; one with a `/` against its path from the folder that was asked for. `*` and `?`
/// stand for anything but `/`, `**` between two `/` also for any number of folders, `[a-z]` and `{a,b}`
/// for one of several; capitals matter. A pattern that matches a folder means all that is in it, however
/// deep. One that ends in `/` or `/**` is for folders alone.
///
/// A folder that `exclude` matches is not looked into, and neither is one in which nothing can be that
/// `include` matches. With `include`, a folder that it does not match itself is made only for what is
/// wanted in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Selection {
    /// If there are any, only what one of these matches.
    pub include: Vec<String>,
    /// Nothing that one of these matches, whatever `include` says.
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

/// A [`Selection`], ready to be asked. Paths are from the folder on that was asked for, with `/` between
/// their parts, as on the server.
#[derive(Debug)]
pub(super) struct Sieve {
    include: Option<Include>,
    exclude: Side,
}

/// What a path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    File,
    Folder,
}

#[derive(Debug)]
struct Include {
    side: Side,
    /// Folders in which there may be what is wanted. `None`: all.
    on_the_way: Option<GlobSet>,
}

/// The patterns of one kind.
#[derive(Debug)]
struct Side {
    /// Those for files and folders.
    all: Patterns,
    /// Those for folders alone.
    folders: Patterns,
}

#[derive(Debug)]
struct Patterns {
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
            patterns => {
                let read: Vec<_> = patterns.iter().map(|it| Pattern::read(it)).collect();
                Some(Include { side: Side::new(patterns)?, on_the_way: on_the_way(&read) })
            }
        };
        Ok(Sieve { include, exclude: Side::new(&self.exclude)? })
    }
}

impl Sieve {
    /// Whether everything is wanted that is not left out.
    pub(super) fn chooses_all(&self) -> bool {
        self.include.is_none()
    }

    /// Whether the one at `path` is wanted for its own sake, unless it is left out.
    pub(super) fn chooses(&self, path: &str, what: What) -> bool {
        self.include.as_ref().is_none_or(|include| include.side.has(path, what))
    }

    /// Whether something in the folder at `path` may be wanted that is not left out.
    pub(super) fn may_choose_in(&self, path: &str) -> bool {
        self.include.as_ref().is_none_or(|include| {
            include.on_the_way.as_ref().is_none_or(|folders| folders.is_match(path))
                || include.side.has(path, What::Folder)
        })
    }

    /// Whether the one at `path` is left out, and with a folder all that is in it.
    pub(super) fn leaves_out(&self, path: &str, what: What) -> bool {
        self.exclude.has(path, what)
    }
}

/// A pattern, taken apart.
struct Pattern<'a> {
    text: &'a str,
    is_for_paths: bool,
    is_for_folders: bool,
}

impl<'a> Pattern<'a> {
    fn read(pattern: &'a str) -> Self {
        let text = pattern.strip_prefix('/').unwrap_or(pattern);
        let name = text.trim_end_matches('/');
        let folder = name.trim_end_matches("/**");
        Self {
            text: folder,
            is_for_paths: name.contains('/') || pattern.starts_with('/'),
            is_for_folders: folder != text,
        }
    }
}

/// A pattern in which `*` stands for anything but `/`.
fn glob(text: &str) -> Result<Glob, globset::Error> {
    GlobBuilder::new(text).literal_separator(true).backslash_escape(true).build()
}

/// The folders that may hold what `patterns` match. `None` if that may be anywhere.
fn on_the_way(patterns: &[Pattern<'_>]) -> Option<GlobSet> {
    let mut folders = GlobSetBuilder::new();
    for pattern in patterns {
        if !pattern.is_for_paths {
            return None;
        }
        for (end, _) in pattern.text.match_indices('/') {
            let above = pattern.text.get(..end)?;
            // A `/` within brackets leaves one that cannot be understood: then it may be anywhere.
            folders.add(glob(above).ok()?);
            if above == "**" || above.ends_with("/**") {
                break; // That is for all that are below, too.
            }
        }
    }
    folders.build().ok()
}

impl Side {
    fn new(patterns: &[String]) -> Result<Self, BadPattern> {
        let set = GlobSetBuilder::new;
        let (mut names, mut paths, mut folder_names, mut folder_paths) =
            (set(), set(), set(), set());
        let bad = |pattern: &str, why: String| BadPattern { pattern: pattern.to_owned(), why };
        for text in patterns {
            let pattern = Pattern::read(text);
            if pattern.text.is_empty() {
                return Err(bad(text, "it matches nothing".to_owned()));
            }
            let glob = glob(pattern.text).map_err(|error| bad(text, error.kind().to_string()))?;
            match (pattern.is_for_folders, pattern.is_for_paths) {
                (false, false) => &mut names,
                (false, true) => &mut paths,
                (true, false) => &mut folder_names,
                (true, true) => &mut folder_paths,
            }
            .add(glob);
        }
        let built = |names: GlobSetBuilder, paths: GlobSetBuilder| {
            let set = |set: GlobSetBuilder| set.build().map_err(|error| bad("", error.to_string()));
            Ok(Patterns { by_name: set(names)?, by_path: set(paths)? })
        };
        Ok(Self { all: built(names, paths)?, folders: built(folder_names, folder_paths)? })
    }

    fn has(&self, path: &str, what: What) -> bool {
        self.all.have(path) || (what == What::Folder && self.folders.have(path))
    }
}

impl Patterns {
    fn have(&self, path: &str) -> bool {
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
        for (pattern, path, is_chosen) in [
            ("*.gz", "a.gz", true),
            ("*.gz", "deep/down/a.gz", true),
            ("*.gz", "a.gz.md5", false),
            ("*.GZ", "a.gz", false),
            ("x/*.gz", "x/a.gz", true),
            ("x/*.gz", "x/y/a.gz", false),
            ("x/**/a.gz", "x/y/z/a.gz", true),
            ("x/**/a.gz", "x/a.gz", true),
            ("**/y/*", "x/y/a.gz", true),
            ("**", "x/y/a.gz", true),
            ("/a.gz", "a.gz", true),
            ("/a.gz", "x/a.gz", false),
            ("{a,b}[0-9].txt", "x/b7.txt", true),
            ("{x/a,y}.txt", "x/a.txt", true),
            ("r?adme", "readme", true),
            ("späße *", "späße 日本", true),
        ] {
            let chosen = sieve(&[pattern], &[]).chooses(path, What::File);
            assert_eq!(chosen, is_chosen, "{pattern} {path}");
        }
    }

    #[test]
    fn a_pattern_with_a_slash_at_its_end_is_for_folders() {
        for (pattern, path, is_folder_chosen, is_file_chosen) in [
            ("old", "x/old", true, true),
            ("old/", "x/old", true, false),
            ("old/**", "old", true, false),
            ("old/**", "x/old", false, false),
            ("x/old/", "x/old", true, false),
            ("/old/", "x/old", false, false),
            ("/old/", "old", true, false),
            ("**/old/**", "x/y/old", true, false),
            ("o*/**/", "old", true, false),
        ] {
            let sieve = sieve(&[pattern], &[]);
            assert_eq!(sieve.chooses(path, What::Folder), is_folder_chosen, "{pattern} {path}");
            assert_eq!(sieve.chooses(path, What::File), is_file_chosen, "{pattern} {path}");
        }
    }

    #[test]
    fn only_folders_are_looked_into_that_may_hold_what_is_wanted() {
        for (patterns, path, may_hold) in [
            (&["*.gz"][..], "x/y", true),
            (&["x/y/*.gz"], "x", true),
            (&["x/y/*.gz"], "x/y", true),
            (&["x/y/*.gz"], "x/z", false),
            (&["x/y/*.gz"], "y", false),
            (&["x/y/*.gz"], "x/y/z", false),
            (&["x/y/*.gz", "*.txt"], "z", true),
            (&["x/*/a"], "x/y", true),
            (&["x/**/a"], "x/y/z", true),
            (&["x/**/a"], "y/x", false),
            (&["**/a"], "x/y/z", true),
            (&["data/1/"], "data", true),
            (&["data/1/"], "data/1", true),
            (&["data/1/"], "data/2", false),
            (&["{a/b,c}/d"], "a", true),
            (&["{a/b,c}/d"], "a/b", true),
            (&["x[a/b]/c"], "xa", true),
            (&["/a.gz"], "x", false),
        ] {
            assert_eq!(sieve(patterns, &[]).may_choose_in(path), may_hold, "{patterns:?} {path}");
        }
        assert!(sieve(&[], &[]).may_choose_in("x"));
    }

    #[test]
    fn what_is_left_out_is_told_apart_by_what_it_is() {
        let sieve = sieve(&["*.gz"], &["old*", "x/y/"]);
        assert!(sieve.leaves_out("x/old.gz", What::File) && !sieve.leaves_out("x/a", What::File));
        assert!(sieve.leaves_out("x/y", What::Folder) && !sieve.leaves_out("x/y", What::File));
        assert!(sieve.leaves_out("older", What::Folder) && !sieve.leaves_out("y", What::Folder));
        assert!(!sieve.chooses_all() && super::tests::sieve(&[], &["a"]).chooses_all());
    }

    #[test]
    fn a_pattern_that_makes_no_sense_is_named() {
        for (pattern, start) in [
            ("[a", "'[a' is not a pattern: "),
            ("", "'' is not a pattern: it matches nothing"),
            ("/", "'/' is not a pattern: it matches nothing"),
        ] {
            let selection = Selection { include: vec![pattern.to_owned()], exclude: Vec::new() };
            let sentence = selection.check().unwrap_err().to_string();
            assert!(sentence.starts_with(start), "{sentence}");
        }
    }
}
