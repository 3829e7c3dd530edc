//! What a module defines: functions, methods, classes and agents, and the names under which tools are offered.

use std::ops::Range;

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
    /// Its name: `get_quote`.
    pub name: String,
    /// Its name with what it is in: `Desk.get_quote`, `build.get_quote`.
    pub qualified: String,
    /// What it is.
    pub kind: DefinitionKind,
    /// Its decorators without `@`, outermost first: `tool("quote")`. For a [`DefinitionKind::Value`] empty.
    pub decorators: Vec<String>,
    /// The name under which a model is offered it, where the source says so: `@tool("quote")`, `Tool(name="quote", func=get_quote)`.
    pub tool_name: Option<String>,
    /// For a [`DefinitionKind::Value`], what is called: `Agent`, `langchain.agents.create_agent`.
    pub callee: Option<String>,
    /// The line of its `def`, `class` or name, from 1.
    pub line: u32,
    /// Its bytes, decorators included.
    pub range: Range<usize>,
}
