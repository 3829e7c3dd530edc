//! Large, deep and crowded bodies: read in time, or refused before they take memory.

use std::time::{Duration, Instant};

use super::*;
use crate::formats::{FormatErrorKind as Kind, limits};

fn steps(count: usize) -> String {
    let one = |number: usize| {
        let call = format!(r#"{{"step":{number},"action":"tool_call","tool":"t{}","input":{{"n":{number}}},"duration_ms":1}}"#, number % 7);
        if number.is_multiple_of(3) {
            format!(r#"{{"step":{number},"action":"tool_result","tool":"t{}","content":"ok"}}"#, number % 7)
        } else {
            call
        }
    };
    let steps: Vec<_> = (1..=count).map(one).collect();
    format!(r#"{{"agent_id":"a","trace":{{"steps":[{}]}}}}"#, steps.join(","))
}

/// Tests run unoptimised, on machines that do other things; what is quadratic takes minutes.
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn a_hundred_thousand_steps_are_read() {
    let body = steps(100_000);
    let started = Instant::now();
    let trace = native::decode(body.as_bytes(), TraceId::generate).unwrap();
    assert_eq!(trace.steps.len(), 100_000);
    assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
}

#[test]
fn a_hundred_thousand_calls_of_one_step_told_twice_are_read() {
    let nested: Vec<_> = (0..50_000).map(|id| format!(r#"{{"id":"c{id}","name":"t"}}"#)).collect();
    let calls: Vec<_> = (0..50_000).rev().map(|id| format!(r#"{{"step":1,"id":"c{id}","name":"t"}}"#)).collect();
    let body = format!(
        r#"{{"trace":{{"steps":[{{"step":1,"action":"tool_call","tool_calls":[{}]}}]}},"tool_calls":[{}]}}"#,
        nested.join(","),
        calls.join(",")
    );
    let started = Instant::now();
    let trace = native::decode(body.as_bytes(), TraceId::generate).unwrap();
    assert!(trace.steps.len() >= 50_000);
    assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
}

#[test]
fn more_steps_than_are_read_are_refused_by_name() {
    let body = format!(r#"{{"tool_calls":[{}{{}}]}}"#, "{},".repeat(limits::MAX_STEPS));
    let error = native::decode(body.as_bytes(), TraceId::generate).unwrap_err();
    assert_eq!(error.to_string(), "tool_calls: has more than 200000 entries; send the run in parts");
    let half = format!("[{}{{}}]", "{},".repeat(limits::MAX_STEPS * 3 / 5));
    let error = native::decode(format!(r#"{{"tool_calls":{half},"llm_calls":{half}}}"#).as_bytes(), TraceId::generate).unwrap_err();
    assert_eq!(error.kind, Kind::TooLarge, "{error}");
}

#[test]
fn a_crowd_of_tiny_values_is_refused_before_it_takes_memory() {
    let objects = format!(r#"{{"output":[{}{{}}]}}"#, r#"{"a":0},"#.repeat(600_000));
    let error = native::decode(objects.as_bytes(), TraceId::generate).unwrap_err();
    assert_eq!(error.kind, Kind::TooLarge);
    assert!(error.to_string().starts_with("the trace holds 600003 objects and lists; at most 500000"), "{error}");
    let numbers = format!(r#"{{"output":[{}0]}}"#, "0,".repeat(4_000_000));
    assert_eq!(native::decode(numbers.as_bytes(), TraceId::generate).unwrap_err().kind, Kind::TooLarge);
    let text = format!(r#"{{"output":"{}"}}"#, "[0,{},".repeat(1_000_000));
    assert!(native::decode(text.as_bytes(), TraceId::generate).is_ok(), "the same inside of a text is only text");
}

#[test]
fn json_inside_of_text_is_paid_for_too() {
    let crowd = format!("[{}0]", "0,".repeat(2_000_000));
    let body =
        format!(r#"{{"tool_calls":[{{"name":"a","output":"{crowd}"}},{{"name":"b","output":"{crowd}"}},{{"name":"c","output":"[1]"}}]}}"#);
    let trace = native::decode(body.as_bytes(), TraceId::generate).unwrap();
    let is_list = |index: usize| step(&trace, index).tool.as_ref().unwrap().output.as_ref().unwrap().is_array();
    assert_eq!([is_list(0), is_list(1), is_list(2)], [true, false, true]);
    assert_eq!(trace.incomplete.last().unwrap(), "texts that hold JSON, left as text because the trace is large: 1");
}

#[test]
fn a_text_of_sixteen_mebibytes_is_read() {
    let text = "x".repeat(16 << 20);
    let trace = native::decode(format!(r#"{{"output":"{text}"}}"#).as_bytes(), TraceId::generate).unwrap();
    assert_eq!(trace.output.unwrap().as_str().unwrap().len(), text.len());
}

#[test]
fn deep_nesting_is_refused_with_its_place_and_passed_over_in_unknown_fields() {
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    let error = native::decode(format!(r#"{{"output":{deep}}}"#).as_bytes(), TraceId::generate).unwrap_err();
    assert_eq!(error.kind, Kind::Depth);
    assert!(error.to_string().contains("nested deeper than 128 levels at line 1 column 137"), "{error}");
    assert!(error.path.unwrap().starts_with("output[0][0]"));
    assert!(native::decode(format!(r#"{{"output":1,"mine":{deep}}}"#).as_bytes(), TraceId::generate).is_ok());
    let in_text = native::decode(format!(r#"{{"tool_calls":[{{"name":"t","output":"{deep}"}}]}}"#).as_bytes(), TraceId::generate).unwrap();
    assert!(step(&in_text, 0).tool.as_ref().unwrap().output.as_ref().unwrap().is_string(), "too deep to be read as JSON: stays text");
}
