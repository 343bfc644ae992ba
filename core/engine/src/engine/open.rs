//! One open: from an app id to a session with a fixed identity. Blocks on the disk, and on the network where it must.
use super::{OpenRequest, Shared};
use crate::{
    ErrorKind, LodgerError,
    app_config::AppConfig,
    exit_state::ExitStates,
    files::{Files, FilesOf},
    gate::Gate,
    permissions::Permissions,
    releases::{Opened, Wanted, follow},
    repository::Cancel,
    session::{Code, Identity, Inner, LaunchOptions, Parts},
    storage::Storage,
    url_policy::UrlPolicy,
    users, vault,
};
use std::sync::Arc;

pub(super) fn open(
    shared: &Arc<Shared>,
    request: OpenRequest,
    cancel: &Cancel,
) -> Result<Arc<Inner>, LodgerError> {
    let store = &shared.store;
    shared.network_is(&request.system.network_type);
    let Opened { bundle: installed, release, then } = shared.releases.open(&Wanted {
        app: &request.app,
        page: request.path.as_deref(),
        listener: &request.listener,
        cancel,
    })?;
    // From here on the bundle stays, whatever else is installed.
    let running = store.run(&installed.digest)?;
    let index = store.index(&installed.digest)?;
    let config = AppConfig::parse(&store.read(&installed.digest, "app.json")?).ok_or_else(|| {
        LodgerError::new(
            ErrorKind::Incompatible,
            "app-json",
            "The program's app.json is not a JSON object. Build the program again.",
        )
    })?;
    let name = index.w3c.get("name").and_then(|name| name.as_str()).or(config.name()).unwrap_or(&index.app);
    let area = shared.vault.area(&request.user, &request.app);
    let label = shared.vault.label(&request.user, &request.app);
    let database = store.database().clone();
    users::note(&database, &shared.vault, &request.user, &area)?;
    let identity = Identity {
        id: vault::random_token()?,
        name: name.to_owned(),
        icon: config.icon().map(str::to_owned),
        version: index.version.name.clone(),
        origin: request.surface.origin.origin(&label),
        app: request.app,
        user: request.user,
        label,
        area,
    };
    let code = Code { digest: installed.digest, index: Arc::clone(&index), config: Arc::new(config) };
    let gate = Arc::new(Gate::default());
    let exit = ExitStates::new(database.clone(), Arc::clone(&shared.vault), area, Arc::clone(&gate));
    // Taken in any case: a program that is opened somewhere else has forgotten where it was left.
    let left = exit.take(shared.host.clock.now())?.filter(|left| {
        request.path.is_none() && index.pages.contains(&left.path) && code.config.restarts_at(&left.path)
    });
    let (path, query, exit_state) = match left {
        Some(left) => (Some(left.path), left.query, left.data),
        None => (request.path, request.query, serde_json::Value::Null),
    };
    let launch = LaunchOptions::new(&index.pages, path, query, request.scene, request.referrer)?
        .with_exit_state(exit_state);
    let permissions = Permissions::new(
        database.clone(),
        area,
        Arc::clone(&gate),
        Arc::clone(&shared.host.prompts),
        &identity.app,
        &identity.name,
        code.config.scope_reasons(),
    );
    let files = Files::new(FilesOf {
        store: store.clone(),
        vault: Arc::clone(&shared.vault),
        area,
        gate: Arc::clone(&gate),
        clock: Arc::clone(&shared.host.clock),
        index: Arc::clone(&index),
        digest: installed.digest,
        session: identity.id.clone(),
    });
    let start = shared.releases.begin(&installed)?;
    let inner = Inner::start(Parts {
        files,
        release,
        start,
        shared: Arc::clone(shared),
        policy: UrlPolicy::new(&index.domains, shared.development()),
        storage: Storage::new(database, Arc::clone(&shared.vault), area, Arc::clone(&gate)),
        exit,
        identity,
        gate,
        permissions,
        code,
        launch,
        running,
        system: request.system,
        surface: request.surface,
        listener: request.listener,
    })?;
    follow(&shared.releases, &inner, then);
    Ok(inner)
}
