//! `debug`: how agents do, on one page: reliability, cost and what could be saved, tools, latency, failures with their root cause.

use super::{
    arguments::DebugArguments,
    exit::CliError,
    facts_source::{FactsSource, Wanted, path},
    output::Output,
    quantity::{millis_words, money_words, runs_words, share_words},
    settings::Settings,
    table::{Side, Table},
};
use crate::{
    model::{
        figures::{FailureGroup, Figures, Measured},
        grade::Grade,
        time::Timestamp,
    },
    text::{clean::clean_line, human, width::fit},
};

/// Widest piece of a sender's text.
const WIDEST: usize = 100;

/// Prints the page.
pub async fn run(arguments: &DebugArguments, settings: &Settings) -> Result<(), CliError> {
    let source = FactsSource::choose(&arguments.input, Wanted::by(arguments.live), settings).await?;
    let printed = print(arguments, &source).await;
    source.close_after(printed).await
}

async fn print(arguments: &DebugArguments, source: &FactsSource) -> Result<(), CliError> {
    let all = if arguments.input.is_empty() { "false" } else { "true" };
    let filter = arguments.filter.as_deref().unwrap_or_default();
    let answer = source.get(&path("/api/figures", &[], &[("where", filter), ("all", all)])).await?;
    let mut output = Output::stdout();
    if arguments.json {
        output.bytes(&answer)?;
        output.line("")?;
    } else {
        for line in page(&source.remote().read(&answer)?) {
            output.line(&line)?;
        }
    }
    output.flush()
}

fn page(figures: &Figures) -> Vec<String> {
    let Some((from, to)) = figures.from.zip(figures.to) else {
        return vec!["no runs were chosen".to_owned()];
    };
    let part = if figures.whole { "" } else { ", the newest of those chosen" };
    let mut lines = vec![format!("{}, {} to {}{part}", runs_words(figures.runs), minute(from), minute(to)), String::new()];
    let mut table = Table::new([Side::Left, Side::Left]);
    table.row(["reliability", &reliability(figures)]);
    table.row(["failed", &measured(figures.failure_rate, share_words, "no run tells how it ended")]);
    table.row(["cost per run", &cost(figures)]);
    table.row(["tool calls", &tools(figures)]);
    table.row(["latency", &latency(figures)]);
    table.row(["sensitive data", &human::count(figures.leaks)]);
    lines.extend(table.lines());
    lines.extend(agents(figures));
    lines.extend(savings(figures));
    lines.extend(failures(&figures.failures));
    if figures.rules.len() > 1 {
        lines.extend([
            String::new(),
            format!("judged by several versions of the rules: {}; `doctor --fix` judges all by the newest", figures.rules.join(", ")),
        ]);
    }
    lines
}

/// `2026-11-22 10:00 UTC`.
fn minute(moment: Timestamp) -> String {
    moment.to_jiff().strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// `0.84 (0.79 to 0.88), 120 runs`.
fn measured(found: Option<Measured>, words: fn(f64) -> String, unknown: &str) -> String {
    let Some(found) = found else { return format!("unknown: {unknown}") };
    let interval = match (found.low, found.high) {
        (Some(low), Some(high)) => format!(" ({} to {})", words(low), words(high)),
        _ => String::new(),
    };
    format!("{}{interval}, {}", words(found.value), runs_words(found.runs.into()))
}

fn grade_words(grade: Grade) -> String {
    let provisional = if grade.provisional() { ", provisional" } else { "" };
    format!("{} {:.1} ({:.1} to {:.1}){provisional}", grade.letter, grade.score, grade.interval.low, grade.interval.high)
}

fn reliability(figures: &Figures) -> String {
    let told = figures.grade.map_or_else(|| "unknown: no run tells how it ended".to_owned(), grade_words);
    match figures.unknown_runs {
        0 => told,
        unknown if figures.grade.is_some() => format!("{told}; {} of which nothing is told", runs_words(unknown)),
        _ => told,
    }
}

fn cost(figures: &Figures) -> String {
    let told = measured(figures.cost_per_run, money_words, "no run has a price");
    let unpriced =
        if figures.unpriced_runs > 0 { format!("; {} without a price", runs_words(figures.unpriced_runs)) } else { String::new() };
    if figures.cost_per_run.is_some() { format!("{told}, {} in all{unpriced}", human::money(figures.cost.pico())) } else { told }
}

fn tools(figures: &Figures) -> String {
    let Some(Measured { value, low: Some(low), high: Some(high), runs }) = figures.tool_accuracy else { return "none made".to_owned() };
    let wrong = format!("{} of {} wrong", human::count(figures.wrong_tool_calls), human::count(figures.tool_calls));
    format!("{} right ({} to {}), {wrong}, {}", share_words(value), share_words(low), share_words(high), runs_words(runs.into()))
}

fn latency(figures: &Figures) -> String {
    let mut told = format!("median {}", measured(figures.median_ms, millis_words, "no run tells how long it took"));
    if let Some(p95) = figures.p95_ms {
        told.push_str(&format!("; p95 {}", millis_words(p95.value)));
    }
    if let Some((tools, models)) = figures.tool_time.zip(figures.model_time) {
        told.push_str(&format!("; {} in tools, {} in models", share_words(tools), share_words(models)));
    }
    told
}

fn agents(figures: &Figures) -> Vec<String> {
    let mut table = Table::new([Side::Left, Side::Right, Side::Left, Side::Right]);
    table.row(["agent", "runs", "grade", "cost"]);
    for agent in &figures.agents {
        let grade = agent.grade.map_or_else(|| "unknown".to_owned(), grade_words);
        let cost = if agent.unpriced_runs < agent.runs { human::money(agent.cost.pico()) } else { "unknown".to_owned() };
        table.row([fit(&clean_line(&agent.agent_id), WIDEST / 2).as_ref(), &human::count(agent.runs), &grade, &cost]);
    }
    std::iter::once(String::new()).chain(table.lines().collect::<Vec<_>>()).collect()
}

fn savings(figures: &Figures) -> Vec<String> {
    if figures.savings.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![String::new(), "what could be saved".to_owned()];
    for advice in &figures.savings {
        let (run, day) = (human::money(advice.saved_per_run.pico()), human::money(advice.saved_per_day.pico()));
        lines.push(format!("  {}: {}", clean_line(&advice.agent), clean_line(&advice.says)));
        lines.push(format!(
            "    {run} a run, {day} a day, by {}; grade: {}",
            runs_words(advice.runs.into()),
            clean_line(&advice.risk.says)
        ));
    }
    lines
}

fn failures(groups: &[FailureGroup]) -> Vec<String> {
    if groups.is_empty() {
        return vec![String::new(), "no failures".to_owned()];
    }
    let mut lines = vec![String::new(), "failures, by runs that did not recover".to_owned()];
    for group in groups {
        let runs = format!("{} of {}", human::count(group.unrecovered), runs_words(group.runs));
        lines.push(format!("  {} ({}), {runs} not recovered", fit(&clean_line(&group.title), WIDEST), group.code.code()));
        if let Some(template) = &group.template {
            lines.push(format!("    {}", fit(&clean_line(template), WIDEST)));
        }
        let cause = group.root_cause.as_ref().map(|cause| {
            let step = cause.step.map_or_else(String::new, |step| format!(" step {},", step.0));
            let category = cause.category.as_ref().map_or_else(String::new, |category| format!(" {}:", clean_line(category)));
            format!("root cause:{step}{category} {}", clean_line(&cause.says))
        });
        let cause = cause.unwrap_or_else(|| "root cause: unknown".to_owned());
        lines.push(format!("    {cause}"));
        lines.push(format!("    example: {}", clean_line(group.example.as_str())));
    }
    lines
}
