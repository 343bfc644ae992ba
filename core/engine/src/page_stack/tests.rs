use super::*;
use proptest::prelude::*;

fn list(paths: &[&str]) -> Vec<String> {
    paths.iter().map(|path| (*path).to_owned()).collect()
}

fn stack() -> PageStack {
    let pages =
        list(&["pages/home/home", "pages/cart/cart", "pages/item/item", "pages/item/more", "deep/a/b"]);
    let tabs = list(&["pages/home/home", "pages/cart/cart", "not/a/page"]);
    PageStack::new(&pages, &tabs, "pages/home/home", Query::new()).expect("listed")
}

fn paths(route: &Route) -> Vec<&str> {
    route.stack.iter().map(|page| page.path.as_str()).collect()
}

#[test]
fn urls_are_relative_to_the_top_page() {
    let mut stack = stack();
    let route = stack.navigate_to("../item/item?a=1&b&c=x=y&a=2").expect("exists");
    assert_eq!(paths(&route), ["pages/home/home", "pages/item/item"]);
    let query = [("a", "2"), ("b", ""), ("c", "x=y")].map(|(n, v)| (n.to_owned(), v.to_owned()));
    assert_eq!(route.stack[1].query, Query::from(query));
    assert_eq!(stack.navigate_to("./more").expect("exists").stack[2].path, "pages/item/more");
    assert_eq!(stack.navigate_to("/deep/a/b").expect("exists").stack[3].path, "deep/a/b");
}

#[test]
fn errors_are_worded_as_in_wechat() {
    let mut stack = stack();
    let text = |result: Result<Route, RouteError>| result.expect_err("refused").to_string();
    assert_eq!(text(stack.navigate_to("/pages/x/y?z=1")), r#"page "pages/x/y" is not found"#);
    assert_eq!(text(stack.navigate_to("/pages/cart/cart")), "can not navigateTo a tabbar page");
    assert_eq!(text(stack.redirect_to("/pages/cart/cart")), "can not redirectTo a tabbar page");
    assert_eq!(text(stack.switch_tab("/pages/item/item")), "can not switch to no-tabBar page");
    assert_eq!(text(stack.navigate_back(1)), "cannot navigate back at first page");
    for _ in 1..MAX_PAGES {
        stack.navigate_to("/pages/item/item").expect("fits");
    }
    assert_eq!(text(stack.navigate_to("/pages/item/item")), "webview count limit exceed");
}

#[test]
fn tab_pages_stay_alive_and_keep_their_ids() {
    let mut stack = stack();
    stack.navigate_to("/pages/item/item").expect("exists");
    let route = stack.switch_tab("/pages/cart/cart").expect("a tab");
    assert_eq!((paths(&route), route.alive.clone()), (vec!["pages/cart/cart"], vec![1]));
    let cart = stack.top().id;
    let route = stack.switch_tab("/pages/home/home").expect("a tab");
    assert_eq!((route.stack[0].id, route.alive), (1, vec![cart]));
    let same = stack.switch_tab("/pages/home/home").expect("itself");
    assert_eq!(same.stack[0].id, 1);
    let route = stack.re_launch("/deep/a/b").expect("exists");
    assert_eq!((paths(&route), route.alive.len()), (vec!["deep/a/b"], 0));
}

#[test]
fn back_goes_no_further_than_the_first_page() {
    let mut stack = stack();
    for _ in 0..4 {
        stack.navigate_to("/pages/item/item").expect("fits");
    }
    assert_eq!(stack.navigate_back(2).expect("back").stack.len(), 3);
    assert_eq!(stack.navigate_back(u64::MAX).expect("back").stack.len(), 1);
}

#[derive(Clone, Debug)]
enum Step {
    To(usize),
    Redirect(usize),
    Launch(usize),
    Tab(usize),
    Back(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..8usize).prop_map(Step::To),
        2 => (0..8usize).prop_map(Step::Redirect),
        1 => (0..8usize).prop_map(Step::Launch),
        2 => (0..8usize).prop_map(Step::Tab),
        2 => (0..12u64).prop_map(Step::Back),
    ];
    proptest::collection::vec(step, 0..60)
}

proptest! {
    #[test]
    fn the_rules_hold_after_any_steps(steps in steps()) {
        let pages: Vec<String> = (0..6).map(|n| format!("p/{n}")).collect();
        let tabs = pages[..3].to_vec();
        let mut stack = PageStack::new(&pages, &tabs, "p/0", Query::new()).expect("listed");
        let mut before = stack.route("start");
        for step in steps {
            let url = |n: usize| format!("/p/{n}");
            let result = match step {
                Step::To(n) => stack.navigate_to(&url(n)),
                Step::Redirect(n) => stack.redirect_to(&url(n)),
                Step::Launch(n) => stack.re_launch(&url(n)),
                Step::Tab(n) => stack.switch_tab(&url(n)),
                Step::Back(delta) => stack.navigate_back(delta),
            };
            let after = stack.route("start");
            if result.is_err() {
                prop_assert_eq!(&before, &after, "a refused step changes nothing");
            }
            prop_assert!((1..=MAX_PAGES).contains(&after.stack.len()));
            prop_assert!(after.stack.iter().all(|page| pages.contains(&page.path)));
            prop_assert!(after.stack[1..].iter().all(|page| !tabs.contains(&page.path)), "tabs lie at the bottom");
            let mut ids: Vec<_> = after.stack.iter().map(|page| page.id).chain(after.alive.clone()).collect();
            let alive = ids.len();
            ids.sort_unstable();
            ids.dedup();
            prop_assert_eq!(ids.len(), alive, "an id is one page");
            let highest = |route: &Route| {
                route.stack.iter().map(|page| page.id).chain(route.alive.clone()).max().unwrap_or(0)
            };
            let old: Vec<_> = before.stack.iter().map(|page| page.id).chain(before.alive.clone()).collect();
            prop_assert!(ids.iter().all(|id| old.contains(id) || *id > highest(&before)), "ids are not used again");
            before = after;
        }
    }

    #[test]
    fn row_24_no_text_reaches_a_page_that_is_not_listed(url in "(\\.\\./|/|%2f|%2e|//|https?://|file:|pages|home|item|\\?|#|\\PC){0,12}") {
        let mut stack = stack();
        if let Ok(route) = stack.re_launch(&url) {
            prop_assert!(stack.pages.contains(&route.stack[0].path));
        }
        prop_assert!(PageStack::new(&[], &[], &url, Query::new()).is_err());
    }
}
