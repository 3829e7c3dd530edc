//! What people's votes on some of an agent's runs say about its other runs: how far the shared model is off for this agent.
//!
//! The shared model is calibrated for the mixture of all agents, not for one: within one agent it was off by .08 to .27 on public benchmark runs. Votes
//! correct that by one number, which is added to the log-odds of success of every run nobody has judged. It is the most likely one given the votes and
//! a prior that holds it near zero: [`PRIOR_RUNS`] more votes, half of them right, on runs the model gives even odds. It is learnt and added whenever
//! figures are read, and never stored, so that a vote that is taken back is as if it had never been.
//!
//! Measured on 486 public runs of eight agents, each agent's probabilities by a model that saw the other seven alone (`benches/fit/votes.py`: random
//! votes, the agent's other runs judged): ten votes lower the Brier score from .217 to .206 and the error of the agent's mean from .154 to .120; twenty
//! to .200 and .114. A weight of 10 does slightly better there (.203 and .108), but no better than 20 where people vote on wrong runs three times as
//! often as on right ones, as they do. A slope learnt beside the offset makes runs judged alone worse (.206 against .207), so there is none.

use super::{
    linear::{log_odds_of, probability_of},
    outcome::{REPORTED_FAILED, REPORTED_OK},
    trend,
};
use crate::model::{
    agent::Taught,
    feedback::Feedback,
    probability::Probability,
    summary::Summary,
    verdict::{OutcomeSource, OutcomeState},
};

/// How many votes the prior is worth.
pub const PRIOR_RUNS: f64 = 20.0;

/// Most votes learnt from: an agent's newest. The offset moves little beyond, and agents change.
pub const MOST_VOTES: usize = 500;

/// The offset stays within this: odds of one to 3,000, where no vote can be told from a certainty.
const MOST_OFFSET: f64 = 8.0;

/// Halvings of the search: the offset is exact to 1e-9.
const HALVINGS: u32 = 34;

/// What an agent's votes say of its other runs.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Recalibration {
    votes: u32,
    offset: f64,
}

impl Recalibration {
    /// Learns from an agent's judged runs, newest judgement first; beyond [`MOST_VOTES`] they are left out, as are runs whose feedback decides nothing.
    #[must_use]
    pub fn learn(judged: &[Summary]) -> Self {
        let votes = || judged.iter().take(MOST_VOTES).filter_map(|row| Some((row, row.feedback.as_ref().and_then(Feedback::decides)?)));
        let taught: Vec<(f64, f64)> =
            votes().filter_map(|(row, said)| Some((log_odds_of(teachable(row)?), if said.get() >= 0.5 { 1.0 } else { 0.0 }))).collect();
        Self { votes: u32::try_from(votes().count()).unwrap_or(u32::MAX), offset: offset(&taught) }
    }

    /// How many votes there are.
    #[must_use]
    pub const fn votes(&self) -> u32 {
        self.votes
    }

    /// What is added to the log-odds.
    #[must_use]
    pub const fn offset(&self) -> f64 {
        self.offset
    }

    /// The probability of a run with the votes taken in. A judged run keeps what its vote decided, and a failure that was reported stands.
    #[must_use]
    pub fn read(&self, row: &Summary) -> Option<Probability> {
        if self.offset == 0.0 || decided(row) || teachable(row).is_none() {
            return row.probability;
        }
        row.probability.map(|probability| Probability::clamped(probability_of(log_odds_of(probability.get()) + self.offset)))
    }

    /// Gives rows of this agent the probabilities with the votes taken in.
    pub fn apply(&self, rows: &mut [Summary]) {
        for row in rows {
            row.probability = self.read(row);
        }
    }

    /// What the votes changed in the grade of some rows of this agent, as they are stored; `None` without votes.
    #[must_use]
    pub fn taught(&self, rows: &[Summary]) -> Option<Taught> {
        let shared: Vec<f64> = rows.iter().filter_map(unjudged).map(Probability::get).collect();
        (self.votes > 0).then(|| Taught { votes: self.votes, shared_score: trend::score(&shared), offset: self.offset })
    }

    /// The sum of probabilities of a bucket of time with the votes taken in, from the sum without and the count of runs in each twentieth of
    /// probability, of which the middle stands for its runs. The lowest two hold the runs voted wrong and those that reported failure, which stay; in
    /// the highest are those that report themselves ok, which count [`REPORTED_OK`].
    #[must_use]
    pub fn of_histogram(&self, histogram: &[u32; 20], successes: f64, known: u32) -> f64 {
        if self.offset == 0.0 {
            return successes;
        }
        let moved: f64 = (2_u32..)
            .zip(histogram.iter().skip(2))
            .map(|(place, runs)| {
                let middle = ((f64::from(place) + 0.5) / 20.0).min(REPORTED_OK);
                f64::from(*runs) * (probability_of(log_odds_of(middle) + self.offset) - middle)
            })
            .sum();
        (successes + moved).clamp(0.0, f64::from(known))
    }
}

/// The probability a run has, or would have if nobody had judged it; `None` where nothing else tells.
#[must_use]
pub fn unjudged(row: &Summary) -> Option<Probability> {
    if !decided(row) {
        return row.probability;
    }
    if failure_reported(row) {
        return Probability::new(REPORTED_FAILED);
    }
    match (row.outcome.reported, row.insight.inferred) {
        // A word of the agent multiplies the odds, and counts at most so much.
        (Some(_), Some(inferred)) => {
            let with_word = probability_of(log_odds_of(inferred.get()) + log_odds_of(REPORTED_OK));
            Some(Probability::clamped(with_word.min(REPORTED_OK)))
        }
        (Some(_), None) => Probability::new(REPORTED_OK),
        (None, inferred) => inferred,
    }
}

/// Whether a person's word decided the run.
fn decided(row: &Summary) -> bool {
    row.feedback.as_ref().and_then(Feedback::decides).is_some()
}

fn failure_reported(row: &Summary) -> bool {
    row.outcome.reported == Some(false)
        || row.outcome.reported.is_some() && row.error.is_some()
        || row.outcome.source == Some(OutcomeSource::Reported) && row.outcome.state == OutcomeState::Failed
}

/// The probability the model is held to: that of a run nobody has judged. A failure that was reported is not the model's word.
fn teachable(row: &Summary) -> Option<f64> {
    if failure_reported(row) {
        return None;
    }
    unjudged(row).map(Probability::get)
}

/// The offset at which right votes are as many as expected, the prior's counted in. What is expected rises with the offset, so halving finds it.
fn offset(votes: &[(f64, f64)]) -> f64 {
    if votes.is_empty() {
        return 0.0;
    }
    let excess = |offset: f64| {
        let prior = PRIOR_RUNS * (0.5 - probability_of(offset));
        votes.iter().map(|(log_odds, right)| right - probability_of(log_odds + offset)).sum::<f64>() + prior
    };
    let (mut low, mut high) = (-MOST_OFFSET, MOST_OFFSET);
    for _ in 0..HALVINGS {
        let middle = (low + high) / 2.0;
        if excess(middle) > 0.0 { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;
    use crate::{
        analysis::sample::row,
        model::{time::Timestamp, verdict::Outcome},
    };

    /// A run of which only its evidence speaks.
    fn inferred(sequence: u64, probability: f64) -> Summary {
        let mut row = row(sequence);
        row.insight.inferred = Probability::new(probability);
        row.probability = Probability::new(probability);
        let state = if probability >= 0.5 { OutcomeState::Ok } else { OutcomeState::Failed };
        row.outcome = Outcome { state, source: Some(OutcomeSource::Inferred), reported: None };
        row
    }

    /// A run that reports itself ok, or failed.
    fn reported(sequence: u64, ok: bool) -> Summary {
        let mut row = inferred(sequence, 0.6);
        row.probability = Probability::new(if ok { REPORTED_OK } else { REPORTED_FAILED });
        let state = if ok { OutcomeState::Ok } else { OutcomeState::Failed };
        row.outcome = Outcome { state, source: Some(OutcomeSource::Reported), reported: Some(ok) };
        row
    }

    fn judged(mut row: Summary, right: bool) -> Summary {
        row.feedback = Some(Feedback { correct: Some(right), score: None, notes: None, at: Timestamp::from_micros(0) });
        row.probability = Some(if right { Probability::CONFIRMED } else { Probability::DENIED });
        row.outcome.source = Some(OutcomeSource::Feedback);
        row.outcome.state = if right { OutcomeState::Ok } else { OutcomeState::Failed };
        row
    }

    #[test]
    fn votes_against_the_model_lower_the_runs_nobody_has_judged() {
        let votes: Vec<_> = (0..12).map(|index| judged(inferred(index, 0.7), index < 4)).collect();
        let taught = Recalibration::learn(&votes);
        assert_eq!(taught.votes(), 12);
        // Of 12 runs the model gives .7, a third were right. All votes and no prior would say .33; the prior's weight keeps it above.
        let read = taught.read(&inferred(99, 0.7)).unwrap().get();
        assert!(0.55 < read && read < 0.65, "{read}");
        assert_eq!(taught.read(&votes[0]), Some(Probability::CONFIRMED), "a judged run keeps its judgement");
    }

    #[test]
    fn a_word_that_is_often_wrong_is_believed_less() {
        let votes: Vec<_> = (0..10).map(|index| judged(reported(index, true), index < 3)).collect();
        let read = Recalibration::learn(&votes).read(&reported(99, true)).unwrap().get();
        assert!(read < 0.85, "seven of ten that said ok were not: {read}");
    }

    #[test]
    fn a_reported_failure_teaches_nothing_and_stands() {
        let votes: Vec<_> = (0..10).map(|index| judged(reported(index, false), true)).collect();
        let taught = Recalibration::learn(&votes);
        assert_eq!((taught.votes(), taught.offset()), (10, 0.0));
        let harsh = Recalibration::learn(&(0..10).map(|index| judged(inferred(index, 0.9), false)).collect::<Vec<_>>());
        assert_eq!(harsh.read(&reported(99, false)), Probability::new(REPORTED_FAILED));
    }

    #[test]
    fn a_judged_run_tells_what_it_would_count_without_the_judgement() {
        assert_eq!(unjudged(&judged(inferred(1, 0.3), true)), Probability::new(0.3));
        assert_eq!(unjudged(&judged(reported(1, true), false)), Probability::new(REPORTED_OK));
        assert_eq!(unjudged(&judged(reported(1, false), true)), Probability::new(REPORTED_FAILED));
        assert_eq!(unjudged(&judged(row(1), true)), None, "nothing else told");
    }

    #[test]
    fn what_votes_changed_is_told_against_the_shared_model() {
        let mut rows: Vec<_> = (0..6).map(|index| judged(inferred(index, 0.7), false)).collect();
        let taught = Recalibration::learn(&rows);
        rows.extend((6..30).map(|index| inferred(index, 0.7)));
        let told = taught.taught(&rows).unwrap();
        assert_eq!((told.votes, told.shared_score), (6, trend::score(&[0.7; 30])));
        assert!(told.offset < 0.0);
        assert_eq!(Recalibration::learn(&rows[6..]).taught(&rows[6..]), None);
    }

    #[test]
    fn only_the_newest_votes_count() {
        let mut votes: Vec<_> = (0..MOST_VOTES as u64).map(|index| judged(inferred(index, 0.5), index % 2 == 0)).collect();
        let newest = Recalibration::learn(&votes);
        votes.extend((0..100).map(|index| judged(inferred(index, 0.9), false)));
        assert_eq!(Recalibration::learn(&votes), newest);
    }

    #[test]
    fn a_bucket_of_time_moves_as_its_runs_do() {
        let taught = Recalibration::learn(&(0..12).map(|index| judged(inferred(index, 0.7), false)).collect::<Vec<_>>());
        let mut histogram = [0; 20];
        (histogram[14], histogram[1]) = (10, 5);
        let runs = 10.0 * taught.read(&inferred(99, 0.725)).unwrap().get() + 5.0 * 0.05;
        assert!((taught.of_histogram(&histogram, 7.5, 15) - runs).abs() < 1e-9);
        assert_eq!(Recalibration::default().of_histogram(&histogram, 7.5, 15), 7.5);
    }

    proptest! {
        #[test]
        fn without_votes_nothing_changes(probability in 0.0..=1.0_f64) {
            let row = inferred(1, probability);
            prop_assert_eq!(Recalibration::learn(&[]).read(&row), row.probability);
            prop_assert_eq!(Recalibration::learn(std::slice::from_ref(&row)).read(&row), row.probability, "a run nobody judged is no vote");
        }

        #[test]
        fn votes_that_agree_with_the_model_leave_it_nearly(tens in 1..10_u64, each in 1..4_u64) {
            let share = tens as f64 / 10.0;
            let votes: Vec<_> = (0..10 * each).map(|index| judged(inferred(index, share), index % 10 < tens)).collect();
            prop_assert!(Recalibration::learn(&votes).offset().abs() < 1e-6);
        }

        #[test]
        fn a_better_vote_and_a_better_run_never_read_worse(
            votes in proptest::collection::vec((0.0..=1.0_f64, any::<bool>()), 1..40),
            which in any::<proptest::sample::Index>(),
            (low, high) in (0.0..=1.0_f64, 0.0..=1.0_f64),
        ) {
            let learnt = |votes: &[(f64, bool)]| {
                let rows: Vec<_> = (0..).zip(votes).map(|(index, (probability, right))| judged(inferred(index, *probability), *right)).collect();
                Recalibration::learn(&rows)
            };
            let mut better = votes.clone();
            better[which.index(votes.len())].1 = true;
            let (before, after) = (learnt(&votes), learnt(&better));
            prop_assert!(after.offset() >= before.offset() - 1e-9);
            let (low, high) = (low.min(high), low.max(high));
            let read = |probability| before.read(&inferred(99, probability)).unwrap();
            prop_assert!(read(low) <= read(high));
            prop_assert!((0.0..=1.0).contains(&read(high).get()));
        }

        #[test]
        fn one_vote_moves_a_run_by_little(probability in 0.05..=0.95_f64, right in any::<bool>()) {
            let taught = Recalibration::learn(&[judged(inferred(1, probability), right)]);
            let read = taught.read(&inferred(2, probability)).unwrap().get();
            prop_assert!((read - probability).abs() < 0.05, "{} to {}", probability, read);
        }
    }
}
