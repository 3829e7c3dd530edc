//! News and rows as sentences: everything is said in words, the most important first, because it is heard and not looked over.

use crate::{
    engine::event::{Event, TraceNews},
    model::{
        agent::AgentReport,
        decision::Choice,
        failure::FailureCode,
        grade::{Grade, Letter},
        money::Money,
        pattern::PatternReport,
        probability::Probability,
        progress::RunState,
        summary::Summary,
        time::Elapsed,
        verdict::OutcomeState,
    },
    text::{clean::clean_line, human},
};

/// A name as it is said.
fn named(name: &str) -> String {
    let clean = clean_line(name);
    if clean.trim().is_empty() { "no name".to_owned() } else { clean.into_owned() }
}

/// A piece of news as a sentence; `None` for what nobody need hear.
pub(super) fn news(event: &Event) -> Option<String> {
    Some(match event {
        Event::Trace(news) => format!("{}.", arrival(news)),
        Event::Verdict(news) => format!("Judged anew: {}.", arrival(news)),
        Event::Pattern(news) => {
            let subject = news.subject.as_deref().map_or_else(String::new, |subject| format!(" of {}", named(subject)));
            format!("A failure not seen before, in {}: {}{subject}: {}.", named(&news.agent_id), news.code.title(), named(&news.template))
        }
        Event::Decision(decision) => {
            let what = if decision.subject.starts_with("fix:") { "A fix" } else { "A scenario" };
            let done = match decision.choice {
                Choice::Accepted => "accepted",
                Choice::Rejected => "rejected",
                Choice::Applied => "applied",
                Choice::Undone => "undone",
            };
            format!("{what} was {done}.")
        }
    })
}

fn arrival(news: &TraceNews) -> String {
    let agent = named(&news.agent_id);
    if news.state == RunState::Running {
        return format!("{agent}: running, run {}", named(news.trace_id.as_str()));
    }
    let parts = [
        Some(ended(news.outcome, news.failure)),
        graded(news.grade, news.success_probability),
        news.took.map(took),
        news.cost.map(cost),
        Some(format!("run {}", named(news.trace_id.as_str()))),
    ];
    format!("{agent}: {}", parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

/// A row with its number in the list.
pub(super) fn row(number: usize, row: &Summary, now: crate::model::time::Timestamp) -> String {
    let age = i64::try_from(now.since(row.time).as_micros()).unwrap_or(i64::MAX);
    let parts = [
        Some(ended(row.outcome.state, row.worst_failure().map(|mark| mark.code))),
        row.is_doubtful().then(|| "though its evidence says that it failed".to_owned()),
        graded(row.letter(), row.probability),
        Some(format!("{} steps", row.steps)),
        row.took.map(took),
        row.cost.map(cost),
        Some(format!("{} ago", human::age(age))),
        Some(format!("run {}", named(row.trace_id.as_str()))),
    ];
    format!("{number}. {}: {}.", named(&row.agent), parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

fn ended(outcome: OutcomeState, failure: Option<FailureCode>) -> String {
    match (outcome, failure) {
        (OutcomeState::Ok, None) => "ok".to_owned(),
        (OutcomeState::Ok, Some(code)) => format!("ok, but {}", code.title()),
        (OutcomeState::Failed, None) => "failed".to_owned(),
        (OutcomeState::Failed, Some(code)) => format!("failed, {}", code.title()),
        (OutcomeState::Unknown, None) => "nothing tells how it ended".to_owned(),
        (OutcomeState::Unknown, Some(code)) => format!("nothing tells how it ended, {}", code.title()),
    }
}

fn graded(letter: Option<Letter>, probability: Option<Probability>) -> Option<String> {
    Some(format!("grade {} {:.0}", letter?.as_str(), probability?.percent()))
}

fn took(took: Elapsed) -> String {
    human::duration(took.micros())
}

fn cost(cost: Money) -> String {
    human::money(cost.pico())
}

/// A grade with its interval and its count.
pub(super) fn grade(grade: Option<&Grade>) -> String {
    let Some(grade) = grade else { return "no grade, nothing tells how its runs ended".to_owned() };
    let provisional = if grade.provisional() { ", provisional" } else { "" };
    format!(
        "grade {} {:.0}, between {:.0} and {:.0}, over {} runs{provisional}",
        grade.letter.as_str(),
        grade.score,
        grade.interval.low,
        grade.interval.high,
        grade.runs
    )
}

/// An agent in one sentence.
pub(super) fn agent(report: &AgentReport) -> String {
    let spent = report.cost_per_run.map_or_else(|| "cost not known".to_owned(), |money| format!("{} a run", cost(money)));
    let unknown = if report.unknown_runs > 0 { format!(", {} runs tell nothing", report.unknown_runs) } else { String::new() };
    format!("{}: {}, {spent}{unknown}.", named(&report.agent), grade(report.grade.as_ref()))
}

/// A pattern in one sentence.
pub(super) fn pattern(number: usize, report: &PatternReport) -> String {
    let pattern = &report.pattern;
    let agents = pattern.agents.iter().take(3).map(|(agent, _)| named(agent)).collect::<Vec<_>>().join(", ");
    format!("{number}. {}: {} runs, {} did not recover, in {agents}.", named(&report.title), pattern.runs, pattern.unrecovered_runs)
}

/// What changed in the store's writing.
pub(super) fn writing(before: Option<&str>, now: Option<&str>) -> Option<String> {
    match (before, now) {
        (None, Some(reason)) => Some(format!("Nothing can be stored: {}.", named(reason))),
        (Some(_), None) => Some("Traces are stored again.".to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_changes_of_the_store_are_told() {
        assert_eq!(writing(None, Some("disk\u{7} full")).as_deref(), Some("Nothing can be stored: disk\u{fffd} full."));
        assert_eq!(writing(Some("disk full"), None).as_deref(), Some("Traces are stored again."));
        assert_eq!(writing(Some("disk full"), Some("disk full")), None);
    }

    #[test]
    fn how_a_run_ended_is_said_in_words() {
        assert_eq!(ended(OutcomeState::Failed, FailureCode::from_code("tool.timeout")), "failed, tool timed out");
        assert_eq!(ended(OutcomeState::Unknown, None), "nothing tells how it ended");
    }
}
