//! A limit on the turns of a run, by the framework's own means; loops without a framework are counted.

use tree_sitter::Node;

use super::{
    super::{framework::Framework, iteration_limit::turns, site::Site},
    tool_error::agent_call,
    turns as loops,
};
use crate::repair::python::{
    DefinitionKind, Edit,
    definition::{keyword, positional},
    draft::calls,
    items::{add_keyword, add_keywords, append},
};

/// Versions from which on the means are there.
const MIDDLEWARE_SINCE: &[u32] = &[1, 0];
const HANDLERS_SINCE: &[u32] = &[0, 8];
const USAGE_LIMITS_SINCE: &[u32] = &[1, 0];

const AT_LIMIT: &str = r#"def at_turn_limit(_data):
    """The answer of a run that has used up its turns."""
    return "I could not finish this within the limit of turns."
"#;

pub(in super::super) fn edit(site: &Site<'_>) -> Option<Vec<Edit>> {
    match site.framework()? {
        Framework::Plain => loops::edit(site),
        Framework::LangChain => middleware(site),
        Framework::OpenAiAgents => handler(site),
        Framework::PydanticAi => usage_limits(site),
        _ => None,
    }
}

/// LangChain: at the limit of model calls the run ends with what there is.
fn middleware(site: &Site<'_>) -> Option<Vec<Edit>> {
    let mut draft = site.draft();
    let call = agent_call(site, &draft)?;
    if !site.installed.at_least(&["langchain"], MIDDLEWARE_SINCE) || site.is_used("ModelCallLimitMiddleware") {
        return None;
    }
    let class = draft.import_from("langchain.agents.middleware", "ModelCallLimitMiddleware")?;
    let entry = format!("{class}(run_limit={}, exit_behavior=\"end\")", turns(site.context));
    match keyword(site.module, call, "middleware") {
        None => add_keyword(&mut draft, call, "middleware", &format!("[{entry}]"))?,
        Some(list) if list.kind() == "list" => append(&mut draft, list, &entry)?,
        Some(_) => return None,
    }
    draft.finish()
}

/// OpenAI Agents ends a run at its limit of turns with an exception: a handler makes an answer of it.
fn handler(site: &Site<'_>) -> Option<Vec<Edit>> {
    const RUNS: &[&str] = &["agents.Runner.run", "agents.Runner.run_sync", "agents.Runner.run_streamed"];
    let mut draft = site.draft();
    // Where answers have a form, a sentence is none.
    let forms = calls(site.module.root()).any(|call| keyword(site.module, call, "output_type").is_some());
    if forms || !site.installed.at_least(&["openai-agents"], HANDLERS_SINCE) {
        return None;
    }
    let mut runs = site.calls_of(&draft, RUNS);
    if site.place.kind == DefinitionKind::Value {
        runs.retain(|run| starts(site, *run));
    }
    let open: Vec<Node<'_>> = runs.into_iter().filter(|run| keyword(site.module, *run, "error_handlers").is_none()).collect();
    if open.is_empty() {
        return None;
    }
    draft.helper("at_turn_limit", AT_LIMIT, &[])?;
    for run in open {
        let limit = turns(site.context).to_string();
        let handlers = ("error_handlers", "{\"max_turns\": at_turn_limit}");
        match keyword(site.module, run, "max_turns") {
            Some(_) => add_keywords(&mut draft, run, &[handlers])?,
            None => add_keywords(&mut draft, run, &[("max_turns", &limit), handlers])?,
        }
    }
    draft.finish()
}

/// Whether a run starts the agent of the place: `Runner.run(agent, ...)`.
fn starts(site: &Site<'_>, run: Node<'_>) -> bool {
    let first = positional(run).into_iter().next();
    let agent = first.or_else(|| keyword(site.module, run, "starting_agent"));
    let name = agent.map(|agent| site.module.source(agent)).unwrap_or_default();
    name == site.place.name || name.strip_prefix("self.") == Some(site.place.name.as_str())
}

/// Pydantic AI: a limit on the requests of a run.
fn usage_limits(site: &Site<'_>) -> Option<Vec<Edit>> {
    const RUNS: &[&str] = &["run", "run_sync", "run_stream", "iter"];
    if !site.installed.at_least(&["pydantic-ai", "pydantic-ai-slim"], USAGE_LIMITS_SINCE) {
        return None;
    }
    let mut draft = site.draft();
    let agents = site.values_of(&draft, &["pydantic_ai.Agent", "pydantic_ai.agent.Agent"]);
    let of_place = |name: &str| {
        let name = name.strip_prefix("self.").unwrap_or(name);
        if site.place.kind == DefinitionKind::Value { name == site.place.name } else { agents.iter().any(|agent| agent.name == name) }
    };
    let within = if site.place.kind == DefinitionKind::Value { site.module.root() } else { site.node()? };
    let runs: Vec<Node<'_>> = calls(within)
        .filter(|call| {
            let callee = draft.callee(*call).unwrap_or_default();
            callee.rsplit_once('.').is_some_and(|(agent, method)| RUNS.contains(&method) && of_place(agent))
        })
        .filter(|call| keyword(site.module, *call, "usage_limits").is_none())
        .collect();
    if runs.is_empty() || !agents.iter().any(|agent| of_place(&agent.name)) {
        return None;
    }
    let class = draft.import_from("pydantic_ai", "UsageLimits")?;
    for run in runs {
        add_keyword(&mut draft, run, "usage_limits", &format!("{class}(request_limit={})", turns(site.context)))?;
    }
    draft.finish()
}
