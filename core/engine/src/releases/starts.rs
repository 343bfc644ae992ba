//! How each bundle's starts ended: two deaths before the first content in a row, and another release is opened
//! (DESIGN 6, crash fallback). Also which bundle was opened last.
//!
//! A start is written down before the program runs. What is still open when the engine starts again has died with the
//! process. Content makes everything good; a program that is closed before that says nothing about it.
use crate::LodgerError;
use lodger_bundle::{Database, Digest};
use rusqlite::params;
use std::sync::{Mutex, PoisonError};

/// Deaths in a row that count as a crash loop.
pub(crate) const LOOP: u64 = 2;

const SCHEMA: &[&str] = &["CREATE TABLE engine_start (
    app TEXT NOT NULL,
    digest BLOB NOT NULL,
    deaths INTEGER NOT NULL,
    pending INTEGER NOT NULL,
    opened INTEGER NOT NULL,
    PRIMARY KEY (app, digest)
) STRICT;"];

/// The table. Blocks on the disk.
#[derive(Clone)]
pub(crate) struct Starts {
    database: Database,
}

/// What is known of one bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    pub digest: Digest,
    pub deaths: u64,
    /// Greater is later.
    pub opened: u64,
}

/// How a start ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Content,
    Closed,
    Died,
}

impl Starts {
    /// Counts what the last process did not finish. Once per engine.
    pub(crate) fn open(database: &Database) -> Result<Self, LodgerError> {
        database.migrate("start", SCHEMA)?;
        database.write(|tx| {
            tx.execute("UPDATE engine_start SET deaths = deaths + 1, pending = 0 WHERE pending > 0", [])
        })?;
        Ok(Self { database: database.clone() })
    }

    /// All bundles of a program that were opened.
    pub(crate) fn of(&self, app: &str) -> Result<Vec<Known>, LodgerError> {
        let sql = "SELECT digest, deaths, opened FROM engine_start WHERE app = ?1";
        Ok(self.database.read(|reader| {
            let mut statement = reader.prepare_cached(sql)?;
            let mut rows = statement.query([app])?;
            let mut known = Vec::new();
            while let Some(row) = rows.next()? {
                if let Some(digest) = Digest::from_bytes(row.get_ref(0)?.as_blob()?) {
                    known.push(Known { digest, deaths: row.get(1)?, opened: row.get(2)? });
                }
            }
            Ok(known)
        })?)
    }

    /// Writes down that a bundle starts now; forgets the program's bundles that are not `installed` any more.
    pub(crate) fn begin(
        &self,
        app: &str,
        digest: Digest,
        installed: &[Digest],
    ) -> Result<Start, LodgerError> {
        let gone: Vec<Digest> = self
            .of(app)?
            .iter()
            .map(|known| known.digest)
            .filter(|known| !installed.contains(known))
            .collect();
        self.database.write(|tx| {
            for digest in gone {
                tx.execute(
                    "DELETE FROM engine_start WHERE app = ?1 AND digest = ?2",
                    params![app, digest.as_bytes().as_slice()],
                )?;
            }
            tx.execute(
                "INSERT INTO engine_start
                 SELECT ?1, ?2, 0, 1, coalesce(max(opened), 0) + 1 FROM engine_start WHERE true
                 ON CONFLICT (app, digest) DO UPDATE SET pending = pending + 1, opened = excluded.opened",
                params![app, digest.as_bytes().as_slice()],
            )
        })?;
        Ok(Start { starts: self.clone(), app: app.to_owned(), digest: Mutex::new(Some(digest)) })
    }

    fn end(&self, app: &str, digest: Digest, end: End) -> Result<u64, LodgerError> {
        let change = match end {
            End::Content => "deaths = 0",
            End::Closed => "deaths = deaths",
            End::Died => "deaths = deaths + 1",
        };
        let key = params![app, digest.as_bytes().as_slice()];
        // Another session of the same bundle may have been counted as dead with the process meanwhile: never below 0.
        let sql = format!(
            "UPDATE engine_start SET {change}, pending = max(pending - 1, 0)
             WHERE app = ?1 AND digest = ?2 RETURNING deaths"
        );
        let deaths = self.database.write(|tx| {
            let mut statement = tx.prepare(&sql)?;
            let mut rows = statement.query(key)?;
            rows.next()?.map_or(Ok(0), |row| row.get(0))
        })?;
        Ok(deaths)
    }
}

/// One start under way; dropping it without a word means that the program was closed.
pub(crate) struct Start {
    starts: Starts,
    app: String,
    /// None once it has ended.
    digest: Mutex<Option<Digest>>,
}

impl Start {
    /// The program has shown something.
    pub(crate) fn content(&self) -> Result<(), LodgerError> {
        self.end(End::Content).map(drop)
    }

    /// The program failed before it showed anything. True if it has done so too often now.
    pub(crate) fn died(&self) -> Result<bool, LodgerError> {
        Ok(self.end(End::Died)? == Some(LOOP))
    }

    /// The program was closed.
    pub(crate) fn closed(&self) -> Result<(), LodgerError> {
        self.end(End::Closed).map(drop)
    }

    /// The deaths counted; None if it had ended before.
    fn end(&self, end: End) -> Result<Option<u64>, LodgerError> {
        let digest = self.digest.lock().unwrap_or_else(PoisonError::into_inner).take();
        digest.map(|digest| self.starts.end(&self.app, digest, end)).transpose()
    }
}

impl Drop for Start {
    fn drop(&mut self) {
        // Where this fails, one death too many is counted: another release runs, and nothing is lost.
        let _ = self.closed();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lodger_bundle::{Store, StoreOptions};

    fn starts(dir: &std::path::Path) -> Starts {
        let (store, _) = Store::open(dir, StoreOptions { quota: 1 << 20 }).expect("opens");
        Starts::open(store.database()).expect("migrates")
    }

    fn deaths(starts: &Starts) -> u64 {
        starts.of("coffee").expect("readable").first().map_or(0, |known| known.deaths)
    }

    #[test]
    fn deaths_add_up_until_there_is_content() {
        let dir = tempfile::tempdir().expect("a folder");
        let (digest, starts) = (Digest::of(b"1"), starts(dir.path()));
        let begin = || starts.begin("coffee", digest, &[digest]).expect("written");
        assert!(!begin().died().expect("written"));
        let second = begin();
        assert!(second.died().expect("written"));
        assert!(!second.died().expect("ended before"), "one start dies once");
        drop(second);
        assert_eq!(deaths(&starts), 2);
        drop(begin());
        assert_eq!(deaths(&starts), 2, "closing says nothing");
        let good = begin();
        good.content().expect("written");
        assert!(!good.died().expect("ended before"), "what comes after is no failed start");
        assert_eq!(deaths(&starts), 0);
    }

    #[test]
    fn a_process_that_dies_counts_once() {
        let dir = tempfile::tempdir().expect("a folder");
        let digest = Digest::of(b"1");
        let before = starts(dir.path());
        let left: Vec<_> =
            (0..3).map(|_| before.begin("coffee", digest, &[digest]).expect("written")).collect();
        assert_eq!(deaths(&before), 0, "sessions side by side are no deaths");
        let after = starts(dir.path());
        assert_eq!(deaths(&after), 1);
        assert_eq!(deaths(&starts(dir.path())), 1, "and once only");
        drop(left);
        assert_eq!(deaths(&after), 1);
    }

    #[test]
    fn bundles_that_are_gone_are_forgotten() {
        let dir = tempfile::tempdir().expect("a folder");
        let (one, two, starts) = (Digest::of(b"1"), Digest::of(b"2"), starts(dir.path()));
        drop(starts.begin("coffee", one, &[one]).expect("written"));
        drop(starts.begin("tea", one, &[one]).expect("written"));
        drop(starts.begin("coffee", two, &[two]).expect("written"));
        let known = starts.of("coffee").expect("readable");
        assert_eq!(known.iter().map(|known| known.digest).collect::<Vec<_>>(), [two]);
        assert_eq!(starts.of("tea").expect("readable").len(), 1, "another program's stay");
    }
}
