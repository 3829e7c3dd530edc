//! The names under which functions and classes are offered to a model: decorators, tools made by a call, and tables of tools.

use std::collections::HashMap;

use tree_sitter::Node;

use super::{
    Definition, DefinitionKind, Module,
    definition::{keyword, positional, text_of},
    imports::dotted,
    walk::{children, descendants},
};

/// Last parts of decorators that make a tool of a function.
const DECORATORS: &[&str] = &["tool", "tool_plain", "function_tool", "kernel_function", "ai_function", "beta_tool", "beta_async_tool"];

/// Keywords by which decorators and calls name a tool.
const NAMES: &[&str] = &["name_override", "name", "name_or_callable", "tool_name"];

/// Calls that make a tool of a function, by the last part, and whether the first argument may be its name.
const MAKERS: &[(&str, bool)] = &[
    ("from_function", false),
    ("from_defaults", false),
    ("FunctionTool", false),
    ("Tool", true),
    ("StructuredTool", false),
    ("function_tool", false),
    ("tool", true),
];

/// Keywords by which such calls take the function.
const FUNCTIONS: &[&str] = &["func", "fn", "function", "coroutine", "async_fn", "callable", "entrypoint"];

/// Methods by which a tool that is a class does its work.
pub(in crate::repair) const WORKERS: &[&str] = &["_run", "_arun", "run", "arun", "forward", "execute", "__call__"];

/// Gives every definition its tool name, where the source says one.
pub(super) fn name(module: &Module, definitions: &mut [Definition]) {
    let said = by_reference(module);
    for definition in &mut *definitions {
        definition.tool_name = match definition.kind {
            DefinitionKind::Value => None,
            DefinitionKind::Class => in_class(module, definition),
            _ => decorated(module, definition),
        }
        .or_else(|| (definition.kind != DefinitionKind::Value).then(|| said.get(&definition.name).cloned()).flatten());
        if definition.kind == DefinitionKind::Value {
            let last = definition.callee.as_deref().and_then(|callee| callee.rsplit('.').next());
            let makes_tool = last.is_some_and(|last| MAKERS.iter().any(|(maker, _)| *maker == last) || last.ends_with("Tool"));
            definition.tool_name = definition.label.clone().filter(|_| makes_tool);
        }
    }
    let classes: HashMap<String, String> = definitions
        .iter()
        .filter(|definition| definition.kind == DefinitionKind::Class)
        .filter_map(|class| Some((class.qualified.clone(), class.tool_name.clone()?)))
        .collect();
    for method in definitions.iter_mut().filter(|definition| WORKERS.contains(&definition.name.as_str())) {
        if let Some((class, _)) = method.qualified.rsplit_once('.') {
            method.tool_name = method.tool_name.take().or_else(|| classes.get(class).cloned());
        }
    }
}

/// `@tool`, `@tool("quote")`, `@function_tool(name_override="quote")`.
fn decorated(module: &Module, definition: &Definition) -> Option<String> {
    let function = module.node_of(definition)?;
    let outer = function.parent().filter(|outer| outer.kind() == "decorated_definition")?;
    for decorator in children(outer).into_iter().filter(|child| child.kind() == "decorator") {
        let Some(expression) = children(decorator).into_iter().next() else { continue };
        let (callee, call) = match expression.kind() {
            "call" => (expression.child_by_field_name("function")?, Some(expression)),
            _ => (expression, None),
        };
        let Some(callee) = dotted(module, callee) else { continue };
        if !DECORATORS.contains(&callee.rsplit('.').next().unwrap_or(&callee)) {
            continue;
        }
        let named = call.and_then(|call| {
            let first = positional(call).into_iter().next().and_then(|first| text_of(module, first));
            first.or_else(|| NAMES.iter().find_map(|name| text_of(module, keyword(module, call, name)?)))
        });
        return Some(named.unwrap_or_else(|| definition.name.clone()));
    }
    None
}

/// `class QuoteTool(BaseTool): name: str = "quote"`, where the class has a method that does the work.
fn in_class(module: &Module, definition: &Definition) -> Option<String> {
    let body = module.node_of(definition)?.child_by_field_name("body")?;
    let statements = children(body);
    let works = statements.iter().any(|statement| {
        let function =
            if statement.kind() == "decorated_definition" { statement.child_by_field_name("definition") } else { Some(*statement) };
        let name = function.filter(|node| node.kind() == "function_definition").and_then(|node| node.child_by_field_name("name"));
        name.is_some_and(|name| WORKERS.contains(&module.source(name)))
    });
    if !works {
        return None;
    }
    statements.into_iter().filter(|statement| statement.kind() == "expression_statement").find_map(|statement| {
        let assignment = statement.named_child(0).filter(|child| child.kind() == "assignment")?;
        let left = assignment.child_by_field_name("left")?;
        (module.source(left) == "name").then(|| text_of(module, assignment.child_by_field_name("right")?))?
    })
}

/// Functions and classes by name, with the tool name that calls and tables elsewhere in the module give them. The first one said counts.
fn by_reference(module: &Module) -> HashMap<String, String> {
    let mut said: HashMap<String, String> = HashMap::new();
    for node in descendants(module.root()) {
        let found = match node.kind() {
            "call" => made(module, node),
            "pair" => in_table(module, node),
            "if_statement" | "elif_clause" => in_branch(module, node),
            _ => None,
        };
        if let Some((function, name)) = found {
            said.entry(function).or_insert(name);
        }
    }
    said
}

/// `Tool(name="quote", func=get_quote)`.
fn made(module: &Module, call: Node<'_>) -> Option<(String, String)> {
    let callee = dotted(module, call.child_by_field_name("function")?)?;
    let last = callee.rsplit('.').next().unwrap_or(&callee);
    let (_, name_first) = MAKERS.iter().find(|(maker, _)| *maker == last)?;
    let arguments = positional(call);
    let first_text = arguments.first().and_then(|first| text_of(module, *first)).filter(|_| *name_first);
    let function = FUNCTIONS.iter().find_map(|name| keyword(module, call, name));
    let function = function.or_else(|| arguments.iter().find(|argument| argument.kind() == "identifier").copied());
    let function = function.filter(|function| function.kind() == "identifier")?;
    let name = first_text.or_else(|| NAMES.iter().find_map(|name| text_of(module, keyword(module, call, name)?)))?;
    Some((module.source(function).to_owned(), name))
}

/// `{"quote": get_quote}`, `{"quote": {"function": get_quote, ...}}`.
fn in_table(module: &Module, pair: Node<'_>) -> Option<(String, String)> {
    let name = text_of(module, pair.child_by_field_name("key")?)?;
    let value = pair.child_by_field_name("value")?;
    let function = match value.kind() {
        "identifier" if !FUNCTIONS.contains(&name.as_str()) => value,
        "dictionary" => children(value).into_iter().filter(|inner| inner.kind() == "pair").find_map(|inner| {
            let key = text_of(module, inner.child_by_field_name("key")?)?;
            let function = inner.child_by_field_name("value")?;
            (FUNCTIONS.contains(&key.as_str()) && function.kind() == "identifier").then_some(function)
        })?,
        _ => return None,
    };
    Some((module.source(function).to_owned(), name))
}

/// `if name == "quote": result = get_quote(...)`.
fn in_branch(module: &Module, branch: Node<'_>) -> Option<(String, String)> {
    let condition = branch.child_by_field_name("condition").filter(|condition| condition.kind() == "comparison_operator")?;
    let operands = children(condition);
    if operands.len() != 2 || !module.source(condition).contains("==") {
        return None;
    }
    let name = operands.iter().find_map(|operand| text_of(module, *operand)).filter(|name| !name.is_empty())?;
    let body = branch.child_by_field_name("consequence")?;
    let calls = descendants(body).filter(|node| node.kind() == "call").filter_map(|call| call.child_by_field_name("function"));
    let mut functions = calls.filter(|function| function.kind() == "identifier").map(|function| module.source(function).to_owned());
    functions
        .find(|function| !matches!(function.as_str(), "str" | "print" | "dict" | "list" | "int" | "float" | "len" | "repr"))
        .map(|function| (function, name))
}
