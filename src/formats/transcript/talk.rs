//! A talk, message by message, as steps.

use std::collections::{HashMap, VecDeque};

use serde_json::Value;

use super::super::{
    error::{FormatError, FormatErrorKind},
    limits::Allowance,
    prose, requested, usage,
};
use crate::model::{
    ids::StepNumber,
    step::{ModelCall, RequestedTool, Step, StepKind, ToolCall},
    time::Timestamp,
};

/// The steps so far, and the tool calls that wait for their result.
pub(super) struct Talk<'a> {
    allowance: &'a Allowance,
    model: Option<String>,
    pub(super) steps: Vec<Step>,
    by_id: HashMap<String, VecDeque<usize>>,
    in_order: VecDeque<usize>,
}

impl<'a> Talk<'a> {
    /// An empty talk, had with `model` where that is known.
    pub(super) fn new(model: Option<String>, allowance: &'a Allowance) -> Self {
        Self { allowance, model, steps: Vec::new(), by_id: HashMap::new(), in_order: VecDeque::new() }
    }

    /// Adds what one message tells.
    pub(super) fn message(&mut self, message: Value) -> Result<(), FormatError> {
        if !message.is_object() {
            return Err(FormatError::new(FormatErrorKind::Field, "expected a chat message: an object with role and content"));
        }
        let text = |key: &str| message.get(key).and_then(Value::as_str);
        match (text("role"), text("type")) {
            (Some("assistant" | "ai"), _) | (None, Some("ai")) => self.assistant(&message),
            (Some("tool" | "function"), _) | (None, Some("tool" | "function_call_output")) => {
                let id = text("tool_call_id").or_else(|| text("call_id"));
                let content = message.get("content").or_else(|| message.get("output")).cloned();
                let failed = text("status") == Some("error");
                self.result(id, content.unwrap_or_default(), failed, &message);
            }
            (None, Some("function_call")) => {
                requested::call(&message, self.allowance).into_iter().for_each(|asked| self.call(asked, &message))
            }
            (None, Some("reasoning")) => {
                self.thought(message.get("summary").cloned().map(prose::text_of), &message);
            }
            (Some(role), _) => self.said(if role == "human" { "user" } else { role }, &message),
            (None, Some(role @ ("human" | "system"))) => self.said(if role == "human" { "user" } else { role }, &message),
            (None, _) => {
                return Err(FormatError::at(FormatErrorKind::Field, "role", "expected who speaks: user, assistant, system or tool"));
            }
        }
        Ok(())
    }

    /// What the model said: its thoughts, its words, and the tools it called.
    fn assistant(&mut self, message: &Value) {
        let blocks = message.get("content").and_then(Value::as_array).map_or(&[] as &[Value], Vec::as_slice);
        let thoughts = blocks.iter().filter_map(|block| block.get("thinking")).chain(message.get("reasoning_content"));
        thoughts.for_each(|thought| self.thought(thought.as_str().map(str::to_owned), message));
        let words = match message.get("content") {
            Some(Value::Array(blocks)) => blocks.iter().filter_map(prose::block_text).collect::<Vec<_>>().join("\n"),
            Some(Value::Null) | None => message.get("refusal").and_then(Value::as_str).unwrap_or_default().to_owned(),
            Some(content) => prose::text_of(content.clone()),
        };
        let mut asked = Vec::new();
        requested::message_tools(message, self.allowance, &mut asked);
        let model = message.get("model").and_then(Value::as_str).map(str::to_owned).or_else(|| self.model.clone());
        // In talks of several agents each speaks under its name.
        let agent = message.get("name").and_then(Value::as_str).map(str::to_owned);
        let charges = message.get("usage").map(usage::charges).unwrap_or_default();
        let usage = message.get("usage").and_then(usage::read);
        if model.is_some() || usage.is_some() {
            let name = model.clone().unwrap_or_else(|| "llm_call".to_owned());
            let finish_reason =
                message.get("finish_reason").or_else(|| message.get("stop_reason")).and_then(Value::as_str).map(str::to_owned);
            let call = ModelCall { model, usage, charges, finish_reason, requested_tools: asked.clone(), ..ModelCall::default() };
            let step = self.push(StepKind::LlmCall, &name, message);
            step.model = Some(call);
            step.content = Some(words);
            step.role = Some("assistant".to_owned());
            step.agent = agent;
        } else if !words.is_empty() || asked.is_empty() {
            let step = self.push(StepKind::Message, "message", message);
            step.content = Some(words);
            step.role = Some("assistant".to_owned());
            step.agent = agent;
        }
        asked.into_iter().for_each(|asked| self.call(asked, message));
    }

    /// What anybody else said; Anthropic sends tool results as blocks of what the user says.
    fn said(&mut self, role: &str, message: &Value) {
        let content = message.get("content");
        let blocks = content.and_then(Value::as_array).map_or(&[] as &[Value], Vec::as_slice);
        let mut results = 0;
        for block in blocks.iter().filter(|block| block.get("type").and_then(Value::as_str) == Some("tool_result")) {
            let failed = block.get("is_error").and_then(Value::as_bool) == Some(true);
            self.result(
                block.get("tool_use_id").and_then(Value::as_str),
                block.get("content").cloned().unwrap_or_default(),
                failed,
                message,
            );
            results += 1;
        }
        if results > 0 && results == blocks.len() {
            return;
        }
        let words = match content {
            Some(Value::Array(blocks)) if results > 0 => blocks.iter().filter_map(prose::block_text).collect::<Vec<_>>().join("\n"),
            Some(Value::Null) | None => String::new(),
            Some(content) => prose::text_of(content.clone()),
        };
        let step = self.push(StepKind::Message, "message", message);
        step.content = Some(words);
        step.role = Some(role.to_owned());
    }

    fn thought(&mut self, words: Option<String>, message: &Value) {
        if let Some(words) = words.filter(|words| !words.is_empty()) {
            self.push(StepKind::Reasoning, "reasoning", message).content = Some(words);
        }
    }

    fn call(&mut self, asked: RequestedTool, message: &Value) {
        let RequestedTool { id, name, arguments, arguments_error } = asked;
        let index = self.steps.len();
        id.iter().for_each(|id| self.by_id.entry(id.clone()).or_default().push_back(index));
        self.in_order.push_back(index);
        let step = self.push(StepKind::ToolCall, &name, message);
        step.tool = Some(ToolCall { id, name, input: arguments, input_error: arguments_error, ..ToolCall::default() });
    }

    /// Gives a result to the call of that id, or, when it names none, to the first that waits; else it stands for itself.
    fn result(&mut self, id: Option<&str>, content: Value, failed: bool, message: &Value) {
        let words = prose::text_of(content);
        let allowance = self.allowance;
        let success = failed.then_some(false);
        if let Some(step) = self.next_waiting(id) {
            step.success = success;
            if let Some(tool) = &mut step.tool {
                tool.output = Some(prose::read_result(Value::String(words), allowance));
            }
        } else {
            let step = self.push(StepKind::Message, "tool_result", message);
            step.role = Some("tool".to_owned());
            step.content = Some(words);
            step.success = success;
        }
    }

    fn next_waiting(&mut self, id: Option<&str>) -> Option<&mut Step> {
        let waiting = match id {
            Some(id) => self.by_id.get_mut(id)?,
            None => &mut self.in_order,
        };
        while let Some(index) = waiting.pop_front() {
            if self.steps[index].tool.as_ref().is_some_and(|tool| tool.output.is_none()) {
                return self.steps.get_mut(index);
            }
        }
        None
    }

    fn push(&mut self, kind: StepKind, name: &str, message: &Value) -> &mut Step {
        let number = u32::try_from(self.steps.len()).unwrap_or(u32::MAX).saturating_add(1);
        let mut step = Step::new(StepNumber(number), kind, name);
        let time = message.get("timestamp").or_else(|| message.get("created_at"));
        step.started = time.and_then(Value::as_str).and_then(Timestamp::parse);
        let last = self.steps.len();
        self.steps.push(step);
        &mut self.steps[last]
    }
}
