//! New imports, put where the file would have them: in their group, in order, into the list of a statement that is there.

use std::collections::{BTreeMap, BTreeSet};

use tree_sitter::Node;

use super::{
    Edit, Module,
    helper::head_end,
    imports::{head, imported},
    standard::is_standard,
    style::{Style, leading, line_end, line_start},
    walk::{children, descendants},
};

/// A list of names on one line is not made longer than this; the import gets a line of its own then.
const LINE_MAX: usize = 100;

/// An import statement at the head of the module.
struct Statement<'t> {
    node: Node<'t>,
    /// The module it names first.
    module: String,
    from: bool,
}

/// Where new lines come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Spot {
    at: usize,
    /// Whether an empty line comes before.
    lead: bool,
    /// Whether an empty line comes after.
    trail: bool,
}

/// The edits that import these modules and names. `None` where the head of the file leaves no safe place for them.
pub(super) fn edits(
    module: &Module,
    style: &Style,
    plain: &BTreeSet<&'static str>,
    from: &BTreeSet<(&'static str, &'static str)>,
) -> Option<Vec<Edit>> {
    let statements = statements(module, head(module));
    // A name joins others of its package wherever the module imports them at its top level.
    let all = self::statements(module, children(module.root()));
    let mut edits = Vec::new();
    let mut lines: BTreeMap<Spot, Vec<String>> = BTreeMap::new();
    for name in plain {
        lines.entry(spot_of_plain(module, &statements, name)).or_default().push(format!("import {name}"));
    }
    let mut packages: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (package, name) in from {
        packages.entry(package).or_default().push(name);
    }
    for (package, names) in packages {
        match all.iter().find_map(|statement| extended(module, style, statement, package, &names)) {
            Some(mut extended) => edits.append(&mut extended),
            None => {
                lines
                    .entry(spot_of_from(module, &statements, package))
                    .or_default()
                    .push(format!("from {package} import {}", names.join(", ")));
            }
        }
    }
    for (spot, lines) in lines {
        edits.push(written(module, style, spot, &lines)?);
    }
    Some(edits)
}

fn statements<'t>(module: &'t Module, nodes: Vec<Node<'t>>) -> Vec<Statement<'t>> {
    let first_on_line = |node: &Node<'_>| leading(module.text(), node.start_byte()).is_some();
    nodes
        .into_iter()
        .filter(first_on_line)
        .filter_map(|node| {
            let from = node.kind() == "import_from_statement";
            let named = match node.kind() {
                "import_statement" => imported(module, node).into_iter().next()?.0,
                "import_from_statement" => module.source(node.child_by_field_name("module_name")?).to_owned(),
                _ => return None,
            };
            Some(Statement { node, module: named, from })
        })
        .collect()
}

/// Among the imports of the standard library, in alphabetical order; else a group of its own before the others.
fn spot_of_plain(module: &Module, statements: &[Statement<'_>], name: &str) -> Spot {
    let text = module.text();
    let before = |node: Node<'_>| Spot { at: line_start(text, node.start_byte()), lead: false, trail: false };
    let standard = || statements.iter().filter(|statement| is_standard(&statement.module));
    if let Some(earlier) = standard().rev().find(|statement| !statement.from && statement.module.as_str() < name) {
        return Spot { at: line_end(text, earlier.node.end_byte()), lead: false, trail: false };
    }
    if let Some(first) = standard().next() {
        return before(first.node);
    }
    match statements.iter().find(|statement| !is_standard(&statement.module)) {
        Some(first) => Spot { trail: true, ..before(first.node) },
        None => spot_at_end(module),
    }
}

/// Beside the imports of the same package; else after the last import that is not of the standard library.
fn spot_of_from(module: &Module, statements: &[Statement<'_>], package: &str) -> Spot {
    let text = module.text();
    let after = |node: Node<'_>| Spot { at: line_end(text, node.end_byte()), lead: false, trail: false };
    let top = |module: &str| module.split('.').next().unwrap_or(module).to_owned();
    let same = || statements.iter().filter(|statement| top(&statement.module) == top(package));
    if let Some(earlier) = same().rev().find(|statement| statement.module.as_str() <= package) {
        return after(earlier.node);
    }
    if let Some(later) = same().next() {
        return Spot { at: line_start(text, later.node.start_byte()), lead: false, trail: false };
    }
    // Relative imports come last.
    match statements.iter().rev().find(|statement| !statement.module.starts_with('.')) {
        Some(last) => Spot { lead: is_standard(&last.module), ..after(last.node) },
        None => spot_at_end(module),
    }
}

/// Where there is no import to go by: after docstring and comments.
fn spot_at_end(module: &Module) -> Spot {
    let text = module.text();
    let at = head_end(module);
    let lead = !text.get(..at).unwrap_or_default().trim_start_matches('\u{feff}').trim().is_empty();
    let after = text.get(at..).unwrap_or_default();
    let trail = !after.trim().is_empty() && after.lines().next().is_some_and(|line| !line.trim().is_empty());
    Spot { at, lead, trail }
}

fn written(module: &Module, style: &Style, spot: Spot, lines: &[String]) -> Option<Edit> {
    let text = module.text();
    if children(module.root()).iter().any(|node| node.start_byte() < spot.at && node.end_byte() > spot.at) {
        return None;
    }
    let newline = style.newline;
    let mut written = String::new();
    let before = text.get(..spot.at)?.trim_start_matches('\u{feff}');
    if !before.is_empty() && !before.ends_with('\n') {
        written.push_str(newline);
    }
    if spot.lead {
        written.push_str(newline);
    }
    for line in lines {
        written.push_str(line);
        written.push_str(newline);
    }
    if spot.trail {
        written.push_str(newline);
    }
    Some(Edit { range: spot.at..spot.at, text: written })
}

/// The names added to a statement that imports others of the package already.
fn extended(module: &Module, style: &Style, statement: &Statement<'_>, package: &str, names: &[&str]) -> Option<Vec<Edit>> {
    let text = module.text();
    if !statement.from || statement.module != package || module.source(statement.node).contains('\\') {
        return None;
    }
    let mut cursor = statement.node.walk();
    let items: Vec<Node<'_>> = statement.node.children_by_field_name("name", &mut cursor).collect();
    let last = *items.last()?;
    if statement.node.start_position().row == statement.node.end_position().row {
        let line = text.get(line_start(text, last.start_byte())..line_end(text, last.start_byte()))?;
        let added: usize = names.iter().map(|name| name.len() + 2).sum();
        if line.trim_end().chars().count() + added > LINE_MAX {
            return None;
        }
    }
    let between = match leading(text, last.start_byte()) {
        Some(margin) => format!(",{}{margin}", style.newline),
        None => ", ".to_owned(),
    };
    let listed: Vec<&str> = items.iter().map(|item| module.source(*item)).collect();
    let orders: [Order; 2] = [by_kind, by_letter];
    let order = orders.into_iter().find(|order| listed.windows(2).all(|pair| order(pair[0]) <= order(pair[1])));
    // Behind the last name a comment may stand; it stays with its name.
    let commented = descendants(statement.node).any(|node| node.kind() == "comment");
    // For each item the names that come before it; under the end of the last those that come after all.
    let mut places: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for name in names {
        let later = order.and_then(|order| items.iter().find(|item| order(module.source(**item)) > order(name)));
        let at = later.or_else(|| commented.then_some(&last)).map_or(last.end_byte(), Node::start_byte);
        places.entry(at).or_default().push(name);
    }
    let edit = |(at, names): (usize, Vec<&str>)| {
        let joined = names.join(&between);
        let text = if at == last.end_byte() { format!("{between}{joined}") } else { format!("{joined}{between}") };
        Edit { range: at..at, text }
    };
    Some(places.into_iter().map(edit).collect())
}

/// What names are sorted by.
type Order = fn(&str) -> (u8, String);

/// The order of most import sorters: constants, classes, functions.
fn by_kind(name: &str) -> (u8, String) {
    let name = name.split_whitespace().next().unwrap_or(name);
    let letters = || name.chars().filter(|c| c.is_alphabetic());
    let kind = match letters().next() {
        Some(first) if !first.is_uppercase() => 2,
        _ if name.len() > 1 && letters().all(char::is_uppercase) => 0,
        _ => 1,
    };
    (kind, name.to_owned())
}

/// Alphabetical order, whatever the case.
fn by_letter(name: &str) -> (u8, String) {
    (0, name.split_whitespace().next().unwrap_or(name).to_lowercase())
}
