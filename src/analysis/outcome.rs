//! How a run ended, from the strongest word there is: a person's, else the agent's own, else what the run shows; and how likely it
//! succeeded.
//!
//! - A person's word decides ([`Probability::CONFIRMED`], [`Probability::DENIED`]).
//! - A run that reports a failure, or that an error ended, counts [`REPORTED_FAILED`].
//! - A run that reports itself ok has the odds that its evidence gives it times [`ODDS_OF_A_REPORT`], and counts [`REPORTED_OK`] at most.
//! - Of any other run the evidence alone tells, if it shows something to judge by.

use super::{
    excerpt,
    linear::{log_odds_of, probability_of},
    run_error,
};
use crate::model::{
    failure::{Failure, FailureCode, Severity},
    feedback::Feedback,
    ids::StepNumber,
    probability::Probability,
    trace::Trace,
    verdict::{Evidence, Outcome, OutcomeSource, OutcomeState},
};

/// What a run that reports itself ok counts as at most, and what one counts as that shows nothing else: a convention, not a measurement.
/// Agents that say ok are mostly, not always, right; what the figure should be for a given agent is what people's feedback teaches.
pub const REPORTED_OK: f64 = 0.95;

/// What a run that reports itself failed counts as, by the same convention.
pub const REPORTED_FAILED: f64 = 0.05;

/// By how much a report of success multiplies the odds of success: a run whose evidence says nothing either way then counts
/// [`REPORTED_OK`].
pub const ODDS_OF_A_REPORT: f64 = REPORTED_OK / (1.0 - REPORTED_OK);

/// Reservations listed of a run that reports itself ok.
const MOST_RESERVATIONS: usize = 5;

/// How a run ended by the word of people and of the agent alone, with its probability of success: known exactly when the outcome is.
///
/// A person's feedback decides. Else the agent's word does: its `success`, or an error that ended it. Where the two contradict each
/// other (ok, yet ended by an error) the error is believed: it is the more specific, and raised by the program rather than claimed by
/// the agent.
#[must_use]
pub fn decide(trace: &Trace, feedback: Option<&Feedback>) -> (Outcome, Option<Probability>) {
    let error = has_error(trace);
    let reported = trace.success.or(error.then_some(false));
    if let Some(probability) = feedback.and_then(Feedback::decides) {
        return (Outcome { state: state_of(probability), source: Some(OutcomeSource::Feedback), reported }, Some(probability));
    }
    let (state, probability) = match reported {
        None => return (Outcome { state: OutcomeState::Unknown, source: None, reported }, None),
        Some(true) if !error => (OutcomeState::Ok, REPORTED_OK),
        Some(_) => (OutcomeState::Failed, REPORTED_FAILED),
    };
    (Outcome { state, source: Some(OutcomeSource::Reported), reported }, Some(Probability::clamped(probability)))
}

/// The same, with what the run shows taken in: `inferred` is the probability of success by its evidence.
#[must_use]
pub fn settle(trace: &Trace, feedback: Option<&Feedback>, inferred: Option<Probability>) -> (Outcome, Option<Probability>) {
    let (outcome, probability) = decide(trace, feedback);
    let Some(inferred) = inferred else { return (outcome, probability) };
    match (outcome.state, outcome.source) {
        (_, None) => (Outcome { state: looks(inferred), source: Some(OutcomeSource::Inferred), ..outcome }, Some(inferred)),
        (OutcomeState::Ok, Some(OutcomeSource::Reported)) => {
            let both = probability_of(log_odds_of(inferred.get()) + ODDS_OF_A_REPORT.ln());
            (outcome, Some(Probability::clamped(both.min(REPORTED_OK))))
        }
        _ => (outcome, probability),
    }
}

fn state_of(probability: Probability) -> OutcomeState {
    if probability.get() >= 0.5 { OutcomeState::Ok } else { OutcomeState::Failed }
}

/// How far an inferred probability has to be from a half to be called an outcome: nearer to it, the figure is told and the outcome is not
/// known. Runs are calibrated to within a twentieth over all sources, and to within a tenth or two in one.
const UNDECIDED_WITHIN: f64 = 0.1;

fn looks(inferred: Probability) -> OutcomeState {
    match inferred.get() - 0.5 {
        above if above >= UNDECIDED_WITHIN => OutcomeState::Ok,
        below if below <= -UNDECIDED_WITHIN => OutcomeState::Failed,
        _ => OutcomeState::Unknown,
    }
}

fn has_error(trace: &Trace) -> bool {
    trace.error.as_ref().is_some_and(|error| run_error::words(error).is_some())
}

/// An outcome with the probability by evidence that went into it, and what that rests on.
pub(crate) struct Judged {
    /// The outcome.
    pub(crate) outcome: Outcome,
    /// The probability by the run's evidence, other runs among it.
    pub(crate) inferred: Option<Probability>,
    /// What it rests on, heaviest first.
    pub(crate) reasons: Vec<Evidence>,
}

/// What speaks for the outcome, the deciding first; of a run reported ok, what speaks against it; then what the evidence consists of, with
/// its weights. Only what decides has no weight; what is merely noted weighs nothing.
pub(crate) fn evidence(judged: Judged, trace: &Trace, feedback: Option<&Feedback>, failures: &[Failure]) -> Vec<Evidence> {
    let Judged { outcome, inferred, reasons } = judged;
    let mut found = Vec::new();
    let by_person = outcome.source == Some(OutcomeSource::Feedback);
    if by_person {
        let says = if outcome.state == OutcomeState::Ok { "A person judged the run right." } else { "A person judged the run wrong." };
        let notes = feedback.and_then(|feedback| feedback.notes.as_deref()).filter(|notes| !notes.trim().is_empty());
        let says = notes.map_or_else(|| says.to_owned(), |notes| format!("{says} \"{}\"", excerpt::quoted(notes)));
        found.push(Evidence { code: "feedback".to_owned(), step: None, steps: Vec::new(), weight: None, says });
    }
    found.extend(report(trace, inferred.is_some(), by_person));
    if outcome.source == Some(OutcomeSource::Inferred) {
        found.extend(inferred.map(|probability| note("inferred", None, None, conclusion(probability))));
    }
    if outcome.state == OutcomeState::Ok && outcome.source == Some(OutcomeSource::Reported) {
        if outcome.doubted(inferred) {
            found.extend(inferred.map(|probability| note("ok_but_doubtful", None, Some(0.0), doubt(probability))));
        }
        let grave = failures.iter().filter(|failure| !failure.recovered && failure.severity >= Severity::High);
        found.extend(grave.take(MOST_RESERVATIONS).map(reservation));
    }
    found.extend(reasons);
    found
}

/// What the run reports of itself.
fn report(trace: &Trace, evidence_counts: bool, by_person: bool) -> Option<Evidence> {
    let weight = by_person.then_some(0.0);
    let error = trace.error.as_ref().and_then(|error| Some((run_error::in_full(error)?, error.failed_at_step)));
    match (trace.success, error) {
        (Some(true), Some((error, step))) => {
            let says = format!("The run is reported ok, yet it ended with {}; the error is believed.", excerpt::quoted(&error));
            Some(note("reported_ok_with_error", step, weight, says))
        }
        (_, Some((error, step))) => Some(note("reported_error", step, weight, format!("The run ended with {}", excerpt::quoted(&error)))),
        (Some(true), None) => {
            let weight = weight.or(evidence_counts.then(|| ODDS_OF_A_REPORT.ln()));
            Some(note("reported_ok", None, weight, "The run is reported ok.".to_owned()))
        }
        (Some(false), None) => Some(note("reported_failed", None, weight, "The run is reported as failed.".to_owned())),
        (None, None) => None,
    }
}

/// What evidence alone leads to.
fn conclusion(probability: Probability) -> String {
    format!("Nobody says how the run ended; by what it shows, it succeeded with probability {:.2}.", probability.get())
}

/// What speaks against a report of success.
fn doubt(probability: Probability) -> String {
    format!("Reported ok, but by what it shows the run looks failed, {:.2}.", 1.0 - probability.get())
}

fn note(code: &str, step: Option<StepNumber>, weight: Option<f64>, says: String) -> Evidence {
    Evidence { code: code.to_owned(), step, steps: step.into_iter().collect(), weight, says }
}

/// "ok, but …": a run that says it went well over a failure that nothing made up for.
fn reservation(failure: &Failure) -> Evidence {
    let code = match failure.code {
        FailureCode::EmptyOutput => "ok_but_empty_output",
        FailureCode::Incomplete => "ok_but_cut_off",
        FailureCode::Refusal => "ok_but_refused",
        FailureCode::WrongFormat => "ok_but_wrong_format",
        code if code.family() == "tool" => "ok_but_unresolved_tool_error",
        _ => "ok_but_unresolved_error",
    };
    note(code, failure.step, Some(0.0), format!("Reported ok, but: {}", failure.says))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{analysis::testing::trace, model::time::Timestamp};

    fn feedback(correct: Option<bool>, score: Option<u8>) -> Feedback {
        Feedback { correct, score, notes: None, at: Timestamp::from_micros(0) }
    }

    fn state(trace: &Trace, feedback: Option<&Feedback>) -> (OutcomeState, Option<bool>, Option<f64>) {
        let (outcome, probability) = decide(trace, feedback);
        (outcome.state, outcome.reported, probability.map(Probability::get))
    }

    fn judged(outcome: Outcome) -> Judged {
        Judged { outcome, inferred: None, reasons: Vec::new() }
    }

    fn settled(trace: &Trace, inferred: f64) -> (OutcomeState, Option<OutcomeSource>, f64) {
        let (outcome, probability) = settle(trace, None, Some(Probability::clamped(inferred)));
        (outcome.state, outcome.source, (probability.map_or(f64::NAN, Probability::get) * 100.0).round() / 100.0)
    }

    #[test]
    fn evidence_decides_where_nobody_says_anything() {
        assert_eq!(settled(&trace().build(), 0.7), (OutcomeState::Ok, Some(OutcomeSource::Inferred), 0.7));
        assert_eq!(settled(&trace().build(), 0.3), (OutcomeState::Failed, Some(OutcomeSource::Inferred), 0.3));
    }

    #[test]
    fn a_report_of_success_multiplies_the_odds_of_the_evidence() {
        assert_eq!(settled(&trace().ok().build(), 0.9), (OutcomeState::Ok, Some(OutcomeSource::Reported), REPORTED_OK));
        assert_eq!(settled(&trace().ok().build(), 0.5), (OutcomeState::Ok, Some(OutcomeSource::Reported), REPORTED_OK));
        assert_eq!(settled(&trace().ok().build(), 0.05), (OutcomeState::Ok, Some(OutcomeSource::Reported), 0.5));
    }

    #[test]
    fn no_evidence_makes_up_for_an_error_or_an_admitted_failure() {
        assert_eq!(settled(&trace().failed().build(), 0.99).2, REPORTED_FAILED);
        assert_eq!(settled(&trace().ok().ends_with("ToolError", "no").build(), 0.99).2, REPORTED_FAILED);
    }

    #[test]
    fn a_doubted_report_says_so_and_keeps_its_state() {
        let trace = trace().ok().build();
        let inferred = Some(Probability::clamped(0.19));
        let (outcome, _) = settle(&trace, None, inferred);
        let found = evidence(Judged { inferred, ..judged(outcome) }, &trace, None, &[]);
        let said: Vec<_> = found.iter().map(|piece| (piece.code.as_str(), piece.says.as_str())).collect();
        assert_eq!(said[1], ("ok_but_doubtful", "Reported ok, but by what it shows the run looks failed, 0.81."));
        assert_eq!(found[0].weight, Some(ODDS_OF_A_REPORT.ln()));
    }

    #[test]
    fn the_agents_word_counts_by_convention() {
        assert_eq!(state(&trace().ok().build(), None), (OutcomeState::Ok, Some(true), Some(REPORTED_OK)));
        assert_eq!(state(&trace().failed().build(), None), (OutcomeState::Failed, Some(false), Some(REPORTED_FAILED)));
        assert_eq!(state(&trace().ends_with("ToolError", "no").build(), None), (OutcomeState::Failed, Some(false), Some(REPORTED_FAILED)));
    }

    #[test]
    fn nothing_said_is_unknown() {
        assert_eq!(state(&trace().says("done").build(), None), (OutcomeState::Unknown, None, None));
        assert_eq!(state(&trace().ends_with("", " ").build(), None), (OutcomeState::Unknown, None, None));
    }

    #[test]
    fn an_error_outweighs_a_claim_of_success() {
        let trace = trace().ok().ends_with("ToolError", "no").build();
        let (outcome, _) = decide(&trace, None);
        assert_eq!((outcome.state, outcome.reported), (OutcomeState::Failed, Some(true)));
        assert_eq!(evidence(judged(outcome), &trace, None, &[])[0].code, "reported_ok_with_error");
    }

    #[test]
    fn a_person_decides_over_the_agent() {
        let trace = trace().ok().build();
        let wrong = feedback(Some(false), None);
        assert_eq!(state(&trace, Some(&wrong)), (OutcomeState::Failed, Some(true), Some(Probability::DENIED.get())));
        let (outcome, _) = decide(&trace, Some(&wrong));
        let codes: Vec<_> =
            evidence(judged(outcome), &trace, Some(&wrong), &[]).into_iter().map(|piece| (piece.code, piece.weight)).collect();
        assert_eq!(codes, [("feedback".to_owned(), None), ("reported_ok".to_owned(), Some(0.0))]);
    }

    #[test]
    fn a_score_of_three_decides_nothing() {
        assert_eq!(state(&trace().ok().build(), Some(&feedback(None, Some(3)))).0, OutcomeState::Ok);
        assert_eq!(state(&trace().build(), Some(&feedback(None, Some(5)))).2, Some(Probability::CONFIRMED.get()));
    }
}
