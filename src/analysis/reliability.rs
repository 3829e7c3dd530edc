//! How reliable one agent is over many runs: its grade, what drags it, how it moves.

use super::{
    change_points,
    compare::{known, took_millis, tool_calls},
    repeated_tasks::{self, SameTasks},
    statistics::{median, posterior::Posterior, ratio},
    trend::{self, Tally},
};
use crate::model::{
    agent::{AgentReport, Component, HistoryKind, HistoryMark, Taught, TrendPoint},
    failure::FailureCode,
    grade::{Grade, Letter},
    money::Money,
    probability::Interval,
    summary::Summary,
    time::{Elapsed, Timestamp},
    verdict::{OutcomeSource, OutcomeState},
};

/// The grade of some runs: the posterior mean of success × 100 with its 90 % interval, over the runs whose success is known; `None` when none is.
/// Each run weighs in with its probability. Whether the grade is provisional is for [`Grade::provisional`] to say.
#[must_use]
pub fn grade(rows: &[Summary]) -> Option<Grade> {
    grade_of(&known(rows))
}

/// The grade of runs given by their probabilities of success.
#[must_use]
pub fn grade_of(probabilities: &[f64]) -> Option<Grade> {
    grade_of_tally(Tally::of(probabilities))
}

/// The grade of runs that are only counted.
#[must_use]
pub fn grade_of_tally(tally: Tally) -> Option<Grade> {
    if tally.known == 0 {
        return None;
    }
    let posterior = tally.posterior();
    let Interval { low, high } = posterior.interval();
    let score = posterior.mean() * 100.0;
    Some(Grade {
        letter: Letter::of_score(score),
        score,
        interval: Interval { low: low * 100.0, high: high * 100.0 },
        runs: u32::try_from(tally.known).unwrap_or(u32::MAX),
    })
}

/// Marks told of one window: its newest.
const MOST_MARKS: usize = 12;

/// What is known of an agent beside its rows.
#[derive(Debug, Clone, PartialEq)]
pub struct AgentFacts {
    /// Its name.
    pub agent: String,
    /// Its runs ever.
    pub total_runs: u64,
    /// When its newest run was.
    pub last_seen: Timestamp,
    /// What people's votes changed in the rows, which come with the votes taken in.
    pub taught: Option<Taught>,
    /// What else happened within the window.
    pub marks: Vec<HistoryMark>,
    /// The figures over the whole window, where the rows are only its newest; `None` where the rows are all of it.
    pub whole: Option<Whole>,
}

/// A whole window in sums.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Whole {
    /// Its runs.
    pub runs: u64,
    /// Their success.
    pub now: Tally,
    /// The success of the runs of the window before it.
    pub before: Tally,
    /// Known money.
    pub cost: Money,
    /// Runs whose cost is not known.
    pub unpriced: u64,
}

impl Whole {
    fn cost_per_run(&self) -> Option<Money> {
        let priced = i128::from(self.runs.saturating_sub(self.unpriced));
        (priced > 0).then(|| Money::from_pico(self.cost.pico() / priced))
    }
}

/// The report on one agent.
///
/// `rows` are the runs of the window, newest first; `before` those of the window before it; `baseline` those of its newest baseline; each may be empty.
/// Runs of the window that belong to the baseline are not compared with it. `series` is success by bucket of time, oldest first.
#[must_use]
pub fn report(facts: AgentFacts, rows: &[Summary], before: &[Summary], baseline: &[Summary], series: Vec<TrendPoint>) -> AgentReport {
    let probabilities = known(rows);
    let since: Vec<Summary> = if baseline.is_empty() {
        Vec::new()
    } else {
        let in_baseline: std::collections::HashSet<_> = baseline.iter().map(|row| row.sequence).collect();
        rows.iter().filter(|row| !in_baseline.contains(&row.sequence)).cloned().collect()
    };
    let same_tasks = |before: &[Summary], now: &[Summary]| repeated_tasks::compare(before, now).map(|SameTasks { change, .. }| change);
    let claims = || rows.iter().filter(|row| row.outcome.state == OutcomeState::Ok && row.outcome.source == Some(OutcomeSource::Reported));
    let mut took = took_millis(rows);
    let costs: Vec<Money> = rows.iter().filter_map(|row| row.cost).collect();
    let own = Tally::of(&probabilities);
    let now = facts.whole.map_or(own, |whole| whole.now);
    let runs = facts.whole.map_or(rows.len() as u64, |whole| whole.runs);
    let few = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    AgentReport {
        grade: grade_of_tally(now),
        runs: few(runs),
        unknown_runs: few(runs.saturating_sub(now.known)),
        total_runs: facts.total_runs,
        trend: trend::change_of(facts.whole.map_or_else(|| Tally::of(&known(before)), |whole| whole.before), now),
        since_baseline: trend::change(&known(baseline), &known(&since)),
        trend_same_tasks: same_tasks(before, rows),
        since_baseline_same_tasks: same_tasks(baseline, &since),
        changes: change_points::find(rows),
        repeated: repeated_tasks::steadiness(rows),
        marks: marks(facts.marks, rows),
        newest: (runs > rows.len() as u64).then(|| count(rows.len())),
        taught: facts.taught,
        reported_ok: count(claims().count()),
        doubtful: count(claims().filter(|row| row.is_doubtful()).count()),
        components: components(rows),
        series,
        cost_per_run: facts.whole.map_or_else(|| average(&costs), |whole| whole.cost_per_run()),
        median_took: median::median(&mut took).and_then(Elapsed::from_millis),
        p95_took: median::p95(&mut took).and_then(Elapsed::from_millis),
        cap: None,
        last_seen: facts.last_seen,
        rules: rules(rows),
        agent: facts.agent,
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The mean of some amounts, rounded towards zero to a whole pico-dollar; `None` for none.
fn average(amounts: &[Money]) -> Option<Money> {
    let runs = i128::try_from(amounts.len()).ok().filter(|runs| *runs > 0)?;
    Some(Money::from_pico(amounts.iter().copied().sum::<Money>().pico() / runs))
}

/// What happened, in order, with the runs from which on other rules judged; `rows` newest first.
fn marks(mut marks: Vec<HistoryMark>, rows: &[Summary]) -> Vec<HistoryMark> {
    let changed = rows.windows(2).filter_map(|pair| match pair {
        [newer, older] if newer.rules != older.rules => {
            Some(HistoryMark { at: newer.time, kind: HistoryKind::Rules, name: newer.rules.clone() })
        }
        _ => None,
    });
    marks.extend(changed.take(MOST_MARKS));
    marks.sort_by_key(|mark| mark.at);
    marks.drain(..marks.len().saturating_sub(MOST_MARKS));
    marks
}

/// The versions of the rules behind some runs, in the order of the rows (newest first), each once.
fn rules(rows: &[Summary]) -> Vec<String> {
    let mut versions: Vec<String> = Vec::new();
    for row in rows {
        if !versions.contains(&row.rules) {
            versions.push(row.rules.clone());
        }
    }
    versions
}

/// What explains a score. Every component is a count of runs (of calls, for tools) with its interval; none re-weighs the score.
fn components(rows: &[Summary]) -> Vec<Component> {
    vec![completed(rows), tools(rows), recovered(rows), feedback(rows), unlimited(rows)]
}

/// A component over runs, which are independent of each other.
fn over_runs(name: &str, good: usize, of: usize, says: String) -> Component {
    let interval = (of > 0).then(|| Posterior::of_counts(good as f64, of as f64).interval());
    Component { name: name.to_owned(), good: count(good), of: count(of), interval, says }
}

/// Runs more likely to have done their task than not, among those that tell.
fn completed(rows: &[Summary]) -> Component {
    let probabilities = known(rows);
    let good = probabilities.iter().filter(|probability| **probability >= 0.5).count();
    let says = match (probabilities.len(), rows.len() - probabilities.len()) {
        (0, _) => "no run tells how it ended".to_owned(),
        (of, 0) => format!("{} of {of} failed", of - good),
        (of, unknown) => format!("{} of {of} failed, {unknown} unknown", of - good),
    };
    over_runs("task completed", good, probabilities.len(), says)
}

fn tools(rows: &[Summary]) -> Component {
    let calls = tool_calls(rows);
    let (good, of) = calls.iter().fold((0_u32, 0_u32), |(good, of), (g, n)| (good.saturating_add(*g), of.saturating_add(*n)));
    Component {
        name: "tool calls correct".to_owned(),
        good,
        of,
        interval: ratio::estimate(&calls).map(|estimate| estimate.interval),
        says: if of == 0 { "no tool calls".to_owned() } else { format!("{} of {of} wrong", of - good) },
    }
}

/// Runs in which a tool or model failed, and those of them in which all such failures were made up for later.
fn recovered(rows: &[Summary]) -> Component {
    let errors = |row: &&Summary| row.failures.iter().any(|mark| is_error(mark.code));
    let of = rows.iter().filter(errors).count();
    let good = rows.iter().filter(errors).filter(|row| row.failures.iter().all(|mark| mark.recovered || !is_error(mark.code))).count();
    let says = if of == 0 { "no errors seen".to_owned() } else { format!("{} of {of} not recovered", of - good) };
    over_runs("recovered after error", good, of, says)
}

/// Whether a code is an error that was raised, rather than a judgement on what was done.
fn is_error(code: FailureCode) -> bool {
    matches!(code.family(), "tool" | "model")
        && !matches!(code, FailureCode::ToolUngroundedArguments | FailureCode::ToolOutputMisread | FailureCode::ToolEmptyResult)
}

fn feedback(rows: &[Summary]) -> Component {
    let votes: Vec<bool> =
        rows.iter().filter_map(|row| row.feedback.as_ref()?.decides()).map(|probability| probability.get() >= 0.5).collect();
    let good = votes.iter().filter(|right| **right).count();
    let says = match votes.len() {
        0 => "no votes".to_owned(),
        of => format!("{} of {of} voted wrong", of - good),
    };
    over_runs("human feedback", good, votes.len(), says)
}

/// Runs that ended by themselves, among all.
fn unlimited(rows: &[Summary]) -> Component {
    let stopped = rows.iter().filter(|row| row.failures.iter().any(|mark| mark.code == FailureCode::NoTermination)).count();
    let says = match (rows.len(), stopped) {
        (0, _) => "no runs".to_owned(),
        (_, 0) => "none stopped by a limit".to_owned(),
        (of, stopped) => format!("{stopped} of {of} stopped by a limit"),
    };
    over_runs("finished without limit", rows.len() - stopped, rows.len(), says)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;
    use crate::{
        analysis::sample::row,
        model::{failure::Severity, feedback::Feedback, probability::Probability, summary::FailureMark, verdict::Outcome},
    };

    fn runs(good: u64, of: u64) -> Vec<Summary> {
        (0..of).map(|index| Summary { probability: Probability::new(if index < good { 0.95 } else { 0.05 }), ..row(index) }).collect()
    }

    fn mark(code: FailureCode, recovered: bool) -> FailureMark {
        FailureMark { code, severity: Severity::Medium, recovered, step: None, fingerprint: None }
    }

    fn facts() -> AgentFacts {
        AgentFacts {
            agent: "refund-bot".to_owned(),
            total_runs: 1_000,
            last_seen: Timestamp::from_micros(9),
            taught: None,
            marks: Vec::new(),
            whole: None,
        }
    }

    fn component<'c>(report: &'c AgentReport, name: &str) -> &'c Component {
        report.components.iter().find(|component| component.name == name).unwrap()
    }

    #[test]
    fn a_grade_is_the_posterior_of_its_runs() {
        // (73·0.95 + 27·0.05 + ½) / 101 = 70.5 / 101... with 73 good of 100: 69.35 + 1.35 + 0.5.
        let grade = grade(&runs(73, 100)).unwrap();
        assert!((grade.score - 100.0 * 71.2 / 101.0).abs() < 1e-9);
        assert_eq!((grade.letter, grade.runs), (Letter::C, 100));
        assert!(grade.interval.low < grade.score && grade.score < grade.interval.high);
        assert!(!grade.provisional());
    }

    #[test]
    fn few_runs_are_provisional_and_none_are_no_grade() {
        assert_eq!(grade(&[row(1)]), None);
        let three = grade(&runs(3, 3)).unwrap();
        assert!(three.provisional());
        assert_eq!(three.missing_runs(), 17);
        // Twenty runs of which half failed: the interval reaches from F over D into C.
        assert!(grade(&runs(10, 20)).unwrap().interval.high > 63.0);
        assert!(grade(&runs(10, 20)).unwrap().provisional());
    }

    #[test]
    fn a_run_that_does_not_tell_neither_helps_nor_harms() {
        let mut rows = runs(30, 40);
        let without = grade(&rows).unwrap();
        rows.extend((100..120).map(row));
        assert_eq!(grade(&rows), Some(without));
        let report = report(facts(), &rows, &[], &[], Vec::new());
        assert_eq!((report.runs, report.unknown_runs, report.total_runs), (60, 20, 1_000));
    }

    #[test]
    fn one_vote_moves_the_grade() {
        let mut rows = runs(15, 20);
        let before = grade(&rows).unwrap().score;
        rows[0].probability = Some(Probability::DENIED);
        assert!(before - grade(&rows).unwrap().score > 4.0, "one run of twenty is worth more than four points");
    }

    #[test]
    fn components_are_counted() {
        let mut rows = runs(15, 20);
        for (index, failures) in [
            (0, vec![mark(FailureCode::ToolTimeout, true)]),
            (1, vec![mark(FailureCode::ToolError, true), mark(FailureCode::ModelError, false)]),
            (2, vec![mark(FailureCode::ToolEmptyResult, false)]),
            (19, vec![mark(FailureCode::NoTermination, false)]),
        ] {
            rows[index].failures = failures;
        }
        rows[0].tool_calls = 5;
        rows[0].wrong_tool_calls = 1;
        rows[3].tool_calls = 3;
        let vote = |correct| Some(Feedback { correct: Some(correct), score: None, notes: None, at: Timestamp::from_micros(0) });
        rows[0].feedback = vote(true);
        rows[1].feedback = vote(false);
        rows[2].feedback = Some(Feedback { correct: None, score: Some(3), notes: None, at: Timestamp::from_micros(0) });
        let report = report(facts(), &rows, &[], &[], Vec::new());
        for (name, good, of, says) in [
            ("task completed", 15, 20, "5 of 20 failed"),
            ("tool calls correct", 7, 8, "1 of 8 wrong"),
            ("recovered after error", 1, 2, "1 of 2 not recovered"),
            ("human feedback", 1, 2, "1 of 2 voted wrong"),
            ("finished without limit", 19, 20, "1 of 20 stopped by a limit"),
        ] {
            let found = component(&report, name);
            assert_eq!((found.good, found.of, found.says.as_str()), (good, of, says), "{name}");
            let interval = found.interval.unwrap();
            assert!(interval.low < f64::from(good) / f64::from(of) && f64::from(good) / f64::from(of) < interval.high, "{name}");
        }
    }

    #[test]
    fn without_cases_a_component_says_so() {
        let report = report(facts(), &[row(1)], &[], &[], Vec::new());
        for name in ["task completed", "tool calls correct", "recovered after error", "human feedback"] {
            let found = component(&report, name);
            assert_eq!((found.of, found.interval), (0, None), "{name}");
            assert!(!found.says.is_empty());
        }
        assert_eq!(
            (report.grade, report.trend, report.since_baseline, report.cost_per_run, report.median_took),
            (None, None, None, None, None)
        );
    }

    #[test]
    fn money_and_time_rest_on_the_runs_that_tell() {
        let mut rows = runs(20, 30);
        for (index, row) in rows.iter_mut().take(20).enumerate() {
            row.cost = Some(Money::from_pico(3 + index as i128));
            row.took = Elapsed::from_millis(100.0 * (index as f64 + 1.0));
        }
        let report = report(facts(), &rows, &[], &[], Vec::new());
        assert_eq!(report.cost_per_run, Some(Money::from_pico((3..23).sum::<i128>() / 20)));
        assert_eq!(report.median_took, Elapsed::from_millis(1_050.0));
        assert_eq!(report.p95_took, Elapsed::from_millis(1_900.0));
    }

    #[test]
    fn a_baseline_taken_from_the_window_is_compared_only_with_what_came_after() {
        let rows = runs(40, 60);
        let baseline = rows[..40].to_vec();
        let report = report(facts(), &rows, &[], &baseline, Vec::new());
        let change = report.since_baseline.unwrap();
        assert_eq!((change.before_runs, change.current_runs), (40, 20));
        assert!(change.difference < -60.0 && !change.could_be_chance);
        assert_eq!(super::report(facts(), &baseline, &[], &baseline, Vec::new()).since_baseline, None, "nothing has run since");
    }

    #[test]
    fn a_window_of_more_runs_than_are_opened_is_graded_over_all_of_them() {
        let rows = runs(40, 50);
        let whole = Whole {
            runs: 1_000_000,
            now: Tally { known: 900_000, successes: 720_000.0 },
            before: Tally { known: 500, successes: 300.0 },
            cost: Money::from_pico(900),
            unpriced: 999_910,
        };
        let report = report(AgentFacts { whole: Some(whole), ..facts() }, &rows, &[], &[], Vec::new());
        let grade = report.grade.unwrap();
        assert!((grade.score - 80.0).abs() < 0.01 && grade.runs == 900_000, "{grade:?}");
        assert_eq!((report.runs, report.unknown_runs, report.newest), (1_000_000, 100_000, Some(50)));
        assert_eq!(report.cost_per_run, Some(Money::from_pico(10)));
        assert!(report.trend.unwrap().difference > 19.0);
        assert_eq!(component(&report, "task completed").of, 50, "what is opened run by run rests on the newest");
    }

    #[test]
    fn the_run_from_which_on_other_rules_judge_is_marked() {
        let mut rows = runs(5, 5);
        rows.reverse();
        rows[..2].iter_mut().for_each(|row| row.rules = "2".to_owned());
        let baseline = HistoryMark { at: rows[0].time, kind: HistoryKind::Baseline, name: "first".to_owned() };
        let report = report(AgentFacts { marks: vec![baseline.clone()], ..facts() }, &rows, &[], &[], Vec::new());
        assert_eq!(report.marks, [HistoryMark { at: rows[1].time, kind: HistoryKind::Rules, name: "2".to_owned() }, baseline]);
    }

    #[test]
    fn runs_that_say_ok_and_look_failed_are_counted() {
        let mut rows = runs(20, 20);
        for (index, row) in rows.iter_mut().enumerate().take(12) {
            row.outcome = Outcome { state: OutcomeState::Ok, source: Some(OutcomeSource::Reported), reported: Some(true) };
            row.insight.inferred = Probability::new(if index < 3 { 0.2 } else { 0.8 });
        }
        let report = report(facts(), &rows, &[], &[], Vec::new());
        assert_eq!((report.doubtful, report.reported_ok), (3, 12));
    }

    #[test]
    fn rules_are_named_newest_first() {
        let mut rows = runs(3, 3);
        rows[0].rules = "2".to_owned();
        assert_eq!(report(facts(), &rows, &[], &[], Vec::new()).rules, ["2", "1"]);
    }

    proptest! {
        #[test]
        fn a_score_stays_on_the_scale(probabilities in proptest::collection::vec(0.0..=1.0_f64, 1..300)) {
            let grade = grade_of(&probabilities).unwrap();
            prop_assert!(0.0 < grade.score && grade.score < 100.0);
            prop_assert!(0.0 <= grade.interval.low && grade.interval.low <= grade.score && grade.score <= grade.interval.high && grade.interval.high <= 100.0);
            prop_assert_eq!(grade.letter, Letter::of_score(grade.score));
        }

        #[test]
        fn one_more_success_never_lowers_the_score(probabilities in proptest::collection::vec(0.0..=1.0_f64, 1..100)) {
            let mut more = probabilities.clone();
            more.push(1.0);
            prop_assert!(grade_of(&more).unwrap().score > grade_of(&probabilities).unwrap().score);
        }
    }
}
