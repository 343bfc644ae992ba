//! What a desktop has of a phone's functions. What is not here (vibration, brightness, camera, contacts, …) fails
//! with `not supported`, and `canIUse` says so.
use async_trait::async_trait;
use lodger_engine::{Device, DeviceCall, DeviceError};
use serde_json::{Value, json};
use std::{
    path::Path,
    process::{Command, Stdio},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Longest text for the clipboard, in bytes.
const MAX_CLIPBOARD: usize = 1 << 20;

/// The desktop's functions. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct DesktopDevice {
    clipboard: Arc<Mutex<Clipboard>>,
}

/// The system's clipboard; without a display, a text of our own.
#[derive(Default)]
enum Clipboard {
    #[default]
    Unopened,
    System(arboard::Clipboard),
    Own(String),
}

impl Clipboard {
    /// Opened at the first use: most programs never ask.
    fn open(&mut self) -> &mut Self {
        if matches!(self, Self::Unopened) {
            *self = arboard::Clipboard::new().map_or(Self::Own(String::new()), Self::System);
        }
        self
    }

    fn set(&mut self, text: String) -> Result<(), DeviceError> {
        match self.open() {
            Self::System(system) => {
                system.set_text(text).map_err(|_| DeviceError::new("the clipboard cannot be used"))?;
            }
            own => *own = Self::Own(text),
        }
        Ok(())
    }

    fn get(&mut self) -> Result<String, DeviceError> {
        match self.open() {
            Self::System(system) => match system.get_text() {
                // Pictures and files are no text: WeChat gives an empty one.
                Err(arboard::Error::ContentNotAvailable) => Ok(String::new()),
                text => text.map_err(|_| DeviceError::new("the clipboard cannot be used")),
            },
            Self::Own(text) => Ok(text.clone()),
            Self::Unopened => Ok(String::new()),
        }
    }
}

#[async_trait]
impl Device for DesktopDevice {
    fn functions(&self) -> Vec<String> {
        ["setClipboardData", "getClipboardData", "makePhoneCall", "getBatteryInfo"].map(str::to_owned).into()
    }

    async fn call(&self, call: DeviceCall) -> Result<Value, DeviceError> {
        let this = self.clone();
        // Another program owns the clipboard and may be slow to answer.
        let work = tokio::task::spawn_blocking(move || this.carry_out(&call));
        work.await.unwrap_or_else(|_| Err(DeviceError::new("the host could not do it")))
    }
}

impl DesktopDevice {
    fn clipboard(&self) -> MutexGuard<'_, Clipboard> {
        self.clipboard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn carry_out(&self, call: &DeviceCall) -> Result<Value, DeviceError> {
        let text = |name: &str| call.args.get(name).and_then(Value::as_str);
        match call.api.as_str() {
            "setClipboardData" => match text("data") {
                Some(data) if data.len() <= MAX_CLIPBOARD => {
                    self.clipboard().set(data.to_owned()).map(|()| json!({}))
                }
                _ => Err(DeviceError::new("data should be a text of at most 1 MiB")),
            },
            "getClipboardData" => Ok(json!({ "data": self.clipboard().get()? })),
            "makePhoneCall" => dial(text("phoneNumber").unwrap_or_default()),
            "getBatteryInfo" => Ok(battery(Path::new("/sys/class/power_supply"))),
            _ => Err(DeviceError::new("not supported")),
        }
    }
}

/// Hands the number to whatever this desktop calls with. The program has asked the user.
fn dial(number: &str) -> Result<Value, DeviceError> {
    let plain = |c: char| c.is_ascii_digit() || "+*#-() ".contains(c);
    if number.is_empty() || number.len() > 40 || !number.chars().all(plain) {
        return Err(DeviceError::new("phoneNumber is not a telephone number"));
    }
    let number: String = number.chars().filter(|c| !" ()".contains(*c)).collect();
    let mut command = Command::new("xdg-open");
    command.arg(format!("tel:{number}")).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    match command.status() {
        Ok(status) if status.success() => Ok(json!({})),
        _ => Err(DeviceError::new("this computer has no program for telephone calls")),
    }
}

/// A computer without a battery is as good as full and charging.
fn battery(supplies: &Path) -> Value {
    let read = |path: &Path, name: &str| std::fs::read_to_string(path.join(name)).unwrap_or_default();
    let found = std::fs::read_dir(supplies).into_iter().flatten().flatten().map(|entry| entry.path());
    let battery = found
        .filter(|path| read(path, "type").trim() == "Battery" && read(path, "scope").trim() != "Device")
        .find_map(|path| Some((read(&path, "capacity").trim().parse::<u8>().ok()?, path)));
    let (level, charging) = match battery {
        Some((level, path)) => (level.min(100), read(&path, "status").trim() != "Discharging"),
        None => (100, true),
    };
    json!({ "level": level, "isCharging": charging, "isLowPowerModeEnabled": false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_battery_is_read_and_other_supplies_are_not() {
        let supplies = tempfile::tempdir().unwrap();
        let add = |name: &str, files: &[(&str, &str)]| {
            let folder = supplies.path().join(name);
            std::fs::create_dir(&folder).unwrap();
            files.iter().for_each(|(file, text)| std::fs::write(folder.join(file), text).unwrap());
        };
        let none = json!({ "level": 100, "isCharging": true, "isLowPowerModeEnabled": false });
        assert_eq!(battery(supplies.path()), none);
        add("AC", &[("type", "Mains\n")]);
        add("mouse", &[("type", "Battery\n"), ("scope", "Device\n"), ("capacity", "3\n")]);
        add("BAT0", &[("type", "Battery\n"), ("capacity", "57\n"), ("status", "Discharging\n")]);
        let half = json!({ "level": 57, "isCharging": false, "isLowPowerModeEnabled": false });
        assert_eq!(battery(supplies.path()), half);
    }

    #[test]
    fn only_telephone_numbers_are_dialled() {
        for bad in ["", "1;rm", "tel:1", "%2e", "a"] {
            assert!(dial(bad).is_err_and(|error| error.reason.contains("not a telephone")), "{bad}");
        }
    }
}
