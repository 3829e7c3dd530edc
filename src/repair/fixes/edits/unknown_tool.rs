//! A call of a tool that is not there goes back to the model.

use super::{
    super::{framework::Framework, site::Site},
    dispatch::{self, Advice},
};
use crate::repair::python::{Edit, definition::keyword, items::add_keyword};

/// The version of OpenAI Agents that is known to have the switch.
const SINCE: &[u32] = &[0, 24];

pub(in super::super) fn edit(site: &Site<'_>) -> Option<Vec<Edit>> {
    if site.framework()? == Framework::Plain {
        return dispatch::edit(site, Advice::Names);
    }
    if site.context.framework != Framework::OpenAiAgents || !site.installed.at_least(&["openai-agents"], SINCE) {
        return None;
    }
    const SWITCH: &str = "tool_not_found_behavior";
    const TELL: &str = "\"return_error_to_model\"";
    let mut draft = site.draft();
    if site.is_used(SWITCH) {
        return None;
    }
    let configs = site.calls_of(&draft, &["agents.RunConfig", "agents.run.RunConfig"]);
    if !configs.is_empty() {
        for config in configs {
            add_keyword(&mut draft, config, SWITCH, TELL)?;
        }
        return draft.finish();
    }
    let runs = site.calls_of(&draft, &["agents.Runner.run", "agents.Runner.run_sync", "agents.Runner.run_streamed"]);
    // A configuration that comes from elsewhere is not ours to replace.
    if runs.is_empty() || runs.iter().any(|run| keyword(site.module, *run, "run_config").is_some()) {
        return None;
    }
    let class = draft.import_from("agents", "RunConfig")?;
    for run in runs {
        add_keyword(&mut draft, run, "run_config", &format!("{class}({SWITCH}={TELL})"))?;
    }
    draft.finish()
}
