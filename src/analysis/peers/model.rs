//! What agreement with other runs adds to what a run shows by itself, by a small fitted model.

use std::sync::LazyLock;

use crate::{
    analysis::linear::{LinearModel, log_odds_of, probability_of},
    model::{
        probability::Probability,
        verdict::{Agreement, Evidence, Verdict},
    },
};

/// Fitted by `benches/fit/success_peers.py`.
const FILE: &str = include_str!("../../../assets/models/success_peers.json");

/// What the model weighs: the log-odds of the run alone, how far its peers agree with it, and how much further than with each other.
const FEATURES: &[&str] = &["alone", "soft", "central"];

static BUNDLED: LazyLock<Option<LinearModel>> = LazyLock::new(|| LinearModel::read(FILE, FEATURES).ok());

/// The calibrated log-odds of success of a run, from what it shows by itself and from how it agrees with its peers.
#[must_use]
pub fn with_peers(alone: f64, agreement: &Agreement) -> f64 {
    BUNDLED.as_ref().map_or(alone, |model| model.log_odds(&[alone, agreement.soft, agreement.central]))
}

/// Takes the agreement into what a run shows by itself: the new log-odds, the agreement with what the run counted without it, and a
/// sentence for the evidence.
pub(crate) fn taken_in(alone: f64, agreement: &Agreement) -> (f64, Agreement, Evidence) {
    let together = with_peers(alone, agreement);
    let evidence = Evidence {
        code: "peers".to_owned(),
        step: None,
        steps: Vec::new(),
        weight: Some(((together - alone) * 1_000.0).round() / 1_000.0),
        says: says(agreement),
    };
    let agreement = Agreement { alone: Some(Probability::clamped(probability_of(alone))), ..agreement.clone() };
    (together, agreement, evidence)
}

/// A difference in probability that is worth judging a run anew for.
const WORTH: f64 = 0.01;

/// Whether other runs tell something else of a run than they did when it was judged: first or no longer anything, a probability that
/// differs by a hundredth, or many more or fewer runs.
#[must_use]
pub fn has_moved(verdict: &Verdict, now: Option<&Agreement>) -> bool {
    match (&verdict.agreement, now) {
        (None, None) => false,
        (Some(before), Some(now)) => {
            let alone = before.alone.map(|alone| log_odds_of(alone.get()));
            let differs = alone
                .is_some_and(|alone| (probability_of(with_peers(alone, before)) - probability_of(with_peers(alone, now))).abs() >= WORTH);
            differs || before.runs.abs_diff(now.runs) * 4 >= before.runs.max(now.runs)
        }
        _ => true,
    }
}

fn says(agreement: &Agreement) -> String {
    let Agreement { runs, agents, same, .. } = *agreement;
    let agents = if agents > 1 { format!(" (by {agents} agents)") } else { String::new() };
    match (same, runs) {
        (0, 1) => "The only other run about the same subject came to another result.".to_owned(),
        (_, 1) => "The only other run about the same subject came to exactly the same result.".to_owned(),
        (0, _) => {
            let part = agreement.soft * 100.0;
            format!("None of {runs} other runs about the same subject{agents} came to the same result; in part they agree to {part:.0} %.")
        }
        _ => format!("{same} of {runs} other runs about the same subject{agents} came to exactly the same result."),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn agreement(runs: u32, same: u32, soft: f64, central: f64) -> Agreement {
        Agreement { runs, agents: 2, same, exact: soft, soft, central, alone: None }
    }

    #[test]
    fn the_bundled_model_is_there_and_its_weights_have_the_signs_that_reason_gives_them() {
        assert!(BUNDLED.is_some());
        let base = with_peers(0.0, &agreement(5, 2, 0.5, 0.0));
        assert!(with_peers(1.0, &agreement(5, 2, 0.5, 0.0)) > base, "what the run shows by itself still counts");
        assert!(with_peers(0.0, &agreement(5, 4, 0.8, 0.0)) > base, "agreement speaks for it");
        assert!(with_peers(0.0, &agreement(5, 2, 0.5, -0.3)) < base, "standing apart speaks against it");
    }

    #[test]
    fn the_evidence_says_how_many_and_weighs_what_it_moves() {
        let (together, kept, evidence) = taken_in(0.2, &agreement(9, 7, 0.8, 0.1));
        assert_eq!(evidence.says, "7 of 9 other runs about the same subject (by 2 agents) came to exactly the same result.");
        assert!((evidence.weight.unwrap() - (together - 0.2)).abs() < 0.001);
        assert!((kept.alone.unwrap().get() - probability_of(0.2)).abs() < 1e-9);
        assert_eq!(says(&agreement(1, 0, 0.3, 0.0)), "The only other run about the same subject came to another result.");
        assert!(says(&agreement(4, 0, 0.3, 0.0)).starts_with("None of 4 other runs"));
    }

    proptest! {
        #[test]
        fn any_agreement_leaves_a_probability(alone in -30.0..30.0_f64, soft in 0.0..=1.0_f64, central in -1.0..=1.0_f64) {
            let probability = probability_of(with_peers(alone, &agreement(3, 1, soft, central)));
            prop_assert!((0.0..=1.0).contains(&probability));
        }
    }
}
