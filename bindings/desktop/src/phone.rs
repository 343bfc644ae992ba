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

/// What `wx.getSystemInfo` reports in a window `width` wide.
pub(crate) fn system_info(width: u32, theme: Theme) -> SystemInfo {
    let (top, right) = CAPSULE_MARGIN;
    let left = width.saturating_sub(CAPSULE.0 + right);
    SystemInfo {
        brand: "Lodger".into(),
        model: "Desktop".into(),
        platform: match std::env::consts::OS {
            "macos" => "mac",
            other => other,
        }
        .into(),
        system: std::env::consts::OS.into(),
        language: language(),
        theme: theme.name().into(),
        status_bar_height: 0.0,
        safe_area_bottom: 0.0,
        menu_button: [left.into(), top.into(), CAPSULE.0.into(), CAPSULE.1.into()],
        host_name: "Lodger".into(),
        host_version: env!("CARGO_PKG_VERSION").into(),
    }
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
        assert_eq!(system_info(320, Theme::Dark).menu_button, [226.0, 6.0, 87.0, 32.0]);
        assert_eq!(system_info(50, Theme::Light).menu_button[0], 0.0);
    }
}
