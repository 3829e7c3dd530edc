//! Everything in a run that went wrong and says so, each error once, with the one code it goes by.

use std::{borrow::Cow, cell::OnceCell, collections::HashSet};

use super::{
    call::{Call, Returned},
    error_kind::ErrorKind,
    error_text, excerpt,
    rules::Rules,
    tool_nature::Nature,
    turn::Turn,
};
use crate::model::{
    failure::FailureCode,
    ids::StepNumber,
    step::{Step, StepKind},
    trace::Trace,
};

/// Where an error was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    /// In the tool call with this index.
    Call(usize),
    /// In the model call with this index.
    Turn(usize),
    /// In a step of another kind.
    Step,
    /// Only at the end of the run.
    Run,
}

/// One error.
#[derive(Debug)]
pub(crate) struct Fault<'a> {
    /// The place of its step in the trace; the number of steps for an error of the run alone.
    pub(crate) position: usize,
    /// The number of that step.
    pub(crate) step: Option<StepNumber>,
    /// Where it was seen.
    pub(crate) seen: Seen,
    /// What its words tell of.
    pub(crate) kind: ErrorKind,
    /// The failure it is.
    pub(crate) code: FailureCode,
    /// The tool or model concerned.
    pub(crate) subject: Option<&'a str>,
    /// Its words, without traceback; empty when there are none.
    pub(crate) message: Cow<'a, str>,
    /// Whether the run ended with this error.
    pub(crate) ended_run: bool,
    /// Whether the tool answered all the same: nothing is left to make up for.
    pub(crate) harmless: bool,
    /// Whether something made up for it; set by [`super::recovery::settle`].
    pub(crate) recovered: bool,
}

impl<'a> Fault<'a> {
    pub(crate) fn new(
        position: usize,
        step: Option<StepNumber>,
        seen: Seen,
        kind: ErrorKind,
        code: FailureCode,
        message: Cow<'a, str>,
    ) -> Self {
        Self { position, step, seen, kind, code, subject: None, message, ended_run: false, harmless: false, recovered: false }
    }

    /// The same with its tool or model.
    pub(crate) fn about(self, subject: &'a str) -> Self {
        Self { subject: Some(subject), ..self }
    }
}

/// The errors of all steps, in order: at most one for a tool call or model call, and none that only repeats another's words.
pub(crate) fn collect<'a>(trace: &'a Trace, rules: &Rules, calls: &[Call<'a>], turns: &[Turn<'a>]) -> Vec<Fault<'a>> {
    let tools = KnownTools::of(trace, calls);
    let mut faults: Vec<Fault<'a>> = Vec::new();
    faults.extend(calls.iter().enumerate().filter_map(|(index, call)| of_call(index, call, rules)));
    faults.extend(turns.iter().enumerate().filter(|(_, turn)| turn.erred).map(|(index, turn)| of_turn(index, turn, trace, rules, &tools)));
    faults.sort_by_key(|fault| fault.position);
    let others = of_other_steps(trace, rules, &faults);
    if !others.is_empty() {
        faults.extend(others);
        faults.sort_by_key(|fault| fault.position);
    }
    faults
}

/// What went wrong with a call. What its arguments or its name show explains an error whose words do not.
fn of_call<'a>(index: usize, call: &Call<'a>, rules: &Rules) -> Option<Fault<'a>> {
    let misfit = call.input_error.map(|error| Cow::Owned(format!("the arguments are not JSON: {}", excerpt::quoted(error))));
    let misfit = misfit.or_else(|| call.violations.first().map(|first| Cow::Owned(first.to_string())));
    let unknown = call.offered == Some(false);
    let (kind, code, message) = match &call.returned {
        Returned::Erred(words) => {
            let kind = match rules.errors.of(None, words) {
                ErrorKind::UnknownTool if !unknown && tells_of_another(words, call.name) => ErrorKind::Other,
                ErrorKind::Other if unknown => ErrorKind::UnknownTool,
                ErrorKind::Other if misfit.is_some() => ErrorKind::BadArguments,
                kind => kind,
            };
            let message =
                if words.is_empty() { misfit.filter(|_| kind == ErrorKind::BadArguments).unwrap_or_default() } else { words.clone() };
            (kind, call_code(call, kind), message)
        }
        Returned::Unsaid | Returned::NeverRan if unknown => {
            (ErrorKind::UnknownTool, FailureCode::ToolMissing, Cow::Borrowed("it is not among the tools offered"))
        }
        _ => (ErrorKind::BadArguments, FailureCode::ToolBadArguments, misfit?),
    };
    let fault = Fault::new(call.position, Some(call.step), Seen::Call(index), kind, code, message).about(call.name);
    Some(Fault { harmless: call.returned == Returned::Fine, ..fault })
}

/// Whether the words quote the name of a tool that is not the one called: then the tool ran, and what it looked for is called a tool too.
fn tells_of_another(words: &str, called: &str) -> bool {
    let quoted = |quote: char| {
        let at = ["tool ", "Tool ", "tools ", "Tools "]
            .into_iter()
            .find_map(|word| words.find(&format!("{word}{quote}")).map(|at| at + word.len() + 1))?;
        words.get(at..)?.split(quote).next()
    };
    ['\'', '"', '`'].into_iter().find_map(quoted).is_some_and(|name| !called.ends_with(name) && !name.ends_with(called))
}

fn of_turn<'a>(index: usize, turn: &Turn<'a>, trace: &'a Trace, rules: &Rules, tools: &KnownTools<'_, 'a>) -> Fault<'a> {
    let words = trace.steps.get(turn.position).and_then(|step| step.error.as_deref()).map_or("", error_text::essence);
    let kind = rules.errors.of(None, words);
    let fault = Fault::new(turn.position, Some(turn.step), Seen::Turn(index), kind, model_code(kind), Cow::Borrowed(words));
    if !matches!(kind, ErrorKind::UnknownTool | ErrorKind::BadArguments) {
        return fault.about(turn.name);
    }
    // Some frameworks raise on the model's step what is wrong with the tool it asked for.
    match tools.named_in(words) {
        Some(tool) => Fault { code: tool_code(kind), ..fault.about(tool) },
        None if kind == ErrorKind::UnknownTool => fault,
        None => fault.about(turn.name),
    }
}

/// Errors on steps that are neither tool nor model calls. Those around a failed call repeat its words: the innermost counts.
fn of_other_steps<'a>(trace: &'a Trace, rules: &Rules, known: &[Fault<'a>]) -> Vec<Fault<'a>> {
    let failed = |step: &Step| step.tool.is_none() && step.model.is_none() && step.failed();
    if !trace.steps.iter().any(failed) {
        return Vec::new();
    }
    let mut told: HashSet<&str> = known.iter().map(|fault| fault.message.as_ref()).collect();
    let mut faults = Vec::new();
    // Steps that enclose others come before them, so the last with the same words is the innermost.
    for (position, step) in trace.steps.iter().enumerate().rev().filter(|(_, step)| failed(step)) {
        let words = step.error.as_deref().map_or("", error_text::essence);
        let repeats =
            if words.is_empty() { !known.is_empty() } else { near(known, position).any(|fault| error_text::same(&fault.message, words)) };
        if repeats || !told.insert(words) {
            continue;
        }
        let kind = rules.errors.of(None, words);
        let fault = Fault::new(position, Some(step.number), Seen::Step, kind, FailureCode::Unclassified, Cow::Borrowed(words));
        faults.push(match step.kind {
            StepKind::Retrieval => Fault { code: tool_code(kind), ..fault.about(&step.name) },
            StepKind::Handoff => Fault { code: FailureCode::BadHandoff, ..fault.about(&step.name) },
            _ => Fault { code: whole_code(kind), ..fault },
        });
    }
    faults
}

/// The errors closest to a place, before and after: enough to know a repetition, few enough for any length of run.
fn near<'f, 'a>(faults: &'f [Fault<'a>], position: usize) -> impl Iterator<Item = &'f Fault<'a>> {
    const EACH_SIDE: usize = 4;
    let middle = faults.partition_point(|fault| fault.position < position);
    faults[middle.saturating_sub(EACH_SIDE)..faults.len().min(middle + EACH_SIDE)].iter()
}

/// The names of all tools a run knows of, gathered when the first is asked for.
pub(crate) struct KnownTools<'r, 'a> {
    trace: &'a Trace,
    calls: &'r [Call<'a>],
    names: OnceCell<HashSet<&'a str>>,
}

impl<'r, 'a> KnownTools<'r, 'a> {
    pub(crate) fn of(trace: &'a Trace, calls: &'r [Call<'a>]) -> Self {
        Self { trace, calls, names: OnceCell::new() }
    }

    /// The tool of this name, called or offered.
    pub(crate) fn get(&self, name: &str) -> Option<&'a str> {
        let offered = || self.trace.tools_available.iter().flatten().map(|tool| tool.name.as_str());
        self.names.get_or_init(|| self.calls.iter().map(|call| call.name).chain(offered()).collect()).get(name).copied()
    }

    /// The tool that an error text names: `Error running tool get_quote: …`, ``Failed to invoke Tool `get_quote` ``.
    pub(crate) fn named_in(&self, text: &str) -> Option<&'a str> {
        const NAMES_LOOKED_AT: usize = 8;
        let text = excerpt::head(text, error_text::MESSAGE_BYTES);
        let lower = text.to_ascii_lowercase();
        lower.match_indices("tool").take(NAMES_LOOKED_AT).find_map(|(at, word)| {
            let rest = text.get(at + word.len()..)?.trim_start_matches([' ', '\'', '"', '`', ':']);
            let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))).unwrap_or(rest.len());
            self.get(rest[..end].trim_end_matches('.'))
        })
    }
}

/// The code of an error that a call came back with; handing over is a tool call only in form.
pub(crate) fn call_code(call: &Call<'_>, kind: ErrorKind) -> FailureCode {
    if call.nature == Nature::HandsOver { FailureCode::BadHandoff } else { tool_code(kind) }
}

/// The code of an error that a tool came back with.
pub(crate) const fn tool_code(kind: ErrorKind) -> FailureCode {
    match kind {
        ErrorKind::Timeout => FailureCode::ToolTimeout,
        ErrorKind::RateLimit => FailureCode::ToolRateLimit,
        ErrorKind::Unavailable => FailureCode::ToolUnavailable,
        ErrorKind::UnknownTool => FailureCode::ToolMissing,
        ErrorKind::BadArguments => FailureCode::ToolBadArguments,
        ErrorKind::Auth | ErrorKind::Permission => FailureCode::ToolPermission,
        // A tool may be an agent of its own.
        ErrorKind::StepLimit => FailureCode::NoTermination,
        ErrorKind::ContextOverflow => FailureCode::ContextOverflow,
        ErrorKind::ContentFilter | ErrorKind::Format | ErrorKind::Other => FailureCode::ToolError,
    }
}

/// The code of an error that a model call came back with.
pub(crate) const fn model_code(kind: ErrorKind) -> FailureCode {
    match kind {
        ErrorKind::StepLimit => FailureCode::NoTermination,
        ErrorKind::ContextOverflow => FailureCode::ContextOverflow,
        ErrorKind::ContentFilter => FailureCode::Refusal,
        ErrorKind::Format => FailureCode::WrongFormat,
        ErrorKind::Auth | ErrorKind::Permission => FailureCode::ModelAuth,
        ErrorKind::UnknownTool => FailureCode::ToolMissing,
        ErrorKind::RateLimit | ErrorKind::Timeout | ErrorKind::Unavailable | ErrorKind::BadArguments | ErrorKind::Other => {
            FailureCode::ModelError
        }
    }
}

/// The code of an error of which nothing tells whether a tool or a model gave it.
pub(crate) const fn whole_code(kind: ErrorKind) -> FailureCode {
    match kind {
        ErrorKind::StepLimit => FailureCode::NoTermination,
        ErrorKind::ContextOverflow => FailureCode::ContextOverflow,
        ErrorKind::ContentFilter => FailureCode::Refusal,
        ErrorKind::Format => FailureCode::WrongFormat,
        ErrorKind::UnknownTool => FailureCode::ToolMissing,
        _ => FailureCode::Unclassified,
    }
}
