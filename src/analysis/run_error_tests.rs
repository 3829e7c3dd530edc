//! Whose the run's error is: each way to tell, in the order it is tried.

use serde_json::json;

use crate::{
    analysis::testing::{find_in, trace},
    model::{failure::FailureCode, ids::StepNumber, trace::Trace},
};

/// Code, step and subject of the one failure there is.
#[track_caller]
fn only(trace: &Trace) -> (FailureCode, Option<u32>, Option<String>) {
    let failures = find_in(trace);
    assert_eq!(failures.len(), 1, "{failures:#?}");
    (failures[0].code, failures[0].step.map(|step| step.0), failures[0].subject.clone())
}

fn is(code: FailureCode, step: Option<u32>, subject: Option<&str>) -> (FailureCode, Option<u32>, Option<String>) {
    (code, step, subject.map(str::to_owned))
}

#[test]
fn the_step_the_sender_names() {
    let two = || trace().tool("get", json!({"n": 1})).returns(json!(1)).tool("put", json!({"n": 1})).returns(json!(1));
    let named =
        two().ends_with("TimeoutError", "no answer").with(|trace| trace.error.get_or_insert_default().failed_at_step = Some(StepNumber(1)));
    assert_eq!(only(&named.build()), is(FailureCode::ToolTimeout, Some(1), Some("get")));
}

#[test]
fn a_flag_on_the_step_and_words_on_the_run_are_one_error() {
    let flagged = trace().tool("get", json!({})).marked(false).ends_with("TimeoutError", "Request timed out.").build();
    assert_eq!(only(&flagged), is(FailureCode::ToolTimeout, Some(1), Some("get")));
    assert_eq!(find_in(&flagged)[0].message, "Request timed out.");
}

#[test]
fn the_tool_that_the_text_or_the_traceback_names() {
    let unsaid = || trace().tool("get_quote", json!({})).says("hm").tool("put", json!({})).returns(json!(1));
    let by_text = unsaid().ends_with("UserError", "Error running tool get_quote: unknown symbol ZZZZ");
    assert_eq!(only(&by_text.build()), is(FailureCode::ToolError, Some(1), Some("get_quote")));
    let by_frames = unsaid().ends_with("KeyError", "'ZZZZ'").with(|trace| {
        let frames = "Traceback (most recent call last):\n  File \"shop.py\", line 9, in run\n  File \"shop.py\", line 3, in get_quote\nKeyError: 'ZZZZ'";
        trace.error.get_or_insert_default().traceback = Some(frames.to_owned());
    });
    assert_eq!(only(&by_frames.build()), is(FailureCode::ToolError, Some(1), Some("get_quote")));
}

#[test]
fn the_model_whose_client_raises_it() {
    let open = trace().tool("get", json!({})).returns(json!(1)).model("gpt-4o").ends_with("openai.APITimeoutError", "Request timed out.");
    assert_eq!(only(&open.build()), is(FailureCode::ModelError, Some(2), Some("gpt-4o")));
    let answered = trace()
        .model("gpt-4o")
        .answers(json!("hm"))
        .tool("get", json!({}))
        .returns(json!(1))
        .ends_with("openai.RateLimitError", "slow down");
    assert_eq!(only(&answered.build()), is(FailureCode::ModelError, None, Some("gpt-4o")));
}

#[test]
fn the_call_that_never_came_back() {
    let open = trace().model("m").answers(json!("x")).tool("crawl", json!({})).ends_with("TimeoutError", "");
    assert_eq!(only(&open.build()), is(FailureCode::ToolTimeout, Some(2), Some("crawl")));
}

#[test]
fn the_run_itself() {
    let came_back = || trace().model("m").answers(json!("x")).tool("crawl", json!({})).returns(json!("y"));
    assert_eq!(only(&came_back().ends_with("TimeoutError", "").build()), is(FailureCode::NoTermination, Some(2), None));
    assert_eq!(only(&came_back().ends_with("ConnectionError", "").build()), is(FailureCode::Unclassified, None, None));
    assert_eq!(
        only(&trace().model("m").answers(json!("x")).ends_with("ConnectionError", "").build()),
        is(FailureCode::ModelError, None, None)
    );
}

#[test]
fn a_limit_is_not_the_error_of_the_step_it_cut() {
    let cut = trace().tool("get", json!({})).fails("no such order").ends_with("GraphRecursionError", "Recursion limit of 12 reached");
    let codes: Vec<_> = find_in(&cut.build()).into_iter().map(|failure| failure.code).collect();
    assert_eq!(codes, [FailureCode::ToolError, FailureCode::NoTermination]);
}
