//! `compare`: two sets of runs beside each other, each difference with its interval and whether it could be chance.

use super::{
    arguments::CompareArguments,
    exit::CliError,
    facts_source::{FactsSource, Wanted, path},
    output::Output,
    settings::Settings,
    table::{Side, Table},
};
use crate::{
    model::comparison::{Change, Comparison, ComparisonLine},
    text::human,
};

/// Prints the progress table.
pub async fn run(arguments: &CompareArguments, settings: &Settings) -> Result<(), CliError> {
    let source = FactsSource::open(settings, Wanted::by(arguments.live)).await?;
    let printed = print(arguments, &source).await;
    source.close_after(printed).await
}

async fn print(arguments: &CompareArguments, source: &FactsSource) -> Result<(), CliError> {
    let answer = source.get(&path("/api/compare", &[&arguments.baseline, &arguments.current], &[])).await?;
    let mut output = Output::stdout();
    if arguments.json {
        output.bytes(&answer)?;
        output.line("")?;
    } else {
        let comparison: Comparison = source.remote().read(&answer)?;
        for line in lines(&comparison) {
            output.line(&line)?;
        }
    }
    output.flush()
}

fn lines(comparison: &Comparison) -> Vec<String> {
    let mut table = Table::new([Side::Left, Side::Right, Side::Right, Side::Right, Side::Left, Side::Left, Side::Left]);
    table.row(["", &comparison.before, &comparison.current, "change", "90 % interval", "", "runs"]);
    for line in &comparison.lines {
        let value = |value: Option<f64>| value.map_or_else(|| "unknown".to_owned(), |value| shown(value, &line.unit));
        let (change, interval, chance, runs) = line.change.map_or_else(Default::default, |change| told(&change, line));
        table.row([line.measure.replace('_', " "), value(line.before), value(line.current), change, interval, chance.to_owned(), runs]);
    }
    table.lines().collect()
}

fn told(change: &Change, line: &ComparisonLine) -> (String, String, &'static str, String) {
    let signed = |value: f64| {
        let sign = if value < 0.0 { "-" } else { "+" };
        format!("{sign}{}", shown(value.abs(), &line.unit))
    };
    let interval = format!("{} to {}", signed(change.interval.low), signed(change.interval.high));
    let chance = if change.could_be_chance { "could be chance" } else { "not chance" };
    let runs = format!("{} against {}", human::count(change.current_runs.into()), human::count(change.before_runs.into()));
    (signed(change.difference), interval, chance, runs)
}

/// A value in its unit; one of a unit that is not known stands as it is.
fn shown(value: f64, unit: &str) -> String {
    match unit {
        _ if !value.is_finite() => "unknown".to_owned(),
        "points" => format!("{value:.0}"),
        "usd" => human::money((value * 1e12).round() as i128),
        "share" => human::percent(value),
        "ms" => human::duration((value.max(0.0) * 1e3).round() as u64),
        other => format!("{value} {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{comparison::RunCounts, probability::Interval};

    #[test]
    fn what_is_not_known_is_said_and_what_could_be_chance_as_well() {
        let line = |measure: &str, unit: &str, before, current, change| ComparisonLine {
            measure: measure.into(),
            unit: unit.into(),
            before,
            current,
            change,
        };
        let change = |difference, low, high| {
            let interval = Interval { low, high };
            Some(Change { difference, interval, could_be_chance: low <= 0.0 && high >= 0.0, before_runs: 198, current_runs: 203 })
        };
        let comparison = Comparison {
            before: "yesterday".into(),
            current: "today".into(),
            lines: vec![
                line("reliability", "points", Some(85.0), Some(66.0), change(-19.0, -26.0, -12.0)),
                line("latency", "ms", Some(900.0), Some(1_900.0), change(1_000.0, -100.0, 2_100.0)),
                line("checks", "share", None, None, None),
            ],
            before_runs: RunCounts::default(),
            current_runs: RunCounts::default(),
            agents: Vec::new(),
        };
        let lines = lines(&comparison);
        assert!(lines[1].contains("-19  -26 to -12") && lines[1].ends_with("not chance       203 against 198"), "{lines:#?}");
        assert!(lines[2].contains("could be chance"), "{lines:#?}");
        assert_eq!(lines[3].split_whitespace().collect::<Vec<_>>(), ["checks", "unknown", "unknown"]);
    }
}
