//! Answers to requests, from the same facts as the panes; remembers what was listed last, so that a run can be named by its number.

use super::{
    request::{self, Request},
    sentences,
};
use crate::{
    engine::{
        Engine,
        error::EngineError,
        event::Event,
        facts::{Facts, TraceDetail},
        judgement::FeedbackInput,
        window::Window,
    },
    model::{cost_report::Breakdown, ids::TraceId},
    query::Filter,
    text::{clean::clean_line, human},
};

/// Rows of a list: as many as are heard with patience.
const LISTED: usize = 10;

/// Steps of a run that are told.
const STEPS: usize = 40;

/// Answers one person.
pub(super) struct Desk {
    engine: Engine,
    listed: Vec<TraceId>,
    telling: bool,
}

impl Desk {
    pub(super) const fn new(engine: Engine) -> Self {
        Self { engine, listed: Vec::new(), telling: true }
    }

    /// What to say of a piece of news.
    pub(super) fn hear(&self, event: &Event) -> Option<String> {
        self.telling.then(|| sentences::news(event)).flatten()
    }

    /// The answer to a request, line by line.
    pub(super) async fn answer(&mut self, request: Request) -> Vec<String> {
        match request {
            Request::Nothing | Request::Quit => Vec::new(),
            Request::Help => request::help(),
            Request::Tell(telling) => {
                self.telling = telling;
                vec![if telling { "What arrives is told." } else { "What arrives is not told; runs lists it." }.to_owned()]
            }
            Request::Judge { run, correct, notes } => self.judge(&run, correct, notes).await,
            Request::Runs(filter) => {
                let asked = filter.clone();
                let found = self.read(move |facts| runs(facts, &asked)).await;
                found.map_or_else(
                    |problem| vec![problem],
                    |(ids, lines)| {
                        self.listed = ids;
                        lines
                    },
                )
            }
            Request::Show(run) => {
                let id = self.named(&run);
                self.told(move |facts| show(facts, &id)).await
            }
            Request::Grade => self.told(grades).await,
            Request::Cost => self.told(costs).await,
            Request::Failures => self.told(failures).await,
        }
    }

    /// A run by its number in the last list, else by its id.
    fn named(&self, run: &str) -> String {
        let listed = run.parse::<usize>().ok().and_then(|number| self.listed.get(number.checked_sub(1)?));
        listed.map_or_else(|| run.to_owned(), ToString::to_string)
    }

    async fn read<T: Send + 'static>(&self, work: impl FnOnce(&Facts) -> Result<T, String> + Send + 'static) -> Result<T, String> {
        let engine = self.engine.clone();
        let done = tokio::task::spawn_blocking(move || work(&engine.facts().map_err(said)?)).await;
        done.unwrap_or_else(|_| Err("That could not be read.".to_owned()))
    }

    async fn told(&self, work: impl FnOnce(&Facts) -> Result<Vec<String>, String> + Send + 'static) -> Vec<String> {
        self.read(work).await.unwrap_or_else(|problem| vec![problem])
    }

    async fn judge(&self, run: &str, correct: Option<bool>, notes: String) -> Vec<String> {
        let Ok(id) = TraceId::new(&self.named(run)) else { return vec![missing(run)] };
        let input = match correct {
            None => FeedbackInput::Clear,
            correct => FeedbackInput::Give { correct, score: None, notes: (!notes.is_empty()).then_some(notes) },
        };
        vec![match self.engine.feedback(&id, input).await {
            Ok(done) => format!(
                "Recorded. {} was at {}, and is at {}.",
                clean_line(&done.agent),
                sentences::grade(done.grade_before.as_ref()),
                sentences::grade(done.grade_after.as_ref())
            ),
            Err(error) => format!("Not recorded: {}.", said(error)),
        }]
    }
}

fn said(error: EngineError) -> String {
    clean_line(&error.to_string()).into_owned()
}

fn missing(run: &str) -> String {
    format!("There is no run {}; runs lists the newest.", clean_line(run))
}

fn runs(facts: &Facts, filter: &str) -> Result<(Vec<TraceId>, Vec<String>), String> {
    let filter = Filter::parse(filter, facts.now()).map_err(|error| format!("That is no filter: {error}."))?;
    let rows = facts.matching(&filter, LISTED).map_err(said)?;
    let mut lines: Vec<String> = rows.iter().enumerate().map(|(place, row)| sentences::row(place + 1, row, facts.now())).collect();
    if lines.is_empty() {
        lines.push(if filter.shows_all() { "No runs yet." } else { "No run matches." }.to_owned());
    }
    Ok((rows.into_iter().map(|row| row.trace_id).collect(), lines))
}

fn show(facts: &Facts, run: &str) -> Result<Vec<String>, String> {
    let id = TraceId::new(run).map_err(|_| missing(run))?;
    let found = facts.find(&id).map_err(said)?.ok_or_else(|| missing(run))?;
    let TraceDetail { summary, trace, verdict } = facts.trace(found).map_err(said)?.ok_or_else(|| missing(run))?;
    let mut lines = vec![sentences::row(1, &summary, facts.now())];
    let says = |head: &str, text: &str| format!("{head}: {}", clean_line(text));
    lines.extend(verdict.root_cause.as_ref().map(|cause| says("Suspected", &cause.says)));
    lines.extend(verdict.failures.iter().map(|failure| says("Failure", &failure.says)));
    lines.extend(
        verdict
            .evidence
            .iter()
            .map(|piece| says(&piece.weight.map_or_else(|| "Evidence".to_owned(), |weight| format!("Evidence {weight:+.1}")), &piece.says)),
    );
    for step in trace.steps.iter().take(STEPS) {
        let how = if step.failed() { ", failed" } else { "" };
        let text = step.error.as_deref().or(step.content.as_deref()).unwrap_or_default();
        let text = crate::text::width::fit(&clean_line(text), 200).into_owned();
        lines.push(format!("Step {}, {}{how}{}{text}", step.number.0, clean_line(&step.name), if text.is_empty() { "" } else { ": " }));
    }
    if trace.steps.len() > STEPS {
        lines.push(format!("And {} steps more.", trace.steps.len() - STEPS));
    }
    Ok(lines)
}

fn grades(facts: &Facts) -> Result<Vec<String>, String> {
    let agents = facts.agents(Window::Auto).map_err(said)?;
    Ok(or_say(agents.iter().map(sentences::agent).collect(), "No agent has run yet."))
}

fn costs(facts: &Facts) -> Result<Vec<String>, String> {
    let report = facts.costs(Window::Week, Breakdown::Model).map_err(said)?;
    let money = |money: crate::model::money::Money| human::money(money.pico());
    let mut lines = vec![format!(
        "{} in seven days over {} runs, {} of them without a known cost; {} today.",
        money(report.total),
        report.runs,
        report.unpriced_runs,
        money(report.today)
    )];
    lines.extend(report.shares.iter().map(|share| {
        format!("{}: {}, {}, {} calls.", clean_line(&share.name), money(share.cost), human::percent(share.share), share.count)
    }));
    Ok(lines)
}

fn failures(facts: &Facts) -> Result<Vec<String>, String> {
    let patterns = facts.patterns(LISTED).map_err(said)?;
    let lines = patterns.iter().enumerate().map(|(place, report)| sentences::pattern(place + 1, report)).collect();
    Ok(or_say(lines, "No failures so far."))
}

fn or_say(lines: Vec<String>, nothing: &str) -> Vec<String> {
    if lines.is_empty() { vec![nothing.to_owned()] } else { lines }
}
