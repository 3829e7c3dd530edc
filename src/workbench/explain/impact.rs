//! The working of what a failure pattern costs: points of grades, and money.

use crate::{
    model::{
        money::Money,
        pattern::{PatternPoints, PatternReport},
    },
    text::human::{count, money},
    workbench::words,
};

use super::{fact, list, working};

/// What a pattern takes from its agents, and how that is counted, for a reader in front of a pane of this width.
#[must_use]
pub fn impact(report: &PatternReport, pane: u16) -> Vec<String> {
    let mut facts = working(pane);
    let pattern = &report.pattern;
    fact(
        &mut facts,
        "Goes in",
        &format!("{} that show it, of which {} did not recover", words::counted(pattern.runs, "run"), count(pattern.unrecovered_runs)),
    );
    let known =
        report.points.iter().filter(|taken| taken.points.is_finite() && taken.interval.low.is_finite() && taken.interval.high.is_finite());
    list(&mut facts, "Takes", known.clone().map(points));
    if known.count() == 0 {
        fact(&mut facts, "Takes", "no points that could be counted: no run failed with it in an agent's window");
    } else {
        fact(
            &mut facts,
            "Formula",
            "the runs of the window that failed with it are given the mean of the agent's other runs; the score after, less the score before, is what it takes",
        );
        fact(&mut facts, "Interval", "holds the true points with 90 % probability; where it holds zero, it could be chance");
    }
    let spent = match pattern.cost {
        Money::ZERO => "unknown: no run with it has a known cost".to_owned(),
        spent => format!("at least {}: what its runs of known cost cost in all, not only what the failure added", money(spent.pico())),
    };
    fact(&mut facts, "Money", &spent);
    list(
        &mut facts,
        "Changes it",
        [
            "a fix that ends it gives the points back as the failed runs leave the agent's window".to_owned(),
            "a vote on one of its runs: a run judged right no longer counts as failed".to_owned(),
        ],
    );
    facts.into_strings()
}

fn points(taken: &PatternPoints) -> String {
    format!(
        "{:.1} points ({:.1} to {:.1}) from {}: {} of {} in its window failed with it, {} show it",
        taken.points + 0.0,
        taken.interval.low + 0.0,
        taken.interval.high + 0.0,
        words::name(&taken.agent),
        count(u64::from(taken.failed_with)),
        words::counted(u64::from(taken.failed_runs), "failed run"),
        count(u64::from(taken.runs))
    )
}
