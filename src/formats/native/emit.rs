//! A step in the making becomes the steps it stands for: what is said or the model's answer, then the tool calls.

use super::{
    super::limits::Allowance,
    action::Action,
    convert::{model, plain, request, tool},
    host::Host,
    part::{Part, Parts},
};
use crate::model::step::{RequestedTool, Step, StepKind};

/// A step that tells what a tool returned: to be given to the call it answers.
pub(super) struct Answer {
    /// Where the step lies among the emitted.
    pub(super) at: usize,
    /// The id of the call.
    pub(super) call: Option<String>,
    /// The tool.
    pub(super) tool: Option<String>,
}

/// The steps made so far.
pub(super) struct Emitter<'a> {
    pub(super) steps: Vec<Step>,
    /// Those of them that answer a call, in order.
    pub(super) answers: Vec<Answer>,
    pub(super) allowance: &'a Allowance,
}

impl Emitter<'_> {
    /// Adds the steps that `host` stands for.
    pub(super) fn host(&mut self, host: Host) {
        let Host { part, models, calls, .. } = host;
        let mut calls: Vec<_> = calls.into_iter().map(|call| call.part).collect();
        let first = self.steps.len();
        let mut asked = Vec::new();
        if !models.is_empty() {
            asked.extend(calls.iter().map(|call| request(call, self.allowance)));
        }
        match part {
            None => self.models(models),
            Some(part) => match Action::of(&part) {
                Action::Step(StepKind::ToolCall) => calls = self.call(part, models, calls),
                Action::Step(kind) => self.said(part, kind, models),
                Action::Result => {
                    self.answer(part);
                    self.models(models);
                }
            },
        }
        calls.into_iter().for_each(|call| self.tool(call));
        self.complete_requests(first, asked);
    }

    fn models(&mut self, models: Parts) {
        models.into_iter().for_each(|part| self.model(part));
    }

    /// Adds the call of a model.
    pub(super) fn model(&mut self, part: Box<Part>) {
        self.steps.push(model(*part, self.allowance));
    }

    /// Adds the call of a tool.
    pub(super) fn tool(&mut self, part: Box<Part>) {
        self.steps.push(tool(*part, self.allowance));
    }

    /// A tool call, with the answer that led to it where one is told. Returns the calls of the step, completed by what it says itself.
    fn call(&mut self, mut part: Box<Part>, mut models: Parts, mut calls: Parts) -> Parts {
        let (mut content, role) = (part.content.take(), part.role.take());
        if let Some(head) = models.first_mut() {
            head.content = head.content.take().or_else(|| content.take());
            head.role = head.role.take().or(role);
            head.agent = head.agent.take().or_else(|| part.agent.clone());
            head.timestamp = head.timestamp.or(part.timestamp);
        }
        self.models(models);
        if let Some(own) = calls.iter().position(|call| part.tool.is_none() || part.tool == call.tool_name()) {
            calls[own].complete(*part);
        } else if part.tool_name().is_some() {
            calls.insert(0, part);
        } else {
            // A call of nothing: only the sender's word for it is known.
            part.content = content.take();
            self.steps.push(plain(*part, StepKind::Other));
        }
        if let Some(call) = calls.first_mut() {
            call.content = call.content.take().or(content);
        }
        calls
    }

    /// Anything but a tool call. What the agent says and the model call behind it are one step.
    fn said(&mut self, part: Box<Part>, kind: StepKind, mut models: Parts) {
        let heard = part.is_said_to_the_agent();
        let may_be_answer = matches!(kind, StepKind::Message | StepKind::Reasoning | StepKind::Other) && !heard;
        if kind == StepKind::LlmCall || (may_be_answer && (!models.is_empty() || part.model.is_some())) {
            match models.first_mut() {
                Some(head) => head.complete(*part),
                None => models.push(part),
            }
            self.models(models);
        } else if heard {
            self.steps.push(plain(*part, kind));
            self.models(models);
        } else {
            // The model's answer is what led to this decision, handoff or retrieval.
            self.models(models);
            self.steps.push(plain(*part, kind));
        }
    }

    /// What a tool returned.
    fn answer(&mut self, part: Box<Part>) {
        let call = part.call_id().map(str::to_owned);
        self.answers.push(Answer { at: self.steps.len(), call, tool: part.tool_name() });
        let mut step = plain(*part, StepKind::Message);
        step.role.get_or_insert_with(|| "tool".to_owned());
        self.steps.push(step);
    }

    /// An answer whose text does not tell what it asked for asked for the calls of its step.
    fn complete_requests(&mut self, first: usize, asked: Vec<RequestedTool>) {
        let model = self.steps[first..].iter_mut().find_map(|step| step.model.as_mut());
        if let Some(model) = model.filter(|model| model.requested_tools.is_empty()) {
            model.requested_tools = asked;
        }
    }
}
