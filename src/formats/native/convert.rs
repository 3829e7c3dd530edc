//! One entry of a body as one step.

use super::{
    super::{limits::Allowance, prose, requested, usage},
    part::Part,
};
use crate::model::{
    ids::StepNumber,
    step::{CodeLocation, ModelCall, RequestedTool, Step, StepKind, ToolCall},
    usage::TokenUsage,
};

/// The number of a step that has not got its own yet.
const UNNUMBERED: StepNumber = StepNumber(0);

/// The tool of a call that names none.
const NAMELESS: &str = "unknown";

/// The call of a tool.
pub(super) fn tool(mut part: Part, allowance: &Allowance) -> Step {
    let name = part.tool_name().unwrap_or_else(|| NAMELESS.to_owned());
    let input = part.take_input().map(|given| prose::read_arguments(given, allowance));
    let (input, input_error) = input.map_or((None, None), |read| (read.value, read.error));
    let output = part.take_output().map(|given| prose::read_result(given, allowance));
    let code = part.code.take().and_then(|code| Some(CodeLocation { file: code.file?, line: code.line, function: code.function }));
    let id = part.call_id().map(str::to_owned);
    let mut step = common(&mut part, StepKind::ToolCall, name.clone());
    step.content = part.content;
    step.tool = Some(ToolCall { id, name, input, input_error, output, code });
    step
}

/// The call of a model.
pub(super) fn model(mut part: Part, allowance: &Allowance) -> Step {
    let name = part.model.clone().unwrap_or_else(|| "llm_call".to_owned());
    let mut step = common(&mut part, StepKind::LlmCall, name);
    let output = part.take_output();
    let mut requested_tools: Vec<_> = part.tool_calls.iter().flatten().map(|asked| request(asked, allowance)).collect();
    if requested_tools.is_empty() {
        requested_tools = output.as_ref().map(|output| requested::tools(output, allowance)).unwrap_or_default();
    }
    step.role = part.role.take();
    step.content = part.content.take();
    step.model = Some(ModelCall {
        usage: tokens(&part),
        charges: part.usage.as_deref().map(usage::charges).unwrap_or_default(),
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
pub(super) fn plain(mut part: Part, kind: StepKind) -> Step {
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

/// What a model asked for when it made this call.
pub(super) fn request(part: &Part, allowance: &Allowance) -> RequestedTool {
    let read = part.input().cloned().map(|given| prose::read_arguments(given, allowance));
    let (arguments, arguments_error) = read.map_or((None, None), |read| (read.value, read.error));
    RequestedTool {
        id: part.call_id().map(str::to_owned),
        name: part.tool_name().unwrap_or_else(|| NAMELESS.to_owned()),
        arguments,
        arguments_error,
    }
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
