//! Items added to what stands in brackets: arguments of a call, entries of a list or dictionary, as the file lays them out.

use tree_sitter::Node;

use super::{
    definition::keyword,
    draft::Draft,
    style::{leading, line_end},
    walk::children,
};

/// Adds a keyword argument to a call, at the end. `None` where it has one of that name, or takes some by `**`.
pub(in crate::repair) fn add_keyword(draft: &mut Draft<'_>, call: Node<'_>, name: &str, value: &str) -> Option<()> {
    add_keywords(draft, call, &[(name, value)])
}

/// Adds keyword arguments to a call, at the end. `None` where it has one of these names, or takes some by `**`.
pub(in crate::repair) fn add_keywords(draft: &mut Draft<'_>, call: Node<'_>, added: &[(&str, &str)]) -> Option<()> {
    let arguments = call.child_by_field_name("arguments").filter(|arguments| arguments.kind() == "argument_list")?;
    let splat = children(arguments).iter().any(|argument| argument.kind() == "dictionary_splat");
    if splat || added.iter().any(|(name, _)| keyword(draft.module, call, name).is_some()) {
        return None;
    }
    let written: Vec<String> = added.iter().map(|(name, value)| format!("{name}={value}")).collect();
    append(draft, arguments, &written.join(", "))
}

/// Adds an item as the last one in brackets.
pub(in crate::repair) fn append(draft: &mut Draft<'_>, brackets: Node<'_>, item: &str) -> Option<()> {
    let text = draft.module.text();
    let item = draft.style.quoted(item);
    let Some(last) = children(brackets).into_iter().last() else {
        draft.insert(brackets.start_byte() + 1, item);
        return Some(());
    };
    // A generator as the only argument needs brackets of its own when others come.
    if matches!(last.kind(), "generator_expression" | "for_in_clause") {
        return None;
    }
    let close = *tokens(brackets).last()?;
    let comma = tokens(brackets).into_iter().find(|token| token.kind() == "," && token.start_byte() >= last.end_byte());
    let end = comma.map_or(last.end_byte(), |comma| comma.end_byte());
    let own_line = leading(text, last.start_byte());
    match own_line {
        // Every item on a line of its own, and the closing bracket below.
        Some(margin) if close.start_position().row > last.end_position().row => {
            if comma.is_none() {
                draft.insert(last.end_byte(), ",");
            }
            let trailing = if comma.is_some() { "," } else { "" };
            let line = format!("{margin}{item}{trailing}{}", draft.style.newline);
            draft.insert(line_end(text, end), line);
        }
        Some(margin) => {
            let lead = if comma.is_some() { "" } else { "," };
            let trailing = if comma.is_some() { "," } else { "" };
            let line = format!("{lead}{}{margin}{item}{trailing}", draft.style.newline);
            draft.insert(end, line);
        }
        None => {
            let (lead, trailing) = if comma.is_some() { (" ", ",") } else { (", ", "") };
            // With a comment behind the last item the new one would move away from its bracket.
            let between = text.get(end..close.start_byte())?;
            if between.contains('#') {
                return None;
            }
            let trailing = if comma.is_some() && between.is_empty() { "" } else { trailing };
            draft.insert(end, format!("{lead}{item}{trailing}"));
        }
    }
    Some(())
}

/// Adds an item as the first one in brackets.
pub(in crate::repair) fn prepend(draft: &mut Draft<'_>, brackets: Node<'_>, item: &str) -> Option<()> {
    let Some(first) = children(brackets).into_iter().next() else { return append(draft, brackets, item) };
    let item = draft.style.quoted(item);
    let between = match leading(draft.module.text(), first.start_byte()) {
        Some(margin) => format!(",{}{margin}", draft.style.newline),
        None => ", ".to_owned(),
    };
    draft.insert(first.start_byte(), format!("{item}{between}"));
    Some(())
}

/// Takes an argument out of a call, with its comma.
pub(in crate::repair) fn remove_argument(draft: &mut Draft<'_>, argument: Node<'_>) {
    let before = argument.prev_named_sibling();
    let after = argument.next_named_sibling();
    let range = match (before, after) {
        (_, Some(next)) => argument.start_byte()..next.start_byte(),
        (Some(previous), None) => previous.end_byte()..argument.end_byte(),
        (None, None) => argument.byte_range(),
    };
    draft.replace(range, "");
}

fn tokens(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.children(&mut cursor).collect()
}
