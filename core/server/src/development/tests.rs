use super::*;
use lodger_bundle::{
    BundleBuilder, Digest, Index, Limits, Store, StoreOptions, Version,
    trust::{
        AnyRoot, DevelopmentRoot, Device, Fetch, FetchError, Trust, TrustError, TrustErrorKind, TrustRoot,
    },
};
use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};
use tempfile::TempDir;

fn bundle(app: &str, code: u64, text: &str) -> Bundle {
    let mut index = Index::template(app, Version { name: format!("0.{code}.0"), code });
    index.pages.push("pages/menu/index".into());
    let mut builder = BundleBuilder::new(index);
    builder.package("main", "", false);
    builder.file("main", "app.json", "application/json", br#"{"name":"Kaffee"}"#.to_vec());
    builder.file("main", "package.js", "text/javascript", text.as_bytes().to_vec());
    builder.finish().unwrap()
}

/// A folder, read as any device's HTTP would.
struct Folder(PathBuf);

impl Fetch for Folder {
    fn get(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, FetchError> {
        match fs::read(self.0.join(path)) {
            Ok(bytes) if bytes.len() as u64 > limit => Err(FetchError::TooLong),
            Ok(bytes) => Ok(Some(bytes)),
            Err(_) => Ok(None),
        }
    }
}

struct Phone {
    trust: Trust,
    _dir: TempDir,
}

impl Phone {
    fn new(root: &[u8]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(dir.path(), StoreOptions { quota: 1 << 24 }).unwrap();
        let root = DevelopmentRoot::parse(root).unwrap();
        Self { trust: Trust::new(store.database().clone(), root).unwrap(), _dir: dir }
    }

    /// The digest of the release that opens, remembered as an installation would.
    fn check(&self, folder: PathBuf, app: &str, later: Duration) -> Result<(u64, Digest), TrustError> {
        let fetch: Arc<dyn Fetch> = Arc::new(Folder(folder));
        let verified = self.trust.check(app, "release", &fetch, SystemTime::now() + later)?;
        let device = Device { app, install_id: "id", ..Device::default() };
        let (choice, signed) = verified.select(&device)?;
        let (index, _) = verified.index(choice.version, &Limits::STRUCTURE, "0.1")?;
        verified.commit()?;
        assert_eq!(index.version.code, choice.version);
        Ok((choice.version, signed.digest))
    }
}

const NOW: Duration = Duration::ZERO;

#[test]
fn a_device_opens_what_was_put_and_then_what_replaced_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut repository = DevelopmentRepository::create(&dir.path().join("dev")).unwrap();
    let phone = Phone::new(&repository.root());
    // Code 0 is what a program without a version has; lower after higher takes devices back.
    for (code, text) in [(0, "one"), (0, "two"), (3, "three"), (3, "four"), (2, "five"), (0, "two")] {
        let built = bundle("coffee", code, text);
        repository.put(&built).unwrap();
        let opened = phone.check(repository.folder(), "coffee", NOW).unwrap();
        assert_eq!(opened, (code, built.digest()), "{text}");
        let stream = built.index.packages[0].stream_digest.to_hex();
        assert!(repository.folder().join(format!("apps/coffee/s/{stream}.zst")).is_file());
    }
    let other = bundle("tea.House", 1, "tea");
    repository.put(&other).unwrap();
    assert_eq!(phone.check(repository.folder(), "tea.House", NOW).unwrap(), (1, other.digest()));
    assert!(repository.put(&bundle("TEA.house", 1, "tea")).is_err(), "one id to a user's eye");
}

#[test]
fn nobody_else_s_root_opens_it_and_it_is_never_a_release_root() {
    let dir = tempfile::tempdir().unwrap();
    let mut one = DevelopmentRepository::create(&dir.path().join("one")).unwrap();
    let two = DevelopmentRepository::create(&dir.path().join("two")).unwrap();
    one.put(&bundle("coffee", 1, "one")).unwrap();
    let error = Phone::new(&two.root()).check(one.folder(), "coffee", NOW).unwrap_err();
    assert_eq!(error.kind(), TrustErrorKind::Untrusted, "{error}");
    assert!(TrustRoot::parse(&one.root()).is_err());
    assert!(matches!(AnyRoot::parse(&one.root()), Ok(AnyRoot::Development(_))));
}

#[test]
fn a_kept_one_is_the_same_later_and_signed_anew() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dev");
    let mut first = DevelopmentRepository::open_or_create(&path).unwrap();
    first.put(&bundle("coffee", 1, "one")).unwrap();
    let (phone, root) = (Phone::new(&first.root()), first.root());
    phone.check(first.folder(), "coffee", NOW).unwrap();
    drop(first);

    // As if it had been made a month ago: everything that is online has expired since.
    let month = Duration::from_secs(30 * 24 * 60 * 60);
    let expired = phone.check(path.join("repository"), "coffee", month).unwrap_err();
    assert_eq!(expired.kind(), TrustErrorKind::Stale, "{expired}");
    let mut again = DevelopmentRepository::open_or_create(&path).unwrap();
    assert_eq!(again.root(), root);
    let six = Duration::from_secs(6 * 24 * 60 * 60);
    phone.check(again.folder(), "coffee", six).unwrap();
    again.put(&bundle("coffee", 1, "two")).unwrap();
    let replaced = bundle("coffee", 1, "two").digest();
    assert_eq!(phone.check(again.folder(), "coffee", NOW).unwrap().1, replaced);
    #[cfg(unix)]
    for key in fs::read_dir(path.join("keys")).unwrap() {
        let mode = std::os::unix::fs::PermissionsExt::mode(&key.unwrap().metadata().unwrap().permissions());
        assert_eq!(mode & 0o077, 0, "{mode:o}");
    }
}

#[test]
fn keys_that_are_not_kept_open_for_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dev");
    drop(DevelopmentRepository::create(&path).unwrap());
    assert!(matches!(DevelopmentRepository::open_or_create(&path), Err(RepositoryError::Keys(_))));
    assert!(matches!(DevelopmentRepository::create(&path), Err(RepositoryError::Keys(_))));
}

#[test]
fn a_broken_off_beginning_is_begun_again() {
    let dir = tempfile::tempdir().unwrap();
    drop(DevelopmentRepository::open_or_create(dir.path()).unwrap());
    fs::remove_file(dir.path().join("repository/trust-root.json")).unwrap();
    fs::remove_file(dir.path().join("keys/keys.json")).unwrap();
    let mut again = DevelopmentRepository::open_or_create(dir.path()).unwrap();
    again.put(&bundle("coffee", 1, "one")).unwrap();
    Phone::new(&again.root()).check(again.folder(), "coffee", NOW).unwrap();
}

/// The storage has a runtime of its own, which cannot be waited for inside another.
#[tokio::test]
async fn it_works_inside_an_executor() {
    let dir = tempfile::tempdir().unwrap();
    let mut repository = DevelopmentRepository::create(&dir.path().join("dev")).unwrap();
    repository.put(&bundle("coffee", 1, "one")).unwrap();
}

#[test]
fn addresses_are_escaped() {
    assert_eq!(file_url(Path::new("/a b/ä%/c")), "file:///a%20b/%C3%A4%25/c");
}
