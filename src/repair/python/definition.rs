//! What a module defines: functions, methods, classes and agents, and the names under which tools are offered.

use std::ops::Range;

use tree_sitter::Node;

use super::{
    Module,
    imports::dotted,
    offered,
    walk::{children, descendants},
};

/// Most definitions kept of a module.
const DEFINITIONS_MAX: usize = 20_000;

/// What kind of definition it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DefinitionKind {
    /// `def` outside a class.
    Function,
    /// `async def` outside a class.
    AsyncFunction,
    /// `def` right inside a class.
    Method,
    /// `async def` right inside a class.
    AsyncMethod,
    /// `class`.
    Class,
    /// `name = Call(...)`: an agent, a graph, a tool made by a call.
    Value,
}

/// One definition of a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Its name: `get_quote`; of `self.agent = Agent()`, `agent`.
    pub name: String,
    /// Its name with what it is in: `Desk.get_quote`, `build.get_quote`.
    pub qualified: String,
    /// What it is.
    pub kind: DefinitionKind,
    /// Its decorators without `@`, outermost first: `tool("quote")`. For a [`DefinitionKind::Value`] empty.
    pub decorators: Vec<String>,
    /// The name under which a model is offered it, where the source says that it is a tool: `@tool`, `@tool("quote")`,
    /// `Tool(name="quote", func=get_quote)`, `{"quote": get_quote}`, `class QuoteTool(BaseTool): name = "quote"`.
    pub tool_name: Option<String>,
    /// For a [`DefinitionKind::Value`], what is called, as it is written: `Agent`, `agents.Agent`.
    pub callee: Option<String>,
    /// For a [`DefinitionKind::Value`], the text of its `name=`, `agent_name=` or `role=`: the name under which an agent reports itself.
    pub label: Option<String>,
    /// The line of its `def`, `class` or name, from 1.
    pub line: u32,
    /// Its bytes, decorators included.
    pub range: Range<usize>,
}

/// The definitions of a module, in the order of the text.
pub(super) fn all(module: &Module) -> Vec<Definition> {
    let mut found: Vec<Definition> = Vec::new();
    // Functions and classes that are open where the walk is: end, name, and whether it is a class.
    let mut open: Vec<(usize, String, bool)> = Vec::new();
    for node in descendants(module.root()) {
        open.retain(|(end, _, _)| node.start_byte() < *end);
        let Some(mut definition) = read(module, node, open.last().is_some_and(|(_, _, class)| *class)) else { continue };
        if found.len() == DEFINITIONS_MAX {
            break;
        }
        let path: Vec<&str> = open.iter().map(|(_, name, _)| name.as_str()).chain([definition.name.as_str()]).collect();
        definition.qualified = path.join(".");
        if definition.kind != DefinitionKind::Value {
            open.push((node.end_byte(), definition.name.clone(), definition.kind == DefinitionKind::Class));
        }
        found.push(definition);
    }
    offered::name(module, &mut found);
    found
}

fn read(module: &Module, node: Node<'_>, in_class: bool) -> Option<Definition> {
    let (kind, name) = match node.kind() {
        "class_definition" => (DefinitionKind::Class, node.child_by_field_name("name")?),
        "function_definition" => {
            let is_async = node.child(0).is_some_and(|child| child.kind() == "async");
            let kind = match (is_async, in_class) {
                (false, false) => DefinitionKind::Function,
                (true, false) => DefinitionKind::AsyncFunction,
                (false, true) => DefinitionKind::Method,
                (true, true) => DefinitionKind::AsyncMethod,
            };
            (kind, node.child_by_field_name("name")?)
        }
        "assignment" => {
            let left = node.child_by_field_name("left")?;
            let name = match left.kind() {
                "identifier" => left,
                "attribute" => left.child_by_field_name("attribute")?,
                _ => return None,
            };
            (DefinitionKind::Value, name)
        }
        _ => return None,
    };
    let mut definition = Definition {
        name: module.source(name).to_owned(),
        qualified: String::new(),
        kind,
        decorators: Vec::new(),
        tool_name: None,
        callee: None,
        label: None,
        line: u32::try_from(name.start_position().row + 1).unwrap_or(u32::MAX),
        range: node.byte_range(),
    };
    if kind == DefinitionKind::Value {
        let call = called(node.child_by_field_name("right")?)?;
        definition.callee = Some(dotted(module, call.child_by_field_name("function")?)?);
        definition.label = ["name", "agent_name", "role"].iter().find_map(|name| text_of(module, keyword(module, call, name)?));
    } else if let Some(outer) = node.parent().filter(|outer| outer.kind() == "decorated_definition") {
        definition.range = outer.byte_range();
        let decorators = children(outer).into_iter().filter(|child| child.kind() == "decorator");
        definition.decorators = decorators.map(|decorator| module.source(decorator).trim_start_matches('@').trim().to_owned()).collect();
    }
    Some(definition)
}

/// The call an expression is, also when it is awaited or in brackets.
pub(in crate::repair) fn called(expression: Node<'_>) -> Option<Node<'_>> {
    let mut inner = expression;
    while matches!(inner.kind(), "await" | "parenthesized_expression") {
        inner = *children(inner).first()?;
    }
    (inner.kind() == "call").then_some(inner)
}

/// The value of a keyword argument of a call.
pub(in crate::repair) fn keyword<'t>(module: &Module, call: Node<'t>, name: &str) -> Option<Node<'t>> {
    let arguments = call.child_by_field_name("arguments")?;
    children(arguments)
        .into_iter()
        .filter(|argument| argument.kind() == "keyword_argument")
        .find(|argument| argument.child_by_field_name("name").is_some_and(|found| module.source(found) == name))?
        .child_by_field_name("value")
}

/// The positional arguments of a call.
pub(in crate::repair) fn positional(call: Node<'_>) -> Vec<Node<'_>> {
    let Some(arguments) = call.child_by_field_name("arguments").filter(|arguments| arguments.kind() == "argument_list") else {
        return Vec::new();
    };
    children(arguments).into_iter().take_while(|argument| !matches!(argument.kind(), "keyword_argument" | "dictionary_splat")).collect()
}

/// The text of a plain string literal, without escapes and interpolations.
pub(in crate::repair) fn text_of(module: &Module, node: Node<'_>) -> Option<String> {
    if node.kind() != "string" {
        return None;
    }
    let parts = children(node);
    let plain = |kind: &str| matches!(kind, "string_start" | "string_content" | "string_end");
    let content = parts.iter().find(|part| part.kind() == "string_content");
    let start = parts.first().map(|start| module.source(*start)).unwrap_or_default();
    let escaped = content.is_some_and(|content| content.named_child_count() > 0);
    if escaped || start.contains(['f', 'F', 'b', 'B']) || !parts.iter().all(|part| plain(part.kind())) {
        return None;
    }
    Some(content.map(|content| module.source(*content).to_owned()).unwrap_or_default())
}
