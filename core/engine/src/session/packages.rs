//! Subpackages of the running bundle, brought when somebody wants them: a script or a picture of one, a page that lies
//! in one, or the program itself (`wx.preDownloadSubpackage`).
use super::{Inner, calls::Args};
use crate::{
    LodgerError,
    bridge::Answer,
    page_stack::PageUrl,
    releases::Follower,
    repository::Cancel,
    task::{Progress, Task},
};
use lodger_bundle::Digest;
use serde_json::{Value, json};
use std::sync::Arc;

/// Ends a download when nobody waits for it any more. What has arrived is kept.
struct Waiting(Cancel);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

impl Inner {
    /// Returns when the package is on the device. Dropping the future ends its download, unless others wait for it too.
    pub(super) async fn bring_package(
        &self,
        bundle: &Digest,
        package: &str,
        progress: impl Fn(u64, u64) + Send + Sync + 'static,
    ) -> Result<(), LodgerError> {
        if self.shared.store.has_package(bundle, package)? {
            return Ok(());
        }
        let gone = || LodgerError::internal("package-missing", "A part of the program is not installed.");
        let releases = Arc::clone(&self.shared.releases);
        let waiting = Waiting(Cancel::default());
        let (cancel, bundle, package) = (waiting.0.clone(), *bundle, package.to_owned());
        let work = self.shared.runtime().spawn_blocking(move || {
            releases.bring(&bundle, &package, &cancel, &Follower::telling(&cancel, progress))
        });
        work.await.map_err(|_| gone())?
    }

    /// The package that must come before the page of `url` can be shown.
    pub(super) fn package_of_url(&self, args: &Args) -> Option<(Digest, String)> {
        let url = args.get("url").and_then(Value::as_str)?;
        let page = PageUrl::resolve(&self.state().pages.top().path, url).path;
        let code = self.code();
        let package = code.index.package_of(&page);
        if package.is_main() || !code.index.pages.contains(&page) {
            return None;
        }
        match self.shared.store.has_package(&code.digest, &package.name) {
            Ok(false) => Some((code.digest, package.name.clone())),
            // What cannot be read says so when it is read.
            _ => None,
        }
    }

    /// A navigation to a page whose package is not here yet.
    pub(super) async fn navigate_after_package(&self, generation: u64, api: &str, args: &Args) -> Answer {
        if let Some((bundle, package)) = self.package_of_url(args)
            && let Err(error) = self.bring_package(&bundle, &package, |_, _| {}).await
        {
            return failed(api, &package, &error);
        }
        self.navigate(generation, api, args)
    }

    /// `wx.preDownloadSubpackage`: by name or root; progress as of a download.
    pub(super) async fn download_package(self: &Arc<Self>, call: (u64, u64), args: &Args) -> Answer {
        const API: &str = "preDownloadSubpackage";
        let Some(name) = args.get("name").and_then(Value::as_str) else {
            return Answer::fail(API, "parameter.name should be String");
        };
        let code = self.code();
        let root = name.trim_matches('/');
        let named = code.index.packages.iter().find(|package| package.name == name || package.root == root);
        let Some(package) = named else {
            return Answer::fail(API, format_args!("subpackage \"{name}\" is not found"));
        };
        let (task, steps) = (Task::new(self, call, false), Progress::default());
        let progress = move |received, total| {
            if let Some(step) = steps.step(received, total) {
                task.tell(json!({ "received": step }));
            }
        };
        match self.bring_package(&code.digest, &package.name, progress).await {
            Ok(()) => Answer::empty(),
            Err(error) => failed(API, name, &error),
        }
    }
}

/// As WeChat words it.
fn failed(api: &str, package: &str, error: &LodgerError) -> Answer {
    Answer::fail(api, format_args!("download subpackage \"{package}\" fail ({})", error.code))
}
