//! Giving tool calls the results that senders tell as steps of their own.

use std::collections::{HashMap, VecDeque};

use serde_json::Value;

use super::{
    super::{limits::Allowance, prose},
    emit::Answer,
};
use crate::model::step::Step;

/// Tool calls that wait for their result.
#[derive(Default)]
struct Waiting {
    by_id: HashMap<String, VecDeque<usize>>,
    by_tool: HashMap<String, VecDeque<usize>>,
    in_order: VecDeque<usize>,
}

/// Gives each result to the earliest waiting call before it: of its id, else of its tool, else of any. What a call already knows stays.
pub(super) fn give(steps: &mut [Step], answers: Vec<Answer>, allowance: &Allowance) {
    let mut waiting = Waiting::default();
    let mut answered = vec![false; if answers.is_empty() { 0 } else { steps.len() }];
    let mut seen = 0;
    for Answer { at, call, tool } in answers {
        for (index, step) in steps.iter().enumerate().take(at).skip(seen) {
            let Some(call) = &step.tool else { continue };
            call.id.iter().for_each(|id| waiting.by_id.entry(id.clone()).or_default().push_back(index));
            waiting.by_tool.entry(call.name.clone()).or_default().push_back(index);
            waiting.in_order.push_back(index);
        }
        seen = at;
        let mut next = |queue: Option<&mut VecDeque<usize>>| {
            let queue = queue?;
            while let Some(index) = queue.pop_front() {
                if !std::mem::replace(&mut answered[index], true) {
                    return Some(index);
                }
            }
            None
        };
        let found = next(call.as_ref().and_then(|id| waiting.by_id.get_mut(id)))
            .or_else(|| next(tool.as_ref().and_then(|tool| waiting.by_tool.get_mut(tool))))
            .or_else(|| next(Some(&mut waiting.in_order).filter(|_| tool.is_none())));
        if let Some(index) = found {
            let (calls, results) = steps.split_at_mut(at);
            copy(&results[0], &mut calls[index], allowance);
        }
    }
}

fn copy(result: &Step, call: &mut Step, allowance: &Allowance) {
    if let Some(tool) = call.tool.as_mut().filter(|tool| tool.output.is_none()) {
        tool.output = result.content.clone().map(|content| prose::read_result(Value::String(content), allowance));
    }
    if call.success.is_none() && call.error.is_none() {
        call.success = result.success;
        call.error.clone_from(&result.error);
    }
}
