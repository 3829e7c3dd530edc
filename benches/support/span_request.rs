//! An agent's run as an OTLP request of nine spans: the agent, four model calls with their growing lists of messages, four tool
//! calls; in two vocabularies at once, as agents send that are instrumented twice. About 19 KB of protobuf.

use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{AnyValue, InstrumentationScope, KeyValue, any_value::Value as Any},
    resource::v1::Resource,
    trace::v1::{ResourceSpans, ScopeSpans, Span, Status, span::SpanKind},
};
use serde_json::json;

const WORDS: [&str; 24] = [
    "order",
    "customer",
    "refund",
    "policy",
    "shipment",
    "delayed",
    "invoice",
    "account",
    "requested",
    "confirmed",
    "amount",
    "days",
    "item",
    "warehouse",
    "carrier",
    "label",
    "partial",
    "approved",
    "email",
    "please",
    "check",
    "history",
    "status",
    "previous",
];
const TOOLS: [&str; 4] = ["search_orders", "get_customer", "refund_quote", "send_email"];
const AGENTS: [&str; 3] = ["support-agent", "billing-agent", "research-agent"];
const START: u64 = 1_700_000_000_000_000_000;
const MILLISECOND: u64 = 1_000_000;

/// Words that only the seed decides.
struct Prose(u64);

impl Prose {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    fn words(&mut self, count: usize) -> String {
        (0..count).map(|_| WORDS[self.next(WORDS.len() as u64) as usize]).collect::<Vec<_>>().join(" ")
    }
}

fn pair(key: impl Into<String>, value: Any) -> KeyValue {
    KeyValue { key: key.into(), value: Some(AnyValue { value: Some(value) }), key_strindex: 0 }
}

fn text(key: impl Into<String>, value: impl Into<String>) -> KeyValue {
    pair(key, Any::StringValue(value.into()))
}

/// Run number `index`; each has a trace of its own.
pub fn span_request(index: u64) -> ExportTraceServiceRequest {
    let mut prose = Prose(index + 1);
    let agent = AGENTS[index as usize % AGENTS.len()];
    let trace_id = u128::from(index + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835).to_be_bytes();
    let session = format!("session-{}", index / 5);
    let span = |number: u64, name: String, start: u64, length: u64, attributes: Vec<KeyValue>| Span {
        trace_id: trace_id.to_vec(),
        span_id: (index * 16 + number + 1).to_be_bytes().to_vec(),
        parent_span_id: if number == 0 { Vec::new() } else { (index * 16 + 1).to_be_bytes().to_vec() },
        name,
        kind: SpanKind::Client as i32,
        start_time_unix_nano: START + start * MILLISECOND,
        end_time_unix_nano: START + (start + length) * MILLISECOND,
        attributes,
        status: Some(Status { code: 1, message: String::new() }),
        ..Default::default()
    };
    let question = prose.words(30);
    let mut messages = vec![("system", prose.words(40)), ("user", question.clone())];
    let (mut spans, mut at) = (Vec::new(), 10);
    for (step, tool) in (0_u64..).zip(TOOLS) {
        let listed: Vec<_> = messages.iter().map(|(role, content)| json!({"role": role, "content": content})).collect();
        let tokens = messages.iter().map(|(_, content)| content.len() as i64).sum::<i64>() / 4;
        let reply = prose.words(30);
        let arguments = json!({"order_id": format!("A-{}", prose.next(1_000_000)), "note": prose.words(8)});
        let call = format!("call_{index}_{step}");
        let answer = json!([{"role": "assistant", "content": reply, "tool_calls": [{"id": call, "name": tool, "arguments": arguments}]}]);
        let mut attributes = vec![
            text("openinference.span.kind", "LLM"),
            text("gen_ai.operation.name", "chat"),
            text("gen_ai.system", "openai"),
            text("gen_ai.provider.name", "openai"),
            text("gen_ai.request.model", "gpt-4o-mini"),
            text("gen_ai.response.model", "gpt-4o-mini"),
            pair("gen_ai.request.temperature", Any::DoubleValue(0.2)),
            pair("gen_ai.usage.input_tokens", Any::IntValue(tokens)),
            pair("gen_ai.usage.output_tokens", Any::IntValue(90)),
            text("llm.model_name", "gpt-4o-mini"),
            pair("llm.token_count.prompt", Any::IntValue(tokens)),
            pair("llm.token_count.completion", Any::IntValue(90)),
            pair("llm.token_count.total", Any::IntValue(tokens + 90)),
            text("session.id", &session),
            text("gen_ai.input.messages", json!(listed).to_string()),
            text("gen_ai.output.messages", answer.to_string()),
        ];
        for (place, (role, content)) in messages.iter().enumerate() {
            attributes.push(text(format!("llm.input_messages.{place}.message.role"), *role));
            attributes.push(text(format!("llm.input_messages.{place}.message.content"), content));
        }
        attributes.push(text("llm.output_messages.0.message.content", &reply));
        spans.push(span(2 * step + 1, "chat gpt-4o-mini".to_owned(), at, 900, attributes));
        let result = prose.words(25);
        let attributes = vec![
            text("openinference.span.kind", "TOOL"),
            text("gen_ai.operation.name", "execute_tool"),
            text("gen_ai.tool.name", tool),
            text("gen_ai.tool.call.id", call),
            text("tool.name", tool),
            text("input.value", arguments.to_string()),
            text("output.value", &result),
            text("session.id", &session),
        ];
        spans.push(span(2 * step + 2, format!("execute_tool {tool}"), at + 900, 200, attributes));
        messages.extend([("assistant", reply), ("tool", result)]);
        at += 1_100;
    }
    let attributes = vec![
        text("openinference.span.kind", "AGENT"),
        text("gen_ai.operation.name", "invoke_agent"),
        text("gen_ai.agent.name", agent),
        text("session.id", &session),
        text("gen_ai.conversation.id", &session),
        text("input.value", question),
        text("output.value", prose.words(40)),
    ];
    spans.push(span(0, format!("invoke_agent {agent}"), 0, at + 5, attributes));
    let resource = [
        text("service.name", agent),
        text("service.instance.id", format!("{agent}-1")),
        text("telemetry.sdk.language", "python"),
        text("openinference.project.name", "default"),
    ];
    let scope = InstrumentationScope {
        name: "openinference.instrumentation.openai_agents".to_owned(),
        version: "1.0.0".to_owned(),
        ..Default::default()
    };
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans {
            resource: Some(Resource { attributes: resource.to_vec(), ..Default::default() }),
            scope_spans: vec![ScopeSpans { scope: Some(scope), spans, ..Default::default() }],
            ..Default::default()
        }],
    }
}
