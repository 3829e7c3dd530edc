//! Recorded exports of real clients, read, assembled and analysed in process: one line of JSON a recording, for `tests/replay/replay.py` to hold
//! against what really happened.
//!
//! Run by hand: `ARC_EVAL_RECORDINGS=folder ARC_EVAL_LINES=lines.jsonl cargo test --test recordings -- --ignored`, then
//! `tests/replay/replay.py folder --lines lines.jsonl`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::{
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use arc_eval_tui::{
    analysis::{self, Rules},
    formats::otlp::{
        runs,
        span::{LogRecord, Span},
        wire::{self, Encoding},
    },
    model::{step::Step, trace::Trace},
};
use serde_json::{Value, json};

#[test]
#[ignore = "needs a folder of recordings in ARC_EVAL_RECORDINGS"]
fn recordings_as_lines() {
    let folder = PathBuf::from(env::var("ARC_EVAL_RECORDINGS").expect("ARC_EVAL_RECORDINGS names a folder of recordings"));
    let rules = Rules::bundled();
    let mut lines = String::new();
    let mut found = Vec::new();
    find(&folder, &mut found);
    assert!(!found.is_empty(), "no run.json below {}", folder.display());
    for recording in found {
        let rows = rows(&recording, &rules);
        let name = recording.strip_prefix(&folder).unwrap();
        writeln!(lines, "{}", json!({"recording": name, "rows": rows})).unwrap();
    }
    match env::var("ARC_EVAL_LINES") {
        Ok(path) => fs::write(path, lines).unwrap(),
        Err(_) => print!("{lines}"),
    }
}

/// Folders with a `run.json`, in order.
fn find(folder: &Path, found: &mut Vec<PathBuf>) {
    if folder.join("run.json").exists() {
        found.push(folder.to_owned());
    }
    let mut inside: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    inside.sort();
    inside.iter().for_each(|path| find(path, found));
}

/// The rows that a recording's bodies become.
fn rows(recording: &Path, rules: &Rules) -> Vec<Value> {
    let (mut spans, mut logs): (Vec<Span>, Vec<LogRecord>) = Default::default();
    let mut bodies: Vec<PathBuf> = fs::read_dir(recording).unwrap().map(|entry| entry.unwrap().path()).collect();
    bodies.sort();
    for body in bodies {
        let name = body.file_name().unwrap().to_string_lossy().into_owned();
        let encoding = match name.split_once('.').map(|(_, kind)| kind) {
            Some("pb") => Encoding::Protobuf,
            Some("json") if name != "run.json" => Encoding::Json,
            _ => continue,
        };
        let bytes = fs::read(&body).unwrap();
        if name.contains("-traces.") {
            spans.extend(wire::traces(&bytes, encoding).unwrap().items);
        } else if name.contains("-logs.") {
            logs.extend(wire::logs(&bytes, encoding).unwrap().items);
        }
    }
    runs::of(spans, logs).into_iter().filter_map(|run| Some(row(&run.run.ok()?, rules))).collect()
}

fn row(trace: &Trace, rules: &Rules) -> Value {
    let verdict = analysis::analyse(trace, rules, None);
    json!({
        "trace_id": trace.id,
        "verdict": verdict,
        "agent": trace.agent,
        "session": trace.session,
        "framework": verdict.framework,
        "framework_signal": verdict.framework_signal,
        "ended": trace.ended,
        "outcome": verdict.outcome.state,
        "success": trace.success,
        "error": trace.error,
        "input": trace.input,
        "output": trace.output,
        "tools_available": trace.tools_available.iter().flatten().map(|tool| &tool.name).collect::<Vec<_>>(),
        "usage": verdict.usage,
        "steps": trace.steps.iter().map(step).collect::<Vec<_>>(),
        "failures": verdict.failures.iter().map(|failure| json!([failure.code, failure.step, failure.says])).collect::<Vec<_>>(),
        "incomplete": trace.incomplete,
        "attributes": trace.attributes.iter().map(|(name, _)| name).collect::<Vec<_>>(),
    })
}

fn step(step: &Step) -> Value {
    let tool = step.tool.as_ref();
    let model = step.model.as_ref();
    json!({
        "number": step.number,
        "kind": step.kind,
        "name": step.name,
        "agent": step.agent,
        "depth": step.depth,
        "success": step.success,
        "error": step.error,
        "content": step.content,
        "duration_ms": step.duration.map(|took| took.millis()),
        "id": tool.and_then(|tool| tool.id.as_ref()),
        "tool_input": tool.and_then(|tool| tool.input.as_ref()),
        "tool_input_error": tool.and_then(|tool| tool.input_error.as_ref()),
        "tool_output": tool.and_then(|tool| tool.output.as_ref()),
        "provider": model.and_then(|model| model.provider.as_ref()),
        "usage": model.and_then(|model| model.usage),
        "finish_reason": model.and_then(|model| model.finish_reason.as_ref()),
        "messages": model.and_then(|model| model.messages.as_ref()).map(|messages| messages.as_array().map_or(1, Vec::len)),
        "model_output": model.and_then(|model| model.output.as_ref()),
        "requested": model.map(|model| model.requested_tools.iter().map(|asked| json!([asked.name, asked.arguments, asked.arguments_error])).collect::<Vec<_>>()),
        "attributes": step.attributes.iter().map(|(name, _)| name).collect::<Vec<_>>(),
    })
}
