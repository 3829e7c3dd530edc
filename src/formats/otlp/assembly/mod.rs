//! A run out of its spans: one trace, its steps in the order they are read.
//!
//! Spans become trees whatever order they came in ([`forest`]). Each is then a step, the run itself, a part of another step, or
//! machinery that is not shown ([`scene`]). Model calls, tool calls, retrievals, guards, hand-overs and nested agents are steps (an agent
//! as a step of kind `other` with its name); so are spans of the user's own, and machinery in which an error came up that nothing inside
//! it tells of. Calls that a model asked for and no span tells of are steps as well ([`requests`]). How it ended is decided in [`outcome`].

mod attributes;
mod blame;
mod content;
mod errors;
mod forest;
mod handover;
mod merge;
mod naming;
mod notes;
mod outcome;
mod requests;
mod scene;
mod steps;
mod talk;
mod totals;

use std::collections::HashMap;

use super::{
    reading::{Reading, SpanKind},
    span::{LogRecord, OtelTraceId, Span, SpanId},
    telemetry, vocabulary,
};
use crate::{
    formats::native,
    model::{
        ids::TraceId,
        time::Elapsed,
        trace::{ToolDefinition, Trace},
    },
};
use blame::{Blame, Culprit};
use forest::Forest;
use requests::Joined;
use scene::{Place, Scene};

/// Why spans are no run of an agent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{says}")]
pub struct NotARun {
    /// In a sentence.
    pub says: String,
}

/// The run that spans and their log records tell of. Logs of spans that are not here are left out.
///
/// # Errors
/// When nothing in the spans belongs to a run: there are none, they only make an agent, or they are plumbing.
pub fn assemble(spans: Vec<Span>, logs: Vec<LogRecord>, id: TraceId) -> Result<Trace, NotARun> {
    let mut by_span: HashMap<(OtelTraceId, SpanId), Vec<&LogRecord>> = HashMap::new();
    for log in &logs {
        if let Some(span) = log.span {
            by_span.entry((log.trace, span)).or_default().push(log);
        }
    }
    let read = |span: &Span| vocabulary::read(span, by_span.get(&(span.trace, span.id)).map_or(&[], Vec::as_slice));
    let traits = telemetry::digest(&spans);
    let trace = assemble_as(spans, id, read)?;
    Ok(Trace { telemetry: Some(traits), ..trace })
}

/// The key by which the traces of one run are joined; `None` where one trace is one run.
#[must_use]
pub fn run_key(spans: &[Span]) -> Option<String> {
    spans.iter().find_map(vocabulary::run_key)
}

/// The same with the readings from anywhere.
fn assemble_as(spans: Vec<Span>, id: TraceId, read: impl FnMut(&Span) -> Reading) -> Result<Trace, NotARun> {
    let telemetry = telemetry::digest(&spans);
    let forest = Forest::of(spans);
    let readings: Vec<Reading> = forest.spans.iter().map(read).collect();
    is_a_run(&readings)?;
    let mut scene = Scene::of(forest, readings);
    let mut trace = Trace::empty(id);
    trace.telemetry = Some(telemetry);
    let root = outermost(&scene);
    trace.agent = naming::agent(&scene);
    trace.input = content::input(&scene);
    trace.output = content::output(&scene);
    trace.session = first(&scene, |reading| reading.session.as_ref());
    trace.project = first(&scene, |reading| reading.project.as_ref());
    trace.domain = first(&scene, |reading| reading.domain.as_ref());
    trace.tools_available = tools(&scene);
    let run_readings = || content::of_run(&scene).map(|place| &scene.readings[place]);
    trace.code = run_readings().find_map(|reading| reading.code.clone());
    trace.logged_cost = run_readings().find_map(|reading| reading.logged_cost);
    trace.timestamp = root.and_then(|root| steps::started(&scene, root));
    trace.attributes = content::of_run(&scene).flat_map(|place| attributes::bounded(&scene.readings[place].unmapped)).collect();
    let joined = Joined::of(&scene);
    let blame = Blame::of(&mut scene, &joined);
    let outcome = outcome::of(&scene, trace.output.as_ref().is_some_and(talk::is_said));
    trace.ended = outcome.ended;
    trace.execution_time = took(&scene).filter(|_| outcome.ended);
    let notes = notes::of(&scene, &outcome);
    let told = steps::told(&mut scene, &joined, &blame);
    trace.success = outcome.success;
    trace.error = outcome.error.map(|mut error| {
        let culprit = outcome.raised.map(|(raised, _)| blame.culprit_of(raised).unwrap_or(Culprit::Span(scene.told_by(raised))));
        error.failed_at_step = culprit.and_then(|culprit| told.number_of(culprit));
        error
    });
    trace.steps = told.steps;
    trace.incomplete = native::missing(&trace);
    trace.incomplete.extend(notes);
    Ok(trace)
}

fn is_a_run(readings: &[Reading]) -> Result<(), NotARun> {
    let says = |says: &str| Err(NotARun { says: says.to_owned() });
    let of_run = |reading: &&Reading| !matches!(reading.kind, SpanKind::AgentMade | SpanKind::Noise);
    if readings.iter().any(|reading| of_run(&reading)) {
        Ok(())
    } else if readings.is_empty() {
        says("no spans")
    } else if readings.iter().any(|reading| reading.kind == SpanKind::AgentMade) {
        says("an agent was made and has not run")
    } else {
        says("only plumbing: no agent, model or tool in it")
    }
}

/// The first top that is of the run.
fn outermost(scene: &Scene) -> Option<usize> {
    let counts = |top: &usize| scene.shows[*top] || matches!(scene.places[*top], Place::Step | Place::Run);
    scene.forest.tops().find(counts)
}

/// From the first to the last moment that the tops of the run tell; `None` where the clocks disagree.
fn took(scene: &Scene) -> Option<Elapsed> {
    let tops = || scene.forest.tops().filter(|top| scene.shows[*top] || matches!(scene.places[*top], Place::Step | Place::Run));
    let start = tops().filter_map(|top| scene.span(top).start).min()?;
    let end = tops().filter_map(|top| scene.span(top).end).max()?;
    Some(Elapsed::from_micros(end.0.checked_sub(start.0)? / 1_000))
}

fn first(scene: &Scene, of: impl Fn(&Reading) -> Option<&String>) -> Option<String> {
    scene.forest.order.iter().find_map(|place| of(&scene.readings[*place])).cloned()
}

/// The tools on offer in any call, each once: with its schema where one of them gives it.
fn tools(scene: &Scene) -> Option<Vec<ToolDefinition>> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut found: Vec<&ToolDefinition> = Vec::new();
    for definition in scene.forest.order.iter().flat_map(|place| &scene.readings[*place].tool_definitions) {
        match places.get(definition.name.as_str()) {
            None => {
                places.insert(&definition.name, found.len());
                found.push(definition);
            }
            Some(known) if found[*known].parameters.is_none() && definition.parameters.is_some() => found[*known] = definition,
            Some(_) => {}
        }
    }
    (!found.is_empty()).then(|| found.into_iter().cloned().collect())
}

#[cfg(test)]
mod tests;
