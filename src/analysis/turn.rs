//! The model calls of a run as detectors see them: who answered, whether it failed, why it stopped.

use serde_json::Value;

use crate::model::{ids::StepNumber, step::ModelCall, trace::Trace};

/// Why an answer ended, where that is a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// As it should, or nothing tells.
    Fine,
    /// Cut at a limit of length.
    Cut,
    /// Refused, or held back by a filter.
    Refused,
}

/// One model call.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    /// The place of its step in the trace.
    pub(crate) position: usize,
    /// The number of that step.
    pub(crate) step: StepNumber,
    /// The agent that made it.
    pub(crate) agent: Option<&'a str>,
    /// The model, else what the step is called.
    pub(crate) name: &'a str,
    /// The call.
    pub(crate) call: &'a ModelCall,
    /// Whether the step is marked as failed.
    pub(crate) erred: bool,
    /// Why the answer ended.
    pub(crate) stop: Stop,
}

/// All model calls of a run in order.
pub(crate) fn collect(trace: &Trace) -> Vec<Turn<'_>> {
    let steps = trace.steps.iter().enumerate();
    steps
        .filter_map(|(position, step)| {
            let call = step.model.as_ref()?;
            let name = call.model.as_deref().filter(|model| !model.is_empty()).unwrap_or(&step.name);
            let stop = stop(call);
            Some(Turn { position, step: step.number, agent: step.agent.as_deref(), name, call, erred: step.failed(), stop })
        })
        .collect()
}

/// Reads `length`, `MAX_TOKENS`, `FinishReason.SAFETY` and their like, and a refusal said in a field of its own.
fn stop(call: &ModelCall) -> Stop {
    let reason = call.finish_reason.as_deref().unwrap_or_default();
    let reason = reason.rsplit_once('.').map_or(reason, |(_, last)| last);
    let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(reason));
    if is(&["length", "max_tokens", "max_output_tokens", "model_length", "incomplete"]) {
        Stop::Cut
    } else if is(&[
        "content_filter",
        "content_filtered",
        "refusal",
        "safety",
        "recitation",
        "blocklist",
        "prohibited_content",
        "spii",
        "guardrail_intervened",
    ]) || call.output.as_ref().is_some_and(refusal_in)
    {
        Stop::Refused
    } else {
        Stop::Fine
    }
}

/// The `refusal` of a message, alone, or inside a reply's first choice.
fn refusal_in(output: &Value) -> bool {
    let said = |message: &Value| message.get("refusal").and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    said(output) || output.pointer("/choices/0/message").is_some_and(said) || output.pointer("/0").is_some_and(said)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reasons_in_the_words_of_every_provider() {
        for (reason, stop_is) in [
            ("stop", Stop::Fine),
            ("tool_calls", Stop::Fine),
            ("", Stop::Fine),
            ("length", Stop::Cut),
            ("MAX_TOKENS", Stop::Cut),
            ("FinishReason.MAX_TOKENS", Stop::Cut),
            ("content_filter", Stop::Refused),
            ("SAFETY", Stop::Refused),
            ("refusal", Stop::Refused),
        ] {
            let call = ModelCall { finish_reason: Some(reason.to_owned()), ..ModelCall::default() };
            assert_eq!(stop(&call), stop_is, "{reason}");
        }
    }

    #[test]
    fn a_refusal_may_stand_in_the_message() {
        for output in
            [json!({"refusal": "I can't"}), json!({"choices": [{"message": {"refusal": "I can't"}}]}), json!([{"refusal": "I can't"}])]
        {
            assert_eq!(stop(&ModelCall { output: Some(output), ..ModelCall::default() }), Stop::Refused);
        }
        assert_eq!(stop(&ModelCall { output: Some(json!({"refusal": null, "content": "yes"})), ..ModelCall::default() }), Stop::Fine);
    }
}
