//! The queue on disk: every transfer is written down before its first byte moves.

mod manifests;

use std::fs::{self, File, TryLockError};
use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::ending::Ending;
use super::engine::TransferId;
use super::request::Request;

/// The layout that this program writes. A file of a later one is set aside, not touched.
const LAYOUT: i64 = 1;

/// What is written down of a transfer.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Which transfer.
    pub id: TransferId,
    /// What was asked for. Passwords are not written down.
    pub request: Request,
    /// How far it got.
    pub state: State,
    /// Bytes that had arrived when that was last written down.
    pub received: u64,
    /// The whole file in bytes, as the server estimated it.
    pub expected: Option<u64>,
}

/// How far a transfer in the queue is.
#[derive(Debug, Clone, PartialEq)]
pub enum State {
    /// Waits for its turn, or was running when the program ended.
    Waiting,
    /// The person paused it.
    Paused,
    /// It came to an end.
    Ended(Box<Ending>),
}

impl Entry {
    /// Whether there is still something to do.
    #[must_use]
    pub fn is_unfinished(&self) -> bool {
        !matches!(self.state, State::Ended(_))
    }
}

impl State {
    fn word(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Paused => "paused",
            Self::Ended(_) => "ended",
        }
    }
}

/// The queue on disk.
#[derive(Debug)]
pub(super) struct Journal {
    db: Connection,
    /// Held as long as the list is ours alone.
    _lock: Option<File>,
}

/// Why the queue on disk cannot be used.
pub(super) type Error = rusqlite::Error;

impl Journal {
    /// A queue that ends with the program.
    pub(super) fn in_memory() -> Result<Self, Error> {
        Self::set_up(Connection::open_in_memory()?)
    }

    /// The queue in the file at `path`, which is made if it is not there. One that is damaged, or of
    /// a later Ashore, is set aside; one that another Ashore has open is left to it. The sentence says
    /// so.
    pub(super) fn open(path: &Path) -> Result<(Self, Vec<Entry>, Option<String>), Error> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).ok();
        }
        let lock = File::create(path.with_extension("lock")).ok();
        if let Some(lock) = &lock
            && let Err(TryLockError::WouldBlock) = lock.try_lock()
        {
            // Two that number their transfers alike would write over each other.
            let notice = "Another Ashore is running and keeps the list of transfers. What is ordered here is forgotten when this one ends";
            return Ok((Self::in_memory()?, Vec::new(), Some(notice.to_owned())));
        }
        let (journal, entries, notice) = Self::open_locked(path)?;
        Ok((Self { _lock: lock, ..journal }, entries, notice))
    }

    fn open_locked(path: &Path) -> Result<(Self, Vec<Entry>, Option<String>), Error> {
        let with_entries = |journal: Self| journal.all().map(|entries| (journal, entries));
        match Connection::open(path).and_then(Self::set_up).and_then(with_entries) {
            Ok((journal, entries)) => Ok((journal, entries, None)),
            Err(error) if is_damage(&error) => {
                let aside = crate::disk::free_name(&path.with_extension("damaged"));
                let moved = fs::rename(path, &aside);
                for ending in ["-wal", "-shm"] {
                    let mut twin = path.as_os_str().to_owned();
                    twin.push(ending);
                    fs::remove_file(twin).ok();
                }
                let db = match moved {
                    Ok(()) => Connection::open(path)?,
                    Err(_) => Connection::open_in_memory()?,
                };
                let notice = format!(
                    "The list of transfers could not be read. It is kept as {}, and a new one is begun",
                    aside.display()
                );
                Ok((Self::set_up(db)?, Vec::new(), Some(notice)))
            }
            Err(error) => Err(error),
        }
    }

    fn set_up(db: Connection) -> Result<Self, Error> {
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", "FULL")?;
        let layout: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if layout > LAYOUT {
            return Err(Error::InvalidQuery);
        }
        db.execute_batch(
            "CREATE TABLE IF NOT EXISTS transfer (
                 id INTEGER PRIMARY KEY,
                 position REAL NOT NULL,
                 request TEXT NOT NULL,
                 state TEXT NOT NULL,
                 ending TEXT,
                 received INTEGER NOT NULL DEFAULT 0,
                 expected INTEGER,
                 is_cleared INTEGER NOT NULL DEFAULT 0
             );
             CREATE INDEX IF NOT EXISTS by_position ON transfer (position);
             DELETE FROM transfer WHERE is_cleared = 1;",
        )?;
        Self::set_up_manifests(&db)?;
        db.pragma_update(None, "user_version", LAYOUT)?;
        Ok(Self { db, _lock: None })
    }

    /// All transfers, in their order. Those that cannot be read any more are left out.
    pub(super) fn all(&self) -> Result<Vec<Entry>, Error> {
        let mut query = self.db.prepare(
            "SELECT id, request, state, ending, received, expected FROM transfer
             WHERE is_cleared = 0 ORDER BY position",
        )?;
        let rows = query.query_map([], |row| {
            let ending: Option<String> = row.get(3)?;
            let ending = ending.and_then(|text| serde_json::from_str(&text).ok());
            let state = match (row.get::<_, String>(2)?.as_str(), ending) {
                ("ended", Some(ending)) => State::Ended(Box::new(ending)),
                ("paused", _) => State::Paused,
                _ => State::Waiting,
            };
            let request: String = row.get(1)?;
            Ok(serde_json::from_str(&request).ok().map(|request| Entry {
                id: TransferId(row.get::<_, i64>(0).unwrap_or(0).unsigned_abs()),
                request,
                state,
                received: row.get::<_, i64>(4).unwrap_or(0).unsigned_abs(),
                expected: row.get::<_, Option<i64>>(5).ok().flatten().map(i64::unsigned_abs),
            }))
        })?;
        let mut entries = Vec::new();
        for row in rows {
            match row {
                Ok(entry) => entries.extend(entry),
                // Not one row is strange, but the file is broken: it must not look like a short list.
                Err(error) if is_damage(&error) => return Err(error),
                Err(_) => {}
            }
        }
        Ok(entries)
    }

    /// Begins (`true`) or ends a time in which changes are gathered, to be written down at once: a
    /// hundred thousand then take as long as one.
    pub(super) fn together(&self, begins: bool) {
        self.db.execute_batch(if begins { "BEGIN" } else { "COMMIT" }).ok();
    }

    /// The highest number that a transfer has.
    pub(super) fn last_id(&self) -> Result<u64, Error> {
        let last: i64 =
            self.db.query_row("SELECT coalesce(max(id), 0) FROM transfer", [], |row| row.get(0))?;
        Ok(last.unsigned_abs())
    }

    /// Writes down new transfers, at the end of the queue; all of them, or none.
    pub(super) fn add(&mut self, requests: &[(TransferId, Request)]) -> Result<(), Error> {
        let all = self.db.transaction()?;
        {
            let mut insert = all.prepare(
                "INSERT INTO transfer (id, position, request, state) 
                 VALUES (?1, (SELECT coalesce(max(position), 0.0) + 1.0 FROM transfer), ?2, 'waiting')",
            )?;
            for (id, request) in requests {
                let request = serde_json::to_string(request).map_err(to_sql)?;
                insert.execute(params![number(*id), request])?;
            }
        }
        all.commit()
    }

    /// What was asked for.
    pub(super) fn request(&self, id: TransferId) -> Result<Option<Request>, Error> {
        let text: Option<String> = self
            .db
            .query_row("SELECT request FROM transfer WHERE id = ?1", [number(id)], |row| row.get(0))
            .optional()?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// Writes down that something else is asked for.
    pub(super) fn set_request(&self, id: TransferId, request: &Request) -> Result<(), Error> {
        let request = serde_json::to_string(request).map_err(to_sql)?;
        self.db
            .execute("UPDATE transfer SET request = ?2 WHERE id = ?1", params![number(id), request])
            .map(drop)
    }

    /// Writes down how far it got.
    pub(super) fn set_state(&self, id: TransferId, state: &State) -> Result<(), Error> {
        let ending = match state {
            State::Ended(ending) => Some(serde_json::to_string(ending).map_err(to_sql)?),
            State::Waiting | State::Paused => None,
        };
        let mut update =
            self.db.prepare_cached("UPDATE transfer SET state = ?2, ending = ?3 WHERE id = ?1")?;
        update.execute(params![number(id), state.word(), ending]).map(drop)
    }

    /// Writes down that a transfer waits for its turn, behind all others.
    pub(super) fn queue(&self, id: TransferId) -> Result<(), Error> {
        let mut update = self.db.prepare_cached(
            "UPDATE transfer SET state = 'waiting', ending = NULL,
             position = (SELECT coalesce(max(position), 0.0) + 1.0 FROM transfer) WHERE id = ?1",
        )?;
        update.execute([number(id)]).map(drop)
    }

    /// All transfers, in their order.
    pub(super) fn order(&self) -> Result<Vec<TransferId>, Error> {
        let mut all = self.db.prepare("SELECT id FROM transfer ORDER BY position, id")?;
        let ids = all.query_map([], |row| row.get::<_, i64>(0))?;
        ids.map(|id| id.map(|id| TransferId(id.unsigned_abs()))).collect()
    }

    /// How far it is. Lost in a power cut; the `.part`'s own record knows better.
    pub(super) fn set_progress(
        &self,
        id: TransferId,
        received: u64,
        expected: Option<u64>,
    ) -> Result<(), Error> {
        let number_of = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
        let sql = "UPDATE transfer SET received = ?2, expected = ?3 WHERE id = ?1";
        let values = params![number(id), number_of(received), expected.map(number_of)];
        self.lightly(|db| db.execute(sql, values).map(drop))
    }

    /// Writes without waiting for the disk.
    fn lightly(&self, write: impl FnOnce(&Connection) -> Result<(), Error>) -> Result<(), Error> {
        self.db.pragma_update(None, "synchronous", "OFF")?;
        let written = write(&self.db);
        self.db.pragma_update(None, "synchronous", "FULL")?;
        written
    }

    /// Writes down the order of the queue.
    pub(super) fn set_order(&mut self, ids: &[TransferId]) -> Result<(), Error> {
        let all = self.db.transaction()?;
        {
            let mut update = all.prepare("UPDATE transfer SET position = ?2 WHERE id = ?1")?;
            let mut query = all.prepare("SELECT position FROM transfer WHERE id = ?1")?;
            let mut positions: Vec<f64> = Vec::with_capacity(ids.len());
            for id in ids {
                positions.push(query.query_row([number(*id)], |row| row.get(0))?);
            }
            positions.sort_by(f64::total_cmp);
            for (id, position) in ids.iter().zip(positions) {
                update.execute(params![number(*id), position])?;
            }
        }
        all.commit()
    }

    /// Takes transfers off the list, or puts them back. They are forgotten at the next start.
    pub(super) fn set_cleared(
        &mut self,
        ids: &[TransferId],
        is_cleared: bool,
    ) -> Result<(), Error> {
        let all = self.db.transaction()?;
        {
            let mut update = all.prepare("UPDATE transfer SET is_cleared = ?2 WHERE id = ?1")?;
            for id in ids {
                update.execute(params![number(*id), is_cleared])?;
            }
        }
        all.commit()
    }
}

fn number(id: TransferId) -> i64 {
    i64::try_from(id.0).unwrap_or(i64::MAX)
}

fn to_sql(error: serde_json::Error) -> Error {
    Error::ToSqlConversionFailure(Box::new(error))
}

/// Whether the file itself is the trouble: garbage, cut short, or from a later Ashore.
fn is_damage(error: &Error) -> bool {
    match error {
        Error::SqliteFailure(error, _) => matches!(
            error.code,
            rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt
        ),
        // No such column or table: not our layout, whatever its number says.
        Error::InvalidQuery | Error::SqlInputError { .. } => true,
        _ => false,
    }
}
