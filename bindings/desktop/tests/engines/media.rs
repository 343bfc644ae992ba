//! Canvas, audio and video: the pages of `apps/media` check their own functions; fingers and clicks come from here.
use crate::harness::{Told, driver, in_both_engines, picture, program};
use lodger_desktop::{Entry, HostEvent, Target, WebEngine};

fn open(engine: WebEngine, page: &str) -> Told {
    let mut driver = driver(engine);
    driver.open(&program("media"), Entry::page(page)).unwrap();
    driver.page_ready(page).unwrap();
    driver.first_content().unwrap();
    driver
}

fn line(event: &HostEvent) -> Option<&str> {
    match event {
        HostEvent::Console { text, .. } => Some(text),
        _ => None,
    }
}

/// Waits for the page's own checks; all must have passed.
fn checked(driver: &mut Told, at_least: usize) {
    driver.wait("the page's end", |event| line(event) == Some("DONE")).unwrap();
    let lines: Vec<&str> = driver.events().iter().filter_map(line).collect();
    let failed: Vec<_> = lines.iter().filter(|text| text.starts_with("FAIL")).collect();
    assert!(failed.is_empty(), "{failed:#?}");
    let passed = lines.iter().filter(|text| text.starts_with("PASS")).count();
    assert!(passed >= at_least, "only {passed} checks ran");
}

in_both_engines! {
    fn canvases(engine) {
        let mut driver = open(engine, "pages/canvas/canvas");
        checked(&mut driver, 10);
        driver.tap(&Target::css("wx-canvas.old")).unwrap();
        driver.find(&Target::css(".said").with_text("touched at 50 30")).unwrap();
        driver.tap(&Target::css("wx-canvas.new")).unwrap();
        driver.find(&Target::css(".said").with_text("touched at 40 20")).unwrap();
        driver.screenshot(&picture(&format!("canvas-{}.png", engine.name()))).unwrap();
    }

    fn sounds(engine) {
        let mut driver = open(engine, "pages/audio/audio");
        driver.tap(&Target::css(".begin")).unwrap();
        checked(&mut driver, 8);
        driver.screenshot(&picture(&format!("audio-{}.png", engine.name()))).unwrap();
    }

    fn films(engine) {
        let mut driver = open(engine, "pages/video/video");
        driver.screenshot(&picture(&format!("video-1-{}.png", engine.name()))).unwrap();
        driver.tap(&Target::css(".begin")).unwrap();
        checked(&mut driver, 3);
        // By hand: the button in the middle, then those of the bar.
        let said = |text: &str| Target::css(".said").with_text(text);
        driver.tap(&Target::css(".lg-media-play")).unwrap();
        driver.find(&said("play")).unwrap();
        driver.find(&Target::css(".lg-media-title").with_text("A clip")).unwrap();
        driver.tap(&Target::css(".lg-media-track")).unwrap();
        driver.find(&said("seekcomplete")).unwrap();
        driver.tap(&Target::css(".lg-media-bar > .lg-media-play")).unwrap();
        driver.find(&said("pause")).unwrap();
        driver.screenshot(&picture(&format!("video-2-{}.png", engine.name()))).unwrap();
        driver.tap(&Target::css(".lg-media-bar > .lg-media-play")).unwrap();
        driver.find(&said("ended")).unwrap();
        driver.tap(&Target::css(".leave")).unwrap();
        driver.wait("the pause", |event| line(event) == Some("paused behind another page")).unwrap();
    }
}
