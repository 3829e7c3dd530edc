//! `analyse`: one verdict a trace as JSON lines, in input order, without a store.

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
    formats,
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

/// Judges everything; fails at the end when something could not be read.
pub fn run(arguments: &AnalyseArguments, settings: &Settings) -> Result<(), CliError> {
    let rules = house::rules(settings)?;
    let mut output = Output::stdout();
    // The runs of one call share their failure patterns; each run by itself has none to share.
    let mut miner = Miner::new();
    let mut unreadable = 0_u64;
    for Input { path, line, body } in inputs::read(&arguments.paths) {
        if output.closed() {
            return Ok(());
        }
        let trace = body
            .map_err(|error| error.to_string())
            .and_then(|body| formats::decode(&body, TraceId::generate).map_err(|error| error.to_string()));
        match trace {
            Ok(trace) => {
                if arguments.independent {
                    miner = Miner::new();
                }
                let verdict = judge(&trace, &rules, &mut miner);
                output.json(&Line { input: Origin { path: &path, line }, verdict: &verdict })?;
            }
            Err(error) => {
                unreadable += 1;
                say(format!("{path}, line {line}: {error}"));
            }
        }
    }
    output.flush()?;
    if unreadable > 0 { Err(CliError::unreadable(format!("{unreadable} of the inputs could not be read"))) } else { Ok(()) }
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
