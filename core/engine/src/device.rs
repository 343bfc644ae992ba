//! Calls of rows of kind `device`: passed to whoever registered the function, after the permission check.
use crate::{
    Caller, Device, DeviceCall, DeviceFile, LodgerError, bridge::Answer, engine::Shared, files::mime_of,
    registry, session::Inner,
};
use serde_json::{Map, Value, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

/// Who carries out which function; a later registration takes an earlier one's place.
#[derive(Default)]
pub(crate) struct Devices(RwLock<BTreeMap<String, Arc<dyn Device>>>);

impl Devices {
    pub(crate) fn register(&self, device: Arc<dyn Device>) -> Result<(), LodgerError> {
        let functions = device.functions();
        let known = |name: &String| registry::Registry::get().is_device(name);
        if !functions.iter().all(known) {
            return Err(LodgerError::internal(
                "device-function",
                "A device function is a row of kind `device` in the engine's registry. Use a host function for others.",
            ));
        }
        let mut devices = self.0.write().unwrap_or_else(PoisonError::into_inner);
        devices.extend(functions.into_iter().map(|name| (name, Arc::clone(&device))));
        Ok(())
    }

    /// Names for the launch object, so that `canIUse` tells the truth.
    pub(crate) fn names(&self) -> Vec<String> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).contains_key(name)
    }

    fn get(&self, name: &str) -> Option<Arc<dyn Device>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }
}

/// Carries out one call; `name` is the row, `api` how the page called it.
pub(crate) async fn call(inner: &Inner, api: &str, name: &str, args: Map<String, Value>) -> Answer {
    let shared: &Shared = &inner.shared;
    let Some(device) = shared.devices.get(name) else { return Answer::fail(api, "not supported") };
    let caller = Caller {
        app: inner.identity.app.clone(),
        user: inner.identity.user.clone(),
        index: inner.code().digest.to_hex(),
    };
    let file = match file(inner, name, &args) {
        Ok(file) => file,
        Err(refusal) => return Answer::fail(api, refusal),
    };
    let call = DeviceCall { caller, api: name.to_owned(), args: Value::Object(args), file };
    match device.call(call).await {
        Ok(result @ Value::Object(_)) => Answer::Ok(result),
        Ok(_) => Answer::Ok(json!({})),
        Err(error) => {
            let answer = Answer::fail(api, error.reason);
            match error.errno {
                Some(number) => answer.with_errno(number),
                None => answer,
            }
        }
    }
}

/// Longest file that a device function gets.
const MAX_FILE: u64 = 64 << 20;

/// The file that the call names, if its row says that it names one.
fn file(inner: &Inner, name: &str, args: &Map<String, Value>) -> Result<Option<DeviceFile>, String> {
    let row = registry::Registry::get().row(name);
    let Some(argument) = row.and_then(|row| row.file.as_deref()) else { return Ok(None) };
    let Some(path) = args.get(argument).and_then(Value::as_str) else {
        return Err(format!("parameter error: parameter.{argument} should be String"));
    };
    let bytes = inner.files.read_whole(path, MAX_FILE).map_err(|fault| fault.to_string())?;
    let name = path.rsplit('/').next().unwrap_or_default().to_owned();
    Ok(Some(DeviceFile { mime: mime_of(&name).to_owned(), name, bytes }))
}
