//! What kind of step an entry describes, from its own word for it or else from what it carries.

use super::part::Part;
use crate::model::step::StepKind;

/// What an entry describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// A step of this kind.
    Step(StepKind),
    /// What an earlier tool call returned.
    Result,
}

impl Action {
    /// The kind of `part`.
    pub(super) fn of(part: &Part) -> Self {
        match part.word() {
            Some(word) => match Self::named(word) {
                Self::Step(StepKind::Message) if part.speaks_for_a_tool() => Self::Result,
                action => action,
            },
            None if part.speaks_for_a_tool() => Self::Result,
            None if part.tool.is_some() || part.function.is_some() => Self::Step(StepKind::ToolCall),
            None if part.model.is_some() || part.messages.is_some() => Self::Step(StepKind::LlmCall),
            None if part.role.is_some() => Self::Step(StepKind::Message),
            None => Self::Step(StepKind::Other),
        }
    }

    /// The documented words, and those that mean the same in wide use.
    fn named(word: &str) -> Self {
        let word = word.to_ascii_lowercase().replace(['-', ' ', '.'], "_");
        Self::Step(match word.as_str() {
            "reasoning" | "thought" | "thinking" | "plan" | "planning" | "reflection" => StepKind::Reasoning,
            "tool_call" | "tool" | "tool_use" | "function_call" => StepKind::ToolCall,
            "llm_call" | "llm" | "model_call" | "generation" | "chat" | "completion" => StepKind::LlmCall,
            "message" => StepKind::Message,
            "retrieval" | "retriever" => StepKind::Retrieval,
            "decision" => StepKind::Decision,
            "handoff" | "hand_off" => StepKind::Handoff,
            "guardrail" => StepKind::Guardrail,
            "tool_result" | "tool_response" | "tool_output" | "function_result" | "function_call_output" | "observation" => {
                return Self::Result;
            }
            _ => StepKind::Other,
        })
    }
}

impl Part {
    /// The sender's word for what this is: `action`, else `type`.
    pub(super) fn word(&self) -> Option<&str> {
        self.action.as_deref().or_else(|| self.kind.as_ref()?.as_str()).filter(|word| !word.is_empty())
    }

    fn speaks_for_a_tool(&self) -> bool {
        matches!(self.role.as_deref(), Some("tool" | "function"))
    }

    /// Whether user, system or tool speak here rather than the agent.
    pub(super) fn is_said_to_the_agent(&self) -> bool {
        matches!(self.role.as_deref(), Some("user" | "human" | "system" | "developer" | "tool" | "function"))
    }
}
