//! How a run ended, from the strongest word there is: a person's, else the agent's own; else it is not known.

use super::{excerpt, run_error};
use crate::model::{
    failure::{Failure, FailureCode, Severity},
    feedback::Feedback,
    probability::Probability,
    trace::Trace,
    verdict::{Evidence, Outcome, OutcomeSource, OutcomeState},
};

/// What a run that reports itself ok counts as: a convention, not a measurement. Agents that say ok are mostly, not always, right; what the
/// figure should be for a given agent is what people's feedback teaches.
pub const REPORTED_OK: f64 = 0.95;

/// What a run that reports itself failed counts as, by the same convention.
pub const REPORTED_FAILED: f64 = 0.05;

/// Reservations listed of a run that reports itself ok.
const MOST_RESERVATIONS: usize = 5;

/// How a run ended, with its probability of success: known exactly when the outcome is.
///
/// A person's feedback decides. Else the agent's word does: its `success`, or an error that ended it. Where the two contradict each
/// other (ok, yet ended by an error) the error is believed: it is the more specific, and raised by the program rather than claimed by
/// the agent.
#[must_use]
pub fn decide(trace: &Trace, feedback: Option<&Feedback>) -> (Outcome, Option<Probability>) {
    let error = has_error(trace);
    let reported = trace.success.or(error.then_some(false));
    if let Some(probability) = feedback.and_then(Feedback::decides) {
        let state = if probability.get() >= 0.5 { OutcomeState::Ok } else { OutcomeState::Failed };
        return (Outcome { state, source: Some(OutcomeSource::Feedback), reported }, Some(probability));
    }
    let (state, probability) = match reported {
        None => return (Outcome { state: OutcomeState::Unknown, source: None, reported }, None),
        Some(true) if !error => (OutcomeState::Ok, REPORTED_OK),
        Some(_) => (OutcomeState::Failed, REPORTED_FAILED),
    };
    (Outcome { state, source: Some(OutcomeSource::Reported), reported }, Some(Probability::clamped(probability)))
}

fn has_error(trace: &Trace) -> bool {
    trace.error.as_ref().is_some_and(|error| run_error::words(error).is_some())
}

/// What speaks for the outcome, the deciding first; and, of a run reported ok, what speaks against it. Only what decides has no weight;
/// what is merely noted weighs nothing until a weight has been measured.
pub(crate) fn evidence(outcome: Outcome, trace: &Trace, feedback: Option<&Feedback>, failures: &[Failure]) -> Vec<Evidence> {
    let mut found = Vec::new();
    let by_person = outcome.source == Some(OutcomeSource::Feedback);
    if by_person {
        let says = if outcome.state == OutcomeState::Ok { "A person judged the run right." } else { "A person judged the run wrong." };
        let notes = feedback.and_then(|feedback| feedback.notes.as_deref()).filter(|notes| !notes.trim().is_empty());
        let says = notes.map_or_else(|| says.to_owned(), |notes| format!("{says} \"{}\"", excerpt::quoted(notes)));
        found.push(Evidence { code: "feedback".to_owned(), step: None, steps: Vec::new(), weight: None, says });
    }
    let weight = by_person.then_some(0.0);
    let error = trace.error.as_ref().and_then(|error| Some((run_error::in_full(error)?, error.failed_at_step)));
    match (trace.success, error) {
        (Some(true), Some((error, step))) => {
            let says = format!("The run is reported ok, yet it ended with {}; the error is believed.", excerpt::quoted(&error));
            found.push(Evidence { code: "reported_ok_with_error".to_owned(), step, steps: step.into_iter().collect(), weight, says });
        }
        (_, Some((error, step))) => {
            found.push(Evidence {
                code: "reported_error".to_owned(),
                step,
                steps: step.into_iter().collect(),
                weight,
                says: format!("The run ended with {}", excerpt::quoted(&error)),
            });
        }
        (Some(ok), None) => {
            let (code, says) =
                if ok { ("reported_ok", "The run is reported ok.") } else { ("reported_failed", "The run is reported as failed.") };
            found.push(Evidence { code: code.to_owned(), step: None, steps: Vec::new(), weight, says: says.to_owned() });
        }
        (None, None) => {}
    }
    if outcome.state == OutcomeState::Ok && !by_person {
        let grave = failures.iter().filter(|failure| !failure.recovered && failure.severity >= Severity::High);
        found.extend(grave.take(MOST_RESERVATIONS).map(reservation));
    }
    found
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
    Evidence {
        code: code.to_owned(),
        step: failure.step,
        steps: failure.step.into_iter().collect(),
        weight: Some(0.0),
        says: format!("Reported ok, but: {}", failure.says),
    }
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
        assert_eq!(evidence(outcome, &trace, None, &[])[0].code, "reported_ok_with_error");
    }

    #[test]
    fn a_person_decides_over_the_agent() {
        let trace = trace().ok().build();
        let wrong = feedback(Some(false), None);
        assert_eq!(state(&trace, Some(&wrong)), (OutcomeState::Failed, Some(true), Some(Probability::DENIED.get())));
        let (outcome, _) = decide(&trace, Some(&wrong));
        let codes: Vec<_> = evidence(outcome, &trace, Some(&wrong), &[]).into_iter().map(|piece| (piece.code, piece.weight)).collect();
        assert_eq!(codes, [("feedback".to_owned(), None), ("reported_ok".to_owned(), Some(0.0))]);
    }

    #[test]
    fn a_score_of_three_decides_nothing() {
        assert_eq!(state(&trace().ok().build(), Some(&feedback(None, Some(3)))).0, OutcomeState::Ok);
        assert_eq!(state(&trace().build(), Some(&feedback(None, Some(5)))).2, Some(Probability::CONFIRMED.get()));
    }
}
