//! Words several places share: grades, results, what was copied. Words come before glyphs, glyphs before colour.

use crate::{
    model::{
        grade::Grade,
        progress::RunState,
        summary::Summary,
        time::Timestamp,
        verdict::{OutcomeSource, OutcomeState},
    },
    text::human,
};

use super::{glyphs::Glyphs, message::FeedbackResult, pane::View, theme::Role};

/// An agent's grade with its number: `B 84`, `C? 75` while provisional, `?` without one.
#[must_use]
pub fn grade(grade: Option<&Grade>) -> String {
    grade.map_or_else(
        || "?".to_owned(),
        |grade| format!("{}{} {:.0}", grade.letter, if grade.provisional() { "?" } else { "" }, grade.score),
    )
}

/// The same with interval: `B 84 (79-88)`.
#[must_use]
pub fn grade_with_interval(value: Option<&Grade>) -> String {
    value.map_or_else(|| "?".to_owned(), |value| format!("{} ({:.0}-{:.0})", grade(Some(value)), value.interval.low, value.interval.high))
}

/// The role that colours a score from 0 to 100.
#[must_use]
pub fn score_role(score: f64) -> Role {
    match score {
        score if score >= 78.0 => Role::Good,
        score if score >= 63.0 => Role::Warn,
        _ => Role::Bad,
    }
}

/// What a vote did: `refund-bot F 45 → D 52 (n=203)`.
#[must_use]
pub fn regraded(done: &FeedbackResult, glyphs: &Glyphs) -> String {
    let runs = done.after.map_or(0, |grade| grade.runs);
    let (before, after) = (grade(done.before.as_ref()), grade(done.after.as_ref()));
    // One vote among many moves less than a point: it is shown to the decimal it moved.
    let (before, after) =
        if before == after { (fine_grade(done.before.as_ref()), fine_grade(done.after.as_ref())) } else { (before, after) };
    format!("{} {before}{}{after} (n={runs})", done.agent, glyphs.to)
}

/// An agent's grade to a tenth of a point: `B 84.3`.
fn fine_grade(grade: Option<&Grade>) -> String {
    grade.map_or_else(
        || "?".to_owned(),
        |grade| format!("{}{} {:.1}", grade.letter, if grade.provisional() { "?" } else { "" }, grade.score),
    )
}

/// How much text that is: `36 characters`, `1,204 characters in 31 lines`.
#[must_use]
pub fn amount(text: &str) -> String {
    let characters = counted(text.chars().count() as u64, "character");
    let lines = text.lines().count() as u64;
    if lines > 1 { format!("{characters} in {}", counted(lines, "line")) } else { characters }
}

/// How a run ended, in a mark and words, with the role that colours it: `ok`, `! tool timed out`, `x ToolError`, `? unknown`; where only its
/// evidence says so `looks ok`, `? looks failed 0.81`, `? undecided`; of a silent failure, perhaps, `ok? looks failed 0.81`; of one that has not ended `running`, and `? no end` when nothing was heard of it for long.
#[must_use]
pub fn result(row: &Summary, view: &View<'_>) -> (String, Role) {
    match row.progress.state(view.now, view.shared.patience) {
        RunState::Running => {
            let troubled = row.failures.iter().any(|mark| !mark.recovered);
            (if troubled { "running, !" } else { "running" }.to_owned(), if troubled { Role::Warn } else { Role::Accent })
        }
        RunState::Lost if row.outcome.state == OutcomeState::Unknown => ("? no end".to_owned(), Role::Warn),
        RunState::Done | RunState::Lost => ended(row),
    }
}

fn ended(row: &Summary) -> (String, Role) {
    let failure = row.worst_failure().map(|mark| mark.code.title());
    match row.outcome.state {
        OutcomeState::Failed if row.outcome.source == Some(OutcomeSource::Inferred) => {
            let with = failure.map(|what| format!(", {what}")).unwrap_or_default();
            (format!("? {}{with}", looks_failed(row)), Role::Warn)
        }
        OutcomeState::Failed => {
            let judged = row.outcome.source == Some(OutcomeSource::Feedback);
            let what = failure.or(judged.then_some("judged wrong")).unwrap_or("failed");
            (format!("x {what}"), Role::Bad)
        }
        OutcomeState::Ok if row.is_doubtful() => {
            let but = failure.map(|what| format!(", {what}")).unwrap_or_default();
            (format!("ok? {}{but}", looks_failed(row)), Role::Warn)
        }
        OutcomeState::Ok => match row.failures.iter().find(|mark| !mark.recovered) {
            Some(mark) => (format!("! ok, but {}", mark.code.title()), Role::Warn),
            None if row.outcome.source == Some(OutcomeSource::Inferred) => ("looks ok".to_owned(), Role::Good),
            None => ("ok".to_owned(), Role::Good),
        },
        OutcomeState::Unknown => match failure {
            Some(what) => (format!("? {what}"), Role::Warn),
            // By its evidence it may have gone either way; the grade beside it has the number.
            None if row.probability.is_some() => ("? undecided".to_owned(), Role::Unknown),
            None => ("? unknown".to_owned(), Role::Unknown),
        },
    }
}

/// How sure its evidence is that a run failed: `looks failed 0.81`.
#[must_use]
pub fn looks_failed(row: &Summary) -> String {
    row.insight.inferred.map_or_else(String::new, |inferred| format!("looks failed {:.2}", 1.0 - inferred.get()))
}

/// What a run cost: `$0.0031`; `~$0.0031` where its tokens were estimated; `None` when not known.
#[must_use]
pub fn cost(row: &Summary) -> Option<String> {
    let known = row.cost.map(|cost| human::money(cost.pico()));
    known.or_else(|| row.insight.estimated_cost.map(|cost| format!("~{}", human::money(cost.pico()))))
}

/// A run's grade with its number and the role that colours it: `B 84`; `None` when nothing tells how it ended.
#[must_use]
pub fn run_grade(row: &Summary) -> Option<(String, Role)> {
    let (letter, probability) = (row.letter()?, row.probability?);
    Some((format!("{} {:.0}", letter.as_str(), probability.percent()), score_role(probability.percent())))
}

/// A moment in eight columns: the time of day, or month and day when it is not of today.
#[must_use]
pub fn moment(at: Timestamp, view: &View<'_>) -> String {
    let zone = &view.shared.zone;
    let day = human::day(at.micros(), zone);
    if day == human::day(view.now.micros(), zone) {
        return human::clock(at.micros(), zone);
    }
    day.split_once('-').map_or(day.clone(), |(_, month_and_day)| month_and_day.to_owned())
}

/// A name to show; what is sent blank is said to have none.
#[must_use]
pub fn name(sent: &str) -> &str {
    if sent.trim().is_empty() { "(no name)" } else { sent }
}

/// A count with its noun: `1 run`, `12,408 runs`.
#[must_use]
pub fn counted(number: u64, one: &str) -> String {
    format!("{} {one}{}", human::count(number), if number == 1 { "" } else { "s" })
}
