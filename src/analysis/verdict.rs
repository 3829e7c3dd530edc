//! The verdict on one run, put together from its parts.

use super::{
    cause, cost, domain, excerpt,
    failures::{self, MOST_FAILURES},
    framework, latency,
    leaks::MOST_LEAKS,
    linear::probability_of,
    outcome::{self, Judged},
    peers,
    rules::Rules,
    run::{Ended, Run},
    success, tools,
};
use crate::model::{
    feedback::Feedback,
    probability::Probability,
    trace::Trace,
    verdict::{Agreement, Verdict},
};

/// Failures put in plain words.
const MOST_ISSUES: usize = 5;

/// Says about a run what its own structure tells. The same trace, rules and feedback always give the same verdict.
///
/// Domain packs are not looked at by these rules, so `domain_checks` is empty. Leaks carry their values: whoever keeps or shows a verdict
/// takes them out.
#[must_use]
pub fn analyse(trace: &Trace, rules: &Rules, feedback: Option<&Feedback>) -> Verdict {
    analyse_among(trace, rules, feedback, None)
}

/// The same for a run of which it is known how it compares with other runs about the same subject.
///
/// How the probability comes together: see [`outcome`].
#[must_use]
pub fn analyse_among(trace: &Trace, rules: &Rules, feedback: Option<&Feedback>, agreement: Option<&Agreement>) -> Verdict {
    let run = Run::of(trace, rules, Ended::Unknown);
    // Of a run that goes on, the end, which tells most, has not been seen.
    let inferred = if trace.ended { success::infer(&run) } else { None };
    let mut agreement = agreement.cloned();
    let inferred = inferred.map(|mut inferred| {
        if let Some(agreement) = &mut agreement {
            let (together, with_alone, evidence) = peers::taken_in(inferred.log_odds, agreement);
            *agreement = with_alone;
            inferred.log_odds = together;
            inferred.evidence.insert(0, evidence);
        }
        inferred
    });
    let (inferred, reasons) = inferred.map(|inferred| (inferred.log_odds, inferred.evidence)).unzip();
    let inferred = inferred.map(|together| Probability::clamped(probability_of(together)));
    let (outcome, probability) = outcome::settle(trace, feedback, inferred);
    let run = run.with_end(Ended::of(outcome));
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
        inferred_probability: inferred,
        agreement,
        evidence: outcome::evidence(Judged { outcome, inferred, reasons: reasons.unwrap_or_default() }, trace, feedback, &found.failures),
        framework,
        framework_signal,
        tool_accuracy: judged.accuracy,
        tools: judged.tools,
        call_valid_probability: judged.all_valid,
        root_cause: cause::suspect(&run, &found.failures),
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
