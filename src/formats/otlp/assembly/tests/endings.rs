//! Whether a run failed, with which error, and where it came up.

use serde_json::json;

use super::build::Spans;
use crate::{
    formats::otlp::reading::SpanKind::{Model, Unknown, Wrapper},
    model::{ids::StepNumber, trace::Trace},
};

fn ended(trace: &Trace) -> (Option<bool>, Option<String>, Option<u32>) {
    let error = trace.error.clone().unwrap_or_default();
    (trace.success, error.kind, error.failed_at_step.map(|StepNumber(number)| number))
}

#[test]
fn an_error_that_was_made_up_for_is_not_the_runs() {
    let trace = Spans::default()
        .agent(1, 0, "desk", 0..100)
        .span(2, 1, Model, 1..10)
        .fails("RateLimitError", "429")
        .says(3, 1, "12", 11..20)
        .trace();
    assert_eq!(ended(&trace), (Some(true), None, None));
    assert_eq!(trace.steps[0].error.as_deref(), Some("RateLimitError: 429"));
}

#[test]
fn the_deepest_error_is_told_once() {
    let trace = Spans::default()
        .span(1, 0, Unknown, 0..100)
        .fails("PipelineError", "component failed: Request timed out.")
        .agent(2, 1, "desk", 1..99)
        .fails("AgentError", "Error while generating: Request timed out.")
        .span(3, 2, Model, 2..98)
        .fails("APITimeoutError", "Request timed out.")
        .trace();
    assert_eq!(ended(&trace), (Some(false), Some("APITimeoutError".to_owned()), Some(1)));
    assert_eq!(trace.steps.len(), 1);
}

#[test]
fn an_error_in_other_words_keeps_them_and_points_at_what_led_to_it() {
    let trace = Spans::default()
        .agent(1, 0, "desk", 0..100)
        .fails("UnexpectedModelBehavior", "Tool 'get_quote' exceeded max retries count of 0")
        .asks(2, 1, "c1", "get_quote", json!({}), 1..10)
        .tool(3, 1, "c1", "get_quote", 11..20)
        .fails("ToolRetryError", "symbol: field required")
        .trace();
    assert_eq!(ended(&trace), (Some(false), Some("UnexpectedModelBehavior".to_owned()), Some(2)));
}

#[test]
fn an_error_long_past_is_not_the_cause() {
    let trace = Spans::default()
        .agent(1, 0, "desk", 0..100)
        .fails("MaxTurnsExceeded", "Max turns (4) exceeded")
        .tool(2, 1, "", "get_quote", 1..10)
        .fails("Timeout", "slow")
        .says(3, 1, "again", 11..20)
        .trace();
    assert_eq!(ended(&trace), (Some(false), Some("MaxTurnsExceeded".to_owned()), None));
}

#[test]
fn a_root_that_is_well_does_not_hide_that_its_agent_failed() {
    let trace = Spans::default()
        .span(1, 0, Wrapper, 0..100)
        .agent(2, 1, "desk", 1..99)
        .fails("ResourceExhausted", "quota")
        .span(3, 2, Model, 2..98)
        .fails("ResourceExhausted", "quota")
        .trace();
    assert_eq!(ended(&trace), (Some(false), Some("ResourceExhausted".to_owned()), Some(1)));
}

#[test]
fn a_part_that_failed_last_counts_unless_there_is_an_answer() {
    let spans =
        || Spans::default().span(1, 0, Wrapper, 0..100).span(2, 1, Wrapper, 1..99).fails("KeyError", "'price'").says(3, 2, "", 2..3);
    assert_eq!(ended(&spans().trace()).0, Some(false));
    let answered = Spans::default().span(1, 0, Wrapper, 0..100).output(json!("12")).span(2, 1, Wrapper, 1..99).fails("KeyError", "'price'");
    assert_eq!(ended(&answered.trace()).0, Some(true));
}

#[test]
fn without_error_and_without_answer_nothing_is_known() {
    let trace = Spans::default().agent(1, 0, "desk", 0..100).output(json!("")).asks(2, 1, "c1", "get_quote", json!({}), 1..10).trace();
    assert_eq!(ended(&trace), (None, None, None));
    let stopped = Spans::default()
        .agent(1, 0, "desk", 0..100)
        .span(2, 1, Model, 1..10)
        .with(|reading| reading.finish_reason = Some("FinishReason.STOP".into()));
    assert_eq!(ended(&stopped.trace()).0, Some(true), "an answer that was not recorded");
}

#[test]
fn a_generator_that_nobody_reads_on_is_no_error() {
    let trace = Spans::default().agent(1, 0, "desk", 0..100).fails("GeneratorExit", "").says(2, 1, "12", 1..10).trace();
    assert_eq!(ended(&trace), (Some(true), None, None));
}

#[test]
fn a_run_goes_on_until_its_root_is_here_and_has_ended() {
    let open = Spans::default().agent(1, 0, "desk", 0..100).open().says(2, 1, "12", 1..10).trace();
    assert!(!open.ended && open.success.is_none() && open.execution_time.is_none());
    assert!(open.incomplete.contains(&"the outermost span has not ended".to_owned()), "{:?}", open.incomplete);
    let orphan = Spans::default().says(2, 1, "12", 1..10).trace();
    assert!(!orphan.ended && orphan.success.is_none());
    assert!(orphan.incomplete.contains(&"spans whose parent has not arrived: 1".to_owned()), "{:?}", orphan.incomplete);
}

#[test]
fn a_part_that_failed_and_whose_root_never_came_failed() {
    let trace = Spans::default()
        .span(2, 1, Wrapper, 1..99)
        .fails("AgentError", "timed out")
        .span(3, 2, Model, 2..98)
        .fails("Timeout", "timed out")
        .trace();
    assert_eq!((trace.ended, ended(&trace)), (false, (Some(false), Some("Timeout".to_owned()), Some(1))));
    let only_a_call = Spans::default().span(3, 2, Model, 2..98).fails("Timeout", "timed out").trace();
    assert_eq!(ended(&only_a_call).0, None, "it may be tried again");
}
