//! What is refused, and how the refusal says where and what to do.

use serde_json::json;

use super::*;
use crate::formats::FormatErrorKind as Kind;

fn refusal(body: &str) -> FormatError {
    native::decode(body.as_bytes(), TraceId::generate).expect_err(body)
}

#[track_caller]
fn refused(body: Value, path: &str, message: &str) {
    let error = refusal(&body.to_string());
    assert_eq!((error.kind, error.path.as_deref()), (Kind::Field, Some(path)), "{error}");
    assert_eq!(error.to_string(), format!("{path}: {message}"));
}

#[test]
fn a_wrong_type_names_the_field_what_is_expected_and_what_was_found() {
    refused(
        json!({"llm_calls": [{}, {}, {"input_tokens": "many"}]}),
        "llm_calls[2].input_tokens",
        "expected a count, found string \"many\"",
    );
    refused(json!({"llm_calls": [{"input_tokens": 1.5}]}), "llm_calls[0].input_tokens", "expected a count, found number 1.5");
    refused(json!({"llm_calls": [{"output_tokens": true}]}), "llm_calls[0].output_tokens", "expected a count, found boolean `true`");
    refused(json!({"success": "yes"}), "success", "expected true or false, found string \"yes\"");
    refused(json!({"success": 1}), "success", "expected true or false, found number 1");
    refused(json!({"agent_id": ["a"]}), "agent_id", "expected a text, found sequence");
    refused(json!({"execution_time": "fast"}), "execution_time", "expected a number, found string \"fast\"");
    refused(json!({"tool_calls": {}}), "tool_calls", "expected a list, found map");
    refused(json!({"tool_calls": [7]}), "tool_calls[0]", "expected an object, found integer `7`");
    refused(json!({"trace": [[{"step": 1}]]}), "trace", "expected an object with steps, found sequence");
    refused(
        json!({"trace": {"steps": [{"tool_calls": [{"name": {}}]}]}}),
        "trace.steps[0].tool_calls[0].name",
        "expected a text, found map",
    );
    refused(json!({"error": 500}), "error", "expected a text, an object with type and message, or null, found integer `500`");
    refused(json!({"error": {"failed_at_step": "end"}}), "error.failed_at_step", "expected a count, found string \"end\"");
    refused(json!({"tools_available": [{"name": 1.5}]}), "tools_available[0].name", "expected a text, found number 1.5");
    refused(json!({"trace_id": {}}), "trace_id", "expected a text, found map");
}

#[test]
fn an_impossible_value_names_the_field_and_its_range() {
    refused(json!({"llm_calls": [{"input_tokens": -5}]}), "llm_calls[0].input_tokens", "must not be negative, is -5");
    refused(json!({"llm_calls": [{"input_tokens": "-5"}]}), "llm_calls[0].input_tokens", "must not be negative, is -5");
    refused(
        json!({"llm_calls": [{"input_tokens": 1e30}]}),
        "llm_calls[0].input_tokens",
        "expected a count, found number 1000000000000000000000000000000",
    );
    refused(json!({"llm_calls": [{"input_tokens": u64::MAX}]}), "llm_calls[0].input_tokens", "is too large: 18446744073709551615");
    refused(json!({"tool_calls": [{"step": 4_294_967_296_u64}]}), "tool_calls[0].step", "is too large: 4294967296");
    refused(json!({"execution_time": -1}), "execution_time", "must be a length of time in seconds, from 0 to a thousand years, is -1");
    refused(
        json!({"tool_calls": [{"duration_ms": -0.5}]}),
        "tool_calls[0].duration_ms",
        "must be a length of time in milliseconds, from 0 to a thousand years, is -0.5",
    );
    refused(json!({"cost_data": {"total": -0.1}}), "cost_data.total", "must be dollars, from 0 to a billion, is -0.1");
    refused(json!({"timestamp": "yesterday"}), "timestamp", "must be a moment like 2026-11-22T10:00:00Z, is \"yesterday\"");
    refused(json!({"timestamp": 12}), "timestamp", "must be a moment like 2026-11-22T10:00:00Z, is 12");
    refused(json!({"trace_id": ""}), "trace_id", "the id is empty; leave it out to have one made");
    let long = "x".repeat(10_240);
    refused(json!({"trace_id": long}), "trace_id", "the id has 10240 bytes; at most 512 are kept: send a shorter one");
}

#[test]
fn numbers_that_json_does_not_have_are_pointed_at() {
    for token in ["NaN", "Infinity", "-Infinity"] {
        let error = refusal(&format!("{{\"execution_time\": {token}}}"));
        assert_eq!((error.kind, error.path.as_deref()), (Kind::Syntax, Some("execution_time")));
        let expected = format!("execution_time: `{token}` at line 1 column 20 is not JSON; send null for a number that is not known");
        assert_eq!(error.to_string(), expected);
    }
    let quoted = refusal(r#"{"llm_calls":[{"cost":"NaN"}]}"#);
    assert_eq!(quoted.to_string(), "llm_calls[0].cost: expected a number, found string \"NaN\"");
    let unknown_field = refusal("{\"output\": 1,\n \"mine\": [1, NaN]}");
    assert!(unknown_field.to_string().contains("`NaN` at line 2 column 14"), "{unknown_field}");
}

#[test]
fn what_is_not_json_is_said_to_be_so_with_its_place() {
    assert_eq!(refusal("hello").to_string(), "not JSON: expected value at line 1 column 1; a trace is sent as a JSON object");
    assert_eq!(refusal("{\"output\": 1,}").to_string(), "not JSON: trailing comma at line 1 column 14; a trace is sent as a JSON object");
    assert_eq!(refusal("{} {}").to_string(), "not JSON: trailing characters at line 1 column 4; a trace is sent as a JSON object");
    let cut = refusal(r#"{"llm_calls":[{"model":"gp"#);
    assert_eq!(cut.to_string(), "llm_calls[0].model: the JSON is cut off at line 1 column 26: EOF while parsing a string; send it whole");
    assert_eq!(refusal(r#"["run-1", null, "agent"]"#).to_string(), "expected a trace object, found sequence");
    assert_eq!(refusal("5").to_string(), "expected a trace object, found integer `5`");
    assert_eq!(refusal(r#"{"output":1,"output":2}"#).kind, Kind::Field);
}

#[test]
fn empty_and_unreadable_bodies_say_what_they_are() {
    let kind_of = |body: &[u8]| native::decode(body, TraceId::generate).unwrap_err();
    assert_eq!(kind_of(b"").kind, Kind::Empty);
    assert_eq!(kind_of(b" \n\t ").kind, Kind::Empty);
    assert_eq!(kind_of(b"\xEF\xBB\xBF").kind, Kind::Empty);
    assert_eq!(kind_of(b"{\"output\": \"\xC3\x28\"}").to_string(), "byte 12 is not UTF-8; JSON is sent as UTF-8");
    assert_eq!(kind_of(b"\x1F\x8B\x08\x00").to_string(), "this is gzip: send it with Content-Encoding: gzip");
    assert_eq!(kind_of(b"\xFF\xFE{\x00").to_string(), "this is UTF-16: save it as UTF-8");
}

#[test]
fn a_byte_order_mark_is_tolerated() {
    assert!(native::decode(b"\xEF\xBB\xBF{\"output\":1}", TraceId::generate).is_ok());
}

#[test]
fn an_object_in_which_nothing_is_known_is_refused_with_what_is_looked_for() {
    for body in [json!({}), json!({"hello": "world"}), json!({"agent_id": null, "error": null})] {
        let error = decode(&body).unwrap_err();
        assert_eq!(error.kind, Kind::Unrecognised);
        assert!(error.to_string().contains("agent_id") && error.to_string().contains("tool_calls"), "{error}");
    }
}

#[test]
fn an_error_repeats_hostile_text_cut_and_harmless() {
    let hostile = "\u{1b}[2J\u{202e}".repeat(1000);
    let value = refusal(&json!({"llm_calls": [{"input_tokens": hostile}]}).to_string()).to_string();
    let key = refusal(&format!("{{{}: NaN}}", json!(hostile))).to_string();
    for shown in [value, key] {
        assert!(shown.len() < 1500, "{} bytes", shown.len());
        assert!(!shown.chars().any(|one| one.is_control() || one == '\u{202e}'), "{shown}");
    }
}
