//! Functions of ours in the user's module: each is put there once, under a stable name, after the imports.

use tree_sitter::Node;

use super::{
    Edit, Module,
    imports::head,
    style::{Style, line_end, line_start},
    walk::{children, own, walk},
};

/// Whether a name is bound at the top level of a module other than by an import.
pub(super) fn is_bound(module: &Module, name: &str) -> bool {
    own(module.root()).any(|node| match node.kind() {
        "function_definition" | "class_definition" => node.child_by_field_name("name").is_some_and(|found| module.source(found) == name),
        "assignment" | "named_expression" | "for_statement" | "augmented_assignment" => ["left", "name"]
            .iter()
            .filter_map(|field| node.child_by_field_name(field))
            .any(|left| targets(left).any(|target| target.kind() == "identifier" && module.source(target) == name)),
        "as_pattern_target" => module.source(node) == name,
        _ => false,
    })
}

/// What is bound by assigning to `left`: not the `a` of `a.b` and `a[b]`.
fn targets<'t>(left: Node<'t>) -> impl Iterator<Item = Node<'t>> {
    walk(left, |node| !matches!(node.kind(), "attribute" | "subscript"))
}

/// Whether our helper is in the module: told by its name and docstring, as what is below may have been tuned. `None`: the name is another's.
pub(super) fn is_there(module: &Module, name: &str, source: &str) -> Option<bool> {
    let named = |node: &Node<'_>| {
        node.kind() == "function_definition" && node.child_by_field_name("name").is_some_and(|found| module.source(found) == name)
    };
    match children(module.root()).into_iter().find(named) {
        Some(function) => {
            let first = function.child_by_field_name("body").and_then(|body| children(body).into_iter().next());
            let docstring = first.map(|statement| module.source(statement)).unwrap_or_default();
            (docstring.starts_with("\"\"\"") && source.contains(docstring)).then_some(true)
        }
        None if is_bound(module, name) => None,
        None => Some(false),
    }
}

/// The edit that puts helpers after the imports, with two empty lines around each. `imports_here`: new imports come to the same place, before it.
pub(super) fn edit(module: &Module, style: &Style, helpers: &[&str], imports_here: bool) -> Option<Edit> {
    if helpers.is_empty() {
        return None;
    }
    let text = module.text();
    let at = head_end(module);
    let before = text.get(..at).unwrap_or_default();
    let after = text.get(at..).unwrap_or_default();
    let gap = style.newline.repeat(2);
    let mut written = String::new();
    if !before.trim_start_matches('\u{feff}').is_empty() && !before.ends_with('\n') {
        written.push_str(style.newline);
    }
    if imports_here || !before.trim_start_matches('\u{feff}').trim().is_empty() {
        written.push_str(&gap);
    }
    let written_helpers: Vec<String> = helpers.iter().map(|helper| style.write(helper, "")).collect();
    written.push_str(&written_helpers.join(&gap));
    if !after.trim().is_empty() {
        let empty = after.split_inclusive('\n').take_while(|line| line.ends_with('\n') && line.trim().is_empty()).count();
        written.push_str(&style.newline.repeat(2_usize.saturating_sub(empty)));
    }
    Some(Edit { range: at..at, text: written })
}

/// The start of the line after the docstring and the imports at the head of a module.
pub(super) fn head_end(module: &Module) -> usize {
    let text = module.text();
    let mut at = match head(module).last() {
        Some(last) => line_end(text, last.end_byte()),
        None => return code_start(module),
    };
    // What shares a line with the last of them is before that as well.
    for shared in children(module.root()) {
        if shared.start_byte() < at && shared.end_byte() > at {
            at = line_end(text, shared.end_byte());
        }
    }
    at
}

/// Where code begins in a module without imports: after comments at its head that an empty line follows, else after `#!` and `coding:` lines.
pub(super) fn code_start(module: &Module) -> usize {
    let text = module.text();
    let begin = line_start(text, 0);
    let (mut at, mut after_magic) = (begin, begin);
    for line in text.get(begin..).unwrap_or_default().split_inclusive('\n') {
        let code = line.trim();
        if code.is_empty() {
            return at;
        }
        if !code.starts_with('#') {
            return after_magic;
        }
        at += line.len();
        if code.starts_with("#!") || code.contains("coding:") || code.contains("coding=") {
            after_magic = at;
        }
    }
    at
}
