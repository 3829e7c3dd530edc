//! The framework of a run whose scopes and resource were taken away, as collectors and exports of other tools do: names, attributes and values
//! of the spans must give it away.
//!
//! `cargo test --test framework_stripped -- --nocapture` prints the share.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

#[path = "support/recording.rs"]
#[allow(dead_code)]
mod recording;

use std::sync::Arc;

use arc_eval_tui::{
    analysis::{Rules, analyse},
    formats::otlp::{
        runs,
        span::{LogRecord, Resource, Scope, Span},
        wire::{self, Encoding},
    },
};
use recording::{Recording, recordings};

/// Spans and log records of a recording, without what says where they are from.
fn stripped(recording: &Recording) -> (Vec<Span>, Vec<LogRecord>) {
    let (mut spans, mut logs) = (Vec::new(), Vec::new());
    for request in &recording.requests {
        let encoding = if request.content_type.contains("json") { Encoding::Json } else { Encoding::Protobuf };
        if request.path.ends_with("/v1/logs") || request.path.contains("LogsService") {
            logs.extend(wire::logs(&request.unpacked(), encoding).unwrap().items);
        } else if request.path.ends_with("/v1/traces") || request.path.contains("TraceService") {
            spans.extend(wire::traces(&request.unpacked(), encoding).unwrap().items);
        }
    }
    let (scope, resource) = (Arc::new(Scope::default()), Arc::new(Resource::default()));
    for span in &mut spans {
        span.scope = Arc::clone(&scope);
        span.resource = Arc::clone(&resource);
    }
    for record in &mut logs {
        record.scope = Arc::clone(&scope);
        record.resource = Arc::clone(&resource);
    }
    (spans, logs)
}

fn letters(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[test]
fn recorded_frameworks_are_known_without_their_scopes() {
    let rules = Rules::bundled();
    let (mut right, mut unknown, mut wrong) = (0, Vec::new(), Vec::new());
    for recording in recordings() {
        let (spans, logs) = stripped(&recording);
        let runs = runs::of(spans, logs);
        let found = runs.iter().filter_map(|run| run.run.as_ref().ok()).find_map(|trace| analyse(trace, &rules, None).framework);
        match found {
            Some(name) if recording.framework.contains(&letters(&name)) => right += 1,
            Some(name) => wrong.push(format!("{}: {name}", recording.name)),
            None => unknown.push(recording.name),
        }
    }
    let all = right + unknown.len() + wrong.len();
    println!("{right} of {all} known; unknown: {unknown:?}; wrong: {wrong:?}");
    assert!(all > 60, "{all} recordings");
    assert!(wrong.is_empty() && right * 100 >= all * 95, "{right} of {all}; unknown: {unknown:?}; wrong: {wrong:?}");
}
