//! One entry of a body becomes one step; an entry that stands for several things becomes one step for each.

use serde_json::Value;

use super::{
    super::{prose, requested, usage},
    action::Action,
    body::Part,
    host::Host,
};
use crate::model::{
    ids::StepNumber,
    step::{CodeLocation, ModelCall, RequestedTool, Step, StepKind, ToolCall},
    usage::TokenUsage,
};

/// The number of a step that has not got its own yet.
pub(super) const UNNUMBERED: StepNumber = StepNumber(0);

/// The tool of a call that names none.
pub(super) const NAMELESS: &str = "unknown";

/// A step that tells what a tool returned: to be given to the call it answers.
pub(super) struct Answer {
    /// Where the step lies among the emitted.
    pub(super) at: usize,
    /// The id of the call.
    pub(super) call: Option<String>,
    /// The tool.
    pub(super) tool: Option<String>,
}

/// Writes the steps of `host` to `steps`: what it says or the model calls behind it, then its tool calls.
pub(super) fn host(host: Host, steps: &mut Vec<Step>, answers: &mut Vec<Answer>) {
    let Host { part, mut models, mut calls, .. } = host;
    let Some(mut part) = part else {
        steps.extend(models.into_iter().map(model));
        steps.extend(calls.into_iter().map(|call| tool(call.part)));
        return;
    };
    let asked: Vec<RequestedTool> = if models.is_empty() { Vec::new() } else { calls.iter().map(|call| request(&call.part)).collect() };
    let first = steps.len();
    match Action::of(&part) {
        Action::Step(StepKind::ToolCall) => {
            let (content, role, agent, started) = (part.content.take(), part.role.take(), part.agent.clone(), part.timestamp);
            let own = calls.iter().position(|call| part.tool.is_none() || part.tool == call.part.tool_name());
            let mut names_a_tool = part.tool_name().is_some();
            if let Some(own) = own {
                calls[own].part.complete(std::mem::take(&mut part));
                names_a_tool = false;
            }
            let content = if let Some(head) = models.first_mut() {
                head.content = head.content.take().or(content);
                head.role = head.role.take().or(role);
                head.agent = head.agent.take().or(agent);
                head.timestamp = head.timestamp.or(started);
                None
            } else {
                content
            };
            steps.extend(models.into_iter().map(model));
            let call_starts = steps.len();
            if names_a_tool {
                steps.push(tool(part));
            } else if own.is_none() {
                // A call of nothing: only the sender's word for it is known.
                part.content = content;
                steps.push(plain(part, StepKind::Other));
                return;
            }
            steps.extend(calls.into_iter().map(|call| tool(call.part)));
            if let Some(step) = steps.get_mut(call_starts) {
                step.content = step.content.take().or(content);
            }
        }
        Action::Step(kind) => {
            let may_be_answer = matches!(kind, StepKind::Message | StepKind::Reasoning | StepKind::Other) && !part.is_said_to_the_agent();
            let is_answer = may_be_answer && (!models.is_empty() || part.model.is_some());
            if is_answer || kind == StepKind::LlmCall {
                let mut models = models.into_iter();
                let mut head = models.next().unwrap_or_default();
                head.complete(part);
                steps.push(model(head));
                steps.extend(models.map(model));
            } else if part.is_said_to_the_agent() {
                steps.push(plain(part, kind));
                steps.extend(models.into_iter().map(model));
            } else {
                // The model's answer is what led to this decision, handoff or retrieval.
                steps.extend(models.into_iter().map(model));
                steps.push(plain(part, kind));
            }
            steps.extend(calls.into_iter().map(|call| tool(call.part)));
        }
        Action::Result => {
            let call = part.tool_call_id.as_ref().and_then(|id| id.as_str().map(str::to_owned)).or_else(|| part.id.clone());
            answers.push(Answer { at: steps.len(), call, tool: part.tool_name() });
            let mut step = plain(part, StepKind::Message);
            step.role.get_or_insert_with(|| "tool".to_owned());
            steps.push(step);
            steps.extend(models.into_iter().map(model));
            steps.extend(calls.into_iter().map(|call| tool(call.part)));
        }
    }
    if let Some(model) = steps[first..].iter_mut().find_map(|step| step.model.as_mut()).filter(|model| model.requested_tools.is_empty()) {
        model.requested_tools = asked;
    }
}

/// The call of a tool.
pub(super) fn tool(mut part: Part) -> Step {
    let name = part.tool_name().unwrap_or_else(|| NAMELESS.to_owned());
    let input = part.take_input().map(prose::read_arguments);
    let (input, input_error) = input.map_or((None, None), |read| (read.value, read.error));
    let output = part.take_output().map(prose::read_result);
    let code = part.code.take().and_then(|code| Some(CodeLocation { file: code.file?, line: code.line, function: code.function }));
    let mut step = common(&mut part, StepKind::ToolCall, name.clone());
    step.content = part.content;
    step.tool = Some(ToolCall { id: part.id, name, input, input_error, output, code });
    step
}

/// The call of a model.
pub(super) fn model(mut part: Part) -> Step {
    let name = part.model.clone().unwrap_or_else(|| "llm_call".to_owned());
    let mut step = common(&mut part, StepKind::LlmCall, name);
    let output = part.take_output();
    let mut requested_tools: Vec<_> = part.tool_calls.iter().flatten().map(request).collect();
    if requested_tools.is_empty() {
        requested_tools = output.as_ref().map(requested::tools).unwrap_or_default();
    }
    step.role = part.role.take();
    step.content = part.content.take();
    step.model = Some(ModelCall {
        usage: tokens(&part),
        provider: part.provider,
        model: part.model,
        logged_cost: part.cost,
        messages: part.messages.map(|messages| *messages),
        output,
        finish_reason: part.finish_reason,
        requested_tools,
    });
    step
}

/// A step that calls nothing. Its words are its content and what it gave back, else what it was given.
fn plain(mut part: Part, kind: StepKind) -> Step {
    let name = part.word().or(part.name.as_deref()).unwrap_or("step").to_owned();
    let mut step = common(&mut part, kind, name);
    step.role = part.role.take();
    let output = part.take_output().map(prose::text_of);
    step.content = match (part.content.take(), output) {
        (Some(content), Some(output)) if content.is_empty() => Some(output),
        (Some(content), Some(output)) if content != output => Some(format!("{content}\n{output}")),
        (Some(content), _) => Some(content),
        (None, Some(output)) => Some(output),
        (None, None) => part.take_input().map(prose::text_of),
    };
    step
}

fn common(part: &mut Part, kind: StepKind, name: String) -> Step {
    let mut step = Step::new(UNNUMBERED, kind, name);
    step.agent = part.agent.take();
    step.started = part.timestamp;
    step.duration = part.duration_ms;
    step.success = part.success;
    if let Some(fault) = part.error.take() {
        step.error = fault.text;
        if fault.failed {
            step.success.get_or_insert(false);
        }
    }
    step
}

/// Documented counts, else the provider's usage object; `None` when neither says anything.
fn tokens(part: &Part) -> Option<TokenUsage> {
    let counts = [part.input_tokens, part.cached_input_tokens, part.cache_write_input_tokens, part.output_tokens, part.reasoning_tokens];
    if counts.iter().all(Option::is_none) {
        return part.usage.as_deref().and_then(usage::read);
    }
    let [input_tokens, cached_input_tokens, cache_write_input_tokens, output_tokens, reasoning_tokens] =
        counts.map(Option::unwrap_or_default);
    Some(TokenUsage { input_tokens, cached_input_tokens, cache_write_input_tokens, output_tokens, reasoning_tokens, estimated: false })
}

/// What a model asked for when it made this call.
fn request(part: &Part) -> RequestedTool {
    let given = part.input.as_deref().or(part.arguments.as_deref()).or_else(|| part.function.as_ref()?.get("arguments")).cloned();
    let (arguments, arguments_error) = given.map(prose::read_arguments).map_or((None, None), |read| (read.value, read.error));
    RequestedTool { id: part.id.clone(), name: part.tool_name().unwrap_or_else(|| NAMELESS.to_owned()), arguments, arguments_error }
}

impl Part {
    /// The tool this part names: `tool`, `name`, or the name inside `function`.
    pub(super) fn tool_name(&self) -> Option<String> {
        let inside = || self.function.as_ref()?.get("name")?.as_str().map(str::to_owned);
        self.tool.clone().or_else(|| self.name.clone()).or_else(inside)
    }

    fn take_input(&mut self) -> Option<Value> {
        let inside =
            self.function.as_mut().and_then(|function| function.get_mut("arguments").map(Value::take)).filter(|inside| !inside.is_null());
        self.input.take().or(self.arguments.take()).map(|given| *given).or(inside)
    }

    fn take_output(&mut self) -> Option<Value> {
        self.output.take().or(self.result.take()).or(self.observation.take()).map(|given| *given)
    }

    /// Fills what this part lacks from another telling of the same thing.
    pub(super) fn complete(&mut self, other: Self) {
        macro_rules! fill { ($($field:ident),*) => { $(if self.$field.is_none() { self.$field = other.$field; })* } }
        let (has_input, has_output) = (self.has_input(), self.has_output());
        fill!(role, agent, content, tool, name, id, tool_call_id, function, success, error, duration_ms, timestamp, code, provider, model);
        fill!(usage, cost, messages, finish_reason, tool_calls, kind);
        fill!(input_tokens, cached_input_tokens, cache_write_input_tokens, output_tokens, reasoning_tokens);
        if !has_input {
            fill!(input, arguments);
        }
        if !has_output {
            fill!(output, result, observation);
        }
    }

    fn has_input(&self) -> bool {
        self.input.is_some() || self.arguments.is_some()
    }

    fn has_output(&self) -> bool {
        self.output.is_some() || self.result.is_some() || self.observation.is_some()
    }
}
