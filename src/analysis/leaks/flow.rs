//! Where sensitive data went in a run: given by the user, sent to a tool, returned by one, said in the answer.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use xxhash_rust::xxh3::xxh3_128;

use super::{
    LEAK_FROM,
    kind::Kind,
    mask::masked,
    redacted,
    scanner::{Find, Scanner},
};
use crate::model::{
    ids::StepNumber,
    leak::Leak,
    probability::Probability,
    step::{ModelCall, Step, StepKind},
    trace::Trace,
};

/// Leaks kept of one run: more would not be read, and every verdict carries them.
pub(crate) const MOST_LEAKS: usize = 100;

/// Pieces that detectors look at.
const MOST_SIGHTINGS: usize = 2_000;

/// Texts of which what was found is remembered, so that a conversation sent with every model call is looked through once.
const MOST_REMEMBERED: usize = 4_096;

/// Shorter texts are looked through again sooner than remembered.
const REMEMBERED_FROM: usize = 64;

/// Between whom something went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Flow {
    /// From the user to the agent.
    Given,
    /// In the agent's instructions.
    Instructed,
    /// From the agent to the user.
    Answered,
    /// From the agent to a tool: the place of the first step that calls a tool of this name.
    Called(usize),
    /// From a tool to the agent.
    Returned,
    /// In the agent's thoughts and notes.
    Thought,
    /// In errors and in what senders tell besides.
    Beside,
}

/// One piece, where it was seen first in a flow.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sighting {
    pub(crate) kind: Kind,
    pub(crate) rule: &'static str,
    pub(crate) value: String,
    pub(crate) probability: f64,
    pub(crate) flow: Flow,
    pub(crate) place: &'static str,
    pub(crate) step: Option<StepNumber>,
    /// The field it was the value of, or stood in.
    pub(crate) field: Option<String>,
    /// The position of its step.
    pub(crate) position: Option<usize>,
}

impl Sighting {
    /// The value with its middle hidden.
    pub(crate) fn masked(&self) -> String {
        masked(self.kind, &self.value)
    }
}

/// All that was seen in a run.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Sensitive {
    /// Each piece once a flow, and as often as it stands in one text of it; in the order they were met.
    pub(crate) sightings: Vec<Sighting>,
    /// How many more there were.
    beyond: usize,
    /// What was taken out before the run was stored: pieces of each kind, in the order of the kinds.
    pub(crate) redacted: Vec<(String, u32)>,
}

impl Sensitive {
    /// Looks through a run.
    pub(crate) fn of(trace: &Trace, scanner: &Scanner) -> Self {
        let mut look = Look::new(scanner);
        look.trace(trace);
        let counted = Kind::ALL.iter().zip(look.redacted).filter(|(_, count)| *count > 0);
        Self {
            sightings: look.sightings,
            beyond: look.beyond,
            redacted: counted.map(|(kind, count)| (kind.name().to_owned(), count)).collect(),
        }
    }

    /// As verdicts tell it: at most [`MOST_LEAKS`], and how many more there are.
    pub(crate) fn leaks(&self) -> (Vec<Leak>, usize) {
        let leaks = self.sightings.iter().take(MOST_LEAKS).map(|sighting| Leak {
            kind: sighting.kind.name().to_owned(),
            rule: sighting.rule.to_owned(),
            r#where: sighting.place.to_owned(),
            step: sighting.step,
            masked: sighting.masked(),
            value: Some(sighting.value.clone()),
            probability: Probability::clamped(sighting.probability),
        });
        (leaks.collect(), self.sightings.len().saturating_sub(MOST_LEAKS) + self.beyond)
    }
}

/// Where texts stand.
#[derive(Clone, Copy)]
struct Place {
    flow: Flow,
    name: &'static str,
    step: Option<StepNumber>,
    position: Option<usize>,
}

struct Look<'a> {
    scanner: &'a Scanner,
    sightings: Vec<Sighting>,
    redacted: [u32; Kind::ALL.len()],
    /// How often a value was met in one text of a flow.
    known: HashMap<(Flow, Kind, String), u32>,
    /// Where a tool was first called.
    tools: HashMap<String, usize>,
    remembered: HashMap<u128, Vec<Find>>,
    /// All values met.
    values: HashSet<String>,
    /// Pieces that were not kept.
    beyond: usize,
    /// How often values were met in the text at hand.
    here: HashMap<(Kind, String), u32>,
}

impl<'a> Look<'a> {
    fn new(scanner: &'a Scanner) -> Self {
        Self {
            scanner,
            sightings: Vec::new(),
            redacted: [0; Kind::ALL.len()],
            known: HashMap::new(),
            tools: HashMap::new(),
            remembered: HashMap::new(),
            values: HashSet::new(),
            beyond: 0,
            here: HashMap::new(),
        }
    }

    fn trace(&mut self, trace: &Trace) {
        let whole = |flow, name| Place { flow, name, step: None, position: None };
        self.value(whole(Flow::Given, "input"), trace.input.as_ref());
        self.value(whole(Flow::Answered, "output"), trace.output.as_ref());
        for (position, step) in trace.steps.iter().enumerate() {
            self.step(position, step);
        }
        let beside = whole(Flow::Beside, "error");
        if let Some(error) = &trace.error {
            for text in [&error.message, &error.traceback].into_iter().flatten() {
                self.text(beside, text);
            }
        }
        let beside = whole(Flow::Beside, "attributes");
        for (name, value) in &trace.attributes {
            self.unit(|look| look.leaves(beside, value, Some(name)));
        }
        self.value(beside, trace.framework_metadata.as_ref());
    }

    fn step(&mut self, position: usize, step: &Step) {
        let place = |flow, name| Place { flow, name, step: Some(step.number), position: Some(position) };
        if let Some(content) = &step.content {
            let (flow, name) = match step.kind {
                StepKind::Message => (flow_of(step.role.as_deref()), "message"),
                StepKind::Retrieval => (Flow::Returned, "step"),
                _ => (Flow::Thought, "step"),
            };
            self.text(place(flow, name), content);
        }
        if let Some(tool) = &step.tool {
            let called = Flow::Called(*self.tools.entry(tool.name.clone()).or_insert(position));
            self.value(place(called, "tool_calls.input"), tool.input.as_ref());
            self.value(place(Flow::Returned, "tool_calls.output"), tool.output.as_ref());
        }
        if let Some(model) = &step.model {
            self.model(model, place);
        }
        if let Some(error) = &step.error {
            let flow = if step.tool.is_some() { Flow::Returned } else { Flow::Beside };
            self.text(place(flow, "error"), error);
        }
        let beside = place(Flow::Beside, "attributes");
        for (name, value) in &step.attributes {
            self.unit(|look| look.leaves(beside, value, Some(name)));
        }
    }

    fn model(&mut self, model: &ModelCall, place: impl Fn(Flow, &'static str) -> Place) {
        match &model.messages {
            Some(Value::Array(messages)) => {
                for message in messages {
                    let flow = flow_of(message.get("role").and_then(Value::as_str));
                    self.value(place(flow, "llm_calls.messages"), Some(message));
                }
            }
            messages => self.value(place(Flow::Given, "llm_calls.messages"), messages.as_ref()),
        }
        self.value(place(Flow::Answered, "llm_calls.output"), model.output.as_ref());
    }

    fn text(&mut self, place: Place, text: &str) {
        self.unit(|look| look.leaf(place, text, None));
    }

    fn value(&mut self, place: Place, value: Option<&Value>) {
        if let Some(value) = value {
            self.unit(|look| look.leaves(place, value, None));
        }
    }

    /// What is looked through as one text: the same value in it twice is there twice.
    fn unit(&mut self, look_through: impl FnOnce(&mut Self)) {
        self.here.clear();
        look_through(self);
    }

    fn leaves(&mut self, place: Place, value: &Value, name: Option<&str>) {
        match value {
            Value::String(text) => self.leaf(place, text, name),
            Value::Number(number) => {
                let digits = number.to_string();
                if digits.len() >= 7
                    && let Some(find) = self.scanner.find_number(&digits, name)
                {
                    self.met(place, &digits, &find, name);
                }
            }
            Value::Array(values) => values.iter().for_each(|value| self.leaves(place, value, name)),
            Value::Object(fields) => {
                let spoken = ["name", "key", "variable", "header"].iter().find_map(|key| fields.get(*key)).and_then(Value::as_str);
                for (key, value) in fields {
                    let name = if key == "value" { spoken.unwrap_or(key) } else { key };
                    self.leaves(place, value, Some(name));
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn leaf(&mut self, place: Place, text: &str, name: Option<&str>) {
        if text.len() < 3 {
            return;
        }
        if text.len() < REMEMBERED_FROM {
            redacted::count(text, &mut self.redacted);
            for find in self.scanner.find(text, name) {
                self.met(place, text, &find, name);
            }
            return;
        }
        let key = xxh3_128(text.as_bytes()) ^ name.map_or(0, |name| xxh3_128(name.as_bytes()).rotate_left(1));
        if let Some(finds) = self.remembered.remove(&key) {
            finds.iter().for_each(|find| self.met(place, text, find, name));
            self.remembered.insert(key, finds);
            return;
        }
        redacted::count(text, &mut self.redacted);
        let finds = self.scanner.find(text, name);
        finds.iter().for_each(|find| self.met(place, text, find, name));
        if self.remembered.len() < MOST_REMEMBERED {
            self.remembered.insert(key, finds);
        }
    }

    fn met(&mut self, place: Place, text: &str, find: &Find, name: Option<&str>) {
        if find.probability < LEAK_FROM {
            return;
        }
        let value = &text[find.range.clone()];
        // What senders tell besides is mostly told elsewhere as well.
        if place.flow == Flow::Beside && !self.values.insert(value.to_owned()) {
            return;
        }
        let here = self.here.entry((find.kind, value.to_owned())).or_default();
        *here += 1;
        let known = self.known.entry((place.flow, find.kind, value.to_owned())).or_default();
        if *here <= *known {
            return;
        }
        *known = *here;
        self.values.insert(value.to_owned());
        if self.sightings.len() >= MOST_SIGHTINGS {
            self.beyond += 1;
            return;
        }
        self.sightings.push(Sighting {
            kind: find.kind,
            rule: find.rule,
            value: value.to_owned(),
            probability: find.probability,
            flow: place.flow,
            place: place.name,
            step: place.step,
            field: name.map(str::to_owned),
            position: place.position,
        });
    }
}

fn flow_of(role: Option<&str>) -> Flow {
    match role {
        Some("user" | "human" | "customer") => Flow::Given,
        Some("assistant" | "ai" | "model" | "agent") => Flow::Answered,
        Some("system" | "developer") => Flow::Instructed,
        Some("tool" | "function" | "environment" | "ipython") => Flow::Returned,
        _ => Flow::Thought,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::analysis::testing::trace;

    fn places(trace: &Trace) -> Vec<(String, &'static str, Option<u32>)> {
        let sensitive = Sensitive::of(trace, &Scanner::bundled());
        sensitive.sightings.iter().map(|seen| (seen.value.clone(), seen.place, seen.step.map(|step| step.0))).collect()
    }

    #[test]
    fn each_value_once_a_flow() {
        let card = "4111111111111111";
        let run = trace()
            .with(|trace| trace.input = Some(json!(format!("my card is {card}"))))
            .tool("charge", json!({ "card": card }))
            .returns(json!({ "receipt": format!("card {card}") }))
            .says(&format!("I charged {card}."))
            .output(json!(format!("I charged {card}.")));
        assert_eq!(
            places(&run.build()),
            [
                (card.to_owned(), "input", None),
                (card.to_owned(), "output", None),
                (card.to_owned(), "tool_calls.input", Some(1)),
                (card.to_owned(), "tool_calls.output", Some(1)),
            ]
        );
    }

    #[test]
    fn twice_in_one_text_is_twice() {
        let text = "write to ana@example.org, not to ann@example.org, to ana@example.org";
        let run = trace().says(text).output(json!(text)).build();
        let values: Vec<_> = places(&run).into_iter().map(|(value, place, _)| (value, place)).collect();
        assert_eq!(
            values,
            [("ana@example.org".to_owned(), "output"), ("ann@example.org".to_owned(), "output"), ("ana@example.org".to_owned(), "output")]
        );
    }

    #[test]
    fn a_field_tells_what_its_value_is() {
        let run =
            trace().tool("connect", json!({"env": [{"name": "DB_PASSWORD", "value": "Zq8!kfR2"}], "card": 4111111111111111_u64})).build();
        let values: Vec<_> = places(&run).into_iter().map(|(value, _, _)| value).collect();
        assert_eq!(values, ["Zq8!kfR2", "4111111111111111"]);
    }

    #[test]
    fn more_than_can_be_read_is_counted() {
        let text: String = (0..150).map(|n| format!("a{n}@example.org ")).collect();
        let (leaks, more) = Sensitive::of(&trace().output(json!(text)).build(), &Scanner::bundled()).leaks();
        assert_eq!((leaks.len(), more), (MOST_LEAKS, 50));
        assert_eq!(leaks[0].masked, "a…@example.org");
    }
}
