//! The steps of a run out of the spans that are shown, and out of the calls that models asked for and no span tells of.

use std::collections::HashMap;

use serde_json::Value;

use super::{
    super::{
        super::{limits::Allowance, prose},
        reading::{Message, Reading, SpanKind},
    },
    attributes,
    blame::{Blame, Culprit},
    errors, handover,
    requests::{Joined, Request, asked, says_failed},
    scene::{Place, Scene},
    talk,
    totals::{self, Total},
};
use crate::model::{
    ids::StepNumber,
    step::{ModelCall, Step, StepKind, ToolCall},
    time::{Elapsed, Timestamp},
    trace::RunError,
    usage::TokenUsage,
};

/// The steps, and where to find that of a call.
#[derive(Default)]
pub(super) struct Told {
    /// In order, numbered from 1.
    pub(super) steps: Vec<Step>,
    numbers: HashMap<Culprit, StepNumber>,
}

impl Told {
    /// The number of the step that tells of a call.
    pub(super) fn number_of(&self, culprit: Culprit) -> Option<StepNumber> {
        self.numbers.get(&culprit).copied()
    }

    fn push(&mut self, mut step: Step, depth: u16, agent: Option<&String>) -> StepNumber {
        step.number = StepNumber(u32::try_from(self.steps.len()).unwrap_or(u32::MAX).saturating_add(1));
        step.depth = depth;
        step.agent = step.agent.or_else(|| agent.cloned());
        let number = step.number;
        self.steps.push(step);
        number
    }
}

/// Builds the steps. The messages of model calls are moved into them.
pub(super) fn told(scene: &mut Scene, joined: &Joined, blame: &Blame) -> Told {
    let totals = totals::counted(scene);
    let (depths, agents) = surroundings(scene);
    let mut told = Told::default();
    let mut calls: Vec<(usize, usize)> = Vec::new();
    for place in scene.forest.order.iter().copied() {
        let (depth, agent) = (depths[place], agents[place].as_ref());
        let shown = scene.places[place] == Place::Step;
        if shown {
            calls.push((told.steps.len(), place));
            let number = told.push(step(scene, joined, blame, place), depth, agent);
            told.numbers.insert(Culprit::Span(place), number);
        }
        for index in joined.without_span.get(&place).into_iter().flatten() {
            let request = (place, *index);
            let number = told.push(request_step(scene, joined, blame, request), depth, agent);
            told.numbers.insert(Culprit::Request(request), number);
        }
        if let (Some(Total::All), Some(usage)) = (totals.get(&place), scene.readings[place].usage) {
            told.push(total_step(&scene.readings[place], usage), depth.saturating_add(u16::from(shown)), agent);
        }
    }
    for (teller, total) in totals {
        if let Total::Of(call) = total {
            scene.readings[call].usage = scene.readings[teller].usage;
        }
    }
    // Last: results are read from the messages of later calls.
    for (index, place) in calls {
        fill_model(&mut told.steps[index], &mut scene.readings[place]);
    }
    told
}

/// How many steps each span lies in, and which agent acts in it; agents are only told apart where there are several.
fn surroundings(scene: &Scene) -> (Vec<u16>, Vec<Option<String>>) {
    let count = scene.forest.spans.len();
    let (mut depths, mut agents) = (vec![0_u16; count], vec![None; count]);
    let mut names: Vec<&str> =
        scene.readings.iter().filter(|reading| reading.kind == SpanKind::Agent).filter_map(|reading| reading.agent.as_deref()).collect();
    names.sort_unstable();
    names.dedup();
    let several = names.len() > 1;
    for place in scene.forest.order.iter().copied() {
        if let Some(parent) = scene.forest.parents[place] {
            depths[place] = depths[parent].saturating_add(u16::from(scene.places[parent] == Place::Step));
            agents[place] = agents[parent].clone();
        }
        let own =
            scene.readings[place].agent.as_ref().filter(|_| several && matches!(scene.kind(place), SpanKind::Agent | SpanKind::Model));
        agents[place] = own.cloned().or(agents[place].take());
    }
    (depths, agents)
}

/// The step of a span, without the messages of a model call.
fn step(scene: &Scene, joined: &Joined, blame: &Blame, place: usize) -> Step {
    let (reading, span) = (&scene.readings[place], scene.span(place));
    let request = joined.ran.get(&place).copied();
    let kind = step_kind(reading.kind, request.is_some());
    let mut step = Step::new(StepNumber(0), kind, name(reading, &span.name, kind));
    step.started = span.start.map(|start| start.timestamp());
    step.duration = span.start.zip(span.end).and_then(|(start, end)| Some(Elapsed::from_micros(end.0.checked_sub(start.0)? / 1_000)));
    step.attributes = attributes::bounded(&reading.unmapped);
    match kind {
        StepKind::ToolCall => {
            let call = tool_call(scene, joined, place, request);
            step.name.clone_from(&call.name);
            step.tool = Some(call);
        }
        StepKind::LlmCall => {}
        StepKind::Handoff => {
            let arguments = reading.tool_input.as_ref().or(request.and_then(|request| asked(scene, request).arguments.as_ref()));
            let named = reading.tool_name.as_deref().unwrap_or(&span.name);
            step.name = handover::title(named, arguments).unwrap_or_else(|| named.to_owned());
            step.content = arguments.or(reading.input.as_ref()).and_then(talk::words_of);
        }
        StepKind::Retrieval => {
            let found: Vec<String> = reading.documents.iter().filter_map(talk::words_of).collect();
            let output = || reading.output.as_ref().or(reading.tool_output.as_ref()).and_then(talk::words_of);
            step.content = if found.is_empty() { output() } else { Some(found.join("\n\n")) };
            step.attributes.extend(reading.input.as_ref().or(reading.tool_input.as_ref()).map(|query| ("query".to_owned(), query.clone())));
        }
        _ => {
            let output =
                reading.output.as_ref().map(talk::answered).or_else(|| talk::answer_in(&reading.output_messages).map(Value::String));
            step.content = output.as_ref().or(reading.input.as_ref()).and_then(talk::words_of);
            let input = reading.input.as_ref().filter(|_| output.is_some());
            step.attributes.extend(input.map(|input| ("input".to_owned(), input.clone())));
        }
    }
    if kind == StepKind::Other && reading.kind == SpanKind::Agent {
        step.agent.clone_from(&reading.agent);
    }
    let answer = joined.answer_of(scene, place);
    let error = own_error(scene, place).or_else(|| blame.error_of(scene, Culprit::Span(place)));
    let failed = reading.error.is_some() || error.is_some() || answer.is_some_and(says_failed);
    step.error = error.and_then(errors::sentence);
    if failed && step.error.is_none() && step.tool.is_some() {
        step.error = answer.and_then(talk::words).filter(|words| !words.trim().is_empty());
    }
    step.success = if failed { Some(false) } else { span.end.map(|_| true) };
    step
}

/// The error of a span, unless it only repeats that of one inside it.
fn own_error(scene: &Scene, place: usize) -> Option<&RunError> {
    let error = scene.readings[place].error.as_ref()?;
    let inside = scene.wrong_within[place].and_then(|inside| scene.readings[inside].error.as_ref());
    (!inside.is_some_and(|inside| errors::same(error, inside))).then_some(error)
}

fn step_kind(kind: SpanKind, ran_a_call: bool) -> StepKind {
    match kind {
        SpanKind::Model | SpanKind::Embedding => StepKind::LlmCall,
        SpanKind::Tool => StepKind::ToolCall,
        SpanKind::Retrieval => StepKind::Retrieval,
        SpanKind::Guardrail => StepKind::Guardrail,
        SpanKind::Handoff => StepKind::Handoff,
        SpanKind::Step(kind) => kind,
        SpanKind::Unknown if ran_a_call => StepKind::ToolCall,
        SpanKind::Agent | SpanKind::AgentMade | SpanKind::Wrapper | SpanKind::Noise | SpanKind::Unknown => StepKind::Other,
    }
}

fn name(reading: &Reading, span: &str, kind: StepKind) -> String {
    let known = match kind {
        StepKind::LlmCall => reading.model.as_deref(),
        StepKind::ToolCall => reading.tool_name.as_deref(),
        StepKind::Other if reading.kind == SpanKind::Agent => reading.agent.as_deref(),
        _ => None,
    };
    known.unwrap_or(span).to_owned()
}

/// The call a span ran. The arguments are those the model gave: frameworks pass on parts of them, repair what is cut off by guessing, or
/// tell a single one bare. Where only the name joins the two, an object that the span tells is believed.
fn tool_call(scene: &Scene, joined: &Joined, place: usize, request: Option<Request>) -> ToolCall {
    let reading = &scene.readings[place];
    let asked = request.map(|request| asked(scene, request));
    let malformed = asked.is_some_and(|asked| asked.arguments_error.is_some());
    let by_id = asked.is_some_and(|asked| asked.id.is_some() && asked.id == reading.tool_call_id);
    let given = reading.tool_input.as_ref().or(reading.input.as_ref());
    let wanted = asked.and_then(|asked| asked.arguments.as_ref());
    let input = match (wanted, given) {
        (_, Some(given @ Value::Object(_))) if !by_id && !malformed => Some(given),
        (wanted, given) => wanted.or(given),
    };
    let output = reading.tool_output.as_ref().or(reading.output.as_ref()).cloned();
    let output = output.or_else(|| joined.answer_of(scene, place).and_then(result));
    ToolCall {
        id: reading.tool_call_id.clone().or_else(|| asked.and_then(|asked| asked.id.clone())),
        name: asked.map(|asked| asked.name.clone()).or_else(|| reading.tool_name.clone()).unwrap_or_else(|| scene.span(place).name.clone()),
        input: input.cloned(),
        input_error: asked.and_then(|asked| asked.arguments_error.clone()).or_else(|| reading.tool_input_error.clone()),
        output,
        code: reading.code.clone(),
    }
}

/// The result that a tool's message tells.
fn result(message: &Message) -> Option<Value> {
    let words = talk::words(message)?;
    let value = Value::String(words);
    Some(match value.as_str().and_then(|words| Allowance::of(words).ok()) {
        Some(allowance) => prose::read_result(value, &allowance),
        None => value,
    })
}

/// A call that a model asked for and no span tells of: its tool is not traced, does not exist, or could not be given the arguments.
fn request_step(scene: &Scene, joined: &Joined, blame: &Blame, request: Request) -> Step {
    let asked = asked(scene, request);
    let answer = joined.answer_to(scene, request);
    let told = blame.error_of(scene, Culprit::Request(request));
    let failed = told.is_some() || answer.is_some_and(says_failed);
    let error = told.and_then(errors::sentence).or_else(|| answer.filter(|_| failed).and_then(talk::words));
    let mut step = match handover::title(&asked.name, asked.arguments.as_ref()) {
        Some(title) => {
            let mut step = Step::new(StepNumber(0), StepKind::Handoff, title);
            step.content = asked.arguments.as_ref().and_then(talk::words_of);
            step
        }
        None => {
            let mut step = Step::new(StepNumber(0), StepKind::ToolCall, &asked.name);
            step.tool = Some(ToolCall {
                id: asked.id.clone(),
                name: asked.name.clone(),
                input: asked.arguments.clone(),
                input_error: asked.arguments_error.clone(),
                output: answer.and_then(result),
                code: None,
            });
            step
        }
    };
    step.success = failed.then_some(false);
    step.error = error;
    step
}

/// Adds the model call to its step. The messages are moved: they are most of what a run holds.
fn fill_model(step: &mut Step, reading: &mut Reading) {
    if step.kind != StepKind::LlmCall {
        return;
    }
    let mut answers = std::mem::take(&mut reading.output_messages);
    let answer = if answers.len() == 1 { answers.pop() } else { (!answers.is_empty()).then_some(Value::Array(answers)) };
    let sent = std::mem::take(&mut reading.input_messages);
    step.model = Some(ModelCall {
        provider: reading.provider.clone(),
        model: reading.model.clone(),
        usage: reading.usage,
        charges: reading.charges,
        logged_cost: reading.logged_cost,
        messages: if sent.is_empty() { reading.input.take() } else { Some(Value::Array(sent)) },
        output: answer.or_else(|| reading.output.take()),
        finish_reason: reading.finish_reason.clone(),
        requested_tools: std::mem::take(&mut reading.requested_tools),
    });
}

/// A step that stands for all model calls of an agent, where only their tokens together are told.
fn total_step(reading: &Reading, usage: TokenUsage) -> Step {
    let mut step = Step::new(StepNumber(0), StepKind::LlmCall, "model calls, in total");
    step.model = Some(ModelCall {
        provider: reading.provider.clone(),
        model: reading.model.clone(),
        usage: Some(usage),
        logged_cost: reading.logged_cost,
        ..ModelCall::default()
    });
    step
}

/// When a span started, in the program's unit.
pub(super) fn started(scene: &Scene, place: usize) -> Option<Timestamp> {
    scene.span(place).start.map(|start| start.timestamp())
}
