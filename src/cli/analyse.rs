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

/// Judges everything; fails at the end when something could not be read. An OTLP export request is judged by itself; of another tool's
/// rows, of which a run has many, the runs are told when their file ends.
pub fn run(arguments: &AnalyseArguments, settings: &Settings) -> Result<(), CliError> {
    let mut desk = Desk {
        rules: house::rules(settings)?,
        output: Output::stdout(),
        miner: Miner::new(),
        independent: arguments.independent,
        reveal: arguments.reveal,
        unreadable: 0,
    };
    let mut rows = Rows::default();
    for Input { path, line, body } in inputs::read(&arguments.paths) {
        if desk.output.closed() {
            return Ok(());
        }
        if rows.path != path || rows.both.spans.items.len() + rows.both.logs.items.len() > MAX_ITEMS {
            desk.runs(std::mem::take(&mut rows))?;
            rows.path.clone_from(&path);
        }
        let read = body
            .map_err(|error| error.to_string())
            .and_then(|body| formats::read(&body, TraceId::generate).map_err(|error| error.to_string()));
        match read {
            Ok(Content::Trace(trace)) => desk.trace(&path, line, &trace)?,
            Ok(Content::Spans(both)) => {
                let mut request = Rows { path, ..Rows::default() };
                desk.take(line, both, &mut request);
                desk.runs(request)?;
            }
            Ok(Content::Rows(both)) => desk.take(line, both, &mut rows),
            Err(error) => desk.unreadable(&path, line, &error),
        }
    }
    desk.runs(rows)?;
    desk.output.flush()?;
    match desk.unreadable {
        0 => Ok(()),
        count => Err(CliError::unreadable(format!("{count} of the inputs could not be read"))),
    }
}

/// Spans read from one file and not judged yet.
#[derive(Default)]
struct Rows {
    path: String,
    both: Both,
    /// Where each trace was first seen.
    lines: HashMap<OtelTraceId, u64>,
}

impl Rows {
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
    /// Sensitive values are shown.
    reveal: bool,
    unreadable: u64,
}

impl Desk {
    fn trace(&mut self, path: &str, line: u64, trace: &Trace) -> Result<(), CliError> {
        if self.independent {
            self.miner = Miner::new();
        }
        let mut verdict = judge(trace, &self.rules, &mut self.miner);
        if !self.reveal {
            verdict.leaks.iter_mut().for_each(|leak| leak.value = None);
        }
        self.output.json(&Line { input: Origin { path, line }, verdict: &verdict })
    }

    /// Takes the spans of one body.
    fn take(&mut self, line: u64, both: Both, rows: &mut Rows) {
        if let Some(unread) = both.unread() {
            self.unreadable(&rows.path, line, &unread);
        }
        rows.add(line, both);
    }

    /// Judges the runs of what was taken.
    fn runs(&mut self, rows: Rows) -> Result<(), CliError> {
        for Run { first, run } in runs::of(rows.both.spans.items, rows.both.logs.items) {
            let line = rows.lines.get(&first).copied().unwrap_or(1);
            match run {
                Ok(trace) => self.trace(&rows.path, line, &trace)?,
                // No fault of the file: exporters send more than runs.
                Err(not) => say(format!("{}, line {line}: {}", rows.path, not.says)),
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
    for failure in &mut verdict.failures {
        let assigned = miner.assign(failure.code, failure.subject.as_deref(), verdict.framework.as_deref(), &failure.message);
        failure.fingerprint = Some(assigned.fingerprint);
    }
    verdict
}
