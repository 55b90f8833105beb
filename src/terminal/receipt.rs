//! `--receipt`: the SHA-256 of everything that was fetched, as `sha256sum -c` reads it.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::transfer::{Outcome, Verdict};
use crate::{disk, words};

/// The name of a receipt that was given none.
pub(super) const USUAL_NAME: &str = "SHA256SUMS";

/// The SHA-256 of what was fetched, file by file.
#[derive(Debug)]
pub(super) struct Receipt {
    path: PathBuf,
    /// By path, as seen from the receipt's own folder.
    sums: BTreeMap<String, String>,
    is_changed: bool,
}

impl Receipt {
    /// A receipt at `path`. What an earlier one says stays, unless a file is fetched anew.
    ///
    /// # Errors
    ///
    /// A sentence, if something else than a receipt is there already.
    pub(super) fn open(path: &Path) -> Result<Self, String> {
        let shown = words::shown(&path.display().to_string());
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(format!("{shown}: {}", words::io_error(&error))),
        };
        let lines = text.lines().map(|line| parted(line).map(|(sum, name)| (name, sum)));
        let sums: Option<BTreeMap<_, _>> = lines.collect();
        let sums = sums.ok_or_else(|| {
            format!("{shown} is there already, and holds more than SHA-256 sums. Give --receipt another name")
        })?;
        Ok(Self { path: path.to_owned(), sums, is_changed: false })
    }

    /// One more file has come to its end.
    pub(super) fn take(&mut self, outcome: &Outcome) {
        if let Ok(summary) = outcome
            && summary.verdict != Verdict::Skipped
            && let Some(sha256) = summary.sha256
        {
            let name = self.name_of(&summary.path);
            self.sums.insert(name, words::hex(&sha256));
            self.is_changed = true;
        }
    }

    /// Writes it. The sentence says so; `None` if there is nothing to be written.
    ///
    /// # Errors
    ///
    /// A sentence, if it cannot be written.
    pub(super) fn write(&self) -> Result<Option<String>, String> {
        if !self.is_changed {
            return Ok(None);
        }
        let lines = self.sums.iter().map(|(name, sum)| line(sum, name));
        let text: String = lines.collect();
        let shown = words::shown(&self.path.display().to_string());
        match disk::replace_whole(&self.path, text.as_bytes()) {
            Ok(()) => {
                let count = u64::try_from(self.sums.len()).unwrap_or(u64::MAX);
                Ok(Some(format!("{shown} holds the SHA-256 of {} files", words::count(count))))
            }
            Err(error) => Err(format!("{shown} could not be written: {}", words::io_error(&error))),
        }
    }

    /// The file's path from the receipt's folder; the whole path where it lies elsewhere.
    fn name_of(&self, file: &Path) -> String {
        let folder = disk::folder_of(&self.path);
        let from = |base: &Path| file.strip_prefix(base).map(Path::to_owned).ok();
        let canonical = || {
            let folder = fs::canonicalize(folder).ok()?;
            let file = fs::canonicalize(file).ok()?;
            file.strip_prefix(folder).map(Path::to_owned).ok()
        };
        let path = from(folder).or_else(canonical).unwrap_or_else(|| file.to_owned());
        let path = path.strip_prefix(".").unwrap_or(&path);
        let name = path.to_string_lossy().into_owned();
        if cfg!(windows) { name.replace('\\', "/") } else { name }
    }
}

/// As GNU writes it: a name that holds `\` or a line break is escaped, and its line begins with `\`.
fn line(sum: &str, name: &str) -> String {
    if name.contains(['\\', '\n', '\r']) {
        let name = name.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
        return format!("\\{sum}  {name}\n");
    }
    format!("{sum}  {name}\n")
}

/// The sum and the name of one line. `None` if it is no line of a receipt.
fn parted(line: &str) -> Option<(String, String)> {
    let is_escaped = line.starts_with('\\');
    let line = line.strip_prefix('\\').unwrap_or(line);
    let (sum, name) = line.split_once("  ").or_else(|| line.split_once(" *"))?;
    let is_sum = sum.len() == 64 && sum.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut plain = String::new();
    let mut chars = name.chars();
    while let Some(char) = chars.next() {
        plain.push(match char {
            '\\' if is_escaped => match chars.next()? {
                'n' => '\n',
                'r' => '\r',
                other => other,
            },
            char => char,
        });
    }
    (is_sum && !plain.is_empty()).then(|| (sum.to_ascii_lowercase(), plain))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::transfer::Summary;

    fn fetched(path: &Path, byte: u8) -> Outcome {
        Ok(Summary {
            path: path.to_owned(),
            length: 1,
            modified: None,
            sha256: Some([byte; 32]),
            took: Duration::ZERO,
            verdict: Verdict::Complete,
        })
    }

    #[test]
    fn a_receipt_names_files_from_its_own_folder_and_keeps_what_it_said_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data").join(USUAL_NAME);
        let mut receipt = Receipt::open(&path).unwrap();
        assert_eq!(receipt.write(), Ok(None));
        receipt.take(&fetched(&folder.path().join("data/b/x y"), 1));
        receipt.take(&fetched(&folder.path().join("data/a"), 2));
        receipt.write().unwrap();
        let mut again = Receipt::open(&path).unwrap();
        again.take(&fetched(&folder.path().join("data/a"), 3));
        again.write().unwrap();
        let (one, three) = ("01".repeat(32), "03".repeat(32));
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text, format!("{three}  a\n{one}  b/x y\n"));
    }

    #[test]
    fn what_is_no_receipt_is_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes");
        fs::write(&path, "0123  a\n").unwrap();
        assert!(Receipt::open(&path).unwrap_err().contains("is there already"));
    }

    #[test]
    fn strange_names_are_written_so_that_they_can_be_read_again() {
        let sum = "ab".repeat(32);
        for name in ["a", "two  spaces", "back\\slash", "line\nbreak", "*star"] {
            let line = line(&sum, name);
            let read = parted(line.strip_suffix('\n').unwrap());
            assert_eq!(read, Some((sum.clone(), name.to_owned())), "{line:?}");
        }
        assert_eq!(parted("no sum"), None);
    }
}
