//! A tool's error given to the model: by the loop that calls tools, by the framework's switch for it, or by a decorator of a few lines.

use tree_sitter::Node;

use super::{
    super::{framework::Framework, literal, site::Site},
    dispatch::{self, Advice},
    exceptions::tellable,
};
use crate::repair::python::{
    Definition, DefinitionKind, Edit,
    definition::keyword,
    draft::{Draft, calls},
    function::Function,
    items::{add_keyword, prepend, remove_argument},
    style::{leading_of_line, line_end},
    walk::children,
};

/// The version of LangChain from which on a middleware tells errors.
const MIDDLEWARE_SINCE: &[u32] = &[1, 4];

const ON_ERROR: &str = r#"def tell_model(error, request):
    """What the model is told of an error of a tool; None lets the error end the run."""
    if isinstance(error, (ValueError, TypeError, LookupError, ArithmeticError, OSError)):
        return f"{type(error).__name__}: {error}. Correct the arguments or go another way."
    return None
"#;

macro_rules! errors_to_model {
    ($name:literal, $raised:literal, $async:literal, $await:literal) => {
        concat!(
            "def ",
            $name,
            "(*kinds):\n    \"\"\"Give errors of these kinds to the model, which may ask again; others end the run as before.\"\"\"\n\n    def decorate(function):\n        @functools.wraps(function)\n        ",
            $async,
            "def telling(*args, **kwargs):\n            try:\n                return ",
            $await,
            "function(*args, **kwargs)\n            except kinds as error:\n                told = f\"{type(error).__name__}: {error}\"\n                raise ",
            $raised,
            "(f\"{told}. Correct the arguments or go another way.\") from error\n\n        return telling\n\n    return decorate\n"
        )
    };
}

const MODEL_RETRY: &str = errors_to_model!("errors_to_model", "ModelRetry", "", "");
const ASYNC_MODEL_RETRY: &str = errors_to_model!("async_errors_to_model", "ModelRetry", "async ", "await ");
const TOOL_EXCEPTION: &str = errors_to_model!("errors_to_model", "ToolException", "", "");
const ASYNC_TOOL_EXCEPTION: &str = errors_to_model!("async_errors_to_model", "ToolException", "async ", "await ");

pub(in super::super) fn edit(site: &Site<'_>) -> Option<Vec<Edit>> {
    match site.framework()? {
        Framework::Plain => dispatch::edit(site, Advice::AskAgain),
        Framework::PydanticAi => model_retry(site),
        Framework::OpenAiAgents => switched_on_again(site),
        Framework::LangChain => middleware(site).or_else(|| tool_exception(site)),
        Framework::LangGraph => tool_node(site).or_else(|| tool_exception(site)),
        _ => None,
    }
}

/// Pydantic AI: what the tool raises becomes `ModelRetry`.
fn model_retry(site: &Site<'_>) -> Option<Vec<Edit>> {
    let function = site.tool()?;
    let mut draft = site.draft();
    decorate(site, &mut draft, &function, ("pydantic_ai", "ModelRetry"), MODEL_RETRY, ASYNC_MODEL_RETRY)?;
    draft.finish()
}

/// LangChain's tools: what the tool raises becomes `ToolException`, and the tool tells it.
fn tool_exception(site: &Site<'_>) -> Option<Vec<Edit>> {
    let function = site.tool()?;
    let mut draft = site.draft();
    let name = function.name();
    // The agent tells errors already, or the tool does.
    if site.is_used("ToolErrorMiddleware") || site.module.text().contains(&format!("{name}.handle_tool_error")) {
        return None;
    }
    // A decorator of another package may be called so too.
    let langchain = |name: &str| {
        let whole = draft.imports.resolve(name);
        whole.starts_with("langchain") && whole.ends_with(".tool")
    };
    match function.decorator_where(langchain) {
        // The decorator has made a tool of the name: it is told after the function, at the same depth.
        Some(_) if matches!(site.place.kind, DefinitionKind::Function | DefinitionKind::AsyncFunction) => {
            let text = site.module.text();
            let margin = leading_of_line(text, site.place.range.start);
            let at = line_end(text, site.place.range.end);
            let ended = text.get(..at)?.ends_with('\n');
            let newline = draft.style.newline;
            let lead = if ended { "" } else { newline };
            let gap = if margin.is_empty() { newline.repeat(2) } else { newline.to_owned() };
            let below = text.get(at..)?.lines().next().unwrap_or_default();
            let after = if below.trim().is_empty() { "" } else { gap.as_str() };
            draft.insert(at, format!("{lead}{gap}{margin}{name}.handle_tool_error = True{newline}{after}"));
        }
        Some(_) => return None,
        None if function.decorator(&["tool"]).is_some() => return None,
        None => {
            let makes = |call: &Node<'_>| draft.callee(*call).is_some_and(|callee| makes_tool(&callee));
            let of = |call: &Node<'_>| {
                ["func", "coroutine"]
                    .iter()
                    .any(|key| keyword(site.module, *call, key).is_some_and(|value| site.module.source(value) == name))
            };
            let first = |call: &Node<'_>| {
                let arguments = call.child_by_field_name("arguments").map(children).unwrap_or_default();
                arguments.first().is_some_and(|first| site.module.source(*first) == name)
            };
            let call = calls(site.module.root()).find(|call| makes(call) && (of(call) || first(call)))?;
            add_keyword(&mut draft, call, "handle_tool_error", "True")?;
        }
    }
    decorate(site, &mut draft, &function, ("langchain_core.tools", "ToolException"), TOOL_EXCEPTION, ASYNC_TOOL_EXCEPTION)?;
    draft.finish()
}

fn makes_tool(callee: &str) -> bool {
    let langchain = callee.starts_with("langchain");
    langchain
        && (callee.ends_with(".StructuredTool.from_function")
            || callee.ends_with(".Tool")
            || callee.ends_with(".Tool.from_function")
            || callee.ends_with(".StructuredTool"))
}

fn decorate(
    site: &Site<'_>,
    draft: &mut Draft<'_>,
    function: &Function<'_>,
    (package, raised): (&'static str, &'static str),
    helper: &'static str,
    async_helper: &'static str,
) -> Option<()> {
    if function.decorator(&["errors_to_model", "async_errors_to_model"]).is_some() || function.mentions(|name| name == raised) {
        return None;
    }
    // The helper says the class by its own name.
    if draft.import_from(package, raised)? != raised {
        return None;
    }
    let kinds = tellable(site, draft, function).join(", ");
    let (name, source) = if function.is_async() { ("async_errors_to_model", async_helper) } else { ("errors_to_model", helper) };
    draft.helper(name, source, &["functools"])?;
    function.decorate(draft, &format!("{name}({kinds})"))
}

/// OpenAI Agents tells errors unless it was told not to: that is taken back.
fn switched_on_again(site: &Site<'_>) -> Option<Vec<Edit>> {
    let function = site.tool()?;
    let mut draft = site.draft();
    let of_agents = |name: &str| draft.imports.resolve(name) == "agents.function_tool";
    let decorator = function.decorator_where(of_agents).filter(|decorator| decorator.kind() == "call")?;
    let value = keyword(site.module, decorator, "failure_error_function")?;
    if site.module.source(value) != "None" {
        return None;
    }
    remove_argument(&mut draft, value.parent()?);
    draft.finish()
}

/// LangChain's agent: a middleware that tells errors, outermost, so that retries come before it.
fn middleware(site: &Site<'_>) -> Option<Vec<Edit>> {
    let mut draft = site.draft();
    let call = agent_call(site, &draft)?;
    if !site.installed.at_least(&["langchain"], MIDDLEWARE_SINCE) || site.is_used("ToolErrorMiddleware") {
        return None;
    }
    let class = draft.import_from("langchain.agents.middleware", "ToolErrorMiddleware")?;
    draft.helper("tell_model", ON_ERROR, &[])?;
    let tools = site.context.subject.tool().map(|tool| format!(", tools=[{}]", literal::text(tool))).unwrap_or_default();
    let entry = format!("{class}(tell_model{tools})");
    match keyword(site.module, call, "middleware") {
        None => add_keyword(&mut draft, call, "middleware", &format!("[{entry}]"))?,
        Some(list) if list.kind() == "list" => prepend(&mut draft, list, &entry)?,
        Some(_) => return None,
    }
    draft.finish()
}

/// The call of `create_agent` in the place, which is an agent or makes one.
pub(super) fn agent_call<'s>(site: &Site<'s>, draft: &Draft<'_>) -> Option<Node<'s>> {
    let node = site.node()?;
    let is_agent = |call: &Node<'_>| {
        draft
            .callee(*call)
            .is_some_and(|callee| matches!(callee.as_str(), "langchain.agents.create_agent" | "langchain.agents.factory.create_agent"))
    };
    let found: Vec<Node<'s>> = calls(node).filter(is_agent).collect();
    match found.as_slice() {
        [call] => Some(*call),
        _ => None,
    }
}

/// LangGraph's tool node: it tells errors when told to.
fn tool_node(site: &Site<'_>) -> Option<Vec<Edit>> {
    let mut draft = site.draft();
    let call = site.call_of(&draft, &["langgraph.prebuilt.ToolNode", "langgraph.prebuilt.tool_node.ToolNode"])?;
    // At the tool itself the change is smaller; this one is for the place that makes the graph.
    let of_tool = |definition: &Definition| definition.kind == DefinitionKind::Value || site.tool().is_none();
    if !of_tool(site.place) {
        return None;
    }
    match keyword(site.module, call, "handle_tool_errors") {
        None => add_keyword(&mut draft, call, "handle_tool_errors", "True")?,
        Some(value) if site.module.source(value) == "False" => draft.replace(value.byte_range(), "True"),
        Some(_) => return None,
    }
    draft.finish()
}
