//! `check`: holds runs to limits, one line a rule, for pipelines that stop when an agent has become worse.

use serde::Serialize;

use super::{
    arguments::CheckArguments,
    exit::{CliError, Status},
    facts_source::{FactsSource, Wanted, path},
    output::Output,
    quantity::{millis_words, money_words, runs_words, share_words},
    settings::Settings,
};
use crate::{
    model::figures::{Figures, Measured},
    text::human,
};

/// Which side of a limit is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keeps {
    AtLeast,
    AtMost,
}

/// One rule, held against the figures.
#[derive(Debug, Serialize)]
struct Outcome {
    rule: &'static str,
    limit: f64,
    value: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    runs: u32,
    passed: bool,
    says: String,
}

#[derive(Serialize)]
struct Report<'a> {
    passed: bool,
    runs: u64,
    confident: bool,
    rules: &'a [Outcome],
}

/// Prints a line a rule; the status says whether all are kept.
pub async fn run(arguments: &CheckArguments, settings: &Settings) -> Result<Status, CliError> {
    let source = FactsSource::choose(&arguments.input, Wanted::by(arguments.live), settings).await?;
    let all = if arguments.input.is_empty() { "false" } else { "true" };
    let filter = arguments.filter.as_deref().unwrap_or_default();
    let figures = source.value::<Figures>(&path("/api/figures", &[], &[("where", filter), ("all", all)])).await;
    let printed = figures.and_then(|figures| print(arguments, &figures));
    source.close_after(printed).await
}

fn print(arguments: &CheckArguments, figures: &Figures) -> Result<Status, CliError> {
    let rules = judge(arguments, figures);
    let passed = rules.iter().all(|rule| rule.passed);
    let mut output = Output::stdout();
    if arguments.json {
        output.json(&Report { passed, runs: figures.runs, confident: arguments.confident, rules: &rules })?;
    } else {
        for rule in &rules {
            output.line(&format!("{}  {}", if rule.passed { "ok  " } else { "FAIL" }, rule.says))?;
        }
    }
    output.flush()?;
    Ok(if passed { Status::Fine } else { Status::CheckFailed })
}

/// A rule as it may be given: its option, what it is about, the limit if one was given, which side of it is right, what was found, and how
/// such a value reads.
type Rule = (&'static str, &'static str, Option<f64>, Keeps, Option<Measured>, fn(f64) -> String);

fn count_words(count: f64) -> String {
    format!("{count:.0}")
}

/// Every rule that was given, in the order of the help.
fn judge(arguments: &CheckArguments, figures: &Figures) -> Vec<Outcome> {
    let reliability = figures.grade.map(|grade| Measured {
        value: grade.score / 100.0,
        low: Some(grade.interval.low / 100.0),
        high: Some(grade.interval.high / 100.0),
        runs: grade.runs,
    });
    let runs = u32::try_from(figures.runs).unwrap_or(u32::MAX);
    let leaks = (figures.runs > 0).then(|| {
        let leaks = figures.leaks as f64;
        Measured { value: leaks, low: Some(leaks), high: Some(leaks), runs }
    });
    let rules: [Rule; 7] = [
        ("min-reliability", "reliability", arguments.min_reliability, Keeps::AtLeast, reliability, share_words),
        ("max-cost", "cost per run", arguments.max_cost, Keeps::AtMost, figures.cost_per_run, money_words),
        ("max-failure-rate", "failed runs", arguments.max_failure_rate, Keeps::AtMost, figures.failure_rate, share_words),
        ("max-median-latency", "median latency", arguments.max_median_latency, Keeps::AtMost, figures.median_ms, millis_words),
        ("max-p95-latency", "p95 latency", arguments.max_p95_latency, Keeps::AtMost, figures.p95_ms, millis_words),
        ("min-tool-accuracy", "tool calls right", arguments.min_tool_accuracy, Keeps::AtLeast, figures.tool_accuracy, share_words),
        ("max-leaks", "sensitive data", arguments.max_leaks.map(|most| most as f64), Keeps::AtMost, leaks, count_words),
    ];
    let given = rules.into_iter().filter_map(|(rule, name, limit, keeps, found, words)| Some((rule, name, limit?, keeps, found, words)));
    given
        .map(|(rule, name, limit, keeps, found, words)| {
            let (passed, says) = verdict(arguments, figures, name, limit, keeps, found, words);
            let [value, low, high] =
                [found.map(|found| found.value), found.and_then(|found| found.low), found.and_then(|found| found.high)];
            Outcome { rule, limit, value, low, high, runs: found.map_or(0, |found| found.runs), passed, says }
        })
        .collect()
}

fn verdict(
    arguments: &CheckArguments,
    figures: &Figures,
    name: &str,
    limit: f64,
    keeps: Keeps,
    found: Option<Measured>,
    words: fn(f64) -> String,
) -> (bool, String) {
    let side = if keeps == Keeps::AtLeast { "at least" } else { "at most" };
    let wanted = format!("{side} {}", words(limit));
    let Some(found) = found else {
        let why = match figures.runs {
            0 => "no runs were chosen".to_owned(),
            runs if name == "p95 latency" => {
                format!("{} are too few for a 95th percentile, or do not tell how long they took", runs_words(runs))
            }
            runs => format!("none of {} tells it", runs_words(runs)),
        };
        return (false, format!("{name}: unknown, {wanted} wanted: {why}"));
    };
    let interval = match (found.low, found.high) {
        (Some(low), Some(high)) if low == high => String::new(),
        (Some(low), Some(high)) => format!("{} to {}, ", words(low), words(high)),
        _ => String::new(),
    };
    let rests = format!("{name}: {}, {wanted} wanted ({interval}{})", words(found.value), runs_words(found.runs.into()));
    if found.runs < arguments.min_runs {
        return (false, format!("{rests}: too few runs, {} are asked for", human::count(arguments.min_runs.into())));
    }
    let holds = |value: f64| if keeps == Keeps::AtLeast { value >= limit } else { value <= limit };
    if !arguments.confident || !holds(found.value) {
        return (holds(found.value), rests);
    }
    match if keeps == Keeps::AtLeast { found.low } else { found.high } {
        Some(end) if holds(end) => (true, rests),
        Some(_) => (false, format!("{rests}: could be luck, the interval reaches over the limit")),
        None => (false, format!("{rests}: too few runs to be confident")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use clap::Parser;

    use super::*;
    use crate::cli::arguments::{Arguments, Command};

    fn arguments(given: &[&str]) -> CheckArguments {
        let parsed = Arguments::try_parse_from(["arc-eval-tui", "check"].iter().chain(given)).unwrap();
        let Some(Command::Check(arguments)) = parsed.command else { unreachable!() };
        arguments
    }

    fn figures() -> Figures {
        let nothing = crate::analysis::figures::Sums::default().told(0, true).0;
        Figures {
            runs: 40,
            failure_rate: Some(Measured { value: 0.1, low: Some(0.04), high: Some(0.21), runs: 40 }),
            cost_per_run: Some(Measured::bare(0.019, 1)),
            ..nothing
        }
    }

    #[test]
    fn a_rule_is_kept_by_the_value_and_confidently_by_its_whole_interval() {
        let told = |given: &[&str]| judge(&arguments(given), &figures()).remove(0);
        assert!(told(&["--max-failure-rate", "0.1"]).passed);
        let luck = told(&["--max-failure-rate", "0.1", "--confident"]);
        assert!(!luck.passed && luck.says.contains("could be luck"), "{}", luck.says);
        assert!(told(&["--max-failure-rate", "25%", "--confident"]).passed);
        let over = told(&["--max-failure-rate", "5%"]);
        assert!(!over.passed && over.says == "failed runs: 10.0 %, at most 5.0 % wanted (4.0 % to 21.0 %, 40 runs)", "{}", over.says);
        let few = told(&["--max-cost", "0.02", "--confident"]);
        assert!(!few.passed && few.says.ends_with("too few runs to be confident"), "{}", few.says);
        let few = told(&["--max-cost", "0.02", "--min-runs", "20"]);
        assert!(!few.passed && few.says.ends_with("too few runs, 20 are asked for"), "{}", few.says);
    }

    #[test]
    fn what_nothing_tells_does_not_pass() {
        let told = judge(&arguments(&["--min-reliability", "0.1", "--max-p95-latency", "2s"]), &figures());
        assert!(told.iter().all(|rule| !rule.passed && rule.value.is_none()), "{told:#?}");
        assert!(told[0].says.ends_with("none of 40 runs tells it"), "{}", told[0].says);
        let none = judge(&arguments(&["--max-leaks", "0"]), &Figures { runs: 0, ..figures() });
        assert!(!none[0].passed && none[0].says.ends_with("no runs were chosen"), "{}", none[0].says);
        assert!(judge(&arguments(&["--max-leaks", "0"]), &figures())[0].passed);
    }
}
