//! The phone that this host pretends to be: its size, its capsule, and what programs are told about it.
use lodger_engine::SystemInfo;
use serde::{Deserialize, Serialize};

/// Window size in CSS pixels: a common phone.
pub const SIZE: (u32, u32) = (390, 844);
/// The capsule's size in CSS pixels, as WeChat draws it.
pub(crate) const CAPSULE: (u32, u32) = (87, 32);
/// Between the capsule and the top and right edges; centred in a navigation bar of 44.
pub(crate) const CAPSULE_MARGIN: (u32, u32) = (6, 7);

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// Dark on light.
    #[default]
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// WeChat's word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// A phone or tablet to pretend to be. Lengths in CSS pixels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Device {
    /// As its maker calls it; programs see it as the model.
    pub name: String,
    /// The screen, upright.
    pub width: u32,
    /// The screen, upright.
    pub height: u32,
    /// Height of the status bar, which lies over the page.
    #[serde(default)]
    pub status_bar: u32,
    /// What the home indicator covers at the bottom.
    #[serde(default)]
    pub bottom: u32,
    /// What is cut out of the screen at the top: `none`, `hole`, `island`. For the drawing only.
    #[serde(default)]
    pub cutout: String,
}

impl Device {
    /// Nothing but a window of this size.
    #[must_use]
    pub fn window((width, height): (u32, u32)) -> Self {
        Self { name: "Desktop".into(), width, height, status_bar: 0, bottom: 0, cutout: String::new() }
    }

    /// Whether a page can be laid out in it, and somebody can look at it.
    pub(crate) fn is_sensible(&self) -> bool {
        let side = 160..=4096;
        side.contains(&self.width)
            && side.contains(&self.height)
            && self.status_bar + self.bottom < self.height / 2
            && self.name.len() <= 100
    }

    /// What `wx.getSystemInfo` is told when it changes while a program runs.
    pub(crate) fn as_change(&self) -> serde_json::Value {
        serde_json::json!({
            "model": self.name,
            "statusBarHeight": self.status_bar,
            "safeAreaBottom": self.bottom,
        })
    }
}

/// The devices to choose from; the first is the default.
#[must_use]
pub fn devices() -> Vec<Device> {
    serde_json::from_str(DEVICES).expect("a test reads the table")
}

/// The table, as the developer's page reads it.
pub(crate) const DEVICES: &str = include_str!("../console/devices.json");

/// What `wx.getSystemInfo` reports on `device`.
pub(crate) fn system_info(device: &Device, theme: Theme) -> SystemInfo {
    let (top, right) = (device.status_bar + CAPSULE_MARGIN.0, CAPSULE_MARGIN.1);
    let left = device.width.saturating_sub(CAPSULE.0 + right);
    SystemInfo {
        brand: "Lodger".into(),
        model: device.name.clone(),
        platform: match std::env::consts::OS {
            "macos" => "mac",
            other => other,
        }
        .into(),
        system: std::env::consts::OS.into(),
        language: language(),
        theme: theme.name().into(),
        status_bar_height: device.status_bar.into(),
        safe_area_bottom: device.bottom.into(),
        menu_button: [left.into(), top.into(), CAPSULE.0.into(), CAPSULE.1.into()],
        network_type: network_type().into(),
        host_name: "Lodger".into(),
        host_version: env!("CARGO_PKG_VERSION").into(),
    }
}

/// `wifi` (also for a cable, as WeChat's tools say) if an interface is up, `none` otherwise, `unknown` where that
/// cannot be seen.
fn network_type() -> &'static str {
    let Ok(interfaces) = std::fs::read_dir("/sys/class/net") else { return "unknown" };
    let up = |path: std::path::PathBuf| {
        // Virtual interfaces do not say whether they are up.
        std::fs::read_to_string(path.join("operstate")).is_ok_and(|state| state.trim() != "down")
    };
    let mut real = interfaces.flatten().filter(|entry| entry.file_name() != "lo");
    if real.any(|entry| up(entry.path())) { "wifi" } else { "none" }
}

/// The user's language in WeChat's form (`en`, `zh_CN`), from the environment.
pub(crate) fn language() -> String {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    wechat_language(locale.as_deref().unwrap_or_default())
}

/// WeChat writes Chinese with its region and most other languages without.
fn wechat_language(locale: &str) -> String {
    let locale = locale.split(['.', '@']).next().unwrap_or_default();
    let plain = locale.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    match locale.split('_').next().unwrap_or_default() {
        "zh" if plain => if locale.len() > 2 { locale } else { "zh_CN" }.into(),
        language if plain && language.len() == 2 => language.into(),
        _ => "en".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_as_wechat_writes_them() {
        for (locale, language) in [
            ("zh_CN.UTF-8", "zh_CN"),
            ("zh_TW", "zh_TW"),
            ("zh", "zh_CN"),
            ("de_DE.UTF-8", "de"),
            ("C.UTF-8", "en"),
            ("", "en"),
            ("zh_'\"", "en"),
        ] {
            assert_eq!(wechat_language(locale), language, "{locale}");
        }
    }

    #[test]
    fn the_capsule_stays_in_a_narrow_window() {
        let capsule = |width| system_info(&Device::window((width, 600)), Theme::Dark).menu_button;
        assert_eq!(capsule(320), [226.0, 6.0, 87.0, 32.0]);
        assert_eq!(capsule(50)[0], 0.0);
    }

    #[test]
    fn the_table_of_devices_is_sound() {
        let devices = devices();
        assert!(devices.iter().all(Device::is_sensible));
        assert!(devices.iter().all(|device| ["none", "hole", "island"].contains(&device.cutout.as_str())));
        let names: std::collections::BTreeSet<_> = devices.iter().map(|device| &device.name).collect();
        assert_eq!(names.len(), devices.len());
    }
}
