//! A number read as people write it, before a tool uses it.

use tree_sitter::Node;

use super::super::{arguments::wants_number, framework::Framework, site::Site};
use crate::repair::python::{
    Edit,
    definition::positional,
    draft::{Draft, calls},
    function::Function,
    walk::own,
};

const AS_NUMBER: &str = r#"def as_number(name, value, kind=float):
    """The number meant by 12.5, "12.50" or "12,50"; what could mean two things, or nothing, is refused."""
    if isinstance(value, kind) and not isinstance(value, bool):
        return value
    text = str(value).strip().replace("\u00a0", "").replace(" ", "")
    if re.fullmatch(r"[+-]?\d+,\d{1,2}", text):
        text = text.replace(",", ".")
    elif re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+\.\d+", text):
        text = text.replace(",", "")
    try:
        if re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", text):
            return kind(text)
    except ValueError:
        pass
    raise ValueError(f"{name} must be a number such as {kind(12)}, not {value!r}")
"#;

/// Annotations that ask for a number, with what reads one.
const NUMBERS: &[(&str, &str)] = &[("float", ""), ("int", ", int"), ("Decimal", ", Decimal"), ("decimal.Decimal", ", decimal.Decimal")];

pub(in super::super) fn edit(site: &Site<'_>) -> Option<Vec<Edit>> {
    let framework = site.framework()?;
    let function = site.tool()?;
    let argument = site.context.suspect()?;
    if !wants_number(site.context, argument) || function.mentions(|name| name == "as_number") {
        return None;
    }
    let name = argument.name;
    let parameter = function.parameters().into_iter().find(|parameter| parameter.name == name)?;
    // A parameter that is set anew, or asked what it is, is looked after already.
    if is_looked_after(site, &function, name) {
        return None;
    }
    let mut draft = site.draft();
    let conversions = conversions(site, &function, name);
    if conversions.is_empty() {
        // A framework that reads annotations has refused the value before the tool sees it.
        let read_before = framework != Framework::Plain && parameter.annotation.is_some();
        let kind = match parameter.annotation {
            Some(annotation) => NUMBERS.iter().find(|(number, _)| *number == annotation)?.1,
            None => "",
        };
        if read_before {
            return None;
        }
        draft.helper("as_number", AS_NUMBER, &["re"])?;
        function.begin_with(&mut draft, &format!("{name} = as_number(\"{name}\", {name}{kind})"))?;
    } else {
        draft.helper("as_number", AS_NUMBER, &["re"])?;
        for (call, kind) in conversions {
            let kind = if kind == "float" { String::new() } else { format!(", {kind}") };
            let text = draft.style.quoted(&format!("as_number(\"{name}\", {name}{kind})"));
            draft.replace(call.byte_range(), text);
        }
    }
    draft.finish()
}

/// The calls in the body that make a number of the argument as it is: `float(amount)`.
fn conversions<'s>(site: &Site<'s>, function: &Function<'s>, name: &str) -> Vec<(Node<'s>, &'s str)> {
    let source = |node: Node<'s>| site.module.source(node);
    let converts = |call: &Node<'s>| -> Option<(Node<'s>, &'s str)> {
        let kind = source(call.child_by_field_name("function")?);
        let given = positional(*call);
        let alone = given.len() == 1 && source(call.child_by_field_name("arguments")?).trim_matches(['(', ')', ' ']) == name;
        (alone && NUMBERS.iter().any(|(number, _)| *number == kind)).then_some((*call, kind))
    };
    calls(function.body).filter_map(|call| converts(&call)).collect()
}

/// Whether the body assigns the argument, asks for its type, or replaces something in it.
fn is_looked_after(site: &Site<'_>, function: &Function<'_>, name: &str) -> bool {
    let source = |node: Node<'_>| site.module.source(node).to_owned();
    let draft = Draft::new(site.module);
    own(function.body).any(|node| match node.kind() {
        "assignment" | "augmented_assignment" => node.child_by_field_name("left").is_some_and(|left| source(left) == name),
        "call" => match draft.callee(node).as_deref() {
            Some("isinstance" | "type") => positional(node).first().is_some_and(|first| source(*first) == name),
            Some(callee) => callee == format!("{name}.replace"),
            None => false,
        },
        _ => false,
    })
}
