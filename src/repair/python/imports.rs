//! What a module imports, and under which names.

use std::collections::{BTreeMap, BTreeSet};

use tree_sitter::Node;

use super::{
    Module,
    walk::{children, descendants},
};

/// The imported names of a module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::repair) struct Imports {
    /// Name in the module to what it stands for: `Runner` to `agents.Runner`, `r` to `requests`.
    names: BTreeMap<String, String>,
    /// Everything imported from, whole: `urllib.request`, `agents`.
    modules: Vec<String>,
    /// Names that importing the module binds at its top level, with the byte from which on they are known.
    top: BTreeMap<String, usize>,
    /// Modules imported whole at the top level, under their own name.
    plain: BTreeSet<String>,
}

impl Imports {
    /// All imports of a module, wherever they stand.
    pub(in crate::repair) fn of(module: &Module) -> Self {
        let mut imports = Self::default();
        for node in descendants(module.root()) {
            match node.kind() {
                "import_statement" => imports.add_plain(module, node),
                "import_from_statement" => imports.add_from(module, node),
                _ => {}
            }
        }
        imports
    }

    fn add_plain(&mut self, module: &Module, node: Node<'_>) {
        let top = at_top(module, node);
        for (name, alias) in imported(module, node) {
            let (bound, whole) = match alias {
                Some(alias) => (alias, name.clone()),
                None => {
                    if top {
                        self.plain.insert(name.clone());
                    }
                    let first = name.split('.').next().unwrap_or(&name).to_owned();
                    (first.clone(), first)
                }
            };
            self.bind(bound, whole, top.then(|| node.end_byte()));
            self.modules.push(name);
        }
    }

    fn bind(&mut self, name: String, whole: String, from: Option<usize>) {
        if let Some(from) = from {
            let first = self.top.entry(name.clone()).or_insert(from);
            *first = from.min(*first);
        }
        self.names.insert(name, whole);
    }

    fn add_from(&mut self, module: &Module, node: Node<'_>) {
        let Some(from) = node.child_by_field_name("module_name") else { return };
        let from = module.source(from).to_owned();
        let top = at_top(module, node);
        for (name, alias) in imported(module, node) {
            let whole = if from.ends_with('.') { format!("{from}{name}") } else { format!("{from}.{name}") };
            self.bind(alias.unwrap_or(name), whole, top.then(|| node.end_byte()));
        }
        self.modules.push(from);
    }

    /// What a dotted name of the module stands for: `r.get` is `requests.get`. A name that is not imported stands for itself.
    pub(in crate::repair) fn resolve(&self, dotted: &str) -> String {
        let (first, rest) = dotted.split_once('.').map_or((dotted, ""), |(first, rest)| (first, rest));
        match (self.names.get(first), rest) {
            (None, _) => dotted.to_owned(),
            (Some(whole), "") => whole.clone(),
            (Some(whole), rest) => format!("{whole}.{rest}"),
        }
    }

    /// Whether the name is imported.
    pub(in crate::repair) fn binds(&self, name: &str) -> bool {
        self.names.contains_key(name)
    }

    /// The name by which the whole module has `whole` (`agents.Runner`), if it imports it at its top level.
    pub(in crate::repair) fn name_of(&self, whole: &str) -> Option<&str> {
        let known = |name: &str| self.top.contains_key(name);
        self.names.iter().find(|(name, stands_for)| *stands_for == whole && known(name)).map(|(name, _)| name.as_str())
    }

    /// Whether a name is imported at the top level before this byte.
    pub(in crate::repair) fn known_at(&self, name: &str, at: usize) -> bool {
        self.top.get(name).is_some_and(|from| *from <= at)
    }

    /// Whether a module is imported whole at the top level, under its own name.
    pub(in crate::repair) fn has_plain(&self, module: &str) -> bool {
        self.plain.contains(module)
    }

    /// Whether anything of a package is imported: `langchain` of `langchain.agents`.
    pub(in crate::repair) fn uses(&self, package: &str) -> bool {
        self.modules.iter().any(|module| module == package || module.strip_prefix(package).is_some_and(|rest| rest.starts_with('.')))
    }
}

/// Whether an import runs when the module is imported: it is in no function or class, and not for type checkers alone.
fn at_top(module: &Module, node: Node<'_>) -> bool {
    let mut above = node.parent();
    while let Some(found) = above {
        match found.kind() {
            "function_definition" | "class_definition" | "lambda" => return false,
            "if_statement" => {
                let condition = found.child_by_field_name("condition");
                if condition.is_some_and(|condition| module.source(condition).contains("TYPE_CHECKING")) {
                    return false;
                }
            }
            _ => {}
        }
        above = found.parent();
    }
    true
}

/// The names an import statement lists, each with its alias.
pub(in crate::repair) fn imported(module: &Module, node: Node<'_>) -> Vec<(String, Option<String>)> {
    let mut cursor = node.walk();
    let listed = node.children_by_field_name("name", &mut cursor);
    let name = |node: Node<'_>| -> String { module.source(node).chars().filter(|c| !c.is_whitespace()).collect() };
    listed
        .map(|item| match (item.child_by_field_name("name"), item.child_by_field_name("alias")) {
            (Some(of), Some(alias)) => (name(of), Some(name(alias))),
            _ => (name(item), None),
        })
        .collect()
}

/// The dotted name an expression is: `a`, `a.b.c`; `None` for anything else.
pub(in crate::repair) fn dotted(module: &Module, expression: Node<'_>) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    let mut at = expression;
    loop {
        match at.kind() {
            "identifier" => {
                parts.push(module.source(at));
                parts.reverse();
                return Some(parts.join("."));
            }
            "attribute" => {
                parts.push(module.source(at.child_by_field_name("attribute")?));
                at = at.child_by_field_name("object")?;
            }
            _ => return None,
        }
    }
}

/// The import statements and what else stands at the head of a module before its code: docstring, `if TYPE_CHECKING`, `try: import`.
pub(in crate::repair) fn head<'t>(module: &'t Module) -> Vec<Node<'t>> {
    let mut head = Vec::new();
    for (index, statement) in children(module.root()).into_iter().enumerate() {
        let belongs = match statement.kind() {
            "import_statement" | "import_from_statement" | "future_import_statement" => true,
            "expression_statement" => index == 0 && statement.named_child(0).is_some_and(|child| child.kind() == "string"),
            "if_statement" | "try_statement" => only_imports(statement),
            _ => false,
        };
        if !belongs {
            break;
        }
        head.push(statement);
    }
    head
}

/// Whether a compound statement only imports, or sets names for what could not be imported.
fn only_imports(statement: Node<'_>) -> bool {
    let blocks = descendants(statement).filter(|node| node.kind() == "block");
    let mut imports = 0;
    for inner in blocks.flat_map(children) {
        match inner.kind() {
            "import_statement" | "import_from_statement" => imports += 1,
            "pass_statement" | "if_statement" | "try_statement" => {}
            "expression_statement" if inner.named_child(0).is_some_and(|child| child.kind() == "assignment") => {}
            _ => return false,
        }
    }
    imports > 0
}
