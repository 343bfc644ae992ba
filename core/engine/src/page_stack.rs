//! WeChat's page stack rules, as a pure state machine: at most ten pages, tab pages kept alive.
//!
//! The engine decides, the base library follows: each change gives a `Route` that holds the whole stack.
mod page_url;

pub(crate) use page_url::PageUrl;

use crate::PageAddress;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Pages that may lie on one another.
pub(crate) const MAX_PAGES: usize = 10;

/// Query of a page, as in its URL: not decoded, as in WeChat.
pub(crate) type Query = BTreeMap<String, String>;

/// One page in the stack, or one tab page kept behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Page {
    pub id: u64,
    pub path: String,
    pub query: Query,
}

/// What the base library must show now; see core/docs/bridge.md.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Route {
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Bottom first.
    pub stack: Vec<Page>,
    /// Ids of tab pages that are alive but not in the stack.
    pub alive: Vec<u64>,
}

/// Why a navigation is refused, in WeChat's words (what follows `navigateTo:fail `).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RouteError {
    #[error("page \"{0}\" is not found")]
    NotFound(String),
    #[error("webview count limit exceed")]
    Limit,
    #[error("can not {0} a tabbar page")]
    TabPage(&'static str),
    #[error("can not switch to no-tabBar page")]
    NoTabPage,
    #[error("cannot navigate back at first page")]
    FirstPage,
}

/// The page stack of one document. Never empty.
#[derive(Clone, Debug)]
pub(crate) struct PageStack {
    pages: BTreeSet<String>,
    tabs: BTreeSet<String>,
    stack: Vec<Page>,
    /// Tab pages that are not in the stack, by path.
    kept: BTreeMap<String, Page>,
    last_id: u64,
}

impl PageStack {
    /// Starts with one page, which must be in `pages`; tab pages outside `pages` are left out.
    pub(crate) fn new(
        pages: &[String],
        tabs: &[String],
        path: &str,
        query: Query,
    ) -> Result<Self, RouteError> {
        let pages: BTreeSet<_> = pages.iter().cloned().collect();
        let tabs = tabs.iter().filter(|tab| pages.contains(*tab)).cloned().collect();
        if !pages.contains(path) {
            return Err(RouteError::NotFound(path.to_owned()));
        }
        let first = Page { id: 1, path: path.to_owned(), query };
        Ok(Self { pages, tabs, stack: vec![first], kept: BTreeMap::new(), last_id: 1 })
    }

    /// Starts with the pages of an earlier stack that still exist; None if there is none of them.
    pub(crate) fn resume(pages: &[String], tabs: &[String], stack: &[PageAddress]) -> Option<Self> {
        let mut left = stack.iter().filter(|page| pages.contains(&page.path));
        let first = left.next()?;
        let mut resumed = Self::new(pages, tabs, &first.path, first.query.clone()).ok()?;
        for page in left {
            let page = resumed.new_page(PageUrl { path: page.path.clone(), query: page.query.clone() });
            resumed.stack.push(page);
        }
        Some(resumed)
    }

    /// All pages, bottom first.
    pub(crate) fn pages(&self) -> &[Page] {
        &self.stack
    }

    /// The page on top.
    pub(crate) fn top(&self) -> &Page {
        self.stack.last().expect("the stack is never empty")
    }

    /// In the stack, or a tab page kept behind.
    pub(crate) fn is_alive(&self, id: u64) -> bool {
        self.stack.iter().chain(self.kept.values()).any(|page| page.id == id)
    }

    /// Bottom first: for the host.
    pub(crate) fn addresses(&self) -> Vec<PageAddress> {
        let address = |page: &Page| PageAddress { path: page.path.clone(), query: page.query.clone() };
        self.stack.iter().map(address).collect()
    }

    pub(crate) fn navigate_to(&mut self, url: &str) -> Result<Route, RouteError> {
        let target = self.resolve(url)?;
        if self.tabs.contains(&target.path) {
            return Err(RouteError::TabPage("navigateTo"));
        }
        if self.stack.len() >= MAX_PAGES {
            return Err(RouteError::Limit);
        }
        let page = self.new_page(target);
        self.stack.push(page);
        Ok(self.route("navigateTo"))
    }

    pub(crate) fn redirect_to(&mut self, url: &str) -> Result<Route, RouteError> {
        let target = self.resolve(url)?;
        if self.tabs.contains(&target.path) {
            return Err(RouteError::TabPage("redirectTo"));
        }
        let page = self.new_page(target);
        self.stack.pop();
        self.stack.push(page);
        Ok(self.route("redirectTo"))
    }

    pub(crate) fn re_launch(&mut self, url: &str) -> Result<Route, RouteError> {
        let PageUrl { path, query } = self.resolve(url)?;
        self.launch(&path, query)
    }

    /// Closes all pages and opens one by its path: what the host asks for.
    pub(crate) fn launch(&mut self, path: &str, query: Query) -> Result<Route, RouteError> {
        if !self.pages.contains(path) {
            return Err(RouteError::NotFound(path.to_owned()));
        }
        let page = self.new_page(PageUrl { path: path.to_owned(), query });
        self.kept.clear();
        self.stack = vec![page];
        Ok(self.route("reLaunch"))
    }

    /// The tab page at the bottom stays alive; pages over it are closed. An alive target keeps its query.
    pub(crate) fn switch_tab(&mut self, url: &str) -> Result<Route, RouteError> {
        let target = self.resolve(url)?;
        if !self.tabs.contains(&target.path) {
            return Err(RouteError::NoTabPage);
        }
        let bottom = self.stack.swap_remove(0);
        self.stack.clear();
        if self.tabs.contains(&bottom.path) {
            self.kept.insert(bottom.path.clone(), bottom);
        }
        let page = match self.kept.remove(&target.path) {
            Some(page) => page,
            None => self.new_page(PageUrl { path: target.path, query: Query::new() }),
        };
        self.stack.push(page);
        Ok(self.route("switchTab"))
    }

    /// A delta beyond the bottom goes to the bottom, as in WeChat; less than one counts as one.
    pub(crate) fn navigate_back(&mut self, delta: u64) -> Result<Route, RouteError> {
        if self.stack.len() == 1 {
            return Err(RouteError::FirstPage);
        }
        let delta = usize::try_from(delta.max(1)).unwrap_or(usize::MAX);
        self.stack.truncate(self.stack.len().saturating_sub(delta).max(1));
        Ok(self.route("navigateBack"))
    }

    fn resolve(&self, url: &str) -> Result<PageUrl, RouteError> {
        let target = PageUrl::resolve(&self.top().path, url);
        if !self.pages.contains(&target.path) {
            return Err(RouteError::NotFound(target.path));
        }
        Ok(target)
    }

    fn new_page(&mut self, url: PageUrl) -> Page {
        self.last_id += 1;
        Page { id: self.last_id, path: url.path, query: url.query }
    }

    fn route(&self, kind: &'static str) -> Route {
        Route { kind, stack: self.stack.clone(), alive: self.kept.values().map(|page| page.id).collect() }
    }
}

#[cfg(test)]
mod tests;
