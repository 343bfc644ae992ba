//! The store against a model of it in plain maps, under random operations.
use super::bundles::bundle;
use crate::{Bundle, Digest, RunningGuard, Store, StoreError, StoreOptions};
use proptest::{collection, prelude::*};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

const APPS: [&str; 3] = ["a", "b", "c"];
const VERSIONS: usize = 4;
/// Room for about five of the twelve bundles below.
const QUOTA: u64 = 5000;

/// Bundles that share blobs within an app ("shared") and across apps ("common").
static BUNDLES: LazyLock<Vec<Bundle>> = LazyLock::new(|| {
    let make = |app: usize, version: usize| {
        let own = vec![(app * VERSIONS + version) as u8; 600 + 40 * version];
        let shared = vec![100 + app as u8; 400];
        let mut files: Vec<(&str, &[u8])> = vec![("own", &own), ("shared", &shared)];
        if version.is_multiple_of(2) {
            files.push(("common", b"common"));
        }
        bundle(APPS[app], version as u64, &files)
    };
    (0..APPS.len()).flat_map(|app| (0..VERSIONS).map(move |version| make(app, version))).collect()
});

fn length(digest: &Digest) -> u64 {
    BUNDLES.iter().find_map(|bundle| bundle.blobs.get(digest)).unwrap().len() as u64
}

#[derive(Clone, Debug)]
enum Step {
    Install(usize),
    Remove(usize),
    Pin(usize, bool),
    Run(usize),
    Stop(usize),
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let bundle = || 0..APPS.len() * VERSIONS;
    prop_oneof![
        8 => bundle().prop_map(Step::Install),
        1 => (0..APPS.len()).prop_map(Step::Remove),
        2 => (bundle(), any::<bool>()).prop_map(|(at, pinned)| Step::Pin(at, pinned)),
        3 => bundle().prop_map(Step::Run),
        3 => any::<usize>().prop_map(Step::Stop),
        1 => Just(Step::Reopen),
    ]
}

#[derive(Clone, Debug)]
struct Row {
    bundle: usize,
    pinned: bool,
    installed: u64,
    used: u64,
}

/// What the store should hold: rows of bundles, by their number in `BUNDLES`.
#[derive(Clone, Default)]
struct Model {
    rows: Vec<Row>,
    tick: u64,
}

impl Model {
    fn app(bundle: usize) -> usize {
        bundle / VERSIONS
    }

    fn tick(&mut self) -> u64 {
        self.tick += 1;
        self.tick
    }

    fn row(&mut self, bundle: usize) -> Option<&mut Row> {
        self.rows.iter_mut().find(|row| row.bundle == bundle)
    }

    /// Newest first.
    fn versions(&self, app: usize) -> Vec<usize> {
        let mut rows: Vec<&Row> = self.rows.iter().filter(|row| Self::app(row.bundle) == app).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.installed));
        rows.iter().map(|row| row.bundle).collect()
    }

    fn blobs(&self) -> BTreeSet<Digest> {
        self.rows.iter().flat_map(|row| BUNDLES[row.bundle].blobs.keys().copied()).collect()
    }

    fn total(&self) -> u64 {
        self.blobs().iter().map(length).sum()
    }

    /// `None`: over quota, and nothing changes.
    fn install(&self, bundle: usize, running: &BTreeSet<usize>) -> Option<Self> {
        let mut next = self.clone();
        let tick = next.tick();
        match next.row(bundle) {
            Some(row) => (row.installed, row.used) = (tick, tick),
            None => next.rows.push(Row { bundle, pinned: false, installed: tick, used: tick }),
        }
        let old: BTreeSet<usize> =
            (0..APPS.len()).flat_map(|app| next.versions(app).into_iter().skip(2)).collect();
        next.rows.retain(|row| !old.contains(&row.bundle) || row.pinned || running.contains(&row.bundle));
        let mut apps: BTreeMap<usize, u64> = BTreeMap::new();
        for row in next.rows.iter().filter(|row| Self::app(row.bundle) != Self::app(bundle)) {
            let used = apps.entry(Self::app(row.bundle)).or_default();
            *used = row.used.max(*used);
        }
        let mut apps: Vec<(u64, usize)> = apps.into_iter().map(|(app, used)| (used, app)).collect();
        apps.sort();
        for (_, app) in apps {
            let runs = next.versions(app).iter().any(|bundle| running.contains(bundle));
            if next.total() > QUOTA && !runs {
                next.rows.retain(|row| Self::app(row.bundle) != app || row.pinned);
            }
        }
        (next.total() <= QUOTA).then_some(next)
    }
}

/// The store, its guards, and the model side by side.
struct Pair {
    dir: tempfile::TempDir,
    store: Option<Store>,
    running: Vec<(usize, RunningGuard)>,
    model: Model,
}

impl Pair {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut pair = Self { dir, store: None, running: Vec::new(), model: Model::default() };
        pair.reopen();
        pair
    }

    fn reopen(&mut self) {
        self.running.clear();
        self.store = None;
        let (store, report) = Store::open(self.dir.path(), StoreOptions { quota: QUOTA }).unwrap();
        assert!(report.set_aside.is_none());
        self.store = Some(store);
    }

    fn take(&mut self, step: &Step) {
        let store = self.store.clone().unwrap();
        let running: BTreeSet<usize> = self.running.iter().map(|(bundle, _)| *bundle).collect();
        match *step {
            Step::Install(bundle) => {
                match (store.install(&BUNDLES[bundle]), self.model.install(bundle, &running)) {
                    (Ok(installed), Some(next)) => {
                        assert_eq!(installed.digest, BUNDLES[bundle].digest());
                        self.model = next;
                    }
                    (Err(StoreError::QuotaExceeded { .. }), None) => {}
                    (got, expected) => panic!("{got:?}, expected success: {}", expected.is_some()),
                }
            }
            Step::Remove(app) => {
                let runs = running.iter().any(|bundle| Model::app(*bundle) == app);
                match store.remove(APPS[app]) {
                    Ok(()) if !runs => self.model.rows.retain(|row| Model::app(row.bundle) != app),
                    Err(StoreError::InUse { .. }) if runs => {}
                    other => panic!("{other:?}, running: {runs}"),
                }
            }
            Step::Pin(bundle, pinned) => {
                match (store.pin(&BUNDLES[bundle].digest(), pinned), self.model.row(bundle)) {
                    (Ok(()), Some(row)) => row.pinned = pinned,
                    (Err(StoreError::NotFound { .. }), None) => {}
                    (got, row) => panic!("{got:?}, expected {row:?}"),
                }
            }
            Step::Run(bundle) => {
                match (store.run(&BUNDLES[bundle].digest()), self.model.row(bundle).is_some()) {
                    (Ok(guard), true) => {
                        let tick = self.model.tick();
                        self.model.row(bundle).unwrap().used = tick;
                        self.running.push((bundle, guard));
                    }
                    (Err(StoreError::NotFound { .. }), false) => {}
                    (got, there) => panic!("{:?}, expected there: {there}", got.err()),
                }
            }
            Step::Stop(which) => {
                if !self.running.is_empty() {
                    drop(self.running.remove(which % self.running.len()));
                }
            }
            Step::Reopen => self.reopen(),
        }
    }

    fn compare(&self) {
        let store = self.store.as_ref().unwrap();
        for (app, name) in APPS.iter().enumerate() {
            let found = store.versions(name).unwrap();
            let digests: Vec<Digest> = found.iter().map(|bundle| bundle.digest).collect();
            let expected: Vec<Digest> =
                self.model.versions(app).iter().map(|bundle| BUNDLES[*bundle].digest()).collect();
            assert_eq!(digests, expected, "{name}");
            assert_eq!(store.current(name).unwrap().as_ref(), found.first());
        }
        for (at, bundle) in BUNDLES.iter().enumerate() {
            let there = self.model.rows.iter().any(|row| row.bundle == at);
            for file in bundle.index.files() {
                match store.read(&bundle.digest(), &file.path) {
                    Ok(bytes) if there => assert_eq!(*bytes, bundle.blobs[&file.digest]),
                    Err(StoreError::NotFound { .. }) if !there => {}
                    other => panic!("{other:?}, expected there: {there}"),
                }
            }
        }
        let sql = "SELECT count(*), coalesce(sum(length), 0) FROM blob";
        let held: (u64, u64) =
            store.database().read(|db| db.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))).unwrap();
        assert_eq!(held, (self.model.blobs().len() as u64, self.model.total()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn does_what_the_model_does(steps in collection::vec(step(), 1..40)) {
        let mut pair = Pair::new();
        for step in &steps {
            pair.take(step);
            pair.compare();
        }
        prop_assert_eq!(pair.store.unwrap().check().unwrap(), Vec::<String>::new());
    }
}
