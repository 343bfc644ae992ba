//! Nodes and their bytes in the database: names and contents sealed, contents in pieces, so that a range is read or
//! written without the rest. Everything here runs inside one transaction of the caller.
//!
//! A piece that does not exist, or is short, stands for zeros.
use super::{Fault, Space};
use crate::vault::{Area, Vault};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// Tables of the file areas; steps are only ever added.
pub(super) const SCHEMA: &[&str] = &["CREATE TABLE engine_file (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    area BLOB NOT NULL,
    parent INTEGER REFERENCES engine_file (id) ON DELETE CASCADE,
    name BLOB NOT NULL,
    sealed_name BLOB NOT NULL,
    directory INTEGER NOT NULL,
    temporary INTEGER NOT NULL,
    size INTEGER NOT NULL DEFAULT 0,
    modified INTEGER NOT NULL,
    UNIQUE (area, parent, name)
) STRICT;
CREATE INDEX engine_file_parent ON engine_file (parent);
CREATE INDEX engine_file_use ON engine_file (area, temporary, size);
CREATE TABLE engine_file_piece (
    file INTEGER NOT NULL REFERENCES engine_file (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    UNIQUE (file, number)
) STRICT;"];

/// Bytes of a piece before it is sealed.
const PIECE: u64 = 64 << 10;
/// Bytes kept for one user in one app (`usr` and `store`), WeChat's limit; and as many temporary ones.
pub(super) const MAX_BYTES: u64 = 200 << 20;
/// Files and folders, kept and temporary each.
const MAX_NODES: u64 = 10_000;

/// A file or folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    pub id: i64,
    pub directory: bool,
    pub temporary: bool,
    /// Bytes; 0 for folders.
    pub size: u64,
    /// Seconds since 1970.
    pub modified: u64,
}

const COLUMNS: &str = "id, directory, temporary, size, modified";

fn node(row: &Row<'_>) -> rusqlite::Result<Node> {
    Ok(Node {
        id: row.get(0)?,
        directory: row.get(1)?,
        temporary: row.get(2)?,
        size: row.get(3)?,
        modified: row.get(4)?,
    })
}

/// One user's files in one app, as one transaction sees them.
pub(super) struct Tree<'a> {
    pub db: &'a Connection,
    pub vault: &'a Vault,
    pub area: &'a Area,
    /// Names the root of this session's temporary files.
    pub session: &'a str,
    /// Seconds since 1970.
    pub now: u64,
}

impl Tree<'_> {
    /// What is at `names` under `space`; None if there is nothing.
    pub(super) fn find(&self, space: Space, names: &[String]) -> Result<Option<Node>, Fault> {
        let Some(mut at) = self.root(space)? else { return Ok(None) };
        for name in names {
            if !at.directory {
                return Err(Fault::NotDirectory);
            }
            match self.child(at.id, name)? {
                Some(child) => at = child,
                None => return Ok(None),
            }
        }
        Ok(Some(at))
    }

    /// The folder of a space; one that nothing was written to yet has none.
    fn root(&self, space: Space) -> Result<Option<Node>, Fault> {
        let sql =
            format!("SELECT {COLUMNS} FROM engine_file WHERE area = ?1 AND parent IS NULL AND name = ?2");
        Ok(self.db.query_row(&sql, params![self.area.as_bytes(), self.root_name(space)], node).optional()?)
    }

    /// The folder of a space, made if need be.
    pub(super) fn make_root(&self, space: Space) -> Result<Node, Fault> {
        match self.root(space)? {
            Some(root) => Ok(root),
            None => self.insert(None, self.root_name(space), space.name(), true, space == Space::Temporary),
        }
    }

    fn root_name(&self, space: Space) -> [u8; 32] {
        match space {
            Space::Temporary => self.vault.name(self.area, &format!("tmp {}", self.session)),
            kept => self.vault.name(self.area, kept.name()),
        }
    }

    pub(super) fn child(&self, parent: i64, name: &str) -> Result<Option<Node>, Fault> {
        let sql = format!("SELECT {COLUMNS} FROM engine_file WHERE area = ?1 AND parent = ?2 AND name = ?3");
        let name = self.hidden(parent, name);
        Ok(self.db.query_row(&sql, params![self.area.as_bytes(), parent, name], node).optional()?)
    }

    /// A node by its number; None if it is gone.
    pub(super) fn by_id(&self, id: i64) -> Result<Option<Node>, Fault> {
        let sql = format!("SELECT {COLUMNS} FROM engine_file WHERE area = ?1 AND id = ?2");
        Ok(self.db.query_row(&sql, params![self.area.as_bytes(), id], node).optional()?)
    }

    /// Names and nodes in a folder, sorted by name.
    pub(super) fn children(&self, parent: i64) -> Result<Vec<(String, Node)>, Fault> {
        let sql =
            format!("SELECT {COLUMNS}, name, sealed_name FROM engine_file WHERE area = ?1 AND parent = ?2");
        let rows: Vec<(Node, [u8; 32], Vec<u8>)> = self
            .db
            .prepare(&sql)?
            .query_map(params![self.area.as_bytes(), parent], |row| {
                Ok((node(row)?, row.get(5)?, row.get(6)?))
            })?
            .collect::<Result<_, _>>()?;
        let mut children = Vec::with_capacity(rows.len());
        for (node, name, sealed) in rows {
            let bytes = self.vault.unseal(&self.name_place(&name), &sealed).ok_or(Fault::Damaged)?;
            children.push((String::from_utf8(bytes).map_err(|_| Fault::Damaged)?, node));
        }
        children.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(children)
    }

    /// Makes a file or folder in `parent`; the caller has seen that there is none.
    pub(super) fn create(&self, parent: &Node, name: &str, directory: bool) -> Result<Node, Fault> {
        self.insert(Some(parent.id), self.hidden(parent.id, name), name, directory, parent.temporary)
    }

    /// Makes a file that no path leads to, for bytes that are still arriving. Gone with the session.
    pub(super) fn create_unnamed(&self, name: &str) -> Result<Node, Fault> {
        self.insert(None, self.vault.name(self.area, &format!("arriving {name}")), name, false, true)
    }

    fn insert(
        &self,
        parent: Option<i64>,
        name: [u8; 32],
        plain: &str,
        directory: bool,
        temporary: bool,
    ) -> Result<Node, Fault> {
        self.check_room(0, 1, temporary)?;
        let sealed = self.vault.seal(&self.name_place(&name), plain.as_bytes())?;
        self.db.execute(
            "INSERT INTO engine_file (area, parent, name, sealed_name, directory, temporary, modified)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![self.area.as_bytes(), parent, name, sealed, directory, temporary, self.now],
        )?;
        let id = self.db.last_insert_rowid();
        Ok(Node { id, directory, temporary, size: 0, modified: self.now })
    }

    /// Gives a node another folder and name; the caller has seen that the place is free. Everything below a folder
    /// moves with it.
    pub(super) fn place(&self, moved: &Node, parent: &Node, name: &str) -> Result<(), Fault> {
        if moved.temporary != parent.temporary {
            self.check_room(moved.size, 1, parent.temporary)?;
        }
        let hidden = self.hidden(parent.id, name);
        let sealed = self.vault.seal(&self.name_place(&hidden), name.as_bytes())?;
        self.db.execute(
            "UPDATE engine_file SET parent = ?2, name = ?3, sealed_name = ?4, temporary = ?5 WHERE id = ?1",
            params![moved.id, parent.id, hidden, sealed, parent.temporary],
        )?;
        Ok(())
    }

    /// Removes a node and all below it.
    pub(super) fn remove(&self, id: i64) -> Result<(), Fault> {
        self.db.execute("DELETE FROM engine_file WHERE id = ?1", [id])?;
        Ok(())
    }

    /// Removes this session's temporary files.
    pub(super) fn remove_temporary(&self) -> Result<(), Fault> {
        let sql = "DELETE FROM engine_file WHERE area = ?1 AND parent IS NULL AND name = ?2";
        self.db.execute(sql, params![self.area.as_bytes(), self.root_name(Space::Temporary)])?;
        Ok(())
    }

    /// Bytes from `offset`, as many as there are, at most `length`.
    pub(super) fn read(&self, file: &Node, offset: u64, length: u64) -> Result<Vec<u8>, Fault> {
        let end = offset.saturating_add(length).min(file.size);
        if offset >= end {
            return Ok(Vec::new());
        }
        let mut bytes = Vec::with_capacity(usize::try_from(end - offset).unwrap_or(0));
        for number in offset / PIECE..=(end - 1) / PIECE {
            let mut piece = self.piece(file.id, number)?;
            let start = number * PIECE;
            let (from, to) = (offset.max(start) - start, end.min(start + PIECE) - start);
            piece.resize(index(PIECE), 0);
            bytes.extend_from_slice(&piece[index(from)..index(to)]);
        }
        Ok(bytes)
    }

    /// Puts bytes at `offset`, beyond the end too.
    pub(super) fn write(&self, file: &Node, offset: u64, bytes: &[u8]) -> Result<(), Fault> {
        let end = offset.saturating_add(bytes.len() as u64);
        let size = file.size.max(end);
        self.check_room(size - file.size, 0, file.temporary)?;
        let mut left = bytes;
        let mut at = offset;
        while !left.is_empty() {
            let (number, from) = (at / PIECE, index(at % PIECE));
            let (now, later) = left.split_at(left.len().min(index(PIECE) - from));
            let whole = from == 0 && (now.len() as u64 == PIECE || at + now.len() as u64 >= file.size);
            let mut piece = if whole { Vec::new() } else { self.piece(file.id, number)? };
            piece.resize(piece.len().max(from + now.len()), 0);
            piece[from..from + now.len()].copy_from_slice(now);
            self.put_piece(file.id, number, &piece)?;
            at += now.len() as u64;
            left = later;
        }
        self.resize(file.id, size)
    }

    /// Cuts a file, or lengthens it with zeros.
    pub(super) fn truncate(&self, file: &Node, size: u64) -> Result<(), Fault> {
        self.check_room(size.saturating_sub(file.size), 0, file.temporary)?;
        if size < file.size {
            let last = size / PIECE;
            self.db.execute(
                "DELETE FROM engine_file_piece WHERE file = ?1 AND number >= ?2",
                params![file.id, size.div_ceil(PIECE)],
            )?;
            if !size.is_multiple_of(PIECE) {
                let mut piece = self.piece(file.id, last)?;
                piece.truncate(index(size % PIECE));
                self.put_piece(file.id, last, &piece)?;
            }
        }
        self.resize(file.id, size)
    }

    fn resize(&self, id: i64, size: u64) -> Result<(), Fault> {
        let sql = "UPDATE engine_file SET size = ?2, modified = ?3 WHERE id = ?1";
        self.db.execute(sql, params![id, size, self.now])?;
        Ok(())
    }

    fn piece(&self, file: i64, number: u64) -> Result<Vec<u8>, Fault> {
        let sql = "SELECT sealed FROM engine_file_piece WHERE file = ?1 AND number = ?2";
        let sealed: Option<Vec<u8>> =
            self.db.prepare_cached(sql)?.query_row(params![file, number], |row| row.get(0)).optional()?;
        let Some(sealed) = sealed else { return Ok(Vec::new()) };
        self.vault.unseal(&self.piece_place(file, number), &sealed).ok_or(Fault::Damaged)
    }

    fn put_piece(&self, file: i64, number: u64, bytes: &[u8]) -> Result<(), Fault> {
        let sealed = self.vault.seal(&self.piece_place(file, number), bytes)?;
        let sql = "INSERT OR REPLACE INTO engine_file_piece (file, number, sealed) VALUES (?1, ?2, ?3)";
        self.db.prepare_cached(sql)?.execute(params![file, number, sealed])?;
        Ok(())
    }

    /// Fails if the area cannot take so much more.
    fn check_room(&self, bytes: u64, nodes: u64, temporary: bool) -> Result<(), Fault> {
        if bytes == 0 && nodes == 0 {
            return Ok(());
        }
        let sql =
            "SELECT COALESCE(SUM(size), 0), COUNT(*) FROM engine_file WHERE area = ?1 AND temporary = ?2";
        let (used, count): (u64, u64) =
            self.db.query_row(sql, params![self.area.as_bytes(), temporary], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        if used.saturating_add(bytes) > MAX_BYTES || count + nodes > MAX_NODES {
            return Err(Fault::Full);
        }
        Ok(())
    }

    /// What a name is called in the database: names of different folders cannot be compared.
    fn hidden(&self, parent: i64, name: &str) -> [u8; 32] {
        self.vault.name(self.area, &format!("file {parent}/{name}"))
    }

    fn name_place(&self, name: &[u8; 32]) -> Vec<u8> {
        [self.area.as_bytes(), name, b"file name"].concat()
    }

    fn piece_place(&self, file: i64, number: u64) -> Vec<u8> {
        [self.area.as_bytes(), &file.to_le_bytes(), &number.to_le_bytes(), b"piece"].concat()
    }
}

/// A place within a piece.
fn index(at: u64) -> usize {
    usize::try_from(at).expect("at most the length of a piece")
}
