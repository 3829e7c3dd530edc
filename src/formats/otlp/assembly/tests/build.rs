//! Spans with their readings, a line each.

use std::{collections::HashMap, ops::Range, sync::Arc};

use serde_json::{Value, json};

use super::super::assemble_as;
use crate::{
    formats::otlp::{
        assembly::NotARun,
        reading::{Reading, SpanKind},
        span::{Scope, Span, SpanId, Status, UnixNanos},
        testing,
    },
    model::{
        ids::TraceId,
        step::{RequestedTool, Step},
        trace::{RunError, ToolDefinition, Trace},
        usage::TokenUsage,
    },
};

/// Spans that arrive in the order they are added.
#[derive(Default)]
pub(super) struct Spans {
    spans: Vec<Span>,
    readings: HashMap<SpanId, Reading>,
}

pub(super) fn span_id(number: u64) -> SpanId {
    SpanId::from_slice(&number.to_be_bytes()).unwrap()
}

impl Spans {
    /// A span that starts and ends at these milliseconds, in the span `parent`; 0 is none. It is named for its kind.
    pub(super) fn span(mut self, number: u64, parent: u64, kind: SpanKind, during: Range<u64>) -> Self {
        let millisecond = |at: u64| Some(UnixNanos(1_700_000_000_000_000_000 + at * 1_000_000));
        self.spans.push(Span {
            id: span_id(number),
            parent: (parent > 0).then(|| span_id(parent)),
            name: format!("{kind:?}").to_lowercase(),
            start: millisecond(during.start),
            end: millisecond(during.end),
            ..testing::span(1, 1)
        });
        self.readings.insert(span_id(number), Reading { kind, ..Reading::default() });
        self
    }

    /// Changes the last span.
    pub(super) fn but(mut self, change: impl FnOnce(&mut Span)) -> Self {
        change(self.spans.last_mut().unwrap());
        self
    }

    /// Says more of the last span.
    pub(super) fn with(mut self, say: impl FnOnce(&mut Reading)) -> Self {
        say(self.readings.get_mut(&self.spans.last().unwrap().id).unwrap());
        self
    }

    pub(super) fn named(self, name: &str) -> Self {
        self.but(|span| name.clone_into(&mut span.name))
    }

    pub(super) fn scope(self, name: &str) -> Self {
        self.but(|span| span.scope = Arc::new(Scope { name: name.to_owned(), ..Scope::default() }))
    }

    /// The last span has not ended.
    pub(super) fn open(self) -> Self {
        self.but(|span| span.end = None)
    }

    pub(super) fn agent(self, number: u64, parent: u64, name: &str, during: Range<u64>) -> Self {
        self.span(number, parent, SpanKind::Agent, during).with(|reading| reading.agent = Some(name.to_owned()))
    }

    /// A model call that answers in words.
    pub(super) fn says(self, number: u64, parent: u64, words: &str, during: Range<u64>) -> Self {
        self.span(number, parent, SpanKind::Model, during).with(|reading| {
            reading.model = Some("gpt-4.1-mini".to_owned());
            reading.output_messages = vec![json!({"role": "assistant", "content": words})];
        })
    }

    /// A model call that asks for one tool.
    pub(super) fn asks(self, number: u64, parent: u64, id: &str, tool: &str, arguments: Value, during: Range<u64>) -> Self {
        self.span(number, parent, SpanKind::Model, during).also_asks(id, tool, arguments)
    }

    /// The last model call asks for this as well.
    pub(super) fn also_asks(self, id: &str, tool: &str, arguments: Value) -> Self {
        let id = Some(id).filter(|id| !id.is_empty()).map(str::to_owned);
        let asked = RequestedTool { id, name: tool.to_owned(), arguments: Some(arguments), arguments_error: None };
        self.with(|reading| reading.requested_tools.push(asked))
    }

    /// The last model call is told a tool's answer.
    pub(super) fn told(self, id: &str, answer: &str) -> Self {
        self.with(|reading| reading.input_messages.push(json!({"role": "tool", "tool_call_id": id, "content": answer})))
    }

    /// A tool call; `id` may be empty.
    pub(super) fn tool(self, number: u64, parent: u64, id: &str, name: &str, during: Range<u64>) -> Self {
        self.span(number, parent, SpanKind::Tool, during).with(|reading| {
            reading.tool_name = Some(name.to_owned());
            reading.tool_call_id = Some(id).filter(|id| !id.is_empty()).map(str::to_owned);
        })
    }

    pub(super) fn input(self, value: Value) -> Self {
        self.with(|reading| reading.input = Some(value))
    }

    pub(super) fn output(self, value: Value) -> Self {
        self.with(|reading| reading.output = Some(value))
    }

    pub(super) fn usage(self, input: u64, output: u64) -> Self {
        self.with(|reading| {
            let usage = TokenUsage { input_tokens: input, output_tokens: output, ..TokenUsage::default() };
            reading.usage = Some(usage);
            reading.usage_is_total = reading.kind == SpanKind::Agent;
        })
    }

    pub(super) fn offers(self, tools: &[&str]) -> Self {
        let tool = |name: &&str| ToolDefinition { name: (*name).to_owned(), description: None, parameters: None };
        self.with(|reading| reading.tool_definitions = tools.iter().map(tool).collect())
    }

    /// The last span failed.
    pub(super) fn fails(self, kind: &str, message: &str) -> Self {
        let said = |text: &str| Some(text).filter(|text| !text.is_empty()).map(str::to_owned);
        let error = RunError { kind: said(kind), message: said(message), ..RunError::default() };
        self.but(|span| span.status = Status::Error(message.to_owned())).with(|reading| reading.error = Some(error))
    }

    /// The spans as they arrive from an SDK: those that end first come first.
    pub(super) fn by_end(mut self) -> Self {
        self.spans.sort_by_key(|span| span.end);
        self
    }

    pub(super) fn read(self) -> Result<Trace, NotARun> {
        let Self { spans, mut readings } = self;
        assemble_as(spans, TraceId::new("run").unwrap(), |span| readings.remove(&span.id).unwrap_or_default())
    }

    pub(super) fn trace(self) -> Trace {
        self.read().unwrap()
    }
}

/// The steps as `number kind name`, indented by depth.
pub(super) fn lines(trace: &Trace) -> Vec<String> {
    let line = |step: &Step| {
        let kind = serde_json::to_value(step.kind).unwrap();
        format!("{}{} {} {}", "  ".repeat(step.depth.into()), step.number, kind.as_str().unwrap(), step.name)
    };
    trace.steps.iter().map(line).collect()
}
