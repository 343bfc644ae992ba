//! A program is used: taps, typing, scrolling, navigation, back.
use crate::harness::{driver, in_both_engines, picture, program};
use lodger_desktop::{Entry, HostEvent, Target};

in_both_engines! {
    fn taps_typing_scrolling_and_navigation(engine) {
        let mut driver = driver(engine);
        driver.open(&program("plain"), Entry::default()).unwrap();
        driver.page_ready("pages/index/index").unwrap();
        assert!(driver.first_content().unwrap() > 0.0);

        driver.tap(&Target::css(".add")).unwrap();
        driver.tap(&Target::css(".add")).unwrap();
        driver.find(&Target::css(".count").with_text("Count 2")).unwrap();

        driver.tap(&Target::css(".name")).unwrap();
        driver.type_text("Zoë 咖").unwrap();
        driver.find(&Target::css(".hello").with_text("Hello Zoë 咖")).unwrap();
        driver.screenshot(&picture(&format!("plain-{}.png", engine.name()))).unwrap();

        driver.scroll_to(&Target::css(".last")).unwrap();
        driver.tap(&Target::css(".last")).unwrap();
        driver.scroll(&Target::css(".last"), -4000.0).unwrap();
        driver.tap(&Target::css(".go")).unwrap();
        driver.page_ready("pages/second/second").unwrap();
        driver.find(&Target::text("From first")).unwrap();
        driver.back().unwrap();
        driver.wait("the first page", |event| matches!(event, HostEvent::Route { stack } if stack.len() == 1)).unwrap();
        driver.find(&Target::css(".count").with_text("Count 3")).unwrap();
    }
}
