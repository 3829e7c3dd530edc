//! What in names, decorators, paths and texts tells a tool from an agent, and the one meant from its namesakes.

use crate::repair::{
    python::{Definition, DefinitionKind},
    subject::Subject,
};

/// What is called to make an agent, without the module it is from.
const AGENT_MAKERS: &[&str] = &[
    "Agent",
    "AgentExecutor",
    "AgentWorkflow",
    "AssistantAgent",
    "ChatAgent",
    "CodeAgent",
    "Crew",
    "FunctionAgent",
    "LlmAgent",
    "ReActAgent",
    "ToolCallingAgent",
    "create_agent",
    "create_react_agent",
    "create_tool_calling_agent",
    "initialize_agent",
];

/// What a definition earns as the place to mend. The order of the figures is what matters: a place the trace names stands above a
/// frame, a frame above a name, and what lies near breaks ties.
pub(super) mod worth {
    pub(in crate::repair::project) const NAMED_PLACE: u32 = 1_000;
    pub(in crate::repair::project) const FRAME: u32 = 400;
    pub(in crate::repair::project) const OFFERED_AS: u32 = 120;
    pub(in crate::repair::project) const TOOL_DECORATOR: u32 = 60;
    pub(in crate::repair::project) const NAME: u32 = 40;
    pub(in crate::repair::project) const SAME_FILE: u32 = 20;
    pub(in crate::repair::project) const IMPORTED: u32 = 12;
    pub(in crate::repair::project) const NO_TEST: u32 = 30;
}

/// The texts that may hold a traceback.
pub(super) fn tracebacks<'r>(subject: &Subject<'r>) -> Vec<&'r str> {
    let of_run = subject.trace.error.as_ref().and_then(|error| error.traceback.as_deref());
    let of_step = subject.step.and_then(|step| step.error.as_deref());
    let of_attributes = subject.step.into_iter().flat_map(|step| &step.attributes);
    let stack = of_attributes.filter(|(name, _)| name.ends_with("stacktrace")).filter_map(|(_, value)| value.as_str());
    stack.chain(of_step).chain(of_run).filter(|text| text.contains("File \"")).collect()
}

/// Whether two names are one but for case and separators: `get_quote`, `get-quote`.
pub(super) fn alike(one: &str, other: &str) -> bool {
    let letters = |name: &str| name.chars().filter(|one| one.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    one == other || (letters(one) == letters(other) && one.chars().any(char::is_alphanumeric))
}

/// Whether a decorator makes a tool of a function.
pub(super) fn is_tool_decorator(decorator: &str) -> bool {
    let name = decorator.split('(').next().unwrap_or_default();
    let last = name.rsplit('.').next().unwrap_or_default().trim();
    last.contains("tool") || matches!(last, "kernel_function" | "ai_function")
}

/// Whether a definition is a value that is an agent.
pub(super) fn makes_agent(definition: &Definition) -> bool {
    let callee = definition.callee.as_deref().unwrap_or_default();
    definition.kind == DefinitionKind::Value && AGENT_MAKERS.contains(&callee.rsplit('.').next().unwrap_or_default())
}

/// Whether a file is written for tests.
pub(super) fn is_test(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let folder = path.split('/').any(|part| matches!(part, "test" | "tests" | "testing"));
    folder || name.starts_with("test_") || name.ends_with("_test.py") || name == "conftest.py"
}

/// The lines of a source that import something, joined.
pub(super) fn import_lines(text: &str) -> String {
    let imports = text.lines().map(str::trim_start).filter(|line| line.starts_with("from ") || line.starts_with("import "));
    imports.collect::<Vec<_>>().join("\n")
}

/// Whether a word stands in some lines.
pub(super) fn holds_word(lines: &str, word: &str) -> bool {
    !word.is_empty() && lines.split(|one: char| !one.is_alphanumeric() && one != '_').any(|part| part == word)
}
