//! The tool calls of a run as detectors see them: what was called, whether it existed and fitted, how it came back.

use std::{
    borrow::Cow,
    cell::Cell,
    collections::{HashMap, HashSet},
};

use serde_json::Value;

use super::{
    disguise,
    error_kind::ErrorKind,
    error_text, identity,
    rules::Rules,
    schema::{self, Violation},
    tool_nature::{self, Nature},
};
use crate::model::{
    ids::StepNumber,
    step::Step,
    trace::{ToolDefinition, Trace},
};

/// How a call came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Returned<'a> {
    /// With a result, or marked as gone well.
    Fine,
    /// With an error, whose words may be missing.
    Erred(Cow<'a, str>),
    /// Nothing tells.
    Unsaid,
    /// Asked for by a model and never run.
    NeverRan,
}

/// One tool call.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    /// The place of its step in the trace; for a call that never ran, of the model call that asked for it.
    pub(crate) position: usize,
    /// The number of that step.
    pub(crate) step: StepNumber,
    /// The tool.
    pub(crate) name: &'a str,
    /// Its arguments.
    pub(crate) input: Option<&'a Value>,
    /// Why its arguments could not be read.
    pub(crate) input_error: Option<&'a str>,
    /// Its result.
    pub(crate) output: Option<&'a Value>,
    /// How it came back.
    pub(crate) returned: Returned<'a>,
    /// Whether the tool is among those offered; `None` when the run does not tell which are.
    pub(crate) offered: Option<bool>,
    /// Whether its arguments could be held against a schema.
    pub(crate) schema_known: bool,
    /// Where they do not fit.
    pub(crate) violations: Vec<Violation>,
    /// What its name announces.
    pub(crate) nature: Nature,
    /// Tool and arguments as one number; `None` when the arguments are not known.
    pub(crate) identity: Option<u64>,
    /// The result as one number.
    pub(crate) result: Option<u64>,
}

impl Call<'_> {
    /// Whether it ran and nothing says that it failed. Where a sender tells of errors, a call without one went well.
    pub(crate) fn went_well(&self) -> bool {
        matches!(self.returned, Returned::Fine | Returned::Unsaid)
    }
}

/// The tools a run was offered, by name.
struct Offers<'a> {
    by_name: HashMap<Cow<'a, str>, &'a ToolDefinition>,
    /// Schema parts that may still be looked at, all calls together.
    room: Cell<usize>,
}

/// Tools that frameworks add by themselves, for the model to end a run with.
const FRAMEWORKS_OWN: &[&str] = &["final_answer", "final_result", "finish"];

/// Schema parts looked at in one run: a thousand calls of large schemas, and an end to what a hostile one can cost.
const SCHEMA_PARTS: usize = 1_000_000;

impl<'a> Offers<'a> {
    /// The tools of a trace; `None` when it names none (an empty list is what senders write who do not know).
    fn of(trace: &'a Trace) -> Option<Self> {
        let tools = trace.tools_available.as_deref().filter(|tools| !tools.is_empty())?;
        let by_name = tools.iter().map(|tool| (plain_name(&tool.name), tool)).collect();
        Some(Self { by_name, room: Cell::new(SCHEMA_PARTS) })
    }

    fn get(&self, name: &str) -> Option<&'a ToolDefinition> {
        self.by_name.get(&plain_name(name)).copied()
    }

    /// Whether a tool of this name is lacking. What frameworks add on their own, to end a run or to hand over, is seldom listed and never lacking.
    fn lacks(&self, name: &str) -> bool {
        let added = FRAMEWORKS_OWN.contains(&name) || tool_nature::receiver_in(name).is_some();
        self.get(name).is_none() && !added
    }

    /// Where arguments do not fit the tool's schema; `None` when that cannot be told.
    fn misfits(&self, tool: &ToolDefinition, input: Option<&Value>) -> Option<Vec<Violation>> {
        let mut room = self.room.get();
        let found = schema::check_within(tool.parameters.as_ref()?, input?, &mut room);
        self.room.set(room);
        (room > 0 || !found.is_empty()).then_some(found)
    }
}

/// A tool's name as it is compared: model interfaces do not allow dots in names, so clients turn them into underscores.
fn plain_name(name: &str) -> Cow<'_, str> {
    if name.contains('.') { Cow::Owned(name.replace('.', "_")) } else { Cow::Borrowed(name) }
}

/// All calls of a run in order: those that ran, and those a model asked for in vain because the tool does not exist or the arguments are not JSON.
pub(crate) fn collect<'a>(trace: &'a Trace, rules: &Rules) -> Vec<Call<'a>> {
    let offers = Offers::of(trace);
    let steps = trace.steps.iter().enumerate();
    let mut calls: Vec<Call<'a>> = steps.filter_map(|(position, step)| ran(position, step, offers.as_ref(), rules)).collect();
    // A tool that answers exists, whatever the list of offers says.
    let answering: HashSet<&str> =
        calls.iter().filter(|call| call.offered == Some(false) && call.returned == Returned::Fine).map(|call| call.name).collect();
    for call in calls.iter_mut().filter(|call| answering.contains(call.name)) {
        call.offered = None;
    }
    let vain = asked_in_vain(trace, offers.as_ref(), &calls);
    if !vain.is_empty() {
        calls.extend(vain);
        calls.sort_by_key(|call| call.position);
    }
    calls
}

fn ran<'a>(position: usize, step: &'a Step, offers: Option<&Offers<'a>>, rules: &Rules) -> Option<Call<'a>> {
    let tool = step.tool.as_ref()?;
    let mut call = Call {
        input_error: tool.input_error.as_deref(),
        output: tool.output.as_ref(),
        returned: returned(step, tool.output.as_ref(), rules),
        result: tool.output.as_ref().map(identity::of),
        ..asked(position, step, &tool.name, tool.input.as_ref(), offers)
    };
    if call.input_error.is_some() {
        call.violations.clear();
    }
    Some(call)
}

/// What is known of a call from its request alone.
fn asked<'a>(position: usize, step: &'a Step, name: &'a str, input: Option<&'a Value>, offers: Option<&Offers<'a>>) -> Call<'a> {
    let misfits = offers.and_then(|offers| offers.misfits(offers.get(name)?, input));
    Call {
        position,
        step: step.number,
        name,
        input,
        input_error: None,
        output: None,
        returned: Returned::NeverRan,
        offered: offers.map(|offers| !offers.lacks(name)),
        schema_known: misfits.is_some(),
        violations: misfits.unwrap_or_default(),
        nature: tool_nature::of(name),
        identity: input.map(|input| identity::both(identity::of_text(name), identity::of(input))),
        result: None,
    }
}

fn returned<'a>(step: &'a Step, output: Option<&'a Value>, rules: &Rules) -> Returned<'a> {
    if let Some(error) = step.error.as_deref().filter(|error| !error.trim().is_empty()) {
        return Returned::Erred(Cow::Borrowed(error_text::essence(error)));
    }
    if let Some(disguised) = output.and_then(|output| disguise::error_in(output).or_else(|| no_such_tool(output, rules))) {
        return Returned::Erred(disguised);
    }
    match (step.failed(), step.success, output) {
        (true, ..) => Returned::Erred(Cow::Borrowed("")),
        (_, Some(true), _) | (_, None, Some(_)) => Returned::Fine,
        _ => Returned::Unsaid,
    }
}

/// The short sentence by which some frameworks answer in the place of a tool that does not exist.
fn no_such_tool<'a>(output: &'a Value, rules: &Rules) -> Option<Cow<'a, str>> {
    const LONGEST: usize = 400;
    let text = output.as_str().filter(|text| text.len() <= LONGEST)?;
    let of_tools = ["tool", "Tool", "function", "Function"].iter().any(|word| text.contains(word));
    (of_tools && rules.errors.of(None, text) == ErrorKind::UnknownTool).then_some(Cow::Borrowed(text))
}

/// Requests that could not lead to a call: some frameworks answer the model themselves and leave no tool step.
fn asked_in_vain<'a>(trace: &'a Trace, offers: Option<&Offers<'a>>, ran: &[Call<'a>]) -> Vec<Call<'a>> {
    let hopeless = |name: &str, unreadable: bool| unreadable || offers.is_some_and(|offers| offers.lacks(name));
    let mut requests = trace
        .steps
        .iter()
        .enumerate()
        .flat_map(|(position, step)| {
            step.model.iter().flat_map(move |model| model.requested_tools.iter().map(move |asked| (position, step, asked)))
        })
        .filter(|(_, _, asked)| hopeless(&asked.name, asked.arguments_error.is_some()))
        .peekable();
    if requests.peek().is_none() {
        return Vec::new();
    }
    let ids: HashSet<&str> = trace.steps.iter().filter_map(|step| step.tool.as_ref()?.id.as_deref()).collect();
    let last_by_name: HashMap<&str, usize> = ran.iter().map(|call| (call.name, call.position)).collect();
    requests
        .filter(|(position, _, request)| {
            let by_id = request.id.as_deref().is_some_and(|id| ids.contains(id));
            let by_name = last_by_name.get(request.name.as_str()).is_some_and(|ran| ran > position);
            !by_id && !by_name
        })
        .map(|(position, step, request)| Call {
            input_error: request.arguments_error.as_deref(),
            ..asked(position, step, &request.name, request.arguments.as_ref(), offers)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::analysis::testing::trace;

    fn returned_of(trace: &Trace) -> Vec<Returned<'_>> {
        collect(trace, &Rules::bundled()).into_iter().map(|call| call.returned).collect()
    }

    #[test]
    fn how_a_call_came_back() {
        let trace = trace()
            .tool("a", json!({}))
            .returns(json!("fine"))
            .tool("b", json!({}))
            .fails("denied")
            .tool("c", json!({}))
            .returns(json!({"error": "denied"}))
            .tool("d", json!({}))
            .tool("e", json!({}))
            .marked(false)
            .build();
        let erred = |words: &'static str| Returned::Erred(Cow::Borrowed(words));
        assert_eq!(returned_of(&trace), [Returned::Fine, erred("denied"), erred("denied"), Returned::Unsaid, erred("")]);
    }

    #[test]
    fn a_framework_may_answer_for_a_tool_that_does_not_exist() {
        let trace = trace().tool("lookup", json!({})).returns(json!("lookup is not a valid tool, try one of [get_quote].")).build();
        assert!(matches!(collect(&trace, &Rules::bundled())[0].returned, Returned::Erred(_)));
    }

    #[test]
    fn a_tool_that_answers_exists() {
        let trace = trace()
            .offers("get_quote", json!({}))
            .tool("get_rate", json!({"c": "EUR"}))
            .returns(json!(0.9))
            .tool("get_rate", json!({"c": "XYZ"}))
            .fails("no such currency")
            .build();
        assert!(collect(&trace, &Rules::bundled()).iter().all(|call| call.offered.is_none()));
    }

    #[test]
    fn a_dot_in_an_offered_name_is_an_underscore_in_a_call() {
        let trace = trace().offers("math.factorial", json!({"type": "dict"})).tool("math_factorial", json!({"n": 5})).build();
        assert_eq!(collect(&trace, &Rules::bundled())[0].offered, Some(true));
    }

    #[test]
    fn requests_in_vain_are_calls_that_never_ran() {
        let trace = trace()
            .offers("get_quote", json!({}))
            .model("gpt-4o")
            .asks("lookup_price", json!({"symbol": "ACME"}))
            .asks("get_quote", json!({}))
            .model("gpt-4o")
            .asks_badly("get_quote", "EOF while parsing")
            .model("gpt-4o")
            .asks("submit", json!({}))
            .tool("submit", json!({}))
            .returns(json!("done"))
            .build();
        let calls = collect(&trace, &Rules::bundled());
        let seen: Vec<_> = calls.iter().map(|call| (call.step.0, call.name, call.returned == Returned::NeverRan)).collect();
        assert_eq!(seen, [(1, "lookup_price", true), (2, "get_quote", true), (4, "submit", false)]);
    }
}
