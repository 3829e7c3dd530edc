//! The place where a loop without a framework calls the tools: what they raise becomes the text that the model reads.

use tree_sitter::Node;

use super::super::site::{Site, alike, asks_model};
use crate::repair::python::{
    Edit,
    draft::{Draft, calls},
    style::{leading, line_end, line_start},
    walk::{around, children, descendants},
};

/// Calls whose argument becomes text, whatever it is.
const TEXT_MAKERS: &[&str] = &["str", "repr", "json.dumps", "print", "orjson.dumps"];

/// Keys under which a message holds what the model reads.
const CONTENT_KEYS: &[&str] = &["content", "output", "result", "text"];

/// Names for the result, and for the error, of which the first is taken that the function does not use.
const RESULTS: &[&str] = &["result", "tool_result", "tool_output"];
const ERRORS: &[&str] = &["error", "tool_error", "failure"];

const FUNCTIONS: &[&str] = &["function_definition", "lambda", "class_definition"];

/// What a statement does with the answer of the tool.
enum Use<'t> {
    /// `result = call`
    Assigns(Node<'t>),
    /// `return call`
    Returns,
    /// The call stands somewhere inside, where text belongs.
    Holds,
}

/// What the model is told beside the error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Advice {
    /// To ask otherwise.
    AskAgain,
    /// The names of the tools.
    Names,
}

pub(super) fn edit(site: &Site<'_>, advice: Advice) -> Option<Vec<Edit>> {
    // Without a model that is asked here, what is called is no tool.
    calls(site.module.root()).find(|call| asks_model(site.module, *call).is_some())?;
    let draft = site.draft();
    let found: Vec<Node<'_>> = calls(site.module.root()).filter(|call| calls_tool(site, &draft, *call)).collect();
    match found.as_slice() {
        [call] => guarded(site, draft, *call, advice),
        _ => None,
    }
}

/// Whether a call is one of a tool by the arguments the model gave: `TOOLS[name](**arguments)`, `get_quote(**arguments)`.
fn calls_tool(site: &Site<'_>, draft: &Draft<'_>, call: Node<'_>) -> bool {
    let (Some(function), Some(arguments)) = (call.child_by_field_name("function"), call.child_by_field_name("arguments")) else {
        return false;
    };
    let given = children(arguments);
    let by_splat = given.len() == 1 && given.iter().all(|argument| argument.kind() == "dictionary_splat");
    if !by_splat || asks_model(site.module, call).is_some() {
        return false;
    }
    match function.kind() {
        "subscript" => true,
        "call" => {
            let callee = draft.callee(function).unwrap_or_default();
            callee.ends_with(".get") || matches!(callee.as_str(), "getattr" | "globals" | "locals")
        }
        "identifier" => {
            let name = site.module.source(function);
            let is_tool = site.context.subject.tool().is_some_and(|tool| alike(tool, name)) || name == site.place.name;
            is_tool || chosen(site, draft, call, name)
        }
        _ => false,
    }
}

/// Whether a name was given a tool in the same function: `function = TOOLS[name]`, `function = TOOLS.get(name)`.
fn chosen(site: &Site<'_>, draft: &Draft<'_>, call: Node<'_>, name: &str) -> bool {
    let scope = around(call, &["function_definition"], &[]).unwrap_or(site.module.root());
    descendants(scope).filter(|node| matches!(node.kind(), "assignment" | "named_expression")).any(|node| {
        let left = node.child_by_field_name("left").or_else(|| node.child_by_field_name("name"));
        let right = node.child_by_field_name("right").or_else(|| node.child_by_field_name("value"));
        let (Some(left), Some(right)) = (left, right) else { return false };
        let from_table = match right.kind() {
            "subscript" => true,
            "call" => draft.callee(right).is_some_and(|callee| callee.ends_with(".get") || callee == "getattr"),
            _ => false,
        };
        from_table && site.module.source(left) == name
    })
}

fn guarded(site: &Site<'_>, mut draft: Draft<'_>, call: Node<'_>, advice: Advice) -> Option<Vec<Edit>> {
    let module = site.module;
    let text = module.text();
    if around(call, &["try_statement"], FUNCTIONS).is_some()
        || around(
            call,
            &[
                "lambda",
                "list_comprehension",
                "dictionary_comprehension",
                "set_comprehension",
                "generator_expression",
                "conditional_expression",
                "boolean_operator",
                "named_expression",
            ],
            &["block", "module"],
        )
        .is_some()
    {
        return None;
    }
    let statement = around(call, &["expression_statement", "return_statement"], &["block", "module"])?;
    let margin = leading(text, statement.start_byte())?;
    let asked = awaited(call);
    let what = use_of(&draft, statement, asked)?;
    // Statements that share a line, and texts over several lines, cannot be moved in.
    let after = text.get(statement.end_byte()..line_end(text, statement.end_byte()))?.trim();
    let long_text = descendants(statement).any(|node| node.kind() == "string" && node.start_position().row != node.end_position().row);
    if long_text || !(after.is_empty() || after.starts_with('#')) {
        return None;
    }
    let scope = around(call, &["function_definition"], &[]).unwrap_or(module.root());
    let unused = |names: &[&'static str]| names.iter().copied().find(|name| !names_in(&draft, scope, name));
    let error = unused(ERRORS)?;
    let (newline, step) = (draft.style.newline, draft.style.indent.clone());
    let advice = match advice {
        Advice::AskAgain => "Correct the arguments or go another way.".to_owned(),
        Advice::Names => format!("The tools are: {{', '.join({})}}.", table(&draft, call)?),
    };
    let told = format!("f\"{{type({error}).__name__}}: {{{error}}}. {advice}\"");
    let told = draft.style.quoted(&told);
    let start = read_before(&draft, statement, call).unwrap_or(line_start(text, statement.start_byte()));
    let end = line_end(text, statement.end_byte());
    let moved = |range: std::ops::Range<usize>| -> String {
        text.get(range)
            .unwrap_or_default()
            .split_inclusive('\n')
            .map(|line| if line.trim().is_empty() { line.to_owned() } else { format!("{step}{line}") })
            .collect()
    };
    let ended = |mut block: String| {
        if !block.is_empty() && !block.ends_with('\n') {
            block.push_str(newline);
        }
        block
    };
    let except = |then: &str| {
        format!("{margin}except Exception as {error}:  # the model is told, and may ask again{newline}{margin}{step}{then} {told}{newline}")
    };
    let written = match what {
        Use::Assigns(target) => {
            let target = module.source(target);
            format!("{margin}try:{newline}{}{}", ended(moved(start..end)), except(&format!("{target} =")))
        }
        Use::Returns => format!("{margin}try:{newline}{}{}", ended(moved(start..end)), except("return")),
        Use::Holds => {
            let result = unused(RESULTS)?;
            if asked.start_position().row != asked.end_position().row {
                return None;
            }
            let before = moved(start..line_start(text, statement.start_byte()));
            let source = module.source(asked);
            let rest = format!(
                "{}{result}{}",
                text.get(line_start(text, statement.start_byte())..asked.start_byte())?,
                text.get(asked.end_byte()..end)?
            );
            format!("{margin}try:{newline}{before}{margin}{step}{result} = {source}{newline}{}{rest}", except(&format!("{result} =")))
        }
    };
    let written = if text.get(..end)?.ends_with('\n') { written } else { written.trim_end_matches(['\r', '\n']).to_owned() };
    draft.replace(start..end, written);
    draft.finish()
}

/// The table a tool is taken from by its name: `TOOLS` of `TOOLS[name](**arguments)`.
fn table<'m>(draft: &Draft<'m>, call: Node<'_>) -> Option<&'m str> {
    let function = call.child_by_field_name("function").filter(|function| function.kind() == "subscript")?;
    let table = function.child_by_field_name("value").filter(|value| value.kind() == "identifier")?;
    draft.module.text().get(table.byte_range())
}

/// The call with its `await`.
fn awaited(call: Node<'_>) -> Node<'_> {
    call.parent().filter(|parent| parent.kind() == "await").unwrap_or(call)
}

/// What the statement does with the answer, if text may take its place.
fn use_of<'t>(draft: &Draft<'_>, statement: Node<'t>, asked: Node<'t>) -> Option<Use<'t>> {
    let inner = statement.named_child(0)?;
    let whole = |expression: Node<'_>| {
        expression == asked || becomes_text(draft, asked) && expression == asked.parent().and_then(|list| list.parent()).unwrap_or(asked)
    };
    if inner.kind() == "assignment" && inner.child_by_field_name("right").is_some_and(whole) {
        let target = inner.child_by_field_name("left").filter(|left| left.kind() == "identifier")?;
        let is_text = becomes_text(draft, asked);
        return (is_text || read_as_text(draft, target)).then_some(Use::Assigns(target));
    }
    if statement.kind() == "return_statement" && whole(inner) {
        return (becomes_text(draft, asked) || returned_as_text(draft, statement)).then_some(Use::Returns);
    }
    (becomes_text(draft, asked) && statement.kind() == "expression_statement").then_some(Use::Holds)
}

/// Whether an expression is made text where it stands: `str(...)`, `json.dumps(...)`, `"content": ...`, in an f-string.
fn becomes_text(draft: &Draft<'_>, expression: Node<'_>) -> bool {
    let Some(parent) = expression.parent() else { return false };
    match parent.kind() {
        "interpolation" => true,
        "argument_list" => parent.parent().and_then(|call| draft.callee(call)).is_some_and(|callee| TEXT_MAKERS.contains(&callee.as_str())),
        "pair" => {
            let key = parent.child_by_field_name("key").and_then(|key| crate::repair::python::definition::text_of(draft.module, key));
            key.is_some_and(|key| CONTENT_KEYS.contains(&key.as_str()))
        }
        "keyword_argument" => parent.child_by_field_name("name").is_some_and(|name| CONTENT_KEYS.contains(&draft.module.source(name))),
        _ => false,
    }
}

/// Whether every later use of a name in its function makes text of it.
fn read_as_text(draft: &Draft<'_>, target: Node<'_>) -> bool {
    let scope = around(target, &["function_definition"], &[]).unwrap_or(draft.module.root());
    let name = draft.module.source(target);
    let uses = descendants(scope)
        .filter(|node| node.kind() == "identifier" && node.start_byte() != target.start_byte() && draft.module.source(*node) == name);
    let mut read = 0;
    for node in uses {
        let written = node.parent().is_some_and(|parent| parent.kind() == "assignment" && parent.child_by_field_name("left") == Some(node));
        let label = node.parent().is_some_and(|parent| {
            matches!(parent.kind(), "keyword_argument" | "attribute")
                && parent.child_by_field_name("name").or_else(|| parent.child_by_field_name("attribute")) == Some(node)
        });
        if !written && !label {
            read += 1;
            if !becomes_text(draft, node) {
                return false;
            }
        }
    }
    read > 0
}

/// Whether every call of the function a `return` stands in makes text of what it gives, at once or by a name.
fn returned_as_text(draft: &Draft<'_>, statement: Node<'_>) -> bool {
    let Some(function) = around(statement, &["function_definition"], &["lambda", "class_definition"]) else { return false };
    let Some(name) = function.child_by_field_name("name").map(|name| draft.module.source(name)) else { return false };
    let mut called = 0;
    for call in calls(draft.module.root()) {
        let callee = draft.callee(call).unwrap_or_default();
        if callee != name && callee.strip_prefix("self.") != Some(name) {
            continue;
        }
        called += 1;
        let asked = awaited(call);
        let assigned = asked.parent().filter(|parent| parent.kind() == "assignment").and_then(|parent| parent.child_by_field_name("left"));
        let fine = match assigned {
            Some(target) => target.kind() == "identifier" && read_as_text(draft, target),
            None => becomes_text(draft, asked),
        };
        if !fine {
            return false;
        }
    }
    called > 0
}

/// The start of the statement right before, where it reads the arguments from JSON that the call then takes.
fn read_before(draft: &Draft<'_>, statement: Node<'_>, call: Node<'_>) -> Option<usize> {
    let text = draft.module.text();
    let before = statement.prev_named_sibling().filter(|before| before.kind() == "expression_statement")?;
    let assignment = before.named_child(0).filter(|inner| inner.kind() == "assignment")?;
    let reads = calls(assignment.child_by_field_name("right")?).any(|call| draft.callee(call).is_some_and(|callee| callee == "json.loads"));
    let target = draft.module.source(assignment.child_by_field_name("left").filter(|left| left.kind() == "identifier")?);
    let taken =
        children(call.child_by_field_name("arguments")?).iter().any(|argument| draft.module.source(*argument) == format!("**{target}"));
    // Nothing else may need them after the call: they are not there when they could not be read.
    let scope = around(statement, &["function_definition"], &[]).unwrap_or(draft.module.root());
    let uses = descendants(scope)
        .filter(|node| node.kind() == "identifier" && draft.module.source(*node) == target && node.start_byte() >= statement.end_byte());
    let adjacent = line_start(text, statement.start_byte()) == line_end(text, before.end_byte());
    let one_line = before.start_position().row == before.end_position().row && leading(text, before.start_byte()).is_some();
    (reads && taken && adjacent && one_line && uses.count() == 0).then(|| line_start(text, before.start_byte()))
}

/// Whether a function uses a name, or is itself of a kind that has none of its own.
fn names_in(draft: &Draft<'_>, scope: Node<'_>, name: &str) -> bool {
    descendants(scope).any(|node| node.kind() == "identifier" && draft.module.source(node) == name)
}
