//! `analyse`: one verdict a trace as JSON lines, in input order, without a store.

use std::collections::HashMap;

use serde::Serialize;

use super::{
    arguments::AnalyseArguments,
    exit::CliError,
    house,
    inputs::{self, Input},
    output::{Output, say},
    settings::Settings,
};
use crate::{
    analysis::{Rules, analyse, patterns::Miner},
    formats::{
        self, Content,
        otlp::{
            runs::{self, Run},
            span::OtelTraceId,
            wire::{Both, MAX_ITEMS},
        },
    },
    model::{ids::TraceId, trace::Trace, verdict::Verdict},
};

/// A verdict with where its trace came from.
#[derive(Serialize)]
struct Line<'a> {
    input: Origin<'a>,
    #[serde(flatten)]
    verdict: &'a Verdict,
}

/// Where a trace stood.
#[derive(Serialize)]
struct Origin<'a> {
    path: &'a str,
    line: u64,
}

/// Judges everything; fails at the end when something could not be read. Runs that come as spans are told when their file ends: until
/// then more spans of theirs may come.
pub fn run(arguments: &AnalyseArguments, settings: &Settings) -> Result<(), CliError> {
    let mut desk = Desk {
        rules: house::rules(settings)?,
        output: Output::stdout(),
        miner: Miner::new(),
        independent: arguments.independent,
        unreadable: 0,
    };
    let mut spans = Spans::default();
    for Input { path, line, body } in inputs::read(&arguments.paths) {
        if desk.output.closed() {
            return Ok(());
        }
        if spans.path != path || spans.both.spans.items.len() + spans.both.logs.items.len() > MAX_ITEMS {
            desk.spans(std::mem::take(&mut spans))?;
            spans.path.clone_from(&path);
        }
        let read = body
            .map_err(|error| error.to_string())
            .and_then(|body| formats::read(&body, TraceId::generate).map_err(|error| error.to_string()));
        match read {
            Ok(Content::Trace(trace)) => desk.trace(&path, line, &trace)?,
            Ok(Content::Spans(both)) => {
                if let Some(unread) = both.unread() {
                    desk.unreadable(&path, line, &unread);
                }
                spans.add(line, both);
            }
            Err(error) => desk.unreadable(&path, line, &error),
        }
    }
    desk.spans(spans)?;
    desk.output.flush()?;
    match desk.unreadable {
        0 => Ok(()),
        count => Err(CliError::unreadable(format!("{count} of the inputs could not be read"))),
    }
}

/// The spans of one file.
#[derive(Default)]
struct Spans {
    path: String,
    both: Both,
    /// Where each trace was first seen.
    lines: HashMap<OtelTraceId, u64>,
}

impl Spans {
    fn add(&mut self, line: u64, mut both: Both) {
        let (spans, logs) = (&mut both.spans.items, &mut both.logs.items);
        for trace in spans.iter().map(|span| span.trace).chain(logs.iter().map(|record| record.trace)) {
            self.lines.entry(trace).or_insert(line);
        }
        self.both.spans.items.append(spans);
        self.both.logs.items.append(logs);
    }
}

/// What judges.
struct Desk {
    rules: Rules,
    output: Output,
    /// The runs of one call share their failure patterns; each run by itself has none to share.
    miner: Miner,
    independent: bool,
    unreadable: u64,
}

impl Desk {
    fn trace(&mut self, path: &str, line: u64, trace: &Trace) -> Result<(), CliError> {
        if self.independent {
            self.miner = Miner::new();
        }
        let verdict = judge(trace, &self.rules, &mut self.miner);
        self.output.json(&Line { input: Origin { path, line }, verdict: &verdict })
    }

    fn spans(&mut self, spans: Spans) -> Result<(), CliError> {
        for Run { first, run } in runs::of(spans.both.spans.items, spans.both.logs.items) {
            let line = spans.lines.get(&first).copied().unwrap_or(1);
            match run {
                Ok(trace) => self.trace(&spans.path, line, &trace)?,
                // No fault of the file: exporters send more than runs.
                Err(not) => say(format!("{}, line {line}: {}", spans.path, not.says)),
            }
        }
        Ok(())
    }

    fn unreadable(&mut self, path: &str, line: u64, why: &str) {
        self.unreadable += 1;
        say(format!("{path}, line {line}: {why}"));
    }
}

fn judge(trace: &Trace, rules: &Rules, miner: &mut Miner) -> Verdict {
    let mut verdict = analyse(trace, rules, None);
    for item in &mut verdict.tools.items {
        item.input = trace.step(item.step).and_then(|step| step.tool.as_ref()).and_then(|tool| tool.input.clone());
    }
    for failure in &mut verdict.failures {
        let assigned = miner.assign(failure.code, failure.subject.as_deref(), verdict.framework.as_deref(), &failure.message);
        failure.fingerprint = Some(assigned.fingerprint);
    }
    verdict
}
