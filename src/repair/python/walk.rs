//! Ways through a syntax tree that need no recursion, so that no nesting is too deep for them.

use tree_sitter::Node;

/// The node and all below it, in the order of the text. What is below a node that `enter` refuses is left out; the node itself is not.
pub(in crate::repair) fn walk<'t>(node: Node<'t>, enter: impl Fn(Node<'t>) -> bool) -> impl Iterator<Item = Node<'t>> {
    let mut cursor = node.walk();
    let mut next = Some(node);
    std::iter::from_fn(move || {
        let current = next.take()?;
        if enter(current) && cursor.goto_first_child() {
            next = Some(cursor.node());
            return Some(current);
        }
        loop {
            if cursor.goto_next_sibling() {
                next = Some(cursor.node());
                break;
            }
            if !cursor.goto_parent() {
                break;
            }
        }
        Some(current)
    })
}

/// The node and all below it.
pub(in crate::repair) fn descendants<'t>(node: Node<'t>) -> impl Iterator<Item = Node<'t>> {
    walk(node, |_| true)
}

/// What runs when the block runs: without the insides of functions, classes and lambdas in it.
pub(in crate::repair) fn own<'t>(block: Node<'t>) -> impl Iterator<Item = Node<'t>> {
    walk(block, |node| !matches!(node.kind(), "function_definition" | "class_definition" | "lambda"))
}

/// The named children that are no comments.
pub(in crate::repair) fn children<'t>(node: Node<'t>) -> Vec<Node<'t>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| !matches!(child.kind(), "comment" | "line_continuation")).collect()
}

/// The nearest node around `node` of one of these kinds; the search ends at `stop` kinds.
pub(in crate::repair) fn around<'t>(node: Node<'t>, kinds: &[&str], stop: &[&str]) -> Option<Node<'t>> {
    let mut above = node.parent();
    while let Some(found) = above {
        if kinds.contains(&found.kind()) {
            return Some(found);
        }
        if stop.contains(&found.kind()) {
            return None;
        }
        above = found.parent();
    }
    None
}
