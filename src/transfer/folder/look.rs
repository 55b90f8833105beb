//! Looking into one folder: what becomes of what it holds, and where links lead.

use std::path::Path;
use std::sync::Arc;

use super::super::failure::Failure;
use super::super::news::Voice;
use super::super::selection::What;
use super::batch::{Ahead, Looked, Step, Way};
use super::hand::{Hand, Word};
use super::listed::Listed;
use super::sort::{MOST_NOTES, Sorter};
use crate::disk;
use crate::ftp::listing::{Entry, Goal};
use crate::ftp::{self, Facts, RemotePath, Session};

/// More entries than this take the memory that is for one folder at a time.
const MANY: usize = 20_000;

impl Hand<'_> {
    /// Decides what becomes of the entries of one folder.
    ///
    /// # Errors
    ///
    /// If they wait on the disk, and it does not give them back, or takes no more.
    pub(super) fn sort_out(&self, ahead: &Ahead, listed: Listed) -> Result<(), disk::Error> {
        if let Some(mark) = listed.mark {
            if ahead.way.has_seen(mark) {
                // Some servers do not tell links from folders.
                let count = self.work.leave_out();
                if count <= MOST_NOTES {
                    let inside = &ahead.inside;
                    let text = format!("{inside} leads back to where it is: not followed");
                    self.say(Voice::Warning, &text);
                } else if count == MOST_NOTES + 1 {
                    let text = "More folders lead back to where they are. They are not followed either, and only counted";
                    self.say(Voice::Warning, text);
                }
                return Ok(());
            }
            ahead.way.mark.set(mark).ok(); // It is looked into once.
        }
        let is_new = has_nothing(&ahead.local);
        let is_chosen = ahead.is_chosen || self.sieve.chooses(&ahead.inside, What::Folder);
        if is_chosen {
            self.make(ahead)?;
        }
        if let Some(modified) = ahead.modified {
            self.tell(Word::Time(ahead.local.clone(), modified.time));
        }
        let names = listed.old_names.iter().map(Vec::as_slice);
        let encoding = self.access().encoding(names);
        let folder = Arc::new(Looked {
            path: ahead.path.clone(),
            local: ahead.local.clone(),
            inside: ahead.inside.clone(),
            level: ahead.level,
            way: Arc::clone(&ahead.way),
            encoding,
            has_sums: listed.has_sums,
            is_new,
            has_numbered: listed.has_numbered,
            is_chosen,
        });
        // What is kept of each name to tell them apart is kept for one such folder at a time.
        let _turn = (listed.things.len() > MANY).then(|| self.work.turn_for_much());
        let mut sorted = Sorter::new(self, ahead, &folder, listed.things.len()).sort_all(listed)?;
        let is_wanted = is_chosen || sorted.told.files + sorted.told.unchanged > 0;
        if is_wanted && !is_chosen {
            self.make(ahead)?;
        }
        if is_wanted {
            sorted.told.folders = ahead.way.count();
        }
        self.work.add(&folder, sorted);
        Ok(())
    }

    /// Makes the folder, and those above it that nothing was wanted of until now.
    fn make(&self, ahead: &Ahead) -> Result<(), disk::Error> {
        let above = if ahead.is_chosen { 0 } else { ahead.level };
        let steps: Vec<_> = ahead.local.ancestors().take(above + 1).collect();
        steps.into_iter().rev().try_for_each(disk::make_folder_without_links)
    }

    /// Where a link leads: to a file, to a folder, or nowhere. Asked again while that can help.
    pub(super) fn follow(
        &self,
        ahead: &Ahead,
        path: &RemotePath,
        entry: &Entry,
    ) -> Result<Leads, Failure> {
        let (goal, top) = self.ask_patiently(&path.to_string(), |session| {
            Ok((session.follow(path)?, self.top(session)?))
        })?;
        Ok(match goal {
            Goal::File(facts) => Leads::ToFile(facts),
            Goal::Nothing => Leads::Nowhere,
            Goal::Folder(place) => {
                let place = place.unwrap_or_else(|| joined(&ahead.way.place(&top), &entry.name));
                Leads::ToFolder { place: really(place, &top, ahead, entry), top }
            }
        })
    }

    /// Where the folder is that was asked for.
    fn top(&self, session: &mut Session<'_>) -> Result<Vec<u8>, ftp::Error> {
        if let Some(top) = self.work.top.get() {
            return Ok(top.clone());
        }
        let top = session.whereabouts(&self.request.address.path.as_folder())?.unwrap_or_default();
        Ok(self.work.top.get_or_init(|| top).clone())
    }
}

/// Whether nothing is in `folder` yet, because it is still to be made or is empty.
fn has_nothing(folder: &Path) -> bool {
    match std::fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(_) => std::fs::symlink_metadata(folder).is_err(),
    }
}

/// Where a link leads.
pub(super) enum Leads {
    ToFile(Facts),
    /// Where the folder is, and where the one is that was asked for.
    ToFolder {
        place: Vec<u8>,
        top: Vec<u8>,
    },
    Nowhere,
}

/// Whether the folder at `place` is one that `top` is in, however deep.
pub(super) fn is_above(place: &[u8], top: &[u8]) -> bool {
    let place = place.strip_suffix(b"/").unwrap_or(place);
    let top = top.strip_suffix(b"/").unwrap_or(top);
    top.strip_prefix(place).is_some_and(|rest| rest.starts_with(b"/"))
}

impl Way {
    /// Whether the way down to here has come by `place` already. `top` is where it began.
    pub(super) fn leads_over(&self, place: &[u8], top: &[u8]) -> bool {
        let mut way = Some(self);
        while let Some(here) = way {
            if here.place(top) == place {
                return true;
            }
            way = here.above.as_deref();
        }
        false
    }

    /// Whether a folder on the way down to here is the one that is known by `mark`.
    fn has_seen(&self, mark: u64) -> bool {
        let mut way = self.above.as_deref();
        while let Some(here) = way {
            if here.mark.get() == Some(&mark) {
                return true;
            }
            way = here.above.as_deref();
        }
        false
    }

    /// Where it leads to.
    fn place(&self, top: &[u8]) -> Vec<u8> {
        match (&self.step, &self.above) {
            (Step::Link(place), _) => place.clone(),
            (Step::Down(name), Some(above)) => joined(&above.place(top), name),
            (Step::Top | Step::Down(_), _) => top.to_vec(),
        }
    }
}

/// Where a link to a folder really leads. A server that only repeats the link's own path when asked
/// where we are is not believed; then what the listing says counts.
fn really(place: Vec<u8>, top: &[u8], ahead: &Ahead, entry: &Entry) -> Vec<u8> {
    let here = ahead.way.place(top);
    if place != joined(&here, &entry.name) {
        return place;
    }
    match entry.target.as_deref() {
        Some(target) if target.starts_with(b"/") => straightened(target),
        Some(target) => straightened(&joined(&here, target)),
        None => place,
    }
}

fn joined(folder: &[u8], name: &[u8]) -> Vec<u8> {
    [folder.strip_suffix(b"/").unwrap_or(folder), b"/", name].concat()
}

/// `/a/./b/../c` → `/a/c`.
fn straightened(path: &[u8]) -> Vec<u8> {
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|&byte| byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    [b"/".to_vec(), parts.join(&b'/')].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ftp::listing::Kind;

    fn way(steps: Vec<Step>) -> Arc<Way> {
        let mut above = None;
        for step in steps {
            above = Some(Arc::new(Way::new(step, above.take())));
        }
        above.unwrap()
    }

    #[test]
    fn a_link_that_leads_over_the_way_is_known_wherever_it_points() {
        let down = |name: &str| Step::Down(name.as_bytes().to_vec());
        let way = way(vec![Step::Top, down("a"), Step::Link(b"/else".to_vec()), down("b")]);
        for (place, is_on_the_way) in [
            ("/pub", true),
            ("/pub/a", true),
            ("/else", true),
            ("/else/b", true),
            ("/pub/b", false),
            ("/", false),
        ] {
            assert_eq!(way.leads_over(place.as_bytes(), b"/pub"), is_on_the_way, "{place}");
        }
    }

    #[test]
    fn what_is_above_the_top_is_told_from_what_is_beside_it() {
        for (place, top, expected) in [
            ("/", "/pub", true),
            ("/pub", "/pub/a", true),
            ("/pub/", "/pub/a/b/", true),
            ("/pub", "/pub", false),
            ("/pub/a", "/pub", false),
            ("/pu", "/pub", false),
            ("/", "/", false),
        ] {
            assert_eq!(is_above(place.as_bytes(), top.as_bytes()), expected, "{place} {top}");
        }
    }

    #[test]
    fn the_place_of_a_link_is_found_by_its_target_where_the_server_hides_it() {
        let ahead = Ahead {
            path: RemotePath::from_typed("pub/a/").unwrap(),
            local: "x".into(),
            inside: "a".to_owned(),
            level: 1,
            way: way(vec![Step::Top, Step::Down(b"a".to_vec())]),
            modified: None,
            is_chosen: true,
        };
        let link = |target: &str| Entry {
            name: b"l".to_vec(),
            kind: Kind::Link,
            size: None,
            modified: None,
            target: Some(target.as_bytes().to_vec()),
        };
        for (said, target, place) in [
            ("/pub/a/l", "..", "/pub"),
            ("/pub/a/l", ".", "/pub/a"),
            ("/pub/a/l", "../b/./c", "/pub/b/c"),
            ("/pub/a/l", "/pub/a", "/pub/a"),
            ("/real", "..", "/real"),
        ] {
            let found = really(said.as_bytes().to_vec(), b"/pub", &ahead, &link(target));
            assert_eq!(found, place.as_bytes(), "{said} {target}");
        }
    }
}
