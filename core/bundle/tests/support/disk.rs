//! A disk that fails when told to: SQLite's own file layer, with the calls that write in front of it.
//!
//! SQLite has no safe interface for this; everything unsafe in the tests is here.
#![allow(unsafe_code)]
use rusqlite::ffi::{self, sqlite3_file, sqlite3_filename, sqlite3_int64, sqlite3_io_methods, sqlite3_vfs};
use std::{
    cell::Cell,
    ffi::{c_int, c_void},
    ptr,
    sync::{
        Mutex,
        atomic::{AtomicPtr, Ordering::SeqCst},
    },
    thread::LocalKey,
};

/// What fails.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// A write: half of it arrives, then the disk is full.
    Full,
    /// A sync.
    Sync,
}

const NEVER: i64 = i64::MAX;

// For the thread that asked: SQLite writes on the thread that calls it, and other tests go on beside.
thread_local! {
    static WRITES: Cell<i64> = const { Cell::new(NEVER) };
    static SYNCS: Cell<i64> = const { Cell::new(NEVER) };
    static TIMES: Cell<i64> = const { Cell::new(0) };
    static HITS: Cell<u64> = const { Cell::new(0) };
}

static REAL: AtomicPtr<sqlite3_vfs> = AtomicPtr::new(ptr::null_mut());

/// Every database that this process opens from now on lies on this disk. It syncs nothing.
pub fn install() {
    // SAFETY: the system's layer and the copy of it live as long as the process.
    unsafe {
        let real = ffi::sqlite3_vfs_find(ptr::null());
        assert!(!real.is_null());
        REAL.store(real, SeqCst);
        let mut vfs = *real;
        vfs.pNext = ptr::null_mut();
        vfs.zName = c"faulty".as_ptr();
        vfs.xOpen = Some(open);
        assert_eq!(ffi::sqlite3_vfs_register(Box::leak(Box::new(vfs)), 1), ffi::SQLITE_OK);
    }
}

/// After `after` more calls of its kind, `times` calls fail.
pub fn fail(fault: Fault, after: i64, times: i64) {
    heal();
    HITS.set(0);
    TIMES.set(times);
    match fault {
        Fault::Full => WRITES.set(after),
        Fault::Sync => SYNCS.set(after),
    }
}

/// From now on nothing fails. How often something did.
pub fn heal() -> u64 {
    WRITES.set(NEVER);
    SYNCS.set(NEVER);
    HITS.get()
}

fn hit(counter: &'static LocalKey<Cell<i64>>) -> bool {
    let before = counter.get();
    if before == NEVER {
        return false;
    }
    counter.set(before - 1);
    let hit = before <= 0 && before > -TIMES.get();
    HITS.set(HITS.get() + u64::from(hit));
    hit
}

/// Ours first, so that a pointer to it is one to SQLite's table; behind it the one that does the work.
#[repr(C)]
struct Methods {
    ours: sqlite3_io_methods,
    real: *const sqlite3_io_methods,
}

// SAFETY: never changed once made.
unsafe impl Send for Methods {}
// SAFETY: as above.
unsafe impl Sync for Methods {}

/// One for each table of the system's layer; never freed.
static TABLES: Mutex<Vec<&'static Methods>> = Mutex::new(Vec::new());

unsafe extern "C" fn open(
    _: *mut sqlite3_vfs,
    name: sqlite3_filename,
    file: *mut sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: SQLite's arguments go to the layer that they are for. It leaves a table of methods in `file`.
    unsafe {
        let real = REAL.load(SeqCst);
        let code = (*real).xOpen.unwrap()(real, name, file, flags, out);
        let methods = (*file).pMethods;
        if code == ffi::SQLITE_OK && !methods.is_null() {
            let mut tables = TABLES.lock().unwrap();
            let known = tables.iter().find(|table| table.real == methods).copied();
            let table = known.unwrap_or_else(|| {
                let mut ours = *methods;
                ours.xWrite = Some(write);
                ours.xTruncate = Some(truncate);
                ours.xSync = Some(sync);
                let table: &'static Methods = Box::leak(Box::new(Methods { ours, real: methods }));
                tables.push(table);
                table
            });
            (*file).pMethods = &raw const table.ours;
        }
        code
    }
}

/// SAFETY: `file` was opened by [`open`].
unsafe fn real(file: *mut sqlite3_file) -> &'static sqlite3_io_methods {
    // SAFETY: then its table is the first field of a `Methods`.
    unsafe { &*(*(*file).pMethods.cast::<Methods>()).real }
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    bytes: *const c_void,
    length: c_int,
    at: sqlite3_int64,
) -> c_int {
    // SAFETY: SQLite's arguments go on; half of the bytes are there if all are.
    unsafe {
        if hit(&WRITES) {
            real(file).xWrite.unwrap()(file, bytes, length / 2, at);
            return ffi::SQLITE_FULL;
        }
        real(file).xWrite.unwrap()(file, bytes, length, at)
    }
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, size: sqlite3_int64) -> c_int {
    // SAFETY: as in `write`.
    unsafe {
        if hit(&WRITES) {
            return ffi::SQLITE_IOERR_TRUNCATE;
        }
        real(file).xTruncate.unwrap()(file, size)
    }
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, flags: c_int) -> c_int {
    let _ = (file, flags);
    // Nothing here loses power: the real one would only take its time.
    if hit(&SYNCS) { ffi::SQLITE_IOERR_FSYNC } else { ffi::SQLITE_OK }
}
