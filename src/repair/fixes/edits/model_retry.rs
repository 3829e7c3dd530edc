//! More tries of a model's service, by the client's or framework's own means.

use tree_sitter::Node;

use super::{
    super::{framework::Framework, model_retry::TRIES, site::Site},
    tool_error::agent_call,
};
use crate::repair::python::{
    Edit,
    definition::keyword,
    draft::Draft,
    items::{add_keyword, add_keywords, append},
};

/// Clients that take `max_retries=`.
const CLIENTS: &[&str] = &[
    "openai.OpenAI",
    "openai.AsyncOpenAI",
    "openai.AzureOpenAI",
    "openai.AsyncAzureOpenAI",
    "anthropic.Anthropic",
    "anthropic.AsyncAnthropic",
    "langchain_openai.ChatOpenAI",
    "langchain_openai.AzureChatOpenAI",
    "langchain_anthropic.ChatAnthropic",
    "crewai.LLM",
];

/// Seconds after which a service that does not answer is asked again; long enough for an answer that is thought over.
const SECONDS: &str = "120";

/// Versions from which on the means are there.
const MIDDLEWARE_SINCE: &[u32] = &[1, 1];
const SETTINGS_SINCE: &[u32] = &[0, 14];

const RETRY_MODEL: &str = r#"def retry_model():
    """Ask the model again after errors that pass: lost connections, and these HTTP statuses."""
    return ModelRetrySettings(
        max_retries=5,
        backoff={"initial_delay": 1.0, "max_delay": 20.0},
        policy=retry_policies.any(
            retry_policies.network_error(),
            retry_policies.http_status([408, 429, 500, 502, 503, 504]),
        ),
    )
"#;

pub(in super::super) fn edit(site: &Site<'_>) -> Option<Vec<Edit>> {
    let framework = site.framework()?;
    // One of the means is enough.
    if site.is_used("ModelRetryMiddleware") || site.is_used("ModelRetrySettings") {
        return None;
    }
    match framework {
        Framework::LangChain => middleware(site).or_else(|| client(site)),
        Framework::OpenAiAgents => settings(site).or_else(|| client(site)),
        Framework::Plain | Framework::PydanticAi | Framework::CrewAi | Framework::LangGraph => client(site),
        _ => None,
    }
}

/// The client tries more often; where its tries were set to fewer, that is raised.
fn client(site: &Site<'_>) -> Option<Vec<Edit>> {
    let mut draft = site.draft();
    let mut made = site.calls_of(&draft, CLIENTS);
    if let Some(own) = site.made_by().filter(|own| made.contains(own)) {
        made = vec![own];
    }
    let message = site.context.subject.message().to_lowercase();
    let late = ["timeout", "timed out", "time-out"].iter().any(|word| message.contains(word));
    for call in made {
        more_tries(&mut draft, call, late)?;
    }
    draft.finish()
}

/// More tries, and where the service did not answer at all a time after which it is asked again; clients wait ten minutes by themselves.
fn more_tries(draft: &mut Draft<'_>, call: Node<'_>, late: bool) -> Option<()> {
    let tries = TRIES.to_string();
    let mut added = Vec::new();
    match keyword(draft.module, call, "max_retries") {
        None => added.push(("max_retries", tries.as_str())),
        Some(value) => {
            let set: u32 = draft.module.source(value).parse().ok()?;
            if set < TRIES {
                draft.replace(value.byte_range(), tries.clone());
            }
        }
    }
    if late && ["timeout", "request_timeout"].iter().all(|name| keyword(draft.module, call, name).is_none()) {
        added.push(("timeout", SECONDS));
    }
    if added.is_empty() { Some(()) } else { add_keywords(draft, call, &added) }
}

/// LangChain's agent: a middleware that asks again.
fn middleware(site: &Site<'_>) -> Option<Vec<Edit>> {
    let mut draft = site.draft();
    let call = agent_call(site, &draft)?;
    if !site.installed.at_least(&["langchain"], MIDDLEWARE_SINCE) {
        return None;
    }
    let class = draft.import_from("langchain.agents.middleware", "ModelRetryMiddleware")?;
    let entry = format!("{class}(max_retries={TRIES}, initial_delay=1.0, on_failure=\"error\")");
    match keyword(site.module, call, "middleware") {
        None => add_keyword(&mut draft, call, "middleware", &format!("[{entry}]"))?,
        Some(list) if list.kind() == "list" => append(&mut draft, list, &entry)?,
        Some(_) => return None,
    }
    draft.finish()
}

/// OpenAI Agents: the settings of the agent's model say when to ask again.
fn settings(site: &Site<'_>) -> Option<Vec<Edit>> {
    if !site.installed.at_least(&["openai-agents"], SETTINGS_SINCE) {
        return None;
    }
    let mut draft = site.draft();
    let agent = site.made_by().filter(|call| draft.callee(*call).as_deref() == Some("agents.Agent"))?;
    let given = keyword(site.module, agent, "model_settings");
    // The helper says them by their own names.
    for name in ["ModelRetrySettings", "retry_policies"] {
        (draft.import_from("agents", name)? == name).then_some(())?;
    }
    draft.helper("retry_model", RETRY_MODEL, &[])?;
    let value = "retry_model()";
    match given {
        Some(settings) if settings.kind() == "call" && draft.callee(settings).as_deref() == Some("agents.ModelSettings") => {
            add_keyword(&mut draft, settings, "retry", value)?;
        }
        Some(_) => return None,
        None => {
            let class = draft.import_from("agents", "ModelSettings")?;
            add_keyword(&mut draft, agent, "model_settings", &format!("{class}(retry={value})"))?;
        }
    }
    draft.finish()
}
