//! `delete`: forgets runs, after saying how many and whose.

use std::io::{self, BufRead, IsTerminal, Write};

use bytes::Bytes;
use hyper::Method;
use serde::Deserialize;
use serde_json::json;

use super::{
    arguments::DeleteArguments,
    exit::CliError,
    facts_source::{FactsSource, Wanted, path},
    output::{Output, say},
    progress::Progress,
    quantity::runs_words,
    settings::Settings,
};
use crate::{
    engine::facts::Chosen,
    text::{clean::clean_line, human},
};

/// Agents named before the rest is counted.
const AGENTS_NAMED: usize = 8;

/// What one request forgot, and where to go on.
#[derive(Deserialize)]
struct Forgotten {
    deleted: u64,
    next: Option<String>,
}

/// Forgets the runs a filter chooses.
pub async fn run(arguments: &DeleteArguments, settings: &Settings) -> Result<(), CliError> {
    if arguments.filter.as_deref().is_some_and(|filter| filter.trim().is_empty()) {
        return Err(CliError::wrong_use("an empty filter would forget every run; give --all for that"));
    }
    let source = FactsSource::open(settings, Wanted::by(arguments.live)).await?;
    let deleted = delete(arguments, &source).await;
    let deleted = source.close_after(deleted).await?;
    let mut output = Output::stdout();
    if arguments.json {
        output.json(&json!({"deleted": deleted}))?;
    } else {
        output.line(&format!("{} forgotten", runs_words(deleted)))?;
    }
    output.flush()
}

async fn delete(arguments: &DeleteArguments, source: &FactsSource) -> Result<u64, CliError> {
    let filter = arguments.filter.as_deref().unwrap_or_default();
    let chosen: Chosen = source.value(&path("/api/traces/count", &[], &[("where", filter)])).await?;
    if chosen.runs == 0 {
        return Ok(0);
    }
    say(format!("{} of {}: {}", human::count(chosen.runs), runs_words(chosen.stored), whose(&chosen)));
    if !arguments.yes && !agreed()? {
        return Ok(0);
    }
    let all = if arguments.all { "true" } else { "false" };
    let (mut deleted, mut after) = (0, None::<String>);
    let mut progress = Progress::new();
    loop {
        let mut parameters = vec![("where", filter), ("all", all)];
        parameters.extend(after.as_deref().map(|after| ("after", after)));
        let step: Forgotten = source.remote().value(Method::DELETE, &path("/api/traces", &[], &parameters), Bytes::new()).await?;
        deleted += step.deleted;
        progress.show(|| format!("{} of {} forgotten …", human::count(deleted), runs_words(chosen.runs)));
        after = step.next;
        if after.is_none() {
            return Ok(deleted);
        }
    }
}

/// `clerk (12), refund-bot (3) and 2 other agents`.
fn whose(chosen: &Chosen) -> String {
    let named: Vec<String> = chosen
        .agents
        .iter()
        .take(AGENTS_NAMED)
        .map(|agent| format!("{} ({})", clean_line(&agent.agent_id), human::count(agent.runs)))
        .collect();
    match chosen.agents.len().saturating_sub(AGENTS_NAMED) {
        0 => named.join(", "),
        1 => format!("{} and 1 other agent", named.join(", ")),
        others => format!("{} and {} other agents", named.join(", "), human::count(others as u64)),
    }
}

/// Asks the person at the terminal; where there is none, nobody can agree.
fn agreed() -> Result<bool, CliError> {
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Err(CliError::wrong_use("nothing was forgotten: there is no terminal to ask at; --yes does it without asking"));
    }
    let _ = write!(io::stderr(), "Forget them for good? [y/N] ");
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(|error| CliError::wrong_use(format!("no answer can be read: {error}")))?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::facts::AgentRuns;

    #[test]
    fn whose_runs_go_is_said_and_what_they_are_named_cannot_act() {
        let agent = |name: String, runs| AgentRuns { agent_id: name, runs };
        let mut chosen = Chosen { runs: 15, stored: 20, agents: vec![agent("clerk\u{1b}[2J".into(), 12), agent("bot".into(), 3)] };
        assert_eq!(whose(&chosen), "clerk (12), bot (3)");
        chosen.agents = (0..10).map(|number| agent(format!("a{number}"), 1)).collect();
        assert!(whose(&chosen).ends_with("a7 (1) and 2 other agents"), "{}", whose(&chosen));
    }
}
