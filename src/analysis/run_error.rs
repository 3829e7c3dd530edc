//! The error that ended a run: which step's error it repeats, or whose it is when no step tells.

use std::borrow::Cow;

use super::{
    call::{Call, Returned},
    error_kind::ErrorKind,
    error_text, excerpt,
    fault::{self, Fault, KnownTools, Seen},
    rules::Rules,
    turn::Turn,
};
use crate::model::{
    failure::FailureCode,
    trace::{RunError, Trace},
};

/// Errors compared with the run's own, from the last one back.
const COMPARED: usize = 64;

/// Exception types and modules by which only model clients raise.
const MODEL_CLIENTS: &[&str] = &[
    "openai.",
    "anthropic.",
    "google.genai",
    "google.api_core",
    "mistralai",
    "cohere.",
    "groq.",
    "litellm.",
    "ollama.",
    "langchain_openai",
    "langchain_anthropic",
    "langchain_google",
    "LMTransportError",
    "LMRateLimitError",
    "APITimeoutError",
    "APIConnectionError",
    "APIStatusError",
    "AgentGenerationError",
    "ChatClientException",
    "ServiceResponseException",
    "ModelHTTPError",
    "ModelServerError",
    "ModelThrottledException",
    "ModelProviderError",
    "_ResourceExhaustedError",
    "Error code: ",
];

/// The words of a run's error: its message, else its type; `None` when it has neither.
pub(crate) fn words(error: &RunError) -> Option<&str> {
    let said = |text: &Option<String>| text.as_deref().map(str::trim).is_some_and(|text| !text.is_empty());
    if said(&error.message) {
        error.message.as_deref().map(error_text::essence)
    } else if said(&error.kind) {
        error.kind.as_deref().map(error_text::essence)
    } else {
        error.traceback.as_deref().map(error_text::essence).filter(|text| !text.is_empty())
    }
}

/// The error as one line: `ToolError: amount must be a number`.
pub(crate) fn in_full(error: &RunError) -> Option<String> {
    let words = words(error)?;
    Some(match error.kind.as_deref().map(str::trim).filter(|kind| !kind.is_empty() && !words.starts_with(kind)) {
        Some(kind) => format!("{}: {words}", excerpt::name(kind)),
        None => words.to_owned(),
    })
}

/// Adds the run's error to those of its steps: as the one it repeats, or as one of its own.
///
/// In this order: the step the sender names; the step with the same words; the last step, if it failed and the run says nothing else; the tool
/// that the text or the traceback names; the model, if only model clients raise such an error; the call that was still open; the run itself.
pub(crate) fn attach<'a>(faults: &mut Vec<Fault<'a>>, trace: &'a Trace, rules: &Rules, calls: &[Call<'a>], turns: &[Turn<'a>]) {
    let Some(error) = &trace.error else { return };
    let Some(said) = words(error) else { return };
    let kind = rules.errors.of(error.kind.as_deref(), said);
    let of_run = Evidence { trace, error, said, kind, calls, turns, tools: KnownTools::of(trace, calls) };
    if let Some(at) = of_run.repeated(faults) {
        let fault = &mut faults[at];
        fault.ended_run = true;
        of_run.tells_more_of(fault);
        return;
    }
    let mut own = of_run.placed().unwrap_or_else(|| of_run.of_the_run());
    own.ended_run = true;
    let at = faults.partition_point(|fault| fault.position <= own.position);
    faults.insert(at, own);
}

/// What is known of the run's error.
struct Evidence<'r, 'a> {
    trace: &'a Trace,
    error: &'a RunError,
    said: &'a str,
    kind: ErrorKind,
    calls: &'r [Call<'a>],
    turns: &'r [Turn<'a>],
    tools: KnownTools<'r, 'a>,
}

impl<'a> Evidence<'_, 'a> {
    /// Which of the steps' errors this is.
    fn repeated(&self, faults: &[Fault<'a>]) -> Option<usize> {
        if let Some(step) = self.error.failed_at_step
            && let Some(at) = faults.iter().rposition(|fault| fault.step == Some(step))
        {
            return Some(at);
        }
        if self.kind == ErrorKind::StepLimit {
            return None;
        }
        let recent = faults.len().saturating_sub(COMPARED);
        let same_words = |fault: &Fault<'a>| !fault.message.is_empty() && error_text::same(&fault.message, self.said);
        // A call that never ran leaves an error of its own kind behind: KeyError: 'lookup_price', or JSON that does not parse.
        let from_vain = |fault: &Fault<'a>| match fault.seen {
            Seen::Call(index) => self.calls.get(index).is_some_and(|call| {
                call.returned == Returned::NeverRan
                    && (self.said.contains(call.name) || (self.kind == ErrorKind::Format && call.input_error.is_some()))
            }),
            _ => false,
        };
        let recent_match = faults[recent..].iter().rposition(|fault| same_words(fault) || from_vain(fault)).map(|at| recent + at);
        recent_match.or_else(|| {
            let last = faults.last()?;
            let nothing_after = self.last_act().is_none_or(|act| act <= last.position);
            let fits = self.kind == ErrorKind::Other || self.kind == last.kind || last.kind == ErrorKind::Other;
            (nothing_after && fits && !last.harmless).then(|| faults.len() - 1)
        })
    }

    /// Gives a step's error the words and the kind that only the run's has.
    fn tells_more_of(&self, fault: &mut Fault<'a>) {
        if fault.message.is_empty() {
            fault.message = Cow::Borrowed(self.said);
        }
        if fault.kind == ErrorKind::Other && self.kind != ErrorKind::Other {
            fault.kind = self.kind;
            fault.code = match fault.seen {
                Seen::Call(index) => self.calls.get(index).map_or(fault.code, |call| fault::call_code(call, self.kind)),
                Seen::Turn(_) => fault::model_code(self.kind),
                Seen::Step | Seen::Run => fault.code,
            };
        }
    }

    /// The place of the last tool or model call.
    fn last_act(&self) -> Option<usize> {
        let call = self.calls.last().map(|call| call.position);
        call.max(self.turns.last().map(|turn| turn.position))
    }

    /// The error at the step it belongs to, where that can be told.
    fn placed(&self) -> Option<Fault<'a>> {
        if let Some(step) = self.error.failed_at_step
            && let Some(position) = self.trace.steps.iter().position(|known| known.number == step)
        {
            // Several things may share a number: the call is what fails, then the model, then whatever else it is.
            let call = self.calls.iter().rposition(|call| call.step == step && call.returned != Returned::NeverRan);
            let turn = self.turns.iter().rposition(|turn| turn.step == step);
            return Some(match (call, turn) {
                (Some(call), _) => self.of_call(call),
                (None, Some(turn)) => self.of_turn(turn),
                (None, None) => {
                    Fault::new(position, Some(step), Seen::Step, self.kind, fault::whole_code(self.kind), Cow::Borrowed(self.said))
                }
            });
        }
        if self.kind == ErrorKind::StepLimit {
            return None;
        }
        if let Some(name) = self.tools.named_in(self.said).or_else(|| self.tool_in_traceback()) {
            let last = self.calls.iter().rposition(|call| call.name == name && call.returned != Returned::Fine);
            return Some(match last {
                Some(call) => self.of_call(call),
                None => self.whole(fault::tool_code(self.kind)).about(name),
            });
        }
        let raised_by_client = |text: &str| MODEL_CLIENTS.iter().any(|mark| text.contains(mark));
        if raised_by_client(self.error.kind.as_deref().unwrap_or_default()) || raised_by_client(self.said) {
            return Some(match self.turns.last() {
                Some(last) if last.call.output.is_none() && last.call.finish_reason.is_none() => self.of_turn(self.turns.len() - 1),
                Some(last) => self.whole(fault::model_code(self.kind)).about(last.name),
                None => self.whole(fault::model_code(self.kind)),
            });
        }
        self.open()
    }

    /// The last call, if it never came back.
    fn open(&self) -> Option<Fault<'a>> {
        let act = self.last_act()?;
        if !(self.kind.transient()
            || matches!(self.kind, ErrorKind::Other | ErrorKind::Auth | ErrorKind::Permission | ErrorKind::BadArguments))
        {
            return None;
        }
        match (self.calls.last(), self.turns.last()) {
            (Some(call), _) if call.position == act && call.returned == Returned::Unsaid => Some(self.of_call(self.calls.len() - 1)),
            (_, Some(turn)) if turn.position == act && turn.call.output.is_none() && turn.call.usage.is_none() => {
                Some(self.of_turn(self.turns.len() - 1))
            }
            _ => None,
        }
    }

    /// The error as the run's alone. A bare time limit over the whole run is a limit.
    fn of_the_run(&self) -> Fault<'a> {
        let only_models = self.calls.is_empty() && !self.turns.is_empty();
        let code = match self.kind {
            ErrorKind::Timeout => FailureCode::NoTermination,
            ErrorKind::RateLimit | ErrorKind::Unavailable | ErrorKind::Auth | ErrorKind::Permission if only_models => {
                fault::model_code(self.kind)
            }
            kind => fault::whole_code(kind),
        };
        let last = self.trace.steps.last().filter(|_| code == FailureCode::NoTermination);
        Fault { step: last.map(|step| step.number), ..self.whole(code) }
    }

    /// The error without a step.
    fn whole(&self, code: FailureCode) -> Fault<'a> {
        Fault::new(self.trace.steps.len(), None, Seen::Run, self.kind, code, Cow::Borrowed(self.said))
    }

    fn of_call(&self, index: usize) -> Fault<'a> {
        let Some(call) = self.calls.get(index) else { return self.of_the_run() };
        let code = fault::call_code(call, self.kind);
        Fault::new(call.position, Some(call.step), Seen::Call(index), self.kind, code, Cow::Borrowed(self.said)).about(call.name)
    }

    fn of_turn(&self, index: usize) -> Fault<'a> {
        let Some(turn) = self.turns.get(index) else { return self.of_the_run() };
        let code = fault::model_code(self.kind);
        Fault::new(turn.position, Some(turn.step), Seen::Turn(index), self.kind, code, Cow::Borrowed(self.said)).about(turn.name)
    }

    /// The tool whose function is the innermost frame that is one: `File "shop.py", line 12, in issue_refund`.
    fn tool_in_traceback(&self) -> Option<&'a str> {
        const FRAMES: usize = 100;
        let traceback = self.error.traceback.as_deref()?;
        traceback
            .lines()
            .rev()
            .filter_map(|line| line.trim_end().rsplit_once(", in "))
            .take(FRAMES)
            .find_map(|(_, function)| self.tools.get(function.trim_end_matches("()")))
    }
}

#[cfg(test)]
#[path = "run_error_tests.rs"]
mod tests;
