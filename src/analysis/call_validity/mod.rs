//! Whether the tool calls of a run are the right ones: what each argument rests on, what the request asks for, which tools there were.
//!
//! Where all calls answer one request, everything is weighed: values, numbers and names that are not carried, parts joined by *also* and
//! *then* against the number of calls, tools that fit better. In any other run only the schema and identifiers that nothing had given
//! are looked at; what is not looked at counts as average.

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
    coverage::Carried,
    documentation::Tool,
    feature::{COUNT, Feature, Findings, NAMES},
    request::Request,
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
    /// The tool that fits the request better than one that was called, and that call's index.
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
}

/// Judges the calls of a run.
pub(crate) fn judge<'a>(trace: &'a Trace, calls: &[Call<'a>]) -> Judgement {
    let Some(model) = MODEL.as_ref() else { return Judgement::default() };
    match shape::single_request(trace, calls) {
        Some(request) => Answer::to(&request, trace, calls).judged(model, calls),
        None => among_steps(model, trace, calls),
    }
}

/// The features of a run whose calls answer one request, for fitting.
pub(super) fn measure(trace: &Trace, rules: &Rules) -> Vec<FeatureRow> {
    let run = Run::of(trace, rules, Ended::Unknown);
    let Some(request) = shape::single_request(trace, &run.calls) else { return Vec::new() };
    let answer = Answer::to(&request, trace, &run.calls);
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
    better: Option<&'a str>,
}

impl<'a> Answer<'a> {
    fn to(request: &Request<'a>, trace: &'a Trace, calls: &[Call<'a>]) -> Self {
        let tools: Vec<Tool<'a>> = trace.tools_available.iter().flatten().take(MOST_TOOLS).map(Tool::read).collect();
        let tool_of = |call: &Call<'_>| tools.iter().find(|tool| same_tool(tool.name, call.name));
        let examined: Vec<Examined<'a>> = calls.iter().map(|call| examine(call, tool_of(call), request)).collect();
        let called: Vec<&Tool<'a>> = tools.iter().filter(|tool| calls.iter().any(|call| same_tool(call.name, tool.name))).collect();
        let mut total = Findings::none();
        let carried = Carried::by(calls, request);
        coverage::count(request, &carried, calls, &called, &mut total);
        count::count(request, &carried, calls.len(), &mut total);
        siblings::count(calls, request, &mut total);
        let better = choice::count(request, &tools, calls, &carried.stems, &mut total);
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
            let heaviest = weights(model, &row).into_iter().next();
            JudgedCall {
                log_odds: (call.input.is_some() || call.input_error.is_some()).then(|| model.log_odds(&row)),
                doubt: heaviest.map(|(feature, _)| examined.findings.says(feature)),
                ungrounded: examined.pointers.clone(),
            }
        });
        let row = self.total.row();
        let step_of = |feature: Feature| {
            let shows = |(_, examined): &(&Call<'_>, &Examined<'_>)| !feature.of_whole() && examined.findings.amount(feature) > 0.0;
            calls.iter().zip(&self.calls).filter(shows).map(|(call, _)| call.step).take(MOST_NAMED).collect::<Vec<StepNumber>>()
        };
        let doubts = weights(model, &row).into_iter().take(MOST_DOUBTS).map(|(feature, weight)| {
            let mut steps = step_of(feature);
            steps.dedup();
            Evidence {
                code: feature.name().to_owned(),
                step: steps.first().copied(),
                steps,
                weight: Some(weight),
                says: self.total.says(feature),
            }
        });
        Judgement {
            calls: judged.collect(),
            log_odds: Some(model.log_odds(&row)),
            doubts: doubts.collect(),
            better_tool: self.better.filter(|_| !calls.is_empty()).map(|name| (0, excerpt::name(name).to_owned())),
        }
    }
}

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

/// Judges calls among other steps, by schema and by identifiers alone.
fn among_steps(model: &LinearModel, trace: &Trace, calls: &[Call<'_>]) -> Judgement {
    if calls.is_empty() {
        return Judgement::default();
    }
    let looked = seen::look(trace, calls);
    let mut judged: Vec<JudgedCall> = Vec::with_capacity(calls.len());
    let mut unseen = looked.unseen.iter().peekable();
    let mut invented: Vec<(StepNumber, &str)> = Vec::new();
    for (index, call) in calls.iter().enumerate() {
        let mut named = Vec::new();
        let mut value = None;
        while let Some(found) = unseen.next_if(|found| found.call == index) {
            named.push(found.pointer.clone());
            value = value.or(Some(&*found.value));
        }
        named.truncate(MOST_NAMED);
        invented.extend(value.map(|value| (call.step, value)));
        // What is not looked at is average.
        let mut row = [f64::NAN; COUNT];
        let checked = looked.checked.get(index) == Some(&true);
        if call.schema_known {
            row[Feature::SchemaErrors as usize] = (call.violations.len() as f64).min(5.0).ln_1p();
        }
        if checked {
            row[Feature::RequiredInvented as usize] = (named.len() as f64).min(5.0).ln_1p();
        }
        let told = call.schema_known || checked || call.offered.is_some() || call.returned != Returned::Unsaid;
        judged.push(JudgedCall {
            log_odds: told.then(|| model.log_odds(&row)),
            doubt: value.map(|value| format!("nothing before it gives {}", excerpt::line(value, 60))),
            ungrounded: named,
        });
    }
    let log_odds = judged.iter().filter_map(|call| call.log_odds).min_by(f64::total_cmp);
    let doubts = invented_values(&invented);
    Judgement { calls: judged, log_odds, doubts, better_tool: None }
}

fn invented_values(invented: &[(StepNumber, &str)]) -> Vec<Evidence> {
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
        weight: None,
        says: format!("nothing before the call gives {}", excerpt::list(values.iter(), 4)),
    }]
}

#[cfg(test)]
mod tests;
