//! CrewAI, beside OpenInference or Traceloop: crews, agents and tasks with attributes of their own.

use serde_json::Value;

use super::{Dialect, Field, SpanKind};
use crate::formats::otlp::{
    reading::Reading,
    vocabulary::{facts::Facts, value},
};

/// What the instrumentations add.
pub(super) const DIALECT: Dialect = Dialect {
    words: &[
        ("crewai.task.id", Field::Own),
        ("crewai.agent.id", Field::AgentId),
        ("crewai.agent.role", Field::Agent),
        ("crewai.task.agent", Field::Agent),
        ("crewai.crew.name", Field::Part),
        ("crewai.agent.llm", Field::Model),
        ("crewai.agent.tools", Field::Tools),
        ("crewai.task.tools", Field::Tools),
        ("crewai.task.description", Field::Input),
        ("crew_inputs", Field::Input),
        ("crewai.crew.result", Field::Output),
        ("crewai.crew.usage_metrics", Field::Usage),
        ("crewai.crew.token_usage", Field::Usage),
        ("crew_tasks", Field::Own),
        ("crewai.crew.tasks", Field::Own),
    ],
    kind: task,
    refine: tasks,
    ..Dialect::EMPTY
};

/// Traceloop calls a task an agent's run; the agent has a span of its own inside.
fn task(facts: &Facts<'_>) -> Option<SpanKind> {
    facts.own("crewai.task.id").map(|_| SpanKind::Wrapper)
}

/// A crew is given its tasks, where it is given nothing else.
fn tasks(facts: &Facts<'_>, reading: &mut Reading) {
    if reading.input.as_ref().is_some_and(|input| input.as_str() != Some("")) {
        return;
    }
    let tasks = facts.own("crew_tasks").or_else(|| facts.own("crewai.crew.tasks")).and_then(|tasks| value::json(tasks, &facts.allowance));
    let tasks = tasks.as_ref().and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let told: Vec<&str> = tasks.iter().filter_map(|task| task.get("description")?.as_str()).collect();
    reading.input = (!told.is_empty()).then(|| Value::String(told.join("\n")));
}
