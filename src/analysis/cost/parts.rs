//! A run's cost call by call: what each model call cost, which of the run it was, and which tools it asked for.

use crate::model::{money::Money, step::Step, trace::Trace};

use super::{
    bill::{self, Prices},
    table::PriceTable,
};

/// One model call.
#[derive(Debug, Clone, PartialEq)]
pub struct CallPart {
    /// Which model call of the run it was, from 1.
    pub ordinal: u32,
    /// The model, as priced where it has a price, else as sent.
    pub model: String,
    /// The tools it asked for, each once; where that cannot be read, those called before the next model call.
    pub tools: Vec<String>,
    /// What it cost; `None` when its price or its tokens are not known.
    pub cost: Option<Money>,
    /// Its tokens; 0 where none were counted.
    pub tokens: u64,
}

/// The model calls of a run, in order.
#[must_use]
pub fn parts_of(trace: &Trace, prices: &PriceTable) -> Vec<CallPart> {
    let prices = Prices::of_run(prices);
    let mut parts = Vec::new();
    for (place, step) in trace.steps.iter().enumerate() {
        let Some(call) = &step.model else { continue };
        let lines = bill::bill(step, call, call.usage.as_ref(), &prices).ok();
        let asked: Vec<&str> = call.requested_tools.iter().map(|tool| tool.name.as_str()).collect();
        let tools = if asked.is_empty() { called_after(trace.steps.get(place + 1..).unwrap_or_default()) } else { asked };
        parts.push(CallPart {
            ordinal: u32::try_from(parts.len() + 1).unwrap_or(u32::MAX),
            model: prices.of(call).map_or_else(|| bill::name_of(call), |price| &price.model).to_owned(),
            tools: each_once(tools),
            cost: lines.map(|lines| lines.iter().filter(|line| !line.estimated).map(|line| line.usd).sum()),
            tokens: call.usage.as_ref().map_or(0, |usage| bill::consistent(usage).total()),
        });
    }
    parts
}

/// The tools called before the next model call.
fn called_after(steps: &[Step]) -> Vec<&str> {
    steps.iter().take_while(|step| step.model.is_none()).filter_map(|step| Some(step.tool.as_ref()?.name.as_str())).collect()
}

fn each_once(names: Vec<&str>) -> Vec<String> {
    let mut once: Vec<String> = Vec::new();
    for name in names {
        if !once.iter().any(|known| known == name) {
            once.push(name.to_owned());
        }
    }
    once
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        analysis::Rules,
        model::{
            ids::{StepNumber, TraceId},
            step::{ModelCall, RequestedTool, StepKind, ToolCall},
            usage::TokenUsage,
        },
    };

    fn model(name: &str, asks: &[&str]) -> Step {
        let call = ModelCall {
            provider: Some("openai".to_owned()),
            model: Some(name.to_owned()),
            usage: Some(TokenUsage { input_tokens: 1_000_000, ..TokenUsage::default() }),
            requested_tools: asks.iter().map(|name| RequestedTool { name: (*name).to_owned(), ..RequestedTool::default() }).collect(),
            ..ModelCall::default()
        };
        Step { model: Some(call), ..Step::new(StepNumber(1), StepKind::LlmCall, name) }
    }

    fn tool(name: &str) -> Step {
        let call = ToolCall { name: name.to_owned(), ..ToolCall::default() };
        Step { tool: Some(call), ..Step::new(StepNumber(1), StepKind::ToolCall, name) }
    }

    #[test]
    fn each_call_is_told_with_the_tools_it_asked_for() {
        let mut trace = Trace::empty(TraceId::new("t").unwrap());
        trace.steps = vec![
            model("gpt-4o", &["search", "search", "lookup"]),
            tool("search"),
            model("gpt-4o", &[]),
            tool("refund"),
            model("no-such-model-9z", &[]),
        ];
        let parts = parts_of(&trace, &Rules::bundled().prices);
        let told: Vec<(u32, &[String], bool)> =
            parts.iter().map(|part| (part.ordinal, part.tools.as_slice(), part.cost.is_some())).collect();
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let (first, second) = (names(&["search", "lookup"]), names(&["refund"]));
        assert_eq!(told, [(1, first.as_slice(), true), (2, second.as_slice(), true), (3, &[][..], false)]);
        assert_eq!(parts[0].cost.unwrap().usd(), 2.5);
        assert_eq!((parts[0].tokens, parts[2].model.as_str()), (1_000_000, "no-such-model-9z"));
    }
}
