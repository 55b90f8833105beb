//! What became of the files of folders, in the pieces in which it is told. Nobody reads them until
//! somebody opens the row, so a start takes no longer for them.

use rusqlite::params;

use super::super::ending::FileEnding;
use super::super::engine::TransferId;
use super::super::manifest;
use super::{Error, Journal, number};

/// The most bytes that are kept of one folder: some 400,000 files. What comes after is not listed.
const MOST_OF_ONE: u64 = 8 * 1024 * 1024;

/// The most bytes that are kept of all folders. Beyond, the oldest are forgotten.
const MOST_OF_ALL: u64 = 64 * 1024 * 1024;

impl Journal {
    /// Makes room for them, and forgets those of transfers that are not there any more.
    pub(super) fn set_up_manifests(db: &rusqlite::Connection) -> Result<(), Error> {
        db.execute_batch(
            "CREATE TABLE IF NOT EXISTS manifest (
                 number INTEGER PRIMARY KEY,
                 transfer INTEGER NOT NULL,
                 piece BLOB NOT NULL
             );
             CREATE INDEX IF NOT EXISTS manifest_of ON manifest (transfer);
             DELETE FROM manifest WHERE transfer NOT IN (SELECT id FROM transfer);",
        )
    }

    /// Writes down one more piece of what became of a folder's files. Lost in a power cut.
    pub(in super::super) fn add_piece(&self, id: TransferId, piece: &[u8]) -> Result<(), Error> {
        let length = |of: &str, id: i64| {
            let query = format!("SELECT coalesce(sum(length(piece)), 0) FROM manifest {of}");
            let length =
                self.db.prepare_cached(&query)?.query_row([id], |row| row.get::<_, i64>(0));
            length.map(i64::unsigned_abs)
        };
        let more = piece.len() as u64;
        if length("WHERE transfer = ?1", number(id))? + more > MOST_OF_ONE {
            return Ok(());
        }
        self.lightly(|db| {
            let sql = "INSERT INTO manifest (transfer, piece) VALUES (?1, ?2)";
            db.execute(sql, params![number(id), piece]).map(drop)
        })?;
        // No transfer has the number 0.
        while length("WHERE transfer != ?1", 0)? > MOST_OF_ALL {
            self.lightly(|db| {
                let sql = "DELETE FROM manifest
                    WHERE transfer = (SELECT transfer FROM manifest ORDER BY number LIMIT 1)";
                db.execute(sql, []).map(drop)
            })?;
        }
        Ok(())
    }

    /// What became of a folder's files, as far as it is written down.
    pub(in super::super) fn manifest(&self, id: TransferId) -> Result<Vec<FileEnding>, Error> {
        let sql = "SELECT piece FROM manifest WHERE transfer = ?1 ORDER BY number";
        let mut pieces = self.db.prepare(sql)?;
        let pieces = pieces.query_map([number(id)], |row| row.get(0))?;
        Ok(manifest::read(&pieces.collect::<Result<Vec<_>, _>>()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_one_folder_nor_all_of_them_fill_the_disk() {
        let journal = Journal::in_memory().unwrap();
        let piece = vec![0; 1024 * 1024];
        let kept = |id| {
            let sql = "SELECT count(*) FROM manifest WHERE transfer = ?1";
            journal.db.query_row(sql, [id], |row| row.get::<_, i64>(0)).unwrap()
        };
        for id in 1..=10 {
            for _ in 0..10 {
                journal.add_piece(TransferId(id), &piece).unwrap();
            }
        }
        let all: Vec<_> = (1..=10).map(kept).collect();
        assert_eq!(all, [0, 0, 8, 8, 8, 8, 8, 8, 8, 8]);
    }
}
