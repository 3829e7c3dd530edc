//! The instructions an agent was given by its system message.

use serde_json::Value;

use crate::model::{
    step::{Step, StepKind},
    trace::Trace,
};

/// Steps and messages among which the instructions are looked for: they stand at the beginning.
const LOOKED_AT: usize = 20;

/// The system's instructions: a message of the role `system`, else the first such message sent to a model.
pub(crate) fn instructions(trace: &Trace) -> Option<&str> {
    let system = |step: &&Step| step.kind == StepKind::Message && step.role.as_deref() == Some("system");
    let said = trace.steps.iter().take(LOOKED_AT).find(system).and_then(|step| step.content.as_deref());
    said.or_else(|| {
        let messages = trace.steps.iter().take(LOOKED_AT).find_map(|step| step.model.as_ref()?.messages.as_ref())?;
        let messages = messages.as_array().or_else(|| messages.get("messages")?.as_array())?;
        let of_role = |message: &&Value| matches!(message.get("role").and_then(Value::as_str), Some("system" | "developer"));
        messages.iter().take(LOOKED_AT).find(of_role)?.get("content")?.as_str()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::analysis::testing::trace;

    #[test]
    fn said_as_a_step_or_sent_to_the_model() {
        assert_eq!(instructions(&trace().message("user", "hi").message("system", "be kind").build()), Some("be kind"));
        let messages = json!([{"role": "user", "content": "hi"}, {"role": "developer", "content": "be brief"}]);
        assert_eq!(instructions(&trace().model("m").given(messages.clone()).build()), Some("be brief"));
        assert_eq!(instructions(&trace().model("m").given(json!({ "messages": messages })).build()), Some("be brief"));
        assert_eq!(instructions(&trace().message("user", "be kind").build()), None);
    }
}
