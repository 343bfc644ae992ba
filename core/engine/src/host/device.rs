//! Functions of the device that a host may have or not: clipboard, vibration, location, camera, contacts (DESIGN 11).
use super::Caller;
use async_trait::async_trait;
use serde_json::Value;

/// A call of one device function.
#[derive(Clone, Debug)]
pub struct DeviceCall {
    /// Who calls.
    pub caller: Caller,
    /// The function's name, one of `Device::functions`.
    pub api: String,
    /// What the program passed: untrusted.
    pub args: Value,
    /// The file that the program named, where the function takes one.
    pub file: Option<DeviceFile>,
}

/// A file of the program, for functions that give it to the device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceFile {
    /// Last part of its path, from the program: not to be used as a path.
    pub name: String,
    /// By its name's ending; `application/octet-stream` for all but pictures, fonts, sound and film.
    pub mime: String,
    /// At most 64 MiB.
    pub bytes: Vec<u8>,
}

/// Why a device function failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceError {
    /// In WeChat's words where it has some: the page gets `<api>:fail <reason>`. No user data.
    pub reason: String,
    /// WeChat's number, where it documents one.
    pub errno: Option<u32>,
}

impl DeviceError {
    /// Without a number.
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), errno: None }
    }
}

/// Some functions of the device, as one artefact brings them. Register it with `Engine::register_device`; a function
/// that nobody registered fails with `not supported`. Before a call the engine has checked capability and scope.
#[async_trait]
pub trait Device: Send + Sync {
    /// Rows of the registry of kind `device`.
    fn functions(&self) -> Vec<String>;
    /// Does the work; the result is an object, without `errMsg`. Dropping the future gives it up.
    async fn call(&self, call: DeviceCall) -> Result<Value, DeviceError>;
}
