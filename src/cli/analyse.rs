//! `analyse`: one verdict a trace as JSON lines, in input order, without a store.
//!
//! The runs of one call are evidence for each other, so their inputs are read twice: once to learn what can be compared of each run
//! and which patterns their failures make, once to judge. Memory holds a few hundred bytes of each run, never its body.

use std::collections::HashMap;

use serde::Serialize;

use super::{
    arguments::AnalyseArguments,
    exit::CliError,
    house,
    inputs::{self, Input},
    output::{Output, say},
    settings::Settings,
    twice::Twice,
};
use crate::{
    analysis::{Rules, analyse_among, patterns::Miner, peers::Batch},
    formats::{
        self, Content,
        otlp::{
            runs::{self, Run},
            span::OtelTraceId,
            wire::{Both, MAX_ITEMS},
        },
    },
    model::{
        ids::TraceId,
        trace::Trace,
        verdict::{Agreement, Verdict},
    },
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
        beside: None,
        place: 0,
        reveal: arguments.reveal,
        unreadable: 0,
    };
    if arguments.independent {
        each_run(inputs::read(&arguments.paths), &mut desk)?;
    } else {
        let inputs = Twice::of(&arguments.paths)?;
        let mut learner = Learner { batch: Batch::default(), rules: desk.rules, miner: Miner::new() };
        each_run(inputs.read(), &mut learner)?;
        desk = Desk { rules: learner.rules, miner: learner.miner, beside: Some(learner.batch), ..desk };
        each_run(inputs.read(), &mut desk)?;
    }
    desk.output.flush()?;
    match desk.unreadable {
        0 => Ok(()),
        count => Err(CliError::unreadable(format!("{count} of the inputs could not be read"))),
    }
}

/// Who is handed the runs of all inputs, one after the other.
trait Receiver {
    /// One run.
    fn run(&mut self, path: &str, line: u64, trace: &Trace) -> Result<(), CliError>;
    /// Something that cannot be read.
    fn unreadable(&mut self, _path: &str, _line: u64, _why: &str) {}
    /// Something that holds no run: no fault of the file, exporters send more than runs.
    fn aside(&mut self, _path: &str, _line: u64, _why: &str) {}
    /// Whether nobody wants any more.
    fn is_done(&self) -> bool {
        false
    }
}

fn each_run(inputs: impl Iterator<Item = Input>, receiver: &mut impl Receiver) -> Result<(), CliError> {
    let mut rows = Rows::default();
    for Input { path, line, body } in inputs {
        if receiver.is_done() {
            return Ok(());
        }
        if rows.path != path || rows.both.spans.items.len() + rows.both.logs.items.len() > MAX_ITEMS {
            std::mem::take(&mut rows).each_run(receiver)?;
            rows.path.clone_from(&path);
        }
        let read = body
            .map_err(|error| error.to_string())
            .and_then(|body| formats::read(&body, TraceId::generate).map_err(|error| error.to_string()));
        match read {
            Ok(Content::Trace(trace)) => receiver.run(&path, line, &trace)?,
            Ok(Content::Spans(both)) => {
                let mut request = Rows { path, ..Rows::default() };
                request.take(line, both, receiver);
                request.each_run(receiver)?;
            }
            Ok(Content::Rows(both)) => rows.take(line, both, receiver),
            Err(error) => receiver.unreadable(&path, line, &error),
        }
    }
    rows.each_run(receiver)
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
    /// Takes the spans of one body.
    fn take(&mut self, line: u64, mut both: Both, receiver: &mut impl Receiver) {
        if let Some(unread) = both.unread() {
            receiver.unreadable(&self.path, line, &unread);
        }
        let (spans, logs) = (&mut both.spans.items, &mut both.logs.items);
        for trace in spans.iter().map(|span| span.trace).chain(logs.iter().map(|record| record.trace)) {
            self.lines.entry(trace).or_insert(line);
        }
        self.both.spans.items.append(spans);
        self.both.logs.items.append(logs);
    }

    /// Hands over the runs of what was taken.
    fn each_run(self, receiver: &mut impl Receiver) -> Result<(), CliError> {
        for Run { first, run } in runs::of(self.both.spans.items, self.both.logs.items) {
            let line = self.lines.get(&first).copied().unwrap_or(1);
            match run {
                Ok(trace) => receiver.run(&self.path, line, &trace)?,
                Err(not) => receiver.aside(&self.path, line, &not.says),
            }
        }
        Ok(())
    }
}

/// The first reading: what can be compared of each run, and the failure patterns of all, so that the first run of a pattern is given the same
/// fingerprint as the last.
struct Learner {
    batch: Batch,
    rules: Rules,
    miner: Miner,
}

impl Receiver for Learner {
    fn run(&mut self, _path: &str, _line: u64, trace: &Trace) -> Result<(), CliError> {
        self.batch.add(trace);
        judge(trace, &self.rules, None, &mut self.miner);
        Ok(())
    }
}

/// What judges.
struct Desk {
    rules: Rules,
    output: Output,
    /// The runs of one call share their failure patterns; each run by itself has none to share.
    miner: Miner,
    /// The runs of this call, as they can be compared; `None` where each is judged by itself.
    beside: Option<Batch>,
    /// The place of the next run.
    place: usize,
    /// Sensitive values are shown.
    reveal: bool,
    unreadable: u64,
}

/// The second reading.
impl Receiver for Desk {
    fn run(&mut self, path: &str, line: u64, trace: &Trace) -> Result<(), CliError> {
        if self.beside.is_none() {
            self.miner = Miner::new();
        }
        let agreement = self.beside.as_mut().and_then(|batch| batch.agreement(self.place));
        self.place += 1;
        let mut verdict = judge(trace, &self.rules, agreement.as_ref(), &mut self.miner);
        if !self.reveal {
            verdict.leaks.iter_mut().for_each(|leak| leak.value = None);
        }
        self.output.json(&Line { input: Origin { path, line }, verdict: &verdict })
    }

    fn unreadable(&mut self, path: &str, line: u64, why: &str) {
        self.unreadable += 1;
        say(format!("{path}, line {line}: {why}"));
    }

    fn aside(&mut self, path: &str, line: u64, why: &str) {
        say(format!("{path}, line {line}: {why}"));
    }

    fn is_done(&self) -> bool {
        self.output.closed()
    }
}

fn judge(trace: &Trace, rules: &Rules, agreement: Option<&Agreement>, miner: &mut Miner) -> Verdict {
    let mut verdict = analyse_among(trace, rules, None, agreement);
    for failure in &mut verdict.failures {
        let assigned = miner.assign(failure.code, failure.subject.as_deref(), verdict.framework.as_deref(), &failure.message);
        failure.fingerprint = Some(assigned.fingerprint);
    }
    verdict
}
