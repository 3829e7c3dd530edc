//! Two runs beside each other: the one asked about, and another that is named or chosen.

use super::{Facts, TraceDetail};
use crate::{
    analysis::run_comparison,
    engine::error::EngineError,
    model::{ids::Sequence, progress::RunState, run_comparison::RunComparison, summary::Summary, verdict::OutcomeState},
};

/// Rows of the agent among which a run to compare with is chosen: its newest.
const CHOSEN_AMONG: usize = 1_000;

/// Two runs and how their steps stand to each other.
#[derive(Debug, Clone)]
pub struct RunsCompared {
    /// The run compared with.
    pub left: TraceDetail,
    /// The run asked about.
    pub right: TraceDetail,
    /// Why the left one was chosen, in words; `None` where it was named.
    pub chosen: Option<&'static str>,
    /// Their steps.
    pub comparison: RunComparison,
}

impl Facts {
    /// Lays two runs beside each other. Without a left one it is chosen among the agent's newest: the newest good run of the same task, else the newest
    /// good run, else the run of the same task, and at last the run, that is most likely to have been good.
    pub fn compare_runs(&self, left: Option<Sequence>, right: Sequence) -> Result<RunsCompared, EngineError> {
        let gone = |sequence: Sequence| EngineError::NotFound { what: "run", name: sequence.0.to_string() };
        let right = self.trace(right)?.ok_or_else(|| gone(right))?;
        let (left, chosen) = match left {
            Some(left) => (left, None),
            None => {
                let rows = self.snapshot.agent_rows(&right.summary.agent, None, None, CHOSEN_AMONG)?;
                let (row, why) =
                    choose(&right.summary, rows.iter().filter(|row| self.state(row) != RunState::Running)).ok_or_else(|| {
                        EngineError::Invalid(
                            "this agent has no other run to compare with; mark a run of another agent and compare again".to_owned(),
                        )
                    })?;
                (row, Some(why))
            }
        };
        let left = self.trace(left)?.ok_or_else(|| gone(left))?;
        let comparison = run_comparison::compare_runs(&left.trace, &right.trace);
        Ok(RunsCompared { left, right, chosen, comparison })
    }
}

/// The run to compare with, and why it; `rows` newest first.
fn choose<'r>(run: &Summary, rows: impl Iterator<Item = &'r Summary>) -> Option<(Sequence, &'static str)> {
    let others: Vec<&Summary> = rows.filter(|row| row.sequence != run.sequence).collect();
    let good = |row: &&&Summary| row.outcome.state == OutcomeState::Ok && !row.is_doubtful();
    let same_task = |row: &&&Summary| run.insight.task.is_some() && row.insight.task == run.insight.task;
    let likeliest = |rows: Vec<&Summary>| {
        let known = rows.into_iter().filter_map(|row| Some((row.probability?.get(), row.sequence)));
        known.max_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1))).map(|(_, sequence)| sequence)
    };
    let of_task: Vec<&Summary> = others.iter().filter(same_task).copied().collect();
    of_task
        .iter()
        .find(good)
        .map(|row| (row.sequence, "the last good run of the same task"))
        .or_else(|| others.iter().find(good).map(|row| (row.sequence, "the agent's last good run; no good one of the same task")))
        .or_else(|| Some((likeliest(of_task)?, "the likeliest run of the same task; the agent has no good one")))
        .or_else(|| Some((likeliest(others.clone())?, "the agent's likeliest run; it has no good one")))
        .or_else(|| others.first().map(|row| (row.sequence, "the agent's last other run; nothing tells which were good")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::model::{
        probability::Probability,
        verdict::{Outcome, OutcomeSource},
    };

    fn row(sequence: u64, state: OutcomeState, probability: f64, task: Option<u64>) -> Summary {
        let mut row = crate::analysis::sample::row(sequence);
        row.outcome = Outcome { state, source: Some(OutcomeSource::Reported), reported: None };
        row.probability = Probability::new(probability);
        row.insight.task = task;
        row
    }

    fn chosen(rows: &[Summary]) -> Option<(u64, &'static str)> {
        choose(&row(9, OutcomeState::Failed, 0.1, Some(7)), rows.iter()).map(|(sequence, why)| (sequence.0, why))
    }

    #[test]
    fn the_last_good_run_of_the_same_task_comes_first() {
        let rows = [
            row(9, OutcomeState::Failed, 0.1, Some(7)),
            row(8, OutcomeState::Ok, 0.95, Some(3)),
            row(6, OutcomeState::Failed, 0.3, Some(7)),
            row(5, OutcomeState::Ok, 0.9, Some(7)),
            row(4, OutcomeState::Ok, 0.95, Some(7)),
        ];
        assert_eq!(chosen(&rows).unwrap().0, 5);
        assert_eq!(chosen(&rows[..3]).unwrap().0, 8, "without one the last good run");
        assert_eq!(chosen(&[rows[0].clone(), rows[2].clone()]).unwrap().0, 6, "without any the likeliest");
        assert_eq!(chosen(&rows[..1]), None, "never itself");
    }
}
