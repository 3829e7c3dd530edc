//! A run's steps laid out in time, ready to draw: made once when a trace is fetched, so that drawing costs only what is seen.

use std::{
    collections::HashMap,
    hash::{Hash, Hasher},
};

use xxhash_rust::xxh3::Xxh3Default;

use crate::{
    model::{
        failure::Failure,
        ids::StepNumber,
        money::Money,
        probability::Probability,
        step::{Step, StepKind},
        time::{Elapsed, Timestamp},
        trace::Trace,
        verdict::Verdict,
    },
    text::clean::clean_line,
};

use super::outline::Outline;

/// What the places of the bars rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Start times as sent.
    Clock,
    /// Durations as sent, laid end to end in the order of steps, because start times were not sent.
    Durations,
    /// Only the order: every step the same length, because no times were sent.
    Order,
}

impl Basis {
    /// What the reader must know of it; `None` when bars are what they seem.
    #[must_use]
    pub const fn says(self) -> Option<&'static str> {
        match self {
            Self::Clock => None,
            Self::Durations => Some("start times not sent: end to end"),
            Self::Order => Some("no times sent: in order"),
        }
    }
}

/// What is wrong at a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// In a few words.
    pub says: String,
    /// Whether a later step made up for it.
    pub recovered: bool,
}

/// What the verdict makes of a step beside failures, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sign {
    /// The decisive mistake may be here, with this probability among all steps where one is known.
    Suspect(Option<Probability>),
    /// It lies on the way from the suspected cause to what is seen.
    Chain,
    /// It speaks for or against success, with this weight in log-odds; `None` where it decides alone.
    Evidence(Option<f64>),
}

/// One step as its row shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct StepLine {
    /// Its number.
    pub number: StepNumber,
    /// What it is.
    pub kind: StepKind,
    /// Tells the same step again when the run is read anew and others have come before it.
    pub key: u64,
    /// Its name, cleaned.
    pub name: String,
    /// Where its bar starts, in units of `Waterfall::total`.
    pub start: u64,
    /// How long its bar is, in the same units.
    pub length: u64,
    /// How long it took, if sent.
    pub took: Option<Elapsed>,
    /// Tokens in and out, for model calls that tell.
    pub tokens: Option<(u64, u64)>,
    /// What it cost, where known.
    pub cost: Option<Money>,
    /// What is wrong there.
    pub trouble: Option<Trouble>,
    /// What else the verdict makes of it.
    pub sign: Option<Sign>,
}

/// All steps of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Waterfall {
    /// What the places of the bars rest on.
    pub basis: Basis,
    /// The length of the whole axis: microseconds, or steps where only the order is known. At least 1.
    pub total: u64,
    /// The steps in order.
    pub steps: Vec<StepLine>,
    /// How they lie within each other.
    pub outline: Outline,
    /// The places of the steps at which something is wrong, in order.
    pub troubled: Vec<usize>,
}

impl Waterfall {
    /// Lays out a run.
    #[must_use]
    pub fn new(trace: &Trace, verdict: &Verdict) -> Self {
        let basis = basis(&trace.steps);
        let spans = spans(&trace.steps, basis);
        let mut costs: HashMap<StepNumber, Money> = HashMap::new();
        for line in verdict.cost.lines.iter().filter(|line| !line.estimated) {
            *costs.entry(line.step).or_default() += line.usd;
        }
        let mut troubles: HashMap<StepNumber, Trouble> = HashMap::new();
        // Worst first, so the first failure of a step is the one to tell.
        for failure in &verdict.failures {
            if let Some(step) = failure.step {
                troubles.entry(step).or_insert_with(|| trouble(failure));
            }
        }
        let signs = signs(verdict);
        let mut seen: HashMap<u64, u32> = HashMap::new();
        let steps: Vec<StepLine> = trace
            .steps
            .iter()
            .zip(spans)
            .map(|(step, (start, length))| StepLine {
                number: step.number,
                kind: step.kind,
                key: key(step, &mut seen),
                name: clean_line(&step.name).into_owned(),
                start,
                length,
                took: step.duration,
                tokens: step.model.as_ref().and_then(|model| model.usage).map(|usage| (usage.input_tokens, usage.output_tokens)),
                // What shares a number with a model call did not cost what the model did.
                cost: step.model.as_ref().and_then(|_| costs.get(&step.number).copied()),
                trouble: troubles
                    .remove(&step.number)
                    .or_else(|| step.failed().then(|| Trouble { says: "failed".to_owned(), recovered: false })),
                sign: signs.get(&step.number).copied(),
            })
            .collect();
        let end = steps.iter().map(|step| step.start.saturating_add(step.length)).max().unwrap_or(0);
        let whole = if basis == Basis::Order { 0 } else { trace.execution_time.map_or(0, Elapsed::micros) };
        let troubled = (0..).zip(&steps).filter(|(_, step)| step.trouble.is_some()).map(|(place, _)| place).collect();
        Self { basis, total: end.max(whole).max(1), outline: Outline::nested(&trace.steps, &steps), steps, troubled }
    }

    /// The place in `steps` of the step to open first: the failing one, if any.
    #[must_use]
    pub fn failing(&self) -> Option<usize> {
        let standing = |place: &&usize| self.stands(**place);
        self.troubled.iter().find(standing).or_else(|| self.troubled.first()).copied()
    }

    /// Whether something is wrong at a step that no later one made up for.
    #[must_use]
    pub fn stands(&self, place: usize) -> bool {
        self.steps.get(place).and_then(|step| step.trouble.as_ref()).is_some_and(|trouble| !trouble.recovered)
    }
}

/// What the verdict makes of steps, the gravest of each.
fn signs(verdict: &Verdict) -> HashMap<StepNumber, Sign> {
    let mut signs = HashMap::new();
    if let Some(cause) = &verdict.root_cause {
        for suspect in &cause.suspects {
            signs.entry(suspect.step).or_insert(Sign::Suspect(Some(suspect.probability)));
        }
        if let Some(step) = cause.step {
            signs.entry(step).or_insert(Sign::Suspect(cause.confidence));
        }
        for step in &cause.chain {
            signs.entry(*step).or_insert(Sign::Chain);
        }
    }
    for evidence in &verdict.evidence {
        for step in evidence.step.iter().chain(&evidence.steps) {
            signs.entry(*step).or_insert(Sign::Evidence(evidence.weight));
        }
    }
    signs
}

/// What a step is known by whatever its number: what it is and when it started, and which of those it is that are alike.
fn key(step: &Step, seen: &mut HashMap<u64, u32>) -> u64 {
    let mut hasher = Xxh3Default::new();
    (step.kind, &step.name, step.started, step.tool.as_ref().and_then(|tool| tool.id.as_ref())).hash(&mut hasher);
    let alike = seen.entry(hasher.digest()).and_modify(|count| *count += 1).or_insert(0);
    alike.hash(&mut hasher);
    hasher.finish()
}

fn trouble(failure: &Failure) -> Trouble {
    Trouble { says: failure.code.title().to_owned(), recovered: failure.recovered }
}

/// Start times count when most steps have one; else durations when any step has one.
fn basis(steps: &[Step]) -> Basis {
    let started = steps.iter().filter(|step| step.started.is_some()).count();
    if started > 0 && started * 2 >= steps.len() {
        Basis::Clock
    } else if steps.iter().any(|step| step.duration.is_some()) {
        Basis::Durations
    } else {
        Basis::Order
    }
}

/// Start and length of every bar. A step without a start begins where the one before ended.
fn spans(steps: &[Step], basis: Basis) -> Vec<(u64, u64)> {
    let first = steps.iter().filter_map(|step| step.started).min().unwrap_or_default();
    let since = |at: Timestamp| u64::try_from(at.micros().saturating_sub(first.micros())).unwrap_or(0);
    let mut end = 0;
    steps
        .iter()
        .zip(0u64..)
        .map(|(step, place)| {
            let length = step.duration.map_or(0, Elapsed::micros);
            let span = match basis {
                Basis::Clock => (step.started.map_or(end, since), length),
                Basis::Durations => (end, length),
                Basis::Order => (place, 1),
            };
            end = span.0.saturating_add(span.1);
            span
        })
        .collect()
}

/// The word for a kind of step.
#[must_use]
pub const fn kind_word(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Reasoning => "reason",
        StepKind::ToolCall => "tool",
        StepKind::LlmCall => "llm",
        StepKind::Message => "message",
        StepKind::Retrieval => "fetch",
        StepKind::Decision => "decide",
        StepKind::Handoff => "handoff",
        StepKind::Guardrail => "guard",
        StepKind::Other => "other",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use crate::{model::ids::TraceId, workbench::testing::fixtures};

    use super::*;

    fn laid_out(times: &[(Option<i64>, Option<u64>)]) -> Waterfall {
        let mut trace = Trace::empty(TraceId::new("t").unwrap());
        for (number, (started, duration)) in (1..).zip(times) {
            let mut step = Step::new(StepNumber(number), StepKind::ToolCall, "look");
            step.started = started.map(Timestamp::from_micros);
            step.duration = duration.map(Elapsed::from_micros);
            trace.steps.push(step);
        }
        Waterfall::new(&trace, &fixtures::verdict(&trace.id))
    }

    fn places(waterfall: &Waterfall) -> Vec<(u64, u64)> {
        waterfall.steps.iter().map(|step| (step.start, step.length)).collect()
    }

    #[test]
    fn bars_stand_where_the_clock_says() {
        let waterfall = laid_out(&[(Some(1_000), Some(50)), (Some(1_020), Some(10)), (None, Some(5)), (Some(1_100), None)]);
        assert_eq!((waterfall.basis, waterfall.total), (Basis::Clock, 100));
        assert_eq!(places(&waterfall), [(0, 50), (20, 10), (30, 5), (100, 0)]);
    }

    #[test]
    fn without_start_times_durations_are_laid_end_to_end_and_it_says_so() {
        let waterfall = laid_out(&[(None, Some(50)), (None, None), (None, Some(10))]);
        assert_eq!(waterfall.basis, Basis::Durations);
        assert_eq!(places(&waterfall), [(0, 50), (50, 0), (50, 10)]);
        assert!(waterfall.basis.says().is_some_and(|note| note.contains("not sent")));
    }

    #[test]
    fn without_any_time_only_the_order_is_shown() {
        let waterfall = laid_out(&[(None, None), (None, None)]);
        assert_eq!((waterfall.basis, waterfall.total, places(&waterfall)), (Basis::Order, 2, vec![(0, 1), (1, 1)]));
    }

    #[test]
    fn absurd_times_do_not_overflow() {
        let waterfall = laid_out(&[(Some(i64::MIN), Some(u64::MAX)), (Some(i64::MAX), Some(u64::MAX))]);
        assert_eq!(waterfall.total, u64::MAX);
    }
}
