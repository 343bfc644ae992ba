//! What a desktop has of a phone's functions. What is not here (vibration, brightness, camera, contacts, …) fails
//! with `not supported`, and `canIUse` says so.
use async_trait::async_trait;
use lodger_engine::{Device, DeviceCall, DeviceError};
use serde_json::{Value, json};
use std::{
    ffi::OsStr,
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tempfile::TempDir;

/// Longest text for the clipboard, in bytes.
const MAX_CLIPBOARD: usize = 1 << 20;

/// What `openDocument` takes (WeChat: wx.openDocument, fileType).
const DOCUMENTS: [&str; 7] = ["doc", "docx", "xls", "xlsx", "ppt", "pptx", "pdf"];

/// The desktop's functions. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct DesktopDevice {
    clipboard: Arc<Mutex<Clipboard>>,
    /// Files that were opened in other programs; they go with the host.
    opened: Arc<Mutex<Option<TempDir>>>,
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
        [
            "setClipboardData",
            "getClipboardData",
            "makePhoneCall",
            "getBatteryInfo",
            "saveImageToPhotosAlbum",
            "saveVideoToPhotosAlbum",
            "openDocument",
        ]
        .map(str::to_owned)
        .into()
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

    fn open(&self, call: &DeviceCall) -> Result<Value, DeviceError> {
        let file = call.file.as_ref().ok_or_else(|| DeviceError::new("file doesn't exist"))?;
        let wanted = call.args.get("fileType").and_then(Value::as_str);
        let ending = wanted.or(Path::new(&file.name).extension().and_then(OsStr::to_str)).unwrap_or_default();
        if !DOCUMENTS.contains(&ending.to_ascii_lowercase().as_str()) {
            return Err(DeviceError::new("filetype not supported"));
        }
        let failed = |_| DeviceError::new("the file could not be opened");
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = match &mut *opened {
            Some(folder) => folder,
            none => none.insert(tempfile::tempdir().map_err(failed)?),
        };
        let mut target = tempfile::Builder::new()
            .suffix(&format!(".{ending}"))
            .tempfile_in(folder.path())
            .map_err(failed)?;
        target.write_all(&file.bytes).map_err(failed)?;
        let (_, path) = target.keep().map_err(|error| failed(error.error))?;
        hand_over(path, "this computer has no program for such documents")
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
            "saveImageToPhotosAlbum" => save(call, "image/", dirs::picture_dir(), "Pictures"),
            "saveVideoToPhotosAlbum" => save(call, "video/", dirs::video_dir(), "Videos"),
            "openDocument" => self.open(call),
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
    hand_over(format!("tel:{number}"), "this computer has no program for telephone calls")
}

/// Opens an address or a file with whatever this desktop has for it.
fn hand_over(what: impl AsRef<OsStr>, otherwise: &str) -> Result<Value, DeviceError> {
    let mut command = Command::new("xdg-open");
    command.arg(what).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    match command.status() {
        Ok(status) if status.success() => Ok(json!({})),
        _ => Err(DeviceError::new(otherwise)),
    }
}

/// Puts a picture or film of the program among the user's own, under a name of ours.
fn save(
    call: &DeviceCall,
    family: &str,
    folder: Option<PathBuf>,
    otherwise: &str,
) -> Result<Value, DeviceError> {
    let file = call.file.as_ref().filter(|file| file.mime.starts_with(family));
    let file = file.ok_or_else(|| DeviceError::new("invalid file type"))?;
    let folder = folder.or_else(|| Some(dirs::home_dir()?.join(otherwise)));
    let folder = folder.ok_or_else(|| DeviceError::new("this computer has no folder for it"))?;
    let ending = file.mime.trim_start_matches(family).trim_end_matches("+xml");
    let saved = fs::create_dir_all(&folder).and_then(|()| {
        let prefix = format!("{}-", call.caller.app);
        let mut target =
            tempfile::Builder::new().prefix(&prefix).suffix(&format!(".{ending}")).tempfile_in(&folder)?;
        target.write_all(&file.bytes)?;
        Ok(target.keep()?)
    });
    saved.map(|_| json!({})).map_err(|_| DeviceError::new("the file could not be saved"))
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
    use lodger_engine::{Caller, DeviceFile};

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

    fn call(api: &str, file: Option<DeviceFile>) -> DeviceCall {
        let caller = Caller { app: "coffee".into(), user: "ann".into(), index: String::new() };
        DeviceCall { caller, api: api.into(), args: json!({}), file }
    }

    #[test]
    fn a_picture_is_saved_under_a_name_of_ours_and_nothing_else_is() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("Pictures");
        let file = |name: &str, mime: &str| {
            Some(DeviceFile { name: name.into(), mime: mime.into(), bytes: b"png".to_vec() })
        };
        let image = call("saveImageToPhotosAlbum", file("../../evil.png", "image/png"));
        assert_eq!(save(&image, "image/", Some(folder.clone()), "Pictures"), Ok(json!({})));
        let saved: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        let name = saved[0].file_name().unwrap().to_string_lossy().into_owned();
        assert!(saved.len() == 1 && name.starts_with("coffee-") && name.ends_with(".png"), "{saved:?}");
        assert_eq!(fs::read(&saved[0]).unwrap(), b"png");
        for file in [None, file("a.exe", "application/octet-stream"), file("a.webm", "video/webm")] {
            let refused =
                save(&call("saveImageToPhotosAlbum", file), "image/", Some(folder.clone()), "Pictures");
            assert_eq!(refused, Err(DeviceError::new("invalid file type")));
        }
    }

    #[test]
    fn only_documents_are_opened() {
        let file =
            |name: &str| Some(DeviceFile { name: name.into(), mime: String::new(), bytes: Vec::new() });
        let device = DesktopDevice::default();
        for (file, reason) in [
            (None, "file doesn't exist"),
            (file("a.sh"), "filetype not supported"),
            (file("pdf"), "filetype not supported"),
        ] {
            assert_eq!(device.open(&call("openDocument", file)), Err(DeviceError::new(reason)));
        }
    }

    #[test]
    fn only_telephone_numbers_are_dialled() {
        for bad in ["", "1;rm", "tel:1", "%2e", "a"] {
            assert!(dial(bad).is_err_and(|error| error.reason.contains("not a telephone")), "{bad}");
        }
    }
}
