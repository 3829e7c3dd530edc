//! Whether the tool calls of a run are the right ones: what each argument rests on, what the request asks for, which tools there were.
//!
//! Where all calls answer one request and are all that the run answers, everything is weighed: values, numbers and names that are not
//! carried, parts joined by *also* and *then* against the number of calls, tools that fit better. Where results come back, only the
//! arguments are. In a longer run only identifiers are looked for in what came before the call, and a call that has none gets no figure.

mod argument;
mod choice;
mod count;
mod coverage;
mod documentation;
mod feature;
mod grounding;
mod number;
mod request;
mod seen;
mod shape;
mod siblings;
mod word;

use std::sync::LazyLock;

use self::{
    argument::{Examined, MOST_NAMED, examine},
    choice::Better,
    coverage::Carried,
    documentation::Tool,
    feature::{COUNT, Feature, Findings, NAMES},
    shape::Asked,
};
use super::{
    call::{Call, Returned},
    excerpt,
    features::FeatureRow,
    linear::LinearModel,
    rules::Rules,
    run::{Ended, Run},
};
use crate::model::{ids::StepNumber, trace::Trace, verdict::Evidence};

/// Tools of a run whose documentation is read.
const MOST_TOOLS: usize = 128;

/// Doubts that are said.
const MOST_DOUBTS: usize = 8;

/// A doubt is said from this weight on, in log-odds.
const WORTH_SAYING: f64 = 0.1;

/// Fitted by `benches/fit/tool_calls.py`. `None` would need a broken build: a test reads it.
static MODEL: LazyLock<Option<LinearModel>> =
    LazyLock::new(|| LinearModel::read(include_str!("../../../assets/models/tool_calls.json"), NAMES).ok());

/// The calls of a run, judged.
#[derive(Debug, Default)]
pub(crate) struct Judgement {
    /// Call by call, in order.
    pub(crate) calls: Vec<JudgedCall>,
    /// Log-odds that all calls are right and none is missing; `None` where neither calls nor offers are known.
    pub(crate) log_odds: Option<f64>,
    /// What speaks against them, heaviest first.
    pub(crate) doubts: Vec<Evidence>,
    /// The index of a call, and the tool that fits the request better.
    pub(crate) better_tool: Option<(usize, String)>,
}

/// One call, judged.
#[derive(Debug, Default)]
pub(crate) struct JudgedCall {
    /// Log-odds that it is right; `None` where nothing tells.
    pub(crate) log_odds: Option<f64>,
    /// What speaks against it most.
    pub(crate) doubt: Option<String>,
    /// Arguments whose values nothing gave, as JSON pointers.
    pub(crate) ungrounded: Vec<String>,
    /// Whether such a value can only have been invented: an identifier, or what makes the call more likely wrong than right.
    pub(crate) invented: bool,
}

/// Judges the calls of a run.
pub(crate) fn judge<'a>(trace: &'a Trace, calls: &[Call<'a>]) -> Judgement {
    let Some(model) = MODEL.as_ref() else { return Judgement::default() };
    match shape::single_request(trace, calls) {
        Some(asked) => Answer::to(&asked, trace, calls).judged(model, calls),
        None => among_steps(model, trace, calls),
    }
}

/// The features of a run whose calls answer one request, for fitting.
pub(super) fn measure(trace: &Trace, rules: &Rules) -> Vec<FeatureRow> {
    let run = Run::of(trace, rules, Ended::Unknown);
    let Some(asked) = shape::single_request(trace, &run.calls) else { return Vec::new() };
    let answer = Answer::to(&asked, trace, &run.calls);
    vec![FeatureRow { step: None, values: NAMES.iter().copied().zip(answer.total.row()).collect() }]
}

/// Whether two names are of one tool: model interfaces allow less in names than definitions do.
fn same_tool(one: &str, other: &str) -> bool {
    fn plain(name: &str) -> impl Iterator<Item = u8> + '_ {
        name.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase())
    }
    one == other || (plain(one).eq(plain(other)) && plain(one).next().is_some())
}

/// Calls that answer one request, with all that was counted.
struct Answer<'a> {
    calls: Vec<Examined<'a>>,
    total: Findings<'a>,
    better: Option<Better<'a>>,
}

impl<'a> Answer<'a> {
    fn to(asked: &Asked<'a>, trace: &'a Trace, calls: &[Call<'a>]) -> Self {
        let request = &asked.request;
        let tools: Vec<Tool<'a>> = trace.tools_available.iter().flatten().take(MOST_TOOLS).map(Tool::read).collect();
        let tool_of = |call: &Call<'_>| tools.iter().find(|tool| same_tool(tool.name, call.name));
        let examined: Vec<Examined<'a>> = calls.iter().map(|call| examine(call, tool_of(call), request)).collect();
        let mut total = Findings::none();
        let mut better = None;
        if calls.is_empty() {
            choice::none_called(request, &tools, &mut total);
        } else if asked.ends_with_calls {
            let called: Vec<&Tool<'a>> = tools.iter().filter(|tool| calls.iter().any(|call| same_tool(call.name, tool.name))).collect();
            let carried = Carried::by(calls, request);
            coverage::count(request, &carried, calls, &called, &mut total);
            count::count(request, &carried, calls.len(), &mut total);
            siblings::count(calls, request, &mut total);
            better = choice::count(request, &tools, calls, &carried.stems, &mut total);
        }
        let (mut values, mut ungrounded) = (0, 0);
        for call in &examined {
            total.take(&call.findings);
            values += call.values;
            ungrounded += call.ungrounded;
        }
        let share = if values > 0 { f64::from(ungrounded) / f64::from(values) } else { 0.0 };
        total.set(Feature::UngroundedShare, share);
        Self { calls: examined, total, better }
    }

    fn judged(self, model: &LinearModel, calls: &[Call<'_>]) -> Judgement {
        let judged = calls.iter().zip(&self.calls).map(|(call, examined)| {
            let row = examined.findings.row();
            let weights = weights(model, &row);
            let log_odds = (call.input.is_some() || call.input_error.is_some()).then(|| model.log_odds(&row));
            let of_grounding = |(feature, _): &&(Feature, f64)| GROUNDING.contains(feature);
            let grounding: f64 = weights.iter().filter(of_grounding).map(|(_, weight)| weight).sum();
            JudgedCall {
                log_odds,
                doubt: weights.first().map(|(feature, _)| examined.findings.says(*feature)),
                ungrounded: examined.pointers.clone(),
                invented: log_odds.is_some_and(|log_odds| log_odds < 0.0 && log_odds - grounding > 0.0) && !examined.pointers.is_empty(),
            }
        });
        let log_odds = model.log_odds(&self.total.row());
        Judgement {
            calls: judged.collect(),
            log_odds: Some(log_odds),
            doubts: self.doubts(model, calls),
            better_tool: self.better.filter(|_| log_odds < 0.0 && !self.lacks_calls()).and_then(|better| {
                let index = calls.iter().position(|call| same_tool(call.name, better.called))?;
                Some((index, excerpt::name(better.tool).to_owned()))
            }),
        }
    }

    /// Whether calls seem to be missing: then a tool that was not called may belong beside the others, not in the place of one.
    fn lacks_calls(&self) -> bool {
        [Feature::ListOverCalls, Feature::QuestionsOverCalls, Feature::JoinsOverCalls]
            .iter()
            .any(|feature| self.total.amount(*feature) > 0.0)
    }

    /// What speaks against the calls, heaviest first; what tells of the same thing is said once.
    fn doubts(&self, model: &LinearModel, calls: &[Call<'_>]) -> Vec<Evidence> {
        let weights = weights(model, &self.total.row());
        let teller = |feature: Feature| {
            let told = |by: &&Feature| weights.iter().any(|(known, _)| known == *by);
            feature.told_by().iter().find(told).copied().unwrap_or(feature)
        };
        let mut told: Vec<(Feature, f64)> = Vec::new();
        for (feature, weight) in &weights {
            let feature = teller(*feature);
            match told.iter_mut().find(|(known, _)| *known == feature) {
                Some((_, sum)) => *sum += weight,
                None => told.push((feature, *weight)),
            }
        }
        told.sort_by(|one, other| one.1.total_cmp(&other.1));
        let evidence = |(feature, weight): (Feature, f64)| {
            let shows = |(_, examined): &(&Call<'_>, &Examined<'_>)| !feature.of_whole() && examined.findings.amount(feature) > 0.0;
            let mut steps: Vec<StepNumber> =
                calls.iter().zip(&self.calls).filter(shows).map(|(call, _)| call.step).take(MOST_NAMED).collect();
            steps.dedup();
            let code = feature.name().to_owned();
            Evidence { code, step: steps.first().copied(), steps, weight: Some(weight), says: self.total.says(feature) }
        };
        told.into_iter().take(MOST_DOUBTS).map(evidence).collect()
    }
}

/// What tells of values that the request does not give.
const GROUNDING: [Feature; 4] = [Feature::RequiredInvented, Feature::OptionalInvented, Feature::UngroundedShare, Feature::InventedDate];

/// What speaks against a row, heaviest first: each feature's part of the log-odds, held against a row in which nothing was found.
fn weights(model: &LinearModel, row: &[f64; COUNT]) -> Vec<(Feature, f64)> {
    let nothing = [0.0; COUNT];
    let mut weights: Vec<(Feature, f64)> = model
        .contributions(row)
        .zip(model.contributions(&nothing))
        .filter_map(|((place, found), (_, none))| Some((Feature::at(place)?, found - none)))
        .filter(|(_, weight)| *weight <= -WORTH_SAYING)
        .collect();
    weights.sort_by(|one, other| one.1.total_cmp(&other.1));
    weights
}

/// Judges calls among other steps, by their identifiers alone. What else there is to doubt is not looked for, so it counts as not there.
fn among_steps(model: &LinearModel, trace: &Trace, calls: &[Call<'_>]) -> Judgement {
    if calls.is_empty() {
        return Judgement::default();
    }
    let looked = seen::look(trace, calls);
    let mut judged: Vec<JudgedCall> = Vec::with_capacity(calls.len());
    let mut unseen = looked.unseen.iter().peekable();
    let mut invented: Vec<(StepNumber, &str)> = Vec::new();
    let mut weight = 0.0;
    // Most calls show nothing.
    let clean = model.log_odds(&[0.0; COUNT]);
    for (index, call) in calls.iter().enumerate() {
        let mut named = Vec::new();
        let mut value = None;
        while let Some(found) = unseen.next_if(|found| found.call == index) {
            named.push(found.pointer.clone());
            value = value.or(Some(&*found.value));
        }
        // A tool that answers knew the value, wherever the agent had it from.
        let unknown = if call.returned == Returned::Fine { 0 } else { named.len() };
        invented.extend(value.filter(|_| unknown > 0).map(|value| (call.step, value)));
        let identifiers = looked.identifiers.get(index).copied().unwrap_or(0);
        let mut log_odds = clean;
        if identifiers > 0 && (unknown > 0 || !call.violations.is_empty()) {
            let mut findings = Findings::none();
            findings.set(Feature::SchemaErrors, call.violations.len() as f64);
            findings.set(Feature::RequiredInvented, unknown as f64);
            findings.set(Feature::UngroundedShare, unknown as f64 / f64::from(identifiers));
            let row = findings.row();
            log_odds = model.log_odds(&row);
            weight += weights(model, &row).iter().filter(|(feature, _)| GROUNDING.contains(feature)).map(|(_, weight)| weight).sum::<f64>();
        }
        judged.push(JudgedCall {
            log_odds: (identifiers > 0).then_some(log_odds),
            doubt: value.filter(|_| unknown > 0).map(|value| format!("nothing before it gives {}", excerpt::line(value, 60))),
            invented: unknown > 0,
            ungrounded: {
                named.truncate(MOST_NAMED);
                named
            },
        });
    }
    let log_odds = judged.iter().filter_map(|call| call.log_odds).min_by(f64::total_cmp);
    let doubts = invented_values(&invented, weight);
    Judgement { calls: judged, log_odds, doubts, better_tool: None }
}

fn invented_values(invented: &[(StepNumber, &str)], weight: f64) -> Vec<Evidence> {
    let Some((step, _)) = invented.first() else { return Vec::new() };
    let mut values: Vec<String> = invented.iter().map(|(_, value)| excerpt::line(value, 40)).collect();
    values.dedup();
    let mut steps: Vec<StepNumber> = invented.iter().map(|(step, _)| *step).collect();
    steps.dedup();
    steps.truncate(MOST_NAMED);
    vec![Evidence {
        code: "invented_identifiers".to_owned(),
        step: Some(*step),
        steps,
        weight: Some(weight),
        says: format!("nothing before the call gives {}", excerpt::list(values.iter(), 4)),
    }]
}

#[cfg(test)]
mod tests;
