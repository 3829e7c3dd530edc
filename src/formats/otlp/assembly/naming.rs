//! What the agent of a run is called.

use super::{
    super::reading::SpanKind,
    scene::{Place, Scene},
};

/// Names that frameworks give whatever the user does not name: they tell no agent from another.
const GENERIC: &[&str] = &[
    "agent",
    "agent run",
    "agent workflow",
    "agentexecutor",
    "agentworkflow",
    "assistant",
    "chain",
    "crew",
    "invoke_agent",
    "invoke_workflow",
    "langgraph",
    "runnablesequence",
    "unknown",
    "workflow",
];

/// What frameworks put around a name in that of a span.
const BEFORE: &[&str] = &["invoke_agent ", "invoke_workflow ", "agent run ", "create_agent "];
const AFTER: &[&str] = &[
    ".run_stream",
    ".run",
    ".arun",
    ".kickoff",
    ".kickoff_async",
    ".workflow",
    ".agent",
    ".forward",
    ".__call__",
    "._execute_core",
    ".invoke",
    ".ainvoke",
];

/// Agents looked at for one with a name.
const LOOKED_AT: usize = 64;

/// The name of the outermost agent that has one of its own, else the root span's, else the service's. `None` only where all are generic.
pub(super) fn agent(scene: &Scene) -> Option<String> {
    let own = |name: &str| Some(name.trim()).filter(|name| !name.is_empty() && !is_generic(name)).map(str::to_owned);
    let agents = scene.forest.order.iter().copied().filter(|place| scene.kind(*place) == SpanKind::Agent);
    let outermost = agents.take(LOOKED_AT).find_map(|place| own(scene.readings[place].agent.as_deref()?));
    let run = |place: &usize| scene.places[*place] == Place::Run || scene.shows[*place];
    let told = || scene.forest.tops().filter(run).find_map(|top| own(scene.readings[top].agent.as_deref()?));
    let root =
        || scene.forest.tops().filter(|top| run(top) && scene.forest.is_root(*top)).find_map(|top| own(plain(&scene.span(top).name)));
    let service = || {
        let resource = &scene.span(*scene.forest.order.first()?).resource;
        resource.attributes.text("service.name").filter(|name| !name.starts_with("unknown_service")).and_then(own)
    };
    let first = || scene.forest.tops().next().map(|top| scene.span(top).name.clone()).filter(|name| !name.is_empty());
    outermost.or_else(told).or_else(root).or_else(service).or_else(first)
}

fn is_generic(name: &str) -> bool {
    GENERIC.iter().any(|generic| generic.eq_ignore_ascii_case(name))
}

/// A span's name without what frameworks put around the user's.
fn plain(name: &str) -> &str {
    let name = BEFORE.iter().find_map(|before| name.strip_prefix(before)).unwrap_or(name);
    AFTER.iter().find_map(|after| name.strip_suffix(after)).unwrap_or(name)
}
