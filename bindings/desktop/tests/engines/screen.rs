//! The host's own screen, by real clicks at the places where it draws: capsule, menu, sheets, errors. WebKit only:
//! a browser has none.
use crate::harness::{driver_with, options, picture, program};
use lodger_desktop::{DriverOptions, Entry, HostEvent, Target, Theme, WebEngine};
use std::time::Duration;

/// The middle of the capsule's left button in a window `width` wide.
fn menu_button(width: u32) -> (f64, f64) {
    (f64::from(width) - 7.0 - 87.0 * 0.75, 22.0)
}

fn pictures_of_everything(name: &str, size: (u32, u32), theme: Theme) {
    let mut driver = driver_with(WebEngine::Webkit, DriverOptions { size, theme, ..options() });
    driver.screenshot(&picture(&format!("{name}-0-loading.png"))).unwrap();
    driver.open(&program("plain"), Entry::default()).unwrap();
    driver.page_ready("pages/index/index").unwrap();
    driver.first_content().unwrap();
    driver.find(&Target::css(".add")).unwrap();
    driver.settle(Duration::from_millis(1500)).unwrap();
    driver.screenshot(&picture(&format!("{name}-1-page.png"))).unwrap();
    let (x, y) = menu_button(size.0);
    driver.tap_at(x, y).unwrap();
    driver.settle(Duration::from_millis(400)).unwrap();
    driver.screenshot(&picture(&format!("{name}-2-menu.png"))).unwrap();
    let middle = f64::from(size.1);
    for (tile, at) in [(3.5, "3-about"), (2.5, "4-permissions")] {
        driver.tap_at(16.0 + (f64::from(size.0) - 32.0) / 4.0 * tile, middle - 130.0).unwrap();
        driver.settle(Duration::from_millis(400)).unwrap();
        driver.screenshot(&picture(&format!("{name}-{at}.png"))).unwrap();
        driver.tap_at(f64::from(size.0) / 2.0, middle - 38.0).unwrap();
        driver.settle(Duration::from_millis(400)).unwrap();
    }
    driver.open(&program("plain"), Entry::page("pages/none/none")).unwrap();
    driver.wait("the failure", |event| matches!(event, HostEvent::Failed { .. })).unwrap();
    driver.settle(Duration::from_millis(400)).unwrap();
    driver.screenshot(&picture(&format!("{name}-5-error.png"))).unwrap();
}

#[test]
fn looks() {
    pictures_of_everything("light", (390, 844), Theme::Light);
    pictures_of_everything("dark-narrow", (320, 568), Theme::Dark);
}
