//! Traces for tests: built step by step in the words a test reads in, or drawn at random.

#![allow(clippy::expect_used, clippy::panic)]

use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Value, json};

use crate::{
    analysis::{
        failures, outcome,
        rules::Rules,
        run::{Ended, Run},
    },
    model::{
        failure::{Failure, FailureCode},
        feedback::Feedback,
        ids::{StepNumber, TraceId},
        step::{ModelCall, RequestedTool, Step, StepKind, ToolCall},
        time::{Elapsed, Timestamp},
        trace::{RunError, ToolDefinition, Trace},
        usage::TokenUsage,
    },
};

/// A trace being built. What follows a step is about that step.
pub(crate) struct TraceBuilder(Trace);

/// A run without anything in it.
pub(crate) fn trace() -> TraceBuilder {
    TraceBuilder(Trace::empty(TraceId::generate()))
}

/// The failures of a run as its own word on its outcome has it.
pub(crate) fn find_in(trace: &Trace) -> Vec<Failure> {
    let rules = Rules::bundled();
    failures::find(&Run::of(trace, &rules, Ended::of(outcome::decide(trace, None).0))).failures
}

/// The one failure with this code.
#[track_caller]
pub(crate) fn found(trace: &Trace, code: FailureCode) -> Failure {
    let failures = find_in(trace);
    let mut of_code = failures.iter().filter(|failure| failure.code == code);
    match (of_code.next(), of_code.next()) {
        (Some(only), None) => only.clone(),
        _ => panic!("expected one {}, found {failures:#?}", code.code()),
    }
}

impl TraceBuilder {
    fn step(mut self, kind: StepKind, name: &str, fill: impl FnOnce(&mut Step)) -> Self {
        let number = StepNumber(u32::try_from(self.0.steps.len()).unwrap_or(u32::MAX) + 1);
        let mut step = Step::new(number, kind, name);
        fill(&mut step);
        self.0.steps.push(step);
        self
    }

    fn last(mut self, change: impl FnOnce(&mut Step)) -> Self {
        change(self.0.steps.last_mut().expect("a step that this is about"));
        self
    }

    fn last_model(self, change: impl FnOnce(&mut ModelCall)) -> Self {
        self.last(|step| {
            if let Some(model) = &mut step.model {
                change(model);
            }
        })
    }

    /// The run is offered a tool.
    pub(crate) fn offers(mut self, name: &str, schema: Value) -> Self {
        let tool = ToolDefinition { name: name.to_owned(), description: None, parameters: Some(schema) };
        self.0.tools_available.get_or_insert_default().push(tool);
        self
    }

    /// A tool is called.
    pub(crate) fn tool(self, name: &str, input: Value) -> Self {
        let call = ToolCall { name: name.to_owned(), input: Some(input), ..ToolCall::default() };
        self.step(StepKind::ToolCall, name, |step| step.tool = Some(call))
    }

    /// A tool is called, and its arguments are not told.
    pub(crate) fn tool_without_input(self, name: &str) -> Self {
        let call = ToolCall { name: name.to_owned(), ..ToolCall::default() };
        self.step(StepKind::ToolCall, name, |step| step.tool = Some(call))
    }

    /// It comes back with this.
    pub(crate) fn returns(self, output: Value) -> Self {
        self.last(|step| {
            if let Some(tool) = &mut step.tool {
                tool.output = Some(output);
            }
        })
    }

    /// It fails with this.
    pub(crate) fn fails(self, error: &str) -> Self {
        self.last(|step| step.error = Some(error.to_owned()))
    }

    /// The sender marks it as gone well or not.
    pub(crate) fn marked(self, success: bool) -> Self {
        self.last(|step| step.success = Some(success))
    }

    /// A model is called.
    pub(crate) fn model(self, name: &str) -> Self {
        let call = ModelCall { model: Some(name.to_owned()), ..ModelCall::default() };
        self.step(StepKind::LlmCall, name, |step| step.model = Some(call))
    }

    /// It was sent these messages.
    pub(crate) fn given(self, messages: Value) -> Self {
        self.last_model(|model| model.messages = Some(messages))
    }

    /// It answers this.
    pub(crate) fn answers(self, output: Value) -> Self {
        self.last_model(|model| model.output = Some(output))
    }

    /// It asks for a tool.
    pub(crate) fn asks(self, name: &str, arguments: Value) -> Self {
        let request = RequestedTool { name: name.to_owned(), arguments: Some(arguments), ..RequestedTool::default() };
        self.last_model(|model| model.requested_tools.push(request))
    }

    /// It asks for a tool with arguments that are not JSON.
    pub(crate) fn asks_badly(self, name: &str, error: &str) -> Self {
        let request = RequestedTool { name: name.to_owned(), arguments_error: Some(error.to_owned()), ..RequestedTool::default() };
        self.last_model(|model| model.requested_tools.push(request))
    }

    /// It stops for this reason.
    pub(crate) fn stops(self, reason: &str) -> Self {
        self.last_model(|model| model.finish_reason = Some(reason.to_owned()))
    }

    /// It uses so many tokens.
    pub(crate) fn uses(self, input: u64, cached: u64, output: u64) -> Self {
        let usage = TokenUsage { input_tokens: input, cached_input_tokens: cached, output_tokens: output, ..TokenUsage::default() };
        self.last_model(|model| model.usage = Some(usage))
    }

    /// Somebody says something.
    pub(crate) fn message(self, role: &str, text: &str) -> Self {
        self.step(StepKind::Message, "message", |step| {
            step.role = Some(role.to_owned());
            step.content = Some(text.to_owned());
        })
    }

    /// The agent says something.
    pub(crate) fn says(self, text: &str) -> Self {
        self.message("assistant", text)
    }

    /// The agent thinks something.
    pub(crate) fn thinks(self, text: &str) -> Self {
        self.step(StepKind::Reasoning, "reasoning", |step| step.content = Some(text.to_owned()))
    }

    /// It started so many milliseconds into the run.
    pub(crate) fn at(self, millis: i64) -> Self {
        self.last(|step| step.started = Some(Timestamp::from_micros(1_795_000_000_000_000 + millis * 1_000)))
    }

    /// It took so many milliseconds.
    pub(crate) fn takes(self, millis: f64) -> Self {
        self.last(|step| step.duration = Elapsed::from_millis(millis))
    }

    /// This agent did it.
    pub(crate) fn by(self, agent: &str) -> Self {
        self.last(|step| step.agent = Some(agent.to_owned()))
    }

    /// The run answers this.
    pub(crate) fn output(self, output: Value) -> Self {
        self.with(|trace| trace.output = Some(output))
    }

    /// The run is reported ok.
    pub(crate) fn ok(self) -> Self {
        self.with(|trace| trace.success = Some(true))
    }

    /// The run is reported as failed.
    pub(crate) fn failed(self) -> Self {
        self.with(|trace| trace.success = Some(false))
    }

    /// The run ends with an error.
    pub(crate) fn ends_with(self, kind: &str, message: &str) -> Self {
        let error = RunError { kind: Some(kind.to_owned()), message: Some(message.to_owned()), ..RunError::default() };
        self.with(|trace| trace.error = Some(error))
    }

    /// Anything else.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut Trace)) -> Self {
        change(&mut self.0);
        self
    }

    /// Anything else, and the trace.
    pub(crate) fn build_with(self, change: impl FnOnce(&mut Trace)) -> Trace {
        self.with(change).build()
    }

    /// The trace.
    pub(crate) fn build(self) -> Trace {
        self.0
    }
}

/// Texts that detectors have opinions about, and any others.
fn any_text() -> impl Strategy<Value = String> {
    let telling = select(vec![
        "",
        " ",
        "get_order",
        "transfer_to_billing",
        "transfer_to_sales",
        "issue_refund",
        "Request timed out.",
        "openai.RateLimitError: Error code: 429 - slow down",
        "Error: no such order",
        "Traceback (most recent call last):\n  File \"/v/site-packages/langgraph/x.py\", line 1, in get_order\nKeyError: 'x'",
        "Unknown tool lookup, should be one of: get_order",
        "1 validation error for get_order",
        "Recursion limit of 12 reached",
        "Agent stopped due to max iterations.",
        "stop",
        "length",
        "content_filter",
        "auto",
        "Respond with only valid JSON.",
        "{\"a\": [",
    ]);
    prop_oneof![3 => telling.prop_map(str::to_owned), 1 => any::<String>(), 1 => "[a-c]{1,3}"]
}

/// Any JSON value, a few levels deep, errors in disguise and schemas among them.
pub(crate) fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any_text().prop_map(Value::from),
    ];
    let keys = select(vec![
        "type",
        "properties",
        "required",
        "items",
        "enum",
        "anyOf",
        "$ref",
        "minimum",
        "error",
        "status",
        "success",
        "message",
        "args",
        "kwargs",
        "response_format",
        "a",
        "refusal",
        "id",
    ]);
    leaf.prop_recursive(4, 32, 4, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((keys.clone(), inner), 0..4)
                .prop_map(|entries| entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Value>()),
            Just(json!({"type": "object", "properties": {"a": {"type": "number"}}, "required": ["a"], "additionalProperties": false})),
            Just(json!({"error": {"type": "ToolError", "message": "no"}})),
        ]
    })
}

fn any_tool() -> impl Strategy<Value = ToolCall> {
    (option::of("[ab]"), any_text(), option::of(any_json()), option::of(any_text()), option::of(any_json()))
        .prop_map(|(id, name, input, input_error, output)| ToolCall { id, name, input, input_error, output, code: None })
}

fn any_model() -> impl Strategy<Value = ModelCall> {
    let request = (option::of("[ab]"), any_text(), option::of(any_json()), option::of(any_text()))
        .prop_map(|(id, name, arguments, arguments_error)| RequestedTool { id, name, arguments, arguments_error });
    let usage = (any::<u64>(), any::<u64>(), any::<u64>()).prop_map(|(input_tokens, cached_input_tokens, output_tokens)| TokenUsage {
        input_tokens,
        cached_input_tokens,
        output_tokens,
        ..TokenUsage::default()
    });
    (option::of(any_text()), option::of(usage), option::of(any_json()), option::of(any_json()), option::of(any_text()), vec(request, 0..3))
        .prop_map(|(model, usage, messages, output, finish_reason, requested_tools)| ModelCall {
            model,
            usage,
            messages,
            output,
            finish_reason,
            requested_tools,
            ..ModelCall::default()
        })
}

fn any_step() -> impl Strategy<Value = Step> {
    let kind = select(vec![
        StepKind::Reasoning,
        StepKind::ToolCall,
        StepKind::LlmCall,
        StepKind::Message,
        StepKind::Retrieval,
        StepKind::Handoff,
        StepKind::Other,
    ]);
    let told = (
        kind,
        any_text(),
        option::of(any_text()),
        option::of("[xy]"),
        option::of(any_text()),
        option::of(any::<bool>()),
        option::of(any_text()),
    );
    let timed = (option::of(any::<i64>()), option::of(any::<u64>()));
    (told, timed, option::of(any_tool()), option::of(any_model())).prop_map(
        |((kind, name, role, agent, content, success, error), (started, duration), tool, model)| Step {
            role,
            agent,
            content,
            success,
            error,
            tool,
            model,
            started: started.map(Timestamp::from_micros),
            duration: duration.map(Elapsed::from_micros),
            ..Step::new(StepNumber(0), kind, name)
        },
    )
}

/// Any trace, however odd: what a decoder would never make included.
pub(crate) fn any_trace() -> impl Strategy<Value = Trace> {
    let error = (option::of(any_text()), option::of(any_text()), option::of(any_text()), option::of(0_u32..20))
        .prop_map(|(kind, message, traceback, step)| RunError { kind, message, traceback, failed_at_step: step.map(StepNumber) });
    let tool = (any_text(), option::of(any_text()), option::of(any_json())).prop_map(|(name, description, parameters)| ToolDefinition {
        name,
        description,
        parameters,
    });
    let whole = (
        option::of(any_json()),
        option::of(any_json()),
        option::of(any::<bool>()),
        option::of(any::<u64>()),
        option::of(error),
        option::of(vec(tool, 0..4)),
    );
    let about = (option::of(any_text()), option::of(any_text()), option::of(any_json()));
    // Steps may share a number.
    let numbered = (0_u32..2, any_step());
    (whole, about, vec(numbered, 0..12), 0_u32..10).prop_map(
        |((input, output, success, time, error, tools_available), (domain, framework, framework_metadata), steps, first)| {
            let mut number = first;
            let numbered = steps.into_iter().map(|(more, step)| {
                number += more;
                Step { number: StepNumber(number), ..step }
            });
            let steps = numbered.collect();
            Trace {
                input,
                output,
                success,
                error,
                tools_available,
                domain,
                framework,
                framework_metadata,
                steps,
                execution_time: time.map(Elapsed::from_micros),
                ..trace().build()
            }
        },
    )
}

/// Feedback, or none.
pub(crate) fn any_feedback() -> impl Strategy<Value = Option<Feedback>> {
    let feedback = (option::of(any::<bool>()), option::of(any::<u8>()), option::of(any_text()));
    option::of(feedback.prop_map(|(correct, score, notes)| Feedback { correct, score, notes, at: Timestamp::from_micros(0) }))
}
