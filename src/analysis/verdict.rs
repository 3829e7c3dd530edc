//! The verdict on one run, put together from its parts.

use super::{
    cost, domain, excerpt,
    failures::{self, MOST_FAILURES},
    framework, latency,
    leaks::MOST_LEAKS,
    outcome, root_cause,
    rules::Rules,
    run::{Ended, Run},
    tools,
};
use crate::model::{feedback::Feedback, trace::Trace, verdict::Verdict};

/// Failures put in plain words.
const MOST_ISSUES: usize = 5;

/// Says about a run what its structure tells. The same trace, rules and feedback always give the same verdict.
///
/// The outcome is a person's or the agent's word, else unknown: nothing is inferred. Domain packs are not looked at by these rules, so
/// `domain_checks` is empty. Leaks carry their values: whoever keeps or shows a verdict takes them out.
#[must_use]
pub fn analyse(trace: &Trace, rules: &Rules, feedback: Option<&Feedback>) -> Verdict {
    let (outcome, probability) = outcome::decide(trace, feedback);
    let run = Run::of(trace, rules, Ended::of(outcome));
    let found = failures::find(&run);
    let judged = tools::judge(&run);
    let (domain, domain_signal) = domain::of(trace, &rules.domains);
    let (framework, framework_signal) = framework::of(trace);
    let cost = cost::cost_of(trace, &rules.prices);
    let mut incomplete = trace.incomplete.clone();
    if found.set_aside > 0 {
        incomplete.push(format!("failures: the {MOST_FAILURES} worst are kept, {} more were found", found.set_aside));
    }
    let (leaks, more) = run.sensitive().leaks();
    if more > 0 {
        incomplete.push(format!("leaks: the first {MOST_LEAKS} are kept, {more} more were found"));
    }
    let mut verdict = Verdict {
        domain,
        domain_signal,
        outcome,
        evidence: outcome::evidence(outcome, trace, feedback, &found.failures),
        framework,
        framework_signal,
        tool_accuracy: judged.accuracy,
        tools: judged.tools,
        call_valid_probability: judged.all_valid,
        root_cause: root_cause::suspect(&run, &found.failures),
        issues: found.failures.iter().take(MOST_ISSUES).map(|failure| failure.says.clone()).collect(),
        failures: found.failures,
        cost_per_run: cost.best(),
        cost,
        usage: cost::usage_of(trace),
        latency: latency::split(trace),
        leaks,
        redacted: run.sensitive().redacted.clone(),
        incomplete,
        ..Verdict::unknown(trace.id.clone(), excerpt::name(trace.agent_name()), Rules::VERSION)
    };
    verdict.set_probability(probability);
    verdict
}

#[cfg(test)]
#[path = "verdict_tests.rs"]
mod tests;
