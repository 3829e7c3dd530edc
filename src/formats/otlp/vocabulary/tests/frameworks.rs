//! What frameworks say in words of their own.

use serde_json::json;

use super::{event, reading, span};
use crate::{
    formats::otlp::{reading::SpanKind, vocabulary::read},
    model::{money::Money, step::StepKind},
};

#[test]
fn haystack_names_its_kinds_and_keeps_the_rest_in_json() {
    let reply = json!({"replies": [{"role": "assistant", "content": [{"text": "Done."}],
        "meta": {"model": "m-1", "finish_reason": "stop", "usage": {"prompt_tokens": 5, "completion_tokens": 2}}}]});
    let call = reading(
        "haystack.agent.step.llm",
        json!({"haystack.agent.step.llm.input": r#"{"messages": [{"role": "user", "content": [{"text": "Refund"}]}]}"#,
        "haystack.agent.step.llm.output": reply.to_string()}),
    );
    assert_eq!((call.kind, call.model.as_deref(), call.finish_reason.as_deref()), (SpanKind::Model, Some("m-1"), Some("stop")));
    assert_eq!(call.usage.map(|usage| usage.total()), Some(7));
    assert_eq!(call.output_messages, [json!({"role": "assistant", "content": "Done."})]);
    let tool = reading(
        "haystack.agent.step.tool",
        json!({"haystack.tool.name": "refund", "haystack.agent.step.tool.input": r#"{"order": "A-1182"}"#,
        "haystack.agent.step.tool.output": 12.5, "haystack.tool.error": true}),
    );
    assert_eq!(
        (tool.kind, tool.tool_name.as_deref(), tool.tool_output, tool.error.is_some()),
        (SpanKind::Tool, Some("refund"), Some(json!(12.5)), true)
    );
    assert_eq!(
        reading("haystack.agent.run", json!({"haystack.agent.max_steps": 3})).agent,
        None,
        "a framework's name for all is no agent's"
    );
    assert_eq!(reading("haystack.component.run", json!({"haystack.component.type": "OpenAIChatGenerator"})).kind, SpanKind::Model);
}

#[test]
fn strands_tells_a_tools_call_in_events() {
    let mut tool = span(
        "execute_tool refund",
        json!({"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "refund", "gen_ai.tool.status": "error"}),
    );
    tool.events = vec![
        event("gen_ai.tool.message", json!({"role": "tool", "content": r#"{"order": "A-1182"}"#, "id": "c1"})),
        event("gen_ai.choice", json!({"message": r#"[{"text": "no such order"}]"#, "id": "c1"})),
    ];
    let read = read(&tool, &[]);
    assert_eq!((read.tool_input, read.tool_output), (Some(json!({"order": "A-1182"})), Some(json!("no such order"))));
    assert!(read.error.is_some(), "its status says so");
}

#[test]
fn pydantic_ai_has_totals_costs_and_older_words() {
    let agent = reading(
        "agent run",
        json!({"gen_ai.operation.name": "invoke_agent", "agent_name": "desk", "final_result": "paid", "gen_ai.aggregated_usage.input_tokens": 9,
        "gen_ai.aggregated_usage.output_tokens": 2, "pydantic_ai.all_messages": r#"[{"role":"user","parts":[{"type":"text","content":"Refund"}]}]"#}),
    );
    assert_eq!((agent.agent.as_deref(), agent.input, agent.output), (Some("desk"), Some(json!("Refund")), Some(json!("paid"))));
    assert!(agent.usage_is_total && agent.usage.is_some_and(|usage| usage.input_tokens == 9));
    let tool = reading(
        "running tool",
        json!({"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "refund", "tool_arguments": "{}", "tool_response": "paid", "operation.cost": 0.5}),
    );
    assert_eq!((tool.tool_input, tool.tool_output, tool.logged_cost), (Some(json!({})), Some(json!("paid")), Money::from_usd(0.5)));
    let events = json!([{"event.name": "gen_ai.user.message", "content": "Refund", "role": "user"},
        {"event.name": "gen_ai.choice", "index": 0, "message": {"role": "assistant", "content": "paid"}}]);
    let call = reading("chat m", json!({"gen_ai.operation.name": "chat", "events": events.to_string()}));
    assert_eq!(call.input_messages, [json!({"role": "user", "content": "Refund"})]);
    assert_eq!(call.output_messages, [json!({"role": "assistant", "content": "paid"})]);
}

#[test]
fn autogens_topics_name_the_run() {
    let id = "6f6c0f48-1eea-4692-995c-137a1ddcecb9";
    let key = Some(format!("autogen:{id}"));
    let bus = reading(
        &format!("autogen publish group_topic_{id}.({id})-T"),
        json!({"messaging.destination": format!("group_topic_{id}.({id})-T")}),
    );
    assert_eq!((bus.kind, bus.run_key), (SpanKind::Noise, key.clone()));
    let agent = json!({"gen_ai.operation.name": "invoke_agent", "gen_ai.system": "autogen", "gen_ai.agent.id": format!("desk_{id}/{id}"), "messaging.operation": "x"});
    assert_eq!(reading("invoke_agent desk", agent).run_key, key);
    assert_eq!(
        reading("autogen publish news.(default)-T", json!({"messaging.destination": "news.(default)-T"})).run_key,
        None,
        "a topic that runs share"
    );
}

#[test]
fn google_adks_empty_objects_say_nothing() {
    let tool = json!({"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "refund", "gcp.vertex.agent.tool_call_args": "{}", "gcp.vertex.agent.tool_response": "{\"result\":1}"});
    let read = reading("execute_tool refund", tool);
    assert_eq!((read.tool_input, read.tool_output), (None, Some(json!({"result": 1}))));
    let merged = json!({"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "(merged tools)", "gcp.vertex.agent.event_id": "e"});
    assert_eq!(reading("execute_tool (merged)", merged).kind, SpanKind::Wrapper);
}

#[test]
fn crewais_tasks_are_machinery_and_its_crews_count_tokens() {
    let task = json!({"gen_ai.operation.name": "invoke_agent", "crewai.task.id": "t", "crewai.task.description": "Refund"});
    let read_task = reading("Refund.task", task);
    assert_eq!((read_task.kind, read_task.input), (SpanKind::Wrapper, Some(json!("Refund"))));
    let crew =
        json!({"gen_ai.operation.name": "invoke_agent", "crewai.crew.usage_metrics": "{'prompt_tokens': 399, 'completion_tokens': 52}"});
    assert!(reading("crewai.workflow", crew).usage.is_some_and(|usage| usage.total() == 451));
}

#[test]
fn our_own_steps_have_kinds_of_their_own() {
    let step = |kind: &str| reading("think", json!({"arc.step.kind": kind, "input.value": "why?"})).kind;
    assert_eq!(step("reasoning"), SpanKind::Step(StepKind::Reasoning));
    assert_eq!((step("retrieval"), step("handoff"), step("guardrail")), (SpanKind::Retrieval, SpanKind::Handoff, SpanKind::Guardrail));
    let run = reading(
        "desk",
        json!({"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "desk", "arc.domain": "finance", "arc.project": "shop", "input.value": "{\"q\": 1}"}),
    );
    assert_eq!((run.domain.as_deref(), run.project.as_deref(), run.input), (Some("finance"), Some("shop"), Some(json!({"q": 1}))));
}

#[test]
fn kinds_are_guessed_where_the_attribute_for_them_is_gone() {
    assert_eq!(
        reading("ChatCompletion", json!({"llm.model_name": "m", "llm.output_messages.0.message.role": "assistant"})).kind,
        SpanKind::Model
    );
    assert_eq!(reading("work", json!({"tool.name": "refund"})).kind, SpanKind::Tool);
    assert_eq!(reading("GET", json!({"http.request.method": "GET"})).kind, SpanKind::Noise);
    assert_eq!(reading("work", json!({"shop.order": 1})).kind, SpanKind::Unknown);
    let by_hand = reading("tool refund", json!({}));
    assert_eq!(
        (by_hand.kind, by_hand.tool_name.as_deref()),
        (SpanKind::Unknown, Some("refund")),
        "a hint, for whoever knows what was asked for"
    );
}
