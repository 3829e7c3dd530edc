//! Tool calls: as the model asked for them, as they ran, and those that never did.

use serde_json::json;

use super::build::{Spans, lines};
use crate::formats::otlp::reading::SpanKind::{Model, Wrapper};

#[test]
fn arguments_are_the_models_where_the_span_tells_them_bare() {
    let trace = Spans::default()
        .agent(1, 0, "desk", 0..100)
        .asks(2, 1, "c1", "get_quote", json!({"symbol": "ACME"}), 1..10)
        .tool(3, 1, "c1", "get_quote", 11..20)
        .input(json!("ACME"))
        .output(json!("12"))
        .trace();
    let tool = trace.steps[1].tool.clone().unwrap();
    assert_eq!((tool.input, tool.output), (Some(json!({"symbol": "ACME"})), Some(json!("12"))));
}

#[test]
fn without_ids_names_and_arguments_join() {
    let trace = Spans::default()
        .agent(1, 0, "desk", 0..100)
        .asks(2, 1, "", "get_quote", json!({"symbol": "ACME"}), 1..10)
        .also_asks("", "get_quote", json!({"symbol": "GLOBEX"}))
        .tool(3, 1, "", "get_quote", 11..30)
        .input(json!("GLOBEX"))
        .tool(4, 1, "", "Finance-get_quote", 12..20)
        .input(json!("ACME"))
        .trace();
    let inputs: Vec<_> = trace.steps[1..].iter().map(|step| step.tool.clone().unwrap().input.unwrap()).collect();
    assert_eq!(inputs, [json!({"symbol": "GLOBEX"}), json!({"symbol": "ACME"})]);
    assert_eq!(lines(&trace)[2], "3 tool_call get_quote", "by the name the model knows it by");
}

#[test]
fn ids_that_two_sources_made_up_do_not_make_two_calls_of_one() {
    let trace = Spans::default()
        .agent(1, 0, "desk", 0..100)
        .asks(2, 1, "get_quote_0", "get_quote", json!({"symbol": "ACME"}), 1..10)
        .tool(3, 1, "made-7f", "get_quote", 11..20)
        .input(json!({"symbol": "ACME"}))
        .asks(4, 1, "get_quote_0", "get_quote", json!({"symbol": "GLOBEX"}), 21..30)
        .tool(5, 1, "made-81", "get_quote", 31..40)
        .input(json!({"symbol": "GLOBEX"}))
        .trace();
    assert_eq!(lines(&trace), ["1 llm_call model", "2 tool_call get_quote", "3 llm_call model", "4 tool_call get_quote"]);
}

#[test]
fn a_span_with_the_id_of_another_call_or_other_arguments_is_no_run_of_a_request() {
    let run = |id: &str, symbol: &str| {
        let spans = Spans::default().agent(1, 0, "desk", 0..100).asks(2, 1, "c1", "get_quote", json!({"symbol": "ACME"}), 1..10);
        spans
            .also_asks("c2", "get_quote", json!({"symbol": "ACME"}))
            .tool(3, 1, id, "get_quote", 11..20)
            .input(json!({"symbol": symbol}))
            .trace()
    };
    let calls = |id: &str, symbol: &str| run(id, symbol).steps.iter().filter(|step| step.tool.is_some()).count();
    assert_eq!((calls("c1", "ACME"), calls("c2", "ACME")), (2, 2), "one ran, the other did not");
    assert_eq!(calls("elsewhere", "GLOBEX"), 3, "nothing says that it ran one of the two");
}

#[test]
fn a_request_that_was_never_run_does_not_take_a_later_calls_span() {
    let trace = Spans::default()
        .agent(1, 0, "desk", 0..100)
        .asks(2, 1, "", "get_quote", json!("{\"symbol\": "), 1..10)
        .with(|reading| reading.requested_tools[0].arguments_error = Some("not JSON: it is cut off".to_owned()))
        .asks(3, 1, "", "get_quote", json!({"symbol": "ACME"}), 11..20)
        .tool(4, 1, "", "get_quote", 21..30)
        .trace();
    assert_eq!(lines(&trace), ["1 llm_call model", "2 tool_call get_quote", "3 llm_call model", "4 tool_call get_quote"]);
    let calls: Vec<_> = trace.steps.iter().filter_map(|step| step.tool.as_ref()).collect();
    assert_eq!(calls[0].input_error.as_deref(), Some("not JSON: it is cut off"));
    assert_eq!((calls[1].input_error.as_ref(), calls[1].input.clone()), (None, Some(json!({"symbol": "ACME"}))));
}

#[test]
fn results_are_read_where_the_next_call_is_told_them() {
    let trace = Spans::default()
        .agent(1, 0, "desk", 0..100)
        .asks(2, 1, "c1", "get_quote", json!({"symbol": "ACME"}), 1..10)
        .says(3, 1, "12", 11..20)
        .told("c1", "{\"price\": 12}")
        .trace();
    let step = &trace.steps[1];
    assert_eq!(step.tool.as_ref().unwrap().output, Some(json!({"price": 12})));
    assert_eq!((step.success, step.duration), (None, None), "nothing tells how it ran");
}

#[test]
fn answers_without_ids_go_to_what_was_asked_last() {
    let answer = |content: &str| json!({"role": "tool", "name": "get_quote", "content": content});
    let trace = Spans::default()
        .agent(1, 0, "desk", 0..100)
        .asks(2, 1, "", "get_quote", json!({"symbol": "ACME"}), 1..10)
        .asks(3, 1, "", "get_quote", json!({"symbol": "GLOBEX"}), 11..20)
        .with(|reading| reading.input_messages = vec![answer("12")])
        .says(4, 1, "12 and 13", 21..30)
        .with(|reading| reading.input_messages = vec![answer("12"), json!({"role": "assistant", "content": ""}), answer("13")])
        .trace();
    let outputs: Vec<_> = trace.steps.iter().filter_map(|step| step.tool.as_ref()?.output.clone()).collect();
    assert_eq!(outputs, [json!("12"), json!("13")]);
}

#[test]
fn an_answer_marked_as_an_error_is_one() {
    let marked = json!({"role": "tool", "tool_call_id": "c1", "content": "no such symbol", "status": "error"});
    let trace = Spans::default()
        .agent(1, 0, "desk", 0..100)
        .asks(2, 1, "c1", "get_quote", json!({"symbol": "ZZZZ"}), 1..10)
        .tool(3, 1, "c1", "get_quote", 11..20)
        .says(4, 1, "sorry", 21..30)
        .with(|reading| reading.input_messages = vec![marked])
        .trace();
    assert_eq!((trace.steps[1].success, trace.steps[1].error.as_deref()), (Some(false), Some("no such symbol")));
    assert_eq!(trace.success, Some(true), "it was made up for");
}

#[test]
fn a_tool_told_by_two_layers_is_called_once_and_fails_when_it_failed_inside() {
    let trace = Spans::default()
        .agent(1, 0, "desk", 0..100)
        .tool(2, 1, "", "get_quote", 1..10)
        .output(json!("unknown symbol"))
        .tool(3, 2, "c1", "get_quote", 2..9)
        .fails("UnknownSymbol", "unknown symbol ZZZZ")
        .trace();
    assert_eq!(trace.steps.len(), 1);
    assert_eq!(trace.steps[0].error.as_deref(), Some("UnknownSymbol: unknown symbol ZZZZ"));
    assert_eq!(trace.steps[0].tool.as_ref().unwrap().id.as_deref(), Some("c1"));
}

#[test]
fn a_tool_in_a_tool_of_another_name_is_a_call_of_its_own() {
    let trace = Spans::default().agent(1, 0, "desk", 0..100).tool(2, 1, "", "report", 1..10).tool(3, 2, "", "get_quote", 2..9).trace();
    assert_eq!(lines(&trace), ["1 tool_call report", "  2 tool_call get_quote"]);
}

#[test]
fn a_tool_that_does_not_exist_gets_the_error_that_only_the_framework_tells() {
    let trace = Spans::default()
        .agent(1, 0, "desk", 0..100)
        .span(2, 1, Wrapper, 1..50)
        .named("turn")
        .fails("", "Tool not found: {'tool_name': 'lookup_price'}")
        .asks(3, 2, "c1", "lookup_price", json!({}), 2..10)
        .offers(&["get_quote"])
        .trace();
    assert_eq!(lines(&trace), ["1 llm_call model", "2 tool_call lookup_price"], "the turn has nothing more to say");
    assert_eq!(trace.steps[1].error.as_deref(), Some("Tool not found: {'tool_name': 'lookup_price'}"));
    assert_eq!(trace.error.unwrap().failed_at_step, Some(trace.steps[1].number));
}

#[test]
fn what_frameworks_add_for_the_end_is_no_call() {
    let trace = Spans::default().agent(1, 0, "desk", 0..100).asks(2, 1, "c1", "final_result", json!({"total": 12}), 1..10).trace();
    assert_eq!(trace.steps.len(), 1);
}

#[test]
fn offers_are_those_of_all_calls() {
    let trace = Spans::default()
        .agent(1, 0, "desk", 0..100)
        .span(2, 1, Model, 1..10)
        .offers(&["get_quote"])
        .span(3, 1, Model, 11..20)
        .offers(&["get_quote", "convert"])
        .trace();
    let names: Vec<_> = trace.tools_available.unwrap().into_iter().map(|tool| tool.name).collect();
    assert_eq!(names, ["get_quote", "convert"]);
}
