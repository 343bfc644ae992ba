//! Files that need one another in a circle: scripts, WXS, templates. (Style sheets are told by their compiler.)
use super::Program;
use crate::{
    codes,
    diagnostic::{Diagnostics, Finding},
    path,
    source::Source,
};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    ops::Range,
    rc::Rc,
};

/// Who needs whom, and where it says so.
type Graph = BTreeMap<String, Vec<(String, Range<usize>)>>;

pub(super) fn check(program: &mut Program<'_>, diagnostics: &mut Diagnostics) {
    let own = |program: &Program<'_>, circle: &[String]| circle.iter().all(|file| program.own(file));
    let scripts: Graph = program
        .modules
        .iter()
        .map(|(key, module)| (key.clone(), module.script.usage.requires.clone()))
        .collect();
    for circle in circles(&scripts) {
        if !own(program, &circle) {
            continue;
        }
        let Some(module) = program.modules.get(&circle[0]) else { continue };
        let shown = |key: &String| program.modules.get(key).map_or(key.clone(), |m| m.source.shown.clone());
        let message = format!("scripts require one another in a circle: {}", spelled(&circle, shown));
        let finding = Finding::warning(codes::SCRIPT_CYCLE, message)
            .help("the one that runs first sees an empty export of the other: move what both need to a third file, or require it inside the function that uses it");
        diagnostics.add(finding.at(&module.source, place(&scripts, &circle)));
    }
    let (mut imports, mut includes) = (Graph::new(), Graph::new());
    for (key, template) in program.templates.parsed() {
        let edges = |list: Vec<(String, Range<usize>)>| -> Vec<(String, Range<usize>)> {
            let target = |(name, place): (String, _)| Some((path::join(path::parent(key), &name)?, place));
            list.into_iter().filter_map(target).collect()
        };
        imports.insert(key.to_owned(), edges(template.imports()));
        includes.insert(key.to_owned(), edges(template.includes()));
    }
    let endless =
        "an <include> is replaced by the file, so this never ends; move the common part to a file of its own";
    let needless = "an <import> brings the file's own templates only, so one of these is not needed";
    for (graph, word, help, fatal) in
        [(&includes, "include", endless, true), (&imports, "import", needless, false)]
    {
        for circle in circles(graph) {
            let file = |key: &String| format!("{key}.wxml");
            let Some(source) =
                source(program, &file(&circle[0]), diagnostics).filter(|_| own(program, &circle))
            else {
                continue;
            };
            let shown = |key: &String| program.tree.shown(&file(key));
            let message = format!("templates {word} one another in a circle: {}", spelled(&circle, shown));
            let code = codes::TEMPLATE_CYCLE;
            let finding = if fatal { Finding::error(code, message) } else { Finding::warning(code, message) };
            diagnostics.add(finding.help(help).at(&source, place(graph, &circle)));
        }
    }
    let scripts: Graph = program.templates.scripts_by_key();
    for circle in circles(&scripts) {
        let file = |key: &String| format!("{key}.wxs");
        let Some(source) = source(program, &file(&circle[0]), diagnostics).filter(|_| own(program, &circle))
        else {
            continue;
        };
        let message = format!(
            "WXS files require one another in a circle: {}",
            spelled(&circle, |key: &String| program.tree.shown(&file(key)))
        );
        let next = circle.get(1).unwrap_or(&circle[0]);
        let named = next.rsplit('/').next().unwrap_or(next);
        let finding = Finding::warning(codes::SCRIPT_CYCLE, message).help(
            "the one that runs first sees an empty export of the other: move what both need to a third file",
        );
        let range = source.find(&format!("{named}.wxs"));
        diagnostics.add(finding.at(&source, range));
    }
}

fn source(program: &mut Program<'_>, file: &str, diagnostics: &mut Diagnostics) -> Option<Rc<Source>> {
    program.tree.source(file, diagnostics)
}

fn spelled(circle: &[String], shown: impl Fn(&String) -> String) -> String {
    let names: Vec<String> = circle.iter().chain(circle.first()).map(shown).collect();
    names.join(" -> ")
}

/// Where the first of a circle names the next.
fn place(graph: &Graph, circle: &[String]) -> Range<usize> {
    let next = circle.get(1).unwrap_or(&circle[0]);
    let edge = graph[&circle[0]].iter().find(|(to, _)| to == next);
    edge.map_or(0..0, |(_, place)| place.clone())
}

/// One shortest circle through the first file (by name) of every group of files that reach one another.
fn circles(graph: &Graph) -> Vec<Vec<String>> {
    let mut done: BTreeSet<&str> = BTreeSet::new();
    let mut found = Vec::new();
    for start in graph.keys() {
        if done.contains(start.as_str()) {
            continue;
        }
        let Some(circle) = shortest(graph, start) else { continue };
        done.extend(
            reachable(graph, start)
                .into_iter()
                .filter(|file| reachable(graph, file).contains(start.as_str())),
        );
        found.push(circle);
    }
    found
}

/// The shortest way from `start` back to itself.
fn shortest(graph: &Graph, start: &str) -> Option<Vec<String>> {
    let mut from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut open = VecDeque::from([start]);
    while let Some(file) = open.pop_front() {
        for (next, _) in graph.get(file).into_iter().flatten() {
            if next == start {
                let mut circle = vec![file.to_owned()];
                let mut at = file;
                while let Some(before) = from.get(at).filter(|_| at != start) {
                    circle.push((*before).to_owned());
                    at = before;
                }
                circle.reverse();
                return Some(circle);
            }
            if graph.contains_key(next) && !from.contains_key(next.as_str()) {
                from.insert(next, file);
                open.push_back(next);
            }
        }
    }
    None
}

fn reachable<'a>(graph: &'a Graph, start: &'a str) -> BTreeSet<&'a str> {
    let mut all = BTreeSet::new();
    let mut open = vec![start];
    while let Some(file) = open.pop() {
        if all.insert(file) {
            open.extend(graph.get(file).into_iter().flatten().map(|(next, _)| next.as_str()));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(edges: &[(&str, &str)]) -> Graph {
        let mut graph = Graph::new();
        for (from, to) in edges {
            graph.entry((*to).to_owned()).or_default();
            graph.entry((*from).to_owned()).or_default().push(((*to).to_owned(), 0..1));
        }
        graph
    }

    #[test]
    fn one_circle_for_each_knot() {
        let graph = graph(&[
            ("a", "b"),
            ("b", "c"),
            ("c", "a"),
            ("b", "a"),
            ("c", "d"),
            ("d", "d"),
            ("x", "a"),
            ("e", "f"),
        ]);
        assert_eq!(circles(&graph), [vec!["a", "b"], vec!["d"]]);
    }
}
