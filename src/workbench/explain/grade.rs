//! The working of a grade: the sum it is made of, its interval, and how many runs would move it.

use crate::{
    model::{
        agent::AgentReport,
        grade::{Grade, Letter, RUNS_FOR_A_GRADE},
    },
    text::human::count,
    workbench::words,
};

use super::{fact, list, working};

/// Runs in a row that are still worth telling: beyond, a letter is far away.
const MOST_RUNS: u32 = 2_000;

/// How an agent's grade is made, for a reader in front of a pane of this width.
#[must_use]
pub fn grade(report: &AgentReport, pane: u16) -> Vec<String> {
    let mut facts = working(pane);
    let Some(grade) = report.grade.filter(|grade| grade.score.is_finite()) else {
        fact(&mut facts, "Grade", "none: no run in this time tells how it ended");
        fact(&mut facts, "Changes it", "a run that sends `success` or an error, or a vote with + or -");
        return facts.into_strings();
    };
    let runs = f64::from(grade.runs);
    let sum = successes(&grade);
    fact(
        &mut facts,
        "Goes in",
        &format!(
            "{} whose success is known; their probabilities of success add up to {sum:.1}; {} tell nothing and are left out",
            words::counted(u64::from(grade.runs), "run"),
            count(u64::from(report.unknown_runs))
        ),
    );
    fact(
        &mut facts,
        "Score",
        &format!(
            "({sum:.1} + 0.5) / ({} + 1) = {:.1} of 100: the share of good runs, with half a run right and half a run wrong put beside them",
            grade.runs, grade.score
        ),
    );
    fact(
        &mut facts,
        "Interval",
        &format!(
            "{:.0} to {:.0}: the middle 90 % of the Beta distribution with {:.1} right and {:.1} wrong",
            grade.interval.low,
            grade.interval.high,
            sum + 0.5,
            runs - sum + 0.5
        ),
    );
    fact(&mut facts, "Letter", &letter(&grade));
    if let Some(cap) = &report.cap {
        fact(&mut facts, "Capped", cap);
    }
    if let Some(taught) = &report.taught {
        let votes = words::counted(u64::from(taught.votes), "vote");
        fact(&mut facts, "Votes", &format!("{votes} add {:+.2} to the log-odds of every run nobody has judged", taught.offset));
    }
    if let Some(newest) = report.newest {
        let newest = count(u64::from(newest));
        fact(&mut facts, "Rests on", &format!("all runs for grade, trend and cost; the newest {newest} for what stands under the grade"));
    }
    list(&mut facts, "Rules", (!report.rules.is_empty()).then(|| format!("version {}", report.rules.join(", then "))));
    list(&mut facts, "Changes it", changes(&grade));
    facts.into_strings()
}

/// The sum of the probabilities behind a score.
fn successes(grade: &Grade) -> f64 {
    let runs = f64::from(grade.runs);
    (grade.score / 100.0 * (runs + 1.0) - 0.5).clamp(0.0, runs)
}

fn letter(grade: &Grade) -> String {
    let least = Letter::SCALE.iter().find(|(_, letter, _)| *letter == grade.letter).map_or(0.0, |(least, _, _)| *least);
    let from = if least > 0.0 { format!("{} from {least:.0} on", grade.letter) } else { format!("{} below 50", grade.letter) };
    match (grade.missing_runs(), grade.provisional()) {
        (0, true) => format!("{from}; provisional, because the interval reaches over more than two letters"),
        (missing, true) => format!("{from}; provisional: {missing} more runs, for {RUNS_FOR_A_GRADE} in all"),
        _ => from,
    }
}

/// What one more run would do, and how many would bring another letter.
fn changes(grade: &Grade) -> Vec<String> {
    let (sum, runs) = (successes(grade), f64::from(grade.runs));
    let after = |right: f64, wrong: f64| (sum + right + 0.5) / (runs + right + wrong + 1.0) * 100.0;
    let mut lines = vec![format!("one more right run makes {:.1}, one more wrong run {:.1}", after(1.0, 0.0), after(0.0, 1.0))];
    let better = Letter::SCALE.iter().rev().find(|(least, _, _)| *least > grade.score);
    if let Some((least, _, written)) = better {
        let needed = (1..=MOST_RUNS).find(|more| after(f64::from(*more), 0.0) >= *least);
        lines.extend(needed.map(|more| format!("{} right in a row make it {written}", words::counted(u64::from(more), "run"))));
    }
    let least = Letter::SCALE.iter().find(|(_, letter, _)| *letter == grade.letter).map_or(0.0, |(least, _, _)| *least);
    if least > 0.0 {
        let needed = (1..=MOST_RUNS).find(|more| after(0.0, f64::from(*more)) < least);
        lines.extend(needed.map(|more| {
            format!("{} wrong in a row make it {}", words::counted(u64::from(more), "run"), Letter::of_score(after(0.0, f64::from(more))))
        }));
    }
    lines
}
