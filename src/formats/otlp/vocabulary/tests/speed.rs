//! How long reading takes, printed for whoever wants to know: `cargo test --release --lib vocabulary::tests::speed -- --ignored --nocapture`.

use std::{hint::black_box, time::Instant};

use serde_json::{Map, Value, json};

use super::{read, span};

fn conversation(messages: usize) -> Value {
    let mut attributes = Map::new();
    let mut add = |name: String, value: Value| _ = attributes.insert(name, value);
    for (name, value) in [
        ("openinference.span.kind", "LLM"),
        ("llm.model_name", "m-1"),
        ("llm.provider", "openai"),
        ("session.id", "s"),
        ("llm.finish_reason", "stop"),
    ] {
        add(name.to_owned(), value.into());
    }
    for (name, count) in [("llm.token_count.prompt", 900), ("llm.token_count.completion", 40), ("llm.token_count.total", 940)] {
        add(name.to_owned(), count.into());
    }
    for number in 0..messages {
        add(format!("llm.input_messages.{number}.message.role"), "user".into());
        add(
            format!("llm.input_messages.{number}.message.content"),
            "A sentence of some length about an order that was never paid for.".into(),
        );
    }
    add("llm.output_messages.0.message.role".to_owned(), "assistant".into());
    add("llm.output_messages.0.message.content".to_owned(), "Paid.".into());
    add("input.value".to_owned(), json!({"messages": "x".repeat(2000)}).to_string().into());
    Value::Object(attributes)
}

#[test]
#[ignore = "prints a measurement"]
fn speed() {
    let messages =
        json!([{"role": "user", "parts": [{"type": "text", "content": "A sentence of some length about an order."}]}]).to_string();
    let spans = [
        ("OpenInference, 60 attributes", span("ChatCompletion", conversation(25))),
        (
            "conventions, 12 attributes",
            span(
                "chat m",
                json!({"gen_ai.operation.name": "chat", "gen_ai.request.model": "m", "gen_ai.provider.name": "openai", "gen_ai.response.id": "r",
            "gen_ai.usage.input_tokens": 9, "gen_ai.usage.output_tokens": 2, "gen_ai.input.messages": messages, "gen_ai.output.messages": messages, "gen_ai.response.finish_reasons": ["stop"],
            "server.address": "a", "server.port": 1, "gen_ai.request.max_tokens": 5}),
            ),
        ),
        (
            "a tool",
            span(
                "execute_tool t",
                json!({"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "t", "gen_ai.tool.call.arguments": "{\"a\": 1}", "gen_ai.tool.call.result": "12"}),
            ),
        ),
        (
            "60 attributes that nobody knows",
            span("work", (0..60).map(|number| (format!("shop.order.item{number}"), json!(number))).collect()),
        ),
    ];
    for (what, span) in &spans {
        let times = 20_000;
        let started = Instant::now();
        (0..times).for_each(|_| _ = black_box(read(black_box(span), &[])));
        println!("{what}: {:.2} µs", started.elapsed().as_secs_f64() * 1e6 / f64::from(times));
    }
}
